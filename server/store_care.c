#include "phieu/store_care.h"

#include <stdio.h>
#include <string.h>

#include "phieu/migrate.h"

static void put(char *to, size_t max, const char *s)
{
	(void)snprintf(to, max, "%s", s ? s : "");
}

static bool read_settings(struct db *db, struct care_status *out, struct err *e)
{
	const size_t room = sizeof out->settings / sizeof out->settings[0];
	struct res *r = db_run(db, Q_CARE_SETTINGS, NULL, e);

	if (!r)
		return false;
	for (size_t i = 0; i < res_rows(r) && i < room; i++) {
		struct care_setting *s = &out->settings[out->settings_n++];

		put(s->name, sizeof s->name, res_text(r, i, 0));
		put(s->value, sizeof s->value, res_text(r, i, 1));
	}
	res_free(r);
	return true;
}

static bool read_sizes(struct db *db, struct care_status *out, struct err *e)
{
	const size_t room = sizeof out->sizes / sizeof out->sizes[0];
	struct res *r = db_run(db, Q_CARE_SIZES, NULL, e);
	bool ok = r != NULL;

	for (size_t i = 0; ok && i < res_rows(r) && i < room; i++) {
		struct care_size *s = &out->sizes[out->sizes_n++];

		put(s->schema, sizeof s->schema, res_text(r, i, 0));
		ok = res_i64(r, i, 1, &s->bytes, e);
	}
	res_free(r);
	return ok;
}

static bool read_migrations(struct db *db, struct care_status *out,
			    struct err *e)
{
	struct res *r = db_run(db, Q_MIGRATION_KNOWN, NULL, e);
	bool known;

	if (!r)
		return false;
	known = res_bool(r, 0, 0);
	res_free(r);
	if (!known)
		return true;
	r = db_run(db, Q_MIGRATION_LIST, NULL, e);
	if (!r)
		return false;
	out->applied = res_rows(r);
	if (out->applied)
		put(out->newest, sizeof out->newest,
		    res_text(r, out->applied - 1, 0));
	res_free(r);
	return true;
}

bool store_care_status(struct db *db, struct care_status *out, struct err *e)
{
	*out = (struct care_status){ 0 };
	return read_settings(db, out, e) && read_sizes(db, out, e) &&
	       read_migrations(db, out, e);
}

const char *care_unsafe(const struct care_status *s)
{
	static const char *const must_be_on[] = { "data_checksums", "fsync",
						  "full_page_writes",
						  "synchronous_commit" };

	for (size_t i = 0; i < sizeof must_be_on / sizeof must_be_on[0]; i++) {
		bool on = false;

		for (size_t j = 0; j < s->settings_n; j++)
			if (strcmp(s->settings[j].name, must_be_on[i]) == 0)
				on = strcmp(s->settings[j].value, "on") == 0;
		if (!on)
			return must_be_on[i];
	}
	return "";
}

bool store_care_matrix(struct db *db, struct buf *out, struct err *e)
{
	struct res *r = db_run(db, Q_CARE_MATRIX, NULL, e);

	if (!r)
		return false;
	for (size_t i = 0; i < res_rows(r); i++)
		buf_addf(out, "%s %s %s\n", res_text(r, i, 0),
			 res_text(r, i, 1), res_text(r, i, 2));
	res_free(r);
	return !out->broken || err_set(e, ERR_NOMEM, "matrix too large");
}

bool store_care_sees_all(struct db *db, struct err *e)
{
	struct res *r = db_run(db, Q_CARE_HIDDEN, NULL, e);
	bool ok = r != NULL;

	if (ok && res_rows(r) > 0)
		ok = err_set(e, ERR_DENIED,
			     "row security hides rows of %s from this role; a "
			     "copy would lack them",
			     res_text(r, 0, 0));
	res_free(r);
	return ok;
}

bool store_care_is_empty(struct db *db, bool *empty, struct err *e)
{
	struct res *r = db_run(db, Q_CARE_IS_EMPTY, NULL, e);

	if (!r)
		return false;
	*empty = res_bool(r, 0, 0);
	res_free(r);
	return true;
}

bool store_care_roles(struct db *owner, struct err *e)
{
	return db_do(owner, Q_CARE_ROLES_ENSURE, NULL, e);
}

bool store_care_grants(struct db *owner, struct err *e)
{
	return db_do(owner, Q_CARE_DATABASE_GRANTS, NULL, e);
}

bool store_care_password(struct db *owner, const char *role,
			 const char *password, struct err *e)
{
	char verifier[256];
	const char *args[] = { role, verifier };

	return db_verifier(owner, role, password, verifier, sizeof verifier,
			   e) &&
	       db_do(owner, Q_CARE_ROLE_PASSWORD, args, e);
}

bool store_care_hold(struct db *db, struct err *e)
{
	return db_do(db, Q_BACKUP_HOLD, NULL, e);
}
