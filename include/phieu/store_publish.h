/* store_publish.h - snapshots, releases and the components that index
 * engines pull.
 *
 * A snapshot is the canonical JSON of the results of one freeze; a release
 * numbers a snapshot that left the house (a trial where any basis is an
 * example or the wave is simulated).  Nothing is ever changed or taken back:
 * a correction is a new release that supersedes. */
#ifndef PHIEU_STORE_PUBLISH_H
#define PHIEU_STORE_PUBLISH_H

#include "phieu/arena.h"
#include "phieu/date.h"
#include "phieu/db.h"
#include "phieu/store_plan.h"

struct snapshot {
	int32_t snapshot, freeze;
	char method[64];
	char sha256[65];
	char made_at[INSTANT_TEXT_MAX];
	const char *content; /* canonical JSON, in the arena */
	size_t content_n;
};

/* Stores `content`, unless the newest snapshot of the wave has these very
 * bytes for this freeze: then that one is given. */
bool store_snapshot_save(struct db *analysis, int32_t wave, int32_t freeze,
			 const char *method, const char *content, size_t n,
			 const char *by, int32_t *snapshot,
			 struct err *e) MUST_USE;
/* `number` 0: the newest.  *found false when there is none. */
bool store_snapshot_get(struct db *db, int32_t wave, int32_t number,
			struct arena *a, struct snapshot *out, bool *found,
			struct err *e) MUST_USE;

struct release {
	int32_t release, snapshot, freeze;
	int32_t supersedes; /* 0: none */
	bool trial;
	char method[64];
	char sha256[65]; /* of the snapshot: the ETag of what follows */
	char released_at[INSTANT_TEXT_MAX];
};
/* `number` 0: the newest.  *found false when nothing was released. */
bool store_release_get(struct db *db, int32_t wave, int32_t number,
		       struct release *out, bool *found,
		       struct err *e) MUST_USE;

enum component_kind { COMPONENT_CRITERION, COMPONENT_GROUP, COMPONENT_TOTAL };

/* A closed or empty cell has NULL points and no numbers. */
struct component {
	enum component_kind kind;
	const char *unit, *unit_name, *block;
	const char *criterion; /* "" for the total */
	const char *criterion_name;
	const char *points, *points_exact; /* "1.05", "21/20"; NULL */
	bool guarded; /* the fraction and the errors would tell of a small
		       * group: for who computes with them, not for readers */
	const char *maximum;
	int64_t n_asked, n_valid;    /* -1: not shown */
	const char *se, *low, *high; /* six decimals; NULL */
};
/* Components of a release by unit in plan order, then criterion in plan
 * order, total last; `kind` -1: all; rows offset .. offset + limit (limit 0:
 * all).  *total is how many there are in all.  Texts live in the arena. */
bool store_components(struct db *db, const struct wave *w, int32_t release,
		      int kind, size_t offset, size_t limit, struct arena *a,
		      struct component **out, size_t *n, size_t *total,
		      struct err *e) MUST_USE;

/* Numbers a release of `snapshot` and fills components and the ledger of
 * cells shown.  One transaction with its log entry. */
struct release_cell { /* for the ledger */
	const char *cell;
	int64_t n;
};
bool store_release_make(struct db *publish, const struct wave *w,
			int32_t snapshot, bool trial, const char *reason,
			const char *by, const struct component *rows, size_t n,
			const struct release_cell *cells, size_t n_cells,
			int32_t *release, struct err *e) MUST_USE;

#endif
