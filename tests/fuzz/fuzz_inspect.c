/* Inspection plans beside a round: one that is taken is written as tables and
 * printed, and its canonical text is taken again and gives the same; one that
 * is refused says why, each fault with code, place and both languages. */
#include "fuzz.h"

#include <string.h>

#include "phieu/inspect.h"
#include "phieu/json.h"

#define OUTPUT ((size_t)16 << 20)

static void taken_again_is_the_same(const struct inspect_plan *p,
				    const struct round *r, struct arena *a)
{
	struct inspect_plan again;
	struct faults f;

	faults_init(&f, a);
	MUST(inspect_read(p->text, strlen(p->text), r, a, &again, &f));
	MUST(strcmp(p->text, again.text) == 0);
	MUST(strcmp(inspect_round(p->text, strlen(p->text), a), p->round) == 0);
}

static void written_is_json(const struct inspect_plan *p)
{
	struct buf b = BUF_INIT(OUTPUT);
	struct err e = { 0 };
	cJSON *tree;

	inspect_tables(p, &b);
	MUST(buf_cstr(&b));
	tree = json_parse(b.data, b.len, &json_plan_limits, &e);
	MUST(tree);
	cJSON_Delete(tree);
	buf_free(&b);
}

static void told(const struct faults *f)
{
	MUST(f->n > 0);
	for (size_t i = 0; i < f->n; i++)
		MUST(f->list[i].code[0] == 'K' && *f->list[i].message &&
		     *f->list[i].message_vi);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = { "so-a", "so-b" };
	struct index_unit units[2] = { { .code = names[0] },
				       { .code = names[1] } };
	struct index_kind kinds[1] = { { .code = "so" } };
	struct round_office offices[2] = {
		{ .code = "a", .unit = 0 }, { .code = "x", .unit = INDEX_NONE }
	};
	const struct round r = { .code = "r",
				 .set = { .units = units,
					  .n_units = 2,
					  .kinds = kinds,
					  .n_kinds = 1 },
				 .offices = offices,
				 .n_offices = 2 };
	struct arena *a = arena_new((size_t)128 << 20);
	struct inspect_plan p;
	struct faults f;

	for (int with = 0; with < 2; with++) {
		faults_init(&f, a);
		if (inspect_read((const char *)data, n, with ? &r : NULL, a, &p,
				 &f)) {
			taken_again_is_the_same(&p, with ? &r : NULL, a);
			written_is_json(&p);
		} else {
			told(&f);
		}
	}
	arena_free(a);
	return 0;
}
