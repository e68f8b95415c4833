/* submission_parts.h - what the files submission_*.c share. */
#ifndef PHIEU_COLLECTOR_SUBMISSION_PARTS_H
#define PHIEU_COLLECTOR_SUBMISSION_PARTS_H

#include "phieu/jscan.h"
#include "phieu/limits.h"
#include "phieu/submission.h"

/* Adds a fault unless one stands at this path already: the first reason is
 * the useful one. */
void fault_say(struct faults *f, const char *code, const char *path,
	       const char *en, const char *vi);

/* JSON pointers, in the arena of the faults; keys are escaped and cut. */
const char *fault_path(struct faults *f, const char *parent, const char *key,
		       size_t n);
const char *fault_path_at(struct faults *f, const char *parent, size_t i);

/* What was sent, short and printable, to be quoted in a message. */
const char *fault_quote(struct faults *f, const char *s, size_t n);

/* Words of a message; none once the list is full, so that a hostile sheet
 * cannot fill the memory with them. */
#define WORDS(f, ...) \
	((f)->n >= LIMIT_FAULTS ? "" : arena_printf((f)->arena, __VA_ARGS__))

struct reader {
	const struct plan *p;
	const struct form *form; /* NULL when unknown */
	struct arena *a;
	struct submission *s;
	struct faults *f;
	struct err *e;
	const uint8_t *blank; /* answer bytes of a rating without answers */
	const char **extra;   /* by question: member of `extra`, or NULL;
			       * itself NULL when the form has none such */
	size_t rating;	      /* being read, for paths */
	struct jspan key;     /* of the answer being read */
	bool failed;	      /* out of memory; e is set */
};

void reader_no_memory(struct reader *r);
/* The text of a string span; NULL on failure (r->failed). */
char *reader_text(struct reader *r, const struct jspan *v, bool quoted,
		  size_t *n);

/* One rating's "answers": fills `answers` (form->n_slots bytes) and r->extra;
 * the cursor stands at the object. */
void read_answers(struct reader *r, struct jscan *c, uint8_t *answers);

#endif
