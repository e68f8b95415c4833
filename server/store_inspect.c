#include "phieu/store_inspect.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/limits.h"

#define ID_MAX 16

static void number_text(int32_t v, char text[ID_MAX])
{
	(void)snprintf(text, ID_MAX, "%" PRId32, v);
}

bool store_inspect_load(struct db *owner, int32_t round,
			const struct inspect_plan *p, const char *reason,
			const char *by, int32_t *version, struct err *e)
{
	struct buf tables = BUF_INIT(LIMIT_PLAN_BYTES * 4);
	char id[ID_MAX];
	const char *args[] = { id,   p->example ? "true" : "false",
			       NULL, NULL,
			       NULL, by };
	struct res *r = NULL;
	int64_t v = 0;
	bool ok;

	number_text(round, id);
	inspect_tables(p, &tables);
	args[2] = p->text;
	args[3] = buf_cstr(&tables);
	args[4] = reason;
	if (args[3])
		r = db_run(owner, Q_INSPECT_LOAD, args, e);
	else
		(void)err_no_memory(e);
	ok = r && res_i64(r, 0, 0, &v, e);
	*version = (int32_t)v;
	res_free(r);
	buf_free(&tables);
	return ok;
}

bool store_inspect_text(struct db *db, int32_t round, const char *version,
			struct arena *a, const char **text, struct err *e)
{
	char id[ID_MAX];
	const char *args[] = { id, version };
	struct res *r;
	bool ok;

	number_text(round, id);
	*text = NULL;
	r = db_run(db, Q_INSPECT_TEXT, args, e);
	if (r && res_rows(r) == 0)
		(void)err_set(e, ERR_INPUT,
			      "chưa có kế hoạch kiểm tra như vậy "
			      "(no such inspection plan)");
	else if (r)
		*text = res_dup(a, r, 0, 0);
	ok = *text || (r && res_rows(r) && err_no_memory(e));
	res_free(r);
	return ok;
}

struct res *store_inspect_versions(struct db *db, int32_t round, struct err *e)
{
	char id[ID_MAX];
	const char *args[] = { id };

	number_text(round, id);
	return db_run(db, Q_INSPECT_VERSIONS, args, e);
}

/* ---- the report -----------------------------------------------------------
 */

struct reader {
	struct db *db;
	struct arena *a;
	const char *args[2];
	struct inspect_report *out;
};

static bool read_head(struct reader *d, const struct inspect_plan *p,
		      struct err *e)
{
	struct res *r = db_run(d->db, Q_INSPECT_REPORT, d->args, e);
	struct inspect_report *o = d->out;
	const char **to[] = { &o->round_name,	 &o->unit,
			      &o->form,		 &o->state,
			      &o->first_day,	 &o->last_day,
			      &o->documents_due, &o->documents_on,
			      &o->started_on,	 &o->strengths,
			      &o->causes,	 &o->number,
			      &o->concluded_on,	 &o->conclusion,
			      &o->team,		 &o->team_basis };
	const int n = (int)(sizeof to / sizeof to[0]);
	bool ok = r &&
		  (res_rows(r) || err_set(e, ERR_INPUT,
					  "không có đợt kiểm tra này (no such "
					  "inspection): %s",
					  d->args[1]));

	for (int i = 0; ok && i < n; i++)
		*to[i] = res_dup(d->a, r, 0, i);
	for (size_t i = 0; ok && i < p->n_teams; i++)
		if (strcmp(p->teams[i].code, res_text(r, 0, n)) == 0) {
			o->members = p->teams[i].members;
			o->n_members = p->teams[i].n;
		}
	res_free(r);
	return ok;
}

/* The rows of a query; NULL when it failed.  *n: how many. */
static struct res *rows_of(struct reader *d, enum q q, size_t *n, struct err *e)
{
	struct res *r = db_run(d->db, q, d->args, e);

	*n = r ? res_rows(r) : 0;
	return r;
}

static bool read_answers(struct reader *d, struct err *e)
{
	size_t n;
	struct res *r = rows_of(d, Q_INSPECT_REPORT_ANSWERS, &n, e);
	struct inspect_answer_row *list =
		arena_array(d->a, n + 1, sizeof *list);
	bool ok = r && (list || err_no_memory(e));

	for (size_t i = 0; ok && list && i < n; i++)
		list[i] = (struct inspect_answer_row){ res_dup(d->a, r, i, 0),
						       res_dup(d->a, r, i, 1),
						       res_dup(d->a, r, i, 2),
						       res_dup(d->a, r, i, 3),
						       res_dup(d->a, r, i, 4) };
	d->out->answers = list;
	d->out->n_answers = n;
	res_free(r);
	return ok;
}

static bool read_findings(struct reader *d, struct err *e)
{
	size_t n;
	struct res *r = rows_of(d, Q_INSPECT_REPORT_FINDINGS, &n, e);
	struct inspect_finding_row *list =
		arena_array(d->a, n + 1, sizeof *list);
	bool ok = r && (list || err_no_memory(e));

	for (size_t i = 0; ok && list && i < n; i++)
		list[i] = (struct inspect_finding_row){
			res_dup(d->a, r, i, 0), res_dup(d->a, r, i, 1),
			res_dup(d->a, r, i, 2), res_dup(d->a, r, i, 3),
			res_dup(d->a, r, i, 4), res_dup(d->a, r, i, 5),
			res_dup(d->a, r, i, 6), res_dup(d->a, r, i, 7),
			res_dup(d->a, r, i, 8), res_dup(d->a, r, i, 9)
		};
	d->out->findings = list;
	d->out->n_findings = n;
	res_free(r);
	return ok;
}

static bool read_measures(struct reader *d, struct err *e)
{
	size_t n;
	struct res *r = rows_of(d, Q_INSPECT_REPORT_MEASURES, &n, e);
	struct inspect_measure_row *list =
		arena_array(d->a, n + 1, sizeof *list);
	bool ok = r && (list || err_no_memory(e));

	for (size_t i = 0; ok && list && i < n; i++)
		list[i] = (struct inspect_measure_row){
			res_dup(d->a, r, i, 0), res_dup(d->a, r, i, 1),
			res_dup(d->a, r, i, 2), res_dup(d->a, r, i, 3),
			res_dup(d->a, r, i, 4), res_dup(d->a, r, i, 5)
		};
	d->out->measures = list;
	d->out->n_measures = n;
	res_free(r);
	return ok;
}

bool store_inspect_report(struct db *db, int32_t round, int number,
			  const struct inspect_plan *p, struct arena *a,
			  struct inspect_report *out, struct err *e)
{
	char id[ID_MAX], which[ID_MAX];
	struct reader d = { db, a, { id, which }, NULL };
	bool ok;

	*out = (struct inspect_report){ 0 };
	d.out = out;
	number_text(round, id);
	number_text(number, which);
	if (!db_begin_snapshot(db, e))
		return false;
	ok = read_head(&d, p, e) && read_answers(&d, e) &&
	     read_findings(&d, e) && read_measures(&d, e) &&
	     (!arena_broken(a) || err_no_memory(e));
	db_rollback(db);
	return ok;
}
