/* A workbook or table of criteria, read into a document. */
#include "round_criteria_parts.h"

bool criteria_read(const void *file, size_t n, const cJSON *into,
		   struct arena *a, struct buf *out, struct faults *notes,
		   struct faults *f, struct err *e)
{
	struct criteria_reading x = { .a = a, .f = f, .notes = notes };
	bool ok = criteria_open(&x, file, n, e);

	if (ok && f->n == 0)
		criteria_levels(&x);
	if (ok && x.n > 0) {
		criteria_build(&x, into);
		if (!x.broken && !arena_broken(a))
			ok = criteria_check(&x, into, out, e);
	}
	if (ok && (x.broken || arena_broken(a) || arena_broken(f->arena)))
		ok = err_set(e, ERR_NOMEM, "out of memory");
	if (ok && f->n > 0)
		ok = err_set(e, ERR_INPUT, "the criteria have faults");
	cJSON_Delete(x.doc);
	for (int s = 0; s < SHEET_COUNT; s++)
		grid_free(x.sheet[s].g);
	faults_sort(f);
	return ok;
}
