/* index_file.h - criteria, units and values as one JSON document, and results
 * as JSON, CSV.  docs/index.schema.json is its schema.
 *
 * Points, maxima, weights and measures are strings; a number there is
 * refused.  Nothing has a silent default that could change a result. */
#ifndef PHIEU_INDEX_FILE_H
#define PHIEU_INDEX_FILE_H

#include "phieu/buf.h"
#include "phieu/index.h"

/* Reads and checks; false: `faults` (never empty) has all that is wrong, each
 * with its path.  Everything lives in `a`. */
bool index_read(const char *json, size_t n, struct arena *a,
		struct index_set *out, struct faults *faults) MUST_USE;

/* The document again, in one form whatever the order of units and values was:
 * its hash is the hash of the input. */
void index_write_set(const struct index_set *s, struct buf *out);

/* `input_sha256` (hex; may be NULL) stands in the result. */
void index_write_json(const struct index *ix, const char *input_sha256,
		      const struct index_mismatch *m, size_t n_m,
		      struct buf *out);
/* A row a unit and criterion, and one for each total (criterion empty). */
void index_write_csv(const struct index *ix, struct buf *out);
void index_write_records(const struct index_record *r, size_t n,
			 struct buf *out);

/* Words of the document for a state, a source. */
const char *index_state_word(enum index_state s);
const char *index_state_word_vi(enum index_state s);
const char *index_source_word(enum index_source s);
const char *index_status_word(enum index_status s);

#endif
