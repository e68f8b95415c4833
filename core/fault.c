#include "phieu/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"

#define FIRST_CAP ((size_t)16)

void faults_init(struct faults *f, struct arena *a)
{
	*f = (struct faults){ .arena = a };
}

static bool grow(struct faults *f)
{
	size_t cap = f->cap ? f->cap * 2 : FIRST_CAP;
	struct fault *list = arena_array(f->arena, cap, sizeof *list);

	if (!list)
		return false;
	if (f->n)
		memcpy(list, f->list, f->n * sizeof *list);
	f->list = list;
	f->cap = cap;
	return true;
}

void fault_add(struct faults *f, const char *code, const char *path,
	       const char *message, const char *message_vi)
{
	struct fault *one;
	char *own;

	/* Without memory a fault is still counted: a document with faults
	 * must never pass for one without. */
	if (f->n >= LIMIT_FAULTS || (f->n == f->cap && !grow(f))) {
		f->more++;
		return;
	}
	own = path ? arena_strdup(f->arena, path) : NULL;
	if (!own) {
		f->more++;
		return;
	}
	one = &f->list[f->n++];
	(void)snprintf(one->code, sizeof one->code, "%s", code);
	one->path = own;
	one->message = message ? message : "";
	one->message_vi = message_vi ? message_vi : "";
}

bool faults_have(const struct faults *f, const char *code)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (strcmp(f->list[i].code, code) == 0)
			return true;
	}
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Runs of digits by their value, so that /ratings/2 stands before
 * /ratings/10; the rest by bytes. */
static int path_cmp(const char *a, const char *b)
{
	size_t na, nb;
	int d;

	while (*a && *b) {
		if (!is_digit(*a) || !is_digit(*b)) {
			if (*a != *b)
				return (unsigned char)*a < (unsigned char)*b
					       ? -1
					       : 1;
			a++;
			b++;
			continue;
		}
		na = strspn(a, "0123456789");
		nb = strspn(b, "0123456789");
		if (na != nb)
			return na < nb ? -1 : 1;
		d = strncmp(a, b, na);
		if (d != 0)
			return d;
		a += na;
		b += nb;
	}
	return (*a != '\0') - (*b != '\0');
}

static int fault_cmp(const void *pa, const void *pb)
{
	const struct fault *a = pa, *b = pb;
	int d = path_cmp(a->path, b->path);

	if (d == 0)
		d = strcmp(a->code, b->code);
	return d ? d : strcmp(a->message, b->message);
}

void faults_sort(struct faults *f)
{
	if (f->n > 1)
		qsort(f->list, f->n, sizeof *f->list, fault_cmp);
}

void faults_print(const struct faults *f, const char *of, FILE *to)
{
	for (size_t i = 0; i < f->n; i++)
		(void)fprintf(to, "%s  %s\n     %s (%s)\n", f->list[i].code,
			      *f->list[i].path ? f->list[i].path : "/",
			      f->list[i].message_vi, f->list[i].message);
	(void)fprintf(to, "%s%s%zu lỗi (%zu faults)\n", of ? of : "",
		      of ? ": " : "", f->n + f->more, f->n + f->more);
	if (f->more)
		(void)fprintf(to, "%zu lỗi sau không liệt kê\n", f->more);
}
