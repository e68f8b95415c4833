/* dec.h - official decimals: an int64 in millionths, exact or refused.
 *
 * Points, coefficients, weights.  More than six decimals on input are an
 * error, never rounded. */
#ifndef PHIEU_DEC_H
#define PHIEU_DEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

#define DEC_ONE	     INT64_C(1000000)
#define DEC_TEXT_MAX 24 /* "-9223372036854.775807" and its NUL */

struct dec {
	int64_t micro;
};

/* "12", "-0.5", "100.000000": digits, one point, no sign +, no exponent, no
 * spaces.  ERR_INPUT says what is wrong. */
bool dec_parse(const char *s, size_t n, struct dec *out,
	       struct err *e) MUST_USE;

/* Shortest exact text ("12", "0.5"); buf holds DEC_TEXT_MAX bytes. */
const char *dec_text(struct dec d, char buf[DEC_TEXT_MAX]);

/* As for people in Vietnamese: decimal comma, `digits` kept exactly
 * ("97,69"); the value must be exact in that many digits, else all digits
 * are shown. */
const char *dec_text_vi(struct dec d, int digits, char buf[DEC_TEXT_MAX]);

/* For errors and internal statistics alone: the exact value is the decimal. */
static inline double dec_double(struct dec d)
{
	return (double)d.micro / (double)DEC_ONE;
}

bool dec_add(struct dec a, struct dec b, struct dec *out,
	     struct err *e) MUST_USE; /* ERR_MATH on overflow */
bool dec_sub(struct dec a, struct dec b, struct dec *out,
	     struct err *e) MUST_USE;
/* Is it exact in so many decimals (0: whole)? */
#define DEC_DIGITS 6
static inline bool dec_fits(struct dec d, size_t decimals)
{
	int64_t step = DEC_ONE;

	for (size_t i = 0; i < decimals && step > 1; i++)
		step /= 10;
	return d.micro % step == 0;
}
static inline int dec_cmp(struct dec a, struct dec b)
{
	return (a.micro > b.micro) - (a.micro < b.micro);
}

#endif
