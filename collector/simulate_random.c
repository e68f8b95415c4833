#include <string.h>

#include "simulate_parts.h"

void dice_init(struct dice *d, const char *seed, const char *purpose,
	       uint64_t i)
{
	uint8_t sum[SHA256_BYTES], number[8];
	struct sha256_run run;

	for (int b = 0; b < 8; b++)
		number[b] = (uint8_t)(i >> (8 * b));
	sha256_begin(&run);
	sha256_add(&run, seed, strlen(seed) + 1);
	sha256_add(&run, purpose, strlen(purpose) + 1);
	sha256_add(&run, number, sizeof number);
	sha256_end(&run, sum);
	for (int w = 0; w < 4; w++) {
		d->s[w] = 0;
		for (int b = 0; b < 8; b++)
			d->s[w] |= (uint64_t)sum[8 * w + b] << (8 * b);
	}
}

static uint64_t rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

uint64_t dice_next(struct dice *d)
{
	uint64_t *s = d->s;
	uint64_t out = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return out;
}

/* Lemire's multiplication; the bias of at most n in 2^32 does not matter
 * here. */
uint32_t dice_below(struct dice *d, uint32_t n)
{
	return (uint32_t)((dice_next(d) >> 32) * n >> 32);
}

bool dice_chance(struct dice *d, uint32_t per_mille)
{
	return dice_below(d, 1000) < per_mille;
}

int dice_normal(struct dice *d)
{
	int sum = 0;

	for (int i = 0; i < 12; i++)
		sum += (int)dice_below(d, 1001);
	return sum - 6000;
}

void simulate_instance(const char *seed, const char *purpose, uint64_t i,
		       char out[INSTANCE_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	char *p = out;
	struct dice d;
	uint8_t b[16];

	dice_init(&d, seed, purpose, i);
	for (int k = 0; k < 16; k++)
		b[k] = (uint8_t)(dice_next(&d) >> 56);
	b[6] = (uint8_t)((b[6] & 0x0F) | 0x40); /* version 4 */
	b[8] = (uint8_t)((b[8] & 0x3F) | 0x80); /* variant */
	memcpy(p, "uuid:", 5);
	p += 5;
	for (int k = 0; k < 16; k++) {
		if (k == 4 || k == 6 || k == 8 || k == 10)
			*p++ = '-';
		*p++ = hex[b[k] >> 4];
		*p++ = hex[b[k] & 15];
	}
	*p = '\0';
}
