/* Specifications: one that is taken is run on a small table with the columns
 * it asks for, and its results are JSON; one that is refused says why. */
#include "fuzz.h"

#include <string.h>

#include "phieu/estimate_spec.h"
#include "phieu/limits.h"

#define ROWS 24

/* A table for any names: numbers everywhere, few of them. */
static bool fill(struct frame *f, struct err *e)
{
	static const char *const value[] = { "1", "2", "4", "5", "3", "0", "" };
	struct csv_cell cell[64];
	size_t n = f->n_columns < 63 ? f->n_columns : 63;

	if (f->n_columns > 63)
		return false;
	for (size_t i = 0; i < n; i++)
		cell[i] = (struct csv_cell){ f->column[i].name,
					     strlen(f->column[i].name), false };
	cell[n] = (struct csv_cell){ "\001", 1, false };
	if (!frame_header(f, cell, n + 1, e))
		return false;
	for (size_t r = 0; r < ROWS; r++) {
		for (size_t i = 0; i <= n; i++) {
			const char *v =
				value[(r * (i + 3) + i) % (i % 3 == 0 ? 6 : 7)];

			cell[i] = (struct csv_cell){ v, strlen(v), false };
		}
		if (!frame_row(f, cell, n + 1, r + 2, e))
			return false;
	}
	return frame_done(f, e);
}

static void results_are_json(const struct spec *s,
			     const struct est_results *out)
{
	struct buf b = BUF_INIT((size_t)64 << 20);
	struct err e = { 0 };
	cJSON *tree;

	est_write_json(s, out, &b);
	MUST(buf_cstr(&b));
	tree = json_parse(b.data, b.len, &json_plan_limits, &e);
	MUST(tree || b.len > (size_t)1 << 20);
	cJSON_Delete(tree);
	b.len = 0;
	est_write_csv(s, out, &b);
	MUST(buf_cstr(&b));
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)128 << 20);
	struct est_results out;
	struct faults faults;
	struct frame f;
	struct spec s;
	struct err e = { 0 };

	faults_init(&faults, a);
	MUST(frame_init(&f, 1000, &e));
	if (!spec_read((const char *)data, n, a, &f, &s, &faults)) {
		MUST(faults.n > 0);
	} else if (fill(&f, &e)) {
		if (spec_run(&s, &f, a, &out, &e))
			results_are_json(&s, &out);
		else
			MUST(e.kind != ERR_NONE && e.kind != ERR_BUG);
	}
	frame_clear(&f);
	arena_free(a);
	return 0;
}
