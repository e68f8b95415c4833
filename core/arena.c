#include "phieu/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN ((size_t)16)

/* Under AddressSanitizer every allocation gets a block of exactly its size,
 * so that an overrun by one byte is seen as with malloc. */
#ifdef __has_feature /* clang's way to say so */
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define BLOCK_FIRST ((size_t)0)
#define BLOCK_MAX   ((size_t)1)
#else
#define BLOCK_FIRST ((size_t)8 << 10)
#define BLOCK_MAX   ((size_t)1 << 20)
#endif

struct block {
	struct block *older;
	size_t cap, used;
	_Alignas(16) unsigned char data[];
};

struct arena {
	struct block *newest;
	size_t max, used; /* bytes asked for */
	size_t next;	  /* size of the next block */
	bool broken;
};

struct arena *arena_new(size_t max_bytes)
{
	struct arena *a = calloc(1, sizeof *a);

	if (!a)
		return NULL;
	a->max = max_bytes;
	a->next = BLOCK_FIRST;
	return a;
}

void arena_free(struct arena *a)
{
	struct block *b, *older;

	if (!a)
		return;
	for (b = a->newest; b; b = older) {
		older = b->older;
		free(b);
	}
	free(a);
}

void arena_reset(struct arena *a)
{
	struct block *b = a->newest, *older;

	for (; b && b->older; b = older) {
		older = b->older;
		free(b);
	}
	if (b)
		b->used = 0;
	a->newest = b;
	a->used = 0;
	a->next = BLOCK_FIRST;
	a->broken = false;
}

bool arena_broken(const struct arena *a)
{
	return a->broken;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

static void *broken(struct arena *a)
{
	a->broken = true;
	return NULL;
}

static struct block *block_add(struct arena *a, size_t n)
{
	size_t cap = n > a->next ? n : a->next;
	struct block *b = malloc(sizeof *b + cap);

	if (!b)
		return NULL;
	*b = (struct block){ .older = a->newest, .cap = cap };
	a->newest = b;
	if (a->next < BLOCK_MAX)
		a->next *= 2;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct block *b = a->newest;
	size_t whole;
	void *p;

	if (n == 0)
		n = 1;
	if (a->broken || n > SIZE_MAX / 2 || n > a->max || a->max - n < a->used)
		return broken(a);
	if (!b || b->cap - b->used < n) {
		b = block_add(a, n);
		if (!b)
			return broken(a);
	}
	p = b->data + b->used;
	memset(p, 0, n);
	/* The block may end inside the rounding: then it is full. */
	whole = (n + ALIGN - 1) / ALIGN * ALIGN;
	b->used = whole < b->cap - b->used ? b->used + whole : b->cap;
	a->used += n;
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return broken(a);
	return arena_alloc(a, bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p;

	if (n == SIZE_MAX)
		return broken(a);
	p = arena_alloc(a, n + 1);
	if (p && n)
		memcpy(p, s, n);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return broken(a);
	p = arena_alloc(a, (size_t)n + 1);
	if (!p)
		return NULL;
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}
