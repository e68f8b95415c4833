#include "phieu/store_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "phieu/arena.h"

static bool read_row(const struct res *r, size_t row, const struct wave *w,
		     struct report_outcome *o, struct err *e)
{
	int64_t *counts[] = { &o->complete, &o->partial, &o->refused,
			      &o->not_met,  &o->other,	 &o->not_eligible };
	int64_t id;

	if (!res_i64(r, row, 0, &id, e))
		return false;
	o->group = wave_group(w, (int32_t)id);
	if (o->group == NONE)
		return err_set(e, ERR_BUG,
			       "a group of the freeze is not in the plan");
	for (int i = 0; i < 6; i++)
		if (!res_i64(r, row, 1 + i, counts[i], e))
			return false;
	return true;
}

bool store_report_outcomes(struct db *db, const struct wave *w,
			   const struct freeze *f, struct arena *a,
			   struct report_outcome **out, size_t *n,
			   struct err *e)
{
	char wave[24], no[24];
	const char *args[] = { wave, no };
	struct report_outcome *list;
	struct res *r;
	bool ok;

	(void)snprintf(wave, sizeof wave, "%" PRId32, w->id);
	(void)snprintf(no, sizeof no, "%" PRId32, f->freeze);
	r = db_run(db, Q_REPORT_OUTCOMES, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	list = arena_array(a, *n + 1, sizeof *list);
	ok = list || err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; list && ok && i < *n; i++)
		ok = read_row(r, i, w, &list[i], e);
	*out = list;
	res_free(r);
	return ok;
}
