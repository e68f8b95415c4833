#include "phieu/round_diff.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/json_diff.h"
#include "phieu/limits.h"

enum { VALUE_BYTES = 1 << 20 };

static const struct {
	const char *en, *vi;
} words[] = {
	[CHANGE_ADDED] = { "added", "thêm" },
	[CHANGE_REMOVED] = { "removed", "bỏ" },
	[CHANGE_MOVED] = { "moved", "chuyển chỗ" },
	[CHANGE_REORDERED] = { "reordered", "đổi thứ tự" },
	[CHANGE_RENAMED] = { "renamed", "đổi tên" },
	[CHANGE_MAXIMUM] = { "maximum", "đổi điểm tối đa" },
	[CHANGE_KIND] = { "kind", "đổi nguồn điểm" },
	[CHANGE_COMBINATION] = { "combination", "đổi cách tính" },
	[CHANGE_APPLIES] = { "applies", "đổi nơi áp dụng" },
	[CHANGE_EFFECT] = { "effect", "đổi cộng, trừ" },
	[CHANGE_DETAIL] = { "detail", "đổi chi tiết" },
	[CHANGE_REPLACED] = { "replaced", "thay thế" },
	[CHANGE_OTHER] = { "other", "khác" },
};

/* ---- criteria as a flat list, by code ----------------------------- */

struct item {
	const char *code;
	const cJSON *o;
	const char *parent; /* "": a field */
	size_t at;	    /* in the order of the document */
};

struct side {
	struct item *list; /* by place */
	const struct item **by_code;
	size_t n;
};

struct diff {
	struct arena *a;
	struct side from, to;
	struct round_change *out;
	size_t n, cap;
};

static size_t count(const cJSON *list)
{
	size_t n = 0;

	for (const cJSON *o = list ? list->child : NULL; o; o = o->next)
		n += 1 + count(json_get(o, "children"));
	return n;
}

static void flatten(struct side *s, const cJSON *list, const char *parent)
{
	for (const cJSON *o = list ? list->child : NULL; o; o = o->next) {
		const char *code = json_get_text(o, "code");

		s->list[s->n] = (struct item){ .code = code ? code : "",
					       .o = o,
					       .parent = parent,
					       .at = s->n };
		s->n++;
		flatten(s, json_get(o, "children"), code ? code : "");
	}
}

static int by_code(const void *pa, const void *pb)
{
	const struct item *a = *(const struct item *const *)pa;
	const struct item *b = *(const struct item *const *)pb;
	int c = strcmp(a->code, b->code);

	return c != 0 ? c : (a->at > b->at) - (a->at < b->at);
}

static const cJSON *index_of(const cJSON *doc)
{
	const cJSON *index = json_get(doc, "index");

	return index ? index : doc;
}

static bool read_side(struct diff *d, struct side *s, const cJSON *doc)
{
	const cJSON *list = json_get(index_of(doc), "criteria");
	size_t n = count(list);

	s->list = arena_array(d->a, n + 1, sizeof *s->list);
	s->by_code = arena_array(d->a, n + 1, sizeof *s->by_code);
	if (!s->list || !s->by_code)
		return false;
	flatten(s, list, "");
	for (size_t i = 0; i < s->n; i++)
		s->by_code[i] = &s->list[i];
	qsort(s->by_code, s->n, sizeof *s->by_code, by_code);
	return true;
}

static const struct item *find(const struct side *s, const char *code)
{
	struct item want = { .code = code };
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(s->by_code[mid]->code, want.code) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n && strcmp(s->by_code[low]->code, code) == 0
		       ? s->by_code[low]
		       : NULL;
}

/* ---- what is told ------------------------------------------------- */

static void tell(struct diff *d, enum round_change_kind kind, const char *code,
		 const char *name, const char *member, const char *from,
		 const char *to)
{
	if (d->n == d->cap) {
		size_t cap = d->cap ? 2 * d->cap : 64;
		struct round_change *more =
			arena_array(d->a, cap, sizeof *more);

		if (!more)
			return; /* the arena remembers */
		if (d->n > 0)
			memcpy(more, d->out, d->n * sizeof *more);
		d->out = more;
		d->cap = cap;
	}
	d->out[d->n++] = (struct round_change){ kind,	code, name ? name : "",
						member, from, to };
}

/* A text as it is, all else as canonical JSON; NULL: not there. */
static const char *text_of(struct diff *d, const cJSON *v)
{
	struct buf b = BUF_INIT(VALUE_BYTES);
	const char *s;
	struct err e;

	if (!v)
		return NULL;
	if (cJSON_IsString(v))
		return arena_strdup(d->a, v->valuestring);
	s = json_canonical(v, &b, &e) && buf_cstr(&b)
		    ? arena_strdup(d->a, b.data)
		    : "?";
	buf_free(&b);
	return s;
}

static bool same(const cJSON *a, const cJSON *b)
{
	return (!a && !b) || (a && b && cJSON_Compare(a, b, true));
}

/* A key that is not there is the same as its default. */
static bool same_or(const cJSON *a, const cJSON *b, const char *otherwise)
{
	const char *x = a ? cJSON_GetStringValue(a) : otherwise;
	const char *y = b ? cJSON_GetStringValue(b) : otherwise;

	return same(a, b) || (x && y && strcmp(x, y) == 0);
}

/* "4" and "4.0" are one number. */
static bool same_number(const cJSON *a, const cJSON *b)
{
	const char *x = a ? cJSON_GetStringValue(a) : NULL;
	const char *y = b ? cJSON_GetStringValue(b) : NULL;
	struct dec p, q;
	struct err e;

	if (!x || !y || !dec_parse(x, strlen(x), &p, &e) ||
	    !dec_parse(y, strlen(y), &q, &e))
		return same(a, b);
	return dec_cmp(p, q) == 0;
}

static void compare_criterion(struct diff *d, const struct item *x,
			      const struct item *y)
{
	static const struct {
		const char *member;
		enum round_change_kind kind;
		const char *otherwise; /* NULL: none; "#": a number */
	} members[] = {
		{ "name", CHANGE_RENAMED, NULL },
		{ "maximum", CHANGE_MAXIMUM, "#" },
		{ "source", CHANGE_KIND, NULL },
		{ "combine", CHANGE_COMBINATION, "sum" },
		{ "convert", CHANGE_COMBINATION, NULL },
		{ "need", CHANGE_COMBINATION, "#" },
		{ "applies", CHANGE_APPLIES, NULL },
		{ "effect", CHANGE_EFFECT, "counts" },
		{ "grain", CHANGE_DETAIL, "#" },
		{ "groups", CHANGE_DETAIL, NULL },
		{ "basis", CHANGE_DETAIL, NULL },
	};
	const char *name = text_of(d, json_get(y->o, "name"));

	if (strcmp(x->parent, y->parent) != 0)
		tell(d, CHANGE_MOVED, y->code, name, "", x->parent, y->parent);
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		const cJSON *a = json_get(x->o, members[i].member);
		const cJSON *b = json_get(y->o, members[i].member);
		const char *other = members[i].otherwise;
		bool equal = !other	     ? same(a, b)
			     : *other == '#' ? same_number(a, b)
					     : same_or(a, b, other);

		if (!equal)
			tell(d, members[i].kind, y->code, name,
			     members[i].member, text_of(d, a), text_of(d, b));
	}
}

/* "1.2 1.1": the children that both have, as one of them orders them. */
static const char *order_of(struct diff *d, const struct side *s,
			    const struct side *other, const char *parent)
{
	struct buf b = BUF_INIT(VALUE_BYTES);
	const char *out;

	for (size_t i = 0; i < s->n; i++) {
		const struct item *x = &s->list[i], *y;

		if (strcmp(x->parent, parent) != 0)
			continue;
		y = find(other, x->code);
		if (y && strcmp(y->parent, parent) == 0)
			buf_addf(&b, "%s%s", b.len ? " " : "", x->code);
	}
	out = buf_cstr(&b);
	out = arena_strdup(d->a, out ? out : "");
	buf_free(&b);
	return out ? out : "";
}

static void compare_order(struct diff *d, const char *parent)
{
	const char *x = order_of(d, &d->from, &d->to, parent);
	const char *y = order_of(d, &d->to, &d->from, parent);

	if (strcmp(x, y) != 0)
		tell(d, CHANGE_REORDERED, parent, "", "", x, y);
}

static void compare_criteria(struct diff *d)
{
	compare_order(d, "");
	for (size_t i = 0; i < d->to.n; i++) {
		const struct item *y = &d->to.list[i];
		const struct item *x = find(&d->from, y->code);

		if (x)
			compare_criterion(d, x, y);
		else
			tell(d, CHANGE_ADDED, y->code,
			     text_of(d, json_get(y->o, "name")), "", NULL,
			     text_of(d, json_get(y->o, "maximum")));
		if (x && json_get(y->o, "children"))
			compare_order(d, y->code);
	}
	for (size_t i = 0; i < d->from.n; i++) {
		const struct item *x = &d->from.list[i];

		if (!find(&d->to, x->code))
			tell(d, CHANGE_REMOVED, x->code,
			     text_of(d, json_get(x->o, "name")), "",
			     text_of(d, json_get(x->o, "maximum")), NULL);
	}
}

/* ---- old to new, and the rest ------------------------------------- */

static const cJSON *mapped(const cJSON *list, const char *from)
{
	for (const cJSON *o = list ? list->child : NULL; o; o = o->next) {
		const char *code = json_get_text(o, "from");

		if (code && strcmp(code, from) == 0)
			return o;
	}
	return NULL;
}

/* What an old code became; "": dropped; NULL: not said. */
static const char *became(struct diff *d, const cJSON *o)
{
	return !o		   ? NULL
	       : json_get(o, "to") ? text_of(d, json_get(o, "to"))
				   : "";
}

static void compare_replaced(struct diff *d, const cJSON *a, const cJSON *b)
{
	const cJSON *x = json_get(a, "replaced"), *y = json_get(b, "replaced");

	for (const cJSON *o = y ? y->child : NULL; o; o = o->next) {
		const char *code = json_get_text(o, "from");
		const cJSON *was = code ? mapped(x, code) : NULL;

		if (code &&
		    !same(was ? json_get(was, "to") : NULL, json_get(o, "to")))
			tell(d, CHANGE_REPLACED, arena_strdup(d->a, code), "",
			     "", became(d, was), became(d, o));
		else if (code && !was)
			tell(d, CHANGE_REPLACED, arena_strdup(d->a, code), "",
			     "", NULL, became(d, o));
	}
	for (const cJSON *o = x ? x->child : NULL; o; o = o->next) {
		const char *code = json_get_text(o, "from");

		if (code && !mapped(y, code))
			tell(d, CHANGE_REPLACED, arena_strdup(d->a, code), "",
			     "", became(d, o), NULL);
	}
}

static void other(void *ctx, const char *path, const cJSON *a, const cJSON *b)
{
	struct diff *d = ctx;

	tell(d, CHANGE_OTHER, arena_strdup(d->a, path), "", "", text_of(d, a),
	     text_of(d, b));
}

/* The document without what was compared already. */
static cJSON *rest_of(const cJSON *doc)
{
	cJSON *copy = cJSON_Duplicate(doc, true);
	cJSON *index =
		copy ? cJSON_GetObjectItemCaseSensitive(copy, "index") : NULL;

	if (copy) {
		cJSON_DeleteItemFromObjectCaseSensitive(index ? index : copy,
							"criteria");
		cJSON_DeleteItemFromObjectCaseSensitive(copy, "replaced");
	}
	return copy;
}

static bool compare_rest(struct diff *d, const cJSON *a, const cJSON *b)
{
	cJSON *x = rest_of(a), *y = rest_of(b);
	bool broken = !x || !y;

	if (!broken)
		(void)json_diff(x, y, other, d, &broken);
	cJSON_Delete(x);
	cJSON_Delete(y);
	return !broken;
}

/* A round and a set of criteria alone are compared in what both have. */
static bool both_rounds(const cJSON *a, const cJSON *b)
{
	return !json_get(a, "index") == !json_get(b, "index");
}

bool round_diff(const cJSON *a, const cJSON *b, struct arena *arena,
		struct round_change **out, size_t *n, struct err *e)
{
	struct diff d = { .a = arena };
	bool ok = read_side(&d, &d.from, a) && read_side(&d, &d.to, b);

	if (ok) {
		compare_criteria(&d);
		compare_replaced(&d, a, b);
		ok = compare_rest(&d, both_rounds(a, b) ? a : index_of(a),
				  both_rounds(a, b) ? b : index_of(b));
	}
	*out = d.out;
	*n = d.n;
	return (ok && !arena_broken(arena)) ||
	       err_set(e, ERR_NOMEM, "out of memory");
}

/* ---- shown -------------------------------------------------------- */

static const char *shown(const char *s)
{
	return !s ? "–" : *s ? s : "∅";
}

void round_diff_text(const struct round_change *c, size_t n, struct buf *out)
{
	if (n == 0)
		buf_adds(out, "Không khác nhau (no difference)\n");
	for (size_t i = 0; i < n; i++) {
		const struct round_change *x = &c[i];
		bool added = x->kind == CHANGE_ADDED || !x->from;

		buf_addf(out, "%s %s",
			 added	 ? "+"
			 : x->to ? "~"
				 : "-",
			 *x->code ? x->code : "/");
		if (*x->name)
			buf_addf(out, " %s", x->name);
		buf_addf(out, ": %s (%s", words[x->kind].vi, words[x->kind].en);
		if (*x->member && strcmp(x->member, words[x->kind].en) != 0)
			buf_addf(out, ", %s", x->member);
		buf_addf(out, "): %s -> %s\n", shown(x->from), shown(x->to));
	}
}

void round_diff_json(const struct round_change *c, size_t n, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	w.pretty = true;
	jw_object(&w);
	jw_kb(&w, "same", n == 0);
	jw_key(&w, "changes");
	jw_array(&w);
	for (size_t i = 0; i < n; i++) {
		jw_object(&w);
		jw_kv(&w, "change", words[c[i].kind].en);
		jw_kv(&w, c[i].kind == CHANGE_OTHER ? "path" : "code",
		      c[i].code);
		if (*c[i].name)
			jw_kv(&w, "name", c[i].name);
		if (*c[i].member)
			jw_kv(&w, "member", c[i].member);
		jw_kv(&w, "from", c[i].from);
		jw_kv(&w, "to", c[i].to);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_object_end(&w);
	buf_adds(out, "\n");
}
