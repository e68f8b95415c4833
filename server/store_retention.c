#include "phieu/store_retention.h"

struct res *store_retention_waves(struct db *owner, struct err *e)
{
	return db_run(owner, Q_RETENTION_WAVES, NULL, e);
}

struct res *store_retention_destroy(struct db *owner, const char *wave,
				    const char *reason, const char *by,
				    struct err *e)
{
	const char *args[] = { wave, reason, by };
	struct res *r;

	if (!db_begin(owner, e))
		return NULL;
	r = db_run(owner, Q_RETENTION_DESTROY, args, e);
	if (r && db_commit(owner, e))
		return r;
	res_free(r);
	db_rollback(owner);
	return NULL;
}

bool store_retention_wipe(struct db *owner, struct err *e)
{
	return db_do(owner, Q_RETENTION_WIPE, NULL, e);
}
