/* self_desk.h - what the command line and the service both do with a unit's
 * self-assessment: one item, a workbook, all or nothing. */
#ifndef PHIEU_SELF_DESK_H
#define PHIEU_SELF_DESK_H

#include "phieu/store_round.h"
#include "phieu/store_self.h"

/* A round with its document, and one unit of it. */
struct self_desk {
	struct db *db;
	struct arena *a;
	struct round_head head;
	struct round round;
	size_t unit; /* in the set; INDEX_NONE: none was named */
	struct self_head self;
	const char *by;
};

/* Fills in `round` and, of a unit that is named, `unit` and `self`; db, a,
 * head, by are the caller's.  ERR_INPUT: no such unit. */
bool self_desk_open(struct self_desk *d, const char *unit,
		    struct err *e) MUST_USE;
/* The unit's rows as they stand. */
bool self_desk_rows(struct self_desk *d, struct self_row **rows, size_t *n,
		    struct err *e) MUST_USE;

/* Points as typed ("1.5"; NULL: none), or "does not apply". */
struct self_given {
	const char *criterion, *points, *note; /* note NULL: as it was */
	bool not_applicable;
	int64_t version; /* seen; SELF_NEWEST: as it stands now */
};
enum { SELF_NEWEST = -1 };
/* One item.  Faults S.. in `f` with ERR_INPUT, or ERR_CONFLICT when somebody
 * changed it since; *version is the new one. */
bool self_desk_put(struct self_desk *d, const struct self_given *g,
		   int64_t *version, struct faults *f, struct err *e) MUST_USE;

/* A filled workbook or table; a desk with a unit takes its file alone.  False
 * with faults in `f`, or with `e` alone. */
bool self_desk_read(struct self_desk *d, const char *bytes, size_t n,
		    struct self_table *t, struct faults *f,
		    struct err *e) MUST_USE;
/* All units of the table in one transaction. */
bool self_desk_store(struct self_desk *d, struct self_table *t,
		     struct faults *f, struct err *e) MUST_USE;

#endif
