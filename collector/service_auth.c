/* Whose key is it?  Asked of the database once in KEY_SECONDS a key; what a
 * batch stores is checked again by field.intake, so that revoking works at
 * once. */
#include <stdlib.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/log.h"
#include "service_impl.h"

void reply_down(struct http_request *rq, struct http_reply *rp)
{
	http_error(rq, rp, 503, "unavailable",
		   "the store does not answer; send the same again",
		   "Kho dữ liệu tạm ngừng; hãy gửi lại đúng nội dung này");
	http_set_header(rp, "Retry-After", "2");
}

void service_keys_forget(struct service *s)
{
	for (size_t i = 0; i < KEY_SLOTS; i++)
		s->keys[i].until_us = 0;
}

static struct key_slot *slot_of(struct service *s, const uint8_t hash[32])
{
	return &s->keys[(size_t)(hash[0] | hash[1] << 8) % KEY_SLOTS];
}

/* The slot filled with this key; NULL with e, or with ERR_NONE: nobody's. */
static struct key_slot *find(struct service *s, const uint8_t hash[32],
			     struct err *e)
{
	struct key_slot *k = slot_of(s, hash);
	int64_t now = clock_monotonic_us();
	bool found = false;

	if (k->until_us > now && memcmp(k->hash, hash, 32) == 0)
		return k;
	if (!s->look) {
		err_set(e, ERR_DOWN, "the database is away");
		return NULL;
	}
	k->until_us = 0;
	if (!k->arena)
		k->arena = arena_new((size_t)1 << 20);
	if (!k->arena) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	arena_reset(k->arena);
	if (!store_key_find(s->look, hash, k->arena, &found, &k->scope, e) ||
	    !found)
		return NULL;
	memcpy(k->hash, hash, 32);
	k->until_us = now + KEY_SECONDS * INT64_C(1000000);
	if (k->scope.seconds_left < KEY_SECONDS)
		k->until_us = now + (int64_t)(k->scope.seconds_left * 1e6);
	return k;
}

/* The request's own: a slot may be filled anew while it waits. */
static struct agent_scope *own_scope(struct http_request *rq,
				     const struct agent_scope *from)
{
	struct agent_scope *to = arena_alloc(rq->arena, sizeof *to);
	size_t nf = from->n_forms * sizeof *to->forms;
	size_t nh = from->n_homes * sizeof *to->homes;

	if (!to)
		return NULL;
	*to = *from;
	to->device = NULL; /* the slot's */
	to->forms = arena_alloc(rq->arena, nf + 1);
	to->homes = arena_alloc(rq->arena, nh + 1);
	if (!to->forms || !to->homes)
		return NULL;
	if (nf)
		memcpy(to->forms, from->forms, nf);
	if (nh)
		memcpy(to->homes, from->homes, nh);
	return to;
}

bool no_key(struct http_request *rq, struct http_reply *rp, const char *code,
	    const char *message, const char *vi)
{
	http_error(rq, rp, 401, code, message, vi);
	http_set_header(rp, "WWW-Authenticate", "Bearer realm=\"phieu\"");
	return false;
}

/* A key from a QR picture works on the device that used it first. */
static bool device_ok(struct service *s, struct http_request *rq,
		      struct http_reply *rp, struct key_slot *k)
{
	const char *device = http_query(rq, "deviceID");
	struct err e = { 0 };

	if (!k->scope.binds)
		return true;
	if (device && !k->scope.device &&
	    !store_key_bind(s->look, k->hash, device, k->arena,
			    &k->scope.device, &e)) {
		k->until_us = 0;
		log_err(LOG_WARN, rq->id, "key-bind", &e);
		reply_down(rq, rp);
		return false;
	}
	if (device && k->scope.device && strcmp(device, k->scope.device) == 0)
		return true;
	if (device && !k->scope.device)
		return no_key(
			rq, rp, "key-unused",
			"this key was not used in time after its QR "
			"picture was made; ask for a new one",
			"Mã QR đã quá hạn sử dụng lần đầu; hãy xin mã mới");
	return no_key(rq, rp, "wrong-device",
		      "this key belongs to another device",
		      "Khóa này đã gắn với thiết bị khác");
}

static bool scope_ok(struct http_request *rq, struct http_reply *rp,
		     const struct agent_scope *scope)
{
	if (scope->revoked)
		return no_key(rq, rp, "key-revoked", "this key was revoked",
			      "Khóa truy cập đã bị thu hồi");
	if (scope->seconds_left <= 0)
		return no_key(rq, rp, "key-expired", "this key has expired",
			      "Khóa truy cập đã hết hạn");
	return true;
}

static bool token_auth(struct service *s, struct http_request *rq,
		       struct http_reply *rp, const char *token)
{
	struct err e = { 0 };
	struct key_slot *k;
	uint8_t hash[32];

	token_hash(token, hash);
	k = find(s, hash, &e);
	if (!k && e.kind == ERR_NONE)
		return no_key(rq, rp, "unknown-key", "nobody's key",
			      "Khóa truy cập không đúng");
	if (!k) {
		log_err(LOG_WARN, rq->id, "key-lookup", &e);
		reply_down(rq, rp);
		return false;
	}
	if (!scope_ok(rq, rp, &k->scope))
		return false;
	if (k->scope.binds && !k->scope.device && !s->look) {
		reply_down(rq, rp);
		return false;
	}
	if (!device_ok(s, rq, rp, k))
		return false;
	rq->identity = own_scope(rq, &k->scope);
	if (!rq->identity)
		reply_down(rq, rp);
	return rq->identity != NULL;
}

bool service_auth(struct http_request *rq, int permission,
		  struct http_reply *rp, void *app)
{
	const char *token =
		permission == PERM_KEY ? rq->param[0] : http_bearer(rq);
	struct agent_scope *scope = NULL;

	if (permission == PERM_DEVICE) {
		if (!device_auth(app, rq, rp, &scope) ||
		    !scope_ok(rq, rp, scope))
			return false;
		rq->identity = scope;
		return true;
	}
	if (!token)
		return no_key(rq, rp, "no-key", "an agent's key is wanted",
			      "Cần khóa truy cập của điều tra viên");
	return token_auth(app, rq, rp, token);
}
