/* $orderby: the keys of the rows that are wanted, sorted in memory, and from
 * them the rows of one page.  The rows themselves are read a second time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/odata.h"

struct column {
	size_t var; /* d->n: the key of the row */
	bool falls, number;
};

union value {
	double number;	  /* NAN: null */
	const char *text; /* NULL: null */
};

struct odata_order {
	const struct dataset *d;
	struct arena *a; /* of the texts that a row only lends */
	struct column column[LIMIT_ODATA_ORDER];
	size_t n_columns;
	union value *values; /* [room x n_columns] */
	uint32_t *place;     /* [n] of sorted rows; then of the page, from 1 */
	size_t n, room, at;
	const char **page; /* [most] */
	size_t most;
};

/* ---- what is asked ------------------------------------------------------- */

static bool find(struct odata_order *o, const char *s, size_t n,
		 struct column *out)
{
	const struct dataset *d = o->d;

	*out = (struct column){ .var = d->n };
	if (n == strlen(ODATA_KEY) && strncmp(s, ODATA_KEY, n) == 0)
		return true;
	for (out->var = 0; out->var < d->n; out->var++) {
		const struct dataset_var *v = &d->vars[out->var];

		if (strncmp(v->name, s, n) == 0 && !v->name[n]) {
			out->number = v->kind == DATASET_NUMBER;
			return true;
		}
	}
	return false;
}

static bool is_word(const char *s, size_t n, const char *w)
{
	return n == strlen(w) && memcmp(s, w, n) == 0;
}

/* "unit desc" */
static bool read_one(struct odata_order *o, const char **s, struct err *e)
{
	size_t n = strcspn(*s, ", ");
	struct column *c = &o->column[o->n_columns];

	if (o->n_columns == LIMIT_ODATA_ORDER)
		return err_set(e, ERR_INPUT,
			       "$orderby: nhiều nhất %d biến (at most so many)",
			       (int)LIMIT_ODATA_ORDER);
	if (n == 0 || !find(o, *s, n, c))
		return err_set(
			e, ERR_INPUT,
			"$orderby: không có biến %.*s (no such variable)",
			(int)(n < 64 ? n : 64), *s);
	*s += n;
	*s += strspn(*s, " ");
	n = strcspn(*s, ", ");
	c->falls = is_word(*s, n, "desc");
	if (n && !c->falls && !is_word(*s, n, "asc"))
		return err_set(e, ERR_INPUT,
			       "$orderby: chỉ asc hoặc desc (asc or desc)");
	*s += n;
	*s += strspn(*s, " ");
	o->n_columns++;
	return true;
}

struct odata_order *odata_order_read(const struct dataset *d, const char *s,
				     struct arena *a, struct err *e)
{
	struct odata_order *o = arena_array(a, 1, sizeof *o);
	bool ok;

	if (!o) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	*o = (struct odata_order){ .d = d, .a = a };
	do {
		s += strspn(s, " ");
		ok = read_one(o, &s, e);
	} while (ok && *s++ == ',');
	if (ok && s[-1] != '\0')
		ok = err_set(e, ERR_INPUT,
			     "$orderby: thừa chữ (words that do not belong)");
	return ok ? o : NULL;
}

bool odata_order_is_plain(const struct odata_order *o)
{
	return o->column[0].var == o->d->n && !o->column[0].falls;
}

/* ---- the keys ------------------------------------------------------------ */

static bool grow(struct odata_order *o, struct err *e)
{
	size_t room = o->room ? 2 * o->room : 1024;
	void *more;

	if (o->n == LIMIT_ODATA_SORT)
		return err_set(e, ERR_CONFLICT,
			       "hơn %d dòng: lọc bớt bằng $filter, hoặc không "
			       "dùng $orderby (too many rows to sort: narrow "
			       "by $filter, or leave $orderby out)",
			       (int)LIMIT_ODATA_SORT);
	if (o->n < o->room)
		return true;
	room = room < LIMIT_ODATA_SORT ? room : LIMIT_ODATA_SORT;
	more = realloc(o->values, room * o->n_columns * sizeof *o->values);
	if (!more)
		return err_set(e, ERR_NOMEM, "out of memory");
	o->values = more;
	o->room = room;
	return true;
}

/* What the row before had too is kept once. */
static bool keep_text(struct odata_order *o, size_t column, const char *s,
		      union value *v)
{
	const char *last =
		o->n ? o->values[(o->n - 1) * o->n_columns + column].text
		     : NULL;

	v->text = last && strcmp(last, s) == 0 ? last : arena_strdup(o->a, s);
	return v->text;
}

bool odata_order_add(struct odata_order *o, const struct dataset_cell *cells,
		     struct err *e)
{
	if (!grow(o, e))
		return false;
	for (size_t i = 0; i < o->n_columns; i++) {
		union value *v = &o->values[o->n * o->n_columns + i];
		const struct column *k = &o->column[i];
		const struct dataset_cell *c = &cells[k->var];

		if (k->number)
			v->number = c->x;
		else if (k->var == o->d->n) /* by its place: as it comes */
			v->text = NULL;
		else if (o->d->vars[k->var].kind == DATASET_CODED)
			v->text = c->value ? c->value->code : NULL;
		else if (!keep_text(o, i, c->s, v))
			return err_set(e, ERR_CONFLICT,
				       "nhiều chữ quá: lọc bớt bằng $filter "
				       "(too much text to sort: narrow by "
				       "$filter)");
	}
	o->n++;
	return true;
}

/* null comes before everything (OData 4.0 part 2, 5.1.1.6 of $orderby). */
static int order_of(const struct column *k, const union value *x,
		    const union value *y, uint32_t i, uint32_t j, size_t key)
{
	bool no_x, no_y;

	if (k->var == key)
		return (i > j) - (i < j);
	no_x = k->number ? isnan(x->number) : !x->text;
	no_y = k->number ? isnan(y->number) : !y->text;
	if (no_x || no_y)
		return no_y - no_x;
	if (k->number)
		return (x->number > y->number) - (x->number < y->number);
	return strcmp(x->text, y->text);
}

static int by_columns(const void *a, const void *b, void *of)
{
	const struct odata_order *o = of;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	for (size_t k = 0; k < o->n_columns; k++) {
		int c = order_of(&o->column[k],
				 &o->values[i * o->n_columns + k],
				 &o->values[j * o->n_columns + k], i, j,
				 o->d->n);

		if (c != 0)
			return o->column[k].falls ? -c : c;
	}
	return (i > j) - (i < j); /* ties as they come */
}

bool odata_order_cut(struct odata_order *o, size_t skip, size_t most,
		     size_t *given, struct err *e)
{
	uint32_t *sorted = calloc(o->n + 1, sizeof *sorted);

	o->place = calloc(o->n + 1, sizeof *o->place);
	skip = skip < o->n ? skip : o->n;
	o->most = most < o->n - skip ? most : o->n - skip;
	o->page = calloc(o->most + 1, sizeof *o->page);
	*given = o->most;
	if (!sorted || !o->place || !o->page) {
		free(sorted);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	for (size_t i = 0; i < o->n; i++)
		sorted[i] = (uint32_t)i;
	qsort_r(sorted, o->n, sizeof *sorted, by_columns, o);
	for (size_t i = 0; i < o->most; i++)
		o->place[sorted[skip + i]] = (uint32_t)i + 1;
	free(sorted);
	return true;
}

/* ---- the page ------------------------------------------------------------ */

bool odata_order_give(struct odata_order *o, const struct dataset_cell *cells,
		      const bool *select, struct buf *line, struct err *e)
{
	uint32_t place = o->at < o->n ? o->place[o->at] : 0;

	if (o->at++ >= o->n)
		return err_set(e, ERR_BUG, "the rows have changed meanwhile");
	if (!place)
		return true;
	line->len = 0;
	odata_row(o->d, cells, select, line);
	o->page[place - 1] =
		buf_cstr(line) ? arena_strdup(o->a, buf_cstr(line)) : NULL;
	return o->page[place - 1] ||
	       err_set(e, ERR_NOMEM, "the page is too large");
}

void odata_order_put(const struct odata_order *o, struct buf *out)
{
	for (size_t i = 0; i < o->most; i++) {
		if (i > 0)
			buf_adds(out, ",\n");
		if (o->page[i])
			buf_adds(out, o->page[i]);
	}
}

size_t odata_order_rows(const struct odata_order *o)
{
	return o->n;
}

void odata_order_clear(struct odata_order *o)
{
	if (!o)
		return;
	free(o->values);
	free(o->place);
	free(o->page);
	o->values = NULL;
	o->place = NULL;
	o->page = NULL;
}
