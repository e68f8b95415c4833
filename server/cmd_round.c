/* `phieu round`: rounds of assessment, their calendar and steps. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/calendar.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/secret.h"
#include "phieu/store_round.h"

#define ARENA_BYTES  ((size_t)64 << 20)
#define OUTPUT_BYTES ((size_t)64 << 20)
#define N(a)	     (sizeof(a) / sizeof((a)[0]))

enum { REMIND_DAYS = 3 };

/* ---- check, load ------------------------------------------------------- */

/* False: with the faults told, or with e->kind set. */
static bool read_document(const char *path, struct arena *a, struct round *r,
			  struct err *e)
{
	struct faults f;
	size_t n;
	char *text = file_read(path, LIMIT_PLAN_BYTES, &n, e);
	bool ok;

	if (!text)
		return false;
	faults_init(&f, a);
	ok = round_read(text, n, a, r, &f);
	free(text);
	if (!ok)
		faults_print(&f, path, stderr);
	return ok;
}

static void say_document(const char *path, const struct round *r)
{
	printf("%s: không có lỗi (no faults)%s\n", path,
	       r->set.example ? "; mẫu thử, không phải bộ tiêu chí chính thức"
			      : "");
	printf("%s: %zu đơn vị, %zu tiêu chí, %zu cơ quan, %zu nhiệm vụ\n",
	       r->code, r->set.n_units, r->set.n_nodes, r->n_offices,
	       r->n_tasks);
}

static int run_check(int argc, char **argv, void *app)
{
	struct arena *a = arena_new(ARENA_BYTES);
	struct err e = { 0 };
	struct round r;
	bool ok;

	(void)app;
	ok = (a || err_set(&e, ERR_NOMEM, "out of memory")) &&
	     cli_options(NULL, 0, &argc, argv, &e) &&
	     (argc == 2 ||
	      err_set(&e, ERR_INPUT, "usage: phieu round check FILE")) &&
	     read_document(argv[1], a, &r, &e);
	if (ok)
		say_document(argv[1], &r);
	arena_free(a);
	if (!ok && e.kind == ERR_NONE)
		return EXIT_FAILED;
	return ok ? EXIT_DONE : cli_fail("phieu round check", &e);
}

static bool load(const struct app *app, const struct round *r,
		 const char *reason, struct err *e)
{
	struct db *db = connect_ready(app->conf, WHO_OWNER, e);
	int32_t version = 0;
	char by[64];
	bool ok;

	actor_name(by, sizeof by);
	ok = db && store_round_load(db, r, reason, by, &version, e);
	db_close(db);
	if (ok && version)
		printf("Đã nạp kỳ đánh giá %s, phiên bản %d (loaded, version "
		       "%d)\n",
		       r->code, version, version);
	else if (ok)
		printf("Kỳ đánh giá %s không đổi (unchanged)\n", r->code);
	return ok;
}

static int run_load(int argc, char **argv, void *app)
{
	const char *reason = NULL;
	const struct cli_opt opts[] = { { "--reason", NULL, &reason } };
	struct arena *a = arena_new(ARENA_BYTES);
	struct err e = { 0 };
	struct round r;
	bool ok;

	ok = (a || err_set(&e, ERR_NOMEM, "out of memory")) &&
	     cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 2 && reason) ||
	      err_set(&e, ERR_INPUT,
		      "usage: phieu round load FILE --reason TEXT")) &&
	     read_document(argv[1], a, &r, &e) && load(app, &r, reason, &e);
	arena_free(a);
	if (!ok && e.kind == ERR_NONE)
		return EXIT_FAILED;
	return ok ? EXIT_DONE : cli_fail("phieu round load", &e);
}

/* ---- looking at one ---------------------------------------------------- */

/* A round in hand: the connection, the memory, its head. */
struct open_round {
	struct db *db;
	struct arena *a;
	struct round_head head;
};

static bool open_round(struct open_round *o, const struct app *app,
		       enum who who, const char *code, struct err *e)
{
	*o = (struct open_round){ .a = arena_new(ARENA_BYTES) };
	if (!o->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	o->db = connect_ready(app->conf, who, e);
	return o->db && store_round_head(o->db, code, o->a, &o->head, e);
}

static void close_round(struct open_round *o)
{
	db_close(o->db);
	arena_free(o->a);
}

static bool need(const char *value, const char *usage, struct err *e)
{
	return value || err_set(e, ERR_INPUT, "usage: %s", usage);
}

static bool list_table(const struct round_head *list, size_t n, struct err *e)
{
	static const char *const heads[] = { "kỳ",	     "năm",	  "tên",
					     "đợt điều tra", "phiên bản", "" };
	struct table *t = table_headed(heads, N(heads), N(heads));
	char text[24];

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		table_cell(t, list[i].code);
		(void)snprintf(text, sizeof text, "%" PRId64, list[i].year);
		table_cell(t, text);
		table_cell(t, list[i].name);
		table_cell(t, list[i].wave);
		(void)snprintf(text, sizeof text, "%" PRId64, list[i].version);
		table_cell(t, text);
		table_cell(t, list[i].published ? "đã công bố"
			      : list[i].trial	? "mẫu thử"
						: "");
	}
	table_print(t, stdout);
	table_free(t);
	return true;
}

static int run_list(int argc, char **argv, void *app)
{
	struct arena *a = arena_new(ARENA_BYTES);
	struct round_head *list;
	struct db *db = NULL;
	struct err e = { 0 };
	size_t n;
	bool ok;

	ok = (a || err_set(&e, ERR_NOMEM, "out of memory")) &&
	     cli_options(NULL, 0, &argc, argv, &e);
	if (ok)
		db = connect_ready(((struct app *)app)->conf, WHO_SERVER, &e);
	ok = db && store_round_list(db, NULL, a, &list, &n, &e) &&
	     list_table(list, n, &e);
	db_close(db);
	arena_free(a);
	return ok ? EXIT_DONE : cli_fail("phieu round list", &e);
}

static int run_show(int argc, char **argv, void *app)
{
	const char *usage = "phieu round show ROUND";
	struct open_round o = { 0 };
	struct err e = { 0 };
	const char *text;
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e) &&
	     need(argc == 2 ? argv[1] : NULL, usage, &e) &&
	     open_round(&o, app, WHO_SERVER, argv[1], &e) &&
	     store_round_text(o.db, o.head.id, o.a, &text, &e);
	if (ok)
		puts(text);
	close_round(&o);
	return ok ? EXIT_DONE : cli_fail("phieu round show", &e);
}

/* ---- the calendar ------------------------------------------------------ */

struct calendar {
	struct task_row *tasks;
	size_t n;
	struct step_row steps[4];
};

static const char *task_state_vi(const struct task_row *t)
{
	if (strcmp(t->state, "done") == 0)
		return "xong";
	if (t->days_late > 0)
		return "TRỄ HẠN";
	return strcmp(t->state, "doing") == 0 ? "đang làm" : "chưa làm";
}

static const char *step_state_vi(const char *state)
{
	static const char *const words[][2] = {
		{ "open", "đang mở" },
		{ "before", "chưa tới ngày" },
		{ "past", "đã hết hạn" },
		{ "closed", "đã đóng" },
		{ "none", "không có trong lịch" },
	};

	for (size_t i = 0; i < N(words); i++)
		if (strcmp(words[i][0], state) == 0)
			return words[i][1];
	return state;
}

static bool calendar_table(const struct round_head *h, const struct calendar *c,
			   bool late, struct err *e)
{
	static const char *const heads[] = { "mã",	   "hạn",
					     "trạng thái", "trễ (ngày)",
					     "chủ trì",	   "nhiệm vụ" };
	struct table *t = table_headed(heads, N(heads), N(heads));
	enum round_step step;
	char text[24];

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	table_right(t, 3);
	for (size_t i = 0; i < c->n; i++) {
		const struct task_row *k = &c->tasks[i];

		if (late && k->days_late == 0)
			continue;
		(void)snprintf(text, sizeof text, "%" PRId64, k->days_late);
		table_cell(t, k->code);
		table_cell(t, k->due);
		table_cell(t, task_state_vi(k));
		table_cell(t, k->days_late ? text : "");
		table_cell(t, k->lead);
		table_cell(t, k->title);
	}
	printf("%s%s\n", h->name, h->trial ? " — mẫu thử" : "");
	table_print(t, stdout);
	table_free(t);
	for (size_t i = 0; !late && i < 4; i++)
		if (round_step_parse(c->steps[i].step, &step))
			printf("bước %s (%s): %s%s%s\n",
			       round_step_word_vi(step), c->steps[i].step,
			       step_state_vi(c->steps[i].state),
			       *c->steps[i].reason ? "; " : "",
			       c->steps[i].reason);
	return true;
}

enum form { FORM_TABLE, FORM_JSON, FORM_ICS };

static bool show_calendar(const struct open_round *o, enum form form, bool late,
			  struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct calendar c;
	bool ok;

	if (!store_round_tasks(o->db, o->head.id, o->a, &c.tasks, &c.n, e) ||
	    !store_round_steps(o->db, o->head.id, o->a, c.steps, e))
		return false;
	if (form == FORM_TABLE)
		return calendar_table(&o->head, &c, late, e);
	if (form == FORM_ICS) {
		calendar_ics(o->head.code, o->head.name, c.tasks, c.n,
			     REMIND_DAYS, clock_now_us(), &b);
	} else {
		calendar_json(&o->head, c.tasks, c.n, c.steps, &b);
		buf_adds(&b, "\n");
	}
	ok = cli_put(&b, stdout, e);
	buf_free(&b);
	return ok;
}

static int run_calendar(int argc, char **argv, void *app)
{
	const char *usage = "phieu round calendar ROUND [--late|--ics|--json]";
	bool late = false, ics = false, json = false, ok;
	const struct cli_opt opts[] = { { "--late", &late, NULL },
					{ "--ics", &ics, NULL },
					{ "--json", &json, NULL } };
	struct open_round o = { 0 };
	struct err e = { 0 };

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     need(argc == 2 && late + ics + json <= 1 ? argv[1] : NULL, usage,
		  &e) &&
	     open_round(&o, app, WHO_SERVER, argv[1], &e) &&
	     show_calendar(&o,
			   ics	  ? FORM_ICS
			   : json ? FORM_JSON
				  : FORM_TABLE,
			   late, &e);
	close_round(&o);
	return ok ? EXIT_DONE : cli_fail("phieu round calendar", &e);
}

/* ---- acts -------------------------------------------------------------- */

/* The version that somebody who looks now sees. */
static bool task_version(const struct open_round *o, const char *task,
			 int64_t *version, struct err *e)
{
	struct task_row *list;
	size_t n;

	if (!store_round_tasks(o->db, o->head.id, o->a, &list, &n, e))
		return false;
	*version = 0;
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].code, task) == 0)
			*version = list[i].version;
	return true;
}

static int run_task(int argc, char **argv, void *app)
{
	const char *usage = "phieu round task ROUND TASK --state "
			    "open|doing|done [--note TEXT]";
	const char *state = NULL, *note = NULL;
	const struct cli_opt opts[] = { { "--state", NULL, &state },
					{ "--note", NULL, &note } };
	struct open_round o = { 0 };
	struct err e = { 0 };
	int64_t version = 0;
	char by[64];
	bool ok;

	actor_name(by, sizeof by);
	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     need(argc == 3 ? state : NULL, usage, &e) &&
	     open_round(&o, app, WHO_OWNER, argv[1], &e) &&
	     task_version(&o, argv[2], &version, &e) &&
	     store_task_put(o.db, o.head.id, argv[2], version, state, note, by,
			    &e);
	close_round(&o);
	return ok ? EXIT_DONE : cli_fail("phieu round task", &e);
}

static int run_step(int argc, char **argv, void *app)
{
	const char *usage = "phieu round step ROUND STEP --until DATE|--close "
			    "--reason TEXT";
	const char *until = NULL, *reason = NULL;
	bool close = false, ok;
	const struct cli_opt opts[] = { { "--until", NULL, &until },
					{ "--reason", NULL, &reason },
					{ "--close", &close, NULL } };
	struct open_round o = { 0 };
	struct err e = { 0 };
	enum round_step step = STEP_NONE;
	char by[64];

	actor_name(by, sizeof by);
	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     need(argc == 3 && close == !until ? reason : NULL, usage, &e) &&
	     (round_step_parse(argv[2], &step) ||
	      err_set(&e, ERR_INPUT,
		      "a step is self-assess, appraise, council or publish")) &&
	     open_round(&o, app, WHO_OWNER, argv[1], &e) &&
	     store_step_put(o.db, o.head.id, step, until, reason, by, &e);
	close_round(&o);
	return ok ? EXIT_DONE : cli_fail("phieu round step", &e);
}

static const struct cmd cmds[] = {
	{ "round check",
	  "kiểm tra tài liệu của kỳ, nêu mọi lỗi (check a round's document, "
	  "all faults at once)",
	  "phieu round check FILE", run_check },
	{ "round load",
	  "nạp kỳ đánh giá hoặc phiên bản mới (add a round, or the next "
	  "version of its document)",
	  "phieu round load FILE --reason TEXT", run_load },
	{ "round list", "các kỳ đánh giá (rounds of assessment)",
	  "phieu round list", run_list },
	{ "round show",
	  "xem tài liệu mới nhất của kỳ (a round's newest document)",
	  "phieu round show ROUND", run_show },
	{ "round calendar",
	  "nhiệm vụ, thời hạn, trễ hạn của ai (tasks, deadlines, what is late "
	  "and whose)",
	  "phieu round calendar ROUND [--late|--ics|--json]\n"
	  "  --late  only what is past its day and not done\n"
	  "  --ics   reminders as iCalendar\n"
	  "  --json  for programs",
	  run_calendar },
	{ "round task",
	  "ghi nhiệm vụ đã làm, đã xong (say that a task is begun or done)",
	  "phieu round task ROUND TASK --state open|doing|done [--note TEXT]",
	  run_task },
	{ "round step",
	  "mở hoặc đóng một bước khác lịch (open or close a step against the "
	  "calendar)",
	  "phieu round step ROUND STEP --until DATE --reason TEXT\n"
	  "phieu round step ROUND STEP --close --reason TEXT\n"
	  "  STEP    self-assess, appraise, council or publish\n"
	  "  The act stands in the log with its reason.",
	  run_step },
};
const struct cmd_set cmd_round = { cmds, N(cmds) };
