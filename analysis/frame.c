#include "phieu/frame.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/limits.h"

#define FIRST_ROWS  ((size_t)1024)
#define FIRST_SLOTS ((size_t)64)
#define TEXT_BYTES  ((size_t)4 << 30) /* names and levels of one frame */

/* Open addressing; a slot holds a level's index or FRAME_NONE. */
struct frame_dict {
	uint32_t *slot;
	size_t slots, cap_levels;
};

bool frame_init(struct frame *f, size_t max_rows, struct err *e)
{
	*f = (struct frame){ .max_rows = max_rows };
	f->text = arena_new(TEXT_BYTES);
	return f->text || err_set(e, ERR_NOMEM, "out of memory");
}

void frame_clear(struct frame *f)
{
	for (size_t i = 0; i < f->n_columns; i++) {
		struct frame_column *c = &f->column[i];

		free(c->item);
		free(c->number);
		free(c->code);
		free(c->level);
		if (c->dict)
			free(c->dict->slot);
		free(c->dict);
	}
	free(f->column);
	free(f->source);
	arena_free(f->text);
	*f = (struct frame){ 0 };
}

static struct frame_column *find(const struct frame *f, const char *name)
{
	for (size_t i = 0; i < f->n_columns; i++)
		if (strcmp(f->column[i].name, name) == 0)
			return &f->column[i];
	return NULL;
}

const struct frame_column *frame_get(const struct frame *f, const char *name)
{
	return find(f, name);
}

static struct frame_column *new_column(struct frame *f, const char *name)
{
	struct frame_column *grown;

	if (f->n_columns == LIMIT_FRAME_COLUMNS)
		return NULL;
	if (f->n_columns == f->cap_columns) {
		size_t cap = f->cap_columns ? 2 * f->cap_columns : 16;

		grown = realloc(f->column, cap * sizeof *grown);
		if (!grown)
			return NULL;
		f->column = grown;
		f->cap_columns = cap;
	}
	grown = &f->column[f->n_columns];
	*grown = (struct frame_column){ .name = arena_strdup(f->text, name) };
	if (!grown->name)
		return NULL;
	f->n_columns++;
	return grown;
}

uint32_t frame_want(struct frame *f, const char *name, unsigned as)
{
	struct frame_column *c = find(f, name);

	if (!c)
		c = new_column(f, name);
	if (!c)
		return FRAME_NONE;
	c->as |= as;
	return (uint32_t)(c - f->column);
}

/* ---- rows ------------------------------------------------------------- */

static void name_missing(const struct frame *f, struct err *e)
{
	struct buf list = BUF_INIT(4096);
	bool some = false;

	for (size_t i = 0; i < f->n_columns; i++) {
		if (f->source[i] != SIZE_MAX)
			continue;
		if (some)
			buf_adds(&list, ", ");
		buf_adds(&list, f->column[i].name);
		some = true;
	}
	(void)err_set(e, ERR_INPUT,
		      "không có cột: %.160s (the data have no such column)",
		      buf_cstr(&list) ? buf_cstr(&list) : "?");
	buf_free(&list);
}

/* Sorted names side by side: twice the same is next to each other. */
static int by_cell(const void *a, const void *b)
{
	const struct csv_cell *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int d = n ? memcmp(x->s, y->s, n) : 0;

	return d ? d : (x->n > y->n) - (x->n < y->n);
}

static bool no_doubles(const struct csv_cell *cells, size_t n, struct err *e)
{
	struct csv_cell *sorted = malloc(n * sizeof *sorted);
	bool ok = true;

	if (!sorted)
		return err_set(e, ERR_NOMEM, "out of memory");
	memcpy(sorted, cells, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_cell);
	for (size_t i = 1; ok && i < n; i++)
		if (by_cell(&sorted[i - 1], &sorted[i]) == 0)
			ok = err_set(e, ERR_INPUT,
				     "cột \"%.64s\" có hai lần (a column name "
				     "that comes twice)",
				     sorted[i].s);
	free(sorted);
	return ok;
}

bool frame_header(struct frame *f, const struct csv_cell *cells, size_t n,
		  struct err *e)
{
	bool all = true;

	if (n == 0)
		return err_set(e, ERR_INPUT,
			       "dữ liệu không có dòng tiêu đề (the data have "
			       "no header row)");
	if (!no_doubles(cells, n, e))
		return false;
	f->cells = n;
	f->wanted = f->n_columns;
	free(f->source);
	f->source = malloc((f->n_columns + 1) * sizeof *f->source);
	if (!f->source)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < f->n_columns; i++) {
		f->source[i] = SIZE_MAX;
		for (size_t j = 0; j < n; j++)
			if (strcmp(cells[j].s, f->column[i].name) == 0)
				f->source[i] = j;
		all = all && f->source[i] != SIZE_MAX;
	}
	if (!all)
		name_missing(f, e);
	return all;
}

static bool grow_one(void **p, size_t cap, size_t size)
{
	void *grown = realloc(*p, cap * size);

	if (grown)
		*p = grown;
	return grown != NULL;
}

static bool grow_rows(struct frame *f, struct err *e)
{
	size_t cap = f->cap_rows ? 2 * f->cap_rows : FIRST_ROWS;
	bool ok = true;

	if (cap > f->max_rows)
		cap = f->max_rows;
	for (size_t i = 0; ok && i < f->wanted; i++) {
		struct frame_column *c = &f->column[i];

		if ((c->as & FRAME_NUMBER) && !c->number)
			ok = grow_one((void **)&c->item, cap, sizeof *c->item);
		else if (c->as & FRAME_NUMBER)
			ok = grow_one((void **)&c->number, cap,
				      sizeof *c->number);
		if (ok && (c->as & FRAME_CODE))
			ok = grow_one((void **)&c->code, cap, sizeof *c->code);
	}
	if (!ok)
		return err_set(e, ERR_NOMEM, "no memory for %zu rows", cap);
	f->cap_rows = cap;
	return true;
}

static bool is_missing(const struct csv_cell *c)
{
	return c->n == 0 ||
	       (c->n == 2 && !c->quoted && memcmp(c->s, "NA", 2) == 0);
}

static size_t digits(const char *s, uint64_t *v, int *seen)
{
	size_t i = 0;

	for (; s[i] >= '0' && s[i] <= '9'; i++) {
		if (*seen > 0 || s[i] != '0')
			++*seen;
		if (*seen <= 18)
			*v = *v * 10 + (uint64_t)(s[i] - '0');
	}
	return i;
}

/* [-+]digits[.digits][e[-+]digits], nothing else.  Up to 15 digits and 22
 * decimals are exact by one division (Clinger 1990); strtod has the rest. */
static bool parse_number(const char *s, size_t n, double *out)
{
	static const double ten[] = { 1e0,  1e1,  1e2,	1e3,  1e4,  1e5,
				      1e6,  1e7,  1e8,	1e9,  1e10, 1e11,
				      1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
				      1e18, 1e19, 1e20, 1e21, 1e22 };
	size_t i = n > 0 && (s[0] == '-' || s[0] == '+'), whole, part = 0;
	uint64_t v = 0;
	int seen = 0;
	char *end;

	whole = digits(s + i, &v, &seen);
	i += whole;
	if (s[i] == '.') {
		part = digits(s + i + 1, &v, &seen);
		i += 1 + part;
	}
	if (whole + part == 0)
		return false;
	if (i == n && seen <= 15 && part <= 22) {
		*out = (double)v / ten[part];
		if (s[0] == '-')
			*out = -*out;
		return true;
	}
	if (i < n && (s[i] == 'e' || s[i] == 'E')) {
		uint64_t ignored = 0;
		int some = 0;
		size_t k;

		i += s[i + 1] == '-' || s[i + 1] == '+' ? 2 : 1;
		k = digits(s + i, &ignored, &some);
		if (k == 0)
			return false;
		i += k;
	}
	if (i != n)
		return false;
	*out = strtod(s, &end);
	return isfinite(*out);
}

static bool to_doubles(struct frame_column *c, size_t rows, size_t cap,
		       struct err *e)
{
	c->number = malloc(cap * sizeof *c->number);
	if (!c->number)
		return err_set(e, ERR_NOMEM, "no memory for %zu rows", cap);
	for (size_t i = 0; i < rows; i++)
		c->number[i] =
			c->item[i] == FRAME_ITEM_NA ? (double)NAN : c->item[i];
	free(c->item);
	c->item = NULL;
	return true;
}

static bool put_number(struct frame *f, struct frame_column *c,
		       const struct csv_cell *cell, size_t line, struct err *e)
{
	double v = NAN;
	bool missing = is_missing(cell);

	if (!missing && !parse_number(cell->s, cell->n, &v))
		return err_set(e, ERR_INPUT,
			       "line %zu, column \"%.64s\": không phải số "
			       "(not a number): \"%.40s\"",
			       line, c->name, cell->s);
	if (c->item) {
		if (missing) {
			c->item[f->rows] = FRAME_ITEM_NA;
			return true;
		}
		if (v >= -127 && v <= 127 && v == (double)(int8_t)v &&
		    !(v == 0 && signbit(v))) {
			c->item[f->rows] = (int8_t)v;
			return true;
		}
		if (!to_doubles(c, f->rows, f->cap_rows, e))
			return false;
	}
	c->number[f->rows] = v;
	return true;
}

/* FNV-1a: short keys, no enemy picks them to our harm for longer than his own
 * run. */
static uint64_t hash_of(const char *s, size_t n)
{
	uint64_t h = 0xcbf29ce484222325U;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3U;
	return h ^ (h >> 29);
}

static size_t slot_of(const struct frame_column *c, const char *s, size_t n)
{
	const struct frame_dict *d = c->dict;
	size_t i = hash_of(s, n) & (d->slots - 1);

	while (d->slot[i] != FRAME_NONE) {
		const char *l = c->level[d->slot[i]];

		if (strncmp(l, s, n) == 0 && l[n] == '\0')
			break;
		i = (i + 1) & (d->slots - 1);
	}
	return i;
}

static bool rehash(struct frame_column *c, size_t slots)
{
	struct frame_dict *d = c->dict;
	uint32_t *slot = malloc(slots * sizeof *slot);

	if (!slot)
		return false;
	memset(slot, 0xff, slots * sizeof *slot);
	free(d->slot);
	d->slot = slot;
	d->slots = slots;
	for (size_t i = 0; i < c->n_levels; i++)
		slot[slot_of(c, c->level[i], strlen(c->level[i]))] =
			(uint32_t)i;
	return true;
}

static bool room_for_level(struct frame_column *c)
{
	if (!c->dict) {
		c->dict = calloc(1, sizeof *c->dict);
		if (!c->dict)
			return false;
	}
	if (c->n_levels == c->dict->cap_levels) {
		size_t cap = c->n_levels ? 2 * c->n_levels : FIRST_SLOTS / 2;

		if (!grow_one((void **)&c->level, cap, sizeof *c->level))
			return false;
		c->dict->cap_levels = cap;
	}
	return 2 * (c->n_levels + 1) <= c->dict->slots ||
	       rehash(c, c->dict->slots ? 2 * c->dict->slots : FIRST_SLOTS);
}

static bool put_code(struct frame *f, struct frame_column *c,
		     const struct csv_cell *cell, struct err *e)
{
	size_t at;

	if (is_missing(cell)) {
		c->code[f->rows] = FRAME_NONE;
		return true;
	}
	if (!room_for_level(c))
		return err_set(e, ERR_NOMEM, "no memory for texts");
	at = slot_of(c, cell->s, cell->n);
	if (c->dict->slot[at] == FRAME_NONE) {
		const char *own = arena_strndup(f->text, cell->s, cell->n);

		if (!own)
			return err_set(e, ERR_NOMEM, "no memory for texts");
		c->level[c->n_levels] = own;
		c->dict->slot[at] = (uint32_t)c->n_levels++;
	}
	c->code[f->rows] = c->dict->slot[at];
	return true;
}

bool frame_row(struct frame *f, const struct csv_cell *cells, size_t n,
	       size_t line, struct err *e)
{
	if (n != f->cells)
		return err_set(e, ERR_INPUT,
			       "line %zu: %zu ô, tiêu đề có %zu (cells, the "
			       "header has %zu)",
			       line, n, f->cells, f->cells);
	if (f->rows == f->max_rows)
		return err_set(e, ERR_INPUT,
			       "quá nhiều dòng (more than %zu rows)",
			       f->max_rows);
	if (f->rows == f->cap_rows && !grow_rows(f, e))
		return false;
	for (size_t i = 0; i < f->wanted; i++) {
		struct frame_column *c = &f->column[i];
		const struct csv_cell *cell = &cells[f->source[i]];

		if ((c->as & FRAME_NUMBER) && !put_number(f, c, cell, line, e))
			return false;
		if ((c->as & FRAME_CODE) && !put_code(f, c, cell, e))
			return false;
	}
	f->rows++;
	return true;
}

/* ---- levels in order -------------------------------------------------- */

struct level {
	const char *text;
	double number;
	uint32_t was;
};

static int by_text(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	return strcmp(x->text, y->text);
}

static int by_number(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	if (x->number < y->number || x->number > y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->text, y->text);
}

static bool order_levels(struct frame *f, struct frame_column *c, struct err *e)
{
	struct level *l = malloc((c->n_levels + 1) * sizeof *l);
	uint32_t *now = malloc((c->n_levels + 1) * sizeof *now);
	bool numbers = true;

	if (!l || !now) {
		free(l);
		free(now);
		return err_set(e, ERR_NOMEM, "no memory for levels");
	}
	for (size_t i = 0; i < c->n_levels; i++) {
		l[i] = (struct level){ .text = c->level[i],
				       .was = (uint32_t)i };
		numbers = numbers && parse_number(l[i].text, strlen(l[i].text),
						  &l[i].number);
	}
	qsort(l, c->n_levels, sizeof *l, numbers ? by_number : by_text);
	for (size_t i = 0; i < c->n_levels; i++) {
		c->level[i] = l[i].text;
		now[l[i].was] = (uint32_t)i;
	}
	for (size_t i = 0; i < f->rows; i++)
		if (c->code[i] != FRAME_NONE)
			c->code[i] = now[c->code[i]];
	free(l);
	free(now);
	if (c->dict && !rehash(c, c->dict->slots))
		return err_set(e, ERR_NOMEM, "no memory for levels");
	return true;
}

bool frame_done(struct frame *f, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < f->wanted; i++)
		if (f->column[i].as & FRAME_CODE)
			ok = order_levels(f, &f->column[i], e);
	return ok;
}

uint32_t frame_level(const struct frame_column *c, const char *text)
{
	size_t at;

	if (!c->dict) {
		for (size_t i = 0; i < c->n_levels; i++)
			if (strcmp(c->level[i], text) == 0)
				return (uint32_t)i;
		return FRAME_NONE;
	}
	at = slot_of(c, text, strlen(text));
	return c->dict->slot[at];
}

void frame_keep(struct frame *f, const uint8_t *in)
{
	size_t n = 0;

	for (size_t i = 0; i < f->rows; i++)
		n += in[i] != 0;
	for (size_t k = 0; n < f->rows && k < f->n_columns; k++) {
		struct frame_column *c = &f->column[k];
		size_t to = 0;

		for (size_t i = 0; i < f->rows; i++) {
			if (in[i] == 0)
				continue;
			if (c->item)
				c->item[to] = c->item[i];
			if (c->number)
				c->number[to] = c->number[i];
			if (c->code)
				c->code[to] = c->code[i];
			to++;
		}
	}
	f->rows = n;
}

/* ---- columns made from others ----------------------------------------- */

static struct frame_column *made(struct frame *f, const char *name,
				 struct err *e)
{
	struct frame_column *c;

	if (find(f, name)) {
		(void)err_set(e, ERR_INPUT,
			      "cột \"%.64s\" đã có (the column is there)",
			      name);
		return NULL;
	}
	c = new_column(f, name);
	if (!c)
		(void)err_set(e, ERR_NOMEM, "no room for column \"%.64s\"",
			      name);
	return c;
}

bool frame_add(struct frame *f, const char *name, double *number, struct err *e)
{
	struct frame_column *c = made(f, name, e);

	if (!c) {
		free(number);
		return false;
	}
	c->as = FRAME_NUMBER;
	c->number = number;
	return true;
}

bool frame_fill(struct frame *f, const char *name, double *number,
		struct err *e)
{
	struct frame_column *c = find(f, name);

	if (!c || c->as != FRAME_NUMBER) {
		free(number);
		return err_set(e, ERR_INPUT,
			       "cột \"%.64s\" là số, không dùng làm mã (the "
			       "column holds numbers, not codes)",
			       name);
	}
	free(c->item);
	free(c->number);
	c->item = NULL;
	c->number = number;
	return true;
}

bool frame_add_code(struct frame *f, const char *name, uint32_t *code,
		    const char *const *level, size_t n_levels, struct err *e)
{
	struct frame_column *c = made(f, name, e);

	if (!c) {
		free(code);
		return false;
	}
	c->as = FRAME_CODE;
	c->code = code;
	c->level = malloc((n_levels + 1) * sizeof *c->level);
	if (!c->level)
		return err_set(e, ERR_NOMEM, "no memory for levels");
	for (size_t i = 0; i < n_levels; i++) {
		c->level[i] = arena_strdup(f->text, level[i]);
		if (!c->level[i])
			return err_set(e, ERR_NOMEM, "no memory for levels");
		c->n_levels++;
	}
	return true;
}
