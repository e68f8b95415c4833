/* round_report.h - the six reports of a round's result that a province wants,
 * as documents (paper.h).
 *
 * Everything is taken from the result's own input, computed again; nothing is
 * typed here.  Each report says what it rests on: round, version of the
 * criteria, result, the day its wave was frozen, counts of sheets, rounding. */
#ifndef PHIEU_ROUND_REPORT_H
#define PHIEU_ROUND_REPORT_H

#include <stdint.h>

#include "phieu/paper.h"
#include "phieu/round.h"
#include "phieu/round_result.h"

enum report_shape {
	REPORT_SUMMARY,	 /* STT, unit, points, grade */
	REPORT_UNIT,	 /* a unit's criteria: maximum, own, appraised, … */
	REPORT_FIELD,	 /* criteria by units */
	REPORT_CRITERIA, /* fields by criteria and sub-criteria */
	REPORT_RESULT,	 /* rank, appraised, survey, SIPAS, total */
	REPORT_SPECIAL	 /* criteria that units are not judged by */
};
#define REPORT_SHAPES 6
bool report_shape_parse(const char *word, enum report_shape *out);

/* What is known around a result; texts "" and counts -1 where it is not. */
struct report_facts {
	const char *round, *name;
	int64_t year, version, result;
	int64_t release; /* 0: not published */
	const char *decision;
	bool superseded; /* a later release stands */
	bool trial;
	const char *sha256, *method;
	const char *superior, *body, *place;
	const char *wave, *frozen_on; /* "2021-03-01" */
	int64_t wave_release, issued, returned, valid;
};

struct report_ask {
	enum report_shape shape;
	size_t unit; /* INDEX_NONE: all units, a table each */
	size_t node; /* of REPORT_FIELD; INDEX_NONE: all criteria */
};

/* In the arena, borrowing from `ix`.  ERR_INPUT: the unit has nothing to show;
 * ERR_NOMEM. */
bool round_report(const struct index *ix, const struct report_facts *f,
		  const struct report_ask *ask, struct arena *a,
		  struct paper *out, struct err *e) MUST_USE;

/* The letterhead, marks and facts that every document of a round has; `more`
 * (NULL: none) is one more line. */
bool report_frame(const struct report_facts *f, const struct index_rules *rules,
		  const char *more, struct arena *a, struct paper *out,
		  struct err *e) MUST_USE;

#endif
