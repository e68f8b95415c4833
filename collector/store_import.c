#include "phieu/store_import.h"

#include <stdio.h>
#include <string.h>

#include "phieu/buf.h"

bool store_import_send(struct db *db, const struct import_file *f,
		       struct err *e)
{
	char key[16], form[16], sheets[24];
	const struct arg args[] = { ARG_TEXT(key),
				    ARG_BYTES(f->sha, SHA256_BYTES),
				    ARG_TEXT(form), ARG_TEXT(sheets),
				    ARG_BYTES(f->bytes, (int)f->n) };

	(void)snprintf(key, sizeof key, "%d", f->key);
	(void)snprintf(form, sizeof form, "%d", f->form);
	(void)snprintf(sheets, sizeof sheets, "%zu", f->sheets);
	return db_send(db, Q_IMPORT_ADD, args, e);
}

static bool take(const struct res *r, size_t row, struct import_seen *list,
		 size_t n, struct arena *a, struct err *e)
{
	const char *replaces = res_text(r, row, 2);
	struct import_seen *s;
	int64_t at;

	if (!res_i64(r, row, 0, &at, e))
		return false;
	if (at < 1 || (size_t)at > n)
		return err_set(e, ERR_BUG, "an answer about another sheet");
	s = &list[at - 1];
	if (s->n == IMPORT_VERSIONS)
		return true;
	if ((s->n & (s->n - 1)) == 0) { /* 0, 1, 2, 4 …: doubled */
		size_t room = s->n ? 2 * s->n : 1;
		struct import_version *grown =
			arena_array(a, room, sizeof *grown);
		if (grown && s->n)
			memcpy(grown, s->list, s->n * sizeof *grown);
		s->list = grown;
	}
	if (s->list)
		s->list[s->n++] = (struct import_version){
			arena_strdup(a, res_text(r, row, 1)),
			replaces ? arena_strdup(a, replaces) : NULL,
			res_bool(r, row, 3)
		};
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}

bool store_import_known(struct db *db, int32_t key, struct import_seen *list,
			size_t n, struct arena *a, struct err *e)
{
	struct buf numbers = BUF_INIT((size_t)4 << 20);
	struct buf keyings = BUF_INIT((size_t)1 << 20);
	struct res *r = NULL;
	struct arg args[3];
	char text[16];
	bool ok = false;

	(void)snprintf(text, sizeof text, "%d", key);
	pg_array_begin(&numbers, PG_TEXT, n);
	pg_array_begin(&keyings, PG_INT2, n);
	for (size_t i = 0; i < n; i++) {
		const char *s = list[i].number ? list[i].number : "";
		pg_array_bytes(&numbers, s, strlen(s));
		pg_array_i16(&keyings, (int16_t)list[i].keying);
	}
	if (!buf_cstr(&numbers) || !buf_cstr(&keyings)) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	args[0] = ARG_TEXT(text);
	args[1] = ARG_BYTES(numbers.data, (int)numbers.len);
	args[2] = ARG_BYTES(keyings.data, (int)keyings.len);
	r = db_run_args(db, Q_IMPORT_KNOWN, args, false, e);
	ok = r != NULL;
	for (size_t i = 0; ok && i < res_rows(r); i++)
		ok = take(r, i, list, n, a, e);
out:
	res_free(r);
	buf_free(&numbers);
	buf_free(&keyings);
	return ok;
}
