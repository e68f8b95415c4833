#include "phieu/store_sheets.h"

#include <stdio.h>
#include <string.h>

static bool read_int(const struct res *r, size_t row, int col, int32_t *out,
		     struct err *e)
{
	int64_t v = 0;

	if (!res_null(r, row, col) && !res_i64(r, row, col, &v, e))
		return false;
	*out = (int32_t)v;
	return true;
}

bool store_agent_sheets(struct db *db, int32_t key,
			void (*row)(const struct sheet_row *r, void *arg),
			void *arg, struct err *e)
{
	char text[16];
	const char *args[] = { text };
	struct sheet_row one;
	struct res *r;
	bool ok;

	(void)snprintf(text, sizeof text, "%d", key);
	r = db_run(db, Q_AGENT_SHEETS, args, e);
	ok = r != NULL;
	for (size_t i = 0; ok && i < res_rows(r); i++) {
		one.sheet = res_text(r, i, 0);
		one.status = res_text(r, i, 4);
		one.changed_on = res_text(r, i, 5);
		ok = read_int(r, i, 1, &one.form, e) &&
		     read_int(r, i, 2, &one.group, e) &&
		     read_int(r, i, 3, &one.home, e);
		if (ok)
			row(&one, arg);
	}
	res_free(r);
	return ok;
}

/* Somebody else's act is under way: nothing is wrong, and nothing was done. */
static bool busy(struct err *e)
{
	if (strcmp(e->sqlstate, "55P03") != 0)
		return false;
	*e = (struct err){ 0 };
	return err_set(e, ERR_DOWN, "sổ phiếu đang bận (the ledger is busy)");
}

bool store_agent_tell(struct db *db, int32_t key, const char *id,
		      const char *act, const char *sheets, const char *reason,
		      void (*row)(const struct told_row *r, void *arg),
		      void *arg, struct err *e)
{
	char text[16];
	const char *args[] = { text, id, act, sheets, reason };
	struct res *r;

	(void)snprintf(text, sizeof text, "%d", key);
	r = db_run(db, Q_AGENT_TELL, args, e);
	if (!r)
		return busy(e);
	for (size_t i = 0; i < res_rows(r); i++) {
		const struct told_row one = { res_text(r, i, 0),
					      res_text(r, i, 1),
					      res_text(r, i, 2) };

		row(&one, arg);
	}
	res_free(r);
	return true;
}
