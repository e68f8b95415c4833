/* $filter, $select and $orderby of a feed: whatever is sent is taken or refused
 * with its place, and what is taken says yes or no to a row. */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/odata.h"

static struct dataset *made;
static struct dataset_cell *cells;

static void make(void)
{
	static const struct unit_kind kind = { .code = "so", .name = "Sở" };
	static const struct unit unit = { .code = "so-1", .name = "Sở 1" };
	static const struct group group = { .code = "g", .name = "Nhóm" };
	static const struct form form = { .code = "F",
					  .version = "1",
					  .name = "Mẫu" };
	static const struct plan plan = { .wave = "w",
					  .name = "Đợt",
					  .kinds = &kind,
					  .n_kinds = 1,
					  .units = &unit,
					  .n_units = 1,
					  .groups = &group,
					  .n_groups = 1,
					  .forms = &form,
					  .n_forms = 1 };
	struct dataset_rating r = { .respondent = "7",
				    .stratum = "g|",
				    .frame = (double)NAN,
				    .home = NONE };
	struct err e = { 0 };

	made = dataset_new(&plan, 0, &e);
	MUST(made);
	cells = calloc(made->n, sizeof *cells);
	MUST(cells && dataset_fill(made, &r, cells, &e));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(1 << 20);
	char *s = malloc(n + 1);
	bool select[64], unknown;
	struct odata_filter *f;
	struct odata_order *order;
	struct err e = { 0 };

	if (!made)
		make();
	MUST(a && s && made->n < 64);
	if (n)
		memcpy(s, data, n);
	s[n] = '\0';
	f = odata_filter_read(made, s, a, &unknown, &e);
	if (f)
		(void)odata_filter_takes(f, cells);
	else
		MUST(e.kind != ERR_NONE && *e.msg);
	e = (struct err){ .kind = ERR_NONE };
	if (!odata_select(made, s, select, &e))
		MUST(e.kind == ERR_INPUT && *e.msg);
	e = (struct err){ .kind = ERR_NONE };
	order = odata_order_read(made, s, a, &e);
	MUST(order ? odata_order_add(order, cells, &e)
		   : e.kind == ERR_INPUT && *e.msg);
	odata_order_clear(order);
	free(s);
	arena_free(a);
	return 0;
}
