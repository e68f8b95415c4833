#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/jscan.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/submission.h"
#include "upload_parts.h"

#define FILE_BYTES  ((size_t)2 << 30)
#define LINE_BYTES  ((size_t)4 << 20) /* arena for one line */
#define COMMIT_EACH 2000

struct reading {
	const char *path;
	size_t number; /* of the line or item, from 1 */
	struct arena *a;
	upload_line line;
	void *ctx;
};

static const char *member_text(const struct jspan *v, struct arena *a)
{
	struct err ignored = { 0 };
	const char *s = "";
	size_t n;

	if (jspan_kind(v) == '"')
		s = jspan_text(v, true, a, &n, &ignored);
	return s ? s : "";
}

/* What people know the sheet by; empty where it cannot be read. */
static void identify(struct outbox_item *it, struct arena *a)
{
	struct err ignored = { 0 };
	struct jspan key, v;
	struct jscan c;

	it->instance = it->sheet = "";
	if (!json_check(it->bytes, it->n, &json_submission_limits, NULL,
			&ignored))
		return;
	jscan_init(&c, it->bytes, it->n);
	if (jscan_peek(&c) != '{')
		return;
	jscan_enter(&c);
	while (jscan_key(&c, &key)) {
		jscan_value(&c, &v);
		if (jspan_is(&key, "instanceID"))
			it->instance = member_text(&v, a);
		else if (jspan_is(&key, "sheet"))
			it->sheet = member_text(&v, a);
	}
}

static bool hand_out(struct reading *r, const char *s, size_t n, struct err *e)
{
	struct outbox_item it = { .bytes = s, .n = n };

	r->number++;
	arena_reset(r->a);
	it.source = arena_printf(r->a, "%s:%zu", r->path, r->number);
	if (!it.source)
		return err_set(e, ERR_NOMEM, "out of memory");
	identify(&it, r->a);
	return r->line(&it, r->ctx, e);
}

/* JSON with line ends in it, as one line: outside strings they are white
 * space, inside they cannot stand. */
static bool hand_out_flat(struct reading *r, const char *s, size_t n,
			  struct err *e)
{
	char *flat = malloc(n + 1);
	bool ok;

	if (!flat)
		return err_set(e, ERR_NOMEM, "out of memory");
	memcpy(flat, s, n);
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\n' || s[i] == '\r')
			flat[i] = ' ';
	flat[n] = '\0';
	ok = hand_out(r, flat, n, e);
	free(flat);
	return ok;
}

static bool lines(struct reading *r, const char *at, const char *end,
		  struct err *e)
{
	const char *line;
	size_t n;

	while (ndjson_next(&at, end, &line, &n))
		if (!hand_out(r, line, n, e))
			return false;
	return true;
}

static bool items(struct reading *r, const char *s, size_t n, struct err *e)
{
	struct jspan v;
	struct jscan c;

	jscan_init(&c, s, n);
	jscan_enter(&c);
	while (jscan_item(&c)) {
		jscan_value(&c, &v);
		if (!hand_out_flat(r, v.s, v.n, e))
			return false;
	}
	return true;
}

/* One JSON value over several lines, an array of sheets, or NDJSON. */
static bool contents(struct reading *r, const char *s, size_t n, struct err *e)
{
	static const struct json_limits whole = { 64, (size_t)1 << 28,
						  LIMIT_STRING_BYTES,
						  (size_t)2 << 30 };
	const char *at = s, *end = s + n, *first;
	struct err ignored = { 0 };
	size_t len;

	if (!ndjson_next(&at, end, &first, &len))
		return err_set(e, ERR_INPUT, "%s: no sheets in the file",
			       r->path);
	while (len > 0 && (*first == ' ' || *first == '\t'))
		first++, len--;
	if (*first == '[' && json_check(s, n, &whole, NULL, &ignored))
		return items(r, s, n, e);
	if (*first == '{' && !json_check(first, len, &whole, NULL, &ignored) &&
	    json_check(s, n, &whole, NULL, &ignored))
		return hand_out_flat(r, s, n, e);
	return lines(r, s, end, e);
}

bool upload_file(const char *path, upload_line line, void *ctx, struct err *e)
{
	struct reading r = { .path = path, .line = line, .ctx = ctx };
	const char *s;
	char *all = NULL;
	bool ok = false;
	size_t n;

	r.a = arena_new(LINE_BYTES);
	if (!r.a) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	all = file_read(path, FILE_BYTES, &n, e);
	if (!all)
		goto out;
	s = all;
	if (n >= 2 &&
	    (memcmp(s, "\xFF\xFE", 2) == 0 || memcmp(s, "\xFE\xFF", 2) == 0)) {
		err_set(e, ERR_INPUT,
			"%s: the file is UTF-16; save it as UTF-8", path);
		goto out;
	}
	if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) {
		s += 3; /* the editor's, not the sheet's */
		n -= 3;
	}
	ok = contents(&r, s, n, e);
out:
	free(all);
	arena_free(r.a);
	return ok;
}

struct taking {
	struct outbox *o;
	struct taken *taken;
	size_t pending;
};

static bool take(const struct outbox_item *line, void *ctx, struct err *e)
{
	struct taking *t = ctx;
	bool fresh;

	if (line->n + 1 > LIMIT_BATCH_BYTES)
		return err_set(e, ERR_INPUT, "%s: one sheet of %zu bytes",
			       line->source, line->n);
	if (!outbox_add(t->o, line, &fresh, e))
		return false;
	if (fresh)
		t->taken->fresh++;
	else
		t->taken->known++;
	if (++t->pending < COMMIT_EACH)
		return true;
	t->pending = 0;
	return outbox_commit(t->o, e) && outbox_begin(t->o, e);
}

bool upload_take(struct outbox *o, const char *path, struct taken *taken,
		 struct err *e)
{
	struct taking t = { .o = o, .taken = taken };
	struct err ignored = { 0 };

	if (!outbox_begin(o, e))
		return false;
	if (upload_file(path, take, &t, e))
		return outbox_commit(o, e);
	/* what was read before the trouble is good and may be sent */
	(void)!outbox_commit(o, &ignored);
	return false;
}
