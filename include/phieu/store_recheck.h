/* store_recheck.h - phúc tra and the roster against the database.
 *
 * Two desks (desk.h), "recheck" and "roster".  Their rows that are of persons
 * run on the connection of the role roster, those of sheets on that of the
 * server's; no statement sees both. */
#ifndef PHIEU_STORE_RECHECK_H
#define PHIEU_STORE_RECHECK_H

#include "phieu/db.h"
#include "phieu/fault.h"
#include "phieu/paper.h"
#include "phieu/store_waves.h"

/* Lists that are worked out (recheck.h): args $1 wave, $2 areas or NULL, as
 * the statement of a list gets them.  res_free the result. */
struct res *store_recheck_agreement(struct db *db, const char *const *args,
				    struct err *e) MUST_USE;
struct res *store_recheck_questions(struct db *db, const char *const *args,
				    struct err *e) MUST_USE;

/* A list of persons (CSV or workbook) as the JSON that roster.import takes.
 * Heads by their words, Vietnamese or English, with or without diacritics:
 * code, name, group, unit, contact, agent, visited, collected; the first three
 * are needed, and a unit where the group has homes.  False: faults N07 (a head
 * is missing), N08 (a mark that is none), or those of grid.h; or e. */
bool roster_read(const void *file, size_t n, struct arena *a, struct buf *rows,
		 size_t *n_rows, struct faults *f, struct err *e) MUST_USE;

struct roster_done {
	int64_t made, changed;
};
/* `roster`: connected as that role.  All or nothing: false with faults, or
 * e. */
bool store_roster_import(struct db *roster, int32_t wave, const char *by,
			 const char *role, const char *rows, struct faults *f,
			 struct roster_done *out, struct err *e) MUST_USE;

/* The printed list of a draw from the rows of the list "list": room for the
 * result and a signature, none for the number of a sheet.  `draw`: the row of
 * "draws" it is of. */
struct recheck_paper {
	const struct wave_head *wave;
	const char *superior, *body, *place;
	const struct res *draws;
	size_t draw; /* which row */
};
bool recheck_paper(const struct res *list, const struct recheck_paper *h,
		   struct arena *a, struct paper *out, struct err *e) MUST_USE;

#endif
