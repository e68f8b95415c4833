/* report_parts.h - how the page and its pictures find their numbers. */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include "phieu/chart.h"
#include "phieu/report_html.h"

/* The cell of estimates with this statistic and variable whose keys are these
 * (column, value; NULL-ended); NULL: none. */
const struct est_cell *report_find(const struct report_view *v,
				   const char *stat, const char *of,
				   const char *const *keys);
/* Its value, NAN when closed or missing. */
double report_value(const struct est_cell *c);
double report_extra_of(const struct est_cell *c, const char *name);
const struct plan *report_plan(const struct report_view *v);
/* Of a unit's field ("" : the total); NULL: none. */
const struct report_official *report_official_of(const struct report_view *v,
						 const char *unit,
						 const char *criterion);
/* Points in percent of the maximum, NAN: closed. */
double report_percent(const struct report_official *o);

/* Rated units of a kind, best first, those closed last; count. */
size_t report_units(const struct report_view *v, size_t kind, size_t *unit);
/* Name of "field.CODE"; of all of them. */
const char *report_field_name(const struct report_view *v, const char *field);
/* "field.X" of the report in plan order, all of them last. */
size_t report_fields(const struct report_view *v, const char **out, size_t max);

#endif
