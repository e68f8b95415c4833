/* `phieu index change`, `phieu round compare`: one year against another. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change_rounds.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/limits.h"

#define ARENA_BYTES  ((size_t)2 << 30)
#define OUTPUT_BYTES ((size_t)1 << 30)

struct asked {
	const char *what[2]; /* files, or codes of rounds */
	const char *map, *unit;
	bool json, csv, html;
};

static bool tell(struct change_job *j, const char *of)
{
	faults_print(&j->f, of, stderr);
	j->told = true;
	return false;
}

static bool take_file(struct change_job *j, size_t i, const char *path,
		      struct err *e)
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
static bool join(struct change_job *j, const struct index_pairs *file,
		 struct err *e)
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

static bool take_map(struct change_job *j, const char *path, struct err *e)
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

static bool answer(const struct change_job *j, const struct asked *q,
		   struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	size_t unit;
	bool ok = true;

	if (!change_unit(j, q->unit, &unit, e))
		return false;
	if (!q->json && !q->csv && !q->html)
		return change_show(&j->c, unit, &j->head, e);
	if (q->json)
		index_change_json(&j->c, unit, &j->head, &b);
	else if (q->csv)
		index_change_csv(&j->c, unit, &b);
	else
		ok = change_page(j, unit, &b, e);
	ok = ok && cli_put(&b, stdout, e);
	buf_free(&b);
	return ok;
}

static bool compare(struct change_job *j, const struct asked *q, struct err *e)
{
	return take_map(j, q->map, e) && change_made(j, e) && answer(j, q, e);
}

static bool by_files(struct change_job *j, const struct asked *q, struct err *e)
{
	return take_file(j, NOW, q->what[NOW], e) &&
	       take_file(j, BEFORE, q->what[BEFORE], e) && compare(j, q, e);
}

static bool by_rounds(struct change_job *j, const struct asked *q,
		      const struct app *app, struct err *e)
{
	struct round_head head[2];

	j->db = connect_ready(app->conf, WHO_SERVER, e);
	return j->db &&
	       store_round_head(j->db, q->what[NOW], j->a, &head[NOW], e) &&
	       store_round_head(j->db, q->what[BEFORE], j->a, &head[BEFORE],
				e) &&
	       change_rounds(j, head, e) && compare(j, q, e);
}

static int run(const char *me, struct asked *q, struct app *app)
{
	struct change_job j = { .a = arena_new(ARENA_BYTES) };
	struct err e = { 0 };
	bool ok;

	ok = (j.a || err_set(&e, ERR_NOMEM, "out of memory")) &&
	     (app ? by_rounds(&j, q, app, &e) : by_files(&j, q, &e));
	change_job_clear(&j);
	db_close(j.db);
	arena_free(j.a);
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
