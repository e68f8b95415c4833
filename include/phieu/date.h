/* date.h - calendar days and instants.  Reading the clock is the caller's
 * business (clock_now_us); nothing else here looks at it. */
#ifndef PHIEU_DATE_H
#define PHIEU_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

#define DATE_TEXT_MAX	 11 /* YYYY-MM-DD */
#define INSTANT_TEXT_MAX 28 /* YYYY-MM-DDTHH:MM:SS.ffffffZ */

struct date {
	int32_t days; /* since 1970-01-01, proleptic Gregorian */
};

/* Exactly YYYY-MM-DD, a day that exists, years 1900-9999. */
bool date_parse(const char *s, size_t n, struct date *out,
		struct err *e) MUST_USE;
const char *date_text(struct date d, char buf[DATE_TEXT_MAX]);
struct date date_from_ymd(int y, int m, int d);
void date_ymd(struct date d, int *y, int *m, int *day);
const char *date_text_vi(struct date d,
			 char buf[DATE_TEXT_MAX]); /* dd/mm/yyyy */

/* Microseconds since 1970 UTC. */
bool instant_parse(const char *s, size_t n, int64_t *us,
		   struct err *e) MUST_USE; /* offset or Z required */
const char *instant_text(int64_t us, char buf[INSTANT_TEXT_MAX]);
/* The day on the wall in Việt Nam (UTC+7, no summer time). */
struct date instant_day_vn(int64_t us);

int64_t clock_now_us(void);	  /* wall clock */
int64_t clock_monotonic_us(void); /* for durations only */

#endif
