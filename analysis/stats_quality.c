/* quality: `phieu estimate`.  Counts of rows, without weights: what happened
 * in the field, not what holds for a population. */
#include <math.h>
#include <string.h>

#include "phieu/quality.h"
#include "scale_parts.h"

#define FORMS_MAX 60

/* What a form asks. */
struct asked {
	const char *form;
	unsigned char item[SCALE_ITEMS_MAX];
};

struct quality_spec {
	const char *form, *time, *once, *agent; /* columns, NULL: none */
	struct spec_names id;
	double speed; /* of the median time of the form */
	size_t run;   /* longest run that is a straight line; 0: by slack */
	size_t slack; /* asked items less the run */
	size_t least; /* answers that a straight line needs */
	size_t far;   /* rows listed by Mahalanobis distance */
	size_t rows;  /* rows listed with their run and deviation */
	struct asked *asked; /* [n_asked]; none: by the data */
	size_t n_asked;
};

/* ---- the specification ------------------------------------------------ */

static const char *parse_column(struct spec_parse *p, const cJSON *node,
				const struct spec_estimate *x, const char *key,
				unsigned as)
{
	const cJSON *v = json_get(node, key);

	return v ? spec_column(p, v, x->path, key, as) : NULL;
}

static bool mark_item(const struct spec_estimate *x, const cJSON *name,
		      struct asked *a)
{
	for (size_t j = 0; j < x->of.n && cJSON_IsString(name); j++)
		if (strcmp(x->of.name[j], name->valuestring) == 0) {
			a->item[j] = 1;
			return true;
		}
	return false;
}

/* "asked": {"CT-01": ["I01", …]} */
static void parse_asked(struct spec_parse *p, const cJSON *node,
			struct spec_estimate *x, struct quality_spec *own)
{
	const cJSON *all = json_get(node, "asked"), *form, *item;
	int n = cJSON_GetArraySize(all);
	bool ok = cJSON_IsObject(all) && n > 0 && n <= FORMS_MAX && own->form;

	if (!all)
		return;
	own->asked = arena_array(p->a, (size_t)n + 1, sizeof *own->asked);
	cJSON_ArrayForEach(form, all)
	{
		struct asked *a;

		if (!ok || !own->asked)
			break;
		a = &own->asked[own->n_asked++];
		a->form = arena_strdup(p->a, form->string);
		ok = cJSON_IsArray(form);
		cJSON_ArrayForEach(item, form) ok = mark_item(x, item, a) && ok;
	}
	if (!ok)
		spec_fault(p, "E05", x->path, "asked",
			   "per form a list of items of \"of\", with \"form\"",
			   "mỗi mẫu phiếu một danh sách câu trong \"of\", cần "
			   "\"form\"");
}

static void *parse_quality(struct spec_parse *p, const cJSON *node,
			   struct spec_estimate *x)
{
	static const char *const keys[] = { "form",  "time",  "once", "agent",
					    "id",    "speed", "run",  "slack",
					    "least", "far",   "rows", "asked",
					    NULL };
	struct quality_spec *own = arena_alloc(p->a, sizeof *own);
	double most = (double)SCALE_ITEMS_MAX;

	spec_known_estimate(p, node, x->path, keys);
	if (!own || !spec_columns(p, node, x->path, "of", FRAME_NUMBER, 2,
				  SCALE_ITEMS_MAX, &x->of))
		return NULL;
	own->form = parse_column(p, node, x, "form", FRAME_CODE);
	own->time = parse_column(p, node, x, "time", FRAME_NUMBER);
	own->once = parse_column(p, node, x, "once", FRAME_CODE);
	own->agent = parse_column(p, node, x, "agent", FRAME_CODE);
	if (!spec_columns(p, node, x->path, "id", FRAME_CODE, 0, 8, &own->id))
		return NULL;
	own->speed = spec_number(p, node, x->path, "speed", 0.01, 1, 0.4);
	own->run = (size_t)spec_number(p, node, x->path, "run", 2, most, 0);
	own->slack = (size_t)spec_number(p, node, x->path, "slack", 0, most,
					 QUALITY_SLACK);
	own->least = (size_t)spec_number(p, node, x->path, "least", 2, most,
					 QUALITY_LEAST);
	own->far = (size_t)spec_number(p, node, x->path, "far", 0, 1000, 0);
	own->rows = (size_t)spec_number(p, node, x->path, "rows", 0, 100000, 0);
	parse_asked(p, node, x, own);
	return own;
}

/* ---- columns and flags ------------------------------------------------ */

struct column { /* codes of a column; NULL: one level for all rows */
	const uint32_t *code;
	const char *const *level;
	size_t n;
};

struct sheet { /* what is known of a row */
	unsigned char is_fast, is_straight;
	uint16_t longest, answered, asked;
};

struct look {
	struct items d;
	struct column form, once, agent, id[8];
	const double *time;
	struct asked *asked; /* [form.n + 1] */
	double *median;	     /* [form.n + 1] */
	struct sheet *sheet; /* [rows] */
};

static bool get_column(struct spec_run *r, const char *name, struct column *c,
		       struct err *e)
{
	*c = (struct column){ .n = 1 };
	if (!name)
		return true;
	c->code = spec_codes(r, name, &c->level, &c->n, e);
	return c->code != NULL;
}

static size_t level_at(const struct column *c, size_t row)
{
	return !c->code ? 0 : c->code[row] < c->n ? c->code[row] : c->n;
}

static const char *text_at(const struct column *c, size_t row)
{
	return c->code && c->code[row] < c->n ? c->level[c->code[row]] : "";
}

/* An item is asked on a form when the specification says so, or else when
 * some row of the form has an answer to it.  Rows of no form: all items. */
static void find_asked(const struct quality_spec *own,
		       const struct spec_cells *cells, struct look *l)
{
	for (size_t f = 0; l->form.level && f < l->form.n; f++)
		for (size_t s = 0; own->asked && s < own->n_asked; s++)
			if (strcmp(own->asked[s].form, l->form.level[f]) == 0)
				l->asked[f] = own->asked[s];
	for (size_t i = 0; i < l->d.n && !own->asked; i++) {
		if (cells->cell[i] == SURVEY_NONE)
			continue;
		for (size_t j = 0; j < l->d.k; j++)
			if (!isnan(l->d.x[j][i]))
				l->asked[level_at(&l->form, i)].item[j] = 1;
	}
}

/* Median time per form, each value of "once" counted at its first row. */
static bool find_medians(struct spec_run *r, const struct spec_cells *cells,
			 struct look *l, struct err *e)
{
	size_t n = l->d.n;
	unsigned char *in = spec_memory(r, n, 1, e);
	unsigned char *seen = in ? spec_memory(r, l->once.n, 1, e) : NULL;
	double *work = seen ? spec_memory(r, n, sizeof *work, e) : NULL;

	for (size_t f = 0; work && f <= l->form.n; f++) {
		memset(seen, 0, l->once.n);
		for (size_t i = 0; i < n; i++) {
			size_t who = level_at(&l->once, i);

			in[i] = cells->cell[i] != SURVEY_NONE &&
				level_at(&l->form, i) == f;
			if (in[i] && l->once.code && who < l->once.n) {
				in[i] = !seen[who];
				seen[who] = 1;
			}
		}
		l->median[f] = quality_median(l->time, in, n, work);
	}
	return work != NULL;
}

static void flag_rows(const struct quality_spec *own,
		      const struct spec_cells *cells, struct look *l)
{
	for (size_t i = 0; i < l->d.n; i++) {
		struct sheet *s = &l->sheet[i];
		const struct asked *a = &l->asked[level_at(&l->form, i)];
		size_t run;

		if (cells->cell[i] == SURVEY_NONE)
			continue;
		for (size_t j = 0; j < l->d.k; j++)
			s->asked = (uint16_t)(s->asked + a->item[j]);
		s->longest = (uint16_t)quality_longstring(&l->d, i);
		s->answered = (uint16_t)quality_answered(&l->d, i);
		run = own->run > 0	      ? own->run
		      : s->asked > own->slack ? s->asked - own->slack
					      : 2;
		s->is_straight = quality_is_straight(s->longest, s->answered,
						     run, own->least);
		s->is_fast =
			l->time &&
			l->time[i] <
				own->speed * l->median[level_at(&l->form, i)];
	}
}

static bool look_columns(struct spec_run *r, const struct spec_estimate *x,
			 struct look *l, struct err *e)
{
	const struct quality_spec *own = x->own;
	const double **list = spec_memory(r, x->of.n, sizeof *list, e);
	bool ok = list != NULL;

	for (size_t j = 0; ok && j < x->of.n; j++) {
		list[j] = spec_numbers(r, x->of.name[j], e);
		ok = list[j] != NULL;
	}
	l->d.x = list;
	ok = ok && get_column(r, own->form, &l->form, e) &&
	     get_column(r, own->once, &l->once, e) &&
	     get_column(r, own->agent, &l->agent, e);
	for (size_t i = 0; ok && i < own->id.n; i++)
		ok = get_column(r, own->id.name[i], &l->id[i], e);
	l->time = ok && own->time ? spec_numbers(r, own->time, e) : NULL;
	return ok && (!own->time || l->time);
}

static bool look_init(struct spec_run *r, const struct spec_estimate *x,
		      const struct spec_cells *cells, struct look *l,
		      struct err *e)
{
	size_t n = r->frame->rows;

	*l = (struct look){ .d = { .k = x->of.n, .n = n } };
	if (!look_columns(r, x, l, e))
		return false;
	l->asked = spec_memory(r, l->form.n + 1, sizeof *l->asked, e);
	l->median = spec_memory(r, l->form.n + 1, sizeof *l->median, e);
	l->sheet = spec_memory(r, n, sizeof *l->sheet, e);
	if (!l->asked || !l->median || !l->sheet)
		return false;
	find_asked(x->own, cells, l);
	if (l->time && !find_medians(r, cells, l, e))
		return false;
	flag_rows(x->own, cells, l);
	return true;
}

/* ---- tallies ---------------------------------------------------------- */

struct tally {
	double rows, fast, straight, asked, blank;
};

static void tally_row(struct tally *t, const struct look *l, size_t i)
{
	const struct sheet *s = &l->sheet[i];
	const struct asked *a = &l->asked[level_at(&l->form, i)];

	t->rows++;
	t->fast += s->is_fast;
	t->straight += s->is_straight;
	t->asked += s->asked;
	for (size_t j = 0; j < l->d.k; j++)
		t->blank += a->item[j] && isnan(l->d.x[j][i]);
}

static bool put_share(struct spec_run *r, const struct spec_estimate *x,
		      const char *of, const char *const *key, double count,
		      double base, struct err *e)
{
	struct est_extra c = { "count", count };
	struct est v = stats_nothing;

	v.n = (size_t)base;
	v.sum_w = base;
	if (base > 0)
		v.value = count / base;
	return stats_put_extra(r, x, of, x->by, key, &v, &c, 1, e);
}

static bool put_cells(struct spec_run *r, const struct spec_estimate *x,
		      const struct spec_cells *cells, const struct look *l,
		      struct err *e)
{
	struct tally *t = spec_memory(r, cells->n, sizeof *t, e);

	for (size_t i = 0; t && i < l->d.n; i++)
		if (cells->cell[i] != SURVEY_NONE)
			tally_row(&t[cells->cell[i]], l, i);
	for (size_t c = 0; t && c < cells->n; c++) {
		const char *const *key = cells->key[c];

		if ((l->time && !put_share(r, x, "speeders", key, t[c].fast,
					   t[c].rows, e)) ||
		    !put_share(r, x, "straight_liners", key, t[c].straight,
			       t[c].rows, e) ||
		    !put_share(r, x, "item_nonresponse", key, t[c].blank,
			       t[c].asked, e))
			return false;
	}
	return t != NULL;
}

/* ---- the detail ------------------------------------------------------- */

static void write_rate(struct jw *w, double blank, double asked)
{
	jw_kd(w, "asked", asked);
	jw_kd(w, "blank", blank);
	jw_kd(w, "rate", asked > 0 ? blank / asked : (double)NAN);
}

static void write_items(struct jw *w, const struct spec_estimate *x,
			const struct spec_cells *cells, const struct look *l)
{
	jw_key(w, "items");
	jw_array(w);
	for (size_t j = 0; j < l->d.k; j++) {
		double asked = 0, blank = 0;

		for (size_t i = 0; i < l->d.n; i++) {
			if (cells->cell[i] == SURVEY_NONE ||
			    !l->asked[level_at(&l->form, i)].item[j])
				continue;
			asked++;
			blank += isnan(l->d.x[j][i]) ? 1 : 0;
		}
		jw_object(w);
		jw_kv(w, "item", x->of.name[j]);
		write_rate(w, blank, asked);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static bool write_agents(struct spec_run *r, struct jw *w,
			 const struct spec_cells *cells, const struct look *l,
			 struct err *e)
{
	struct tally *t;

	if (!l->agent.code)
		return true;
	t = spec_memory(r, l->agent.n + 1, sizeof *t, e);
	if (!t)
		return false;
	for (size_t i = 0; i < l->d.n; i++)
		if (cells->cell[i] != SURVEY_NONE)
			tally_row(&t[level_at(&l->agent, i)], l, i);
	jw_key(w, "agents");
	jw_array(w);
	for (size_t a = 0; a <= l->agent.n; a++) {
		if (!(t[a].rows > 0))
			continue;
		jw_object(w);
		jw_kv(w, "agent", a < l->agent.n ? l->agent.level[a] : NULL);
		jw_kd(w, "rows", t[a].rows);
		if (l->time)
			jw_kd(w, "speeders", t[a].fast);
		jw_kd(w, "straight_liners", t[a].straight);
		write_rate(w, t[a].blank, t[a].asked);
		jw_object_end(w);
	}
	jw_array_end(w);
	return true;
}

static void write_medians(struct jw *w, const struct look *l)
{
	if (!l->time)
		return;
	jw_key(w, "median_time");
	jw_object(w);
	for (size_t f = 0; f < l->form.n; f++)
		jw_kd(w, l->form.level ? l->form.level[f] : "all",
		      l->median[f]);
	jw_object_end(w);
}

/* A row by its id columns, or by its number from 1. */
static void write_id(struct jw *w, const struct quality_spec *own,
		     const struct look *l, size_t i)
{
	if (own->id.n == 0) {
		jw_ki(w, "row", (int64_t)i + 1);
		return;
	}
	for (size_t k = 0; k < own->id.n; k++)
		jw_kv(w, own->id.name[k], text_at(&l->id[k], i));
}

static void write_flagged(struct jw *w, const struct quality_spec *own,
			  const struct spec_cells *cells, const struct look *l)
{
	jw_key(w, "flagged");
	jw_array(w);
	for (size_t i = 0; i < l->d.n; i++) {
		const struct sheet *s = &l->sheet[i];

		if (cells->cell[i] == SURVEY_NONE ||
		    !(s->is_fast || s->is_straight))
			continue;
		jw_object(w);
		write_id(w, own, l, i);
		jw_kb(w, "speeder", s->is_fast);
		jw_kb(w, "straight_liner", s->is_straight);
		if (l->time)
			jw_kd(w, "time", l->time[i]);
		jw_ki(w, "longest_run", s->longest);
		jw_ki(w, "answered", s->answered);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void write_rows(struct jw *w, const struct quality_spec *own,
		       const struct spec_cells *cells, const struct look *l)
{
	size_t left = own->rows;

	if (left == 0)
		return;
	jw_key(w, "rows");
	jw_array(w);
	for (size_t i = 0; i < l->d.n && left > 0; i++) {
		if (cells->cell[i] == SURVEY_NONE)
			continue;
		left--;
		jw_object(w);
		write_id(w, own, l, i);
		jw_ki(w, "longest_run", l->sheet[i].longest);
		jw_kd(w, "deviation", quality_irv(&l->d, i));
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void list_far(struct jw *w, const struct quality_spec *own,
		     const struct look *l, const double *d2, const size_t *row,
		     size_t n)
{
	jw_key(w, "far");
	jw_array(w);
	for (size_t i = 0; i < n; i++) {
		jw_object(w);
		write_id(w, own, l, row[i]);
		jw_kd(w, "d2", d2[row[i]]);
		jw_kd(w, "p", quality_mahalanobis_p(d2[row[i]], l->d.k));
		jw_object_end(w);
	}
	jw_array_end(w);
}

/* The rows farthest from the mean of the complete ones. */
static bool write_far(struct spec_run *r, const struct spec_estimate *x,
		      struct jw *w, const struct spec_cells *cells,
		      struct look *l, struct err *e)
{
	const struct quality_spec *own = x->own;
	size_t k = l->d.k, n = l->d.n;
	unsigned char *in;
	struct moments m;
	double *room, *d2;
	size_t *row;

	if (own->far == 0)
		return true;
	in = spec_memory(r, n, 1, e);
	m.sum = spec_memory(r, k * k, sizeof *m.sum, e);
	room = spec_memory(r, 2 * k + 2 * k * k, sizeof *room, e);
	d2 = spec_memory(r, n, sizeof *d2, e);
	row = spec_memory(r, own->far, sizeof *row, e);
	if (!in || !m.sum || !room || !d2 || !row)
		return false;
	for (size_t i = 0; i < n; i++)
		in[i] = cells->cell[i] != SURVEY_NONE;
	l->d.in = in;
	m.mean = room;
	m.cov = room + k;
	if (!moments_listwise(&l->d, &m, e) ||
	    !quality_mahalanobis(&l->d, &m, d2, room + k + k * k, e))
		return false;
	list_far(w, own, l, d2, row, quality_top(d2, n, own->far, row));
	jw_ki(w, "n_complete", (int64_t)m.n);
	return true;
}

static bool run_quality(struct spec_run *r, const struct spec_estimate *x,
			struct err *e)
{
	const struct quality_spec *own = x->own;
	struct buf b = BUF_INIT((size_t)256 << 20);
	struct spec_cells cells;
	struct look l;
	struct err far = { 0 };
	struct jw w;
	bool ok;

	if (!spec_cells(r, x, &cells, e) || !look_init(r, x, &cells, &l, e) ||
	    !put_cells(r, x, &cells, &l, e))
		return false;
	jw_init(&w, &b);
	jw_object(&w);
	write_medians(&w, &l);
	write_items(&w, x, &cells, &l);
	ok = write_agents(r, &w, &cells, &l, e);
	write_flagged(&w, own, &cells, &l);
	write_rows(&w, own, &cells, &l);
	if (ok && !write_far(r, x, &w, &cells, &l, &far))
		ok = scale_forgive(r, x, &far, e);
	jw_object_end(&w);
	ok = ok && spec_detail(r, x, &b, e);
	buf_free(&b);
	return ok;
}

static const struct stat_def defs[] = {
	{ "quality", parse_quality, run_quality },
};
const struct stat_set stats_quality = { defs, sizeof defs / sizeof defs[0] };
