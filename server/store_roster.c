#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/desk.h"
#include "phieu/store_recheck.h"

/* "vi (en)" as two. */
static void put_fault(struct faults *f, const char *code, int64_t place,
		      const char *words)
{
	const char *open = strrchr(words, '(');
	size_t vi = open ? (size_t)(open - words) : strlen(words);
	const char *en = open ? arena_strdup(f->arena, open + 1) : "";

	fault_add(f, code, arena_printf(f->arena, "/%" PRId64, place),
		  arena_strndup(f->arena, en, en ? strcspn(en, ")") : 0),
		  arena_strndup(f->arena, words, vi));
}

/* Row 0 says what was done, every other a fault. */
static bool read_import(const struct res *r, struct faults *f,
			struct roster_done *out, struct err *e)
{
	for (size_t i = 0; i < res_rows(r); i++) {
		int64_t place;

		if (!res_i64(r, i, 0, &place, e))
			return false;
		if (place == 0)
			return res_i64(r, i, 3, &out->made, e) &&
			       res_i64(r, i, 4, &out->changed, e);
		put_fault(f, res_text(r, i, 1), place, res_text(r, i, 2));
	}
	return false;
}

bool store_roster_import(struct db *roster, int32_t wave, const char *by,
			 const char *role, const char *rows, struct faults *f,
			 struct roster_done *out, struct err *e)
{
	char id[16];
	const char *args[] = { id, by, role, rows };
	struct res *r;
	bool ok;

	*out = (struct roster_done){ 0 };
	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	r = db_run(roster, Q_ROSTER_IMPORT, args, e);
	if (!r)
		return store_desk_words(e);
	ok = read_import(r, f, out, e);
	res_free(r);
	return ok;
}
