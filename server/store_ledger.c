#include "phieu/ledger.h"

#include <inttypes.h>
#include <stdio.h>

bool store_ledger_rules(struct db *db, struct buf *out, struct err *e)
{
	struct res *r = db_run(db, Q_LEDGER_RULES, NULL, e);

	if (!r)
		return false;
	buf_adds(out, "| of | status | act | next | who | reason |\n"
		      "| --- | --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < res_rows(r); i++)
		buf_addf(out, "| %s | %s | %s | %s | %s | %s |\n",
			 res_text(r, i, 0), res_text(r, i, 1),
			 res_text(r, i, 2), res_text(r, i, 3),
			 res_text(r, i, 4), res_bool(r, i, 5) ? "yes" : "");
	res_free(r);
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "out of memory");
}

bool store_ledger_may_freeze(struct db *owner, int32_t wave, struct err *e)
{
	char id[16];
	const char *args[] = { id };

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	return db_do(owner, Q_FREEZE_LEDGER, args, e) || store_desk_words(e);
}
