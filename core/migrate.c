#include "phieu/migrate.h"

#include <string.h>

#include "phieu/hash.h"

/* Every start asks for those of all texts: they are made with the program. */
static void digest(const struct migration *m, char hex[65])
{
	uint8_t sum[SHA256_BYTES];

	if (m->sha256) {
		memcpy(hex, m->sha256, 65);
		return;
	}
	sha256(m->sql, strlen(m->sql), sum);
	hex_text(sum, sizeof sum, hex);
}

/* The recorded ones must be the first of ours, text for text.  *n: how many
 * are recorded. */
static bool compare(struct db *db, const struct migration *list, size_t ours,
		    size_t *n, struct err *e)
{
	struct res *r = db_run(db, Q_MIGRATION_LIST, NULL, e);
	bool ok = false;
	char hex[65];

	if (!r)
		return false;
	*n = res_rows(r);
	for (size_t i = 0; i < *n; i++) {
		const char *name = res_text(r, i, 0);

		if (i >= ours || strcmp(name, list[i].name) != 0) {
			err_set(e, ERR_CONFLICT,
				"the database has migration %s, which this "
				"program does not know: it is newer than the "
				"program, or not ours",
				name);
			goto out;
		}
		digest(&list[i], hex);
		if (strcmp(hex, res_text(r, i, 1)) != 0) {
			err_set(e, ERR_CONFLICT,
				"migration %s was applied with another text: "
				"the checksums differ",
				name);
			goto out;
		}
	}
	ok = true;
out:
	res_free(r);
	return ok;
}

static bool is_known(struct db *db, bool *known, struct err *e)
{
	struct res *r = db_run(db, Q_MIGRATION_KNOWN, NULL, e);

	if (!r)
		return false;
	*known = res_bool(r, 0, 0);
	res_free(r);
	return true;
}

static bool apply(struct db *db, const struct migration *m, struct err *e)
{
	char hex[65];
	const char *args[] = { m->name, hex };

	digest(m, hex);
	if (!db_migration_run(db, m->sql, e) ||
	    !db_do(db, Q_MIGRATION_ADD, args, e))
		return err_wrap(e, "migration %s", m->name);
	return true;
}

/* One transaction: look what is missing, apply the first of it.  The lock is
 * taken anew each time, so two programs that start together take turns. */
static bool step(struct db *db, const struct migration *list, size_t n,
		 bool *more, struct err *e)
{
	bool known;
	size_t have;

	if (!db_begin(db, e))
		return false;
	if (!db_do(db, Q_MIGRATION_LOCK, NULL, e) || !is_known(db, &known, e))
		goto out;
	if (!known && (!db_do(db, Q_MIGRATION_SCHEMA, NULL, e) ||
		       !db_do(db, Q_MIGRATION_TABLE, NULL, e)))
		goto out;
	if (!compare(db, list, n, &have, e))
		goto out;
	*more = have < n;
	if (!*more || apply(db, &list[have], e))
		return db_commit(db, e);
out:
	db_rollback(db);
	return false;
}

bool migrate_list_up(struct db *owner, const struct migration *list, size_t n,
		     size_t *applied, struct err *e)
{
	bool more;

	*applied = 0;
	for (;;) {
		if (!step(owner, list, n, &more, e))
			return false;
		if (!more)
			return true;
		(*applied)++;
	}
}

bool migrate_up(struct db *owner, size_t *applied, struct err *e)
{
	return migrate_list_up(owner, migrations, migrations_n, applied, e);
}

bool migrate_check(struct db *db, struct err *e)
{
	size_t have;
	bool known;

	if (!is_known(db, &known, e))
		return false;
	if (!known)
		return err_set(e, ERR_CONFLICT,
			       "the database is empty: run `phieu db migrate`");
	if (!compare(db, migrations, migrations_n, &have, e))
		return false;
	if (have < migrations_n)
		return err_set(e, ERR_CONFLICT,
			       "the database lacks migration %s: run "
			       "`phieu db migrate`",
			       migrations[have].name);
	return true;
}
