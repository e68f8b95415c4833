/* estimate_report.h - the questions of a yearly report, made from a plan. */
#ifndef PHIEU_ESTIMATE_REPORT_H
#define PHIEU_ESTIMATE_REPORT_H

#include "phieu/conf.h"
#include "phieu/estimate_load.h"

struct plan;

/* The specification as JSON text into `out`: for every field that has survey
 * questions, and all of them together, the weighted mean and the pooled share
 * of satisfied answers, in all, by kind, unit, kind x group and unit x group;
 * scores of units by the decision D4 with their covariances, and all pairs of
 * units; answers to each question; alpha of each form; which fields go with
 * satisfaction.  With `before`, the plan of an earlier wave: the change of
 * every field that both have.  ERR_INPUT when the plan asks nothing. */
bool report_spec(const struct plan *p, const struct plan *before,
		 struct buf *out, struct err *e) MUST_USE;

/* What the report holds beside estimates. */
struct report_official {	      /* a unit's field, or all of them */
	const char *unit, *criterion; /* "" : the total */
	const char *points, *exact, *maximum, *low, *high; /* NULL: not shown */
	const char *grade;
	int64_t valid, rank; /* -1: not shown */
};
struct report_response { /* a group and its form; the last: all */
	const char *group, *form;
	int64_t planned, complete, partial, refused, not_met, other,
		not_eligible, unknown;
	double rr[6], coop1, ref1, con1; /* AAPOR; NAN: not defined */
};
struct report_extra {
	int32_t snapshot;
	const char *method, *sha256; /* of the snapshot; NULL: there is none */
	struct report_official *official;
	size_t n_official;
	struct report_response *response;
	size_t n_response;
	struct wave_shut *shut; /* what official results do not show */
	size_t n_shut;
};
/* The newest snapshot of the freeze, as it stands in the database, and
 * outcomes counted by the freeze.  Everything lives in the arena. */
bool report_extra_read(const struct wave_source *s, struct arena *a,
		       struct report_extra *out, struct err *e) MUST_USE;
/* After close_cells: official values of a closed place are taken out. */
void report_extra_close(struct report_extra *x, const struct spec *s,
			const struct est_results *r);
/* W06: decisions of scoring that an estimate does not follow. */
bool report_notes(const struct plan *p, struct arena *a, struct est_results *r,
		  struct err *e) MUST_USE;
/* r->official and r->response; and rows of CSV of their own header. */
bool report_extra_json(const struct report_extra *x, struct arena *a,
		       struct est_results *r, struct err *e) MUST_USE;
void report_extra_csv(const struct report_extra *x, struct buf *out);

/* The estimate of a unit's field beside its official points: percent of the
 * maximum; NULL where it is closed or missing. */
const struct est *report_beside(const struct est_results *r,
				const struct spec *s, const char *unit,
				const char *criterion);

#endif
