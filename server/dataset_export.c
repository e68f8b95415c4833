#include "phieu/dataset_export.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/store_audit.h"
#include "phieu/store_estimate.h"

#define JOB_BYTES ((size_t)64 << 20)

static bool fill_head(struct dataset_job *j, struct err *e)
{
	const struct wave *w = j->source->wave[0];
	const struct freeze *f = &j->source->freeze[0];
	const struct plan *p = w->plan;

	j->head = (struct dataset_head){
		.wave = w->code,
		.title = arena_printf(j->arena, "%s — %s", p->name,
				      p->forms[j->set->form].name),
		.plan_version = f->plan_version,
		.freeze = f->freeze,
		.plan_sha256 = p->sha256,
		.content_sha256 = f->sha256,
		.day = f->on,
		.trial = p->is_trial,
		.simulated = f->simulated,
	};
	return j->head.title || err_set(e, ERR_NOMEM, "out of memory");
}

bool dataset_job_begin(const struct wave_source *s, size_t form,
		       struct dataset_job *j, struct err *e)
{
	*j = (struct dataset_job){ .source = s, .arena = arena_new(JOB_BYTES) };
	if (!j->arena)
		return err_set(e, ERR_NOMEM, "out of memory");
	j->set = dataset_new(s->wave[0]->plan, form, e);
	return j->set && db_begin_snapshot(s->db, e) && fill_head(j, e) &&
	       frozen_rows_count(s->db, s->wave[0], &s->freeze[0], form,
				 &j->head.rows, e) &&
	       strata_read(s->db, s->wave[0], &s->freeze[0], false, j->arena,
			   &j->strata, e);
}

void dataset_job_end(struct dataset_job *j)
{
	if (j->source && j->source->db)
		db_rollback(j->source->db);
	dataset_free(j->set);
	arena_free(j->arena);
	*j = (struct dataset_job){ .source = NULL };
}

static bool give(struct dataset_job *j, const struct frozen_row *row,
		 struct dataset_cell *cells, dataset_row fn, void *to,
		 struct err *e)
{
	const struct stratum *s = strata_of(&j->strata, row->group, row->home);
	char respondent[16];
	struct dataset_rating r = {
		.respondent = respondent,
		.stratum = s->name,
		.frame =
			s->population < 0 ? (double)NAN : (double)s->population,
		.sample = (double)s->n,
		.weight = strtod(s->weight, NULL),
		.group = row->group,
		.home = row->home,
		.unit = row->unit,
		.answers = row->answers,
		.n_answers = row->n_answers,
		.profile = row->profile,
		.extra = row->extra,
	};

	(void)snprintf(respondent, sizeof respondent, "%" PRId32,
		       row->respondent);
	return dataset_fill(j->set, &r, cells, e) && fn(to, cells, e);
}

static bool give_all(struct dataset_job *j, struct frozen_rows *rows,
		     dataset_row fn, void *to, struct err *e)
{
	struct dataset_cell *cells = calloc(j->set->n + 1, sizeof *cells);
	struct frozen_row row;
	bool ok = true;
	int got = -1;

	if (!cells)
		return err_set(e, ERR_NOMEM, "out of memory");
	while (rows && ok && (got = frozen_rows_next(rows, &row, e)) > 0)
		if (row.form == j->set->form)
			ok = give(j, &row, cells, fn, to, e);
	free(cells);
	return ok ? got == 0 : e->kind == ERR_NONE;
}

bool dataset_job_rows(struct dataset_job *j, dataset_row fn, void *to,
		      struct err *e)
{
	const struct wave_source *s = j->source;
	struct frozen_rows *rows =
		frozen_rows_open(s->db, s->wave[0], &s->freeze[0], e);
	bool ok = rows && give_all(j, rows, fn, to, e);

	frozen_rows_close(rows);
	return ok;
}

bool dataset_job_window(struct dataset_job *j, int32_t *after, int32_t most,
			dataset_row fn, void *to, bool *more, struct err *e)
{
	const struct wave_source *s = j->source;
	int32_t last = *after;
	struct frozen_rows *rows;
	bool ok;

	if (!frozen_window_last(s->db, s->wave[0], &s->freeze[0], j->set->form,
				*after, most, &last, e))
		return false;
	*more = last > *after;
	if (!*more)
		return true;
	rows = frozen_window_open(s->db, s->wave[0], &s->freeze[0], *after,
				  last, e);
	ok = rows && give_all(j, rows, fn, to, e);
	frozen_rows_close(rows);
	*after = last;
	return ok;
}

bool dataset_log(const struct wave_source *s, size_t form, const char *what,
		 const char *by, const char *reason, struct err *e)
{
	struct buf b = BUF_INIT(8192);
	struct jw w;
	bool ok;

	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "wave", s->wave[0]->code);
	jw_ki(&w, "freeze", s->freeze[0].freeze);
	jw_kv(&w, "form", s->wave[0]->plan->forms[form].code);
	jw_kv(&w, "as", what);
	jw_kv(&w, "reason", reason);
	jw_object_end(&w);
	ok = buf_cstr(&b) || err_set(e, ERR_INPUT, "the reason is too long");
	ok = ok && store_audit_append(s->db, "export", by, buf_cstr(&b), e);
	buf_free(&b);
	return ok;
}
