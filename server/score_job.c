#include "phieu/score_job.h"

#include <stdlib.h>
#include <string.h>

void score_job_end(struct score_job *j)
{
	result_free(j->result);
	score_free(j->score);
	score_plan_free(j->sp);
	responses_free(j->responses);
	plan_free(j->plan);
	if (j->wave)
		wave_free(j->wave);
	*j = (struct score_job){ 0 };
}

/* ---- from the database ----------------------------------------------- */

static int next_frozen(void *ctx, struct source_rating *out, struct err *e)
{
	struct freeze_rating r;
	int got = freeze_reader_next(ctx, &r, e);

	if (got > 0)
		*out = (struct source_rating){ .unit = r.unit,
					       .form = r.form,
					       .group = r.group,
					       .home = r.home,
					       .answers = r.answers,
					       .n_answers = r.n_answers };
	return got;
}

struct rating_source frozen_ratings(struct freeze_reader *r)
{
	return (struct rating_source){ .next = next_frozen, .ctx = r };
}

static bool frozen_strata(struct score_job *j, struct err *e)
{
	struct freeze_cell *cells;
	size_t n;
	bool ok = true;

	if (!store_freeze_cells(j->db, j->wave, &j->freeze, &cells, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++) {
		size_t h = score_plan_stratum(j->sp, cells[i].group,
					      cells[i].home);

		if (h == NONE)
			ok = err_set(e, ERR_BUG,
				     "frozen respondents of a wrong home");
		else
			j->sp->strata[h].n += cells[i].n;
	}
	free(cells);
	return ok;
}

static bool score_frozen(struct score_job *j, struct err *e)
{
	struct freeze_reader *r = NULL;
	struct rating_source src;

	if (!db_begin_snapshot(j->db, e))
		return false;
	if (frozen_strata(j, e))
		r = freeze_reader_open(j->db, j->wave, &j->freeze, e);
	if (r) {
		src = frozen_ratings(r);
		j->score = score_run(j->sp, &src, e);
	}
	freeze_reader_close(r);
	db_rollback(j->db);
	return j->score != NULL;
}

static bool make_result(struct score_job *j, const char *sha256, bool simulated,
			struct err *e)
{
	struct result_input in = { .sp = j->sp,
				   .score = j->score,
				   .content_sha256 = sha256,
				   .simulated = simulated };

	j->result = result_new(&in, e);
	return j->result != NULL;
}

static bool score_latest(struct score_job *j, struct err *e)
{
	if (!store_freeze_latest(j->db, j->wave, &j->freeze, e))
		return false;
	if (j->freeze.plan_version != j->wave->version)
		return err_set(e, ERR_CONFLICT,
			       "the plan is not the one that was frozen");
	j->sp = score_plan_new(j->wave->plan, e);
	return j->sp && score_frozen(j, e) &&
	       make_result(j, j->freeze.sha256, j->freeze.simulated, e);
}

bool score_job_wave(struct score_job *j, struct db *db, const char *wave,
		    struct err *e)
{
	j->db = db;
	j->wave = store_wave_get(db, wave, e);
	return j->wave && score_latest(j, e);
}

/* ---- from files ------------------------------------------------------ */

bool score_job_files(struct score_job *j, const char *plan,
		     const char *responses, struct err *e)
{
	struct rating_source src;
	char sha256[65];

	j->plan = plan_file_read(plan, e);
	if (!j->plan)
		return false;
	j->responses = responses_read(j->plan, responses, &j->count, e);
	if (!j->responses)
		return false;
	if (j->count.counted == 0)
		return err_set(e, ERR_CONFLICT, "no response counts");
	j->sp = score_plan_new(j->plan, e);
	if (!j->sp || !responses_hash(j->responses, sha256, e))
		return false;
	responses_strata(j->responses, j->sp);
	src = responses_source(j->responses);
	j->score = score_run(j->sp, &src, e);
	return j->score &&
	       make_result(j, sha256, responses_simulated(j->responses), e);
}

/* ---- the frozen wave ------------------------------------------------- */

static bool save_snapshot(struct score_job *j, const char *by, int32_t *number,
			  struct err *e)
{
	struct buf b = BUF_INIT(JOB_TEXT_BYTES);
	bool ok = result_json(j->result, &b, e) &&
		  store_snapshot_save(j->db, j->wave->id, j->freeze.freeze,
				      METHOD_VERSION, buf_cstr(&b), b.len, by,
				      number, e);

	buf_free(&b);
	return ok;
}

bool score_job_freeze(struct score_job *j, struct db *owner, const char *wave,
		      const char *reason, const char *by, int32_t *snapshot,
		      struct err *e)
{
	j->db = owner;
	j->wave = store_wave_get(owner, wave, e);
	return j->wave &&
	       store_freeze_make(owner, j->wave, reason, by, &j->freeze, e) &&
	       score_latest(j, e) && save_snapshot(j, by, snapshot, e);
}

bool score_job_check(struct score_job *j, struct arena *a,
		     struct score_check *out, struct err *e)
{
	struct snapshot *s = &out->snapshot;
	struct buf b = BUF_INIT(JOB_TEXT_BYTES);
	bool found, ok;

	*out = (struct score_check){ 0 };
	if (!store_freeze_hash(j->db, j->wave, &j->freeze, out->recomputed,
			       e) ||
	    !store_snapshot_get(j->db, j->wave->id, 0, a, s, &found, e))
		return false;
	if (!found || s->freeze != j->freeze.freeze)
		return err_set(e, ERR_CONFLICT,
			       "the freeze has no snapshot yet");
	out->same_answers = strcmp(out->recomputed, j->freeze.sha256) == 0;
	ok = result_json(j->result, &b, e);
	out->same_result = ok && b.len == s->content_n &&
			   memcmp(b.data, s->content, b.len) == 0;
	buf_free(&b);
	return ok;
}
