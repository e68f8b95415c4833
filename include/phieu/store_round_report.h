/* store_round_report.h - what a report of a round rests on, from the
 * database. */
#ifndef PHIEU_STORE_ROUND_REPORT_H
#define PHIEU_STORE_ROUND_REPORT_H

#include "phieu/db.h"
#include "phieu/round_report.h"

/* A result with its facts; `document` and `input` are the texts that it was
 * computed by.  `result` NULL: the one published last, else the newest.
 * ERR_INPUT: there is none.  superior, body, place are left "": they stand in
 * the document. */
bool store_round_facts(struct db *db, int32_t round, const char *result,
		       struct arena *a, struct report_facts *out,
		       const char **document, const char **input,
		       struct err *e) MUST_USE;

#endif
