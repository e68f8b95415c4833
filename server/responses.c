#include "phieu/responses.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/content.h"
#include "phieu/file.h"
#include "phieu/submission.h"

#define FILE_BYTES  ((size_t)4 << 30)
#define KEEP_BYTES  ((size_t)8 << 30)
#define SHEET_BYTES ((size_t)64 << 20)

struct kept_rating {
	size_t unit;
	const uint8_t *answers;
	const char *extra;
};

struct response {
	const char *instance, *sheet, *profile, *comment;
	size_t form, group, home;
	int keying;
	bool counted, simulated;
	struct kept_rating *ratings;
	size_t n_ratings;
};

/* Open addressing over the responses by instance or by sheet. */
struct table {
	size_t *slot; /* index + 1 */
	size_t cap;
};

struct responses {
	const struct plan *plan;
	struct arena *arena;
	struct response *list;
	size_t n, cap;
	struct table by_instance, by_sheet; /* by_sheet: counted ones */
	int64_t n_ratings;
	size_t at, rating; /* of the walk */
};

static uint64_t hash_text(const char *s, int keying)
{
	uint64_t h = 1469598103934665603u + (uint64_t)keying;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h ^ h >> 29;
}

static bool grow(struct responses *r, struct err *e)
{
	size_t cap = r->cap ? r->cap * 2 : 1024;
	struct response *more;

	if (r->n < r->cap)
		return true;
	more = reallocarray(r->list, cap, sizeof *more);
	if (!more) {
		err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	r->list = more;
	r->cap = cap;
	return true;
}

static size_t *find_instance(const struct responses *r, const char *instance)
{
	const struct table *t = &r->by_instance;
	size_t i = hash_text(instance, 0) & (t->cap - 1);

	while (t->slot[i] != 0 &&
	       strcmp(r->list[t->slot[i] - 1].instance, instance) != 0)
		i = (i + 1) & (t->cap - 1);
	return &t->slot[i];
}

/* The slot of the sheet's keying; it names the response that counts. */
static size_t *find_sheet(const struct responses *r, const char *sheet,
			  int keying)
{
	const struct table *t = &r->by_sheet;
	size_t i = hash_text(sheet, keying) & (t->cap - 1);

	while (t->slot[i] != 0) {
		const struct response *o = &r->list[t->slot[i] - 1];

		if (o->keying == keying && strcmp(o->sheet, sheet) == 0)
			break;
		i = (i + 1) & (t->cap - 1);
	}
	return &t->slot[i];
}

static bool rehash(struct responses *r, struct err *e)
{
	size_t cap = r->by_instance.cap ? r->by_instance.cap * 2 : 4096;
	size_t *a, *b;

	if (r->by_instance.cap > r->n * 2 + 2)
		return true;
	a = calloc(cap, sizeof *a);
	b = calloc(cap, sizeof *b);
	if (!a || !b) {
		free(a);
		free(b);
		err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	free(r->by_instance.slot);
	free(r->by_sheet.slot);
	r->by_instance = (struct table){ a, cap };
	r->by_sheet = (struct table){ b, cap };
	for (size_t i = 0; i < r->n; i++) {
		*find_instance(r, r->list[i].instance) = i + 1;
		if (r->list[i].counted && r->list[i].sheet)
			*find_sheet(r, r->list[i].sheet, r->list[i].keying) =
				i + 1;
	}
	return true;
}

/* A mended sheet: the one it names stops counting, as field.intake has it
 * (same sheet and keying).  Its slot is taken over by the new one. */
static void replace(struct responses *r, const struct submission *s)
{
	size_t *slot;
	struct response *old;

	if (!s->replaces || !s->sheet)
		return;
	slot = find_instance(r, s->replaces);
	if (*slot == 0)
		return;
	old = &r->list[*slot - 1];
	if (old->sheet && strcmp(old->sheet, s->sheet) == 0 &&
	    old->keying == s->keying)
		old->counted = false;
}

static bool keep_ratings(struct responses *r, const struct submission *s,
			 struct response *out)
{
	size_t slots = r->plan->forms[s->form].n_slots;

	out->ratings =
		arena_array(r->arena, s->n_ratings + 1, sizeof *out->ratings);
	if (!out->ratings)
		return false;
	for (size_t i = 0; i < s->n_ratings; i++) {
		const struct rating *from = &s->ratings[i];
		struct kept_rating *to = &out->ratings[i];
		uint8_t *answers = arena_alloc(r->arena, slots + 1);

		if (!answers)
			return false;
		memcpy(answers, from->answers, slots);
		to->unit = from->unit;
		to->answers = answers;
		to->extra = from->extra ? arena_strdup(r->arena, from->extra)
					: NULL;
	}
	out->n_ratings = s->n_ratings;
	return true;
}

static bool add(struct responses *r, const struct submission *s, bool valid,
		struct err *e)
{
	struct response *o;
	size_t *slot;

	if (!grow(r, e) || !rehash(r, e))
		return false;
	if (valid)
		replace(r, s);
	o = &r->list[r->n];
	*o = (struct response){ .form = s->form,
				.group = s->group,
				.home = s->home,
				.keying = s->keying,
				.simulated = s->simulated };
	o->instance = arena_strdup(r->arena, s->instance);
	o->sheet = s->sheet ? arena_strdup(r->arena, s->sheet) : NULL;
	if (valid) {
		o->profile = arena_strdup(r->arena, s->profile);
		o->comment =
			s->comment ? arena_strdup(r->arena, s->comment) : NULL;
		if (!keep_ratings(r, s, o))
			return err_set(e, ERR_NOMEM, "out of memory");
	}
	if (arena_broken(r->arena))
		return err_set(e, ERR_NOMEM, "out of memory");
	o->counted = valid;
	*find_instance(r, o->instance) = r->n + 1;
	if (o->counted && o->sheet) {
		slot = find_sheet(r, o->sheet, o->keying);
		if (*slot != 0 && r->list[*slot - 1].counted)
			o->counted = false; /* V01: the number was used */
		else
			*slot = r->n + 1;
	}
	r->n++;
	return true;
}

static bool one_line(struct responses *r, const char *line, size_t n,
		     struct arena *a, struct responses_count *count,
		     struct err *e)
{
	struct err own = { 0 };
	struct faults faults;
	struct submission s;
	unsigned flags = 0;
	bool valid;

	arena_reset(a);
	faults_init(&faults, a);
	count->lines++;
	if (!submission_read(line, n, r->plan, a, &s, &faults, &own)) {
		if (own.kind != ERR_INPUT)
			return err_set(e, own.kind, "line %zu: %s",
				       count->lines, own.msg);
		count->broken++;
		return true;
	}
	if (!rehash(r, e))
		return false;
	if (*find_instance(r, s.instance) != 0) {
		count->again++;
		return true;
	}
	submission_check(r->plan, &s, r->plan->to, &faults, &flags);
	if (arena_broken(a))
		return err_set(e, ERR_NOMEM, "line %zu is too large",
			       count->lines);
	valid = faults.n == 0 && s.wave && strcmp(s.wave, r->plan->wave) == 0 &&
		s.form != NONE && s.group != NONE;
	return add(r, &s, valid, e);
}

static void settle(struct responses *r, struct responses_count *count)
{
	for (size_t i = 0; i < r->n; i++) {
		struct response *o = &r->list[i];

		o->counted = o->counted && o->keying == 1;
		if (!o->counted) {
			count->invalid++;
			continue;
		}
		count->counted++;
		r->n_ratings += (int64_t)o->n_ratings;
	}
}

struct responses *responses_read(const struct plan *p, const char *path,
				 struct responses_count *count, struct err *e)
{
	struct responses *r = calloc(1, sizeof *r);
	struct arena *a = arena_new(SHEET_BYTES);
	char *text = NULL;
	const char *at, *line;
	size_t n, length;
	bool ok = false;

	*count = (struct responses_count){ 0 };
	if (r)
		r->arena = arena_new(KEEP_BYTES);
	if (!r || !a || !r->arena) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	r->plan = p;
	text = file_read(path, FILE_BYTES, &n, e);
	if (!text)
		goto out;
	ok = true;
	at = text;
	while (ok && ndjson_next(&at, text + n, &line, &length))
		ok = one_line(r, line, length, a, count, e);
	if (ok)
		settle(r, count);
out:
	free(text);
	arena_free(a);
	if (!ok) {
		responses_free(r);
		r = NULL;
	}
	return r;
}

void responses_free(struct responses *r)
{
	if (!r)
		return;
	arena_free(r->arena);
	free(r->list);
	free(r->by_instance.slot);
	free(r->by_sheet.slot);
	free(r);
}

int64_t responses_n(const struct responses *r)
{
	int64_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->list[i].counted;
	return n;
}

bool responses_simulated(const struct responses *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->list[i].counted && r->list[i].simulated)
			return true;
	return false;
}

void responses_strata(const struct responses *r, struct score_plan *sp)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct response *o = &r->list[i];
		size_t h;

		if (!o->counted)
			continue;
		h = score_plan_stratum(sp, o->group, o->home);
		if (h != NONE)
			sp->strata[h].n++;
	}
}

struct saying { /* an answer to a text question, on its way to the comments */
	struct content *c;
	size_t form, unit;
};

static bool say(void *ctx, const char *question, const char *answer,
		struct err *e)
{
	const struct saying *s = ctx;

	return content_comment(s->c, s->form, question, s->unit, answer, e);
}

static bool hash_ratings(const struct responses *r, const struct response *o,
			 struct content *c, struct err *e)
{
	const struct form *f = &r->plan->forms[o->form];
	struct buf extra = BUF_INIT(SHEET_BYTES);
	bool ok = true;

	for (size_t i = 0; ok && i < o->n_ratings; i++) {
		const struct kept_rating *k = &o->ratings[i];
		struct saying s = { c, o->form, k->unit };

		extra.len = 0;
		ok = content_extra(f, k->extra, &extra, say, &s, e) &&
		     content_rating(c, k->unit, k->answers, f->n_slots,
				    buf_cstr(&extra), e);
	}
	buf_free(&extra);
	return ok;
}

bool responses_hash(const struct responses *r, char sha256[65], struct err *e)
{
	struct content *c = content_new(r->plan, e);
	bool ok = c != NULL;

	for (size_t i = 0; ok && i < r->n; i++) {
		const struct response *o = &r->list[i];

		if (!o->counted)
			continue;
		ok = content_response(c, o->form, o->group, o->home, o->profile,
				      e) &&
		     hash_ratings(r, o, c, e) && content_response_end(c, e) &&
		     (!o->comment ||
		      content_comment(c, o->form, "", NONE, o->comment, e));
	}
	if (ok)
		content_end(c, sha256);
	content_free(c);
	return ok;
}

static int next(void *ctx, struct source_rating *out, struct err *e)
{
	struct responses *r = ctx;

	(void)e;
	for (; r->at < r->n; r->at++, r->rating = 0) {
		const struct response *o = &r->list[r->at];

		if (!o->counted || r->rating == o->n_ratings)
			continue;
		*out = (struct source_rating){
			.unit = o->ratings[r->rating].unit,
			.form = o->form,
			.group = o->group,
			.home = o->home,
			.answers = o->ratings[r->rating].answers,
			.n_answers = r->plan->forms[o->form].n_slots
		};
		r->rating++;
		return 1;
	}
	return 0;
}

struct rating_source responses_source(struct responses *r)
{
	r->at = r->rating = 0;
	return (struct rating_source){ next, r };
}
