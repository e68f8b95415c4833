/* responses.h - filled sheets from a file, counted as intake would count
 * them, for scoring without a database.
 *
 * In the order of the file: the same instance again is nothing new, a sheet
 * number that counted before does not count again, a mended sheet takes the
 * place of the one it names; first keyings count.  Only what scoring needs
 * stays in memory. */
#ifndef PHIEU_RESPONSES_H
#define PHIEU_RESPONSES_H

#include "phieu/score_run.h"

struct responses_count {
	size_t lines, counted, invalid, again, broken;
};

struct responses;

/* NDJSON; ERR_INPUT when the file cannot be read. */
struct responses *responses_read(const struct plan *p, const char *path,
				 struct responses_count *count,
				 struct err *e) MUST_USE;
void responses_free(struct responses *r);

int64_t responses_n(const struct responses *r);
bool responses_simulated(const struct responses *r);
/* Fills the sizes of the strata. */
void responses_strata(const struct responses *r, struct score_plan *sp);
/* The hash a freeze of these sheets has (content.h). */
bool responses_hash(const struct responses *r, char sha256[65],
		    struct err *e) MUST_USE;
/* Walks the ratings of counted sheets; one walk at a time. */
struct rating_source responses_source(struct responses *r);

#endif
