/* `phieu round report`: the six reports of a round's result. */
#include <stdio.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/store_round.h"
#include "report_job.h"

#define ARENA_BYTES ((size_t)1 << 30)
#define N(a)	    (sizeof(a) / sizeof((a)[0]))
#define USAGE                                                  \
	"phieu round report ROUND --shape SHAPE [--result N] " \
	"[--unit U|--all-units] [--node CRITERION] [--out FILE]"

static bool make(struct report_job *j, const struct app *app, const char *code,
		 const struct report_asked *q, struct err *e)
{
	struct round_head h;

	if (!report_asked_check(q, &j->ask.shape, e))
		return false;
	j->a = arena_new(ARENA_BYTES);
	if (!j->a) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	j->db = connect_ready(app->conf, WHO_SERVER, e);
	return j->db && store_round_head(j->db, code, j->a, &h, e) &&
	       report_job_find(j, h.id, q, e) && report_job_make(j, q, e);
}

static int run_report(int argc, char **argv, void *app)
{
	const char *out = NULL;
	struct report_asked q = { 0 };
	const struct cli_opt opts[] = {
		{ "--shape", NULL, &q.shape },
		{ "--result", NULL, &q.result },
		{ "--unit", NULL, &q.unit },
		{ "--node", NULL, &q.node },
		{ "--all-units", &q.all, NULL },
		{ "--out", NULL, &out },
	};
	struct report_job j = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     (argc == 2 || err_set(&e, ERR_INPUT, "usage: " USAGE)) &&
	     make(&j, app, argv[1], &q, &e) && paper_put(&j.paper, out, &e);
	report_job_clear(&j);
	db_close(j.db);
	arena_free(j.a);
	return ok ? EXIT_DONE : cli_fail("phieu round report", &e);
}

static const struct cmd cmds[] = {
	{ "round report",
	  "báo cáo của một kết quả: in, CSV, Excel (a report of a result: "
	  "page, CSV or workbook)",
	  USAGE "\n"
		"  --shape   summary   STT, unit, points, grade\n"
		"            unit      a unit's criteria; --unit or "
		"--all-units\n"
		"            field     criteria by units; --node: below one\n"
		"            criteria  fields by criteria; --unit or "
		"--all-units\n"
		"            result    rank, appraised, survey, SIPAS, total\n"
		"            special   criteria that units are not judged by\n"
		"  --result  number; else the one published last, else the "
		"newest\n"
		"  --out     FILE.html (A4), .csv or .xlsx; else CSV on "
		"standard output",
	  run_report },
};
const struct cmd_set cmd_report = { cmds, N(cmds) };
