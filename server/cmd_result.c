/* `phieu round compute|input|results|verify|publish`: the index of a round. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/result_desk.h"
#include "phieu/rows.h"
#include "phieu/secret.h"

#define ARENA_BYTES ((size_t)1 << 30)
#define N(a)	    (sizeof(a) / sizeof((a)[0]))

/* By name, on the command line. */
struct job {
	struct db *db;
	struct arena *a;
	struct result_desk d;
};

static bool open_job(struct job *j, const struct app *app, enum who who,
		     const char *round, struct err *e)
{
	struct round_head head;

	*j = (struct job){ .a = arena_new(ARENA_BYTES) };
	if (!j->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	j->db = connect_ready(app->conf, who, e);
	if (!j->db || !store_round_head(j->db, round, j->a, &head, e))
		return false;
	result_desk_init(&j->d, j->db, j->a, &head);
	return true;
}

static void close_job(struct job *j)
{
	result_desk_clear(&j->d);
	db_close(j->db);
	arena_free(j->a);
}

/* What is wrong with the values, before the words of the err. */
static bool told(const struct job *j, bool ok)
{
	for (size_t i = 0; !ok && i < j->d.f.n; i++)
		(void)fprintf(stderr, "%s  %s\n     %s (%s)\n",
			      j->d.f.list[i].code, j->d.f.list[i].path,
			      j->d.f.list[i].message_vi,
			      j->d.f.list[i].message);
	return ok;
}

static bool need(bool good, const char *usage, struct err *e)
{
	return good || err_set(e, ERR_INPUT, "usage: %s", usage);
}

/* ---- compute ------------------------------------------------------------ */

static void unit_row(struct table *t, const struct job *j, size_t unit)
{
	const struct index *ix = j->d.result.ix;
	const struct index_total *x = index_total(ix, unit);
	char text[DEC_TEXT_MAX], rank[32] = "";
	size_t n;
	const struct index_band *b = index_bands(ix, unit, &n);

	if (x->rank > 0)
		(void)snprintf(rank, sizeof rank, "%zu%s", x->rank,
			       x->shared ? "=" : "");
	table_cell(t, rank);
	table_cell(t, j->d.result.set.units[unit].name);
	table_cell(t, x->computable
			      ? dec_text_vi(x->published,
					    j->d.result.set.rules.digits, text)
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
	const size_t *order = index_order(j->d.result.ix);
	struct table *t = table_headed(heads, N(heads), N(heads));

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	table_right(t, 0);
	table_right(t, 2);
	for (size_t i = 0; i < j->d.result.set.n_units; i++) {
		if (i > 0 &&
		    !index_same_block(j->d.result.ix, order[i - 1], order[i]))
			table_rule(t);
		unit_row(t, j, order[i]);
	}
	printf("%s — Dự thảo (draft)%s\n", j->d.head.name,
	       j->d.head.trial ? ", mẫu thử" : "");
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
	     open_job(&j, app, WHO_OWNER, argv[1], &e) &&
	     told(&j, result_desk_now(&j.d, &e)) &&
	     store_result_add(j.db, j.d.head.id, &j.d.values, &j.d.result,
			      j.d.content.data, by, &number, &e) &&
	     print_totals(&j, &e);
	if (ok)
		printf("kết quả số %" PRId64 " (result)\n", number);
	partly = ok && !j.d.result.complete;
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
	     store_result_get(j.db, j.d.head.id, number, j.a, &x, &e);
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
		r = store_result_list(j.db, j.d.head.id, &e);
	ok = r && rows_print(r, heads, (int)N(heads), "", &e);
	res_free(r);
	close_job(&j);
	return ok ? EXIT_DONE : cli_fail("phieu round results", &e);
}

/* ---- verify ---------------------------------------------------------------
 */

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
	     store_result_get(j.db, j.d.head.id, number, j.a, &x, &e) &&
	     told(&j, result_desk_verify(&j.d, &x, &e));
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
	     store_result_publish(j.db, j.d.head.id, number, decision, reason,
				  by, &release, &e);
	if (ok)
		printf("công bố lần %" PRId64 "%s (release)\n", release,
		       j.d.head.trial ? ", mẫu thử" : "");
	close_job(&j);
	return ok ? EXIT_DONE : cli_fail("phieu round publish", &e);
}

static const struct cmd cmds[] = {
	{ "round compute",
	  "tính chỉ số từ những gì đang có (compute the index from what stands "
	  "now)",
	  "phieu round compute ROUND\n"
	  "  Keeps the result with its whole input.  Exit 3: some unit is\n"
	  "  incomplete.",
	  run_compute },
	{ "round results",
	  "các kết quả đã tính và lần công bố (computed results and their "
	  "publications)",
	  "phieu round results ROUND", run_results },
	{ "round result", "một kết quả dạng JSON (a result as JSON)",
	  "phieu round result ROUND [--result N]", run_result },
	{ "round input",
	  "toàn bộ dữ liệu vào của một kết quả (the whole input of a result as "
	  "JSON)",
	  "phieu round input ROUND [--result N]\n"
	  "  phieu round input R | phieu index - --explain UNIT/CRITERION\n"
	  "  says step by step why a number is what it is",
	  run_input },
	{ "round verify",
	  "tính lại từ dữ liệu vào, đối chiếu (recompute a result from its "
	  "input alone)",
	  "phieu round verify ROUND [--result N]", run_verify },
	{ "round publish",
	  "công bố kết quả; đính chính thay bản trước (publish a result; a "
	  "correction supersedes)",
	  "phieu round publish ROUND --result N --decision TEXT --reason TEXT",
	  run_publish },
};
const struct cmd_set cmd_result = { cmds, N(cmds) };
