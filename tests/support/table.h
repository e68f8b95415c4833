/* table.h - small CSV files of test data (no quoted cells) and JSON of
 * expected values, whole in memory.  What is missing fails the test. */
#ifndef TESTS_TABLE_H
#define TESTS_TABLE_H

#include <cjson/cJSON.h>
#include <stddef.h>

struct test_table {
	char *text;
	const char **cell; /* [row * columns + column], the header first */
	size_t rows, columns;
};

struct test_table test_table_read(const char *path);
void test_table_free(struct test_table *t);
size_t test_column(const struct test_table *t, const char *name);
/* Row from 0, the header not counted; "" is empty. */
const char *test_cell(const struct test_table *t, size_t row, size_t column);
double test_number(const struct test_table *t, size_t row, size_t column);

cJSON *test_json_read(const char *path); /* cJSON_Delete it */

#endif
