/* Desks of a wave on the command line: each row of desk.h is a command. */
#include "cmd_desk.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/connect.h"
#include "phieu/rows.h"
#include "phieu/secret.h"

#define ARENA_BYTES  ((size_t)1 << 20)
#define OUTPUT_BYTES ((size_t)256 << 20)
#define USAGE_BYTES  ((size_t)1 << 14)

void desk_take_params(const struct desk_param *params, struct given *g)
{
	for (size_t i = 0; i < desk_params(params); i++) {
		(void)snprintf(g->names[i], sizeof g->names[i], "--%s",
			       params[i].name);
		g->opts[g->n].name = g->names[i];
		if (params[i].kind == DESK_FLAG)
			g->opts[g->n++].flag = &g->flags[i];
		else
			g->opts[g->n++].text = &g->values[i];
	}
	g->opts[g->n++] = (struct cli_opt){ "--wave", NULL, &g->wave };
}

bool desk_take_options(const char *name, const struct desk_param *params,
		       struct given *g, int *argc, char **argv, struct err *e)
{
	if (!cli_options(g->opts, g->n, argc, argv, e))
		return false;
	for (size_t i = 0; i < desk_params(params); i++)
		if (params[i].kind == DESK_FLAG)
			g->values[i] = g->flags[i] ? "true" : "false";
	return (*argc == 1 && g->wave) ||
	       err_set(e, ERR_INPUT, "give --wave (phieu %s --help)", name);
}

static bool enter_as(struct desk_room *m, const struct app *app, enum who whose,
		     const char *wave, struct err *e)
{
	bool found = false;

	*m = (struct desk_room){ 0 };
	actor_name(m->by, sizeof m->by);
	m->who = (struct desk_who){ .by = m->by,
				    .role = "owner",
				    .everywhere = true };
	m->arena = arena_new(ARENA_BYTES);
	if (!m->arena) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	m->db = connect_ready(app->conf, whose, e);
	if (!m->db ||
	    !store_wave_head(m->db, wave, 0, m->arena, &m->wave, &found, e))
		return false;
	return found ||
	       err_set(e, ERR_INPUT,
		       "không có đợt điều tra này (no wave \"%.64s\")", wave);
}

bool desk_enter(struct desk_room *m, const struct app *app, const char *wave,
		struct err *e)
{
	return enter_as(m, app, WHO_SERVER, wave, e);
}

bool desk_enter_persons(struct desk_room *m, const struct app *app,
			const char *wave, struct err *e)
{
	return enter_as(m, app, WHO_ROSTER, wave, e);
}

void desk_leave(struct desk_room *m)
{
	db_close(m->db);
	arena_free(m->arena);
}

/* ---- acts -------------------------------------------------------------- */

static void tell(const struct desk_act *a, const struct desk_done *d)
{
	bool sheets = a->of && strcmp(a->of, "sheet") == 0;

	printf("%s", a->summary_vi);
	if (d->made[0])
		printf(": %s", d->made);
	else if (d->moved || (sheets && !a->counts))
		printf(": %" PRId64 " %s", d->moved,
		       a->counts_vi ? a->counts_vi : "phiếu");
	if (d->paper)
		printf(", biên bản số %" PRId64, d->paper);
	printf("\n");
}

bool desk_act_on(const struct desk_act *a, const struct given *g,
		 const struct app *app, struct err *e)
{
	struct desk_done done = { 0 };
	struct desk_room m;
	bool ok = enter_as(&m, app, a->persons ? WHO_ROSTER : WHO_SERVER,
			   g->wave, e) &&
		  store_desk_act(m.db, a, m.wave.wave, &m.who, g->values, &done,
				 e);

	if (ok)
		tell(a, &done);
	desk_leave(&m);
	return ok;
}

int desk_run_act(int argc, char **argv, void *app)
{
	const struct desk *d = desk_find(argv[0]);
	const struct desk_act *a =
		d ? desk_act_find(d, argv[0] + strlen(d->name) + 1) : NULL;
	struct given g = { 0 };
	struct err e = { 0 };
	bool ok = a || err_set(&e, ERR_BUG, "no act \"%s\"", argv[0]);

	if (a)
		desk_take_params(a->params, &g);
	ok = ok && a &&
	     desk_take_options(argv[0], a->params, &g, &argc, argv, &e) &&
	     desk_act_on(a, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

/* ---- lists ------------------------------------------------------------- */

static bool print_as(const struct given *g, const struct desk_room *m,
		     const struct desk_list *l, const struct res *r,
		     struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct jw w;
	bool ok;

	if (g->csv) {
		desk_csv(r, &b);
	} else if (g->jsonl) {
		desk_jsonl(r, &b);
	} else {
		jw_init(&w, &b);
		jw_object(&w);
		jw_kv(&w, "wave", m->wave.code);
		jw_kv(&w, "state", m->wave.state);
		jw_kb(&w, "trial", m->wave.trial);
		jw_kb(&w, "simulated", m->wave.simulated);
		jw_key(&w, l->name);
		desk_json(r, &w);
		jw_object_end(&w);
		buf_adds(&b, "\n");
	}
	ok = cli_put(&b, stdout, e);
	buf_free(&b);
	return ok;
}

static bool show(const struct desk *d, const struct desk_list *l,
		 const struct given *g, const struct app *app, struct err *e)
{
	struct res *r = NULL;
	struct desk_room m;
	bool ok = enter_as(&m, app, l->persons ? WHO_ROSTER : WHO_SERVER,
			   g->wave, e);

	if (ok)
		r = store_desk_list(m.db, d, l, m.wave.wave, &m.who, g->values,
				    e);
	ok = r &&
	     (g->json || g->csv || g->jsonl
		      ? print_as(g, &m, l, r, e)
		      : rows_print(r, l->heads, (int)desk_columns(l), "", e));
	res_free(r);
	desk_leave(&m);
	return ok;
}

int desk_run_list_of(const struct desk *d, const struct desk_list *l,
		     bool lines, int argc, char **argv, void *app)
{
	struct given g = { .csv = lines };
	struct err e = { 0 };
	bool ok;

	desk_take_params(l->params, &g);
	g.opts[g.n++] = (struct cli_opt){ "--json", &g.json, NULL };
	g.opts[g.n++] = (struct cli_opt){ "--csv", &g.csv, NULL };
	g.opts[g.n++] = (struct cli_opt){ "--jsonl", &g.jsonl, NULL };
	ok = desk_take_options(argv[0], l->params, &g, &argc, argv, &e);
	if (g.json || g.jsonl)
		g.csv = g.csv && !lines;
	if (ok && g.json + g.csv + g.jsonl > 1)
		ok = err_set(&e, ERR_INPUT, "one of --json, --csv, --jsonl");
	ok = ok && show(d, l, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

int desk_run_list(int argc, char **argv, void *app)
{
	const struct desk *d = desk_find(argv[0]);
	const struct desk_list *l =
		d ? desk_list_find(d, argv[0] + strlen(d->name) + 1) : NULL;
	struct err e = { 0 };

	if (l)
		return desk_run_list_of(d, l, false, argc, argv, app);
	(void)err_set(&e, ERR_BUG, "no list \"%s\"", argv[0]);
	return cli_fail("phieu", &e);
}

/* ---- a command for every row ------------------------------------------- */

/* What stands behind an option: the words it takes, or its own name. */
static void put_value(struct buf *b, const struct desk_param *p)
{
	if (p->kind == DESK_FLAG)
		return;
	buf_adds(b, " ");
	for (const struct desk_choice *c = p->choices; c && c->value; c++)
		buf_addf(b, "%s%s", c == p->choices ? "" : "|", c->value);
	for (const char *s = p->name; *s && !p->choices; s++)
		buf_addf(b, "%c", toupper((unsigned char)*s));
}

static const char *usage_of(const struct desk *d, const char *name,
			    const struct desk_param *params, const char *more,
			    struct arena *a)
{
	struct buf b = BUF_INIT(USAGE_BYTES);
	const char *text;

	buf_addf(&b, "phieu %s %s --wave W", d->name, name);
	for (size_t i = 0; i < desk_params(params); i++) {
		const struct desk_param *p = &params[i];

		buf_addf(&b, p->needed ? " --%s" : " [--%s", p->name);
		put_value(&b, p);
		buf_adds(&b, p->needed ? "" : "]");
	}
	buf_adds(&b, more);
	text = buf_cstr(&b) ? arena_strdup(a, b.data) : NULL;
	buf_free(&b);
	return text ? text : name;
}

static const char *both(struct arena *a, const char *vi, const char *en)
{
	const char *s = arena_printf(a, "%s (%s)", vi, en);

	return s ? s : en;
}

static const char *full_name(struct arena *a, const struct desk *d,
			     const char *name)
{
	const char *s = arena_printf(a, "%s %s", d->name, name);

	return s ? s : d->name;
}

size_t desk_commands(struct arena *a, struct cmd *out, size_t most)
{
	size_t n = 0;

	for (size_t k = 0; k < desks_n; k++) {
		const struct desk *d = desks[k];

		if (d->own_commands)
			continue;
		for (size_t i = 0; i < d->n_acts && n < most; i++, n++) {
			const struct desk_act *x = &d->acts[i];

			out[n] = (struct cmd){
				full_name(a, d, x->name),
				both(a, x->summary_vi, x->summary),
				usage_of(d, x->name, x->params, "\n", a),
				desk_run_act
			};
		}
		for (size_t i = 0; i < d->n_lists && n < most; i++, n++) {
			const struct desk_list *l = &d->lists[i];

			out[n] = (struct cmd){
				full_name(a, d, l->name),
				both(a, l->summary_vi, l->summary),
				usage_of(d, l->name, l->params,
					 " [--json | --csv | --jsonl]\n", a),
				desk_run_list
			};
		}
	}
	return n;
}
