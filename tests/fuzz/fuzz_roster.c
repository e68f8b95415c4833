/* A list of persons: what is taken is JSON with as many members as persons
 * were counted, each with its row and two marks; what is refused has faults,
 * or says why. */
#include "fuzz.h"

#include <string.h>

#include "phieu/json.h"
#include "phieu/store_recheck.h"

static void is_a_person(const cJSON *o)
{
	static const char *const words[] = { "code", "name",	"group",
					     "unit", "contact", "agent" };
	int64_t row;
	size_t texts = 0, all = 0;

	MUST(json_get_int(o, "row", &row) && row > 1);
	MUST(cJSON_IsBool(json_get(o, "visited")));
	MUST(cJSON_IsBool(json_get(o, "collected")));
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (json_get(o, words[i])) {
			MUST(json_get_text(o, words[i])[0]);
			texts++;
		}
	for (const cJSON *m = o->child; m; m = m->next)
		all++;
	MUST(all == texts + 3);
}

static void taken(const struct buf *rows, size_t n_rows)
{
	static const struct json_limits wide = { .depth = 8,
						 .nodes = 10000000,
						 .string_bytes = 1 << 24,
						 .bytes = 1 << 26 };
	struct err e = { 0 };
	cJSON *o = json_parse(rows->data, rows->len, &wide, &e);
	size_t n = 0;

	MUST(o && cJSON_IsArray(o));
	for (const cJSON *p = o->child; p; p = p->next, n++)
		is_a_person(p);
	MUST(n == n_rows && n > 0);
	cJSON_Delete(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf rows = BUF_INIT(1 << 25);
	struct arena *a = arena_new((size_t)1 << 25);
	struct faults f = { 0 };
	struct err e = { 0 };
	size_t n_rows;

	if (!a)
		return 0;
	faults_init(&f, a);
	if (roster_read(data, n, a, &rows, &n_rows, &f, &e)) {
		MUST(f.n == 0 && e.kind == ERR_NONE);
		taken(&rows, n_rows);
	} else {
		MUST(f.n > 0 || (e.kind != ERR_NONE && e.kind != ERR_BUG));
	}
	buf_free(&rows);
	arena_free(a);
	return 0;
}
