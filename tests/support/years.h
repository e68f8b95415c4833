/* years.h - two index documents compared, as `phieu index change` would. */
#ifndef TESTS_YEARS_H
#define TESTS_YEARS_H

#include "phieu/index_change.h"
#include "support/index.h"

struct years {
	struct indexed now, before;
	struct faults f;
	struct index_pairs pairs;
	struct index_change c;
};

/* What is wrong fails the test. */
void years_open(struct years *y, const char *now, const char *before);
/* Only read, into y->pairs; true when nothing is wrong. */
bool years_pairs(struct years *y, const char *json);
void years_compare(struct years *y);
void years_close(struct years *y);
/* A file of ours; the caller frees. */
char *years_text(const char *path);

/* Two documents of one set of rules, opened and compared. */
void years_small(struct years *y, const char *criteria,
		 const char *criteria_before, const char *total,
		 const char *total_before, const char *units,
		 const char *units_before, const char *pairs);
const struct index_moved *years_cell(const struct years *y, const char *unit,
				     const char *node);

#define LEAF(code, name, max, more)                                       \
	"{\"code\":\"" code "\",\"name\":\"" name "\",\"maximum\":\"" max \
	"\",\"source\":" more "}"
#define ASSESSED "\"assessed\""
#define NODE(code, max, children)                                  \
	"{\"code\":\"" code "\",\"name\":\"n\",\"maximum\":\"" max \
	"\",\"children\":[" children "]}"
#define UNIT(code, values)                          \
	"{\"code\":\"" code "\",\"name\":\"u " code \
	"\",\"kind\":\"so\",\"values\":{" values "}}"

#define TWO                                                         \
	"[" LEAF("1", "a", "60", ASSESSED) "," LEAF("2", "b", "40", \
						    ASSESSED) "]"

#endif
