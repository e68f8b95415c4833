#include "phieu/store_quality.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/agent_means.h"
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

/* ---- Q06 ----------------------------------------------------------------- */

struct far_rules {
	int64_t least;
	double p, effect;
};

static bool read_far_rules(struct db *db, const char *wave,
			   struct far_rules *out, struct err *e)
{
	const char *args[] = { wave };
	struct res *r = db_run(db, Q_QUALITY_FAR_RULES, args, e);
	bool ok = r && res_i64(r, 0, 0, &out->least, e);

	if (ok) {
		out->p = strtod(res_text(r, 0, 1), NULL);
		out->effect = strtod(res_text(r, 0, 2), NULL);
	}
	res_free(r);
	return ok;
}

static bool read_mean(const struct res *r, size_t row, struct agent_mean *m,
		      struct err *e)
{
	int64_t form, home, agent, n;

	if (!res_i64(r, row, 0, &form, e) || !res_i64(r, row, 1, &home, e) ||
	    !res_i64(r, row, 2, &agent, e) || !res_i64(r, row, 3, &n, e))
		return false;
	*m = (struct agent_mean){ .form = (int32_t)form,
				  .home = (int32_t)home,
				  .agent = (int32_t)agent,
				  .n = (double)n,
				  .mean = strtod(res_text(r, row, 4), NULL),
				  .variance =
					  strtod(res_text(r, row, 5), NULL) };
	return true;
}

/* p is told upwards in ten thousandths: at most so much. */
static void put_far(struct buf *b, const struct agent_mean *m, double p)
{
	buf_addf(b,
		 "%s{\"form\":%d,\"home\":%d,\"agent\":%d,\"n\":%.0f,"
		 "\"mean\":%.2f,\"n_others\":%.0f,\"mean_others\":%.2f,"
		 "\"t\":%.2f,\"p\":%.4f,\"effect\":%.2f,\"bound\":%.4f}",
		 b->len > 1 ? "," : "", (int)m->form, (int)m->home,
		 (int)m->agent, m->n, m->mean, m->n_others, m->mean_others,
		 m->t, ceil(m->p_holm * 10000) / 10000, m->effect, p);
}

static bool test_means(const struct res *r, const struct far_rules *rules,
		       struct buf *b, struct err *e)
{
	size_t n = res_rows(r), tested;
	struct agent_mean *rows = calloc(n + 1, sizeof *rows);
	double *work = calloc(2 * n + 1, sizeof *work);
	bool ok = rows && work;

	if (!rows || !work) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	for (size_t i = 0; ok && i < n; i++)
		ok = read_mean(r, i, &rows[i], e);
	ok = ok &&
	     agent_means_test(rows, n, (double)rules->least, work, &tested, e);
	for (size_t i = 0; ok && i < n; i++)
		if (agent_mean_is_far(&rows[i], rules->p, rules->effect))
			put_far(b, &rows[i], rules->p);
out:
	free(rows);
	free(work);
	return ok;
}

bool store_quality_far(struct db *db, int32_t wave, struct buf *out,
		       struct err *e)
{
	struct far_rules rules = { 0 };
	char id[12];
	const char *args[] = { id };
	struct res *r = NULL;
	bool ok;

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	if (read_far_rules(db, id, &rules, e))
		r = db_run(db, Q_QUALITY_MEANS, args, e);
	buf_adds(out, "[");
	ok = r && test_means(r, &rules, out, e);
	buf_adds(out, "]");
	res_free(r);
	return ok &&
	       (buf_cstr(out) || err_set(e, ERR_NOMEM, "too many agents"));
}
