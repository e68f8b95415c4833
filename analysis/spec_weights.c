#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/weights.h"
#include "spec_parts.h"
#include "weights_parts.h"

/* ---- who answered ----------------------------------------------------- */

static const char *const done_codes[] = { "I", "P" };
static const char *const out_codes[] = { "NE" };

/* A list of texts; absent: `otherwise`. */
static bool read_words(struct spec_parse *p, const cJSON *node,
		       const char *base, const char *key,
		       const char *const *otherwise, size_t n_otherwise,
		       const char ***out, size_t *n)
{
	const cJSON *list = json_get(node, key);

	*n = list ? (size_t)cJSON_GetArraySize(list) : n_otherwise;
	*out = arena_array(p->a, *n + 1, sizeof **out);
	if (!*out)
		return false;
	if (!list)
		memcpy(*out, otherwise, n_otherwise * sizeof **out);
	for (size_t i = 0; list && i < *n; i++) {
		const cJSON *one = cJSON_GetArrayItem(list, (int)i);

		if (!cJSON_IsArray(list) || !cJSON_IsString(one)) {
			spec_fault(p, "E04", base, key, "a list of values",
				   "phải là danh sách giá trị");
			return false;
		}
		(*out)[i] = arena_strdup(p->a, one->valuestring);
	}
	return true;
}

bool status_parse(struct spec_parse *p, const cJSON *node, const char *base,
		  const char *key, struct status_words *out)
{
	*out = (struct status_words){ 0 };
	out->column =
		spec_column(p, json_get(node, key), base, key, FRAME_CODE);
	return out->column &&
	       read_words(p, node, base, "respondents", done_codes, 2,
			  &out->respondent, &out->n_respondent) &&
	       read_words(p, node, base, "ineligible", out_codes, 1,
			  &out->ineligible, &out->n_ineligible);
}

static bool among(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], s) == 0)
			return true;
	return false;
}

uint8_t *status_of(struct spec_run *r, const struct status_words *w,
		   struct err *e)
{
	size_t n = r->frame->rows, levels = 0;
	const char *const *level = NULL;
	const uint32_t *code = spec_codes(r, w->column, &level, &levels, e);
	uint8_t *status = code ? spec_memory(r, n, 1, e) : NULL;
	uint8_t *of_level = status ? spec_memory(r, levels, 1, e) : NULL;

	if (!of_level)
		return NULL;
	for (size_t l = 0; l < levels; l++)
		of_level[l] = among(level[l], w->respondent, w->n_respondent)
				      ? WEIGHT_RESPONDENT
			      : among(level[l], w->ineligible, w->n_ineligible)
				      ? WEIGHT_INELIGIBLE
				      : WEIGHT_NONRESPONDENT;
	for (size_t i = 0; i < n; i++) {
		if (code[i] == FRAME_NONE) {
			(void)err_set(e, ERR_INPUT,
				      "dòng %zu thiếu \"%.64s\" (row %zu has "
				      "no \"%.64s\")",
				      i + 1, w->column, i + 1, w->column);
			return NULL;
		}
		status[i] = of_level[code[i]];
	}
	return status;
}

/* ---- a model's columns ------------------------------------------------ */

struct model {
	size_t n, k;
	const uint32_t *code[64];
	const char *const *level[64];
	size_t levels[64];
};

static bool model_columns(struct spec_run *r, const struct spec_names *of,
			  struct model *m, const char ***name, struct err *e)
{
	m->n = of->n;
	m->k = 1;
	for (size_t j = 0; j < m->n; j++) {
		m->code[j] = spec_codes(r, of->name[j], &m->level[j],
					&m->levels[j], e);
		if (!m->code[j])
			return false;
		m->k += m->levels[j] > 0 ? m->levels[j] - 1 : 0;
	}
	if (m->k > 500)
		return err_set(e, ERR_INPUT,
			       "mô hình có %zu hệ số, nhiều nhất 500 (a model "
			       "of %zu coefficients, 500 at most)",
			       m->k, m->k);
	*name = arena_array(r->a, m->k, sizeof **name);
	if (!*name)
		return err_set(e, ERR_NOMEM, "out of memory");
	(*name)[0] = "(1)";
	for (size_t j = 0, at = 1; j < m->n; j++)
		for (size_t l = 1; l < m->levels[j]; l++)
			(*name)[at++] = arena_printf(r->a, "%s=%s", of->name[j],
						     m->level[j][l]);
	return true;
}

double *model_matrix(struct spec_run *r, const struct spec_names *of,
		     const uint8_t *in, size_t *rows, size_t *k,
		     const char ***name, struct err *e)
{
	struct model m = { 0 };
	size_t n = 0, at;
	double *x;

	if (!model_columns(r, of, &m, name, e))
		return NULL;
	for (size_t i = 0; i < r->frame->rows; i++)
		n += !in || in[i];
	x = spec_memory(r, n * m.k, sizeof *x, e);
	if (!x)
		return NULL;
	*rows = n;
	*k = m.k;
	n = 0;
	for (size_t i = 0; i < r->frame->rows; i++) {
		if (in && !in[i])
			continue;
		at = n++ * m.k;
		x[at++] = 1;
		for (size_t j = 0; j < m.n; j++) {
			if (m.code[j][i] == FRAME_NONE) {
				(void)err_set(
					e, ERR_INPUT,
					"dòng %zu thiếu \"%.64s\" (row %zu has "
					"no \"%.64s\")",
					i + 1, of->name[j], i + 1, of->name[j]);
				return NULL;
			}
			for (size_t l = 1; l < m.levels[j]; l++)
				x[at++] = m.code[j][i] == l;
		}
	}
	return x;
}

/* ---- the key "weights" ------------------------------------------------ */

struct own {
	const char *base;     /* a column of base weights, */
	const char *frame;    /* or of population counts */
	struct spec_names by; /* of `frame` */
	bool adjust;
	struct status_words status;
	struct spec_names classes;
	struct spec_names propensity;
	size_t groups;
	bool trim, strict;
	double lower, upper;
};

static void parse_adjust(struct spec_parse *p, struct own *o, const cJSON *node)
{
	static const char *const keys[] = { "of",	  "respondents",
					    "ineligible", "classes",
					    "propensity", "groups",
					    NULL };
	static const char base[] = "/weights/nonresponse";

	o->adjust = node != NULL;
	if (!node)
		return;
	if (!cJSON_IsObject(node)) {
		spec_fault(p, "E04", base, NULL, "an object",
			   "phải là đối tượng");
		return;
	}
	spec_known(p, node, base, keys);
	(void)status_parse(p, node, base, "of", &o->status);
	(void)spec_columns(p, node, base, "classes", FRAME_CODE, 0, 8,
			   &o->classes);
	(void)spec_columns(p, node, base, "propensity", FRAME_CODE, 0, 64,
			   &o->propensity);
	o->groups = (size_t)spec_number(p, node, base, "groups", 1, 1000, 1);
	if (o->classes.n > 0 && o->propensity.n > 0)
		spec_fault(p, "E05", base, NULL,
			   "classes or propensity, not both",
			   "dùng classes hoặc propensity, không dùng cả hai");
}

static void parse_trim(struct spec_parse *p, struct own *o, const cJSON *node)
{
	static const char *const keys[] = { "lower", "upper", "strict", NULL };
	static const char base[] = "/weights/trim";

	o->trim = node != NULL;
	if (!node)
		return;
	spec_known(p, node, base, keys);
	o->lower = spec_number(p, node, base, "lower", 0, 1e300, 0);
	o->upper = spec_number(p, node, base, "upper", 0, 1e300, INFINITY);
	o->strict = spec_bool(p, node, base, "strict", true);
}

static void *parse(struct spec_parse *p, const cJSON *node)
{
	static const char *const keys[] = { "base",	   "frame", "by",
					    "nonresponse", "trim",  NULL };
	struct own *o = arena_alloc(p->a, sizeof *o);
	bool base = json_get(node, "base"), frame = json_get(node, "frame");

	if (!o)
		return NULL;
	if (!cJSON_IsObject(node) || (base && frame)) {
		spec_fault(p, "E04", "/weights", NULL,
			   "an object with \"base\" or \"frame\"",
			   "phải là đối tượng có \"base\" hoặc \"frame\"");
		return NULL;
	}
	spec_known(p, node, "/weights", keys);
	if (base)
		o->base = spec_column(p, json_get(node, "base"), "/weights",
				      "base", FRAME_NUMBER);
	if (frame)
		o->frame = spec_column(p, json_get(node, "frame"), "/weights",
				       "frame", FRAME_NUMBER);
	(void)spec_columns(p, node, "/weights", "by", FRAME_CODE, 0, 8, &o->by);
	parse_adjust(p, o, json_get(node, "nonresponse"));
	parse_trim(p, o, json_get(node, "trim"));
	return o;
}

/* Codes of columns crossed, numbered by their values; *n crossings. */
static uint32_t *cross(struct spec_run *r, const struct spec_names *by,
		       size_t *n, struct err *e)
{
	size_t rows = r->frame->rows;
	uint32_t *code = spec_memory(r, rows, sizeof *code, e);

	*n = 1;
	for (size_t j = 0; code && j < by->n; j++) {
		const char *const *level;
		size_t levels;
		const uint32_t *c =
			spec_codes(r, by->name[j], &level, &levels, e);

		if (!c)
			return NULL;
		if (levels > ((size_t)1 << 24) / *n) {
			(void)err_set(e, ERR_INPUT,
				      "quá nhiều lớp (too many classes)");
			return NULL;
		}
		*n *= levels;
		for (size_t i = 0; i < rows; i++)
			code[i] = code[i] == SURVEY_NONE || c[i] == FRAME_NONE
					  ? SURVEY_NONE
					  : (uint32_t)(code[i] * levels + c[i]);
	}
	return code;
}

static bool base_weights(struct spec_run *r, const struct own *o, double *w,
			 struct err *e)
{
	size_t n = r->frame->rows, strata;
	const double *x;
	const uint32_t *code;

	if (o->frame) {
		x = spec_numbers(r, o->frame, e);
		code = x ? cross(r, &o->by, &strata, e) : NULL;
		return code &&
		       weight_base(n, o->by.n > 0 ? code : NULL, x, w, e);
	}
	x = o->base ? spec_numbers(r, o->base, e) : r->design->weight;
	if (!x)
		return false;
	for (size_t i = 0; i < n; i++)
		w[i] = x[i];
	return true;
}

static bool by_propensity(struct spec_run *r, const struct own *o,
			  const uint8_t *status, double *w, struct err *e)
{
	size_t n = r->frame->rows, rows, k, at = 0;
	uint8_t *in = spec_memory(r, n, 1, e);
	double *y = spec_memory(r, n, sizeof *y, e);
	double *p = spec_memory(r, n, sizeof *p, e);
	double *all = spec_memory(r, n, sizeof *all, e);
	double coef[500], *x;
	const char **name;

	if (!in || !y || !p || !all)
		return false;
	for (size_t i = 0; i < n; i++) {
		in[i] = status[i] != WEIGHT_INELIGIBLE;
		if (in[i])
			y[at++] = status[i] == WEIGHT_RESPONDENT;
	}
	x = model_matrix(r, &o->propensity, in, &rows, &k, &name, e);
	if (!x || !weight_logit(rows, k, x, y, NULL, coef, p, e))
		return false;
	at = 0;
	for (size_t i = 0; i < n; i++)
		all[i] = in[i] ? p[at++] : 0;
	return weight_adjust_propensity(n, w, status, all, o->groups, w, e);
}

static bool by_classes(struct spec_run *r, const struct own *o,
		       const uint8_t *status, double *w, struct err *e)
{
	size_t classes;
	uint32_t *code = cross(r, &o->classes, &classes, e);
	struct weight_class *of_class;

	if (!code)
		return false;
	of_class = spec_memory(r, classes, sizeof *of_class, e);
	return of_class && weight_adjust_classes(r->frame->rows, w, status,
						 o->classes.n > 0 ? code : NULL,
						 classes, w, of_class, e);
}

static bool make(struct spec_run *r, const struct own *o, double *w,
		 struct err *e)
{
	struct weight_trim t;

	if (!base_weights(r, o, w, e))
		return false;
	if (o->adjust) {
		uint8_t *status = status_of(r, &o->status, e);

		if (!status ||
		    !(o->propensity.n > 0 ? by_propensity(r, o, status, w, e)
					  : by_classes(r, o, status, w, e)))
			return false;
	}
	if (!o->trim)
		return true;
	if (!weight_trim(r->frame->rows, w, o->lower, o->upper, o->strict, &t,
			 e))
		return false;
	if (t.above + t.below > 0)
		spec_warn(r, "W21", "/weights/trim",
			  arena_printf(r->a, "%zu weights were trimmed",
				       t.above + t.below),
			  arena_printf(r->a, "%zu trọng số đã được cắt",
				       t.above + t.below));
	return true;
}

static bool prepare(struct spec_run *r, void *own, struct err *e)
{
	double *w = spec_memory(r, r->frame->rows, sizeof *w, e);
	double any = 0;

	if (!w)
		return false;
	if (!make(r, own, w, e))
		return err_wrap(e, "trọng số (weights)");
	for (size_t i = 0; i < r->frame->rows; i++) {
		if (!(w[i] >= 0 && w[i] < INFINITY))
			return err_set(e, ERR_INPUT,
				       "dòng %zu thiếu trọng số hoặc trọng số "
				       "âm (row %zu: missing or negative)",
				       i + 1, i + 1);
		any = fmax(any, w[i]);
	}
	if (!(any > 0))
		return err_set(e, ERR_MATH,
			       "mọi trọng số đều bằng 0 (all weights are 0)");
	survey_set_weight(r->design, w);
	return true;
}

const struct spec_part spec_part_weights = { .key = "weights",
					     .parse = parse,
					     .prepare = prepare };
