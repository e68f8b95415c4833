/* Workbooks and tables of criteria: one that is taken gives a document that is
 * an index set without faults, and is itself taken as JSON; one that is refused
 * says why, in both languages. */
#include "fuzz.h"

#include <string.h>

#include "phieu/criteria.h"
#include "phieu/json.h"
#include "phieu/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct buf out = BUF_INIT(LIMIT_PLAN_BYTES);
	struct faults f, notes;
	struct err e = { 0 };
	cJSON *doc;

	faults_init(&f, a);
	faults_init(&notes, a);
	if (criteria_read(data, n, NULL, a, &out, &notes, &f, &e)) {
		MUST(f.n == 0 && buf_cstr(&out));
		doc = json_parse(out.data, out.len, &json_plan_limits, &e);
		MUST(doc && cJSON_IsArray(json_get(doc, "criteria")) &&
		     json_get(doc, "criteria")->child);
		cJSON_Delete(doc);
	} else {
		MUST(f.n > 0 || e.kind == ERR_NOMEM);
		for (size_t i = 0; i < f.n; i++)
			MUST(f.list[i].message[0] && f.list[i].message_vi[0]);
	}
	buf_free(&out);
	arena_free(a);
	return 0;
}
