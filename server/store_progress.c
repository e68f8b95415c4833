#include "phieu/store_progress.h"

#include <inttypes.h>
#include <stdio.h>

static bool read_cell(const struct res *r, size_t row, struct arena *a,
		      struct progress_row *out, struct err *e)
{
	const char **texts[] = { &out->form,  &out->form_name,
				 &out->group, &out->group_name,
				 &out->home,  &out->home_name };
	int64_t *counts[] = { &out->n.planned, &out->n.received,
			      &out->n.valid,   &out->n.queried,
			      &out->n.invalid, &out->n.set_aside };
	int i, k = 0;

	for (i = 0; i < 6; i++, k++) {
		const char *s = res_text(r, row, k);

		*texts[i] = s ? arena_strdup(a, s) : NULL;
	}
	for (i = 0; i < 6; i++, k++)
		if (!res_i64(r, row, k, counts[i], e))
			return false;
	return true;
}

bool store_progress(struct db *db, int32_t wave, struct arena *a,
		    struct progress_row **rows, size_t *n, struct err *e)
{
	struct progress_row *cells;
	char id[12];
	const char *args[] = { id };
	struct res *r;
	size_t i, count;
	bool ok = false;

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	r = db_run(db, Q_PROGRESS_CELLS, args, e);
	if (!r)
		return false;
	count = res_rows(r);
	cells = arena_array(a, count + 1, sizeof *cells);
	if (!cells) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	for (i = 0; i < count; i++)
		if (!read_cell(r, i, a, &cells[i], e))
			goto out;
	*rows = progress_add_up(a, cells, count, n);
	ok = *rows && !arena_broken(a);
	if (!ok)
		(void)err_set(e, ERR_NOMEM, "out of memory");
out:
	res_free(r);
	return ok;
}
