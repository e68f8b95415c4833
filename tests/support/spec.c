#include "support/spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/limits.h"
#include "support/test.h"

char *test_spec_file(const char *name)
{
	struct err e = { 0 };
	char path[200], *s;
	size_t n;

	(void)snprintf(path, sizeof path, "tests/data/oracle/%s", name);
	s = file_read(path, (size_t)64 << 20, &n, &e);
	if (s == NULL)
		fail_msg("%s: %s", path, e.msg);
	return s;
}

static bool load(struct test_spec *t, const char *csv)
{
	struct frame_csv c;
	bool ok;

	frame_csv_init(&c, &t->frame);
	ok = frame_csv_push(&c, csv, strlen(csv), &t->e) &&
	     frame_csv_end(&c, &t->e);
	frame_csv_clear(&c);
	return ok;
}

void test_spec_open(struct test_spec *t, const char *json, const char *csv)
{
	*t = (struct test_spec){ .a = arena_new((size_t)256 << 20) };
	assert_non_null(t->a);
	assert_true(frame_init(&t->frame, LIMIT_FRAME_ROWS, &t->e));
	faults_init(&t->faults, t->a);
	t->read = spec_read(json, strlen(json), t->a, &t->frame, &t->spec,
			    &t->faults);
	if (!t->read)
		assert_true(t->faults.n > 0);
	else if (!load(t, csv))
		fail_msg("%s", t->e.msg);
}

void test_spec_go(struct test_spec *t)
{
	t->ran = spec_run(&t->spec, &t->frame, t->a, &t->out, &t->e);
}

void test_spec_run(struct test_spec *t, const char *json, const char *csv)
{
	test_spec_open(t, json, csv);
	if (t->read)
		test_spec_go(t);
}

void test_spec_clear(struct test_spec *t)
{
	frame_clear(&t->frame);
	arena_free(t->a);
}

static size_t index_of(const struct test_spec *t, const char *name)
{
	for (size_t i = 0; i < t->spec.n_estimates; i++)
		if (strcmp(t->spec.estimate[i].name, name) == 0)
			return i;
	fail_msg("no estimate %s", name);
	return 0;
}

static bool has_key(const struct est_cell *c, const char *key)
{
	for (size_t i = 0; i < c->by.n; i++) {
		size_t n = strlen(c->key[i]);

		if (strncmp(key, c->key[i], n) != 0)
			return false;
		key += n;
		key += *key == ',';
	}
	return *key == '\0';
}

const struct est_cell *test_spec_cell(const struct test_spec *t,
				      const char *name, const char *of,
				      const char *key)
{
	size_t at = index_of(t, name);

	for (size_t i = 0; i < t->out.n; i++) {
		const struct est_cell *c = &t->out.cell[i];

		if (c->estimate == at &&
		    (of == NULL || (c->of != NULL && strcmp(of, c->of) == 0)) &&
		    (key == NULL || has_key(c, key)))
			return c;
	}
	fail_msg("no cell %s %s %s", name, of ? of : "", key ? key : "");
	return NULL;
}

double test_spec_extra(const struct est_cell *c, const char *name)
{
	for (size_t i = 0; i < c->n_extra; i++)
		if (strcmp(c->extra[i].name, name) == 0)
			return c->extra[i].value;
	fail_msg("no number %s", name);
	return NAN;
}

cJSON *test_spec_detail(const struct test_spec *t, const char *name)
{
	const char *text = t->out.detail[index_of(t, name)];
	cJSON *tree = text ? cJSON_Parse(text) : NULL;

	if (tree == NULL)
		fail_msg("%s: no detail", name);
	return tree;
}

bool test_spec_warned(const struct test_spec *t, const char *code,
		      const char *part)
{
	for (size_t i = 0; i < t->out.n_warnings; i++)
		if (strcmp(t->out.warning[i].code, code) == 0 &&
		    strstr(t->out.warning[i].message, part) != NULL)
			return true;
	return false;
}
