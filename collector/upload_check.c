#include <stdlib.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/json.h"
#include "phieu/submission.h"
#include "upload_parts.h"

#define CHECK_BYTES ((size_t)32 << 20)

/* Sheet numbers seen, to find one used twice within the files. */
struct seen {
	char *sheet, *source;
	int keying;
};

struct checking {
	const struct plan *plan;
	struct date today;
	struct arena *a;
	bool json;
	FILE *to;
	struct checked *out;
	struct seen *seen; /* open addressing */
	size_t cap, used;
};

static size_t hash(const char *s, int keying)
{
	uint64_t h = UINT64_C(1469598103934665603) ^ (uint64_t)keying;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

static struct seen *slot(struct seen *t, size_t cap, const char *sheet,
			 int keying)
{
	size_t i = hash(sheet, keying) & (cap - 1);

	while (t[i].sheet &&
	       (t[i].keying != keying || strcmp(t[i].sheet, sheet) != 0))
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
		if (c->seen[i].sheet)
			*slot(t, cap, c->seen[i].sheet, c->seen[i].keying) =
				c->seen[i];
	free(c->seen);
	c->seen = t;
	c->cap = cap;
	return true;
}

/* Where this number was used before, or NULL. */
static bool used_before(struct checking *c, const struct submission *s,
			const char *source, const char **where)
{
	struct seen *at;

	*where = NULL;
	if (!s->sheet)
		return true;
	if (c->used * 2 >= c->cap && !grow(c))
		return false;
	at = slot(c->seen, c->cap, s->sheet, s->keying);
	if (at->sheet) {
		*where = at->source;
		return true;
	}
	*at = (struct seen){ strdup(s->sheet), strdup(source), s->keying };
	c->used++;
	return at->sheet && at->source;
}

static void print_faults(struct checking *c, const struct outbox_item *line,
			 const struct faults *f)
{
	for (size_t i = 0; i < f->n; i++)
		(void)fprintf(c->to, "%s: %s  %s %s: %s (%s)\n", line->source,
			      *line->sheet ? line->sheet : line->instance,
			      f->list[i].code, f->list[i].path,
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
	const char *where = NULL;
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
		if (!used_before(c, &s, line->source, &where))
			return err_set(e, ERR_NOMEM, "out of memory");
	}
	if (where)
		fault_add(&f, "V01", "/sheet",
			  arena_printf(c->a, "number used before in %s", where),
			  arena_printf(c->a, "số phiếu đã dùng ở %s", where));
	faults_sort(&f);
	c->out->bad += f.n > 0;
	c->out->flagged += f.n == 0 && (flags & FLAG_STRAIGHT);
	if (c->json)
		print_json(c, line, &f, flags);
	else
		print_faults(c, line, &f);
	return true;
}

static struct plan *read_plan(const char *text, size_t n, struct arena *a,
			      struct err *e)
{
	struct plan *p;
	struct faults f;

	faults_init(&f, a);
	p = plan_read(text, n, &f, e);
	if (!p && f.n > 0)
		err_set(e, ERR_INPUT, "the plan has %zu faults, first %s %s",
			f.n + f.more, f.list[0].code, f.list[0].path);
	return p;
}

bool upload_check(const char *plan, size_t plan_n, char *const *files, int n,
		  bool json, FILE *to, struct checked *out, struct err *e)
{
	struct checking c = { .json = json, .to = to, .out = out };
	struct plan *p = NULL;
	bool ok = false;

	*out = (struct checked){ 0 };
	c.a = arena_new(CHECK_BYTES);
	if (!c.a) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	p = read_plan(plan, plan_n, c.a, e);
	if (!p)
		goto out;
	c.plan = p;
	c.today = instant_day_vn(clock_now_us());
	ok = true;
	for (int i = 0; ok && i < n; i++)
		ok = upload_file(files[i], check_line, &c, e);
out:
	for (size_t i = 0; i < c.cap; i++) {
		free(c.seen[i].sheet);
		free(c.seen[i].source);
	}
	free(c.seen);
	plan_free(p);
	arena_free(c.a);
	return ok;
}
