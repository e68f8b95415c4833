#include <inttypes.h>
#include <stdio.h>

#include "phieu/improve.h"

bool store_improve_head(struct db *db, int32_t round, struct arena *a,
			struct improve_head *out, struct err *e)
{
	char id[16];
	const char *args[] = { id };
	struct res *r;
	bool ok;

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	r = db_run(db, Q_IMPROVE_HEAD, args, e);
	if (!r)
		return false;
	ok = res_rows(r) == 1;
	if (!ok)
		(void)err_set(e, ERR_INPUT,
			      "kỳ chưa có kế hoạch nâng cao (the round has no "
			      "plan)");
	if (ok) {
		out->title = res_dup(a, r, 0, 0);
		out->basis = res_dup(a, r, 0, 1);
		out->days = res_dup(a, r, 0, 2);
		out->next = res_dup(a, r, 0, 3);
		ok = !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
	}
	res_free(r);
	return ok;
}
