#include <math.h>
#include <string.h>

#include "phieu/estimate_spec.h"

static void write_interval(struct jw *w, const struct est *r)
{
	jw_key(w, "ci");
	if (isnan(r->ci_l) && isnan(r->ci_u)) {
		jw_null(w);
		return;
	}
	jw_array(w);
	jw_double(w, r->ci_l);
	jw_double(w, r->ci_u);
	jw_array_end(w);
}

static void write_cell(struct jw *w, const struct est_cell *c)
{
	const struct est *r = &c->r;

	jw_object(w);
	if (c->of)
		jw_kv(w, "of", c->of);
	if (c->by.n > 0) {
		jw_key(w, "by");
		jw_object(w);
		for (size_t i = 0; i < c->by.n; i++)
			jw_kv(w, c->by.name[i], c->key[i]);
		jw_object_end(w);
	}
	jw_ki(w, "n", (int64_t)r->n);
	jw_ki(w, "n_psu", (int64_t)r->psu);
	jw_ki(w, "n_strata", (int64_t)r->strata);
	jw_kd(w, "sum_w", r->sum_w);
	jw_kd(w, "value", r->value);
	jw_kd(w, "se", r->se);
	jw_kd(w, "cv", r->cv);
	write_interval(w, r);
	jw_kd(w, "deff", r->deff);
	jw_kd(w, "deff_replace", r->deff_replace);
	jw_ki(w, "df", r->df);
	jw_ki(w, "df_design", r->df_design);
	for (size_t i = 0; i < c->n_extra; i++)
		jw_kd(w, c->extra[i].name, c->extra[i].value);
	jw_object_end(w);
}

static void write_warnings(struct jw *w, const struct est_results *r)
{
	jw_key(w, "warnings");
	jw_array(w);
	for (size_t i = 0; i < r->n_warnings; i++) {
		jw_object(w);
		jw_kv(w, "code", r->warning[i].code);
		jw_kv(w, "path", r->warning[i].path);
		jw_kv(w, "message", r->warning[i].message);
		jw_kv(w, "message_vi", r->warning[i].message_vi);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void write_design(struct jw *w, const struct spec *s,
			 const struct est_results *r)
{
	static const char *const lonely[] = {
		"fail", "certainty", "remove", "adjust", "average", "collapse"
	};

	jw_key(w, "design");
	jw_object(w);
	jw_ki(w, "n", (int64_t)r->design.rows);
	jw_ki(w, "n_psu", (int64_t)r->design.units);
	jw_ki(w, "n_strata", (int64_t)r->design.strata);
	jw_kd(w, "sum_w", r->design.sum_w);
	jw_ki(w, "df", r->design.df);
	jw_kv(w, "lonely", lonely[s->design.lonely]);
	jw_object_end(w);
}

void est_write_json(const struct spec *s, const struct est_results *r,
		    struct buf *out)
{
	struct jw w;
	size_t at = 0;

	jw_init(&w, out);
	w.pretty = true;
	jw_object(&w);
	write_design(&w, s, r);
	jw_key(&w, "estimates");
	jw_array(&w);
	for (size_t i = 0; i < s->n_estimates; i++) {
		jw_object(&w);
		jw_kv(&w, "name", s->estimate[i].name);
		jw_kv(&w, "stat", s->estimate[i].stat);
		jw_kd(&w, "level", s->estimate[i].how.level);
		jw_key(&w, "cells");
		jw_array(&w);
		for (; at < r->n && r->cell[at].estimate == i; at++)
			write_cell(&w, &r->cell[at]);
		jw_array_end(&w);
		if (r->detail[i]) {
			jw_key(&w, "detail");
			jw_raw(&w, r->detail[i]);
		}
		jw_object_end(&w);
	}
	jw_array_end(&w);
	if (r->official) {
		jw_key(&w, "official");
		jw_raw(&w, r->official);
	}
	if (r->response) {
		jw_key(&w, "response");
		jw_raw(&w, r->response);
	}
	write_warnings(&w, r);
	jw_object_end(&w);
	buf_adds(out, "\n");
}

/* ---- CSV -------------------------------------------------------------- */

#define MOST_NAMES 400

struct names {
	const char *name[MOST_NAMES];
	size_t n;
};

static void add_name(struct names *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->name[i], name) == 0)
			return;
	if (l->n < MOST_NAMES)
		l->name[l->n++] = name;
}

static void put_text(struct buf *out, const char *s)
{
	csv_sep(out);
	if (s)
		csv_write(out, s, strlen(s));
}

static void put_double(struct buf *out, double v)
{
	struct jw w;

	csv_sep(out);
	if (!isfinite(v))
		return;
	jw_init(&w, out);
	jw_double(&w, v);
}

static void put_int(struct buf *out, int64_t v)
{
	csv_sep(out);
	buf_addf(out, "%lld", (long long)v);
}

static void csv_cell_row(const struct spec *s, const struct est_cell *c,
			 const struct names *by, const struct names *extra,
			 struct buf *out)
{
	const struct spec_estimate *x = &s->estimate[c->estimate];
	const struct est *r = &c->r;

	csv_write(out, x->name, strlen(x->name));
	put_text(out, x->stat);
	put_text(out, c->of);
	for (size_t k = 0; k < by->n; k++) {
		const char *value = NULL;

		for (size_t i = 0; i < c->by.n; i++)
			if (strcmp(c->by.name[i], by->name[k]) == 0)
				value = c->key[i];
		put_text(out, value);
	}
	put_int(out, (int64_t)r->n);
	put_int(out, (int64_t)r->psu);
	put_int(out, (int64_t)r->strata);
	put_double(out, r->sum_w);
	put_double(out, r->value);
	put_double(out, r->se);
	put_double(out, r->cv);
	put_double(out, r->ci_l);
	put_double(out, r->ci_u);
	put_double(out, r->deff);
	put_double(out, r->deff_replace);
	put_int(out, r->df);
	put_int(out, r->df_design);
	for (size_t k = 0; k < extra->n; k++) {
		double v = NAN;

		for (size_t i = 0; i < c->n_extra; i++)
			if (strcmp(c->extra[i].name, extra->name[k]) == 0)
				v = c->extra[i].value;
		put_double(out, v);
	}
	csv_end_row(out);
}

void est_write_csv(const struct spec *s, const struct est_results *r,
		   struct buf *out)
{
	static const char *const fixed[] = {
		"n",	    "n_psu", "n_strata", "sum_w", "value",	  "se",
		"cv",	    "ci_l",  "ci_u",	 "deff",  "deff_replace", "df",
		"df_design"
	};
	struct names by = { .n = 0 }, extra = { .n = 0 };

	for (size_t i = 0; i < r->n; i++) {
		for (size_t k = 0; k < r->cell[i].by.n; k++)
			add_name(&by, r->cell[i].by.name[k]);
		for (size_t k = 0; k < r->cell[i].n_extra; k++)
			add_name(&extra, r->cell[i].extra[k].name);
	}
	buf_adds(out, "name");
	put_text(out, "stat");
	put_text(out, "of");
	for (size_t k = 0; k < by.n; k++)
		put_text(out, by.name[k]);
	for (size_t k = 0; k < sizeof fixed / sizeof fixed[0]; k++)
		put_text(out, fixed[k]);
	for (size_t k = 0; k < extra.n; k++)
		put_text(out, extra.name[k]);
	csv_end_row(out);
	for (size_t i = 0; i < r->n; i++)
		csv_cell_row(s, &r->cell[i], &by, &extra, out);
}
