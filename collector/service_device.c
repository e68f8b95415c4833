/* Names and passwords of devices (HTTP Basic and Digest, RFC 7617, RFC 2617
 * with qop=auth) on the addresses without a key.  The password's half that is
 * kept stays in the database, which does the comparing. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "phieu/date.h"
#include "phieu/digest.h"
#include "phieu/log.h"
#include "service_impl.h"

#define REALM	  "phieu"
#define FIELD_MAX 4096

/* Basic says the password to whoever listens: on TLS only, or to a proxy on
 * this machine that ends it. */
static bool basic_ok(const struct service *s, const struct http_request *rq)
{
	return conf_bool(s->conf, "openrosa-basic") &&
	       digest_basic_ok(s->tls, rq->peer);
}

static bool challenge(struct service *s, struct http_request *rq,
		      struct http_reply *rp, bool stale, const char *code,
		      const char *message, const char *vi)
{
	const size_t room = sizeof rp->headers / sizeof rp->headers[0];
	char nonce[DIGEST_NONCE_CHARS + 1];
	int64_t now = clock_now_us();
	const char *text = NULL;

	http_error(rq, rp, 401, code, message, vi);
	digest_seen_clock(s->seen, now);
	/* made from what collectors of one database share: a second one does
	 * not ask everybody again */
	digest_nonce(s->receipt_keys[0].key, RECEIPT_KEY_BYTES, now, nonce);
	if (conf_bool(s->conf, "openrosa-digest"))
		text = arena_printf(rq->arena,
				    "Digest realm=\"" REALM
				    "\", domain=\"/\", qop=\"auth\", "
				    "algorithm=MD5, nonce=\"%s\", "
				    "opaque=\"phieu\"%s",
				    nonce, stale ? ", stale=true" : "");
	/* the same header twice: clients take the first they know */
	if (text && rp->n_headers < room)
		rp->headers[rp->n_headers++] =
			(struct http_header_out){ "WWW-Authenticate", text };
	if (basic_ok(s, rq) && rp->n_headers < room)
		rp->headers[rp->n_headers++] =
			(struct http_header_out){ "WWW-Authenticate",
						  "Basic realm=\"" REALM
						  "\", charset=\"UTF-8\"" };
	return false;
}

static bool wrong(struct service *s, struct http_request *rq,
		  struct http_reply *rp)
{
	return challenge(s, rq, rp, false, "wrong-login",
			 "the device's name or password is wrong",
			 "Tên thiết bị hoặc mật khẩu không đúng");
}

/* The path that was signed is the path that was asked for: with its query,
 * or, as some clients do, without. */
static bool is_this_path(const struct http_request *rq, const char *uri)
{
	size_t n = strlen(rq->path);

	if (strncmp(uri, rq->path, n) != 0)
		return false;
	uri += n;
	if (*uri == '\0')
		return true;
	return *uri == '?' && rq->query && strcmp(uri + 1, rq->query) == 0;
}

static bool digest_ok(const struct http_request *rq, const struct digest *d)
{
	return d->username && d->realm && d->nonce && d->uri && d->response &&
	       d->qop && d->nc && d->cnonce && strcmp(d->realm, REALM) == 0 &&
	       strcmp(d->qop, "auth") == 0 &&
	       (!d->algorithm || strcasecmp(d->algorithm, "MD5") == 0) &&
	       strlen(d->response) == 2 * (size_t)MD5_BYTES &&
	       is_this_path(rq, d->uri);
}

static const char *digest_secret(struct http_request *rq,
				 const struct digest *d)
{
	const char *method =
		rq->is_head ? "HEAD" : http_method_name(rq->method);
	char *a2 = arena_printf(rq->arena, "%s:%s", method, d->uri);
	uint8_t sum[MD5_BYTES];
	char hex[2 * MD5_BYTES + 1];

	if (!a2)
		return NULL;
	md5(a2, strlen(a2), sum);
	hex_text(sum, sizeof sum, hex);
	return arena_printf(rq->arena, "%s:%s:%s:%s:%s", d->nonce, d->nc,
			    d->cnonce, d->qop, hex);
}

struct login {
	const char *name, *secret, *response;
	const char *nc;	  /* Digest only */
	int64_t nonce_us; /* when its challenge was made */
};

static bool stale(struct service *s, struct http_request *rq,
		  struct http_reply *rp)
{
	return challenge(s, rq, rp, true, "stale-login",
			 "the challenge is too old or was answered with this "
			 "count before, answer the new one",
			 "Phiên xác thực đã cũ hoặc đã dùng, hãy thử lại");
}

static bool read_digest(struct service *s, struct http_request *rq,
			struct http_reply *rp, const char *header,
			struct login *out)
{
	struct digest d = { 0 };

	if (!conf_bool(s->conf, "openrosa-digest") ||
	    strlen(header) > FIELD_MAX ||
	    !digest_parse(rq->arena, header, &d) || !digest_ok(rq, &d))
		return wrong(s, rq, rp);
	if (!digest_nonce_ok(s->receipt_keys[0].key, RECEIPT_KEY_BYTES, d.nonce,
			     clock_now_us(), &out->nonce_us) ||
	    !digest_is_fresh(s->seen, out->nonce_us, d.nc))
		return stale(s, rq, rp);
	out->nc = d.nc;
	out->name = d.username;
	out->secret = digest_secret(rq, &d);
	out->response = d.response;
	if (!out->secret)
		reply_down(rq, rp);
	return out->secret != NULL;
}

static bool read_basic(struct service *s, struct http_request *rq,
		       struct http_reply *rp, struct login *out)
{
	if (!basic_ok(s, rq) || !http_basic(rq, &out->name, &out->secret))
		return wrong(s, rq, rp);
	return true;
}

static bool read_login(struct service *s, struct http_request *rq,
		       struct http_reply *rp, struct login *out)
{
	const char *header = http_header(rq, "Authorization");

	if (header && strncasecmp(header, "Digest ", 7) == 0)
		return read_digest(s, rq, rp, header + 7, out);
	if (header && strncasecmp(header, "Basic ", 6) == 0)
		return read_basic(s, rq, rp, out);
	return challenge(s, rq, rp, false, "no-login",
			 "a device's name and password are wanted",
			 "Cần tên thiết bị và mật khẩu");
}

bool device_auth(struct service *s, struct http_request *rq,
		 struct http_reply *rp, struct agent_scope **out)
{
	struct login login = { 0 };
	bool found = false;
	struct err e = { 0 };

	if (!conf_bool(s->conf, "openrosa-digest") &&
	    !conf_bool(s->conf, "openrosa-basic")) {
		http_error(rq, rp, 404, "not-found", "no such path",
			   "Không có đường dẫn này");
		return false;
	}
	if (!read_login(s, rq, rp, &login))
		return false;
	*out = arena_alloc(rq->arena, sizeof **out);
	if (!*out || !s->look) {
		reply_down(rq, rp);
		return false;
	}
	if (!store_login_find(s->look, login.name, login.secret, login.response,
			      rq->arena, &found, *out, &e)) {
		/* a name that is not text is nobody's */
		if (e.kind == ERR_INPUT)
			return wrong(s, rq, rp);
		log_err(LOG_WARN, rq->id, "login-lookup", &e);
		reply_down(rq, rp);
		return false;
	}
	if (!found)
		return wrong(s, rq, rp);
	/* only now: what nobody's name goes with takes no place */
	return !login.nc || digest_use(s->seen, login.nonce_us, login.nc) ||
	       stale(s, rq, rp);
}
