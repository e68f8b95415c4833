/* Commands of phúc tra and its roster that are no rows of a desk: a list of
 * persons comes in, a list is printed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_desk.h"
#include "phieu/file.h"
#include "phieu/limits.h"
#include "phieu/store_recheck.h"

#define ROWS_BYTES  ((size_t)256 << 20)
#define PRINT_BYTES ((size_t)256 << 20)

/* ---- import -------------------------------------------------------------- */

static bool put_in(const char *path, const char *wave, const struct app *app,
		   struct faults *f, struct roster_done *out, struct err *e)
{
	struct buf rows = BUF_INIT(ROWS_BYTES);
	struct desk_room m = { 0 };
	size_t n, n_rows;
	char *file = file_read(path, LIMIT_XLSX_BYTES, &n, e);
	bool ok = file && roster_read(file, n, f->arena, &rows, &n_rows, f, e);

	ok = ok && desk_enter_persons(&m, app, wave, e) &&
	     store_roster_import(m.db, m.wave.wave, m.by, m.who.role, rows.data,
				 f, out, e);
	desk_leave(&m);
	buf_free(&rows);
	free(file);
	return ok;
}

static int run_import(int argc, char **argv, void *app)
{
	const char *wave = NULL;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave } };
	struct arena *a = arena_new(PRINT_BYTES);
	struct roster_done done = { 0 };
	struct faults f = { 0 };
	struct err e = { 0 };
	bool ok;

	if (!a) {
		(void)err_set(&e, ERR_NOMEM, "out of memory");
		return cli_fail("phieu", &e);
	}
	faults_init(&f, a);
	ok = cli_options(opts, 1, &argc, argv, &e) &&
	     ((argc == 2 && wave) ||
	      err_set(&e, ERR_INPUT,
		      "give a file and --wave (phieu roster import --help)")) &&
	     put_in(argv[1], wave, app, &f, &done, &e);
	if (ok)
		printf("danh sách: %" PRId64 " người mới, %" PRId64
		       " người sửa\n",
		       done.made, done.changed);
	else if (f.n > 0)
		faults_print(&f, argc == 2 ? argv[1] : "", stderr);
	arena_free(a);
	if (!ok && e.kind == ERR_NONE)
		return EXIT_USAGE;
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

/* ---- the printed list ------------------------------------------------------
 */

struct printing {
	const char *wave, *draw, *out, *superior, *body, *place;
};

static bool find_draw(const struct res *r, const char *draw, size_t *row)
{
	for (size_t i = 0; i < res_rows(r); i++)
		if (strcmp(res_word(r, i, "draw"), draw) == 0) {
			*row = i;
			return true;
		}
	return false;
}

static bool write_list(const struct printing *p, struct desk_room *m,
		       const struct res *list, const struct res *draws,
		       struct err *e)
{
	struct recheck_paper h = { .wave = &m->wave,
				   .superior = p->superior,
				   .body = p->body,
				   .place = p->place,
				   .draws = draws };
	struct arena *a = arena_new(PRINT_BYTES);
	struct paper d;
	bool ok;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = find_draw(draws, p->draw, &h.draw) ||
	     err_set(e, ERR_INPUT, "không có lần rút này (no such draw)");
	ok = ok && recheck_paper(list, &h, a, &d, e) &&
	     paper_write(&d, p->out, e);
	arena_free(a);
	return ok;
}

static bool print_list(const struct printing *p, const struct app *app,
		       struct err *e)
{
	const struct desk_list *l = desk_list_find(&desk_recheck, "list");
	const struct desk_list *d = desk_list_find(&desk_recheck, "draws");
	const char *values[DESK_PARAMS_MAX] = { p->draw }, *none[1] = { NULL };
	struct res *list = NULL, *draws = NULL;
	struct desk_room m;
	bool ok = desk_enter_persons(&m, app, p->wave, e);

	if (ok)
		draws = store_desk_list(m.db, &desk_recheck, d, m.wave.wave,
					&m.who, none, e);
	if (draws)
		list = store_desk_list(m.db, &desk_recheck, l, m.wave.wave,
				       &m.who, values, e);
	ok = list && write_list(p, &m, list, draws, e);
	if (ok)
		printf("%s: %zu người\n", p->out, res_rows(list));
	res_free(list);
	res_free(draws);
	desk_leave(&m);
	return ok;
}

static int run_print(int argc, char **argv, void *app)
{
	struct printing p = { .superior = "", .body = "", .place = "" };
	const struct cli_opt opts[] = {
		{ "--wave", NULL, &p.wave },
		{ "--draw", NULL, &p.draw },
		{ "--out", NULL, &p.out },
		{ "--superior", NULL, &p.superior },
		{ "--body", NULL, &p.body },
		{ "--place", NULL, &p.place },
	};
	struct err e = { 0 };
	bool ok = cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv,
			      &e) &&
		  ((argc == 1 && p.wave && p.draw && p.out) ||
		   err_set(&e, ERR_INPUT,
			   "give --wave, --draw and --out (phieu recheck print "
			   "--help)")) &&
		  print_list(&p, app, &e);

	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static const struct cmd cmds[] = {
	{ "roster import", "nạp danh sách người được hỏi (a list of persons)",
	  "phieu roster import FILE --wave W\n"
	  "\n"
	  "CSV or workbook with heads: mã (code), họ tên (name), nhóm (group), "
	  "đơn vị\n"
	  "(unit), liên hệ (contact), điều tra viên (agent), đã đến (visited), "
	  "đã thu\n"
	  "(collected).  A code is never a sheet's number.  All or nothing; "
	  "who is there\n"
	  "already is changed.  Connects as the role roster and as no other.\n",
	  run_import },
	{ "recheck print", "in danh sách phúc tra (the list of a draw)",
	  "phieu recheck print --wave W --draw N --out FILE [--superior NAME]\n"
	  "    [--body NAME] [--place NAME]\n"
	  "\n"
	  "FILE.html, FILE.csv or FILE.xlsx: who is to be visited, with room "
	  "for the result\n"
	  "and a signature, and none for the number of a sheet.\n",
	  run_print },
};
const struct cmd_set cmd_roster = { cmds, sizeof cmds / sizeof cmds[0] };
