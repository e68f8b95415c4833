#include "support/sheets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/limits.h"

struct plan *sheets_plan(void)
{
	struct err e = { 0 };
	struct plan *p =
		hash_start(&e)
			? plan_file_read("tests/data/sheet_plan.json", &e)
			: NULL;

	if (!p)
		(void)fprintf(stderr, "%s\n", e.msg);
	return p;
}

const char sheets_own[] =
	"{\"instanceID\":\"uuid:1\",\"replaces\":null,\"wave\":\"thu-2021\","
	"\"form\":\"T-1\",\"version\":\"1\",\"sheet\":\"T1-00012-9\","
	"\"keying\":1,\"group\":\"cong-chuc\",\"home\":\"so-a\","
	"\"collected\":\"2021-01-15\",\"profile\":{\"gioi-tinh\":\"nam\"},"
	"\"ratings\":[{\"unit\":\"so-a\",\"answers\":{\"Q1\":\"A\","
	"\"Q2\":\"B\",\"Q3\":\"C\",\"Q5\":\"co\",\"Q6\":\"1\","
	"\"N1\":\"12.5\",\"N2\":7,\"M1\":[\"a\",\"c\"],\"T1\":\"Tốt\"}}],"
	"\"comment\":\"Cảm ơn\"}";

const char sheets_all[] =
	"{\"instanceID\":\"uuid:2\",\"wave\":\"thu-2021\",\"form\":\"T-2\","
	"\"version\":\"1\",\"sheet\":\"T2-00007-0\",\"keying\":1,"
	"\"group\":\"dai-bieu\",\"home\":null,\"collected\":\"2021-01-15\","
	"\"ratings\":[{\"unit\":\"so-a\",\"answers\":{\"Q1\":\"A\","
	"\"Q2\":\"B\",\"Q3\":\"A\",\"N9\":\"1\"}},{\"unit\":\"so-b\","
	"\"answers\":{\"Q1\":\"C\",\"Q2\":\"B\",\"Q3\":\"D\",\"N9\":2}}]}";

const char sheets_mapped[] =
	"{\"instanceID\":\"uuid:3\",\"wave\":\"thu-2021\",\"form\":\"T-3\","
	"\"version\":\"2\",\"sheet\":\"T3-00001-6\",\"keying\":2,"
	"\"group\":\"phong\",\"home\":\"huyen-2\","
	"\"collected\":\"2021-01-31\",\"ratings\":[{\"unit\":\"so-a\","
	"\"answers\":{\"Q1\":\"A\"}}]}";

char *sheets_edit(const char *base, const char *from, const char *to)
{
	struct buf b = BUF_INIT((size_t)64 << 20);
	const char *at = strstr(base, from);

	if (!at) {
		(void)fprintf(stderr, "not in the sheet: %s\n", from);
		abort();
	}
	buf_add(&b, base, (size_t)(at - base));
	buf_adds(&b, to);
	buf_adds(&b, at + strlen(from));
	return buf_take(&b);
}
