/* `phieu round report`: the six reports of a round's result. */
#include <stdio.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/store_round.h"
#include "phieu/store_round_report.h"

#define ARENA_BYTES  ((size_t)1 << 30)
#define OUTPUT_BYTES ((size_t)64 << 20)
#define N(a)	     (sizeof(a) / sizeof((a)[0]))
#define USAGE                                                  \
	"phieu round report ROUND --shape SHAPE [--result N] " \
	"[--unit U|--all-units] [--node CRITERION] [--out FILE]"

struct asked {
	const char *shape, *result, *unit, *node, *out;
	bool all;
};

struct job {
	struct db *db;
	struct arena *a;
	struct round round;
	struct round_result result;
	struct report_facts facts;
	struct report_ask ask;
	struct paper paper;
};

static bool recompute(struct job *j, const char *document, const char *input,
		      struct err *e)
{
	struct faults f;

	faults_init(&f, j->a);
	if (!round_read(document, strlen(document), j->a, &j->round, &f)) {
		(void)err_set(e, ERR_BUG, "the stored document has a fault");
		return false;
	}
	if (!round_compute(input, strlen(input), j->a, &j->result, &f, e))
		return false;
	/* codes of the result, in its order */
	j->round.set = j->result.set;
	if (j->round.superior)
		j->facts.superior = j->round.superior;
	if (j->round.body)
		j->facts.body = j->round.body;
	if (j->round.place)
		j->facts.place = j->round.place;
	return true;
}

/* By whole codes: SO1 is not SO10. */
static bool find(struct job *j, const struct asked *q, struct err *e)
{
	j->ask.unit = j->ask.node = INDEX_NONE;
	if (q->unit)
		j->ask.unit = round_unit(&j->round, q->unit);
	if (q->unit && j->ask.unit == INDEX_NONE) {
		(void)err_set(e, ERR_INPUT,
			      "không có đơn vị này trong kết quả (no unit "
			      "\"%.64s\")",
			      q->unit);
		return false;
	}
	if (q->node)
		j->ask.node = round_node(&j->round, q->node);
	if (q->node && j->ask.node == INDEX_NONE) {
		(void)err_set(e, ERR_INPUT,
			      "không có tiêu chí này trong kết quả (no "
			      "criterion \"%.64s\")",
			      q->node);
		return false;
	}
	return true;
}

static bool check(const struct asked *q, enum report_shape *shape,
		  struct err *e)
{
	bool by_unit;

	if (!q->shape || !report_shape_parse(q->shape, shape)) {
		(void)err_set(e, ERR_INPUT,
			      "--shape summary|unit|field|criteria|result|"
			      "special");
		return false;
	}
	by_unit = *shape == REPORT_UNIT || *shape == REPORT_CRITERIA;
	if (by_unit != (q->unit || q->all) || (q->unit && q->all)) {
		(void)err_set(e, ERR_INPUT,
			      by_unit ? "--shape %s takes --unit U or "
					"--all-units"
				      : "--shape %s takes no unit",
			      q->shape);
		return false;
	}
	if (q->node && *shape != REPORT_FIELD) {
		(void)err_set(e, ERR_INPUT, "--node goes with --shape field");
		return false;
	}
	return true;
}

static bool make(struct job *j, const struct app *app, const char *code,
		 const struct asked *q, struct err *e)
{
	const char *document, *input;
	struct round_head h;

	if (!check(q, &j->ask.shape, e))
		return false;
	j->a = arena_new(ARENA_BYTES);
	if (!j->a) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	j->db = connect_ready(app->conf, WHO_SERVER, e);
	return j->db && store_round_head(j->db, code, j->a, &h, e) &&
	       store_round_facts(j->db, h.id, q->result, j->a, &j->facts,
				 &document, &input, e) &&
	       recompute(j, document, input, e) && find(j, q, e) &&
	       round_report(j->result.ix, &j->facts, &j->ask, j->a, &j->paper,
			    e);
}

static int run_report(int argc, char **argv, void *app)
{
	struct asked q = { 0 };
	const struct cli_opt opts[] = {
		{ "--shape", NULL, &q.shape },
		{ "--result", NULL, &q.result },
		{ "--unit", NULL, &q.unit },
		{ "--node", NULL, &q.node },
		{ "--all-units", &q.all, NULL },
		{ "--out", NULL, &q.out },
	};
	struct job j = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     (argc == 2 || err_set(&e, ERR_INPUT, "usage: " USAGE)) &&
	     make(&j, app, argv[1], &q, &e) && paper_put(&j.paper, q.out, &e);
	round_result_free(&j.result);
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
