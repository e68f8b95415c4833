/* `phieu target|reward check|load|show|report`, `phieu series report|chart`:
 * the year's plan and commendation.  Acts and lists are rows of acts_year.c. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/limits.h"
#include "phieu/secret.h"
#include "phieu/store_round.h"
#include "phieu/store_round_report.h"
#include "phieu/store_year.h"
#include "year_paper.h"

#define ARENA_BYTES  ((size_t)64 << 20)
#define OUTPUT_BYTES ((size_t)64 << 20)
#define N(a)	     (sizeof(a) / sizeof((a)[0]))

struct job {
	struct db *db;
	struct arena *a;
	struct round_head head;
	struct round round;
	struct faults f;
	struct year_doc doc;
	struct paper paper;
	struct report_facts facts;
};

static enum year_kind kind_of(const char *command)
{
	return strncmp(command, "target", 6) == 0 ? YEAR_TARGETS : YEAR_REWARDS;
}

static bool begin(struct job *j, struct err *e)
{
	*j = (struct job){ .a = arena_new(ARENA_BYTES) };
	if (!j->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	faults_init(&j->f, j->a);
	return true;
}

static void end(struct job *j)
{
	db_close(j->db);
	arena_free(j->a);
}

static bool open_round(struct job *j, const struct app *app, enum who who,
		       const char *code, struct err *e)
{
	const char *text;

	j->db = connect_ready(app->conf, who, e);
	return j->db && store_round_head(j->db, code, j->a, &j->head, e) &&
	       store_round_text(j->db, j->head.id, j->a, &text, e) &&
	       (round_read(text, strlen(text), j->a, &j->round, &j->f) ||
		err_set(e, ERR_BUG, "the stored document has a fault"));
}

/* ---- check, load, show --------------------------------------------------- */

/* False: with the faults told, or with e->kind set. */
static bool read_doc(struct job *j, enum year_kind kind, const char *path,
		     const struct round *r, struct err *e)
{
	size_t n;
	char *text = file_read(path, LIMIT_PLAN_BYTES, &n, e);
	bool ok;

	if (!text)
		return false;
	ok = kind == YEAR_TARGETS
		     ? target_read(text, n, r, j->a, &j->doc, &j->f)
		     : reward_read(text, n, r, j->a, &j->doc, &j->f);
	free(text);
	if (!ok)
		faults_print(&j->f, path, stderr);
	return ok;
}

static int finish(struct job *j, bool ok, const char *command, struct err *e)
{
	char name[64];

	end(j);
	(void)snprintf(name, sizeof name, "phieu %s", command);
	if (!ok && e->kind == ERR_NONE)
		return EXIT_FAILED;
	return ok ? EXIT_DONE : cli_fail(name, e);
}

static int run_check(int argc, char **argv, void *app)
{
	enum year_kind kind = kind_of(argv[0]);
	struct err e = { 0 };
	struct job j = { 0 };
	bool ok;

	(void)app;
	ok = begin(&j, &e) && cli_options(NULL, 0, &argc, argv, &e) &&
	     (argc == 2 ||
	      err_set(&e, ERR_INPUT, "usage: phieu %s FILE", argv[0])) &&
	     read_doc(&j, kind, argv[1], NULL, &e);
	if (ok)
		printf("%s: không có lỗi (no faults), %zu %s%s\n", argv[1],
		       j.doc.n, kind == YEAR_TARGETS ? "chỉ tiêu" : "quy tắc",
		       j.doc.example ? "; mẫu thử" : "");
	return finish(&j, ok, argv[0], &e);
}

/* Read twice: for the name of its round, then against it. */
static bool load(struct job *j, const struct app *app, enum year_kind kind,
		 const char *path, const char *reason, struct err *e)
{
	int32_t version = 0;
	char by[64];

	actor_name(by, sizeof by);
	if (!read_doc(j, kind, path, NULL, e) ||
	    !open_round(j, app, WHO_OWNER, j->doc.round, e) ||
	    !read_doc(j, kind, path, &j->round, e) ||
	    !store_year_load(j->db, kind, j->head.id, &j->doc, reason, by,
			     &version, e))
		return false;
	if (version)
		printf("Đã nạp %s, phiên bản %d (loaded, version %d)\n",
		       j->doc.name, version, version);
	else
		printf("%s không đổi (unchanged)\n", j->doc.name);
	return true;
}

static int run_load(int argc, char **argv, void *app)
{
	const char *reason = NULL;
	const struct cli_opt opts[] = { { "--reason", NULL, &reason } };
	struct err e = { 0 };
	struct job j = { 0 };
	bool ok;

	ok = begin(&j, &e) && cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 2 && reason) ||
	      err_set(&e, ERR_INPUT, "usage: phieu %s FILE --reason TEXT",
		      argv[0])) &&
	     load(&j, app, kind_of(argv[0]), argv[1], reason, &e);
	return finish(&j, ok, argv[0], &e);
}

static int run_show(int argc, char **argv, void *app)
{
	struct year_text t = { 0 };
	struct err e = { 0 };
	struct job j = { 0 };
	bool ok;

	ok = begin(&j, &e) && cli_options(NULL, 0, &argc, argv, &e) &&
	     (argc == 2 ||
	      err_set(&e, ERR_INPUT, "usage: phieu %s ROUND", argv[0])) &&
	     open_round(&j, app, WHO_SERVER, argv[1], &e) &&
	     store_year_text(j.db, kind_of(argv[0]), j.head.id, j.a, &t, &e);
	if (ok)
		puts(t.text);
	return finish(&j, ok, argv[0], &e);
}

/* ---- on paper ------------------------------------------------------------ */

/* Of the result that the paper rests on; a round without a result has but its
 * name. */
static bool read_facts(struct job *j, const char *result, struct err *e)
{
	struct err none = { 0 };
	const char *document, *input;

	if (!store_round_facts(j->db, j->head.id, result, j->a, &j->facts,
			       &document, &input, &none)) {
		if (none.kind != ERR_INPUT) {
			*e = none;
			return false;
		}
		j->facts = (struct report_facts){ .round = j->head.code,
						  .name = j->head.name,
						  .year = j->head.year,
						  .version = j->head.version,
						  .trial = j->head.trial,
						  .wave = j->head.wave,
						  .decision = "" };
	}
	j->facts.superior = j->round.superior ? j->round.superior : "";
	j->facts.body = j->round.body ? j->round.body : "";
	j->facts.place = j->round.place ? j->round.place : "";
	return true;
}

static bool frame(struct job *j, const char *subject, const char *more,
		  struct err *e)
{
	if (!report_frame(&j->facts, NULL, more, j->a, &j->paper, e))
		return false;
	j->paper.subject =
		arena_printf(j->a, "%s, năm %" PRId64, subject, j->head.year);
	/* a decision alone makes it more */
	j->paper.mark = "Dự thảo";
	return j->paper.subject || err_set(e, ERR_NOMEM, "out of memory");
}

static bool target_paper(struct job *j, struct err *e)
{
	struct year_text t;
	struct res *r;
	bool ok;

	if (!store_year_text(j->db, YEAR_TARGETS, j->head.id, j->a, &t, e) ||
	    !read_facts(j, NULL, e))
		return false;
	j->facts.trial = j->facts.trial || t.trial;
	r = store_target_list(j->db, j->head.id, e);
	ok = r && target_tables(r, j->a, &j->paper, e) &&
	     frame(j, "Kết quả thực hiện các chỉ tiêu cải cách hành chính",
		   arena_printf(j->a, "Chỉ tiêu: phiên bản %" PRId64 ".",
				t.version),
		   e);
	res_free(r);
	return ok;
}

static bool series_paper(struct job *j, struct err *e)
{
	struct res *r = store_series_list(j->db, j->head.id, e);
	bool ok;

	ok = r &&
	     (res_rows(r) || err_set(e, ERR_INPUT,
				     "chưa ghi chỉ số nào (no index of the "
				     "province is recorded yet)")) &&
	     series_tables(r, j->a, &j->paper, e) && read_facts(j, NULL, e) &&
	     frame(j, "Các chỉ số của tỉnh", NULL, e);
	/* what is typed from other publications rests on no result of ours */
	if (ok) {
		j->paper.n_facts = 0;
		j->paper.warning = "";
	}
	res_free(r);
	return ok;
}

enum {
	H_LIST,
	H_AT,
	H_BY,
	H_RULES,
	H_RELEASE,
	H_RESULT,
	H_STATE,
	H_DECISION,
	H_DAY,
	H_OUTDATED,
	H_TRIAL
};

/* The row of a list, the newest when `list` is NULL; -1 with an error. */
static long list_row(const struct res *r, const char *list, struct err *e)
{
	long n = (long)res_rows(r);

	if (!list && n > 0)
		return n - 1;
	for (long i = 0; list && i < n; i++)
		if (strcmp(res_text(r, (size_t)i, H_LIST), list) == 0)
			return i;
	(void)err_set(e, ERR_INPUT,
		      "chưa có danh sách này (there is no such list)");
	return -1;
}

static bool reward_frame(struct job *j, const struct res *h, size_t row,
			 struct err *e)
{
	const char *outdated = res_text(h, row, H_OUTDATED);
	bool decided = strcmp(res_text(h, row, H_STATE), "decided") == 0;
	const char *more = arena_printf(
		j->a,
		"Danh sách số %s, quy tắc khen thưởng phiên bản %s, từ kết quả "
		"số %s (lần công bố %s).%s%s%s%s%s",
		res_text(h, row, H_LIST), res_text(h, row, H_RULES),
		res_text(h, row, H_RESULT), res_text(h, row, H_RELEASE),
		decided ? " Quyết định: " : "",
		decided ? res_text(h, row, H_DECISION) : "", decided ? "." : "",
		*outdated ? " DANH SÁCH ĐÃ LỖI THỜI: " : "", outdated);

	j->facts.trial = j->facts.trial ||
			 strcmp(res_text(h, row, H_TRIAL), "true") == 0;
	if (!more || !frame(j, "Tập thể, cá nhân đề nghị khen thưởng", more, e))
		return false;
	j->paper.title = "DANH SÁCH";
	if (*outdated)
		j->paper.mark = "Đã lỗi thời";
	else if (decided)
		j->paper.mark = "";
	return true;
}

static bool reward_paper(struct job *j, const char *list, bool persons,
			 struct err *e)
{
	struct res *h = store_reward_lists(j->db, j->head.id, e);
	struct res *u = NULL, *p = NULL;
	long row = h ? list_row(h, list, e) : -1;
	const char *no;
	bool ok = false;

	if (row >= 0) {
		no = res_text(h, (size_t)row, H_LIST);
		u = store_reward_units(j->db, j->head.id, no, e);
		if (u && persons)
			p = store_reward_persons(j->db, j->head.id, no, e);
		ok = u && (p || !persons) &&
		     reward_tables(u, p, j->a, &j->paper, e) &&
		     read_facts(j, res_text(h, (size_t)row, H_RESULT), e) &&
		     reward_frame(j, h, (size_t)row, e);
	}
	res_free(h);
	res_free(u);
	res_free(p);
	return ok;
}

static int run_report(int argc, char **argv, void *app)
{
	const char *round = NULL, *list = NULL, *out = NULL;
	bool persons = false, reward = argv[0][0] == 'r', ok;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--out", NULL, &out },
					{ "--list", NULL, &list },
					{ "--persons", &persons, NULL } };
	struct err e = { 0 };
	struct job j = { 0 };

	ok = begin(&j, &e) &&
	     cli_options(opts, reward ? N(opts) : 2, &argc, argv, &e) &&
	     ((argc == 1 && round) ||
	      err_set(&e, ERR_INPUT, "give --round (phieu %s --help)",
		      argv[0])) &&
	     open_round(&j, app, WHO_SERVER, round, &e);
	if (ok && reward)
		ok = reward_paper(&j, list, persons, &e);
	else if (ok)
		ok = argv[0][0] == 't' ? target_paper(&j, &e)
				       : series_paper(&j, &e);
	ok = ok && paper_put(&j.paper, out, &e);
	return finish(&j, ok, argv[0], &e);
}

static bool chart(struct job *j, const char *out, struct err *e)
{
	struct res *r = store_series_list(j->db, j->head.id, e);
	struct buf svg = BUF_INIT(OUTPUT_BYTES);
	bool ok;

	ok = r &&
	     (res_rows(r) || err_set(e, ERR_INPUT,
				     "chưa ghi chỉ số nào (no index of the "
				     "province is recorded yet)")) &&
	     series_picture(r, &svg, e) &&
	     file_write(out, svg.data, svg.len, 0644, e);
	buf_free(&svg);
	res_free(r);
	return ok;
}

static int run_chart(int argc, char **argv, void *app)
{
	const char *round = NULL, *out = NULL;
	const struct cli_opt opts[] = { { "--round", NULL, &round },
					{ "--out", NULL, &out } };
	struct err e = { 0 };
	struct job j = { 0 };
	bool ok;

	ok = begin(&j, &e) && cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && round && out) ||
	      err_set(&e, ERR_INPUT,
		      "usage: phieu series chart --round R --out FILE.svg")) &&
	     open_round(&j, app, WHO_SERVER, round, &e) && chart(&j, out, &e);
	return finish(&j, ok, argv[0], &e);
}

#define OUT                                                               \
	"\n  --out  FILE.html (A4), .csv or .xlsx; else CSV on standard " \
	"output"

static const struct cmd cmds[] = {
	{ "target check",
	  "kiểm tra tệp chỉ tiêu năm, nêu mọi lỗi (check the year's targets, "
	  "all faults at once)",
	  "phieu target check FILE", run_check },
	{ "target load",
	  "nạp chỉ tiêu năm hoặc phiên bản mới (add targets, or the next "
	  "version of them)",
	  "phieu target load FILE --reason TEXT", run_load },
	{ "target show",
	  "xem chỉ tiêu đang dùng (the targets in force, as loaded)",
	  "phieu target show ROUND", run_show },
	{ "target report",
	  "in chỉ tiêu và số đo (targets with what was measured, on paper)",
	  "phieu target report --round R [--out FILE]" OUT, run_report },
	{ "reward check",
	  "kiểm tra tệp quy tắc khen thưởng, nêu mọi lỗi (check rules of "
	  "commendation, all faults at once)",
	  "phieu reward check FILE", run_check },
	{ "reward load",
	  "nạp quy tắc khen thưởng hoặc phiên bản mới (add rules of "
	  "commendation, or their next version)",
	  "phieu reward load FILE --reason TEXT", run_load },
	{ "reward show",
	  "xem quy tắc khen thưởng đang dùng (the rules of commendation in "
	  "force, as loaded)",
	  "phieu reward show ROUND", run_show },
	{ "reward report",
	  "in danh sách khen thưởng (a list of commendation, on paper)",
	  "phieu reward report --round R [--list N] [--persons] [--out FILE]\n"
	  "  --list     number; else the newest\n"
	  "  --persons  names and merits of people too" OUT,
	  run_report },
	{ "series report",
	  "in các chỉ số của tỉnh theo năm (the province's indices by year, on "
	  "paper)",
	  "phieu series report --round R [--out FILE]" OUT, run_report },
	{ "series chart",
	  "vẽ các chỉ số của tỉnh theo năm (the province's indices by year, as "
	  "a picture)",
	  "phieu series chart --round R --out FILE.svg", run_chart },
};
const struct cmd_set cmd_year = { cmds, N(cmds) };
