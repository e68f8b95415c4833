#include "xlsx_merge.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"

#define SCAN_BYTES ((size_t)64 << 10)
#define NO_PART	   ((size_t)-1)

struct loader {
	struct xlsx *x;
	const char *place;
	struct merges *m;
};

static bool add(struct loader *l, struct merge g, struct err *e)
{
	struct merges *m = l->m;
	struct merge *grown;

	if (m->n == LIMIT_XLSX_MERGES)
		return xlsx_bad(l->x, e, "F07", l->place,
				"the sheet has more than 20000 merged areas",
				"Trang tính có hơn 20000 vùng ô gộp");
	if (m->n == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 64;
		grown = realloc(m->list, m->cap * sizeof *grown);
		if (!grown)
			return err_set(e, ERR_NOMEM, "out of memory");
		m->list = grown;
	}
	m->list[m->n++] = g;
	return true;
}

static bool on_start(void *arg, const char *ns, const char *name,
		     const struct xml_attr *attrs, size_t n, struct err *e)
{
	struct loader *l = arg;
	const char *ref, *colon;
	struct merge g;

	(void)ns;
	if (strcmp(name, "mergeCell") != 0)
		return true;
	ref = xlsx_attr(attrs, n, "ref");
	colon = ref ? strchr(ref, ':') : NULL;
	if (ref && !colon) /* an area of one cell covers nothing */
		return true;
	if (!ref ||
	    !xlsx_address_parse(ref, (size_t)(colon - ref), &g.column,
				&g.row) ||
	    !xlsx_address_parse(colon + 1, strlen(colon + 1), &g.last_column,
				&g.last_row) ||
	    g.last_row < g.row || g.last_column < g.column)
		return xlsx_bad(l->x, e, "F08", l->place,
				"a merged area has no proper address",
				"Vùng ô gộp có địa chỉ không hợp lệ");
	if (g.last_column >= LIMIT_CSV_COLUMNS) /* past what is read at all */
		g.last_column = LIMIT_CSV_COLUMNS - 1;
	return g.column > g.last_column || add(l, g, e);
}

/* Most sheets have none: looking for the word in the bytes costs a tenth of
 * parsing them. */
static bool mentions(struct xlsx *x, size_t part)
{
	static const char word[] = "mergeCell";
	enum { KEEP = sizeof word - 2 };
	char *room = malloc(SCAN_BYTES + KEEP);
	zip_file_t *f = zip_fopen_index(x->zip, x->parts[part].index, 0);
	bool found = !f || !room; /* let the parser say what is wrong */
	size_t kept = 0, total = 0;
	zip_int64_t n;

	while (!found && (n = zip_fread(f, room + kept, SCAN_BYTES)) > 0) {
		size_t all = kept + (size_t)n;
		total += (size_t)n;
		found = memmem(room, all, word, sizeof word - 1) != NULL ||
			total > LIMIT_XLSX_UNPACKED;
		kept = all < KEEP ? all : KEEP;
		memmove(room, room + all - kept, kept);
	}
	if (f)
		(void)zip_fclose(f);
	free(room);
	return found;
}

static int by_row(const void *pa, const void *pb)
{
	const struct merge *a = pa, *b = pb;

	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

bool merges_load(struct xlsx *x, size_t part, const char *place,
		 struct merges *m, struct err *e)
{
	static const struct xml_handler h = { .start = on_start };
	struct loader l = { x, place, m };
	size_t unpacked = x->unpacked;

	if (!mentions(x, part))
		return true;
	if (!xlsx_part_xml(x, part, &h, &l, e))
		return false;
	x->unpacked = unpacked; /* the same bytes come again */
	if (m->n > 1)
		qsort(m->list, m->n, sizeof *m->list, by_row);
	return true;
}

void merges_free(struct merges *m)
{
	for (size_t i = 0; i < m->n_active; i++)
		free((void *)(uintptr_t)m->active[i].value.s);
	free(m->active);
	free(m->list);
	*m = (struct merges){ 0 };
}

static void drop_past(struct merges *m, uint32_t row)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_active; i++) {
		struct active *a = &m->active[i];
		if (a->at.last_row >= row) {
			m->active[n++] = *a;
			continue;
		}
		m->bytes -= a->value.n;
		free((void *)(uintptr_t)a->value.s);
	}
	m->n_active = n;
}

static bool begin(struct xlsx *x, struct merges *m, struct merge g,
		  const char *place, struct err *e)
{
	size_t i = m->n_active;
	struct active *grown;

	while (i > 0 && m->active[i - 1].at.column > g.column)
		i--;
	if ((i > 0 && m->active[i - 1].at.last_column >= g.column) ||
	    (i < m->n_active && m->active[i].at.column <= g.last_column))
		return xlsx_bad(x, e, "F08", place,
				"merged areas lie over each other",
				"Các vùng ô gộp chồng lên nhau");
	if (m->n_active == m->cap_active) {
		m->cap_active = m->cap_active ? 2 * m->cap_active : 16;
		grown = realloc(m->active, m->cap_active * sizeof *grown);
		if (!grown)
			return err_set(e, ERR_NOMEM, "out of memory");
		m->active = grown;
	}
	memmove(m->active + i + 1, m->active + i,
		(m->n_active - i) * sizeof *m->active);
	m->active[i] = (struct active){ .at = g };
	m->n_active++;
	return true;
}

bool merges_row(struct xlsx *x, struct merges *m, uint32_t row,
		const char *place, struct err *e)
{
	if (m->n_active)
		drop_past(m, row);
	for (; m->next < m->n && m->list[m->next].row <= row; m->next++) {
		if (m->list[m->next].last_row < row)
			continue;
		if (!begin(x, m, m->list[m->next], place, e))
			return false;
	}
	return true;
}

bool merges_keep(struct xlsx *x, struct merges *m, uint32_t row,
		 const struct xlsx_cell *c, const char *place, struct err *e)
{
	for (size_t i = 0; i < m->n_active; i++) {
		struct active *a = &m->active[i];
		char *own;

		if (a->at.row != row || a->at.column != c->column ||
		    a->has_value)
			continue;
		if (m->bytes + c->n > LIMIT_CSV_ROW_BYTES)
			return xlsx_bad(x, e, "F07", place,
					"merged areas hold too much text",
					"Vùng ô gộp chứa quá nhiều chữ");
		own = malloc(c->n + 1);
		if (!own)
			return err_set(e, ERR_NOMEM, "out of memory");
		memcpy(own, c->s, c->n + 1);
		a->value = *c;
		a->value.s = own;
		a->has_value = true;
		m->bytes += c->n;
	}
	return true;
}
