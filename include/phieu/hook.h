/* hook.h - sends one event to a webhook: signed, bounded in time, never
 * redirected, never into the inside of our own network unless allowed. */
#ifndef PHIEU_HOOK_H
#define PHIEU_HOOK_H

#include "phieu/err.h"
#include "phieu/store_hook.h"

struct sockaddr;

#define HOOK_SIGNATURE_MAX 112

/* "t=<seconds>,v1=<hex>": HMAC-SHA256 (RFC 2104) over "<seconds>.<body>". */
void hook_sign(const uint8_t *secret, size_t n, int64_t seconds,
	       const char *body, char out[HOOK_SIGNATURE_MAX]);

/* An address that may be called: a global one (IANA's special-purpose
 * registries, RFC 6890), with `inside` also one of our own network or
 * machine; link-local, multicast and none at all never. */
bool hook_address_ok(const struct sockaddr *to, bool inside);

/* http(s), a host, neither name and password nor fragment; http only with
 * `inside`.  ERR_INPUT. */
bool hook_url_ok(const char *url, bool inside, struct err *e) MUST_USE;

/* Milliseconds before try number `tries` + 1: doubling from base_ms, capped,
 * the upper half of it by chance (`chance` 0 to UINT32_MAX). */
int64_t hook_wait_ms(int64_t tries, int64_t base_ms, int64_t cap_ms,
		     uint32_t chance);

/* True when the receiver answered 2xx; else *e says what came instead. */
bool hook_send(const struct hook_event *ev, bool inside, int timeout_seconds,
	       struct err *e) MUST_USE;

#endif
