/* Acts and lists of a round on the command line: each row of act.h is a
 * command. */
#include <stdio.h>

#include "phieu/act.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_round.h"

#define ARENA_BYTES  ((size_t)1 << 20)
#define USAGE_BYTES  ((size_t)1 << 14)
#define OUTPUT_BYTES ((size_t)64 << 20)

/* Options of a row: its parameters, then --round, and --csv of a list. */
struct given {
	const char *values[ACT_PARAMS_MAX], *round;
	bool flags[ACT_PARAMS_MAX], csv; /* csv: of lists alone */
	struct cli_opt opts[ACT_PARAMS_MAX + 2];
	char names[ACT_PARAMS_MAX][32];
};

static void make_options(const struct act_param *params, size_t n,
			 struct given *g)
{

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(g->names[i], sizeof g->names[i], "--%s",
			       params[i].name);
		g->opts[i].name = g->names[i];
		if (params[i].flag)
			g->opts[i].flag = &g->flags[i];
		else
			g->opts[i].text = &g->values[i];
	}
	g->opts[n] = (struct cli_opt){ "--round", NULL, &g->round };
	g->opts[n + 1] = (struct cli_opt){ "--csv", &g->csv, NULL };
}

static bool take_options(const char *name, const struct act_param *params,
			 size_t n, bool list, struct given *g, int *argc,
			 char **argv, struct err *e)
{
	make_options(params, n, g);
	if (!cli_options(g->opts, n + (list ? 2 : 1), argc, argv, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (params[i].flag)
			g->values[i] = g->flags[i] ? "true" : "false";
	return (*argc == 1 && g->round) ||
	       err_set(e, ERR_INPUT, "give --round (phieu %s --help)", name);
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

int cmd_act_run(int argc, char **argv, void *app)
{
	const struct act *a = act_find(argv[0]);
	struct given g = { 0 };
	struct err e = { 0 };
	bool ok = a || err_set(&e, ERR_BUG, "no act \"%s\"", argv[0]);

	ok = ok && a &&
	     take_options(a->name, a->params, act_params(a), false, &g, &argc,
			  argv, &e) &&
	     act_on(a, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static bool put_csv(const struct res *r, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	bool ok;

	res_csv(r, 0, res_rows(r), &b);
	ok = cli_put(&b, stdout, e);
	buf_free(&b);
	return ok;
}

static bool show(const struct act_list *l, const struct given *g,
		 const struct app *app, struct err *e)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct db *db = connect_ready(app->conf, WHO_SERVER, e);
	struct res *r = NULL;
	struct round_head h;
	bool ok;

	if (db && (arena || err_set(e, ERR_NOMEM, "out of memory")) &&
	    store_round_head(db, g->round, arena, &h, e))
		r = store_act_list(db, l, h.id, g->values, e);
	if (r && g->csv)
		ok = put_csv(r, e);
	else
		ok = r &&
		     rows_print(r, l->heads, (int)act_list_columns(l), "", e);
	res_free(r);
	db_close(db);
	arena_free(arena);
	return ok;
}

int cmd_list_run(int argc, char **argv, void *app)
{
	const struct act_list *l = act_list_find(argv[0]);
	struct given g = { 0 };
	struct err e = { 0 };
	bool ok = l || err_set(&e, ERR_BUG, "no list \"%s\"", argv[0]);

	ok = ok && l &&
	     take_options(l->name, l->params, act_list_params(l), true, &g,
			  &argc, argv, &e) &&
	     show(l, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static const char *usage_of(const char *name, const struct act_param *params,
			    const char *more, struct arena *a)
{
	struct buf b = BUF_INIT(USAGE_BYTES);
	const char *text;

	act_usage(name, params, &b);
	buf_adds(&b, more);
	text = buf_cstr(&b) ? arena_strdup(a, b.data) : NULL;
	buf_free(&b);
	return text ? text : name;
}

size_t act_commands(struct arena *a, struct cmd *out, size_t most)
{
	const struct act_list *l;
	const struct act *x;
	size_t n = 0;

	for (size_t i = 0; (x = act_at(i)) && n < most; i++)
		if (!act_own_command(x->name))
			out[n++] = (struct cmd){
				x->name, x->summary,
				usage_of(x->name, x->params, "", a), cmd_act_run
			};
	for (size_t i = 0; (l = act_list_at(i)) && n < most; i++)
		if (!act_own_command(l->name))
			out[n++] = (struct cmd){ l->name, l->summary,
						 usage_of(l->name, l->params,
							  " [--csv]", a),
						 cmd_list_run };
	return n;
}
