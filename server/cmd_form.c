/* phieu form: forms for other people's clients, and as workbooks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/buf.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/form_template.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/store_plan.h"
#include "phieu/xform.h"
#include "phieu/xlsform.h"

#define OUTPUT_BYTES ((size_t)64 << 20)
#define N(a)	     (sizeof(a) / sizeof((a)[0]))

/* A plan from a file ("-", a path with a slash, what exists) or a wave. */
struct origin {
	struct plan *plan;
	struct wave *wave;
};

static bool origin_open(struct origin *o, const char *word,
			const struct app *app, struct err *e)
{
	struct db *db;

	*o = (struct origin){ NULL, NULL };
	if (strcmp(word, "-") == 0 || strchr(word, '/') ||
	    access(word, R_OK) == 0) {
		o->plan = plan_file_read(word, e);
		return o->plan != NULL;
	}
	db = connect_ready(app->conf, WHO_SERVER, e);
	if (!db)
		return false;
	o->wave = store_wave_get(db, word, e);
	o->plan = o->wave ? o->wave->plan : NULL;
	db_close(db);
	connect_done();
	return o->plan != NULL;
}

static void origin_close(struct origin *o)
{
	if (o->wave)
		wave_free(o->wave); /* and its plan */
	else
		plan_free(o->plan);
}

static bool put(const void *s, size_t n, const char *path, struct err *e)
{
	if (path && strcmp(path, "-") != 0)
		return file_write(path, s, n, 0644, e);
	if (fwrite(s, 1, n, stdout) != n || fflush(stdout) == EOF)
		return err_set(e, ERR_IO, "cannot write");
	return true;
}

static bool put_media(const struct xform *x, const char *dir, struct err *e)
{
	char path[4096];

	for (size_t i = 0; dir && i < x->n_media; i++) {
		int n = snprintf(path, sizeof path, "%s/%s.%s", dir, x->id,
				 x->media[i].name);

		if (n < 0 || (size_t)n >= sizeof path)
			return err_set(e, ERR_INPUT, "path too long");
		if (!put(x->media[i].bytes, x->media[i].n, path, e))
			return false;
	}
	return true;
}

static bool put_all(const struct plan *p, const char *dir, struct err *e)
{
	struct arena *a = arena_new(OUTPUT_BYTES * 4);
	char path[4096];
	bool ok = a != NULL;

	for (size_t i = 0; ok && i < p->n_forms; i++) {
		struct xform x;

		ok = xform_make(p, i, NULL, a, &x, e);
		if (!ok)
			break;
		(void)snprintf(path, sizeof path, "%s/%s", dir, x.file.name);
		ok = put(x.file.bytes, x.file.n, path, e) &&
		     put_media(&x, dir, e);
	}
	if (!a)
		err_set(e, ERR_NOMEM, "out of memory");
	arena_free(a);
	return ok;
}

static bool put_one(const struct plan *p, const char *form, const char *out,
		    const char *media, struct err *e)
{
	struct arena *a = arena_new(OUTPUT_BYTES * 4);
	size_t i = plan_form_named(p, form, e);
	struct xform x;
	bool ok;

	if (!a)
		err_set(e, ERR_NOMEM, "out of memory");
	ok = a && i != NONE && xform_make(p, i, NULL, a, &x, e) &&
	     put(x.file.bytes, x.file.n, out, e) && put_media(&x, media, e);
	arena_free(a);
	return ok;
}

static int run_xform(int argc, char **argv, void *app)
{
	const char *out = NULL, *media = NULL, *all = NULL;
	const struct cli_opt opts[] = { { "-o", NULL, &out },
					{ "--media", NULL, &media },
					{ "--all", NULL, &all } };
	struct origin o = { NULL, NULL };
	struct err e = { 0 };
	bool ok;

	if (!cli_options(opts, N(opts), &argc, argv, &e))
		return cli_fail("phieu form xform", &e), EXIT_USAGE;
	if (argc != (all ? 2 : 3)) {
		err_set(&e, ERR_INPUT,
			"usage: phieu form xform WAVE|PLAN FORM [-o FILE]");
		return cli_fail("phieu form xform", &e), EXIT_USAGE;
	}
	ok = origin_open(&o, argv[1], app, &e) &&
	     (all ? put_all(o.plan, all, &e)
		  : put_one(o.plan, argv[2], out, media, &e));
	origin_close(&o);
	return ok ? EXIT_DONE : cli_fail("phieu form xform", &e);
}

/* 0 done, 1 not readable or with faults. */
static int read_one(const struct plan *p, const char *path, struct err *e)
{
	struct arena *a = arena_new(OUTPUT_BYTES);
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct xform_meta meta;
	struct submission s;
	struct faults f = { 0 };
	int code = EXIT_FAILED;
	unsigned flags;
	char *xml;
	size_t n, from;

	xml = a ? file_read(path, LIMIT_XML_BYTES, &n, e) : NULL;
	if (!a)
		err_set(e, ERR_NOMEM, "out of memory");
	if (!xml)
		goto out;
	faults_init(&f, a);
	if (!xform_read(xml, n, p, a, &s, &meta, &f, e))
		goto out;
	from = f.n;
	submission_check(p, &s, instant_day_vn(clock_now_us()), &f, &flags);
	xform_places(&meta, &f, from);
	submission_write(p, &s, &b);
	buf_adds(&b, "\n");
	if (!buf_cstr(&b))
		err_set(e, ERR_NOMEM, "out of memory");
	else if (put(b.data, b.len, NULL, e))
		code = f.n ? EXIT_FAILED : EXIT_DONE;
	if (f.n > 0)
		faults_print(&f, path, stderr);
out:
	if (e->kind)
		(void)cli_fail("phieu form read", e);
	free(xml);
	buf_free(&b);
	arena_free(a);
	return code;
}

static int run_read(int argc, char **argv, void *app)
{
	struct origin o = { NULL, NULL };
	struct err e = { 0 };
	int code;

	if (!cli_options(NULL, 0, &argc, argv, &e))
		return cli_fail("phieu form read", &e), EXIT_USAGE;
	if (argc != 3) {
		err_set(&e, ERR_INPUT,
			"usage: phieu form read WAVE|PLAN FILE.xml");
		return cli_fail("phieu form read", &e), EXIT_USAGE;
	}
	if (!origin_open(&o, argv[1], app, &e))
		return cli_fail("phieu form read", &e);
	code = read_one(o.plan, argv[2], &e);
	origin_close(&o);
	return code;
}

static int run_export(int argc, char **argv, void *app)
{
	const char *out = NULL;
	const struct cli_opt opts[] = { { "-o", NULL, &out } };
	struct origin o = { NULL, NULL };
	struct err e = { 0 };
	size_t form;
	bool ok = false;

	if (!cli_options(opts, N(opts), &argc, argv, &e))
		return cli_fail("phieu form export", &e), EXIT_USAGE;
	if (argc != 3 || !out) {
		err_set(&e, ERR_INPUT,
			"usage: phieu form export WAVE|PLAN FORM -o FILE.xlsx");
		return cli_fail("phieu form export", &e), EXIT_USAGE;
	}
	if (origin_open(&o, argv[1], app, &e)) {
		form = plan_form_named(o.plan, argv[2], &e);
		ok = form != NONE && xlsform_write(o.plan, form, out, &e);
	}
	origin_close(&o);
	return ok ? EXIT_DONE : cli_fail("phieu form export", &e);
}

struct import {
	const char *file, *plan, *basis, *out;
	struct arena *a;
	struct faults faults, notes;
	struct buf parts, joined;
};

/* False when it cannot be done at all (e) or has faults (listed later). */
static bool import(struct import *m, const struct app *app, struct err *e)
{
	struct origin o = { NULL, NULL };
	size_t n;
	char *file = file_read(m->file, LIMIT_XLSX_BYTES, &n, e);
	bool ok = file && xlsform_read(file, n, m->basis, &m->parts, &m->faults,
				       &m->notes, e);

	if (ok && m->faults.n == 0 && m->plan) {
		ok = origin_open(&o, m->plan, app, e) &&
		     xlsform_join(o.plan, m->parts.data, m->parts.len,
				  &m->joined, &m->faults, e);
		origin_close(&o);
	}
	free(file);
	return ok && m->faults.n == 0;
}

static int run_import(int argc, char **argv, void *app)
{
	struct import m = { .parts = BUF_INIT(OUTPUT_BYTES),
			    .joined = BUF_INIT(OUTPUT_BYTES) };
	const struct cli_opt opts[] = { { "--plan", NULL, &m.plan },
					{ "--basis", NULL, &m.basis },
					{ "-o", NULL, &m.out } };
	struct err e = { 0 };
	struct buf *b;
	int code = EXIT_FAILED;

	if (!cli_options(opts, N(opts), &argc, argv, &e))
		return cli_fail("phieu form import", &e), EXIT_USAGE;
	if (argc != 2) {
		err_set(&e, ERR_INPUT,
			"usage: phieu form import FILE.xlsx [--plan PLAN] "
			"[-o FILE]");
		return cli_fail("phieu form import", &e), EXIT_USAGE;
	}
	m.file = argv[1];
	m.a = arena_new(OUTPUT_BYTES);
	if (!m.a) {
		err_set(&e, ERR_NOMEM, "out of memory");
		return cli_fail("phieu form import", &e);
	}
	faults_init(&m.faults, m.a);
	faults_init(&m.notes, m.a);
	b = m.plan ? &m.joined : &m.parts;
	if (import(&m, app, &e)) {
		buf_adds(b, "\n");
		if (buf_cstr(b) && put(b->data, b->len, m.out, &e))
			code = EXIT_DONE;
	}
	for (size_t i = 0; i < m.notes.n; i++)
		(void)fprintf(stderr, "%s: %s (%s)\n", m.notes.list[i].path,
			      m.notes.list[i].message_vi,
			      m.notes.list[i].message);
	faults_sort(&m.faults);
	if (m.faults.n > 0)
		faults_print(&m.faults, m.file, stderr);
	else if (e.kind)
		code = cli_fail("phieu form import", &e);
	buf_free(&m.parts);
	buf_free(&m.joined);
	arena_free(m.a);
	return code;
}

static int run_template(int argc, char **argv, void *app)
{
	const char *out = NULL, *sheets = NULL;
	const struct cli_opt opts[] = { { "-o", NULL, &out },
					{ "--sheets", NULL, &sheets } };
	struct template_options how = { 0 };
	struct origin o = { NULL, NULL };
	struct err e = { 0 };
	char *end = NULL;
	size_t form;
	bool ok;

	if (!cli_options(opts, N(opts), &argc, argv, &e))
		return cli_fail("phieu form template", &e), EXIT_USAGE;
	if (sheets)
		how.sheets = strtoul(sheets, &end, 10);
	if (argc != 3 || !out || (end && (*end || how.sheets == 0))) {
		err_set(&e, ERR_INPUT,
			"usage: phieu form template WAVE|PLAN FORM -o "
			"FILE.xlsx [--sheets N]");
		return cli_fail("phieu form template", &e), EXIT_USAGE;
	}
	ok = origin_open(&o, argv[1], app, &e) &&
	     (form = plan_form_named(o.plan, argv[2], &e)) != NONE &&
	     form_template_write(o.plan, form, &how, out, &e);
	origin_close(&o);
	return ok ? EXIT_DONE : cli_fail("phieu form template", &e);
}

static const struct cmd table[] = {
	{ "form xform", "mẫu phiếu cho ODK Collect (a form for ODK clients)",
	  "phieu form xform WAVE|PLAN FORM [-o FILE] [--media DIR]\n"
	  "       phieu form xform WAVE|PLAN --all DIR\n"
	  "\n"
	  "FORM is a code, or CODE/VERSION where there are several.  Without\n"
	  "-o the XForm goes to standard output.\n"
	  "  --media DIR  also writes its lists there, as ID.NAME.csv\n"
	  "  --all DIR    every form of the plan as ID.xml, with its lists\n",
	  run_xform },
	{ "form read", "đọc một phiếu đã điền của ODK (read a filled form)",
	  "phieu form read WAVE|PLAN FILE.xml\n"
	  "\n"
	  "Prints the sheet as JSON and lists its faults; exit 1 when there\n"
	  "is one or the file cannot be read.\n",
	  run_read },
	{ "form export", "mẫu phiếu ra Excel (a form as XLSForm workbook)",
	  "phieu form export WAVE|PLAN FORM -o FILE.xlsx\n"
	  "\n"
	  "Sheets survey, choices and settings as ODK and Kobo have them, "
	  "with\n"
	  "columns of ours (docs/FORMS.md).\n",
	  run_export },
	{ "form import", "mẫu phiếu từ Excel (a form from an XLSForm workbook)",
	  "phieu form import FILE.xlsx [--plan WAVE|PLAN] [--basis ID] [-o "
	  "FILE]\n"
	  "\n"
	  "Writes the parts of a plan (scales, forms, criteria) as JSON; with\n"
	  "--plan the whole plan with them put in, checked.  What a plan "
	  "cannot\n"
	  "carry is listed with its sheet, row and column, and nothing is\n"
	  "written.  --basis: what the form rests on, when no column says.\n",
	  run_import },
	{ "form template", "tệp Excel để nhập phiếu (a workbook to fill in)",
	  "phieu form template WAVE|PLAN FORM -o FILE.xlsx [--sheets N]\n"
	  "\n"
	  "Locked headings, drop-downs from the plan, a guide; what comes "
	  "back\n"
	  "is taken by phieu-upload and the collector's /v1/imports.\n"
	  "  --sheets N  room for N sheets (100, or 500 of one row each)\n",
	  run_template },
};

const struct cmd_set cmd_form = { table, N(table) };
