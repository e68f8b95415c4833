/* doc_read.h - members of a document in JSON, every fault in one go.
 *
 * Each document has a letter for its codes; the first six mean the same in
 * all: 01 is missing, 02 no such member, 03 of the wrong shape, 04 no date, 05
 * named and not there, 06 there already. */
#ifndef PHIEU_DOC_READ_H
#define PHIEU_DOC_READ_H

#include <cjson/cJSON.h>

#include "phieu/date.h"
#include "phieu/fault.h"

enum doc_fault {
	DOC_MISSING = 1,
	DOC_MEMBER,
	DOC_SHAPE,
	DOC_DATE,
	DOC_UNKNOWN,
	DOC_TWICE
};

struct doc {
	struct arena *a; /* what is read lives there */
	struct faults *f;
	char letter; /* 'R': codes R01, R02, … */
};

/* A fault under number `code`; messages as fault_add has them. */
void doc_fault(const struct doc *d, int code, const char *path, const char *en,
	       const char *vi);

/* "/calendar" and "due": "/calendar/due"; "/calendar" and 3: "/calendar/3". */
const char *doc_below(const struct doc *d, const char *path, const char *name);
const char *doc_element(const struct doc *d, const char *path, size_t i);

/* A fault for each member that is not named; `names` ends with NULL. */
void doc_known(const struct doc *d, const char *path, const cJSON *o,
	       const char *const *names);
/* NULL where it is not there or no list: a fault unless it may be missing. */
const cJSON *doc_list(const struct doc *d, const cJSON *o, const char *path,
		      const char *name, bool required);
/* A text of one line, copied; NULL with a fault when it is missing and
 * required. */
const char *doc_text(const struct doc *d, const cJSON *o, const char *path,
		     const char *name, bool required);
/* A text of letters a-z, digits, '.', '_', '-'. */
const char *doc_code(const struct doc *d, const cJSON *o, const char *path,
		     const char *name, bool required);
/* Texts of a list; of one that is required, one at least. */
const char **doc_names(const struct doc *d, const cJSON *o, const char *path,
		       const char *name, bool required, size_t *n);
/* False: not there, or no day. */
bool doc_day(const struct doc *d, const cJSON *o, const char *path,
	     const char *name, bool required, struct date *out);
/* From low to high; `otherwise` where it is missing, unless that is below 0:
 * then it is a fault and `low`. */
int doc_whole(const struct doc *d, const cJSON *o, const char *path,
	      const char *name, int low, int high, int otherwise);

/* "code" is named at `path` and is not there; or is there already. */
void doc_unknown(const struct doc *d, const char *path, const char *code);
void doc_twice(const struct doc *d, const char *path, const char *code);

#endif
