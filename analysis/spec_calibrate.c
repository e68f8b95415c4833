#include <math.h>
#include <string.h>

#include "phieu/calibrate.h"
#include "phieu/estimate_weights.h"
#include "spec_parts.h"
#include "weights_parts.h"

#define MAX_LEAVES 20000

/* One total of a margin: the values of its columns. */
struct leaf {
	const char **value; /* [by.n] */
	double total;
};

struct margin {
	const char *path;
	struct spec_names by; /* n 0: of, or the size */
	const char *of;
	struct leaf *leaf;
	size_t n_leaves;
	bool partial;
};

struct own {
	enum calib_method method;
	struct margin *margin;
	size_t n;
	bool bounded, trimmed;
	double lower, upper, w_lower, w_upper;
	struct calibration *calib;
};

/* ---- parsing ---------------------------------------------------------- */

static size_t count_leaves(const cJSON *node)
{
	size_t n = 0;

	if (!cJSON_IsObject(node))
		return 1;
	for (const cJSON *k = node->child; k; k = k->next)
		n += count_leaves(k);
	return n;
}

static bool is_total(const cJSON *node)
{
	return cJSON_IsNumber(node) && node->valuedouble >= 0 &&
	       isfinite(node->valuedouble);
}

/* Depth first through {"F":{"18-24":3572,…},…}: by.n levels of keys. */
static void read_leaves(struct spec_parse *p, struct margin *m,
			const cJSON *node, const char *path, size_t depth,
			const char **value)
{
	if (depth == m->by.n) {
		struct leaf *l = &m->leaf[m->n_leaves];

		if (!is_total(node)) {
			spec_fault(p, "E04", path, NULL,
				   "a total: a number from 0",
				   "phải là tổng: số từ 0 trở lên");
			return;
		}
		l->value = arena_array(p->a, m->by.n + 1, sizeof *l->value);
		if (!l->value)
			return;
		memcpy(l->value, value, m->by.n * sizeof *value);
		l->total = node->valuedouble;
		m->n_leaves++;
		return;
	}
	if (!cJSON_IsObject(node)) {
		spec_fault(p, "E04", path, NULL,
			   "an object with a key for each value of the column",
			   "phải là đối tượng, mỗi giá trị của cột một khóa");
		return;
	}
	for (const cJSON *k = node->child; k; k = k->next) {
		value[depth] = arena_strdup(p->a, k->string);
		read_leaves(p, m, k, spec_path(p, path, k->string), depth + 1,
			    value);
	}
}

static void read_totals(struct spec_parse *p, struct margin *m,
			const cJSON *totals)
{
	const char *value[16];
	size_t n = totals ? count_leaves(totals) : 0;

	if (n == 0 || n > MAX_LEAVES) {
		spec_fault(p, n == 0 ? "E03" : "E06", m->path, "totals",
			   "the totals of the margin, 20000 at most",
			   "cần các tổng của biên, nhiều nhất 20000");
		return;
	}
	m->leaf = arena_array(p->a, n, sizeof *m->leaf);
	if (m->leaf)
		read_leaves(p, m, totals, spec_path(p, m->path, "totals"), 0,
			    value);
}

/* {"of":"age","total":N} or {"total":N}. */
static void read_total(struct spec_parse *p, struct margin *m,
		       const cJSON *node)
{
	const cJSON *total = json_get(node, "total");

	if (json_get(node, "of"))
		m->of = spec_column(p, json_get(node, "of"), m->path, "of",
				    FRAME_NUMBER);
	if (!cJSON_IsNumber(total) || !isfinite(total->valuedouble)) {
		spec_fault(p, total ? "E04" : "E03", m->path, "total",
			   "a number, or \"by\" and \"totals\"",
			   "phải là số, hoặc dùng \"by\" và \"totals\"");
		return;
	}
	m->leaf = arena_array(p->a, 1, sizeof *m->leaf);
	if (m->leaf) {
		m->leaf[0].total = total->valuedouble;
		m->n_leaves = 1;
	}
}

static void read_margin(struct spec_parse *p, struct margin *m,
			const cJSON *node, const char *path)
{
	static const char *const grouped[] = { "by", "totals", "partial",
					       NULL };
	static const char *const single[] = { "of", "total", NULL };

	m->path = path;
	if (!cJSON_IsObject(node)) {
		spec_fault(p, "E04", path, NULL, "an object",
			   "phải là đối tượng");
		return;
	}
	if (!json_get(node, "by")) {
		spec_known(p, node, path, single);
		read_total(p, m, node);
		return;
	}
	spec_known(p, node, path, grouped);
	m->partial = spec_bool(p, node, path, "partial", false);
	if (spec_columns(p, node, path, "by", FRAME_CODE, 1, 16, &m->by))
		read_totals(p, m, json_get(node, "totals"));
}

static void read_bounds(struct spec_parse *p, struct own *o, const cJSON *node)
{
	const cJSON *b = json_get(node, "bounds"), *t = json_get(node, "trim");
	static const char *const keys[] = { "lower", "upper", NULL };

	o->bounded = b != NULL;
	if (b && (cJSON_GetArraySize(b) != 2 || !cJSON_IsArray(b) ||
		  !cJSON_IsNumber(b->child) || !cJSON_IsNumber(b->child->next)))
		spec_fault(p, "E04", "/calibrate", "bounds",
			   "[lowest, highest] factor", "phải là [thấp, cao]");
	else if (b) {
		o->lower = b->child->valuedouble;
		o->upper = b->child->next->valuedouble;
	}
	o->trimmed = t != NULL;
	o->w_upper = INFINITY;
	if (t && cJSON_IsNumber(t) && t->valuedouble >= 0)
		o->w_upper = t->valuedouble;
	else if (t && cJSON_IsArray(t) && cJSON_GetArraySize(t) == 2 &&
		 cJSON_IsNumber(t->child) && cJSON_IsNumber(t->child->next)) {
		o->w_lower = t->child->valuedouble;
		o->w_upper = t->child->next->valuedouble;
	} else if (t && !cJSON_IsObject(t))
		spec_fault(p, "E04", "/calibrate", "trim",
			   "an object, [lowest, highest] or the highest weight",
			   "phải là đối tượng, [thấp, cao] hoặc mức cao nhất");
	if (!cJSON_IsObject(t))
		return;
	spec_known(p, t, "/calibrate/trim", keys);
	o->w_lower = spec_number(p, t, "/calibrate/trim", "lower", 0, 1e300, 0);
	o->w_upper = spec_number(p, t, "/calibrate/trim", "upper", 0, 1e300,
				 INFINITY);
}

static void read_margins(struct spec_parse *p, struct own *o,
			 const cJSON *margins, bool only)
{
	o->n = cJSON_IsArray(margins) ? (size_t)cJSON_GetArraySize(margins) : 0;
	if (o->n == 0 || o->n > LIMIT_CALIB_TERMS || (only && o->n != 1)) {
		spec_fault(p, margins ? "E05" : "E03", "/calibrate", "margins",
			   only ? "one margin" : "1 to 32 margins",
			   only ? "cần một biên" : "cần 1 đến 32 biên");
		return;
	}
	o->margin = arena_array(p->a, o->n, sizeof *o->margin);
	for (size_t i = 0; o->margin && i < o->n; i++)
		read_margin(p, &o->margin[i],
			    cJSON_GetArrayItem(margins, (int)i),
			    spec_path_at(p, "/calibrate/margins", i));
	if (o->margin && only && o->margin[0].by.n == 0)
		spec_fault(p, "E05", "/calibrate", "margins",
			   "post-stratification is by groups",
			   "hậu phân tầng phải theo nhóm");
}

static void *parse(struct spec_parse *p, const cJSON *node)
{
	static const char *const keys[] = { "method", "margins", "bounds",
					    "trim", NULL };
	static const char *const words[] = { "poststratify", "rake", "linear",
					     "raking", "logit" };
	static const enum calib_method method[] = { CALIB_LINEAR, CALIB_IPF,
						    CALIB_LINEAR, CALIB_RAKING,
						    CALIB_LOGIT };
	struct own *o = arena_alloc(p->a, sizeof *o);
	size_t word;

	if (!o)
		return NULL;
	if (!cJSON_IsObject(node)) {
		spec_fault(p, "E04", "/calibrate", NULL, "an object",
			   "phải là đối tượng");
		return NULL;
	}
	spec_known(p, node, "/calibrate", keys);
	word = spec_word(p, node, "/calibrate", "method", words, 5, 2);
	o->method = method[word];
	read_margins(p, o, json_get(node, "margins"), word == 0);
	read_bounds(p, o, node);
	/* Fitting margin by margin knows no bounds; the exponential distance
	 * has the same weights and does. */
	if (o->method == CALIB_IPF && (o->bounded || o->trimmed))
		o->method = CALIB_RAKING;
	return o;
}

/* ---- preparing -------------------------------------------------------- */

/* A margin's columns crossed: codes of rows and names of crossings. */
struct crossed {
	const uint32_t *code[16];
	const char *const *level[16];
	size_t levels[16], all;
};

static bool cross(struct spec_run *r, const struct margin *m, struct crossed *x,
		  struct err *e)
{
	x->all = 1;
	for (size_t i = 0; i < m->by.n; i++) {
		x->code[i] = spec_codes(r, m->by.name[i], &x->level[i],
					&x->levels[i], e);
		if (!x->code[i])
			return false;
		if (x->levels[i] == 0 ||
		    x->all > ((size_t)1 << 22) / x->levels[i])
			return err_set(e, ERR_INPUT,
				       "%s: quá nhiều ô hoặc không có giá trị "
				       "(too many cells or no values)",
				       m->path);
		x->all *= x->levels[i];
	}
	return true;
}

/* Number of the crossing a leaf names; x->all when a value is not there. */
static size_t leaf_at(const struct margin *m, const struct crossed *x,
		      const struct leaf *l)
{
	size_t at = 0;

	for (size_t i = 0; i < m->by.n; i++) {
		size_t k = 0;

		while (k < x->levels[i] &&
		       strcmp(x->level[i][k], l->value[i]) != 0)
			k++;
		if (k == x->levels[i])
			return x->all;
		at = at * x->levels[i] + k;
	}
	return at;
}

static const char *joined(struct arena *a, const char *const *value, size_t n)
{
	const char *s = n > 0 ? value[0] : "";

	for (size_t i = 1; s && i < n; i++)
		s = arena_printf(a, "%s, %s", s, value[i]);
	return s ? s : "";
}

static const char *level_name(struct arena *a, const struct margin *m,
			      const struct crossed *x, size_t at)
{
	const char *value[16];

	for (size_t i = m->by.n; i-- > 0;) {
		value[i] = x->level[i][at % x->levels[i]];
		at /= x->levels[i];
	}
	return joined(a, value, m->by.n);
}

static uint32_t *row_codes(struct spec_run *r, const struct margin *m,
			   const struct crossed *x, struct err *e)
{
	size_t n = r->frame->rows;
	uint32_t *code = spec_memory(r, n, sizeof *code, e);

	for (size_t i = 0; code && i < n; i++) {
		size_t at = 0;
		bool there = true;

		for (size_t k = 0; k < m->by.n; k++) {
			uint32_t c = x->code[k][i];

			there = there && c != FRAME_NONE;
			at = at * x->levels[k] + (there ? c : 0);
		}
		code[i] = there ? (uint32_t)at : SURVEY_NONE;
	}
	return code;
}

/* Crossings without rows of weight and without a total ask for nothing. */
static bool empty_crossings(struct spec_run *r, struct calib_term *t,
			    double *total, struct err *e)
{
	size_t n = r->frame->rows;
	uint8_t *used = spec_memory(r, t->n_levels, 1, e);

	if (!used)
		return false;
	for (size_t i = 0; i < n; i++)
		if (r->design->weight[i] > 0 && t->code[i] != SURVEY_NONE)
			used[t->code[i]] = 1;
	for (size_t l = 0; l < t->n_levels; l++)
		if (!used[l] && isnan(total[l]))
			total[l] = 0;
	return true;
}

static bool group_term(struct spec_run *r, const struct margin *m,
		       struct calib_term *t, struct err *e)
{
	struct crossed x;
	const char **name;
	double *total;

	if (!cross(r, m, &x, e))
		return false;
	total = spec_memory(r, x.all, sizeof *total, e);
	name = total ? spec_memory(r, x.all, sizeof *name, e) : NULL;
	t->code = name ? row_codes(r, m, &x, e) : NULL;
	if (!t->code)
		return false;
	for (size_t l = 0; l < x.all; l++) {
		total[l] = NAN;
		name[l] = level_name(r->a, m, &x, l);
	}
	for (size_t l = 0; l < m->n_leaves; l++) {
		size_t at = leaf_at(m, &x, &m->leaf[l]);

		if (at < x.all)
			total[at] = m->leaf[l].total;
		else if (m->leaf[l].total > 0)
			return err_set(
				e, ERR_INPUT,
				"%s: \"%.80s\" có tổng mà không có dòng nào (a "
				"total and no rows)",
				m->path,
				joined(r->a, m->leaf[l].value, m->by.n));
	}
	t->name = joined(r->a, m->by.name, m->by.n);
	t->level = name;
	t->total = total;
	t->n_levels = x.all;
	t->partial = m->partial;
	return m->partial || empty_crossings(r, t, total, e);
}

static bool make_term(struct spec_run *r, const struct margin *m,
		      struct calib_term *t, struct err *e)
{
	*t = (struct calib_term){ .n_levels = 1, .name = "total" };
	if (m->by.n > 0)
		return group_term(r, m, t, e);
	t->total = &m->leaf[0].total;
	if (m->of) {
		t->name = m->of;
		t->x = spec_numbers(r, m->of, e);
	}
	return !m->of || t->x;
}

static void say(struct spec_run *r, const struct calibration *c)
{
	if (c->negative > 0)
		spec_warn(r, "W22", "/calibrate",
			  arena_printf(r->a,
				       "%zu weights are below 0: set "
				       "bounds or take raking",
				       c->negative),
			  arena_printf(r->a,
				       "%zu trọng số âm: hãy đặt giới hạn hoặc "
				       "dùng raking",
				       c->negative));
	if (c->g_min < 0.3 || c->g_max > 3)
		spec_warn(r, "W23", "/calibrate",
			  arena_printf(r->a,
				       "weights change by %.3g to %.3g "
				       "times",
				       c->g_min, c->g_max),
			  arena_printf(r->a,
				       "trọng số thay đổi từ %.3g đến %.3g lần",
				       c->g_min, c->g_max));
	if (c->at_bound > 0)
		spec_warn(r, "W24", "/calibrate",
			  arena_printf(r->a, "%zu weights are on a bound",
				       c->at_bound),
			  arena_printf(r->a, "%zu trọng số nằm trên giới hạn",
				       c->at_bound));
}

static bool prepare(struct spec_run *r, void *own, struct err *e)
{
	struct own *o = own;
	struct calib_term term[LIMIT_CALIB_TERMS];
	struct calib_spec spec = { .method = o->method,
				   .term = term,
				   .n_terms = o->n,
				   .bounded = o->bounded,
				   .lower = o->lower,
				   .upper = o->upper,
				   .weight_bounded = o->trimmed,
				   .w_lower = o->w_lower,
				   .w_upper = o->w_upper };

	for (size_t i = 0; i < o->n; i++)
		if (!make_term(r, &o->margin[i], &term[i], e))
			return err_wrap(e, "calibrate");
	o->calib = calib_new(&spec, r->frame->rows, r->design->weight, e);
	if (!o->calib)
		return err_wrap(e, "hiệu chỉnh trọng số (calibrate)");
	survey_set_weight(r->design, o->calib->weight);
	r->var.residual = &o->calib->residual;
	say(r, o->calib);
	return true;
}

static void done(void *own)
{
	struct own *o = own;

	calib_free(o->calib);
	o->calib = NULL;
}

const struct spec_part spec_part_calibrate = {
	.key = "calibrate", .parse = parse, .prepare = prepare, .done = done
};

const struct calibration *spec_calibration(const struct spec *s)
{
	size_t i = 0;

	while (spec_parts[i] != &spec_part_calibrate)
		i++;
	return s->part[i] ? ((const struct own *)s->part[i])->calib : NULL;
}
