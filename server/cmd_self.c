/* `phieu self`: self-assessments of units, by Excel and by hand. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/attachment.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_round.h"
#include "phieu/store_self.h"

#define ARENA_BYTES ((size_t)256 << 20)
#define N(a)	    (sizeof(a) / sizeof((a)[0]))

/* A round with its document, and one unit of it. */
struct desk {
	struct db *db;
	struct arena *a;
	struct round_head head;
	struct round round;
	size_t unit; /* in the set; INDEX_NONE: none was named */
	struct self_head self;
	char by[64];
};

static bool read_text(struct desk *d, const char *text, struct err *e)
{
	struct faults f;

	faults_init(&f, d->a);
	return round_read(text, strlen(text), d->a, &d->round, &f) ||
	       err_set(e, ERR_BUG, "the stored document has a fault: %s %s",
		       f.n ? f.list[0].code : "", f.n ? f.list[0].path : "");
}

static bool sit(struct desk *d, const char *unit, struct err *e)
{
	d->unit = round_unit(&d->round, unit);
	if (d->unit == INDEX_NONE)
		return err_set(e, ERR_INPUT,
			       "không có đơn vị này (no unit \"%.64s\")", unit);
	return store_self_head(d->db, d->head.id, unit, d->a, &d->self, e);
}

static bool open_desk(struct desk *d, const struct app *app, enum who who,
		      const char *round, const char *unit, struct err *e)
{
	const char *text;

	*d = (struct desk){ .a = arena_new(ARENA_BYTES), .unit = INDEX_NONE };
	actor_name(d->by, sizeof d->by);
	if (!d->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	d->db = connect_ready(app->conf, who, e);
	return d->db && store_round_head(d->db, round, d->a, &d->head, e) &&
	       store_round_text(d->db, d->head.id, d->a, &text, e) &&
	       read_text(d, text, e) && (!unit || sit(d, unit, e));
}

static void close_desk(struct desk *d)
{
	db_close(d->db);
	arena_free(d->a);
}

static int done(const char *command, struct desk *d, bool ok,
		const struct err *e)
{
	close_desk(d);
	if (!ok && e->kind == ERR_NONE)
		return EXIT_FAILED; /* told already */
	return ok ? EXIT_DONE : cli_fail(command, e);
}

static bool usage(const char *text, struct err *e)
{
	return err_set(e, ERR_INPUT, "usage: %s", text);
}

/* ---- template ----------------------------------------------------------- */

static int run_template(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL, *out = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit },
					{ "--out", NULL, &out } };
	struct desk d = { 0 };
	struct self_row *rows;
	struct err e = { 0 };
	size_t n;
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round && unit && out) ||
	      usage("phieu self template --round R --unit U --out FILE.xlsx",
		    &e)) &&
	     open_desk(&d, app, WHO_SERVER, round, unit, &e) &&
	     store_self_rows(d.db, d.head.id, d.self.unit, &d.round, d.unit,
			     d.a, &rows, &n, &e) &&
	     self_sheet_write(&d.round, d.unit, rows, n, out, &e);
	return done("phieu self template", &d, ok, &e);
}

/* ---- import ------------------------------------------------------------- */

static const char *node_words(const struct desk *d, size_t node)
{
	return node == INDEX_NONE ? "TỔNG" : d->round.set.nodes[node].code;
}

static void tell_sums(const struct desk *d, const struct self_table *t)
{
	char typed[DEC_TEXT_MAX], is[DEC_TEXT_MAX];

	for (size_t i = 0; i < t->n_sums; i++) {
		const struct self_sum *s = &t->sums[i];

		printf("không khớp (does not add): %s %s: ghi (typed) %s, cộng "
		       "lại (adds to) %s",
		       d->round.set.units[s->unit].name, node_words(d, s->node),
		       dec_text_vi(s->typed, 0, typed),
		       dec_text_vi(s->adds_to, 0, is));
		if (s->row)
			printf(", hàng (row) %" PRIu32, s->row);
		printf("\n");
	}
}

static bool read_file(struct desk *d, const char *path, struct self_table *t,
		      bool *faulty, struct err *e)
{
	struct faults f;
	size_t n;
	char *bytes = file_read(path, LIMIT_XLSX_BYTES, &n, e);
	bool ok;

	if (!bytes)
		return false;
	faults_init(&f, d->a);
	ok = self_book_read(&d->round, d->unit, bytes, n, d->a, t, &f, e);
	if (f.n) {
		faults_print(&f, NULL, stderr);
		*faulty = true;
		*e = (struct err){ 0 };
	}
	free(bytes);
	return ok;
}

/* Versions as they stand now: a wide table carries none. */
static void take_versions(const struct self_row *now, size_t n,
			  struct self_table *t, size_t unit)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; t->rows[i].unit == unit && k < n; k++)
			if (now[k].node == t->rows[i].node &&
			    t->rows[i].version == 0)
				t->rows[i].version = now[k].version;
}

static bool store_unit(struct desk *d, size_t unit, struct self_table *t,
		       bool *faulty, struct err *e)
{
	const char *code = d->round.set.units[unit].code;
	struct self_row *now;
	struct self_head h;
	struct faults f;
	size_t n;

	faults_init(&f, d->a);
	if (!store_self_head(d->db, d->head.id, code, d->a, &h, e) ||
	    !store_self_rows(d->db, d->head.id, h.unit, &d->round, unit, d->a,
			     &now, &n, e))
		return false;
	if (t->wide)
		take_versions(now, n, t, unit);
	if (store_self_put(d->db, d->head.id, h.unit, &d->round, unit, t->rows,
			   t->n, d->by, &f, e))
		return true;
	if (f.n) {
		faults_print(&f, NULL, stderr);
		*faulty = true;
		*e = (struct err){ 0 };
	}
	return false;
}

/* All units of the file in one transaction. */
static bool store_all(struct desk *d, struct self_table *t, bool *faulty,
		      struct err *e)
{
	bool ok = db_begin(d->db, e);

	for (size_t u = 0; ok && u < d->round.set.n_units; u++) {
		size_t i = 0;

		while (i < t->n && t->rows[i].unit != u)
			i++;
		if (i < t->n)
			ok = store_unit(d, u, t, faulty, e);
	}
	ok = ok && db_commit(d->db, e);
	if (!ok)
		db_rollback(d->db);
	return ok;
}

static int run_import(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL;
	bool dry = false, faulty = false, ok;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit },
					{ "--dry-run", &dry, NULL } };
	struct self_table t = { 0 };
	struct desk d = { 0 };
	struct err e = { 0 };

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 2 && round) ||
	      usage("phieu self import FILE --round R [--unit U] [--dry-run]",
		    &e)) &&
	     open_desk(&d, app, WHO_OWNER, round, unit, &e) &&
	     read_file(&d, argv[1], &t, &faulty, &e);
	if (ok)
		tell_sums(&d, &t);
	ok = ok && (dry || store_all(&d, &t, &faulty, &e));
	if (ok)
		printf("%zu dòng %s (%zu rows %s)\n", t.n,
		       dry ? "đọc được, chưa ghi" : "đã ghi", t.n,
		       dry ? "read, nothing stored" : "stored");
	else if (faulty)
		(void)fputs("không ghi gì (nothing was stored)\n", stderr);
	return done("phieu self import", &d, ok, &e);
}

/* ---- set, explain, submit, reopen ---------------------------------------- */

static bool item_of(struct desk *d, const char *criterion, const char *points,
		    bool na, const char *note, struct self_row *row,
		    struct err *e)
{
	struct self_row *now;
	struct faults f;
	size_t n;

	*row = (struct self_row){ .unit = d->unit,
				  .node = round_node(&d->round, criterion),
				  .not_applicable = na,
				  .note = note };
	if (row->node == INDEX_NONE)
		return err_set(e, ERR_INPUT,
			       "không có tiêu chí này (no criterion \"%.64s\")",
			       criterion);
	if (points && !dec_parse(points, strlen(points), &row->points, e))
		return err_wrap(e, "--points");
	row->has_points = points != NULL;
	faults_init(&f, d->a);
	if (!self_item_ok(&d->round, row, criterion, &f)) {
		faults_print(&f, NULL, stderr);
		return false;
	}
	if (!store_self_rows(d->db, d->head.id, d->self.unit, &d->round,
			     d->unit, d->a, &now, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (now[i].node == row->node) {
			row->version = now[i].version;
			row->note = note ? note : now[i].note;
		}
	return true;
}

static bool put_one(struct desk *d, const struct self_row *row, struct err *e)
{
	struct faults f;

	faults_init(&f, d->a);
	return store_self_put(d->db, d->head.id, d->self.unit, &d->round,
			      d->unit, row, 1, d->by, &f, e) ||
	       (f.n && err_wrap(e, "%s", f.list[0].message_vi));
}

static int run_set(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL, *criterion = NULL,
		   *points = NULL, *note = NULL;
	bool na = false, ok;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit },
					{ "--criterion", NULL, &criterion },
					{ "--points", NULL, &points },
					{ "--note", NULL, &note },
					{ "--na", &na, NULL } };
	struct self_row row;
	struct desk d = { 0 };
	struct err e = { 0 };

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round && unit && criterion && (points || na)) ||
	      usage("phieu self set --round R --unit U --criterion C "
		    "--points P|--na [--note TEXT]",
		    &e)) &&
	     open_desk(&d, app, WHO_OWNER, round, unit, &e) && criterion &&
	     item_of(&d, criterion, points, na, note, &row, &e) &&
	     put_one(&d, &row, &e);
	return done("phieu self set", &d, ok, &e);
}

static int run_explain(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit } };
	struct desk d = { 0 };
	struct err e = { 0 };
	char *text = NULL;
	size_t n;
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 2 && round && unit) ||
	      usage("phieu self explain FILE --round R --unit U", &e)) &&
	     open_desk(&d, app, WHO_OWNER, round, unit, &e);
	if (ok)
		text = file_read(argv[1], LIMIT_EXPLANATION_BYTES, &n, &e);
	ok = text &&
	     store_self_explain(d.db, d.head.id, &d.self, text, d.by, &e);
	free(text);
	return done("phieu self explain", &d, ok, &e);
}

static int run_submit(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit } };
	struct desk d = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round && unit) ||
	      usage("phieu self submit --round R --unit U", &e)) &&
	     open_desk(&d, app, WHO_OWNER, round, unit, &e) &&
	     store_self_submit(d.db, d.head.id, &d.self, d.by, &e);
	return done("phieu self submit", &d, ok, &e);
}

static int run_reopen(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL, *reason = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit },
					{ "--reason", NULL, &reason } };
	struct desk d = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round && unit && reason) ||
	      usage("phieu self reopen --round R --unit U --reason TEXT",
		    &e)) &&
	     open_desk(&d, app, WHO_OWNER, round, unit, &e) &&
	     store_self_reopen(d.db, d.head.id, &d.self, reason, d.by, &e);
	return done("phieu self reopen", &d, ok, &e);
}

/* ---- show ---------------------------------------------------------------- */

static int run_list(int argc, char **argv, void *app)
{
	static const char *const heads[] = { "đơn vị",	    "tên", "trạng thái",
					     "mục đã chấm", "tệp", "người nộp",
					     "lúc" };
	const char *round = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round } };
	struct res *r = NULL;
	struct desk d = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round) || usage("phieu self list --round R", &e)) &&
	     open_desk(&d, app, WHO_SERVER, round, NULL, &e);
	if (ok)
		r = store_self_late(d.db, d.head.id, &e);
	ok = r && rows_print(r, heads, (int)N(heads), "", &e);
	res_free(r);
	return done("phieu self list", &d, ok, &e);
}

static bool show_table(struct desk *d, const struct self_row *rows, size_t n,
		       struct err *e)
{
	static const char *const heads[] = { "mã", "tối đa", "tự chấm",
					     "nội dung", "ghi chú" };
	struct table *t = table_headed(heads, N(heads), N(heads));
	char text[DEC_TEXT_MAX];

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	table_right(t, 1);
	table_right(t, 2);
	for (size_t i = 0; i < n; i++) {
		const struct index_node *k = &d->round.set.nodes[rows[i].node];

		if (!k->leaf)
			continue;
		table_cell(t, k->code);
		table_cell(t, dec_text_vi(k->maximum, 0, text));
		table_cell(t, rows[i].not_applicable ? "không áp dụng"
			      : rows[i].has_points
				      ? dec_text_vi(rows[i].points, 0, text)
				      : "");
		table_cell(t, k->name);
		table_cell(t, rows[i].note ? rows[i].note : "");
	}
	printf("%s — %s: %s%s%s\n", d->head.name,
	       d->round.set.units[d->unit].name, d->self.state,
	       *d->self.by ? ", " : "", d->self.by);
	table_print(t, stdout);
	table_free(t);
	return true;
}

static int run_show(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit } };
	struct desk d = { 0 };
	struct self_row *rows;
	struct err e = { 0 };
	size_t n;
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round && unit) ||
	      usage("phieu self show --round R --unit U", &e)) &&
	     open_desk(&d, app, WHO_SERVER, round, unit, &e) &&
	     store_self_rows(d.db, d.head.id, d.self.unit, &d.round, d.unit,
			     d.a, &rows, &n, &e) &&
	     show_table(&d, rows, n, &e);
	return done("phieu self show", &d, ok, &e);
}

/* ---- evidence ------------------------------------------------------------ */

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *scan_vi(const struct scan *scan)
{
	return scan->state == SCAN_CLEAN ? ", đã quét: sạch (clean)"
	       : scan->state == SCAN_FAILED ? ", CHƯA QUÉT được (not scanned)"
					    : "";
}

static bool add_file(struct desk *d, const struct scanner *scanner,
		     const char *criterion, const char *path, struct err *e)
{
	struct attachment f = { 0 };
	struct scan scan = { 0 };
	bool added = false, ok;
	char *bytes = file_read(path, LIMIT_EVIDENCE_BYTES, &f.n, e);

	if (!bytes)
		return false;
	f.bytes = bytes;
	f.type = attachment_type(bytes, f.n);
	ok = attachment_name(last_part(path), d->a, &f.name, e) &&
	     store_evidence_add(d->db, scanner, d->head.id, d->self.unit,
				criterion, &f, d->by, &added, &scan, e);
	if (ok)
		printf("%s: %s, %zu byte%s%s\n", f.name, f.type, f.n,
		       added ? "" : ", đã có (there already)", scan_vi(&scan));
	free(bytes);
	return ok;
}

static int run_evidence_add(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL, *criterion = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit },
					{ "--criterion", NULL, &criterion } };
	struct scanner scanner = { 0 };
	struct desk d = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc >= 2 && round && unit) ||
	      usage("phieu self evidence add FILE… --round R --unit U "
		    "[--criterion C]",
		    &e)) &&
	     scanner_from(((struct app *)app)->conf, &scanner, &e) &&
	     open_desk(&d, app, WHO_OWNER, round, unit, &e);
	for (int i = 1; ok && i < argc; i++)
		ok = add_file(&d, &scanner, criterion, argv[i], &e);
	return done("phieu self evidence add", &d, ok, &e);
}

static int run_evidence_list(int argc, char **argv, void *app)
{
	static const char *const heads[] = { "số",   "tiêu chí",  "tên",
					     "loại", "byte",	  "SHA-256",
					     "quét", "người nộp", "lúc" };
	const char *round = NULL, *unit = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit } };
	struct res *r = NULL;
	struct desk d = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round && unit) ||
	      usage("phieu self evidence list --round R --unit U", &e)) &&
	     open_desk(&d, app, WHO_SERVER, round, unit, &e);
	if (ok)
		r = store_evidence_list(d.db, d.head.id, d.self.unit, &e);
	ok = r && rows_print(r, heads, (int)N(heads), "-", &e);
	res_free(r);
	return done("phieu self evidence list", &d, ok, &e);
}

static int run_evidence_get(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL, *out = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit },
					{ "--out", NULL, &out } };
	struct evidence_file f = { 0 };
	struct desk d = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 2 && round && unit && out) ||
	      usage("phieu self evidence get NUMBER --round R --unit U --out "
		    "FILE",
		    &e)) &&
	     open_desk(&d, app, WHO_SERVER, round, unit, &e) &&
	     store_evidence_get(d.db, d.head.id, d.self.unit, argv[1], d.a, &f,
				&e) &&
	     file_write(out, f.bytes, f.n, 0600, &e);
	return done("phieu self evidence get", &d, ok, &e);
}

static int run_evidence_remove(int argc, char **argv, void *app)
{
	struct db *db = NULL;
	struct err e = { 0 };
	char by[64];
	bool ok;

	actor_name(by, sizeof by);
	ok = cli_options(NULL, 0, &argc, argv, &e) &&
	     (argc == 2 || usage("phieu self evidence remove NUMBER", &e));
	if (ok)
		db = connect_ready(((struct app *)app)->conf, WHO_OWNER, &e);
	ok = db && store_evidence_remove(db, 0, 0, argv[1], by, &e);
	db_close(db);
	return ok ? EXIT_DONE : cli_fail("phieu self evidence remove", &e);
}

static const struct cmd cmds[] = {
	{ "self list", "how far each unit's self-assessment is",
	  "phieu self list --round R", run_list },
	{ "self show", "points a unit gives itself",
	  "phieu self show --round R --unit U", run_show },
	{ "self template", "a workbook for one unit, to fill in offline",
	  "phieu self template --round R --unit U --out FILE.xlsx",
	  run_template },
	{ "self import", "read a filled workbook or table back, all or nothing",
	  "phieu self import FILE --round R [--unit U] [--dry-run]\n"
	  "  FILE       a workbook of `phieu self template`, a CSV with its\n"
	  "             heads, or a table of many units (a criterion a "
	  "column)\n"
	  "  --dry-run  say what is wrong and what does not add, store nothing",
	  run_import },
	{ "self set", "set one item",
	  "phieu self set --round R --unit U --criterion C --points P|--na "
	  "[--note TEXT]",
	  run_set },
	{ "self explain", "the unit's explanation report",
	  "phieu self explain FILE --round R --unit U", run_explain },
	{ "self submit", "hand a self-assessment in",
	  "phieu self submit --round R --unit U", run_submit },
	{ "self reopen", "let a unit change what it handed in",
	  "phieu self reopen --round R --unit U --reason TEXT", run_reopen },
	{ "self evidence add", "files of evidence for a criterion",
	  "phieu self evidence add FILE… --round R --unit U [--criterion C]\n"
	  "  without --criterion: for the explanation report",
	  run_evidence_add },
	{ "self evidence list", "evidence of a unit",
	  "phieu self evidence list --round R --unit U", run_evidence_list },
	{ "self evidence get", "take a file of evidence out",
	  "phieu self evidence get NUMBER --round R --unit U --out FILE",
	  run_evidence_get },
	{ "self evidence remove", "take a file away; its history stays",
	  "phieu self evidence remove NUMBER", run_evidence_remove },
};
const struct cmd_set cmd_self = { cmds, N(cmds) };
