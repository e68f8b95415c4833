#include "support/table.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/json.h"
#include "support/test.h"

static char *read_text(const char *path, size_t *n)
{
	struct err e = { 0 };
	char *s = file_read(path, (size_t)64 << 20, n, &e);

	if (s == NULL)
		fail_msg("%s: %s", path, e.msg);
	return s;
}

struct test_table test_table_read(const char *path)
{
	struct test_table t = { 0 };
	size_t n, cap = 1, at = 0;

	t.text = read_text(path, &n);
	for (size_t i = 0; i < n; i++)
		cap += t.text[i] == ',' || t.text[i] == '\n';
	t.cell = calloc(cap, sizeof *t.cell);
	assert_non_null(t.cell);
	for (char *s = t.text; *s != '\0';) {
		size_t len = strcspn(s, ",\n");
		bool end = s[len] != ',';

		if (*s == '#') { /* a remark */
			s += strcspn(s, "\n");
			s += *s == '\n';
			continue;
		}
		t.cell[at++] = s;
		if (end && t.columns == 0)
			t.columns = at;
		s += len;
		if (*s != '\0')
			*s++ = '\0';
	}
	t.rows = at / t.columns - 1;
	assert_int_equal(at, (t.rows + 1) * t.columns);
	return t;
}

void test_table_free(struct test_table *t)
{
	free(t->text);
	free(t->cell);
}

size_t test_column(const struct test_table *t, const char *name)
{
	for (size_t i = 0; i < t->columns; i++)
		if (strcmp(t->cell[i], name) == 0)
			return i;
	fail_msg("no column %s", name);
	return 0;
}

const char *test_cell(const struct test_table *t, size_t row, size_t column)
{
	return t->cell[(row + 1) * t->columns + column];
}

double test_number(const struct test_table *t, size_t row, size_t column)
{
	const char *s = test_cell(t, row, column);

	return *s == '\0' ? NAN : strtod(s, NULL);
}

cJSON *test_json_read(const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *s = read_text(path, &n);
	cJSON *j = json_parse(s, n, &json_plan_limits, &e);

	if (j == NULL)
		fail_msg("%s: %s", path, e.msg);
	free(s);
	return j;
}
