/* store_round.h - rounds of assessment and their calendar in the database. */
#ifndef PHIEU_STORE_ROUND_H
#define PHIEU_STORE_ROUND_H

#include "phieu/db.h"
#include "phieu/round.h"
#include "phieu/round_may.h"

struct round_head {
	int32_t id, wave_id;		/* wave_id 0: none */
	const char *code, *name, *wave; /* wave "": none */
	int64_t year, version;
	bool trial, published;
};

struct task_row {
	const char *code, *title, *step, *opens, *due; /* "" where none */
	const char *lead, *cooperating;		       /* joined by "; " */
	const char *state;			       /* open, doing, done */
	const char *note, *by, *at;
	int64_t version;
	int64_t days_late; /* of a task that is not done; 0: not late */
};

struct step_row {
	const char *step;
	const char *state;  /* open, before, past, closed, none */
	const char *until;  /* of an opening act in force, else "" */
	const char *reason; /* of the last act; "" none */
};

/* Adds the round or the next version of its document.  *version 0: it is the
 * one in force.  ERR_CONFLICT once it is published; ERR_INPUT: no such wave.
 * By the owner, one transaction, one entry of the log. */
bool store_round_load(struct db *owner, const struct round *r,
		      const char *reason, const char *by, int32_t *version,
		      struct err *e) MUST_USE;

/* All rounds, newest year first; or the one with `code` (NULL: all). */
bool store_round_list(struct db *db, const char *code, struct arena *a,
		      struct round_head **out, size_t *n,
		      struct err *e) MUST_USE;
/* ERR_INPUT when there is none such. */
bool store_round_head(struct db *db, const char *code, struct arena *a,
		      struct round_head *out, struct err *e) MUST_USE;
/* Offices in force, with the units they are. */
bool store_round_seats(struct db *db, int32_t round, struct arena *a,
		       struct round_seat **out, size_t *n,
		       struct err *e) MUST_USE;
/* The newest document as text, in the arena. */
bool store_round_text(struct db *db, int32_t round, struct arena *a,
		      const char **text, struct err *e) MUST_USE;

/* The one of a version (NULL: the newest); ERR_INPUT: none such. */
bool store_round_text_at(struct db *db, int32_t round, const char *version,
			 struct arena *a, const char **text,
			 struct err *e) MUST_USE;

bool store_round_tasks(struct db *db, int32_t round, struct arena *a,
		       struct task_row **out, size_t *n,
		       struct err *e) MUST_USE;
/* The four steps in order. */
bool store_round_steps(struct db *db, int32_t round, struct arena *a,
		       struct step_row out[4], struct err *e) MUST_USE;
/* `state` open, doing or done.  ERR_CONFLICT when the task's version is not
 * the one given; ERR_INPUT when there is no such task or state. */
bool store_task_put(struct db *db, int32_t round, const char *task,
		    int64_t version, const char *state, const char *note,
		    const char *by, struct err *e) MUST_USE;
/* Opens a step to the end of a day, or closes it (`until` NULL). */
bool store_step_put(struct db *db, int32_t round, enum round_step step,
		    const char *until, const char *reason, const char *by,
		    struct err *e) MUST_USE;

#endif
