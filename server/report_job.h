/* report_job.h - the reports of a round's result, from what is stored: of
 * `phieu round report` and GET /v1/rounds/{round}/reports/{shape}. */
#ifndef SERVER_REPORT_JOB_H
#define SERVER_REPORT_JOB_H

#include "phieu/db.h"
#include "phieu/round_report.h"

struct report_asked {
	const char *shape, *result, *unit, *node; /* NULL: not said */
	bool all;
};

struct report_job {
	struct db *db; /* borrowed, like `a` */
	struct arena *a;
	const char *document, *input;
	struct round round;
	struct round_result result;
	struct report_facts facts;
	struct report_ask ask;
	struct paper paper;
};

/* What goes with what; the shape by its word. */
bool report_asked_check(const struct report_asked *q, enum report_shape *shape,
			struct err *e) MUST_USE;
/* The result and what is known around it: j->facts. */
bool report_job_find(struct report_job *j, int32_t round,
		     const struct report_asked *q, struct err *e) MUST_USE;
/* j->paper, for j->ask.shape. */
bool report_job_make(struct report_job *j, const struct report_asked *q,
		     struct err *e) MUST_USE;
void report_job_clear(struct report_job *j);

#endif
