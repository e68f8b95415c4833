#include <libpq-fe.h>
#include <stdio.h>

#include "db_impl.h"
#include "phieu/db.h"

bool db_verifier(struct db *db, const char *role, const char *password,
		 char *out, size_t max, struct err *e)
{
	char *v = PQencryptPasswordConn(db->conn, password, role,
					"scram-sha-256");
	bool fits;

	if (!v)
		return db_failed(db, NULL, e);
	fits = snprintf(out, max, "%s", v) < (int)max;
	PQfreemem(v);
	return fits || err_set(e, ERR_BUG, "verifier does not fit");
}
