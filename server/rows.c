#include "phieu/rows.h"

#include <stdio.h>

#include "phieu/cli.h"

bool rows_print(const struct res *r, const char *const *heads, int columns,
		const char *empty, struct err *e)
{
	struct table *t = table_headed(heads, (size_t)columns, (size_t)columns);

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < res_rows(r); i++)
		for (int j = 0; j < columns; j++) {
			const char *s = res_text(r, i, j);

			table_cell(t, (!s || !*s) && empty ? empty : s);
		}
	table_print(t, stdout);
	table_free(t);
	return true;
}
