#include "page_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page_round.h"

/* ---- who and where ------------------------------------------------------- */

/* Of "/ledger/{wave}" and what lies below it the ledger. */
static const struct desk *desk_of(const struct http_request *rq, struct err *e)
{
	const struct desk *d = NULL;
	const char *s = rq->pattern + 1;
	char name[32];

	(void)snprintf(name, sizeof name, "%.*s", (int)strcspn(s, "/"), s);
	d = desk_find(name);
	if (!d)
		(void)err_set(e, ERR_BUG, "no desk for %.80s", rq->pattern);
	return d;
}

struct job { /* what a request carries to its wave */
	desk_page_fn fn;
	const struct web_fields *form;
};

static bool with_wave(struct db *db, struct http_request *rq,
		      struct http_reply *rp, const struct wave_head *v,
		      struct err *e)
{
	const struct job *job = rq->user;
	struct desk_page p = { .db = db,
			       .rq = rq,
			       .rp = rp,
			       .b = &rp->body,
			       .a = rq->arena,
			       .v = v,
			       .desk = desk_of(rq, e),
			       .form = job->form };
	bool ok = p.desk && job->fn(&p, e);

	res_free(p.choices);
	return ok;
}

enum http_done desk_page_run(struct http_request *rq, struct http_reply *rp,
			     void *app, const struct web_fields *form,
			     desk_page_fn fn)
{
	struct job job = { .fn = fn, .form = form };
	enum http_done done;

	rq->user = &job;
	done = web_run_wave(rq, rp, app, with_wave);
	rq->user = NULL;
	return done;
}

static bool has_role(struct desk_page *p, unsigned roles)
{
	return web_sees_wave(p->rq->identity,
			     roles & ((const struct identity *)p->rq->identity)
					     ->roles,
			     p->v->wave) &&
	       (roles & ((const struct identity *)p->rq->identity)->roles);
}

bool desk_page_may(struct desk_page *p, const struct desk_act *a)
{
	struct desk_who who;
	struct err e = { 0 };

	return has_role(p, a->roles) &&
	       web_desk_who(p->rq, a->roles, p->v->wave, &who, &e) &&
	       (who.everywhere || !a->whole);
}

/* ---- the frame ----------------------------------------------------------- */

void desk_page_path(struct desk_page *p, const char *more)
{
	page_put(p->b, "/%u/%u", p->desk->name, p->v->code);
	buf_adds(p->b, more);
}

/* "đã giao 15 phiếu, biên bản số 3": what a post that led here did. */
static void put_done(struct desk_page *p)
{
	const char *name = http_query(p->rq, "done");
	const char *n = http_query(p->rq, "n"),
		   *made = http_query(p->rq, "made");
	const char *paper = http_query(p->rq, "paper");
	const struct desk_act *a = name ? desk_act_find(p->desk, name) : NULL;

	if (!a || p->form)
		return;
	page_put(p->b, "<p class=\"done\" role=\"status\">Đã ghi: %s",
		 a->summary_vi);
	if (n)
		page_put(p->b, " – %s %s", n,
			 a->counts_vi ? a->counts_vi : "phiếu");
	if (made)
		page_put(p->b, " – <strong>%s</strong>", made);
	if (paper)
		page_put(p->b,
			 ". <a href=\"/handover/%u/%u\">In biên bản số %s</a>",
			 p->v->code, paper, paper);
	page_put(p->b, ".</p>\n");
}

void desk_page_begin(struct desk_page *p, const char *title)
{
	web_page_begin(p->rp, arena_printf(p->a, "%s: %s", title, p->v->code));
	page_put(p->b, "<nav class=\"cap\" aria-label=\"Đường dẫn\">"
		       "<a href=\"/\">Các đợt điều tra</a>");
	for (size_t i = 0; i < p->desk->n_lists; i++) {
		const struct desk_list *l = &p->desk->lists[i];

		if (!has_role(p, l->roles) ||
		    (desk_params(l->params) > 0 && l->params[0].needed))
			continue;
		page_put(p->b, " <a href=\"");
		desk_page_path(p, "");
		page_put(p->b, "?show=%u\">%s</a>", l->name, l->summary_vi);
	}
	page_put(p->b, "</nav>\n<main><h1>%s: %s</h1>\n<p>", p->desk->title_vi,
		 p->v->name);
	web_put_marks(p->b, p->v);
	web_put_days(p->b, p->v);
	page_put(p->b, "</p>\n");
	put_done(p);
}

void desk_page_acts(struct desk_page *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->desk->n_acts; i++) {
		const struct desk_act *a = &p->desk->acts[i];

		if (!desk_page_may(p, a))
			continue;
		if (n++ == 0)
			page_put(p->b,
				 "<details class=\"cap\"><summary>Việc cần "
				 "làm</summary><ul>\n");
		page_put(p->b, "<li><a href=\"");
		desk_page_path(p, "");
		page_put(p->b, "?do=%u\">%s</a></li>\n", a->name,
			 a->summary_vi);
	}
	if (n > 0)
		page_put(p->b, "</ul></details>\n");
}

/* ---- names --------------------------------------------------------------- */

static int by_code(const void *a, const void *b)
{
	const struct desk_name *x = a, *y = b;
	int d = strcmp(x->kind, y->kind);

	return d ? d : strcmp(x->code, y->code);
}

/* A page without names is better than none: what fails here is not told. */
static void have_names(struct desk_page *p)
{
	struct err e = { 0 };
	struct desk_name *list;
	size_t n;

	if (p->names || !desk_page_choices(p, &e))
		return;
	n = res_rows(p->choices);
	list = arena_alloc(p->a, (n + 1) * sizeof *list);
	if (!list)
		return;
	for (size_t i = 0; i < n; i++)
		list[i] = (struct desk_name){
			.kind = res_word(p->choices, i, "kind"),
			.code = res_word(p->choices, i, "code"),
			.name = res_word(p->choices, i, "name"),
		};
	qsort(list, n, sizeof *list, by_code);
	p->names = list;
	p->n_names = n;
}

void desk_page_named(struct desk_page *p, const char *kind, const char *code)
{
	const struct desk_name want = { .kind = kind, .code = code };
	const struct desk_name *have = NULL;

	if (*code)
		have_names(p);
	if (*code && p->names)
		have = bsearch(&want, p->names, p->n_names, sizeof want,
			       by_code);
	if (have)
		page_put(p->b, "%s <span class=\"code\">%s</span>", have->name,
			 code);
	else
		page_put(p->b, "%s", code);
}

void desk_page_words(struct desk_page *p, const char *codes)
{
	for (const char *s = codes; *s; s += strspn(s, " ")) {
		size_t n = strcspn(s, " ");

		page_put(p->b, "%s%s", s == codes ? "" : ", ",
			 desk_word(p->desk,
				   arena_printf(p->a, "%.*s", (int)n, s)));
		s += n;
	}
}

/* Of what a column holds codes; NULL: of nothing that has names. */
static const char *kind_of(const char *column)
{
	static const char *const kinds[][2] = {
		{ "agent", "agent" }, { "by_agent", "agent" },
		{ "group", "group" }, { "unit", "unit" },
		{ "home", "unit" },   { "area", "unit" },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(column, kinds[i][0]) == 0)
			return kinds[i][1];
	return NULL;
}

/* ---- rows ---------------------------------------------------------------- */

/* Is `name` one of the words of `list`? */
static bool is_word(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = strstr(list, name); s; s = strstr(s + 1, name))
		if ((s == list || s[-1] == ' ') &&
		    (s[n] == '\0' || s[n] == ' '))
			return true;
	return false;
}

/* Columns that hold what an act's parameter took. */
static const char *const taken[][2] = {
	{ "verdict", "verdict" },
	{ "take", "take" },
	{ "unresolved", "unresolved" },
	{ "item", "item" },
	{ "stratum", "by" },
};

static const char *word_of(const struct desk *d, const char *column,
			   const char *s)
{
	const struct desk_act *a;

	/* of the head of a sheet: its words say which */
	if (strcmp(column, "question") == 0 && *s == '(')
		return "";
	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
		if (strcmp(taken[i][0], column) == 0)
			return desk_choice_word(d, taken[i][1], s);
	if (!is_word("status state disposition kind was now act role outcome "
		     "decision result addressee side level",
		     column))
		return s;
	a = strcmp(column, "act") == 0 ? desk_act_find(d, s) : NULL;
	return a ? a->summary_vi : desk_word(d, s);
}

static void put_cell(struct desk_page *p, const struct res *r, size_t row,
		     const char *column)
{
	const char *s = res_word(r, row, column);
	const char *name =
		res_word(r, row, arena_printf(p->a, "%s_name", column));

	if (*s && p->desk->key && strcmp(column, p->desk->key) == 0) {
		page_put(p->b, "<a class=\"key\" href=\"");
		desk_page_path(p, "");
		page_put(p->b, "?%u=%u\">%s</a>", column, s, s);
	} else if (*s && strcmp(column, "paper") == 0) {
		page_put(p->b, "<a href=\"/handover/%u/%u\">%s</a>", p->v->code,
			 s, s);
	} else if (res_kind(r, res_column(r, column)) == RES_TRUTH) {
		page_put(p->b,
			 res_bool(r, row, res_column(r, column)) ? "có" : "–");
	} else if (*name) {
		page_put(p->b, "%s <span class=\"code\">%s</span>", name, s);
	} else if (strlen(s) == 10 && s[4] == '-' && s[7] == '-') {
		page_put(p->b, "%d", s);
	} else if (kind_of(column)) {
		desk_page_named(p, kind_of(column), s);
	} else if (strlen(s) >= 40 && !strchr(s, ' ')) {
		page_put(p->b, "<span class=\"long\">%s</span>", s);
	} else if (strcmp(column, "flags") == 0) {
		desk_page_words(p, s);
	} else {
		page_put(p->b, "%s", word_of(p->desk, column, s));
	}
}

static bool shows(const struct desk_list *l, const struct res *r, size_t c)
{
	return c < desk_columns(l) && c < res_columns(r) &&
	       (!l->page || is_word(l->page, res_name(r, (int)c)));
}

void desk_page_rows(struct desk_page *p, const struct desk_list *l,
		    const struct res *r, const char *none)
{
	if (res_rows(r) == 0) {
		page_put(p->b, "<p>%s</p>\n", none);
		return;
	}
	if (res_rows(r) > 1)
		page_put(p->b, "<p>%i dòng</p>", (long long)res_rows(r));
	page_put(p->b,
		 "<div class=\"scroll\" role=\"region\" "
		 "tabindex=\"0\" aria-label=\"%s\"><table class=\"list cap\">"
		 "<thead><tr>",
		 l->summary_vi);
	for (size_t c = 0; c < desk_columns(l); c++)
		if (shows(l, r, c))
			page_put(p->b, "<th scope=\"col\"%r>%s</th>",
				 c >= l->right ? " class=\"n\"" : "",
				 l->heads[c]);
	page_put(p->b, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < res_rows(r); i++) {
		page_put(p->b, "<tr>");
		for (size_t c = 0; c < desk_columns(l); c++) {
			if (!shows(l, r, c))
				continue;
			page_put(p->b,
				 c >= l->right ? "<td class=\"n\">" : "<td>");
			put_cell(p, r, i, res_name(r, (int)c));
			page_put(p->b, "</td>");
		}
		page_put(p->b, "</tr>\n");
	}
	page_put(p->b, "</tbody></table></div>\n");
}
