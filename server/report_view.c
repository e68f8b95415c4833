#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate_fields.h"
#include "phieu/plan.h"
#include "report_parts.h"

const struct plan *report_plan(const struct report_view *v)
{
	return v->source->wave[0]->plan;
}

static bool has_keys(const struct est_cell *c, const char *const *keys)
{
	size_t n = 0;

	for (; keys && keys[2 * n]; n++) {
		bool found = false;

		for (size_t i = 0; i < c->by.n; i++)
			found = found ||
				(strcmp(c->by.name[i], keys[2 * n]) == 0 &&
				 strcmp(c->key[i], keys[2 * n + 1]) == 0);
		if (!found)
			return false;
	}
	return c->by.n == n;
}

const struct est_cell *report_find(const struct report_view *v,
				   const char *stat, const char *of,
				   const char *const *keys)
{
	for (size_t i = 0; i < v->r->n; i++) {
		const struct est_cell *c = &v->r->cell[i];

		if (strcmp(v->spec->estimate[c->estimate].stat, stat) == 0 &&
		    c->of && strcmp(c->of, of) == 0 && has_keys(c, keys))
			return c;
	}
	return NULL;
}

double report_value(const struct est_cell *c)
{
	return c ? c->r.value : (double)NAN;
}

double report_extra_of(const struct est_cell *c, const char *name)
{
	for (size_t i = 0; c && i < c->n_extra; i++)
		if (strcmp(c->extra[i].name, name) == 0)
			return c->extra[i].value;
	return NAN;
}

const struct report_official *report_official_of(const struct report_view *v,
						 const char *unit,
						 const char *criterion)
{
	for (size_t i = 0; i < v->extra->n_official; i++) {
		const struct report_official *o = &v->extra->official[i];

		if (strcmp(o->unit, unit) == 0 &&
		    strcmp(o->criterion, criterion) == 0)
			return o;
	}
	return NULL;
}

double report_percent(const struct report_official *o)
{
	double maximum = o && o->maximum ? strtod(o->maximum, NULL) : 0;

	return o && o->points && maximum > 0
		       ? 100 * strtod(o->points, NULL) / maximum
		       : (double)NAN;
}

static double score_of(const struct report_view *v, size_t unit)
{
	const char *keys[] = { "unit", report_plan(v)->units[unit].code, NULL };

	return report_value(report_find(v, "unit_score", FIELD_ALL, keys));
}

size_t report_units(const struct report_view *v, size_t kind, size_t *unit)
{
	const struct plan *p = report_plan(v);
	size_t n = 0;

	for (size_t u = 0; u < p->n_units; u++) {
		const char *keys[] = { "unit", p->units[u].code, NULL };
		double score = score_of(v, u);
		size_t at = n;

		if (p->units[u].kind != kind ||
		    !report_find(v, "unit_score", FIELD_ALL, keys))
			continue;
		while (at > 0 && !isnan(score) &&
		       !(score_of(v, unit[at - 1]) >= score)) {
			unit[at] = unit[at - 1];
			at--;
		}
		unit[at] = u;
		n++;
	}
	return n;
}

const char *report_field_name(const struct report_view *v, const char *field)
{
	const struct plan *p = report_plan(v);
	size_t c = plan_criterion(p, field + strlen("field."));

	return strcmp(field, FIELD_ALL) == 0 ? "Tất cả lĩnh vực"
	       : c == NONE		     ? field
					     : p->criteria[c].name;
}

size_t report_fields(const struct report_view *v, const char **out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < v->spec->n_estimates; i++) {
		const struct spec_estimate *x = &v->spec->estimate[i];

		if (strcmp(x->stat, "mean") != 0)
			continue;
		for (; n < x->of.n && n < max; n++)
			out[n] = x->of.name[n];
		break;
	}
	return n;
}
