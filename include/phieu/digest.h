/* digest.h - HTTP Digest (RFC 2617 with qop=auth): what a client says, the
 * challenges it answers, and which answers were given before. */
#ifndef PHIEU_DIGEST_H
#define PHIEU_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/err.h"

#define DIGEST_NONCE_CHARS   48 /* 16 of the time, 32 of its proof */
#define DIGEST_NONCE_SECONDS 600

/* On the arena; NULL for what is missing. */
struct digest {
	const char *username, *realm, *nonce, *uri, *response, *qop, *nc,
		*cnonce, *algorithm;
};
/* What stands behind "Digest ".  False: malformed, or something twice. */
bool digest_parse(struct arena *a, const char *s, struct digest *out) MUST_USE;

/* A challenge made at `us` (microseconds since 1970); whoever has the key
 * knows it again. */
void digest_nonce(const uint8_t *key, size_t key_n, int64_t us,
		  char out[DIGEST_NONCE_CHARS + 1]);
/* Ours, and not too old: *us is when it was made. */
bool digest_nonce_ok(const uint8_t *key, size_t key_n, const char *nonce,
		     int64_t now, int64_t *us) MUST_USE;

/* The counts (nc) that challenges were answered with.  Bounded: 8192
 * challenges of which one was answered; when a place is needed the oldest is
 * forgotten, and it and all that are older count as stale there.  So are all
 * that were made before `since`: what was answered before a restart nobody
 * remembers. */
struct digest_seen;
struct digest_seen *digest_seen_new(int64_t since); /* NULL: no memory */
void digest_seen_free(struct digest_seen *s);
/* Told the time before each challenge: when the clock was set back, new
 * challenges must not look older than what was forgotten. */
void digest_seen_clock(struct digest_seen *s, int64_t now);
/* The count of eight hexadecimal digits is fresh: more than the highest, or
 * one of the 63 below it that has not come yet (requests overtake each
 * other). */
bool digest_is_fresh(const struct digest_seen *s, int64_t nonce_us,
		     const char *nc) MUST_USE;
/* Whose response was right: the same count never again.  False: it is not
 * fresh. */
bool digest_use(struct digest_seen *s, int64_t nonce_us,
		const char *nc) MUST_USE;

/* May a password cross the line as it is?  On TLS, or from this machine, where
 * a proxy ends TLS.  `peer` as inet_ntop writes it. */
bool digest_basic_ok(bool tls, const char *peer);

#endif
