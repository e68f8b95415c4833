#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "spec_parts.h"
#include "stats_parts.h"

#define MOST_GROUPS ((size_t)500)
#define MOST_PAIRED ((size_t)500)

/* ---- scores of units: fixed shares of group means --------------------- */

struct unit_score {
	const char *unit, *group;
	const char **name; /* of groups */
	double *share;
	size_t n;
	bool rescale, cov;
};

static void *parse_unit_score(struct spec_parse *p, const cJSON *node,
			      struct spec_estimate *x)
{
	static const char *const keys[] = { "unit",    "group", "shares",
					    "missing", "cov",	NULL };
	static const char *const missing[] = { "null", "rescale" };
	const cJSON *shares = json_get(node, "shares");
	struct unit_score *own = arena_alloc(p->a, sizeof *own);
	size_t n =
		cJSON_IsObject(shares) ? (size_t)cJSON_GetArraySize(shares) : 0;

	spec_known_estimate(p, node, x->path, keys);
	if (!own || !spec_columns(p, node, x->path, "of", FRAME_NUMBER, 1,
				  MOST_GROUPS, &x->of))
		return NULL;
	if (x->by.n > 0)
		spec_fault(p, "E07", x->path, "by",
			   "units are told by \"unit\"",
			   "dùng \"unit\" thay cho \"by\"");
	own->unit = spec_column(p, json_get(node, "unit"), x->path, "unit",
				FRAME_CODE);
	own->group = spec_column(p, json_get(node, "group"), x->path, "group",
				 FRAME_CODE);
	own->rescale = spec_word(p, node, x->path, "missing", missing, 2, 0);
	own->cov = spec_bool(p, node, x->path, "cov", false);
	own->name = arena_array(p->a, n + 1, sizeof *own->name);
	own->share = arena_array(p->a, n + 1, sizeof *own->share);
	if (n == 0 || n > MOST_GROUPS)
		spec_fault(p, shares ? "E05" : "E03", x->path, "shares",
			   "an object {group: share}",
			   "đối tượng {nhóm: tỷ trọng}");
	for (size_t i = 0; own->share && n <= MOST_GROUPS && i < n; i++) {
		const cJSON *v = cJSON_GetArrayItem(shares, (int)i);
		bool ok = cJSON_IsNumber(v) && v->valuedouble >= 0 &&
			  v->valuedouble <= 1e6;

		if (!ok)
			spec_fault(p, "E05", spec_path(p, x->path, "shares"),
				   v->string, "a share of 0 or more",
				   "tỷ trọng từ 0 trở lên");
		own->name[i] = arena_strdup(p->a, v->string);
		own->share[i] = ok ? v->valuedouble : 0;
		own->n++;
	}
	return own;
}

static void *parse_unit_pairs(struct spec_parse *p, const cJSON *node,
			      struct spec_estimate *x)
{
	struct unit_score *own = parse_unit_score(p, node, x);

	if (own)
		own->cov = true;
	return own;
}

struct unit_work {
	struct spec_cells units;
	uint32_t *cell, *block;
	double *share, *cov;
	uint8_t *has; /* [units * groups] a row with a value */
	struct est *list;
};

static bool unit_init(struct spec_run *r, const struct spec_estimate *x,
		      struct unit_work *w, struct err *e)
{
	const struct unit_score *own = x->own;
	struct spec_estimate as = *x;
	size_t n = r->frame->rows, k, p;

	as.by = (struct spec_names){
		.name = (const char **)(uintptr_t)&own->unit, .n = 1
	};
	if (!spec_cells(r, &as, &w->units, e))
		return false;
	k = w->units.n;
	p = k * own->n;
	if (own->cov && k > 2048)
		return err_set(e, ERR_INPUT,
			       "\"cov\": %zu đơn vị, nhiều nhất 2048 (%zu "
			       "units, 2048 at most)",
			       k, k);
	w->cell = spec_memory(r, n, sizeof *w->cell, e);
	w->block = w->cell ? spec_memory(r, p, sizeof *w->block, e) : NULL;
	w->share = w->block ? spec_memory(r, p, sizeof *w->share, e) : NULL;
	w->has = w->share ? spec_memory(r, p, 1, e) : NULL;
	w->list = w->has ? stats_list(r, k, e) : NULL;
	if (w->list && own->cov)
		w->cov = spec_memory(r, k * k, sizeof *w->cov, e);
	return w->list && (!own->cov || w->cov);
}

/* Cells unit x group, shares, and which cells have rows. */
static bool unit_cells(struct spec_run *r, const struct spec_estimate *x,
		       const double *y, struct unit_work *w, struct err *e)
{
	const struct unit_score *own = x->own;
	size_t n = r->frame->rows, levels = 0, g = own->n;
	const char *const *level;
	const uint32_t *code = spec_codes(r, own->group, &level, &levels, e);
	uint32_t *of = code ? spec_memory(r, levels, sizeof *of, e) : NULL;

	if (!of)
		return false;
	for (size_t l = 0; l < levels; l++) {
		of[l] = SURVEY_NONE;
		for (size_t i = 0; i < g; i++)
			if (strcmp(level[l], own->name[i]) == 0)
				of[l] = (uint32_t)i;
	}
	memset(w->has, 0, w->units.n * g);
	for (size_t i = 0; i < n; i++) {
		uint32_t u = w->units.cell[i];

		w->cell[i] = SURVEY_NONE;
		if (u == SURVEY_NONE || code[i] == FRAME_NONE ||
		    of[code[i]] == SURVEY_NONE)
			continue;
		w->cell[i] = (uint32_t)(u * g + of[code[i]]);
		if (!isnan(y[i]) && r->design->weight[i] > 0)
			w->has[w->cell[i]] = 1;
	}
	for (size_t c = 0; c < w->units.n * g; c++) {
		w->block[c] = (uint32_t)(c / g);
		w->share[c] = own->share[c % g];
	}
	return true;
}

/* Shares of the groups that answered, made to add up as all did. */
static void rescale(const struct unit_score *own, struct unit_work *w)
{
	size_t g = own->n;

	for (size_t u = 0; u < w->units.n; u++) {
		double all = 0, there = 0;

		for (size_t i = 0; i < g; i++) {
			all += own->share[i];
			there += w->has[u * g + i] ? own->share[i] : 0;
		}
		for (size_t i = 0; there > 0 && i < g; i++)
			w->share[u * g + i] =
				w->has[u * g + i] ? own->share[i] * all / there
						  : 0;
	}
}

/* w->list, and w->cov where there is room for it. */
static bool unit_scores(struct spec_run *r, const struct spec_estimate *x,
			const char *of, struct unit_work *w, struct err *e)
{
	const struct unit_score *own = x->own;
	const double *y = spec_numbers(r, of, e);

	if (!y || !unit_cells(r, x, y, w, e))
		return false;
	if (own->rescale)
		rescale(own, w);
	return w->units.n == 0 ||
	       est_share_score(&r->var, w->cell, w->units.n * own->n, w->block,
			       w->units.n, w->share, y, &x->how, w->list,
			       w->cov, e);
}

static bool run_unit_score(struct spec_run *r, const struct spec_estimate *x,
			   struct err *e)
{
	const struct unit_score *own = x->own;
	struct spec_names by = { (const char **)(uintptr_t)&own->unit, 1 };
	struct buf b = BUF_INIT((size_t)256 << 20);
	struct unit_work w = { 0 };
	struct jw jw;
	bool ok = unit_init(r, x, &w, e);

	jw_init(&jw, &b);
	jw_object(&jw);
	jw_key(&jw, "cov");
	jw_object(&jw);
	for (size_t j = 0; ok && j < x->of.n; j++) {
		ok = unit_scores(r, x, x->of.name[j], &w, e);
		for (size_t u = 0; ok && u < w.units.n; u++)
			ok = stats_put_extra(r, x, x->of.name[j], by,
					     w.units.key[u], &w.list[u], NULL,
					     0, e);
		if (ok && w.cov)
			stats_write_matrix(&jw, x->of.name[j], w.cov, w.units.n,
					   w.units.n);
	}
	jw_object_end(&jw);
	jw_object_end(&jw);
	ok = ok && (!w.cov || spec_detail(r, x, &b, e));
	buf_free(&b);
	return ok;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Score of unit i less that of unit j; as many degrees of freedom and people
 * as the smaller of the two. */
static void pair_of(const struct spec_estimate *x, const struct unit_work *w,
		    size_t i, size_t j, struct est *out, struct est_test *t)
{
	const struct est *a = &w->list[i], *b = &w->list[j];
	size_t k = w->units.n;
	double var =
		w->cov[i * k + i] + w->cov[j * k + j] - 2 * w->cov[i * k + j];

	*out = (struct est){ .n = smaller(a->n, b->n),
			     .psu = smaller(a->psu, b->psu),
			     .strata = smaller(a->strata, b->strata),
			     .sum_w = fmin(a->sum_w, b->sum_w),
			     .df = a->df < b->df ? a->df : b->df,
			     .df_design = a->df_design,
			     .value = a->value - b->value,
			     .deff = NAN,
			     .deff_replace = NAN };
	out->se = isnan(var) ? (double)NAN : sqrt(fmax(var, 0));
	out->cv = out->value != 0 ? out->se / fabs(out->value) : (double)NAN;
	est_t_test(out->value, out->se,
		   (double)(x->how.design_df ? out->df_design : out->df),
		   x->how.level, t);
	out->ci_l = t->ci_l;
	out->ci_u = t->ci_u;
}

/* Every pair of units: the difference of their scores with the covariance
 * between them, p adjusted over all pairs of one variable. */
static bool put_pairs(struct spec_run *r, const struct spec_estimate *x,
		      const char *of, const struct unit_work *w, struct err *e)
{
	static const char *const names[] = { "unit_a", "unit_b" };
	struct spec_names by = { (const char **)(uintptr_t)names, 2 };
	size_t k = w->units.n, n = k * (k - 1) / 2, at = 0;
	double *p = spec_memory(r, 3 * n, sizeof *p, e);
	struct est_test *t = p ? spec_memory(r, n, sizeof *t, e) : NULL;
	struct est *d = t ? stats_list(r, n, e) : NULL;
	bool ok = d != NULL;

	for (size_t i = 0; ok && i < k; i++)
		for (size_t j = i + 1; j < k; j++, at++) {
			pair_of(x, w, i, j, &d[at], &t[at]);
			p[at] = t[at].p;
		}
	ok = ok && est_p_holm(p, n, p + n, e) && est_p_bh(p, n, p + 2 * n, e);
	at = 0;
	for (size_t i = 0; ok && i < k; i++)
		for (size_t j = i + 1; ok && j < k; j++, at++) {
			struct est_extra extra[] = { { "t", t[at].t },
						     { "p", p[at] },
						     { "p_holm", p[n + at] },
						     { "p_bh",
						       p[2 * n + at] } };
			const char **key = arena_array(r->a, 2, sizeof *key);

			if (!key)
				return err_set(e, ERR_NOMEM, "out of memory");
			key[0] = w->units.key[i][0];
			key[1] = w->units.key[j][0];
			ok = stats_put_extra(r, x, of, by, key, &d[at], extra,
					     4, e);
		}
	return ok;
}

static bool run_unit_pairs(struct spec_run *r, const struct spec_estimate *x,
			   struct err *e)
{
	struct unit_work w = { 0 };
	bool ok = unit_init(r, x, &w, e);

	if (ok && w.units.n > MOST_PAIRED)
		return err_set(e, ERR_INPUT,
			       "%zu đơn vị, nhiều nhất %zu (units, at most)",
			       w.units.n, MOST_PAIRED);
	for (size_t j = 0; ok && w.units.n > 1 && j < x->of.n; j++)
		ok = unit_scores(r, x, x->of.name[j], &w, e) &&
		     put_pairs(r, x, x->of.name[j], &w, e);
	return ok;
}

static const struct stat_def defs[] = {
	{ "unit_score", parse_unit_score, run_unit_score },
	{ "unit_pairs", parse_unit_pairs, run_unit_pairs },
};
const struct stat_set stats_units = { defs, sizeof defs / sizeof defs[0] };
