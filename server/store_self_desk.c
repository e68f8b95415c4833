#include "phieu/self_desk.h"

#include <string.h>

static bool read_text(struct self_desk *d, const char *text, struct err *e)
{
	struct faults f;

	faults_init(&f, d->a);
	return round_read(text, strlen(text), d->a, &d->round, &f) ||
	       err_set(e, ERR_BUG, "the stored document has a fault: %s %s",
		       f.n ? f.list[0].code : "", f.n ? f.list[0].path : "");
}

static bool sit(struct self_desk *d, const char *unit, struct err *e)
{
	d->unit = round_unit(&d->round, unit);
	if (d->unit == INDEX_NONE)
		return err_set(e, ERR_INPUT,
			       "không có đơn vị này (no unit \"%.64s\")", unit);
	return store_self_head(d->db, d->head.id, unit, d->a, &d->self, e);
}

bool self_desk_open(struct self_desk *d, const char *unit, struct err *e)
{
	const char *text;

	d->unit = INDEX_NONE;
	return store_round_text(d->db, d->head.id, d->a, &text, e) &&
	       read_text(d, text, e) && (!unit || sit(d, unit, e));
}

bool self_desk_rows(struct self_desk *d, struct self_row **rows, size_t *n,
		    struct err *e)
{
	return store_self_rows(d->db, d->head.id, d->self.unit, &d->round,
			       d->unit, d->a, rows, n, e);
}

/* ---- one item ------------------------------------------------------------ */

static bool item_of(struct self_desk *d, const struct self_given *g,
		    struct self_row *row, struct faults *f, struct err *e)
{
	*row = (struct self_row){ .unit = d->unit,
				  .node = round_node(&d->round, g->criterion),
				  .not_applicable = g->not_applicable,
				  .note = g->note,
				  .version = g->version };
	if (row->node == INDEX_NONE)
		return err_set(e, ERR_INPUT,
			       "không có tiêu chí này (no criterion \"%.64s\")",
			       g->criterion);
	if (g->points &&
	    !dec_parse(g->points, strlen(g->points), &row->points, e)) {
		fault_add(f, "S03",
			  arena_printf(d->a, "/items/%s", g->criterion),
			  "the points are no number", "điểm không phải số");
		return false;
	}
	row->has_points = g->points != NULL;
	return self_item_ok(&d->round, row,
			    arena_printf(d->a, "/items/%s", g->criterion), f) ||
	       err_set(e, ERR_INPUT, "the item was refused");
}

bool self_desk_put(struct self_desk *d, const struct self_given *g,
		   int64_t *version, struct faults *f, struct err *e)
{
	struct self_row row, *now;
	int64_t stands = 0;
	size_t n;

	if (!item_of(d, g, &row, f, e) || !self_desk_rows(d, &now, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (now[i].node == row.node) {
			stands = now[i].version;
			row.note = g->note ? g->note : now[i].note;
		}
	if (g->version == SELF_NEWEST)
		row.version = stands;
	*version = row.version + 1;
	return store_self_put(d->db, d->head.id, d->self.unit, &d->round,
			      d->unit, &row, 1, d->by, f, e);
}

/* ---- a file ---------------------------------------------------------------
 */

bool self_desk_read(struct self_desk *d, const char *bytes, size_t n,
		    struct self_table *t, struct faults *f, struct err *e)
{
	return self_book_read(&d->round, d->unit, bytes, n, d->a, t, f, e);
}

/* Versions as they stand now: a wide table carries none. */
static void take_versions(const struct self_row *now, size_t n,
			  struct self_table *t, size_t unit)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; t->rows[i].unit == unit && k < n; k++)
			if (now[k].node == t->rows[i].node &&
			    t->rows[i].version == 0)
				t->rows[i].version = now[k].version;
}

static bool store_unit(struct self_desk *d, size_t unit, struct self_table *t,
		       struct faults *f, struct err *e)
{
	const char *code = d->round.set.units[unit].code;
	struct self_row *now;
	struct self_head h;
	size_t n;

	if (!store_self_head(d->db, d->head.id, code, d->a, &h, e) ||
	    !store_self_rows(d->db, d->head.id, h.unit, &d->round, unit, d->a,
			     &now, &n, e))
		return false;
	if (t->wide)
		take_versions(now, n, t, unit);
	return store_self_put(d->db, d->head.id, h.unit, &d->round, unit,
			      t->rows, t->n, d->by, f, e);
}

bool self_desk_store(struct self_desk *d, struct self_table *t,
		     struct faults *f, struct err *e)
{
	bool ok = db_begin(d->db, e);

	for (size_t u = 0; ok && u < d->round.set.n_units; u++) {
		size_t i = 0;

		while (i < t->n && t->rows[i].unit != u)
			i++;
		if (i < t->n)
			ok = store_unit(d, u, t, f, e);
	}
	ok = ok && db_commit(d->db, e);
	if (!ok)
		db_rollback(d->db);
	return ok;
}
