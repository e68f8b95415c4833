/* store_waves.h - what there is to know of waves without reading a plan. */
#ifndef PHIEU_STORE_WAVES_H
#define PHIEU_STORE_WAVES_H

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/date.h"
#include "phieu/db.h"

struct wave_head {
	int32_t wave, version; /* version 0: no plan yet */
	const char *code, *name, *state;
	char opens[DATE_TEXT_MAX], closes[DATE_TEXT_MAX];
	bool trial, simulated;
	bool ledger; /* its sheets are numbered and followed */
};

/* Newest first; `only` 0: all waves; limit 0: all.  *total counts all that
 * fit.  Texts live in the arena. */
bool store_wave_heads(struct db *db, int32_t only, size_t offset, size_t limit,
		      struct arena *a, struct wave_head **out, size_t *n,
		      size_t *total, struct err *e) MUST_USE;
/* *found false when there is none such, or it is not `only`. */
bool store_wave_head(struct db *db, const char *code, int32_t only,
		     struct arena *a, struct wave_head *out, bool *found,
		     struct err *e) MUST_USE;

/* The newest plan of a wave: its number and hash, then its text, so that who
 * has it already is not sent it.  *found false when there is none. */
bool store_wave_plan_sha(struct db *db, int32_t wave, int32_t *version,
			 char sha256[65], bool *found, struct err *e) MUST_USE;
bool store_wave_plan_text(struct db *db, int32_t wave, int32_t version,
			  struct buf *out, struct err *e) MUST_USE;

struct release_head {
	int32_t release, snapshot, freeze, supersedes; /* 0: none */
	const char *kind, *reason, *released_at, *method, *sha256;
};
/* Newest first. */
bool store_wave_releases(struct db *db, int32_t wave, struct arena *a,
			 struct release_head **out, size_t *n,
			 struct err *e) MUST_USE;

#endif
