/* store_progress.h - how far a wave's collection has come, from the
 * database, for the server and the command line alike. */
#ifndef PHIEU_STORE_PROGRESS_H
#define PHIEU_STORE_PROGRESS_H

#include "phieu/db.h"
#include "phieu/progress.h"

/* Rows as progress_add_up gives them, in the arena. */
bool store_progress(struct db *db, int32_t wave, struct arena *a,
		    struct progress_row **rows, size_t *n,
		    struct err *e) MUST_USE;

#endif
