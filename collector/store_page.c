#include "phieu/store_page.h"

#include <stdio.h>
#include <stdlib.h>

static bool read_int(const struct res *r, size_t row, int col, int *out,
		     struct err *e)
{
	int64_t v = 0;

	if (!res_null(r, row, col) && !res_i64(r, row, col, &v, e))
		return false;
	*out = (int)v;
	return true;
}

/* Of a column that is never NULL; *failed when memory is out. */
static const char *own_text(const struct res *r, int col, struct arena *a,
			    bool *failed)
{
	const char *s = res_text(r, 0, col);

	s = arena_strdup(a, s ? s : "");
	*failed = *failed || !s;
	return s;
}

bool store_agent_self(struct db *db, int32_t key, struct arena *a,
		      struct agent_self *out, struct err *e)
{
	char text[16];
	const char *args[] = { text };
	bool failed = false;
	struct res *r;

	(void)snprintf(text, sizeof text, "%d", key);
	r = db_run(db, Q_AGENT_SELF, args, e);
	if (!r)
		return false;
	if (res_rows(r) != 1) {
		res_free(r);
		return err_set(e, ERR_INPUT, "no such key");
	}
	*out = (struct agent_self){
		.code = own_text(r, 0, a, &failed),
		.name = own_text(r, 1, a, &failed),
		.office = own_text(r, 2, a, &failed),
		.expires = own_text(r, 3, a, &failed),
		.wave_name = own_text(r, 4, a, &failed),
		.wave_state = own_text(r, 5, a, &failed),
		.trial = res_bool(r, 0, 6),
	};
	res_free(r);
	return failed ? err_set(e, ERR_NOMEM, "out of memory") : true;
}

static bool read_count(const struct res *r, size_t row, struct agent_count *c,
		       struct err *e)
{
	c->counted = res_bool(r, row, 4);
	return read_int(r, row, 0, &c->group, e) &&
	       read_int(r, row, 1, &c->home, e) &&
	       read_int(r, row, 2, &c->keying, e) &&
	       read_int(r, row, 3, &c->state, e) &&
	       res_i64(r, row, 5, &c->n, e) && res_i64(r, row, 6, &c->today, e);
}

bool store_agent_counts(struct db *db, int32_t key, struct agent_count **out,
			size_t *n, struct err *e)
{
	char text[16];
	const char *args[] = { text };
	struct agent_count *list;
	bool ok = false;
	struct res *r;

	(void)snprintf(text, sizeof text, "%d", key);
	*out = NULL;
	r = db_run(db, Q_AGENT_COUNTS, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	list = calloc(*n + 1, sizeof *list);
	if (!list) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	ok = true;
	for (size_t i = 0; ok && i < *n; i++)
		ok = read_count(r, i, &list[i], e);
	if (ok)
		*out = list;
	else
		free(list);
out:
	res_free(r);
	return ok;
}

static bool read_receipt(const struct res *r, size_t row,
			 struct receipt_row *out, struct err *e)
{
	size_t n;
	int flags;

	*out = (struct receipt_row){
		.instance = res_text(r, row, 0),
		.sheet = res_text(r, row, 2),
		.faults = res_text(r, row, 9),
		.received = res_text(r, row, 11),
		.replaces = res_text(r, row, 12),
	};
	if (!res_bytes(r, row, 1, out->sha, SHA256_BYTES, &n, e) ||
	    !read_int(r, row, 3, &out->form, e) ||
	    !read_int(r, row, 4, &out->group, e) ||
	    !read_int(r, row, 5, &out->home, e) ||
	    !read_int(r, row, 6, &out->keying, e) ||
	    !read_int(r, row, 7, &out->state, e) ||
	    !read_int(r, row, 8, &flags, e) ||
	    !read_int(r, row, 10, &out->receipt_key, e))
		return false;
	out->flags = (unsigned)flags;
	return true;
}

bool store_receipt_list(struct db *db, int32_t key, int state,
			const char *before, const char *instance, int limit,
			bool (*row)(const struct receipt_row *r, void *arg),
			void *arg, struct err *e)
{
	char key_text[16], state_text[16], limit_text[16];
	const char *args[] = { key_text, state ? state_text : NULL, before,
			       instance, limit_text };
	struct receipt_row one;
	struct res *r;
	bool ok;

	(void)snprintf(key_text, sizeof key_text, "%d", key);
	(void)snprintf(state_text, sizeof state_text, "%d", state);
	(void)snprintf(limit_text, sizeof limit_text, "%d", limit);
	r = db_run(db, Q_RECEIPT_LIST, args, e);
	ok = r != NULL;
	for (size_t i = 0; ok && i < res_rows(r); i++) {
		ok = read_receipt(r, i, &one, e);
		if (ok && !row(&one, arg))
			break;
	}
	res_free(r);
	return ok;
}

bool store_agent_second(struct db *db, int32_t key,
			void (*row)(const struct second_row *r, void *arg),
			void *arg, struct err *e)
{
	char text[16];
	const char *args[] = { text };
	struct second_row one;
	struct res *r;
	bool ok;

	(void)snprintf(text, sizeof text, "%d", key);
	r = db_run(db, Q_AGENT_SECOND, args, e);
	ok = r != NULL;
	for (size_t i = 0; ok && i < res_rows(r); i++) {
		one.sheet = res_text(r, i, 0);
		one.done = res_bool(r, i, 4);
		ok = read_int(r, i, 1, &one.form, e) &&
		     read_int(r, i, 2, &one.group, e) &&
		     read_int(r, i, 3, &one.home, e);
		if (ok)
			row(&one, arg);
	}
	res_free(r);
	return ok;
}
