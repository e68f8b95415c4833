/* Index documents: one that is taken is computed, explained and written, and
 * what is written is taken again and gives the same; one that is refused says
 * why. */
#include "fuzz.h"

#include <string.h>

#include "phieu/index_file.h"
#include "phieu/json.h"

#define OUTPUT ((size_t)16 << 20)

static void explain_all(const struct index *ix, struct arena *a)
{
	const struct index_set *s = index_set_of(ix);
	struct index_record *r;
	struct err e = { 0 };
	size_t n;

	for (size_t u = 0; u < s->n_units && u < 4; u++) {
		for (size_t k = 0; k < s->n_nodes && k < 20; k++)
			MUST(index_explain(ix, u, k, a, &r, &n, &e) && n > 0);
		MUST(index_explain(ix, u, INDEX_NONE, a, &r, &n, &e) && n > 1);
	}
}

static void written_again_is_the_same(const struct index_set *s)
{
	struct buf first = BUF_INIT(OUTPUT), second = BUF_INIT(OUTPUT);
	struct arena *a = arena_new((size_t)64 << 20);
	struct faults f;
	struct index_set back;

	faults_init(&f, a);
	index_write_set(s, &first);
	MUST(buf_cstr(&first));
	MUST(index_read(first.data, first.len, a, &back, &f));
	index_write_set(&back, &second);
	MUST(first.len == second.len &&
	     memcmp(first.data, second.data, first.len) == 0);
	buf_free(&first);
	buf_free(&second);
	arena_free(a);
}

static void compute(const struct index_set *s, struct arena *a)
{
	struct index_mismatch *m;
	struct index_more *more;
	struct err e = { 0 };
	struct buf b = BUF_INIT(OUTPUT);
	struct index *ix = index_new(s, a, &e);
	size_t n;
	cJSON *tree;

	if (!ix) { /* sums too large */
		MUST(e.kind == ERR_MATH);
		return;
	}
	MUST(index_mismatches(ix, a, &m, &n, &e));
	index_write_json(ix, NULL, m, n, &b);
	MUST(buf_cstr(&b));
	tree = json_parse(b.data, b.len, &json_plan_limits, &e);
	MUST(tree);
	cJSON_Delete(tree);
	b.len = 0;
	index_write_csv(ix, &b);
	MUST(buf_cstr(&b));
	buf_free(&b);
	explain_all(ix, a);
	if (!index_one_more(ix, a, &more, &n, &e))
		MUST(e.kind == ERR_MATH);
	index_free(ix);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)128 << 20);
	struct index_set s;
	struct faults f;

	faults_init(&f, a);
	if (!index_read((const char *)data, n, a, &s, &f)) {
		MUST(f.n > 0);
	} else {
		written_again_is_the_same(&s);
		compute(&s, a);
	}
	arena_free(a);
	return 0;
}
