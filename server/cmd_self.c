/* `phieu self`: self-assessments of units, by Excel and by hand. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/attachment.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/limits.h"
#include "phieu/secret.h"
#include "phieu/self_desk.h"

#define ARENA_BYTES ((size_t)256 << 20)
#define N(a)	    (sizeof(a) / sizeof((a)[0]))

/* At a desk, by name. */
struct seat {
	struct self_desk d;
	char by[64];
};

static bool open_seat(struct seat *s, const struct app *app, enum who who,
		      const char *round, const char *unit, struct err *e)
{
	struct self_desk *d = &s->d;

	*d = (struct self_desk){ .a = arena_new(ARENA_BYTES) };
	actor_name(s->by, sizeof s->by);
	d->by = s->by;
	if (!d->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	d->db = connect_ready(app->conf, who, e);
	return d->db && store_round_head(d->db, round, d->a, &d->head, e) &&
	       self_desk_open(d, unit, e);
}

static void close_seat(struct seat *s)
{
	db_close(s->d.db);
	arena_free(s->d.a);
}

static int done(const char *command, struct seat *s, bool ok,
		const struct err *e)
{
	close_seat(s);
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
	struct seat s = { 0 };
	struct self_row *rows;
	struct err e = { 0 };
	size_t n;
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round && unit && out) ||
	      usage("phieu self template --round R --unit U --out FILE.xlsx",
		    &e)) &&
	     open_seat(&s, app, WHO_SERVER, round, unit, &e) &&
	     self_desk_rows(&s.d, &rows, &n, &e) &&
	     self_sheet_write(&s.d.round, s.d.unit, rows, n, out, &e);
	return done("phieu self template", &s, ok, &e);
}

/* ---- import ------------------------------------------------------------- */

static const char *node_words(const struct self_desk *d, size_t node)
{
	return node == INDEX_NONE ? "TỔNG" : d->round.set.nodes[node].code;
}

static void tell_sums(const struct self_desk *d, const struct self_table *t)
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

/* Tells the faults, if any; then `e` says no more. */
static bool told(const struct faults *f, struct err *e)
{
	if (f->n == 0)
		return false;
	faults_print(f, NULL, stderr);
	*e = (struct err){ 0 };
	return true;
}

static int run_import(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL;
	bool dry = false, faulty, ok;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit },
					{ "--dry-run", &dry, NULL } };
	struct self_table t = { 0 };
	struct faults f = { 0 };
	struct seat s = { 0 };
	struct err e = { 0 };
	char *bytes = NULL;
	size_t n = 0;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 2 && round) ||
	      usage("phieu self import FILE --round R [--unit U] [--dry-run]",
		    &e)) &&
	     open_seat(&s, app, WHO_OWNER, round, unit, &e);
	if (ok)
		bytes = file_read(argv[1], LIMIT_XLSX_BYTES, &n, &e);
	faults_init(&f, s.d.a);
	ok = bytes && self_desk_read(&s.d, bytes, n, &t, &f, &e);
	if (ok)
		tell_sums(&s.d, &t);
	ok = ok && (dry || self_desk_store(&s.d, &t, &f, &e));
	faulty = told(&f, &e);
	if (ok)
		printf("%zu dòng %s (%zu rows %s)\n", t.n,
		       dry ? "đọc được, chưa ghi" : "đã ghi", t.n,
		       dry ? "read, nothing stored" : "stored");
	else if (faulty)
		(void)fputs("không ghi gì (nothing was stored)\n", stderr);
	free(bytes);
	return done("phieu self import", &s, ok, &e);
}

/* ---- set, explain ----------------------------------------------------------
 */

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
	struct self_given g = { .version = SELF_NEWEST };
	struct faults f = { 0 };
	struct seat s = { 0 };
	int64_t version;
	struct err e = { 0 };

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round && unit && criterion && (points || na)) ||
	      usage("phieu self set --round R --unit U --criterion C "
		    "--points P|--na [--note TEXT]",
		    &e)) &&
	     open_seat(&s, app, WHO_OWNER, round, unit, &e) && criterion;
	faults_init(&f, s.d.a);
	g.criterion = criterion;
	g.points = points;
	g.note = note;
	g.not_applicable = na;
	ok = ok && self_desk_put(&s.d, &g, &version, &f, &e);
	(void)told(&f, &e);
	return done("phieu self set", &s, ok, &e);
}

static int run_explain(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit } };
	struct seat s = { 0 };
	struct err e = { 0 };
	char *text = NULL;
	size_t n;
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 2 && round && unit) ||
	      usage("phieu self explain FILE --round R --unit U", &e)) &&
	     open_seat(&s, app, WHO_OWNER, round, unit, &e);
	if (ok)
		text = file_read(argv[1], LIMIT_EXPLANATION_BYTES, &n, &e);
	ok = text && store_self_explain(s.d.db, s.d.head.id, &s.d.self, text,
					s.d.by, &e);
	free(text);
	return done("phieu self explain", &s, ok, &e);
}

/* ---- show ---------------------------------------------------------------- */

static bool show_table(struct self_desk *d, const struct self_row *rows,
		       size_t n, struct err *e)
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
	struct seat s = { 0 };
	struct self_row *rows;
	struct err e = { 0 };
	size_t n;
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round && unit) ||
	      usage("phieu self show --round R --unit U", &e)) &&
	     open_seat(&s, app, WHO_SERVER, round, unit, &e) &&
	     self_desk_rows(&s.d, &rows, &n, &e) &&
	     show_table(&s.d, rows, n, &e);
	return done("phieu self show", &s, ok, &e);
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

static bool add_file(struct self_desk *d, const struct scanner *scanner,
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
	struct seat s = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc >= 2 && round && unit) ||
	      usage("phieu self evidence add FILE… --round R --unit U "
		    "[--criterion C]",
		    &e)) &&
	     scanner_from(((struct app *)app)->conf, &scanner, &e) &&
	     open_seat(&s, app, WHO_OWNER, round, unit, &e);
	for (int i = 1; ok && i < argc; i++)
		ok = add_file(&s.d, &scanner, criterion, argv[i], &e);
	return done("phieu self evidence add", &s, ok, &e);
}

static int run_evidence_get(int argc, char **argv, void *app)
{
	const char *round = NULL, *unit = NULL, *out = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--unit", NULL, &unit },
					{ "--out", NULL, &out } };
	struct evidence_file f = { 0 };
	struct seat s = { 0 };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 2 && round && unit && out) ||
	      usage("phieu self evidence get NUMBER --round R --unit U --out "
		    "FILE",
		    &e)) &&
	     open_seat(&s, app, WHO_SERVER, round, unit, &e) &&
	     store_evidence_get(s.d.db, s.d.head.id, s.d.self.unit, argv[1],
				NULL, s.d.a, &f, &e) &&
	     file_write(out, f.bytes, f.n, 0600, &e);
	return done("phieu self evidence get", &s, ok, &e);
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
	{ "self show",
	  "điểm tự chấm của một đơn vị (points a unit gives itself)",
	  "phieu self show --round R --unit U", run_show },
	{ "self template",
	  "bảng tự chấm bằng Excel cho một đơn vị (a workbook for one unit, to "
	  "fill in offline)",
	  "phieu self template --round R --unit U --out FILE.xlsx",
	  run_template },
	{ "self import",
	  "đọc bảng tự chấm đã điền, tất cả hoặc không gì (read a filled "
	  "workbook or table back, all or nothing)",
	  "phieu self import FILE --round R [--unit U] [--dry-run]\n"
	  "  FILE       a workbook of `phieu self template`, a CSV with its\n"
	  "             heads, or a table of many units (a criterion a "
	  "column)\n"
	  "  --dry-run  say what is wrong and what does not add, store nothing",
	  run_import },
	{ "self set", "ghi điểm tự chấm một mục (set one item)",
	  "phieu self set --round R --unit U --criterion C --points P|--na "
	  "[--note TEXT]",
	  run_set },
	{ "self explain",
	  "báo cáo giải trình của đơn vị (the unit's explanation report)",
	  "phieu self explain FILE --round R --unit U", run_explain },
	{ "self evidence add",
	  "thêm tài liệu kiểm chứng (files of evidence for a criterion)",
	  "phieu self evidence add FILE… --round R --unit U [--criterion C]\n"
	  "  without --criterion: for the explanation report",
	  run_evidence_add },
	{ "self evidence get",
	  "lấy một tài liệu kiểm chứng ra tệp (take a file of evidence out)",
	  "phieu self evidence get NUMBER --round R --unit U --out FILE",
	  run_evidence_get },
	{ "self evidence remove",
	  "rút tài liệu; lịch sử vẫn còn (take a file away; its history stays)",
	  "phieu self evidence remove NUMBER", run_evidence_remove },
};
const struct cmd_set cmd_self = { cmds, N(cmds) };
