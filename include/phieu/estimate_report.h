/* estimate_report.h - the questions of a yearly report, made from a plan. */
#ifndef PHIEU_ESTIMATE_REPORT_H
#define PHIEU_ESTIMATE_REPORT_H

#include "phieu/conf.h"
#include "phieu/estimate_spec.h"

struct plan;

/* The specification as JSON text into `out`: for every field that has survey
 * questions, and all of them together, the weighted mean of coefficients and
 * the pooled share of satisfied answers, by unit, unit x group, kind x group
 * and kind; scores of units by the shares of D4 with their covariances, and
 * all pairs of units.  ERR_INPUT when the plan asks nothing. */
bool report_spec(const struct plan *p, struct buf *out, struct err *e) MUST_USE;
/* The same of a wave in the database. */
bool report_spec_of(const struct conf *c, const char *wave, struct buf *out,
		    struct err *e) MUST_USE;

#endif
