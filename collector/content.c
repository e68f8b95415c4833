#include "phieu/content.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/hash.h"
#include "phieu/json.h"

#define LINE_BYTES ((size_t)16 << 20)

struct leaf {
	uint8_t sha[SHA256_BYTES];
};

struct line { /* of one rating, in the text of the response */
	size_t unit, at, n;
};

struct content {
	const struct plan *plan;
	struct leaf *leaves;
	size_t n, cap;
	struct buf head, ratings, tmp;
	struct line *lines;
	size_t n_lines, cap_lines;
};

struct content *content_new(const struct plan *p, struct err *e)
{
	struct content *c = calloc(1, sizeof *c);

	if (!c) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	c->plan = p;
	c->head = (struct buf)BUF_INIT(LINE_BYTES);
	c->ratings = (struct buf)BUF_INIT(LINE_BYTES);
	c->tmp = (struct buf)BUF_INIT(LINE_BYTES);
	return c;
}

void content_free(struct content *c)
{
	if (!c)
		return;
	buf_free(&c->head);
	buf_free(&c->ratings);
	buf_free(&c->tmp);
	free(c->leaves);
	free(c->lines);
	free(c);
}

static void restart(struct buf *b)
{
	b->len = 0;
}

static void field(struct buf *b, const char *s)
{
	buf_adds(b, s);
	buf_adds(b, "\x1f");
}

/* ---- JSON that survives the freeze ----------------------------------- */

static cJSON *object(const char *json, struct err *e)
{
	cJSON *tree =
		json_parse(json, strlen(json), &json_submission_limits, e);

	if (tree && !cJSON_IsObject(tree)) {
		cJSON_Delete(tree);
		err_set(e, ERR_INPUT, "not a JSON object");
		return NULL;
	}
	return tree;
}

static bool is_kept(const struct plan *p, const char *code)
{
	const struct decisions *d = &p->decisions;

	for (size_t i = 0; i < d->n_profile_kept; i++)
		if (strcmp(d->profile_kept[i], code) == 0)
			return true;
	return false;
}

static bool is_empty(const char *json)
{
	return !json || strcmp(json, "{}") == 0;
}

bool content_profile(const struct plan *p, const char *profile, struct buf *out,
		     struct err *e)
{
	cJSON *tree, *m, *next;
	bool ok;

	if (is_empty(profile) || p->decisions.n_profile_kept == 0) {
		buf_adds(out, "{}");
		return true;
	}
	tree = object(profile, e);
	if (!tree)
		return false;
	for (m = tree->child; m; m = next) {
		next = m->next;
		if (!is_kept(p, m->string))
			cJSON_Delete(cJSON_DetachItemViaPointer(tree, m));
	}
	ok = json_canonical(tree, out, e);
	cJSON_Delete(tree);
	return ok;
}

static bool is_text(const struct form *f, const char *code)
{
	size_t q = form_question(f, code);

	return q != NONE && f->questions[q].type == QUESTION_TEXT;
}

bool content_extra(const struct form *f, const char *extra, struct buf *out,
		   bool (*text)(void *ctx, const char *question,
				const char *answer, struct err *e),
		   void *ctx, struct err *e)
{
	cJSON *tree, *m, *next;
	bool ok = true;

	if (is_empty(extra)) {
		buf_adds(out, "{}");
		return true;
	}
	tree = object(extra, e);
	if (!tree)
		return false;
	for (m = tree->child; ok && m; m = next) {
		next = m->next;
		if (!is_text(f, m->string))
			continue;
		if (text && cJSON_IsString(m))
			ok = text(ctx, m->string, m->valuestring, e);
		cJSON_Delete(cJSON_DetachItemViaPointer(tree, m));
	}
	ok = ok && json_canonical(tree, out, e);
	cJSON_Delete(tree);
	return ok;
}

/* ---- lines ----------------------------------------------------------- */

static bool add_leaf(struct content *c, const struct buf *b, struct err *e)
{
	if (!buf_cstr(b))
		return err_set(e, ERR_NOMEM, "a response is too long to hash");
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 1024;
		struct leaf *more = reallocarray(c->leaves, cap, sizeof *more);

		if (!more)
			return err_set(e, ERR_NOMEM, "out of memory");
		c->leaves = more;
		c->cap = cap;
	}
	sha256(b->data, b->len, c->leaves[c->n++].sha);
	return true;
}

bool content_response(struct content *c, size_t form, size_t group, size_t home,
		      const char *profile, struct err *e)
{
	const struct plan *p = c->plan;

	restart(&c->head);
	restart(&c->ratings);
	c->n_lines = 0;
	field(&c->head, "response");
	field(&c->head, p->forms[form].code);
	field(&c->head, p->forms[form].version);
	field(&c->head, p->groups[group].code);
	field(&c->head, home == NONE ? "" : p->units[home].code);
	return content_profile(p, profile, &c->head, e);
}

static bool add_line(struct content *c, size_t unit, size_t at, struct err *e)
{
	if (c->n_lines == c->cap_lines) {
		size_t cap = c->cap_lines ? c->cap_lines * 2 : 64;
		struct line *more = reallocarray(c->lines, cap, sizeof *more);

		if (!more)
			return err_set(e, ERR_NOMEM, "out of memory");
		c->lines = more;
		c->cap_lines = cap;
	}
	c->lines[c->n_lines++] = (struct line){ unit, at, c->ratings.len - at };
	return true;
}

bool content_rating(struct content *c, size_t unit, const uint8_t *answers,
		    size_t n, const char *extra, struct err *e)
{
	static const char hex[] = "0123456789abcdef";
	size_t at = c->ratings.len;

	buf_adds(&c->ratings, "\x1e");
	field(&c->ratings, c->plan->units[unit].code);
	for (size_t i = 0; i < n; i++) {
		char two[2] = { hex[answers[i] >> 4], hex[answers[i] & 15] };

		buf_add(&c->ratings, two, 2);
	}
	buf_adds(&c->ratings, "\x1f");
	buf_adds(&c->ratings, is_empty(extra) ? "{}" : extra);
	return add_line(c, unit, at, e);
}

static int by_code(const void *a, const void *b, void *plan)
{
	const struct plan *p = plan;

	return strcmp(p->units[((const struct line *)a)->unit].code,
		      p->units[((const struct line *)b)->unit].code);
}

bool content_response_end(struct content *c, struct err *e)
{
	if (c->n_lines > 1)
		qsort_r(c->lines, c->n_lines, sizeof *c->lines, by_code,
			(void *)(uintptr_t)c->plan);
	for (size_t i = 0; i < c->n_lines && buf_cstr(&c->ratings); i++)
		buf_add(&c->head, c->ratings.data + c->lines[i].at,
			c->lines[i].n);
	if (c->ratings.broken)
		return err_set(e, ERR_NOMEM, "a response is too long to hash");
	return add_leaf(c, &c->head, e);
}

bool content_comment(struct content *c, size_t form, const char *question,
		     size_t unit, const char *comment, struct err *e)
{
	const struct plan *p = c->plan;

	restart(&c->tmp);
	field(&c->tmp, "comment");
	field(&c->tmp, p->forms[form].code);
	field(&c->tmp, p->forms[form].version);
	field(&c->tmp, question);
	field(&c->tmp, unit == NONE ? "" : p->units[unit].code);
	buf_adds(&c->tmp, comment);
	return add_leaf(c, &c->tmp, e);
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_BYTES);
}

void content_end(struct content *c, char sha256[65])
{
	static const char name[] = "phieu-content/1\n";
	uint8_t sum[SHA256_BYTES];
	struct sha256_run r;

	if (c->n > 1)
		qsort(c->leaves, c->n, sizeof *c->leaves, by_bytes);
	sha256_begin(&r);
	sha256_add(&r, name, sizeof name - 1);
	sha256_add(&r, c->leaves ? (const void *)c->leaves : "",
		   c->n * sizeof *c->leaves);
	sha256_end(&r, sum);
	hex_text(sum, sizeof sum, sha256);
}
