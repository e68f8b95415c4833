/* exact.h - exact rationals (GMP) and the one rounding of official values.
 *
 * Thin: mpq_t does the work; these are the conversions and the rounding
 * rule of decision D8. */
#ifndef PHIEU_EXACT_H
#define PHIEU_EXACT_H

#include <gmp.h>
#include <stdbool.h>

#include "phieu/buf.h"
#include "phieu/dec.h"
#include "phieu/err.h"

enum exact_round { EXACT_HALF_UP, EXACT_HALF_EVEN }; /* half up: away from 0 */

void exact_from_dec(mpq_t out, struct dec d); /* out initialised */
/* Rounds to `digits` (0-6) decimals; ERR_MATH when it does not fit. */
bool exact_round(const mpq_t x, int digits, enum exact_round rule,
		 struct dec *out, struct err *e) MUST_USE;
/* "8/11", "2", "-1/3": lowest terms. */
void exact_text(const mpq_t x, struct buf *out);
/* "97.690": exactly `digits` (0-6) decimals of an already rounded value.  The
 * text lies somewhere inside buf. */
const char *exact_fixed(struct dec d, int digits, char buf[DEC_TEXT_MAX + 8]);

#endif
