#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/xlsform.h"

static const char *const shipped[] = {
	"collector/plans/lai-chau-2020.json",
	"collector/plans/sipas-2017-example.json",
	"collector/plans/two-level-example.json",
	"tests/data/plan/small.json",
};

struct bench {
	struct arena *a;
	struct faults faults, notes;
	struct buf parts, joined;
	char path[64];
};

static void bench_open(struct bench *b)
{
	struct err e = { 0 };
	int fd;

	assert_true(hash_start(&e));
	*b = (struct bench){ .parts = BUF_INIT(16 << 20),
			     .joined = BUF_INIT(16 << 20),
			     .path = "/tmp/phieu-xlsform.XXXXXX" };
	fd = mkstemp(b->path);
	assert_true(fd >= 0);
	(void)close(fd);
	b->a = arena_new(16 << 20);
	faults_init(&b->faults, b->a);
	faults_init(&b->notes, b->a);
}

static void bench_close(struct bench *b)
{
	(void)unlink(b->path);
	buf_free(&b->parts);
	buf_free(&b->joined);
	arena_free(b->a);
}

static bool read_back(struct bench *b, const char *basis, struct err *e)
{
	size_t n;
	char *file = file_read(b->path, LIMIT_XLSX_BYTES, &n, e);
	bool ok;

	assert_non_null(file);
	ok = xlsform_read(file, n, basis, &b->parts, &b->faults, &b->notes, e);
	free(file);
	return ok;
}

static void no_faults(const struct bench *b)
{
	for (size_t i = 0; i < b->faults.n; i++)
		print_message("%s %s %s\n", b->faults.list[i].code,
			      b->faults.list[i].path,
			      b->faults.list[i].message);
	assert_int_equal(b->faults.n, 0);
}

static void same_text(const char *a, const char *b)
{
	if (!a || !b)
		assert_true(a == b);
	else
		assert_string_equal(a, b);
}

static void same_options(const struct option *a, const struct option *b,
			 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(a[i].code, b[i].code);
		assert_string_equal(a[i].label, b[i].label);
		same_text(a[i].label_en, b[i].label_en);
		assert_int_equal(a[i].ordinal, b[i].ordinal);
		assert_int_equal(a[i].has_coefficient, b[i].has_coefficient);
		assert_int_equal(a[i].coefficient.micro,
				 b[i].coefficient.micro);
		assert_int_equal(a[i].satisfied, b[i].satisfied);
		assert_int_equal(a[i].no_opinion, b[i].no_opinion);
		assert_int_equal(a[i].retired, b[i].retired);
	}
}

static void same_question(const struct question *a, const struct question *b)
{
	assert_string_equal(a->code, b->code);
	assert_string_equal(a->text, b->text);
	same_text(a->text_en, b->text_en);
	same_text(a->note, b->note);
	same_text(a->field, b->field);
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->required, b->required);
	assert_int_equal(a->reversed, b->reversed);
	assert_int_equal(a->asked, b->asked);
	assert_int_equal(a->has_min, b->has_min);
	assert_int_equal(a->has_max, b->has_max);
	assert_int_equal(a->min.micro, b->min.micro);
	assert_int_equal(a->max.micro, b->max.micro);
	assert_int_equal(a->max_bytes, b->max_bytes);
	assert_int_equal(a->slot, b->slot);
	assert_int_equal(a->n_options, b->n_options);
	same_options(a->options, b->options, a->n_options);
}

static void same_form(const struct form *a, const struct form *b)
{
	assert_string_equal(a->code, b->code);
	assert_string_equal(a->version, b->version);
	assert_string_equal(a->name, b->name);
	same_text(a->name_en, b->name_en);
	same_text(a->note, b->note);
	assert_int_equal(a->basis, b->basis);
	assert_int_equal(a->n_profile, b->n_profile);
	for (size_t i = 0; i < a->n_profile; i++) {
		assert_string_equal(a->profile[i].code, b->profile[i].code);
		assert_string_equal(a->profile[i].label, b->profile[i].label);
		same_text(a->profile[i].label_en, b->profile[i].label_en);
		assert_int_equal(a->profile[i].required,
				 b->profile[i].required);
		assert_int_equal(a->profile[i].n_options,
				 b->profile[i].n_options);
		same_options(a->profile[i].options, b->profile[i].options,
			     a->profile[i].n_options);
	}
	assert_int_equal(a->n_questions, b->n_questions);
	for (size_t i = 0; i < a->n_questions; i++)
		same_question(&a->questions[i], &b->questions[i]);
}

static void same_criteria(const struct plan *a, const struct plan *b)
{
	struct buf diff = BUF_INIT(1 << 20);

	assert_int_equal(a->n_criteria, b->n_criteria);
	for (size_t i = 0; i < a->n_criteria; i++) {
		const struct criterion *x = &a->criteria[i],
				       *y = &b->criteria[i];

		assert_int_equal(x->n_questions, y->n_questions);
		for (size_t k = 0; k < x->n_questions; k++) {
			assert_string_equal(x->questions[k].item,
					    y->questions[k].item);
			assert_int_equal(x->questions[k].weight.micro,
					 y->questions[k].weight.micro);
			assert_int_equal(x->questions[k].form,
					 y->questions[k].form);
			assert_int_equal(x->questions[k].question,
					 y->questions[k].question);
		}
	}
	if (plan_diff(a, b, &diff))
		fail_msg("%s", diff.data);
	buf_free(&diff);
}

static void round_trip(const struct plan *p, size_t form)
{
	struct err e = { 0 };
	struct faults f;
	struct bench b;
	struct plan *now;

	bench_open(&b);
	faults_init(&f, b.a);
	assert_true(xlsform_write(p, form, b.path, &e));
	if (!read_back(&b, NULL, &e))
		fail_msg("%s", e.msg);
	no_faults(&b);
	if (!xlsform_join(p, b.parts.data, b.parts.len, &b.joined, &b.faults,
			  &e))
		fail_msg("%s", e.msg);
	no_faults(&b);
	now = plan_read(b.joined.data, b.joined.len, &f, &e);
	assert_non_null(now);
	assert_int_equal(now->n_forms, p->n_forms);
	same_form(&p->forms[form], &now->forms[form]);
	same_criteria(p, now);
	plan_free(now);
	bench_close(&b);
}

static void a_form_out_and_in_again_is_the_same_form(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_true(hash_start(&e));
	for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
		struct plan *p = plan_file_read(shipped[i], &e);

		assert_non_null(p);
		for (size_t form = 0; form < p->n_forms; form++)
			round_trip(p, form);
		plan_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_out_and_in_again_is_the_same_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
