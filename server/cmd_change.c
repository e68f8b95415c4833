/* `phieu index change`, `phieu round compare`: one year against another. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change_show.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/limits.h"
#include "phieu/result_desk.h"

#define ARENA_BYTES  ((size_t)2 << 30)
#define OUTPUT_BYTES ((size_t)1 << 30)
#define ALPHA	     0.05

enum { NOW, BEFORE };

struct asked {
	const char *what[2]; /* files, or codes of rounds */
	const char *map, *unit;
	bool json, csv, html;
};

struct job {
	struct arena *a;
	struct db *db;
	struct result_desk desk[2];
	struct index_change_head head;
	struct change_letter letter;
	struct index_pairs pairs;
	struct index_change c;
	struct faults f;
	const char *version; /* of this year's document */
	bool told;	     /* the faults are printed */
};

static void close_job(struct job *j)
{
	index_change_free(&j->c);
	result_desk_clear(&j->desk[NOW]);
	result_desk_clear(&j->desk[BEFORE]);
	db_close(j->db);
	arena_free(j->a);
}

static bool tell(struct job *j, const char *of)
{
	faults_print(&j->f, of, stderr);
	j->told = true;
	return false;
}

static bool take_file(struct job *j, size_t i, const char *path, struct err *e)
{
	struct round_result *r = &j->desk[i].result;
	size_t n;
	char *text = file_read(path, LIMIT_INDEX_BYTES, &n, e);
	bool ok;

	if (!text)
		return false;
	faults_init(&j->f, j->a);
	ok = round_compute(text, n, j->a, r, &j->f, e);
	free(text);
	if (!ok)
		return j->f.n > 0 ? tell(j, path) : false;
	j->head.sha256[i] = r->sha256;
	return true;
}

/* ---- a stored result ---------------------------------------------------- */

/* Of the newest release, else the newest draft; what it is into head.note. */
static bool find_result(struct job *j, size_t i, const struct round_head *h,
			struct stored_result *x, struct err *e)
{
	struct res *r = store_round_releases(j->db, h->id, NULL, e);
	const char *number = NULL;

	if (!r)
		return false;
	j->head.note[i] = "Dự thảo";
	if (res_rows(r) == 0)
		j->letter.draft = true;
	else {
		number = res_dup(j->a, r, 0, 6);
		j->head.note[i] =
			arena_printf(j->a, "công bố lần %s, %s",
				     res_text(r, 0, 0), res_text(r, 0, 3));
	}
	res_free(r);
	return store_result_get(j->db, h->id, number, j->a, x, e);
}

/* Recomputed, and the same bytes: else the comparison would be of other numbers
 * than were published. */
static bool take_round(struct job *j, size_t i, const char *code, struct err *e)
{
	struct stored_result x = { 0 };
	struct round_head h;

	if (!store_round_head(j->db, code, j->a, &h, e) ||
	    !find_result(j, i, &h, &x, e))
		return false;
	if (i == NOW)
		j->version = x.version;
	result_desk_init(&j->desk[i], j->db, j->a, &h);
	j->head.name[i] = h.name;
	if (!result_desk_verify(&j->desk[i], &x, e))
		return err_wrap(e, "%.64s", code);
	j->head.sha256[i] = j->desk[i].result.sha256;
	return true;
}

static bool take_merged(struct job *j, const struct round *r, struct err *e)
{
	struct index_pair *p = arena_array(j->a, r->n_merged + 1, sizeof *p);

	if (!p)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < r->n_merged; i++)
		p[i] = (struct index_pair){
			r->merged[i].from, r->set.units[r->merged[i].to].code
		};
	j->pairs.units = p;
	j->pairs.n_units = r->n_merged;
	return true;
}

/* Criteria that this round's document says it replaced, units that it says
 * were merged: the document that the result was made by, not a later one. */
static bool take_replaced(struct job *j, const char *code, struct err *e)
{
	struct index_pair *p;
	struct round_head h;
	struct round r;
	const char *text;

	faults_init(&j->f, j->a);
	if (!store_round_head(j->db, code, j->a, &h, e) ||
	    !store_round_text_at(j->db, h.id, j->version, j->a, &text, e))
		return false;
	if (!round_read(text, strlen(text), j->a, &r, &j->f))
		return err_set(e, ERR_BUG, "the stored document has a fault");
	p = arena_array(j->a, r.n_replaced + 1, sizeof *p);
	if (!p) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	for (size_t i = 0; i < r.n_replaced; i++)
		p[i] = (struct index_pair){
			r.replaced[i].from,
			r.replaced[i].to == INDEX_NONE
				? NULL
				: r.set.nodes[r.replaced[i].to].code
		};
	j->pairs.criteria = p;
	j->pairs.n_criteria = r.n_replaced;
	j->letter.superior = r.superior;
	j->letter.body = r.body;
	j->letter.place = r.place;
	return take_merged(j, &r, e);
}

/* ---- what follows what --------------------------------------------------- */

static const struct index_pair *both(struct arena *a,
				     const struct index_pair *x, size_t n,
				     const struct index_pair *y, size_t m)
{
	struct index_pair *p = arena_array(a, n + m + 1, sizeof *p);

	for (size_t i = 0; p && i < n; i++)
		p[i] = x[i];
	for (size_t i = 0; p && i < m; i++)
		p[n + i] = y[i];
	return p;
}

/* The file's pairs come last: they win over the document's. */
static bool join(struct job *j, const struct index_pairs *file, struct err *e)
{
	const struct index_pairs *x = &j->pairs;
	struct index_pairs out = {
		both(j->a, x->criteria, x->n_criteria, file->criteria,
		     file->n_criteria),
		both(j->a, x->units, x->n_units, file->units, file->n_units),
		x->n_criteria + file->n_criteria, x->n_units + file->n_units
	};

	if (!out.criteria || !out.units) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	j->pairs = out;
	return true;
}

static bool take_map(struct job *j, const char *path, struct err *e)
{
	struct index_pairs file;
	size_t n;
	char *text;
	bool ok;

	if (!path)
		return true;
	text = file_read(path, LIMIT_PLAN_BYTES, &n, e);
	if (!text)
		return false;
	faults_init(&j->f, j->a);
	ok = index_pairs_read(text, n, &j->desk[NOW].result.set,
			      &j->desk[BEFORE].result.set, j->a, &file, &j->f);
	free(text);
	return ok ? join(j, &file, e) : tell(j, path);
}

/* ---- out ------------------------------------------------------------------
 */

static bool find_unit(const struct job *j, const char *code, size_t *unit,
		      struct err *e)
{
	const struct index_set *s = &j->desk[NOW].result.set;

	*unit = INDEX_NONE;
	for (size_t i = 0; code && i < s->n_units; i++)
		if (strcmp(s->units[i].code, code) == 0)
			*unit = i;
	return !code || *unit != INDEX_NONE ||
	       err_set(e, ERR_INPUT, "năm nay không có đơn vị (no unit) %.64s",
		       code);
}

static bool write_page(const struct job *j, size_t unit, struct buf *b,
		       struct err *e)
{
	struct paper d;

	return change_paper(&j->c, unit, &j->head, &j->letter, j->a, &d, e) &&
	       paper_html(&d, b, e);
}

static bool answer(const struct job *j, const struct asked *q, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	size_t unit;
	bool ok = true;

	if (!find_unit(j, q->unit, &unit, e))
		return false;
	if (!q->json && !q->csv && !q->html)
		return change_show(&j->c, unit, &j->head, e);
	if (q->json)
		index_change_json(&j->c, unit, &j->head, &b);
	else if (q->csv)
		index_change_csv(&j->c, unit, &b);
	else
		ok = write_page(j, unit, &b, e);
	ok = ok && cli_put(&b, stdout, e);
	buf_free(&b);
	return ok;
}

static bool compare(struct job *j, const struct asked *q, struct err *e)
{
	return take_map(j, q->map, e) &&
	       index_change(j->desk[NOW].result.ix, j->desk[BEFORE].result.ix,
			    &j->pairs, ALPHA, j->a, &j->c, e) &&
	       answer(j, q, e);
}

static bool by_files(struct job *j, const struct asked *q, struct err *e)
{
	return take_file(j, NOW, q->what[NOW], e) &&
	       take_file(j, BEFORE, q->what[BEFORE], e) && compare(j, q, e);
}

/* The other way round every rise would be told as a fall. */
static bool in_order(const struct job *j, struct err *e)
{
	const struct round_head *now = &j->desk[NOW].head;
	const struct round_head *before = &j->desk[BEFORE].head;

	return before->year < now->year ||
	       err_set(e, ERR_INPUT,
		       "%.64s không phải kỳ của năm trước %.64s (not of an "
		       "earlier year)",
		       before->code, now->code);
}

static bool by_rounds(struct job *j, const struct asked *q,
		      const struct app *app, struct err *e)
{
	j->db = connect_ready(app->conf, WHO_SERVER, e);
	return j->db && take_round(j, NOW, q->what[NOW], e) &&
	       take_round(j, BEFORE, q->what[BEFORE], e) && in_order(j, e) &&
	       take_replaced(j, q->what[NOW], e) && compare(j, q, e);
}

static int run(const char *me, struct asked *q, struct app *app)
{
	struct job j = { .a = arena_new(ARENA_BYTES) };
	struct err e = { 0 };
	bool ok;

	ok = (j.a || err_set(&e, ERR_NOMEM, "out of memory")) &&
	     (app ? by_rounds(&j, q, app, &e) : by_files(&j, q, &e));
	close_job(&j);
	if (!ok && j.told)
		return EXIT_USAGE;
	return ok ? EXIT_DONE : cli_fail(me, &e);
}

static int run_files(int argc, char **argv, void *app)
{
	struct asked q = { .json = false };
	const struct cli_opt opts[] = { { "--json", &q.json, NULL },
					{ "--csv", &q.csv, NULL },
					{ "--html", &q.html, NULL },
					{ "--map", NULL, &q.map },
					{ "--unit", NULL, &q.unit } };
	struct err e = { 0 };

	(void)app;
	if (!cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e))
		return cli_fail("phieu index change", &e);
	if (argc != 3 || q.json + q.csv + q.html > 1) {
		(void)err_set(&e, ERR_INPUT,
			      "usage: phieu index change NOW BEFORE [--map "
			      "FILE] [--unit U] [--json|--csv|--html]");
		return cli_fail("phieu index change", &e);
	}
	q.what[NOW] = argv[1];
	q.what[BEFORE] = argv[2];
	return run("phieu index change", &q, NULL);
}

static int run_rounds(int argc, char **argv, void *app)
{
	struct asked q = { .json = false };
	const struct cli_opt opts[] = { { "--with", NULL, &q.what[BEFORE] },
					{ "--json", &q.json, NULL },
					{ "--csv", &q.csv, NULL },
					{ "--html", &q.html, NULL },
					{ "--map", NULL, &q.map },
					{ "--unit", NULL, &q.unit } };
	struct err e = { 0 };

	if (!cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e))
		return cli_fail("phieu round compare", &e);
	if (argc != 2 || !q.what[BEFORE] || q.json + q.csv + q.html > 1) {
		(void)err_set(&e, ERR_INPUT,
			      "usage: phieu round compare ROUND --with BEFORE "
			      "[--map FILE] [--unit U] [--json|--csv|--html]");
		return cli_fail("phieu round compare", &e);
	}
	q.what[NOW] = argv[1];
	return run("phieu round compare", &q, app);
}

static const struct cmd cmds[] = {
	{ "index change",
	  "so chỉ số hai năm, từ hai tệp (one year's index against another's, "
	  "from two files)",
	  "phieu index change NOW BEFORE [--map FILE] [--unit U] "
	  "[--json|--csv|--html]\n"
	  "  What rose, fell, stayed, in points and in shares of the maximum;\n"
	  "  criteria that changed are marked and in none of these lists; a\n"
	  "  survey's change is tested (docs/INDEX.md, Year on year).\n"
	  "  --map   {\"criteria\":[{\"from\":\"1.2\",\"to\":\"1.3\"}],"
	  "\"units\":[…]}: old codes\n"
	  "          and what stands in their place\n"
	  "  --html  a document to print (A4, Nghị định 30/2020/NĐ-CP)",
	  run_files },
	{ "round compare",
	  "so kết quả với kỳ trước (a round's result against an earlier "
	  "round's)",
	  "phieu round compare ROUND --with BEFORE [--map FILE] [--unit U] "
	  "[--json|--csv|--html]\n"
	  "  The newest published results; a draft is marked Dự thảo.  Like\n"
	  "  phieu index change, with the criteria that the document of ROUND\n"
	  "  says it replaced.",
	  run_rounds },
};
const struct cmd_set cmd_change = { cmds, sizeof cmds / sizeof cmds[0] };
