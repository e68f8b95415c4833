/* SHA-256 of many messages at once: eight lanes of one vector, where the
 * machine has AVX2; one after the other by libsodium elsewhere.  FIPS 180-4;
 * compared with libsodium in tests. */
#include <endian.h>
#include <string.h>

#include "phieu/hash.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define LANES 8
typedef uint32_t v8 __attribute__((vector_size(32)));

static const uint32_t k256[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};
static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372,
				   0xa54ff53a, 0x510e527f, 0x9b05688c,
				   0x1f83d9ab, 0x5be0cd19 };

struct lane {
	const uint8_t *p;
	size_t whole;	   /* blocks read from p */
	size_t blocks;	   /* with those of `tail` */
	uint8_t tail[128]; /* the rest, padded */
};

static void lane_begin(struct lane *l, const struct sha256_in *in)
{
	size_t rest = in->n % 64;
	uint64_t bits = htobe64((uint64_t)in->n * 8);

	l->p = in->p;
	l->whole = in->n / 64;
	l->blocks = l->whole + (rest < 56 ? 1 : 2);
	memset(l->tail, 0, sizeof l->tail);
	if (rest)
		memcpy(l->tail, l->p + l->whole * 64, rest);
	l->tail[rest] = 0x80;
	memcpy(l->tail + (l->blocks - l->whole) * 64 - 8, &bits, sizeof bits);
}

static const uint8_t *lane_block(const struct lane *l, size_t b)
{
	if (b < l->whole)
		return l->p + b * 64;
	return b < l->blocks ? l->tail + (b - l->whole) * 64 : l->tail;
}

static uint32_t word(const uint8_t *p, size_t t)
{
	uint32_t w;

	memcpy(&w, p + 4 * t, sizeof w);
	return be32toh(w);
}

/* gcc 12's analyzer takes a vector for an integer of as many bits as it has
 * lanes. */
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wanalyzer-shift-count-overflow"
#pragma GCC diagnostic ignored "-Wanalyzer-use-of-uninitialized-value"
#endif
#define SHR(x, n) ((x) >> (n))
#define ROR(x, n) (((x) >> (n)) | ((x) << (32 - (n))))

__attribute__((target("avx2"))) static void
compress(v8 s[8], const uint8_t *const block[LANES], const v8 *live)
{
	v8 w[16], a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5],
		  g = s[6], h = s[7];

	for (size_t t = 0; t < 64; t++) {
		v8 *x = &w[t & 15], t1, t2;
		if (t < 16) {
			*x = (v8){ word(block[0], t), word(block[1], t),
				   word(block[2], t), word(block[3], t),
				   word(block[4], t), word(block[5], t),
				   word(block[6], t), word(block[7], t) };
		} else {
			v8 y = w[(t + 1) & 15], z = w[(t + 14) & 15];
			*x += (ROR(y, 7) ^ ROR(y, 18) ^ SHR(y, 3)) +
			      w[(t + 9) & 15] +
			      (ROR(z, 17) ^ ROR(z, 19) ^ SHR(z, 10));
		}
		t1 = h + (ROR(e, 6) ^ ROR(e, 11) ^ ROR(e, 25)) +
		     ((e & f) ^ (~e & g)) + k256[t] + *x;
		t2 = (ROR(a, 2) ^ ROR(a, 13) ^ ROR(a, 22)) +
		     ((a & b) ^ (a & c) ^ (b & c));
		h = g;
		g = f;
		f = e;
		e = d + t1;
		d = c;
		c = b;
		b = a;
		a = t1 + t2;
	}
	/* lanes whose message has ended stay as they are */
	s[0] += a & *live;
	s[1] += b & *live;
	s[2] += c & *live;
	s[3] += d & *live;
	s[4] += e & *live;
	s[5] += f & *live;
	s[6] += g & *live;
	s[7] += h & *live;
}

__attribute__((target("avx2"))) static void
eight(const struct sha256_in *in, size_t n, uint8_t (*out)[SHA256_BYTES])
{
	struct lane lane[LANES];
	uint32_t word_of[LANES];
	size_t most = 0;
	v8 s[8];

	for (size_t i = 0; i < LANES; i++) {
		lane_begin(&lane[i], &in[i < n ? i : 0]);
		most = lane[i].blocks > most ? lane[i].blocks : most;
	}
	for (size_t i = 0; i < 8; i++)
		s[i] = (v8){ 0 } + start[i];
	for (size_t b = 0; b < most; b++) {
		const uint8_t *block[LANES];
		v8 live = { 0 };
		for (size_t i = 0; i < LANES; i++) {
			block[i] = lane_block(&lane[i], b);
			live[i] = b < lane[i].blocks ? UINT32_MAX : 0;
		}
		compress(s, block, &live);
	}
	for (size_t t = 0; t < 8; t++) {
		memcpy(word_of, &s[t], sizeof word_of);
		for (size_t i = 0; i < n; i++) {
			uint32_t w = htobe32(word_of[i]);
			memcpy(out[i] + 4 * t, &w, sizeof w);
		}
	}
}

static bool has_lanes(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
#define LANES 8
static bool has_lanes(void)
{
	return false;
}
static void eight(const struct sha256_in *in, size_t n,
		  uint8_t (*out)[SHA256_BYTES])
{
	for (size_t i = 0; i < n; i++)
		sha256(in[i].p, in[i].n, out[i]);
}
#endif

void sha256_many(const struct sha256_in *in, size_t n,
		 uint8_t (*out)[SHA256_BYTES])
{
	bool lanes = n > 2 && has_lanes();

	for (size_t i = 0; i < n; i += LANES) {
		size_t some = n - i < LANES ? n - i : LANES;
		if (lanes && some > 2) {
			eight(in + i, some, out + i);
			continue;
		}
		for (size_t k = 0; k < some; k++)
			sha256(in[i + k].p, in[i + k].n, out[i + k]);
	}
}
