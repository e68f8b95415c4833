#include "phieu/hook.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "curl_ask.h"
#include "phieu/buf.h"
#include "phieu/hash.h"

void hook_sign(const uint8_t *secret, size_t n, int64_t seconds,
	       const char *body, char out[HOOK_SIGNATURE_MAX])
{
	uint8_t mac[SHA256_BYTES];
	char head[32], hex[2 * SHA256_BYTES + 1];
	int len = snprintf(head, sizeof head, "%" PRId64 ".", seconds);

	hmac_sha256(secret, n, head, (size_t)len, body, strlen(body), mac);
	hex_text(mac, sizeof mac, hex);
	(void)snprintf(out, HOOK_SIGNATURE_MAX, "t=%" PRId64 ",v1=%s", seconds,
		       hex);
}

/* ---- where to -----------------------------------------------------------
 */

enum reach { REACH_NONE, REACH_INSIDE, REACH_GLOBAL };

/* Longest first where one lies in another. */
static const struct {
	uint32_t net;
	int bits;
	enum reach reach;
} special4[] = {
	{ 0x00000000, 8, REACH_NONE },	  /* this network */
	{ 0x0A000000, 8, REACH_INSIDE },  /* RFC 1918 */
	{ 0x64400000, 10, REACH_INSIDE }, /* carrier's NAT, RFC 6598 */
	{ 0x7F000000, 8, REACH_INSIDE },  /* this machine */
	{ 0xA9FE0000, 16, REACH_NONE },	  /* link-local */
	{ 0xAC100000, 12, REACH_INSIDE }, /* RFC 1918 */
	{ 0xC0000000, 24, REACH_NONE },	  /* protocol assignments */
	{ 0xC0000200, 24, REACH_NONE },	  /* documentation */
	{ 0xC0586300, 24, REACH_NONE },	  /* 6to4 relays */
	{ 0xC0A80000, 16, REACH_INSIDE }, /* RFC 1918 */
	{ 0xC6120000, 15, REACH_NONE },	  /* benchmarks */
	{ 0xC6336400, 24, REACH_NONE },	  /* documentation */
	{ 0xCB007100, 24, REACH_NONE },	  /* documentation */
	{ 0xE0000000, 3, REACH_NONE },	  /* multicast, reserved */
};

static enum reach reach4(const uint8_t *p)
{
	uint32_t a = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		     (uint32_t)p[2] << 8 | p[3];

	for (size_t i = 0; i < sizeof special4 / sizeof special4[0]; i++)
		if ((a ^ special4[i].net) >> (32 - special4[i].bits) == 0)
			return special4[i].reach;
	return REACH_GLOBAL;
}

static enum reach reach6(const uint8_t *p)
{
	static const uint8_t zero[16], mapped[12] = { [10] = 0xFF, 0xFF };
	static const uint8_t nat64[12] = { 0, 0x64, 0xFF, 0x9B };

	if (memcmp(p, mapped, 12) == 0 || memcmp(p, nat64, 12) == 0)
		return reach4(p + 12);
	if (memcmp(p, zero, 15) == 0 && p[15] == 1)
		return REACH_INSIDE; /* this machine */
	if ((p[0] & 0xFE) == 0xFC)
		return REACH_INSIDE; /* unique local, RFC 4193 */
	if ((p[0] & 0xE0) != 0x20)
		return REACH_NONE; /* not 2000::/3 */
	if (p[0] == 0x20 && p[1] == 0x02)
		return reach4(p + 2); /* 6to4 */
	if (p[0] == 0x20 && p[1] == 0x01 &&
	    (p[2] < 0x02 || (p[2] == 0x0D && p[3] == 0xB8)))
		return REACH_NONE; /* Teredo and the like, documentation */
	return REACH_GLOBAL;
}

bool hook_address_ok(const struct sockaddr *to, bool inside)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	enum reach reach = REACH_NONE;

	if (to->sa_family == AF_INET) {
		memcpy(&v4, to, sizeof v4);
		reach = reach4((const uint8_t *)&v4.sin_addr);
	} else if (to->sa_family == AF_INET6) {
		memcpy(&v6, to, sizeof v6);
		reach = reach6(v6.sin6_addr.s6_addr);
	}
	return reach == REACH_GLOBAL || (inside && reach == REACH_INSIDE);
}

static bool has_part(CURLU *u, CURLUPart part, const char *is)
{
	char *text = NULL;
	bool has = !curl_url_get(u, part, &text, 0) && text &&
		   (!is || strcmp(text, is) == 0);

	curl_free(text);
	return has;
}

bool hook_url_ok(const char *url, bool inside, struct err *e)
{
	CURLU *u = curl_url();
	bool ok = false;

	if (!u || curl_url_set(u, CURLUPART_URL, url, 0))
		(void)err_set(e, ERR_INPUT, "not an address: %.200s", url);
	else if (has_part(u, CURLUPART_USER, NULL) ||
		 has_part(u, CURLUPART_PASSWORD, NULL) ||
		 has_part(u, CURLUPART_FRAGMENT, NULL))
		(void)err_set(e, ERR_INPUT,
			      "an address without name, password and "
			      "fragment is wanted");
	else if (!has_part(u, CURLUPART_SCHEME, "https") &&
		 !(inside && has_part(u, CURLUPART_SCHEME, "http")))
		(void)err_set(e, ERR_INPUT,
			      "https:// is wanted (http:// only with the "
			      "setting hook-inside)");
	else
		ok = true;
	curl_url_cleanup(u);
	return ok;
}

/* ---- sending ------------------------------------------------------------
 */

struct door {
	bool inside, refused;
};

/* Asked of every address that the name stands for, at the moment it is
 * called: what a name stood for before says nothing. */
static curl_socket_t open_socket(void *app, curlsocktype purpose,
				 struct curl_sockaddr *to)
{
	struct door *d = app;

	if (purpose != CURLSOCKTYPE_IPCXN ||
	    !hook_address_ok(&to->addr, d->inside)) {
		d->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t drop(char *data, size_t size, size_t n, void *app)
{
	(void)data;
	(void)app;
	return size * n;
}

static bool set_headers(const struct hook_event *ev, struct curl_slist **list)
{
	char signature[HOOK_SIGNATURE_MAX];

	hook_sign(ev->secret, ev->n_secret, (int64_t)time(NULL), ev->body,
		  signature);
	return curl_add_header(list, "Content-Type", "application/json") &&
	       curl_add_header(list, "Phieu-Event", ev->kind) &&
	       curl_add_header(list, "Phieu-Event-Id", ev->id) &&
	       curl_add_header(list, "Phieu-Signature", signature) &&
	       curl_add_header(list, "Expect", "");
}

static bool set_up(CURL *c, const struct hook_event *ev, struct door *d,
		   const struct curl_slist *headers, int timeout_seconds)
{
	return !curl_easy_setopt(c, CURLOPT_URL, ev->url) &&
	       !curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR,
				 d->inside ? "http,https" : "https") &&
	       !curl_easy_setopt(c, CURLOPT_PROXY, "") &&
	       !curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) &&
	       !curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) &&
	       !curl_easy_setopt(c, CURLOPT_USERAGENT, "phieu-hook") &&
	       !curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)timeout_seconds) &&
	       !curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) &&
	       !curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, (void *)d) &&
	       !curl_easy_setopt(c, CURLOPT_POSTFIELDS, ev->body) &&
	       !curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) &&
	       !curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop);
}

static bool judge(CURL *c, CURLcode rc, const struct door *d, struct err *e)
{
	long status = 0;

	if (rc != CURLE_OK)
		return d->refused ? err_set(e, ERR_DENIED,
					    "the address lies inside a "
					    "network (setting hook-inside)")
				  : err_set(e, ERR_DOWN, "%s",
					    curl_easy_strerror(rc));
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 300 && status < 400)
		return err_set(e, ERR_DOWN,
			       "the receiver sends us elsewhere (%ld); "
			       "redirects are not followed",
			       status);
	return (status >= 200 && status < 300) ||
	       err_set(e, ERR_DOWN, "the receiver answered %ld", status);
}

bool hook_send(const struct hook_event *ev, bool inside, int timeout_seconds,
	       struct err *e)
{
	struct curl_slist *headers = NULL;
	struct door d = { .inside = inside };
	CURL *c = curl_easy_init();
	bool ok = false;

	if (!c || !set_headers(ev, &headers) ||
	    !set_up(c, ev, &d, headers, timeout_seconds))
		(void)err_set(e, ERR_NOMEM, "libcurl does not start");
	else
		ok = judge(c, curl_easy_perform(c), &d, e);
	curl_slist_free_all(headers);
	curl_easy_cleanup(c);
	return ok;
}

int64_t hook_wait_ms(int64_t tries, int64_t base_ms, int64_t cap_ms,
		     uint32_t chance)
{
	int64_t wait = base_ms;

	while (tries-- > 0 && wait < cap_ms)
		wait *= 2;
	if (wait > cap_ms)
		wait = cap_ms;
	return wait / 2 + (wait - wait / 2) * (int64_t)chance / UINT32_MAX;
}
