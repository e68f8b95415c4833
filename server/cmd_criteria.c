/* `phieu round criteria|diff`: criteria sets in Excel, and what changed between
 * two versions. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/criteria.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/round_diff.h"
#include "phieu/store_round.h"

#define ARENA_BYTES  ((size_t)256 << 20)
#define OUTPUT_BYTES ((size_t)64 << 20)
#define N(a)	     (sizeof(a) / sizeof((a)[0]))

static bool usage(const char *text, struct err *e)
{
	return err_set(e, ERR_INPUT, "usage: %s", text);
}

/* ---- documents ---------------------------------------------------- */

/* CODE or CODE@VERSION of what is loaded. */
static cJSON *open_loaded(const char *word, const struct app *app,
			  struct arena *a, struct err *e)
{
	const char *at = strchr(word, '@'), *text = NULL;
	char *code =
		arena_strndup(a, word, at ? (size_t)(at - word) : strlen(word));
	struct round_head head;
	struct db *db;
	bool ok;

	if (at && (!at[1] || at[1 + strspn(at + 1, "0123456789")] ||
		   strlen(at + 1) > 9)) {
		(void)err_set(e, ERR_INPUT, "a version is a number: ROUND@2");
		return NULL;
	}
	db = code ? connect_ready(app->conf, WHO_SERVER, e) : NULL;
	ok = db && store_round_head(db, code, a, &head, e) &&
	     store_round_text_at(db, head.id, at ? at + 1 : NULL, a, &text, e);
	db_close(db);
	return ok ? json_parse(text, strlen(text), &json_plan_limits, e) : NULL;
}

/* "-", a path with a slash or what exists is a file, the rest a round. */
static cJSON *open_any(const char *word, const struct app *app, struct arena *a,
		       struct err *e)
{
	cJSON *doc = NULL;
	char *text;
	size_t n;

	if (strcmp(word, "-") != 0 && !strchr(word, '/') &&
	    access(word, R_OK) != 0)
		return open_loaded(word, app, a, e);
	text = file_read(word, LIMIT_PLAN_BYTES, &n, e);
	if (text)
		doc = json_parse(text, n, &json_plan_limits, e);
	free(text);
	if (doc && !cJSON_IsArray(json_get(criteria_part(doc), "criteria"))) {
		(void)err_set(e, ERR_INPUT,
			      "%.150s is no round, index or set of criteria",
			      word);
		cJSON_Delete(doc);
		return NULL;
	}
	return doc;
}

static void print_notes(const struct faults *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++)
		(void)fprintf(stderr, "%s: %s %s: %s (%s)\n", path,
			      f->list[i].code, f->list[i].path,
			      f->list[i].message_vi, f->list[i].message);
}

/* ---- export ------------------------------------------------------------ */

/* What the workbook would not give back; told, and true when nothing. */
static bool comes_back(const cJSON *doc, const char *path, struct arena *a,
		       bool *same, struct err *e)
{
	struct buf again = BUF_INIT(LIMIT_PLAN_BYTES);
	struct buf text = BUF_INIT(OUTPUT_BYTES);
	struct round_change *c = NULL;
	struct faults f, notes;
	cJSON *back = NULL;
	size_t n, n_c = 0;
	char *file = file_read(path, LIMIT_XLSX_BYTES, &n, e);
	bool ok = file != NULL;

	faults_init(&f, a);
	faults_init(&notes, a);
	*same = false;
	ok = ok && criteria_read(file, n, doc, a, &again, &notes, &f, e);
	if (!ok && f.n > 0) {
		faults_print(&f, path, stderr);
		*e = (struct err){ 0 };
		ok = true;
	} else if (ok) {
		back = json_parse(again.data, again.len, &json_plan_limits, e);
		ok = back && round_diff(doc, back, a, &c, &n_c, e);
		*same = ok && n_c == 0;
	}
	if (ok && n_c > 0) {
		round_diff_text(c, n_c, &text);
		(void)fprintf(stderr,
			      "%s: tệp Excel không giữ được (the workbook "
			      "cannot hold):\n%s",
			      path, buf_cstr(&text) ? text.data : "");
	}
	cJSON_Delete(back);
	free(file);
	buf_free(&again);
	buf_free(&text);
	return ok;
}

static int run_export(int argc, char **argv, void *app)
{
	const char *out = NULL;
	const struct cli_opt opts[] = { { "--out", NULL, &out } };
	struct arena *a = arena_new(ARENA_BYTES);
	struct err e = { 0 };
	struct faults left;
	cJSON *doc = NULL;
	bool ok, same = false;

	ok = (a || err_set(&e, ERR_NOMEM, "out of memory")) &&
	     cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 2 && out) ||
	      usage("phieu round criteria export ROUND|FILE --out FILE.xlsx",
		    &e));
	if (ok)
		doc = open_any(argv[1], app, a, &e);
	ok = doc && criteria_write(doc, out, a, &e) &&
	     comes_back(doc, out, a, &same, &e);
	if (ok) {
		faults_init(&left, a);
		criteria_left_out(doc, &left);
		print_notes(&left, out);
	}
	cJSON_Delete(doc);
	arena_free(a);
	if (!ok)
		return cli_fail("phieu round criteria export", &e);
	return same ? EXIT_DONE : EXIT_PARTLY;
}

/* ---- import ------------------------------------------------------------ */

struct importing {
	struct arena *a;
	struct faults f, notes;
	struct buf text;
	cJSON *into;
};

static bool import(struct importing *x, const char *path, const char *out,
		   struct err *e)
{
	size_t n;
	char *file = file_read(path, LIMIT_XLSX_BYTES, &n, e);
	bool ok = file && criteria_read(file, n, x->into, x->a, &x->text,
					&x->notes, &x->f, e);

	free(file);
	if (!ok)
		return false;
	buf_adds(&x->text, "\n");
	if (!buf_cstr(&x->text))
		return err_set(e, ERR_NOMEM, "out of memory");
	return out ? file_write(out, x->text.data, x->text.len, 0666, e)
		   : cli_put(&x->text, stdout, e);
}

static int told_import(const struct importing *x, const char *path, bool ok,
		       const struct err *e)
{
	if (x->f.n > 0)
		faults_print(&x->f, path, stderr);
	print_notes(&x->notes, path);
	if (!ok)
		return x->f.n > 0 ? EXIT_FAILED
				  : cli_fail("phieu round criteria import", e);
	return faults_have(&x->notes, "C96") ? EXIT_PARTLY : EXIT_DONE;
}

static int run_import(int argc, char **argv, void *app)
{
	const char *into = NULL, *out = NULL;
	const struct cli_opt opts[] = { { "--into", NULL, &into },
					{ "--out", NULL, &out } };
	struct importing x = { .a = arena_new(ARENA_BYTES),
			       .text = BUF_INIT(LIMIT_PLAN_BYTES) };
	struct err e = { 0 };
	int code;
	bool ok;

	if (!x.a) {
		(void)err_set(&e, ERR_NOMEM, "out of memory");
		return cli_fail("phieu round criteria import", &e);
	}
	faults_init(&x.f, x.a);
	faults_init(&x.notes, x.a);
	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     (argc == 2 || usage("phieu round criteria import FILE "
				 "[--into ROUND|FILE] [--out FILE]",
				 &e));
	if (ok && into) {
		x.into = open_any(into, app, x.a, &e);
		ok = x.into != NULL;
	}
	ok = ok && import(&x, argv[1], out, &e);
	code = told_import(&x, argc > 1 ? argv[1] : "", ok, &e);
	cJSON_Delete(x.into);
	buf_free(&x.text);
	arena_free(x.a);
	return code;
}

/* ---- diff -------------------------------------------------------------- */

static bool tell(const cJSON *x, const cJSON *y, struct arena *a, bool json,
		 struct err *e)
{
	struct buf text = BUF_INIT(OUTPUT_BYTES);
	struct round_change *c;
	size_t n;
	bool ok;

	if (!round_diff(x, y, a, &c, &n, e))
		return false;
	if (json)
		round_diff_json(c, n, &text);
	else
		round_diff_text(c, n, &text);
	ok = cli_put(&text, stdout, e);
	buf_free(&text);
	return ok;
}

static int run_diff(int argc, char **argv, void *app)
{
	bool json = false, ok;
	const struct cli_opt opts[] = { { "--json", &json, NULL } };
	struct arena *a = arena_new(ARENA_BYTES);
	cJSON *x = NULL, *y = NULL;
	struct err e = { 0 };

	ok = (a || err_set(&e, ERR_NOMEM, "out of memory")) &&
	     cli_options(opts, N(opts), &argc, argv, &e) &&
	     (argc == 3 || usage("phieu round diff ROUND[@VERSION]|FILE "
				 "ROUND[@VERSION]|FILE [--json]",
				 &e));
	if (ok)
		x = open_any(argv[1], app, a, &e);
	if (x)
		y = open_any(argv[2], app, a, &e);
	ok = y && tell(x, y, a, json, &e);
	cJSON_Delete(x);
	cJSON_Delete(y);
	arena_free(a);
	return ok ? EXIT_DONE : cli_fail("phieu round diff", &e);
}

static const struct cmd cmds[] = {
	{ "round criteria export",
	  "xuất bộ tiêu chí ra Excel (a criteria set as a workbook)",
	  "phieu round criteria export ROUND[@VERSION]|FILE --out FILE.xlsx\n"
	  "  Criteria, kinds of unit, tables from measure to points, groups,\n"
	  "  what was replaced.  The rest of a round is named and stays in "
	  "it.\n"
	  "  Exit 3: the workbook cannot hold something; each is told.",
	  run_export },
	{ "round criteria import",
	  "đọc bộ tiêu chí từ Excel hoặc bảng in (read a workbook or table of "
	  "criteria)",
	  "phieu round criteria import FILE [--into ROUND[@VERSION]|FILE] "
	  "[--out FILE]\n"
	  "  FILE    a workbook of `export`, or a table with STT, Tiêu chí,\n"
	  "          Điểm tối đa (also CSV)\n"
	  "  --into  the round or index that gets them; none: a set alone\n"
	  "  --out   the new document; none: standard output\n"
	  "  Every fault comes with its cell, then nothing is written.  Exit "
	  "3:\n"
	  "  something else of the round no longer fits; each is told.",
	  run_import },
	{ "round diff",
	  "so sánh hai phiên bản (what changed between two versions)",
	  "phieu round diff ROUND[@VERSION]|FILE ROUND[@VERSION]|FILE "
	  "[--json]\n"
	  "  Criteria added, removed, moved, renamed, with other maxima,\n"
	  "  sources, ways to combine, kinds of unit, what was replaced; and "
	  "what\n"
	  "  else differs, by its path.",
	  run_diff },
};
const struct cmd_set cmd_criteria = { cmds, N(cmds) };
