/* What a collector, or whatever stands in its place, answers to three sheets.
 * First byte: odd, the answer came whole.  A receipt is only believed of what
 * was sent, and every sheet has one result. */
#include "fuzz.h"

#include <string.h>

#include "../../collector/upload_parts.h"
#include "phieu/limits.h"
#include "phieu/utf8.h"

enum { ITEMS = 3 };

static void check(const struct outbox_item *items, const struct reply *r,
		  struct arena *a)
{
	size_t settled = 0, bad;

	for (size_t i = 0; i < ITEMS; i++) {
		const struct outbox_result *x = &r->results[i];
		const char *why;

		MUST(x->id == items[i].id);
		MUST(x->state != OUTBOX_RECEIVED ||
		     (x->receipt && *x->receipt));
		settled += x->state == OUTBOX_RECEIVED ||
			   x->state == OUTBOX_REFUSED;
		if (!x->reply)
			continue;
		for (int vi = 0; vi < 2; vi++) {
			why = upload_reasons(x->reply, vi != 0, a);
			MUST(!why || utf8_valid(why, strlen(why), &bad));
		}
	}
	MUST(settled == r->settled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct outbox_item items[ITEMS] = {
		{ 1, "{\"instanceID\":\"u:1\"}", 20, "u:1", "S1", "f:1" },
		{ 2, "{\"instanceID\":\"u:2\"}", 20, "u:2", "", "f:2" },
		{ 3, "junk", 4, "", "", "f:3" },
	};
	static const char sha[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b"
				  "822cd15d6c15b0f00a08";
	struct answer answer = { .status = 200,
				 .retry_after = -1,
				 .body = BUF_INIT(1 << 20) };
	struct arena *a = arena_new(1 << 22);
	struct reply r = { 0 };
	struct err e = { 0 };

	if (a && n > 0) {
		answer.whole = data[0] & 1;
		buf_add(&answer.body, data + 1, n - 1);
		if (upload_reply(items, ITEMS, &answer, sha, a, &r, &e))
			check(items, &r, a);
	}
	buf_free(&answer.body);
	arena_free(a);
	return 0;
}
