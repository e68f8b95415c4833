#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/limits.h"
#include "phieu/responses.h"
#include "phieu/result.h"
#include "phieu/secret.h"
#include "phieu/store_freeze.h"
#include "phieu/store_publish.h"

#define TEXT_BYTES  ((size_t)1 << 30)
#define FAULT_BYTES ((size_t)4 << 20)

/* Everything between a wave or a file and its result. */
struct job {
	struct db *db;
	struct wave *wave; /* owns the plan, or: */
	struct plan *plan;
	struct freeze freeze;
	struct responses *responses;
	struct score_plan *sp;
	struct score *score;
	struct result *result;
};

static void job_end(struct job *j)
{
	result_free(j->result);
	score_free(j->score);
	score_plan_free(j->sp);
	responses_free(j->responses);
	plan_free(j->plan);
	if (j->wave)
		wave_free(j->wave);
	if (j->db)
		db_close(j->db);
	connect_done();
}

static int ended(struct job *j, bool ok, const struct err *e)
{
	job_end(j);
	return ok ? EXIT_DONE : cli_fail("phieu", e);
}

/* ---- from the database ----------------------------------------------- */

static bool open_wave(struct job *j, const struct app *app, enum who as,
		      const char *code, struct err *e)
{
	if (!code)
		return err_set(e, ERR_INPUT, "--wave is missing");
	j->db = connect_as(app->conf, as, e);
	if (j->db)
		j->wave = store_wave_get(j->db, code, e);
	return j->wave != NULL;
}

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

static bool frozen_strata(struct job *j, struct err *e)
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

static bool score_frozen(struct job *j, struct err *e)
{
	struct freeze_reader *r = NULL;
	struct rating_source src = { .next = next_frozen };

	if (!db_begin_snapshot(j->db, e))
		return false;
	if (frozen_strata(j, e))
		r = freeze_reader_open(j->db, j->wave, &j->freeze, e);
	if (r) {
		src.ctx = r;
		j->score = score_run(j->sp, &src, e);
	}
	freeze_reader_close(r);
	db_rollback(j->db);
	return j->score != NULL;
}

static bool make_result(struct job *j, const char *sha256, bool simulated,
			struct err *e)
{
	struct result_input in = { .sp = j->sp,
				   .score = j->score,
				   .content_sha256 = sha256,
				   .simulated = simulated };

	j->result = result_new(&in, e);
	return j->result != NULL;
}

/* The latest freeze of an open job, scored. */
static bool score_wave(struct job *j, struct err *e)
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

/* ---- from files ------------------------------------------------------ */

static struct plan *plan_of_file(const char *path, struct err *e)
{
	struct arena *a = arena_new(FAULT_BYTES);
	struct plan *p = NULL;
	struct faults f;
	char *text = NULL;
	size_t n;

	if (!a) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	faults_init(&f, a);
	text = file_read(path, LIMIT_PLAN_BYTES, &n, e);
	if (text)
		p = plan_read(text, n, &f, e);
	if (text && !p && f.n > 0)
		err_set(e, ERR_INPUT,
			"%s: %zu faults, the first %s at %s: %s (see phieu "
			"plan check)",
			path, f.n + f.more, f.list[0].code, f.list[0].path,
			f.list[0].message);
	free(text);
	arena_free(a);
	return p;
}

static bool score_files(struct job *j, const char *plan, const char *responses,
			struct err *e)
{
	struct responses_count c;
	struct rating_source src;
	char sha256[65];

	j->plan = plan_of_file(plan, e);
	if (!j->plan)
		return false;
	j->responses = responses_read(j->plan, responses, &c, e);
	if (!j->responses)
		return false;
	(void)fprintf(stderr,
		      "%zu lines: %zu sheets count (phiếu tính), %zu do not, "
		      "%zu came again, %zu unreadable\n",
		      c.lines, c.counted, c.invalid, c.again, c.broken);
	if (c.counted == 0)
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

/* ---- commands -------------------------------------------------------- */

static bool print(const struct result *r, bool json, bool csv, struct err *e)
{
	struct buf b = BUF_INIT(TEXT_BYTES);
	bool ok;

	if (!json && !csv)
		return result_table(r, stdout, e);
	ok = json ? result_json(r, &b, e) : result_csv(r, &b, e);
	if (ok && (fwrite(b.data, 1, b.len, stdout) != b.len ||
		   (json && putchar('\n') == EOF) || fflush(stdout) != 0))
		ok = err_set(e, ERR_IO, "cannot write the result");
	buf_free(&b);
	return ok;
}

static int run_score(int argc, char **argv, void *app)
{
	const char *wave = NULL, *plan = NULL, *responses = NULL;
	bool json = false, csv = false, ok;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--plan", NULL, &plan },
					{ "--responses", NULL, &responses },
					{ "--json", &json, NULL },
					{ "--csv", &csv, NULL } };
	struct job j = { 0 };
	struct err e = { 0 };

	ok = cli_options(opts, 5, &argc, argv, &e);
	if (ok && (argc > 1 || (json && csv) || !plan != !responses ||
		   !wave == !plan))
		ok = err_set(&e, ERR_INPUT,
			     "give --wave, or --plan and --responses; --json "
			     "or --csv");
	if (!ok) {
		(void)cli_fail("phieu", &e);
		return EXIT_USAGE;
	}
	if (wave)
		ok = open_wave(&j, app, WHO_ANALYSIS, wave, &e) &&
		     score_wave(&j, &e);
	else
		ok = score_files(&j, plan, responses, &e);
	ok = ok && print(j.result, json, csv, &e);
	return ended(&j, ok, &e);
}

static bool save_snapshot(struct job *j, int32_t *number, struct err *e)
{
	struct buf b = BUF_INIT(TEXT_BYTES);
	char actor[64];
	bool ok;

	actor_name(actor, sizeof actor);
	ok = result_json(j->result, &b, e) &&
	     store_snapshot_save(j->db, j->wave->id, j->freeze.freeze,
				 METHOD_VERSION, buf_cstr(&b), b.len, actor,
				 number, e);

	buf_free(&b);
	return ok;
}

static bool two_options(int *argc, char **argv, const char **wave,
			const char **reason, struct err *e)
{
	const struct cli_opt opts[] = { { "--wave", NULL, wave },
					{ "--reason", NULL, reason } };

	if (!cli_options(opts, 2, argc, argv, e))
		return false;
	if (*argc > 1 || !*wave || !*reason || !**reason)
		return err_set(e, ERR_INPUT,
			       "both --wave and --reason are needed");
	return true;
}

static int run_freeze(int argc, char **argv, void *app)
{
	const char *wave = NULL, *reason = NULL;
	struct job j = { 0 };
	struct err e = { 0 };
	int32_t number = 0;
	char actor[64];
	bool ok;

	if (!two_options(&argc, argv, &wave, &reason, &e)) {
		(void)cli_fail("phieu", &e);
		return EXIT_USAGE;
	}
	actor_name(actor, sizeof actor);
	ok = open_wave(&j, app, WHO_OWNER, wave, &e) &&
	     store_freeze_make(j.db, j.wave, reason, actor, &j.freeze, &e) &&
	     score_wave(&j, &e) && save_snapshot(&j, &number, &e);
	if (ok)
		printf("đã khóa số liệu (frozen): %s, lần %d, %lld phiếu, %lld "
		       "lượt đánh giá%s\nSHA-256 %s\nkết quả (snapshot) %d\n",
		       wave, (int)j.freeze.freeze,
		       (long long)j.freeze.n_responses,
		       (long long)j.freeze.n_ratings,
		       j.freeze.simulated ? ", MÔ PHỎNG (simulated)" : "",
		       j.freeze.sha256, (int)number);
	return ended(&j, ok, &e);
}

/* *same false with a line that says what differs. */
static bool compare(struct job *j, struct snapshot *s, struct arena *a,
		    bool *same, struct err *e)
{
	struct buf b = BUF_INIT(TEXT_BYTES);
	char sha256[65];
	bool found, ok;

	*same = true;
	if (!store_freeze_hash(j->db, j->wave, &j->freeze, sha256, e) ||
	    !store_snapshot_get(j->db, j->wave->id, 0, a, s, &found, e))
		return false;
	if (strcmp(sha256, j->freeze.sha256) != 0) {
		*same = false;
		printf("KHÁC: the frozen answers are not those of the freeze\n"
		       "  recorded   %s\n  recomputed %s\n",
		       j->freeze.sha256, sha256);
	}
	if (!found || s->freeze != j->freeze.freeze)
		return err_set(e, ERR_CONFLICT,
			       "the freeze has no snapshot yet");
	ok = result_json(j->result, &b, e);
	if (ok &&
	    (b.len != s->content_n || memcmp(b.data, s->content, b.len) != 0)) {
		*same = false;
		printf("KHÁC: recomputing does not give snapshot %d (made by "
		       "%s, this is %s)\n",
		       (int)s->snapshot, s->method, METHOD_VERSION);
	}
	buf_free(&b);
	return ok;
}

static int run_verify(int argc, char **argv, void *app)
{
	const char *wave = NULL;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave } };
	struct arena *a = arena_new(TEXT_BYTES);
	struct job j = { 0 };
	struct snapshot s;
	struct err e = { 0 };
	bool same = false, ok;

	if (!a)
		return EXIT_FAILED;
	ok = cli_options(opts, 1, &argc, argv, &e) &&
	     open_wave(&j, app, WHO_ANALYSIS, wave, &e) && score_wave(&j, &e) &&
	     compare(&j, &s, a, &same, &e);
	if (ok && same)
		printf("khớp (verified): %s, freeze %d, snapshot %d, "
		       "recomputed "
		       "byte for byte\nSHA-256 %s\n",
		       wave, (int)j.freeze.freeze, (int)s.snapshot, s.sha256);
	arena_free(a);
	if (ok && !same) {
		job_end(&j);
		return EXIT_FAILED;
	}
	return ended(&j, ok, &e);
}

static bool release(struct job *j, const struct app *app, struct arena *a,
		    int32_t snapshot, const char *reason, int32_t *number,
		    struct err *e)
{
	bool trial = j->wave->plan->is_trial || j->freeze.simulated;
	struct release_cell *cells;
	struct component *rows;
	size_t n, n_cells;
	char actor[64];
	struct db *db;
	bool ok;

	if (!result_components(j->result, a, &rows, &n, &cells, &n_cells, e))
		return false;
	db = connect_as(app->conf, WHO_PUBLISH, e);
	if (!db)
		return false;
	actor_name(actor, sizeof actor);
	ok = store_release_make(db, j->wave, snapshot, trial, reason, actor,
				rows, n, cells, n_cells, number, e);
	db_close(db);
	if (ok)
		printf("đã công bố (released): %s, lần %d%s, snapshot %d, %zu "
		       "thành phần (components)\n",
		       j->wave->code, (int)*number,
		       trial ? ", THỬ (trial)" : "", (int)snapshot, n);
	return ok;
}

static int run_publish(int argc, char **argv, void *app)
{
	const char *wave = NULL, *reason = NULL;
	struct arena *a = arena_new(TEXT_BYTES);
	struct job j = { 0 };
	struct snapshot s;
	struct err e = { 0 };
	int32_t number = 0;
	bool same = false, ok;

	if (!a)
		return EXIT_FAILED;
	if (!two_options(&argc, argv, &wave, &reason, &e)) {
		arena_free(a);
		(void)cli_fail("phieu", &e);
		return EXIT_USAGE;
	}
	ok = open_wave(&j, app, WHO_ANALYSIS, wave, &e) && score_wave(&j, &e) &&
	     compare(&j, &s, a, &same, &e);
	if (ok && !same)
		ok = err_set(&e, ERR_CONFLICT,
			     "not published: the snapshot does not verify");
	ok = ok && release(&j, app, a, s.snapshot, reason, &number, &e);
	arena_free(a);
	return ended(&j, ok, &e);
}

static int run_explain(int argc, char **argv, void *app)
{
	const char *wave = NULL, *unit = NULL, *criterion = NULL;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--unit", NULL, &unit },
					{ "--criterion", NULL, &criterion } };
	size_t u = NONE, c = NONE;
	struct job j = { 0 };
	struct err e = { 0 };
	bool ok = cli_options(opts, 3, &argc, argv, &e);

	if (ok && (!unit || !criterion))
		ok = err_set(&e, ERR_INPUT,
			     "--wave, --unit and --criterion are needed");
	ok = ok && open_wave(&j, app, WHO_ANALYSIS, wave, &e) &&
	     score_wave(&j, &e);
	if (ok) {
		u = plan_unit(j.wave->plan, unit);
		c = plan_criterion(j.wave->plan, criterion);
		if (u == NONE || c == NONE)
			ok = err_set(&e, ERR_INPUT, "the plan has no %s \"%s\"",
				     u == NONE ? "unit" : "criterion",
				     u == NONE ? unit : criterion);
	}
	ok = ok && result_explain(j.result, u, c, stdout, &e);
	return ended(&j, ok, &e);
}

static const struct cmd cmds[] = {
	{ "freeze", "close a wave: copy its answers for scoring, score them",
	  "phieu freeze --wave WAVE --reason TEXT", run_freeze },
	{ "score", "points of units with errors, ranks and grades",
	  "phieu score --wave WAVE [--json|--csv]\n"
	  "phieu score --plan FILE --responses FILE.ndjson [--json|--csv]",
	  run_score },
	{ "verify", "recompute a frozen wave and compare byte for byte",
	  "phieu verify --wave WAVE", run_verify },
	{ "publish", "number a release of the newest snapshot",
	  "phieu publish --wave WAVE --reason TEXT", run_publish },
	{ "explain", "the counts behind one number",
	  "phieu explain --wave WAVE --unit CODE --criterion CODE",
	  run_explain },
};

const struct cmd_set cmd_score = { cmds, sizeof cmds / sizeof cmds[0] };
