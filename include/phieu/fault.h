/* fault.h - what is wrong with a document: a code, a place, two languages.
 *
 * Plan files, submissions and imports collect all their faults in one go
 * instead of stopping at the first.  Lists live in an arena. */
#ifndef PHIEU_FAULT_H
#define PHIEU_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "phieu/arena.h"
#include "phieu/buf.h"

struct fault {
	char code[8];	     /* "V07", "P12"                       */
	const char *path;    /* JSON pointer "/ratings/3/answers/Q2" */
	const char *message; /* English, short                      */
	const char *message_vi;
};

struct faults {
	struct arena *arena;
	struct fault *list;
	size_t n, cap;
	size_t more; /* past LIMIT_FAULTS: counted, not kept */
};

void faults_init(struct faults *f, struct arena *a);
/* `path` is copied.  The messages are printf results made by the caller
 * (arena_printf) or literals; a NULL one becomes "". */
void fault_add(struct faults *f, const char *code, const char *path,
	       const char *message, const char *message_vi);
bool faults_have(const struct faults *f, const char *code);
/* By path (digits by value: /ratings/2 before /ratings/10), then code: the
 * order shown and stored. */
void faults_sort(struct faults *f);
/* For people: two lines each, then how many; `of` (a file's name) before the
 * number, NULL: nothing. */
void faults_print(const struct faults *f, const char *of, FILE *to);
/* [{"code":…,"path":…,"message":…,"message_vi":…},…] */
void faults_json(const struct faults *f, struct buf *out);

#endif
