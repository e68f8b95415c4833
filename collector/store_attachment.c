#include "phieu/store_attachment.h"

#include <stdio.h>
#include <string.h>

#include "phieu/buf.h"

#define ARRAY_MAX ((size_t)64 << 20)

enum { A_NAMED, A_NAME, A_SHA, A_BYTES, A_TYPE, A_COUNT };

static void fill(struct buf col[A_COUNT], const struct attachment_set *set)
{
	size_t n = set->n_files;

	pg_array_begin(&col[A_NAMED], PG_TEXT, set->n_named);
	for (size_t i = 0; i < set->n_named; i++)
		pg_array_bytes(&col[A_NAMED], set->named[i],
			       strlen(set->named[i]));
	pg_array_begin(&col[A_NAME], PG_TEXT, n);
	pg_array_begin(&col[A_SHA], PG_BYTEA, n);
	pg_array_begin(&col[A_BYTES], PG_BYTEA, n);
	pg_array_begin(&col[A_TYPE], PG_TEXT, n);
	for (size_t i = 0; i < n; i++) {
		const struct attachment *f = &set->files[i];

		pg_array_bytes(&col[A_NAME], f->name, strlen(f->name));
		pg_array_bytes(&col[A_SHA], f->sha, sizeof f->sha);
		pg_array_bytes(&col[A_BYTES], f->bytes, f->n);
		pg_array_bytes(&col[A_TYPE], f->type, strlen(f->type));
	}
}

bool store_attach_send(struct db *db, int lane,
		       const struct attachment_set *set, struct err *e)
{
	char wave[16], lane_text[16], key[16], most[16];
	struct buf col[A_COUNT];
	struct arg args[6 + A_COUNT] = {
		ARG_TEXT(wave),		 ARG_TEXT(lane_text),	  ARG_TEXT(key),
		ARG_TEXT(set->instance), ARG_BYTES(set->sha, 32), ARG_TEXT(most)
	};
	bool ok = true;

	for (int i = 0; i < A_COUNT; i++)
		col[i] = (struct buf)BUF_INIT(ARRAY_MAX);
	fill(col, set);
	for (int i = 0; i < A_COUNT; i++) {
		ok = ok && !col[i].broken;
		args[6 + i] = ARG_BYTES(col[i].data, (int)col[i].len);
	}
	(void)snprintf(wave, sizeof wave, "%d", set->wave);
	(void)snprintf(lane_text, sizeof lane_text, "%d", lane);
	(void)snprintf(key, sizeof key, "%d", set->key);
	(void)snprintf(most, sizeof most, "%d", LIMIT_ATTACHMENTS);
	if (!ok)
		err_set(e, ERR_NOMEM, "out of memory");
	ok = ok && db_send(db, Q_ATTACH, args, e);
	for (int i = 0; i < A_COUNT; i++)
		buf_free(&col[i]);
	return ok;
}

bool store_attach_read(const struct res *r, struct attachment_answer *out,
		       struct err *e)
{
	int64_t v[4] = { 0 };

	for (int i = 0; i < 4; i++)
		if (!res_i64(r, 0, i, &v[i], e))
			return false;
	*out = (struct attachment_answer){ .outcome = (enum intake_outcome)v[0],
					   .missing = (int)v[1],
					   .conflicts = (int)v[2],
					   .refused = (int)v[3] };
	return true;
}

static const char *copy(struct arena *a, const char *s)
{
	return s ? arena_strdup(a, s) : NULL;
}

static bool read_instance(const struct res *r, struct arena *a,
			  struct instance_known *out, struct err *e)
{
	int64_t state = 0, keying = 0;
	size_t n;

	if (!res_bytes(r, 0, 0, out->sha, SHA256_BYTES, &n, e) ||
	    !res_i64(r, 0, 1, &state, e) || !res_i64(r, 0, 3, &keying, e) ||
	    !res_i64(r, 0, 5, &out->expected, e) ||
	    !res_i64(r, 0, 6, &out->present, e))
		return false;
	out->found = true;
	out->state = (int)state;
	out->keying = (int)keying;
	out->sheet = copy(a, res_text(r, 0, 2));
	out->received = copy(a, res_text(r, 0, 4));
	return true;
}

bool store_instance_find(struct db *db, int32_t key, const char *instance,
			 struct arena *a, struct instance_known *out,
			 struct err *e)
{
	char text[16];
	const char *args[] = { text, instance };
	struct res *r;
	bool ok;

	*out = (struct instance_known){ 0 };
	(void)snprintf(text, sizeof text, "%d", key);
	r = db_run(db, Q_INSTANCE_FIND, args, e);
	ok = r != NULL;
	if (ok && res_rows(r) == 1)
		ok = read_instance(r, a, out, e);
	res_free(r);
	return ok;
}

static bool read_known(const struct res *r, const char *name, struct arena *a,
		       struct file_known *out, struct err *e)
{
	int64_t state = 0, key = 0;
	size_t n;

	if (!res_bytes(r, 0, 0, out->sheet_sha, SHA256_BYTES, &n, e) ||
	    !res_i64(r, 0, 1, &state, e) || !res_i64(r, 0, 2, &key, e) ||
	    !res_i64(r, 0, 5, &out->missing, e))
		return false;
	out->found = true;
	out->state = (int)state;
	out->receipt_key = (int)key;
	out->has_file = res_text(r, 0, 3) != NULL;
	if (!out->has_file)
		return true;
	out->file = (struct kept_file){ .name = copy(a, name),
					.here = true,
					.type = copy(a, res_text(r, 0, 4)),
					.receipt_key = (int)key };
	if (!out->file.name || !out->file.type)
		return err_set(e, ERR_NOMEM, "out of memory");
	return res_bytes(r, 0, 3, out->file.sha, SHA256_BYTES, &n, e);
}

bool store_file_known(struct db *db, int32_t key, const char *instance,
		      const char *name, struct arena *a, struct file_known *out,
		      struct err *e)
{
	char text[16];
	const char *args[] = { text, instance, name };
	struct res *r;
	bool ok;

	*out = (struct file_known){ 0 };
	(void)snprintf(text, sizeof text, "%d", key);
	r = db_run(db, Q_FILE_KNOWN, args, e);
	ok = r != NULL;
	if (ok && res_rows(r) == 1)
		ok = read_known(r, name, a, out, e);
	res_free(r);
	return ok;
}

static bool read_kept(const struct res *r, size_t i, struct arena *a,
		      struct kept_file *out, struct err *e)
{
	size_t n;

	out->name = copy(a, res_text(r, i, 0));
	out->type = copy(a, res_text(r, i, 2));
	out->received = copy(a, res_text(r, i, 4));
	out->named = res_bool(r, i, 5);
	out->here = res_text(r, i, 1) != NULL;
	if (!out->name || !out->type || !out->received)
		return err_set(e, ERR_NOMEM, "out of memory");
	return !out->here ||
	       (res_bytes(r, i, 1, out->sha, SHA256_BYTES, &n, e) &&
		res_i64(r, i, 3, &out->bytes, e));
}

bool store_files_known(struct db *db, int32_t key, const char *instance,
		       int receipt_key, struct arena *a, struct kept_file **out,
		       size_t *n, struct err *e)
{
	char text[16];
	const char *args[] = { text, instance };
	struct kept_file *list;
	struct res *r;
	bool ok;

	(void)snprintf(text, sizeof text, "%d", key);
	r = db_run(db, Q_FILES_KNOWN, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	list = arena_array(a, *n + 1, sizeof *list);
	ok = list || err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; list && ok && i < *n; i++) {
		list[i].receipt_key = receipt_key;
		ok = read_kept(r, i, a, &list[i], e);
	}
	*out = list;
	res_free(r);
	return ok;
}

bool store_key_bind(struct db *db, const uint8_t hash[32], const char *device,
		    struct arena *a, const char **owner, struct err *e)
{
	const struct arg args[] = { ARG_BYTES(hash, 32), ARG_TEXT(device) };
	struct res *r = db_run_args(db, Q_KEY_BIND, args, false, e);

	*owner = NULL;
	if (!r)
		return false;
	if (res_rows(r) == 1)
		*owner = copy(a, res_text(r, 0, 0));
	res_free(r);
	return true;
}
