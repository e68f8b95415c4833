/* store_self.h - self-assessments in the database.
 *
 * A write names the version it saw; when somebody was quicker it is refused
 * with ERR_CONFLICT and nothing is stored. */
#ifndef PHIEU_STORE_SELF_H
#define PHIEU_STORE_SELF_H

#include "phieu/db.h"
#include "phieu/scan.h"
#include "phieu/self.h"

struct self_head {
	int32_t unit;	   /* ordinal in the database */
	const char *state; /* draft, submitted, reopened */
	int64_t version;
	const char *explanation, *by, *at; /* "" where none */
};

/* ERR_INPUT: no such unit in the round. */
bool store_self_head(struct db *db, int32_t round, const char *unit,
		     struct arena *a, struct self_head *out,
		     struct err *e) MUST_USE;
/* This unit's rows; `unit` and `node` are of `r`. */
bool store_self_rows(struct db *db, int32_t round, int32_t unit_id,
		     const struct round *r, size_t unit, struct arena *a,
		     struct self_row **out, size_t *n, struct err *e) MUST_USE;

/* Stores the rows of `unit` among `rows`, all or nothing.  What is refused
 * becomes a fault S16-S19 (stale: somebody changed it since) at /items/CODE,
 * with ERR_INPUT or, where only staleness was found, ERR_CONFLICT. */
bool store_self_put(struct db *db, int32_t round, int32_t unit_id,
		    const struct round *r, size_t unit,
		    const struct self_row *rows, size_t n, const char *by,
		    struct faults *f, struct err *e) MUST_USE;

bool store_self_explain(struct db *db, int32_t round, const struct self_head *h,
			const char *text, const char *by,
			struct err *e) MUST_USE;

/* Every unit: code, name, state (none: nothing yet), items given, files,
 * handed in by, at. */
struct res *store_self_late(struct db *db, int32_t round,
			    struct err *e) MUST_USE;

/* A file of evidence, attachment.h: its name, type and bytes.  `node` NULL:
 * for the explanation.  *added false: the same file is there.  Every way in
 * comes through here, and the scanner is asked first: ERR_INPUT with S20 when
 * it says infected, ERR_DOWN with S21 when it cannot say and such files are
 * not kept; both stand in the log, so that this is not called inside a
 * transaction.  *scan is what it said.  ERR_CONFLICT: another content has the
 * name. */
struct attachment;
bool store_evidence_add(struct db *db, const struct scanner *scanner,
			int32_t round, int32_t unit_id, const char *node,
			const struct attachment *file, const char *by,
			bool *added, struct scan *scan, struct err *e) MUST_USE;
/* Number, criterion, name, type, bytes, SHA-256, scanner ("clean", "not
 * scanned: …", "" none set up), who, when. */
struct res *store_evidence_list(struct db *db, int32_t round, int32_t unit_id,
				struct err *e) MUST_USE;
struct evidence_file {
	const char *name, *type, *sha256;
	uint8_t *bytes;
	size_t n;
};
/* `office` NULL: by the unit itself or who reads all; an office opens that of
 * what it appraises. */
bool store_evidence_get(struct db *db, int32_t round, int32_t unit_id,
			const char *number, const char *office, struct arena *a,
			struct evidence_file *out, struct err *e) MUST_USE;
/* `round` and `unit_id` 0: of any.  ERR_INPUT: there is none such. */
bool store_evidence_remove(struct db *db, int32_t round, int32_t unit_id,
			   const char *number, const char *by,
			   struct err *e) MUST_USE;

#endif
