/* Submissions against a small fixed plan (corpus/plan/small): what is read
 * has valid indices, answer bytes that the form knows and texts that are
 * JSON and UTF-8; what passes the check is written and read again with the
 * same meaning and no fault; faults are listed as JSON whatever was sent. */
#include "fuzz.h"

#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/submission.h"
#include "phieu/utf8.h"

#define TODAY ((struct date){ 18700 }) /* 2021-03-14, inside the wave */

int LLVMFuzzerInitialize(int *argc, char ***argv);
static struct plan *plan;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char path[] = "tests/fuzz/corpus/plan/small";
	struct arena *a = arena_new(1 << 20);
	static char text[1 << 16];
	FILE *f = fopen(path, "r");
	struct faults faults;
	struct err e = { 0 };
	size_t n;

	(void)argc;
	(void)argv;
	MUST(f);
	n = fread(text, 1, sizeof text, f);
	(void)fclose(f);
	faults_init(&faults, a);
	plan = plan_read(text, n, &faults, &e);
	MUST(plan);
	arena_free(a);
	return 0;
}

static void is_json(const char *s)
{
	struct json_limits lim = json_submission_limits;
	struct err e;

	lim.bytes = lim.string_bytes = (size_t)16 << 20;
	MUST(json_check(s, strlen(s), &lim, NULL, &e));
}

static void answers_are_known(const struct form *f, const struct rating *r)
{
	for (size_t q = 0; q < f->n_questions; q++) {
		const struct question *qu = &f->questions[q];
		uint8_t byte;
		bool known = false;

		if (qu->slot == NONE)
			continue;
		MUST(qu->slot < f->n_slots);
		byte = r->answers[qu->slot];
		for (size_t i = 0; i < qu->n_options; i++)
			known |= qu->options[i].ordinal == byte;
		MUST(known || byte >= ANSWER_UNREADABLE ||
		     byte == ANSWER_NOT_ASKED);
	}
	MUST(r->n_answered <= f->n_slots);
	if (r->extra)
		is_json(r->extra);
}

static void it_is_whole(const struct submission *s)
{
	size_t bad;

	MUST(s->instance[0] && strlen(s->instance) <= LIMIT_INSTANCE_BYTES);
	MUST(s->form == NONE || s->form < plan->n_forms);
	MUST(s->group == NONE || s->group < plan->n_groups);
	MUST(s->home == NONE || s->home < plan->n_units);
	MUST(s->keying == 1 || s->keying == 2);
	MUST(s->n_ratings <= LIMIT_RATINGS);
	is_json(s->profile);
	if (s->comment)
		MUST(utf8_valid(s->comment, strlen(s->comment), &bad));
	for (size_t i = 0; i < s->n_ratings; i++) {
		MUST(s->ratings[i].unit == NONE ||
		     s->ratings[i].unit < plan->n_units);
		if (s->form != NONE)
			answers_are_known(&plan->forms[s->form],
					  &s->ratings[i]);
	}
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void they_mean_the_same(const struct submission *a,
			       const struct submission *b)
{
	const struct form *f = &plan->forms[a->form];

	MUST(same_text(a->instance, b->instance));
	MUST(same_text(a->replaces, b->replaces));
	MUST(same_text(a->sheet, b->sheet));
	MUST(same_text(a->profile, b->profile));
	MUST(same_text(a->comment, b->comment));
	MUST(same_text(a->device, b->device));
	MUST(a->form == b->form && a->group == b->group && a->home == b->home);
	MUST(a->keying == b->keying && a->simulated == b->simulated);
	MUST(a->collected.days == b->collected.days);
	MUST(a->has_start == b->has_start && a->start_us == b->start_us);
	MUST(a->has_end == b->has_end && a->end_us == b->end_us);
	MUST(a->n_ratings == b->n_ratings);
	for (size_t i = 0; i < a->n_ratings; i++) {
		const struct rating *x = &a->ratings[i], *y = &b->ratings[i];

		MUST(x->unit == y->unit && x->n_answered == y->n_answered);
		MUST(memcmp(x->answers, y->answers, f->n_slots) == 0);
		MUST(same_text(x->extra, y->extra));
	}
}

static void written_it_reads_the_same(const struct submission *s,
				      unsigned flags, struct arena *a)
{
	struct buf b = BUF_INIT((size_t)4 << 20);
	struct submission again;
	struct faults f;
	struct err e = { 0 };
	unsigned flags_again = 0;

	submission_write(plan, s, &b);
	MUST(buf_cstr(&b));
	faults_init(&f, a);
	MUST(submission_read(b.data, b.len, plan, a, &again, &f, &e));
	submission_check(plan, &again, TODAY, &f, &flags_again);
	MUST(f.n == 0);
	MUST(flags == flags_again);
	they_mean_the_same(s, &again);
	buf_free(&b);
}

static void faults_are_json(struct faults *f)
{
	struct buf b = BUF_INIT((size_t)16 << 20);

	MUST(f->n <= LIMIT_FAULTS);
	faults_sort(f);
	faults_json(f, &b);
	MUST(buf_cstr(&b));
	is_json(buf_cstr(&b));
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)32 << 20);
	struct submission s;
	struct faults f;
	struct err e = { 0 };
	unsigned flags = 0;

	faults_init(&f, a);
	if (submission_read((const char *)data, n, plan, a, &s, &f, &e)) {
		it_is_whole(&s);
		submission_check(plan, &s, TODAY, &f, &flags);
		if (f.n == 0)
			written_it_reads_the_same(&s, flags, a);
	} else {
		MUST(e.kind == ERR_INPUT);
	}
	faults_are_json(&f);
	arena_free(a);
	return 0;
}
