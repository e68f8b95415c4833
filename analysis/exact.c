#include "phieu/exact.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

void exact_from_dec(mpq_t out, struct dec d)
{
	mpq_set_si(out, d.micro, (unsigned long)DEC_ONE);
	mpq_canonicalize(out);
}

static unsigned long power_of_ten(int digits)
{
	unsigned long p = 1;

	while (digits-- > 0)
		p *= 10;
	return p;
}

/* Nearest integer of |num| / den; `rule` decides the exact half. */
static void round_quotient(mpz_t q, const mpz_t num, const mpz_t den,
			   enum exact_round rule)
{
	mpz_t rest;
	int cmp;

	mpz_init(rest);
	mpz_tdiv_qr(q, rest, num, den);
	mpz_mul_2exp(rest, rest, 1);
	cmp = mpz_cmpabs(rest, den);
	if (cmp > 0 || (cmp == 0 && (rule == EXACT_HALF_UP || mpz_odd_p(q)))) {
		if (mpz_sgn(num) < 0)
			mpz_sub_ui(q, q, 1);
		else
			mpz_add_ui(q, q, 1);
	}
	mpz_clear(rest);
}

bool exact_round(const mpq_t x, int digits, enum exact_round rule,
		 struct dec *out, struct err *e)
{
	mpz_t n, q;
	bool fits;

	if (digits < 0 || digits > 6)
		return err_set(e, ERR_BUG, "rounding to %d digits", digits);
	mpz_inits(n, q, NULL);
	mpz_mul_ui(n, mpq_numref(x), power_of_ten(digits));
	round_quotient(q, n, mpq_denref(x), rule);
	mpz_mul_ui(q, q, power_of_ten(6 - digits));
	fits = mpz_fits_slong_p(q) != 0;
	if (fits)
		out->micro = mpz_get_si(q);
	mpz_clears(n, q, NULL);
	return fits || err_set(e, ERR_MATH, "value too large for points");
}

static void integer_text(const mpz_t z, struct buf *out)
{
	char *s = mpz_get_str(NULL, 10, z);

	buf_adds(out, s);
	free(s); /* GMP's default allocator is malloc */
}

void exact_text(const mpq_t x, struct buf *out)
{
	integer_text(mpq_numref(x), out);
	if (mpz_cmp_ui(mpq_denref(x), 1) != 0) {
		buf_adds(out, "/");
		integer_text(mpq_denref(x), out);
	}
}

const char *exact_fixed(struct dec d, int digits, char buf[DEC_TEXT_MAX + 8])
{
	uint64_t v = d.micro < 0 ? -(uint64_t)d.micro : (uint64_t)d.micro;
	char *at = buf + DEC_TEXT_MAX + 7;

	assert(digits >= 0 && digits <= 6);
	v /= power_of_ten(6 - digits);
	*at = '\0';
	for (int i = 0; i < digits; i++, v /= 10)
		*--at = (char)('0' + v % 10);
	if (digits > 0)
		*--at = '.';
	do {
		*--at = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	if (d.micro < 0)
		*--at = '-';
	return at;
}
