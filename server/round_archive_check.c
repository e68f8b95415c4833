/* All of an archive recomputed from itself, and the answers inside it. */
#include <stdlib.h>
#include <string.h>

#include "phieu/archive.h"
#include "phieu/hash.h"
#include "phieu/index_file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/result.h"
#include "phieu/round_result.h"

#define HEAD	   "answers/1\n"
#define TEXT_BYTES ((size_t)1 << 30)

/* ---- answers ----------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "000012" or "-": sorted as text is sorted by number. */
static void put_index(struct buf *b, size_t i)
{
	if (i == NONE)
		buf_adds(b, " -");
	else
		buf_addf(b, " %06zu", i);
}

static const char *rating_line(const struct source_rating *r, struct buf *b,
			       struct arena *a)
{
	const char *line;

	b->len = 0;
	buf_adds(b, "r");
	put_index(b, r->unit);
	put_index(b, r->form);
	put_index(b, r->group);
	put_index(b, r->home);
	buf_adds(b, " ");
	for (size_t i = 0; i < r->n_answers; i++)
		buf_addf(b, "%02x", r->answers[i]);
	line = buf_cstr(b);
	return line ? arena_strdup(a, line) : NULL;
}

struct lines {
	const char **list;
	size_t n, cap;
};

static bool add_line(struct lines *l, const char *line)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 4096;
		const char **more = reallocarray(l->list, cap, sizeof *l->list);

		if (!more)
			return false;
		l->list = more;
		l->cap = cap;
	}
	l->list[l->n++] = line;
	return line != NULL;
}

static void put_sorted(struct lines *l, struct buf *out)
{
	if (l->n > 0)
		qsort(l->list, l->n, sizeof *l->list, by_text);
	for (size_t i = 0; i < l->n; i++) {
		buf_adds(out, l->list[i]);
		buf_adds(out, "\n");
	}
}

bool archive_answers_write(const struct archive_cell *cells, size_t n,
			   const struct rating_source *src, struct arena *a,
			   struct buf *out, struct err *e)
{
	struct lines l = { .list = NULL };
	struct buf b = BUF_INIT(8 * LIMIT_QUESTIONS + 1000);
	struct source_rating r;
	bool ok = true;
	int got = 0;

	buf_adds(out, HEAD);
	for (size_t i = 0; ok && i < n; i++) {
		b.len = 0;
		buf_adds(&b, "c");
		put_index(&b, cells[i].group);
		put_index(&b, cells[i].home);
		buf_addf(&b, " %lld", (long long)cells[i].n);
		ok = buf_cstr(&b) && add_line(&l, arena_strdup(a, b.data));
	}
	while (ok && (got = src->next(src->ctx, &r, e)) > 0)
		ok = add_line(&l, rating_line(&r, &b, a));
	if (ok && got == 0)
		put_sorted(&l, out);
	free(l.list);
	buf_free(&b);
	return got == 0 && ((ok && buf_cstr(out)) || err_no_memory(e));
}

/* A walk over the lines. */
struct walk {
	const char *at, *end;
	const struct plan *plan;
	uint8_t answers[LIMIT_QUESTIONS];
};

/* " 000012" or " -". */
static bool take_index(const char **at, size_t below, bool may_none,
		       size_t *out)
{
	const char *p = *at;
	size_t n = 0;

	if (*p++ != ' ')
		return false;
	if (*p == '-' && may_none) {
		*out = NONE;
		*at = p + 1;
		return true;
	}
	for (int i = 0; i < 6; i++, p++) {
		if (*p < '0' || *p > '9')
			return false;
		n = n * 10 + (size_t)(*p - '0');
	}
	*out = n;
	*at = p;
	return n < below;
}

static bool wrong_line(struct err *e)
{
	return err_set(e, ERR_INPUT,
		       "answers.txt có dòng sai (a line that cannot be)");
}

/* The next line; its end is at a newline, so that nothing reads past it. */
static bool take_line(struct walk *w, const char **line, struct err *e)
{
	const char *nl = memchr(w->at, '\n', (size_t)(w->end - w->at));

	if (!nl)
		return wrong_line(e);
	*line = w->at;
	w->at = nl + 1;
	return true;
}

static bool take_rating(struct walk *w, const char *p,
			struct source_rating *out, struct err *e)
{
	size_t n = 0;

	if (*p++ != 'r' ||
	    !take_index(&p, w->plan->n_units, false, &out->unit) ||
	    !take_index(&p, w->plan->n_forms, false, &out->form) ||
	    !take_index(&p, w->plan->n_groups, false, &out->group) ||
	    !take_index(&p, w->plan->n_units, true, &out->home) || *p++ != ' ')
		return wrong_line(e);
	for (; *p != '\n'; p += 2, n++)
		if (n == LIMIT_QUESTIONS || p[1] == '\n' ||
		    !hex_parse(p, 2, &w->answers[n]))
			return wrong_line(e);
	out->answers = w->answers;
	out->n_answers = n;
	return true;
}

static int next_rating(void *ctx, struct source_rating *out, struct err *e)
{
	struct walk *w = ctx;
	const char *line = w->at;

	if (w->at == w->end)
		return 0;
	return take_line(w, &line, e) && take_rating(w, line, out, e) ? 1 : -1;
}

/* Respondents of a stratum: the lines before the ratings. */
static bool take_cells(struct walk *w, struct score_plan *sp, struct err *e)
{
	const char *line = w->at;

	while (w->at < w->end && *w->at == 'c') {
		size_t group, home, h;
		long long n;
		char *end;

		if (!take_line(w, &line, e))
			return false;
		line++;
		if (!take_index(&line, w->plan->n_groups, false, &group) ||
		    !take_index(&line, w->plan->n_units, true, &home) ||
		    *line != ' ' || line[1] < '0' || line[1] > '9')
			return wrong_line(e);
		n = strtoll(line + 1, &end, 10);
		h = score_plan_stratum(sp, group, home);
		if (*end != '\n' || n > INT32_MAX || h == NONE)
			return wrong_line(e);
		sp->strata[h].n += n;
	}
	return true;
}

/* ---- the survey -------------------------------------------------------- */

struct survey {
	struct plan *plan;
	struct score_plan *sp;
	struct score *score;
	struct result *result;
};

static void survey_end(struct survey *s)
{
	result_free(s->result);
	score_free(s->score);
	score_plan_free(s->sp);
	plan_free(s->plan);
}

static bool score_answers(const struct archive *x, struct arena *a,
			  struct survey *s, struct err *e)
{
	size_t head = sizeof HEAD - 1;
	struct walk w = { .at = x->part[ARCHIVE_ANSWERS].p + head };
	struct rating_source src = { next_rating, &w };
	struct result_input in = { .content_sha256 = x->facts.content_sha256,
				   .simulated = x->facts.simulated };
	struct faults f;

	faults_init(&f, a);
	s->plan = plan_read(x->part[ARCHIVE_PLAN].p, x->part[ARCHIVE_PLAN].n,
			    &f, e);
	if (!s->plan) {
		if (f.n > 0)
			(void)err_set(e, ERR_INPUT, "plan.json has faults");
		return false;
	}
	w.end = x->part[ARCHIVE_ANSWERS].p + x->part[ARCHIVE_ANSWERS].n;
	w.plan = s->plan;
	if (x->part[ARCHIVE_ANSWERS].n < head ||
	    memcmp(x->part[ARCHIVE_ANSWERS].p, HEAD, head) != 0)
		return wrong_line(e);
	s->sp = score_plan_new(s->plan, e);
	if (!s->sp || !take_cells(&w, s->sp, e))
		return false;
	s->score = score_run(s->sp, &src, e);
	in.sp = s->sp;
	in.score = s->score;
	s->result = s->score ? result_new(&in, e) : NULL;
	return s->result != NULL;
}

static bool same_part(const struct archive *x, enum archive_part p,
		      const struct buf *b)
{
	return b->len == x->part[p].n &&
	       (b->len == 0 || memcmp(b->data, x->part[p].p, b->len) == 0);
}

static const struct component *component_of(const struct component *rows,
					    size_t n, const char *unit,
					    const char *criterion)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].unit, unit) == 0 &&
		    strcmp(rows[i].criterion, criterion) == 0)
			return &rows[i];
	return NULL;
}

/* Is the component one that the input should have a value of, and has none? */
static bool is_left_out(const struct index_set *s, const struct component *c)
{
	size_t unit = 0, node = 0;

	while (unit < s->n_units && strcmp(s->units[unit].code, c->unit) != 0)
		unit++;
	while (node < s->n_nodes &&
	       strcmp(s->nodes[node].code, c->criterion) != 0)
		node++;
	if (!c->points_exact || unit == s->n_units || node == s->n_nodes ||
	    !s->nodes[node].leaf ||
	    (s->nodes[node].source != INDEX_SURVEY &&
	     s->nodes[node].source != INDEX_SATISFACTION) ||
	    (s->nodes[node].applies &&
	     !s->nodes[node].applies[s->units[unit].kind]))
		return false;
	for (size_t i = 0; i < s->n_values; i++)
		if (s->values[i].unit == unit && s->values[i].node == node)
			return false;
	return true;
}

/* Every survey value of the input is the exact points of its component, and
 * every component has its value. */
static bool same_values(const struct index_set *s, const struct result *r,
			struct arena *a, bool *same, struct err *e)
{
	struct component *rows;
	struct release_cell *cells;
	size_t n, n_cells;

	if (!result_components(r, a, &rows, &n, &cells, &n_cells, e))
		return false;
	*same = true;
	for (size_t i = 0; i < s->n_values; i++) {
		const struct index_value *v = &s->values[i];
		const struct index_node *node = &s->nodes[v->node];
		const struct component *c;

		if (!node->leaf || !v->value ||
		    (node->source != INDEX_SURVEY &&
		     node->source != INDEX_SATISFACTION))
			continue;
		c = component_of(rows, n, s->units[v->unit].code, node->code);
		*same = *same && c && c->points_exact &&
			strcmp(c->points_exact, v->value) == 0;
	}
	for (size_t i = 0; i < n; i++)
		*same = *same && !is_left_out(s, &rows[i]);
	return true;
}

/* ---- the lines --------------------------------------------------------- */

static void line(struct archive_report *r, enum archive_verdict v,
		 const char *what, const char *what_vi)
{
	r->line[r->n++] = (struct archive_line){ v, what, what_vi };
	r->same = r->same && v != ARCHIVE_DIFFERS;
	r->whole = r->whole && v == ARCHIVE_SAME;
}

static enum archive_verdict verdict(bool same)
{
	return same ? ARCHIVE_SAME : ARCHIVE_DIFFERS;
}

static bool check_result(const struct archive *x, struct arena *a,
			 struct round_result *r, struct archive_report *out,
			 struct err *e)
{
	struct buf text = BUF_INIT(TEXT_BYTES);
	struct faults f;
	bool same = false;

	faults_init(&f, a);
	if (strcmp(x->facts.index_method, INDEX_METHOD) != 0)
		return err_set(e, ERR_CONFLICT,
			       "lưu trữ tính bằng %.40s, chương trình này là "
			       "%s (another method)",
			       x->facts.index_method, INDEX_METHOD);
	if (!round_compute(x->part[ARCHIVE_INPUT].p, x->part[ARCHIVE_INPUT].n,
			   a, r, &f, e)) {
		if (f.n == 0)
			return false;
		*e = (struct err){ 0 };
		line(out, ARCHIVE_DIFFERS, "input.json has faults",
		     "input.json có lỗi");
		return true;
	}
	round_result_json(r, &text);
	same = same_part(x, ARCHIVE_INPUT, &r->input) &&
	       same_part(x, ARCHIVE_RESULT, &text);
	line(out, verdict(same), "result.json, recomputed from input.json",
	     "result.json tính lại từ input.json");
	same = text.broken;
	buf_free(&text);
	return !same || err_no_memory(e);
}

/* Criteria, rules and units are those of the round; values are not. */
static bool check_round(const struct archive *x, struct arena *a,
			const struct index_set *set, struct archive_report *out,
			struct err *e)
{
	struct buf had = BUF_INIT(TEXT_BYTES), want = BUF_INIT(TEXT_BYTES);
	struct index_set bare = *set;
	struct faults f;
	struct round r;
	bool same, broken = false;

	faults_init(&f, a);
	bare.n_values = bare.n_deductions = bare.n_typed = 0;
	same = round_read(x->part[ARCHIVE_ROUND].p, x->part[ARCHIVE_ROUND].n, a,
			  &r, &f);
	if (same) {
		index_write_set(&bare, &had);
		index_write_set(&r.set, &want);
		broken = !buf_cstr(&had) || !buf_cstr(&want);
		same = !broken && strcmp(had.data, want.data) == 0;
	}
	line(out, verdict(same),
	     "input.json has the criteria, rules and units of round.json",
	     "input.json có đúng tiêu chí, quy tắc, đơn vị của round.json");
	buf_free(&had);
	buf_free(&want);
	return !broken || err_no_memory(e);
}

static bool check_survey(const struct archive *x, struct arena *a,
			 const struct index_set *set,
			 struct archive_report *out, struct err *e)
{
	struct buf text = BUF_INIT(TEXT_BYTES);
	struct survey s = { .plan = NULL };
	bool ok, same = false, unscored = false;

	if (!x->part[ARCHIVE_ANSWERS].p) {
		line(out, ARCHIVE_UNCHECKED,
		     "snapshot.json: the answers are not in this archive",
		     "snapshot.json: lưu trữ này không có câu trả lời");
		return true;
	}
	if (strcmp(x->facts.score_method, METHOD_VERSION) != 0)
		return err_set(e, ERR_CONFLICT,
			       "lưu trữ chấm bằng %.40s, chương trình này là "
			       "%s (another method)",
			       x->facts.score_method, METHOD_VERSION);
	ok = score_answers(x, a, &s, e) && result_json(s.result, &text, e);
	if (ok) {
		line(out, verdict(same_part(x, ARCHIVE_SNAPSHOT, &text)),
		     "snapshot.json, recomputed from plan.json and answers.txt",
		     "snapshot.json tính lại từ plan.json và answers.txt");
		ok = same_values(set, s.result, a, &same, e);
	} else if (e->kind == ERR_INPUT) {
		*e = (struct err){ 0 };
		line(out, ARCHIVE_DIFFERS,
		     "plan.json or answers.txt cannot be scored",
		     "plan.json hoặc answers.txt không chấm được");
		ok = unscored = true;
	}
	if (ok)
		line(out, unscored ? ARCHIVE_UNCHECKED : verdict(same),
		     "survey points of input.json are those of the answers",
		     "điểm khảo sát của input.json đúng như câu trả lời");
	buf_free(&text);
	survey_end(&s);
	return ok;
}

bool archive_check(const struct archive *x, struct arena *a,
		   struct archive_report *out, struct err *e)
{
	struct round_result r = { .ix = NULL };
	bool ok;

	*out = (struct archive_report){ .same = true, .whole = true };
	ok = check_result(x, a, &r, out, e);
	if (ok && r.ix)
		ok = check_round(x, a, &r.set, out, e) &&
		     (!x->facts.wave || check_survey(x, a, &r.set, out, e));
	round_result_free(&r);
	return ok;
}
