#include "phieu/store_file.h"

#include <inttypes.h>
#include <stdio.h>

static bool read_file(const struct res *r, struct arena *a,
		      struct sheet_file *out, struct err *e)
{
	size_t most = res_len(r, 0, 2) / 2 + 1; /* two digits a byte */

	out->type = arena_strdup(a, res_text(r, 0, 0));
	out->sha256 = arena_strdup(a, res_text(r, 0, 1));
	out->bytes = arena_alloc(a, most);
	if (!out->type || !out->sha256 || !out->bytes)
		return err_set(e, ERR_NOMEM, "out of memory");
	return res_bytes(r, 0, 2, out->bytes, most, &out->n, e);
}

bool store_file_open(struct db *server, int32_t wave, const char *instance,
		     const char *name, const char *reason, const char *by,
		     struct arena *a, struct sheet_file *out, struct err *e)
{
	char id[16];
	const char *args[] = { id, instance, name, reason, by };
	struct res *r;
	bool ok;

	*out = (struct sheet_file){ 0 };
	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	r = db_run(server, Q_FILE_OPEN, args, e);
	if (!r)
		return false;
	ok = res_rows(r) == 1
		     ? read_file(r, a, out, e)
		     : err_set(e, ERR_INPUT, "the sheet has no file \"%.200s\"",
			       name);
	res_free(r);
	return ok;
}

struct res *store_file_list(struct db *server, int32_t wave,
			    const char *instance, struct err *e)
{
	char id[16];
	const char *args[] = { id, instance };

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	return db_run(server, Q_FILE_LIST, args, e);
}
