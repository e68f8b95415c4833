#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cmd_desk.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/csv.h"
#include "phieu/json.h"
#include "phieu/quality_paper.h"
#include "phieu/store_plan.h"
#include "phieu/store_quality.h"
#include "phieu/weights.h"

#define OUTPUT_BYTES ((size_t)64 << 20)

struct report {
	const char *wave;
	bool trial, simulated;
	int64_t k;
	struct quality_row *rows;
	size_t n;
	struct quality_question *questions;
	const char **form, **question; /* [n_questions] codes */
	size_t n_questions;
	bool by_question; /* asked for */
};

/* Codes of what the database counts by ordinal and slot. */
static bool name_questions(const struct wave *w, struct arena *a,
			   struct report *r, struct err *e)
{
	r->form = arena_array(a, r->n_questions + 1, sizeof *r->form);
	r->question = arena_array(a, r->n_questions + 1, sizeof *r->question);
	if (!r->form || !r->question)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < r->n_questions; i++) {
		size_t f = wave_form(w, r->questions[i].form);

		if (f == NONE)
			return err_set(e, ERR_BUG, "a form is not in the plan");
		r->form[i] = arena_strdup(a, w->plan->forms[f].code);
		for (size_t q = 0; q < w->plan->forms[f].n_questions; q++) {
			const struct question *x =
				&w->plan->forms[f].questions[q];

			if (x->slot == (size_t)r->questions[i].slot)
				r->question[i] = arena_strdup(a, x->code);
		}
	}
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}

/* A freeze is the end of looking at how sheets came. */
static bool is_before_freeze(const struct wave *w, struct err *e)
{
	if (strcmp(w->state, "frozen") != 0 &&
	    strcmp(w->state, "published") != 0)
		return true;
	return err_set(e, ERR_CONFLICT,
		       "đợt %.64s đã khóa số liệu: chất lượng phiếu xem trước "
		       "khi khóa (the wave is frozen; quality is looked at "
		       "before)",
		       w->code);
}

static bool fetch(const struct conf *c, const char *wave, const char *who,
		  struct arena *a, struct report *r, struct err *e)
{
	struct db *db = connect_ready(c, WHO_SERVER, e);
	struct wave *w = db ? store_wave_get(db, wave, e) : NULL;
	bool ok = false;

	if (w) {
		int k = w->plan->decisions.min_sub;

		r->wave = arena_strdup(a, wave);
		r->trial = w->plan->is_trial;
		r->simulated = w->simulated;
		r->k = k > 0 ? k : 1;
		ok = is_before_freeze(w, e) &&
		     store_quality(db, w->id, r->k, who, a, &r->rows, &r->n,
				   e) &&
		     store_quality_questions(db, w->id, r->k, who, a,
					     &r->questions, &r->n_questions,
					     e) &&
		     name_questions(w, a, r, e);
		wave_free(w);
	}
	db_close(db);
	connect_done();
	return ok;
}

/* Outcome rates: valid sheets are complete, queried and invalid ones partial,
 * what is planned and neither back nor accounted for is unknown. */
static struct aapor outcome(const struct quality_row *r)
{
	struct aapor a = { 0 };
	int64_t known = r->valid + r->queried + r->invalid + r->refused +
			r->not_met + r->other + r->not_eligible;

	a.count[AAPOR_I] = (double)r->valid;
	a.count[AAPOR_P] = (double)(r->queried + r->invalid);
	a.count[AAPOR_R] = (double)r->refused;
	a.count[AAPOR_NC] = (double)r->not_met;
	a.count[AAPOR_O] = (double)r->other;
	a.count[AAPOR_NE] = (double)r->not_eligible;
	a.count[AAPOR_UH] =
		(double)(r->planned > known ? r->planned - known : 0);
	aapor_rates(&a, NAN);
	return a;
}

static double share(int64_t a, int64_t b)
{
	return b > 0 ? (double)a / (double)b : (double)NAN;
}

static const char *side_name(enum quality_side s)
{
	return s == QUALITY_AGENT  ? "agent"
	       : s == QUALITY_HOME ? "home"
				   : "total";
}

static void cell_int(struct table *t, int64_t v, bool closed)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%" PRId64, v);
	table_cell(t, closed ? "–" : text);
}

static void cell_percent(struct table *t, double v, bool closed)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%.1f %%", 100 * v);
	table_cell(t, closed || isnan(v) ? "–" : text);
}

static bool print_questions(const struct report *r, struct err *e)
{
	static const char *const heads[] = { "mẫu phiếu",    "câu",
					     "được hỏi",     "bỏ trống",
					     "không biết",   "không đọc được",
					     "không trả lời" };
	const size_t columns = sizeof heads / sizeof *heads;
	struct table *t = table_headed(heads, columns, 2);

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < r->n_questions; i++) {
		const struct quality_question *q = &r->questions[i];

		table_cell(t, r->form[i]);
		table_cell(t, r->question[i] ? r->question[i] : "?");
		cell_int(t, q->asked, q->closed);
		cell_int(t, q->blank, q->closed);
		cell_int(t, q->dont_know, q->closed);
		cell_int(t, q->unreadable, q->closed);
		cell_percent(t,
			     share(q->blank + q->dont_know + q->unreadable,
				   q->asked),
			     q->closed);
	}
	printf("\n");
	table_print(t, stdout);
	table_free(t);
	return true;
}

static bool print_table(const struct report *r, struct err *e)
{
	static const char *const heads[] = { "ai / ở đâu",    "thu về",
					     "hợp lệ",	      "từ chối",
					     "không gặp",     "RR1",
					     "trả lời nhanh", "một mạch",
					     "bỏ trống" };
	const size_t columns = sizeof heads / sizeof *heads;
	struct table *t = table_headed(heads, columns, 1);
	enum quality_side last = QUALITY_AGENT;

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < r->n; i++) {
		const struct quality_row *q = &r->rows[i];
		struct aapor a = outcome(q);

		if (q->side != last)
			table_rule(t);
		last = q->side;
		table_cell(t, q->side == QUALITY_TOTAL	? "TỔNG"
			      : q->name			? q->name
			      : q->side == QUALITY_HOME ? "(không đơn vị)"
							: "(không rõ)");
		cell_int(t, q->received, false);
		cell_int(t, q->valid, false);
		cell_int(t, q->refused, false);
		cell_int(t, q->not_met, false);
		cell_percent(t, a.rr[0], q->side == QUALITY_AGENT);
		cell_int(t, q->fast, q->closed);
		cell_int(t, q->straight, q->closed);
		cell_percent(t, share(q->blank, q->asked), q->closed);
	}
	printf("%s%s%s\n", r->wave,
	       r->trial ? " — mẫu thử, không phải phiếu chính thức" : "",
	       r->simulated ? " — SỐ LIỆU MÔ PHỎNG (simulated)" : "");
	table_print(t, stdout);
	printf("–: dưới %" PRId64 " phiếu, không nêu cách trả lời\n", r->k);
	table_free(t);
	return !r->by_question || print_questions(r, e);
}

static void json_question(struct jw *w, const struct report *r, size_t i)
{
	const struct quality_question *q = &r->questions[i];

	jw_object(w);
	jw_kv(w, "form", r->form[i]);
	jw_kv(w, "question", r->question[i]);
	jw_kb(w, "closed", q->closed);
	if (!q->closed) {
		jw_ki(w, "asked", q->asked);
		jw_ki(w, "blank", q->blank);
		jw_ki(w, "dont_know", q->dont_know);
		jw_ki(w, "unreadable", q->unreadable);
		jw_kd(w, "nonresponse",
		      share(q->blank + q->dont_know + q->unreadable, q->asked));
	}
	jw_object_end(w);
}

static void json_row(struct jw *w, const struct quality_row *q)
{
	struct aapor a = outcome(q);

	jw_object(w);
	jw_kv(w, "side", side_name(q->side));
	jw_kv(w, "code", q->code);
	jw_kv(w, "name", q->name);
	jw_ki(w, "received", q->received);
	jw_ki(w, "valid", q->valid);
	jw_ki(w, "queried", q->queried);
	jw_ki(w, "invalid", q->invalid);
	jw_ki(w, "set_aside", q->set_aside);
	jw_ki(w, "refused", q->refused);
	jw_ki(w, "not_met", q->not_met);
	jw_ki(w, "other", q->other);
	jw_ki(w, "not_eligible", q->not_eligible);
	if (q->side != QUALITY_AGENT) {
		jw_ki(w, "planned", q->planned);
		jw_kd(w, "rr1", a.rr[0]);
		jw_kd(w, "rr2", a.rr[1]);
		jw_kd(w, "rr3", a.rr[2]);
	}
	jw_kd(w, "coop1", a.coop[0]);
	jw_kb(w, "closed", q->closed);
	if (!q->closed) {
		jw_ki(w, "timed", q->timed);
		jw_ki(w, "speeders", q->fast);
		jw_ki(w, "ratings", q->ratings);
		jw_ki(w, "straight_liners", q->straight);
		jw_ki(w, "asked", q->asked);
		jw_ki(w, "blank", q->blank);
		jw_kd(w, "item_nonresponse", share(q->blank, q->asked));
	}
	jw_object_end(w);
}

static bool print_json(const struct report *r, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct jw w;
	bool ok;

	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "wave", r->wave);
	jw_kb(&w, "trial", r->trial);
	jw_kb(&w, "simulated", r->simulated);
	jw_ki(&w, "smallest_shown", r->k);
	jw_kd(&w, "speed", QUALITY_SPEED);
	jw_key(&w, "rows");
	jw_array(&w);
	for (size_t i = 0; i < r->n; i++)
		json_row(&w, &r->rows[i]);
	jw_array_end(&w);
	jw_key(&w, "questions");
	jw_array(&w);
	for (size_t i = 0; i < r->n_questions; i++)
		json_question(&w, r, i);
	jw_array_end(&w);
	jw_object_end(&w);
	ok = buf_cstr(&b) != NULL;
	if (ok)
		puts(buf_cstr(&b));
	buf_free(&b);
	return ok || err_set(e, ERR_NOMEM, "out of memory");
}

static int run_quality(int argc, char **argv, void *app)
{
	const char *wave = NULL, *who = NULL;
	struct report r = { 0 };
	bool json = false, ok;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--by", NULL, &who },
					{ "--questions", &r.by_question, NULL },
					{ "--json", &json, NULL } };
	struct err e = { 0 };
	struct arena *a;

	if (!cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e))
		return cli_fail("phieu quality", &e);
	if (!wave || argc > 1) {
		(void)err_set(&e, ERR_INPUT,
			      "usage: phieu quality --wave W [--by WHO] "
			      "[--questions] [--json]");
		return cli_fail("phieu quality", &e);
	}
	a = arena_new(OUTPUT_BYTES);
	ok = a ? fetch(((struct app *)app)->conf, wave, who ? who : "cli", a,
		       &r, &e)
	       : err_set(&e, ERR_NOMEM, "out of memory");
	ok = ok && (json ? print_json(&r, &e) : print_table(&r, &e));
	arena_free(a);
	return ok ? EXIT_DONE : cli_fail("phieu quality", &e);
}

/* ---- papers -------------------------------------------------------------- */

struct printing {
	const char *of, *out, *superior, *body, *place;
};

static bool write_paper(const struct desk_list *l, const struct given *g,
			const struct printing *p, const struct app *app,
			struct err *e)
{
	struct arena *a = arena_new(OUTPUT_BYTES);
	struct res *r = NULL;
	struct desk_room m;
	struct paper d;
	bool ok = desk_enter(&m, app, g->wave, e);

	if (ok)
		r = store_desk_list(m.db, &desk_quality, l, m.wave.wave, &m.who,
				    g->values, e);
	if (r && a) {
		const struct quality_paper_head h = { .wave = &m.wave,
						      .superior = p->superior,
						      .body = p->body,
						      .place = p->place,
						      .office = g->values[0] };

		ok = quality_paper(l->name, r, &h,
				   strcmp(l->name, "faults") == 0 ? g->values[1]
								  : NULL,
				   a, &d, e) &&
		     paper_write(&d, p->out, e);
	}
	ok = ok && r && (a || err_set(e, ERR_NOMEM, "out of memory"));
	res_free(r);
	arena_free(a);
	desk_leave(&m);
	return ok;
}

static int run_paper(int argc, char **argv, void *app)
{
	struct printing p = { .superior = "", .body = "", .place = "" };
	const char *of = argc > 1 ? argv[1] : "";
	const struct desk_list *l =
		strcmp(of, "faults") == 0 || strcmp(of, "payment") == 0
			? desk_list_find(&desk_quality, of)
			: NULL;
	struct given g = { 0 };
	struct err e = { 0 };
	bool ok = l || err_set(&e, ERR_INPUT,
			       "print faults or payment (phieu quality print "
			       "--help)");

	if (!l)
		return cli_fail("phieu quality print", &e);
	desk_take_params(l->params, &g);
	g.opts[g.n++] = (struct cli_opt){ "--out", NULL, &p.out };
	g.opts[g.n++] = (struct cli_opt){ "--superior", NULL, &p.superior };
	g.opts[g.n++] = (struct cli_opt){ "--body", NULL, &p.body };
	g.opts[g.n++] = (struct cli_opt){ "--place", NULL, &p.place };
	argc--;
	argv++;
	ok = desk_take_options("quality print", l->params, &g, &argc, argv,
			       &e) &&
	     (p.out || err_set(&e, ERR_INPUT, "give --out FILE")) &&
	     write_paper(l, &g, &p, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu quality print", &e);
}

static const struct cmd cmds[] = {
	{ "quality print",
	  "in phiếu lỗi trong ngày, bảng thanh toán (print on A4, Excel)",
	  "phieu quality print faults --wave W --out FILE [--office X] [--day "
	  "D]\n"
	  "phieu quality print payment --wave W --out FILE [--office X] "
	  "[--freeze N]\n"
	  "    [--superior NAME] [--body NAME] [--place NAME]\n"
	  "\n"
	  "FILE.html, FILE.csv or FILE.xlsx.  faults: what came in on the day "
	  "(yesterday,\n"
	  "as Viet Nam counts days) with V codes or Q flags, and what is open "
	  "of earlier\n"
	  "days.  payment: counts, rates and amounts by agent, sums by office "
	  "and of all; of\n"
	  "a frozen wave as the freeze kept them.\n",
	  run_paper },
	{ "quality", "chất lượng phiếu thu về trước khi khóa (data quality)",
	  "phieu quality --wave W [--by WHO] [--questions] [--json]\n"
	  "\n"
	  "By agent, by area and in all, before the freeze: outcomes of sheets "
	  "with\n"
	  "their rates, sheets answered in less than 0.4 of their form's "
	  "median "
	  "time,\n"
	  "ratings in a straight line, questions left blank.  Counts only; "
	  "below the\n"
	  "plan's limit for sub-groups how sheets were answered is not shown.  "
	  "--questions\n"
	  "adds what came instead of an answer, by question.  A frozen wave is "
	  "refused.\n"
	  "Who asks stands in the log.\n"
	  "\n"
	  "More words of its own: phieu quality agents, flags, faults, "
	  "outcomes, days,\n"
	  "codes, payment, print and others (phieu --help lists them).\n",
	  run_quality },
};
const struct cmd_set cmd_quality = { cmds, sizeof cmds / sizeof cmds[0] };
