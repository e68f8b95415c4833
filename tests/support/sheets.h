/* sheets.h - the plan and the three good sheets that tests of submissions
 * start from. */
#ifndef TESTS_SHEETS_H
#define TESTS_SHEETS_H

#include "phieu/plan.h"

/* tests/data/sheet_plan.json; the caller frees it. */
struct plan *sheets_plan(void);

/* Own department; every type of question. */
extern const char sheets_own[];
/* Rates both departments; no home. */
extern const char sheets_all[];
/* Of a mapped table; one rating. */
extern const char sheets_mapped[];

/* `base` with the first `from` replaced by `to`; caller frees. */
char *sheets_edit(const char *base, const char *from, const char *to);

#endif
