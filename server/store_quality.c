#include "phieu/store_quality.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/disclose.h"
#include "phieu/quality.h"

static bool read_row(const struct res *r, size_t row, struct arena *a,
		     struct quality_row *out, struct err *e)
{
	int64_t *counts[] = { &out->received,	  &out->valid,
			      &out->queried,	  &out->invalid,
			      &out->set_aside,	  &out->refused,
			      &out->not_met,	  &out->other,
			      &out->not_eligible, &out->planned,
			      &out->timed,	  &out->fast,
			      &out->ratings,	  &out->straight,
			      &out->asked,	  &out->blank };
	const char *side = res_text(r, row, 0), *code = res_text(r, row, 1);
	const char *name = res_text(r, row, 2);

	*out = (struct quality_row){
		.side = side && strcmp(side, "agent") == 0  ? QUALITY_AGENT
			: side && strcmp(side, "home") == 0 ? QUALITY_HOME
							    : QUALITY_TOTAL,
		.code = code ? arena_strdup(a, code) : NULL,
		.name = name ? arena_strdup(a, name) : NULL
	};
	for (int i = 0; i < (int)(sizeof counts / sizeof *counts); i++)
		if (!res_i64(r, row, 3 + i, counts[i], e))
			return false;
	return true;
}

/* Each side adds up to the total, so each is a family of its own. */
static bool close_side(struct quality_row *rows, size_t n,
		       enum quality_side side, int64_t k, struct arena *a,
		       struct err *e)
{
	struct cell *cells = arena_array(a, n + 1, sizeof *cells);
	size_t *of = arena_array(a, n + 1, sizeof *of), m = 1;

	if (!cells || !of)
		return err_set(e, ERR_NOMEM, "out of memory");
	cells[0] = (struct cell){ .parent = (size_t)-1 };
	for (size_t i = 0; i < n; i++) {
		if (rows[i].side != side)
			continue;
		cells[0].n += rows[i].received;
		cells[m] = (struct cell){ .n = rows[i].received };
		of[m++] = i;
	}
	(void)disclose(cells, m, k, true);
	for (size_t j = 1; j < m; j++)
		rows[of[j]].closed = cells[j].closed || cells[j].n < k;
	for (size_t i = 0; i < n; i++)
		if (rows[i].side == QUALITY_TOTAL)
			rows[i].closed = rows[i].received < k;
	return true;
}

/* What is closed leaves here as 0. */
static void empty(struct quality_row *r)
{
	if (r->closed)
		r->timed = r->fast = r->ratings = r->straight = r->asked =
			r->blank = 0;
}

bool store_quality(struct db *db, int32_t wave, int64_t k, const char *who,
		   struct arena *a, struct quality_row **rows, size_t *n,
		   struct err *e)
{
	char id[12], speed[24], slack[12], least[12];
	const char *args[] = { id, speed, slack, least, who };
	struct res *r;
	bool ok = false;

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	(void)snprintf(speed, sizeof speed, "%g", QUALITY_SPEED);
	(void)snprintf(slack, sizeof slack, "%d", QUALITY_SLACK);
	(void)snprintf(least, sizeof least, "%d", QUALITY_LEAST);
	r = db_run(db, Q_QUALITY_CELLS, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	*rows = arena_array(a, *n + 1, sizeof **rows);
	if (!*rows) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < *n; i++)
		if (!read_row(r, i, a, &(*rows)[i], e))
			goto out;
	ok = close_side(*rows, *n, QUALITY_AGENT, k, a, e) &&
	     close_side(*rows, *n, QUALITY_HOME, k, a, e);
	for (size_t i = 0; ok && i < *n; i++)
		empty(&(*rows)[i]);
out:
	res_free(r);
	return ok;
}

static bool read_question(const struct res *r, size_t row, int64_t k,
			  struct quality_question *out, struct err *e)
{
	int64_t form, slot;

	if (!res_i64(r, row, 0, &form, e) || !res_i64(r, row, 1, &slot, e) ||
	    !res_i64(r, row, 2, &out->sheets, e) ||
	    !res_i64(r, row, 3, &out->asked, e) ||
	    !res_i64(r, row, 4, &out->blank, e) ||
	    !res_i64(r, row, 5, &out->dont_know, e) ||
	    !res_i64(r, row, 6, &out->unreadable, e))
		return false;
	out->form = (int32_t)form;
	out->slot = (int32_t)slot;
	out->closed = out->sheets < k;
	if (out->closed)
		out->asked = out->blank = out->dont_know = out->unreadable = 0;
	return true;
}

bool store_quality_questions(struct db *db, int32_t wave, int64_t k,
			     const char *who, struct arena *a,
			     struct quality_question **out, size_t *n,
			     struct err *e)
{
	char id[12];
	const char *args[] = { id, who };
	struct quality_question *list;
	struct res *r;
	bool ok;

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	r = db_run(db, Q_QUALITY_QUESTIONS, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	list = arena_array(a, *n + 1, sizeof *list);
	ok = list || err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; list && ok && i < *n; i++)
		ok = read_question(r, i, k, &list[i], e);
	*out = list;
	res_free(r);
	return ok;
}
