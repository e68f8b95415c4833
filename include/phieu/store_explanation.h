/* store_explanation.h - what is behind published numbers, of waves and of
 * rounds. */
#ifndef PHIEU_STORE_EXPLANATION_H
#define PHIEU_STORE_EXPLANATION_H

#include "phieu/result.h"
#include "phieu/store_plan.h"

/* Keeps what is behind every number of `r` that a release shows, and enters
 * the groups shown into the ledger.  Those that are there stay: asking once
 * more, or for a release that was made before these were kept, does no harm.
 * `bare`: without the counts behind them, for a release of another freeze than
 * one before it: two sets of counts would tell what the sheets between them
 * say.  One transaction.  `a` holds the texts meanwhile. */
bool store_explanations(struct db *publish, const struct wave *w,
			const struct result *r, int32_t release, bool bare,
			struct arena *a, struct err *e) MUST_USE;

struct explanation {
	int64_t release, snapshot, freeze;
	const char *sha256;  /* of the snapshot */
	const char *content; /* JSON; NULL: the cell is closed or not kept */
};
/* `release` NULL: the newest.  *found false: no such wave, unit or release. */
bool store_explanation_get(struct db *db, const char *wave, const char *release,
			   const char *unit, const char *criterion,
			   struct arena *a, struct explanation *out,
			   bool *found, struct err *e) MUST_USE;

/* ---- of a round ---------------------------------------------------------- */

struct explained_result {
	int64_t number, version;
	const char *input, *content, *sha256, *input_sha256, *method;
	const char *made_at, *made_by;
	int64_t release; /* 0: a draft, and what follows is NULL */
	const char *kind, *decision, *reason, *released_at;
	int64_t superseded_by; /* 0: by none */
};
/* `number` NULL: the newest.  *found false: there is none such. */
bool store_explained_result(struct db *db, int32_t round, const char *number,
			    struct arena *a, struct explained_result *out,
			    bool *found, struct err *e) MUST_USE;
/* May the office see what stands about a unit and criterion (NULL: the
 * total)?  `office` NULL: yes. */
bool store_explained_seen(struct db *db, int32_t round, const char *unit,
			  const char *criterion, const char *office, bool *out,
			  struct err *e) MUST_USE;
/* Who changed what until then; columns as in explain_decisions.sql. */
struct res *store_explained_decisions(struct db *db, int32_t round,
				      int64_t result, const char *unit,
				      const char *criterion, const char *office,
				      struct err *e) MUST_USE;

/* Does a survey value of the round stand for a small group, so that its
 * fraction is not for readers? */
bool store_round_guarded(struct db *db, int32_t round, bool *out,
			 struct err *e) MUST_USE;

#endif
