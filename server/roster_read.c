/* A list of persons that somebody sent, as rows for the database, which says
 * what of it is not in the plan. */
#include <stdio.h>
#include <string.h>

#include "phieu/grid.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/store_recheck.h"
#include "phieu/utf8.h"

enum column {
	AT_CODE,
	AT_NAME,
	AT_GROUP,
	AT_UNIT,
	AT_CONTACT,
	AT_AGENT,
	AT_VISITED,
	AT_COLLECTED,
	COLUMNS
};
enum { HEAD_ROWS = 20, NO_COLUMN = -1 };

/* What heads say, without diacritics. */
static const struct {
	const char *key; /* in JSON */
	const char *words[4];
} columns[COLUMNS] = {
	[AT_CODE] = { "code", { "ma", "ma nguoi", "code" } },
	[AT_NAME] = { "name", { "ho ten", "ho va ten", "ten", "name" } },
	[AT_GROUP] = { "group",
		       { "nhom", "doi tuong", "nhom doi tuong", "group" } },
	[AT_UNIT] = { "unit", { "don vi", "ma don vi", "unit" } },
	[AT_CONTACT] = { "contact",
			 { "lien he", "dia chi", "dien thoai", "contact" } },
	[AT_AGENT] = { "agent",
		       { "dieu tra vien", "ma dieu tra vien", "agent" } },
	[AT_VISITED] = { "visited", { "da den", "da phat", "visited" } },
	[AT_COLLECTED] = { "collected", { "da thu", "collected" } },
};

struct reading {
	struct arena *a;
	struct faults *f;
	struct err *e;
	int at[COLUMNS];
	struct jw w;
	size_t n;
};

static const char *key_of(struct reading *x, const struct grid_cell *c)
{
	struct err e = { 0 };
	const char *s = utf8_search_key(x->a, c->s ? c->s : "", c->n, &e);

	return s ? s : "";
}

static enum column column_of(const char *key)
{
	for (int c = 0; c < COLUMNS; c++)
		for (int i = 0; i < 4 && columns[c].words[i]; i++)
			if (strcmp(columns[c].words[i], key) == 0)
				return (enum column)c;
	return COLUMNS;
}

static bool is_head(struct reading *x, const struct grid_row *r)
{
	for (int c = 0; c < COLUMNS; c++)
		x->at[c] = NO_COLUMN;
	for (size_t i = 0; i < r->n; i++) {
		enum column c = column_of(key_of(x, &r->cells[i]));

		if (c < COLUMNS && x->at[c] == NO_COLUMN)
			x->at[c] = (int)r->cells[i].column;
	}
	return x->at[AT_CODE] >= 0 && x->at[AT_NAME] >= 0 &&
	       x->at[AT_GROUP] >= 0;
}

static const struct grid_cell *cell(const struct reading *x,
				    const struct grid_row *r, enum column c)
{
	return x->at[c] < 0 ? NULL : grid_at(r, (uint32_t)x->at[c]);
}

static void fault_at(struct reading *x, const struct grid_row *r, enum column c,
		     const char *code, const char *en, const char *vi)
{
	fault_add(x->f, code,
		  arena_printf(x->a, "/%u/%s", r->number, columns[c].key), en,
		  vi);
}

/* x, 1, có, yes, true; empty, 0, không, no, false. */
static void put_mark(struct reading *x, const struct grid_row *r,
		     enum column at)
{
	static const char *const yes[] = { "x", "1", "co", "yes", "true" };
	static const char *const no[] = { "0", "khong", "no", "false", "-" };
	const struct grid_cell *c = cell(x, r, at);
	const char *s = c ? key_of(x, c) : "0";
	bool is = false;

	for (size_t i = 0; i < 5; i++) {
		if (strcmp(s, yes[i]) == 0)
			is = true;
		else if (strcmp(s, no[i]) == 0)
			s = "0";
	}
	if (!is && strcmp(s, "0") != 0)
		fault_at(x, r, at, "N08", "a mark is x or nothing",
			 "ghi x nếu có, để trống nếu không");
	jw_kb(&x->w, columns[at].key, is);
}

static void put_row(struct reading *x, const struct grid_row *r)
{
	jw_object(&x->w);
	jw_ki(&x->w, "row", r->number);
	for (int c = 0; c < AT_VISITED; c++) {
		const struct grid_cell *v = cell(x, r, (enum column)c);

		if (v && v->s && v->n)
			jw_kv(&x->w, columns[c].key,
			      arena_strndup(x->a, v->s, v->n));
	}
	put_mark(x, r, AT_VISITED);
	put_mark(x, r, AT_COLLECTED);
	jw_object_end(&x->w);
	x->n++;
}

static bool read_rows(struct reading *x, const struct grid *g)
{
	size_t head = 0;

	while (head < g->n_rows && head < HEAD_ROWS &&
	       !is_head(x, &g->rows[head]))
		head++;
	if (head == g->n_rows || head == HEAD_ROWS) {
		fault_add(x->f, "N07", "",
			  "no heads: code, name, group are needed (and unit)",
			  "không thấy dòng tiêu đề có mã, họ tên, nhóm (và "
			  "đơn vị)");
		return false;
	}
	jw_array(&x->w);
	for (size_t i = head + 1; i < g->n_rows; i++)
		put_row(x, &g->rows[i]);
	jw_array_end(&x->w);
	if (x->n == 0)
		fault_add(x->f, "N07", "", "no person below the heads",
			  "dưới tiêu đề không có người nào");
	return x->f->n == 0;
}

bool roster_read(const void *file, size_t n, struct arena *a, struct buf *rows,
		 size_t *n_rows, struct faults *f, struct err *e)
{
	const struct grid_options o = { .charset = CHARSET_UNKNOWN };
	struct reading x = { .a = a, .f = f, .e = e };
	struct grid *g = grid_read(file, n, &o, f, e);
	bool ok;

	*n_rows = 0;
	if (!g)
		return false;
	jw_init(&x.w, rows);
	ok = read_rows(&x, g);
	grid_free(g);
	*n_rows = x.n;
	if (arena_broken(a) || (ok && !buf_cstr(rows)))
		return err_set(e, ERR_NOMEM, "out of memory");
	return ok;
}
