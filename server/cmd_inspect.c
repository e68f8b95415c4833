/* `phieu inspect`: the document of a year's inspections, and the report of
 * one.  Acts and lists are rows of acts_inspect.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/limits.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_inspect.h"
#include "phieu/store_round.h"

#define ARENA_BYTES ((size_t)64 << 20)
#define N(a)	    (sizeof(a) / sizeof((a)[0]))

enum { NUMBER_MAX = 9999 };

/* What a command has in hand. */
struct desk {
	struct arena *a;
	struct db *db;
	struct round_head head;
	struct round r;
	struct inspect_plan p;
	char *text; /* of the file */
	size_t n;
};

static void desk_clear(struct desk *d)
{
	db_close(d->db);
	free(d->text);
	arena_free(d->a);
}

static bool usage(bool ok, const char *words, struct err *e)
{
	return ok || err_set(e, ERR_INPUT, "usage: %s", words);
}

/* False: with the faults told, or with e->kind set. */
static bool read_round(struct desk *d, const char *text, size_t n,
		       const char *path)
{
	struct faults f;

	faults_init(&f, d->a);
	if (round_read(text, n, d->a, &d->r, &f))
		return true;
	faults_print(&f, path, stderr);
	return false;
}

static bool round_of_file(struct desk *d, const char *path, struct err *e)
{
	size_t n;
	char *text = file_read(path, LIMIT_PLAN_BYTES, &n, e);
	bool ok = text && read_round(d, text, n, path);

	free(text);
	return ok;
}

/* The round, its newest document, by the code. */
static bool round_of_database(struct desk *d, const struct app *app,
			      enum who who, const char *code, struct err *e)
{
	const char *text;

	d->db = connect_ready(app->conf, who, e);
	return d->db && store_round_head(d->db, code, d->a, &d->head, e) &&
	       store_round_text(d->db, d->head.id, d->a, &text, e) &&
	       read_round(d, text, strlen(text), code);
}

/* Of the database, where the document names one that can be looked for. */
static bool round_named(struct desk *d, const struct app *app, enum who who,
			struct err *e)
{
	const char *code = inspect_round(d->text, d->n, d->a);

	return !code || round_of_database(d, app, who, code, e);
}

static bool read_plan(struct desk *d, const char *text, size_t n,
		      const char *path)
{
	struct faults f;

	faults_init(&f, d->a);
	if (inspect_read(text, n, d->r.code ? &d->r : NULL, d->a, &d->p, &f))
		return true;
	faults_print(&f, path, stderr);
	return false;
}

static bool open_file(struct desk *d, const char *path, struct err *e)
{
	d->a = arena_new(ARENA_BYTES);
	if (!d->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	d->text = file_read(path, LIMIT_PLAN_BYTES, &d->n, e);
	return d->text != NULL;
}

static int leave(struct desk *d, const char *name, bool ok, struct err *e)
{
	desk_clear(d);
	if (!ok && e->kind == ERR_NONE)
		return EXIT_FAILED;
	return ok ? EXIT_DONE : cli_fail(name, e);
}

static int run_check(int argc, char **argv, void *app)
{
	const char *with = NULL;
	const struct cli_opt opts[] = { { "--with", NULL, &with } };
	struct desk d = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     usage(argc == 2,
		   "phieu inspect plan check FILE [--with ROUND-FILE]", &e) &&
	     open_file(&d, argv[1], &e) &&
	     (with ? round_of_file(&d, with, &e)
		   : round_named(&d, app, WHO_SERVER, &e)) &&
	     read_plan(&d, d.text, d.n, argv[1]);
	if (ok)
		printf("%s: không có lỗi (no faults)%s\n"
		       "%s: %zu đợt kiểm tra, %zu đoàn, %zu mục đề cương\n",
		       argv[1],
		       d.p.example ? "; mẫu thử, không phải kế hoạch chính thức"
				   : "",
		       d.p.round, d.p.n_entries, d.p.n_teams, d.p.n_outline);
	return leave(&d, "phieu inspect plan check", ok, &e);
}

static bool load(struct desk *d, const char *reason, struct err *e)
{
	int32_t version = 0;
	char by[64];

	actor_name(by, sizeof by);
	if (!store_inspect_load(d->db, d->head.id, &d->p, reason, by, &version,
				e))
		return false;
	if (version)
		printf("Đã nạp kế hoạch kiểm tra của %s, phiên bản %d (loaded, "
		       "version %d)\n",
		       d->head.code, version, version);
	else
		printf("Kế hoạch kiểm tra của %s không đổi (unchanged)\n",
		       d->head.code);
	return true;
}

static int run_load(int argc, char **argv, void *app)
{
	const char *reason = NULL;
	const struct cli_opt opts[] = { { "--reason", NULL, &reason } };
	struct desk d = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     usage(argc == 2 && reason,
		   "phieu inspect plan load FILE --reason TEXT", &e) &&
	     open_file(&d, argv[1], &e) &&
	     round_named(&d, app, WHO_OWNER, &e) &&
	     read_plan(&d, d.text, d.n, argv[1]) && load(&d, reason, &e);
	return leave(&d, "phieu inspect plan load", ok, &e);
}

static bool open_round(struct desk *d, const struct app *app, const char *code,
		       struct err *e)
{
	d->a = arena_new(ARENA_BYTES);
	if (!d->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	d->db = connect_ready(app->conf, WHO_SERVER, e);
	return d->db && store_round_head(d->db, code, d->a, &d->head, e);
}

static bool show_versions(struct desk *d, struct err *e)
{
	static const char *const heads[] = { "phiên bản", "lúc", "người",
					     "lý do", "sha256" };
	struct res *r = store_inspect_versions(d->db, d->head.id, e);
	bool ok = r && rows_print(r, heads, (int)N(heads), "", e);

	res_free(r);
	return ok;
}

static int run_show(int argc, char **argv, void *app)
{
	const char *version = NULL, *text;
	bool versions = false, ok;
	const struct cli_opt opts[] = { { "--version", NULL, &version },
					{ "--versions", &versions, NULL } };
	struct desk d = { 0 };
	struct err e = { 0 };

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     usage(argc == 2,
		   "phieu inspect plan show ROUND [--version N|--versions]",
		   &e) &&
	     open_round(&d, app, argv[1], &e);
	if (ok && versions) {
		ok = show_versions(&d, &e);
	} else if (ok) {
		ok = store_inspect_text(d.db, d.head.id, version, d.a, &text,
					&e);
		if (ok)
			puts(text);
	}
	return leave(&d, "phieu inspect plan show", ok, &e);
}

/* ---- the report -----------------------------------------------------------
 */

static bool number_of(const char *text, int *out, struct err *e)
{
	char *end = NULL;
	long v = text ? strtol(text, &end, 10) : 0;

	*out = (int)v;
	if (!text || !end || end == text || *end || v <= 0 || v > NUMBER_MAX) {
		(void)err_set(e, ERR_INPUT,
			      "không phải số đợt kiểm tra (no number of an "
			      "inspection): %.40s",
			      text ? text : "");
		return false;
	}
	return true;
}

/* The plan is read without its round, which may have moved on since it was
 * loaded. */
static bool write_report(struct desk *d, int number, const char *path,
			 struct err *e)
{
	struct inspect_report r;
	struct paper paper;
	const char *text;

	return store_inspect_text(d->db, d->head.id, NULL, d->a, &text, e) &&
	       read_plan(d, text, strlen(text), d->head.code) &&
	       store_inspect_report(d->db, d->head.id, number, &d->p, d->a, &r,
				    e) &&
	       inspect_paper(&d->p, &r, number, d->a, &paper, e) &&
	       paper_write(&paper, path, e);
}

static int run_report(int argc, char **argv, void *app)
{
	const char *which = NULL, *out = NULL;
	const struct cli_opt opts[] = { { "--inspection", NULL, &which },
					{ "--out", NULL, &out } };
	struct desk d = { 0 };
	struct err e = { 0 };
	int number = 0;
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     usage(argc == 2 && which && out,
		   "phieu inspect report ROUND --inspection N --out FILE",
		   &e) &&
	     number_of(which, &number, &e) &&
	     open_round(&d, app, argv[1], &e) &&
	     write_report(&d, number, out, &e);
	if (ok)
		printf("Đã ghi (written): %s\n", out);
	return leave(&d, "phieu inspect report", ok, &e);
}

static const struct cmd cmds[] = {
	{ "inspect plan check",
	  "kiểm tra tệp kế hoạch kiểm tra, nêu mọi lỗi (check a year's "
	  "inspection plan, all faults at once)",
	  "phieu inspect plan check FILE [--with ROUND-FILE]\n"
	  "  --with  the round's document; else the one in the database",
	  run_check },
	{ "inspect plan load",
	  "nạp kế hoạch kiểm tra hoặc phiên bản mới (add an inspection plan, "
	  "or its next version)",
	  "phieu inspect plan load FILE --reason TEXT", run_load },
	{ "inspect plan show",
	  "xem kế hoạch kiểm tra, các phiên bản (an inspection plan, or the "
	  "list of its versions)",
	  "phieu inspect plan show ROUND [--version N|--versions]", run_show },
	{ "inspect report",
	  "in kết luận kiểm tra (the conclusion of an inspection, to print (a "
	  "draft until numbered))",
	  "phieu inspect report ROUND --inspection N --out FILE\n"
	  "  --out  FILE.html (a page for A4), FILE.xlsx or FILE.csv",
	  run_report },
};
const struct cmd_set cmd_inspect = { cmds, N(cmds) };
