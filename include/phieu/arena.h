/* arena.h - memory that dies all at once, with a request, a batch or a run.
 *
 * Blocks are zeroed.  A request over the cap gives NULL and sets `broken`,
 * which stays: check once at the end where that is easier. */
#ifndef PHIEU_ARENA_H
#define PHIEU_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(size_t max_bytes); /* NULL when out of memory */
void arena_free(struct arena *a);
void arena_reset(struct arena *a); /* keeps the first block for reuse */
bool arena_broken(const struct arena *a);
size_t arena_used(const struct arena *a);

void *arena_alloc(struct arena *a, size_t n);		   /* 16-aligned   */
void *arena_array(struct arena *a, size_t n, size_t size); /* overflow-safe */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
