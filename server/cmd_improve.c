/* `phieu improve paper`: the plan as a page, CSV or a workbook.  Its acts and
 * lists are rows of acts_improve.c. */
#include <stdio.h>
#include <string.h>

#include "phieu/act.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/improve.h"

#define ARENA_BYTES  ((size_t)256 << 20)
#define OUTPUT_BYTES ((size_t)64 << 20)
#define ME	     "phieu improve paper"
#define USAGE                                                        \
	"phieu improve paper --round ROUND [--unit U] [--office O] " \
	"[--out FILE]"

struct asked {
	const char *round, *unit, *office, *out;
};

struct job {
	struct db *db;
	struct arena *a;
	struct round_head round;
	struct improve_head head;
	struct res *lists[IMPROVE_LISTS];
	struct paper paper;
};

static bool letterhead(struct job *j, struct err *e)
{
	struct faults f;
	struct round r;
	const char *text;

	faults_init(&f, j->a);
	if (!store_round_text(j->db, j->round.id, j->a, &text, e))
		return false;
	if (!round_read(text, strlen(text), j->a, &r, &f)) {
		(void)err_set(e, ERR_BUG, "the stored document has a fault");
		return false;
	}
	j->head.superior = r.superior;
	j->head.body = r.body;
	j->head.place = r.place;
	j->head.round = j->round.name;
	j->head.trial = j->round.trial;
	return true;
}

static bool read_lists(struct job *j, const struct asked *q, struct err *e)
{
	const char *values[ACT_PARAMS_MAX] = { q->unit, q->office };

	for (size_t i = 0; i < IMPROVE_LISTS; i++) {
		const struct act_list *l = act_list_find(improve_lists[i]);

		if (!l) {
			(void)err_set(e, ERR_BUG, "no list %s",
				      improve_lists[i]);
			return false;
		}
		j->lists[i] = store_act_list(j->db, l, j->round.id, values, e);
		if (!j->lists[i])
			return false;
	}
	return true;
}

static bool make(struct job *j, const struct app *app, const struct asked *q,
		 struct err *e)
{
	j->a = arena_new(ARENA_BYTES);
	if (!j->a) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	j->db = connect_ready(app->conf, WHO_SERVER, e);
	return j->db && store_round_head(j->db, q->round, j->a, &j->round, e) &&
	       store_improve_head(j->db, j->round.id, j->a, &j->head, e) &&
	       letterhead(j, e) && read_lists(j, q, e) &&
	       improve_paper(&j->head, j->lists, j->a, &j->paper, e);
}

static int run_paper(int argc, char **argv, void *app)
{
	struct asked q = { 0 };
	const struct cli_opt opts[] = { { "--round", NULL, &q.round },
					{ "--unit", NULL, &q.unit },
					{ "--office", NULL, &q.office },
					{ "--out", NULL, &q.out } };
	struct job j = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e) &&
	     ((argc == 1 && q.round) ||
	      err_set(&e, ERR_INPUT, "usage: " USAGE)) &&
	     make(&j, app, &q, &e) && paper_put(&j.paper, q.out, &e);
	for (size_t i = 0; i < IMPROVE_LISTS; i++)
		res_free(j.lists[i]);
	db_close(j.db);
	arena_free(j.a);
	return ok ? EXIT_DONE : cli_fail(ME, &e);
}

static const struct cmd cmds[] = {
	{ "improve paper",
	  "in kế hoạch nâng cao chỉ số và tiến độ (the plan and how far it is: "
	  "page, CSV or workbook)",
	  USAGE "\n"
		"  Tasks by who leads them, agencies, what is late, lost "
		"points without a\n"
		"  task, what the next result gained.\n"
		"  --unit, --office  only what that unit or office sees\n"
		"  --out             FILE.html (A4), .csv or .xlsx; else CSV "
		"on standard output",
	  run_paper },
};
const struct cmd_set cmd_improve = { cmds, sizeof cmds / sizeof cmds[0] };
