#include <stdio.h>
#include <stdlib.h>

#include "archive_file.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/score_job.h"
#include "phieu/secret.h"
#include "phieu/store_explanation.h"

enum { DIFFERENCES_SHOWN = 20 };

struct job {
	struct db *db;
	struct score_job score;
};

static void job_end(struct job *j)
{
	score_job_end(&j->score);
	if (j->db)
		db_close(j->db);
	connect_done();
}

/* `command`: "phieu freeze", so that a script's log tells which one failed. */
static int ended(struct job *j, const char *command, bool ok,
		 const struct err *e)
{
	job_end(j);
	return ok ? EXIT_DONE : cli_fail(command, e);
}

static bool open_db(struct job *j, const struct app *app, enum who as,
		    const char *wave, struct err *e)
{
	if (!wave)
		return err_set(e, ERR_INPUT, "--wave is missing");
	j->db = connect_ready(app->conf, as, e);
	return j->db != NULL;
}

static bool score_wave(struct job *j, const struct app *app, const char *wave,
		       struct err *e)
{
	return open_db(j, app, WHO_ANALYSIS, wave, e) &&
	       score_job_wave(&j->score, j->db, wave, e);
}

static bool print(const struct result *r, bool json, bool csv, struct err *e)
{
	struct buf b = BUF_INIT(JOB_TEXT_BYTES);
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

static void tell_count(const struct responses_count *c)
{
	(void)fprintf(stderr,
		      "%zu lines: %zu sheets count (phiếu tính), %zu do not, "
		      "%zu came again, %zu unreadable\n",
		      c->lines, c->counted, c->invalid, c->again, c->broken);
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
		(void)cli_fail("phieu score", &e);
		return EXIT_USAGE;
	}
	if (wave) {
		ok = score_wave(&j, app, wave, &e);
	} else {
		ok = score_job_files(&j.score, plan, responses, &e);
		if (j.score.responses)
			tell_count(&j.score.count);
	}
	ok = ok && print(j.score.result, json, csv, &e);
	return ended(&j, "phieu score", ok, &e);
}

static bool both_given(int argc, const char *wave, const char *reason,
		       struct err *e)
{
	return (argc == 1 && wave && reason && *reason) ||
	       err_set(e, ERR_INPUT,
		       "cần cả --wave và --reason (both are needed)");
}

static bool two_options(int *argc, char **argv, const char **wave,
			const char **reason, struct err *e)
{
	const struct cli_opt opts[] = { { "--wave", NULL, wave },
					{ "--reason", NULL, reason } };

	return cli_options(opts, 2, argc, argv, e) &&
	       both_given(*argc, *wave, *reason, e);
}

static int run_freeze(int argc, char **argv, void *app)
{
	const char *wave = NULL, *reason = NULL;
	struct job j = { 0 };
	const struct freeze *f = &j.score.freeze;
	struct err e = { 0 };
	int32_t number = 0;
	char actor[64];
	bool ok;

	if (!two_options(&argc, argv, &wave, &reason, &e)) {
		(void)cli_fail("phieu freeze", &e);
		return EXIT_USAGE;
	}
	actor_name(actor, sizeof actor);
	ok = open_db(&j, app, WHO_OWNER, wave, &e) &&
	     score_job_freeze(&j.score, j.db, wave, reason, actor, &number, &e);
	if (ok)
		printf("đã khóa số liệu (frozen): %s, lần %d, %lld phiếu, %lld "
		       "lượt đánh giá%s\nSHA-256 %s\nkết quả (snapshot) %d\n",
		       wave, (int)f->freeze, (long long)f->n_responses,
		       (long long)f->n_ratings,
		       f->simulated ? ", MÔ PHỎNG (simulated)" : "", f->sha256,
		       (int)number);
	return ended(&j, "phieu freeze", ok, &e);
}

/* False, after saying what differs. */
static bool is_same(const struct score_job *j, const struct score_check *c)
{
	if (!c->same_answers)
		printf("KHÁC: the frozen answers are not those of the freeze\n"
		       "  recorded   %s\n  recomputed %s\n",
		       j->freeze.sha256, c->recomputed);
	if (!c->same_result)
		printf("KHÁC: recomputing does not give snapshot %d (made by "
		       "%s, this is %s)\n",
		       (int)c->snapshot.snapshot, c->snapshot.method,
		       METHOD_VERSION);
	return c->same_answers && c->same_result;
}

static int verify_wave(const char *wave, void *app)
{
	struct arena *a = arena_new(JOB_TEXT_BYTES);
	struct job j = { 0 };
	struct score_check c;
	struct err e = { 0 };
	int32_t releases = 0;
	size_t wrong = 0;
	bool ok, same = false;

	if (!a)
		return EXIT_FAILED;
	ok = score_wave(&j, app, wave, &e) &&
	     score_job_check(&j.score, a, &c, &e);
	if (ok)
		same = is_same(&j.score, &c);
	/* publishing once more mends this, so that it does not ask for it */
	ok = ok && (!same || score_job_released(&j.score, c.snapshot.snapshot,
						a, &releases, &wrong, &e));
	if (wrong > 0) {
		printf("KHÁC: %zu thành phần đã công bố (published "
		       "components) are not those of snapshot %d\n",
		       wrong, (int)c.snapshot.snapshot);
		same = false;
	}
	if (same)
		printf("khớp từng byte (verified, recomputed byte for byte): "
		       "%s, khóa lần (freeze) %d, kết quả (snapshot) %d%s\n"
		       "SHA-256 %s\n",
		       wave, (int)j.score.freeze.freeze,
		       (int)c.snapshot.snapshot,
		       j.score.freeze.simulated ? ", MÔ PHỎNG (simulated)" : "",
		       c.snapshot.sha256);
	arena_free(a);
	if (ok && !same) {
		job_end(&j);
		return EXIT_FAILED;
	}
	return ended(&j, "phieu verify", ok, &e);
}

static int run_verify(int argc, char **argv, void *app)
{
	const char *wave = NULL, *key = NULL, *phrase = NULL;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--key", NULL, &key },
					{ "--passphrase-file", NULL,
					  &phrase } };
	struct err e = { 0 };

	if (!cli_options(opts, 3, &argc, argv, &e))
		return cli_fail("phieu verify", &e);
	if (argc == 2 && !wave)
		return archive_verify(argv[1], key, phrase);
	if (argc == 1 && !key && !phrase)
		return verify_wave(wave, app);
	(void)err_set(&e, ERR_INPUT, "give --wave WAVE, or an archive FILE");
	return cli_fail("phieu verify", &e);
}

/* Does a release before it show other answers? */
static bool is_of_another_freeze(const struct score_job *j, int32_t release)
{
	return release > 1 && j->freeze.freeze > 1;
}

static bool release(const struct score_job *j, const struct app *app,
		    struct arena *a, int32_t snapshot, const char *reason,
		    int32_t *number, struct err *e)
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
	db = connect_ready(app->conf, WHO_PUBLISH, e);
	if (!db)
		return false;
	actor_name(actor, sizeof actor);
	ok = store_release_make(db, j->wave, snapshot, trial, reason, actor,
				rows, n, cells, n_cells, number, e) &&
	     store_explanations(db, j->wave, j->result, *number,
				is_of_another_freeze(j, *number), a, e);
	db_close(db);
	if (ok)
		printf("đã công bố (released): %s, lần %d%s%s, snapshot %d, "
		       "%zu "
		       "thành phần (components)\n",
		       j->wave->code, (int)*number,
		       j->wave->plan->is_trial ? ", mẫu thử (trial)" : "",
		       j->freeze.simulated ? ", MÔ PHỎNG (simulated)" : "",
		       (int)snapshot, n);
	return ok;
}

/* A release made before explanations were kept gets its own. */
static bool explain_release(const struct score_job *j, const struct app *app,
			    struct arena *a, int32_t release, struct err *e)
{
	struct db *db = connect_ready(app->conf, WHO_PUBLISH, e);
	bool ok = db &&
		  store_explanations(db, j->wave, j->result, release,
				     is_of_another_freeze(j, release), a, e);

	db_close(db);
	return ok;
}

/* Is `snapshot` what the newest release says, cell by cell?  One with wrong
 * components is mended by releasing it again. */
static bool is_released(struct score_job *j, const struct app *app,
			struct arena *a, int32_t snapshot, bool *yes,
			struct err *e)
{
	struct release newest;
	int32_t releases = 0;
	size_t wrong = 0;
	bool found;

	*yes = false;
	if (!store_release_get(j->db, j->wave->id, 0, &newest, &found, e))
		return false;
	if (!found || newest.snapshot != snapshot)
		return true;
	if (!score_job_released(j, snapshot, a, &releases, &wrong, e))
		return false;
	*yes = wrong == 0;
	if (*yes && !explain_release(j, app, a, newest.release, e))
		return false;
	if (*yes)
		printf("đã công bố rồi (released already): %s, lần %d là "
		       "snapshot %d này, không đánh số lần mới (this very "
		       "snapshot; nothing is numbered)\n",
		       j->wave->code, (int)newest.release, (int)snapshot);
	return true;
}

/* A correction by a few sheets tells what these said: not unless somebody
 * answers for it. */
static bool may_differ(struct score_job *j, struct arena *a, bool override,
		       const char **reason, struct err *e)
{
	struct released_difference *d;
	size_t n;

	if (!score_job_differences(j, a, &d, &n, e))
		return false;
	if (n == 0)
		return true;
	(void)fprintf(stderr,
		      "%zu ô đã công bố nay khác đi mà chênh dưới %lld người "
		      "(cells released before differ by fewer people):\n",
		      n, (long long)j->wave->plan->decisions.min_unit);
	for (size_t i = 0; i < n && i < DIFFERENCES_SHOWN; i++)
		(void)fprintf(stderr, "  lần %d, %s %s: %lld -> %lld người\n",
			      (int)d[i].release, d[i].unit,
			      *d[i].criterion ? d[i].criterion : "(tổng)",
			      (long long)d[i].was, (long long)d[i].is);
	if (!override)
		return err_set(e, ERR_CONFLICT,
			       "chưa công bố: so hai lần công bố sẽ lộ câu trả "
			       "lời của số ít người; có quyết định thì dùng "
			       "--override (not released: the two releases "
			       "together tell what few people answered)");
	*reason = arena_printf(a, "%s [--override: %zu ô chênh dưới k người]",
			       *reason, n);
	return *reason || err_set(e, ERR_NOMEM, "out of memory");
}

static int run_publish(int argc, char **argv, void *app)
{
	const char *wave = NULL, *reason = NULL;
	bool override = false;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--reason", NULL, &reason },
					{ "--override", &override, NULL } };
	struct arena *a = arena_new(JOB_TEXT_BYTES);
	struct job j = { 0 };
	struct score_check c;
	struct err e = { 0 };
	int32_t number = 0;
	bool ok, already = false;

	if (!a)
		return EXIT_FAILED;
	if (!cli_options(opts, 3, &argc, argv, &e) ||
	    !both_given(argc, wave, reason, &e)) {
		arena_free(a);
		(void)cli_fail("phieu publish", &e);
		return EXIT_USAGE;
	}
	ok = score_wave(&j, app, wave, &e) &&
	     score_job_check(&j.score, a, &c, &e);
	if (ok && !is_same(&j.score, &c))
		ok = err_set(&e, ERR_CONFLICT,
			     "not published: the snapshot does not verify");
	ok = ok &&
	     is_released(&j.score, app, a, c.snapshot.snapshot, &already, &e);
	if (ok && !already)
		ok = may_differ(&j.score, a, override, &reason, &e) &&
		     release(&j.score, app, a, c.snapshot.snapshot, reason,
			     &number, &e);
	arena_free(a);
	return ended(&j, "phieu publish", ok, &e);
}

static bool explain_json(const struct result *r, size_t unit, size_t criterion,
			 struct err *e)
{
	struct arena *a = arena_new(JOB_TEXT_BYTES);
	struct buf b = BUF_INIT(JOB_TEXT_BYTES);
	bool ok;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = result_explain_json(r, unit, criterion, a, &b, e) &&
	     (puts(b.data) >= 0 || err_set(e, ERR_IO, "cannot write"));
	buf_free(&b);
	arena_free(a);
	return ok;
}

static int run_explain(int argc, char **argv, void *app)
{
	const char *wave = NULL, *unit = NULL, *criterion = NULL;
	bool json = false;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--unit", NULL, &unit },
					{ "--criterion", NULL, &criterion },
					{ "--json", &json, NULL } };
	size_t u = NONE, c = NONE;
	struct job j = { 0 };
	struct err e = { 0 };
	bool ok = cli_options(opts, 4, &argc, argv, &e);

	if (ok && (!unit || !criterion))
		ok = err_set(&e, ERR_INPUT,
			     "cần --wave, --unit và --criterion "
			     "(they are needed)");
	ok = ok && score_wave(&j, app, wave, &e);
	if (ok) {
		u = plan_unit(j.score.wave->plan, unit);
		c = plan_criterion(j.score.wave->plan, criterion);
		if (u == NONE || c == NONE)
			ok = err_set(&e, ERR_INPUT,
				     "kế hoạch không có %s (the plan has no "
				     "%s) \"%.64s\"; mã xem ở (codes): phieu "
				     "plan show %.64s",
				     u == NONE ? "đơn vị" : "tiêu chí",
				     u == NONE ? "unit" : "criterion",
				     u == NONE ? unit : criterion, wave);
	}
	ok = ok && (json ? explain_json(j.score.result, u, c, &e)
			 : result_explain(j.score.result, u, c, stdout, &e));
	return ended(&j, "phieu explain", ok, &e);
}

static const struct cmd cmds[] = {
	{ "freeze", "khóa số liệu rồi tính điểm (close a wave, score it)",
	  "phieu freeze --wave WAVE --reason TEXT", run_freeze },
	{ "score", "điểm, sai số, hạng, xếp loại (points, errors, ranks)",
	  "phieu score --wave WAVE [--json|--csv]\n"
	  "phieu score --plan FILE --responses FILE.ndjson [--json|--csv]",
	  run_score },
	{ "verify", "tính lại, đối chiếu từng byte (recompute and compare)",
	  "phieu verify --wave WAVE\n"
	  "phieu verify FILE --key FILE|--passphrase-file FILE\n"
	  "\n"
	  "FILE is of `phieu round archive`: recomputed without a database, a "
	  "line for\n"
	  "each part.  Exit 1: something differs; 3: the answers are not in "
	  "it.\n",
	  run_verify },
	{ "publish", "công bố kết quả mới nhất (number a release)",
	  "phieu publish --wave WAVE --reason TEXT [--override]\n"
	  "\n"
	  "Refused when cells of an earlier release differ by fewer people "
	  "than "
	  "a cell\n"
	  "may have: the two together would tell what these few answered.  "
	  "--override\n"
	  "releases it all the same; the reason says so for ever.\n",
	  run_publish },
	{ "explain", "giải trình một con số (the counts behind a number)",
	  "phieu explain --wave WAVE --unit CODE --criterion CODE [--json]",
	  run_explain },
};

const struct cmd_set cmd_score = { cmds, sizeof cmds / sizeof cmds[0] };
