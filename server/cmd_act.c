/* Acts of a round on the command line: each row of acts.h is a command. */
#include <stdio.h>
#include <string.h>

#include "phieu/act.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_round.h"

#define ARENA_BYTES ((size_t)1 << 20)

/* Options of an act: its parameters, then --round. */
struct given {
	const char *values[ACT_PARAMS_MAX], *round;
	bool flags[ACT_PARAMS_MAX];
	struct cli_opt opts[ACT_PARAMS_MAX + 1];
	char names[ACT_PARAMS_MAX][32];
};

static size_t make_options(const struct act *a, struct given *g)
{
	size_t n = act_params(a);

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(g->names[i], sizeof g->names[i], "--%s",
			       a->params[i].name);
		g->opts[i].name = g->names[i];
		if (a->params[i].flag)
			g->opts[i].flag = &g->flags[i];
		else
			g->opts[i].text = &g->values[i];
	}
	g->opts[n] = (struct cli_opt){ "--round", NULL, &g->round };
	return n;
}

static bool act_on(const struct act *a, const struct given *g,
		   const struct app *app, struct err *e)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct db *db = connect_ready(app->conf, WHO_OWNER, e);
	struct round_head h;
	const char *made = "";
	char by[64];
	bool ok;

	actor_name(by, sizeof by);
	ok = db && (arena || err_set(e, ERR_NOMEM, "out of memory")) &&
	     store_round_head(db, g->round, arena, &h, e) &&
	     store_act(db, a, h.id, by, g->values, arena, &made, e);
	if (ok)
		printf("%s%s%s\n", a->summary_vi, *made ? ": " : "", made);
	db_close(db);
	arena_free(arena);
	return ok;
}

static int run_act(int argc, char **argv, void *app)
{
	const struct act *a = act_find(argv[0]);
	struct given g = { 0 };
	struct err e = { 0 };
	size_t n;
	bool ok;

	if (!a) {
		(void)err_set(&e, ERR_BUG, "no act \"%s\"", argv[0]);
		return cli_fail("phieu", &e);
	}
	n = make_options(a, &g);
	ok = cli_options(g.opts, n + 1, &argc, argv, &e) &&
	     ((argc == 1 && g.round) ||
	      err_set(&e, ERR_INPUT, "give --round (phieu %s --help)",
		      a->name));
	for (size_t i = 0; i < n; i++)
		if (a->params[i].flag)
			g.values[i] = g.flags[i] ? "true" : "false";
	ok = ok && act_on(a, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

/* ---- lists ----------------------------------------------------------------
 */

struct sight {
	const char *name;
	bool by_unit, by_office, by_criterion;
	struct res *(*read)(struct db *db, int32_t round, const char *unit,
			    const char *other, struct err *e);
	const char *heads[12];
};

static struct res *requests(struct db *db, int32_t round, const char *unit,
			    const char *other, struct err *e)
{
	(void)other;
	return store_request_list(db, round, unit, e);
}

static struct res *meetings(struct db *db, int32_t round, const char *unit,
			    const char *other, struct err *e)
{
	(void)unit;
	(void)other;
	return store_council_list(db, round, e);
}

static struct res *deductions(struct db *db, int32_t round, const char *unit,
			      const char *other, struct err *e)
{
	(void)other;
	return store_deduction_list(db, round, unit, e);
}

static const struct sight sights[] = {
	{ "appraise list",
	  true,
	  true,
	  false,
	  store_standing_list,
	  { "đơn vị", "mã", "tối đa", "tự chấm", "thẩm định", "điểm", "lý do",
	    "ý kiến", "nội dung ý kiến", "được tính", "kết luận",
	    "phiên bản" } },
	{ "request list",
	  true,
	  false,
	  false,
	  requests,
	  { "số", "đơn vị", "mã", "loại", "hạn", "trạng thái", "nội dung",
	    "trả lời", "người hỏi", "người trả lời" } },
	{ "council list",
	  false,
	  false,
	  false,
	  meetings,
	  { "họp", "ai họp", "ngày", "có mặt", "đơn vị", "mã", "điểm", "lý do",
	    "biên bản" } },
	{ "deduct list",
	  true,
	  false,
	  false,
	  deductions,
	  { "số", "đơn vị", "mã", "điểm", "lý do", "văn bản", "người ghi",
	    "đã hủy vì" } },
	{ "round history",
	  true,
	  false,
	  true,
	  store_change_list,
	  { "lúc", "người", "đơn vị", "mã", "mục", "từ", "thành", "lý do" } },
};

static const struct sight *sight_of(const char *name)
{
	for (size_t i = 0; i < sizeof sights / sizeof sights[0]; i++)
		if (strcmp(sights[i].name, name) == 0)
			return &sights[i];
	return NULL;
}

static bool show(const struct sight *s, const struct app *app,
		 const char *round, const char *unit, const char *other,
		 struct err *e)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct db *db = connect_ready(app->conf, WHO_SERVER, e);
	struct res *r = NULL;
	struct round_head h;
	int columns = 0;
	bool ok;

	while (columns < 12 && s->heads[columns])
		columns++;
	if (db && (arena || err_set(e, ERR_NOMEM, "out of memory")) &&
	    store_round_head(db, round, arena, &h, e))
		r = s->read(db, h.id, unit, other, e);
	ok = r && rows_print(r, s->heads, columns, "", e);
	res_free(r);
	db_close(db);
	arena_free(arena);
	return ok;
}

static int run_list(int argc, char **argv, void *app)
{
	const struct sight *s = sight_of(argv[0]);
	const char *round = NULL, *unit = NULL, *other = NULL;
	struct cli_opt opts[3] = { { "--round", NULL, &round } };
	struct err e = { 0 };
	size_t n = 1;
	bool ok;

	if (s && s->by_unit)
		opts[n++] = (struct cli_opt){ "--unit", NULL, &unit };
	if (s && (s->by_office || s->by_criterion))
		opts[n++] = (struct cli_opt){ s->by_office ? "--office"
							   : "--criterion",
					      NULL, &other };
	ok = s && cli_options(opts, n, &argc, argv, &e) &&
	     ((argc == 1 && round) ||
	      err_set(&e, ERR_INPUT, "give --round (phieu %s --help)",
		      s->name)) &&
	     show(s, app, round, unit, other, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static const struct cmd cmds[] = {
	{ "appraise accept", "take what a unit gave itself",
	  "phieu appraise accept --round R --office OFFICE "
	  "--unit UNIT --criterion CRITERION [--version VERSION]",
	  run_act },
	{ "appraise correct", "put other points, with a reason",
	  "phieu appraise correct --round R --office OFFICE "
	  "--unit UNIT --criterion CRITERION --reason REASON "
	  "[--points POINTS] [--na] [--version VERSION]",
	  run_act },
	{ "appraise ask", "ask a unit for more evidence by a day",
	  "phieu appraise ask --round R --office OFFICE --unit UNIT "
	  "--criterion CRITERION --reason REASON --due DUE "
	  "[--version VERSION]",
	  run_act },
	{ "opinion agree", "agree with an appraisal",
	  "phieu opinion agree --round R --unit UNIT "
	  "--criterion CRITERION [--text TEXT] [--version VERSION]",
	  run_act },
	{ "opinion object", "object to an appraisal, with words",
	  "phieu opinion object --round R --unit UNIT "
	  "--criterion CRITERION --text TEXT [--version VERSION]",
	  run_act },
	{ "request evaluation", "a unit asks to be evaluated again",
	  "phieu request evaluation --round R --unit UNIT --text TEXT "
	  "--due DUE [--criterion CRITERION]",
	  run_act },
	{ "request answer", "answer a request: answered, granted or refused",
	  "phieu request answer --round R --request REQUEST "
	  "--outcome OUTCOME --text TEXT",
	  run_act },
	{ "request supply", "a unit supplies the evidence asked for",
	  "phieu request supply --round R --unit UNIT "
	  "--request REQUEST --text TEXT",
	  run_act },
	{ "visit add", "record an on-site verification",
	  "phieu visit add --round R --unit UNIT --held HELD "
	  "--team TEAM --found FOUND",
	  run_act },
	{ "council member", "a member of the council or the secretariat",
	  "phieu council member --round R --body BODY --name NAME "
	  "--basis BASIS [--position POSITION]",
	  run_act },
	{ "council meeting", "record a meeting with its minutes",
	  "phieu council meeting --round R --body BODY --held HELD "
	  "--present PRESENT --minutes MINUTES",
	  run_act },
	{ "council rule", "a decision of the council on an item",
	  "phieu council rule --round R --meeting MEETING --unit UNIT "
	  "--criterion CRITERION --reason REASON [--points POINTS] "
	  "[--na]",
	  run_act },
	{ "deduct add", "take points away, with reason and document",
	  "phieu deduct add --round R --unit UNIT --points POINTS "
	  "--reason REASON --document DOCUMENT "
	  "[--criterion CRITERION]",
	  run_act },
	{ "deduct cancel", "cancel a deduction, with a reason",
	  "phieu deduct cancel --round R --deduction DEDUCTION "
	  "--reason REASON",
	  run_act },
	{ "external put", "record a value of an external index",
	  "phieu external put --round R --unit UNIT "
	  "--criterion CRITERION --value VALUE --source SOURCE "
	  "[--version VERSION]",
	  run_act },
	{ "appraise list", "items as they stand",
	  "phieu appraise list --round R [--unit U] [--office O]\n"
	  "  --office  only what the office appraises, never its own unit's",
	  run_list },
	{ "request list", "requests, their deadlines and answers",
	  "phieu request list --round R [--unit U]", run_list },
	{ "council list", "meetings, minutes and decisions",
	  "phieu council list --round R", run_list },
	{ "deduct list", "points taken away",
	  "phieu deduct list --round R [--unit U]", run_list },
	{ "round history", "who changed what, from, to, why",
	  "phieu round history --round R [--unit U] [--criterion C]",
	  run_list },
};
const struct cmd_set cmd_act = { cmds, sizeof cmds / sizeof cmds[0] };
