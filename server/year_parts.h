/* year_parts.h - what the readers of the two documents share. */
#ifndef YEAR_PARTS_H
#define YEAR_PARTS_H

#include "phieu/doc_read.h"
#include "phieu/json.h"
#include "phieu/year.h"

enum { YEAR_CONTRADICTION = 7, YEAR_NUMBER };

struct year_reader {
	struct doc doc;
	const struct round *r; /* NULL: names are not looked up */
	struct year_doc *out;
};

/* The tree, with "format" and the head under `head` read; NULL with faults.
 * Free it. */
cJSON *year_open(struct year_reader *y, const char *json, size_t n,
		 const char *format, const char *head,
		 const char *const *members);
/* Its text, when there is no fault; false otherwise.  Frees the tree. */
bool year_close(struct year_reader *y, cJSON *tree);

/* An object with no other members than these; false with a fault when it is
 * none. */
bool year_object(struct year_reader *y, const char *path, const cJSON *o,
		 const char *const *names);
/* One of the words; NULL with a fault. */
const char *year_word(struct year_reader *y, const cJSON *o, const char *path,
		      const char *name, const char *const *words);
/* A decimal in a text. */
bool year_decimal(struct year_reader *y, const cJSON *o, const char *path,
		  const char *name, bool required);
/* What the round has. */
void year_unit(struct year_reader *y, const char *path, const char *code);
bool year_has_grade(const struct round *r, size_t kind, const char *grade);
void year_grade(struct year_reader *y, const char *path, const char *grade);

#endif
