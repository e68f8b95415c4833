#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "phieu/planning.h"
#include "phieu/weights.h"
#include "spec_parts.h"
#include "stats_parts.h"
#include "weights_parts.h"

/* ---- response rates --------------------------------------------------- */

struct rates {
	const char *of;
	bool weighted;
	double e;
};

static void *parse_rates(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	static const char *const keys[] = { "weighted", "e", NULL };
	struct rates *o = arena_alloc(p->a, sizeof *o);

	spec_known_estimate(p, node, x->path, keys);
	if (!o)
		return NULL;
	o->of = spec_column(p, json_get(node, "of"), x->path, "of", FRAME_CODE);
	o->weighted = spec_bool(p, node, x->path, "weighted", false);
	o->e = spec_number(p, node, x->path, "e", 0, 1, NAN);
	return o->of ? o : NULL;
}

/* Disposition of each level; ERR_INPUT for a word that is none. */
static bool dispositions(struct spec_run *r, const char *column,
			 const uint32_t **code, uint8_t **of_level,
			 struct err *e)
{
	const char *const *level;
	size_t n;

	*code = spec_codes(r, column, &level, &n, e);
	*of_level = *code ? spec_memory(r, n, 1, e) : NULL;
	if (!*of_level)
		return false;
	for (size_t l = 0; l < n; l++) {
		enum aapor_disposition d = aapor_parse(level[l]);

		if (d == AAPOR_N)
			return err_set(e, ERR_INPUT,
				       "\"%.40s\" không phải mã kết quả AAPOR: "
				       "I P R NC O UH UO NE (not a "
				       "disposition)",
				       level[l]);
		(*of_level)[l] = (uint8_t)d;
	}
	return true;
}

#define N_RATES 25

static void rate_extras(const struct aapor *a, struct est_extra *x)
{
	static const char *const name[N_RATES] = {
		"I",	"P",	 "R",	  "NC",	   "O",	    "UH",   "UO",
		"NE",	"e",	 "RR1",	  "RR2",   "RR3",   "RR4",  "RR5",
		"RR6",	"COOP1", "COOP2", "COOP3", "COOP4", "REF1", "REF2",
		"REF3", "CON1",	 "CON2",  "CON3"
	};
	size_t k = 0;

	for (size_t i = 0; i < N_RATES; i++)
		x[i].name = name[i];
	for (size_t i = 0; i < AAPOR_N; i++)
		x[k++].value = a->count[i];
	x[k++].value = a->e;
	for (size_t i = 0; i < 6; i++)
		x[k++].value = a->rr[i];
	for (size_t i = 0; i < 4; i++)
		x[k++].value = a->coop[i];
	for (size_t i = 0; i < 3; i++)
		x[k++].value = a->ref[i];
	for (size_t i = 0; i < 3; i++)
		x[k++].value = a->con[i];
}

static bool put_rates(struct spec_run *r, const struct spec_estimate *x,
		      const struct spec_cells *c, struct aapor *a,
		      const size_t *n, struct err *e)
{
	const struct rates *o = x->own;
	struct est_extra extra[N_RATES];

	for (size_t i = 0; i < c->n; i++) {
		struct est v = stats_nothing;

		aapor_rates(&a[i], o->e);
		rate_extras(&a[i], extra);
		v.n = n[i];
		for (size_t d = 0; d < AAPOR_N; d++)
			v.sum_w += a[i].count[d];
		v.value = a[i].rr[1];
		if (!stats_put_extra(r, x, o->of, x->by, c->key[i], &v, extra,
				     N_RATES, e))
			return false;
	}
	return true;
}

static bool run_rates(struct spec_run *r, const struct spec_estimate *x,
		      struct err *e)
{
	const struct rates *o = x->own;
	struct spec_cells c;
	const uint32_t *code;
	uint8_t *of_level;
	struct aapor *a;
	size_t *n;

	if (!spec_cells(r, x, &c, e) ||
	    !dispositions(r, o->of, &code, &of_level, e))
		return false;
	a = spec_memory(r, c.n, sizeof *a, e);
	n = a ? spec_memory(r, c.n, sizeof *n, e) : NULL;
	if (!n)
		return false;
	for (size_t i = 0; i < r->frame->rows; i++) {
		if (c.cell[i] == SURVEY_NONE)
			continue;
		if (code[i] == FRAME_NONE)
			return err_set(e, ERR_INPUT,
				       "dòng %zu thiếu mã kết quả (row %zu has "
				       "no disposition)",
				       i + 1, i + 1);
		a[c.cell[i]].count[of_level[code[i]]] +=
			o->weighted ? r->design->weight[i] : 1;
		n[c.cell[i]]++;
	}
	return put_rates(r, x, &c, a, n, e);
}

/* ---- what weights cost ------------------------------------------------ */

static void *parse_plain(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	spec_known_estimate(p, node, x->path, NULL);
	return x;
}

/* Weights of cell k, 0 elsewhere; in[] for the count of units. */
static bool kish_of(struct spec_run *r, const struct spec_cells *c, size_t k,
		    double *w, uint32_t *in, struct weight_kish *s,
		    struct est *v, struct err *e)
{
	struct survey_base b;

	for (size_t i = 0; i < r->frame->rows; i++) {
		bool is = c->cell[i] == k;

		w[i] = is ? r->design->weight[i] : 0;
		in[i] = is ? 0 : SURVEY_NONE;
	}
	if (!weight_kish(r->frame->rows, w, s, e))
		return false;
	b = survey_base_of(r->design, in);
	*v = stats_nothing;
	v->n = s->n;
	v->psu = b.units;
	v->strata = b.strata;
	v->sum_w = s->sum;
	v->value = s->deff;
	return true;
}

static bool run_kish(struct spec_run *r, const struct spec_estimate *x,
		     struct err *e)
{
	size_t n = r->frame->rows;
	struct spec_cells c;
	double *w = spec_memory(r, n, sizeof *w, e);
	uint32_t *in = w ? spec_memory(r, n, sizeof *in, e) : NULL;

	if (!in || !spec_cells(r, x, &c, e))
		return false;
	for (size_t k = 0; k < c.n; k++) {
		struct weight_kish s;
		struct est v;

		if (!kish_of(r, &c, k, w, in, &s, &v, e) ||
		    !stats_put_extra(r, x, "weights", x->by, c.key[k], &v,
				     (struct est_extra[]){ { "n_eff", s.n_eff },
							   { "cv2", s.cv2 },
							   { "sumsq", s.sumsq },
							   { "min", s.min },
							   { "max", s.max } },
				     5, e))
			return false;
	}
	return true;
}

/* ---- weights row by row ----------------------------------------------- */

#define MAX_LISTED ((size_t)1000000)

static void *parse_listed(struct spec_parse *p, const cJSON *node,
			  struct spec_estimate *x)
{
	static const char *const keys[] = { "id", NULL };
	const cJSON *id = json_get(node, "id");
	const char **own = arena_alloc(p->a, sizeof *own);

	spec_known_estimate(p, node, x->path, keys);
	if (own && id)
		*own = spec_column(p, id, x->path, "id", FRAME_CODE);
	return own;
}

/* Column "id", or the row's number from 1. */
struct names {
	const uint32_t *code;
	const char *const *level;
};

static bool names_of(struct spec_run *r, const char *id, struct names *out,
		     struct err *e)
{
	size_t n;

	*out = (struct names){ 0 };
	if (!id)
		return true;
	out->code = spec_codes(r, id, &out->level, &n, e);
	return out->code != NULL;
}

static void write_name(struct jw *w, const struct names *n, size_t row)
{
	if (!n->code)
		jw_int(w, (int64_t)row + 1);
	else if (n->code[row] == FRAME_NONE)
		jw_null(w);
	else
		jw_text(w, n->level[n->code[row]]);
}

static bool run_listed(struct spec_run *r, const struct spec_estimate *x,
		       struct err *e)
{
	const char *const *id = x->own;
	struct buf b = BUF_INIT((size_t)256 << 20);
	struct spec_cells c;
	struct names name;
	struct weight_kish s;
	struct est v = stats_nothing;
	struct jw w;
	bool ok;

	if (!spec_cells(r, x, &c, e) || !names_of(r, *id, &name, e) ||
	    !weight_kish(r->frame->rows, r->design->weight, &s, e))
		return false;
	if (r->frame->rows > MAX_LISTED)
		return err_set(e, ERR_INPUT,
			       "quá nhiều dòng để liệt kê (too many rows to "
			       "list: %zu, %zu at most)",
			       r->frame->rows, MAX_LISTED);
	jw_init(&w, &b);
	jw_object(&w);
	jw_key(&w, "id");
	jw_array(&w);
	for (size_t i = 0; i < r->frame->rows; i++)
		if (c.cell[i] != SURVEY_NONE)
			write_name(&w, &name, i);
	jw_array_end(&w);
	jw_key(&w, "weight");
	jw_array(&w);
	for (size_t i = 0; i < r->frame->rows; i++)
		if (c.cell[i] != SURVEY_NONE)
			jw_double(&w, r->design->weight[i]);
	jw_array_end(&w);
	jw_object_end(&w);
	v.n = s.n;
	v.sum_w = v.value = s.sum;
	ok = spec_detail(r, x, &b, e) &&
	     stats_put_extra(r, x, "weights", (struct spec_names){ 0 }, NULL,
			     &v, NULL, 0, e);
	buf_free(&b);
	return ok;
}

/* ---- representativity ------------------------------------------------- */

struct explained {
	struct status_words status;
	struct spec_names by;
};

static void *parse_r(struct spec_parse *p, const cJSON *node,
		     struct spec_estimate *x)
{
	static const char *const keys[] = { "respondents", "ineligible",
					    "explain", NULL };
	struct explained *o = arena_alloc(p->a, sizeof *o);

	spec_known_estimate(p, node, x->path, keys);
	if (!o || !status_parse(p, node, x->path, "of", &o->status) ||
	    !spec_columns(p, node, x->path, "explain", FRAME_CODE, 1, 64,
			  &o->by))
		return NULL;
	return o;
}

struct propensity {
	size_t n, k;
	const char **term;
	double *coef, *p, *w;
};

static bool fit_propensity(struct spec_run *r, const struct explained *o,
			   const uint32_t *cell, uint32_t of,
			   struct propensity *m, struct err *e)
{
	size_t n = r->frame->rows, at = 0;
	uint8_t *status = status_of(r, &o->status, e);
	uint8_t *in = status ? spec_memory(r, n, 1, e) : NULL;
	double *y = in ? spec_memory(r, n, sizeof *y, e) : NULL, *x;

	m->w = y ? spec_memory(r, n, sizeof *m->w, e) : NULL;
	m->p = m->w ? spec_memory(r, n, sizeof *m->p, e) : NULL;
	if (!m->p)
		return false;
	for (size_t i = 0; i < n; i++) {
		in[i] = cell[i] == of && status[i] != WEIGHT_INELIGIBLE;
		if (!in[i])
			continue;
		y[at] = status[i] == WEIGHT_RESPONDENT;
		m->w[at++] = r->design->weight[i];
	}
	x = model_matrix(r, &o->by, in, &m->n, &m->k, &m->term, e);
	m->coef = x ? spec_memory(r, m->k, sizeof *m->coef, e) : NULL;
	return m->coef &&
	       weight_logit(m->n, m->k, x, y, NULL, m->coef, m->p, e);
}

static void write_model(struct jw *w, const struct propensity *m)
{
	jw_object(w);
	jw_key(w, "terms");
	jw_array(w);
	for (size_t j = 0; j < m->k; j++)
		jw_text(w, m->term[j]);
	jw_array_end(w);
	jw_key(w, "coef");
	jw_array(w);
	for (size_t j = 0; j < m->k; j++)
		jw_double(w, m->coef[j]);
	jw_array_end(w);
	jw_object_end(w);
}

static bool put_r(struct spec_run *r, const struct spec_estimate *x,
		  const struct spec_cells *c, size_t k, struct jw *w,
		  struct err *e)
{
	const struct explained *o = x->own;
	struct propensity m;
	struct weight_r s;
	struct est v = stats_nothing;

	if (!fit_propensity(r, o, c->cell, (uint32_t)k, &m, e) ||
	    !weight_r_indicator(m.n, m.p, m.w, &s, e))
		return false;
	write_model(w, &m);
	v.n = m.n;
	v.value = s.r;
	return stats_put_extra(r, x, o->status.column, x->by, c->key[k], &v,
			       (struct est_extra[]){ { "S", s.s },
						     { "mean_p", s.mean_p },
						     { "cv_p", s.cv } },
			       3, e);
}

static bool run_r(struct spec_run *r, const struct spec_estimate *x,
		  struct err *e)
{
	struct buf b = BUF_INIT((size_t)64 << 20);
	struct spec_cells c;
	struct jw w;
	bool ok = spec_cells(r, x, &c, e);

	jw_init(&w, &b);
	jw_object(&w);
	jw_key(&w, "models");
	jw_array(&w);
	for (size_t k = 0; ok && k < c.n; k++)
		ok = put_r(r, x, &c, k, &w, e);
	jw_array_end(&w);
	jw_object_end(&w);
	ok = ok && spec_detail(r, x, &b, e);
	buf_free(&b);
	return ok;
}

static const struct stat_def defs[] = {
	{ "response_rates", parse_rates, run_rates },
	{ "kish", parse_plain, run_kish },
	{ "weights", parse_listed, run_listed },
	{ "r_indicator", parse_r, run_r },
};
const struct stat_set stats_weights = { defs, sizeof defs / sizeof defs[0] };
