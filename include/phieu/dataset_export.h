/* dataset_export.h - a frozen wave's answers, from the database into a file. */
#ifndef PHIEU_DATASET_EXPORT_H
#define PHIEU_DATASET_EXPORT_H

#include "phieu/dataset.h"
#include "phieu/estimate_load.h"
#include "phieu/strata.h"

struct dataset_job {
	const struct wave_source *source; /* seen as the analysis role */
	struct dataset *set;
	struct dataset_head head;
	struct strata strata;
	struct arena *arena;
};

/* Of one form (plan index).  Begins a transaction that sees one state, which
 * dataset_job_end ends; head.rows is what dataset_job_rows will give. */
bool dataset_job_begin(const struct wave_source *s, size_t form,
		       struct dataset_job *out, struct err *e) MUST_USE;
void dataset_job_end(struct dataset_job *j);

/* Gives the rows of the form in one order (respondent, unit); stops when `fn`
 * says false (with e, or e->kind ERR_NONE to stop without a fault). */
typedef bool (*dataset_row)(void *to, const struct dataset_cell *cells,
			    struct err *e);
bool dataset_job_rows(struct dataset_job *j, dataset_row fn, void *to,
		      struct err *e) MUST_USE;

/* The rows of the next `most` respondents after *after (0: from the first),
 * which then names the last of them; *more false: there were none. */
bool dataset_job_window(struct dataset_job *j, int32_t *after, int32_t most,
			dataset_row fn, void *to, bool *more,
			struct err *e) MUST_USE;

/* All of them as a file. */
bool dataset_job_write(struct dataset_job *j, enum dataset_form form,
		       dataset_out out, void *to, size_t *cut,
		       struct err *e) MUST_USE;

/* Writes into the log who takes the answers of a form out, and why; before
 * they go. */
bool dataset_log(const struct wave_source *s, size_t form, const char *what,
		 const char *by, const char *reason, struct err *e) MUST_USE;

#endif
