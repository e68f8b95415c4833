/* `phieu round compute|input|results|verify|publish`: the index of a round. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/limits.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_result.h"
#include "phieu/store_round.h"

#define ARENA_BYTES  ((size_t)1 << 30)
#define OUTPUT_BYTES ((size_t)256 << 20)
#define N(a)	     (sizeof(a) / sizeof((a)[0]))

struct job {
	struct db *db;
	struct arena *a;
	struct round_head head;
	struct round round;
	struct faults f;
	struct round_values values;
	struct round_result result;
	struct buf content;
};

static bool open_job(struct job *j, const struct app *app, enum who who,
		     const char *round, struct err *e)
{
	*j = (struct job){ .a = arena_new(ARENA_BYTES),
			   .content = BUF_INIT(OUTPUT_BYTES) };
	if (!j->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	faults_init(&j->f, j->a);
	j->db = connect_ready(app->conf, who, e);
	return j->db && store_round_head(j->db, round, j->a, &j->head, e);
}

static void close_job(struct job *j)
{
	round_result_free(&j->result);
	buf_free(&j->content);
	db_close(j->db);
	arena_free(j->a);
}

static bool read_round(struct job *j, struct err *e)
{
	const char *text;

	return store_round_text(j->db, j->head.id, j->a, &text, e) &&
	       (round_read(text, strlen(text), j->a, &j->round, &j->f) ||
		err_set(e, ERR_BUG, "the stored document has a fault"));
}

static bool compute_text(struct job *j, const char *text, size_t n,
			 struct err *e)
{
	if (!round_compute(text, n, j->a, &j->result, &j->f, e)) {
		for (size_t i = 0; i < j->f.n; i++)
			(void)fprintf(stderr, "%s  %s\n     %s (%s)\n",
				      j->f.list[i].code, j->f.list[i].path,
				      j->f.list[i].message_vi,
				      j->f.list[i].message);
		return false;
	}
	round_result_json(&j->result, &j->content);
	return buf_cstr(&j->content) != NULL ||
	       err_set(e, ERR_NOMEM, "out of memory");
}

/* From what stands now. */
static bool compute_now(struct job *j, struct err *e)
{
	struct buf text = BUF_INIT(LIMIT_INDEX_BYTES);
	bool ok;

	ok = read_round(j, e) &&
	     store_round_values(j->db, j->head.id, j->a, &j->values, e) &&
	     round_input(&j->round, j->values.v, j->values.n, j->values.d,
			 j->values.n_d, &text, e) &&
	     compute_text(j, text.data, text.len, e);
	buf_free(&text);
	return ok;
}

static bool need(bool good, const char *usage, struct err *e)
{
	return good || err_set(e, ERR_INPUT, "usage: %s", usage);
}

/* ---- compute ------------------------------------------------------------ */

static void unit_row(struct table *t, const struct job *j, size_t unit)
{
	const struct index *ix = j->result.ix;
	const struct index_total *x = index_total(ix, unit);
	char text[DEC_TEXT_MAX], rank[32] = "";
	size_t n;
	const struct index_band *b = index_bands(ix, unit, &n);

	if (x->rank > 0)
		(void)snprintf(rank, sizeof rank, "%zu%s", x->rank,
			       x->shared ? "=" : "");
	table_cell(t, rank);
	table_cell(t, j->result.set.units[unit].name);
	table_cell(t, x->computable
			      ? dec_text_vi(x->published,
					    j->result.set.rules.digits, text)
			      : "");
	table_cell(t, !x->complete	      ? "chưa đủ"
		      : x->band == INDEX_NONE ? ""
					      : b[x->band].name);
	(void)snprintf(rank, sizeof rank, "%zu", x->n_missing);
	table_cell(t, x->n_missing ? rank : "");
}

static bool print_totals(const struct job *j, struct err *e)
{
	static const char *const heads[] = { "hạng", "đơn vị", "điểm",
					     "xếp loại", "mục còn thiếu" };
	const size_t *order = index_order(j->result.ix);
	struct table *t = table_headed(heads, N(heads), N(heads));

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	table_right(t, 0);
	table_right(t, 2);
	for (size_t i = 0; i < j->result.set.n_units; i++) {
		if (i > 0 &&
		    !index_same_block(j->result.ix, order[i - 1], order[i]))
			table_rule(t);
		unit_row(t, j, order[i]);
	}
	printf("%s — Dự thảo (draft)%s\n", j->head.name,
	       j->head.trial ? ", mẫu thử" : "");
	table_print(t, stdout);
	table_free(t);
	return true;
}

static int run_compute(int argc, char **argv, void *app)
{
	struct job j = { 0 };
	struct err e = { 0 };
	int64_t number = 0;
	char by[64];
	bool ok, partly;

	actor_name(by, sizeof by);
	ok = cli_options(NULL, 0, &argc, argv, &e) &&
	     need(argc == 2, "phieu round compute ROUND", &e) &&
	     open_job(&j, app, WHO_OWNER, argv[1], &e) && compute_now(&j, &e) &&
	     store_result_add(j.db, j.head.id, &j.values, &j.result,
			      j.content.data, by, &number, &e) &&
	     print_totals(&j, &e);
	if (ok)
		printf("kết quả số %" PRId64 " (result)\n", number);
	partly = ok && !j.result.complete;
	close_job(&j);
	if (partly)
		return EXIT_PARTLY;
	return ok ? EXIT_DONE : cli_fail("phieu round compute", &e);
}

/* ---- input, content ------------------------------------------------------ */

static int run_stored(int argc, char **argv, void *app, bool input,
		      const char *usage)
{
	const char *number = NULL;
	const struct cli_opt opts[] = { { "--result", NULL, &number } };
	struct stored_result x = { 0 };
	struct job j = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     need(argc == 2, usage, &e) &&
	     open_job(&j, app, WHO_SERVER, argv[1], &e) &&
	     store_result_get(j.db, j.head.id, number, j.a, &x, &e);
	if (ok)
		puts(input ? x.input : x.content);
	close_job(&j);
	return ok ? EXIT_DONE : cli_fail("phieu round", &e);
}

static int run_input(int argc, char **argv, void *app)
{
	return run_stored(argc, argv, app, true,
			  "phieu round input ROUND [--result N]");
}

static int run_result(int argc, char **argv, void *app)
{
	return run_stored(argc, argv, app, false,
			  "phieu round result ROUND [--result N]");
}

static int run_results(int argc, char **argv, void *app)
{
	static const char *const heads[] = { "số",   "lúc",	   "người",
					     "đủ",   "SHA-256",	   "công bố",
					     "loại", "quyết định", "lý do" };
	struct res *r = NULL;
	struct job j = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e) &&
	     need(argc == 2, "phieu round results ROUND", &e) &&
	     open_job(&j, app, WHO_SERVER, argv[1], &e);
	if (ok)
		r = store_result_list(j.db, j.head.id, &e);
	ok = r && rows_print(r, heads, (int)N(heads), "", &e);
	res_free(r);
	close_job(&j);
	return ok ? EXIT_DONE : cli_fail("phieu round results", &e);
}

/* ---- verify ---------------------------------------------------------------
 */

/* The stored input gives the stored result, byte for byte. */
static bool verify(struct job *j, const struct stored_result *x, struct err *e)
{
	if (strcmp(x->method, INDEX_METHOD) != 0)
		return err_set(
			e, ERR_CONFLICT,
			"kết quả tính bằng %.40s, chương trình này là %s "
			"(another method)",
			x->method, INDEX_METHOD);
	if (!compute_text(j, x->input, strlen(x->input), e))
		return false;
	if (strcmp(j->result.input.data, x->input) != 0)
		return err_set(e, ERR_CONFLICT,
			       "dữ liệu vào đã bị sửa (the input is not in its "
			       "one form)");
	return strcmp(j->content.data, x->content) == 0 ||
	       err_set(e, ERR_CONFLICT,
		       "kết quả số %" PRId64
		       " không khớp khi tính lại (differs "
		       "when recomputed)",
		       x->number);
}

static int run_verify(int argc, char **argv, void *app)
{
	const char *number = NULL;
	const struct cli_opt opts[] = { { "--result", NULL, &number } };
	struct stored_result x = { 0 };
	struct job j = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     need(argc == 2, "phieu round verify ROUND [--result N]", &e) &&
	     open_job(&j, app, WHO_SERVER, argv[1], &e) &&
	     store_result_get(j.db, j.head.id, number, j.a, &x, &e) &&
	     verify(&j, &x, &e);
	if (ok)
		printf("kết quả số %" PRId64 " khớp (recomputed, the same "
		       "bytes): %s\n",
		       x.number, x.sha256);
	close_job(&j);
	return ok ? EXIT_DONE : cli_fail("phieu round verify", &e);
}

/* ---- publish ---------------------------------------------------------------
 */

static int run_publish(int argc, char **argv, void *app)
{
	const char *number = NULL, *decision = NULL, *reason = NULL;
	const struct cli_opt opts[] = { { "--result", NULL, &number },
					{ "--decision", NULL, &decision },
					{ "--reason", NULL, &reason } };
	struct job j = { 0 };
	struct err e = { 0 };
	int64_t release = 0;
	char by[64];
	bool ok;

	actor_name(by, sizeof by);
	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     need(argc == 2 && number && decision && reason,
		  "phieu round publish ROUND --result N --decision TEXT "
		  "--reason TEXT",
		  &e) &&
	     open_job(&j, app, WHO_OWNER, argv[1], &e) &&
	     store_result_publish(j.db, j.head.id, number, decision, reason, by,
				  &release, &e);
	if (ok)
		printf("công bố lần %" PRId64 "%s (release)\n", release,
		       j.head.trial ? ", mẫu thử" : "");
	close_job(&j);
	return ok ? EXIT_DONE : cli_fail("phieu round publish", &e);
}

static const struct cmd cmds[] = {
	{ "round compute", "compute the index from what stands now",
	  "phieu round compute ROUND\n"
	  "  Keeps the result with its whole input.  Exit 3: some unit is\n"
	  "  incomplete.",
	  run_compute },
	{ "round results", "computed results and their publications",
	  "phieu round results ROUND", run_results },
	{ "round result", "a result as JSON",
	  "phieu round result ROUND [--result N]", run_result },
	{ "round input", "the whole input of a result as JSON",
	  "phieu round input ROUND [--result N]\n"
	  "  phieu round input R | phieu index - --explain UNIT/CRITERION\n"
	  "  says step by step why a number is what it is",
	  run_input },
	{ "round verify", "recompute a result from its input alone",
	  "phieu round verify ROUND [--result N]", run_verify },
	{ "round publish", "publish a result; a correction supersedes",
	  "phieu round publish ROUND --result N --decision TEXT --reason TEXT",
	  run_publish },
};
const struct cmd_set cmd_result = { cmds, N(cmds) };
