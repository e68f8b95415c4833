#include <stdlib.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/submission.h"
#include "upload_parts.h"

#define CHECK_BYTES ((size_t)32 << 20)
#define KEEP_BYTES  ((size_t)1 << 30)

/* Sheet numbers and instanceIDs of valid sheets, to find what is used twice
 * within the files. */
struct seen {
	const char *key, *source; /* in `keep` */
	uint8_t sha[SHA256_BYTES];
};

struct checking {
	const struct plan *plan;
	struct date today;
	struct arena *a, *keep;
	bool json;
	FILE *to;
	struct checked *out;
	struct seen *seen; /* open addressing */
	size_t cap, used;
};

static size_t hash(const char *s)
{
	uint64_t h = UINT64_C(1469598103934665603);

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

static struct seen *slot(struct seen *t, size_t cap, const char *key)
{
	size_t i = hash(key) & (cap - 1);

	while (t[i].key && strcmp(t[i].key, key) != 0)
		i = (i + 1) & (cap - 1);
	return &t[i];
}

static bool grow(struct checking *c)
{
	size_t cap = c->cap ? c->cap * 2 : 1024;
	struct seen *t = calloc(cap, sizeof *t);

	if (!t)
		return false;
	for (size_t i = 0; i < c->cap; i++)
		if (c->seen[i].key)
			*slot(t, cap, c->seen[i].key) = c->seen[i];
	free(c->seen);
	c->seen = t;
	c->cap = cap;
	return true;
}

/* Where this key stood on other bytes, or NULL; notes it where it is new.
 * The same bytes again are the same sheet and count once. */
static bool used_before(struct checking *c, const char *key,
			const struct outbox_item *line, const char **where)
{
	uint8_t sha[SHA256_BYTES];
	struct seen *at;

	*where = NULL;
	if (c->used * 2 >= c->cap && !grow(c))
		return false;
	sha256(line->bytes, line->n, sha);
	at = slot(c->seen, c->cap, key);
	if (at->key) {
		if (memcmp(at->sha, sha, sizeof sha) != 0)
			*where = at->source;
		return true;
	}
	at->key = arena_strdup(c->keep, key);
	at->source = arena_strdup(c->keep, line->source);
	memcpy(at->sha, sha, sizeof sha);
	c->used++;
	return at->key && at->source;
}

/* What only shows across sheets: one number or instanceID on two of them.  A
 * mended sheet carries its number again. */
static bool check_across(struct checking *c, const struct submission *s,
			 const struct outbox_item *line, struct faults *f,
			 struct err *e)
{
	char *number = arena_printf(c->a, "%d %s", s->keying,
				    s->sheet ? s->sheet : "");
	char *instance = arena_printf(c->a, "id %s", s->instance);
	const char *at;

	if (!number || !instance || !used_before(c, instance, line, &at))
		return err_set(e, ERR_NOMEM, "out of memory");
	if (at)
		fault_add(f, "V00", "/instanceID",
			  arena_printf(c->a, "on another sheet before, in %s",
				       at),
			  arena_printf(c->a, "đã dùng cho phiếu khác ở %s",
				       at));
	if (s->replaces || f->n > 0)
		return true;
	if (!used_before(c, number, line, &at))
		return err_set(e, ERR_NOMEM, "out of memory");
	if (at)
		fault_add(f, "V01", "/sheet",
			  arena_printf(c->a, "number used before in %s", at),
			  arena_printf(c->a, "số phiếu đã dùng ở %s", at));
	return true;
}

/* What people know the sheet by. */
static const char *name_of(const struct outbox_item *line)
{
	if (*line->sheet)
		return line->sheet;
	return *line->instance ? line->instance : "-";
}

static void print_faults(struct checking *c, const struct outbox_item *line,
			 const struct faults *f)
{
	for (size_t i = 0; i < f->n; i++)
		(void)fprintf(c->to, "%s: %s  %s%s%s: %s (%s)\n", line->source,
			      name_of(line), f->list[i].code,
			      *f->list[i].path ? " " : "", f->list[i].path,
			      f->list[i].message_vi, f->list[i].message);
	if (f->more)
		(void)fprintf(c->to, "%s: … %zu more\n", line->source, f->more);
}

static void print_json(struct checking *c, const struct outbox_item *line,
		       const struct faults *f, unsigned flags)
{
	struct buf b = BUF_INIT(CHECK_BYTES);
	struct buf list = BUF_INIT(CHECK_BYTES);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "source", line->source);
	jw_kv(&w, "instanceID", line->instance);
	jw_kv(&w, "sheet", line->sheet);
	jw_kv(&w, "status",
	      f->n ? "invalid" : (flags & FLAG_STRAIGHT ? "queried" : "valid"));
	jw_key(&w, "errors");
	faults_json(f, &list);
	jw_raw(&w, buf_cstr(&list) ? list.data : "[]");
	jw_object_end(&w);
	if (buf_cstr(&b))
		(void)fprintf(c->to, "%s\n", b.data);
	buf_free(&list);
	buf_free(&b);
}

static bool check_line(const struct outbox_item *line, void *ctx, struct err *e)
{
	struct checking *c = ctx;
	struct err why = { 0 };
	struct submission s;
	unsigned flags = 0;
	struct faults f;

	arena_reset(c->a);
	faults_init(&f, c->a);
	c->out->n++;
	if (!submission_read(line->bytes, line->n, c->plan, c->a, &s, &f,
			     &why)) {
		if (why.kind != ERR_INPUT) {
			*e = why;
			return false;
		}
		fault_add(&f, "V00", "",
			  arena_printf(c->a, "not a sheet: %s", why.msg),
			  arena_printf(c->a, "không đọc được phiếu: %s",
				       why.msg));
	} else {
		submission_check(c->plan, &s, c->today, &f, &flags);
		if (!check_across(c, &s, line, &f, e))
			return false;
	}
	faults_sort(&f);
	c->out->bad += f.n > 0;
	c->out->flagged += f.n == 0 && (flags & FLAG_STRAIGHT);
	if (c->json)
		print_json(c, line, &f, flags);
	else
		print_faults(c, line, &f);
	return true;
}

struct plan *upload_plan(const char *text, size_t n, struct err *e)
{
	struct arena *a = arena_new(CHECK_BYTES);
	struct plan *p = NULL;
	struct faults f;

	if (!a) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	faults_init(&f, a);
	p = plan_read(text, n, &f, e);
	if (!p && f.n > 0)
		err_set(e, ERR_INPUT, "the plan has %zu faults, first %s %s",
			f.n + f.more, f.list[0].code, f.list[0].path);
	arena_free(a);
	return p;
}

bool upload_check(const struct plan *p, char *const *files, int n,
		  const struct table_options *tables, FILE *to,
		  struct checked *out, struct err *e)
{
	struct checking c = { .json = tables->json, .to = to, .out = out };
	bool ok = false;

	*out = (struct checked){ 0 };
	c.a = arena_new(CHECK_BYTES);
	c.keep = arena_new(KEEP_BYTES);
	if (!c.a || !c.keep) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	c.plan = p;
	c.today = instant_day_vn(clock_now_us());
	ok = true;
	for (int i = 0; ok && i < n; i++)
		ok = upload_is_table(files[i])
			     ? upload_check_table(files[i], tables, to, out, e)
			     : upload_file(files[i], check_line, &c, e);
out:
	free(c.seen);
	arena_free(c.keep);
	arena_free(c.a);
	return ok;
}
