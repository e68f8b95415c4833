/* A filled self-assessment, read back: the workbook of one unit, or a wide
 * table of many. */
#include <stdio.h>
#include <string.h>

#include "phieu/decimal_mark.h"
#include "phieu/sheet_xlsx.h"
#include "phieu/utf8.h"
#include "self_parts.h"

enum { HEAD_ROWS = 20 }; /* the heads stand within the first of them */

/* What a column of the file means. */
struct column {
	uint32_t at;
	enum { COL_IGNORED, COL_UNIT, COL_FIELD, COL_NODE, COL_TOTAL } is;
	enum self_column field; /* of COL_FIELD */
	size_t node;		/* of COL_NODE */
};

struct reading {
	const struct round *r;
	const struct grid *g;
	size_t unit;
	struct arena *a;
	struct self_table *out;
	struct faults *f;
	struct column *columns;
	size_t n_columns, head; /* head: index of the row of heads */
	size_t cap, sums_cap;
	char *seen; /* [unit x node] given in this file */
};

/* "/sheet/B12", or "/row/12/column/2" of a CSV. */
static const char *place(struct reading *x, uint32_t row, uint32_t column)
{
	char at[XLSX_ADDRESS_MAX];
	const char *path;

	if (x->g->is_csv)
		path = arena_printf(x->f->arena, "/row/%u/column/%u", row,
				    column + 1);
	else
		path = arena_printf(x->f->arena, "/sheet/%s",
				    xlsx_address(column, row, at));
	return path ? path : "";
}

static void fault_at(struct reading *x, const struct grid_row *r,
		     uint32_t column, const char *code, const char *en,
		     const char *vi)
{
	fault_add(x->f, code, place(x, r->number, column), en, vi);
}

static const char *key_of(struct reading *x, const char *s)
{
	struct err e;
	const char *k = utf8_search_key(x->a, s, strlen(s), &e);

	return k ? k : "";
}

static bool same(struct reading *x, const char *a, const char *b)
{
	return strcmp(key_of(x, a), key_of(x, b)) == 0;
}

/* ---- heads -------------------------------------------------------------- */

static size_t node_of(struct reading *x, const char *s)
{
	const struct index_set *t = &x->r->set;
	size_t found = round_node(x->r, s);

	if (found != INDEX_NONE)
		return found;
	for (size_t i = 0; i < t->n_nodes; i++)
		if (same(x, t->nodes[i].name, s))
			return i;
	return INDEX_NONE;
}

static size_t unit_of(struct reading *x, const char *s)
{
	const struct index_set *t = &x->r->set;
	size_t found = round_unit(x->r, s);

	if (found != INDEX_NONE)
		return found;
	for (size_t i = 0; i < t->n_units; i++)
		if (same(x, t->units[i].name, s))
			return i;
	return INDEX_NONE;
}

static bool one_of(struct reading *x, const char *s, const char *const *words)
{
	const char *k = key_of(x, s);

	for (; *words; words++)
		if (strcmp(k, *words) == 0)
			return true;
	return false;
}

static struct column meaning(struct reading *x, const struct grid_cell *c)
{
	static const char *const units[] = { "don vi",	  "ten don vi",
					     "ma don vi", "co quan",
					     "unit",	  NULL };
	static const char *const totals[] = { "tong", "tong diem", "tong cong",
					      "total", NULL };
	struct column m = { .at = c->column, .node = INDEX_NONE };

	for (int i = 0; i < SELF_COLUMNS; i++)
		if (strcmp(self_heads[i].key, c->s) == 0 ||
		    same(x, self_heads[i].heading, c->s)) {
			m.is = COL_FIELD;
			m.field = (enum self_column)i;
			return m;
		}
	if (one_of(x, c->s, units)) {
		m.is = COL_UNIT;
	} else if (one_of(x, c->s, totals)) {
		m.is = COL_TOTAL;
	} else {
		m.node = node_of(x, c->s);
		if (m.node != INDEX_NONE)
			m.is = COL_NODE;
	}
	return m;
}

static const struct column *column_is(const struct reading *x, int is,
				      enum self_column field)
{
	for (size_t i = 0; i < x->n_columns; i++)
		if ((int)x->columns[i].is == is &&
		    (is != COL_FIELD || x->columns[i].field == field))
			return &x->columns[i];
	return NULL;
}

static bool is_wide(const struct reading *x)
{
	return column_is(x, COL_UNIT, SELF_CODE) &&
	       column_is(x, COL_NODE, SELF_CODE);
}

static bool is_sheet(const struct reading *x)
{
	return column_is(x, COL_FIELD, SELF_CODE) &&
	       column_is(x, COL_FIELD, SELF_POINTS);
}

static bool find_heads(struct reading *x)
{
	x->columns = arena_array(x->a, x->g->columns + 1, sizeof *x->columns);
	for (size_t i = 0; x->columns && i < x->g->n_rows && i < HEAD_ROWS;
	     i++) {
		const struct grid_row *r = &x->g->rows[i];

		x->n_columns = r->n;
		for (size_t k = 0; k < r->n; k++)
			x->columns[k] = meaning(x, &r->cells[k]);
		x->head = i;
		if (is_sheet(x) || is_wide(x))
			return true;
	}
	fault_add(x->f, "S01", "",
		  "no row with the heads of a self-assessment was found",
		  "không thấy hàng tiêu đề của bảng tự đánh giá");
	return false;
}

/* ---- numbers ------------------------------------------------------------ */

static bool is_number_column(const struct column *c)
{
	return c->is == COL_NODE || c->is == COL_TOTAL ||
	       (c->is == COL_FIELD && c->field == SELF_POINTS);
}

static void find_mark(struct reading *x)
{
	struct decimal_mark m = { 0 };

	for (size_t i = x->head + 1; i < x->g->n_rows; i++)
		for (size_t k = 0; k < x->n_columns; k++) {
			const struct grid_cell *c;

			if (!is_number_column(&x->columns[k]))
				continue;
			c = grid_at(&x->g->rows[i], x->columns[k].at);
			if (c && c->kind == GRID_TEXT)
				decimal_mark_see(&m, c->s);
		}
	x->out->decimal = decimal_mark_of(&m);
}

/* True with the number; false for an empty cell, or with a fault. */
static bool number_in(struct reading *x, const struct grid_row *r,
		      uint32_t column, struct dec *out)
{
	const struct grid_cell *c = grid_at(r, column);
	const char *s;
	struct err e;

	if (!c || c->kind == GRID_NO_VALUE)
		return false;
	s = c->s;
	if (c->kind == GRID_TEXT)
		switch (decimal_mark_text(s, x->out->decimal, x->a, &s)) {
		case DECIMAL_TEXT_EITHER:
			fault_at(x, r, column, "S02",
				 "it cannot be told whether the mark in this "
				 "number is a decimal one",
				 "không rõ dấu trong số này là dấu thập phân "
				 "hay dấu nhóm");
			return false;
		case DECIMAL_TEXT_BOTH:
			fault_at(x, r, column, "S02",
				 "numbers of this file use both the point and "
				 "the comma as decimal mark",
				 "trong tệp có số dùng dấu chấm, có số dùng "
				 "dấu phẩy làm dấu thập phân");
			return false;
		case DECIMAL_TEXT_OK: break;
		}
	if (s[0] == '.') /* ".34", as some print it */
		s = arena_printf(x->a, "0%s", s);
	if (s && (c->kind == GRID_TEXT || c->kind == GRID_NUMBER) &&
	    dec_parse(s, strlen(s), out, &e))
		return true;
	fault_at(x, r, column, "S03",
		 arena_printf(x->f->arena, "\"%.40s\" is no number of points",
			      c->s),
		 arena_printf(x->f->arena, "\"%.40s\" không phải là điểm",
			      c->s));
	return false;
}

/* ---- items -------------------------------------------------------------- */

bool self_item_ok(const struct round *r, const struct self_row *row,
		  const char *path, struct faults *f)
{
	const struct index_node *n = &r->set.nodes[row->node];
	char text[DEC_TEXT_MAX];

	if (!row->has_points && !row->not_applicable)
		return true;
	if (!self_applies(r, row->unit, row->node) || !n->leaf ||
	    n->source != INDEX_ASSESSED) {
		fault_add(f, "S04", path,
			  "nobody types points for this criterion",
			  "tiêu chí này không tự chấm điểm");
		return false;
	}
	if (row->has_points && row->not_applicable) {
		fault_add(f, "S05", path,
			  "points, and said not to apply: one of the two",
			  "vừa có điểm vừa ghi không áp dụng: chỉ chọn một");
		return false;
	}
	if (row->has_points &&
	    (row->points.micro < 0 || dec_cmp(row->points, n->maximum) > 0)) {
		dec_text_vi(n->maximum, 0, text);
		fault_add(f, "S06", path,
			  arena_printf(f->arena, "points are from 0 to %s",
				       text),
			  arena_printf(f->arena, "điểm phải từ 0 đến %s",
				       text));
		return false;
	}
	if (row->has_points && n->grain.micro > 0 &&
	    row->points.micro % n->grain.micro != 0) {
		dec_text_vi(n->grain, 0, text);
		fault_add(f, "S07", path,
			  arena_printf(f->arena, "points go in steps of %s",
				       text),
			  arena_printf(f->arena, "điểm phải là bội của %s",
				       text));
		return false;
	}
	return true;
}

static bool add_row(struct reading *x, const struct self_row *row)
{
	struct self_table *t = x->out;

	if (t->n == x->cap) {
		size_t cap = x->cap ? 2 * x->cap : 64;
		struct self_row *more = arena_array(x->a, cap, sizeof *more);

		if (!more)
			return false;
		if (t->n)
			memcpy(more, t->rows, t->n * sizeof *more);
		t->rows = more;
		x->cap = cap;
	}
	t->rows[t->n++] = *row;
	return true;
}

static void give(struct reading *x, const struct self_row *row,
		 const struct grid_row *r, uint32_t column)
{
	size_t at = row->unit * x->r->set.n_nodes + row->node;

	if (x->seen[at]) {
		fault_at(x, r, column, "S08",
			 "this unit and criterion stand in the file twice",
			 "đơn vị và tiêu chí này có hai lần trong tệp");
		return;
	}
	x->seen[at] = 1;
	if (self_item_ok(x->r, row, place(x, r->number, column), x->f))
		(void)add_row(x, row);
}

/* ---- one unit ----------------------------------------------------------- */

static const char *text_in(const struct reading *x, const struct grid_row *r,
			   enum self_column field)
{
	const struct column *c = column_is(x, COL_FIELD, field);
	const struct grid_cell *cell = c ? grid_at(r, c->at) : NULL;

	return cell && cell->n ? cell->s : NULL;
}

static int64_t version_in(struct reading *x, const struct grid_row *r)
{
	const char *s = text_in(x, r, SELF_VERSION);
	struct dec d;
	struct err e;

	if (!s || !dec_parse(s, strlen(s), &d, &e) || d.micro < 0)
		return 0;
	return d.micro / DEC_ONE;
}

static bool says_no(struct reading *x, const struct grid_row *r, bool *na)
{
	static const char *const yes[] = { "x",	   "co", "1", "khong ap dung",
					   "true", NULL };
	const char *s = text_in(x, r, SELF_NA);

	*na = s && one_of(x, s, yes);
	if (!s || *na)
		return true;
	fault_at(x, r, column_is(x, COL_FIELD, SELF_NA)->at, "S09",
		 "write x when the criterion does not apply",
		 "ghi x nếu tiêu chí không áp dụng");
	return false;
}

static void read_sheet_row(struct reading *x, const struct grid_row *r)
{
	const struct column *code = column_is(x, COL_FIELD, SELF_CODE);
	const struct column *points = column_is(x, COL_FIELD, SELF_POINTS);
	const struct grid_cell *c = grid_at(r, code->at);
	struct self_row row = { .unit = x->unit };
	bool given;

	if (!c)
		return; /* a remark below the table */
	row.node = node_of(x, c->s);
	if (row.node == INDEX_NONE) {
		fault_at(x, r, code->at, "S10",
			 arena_printf(x->f->arena,
				      "there is no criterion \"%.80s\"", c->s),
			 arena_printf(x->f->arena,
				      "không có tiêu chí \"%.80s\"", c->s));
		return;
	}
	given = number_in(x, r, points->at, &row.points);
	if (x->r->set.nodes[row.node].leaf) {
		row.has_points = given;
	} else {
		row.is_typed = given;
		row.typed = row.points;
		row.points = (struct dec){ 0 };
	}
	if (!says_no(x, r, &row.not_applicable))
		return;
	if (x->r->set.nodes[row.node].leaf &&
	    x->r->set.nodes[row.node].source == INDEX_ASSESSED &&
	    text_in(x, r, SELF_NOTE)) /* the grid goes before the rows do */
		row.note = arena_strdup(x->a, text_in(x, r, SELF_NOTE));
	row.version = version_in(x, r);
	/* a row nobody touched; one that was filled before is emptied */
	if (row.version == 0 && !row.has_points && !row.not_applicable &&
	    !row.note && (!row.is_typed || row.typed.micro == 0))
		return;
	give(x, &row, r, points->at);
}

/* ---- many units --------------------------------------------------------- */

static void add_sum(struct reading *x, const struct self_sum *s)
{
	struct self_table *t = x->out;

	if (t->n_sums == x->sums_cap) {
		size_t cap = x->sums_cap ? 2 * x->sums_cap : 16;
		struct self_sum *more = arena_array(x->a, cap, sizeof *more);

		if (!more)
			return;
		if (t->n_sums)
			memcpy(more, t->sums, t->n_sums * sizeof *more);
		t->sums = more;
		x->sums_cap = cap;
	}
	t->sums[t->n_sums++] = *s;
}

/* Points of the file for a unit, a node and what is below it (INDEX_NONE:
 * everything). */
static struct dec adds_to(const struct reading *x, size_t unit, size_t node)
{
	const struct index_set *s = &x->r->set;
	struct dec sum = { 0 };

	for (size_t i = 0; i < x->out->n; i++) {
		const struct self_row *row = &x->out->rows[i];
		size_t at = row->node;

		if (row->unit != unit || !row->has_points ||
		    s->nodes[at].effect != INDEX_COUNTS)
			continue;
		while (at != INDEX_NONE && at != node)
			at = s->nodes[at].parent;
		if (at == node)
			sum.micro += row->points.micro;
	}
	return sum;
}

static void check_sum(struct reading *x, size_t unit, size_t node, uint32_t row,
		      struct dec typed)
{
	struct self_sum s = { .unit = unit,
			      .node = node,
			      .row = row,
			      .typed = typed,
			      .adds_to = adds_to(x, unit, node) };

	if (dec_cmp(s.typed, s.adds_to) != 0)
		add_sum(x, &s);
}

static void read_wide_row(struct reading *x, const struct grid_row *r)
{
	const struct column *u = column_is(x, COL_UNIT, SELF_CODE);
	const struct column *t = column_is(x, COL_TOTAL, SELF_CODE);
	const struct grid_cell *c = grid_at(r, u->at);
	size_t unit = c ? unit_of(x, c->s) : INDEX_NONE;
	struct dec typed;

	if (!c)
		return;
	if (unit == INDEX_NONE) {
		fault_at(x, r, u->at, "S11",
			 arena_printf(x->f->arena, "there is no unit \"%.80s\"",
				      c->s),
			 arena_printf(x->f->arena, "không có đơn vị \"%.80s\"",
				      c->s));
		return;
	}
	for (size_t k = 0; k < x->n_columns; k++) {
		struct self_row row = { .unit = unit,
					.node = x->columns[k].node };

		if (x->columns[k].is != COL_NODE)
			continue;
		row.has_points = number_in(x, r, x->columns[k].at, &row.points);
		if (!x->r->set.nodes[row.node].leaf) {
			row.is_typed = row.has_points;
			row.typed = row.points;
			row.has_points = false;
		}
		if (row.has_points || row.is_typed)
			give(x, &row, r, x->columns[k].at);
	}
	if (t && number_in(x, r, t->at, &typed))
		check_sum(x, unit, INDEX_NONE, r->number, typed);
}

/* ---- the whole ---------------------------------------------------------- */

/* A defined name's value: a text stands in quotes. */
static const char *unquoted(struct reading *x, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	if (n < 2 || s[0] != '"' || s[n - 1] != '"')
		return s;
	return arena_strndup(x->a, s + 1, n - 2);
}

static bool right_file(struct reading *x, const char *round_name,
		       const char *unit_name)
{
	size_t named = unit_name ? unit_of(x, unit_name) : INDEX_NONE;

	if (round_name && strcmp(round_name, x->r->code) != 0) {
		fault_add(x->f, "S12", "",
			  arena_printf(x->f->arena,
				       "the file is of the round \"%.80s\"",
				       round_name),
			  arena_printf(x->f->arena,
				       "tệp này của kỳ đánh giá \"%.80s\"",
				       round_name));
		return false;
	}
	if (x->unit == INDEX_NONE)
		x->unit = named;
	if (unit_name && named != x->unit) {
		fault_add(x->f, "S13", "",
			  arena_printf(x->f->arena,
				       "the file is of the unit \"%.80s\"",
				       unit_name),
			  arena_printf(x->f->arena,
				       "tệp này của đơn vị \"%.80s\"",
				       unit_name));
		return false;
	}
	if (is_wide(x) || x->unit != INDEX_NONE)
		return true;
	fault_add(x->f, "S14", "", "say which unit the file is of",
		  "chưa rõ tệp này của đơn vị nào");
	return false;
}

static void check_typed(struct reading *x)
{
	for (size_t i = 0; i < x->out->n; i++) {
		const struct self_row *row = &x->out->rows[i];

		if (row->is_typed)
			check_sum(x, row->unit, row->node, 0, row->typed);
	}
}

bool self_sheet_read(const struct round *r, size_t unit, const struct grid *g,
		     const char *round_name, const char *unit_name,
		     struct arena *a, struct self_table *out, struct faults *f)
{
	struct reading x = {
		.r = r, .g = g, .unit = unit, .a = a, .out = out, .f = f
	};

	*out = (struct self_table){ 0 };
	x.seen = arena_alloc(a, r->set.n_units * r->set.n_nodes + 1);
	if (!x.seen) {
		fault_add(f, "S15", "", "too large", "tệp quá lớn");
		return false;
	}
	if (!find_heads(&x) ||
	    !right_file(&x, unquoted(&x, round_name), unquoted(&x, unit_name)))
		return false;
	find_mark(&x);
	out->wide = is_wide(&x);
	for (size_t i = x.head + 1; i < g->n_rows; i++) {
		if (out->wide)
			read_wide_row(&x, &g->rows[i]);
		else
			read_sheet_row(&x, &g->rows[i]);
	}
	check_typed(&x);
	if (arena_broken(a))
		fault_add(f, "S15", "", "too large", "tệp quá lớn");
	faults_sort(f);
	return f->n == 0;
}

bool self_book_read(const struct round *r, size_t unit, const void *bytes,
		    size_t n, struct arena *a, struct self_table *out,
		    struct faults *f, struct err *e)
{
	static const char *const names[] = { SELF_NAME_ROUND, SELF_NAME_UNIT };
	const char *values[2] = { NULL, NULL };
	const struct grid_options o = { .sheet = SELF_SHEET,
					.names = names,
					.values = values,
					.n_names = 2 };
	struct grid *g = grid_read(bytes, n, &o, f, e);
	bool ok = g &&
		  self_sheet_read(r, unit, g, values[0], values[1], a, out, f);

	grid_free(g);
	return ok || (f->n == 0 && e->kind == ERR_NONE &&
		      err_set(e, ERR_BUG, "a file refused without a fault"));
}
