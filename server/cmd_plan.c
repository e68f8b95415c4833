#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/buf.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/store_plan.h"

#define OUTPUT_BYTES ((size_t)64 << 20)
#define N(a)	     (sizeof(a) / sizeof((a)[0]))

/* A plan from where the word points: a file, or a wave in the database. */
struct source {
	struct arena *arena; /* of the faults */
	struct faults faults;
	struct plan *plan;
	struct wave *wave;
};

static void source_close(struct source *s)
{
	if (s->wave)
		wave_free(s->wave); /* and its plan */
	else
		plan_free(s->plan);
	arena_free(s->arena);
}

/* False with faults or with e.kind set. */
static bool open_file(struct source *s, const char *path, struct err *e)
{
	size_t n;
	char *text;

	s->arena = arena_new(LIMIT_PLAN_ARENA);
	if (!s->arena)
		return err_set(e, ERR_NOMEM, "out of memory");
	faults_init(&s->faults, s->arena);
	text = file_read(path, LIMIT_PLAN_BYTES, &n, e);
	if (!text)
		return false;
	s->plan = plan_read(text, n, &s->faults, e);
	free(text);
	if (!s->plan && s->faults.n == 0)
		return err_wrap(e, "%s", path);
	return s->plan != NULL;
}

static bool open_wave(struct source *s, const char *code, const struct app *app,
		      struct err *e)
{
	struct db *db = connect_ready(app->conf, WHO_SERVER, e);

	if (!db)
		return false;
	s->wave = store_wave_get(db, code, e);
	s->plan = s->wave ? s->wave->plan : NULL;
	db_close(db);
	connect_done();
	return s->wave != NULL;
}

/* "-", a path with a slash or what exists is a file, the rest a wave. */
static bool open_any(struct source *s, const char *word, const struct app *app,
		     struct err *e)
{
	if (strcmp(word, "-") == 0 || strchr(word, '/') ||
	    access(word, R_OK) == 0)
		return open_file(s, word, e);
	return open_wave(s, word, app, e);
}

/* What stopped us: the list of faults or the one error. */
static int refuse(const char *command, const struct source *s, const char *path,
		  const struct err *e)
{
	if (s->faults.n == 0)
		return (void)cli_fail(command, e), EXIT_FAILED;
	faults_print(&s->faults, path, stderr);
	return EXIT_FAILED;
}

/* `why` the text could not be read at all, or NULL. */
static bool check_json(const struct source *s, const char *path,
		       const char *why, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES), faults = BUF_INIT(OUTPUT_BYTES);
	struct jw w;
	bool ok;

	jw_init(&w, &b);
	w.pretty = true;
	jw_object(&w);
	jw_kv(&w, "file", path);
	jw_kb(&w, "valid", s->plan != NULL);
	if (s->plan) {
		jw_kv(&w, "wave", s->plan->wave);
		jw_kv(&w, "sha256", s->plan->sha256);
		jw_kb(&w, "trial", s->plan->is_trial);
		jw_ki(&w, "sheets", plan_total(s->plan));
	}
	if (why)
		jw_kv(&w, "error", why);
	faults_json(&s->faults, &faults);
	jw_key(&w, "faults");
	jw_raw(&w, buf_cstr(&faults) ? buf_cstr(&faults) : "[]");
	jw_ki(&w, "n_faults", (int64_t)(s->faults.n + s->faults.more));
	jw_object_end(&w);
	buf_adds(&b, "\n");
	ok = cli_put(&b, stdout, e);
	buf_free(&b);
	buf_free(&faults);
	return ok;
}

static bool check_text(const struct plan *p, const char *path, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	bool ok;

	plan_print_quota(p, &b);
	buf_addf(&b, "\n%s: không có lỗi (no faults)%s\n", path,
		 p->is_trial ? "; mẫu thử, không phải phiếu chính thức" : "");
	ok = cli_put(&b, stdout, e);
	buf_free(&b);
	return ok;
}

static int run_check(int argc, char **argv, void *app)
{
	bool json = false, ok;
	const struct cli_opt opts[] = { { "--json", &json, NULL } };
	struct source s = { 0 };
	struct err e = { 0 };
	int code = EXIT_FAILED;

	(void)app;
	if (!cli_options(opts, N(opts), &argc, argv, &e))
		return cli_fail("phieu plan check", &e), EXIT_USAGE;
	if (argc != 2) {
		err_set(&e, ERR_INPUT, "usage: phieu plan check FILE [--json]");
		return cli_fail("phieu plan check", &e), EXIT_USAGE;
	}
	ok = open_file(&s, argv[1], &e);
	if (json) {
		bool why = !ok && s.faults.n == 0;

		ok = check_json(&s, argv[1], why ? e.msg : NULL, &e) && ok;
		code = ok ? EXIT_DONE : EXIT_FAILED;
	} else if (!ok || !s.plan) {
		code = refuse("phieu plan check", &s, argv[1], &e);
	} else if (check_text(s.plan, argv[1], &e)) {
		code = EXIT_DONE;
	} else {
		code = cli_fail("phieu plan check", &e);
	}
	source_close(&s);
	return code;
}

/* Who is at the keyboard, for the log of acts. */
static const char *user_name(char *text, size_t n)
{
	struct passwd pw, *found = NULL;
	char space[4096];

	if (getpwuid_r(getuid(), &pw, space, sizeof space, &found) || !found)
		(void)snprintf(text, n, "uid %ld", (long)getuid());
	else
		(void)snprintf(text, n, "%s", pw.pw_name);
	return text;
}

static bool load(const struct app *app, const struct plan *p,
		 const char *reason, const char *by, int32_t *version,
		 bool *changed, struct err *e)
{
	struct db *db = connect_ready(app->conf, WHO_OWNER, e);
	bool ok;

	if (!db)
		return false;
	ok = store_plan_load(db, p, reason, by, version, changed, e);
	db_close(db);
	connect_done();
	return ok;
}

static bool tell_load(const struct plan *p, int32_t version, bool changed,
		      bool json, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct jw w;
	bool ok;

	jw_init(&w, &b);
	if (json) {
		jw_object(&w);
		jw_kv(&w, "wave", p->wave);
		jw_ki(&w, "version", version);
		jw_kb(&w, "changed", changed);
		jw_kv(&w, "sha256", p->sha256);
		jw_ki(&w, "sheets", plan_total(p));
		jw_object_end(&w);
		buf_adds(&b, "\n");
	} else if (changed) {
		plan_print_quota(p, &b);
		buf_addf(&b,
			 "\nĐã nạp kế hoạch %s, phiên bản %d (loaded, version "
			 "%d)\n",
			 p->wave, version, version);
	} else {
		buf_addf(&b,
			 "Kế hoạch %s không đổi, vẫn là phiên bản %d "
			 "(unchanged)\n",
			 p->wave, version);
	}
	ok = cli_put(&b, stdout, e);
	buf_free(&b);
	return ok;
}

static int run_load(int argc, char **argv, void *app)
{
	const char *reason = NULL, *by = NULL;
	bool json = false, changed, ok;
	const struct cli_opt opts[] = { { "--reason", NULL, &reason },
					{ "--by", NULL, &by },
					{ "--json", &json, NULL } };
	struct source s = { 0 };
	struct err e = { 0 };
	char name[64];
	int32_t version;
	int code;

	if (!cli_options(opts, N(opts), &argc, argv, &e))
		return cli_fail("phieu plan load", &e), EXIT_USAGE;
	if (argc != 2 || !reason || !*reason) {
		err_set(&e, ERR_INPUT,
			"usage: phieu plan load FILE --reason TEXT");
		return cli_fail("phieu plan load", &e), EXIT_USAGE;
	}
	if (!open_file(&s, argv[1], &e) || !s.plan) {
		code = refuse("phieu plan load", &s, argv[1], &e);
		source_close(&s);
		return code;
	}
	ok = load(app, s.plan, reason, by ? by : user_name(name, sizeof name),
		  &version, &changed, &e) &&
	     tell_load(s.plan, version, changed, json, &e);
	source_close(&s);
	return ok ? EXIT_DONE : cli_fail("phieu plan load", &e);
}

static const char *state_vi(const char *state)
{
	static const char *const words[][2] = {
		{ "draft", "bản thảo (draft)" },
		{ "open", "đang thu phiếu (open)" },
		{ "closed", "đã đóng (closed)" },
		{ "frozen", "đã khóa số liệu (frozen)" },
		{ "published", "đã công bố (published)" },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(state, words[i][0]) == 0)
			return words[i][1];
	return state;
}

static bool show(const struct source *s, bool json, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	bool ok;

	if (json) {
		buf_add(&b, s->plan->text, s->plan->text_n);
		buf_adds(&b, "\n");
	} else {
		if (s->wave)
			buf_addf(&b, "Phiên bản %d, trạng thái %s%s\n",
				 s->wave->version, state_vi(s->wave->state),
				 s->wave->simulated ? ", mô phỏng" : "");
		plan_print(s->plan, &b);
	}
	ok = cli_put(&b, stdout, e);
	buf_free(&b);
	return ok;
}

static int run_show(int argc, char **argv, void *app)
{
	bool json = false;
	const struct cli_opt opts[] = { { "--json", &json, NULL } };
	struct source s = { 0 };
	struct err e = { 0 };
	int code;

	if (!cli_options(opts, N(opts), &argc, argv, &e))
		return cli_fail("phieu plan show", &e), EXIT_USAGE;
	if (argc != 2) {
		err_set(&e, ERR_INPUT,
			"usage: phieu plan show WAVE|FILE [--json]");
		return cli_fail("phieu plan show", &e), EXIT_USAGE;
	}
	if (!open_any(&s, argv[1], app, &e) || !s.plan)
		code = refuse("phieu plan show", &s, argv[1], &e);
	else
		code = show(&s, json, &e) ? EXIT_DONE
					  : cli_fail("phieu plan show", &e);
	source_close(&s);
	return code;
}

static bool tell_diff(const struct plan *a, const struct plan *b, struct err *e)
{
	struct buf out = BUF_INIT(OUTPUT_BYTES);
	bool ok;

	if (!plan_diff(a, b, &out) && buf_cstr(&out))
		buf_adds(&out, "Không khác nhau (no difference)\n");
	ok = cli_put(&out, stdout, e);
	buf_free(&out);
	return ok;
}

static int run_diff(int argc, char **argv, void *app)
{
	struct source a = { 0 }, b = { 0 };
	struct err e = { 0 };
	int code;

	if (!cli_options(NULL, 0, &argc, argv, &e))
		return cli_fail("phieu plan diff", &e), EXIT_USAGE;
	if (argc != 3) {
		err_set(&e, ERR_INPUT,
			"usage: phieu plan diff WAVE|FILE WAVE|FILE");
		return cli_fail("phieu plan diff", &e), EXIT_USAGE;
	}
	if (!open_any(&a, argv[1], app, &e))
		code = refuse("phieu plan diff", &a, argv[1], &e);
	else if (!open_any(&b, argv[2], app, &e))
		code = refuse("phieu plan diff", &b, argv[2], &e);
	else
		code = tell_diff(a.plan, b.plan, &e)
			       ? EXIT_DONE
			       : cli_fail("phieu plan diff", &e);
	source_close(&a);
	source_close(&b);
	return code;
}

static const struct cmd cmds[] = {
	{ "plan check", "kiểm tra tệp kế hoạch (check a plan file)",
	  "phieu plan check FILE [--json]\n"
	  "\n"
	  "Prints the quota table re-added, or every fault with its place in "
	  "the file.\n"
	  "Exit 1 when there is a fault.  The format is in docs/PLAN.md.\n",
	  run_check },
	{ "plan load", "nạp kế hoạch vào cơ sở dữ liệu (load a plan)",
	  "phieu plan load FILE --reason TEXT [--by NAME] [--json]\n"
	  "\n"
	  "  --reason TEXT  why; kept with the version and in the log\n"
	  "  --by NAME      who (default: the name you are signed in by)\n"
	  "\n"
	  "A new wave, or the next version of the wave of that code.  The same "
	  "plan\n"
	  "again changes nothing; a frozen wave takes no more plans.\n",
	  run_load },
	{ "plan show", "xem kế hoạch (show a plan)",
	  "phieu plan show WAVE|FILE [--json]\n"
	  "\n"
	  "A wave's newest plan or a file; --json: the canonical text.\n",
	  run_show },
	{ "plan diff", "so sánh hai kế hoạch (compare two plans)",
	  "phieu plan diff WAVE|FILE WAVE|FILE\n"
	  "\n"
	  "A line each difference: ~ changed, - only in the first, + only in "
	  "the\n"
	  "second.  Units, groups, questions are found by their codes.\n",
	  run_diff },
};
const struct cmd_set cmd_plan = { cmds, N(cmds) };
