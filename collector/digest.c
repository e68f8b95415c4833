#include "phieu/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phieu/hash.h"

/* ---- what a client says -------------------------------------------------
 */

static const char **digest_field(struct digest *d, const char *name, size_t n)
{
	const struct {
		const char *name;
		const char **to;
	} fields[] = {
		{ "username", &d->username },
		{ "realm", &d->realm },
		{ "nonce", &d->nonce },
		{ "uri", &d->uri },
		{ "response", &d->response },
		{ "qop", &d->qop },
		{ "nc", &d->nc },
		{ "cnonce", &d->cnonce },
		{ "algorithm", &d->algorithm },
	};

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (strlen(fields[i].name) == n &&
		    strncasecmp(fields[i].name, name, n) == 0)
			return fields[i].to;
	return NULL;
}

/* One value, quoted or not; where the next begins, NULL: malformed. */
static const char *take_value(struct arena *a, const char *s, const char **out)
{
	char *copy = arena_strdup(a, s), *to = copy;
	bool quoted = *s == '"';

	*out = copy;
	if (!copy)
		return NULL;
	for (s += quoted; *s && (quoted ? *s != '"' : !strchr(", \t", *s));
	     s++) {
		if (quoted && *s == '\\' && s[1])
			s++;
		*to++ = *s;
	}
	*to = '\0';
	if (quoted && *s++ != '"')
		return NULL;
	return s;
}

bool digest_parse(struct arena *a, const char *s, struct digest *d)
{
	*d = (struct digest){ 0 };
	while (*s) {
		const char **to, *value;
		size_t n;

		s += strspn(s, ", \t");
		n = strcspn(s, "=, \t");
		if (n == 0)
			return *s == '\0';
		to = digest_field(d, s, n);
		s += n;
		s += strspn(s, " \t");
		if (*s != '=')
			return false;
		s++;
		s += strspn(s, " \t");
		s = take_value(a, s, &value);
		if (!s || (to && *to))
			return false;
		if (to)
			*to = value;
	}
	return true;
}

/* ---- challenges -----------------------------------------------------------
 */

void digest_nonce(const uint8_t *key, size_t key_n, int64_t us,
		  char out[DIGEST_NONCE_CHARS + 1])
{
	uint8_t sum[SHA256_BYTES];
	struct sha256_run run;

	(void)snprintf(out, DIGEST_NONCE_CHARS + 1, "%016llx",
		       (unsigned long long)us);
	sha256_begin(&run);
	sha256_add(&run, key, key_n);
	sha256_add(&run, "digest-nonce", 12);
	sha256_add(&run, out, 16);
	sha256_end(&run, sum);
	hex_text(sum, 16, out + 16);
}

bool digest_nonce_ok(const uint8_t *key, size_t key_n, const char *nonce,
		     int64_t now, int64_t *us)
{
	char want[DIGEST_NONCE_CHARS + 1];
	int64_t then = 0;

	if (strlen(nonce) != DIGEST_NONCE_CHARS)
		return false;
	for (int i = 0; i < 16; i++) {
		int d = hex_digit(nonce[i]);

		if (d < 0 || (i == 0 && d > 7))
			return false;
		then = then * 16 + d;
	}
	digest_nonce(key, key_n, then, want);
	*us = then;
	return bytes_equal(want, nonce, DIGEST_NONCE_CHARS) && then <= now &&
	       now - then < DIGEST_NONCE_SECONDS * INT64_C(1000000);
}

/* ---- which counts came ------------------------------------------------------
 */

enum { BUCKETS = 1024, WAYS = 8, WINDOW = 64 };

struct digest_seen {
	int64_t latest; /* that the clock said */
	struct {
		int64_t floor; /* what is not younger is stale */
		struct answered {
			int64_t us; /* 0: none */
			uint32_t top;
			uint64_t below; /* bit k: top - k came */
		} way[WAYS];
	} bucket[BUCKETS];
};

struct digest_seen *digest_seen_new(int64_t since)
{
	struct digest_seen *s = calloc(1, sizeof *s);

	for (size_t i = 0; s && i < BUCKETS; i++)
		s->bucket[i].floor = since;
	if (s)
		s->latest = since;
	return s;
}

void digest_seen_clock(struct digest_seen *s, int64_t now)
{
	for (size_t i = 0; now < s->latest && i < BUCKETS; i++)
		if (s->bucket[i].floor >= now)
			s->bucket[i].floor = now - 1;
	s->latest = now;
}

void digest_seen_free(struct digest_seen *s)
{
	free(s);
}

static bool count_of(const char *nc, uint32_t *out)
{
	uint32_t v = 0;

	if (strlen(nc) != 8)
		return false;
	for (int i = 0; i < 8; i++) {
		int d = hex_digit(nc[i]);

		if (d < 0)
			return false;
		v = v << 4 | (uint32_t)d;
	}
	*out = v;
	return v > 0;
}

/* Times are spread over the buckets by their product with an odd number
 * (Knuth, TAOCP 3, 6.4: multiplicative hashing). */
static size_t bucket_of(int64_t us)
{
	return (size_t)(((uint64_t)us * UINT64_C(0x9E3779B97F4A7C15)) >> 54);
}

static bool came(const struct answered *w, uint32_t n)
{
	if (n > w->top)
		return false;
	return w->top - n >= WINDOW || (w->below >> (w->top - n) & 1);
}

bool digest_is_fresh(const struct digest_seen *s, int64_t us, const char *nc)
{
	size_t b = bucket_of(us);
	uint32_t n;

	if (!count_of(nc, &n))
		return false;
	for (size_t i = 0; i < WAYS; i++)
		if (s->bucket[b].way[i].us == us)
			return !came(&s->bucket[b].way[i], n);
	return us > s->bucket[b].floor;
}

/* An empty place, or the oldest one's. */
static struct answered *place(struct digest_seen *s, size_t b)
{
	struct answered *oldest = &s->bucket[b].way[0];

	for (size_t i = 0; i < WAYS; i++) {
		struct answered *w = &s->bucket[b].way[i];

		if (w->us < oldest->us)
			oldest = w;
	}
	if (oldest->us > s->bucket[b].floor)
		s->bucket[b].floor = oldest->us;
	return oldest;
}

bool digest_use(struct digest_seen *s, int64_t us, const char *nc)
{
	size_t b = bucket_of(us);
	struct answered *w = NULL;
	uint32_t n;

	if (!digest_is_fresh(s, us, nc) || !count_of(nc, &n))
		return false;
	for (size_t i = 0; i < WAYS; i++)
		if (s->bucket[b].way[i].us == us)
			w = &s->bucket[b].way[i];
	if (!w) {
		w = place(s, b);
		if (us <= s->bucket[b].floor) /* older than all that are kept */
			return false;
		*w = (struct answered){ .us = us };
	}
	if (n > w->top) {
		w->below = n - w->top < WINDOW ? w->below << (n - w->top) : 0;
		w->top = n;
		w->below |= 1;
	} else {
		w->below |= UINT64_C(1) << (w->top - n);
	}
	return true;
}

/* ---- Basic ----------------------------------------------------------------
 */

bool digest_basic_ok(bool tls, const char *peer)
{
	return tls || strncmp(peer, "127.", 4) == 0 ||
	       strcmp(peer, "::1") == 0 ||
	       strncmp(peer, "::ffff:127.", 11) == 0;
}
