/* The strict check, the tree, the writer and the canonical text: what the
 * check takes has a tree; writing it canonically and reading that again gives
 * the same; a string of any bytes is written as JSON the check takes. */
#include "fuzz.h"

#include <string.h>

#include "phieu/json.h"

static const struct json_limits lim = {
	.depth = 32, .nodes = 100000, .string_bytes = 1 << 20, .bytes = 1 << 20
};

static void any_bytes_can_be_written(const char *s, size_t n)
{
	struct buf b = BUF_INIT((size_t)8 << 20);
	struct err e;

	jw_escape(&b, s, n);
	MUST(buf_cstr(&b));
	if (!memchr(s, 0, n)) /* NUL leaves as the escape we refuse */
		MUST(json_check(b.data, b.len, &lim, NULL, &e));
	buf_free(&b);
}

static void canonical_is_stable(const cJSON *tree)
{
	struct buf once = BUF_INIT((size_t)8 << 20);
	struct buf twice = BUF_INIT((size_t)8 << 20);
	struct err e;
	cJSON *again;

	if (json_canonical(tree, &once, &e)) {
		again = json_parse(once.data, once.len, &lim, &e);
		MUST(again);
		MUST(cJSON_Compare(tree, again, true));
		MUST(json_canonical(again, &twice, &e));
		MUST(once.len == twice.len);
		MUST(memcmp(once.data, twice.data, once.len) == 0);
		cJSON_Delete(again);
	} else {
		MUST(e.kind == ERR_INPUT);
	}
	buf_free(&once);
	buf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data;
	size_t at = 0;
	struct err e;
	cJSON *tree;

	any_bytes_can_be_written(s, n);
	if (!json_check(s, n, &lim, &at, &e)) {
		MUST(at <= n);
		MUST(e.kind == ERR_INPUT && e.msg[0]);
		return 0;
	}
	tree = json_parse(s, n, &lim, &e);
	MUST(tree);
	canonical_is_stable(tree);
	cJSON_Delete(tree);
	return 0;
}
