/* store_care.h - what `phieu db` asks of the database about itself. */
#ifndef PHIEU_STORE_CARE_H
#define PHIEU_STORE_CARE_H

#include "phieu/buf.h"
#include "phieu/db.h"

struct care_setting {
	char name[32], value[64];
};
struct care_size {
	char schema[64];
	int64_t bytes;
};
struct care_status {
	struct care_setting settings[8]; /* by name */
	size_t settings_n;
	struct care_size sizes[16];
	size_t sizes_n;
	char newest[64]; /* migration applied last, "" none */
	size_t applied;
};

bool store_care_status(struct db *db, struct care_status *out,
		       struct err *e) MUST_USE;
/* "" when the settings that durability rests on are as they must be, else
 * the first one that is not. */
const char *care_unsafe(const struct care_status *s);

/* One line a role and object: "role object verbs\n" (see
 * sql/queries/care_matrix.sql). */
bool store_care_matrix(struct db *db, struct buf *out, struct err *e) MUST_USE;
/* Would whoever is connected here copy every row of every table?  ERR_DENIED
 * names a table of which row security hides something. */
bool store_care_sees_all(struct db *db, struct err *e) MUST_USE;
bool store_care_is_empty(struct db *db, bool *empty, struct err *e) MUST_USE;
/* Before and after a restore: roles, and rights on the database itself. */
bool store_care_roles(struct db *owner, struct err *e) MUST_USE;
bool store_care_grants(struct db *owner, struct err *e) MUST_USE;
/* role "phieu_collector", …; ERR_INPUT for any other. */
bool store_care_password(struct db *owner, const char *role,
			 const char *password, struct err *e) MUST_USE;

/* Until the connection ends, nothing is written anew as a whole (sealed
 * ballots): before a copy is made. */
bool store_care_hold(struct db *db, struct err *e) MUST_USE;

#endif
