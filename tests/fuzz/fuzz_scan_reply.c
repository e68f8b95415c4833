/* What a collector, or whatever stands in its place, answers to a scan.  First
 * byte: the status, and whether the answer came whole.  A receipt is believed
 * of this very file only, and nothing is given up without a reason. */
#include "fuzz.h"

#include <signal.h>
#include <string.h>

#include "../../collector/upload_parts.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/outbox_scan.h"

volatile sig_atomic_t upload_stop;

#define NAME	 "CT01-00001-2 mặt trước.jpg"
#define INSTANCE "uuid:1"

static void received(const struct outbox_result *r, const struct answer *an,
		     const uint8_t sha[SHA256_BYTES])
{
	char hex[2 * SHA256_BYTES + 1];
	struct err e = { 0 };
	cJSON *o =
		json_parse(an->body.data, an->body.len, &json_plan_limits, &e);

	MUST(o && an->whole && (an->status == 200 || an->status == 201));
	hex_text(sha, SHA256_BYTES, hex);
	MUST(strcmp(json_get_text(o, "instanceID"), INSTANCE) == 0);
	MUST(strcmp(json_get_text(o, "name"), NAME) == 0);
	MUST(strcmp(json_get_text(o, "sha256"), hex) == 0);
	MUST(r->receipt && upload_is_receipt(r->receipt));
	MUST(strcmp(json_get_text(o, "receipt"), r->receipt) == 0);
	MUST(r->status && r->reply);
	cJSON_Delete(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const long status[] = { 200, 201, 200, 201, 0,	204, 302, 400,
				       401, 404, 408, 409, 413, 425, 429, 503 };
	struct outbox_scan s = { .id = 7, .instance = INSTANCE, .name = NAME };
	struct answer an = { .retry_after = -1, .body = BUF_INIT(1 << 20) };
	struct arena *a = arena_new(1 << 22);
	struct outbox_result r;

	if (a && n > 0) {
		sha256("", 0, s.sha);
		an.status = status[data[0] & 15];
		an.whole = data[0] & 16;
		buf_add(&an.body, data + 1, n - 1);
		MUST(upload_scan_reply(&s, &an, a, &r));
		MUST(r.id == 7 && r.code == an.status);
		MUST(r.state != OUTBOX_SENT);
		MUST(!r.receipt || r.state == OUTBOX_RECEIVED);
		if (r.state == OUTBOX_RECEIVED)
			received(&r, &an, s.sha);
		if (r.state == OUTBOX_REFUSED)
			MUST(r.reply && an.whole && an.status >= 400 &&
			     an.status < 500 && an.status != 429);
	}
	buf_free(&an.body);
	arena_free(a);
	return 0;
}
