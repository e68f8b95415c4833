/* `phieu ledger`: the numbered sheets of a wave, from the tables of
 * ledger.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/ledger.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_waves.h"

#define ARENA_BYTES  ((size_t)1 << 20)
#define OUTPUT_BYTES ((size_t)256 << 20)
#define PRINT_BYTES  ((size_t)256 << 20)

/* Options of a row: its parameters, then --wave and what else there is. */
struct given {
	const char *values[ACT_PARAMS_MAX], *wave, *as;
	bool flags[ACT_PARAMS_MAX], json, csv, jsonl;
	struct cli_opt opts[ACT_PARAMS_MAX + 5];
	size_t n;
	char names[ACT_PARAMS_MAX][32];
};

static void take_params(const struct act_param *params, size_t n,
			struct given *g)
{
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(g->names[i], sizeof g->names[i], "--%s",
			       params[i].name);
		g->opts[g->n].name = g->names[i];
		if (params[i].flag)
			g->opts[g->n++].flag = &g->flags[i];
		else
			g->opts[g->n++].text = &g->values[i];
	}
	g->opts[g->n++] = (struct cli_opt){ "--wave", NULL, &g->wave };
}

static bool take_options(const char *name, const struct act_param *params,
			 size_t n, struct given *g, int *argc, char **argv,
			 struct err *e)
{
	if (!cli_options(g->opts, g->n, argc, argv, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (params[i].flag)
			g->values[i] = g->flags[i] ? "true" : "false";
	return (*argc == 1 && g->wave) ||
	       err_set(e, ERR_INPUT, "give --wave (phieu %s --help)", name);
}

struct room {
	struct arena *arena;
	struct db *db;
	struct wave_head wave;
	struct ledger_who who;
	char by[64];
};

static bool enter(struct room *m, const struct app *app, const char *wave,
		  struct err *e)
{
	bool found = false;

	*m = (struct room){ 0 };
	actor_name(m->by, sizeof m->by);
	m->who = (struct ledger_who){ .by = m->by,
				      .role = "owner",
				      .everywhere = true };
	m->arena = arena_new(ARENA_BYTES);
	if (!m->arena) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	m->db = connect_ready(app->conf, WHO_SERVER, e);
	if (!m->db ||
	    !store_wave_head(m->db, wave, 0, m->arena, &m->wave, &found, e))
		return false;
	return found ||
	       err_set(e, ERR_INPUT,
		       "không có đợt điều tra này (no wave \"%.64s\")", wave);
}

static void leave(struct room *m)
{
	db_close(m->db);
	arena_free(m->arena);
}

/* ---- acts -------------------------------------------------------------- */

static void tell(const struct ledger_act *a, const struct ledger_done *d)
{
	printf("%s", a->summary_vi);
	if (d->made[0])
		printf(": %s", d->made);
	else if (d->moved && a->query == Q_LEDGER_CLOSE)
		printf(", còn %" PRId64 " mục mở", d->moved);
	else if (d->moved || a->sheets)
		printf(": %" PRId64 " phiếu", d->moved);
	if (d->paper)
		printf(", biên bản số %" PRId64, d->paper);
	printf("\n");
}

static bool act_on(const struct ledger_act *a, const struct given *g,
		   const struct app *app, struct err *e)
{
	struct ledger_done done;
	struct room m;
	bool ok = enter(&m, app, g->wave, e) &&
		  store_ledger_act(m.db, a, m.wave.wave, &m.who, g->values,
				   &done, e);

	if (ok)
		tell(a, &done);
	leave(&m);
	return ok;
}

static int run_act_of(const struct ledger_act *a, int argc, char **argv,
		      void *app)
{
	struct given g = { 0 };
	struct err e = { 0 };
	size_t n = ledger_act_params(a);
	bool ok;

	take_params(a->params, n, &g);
	ok = take_options(argv[0], a->params, n, &g, &argc, argv, &e) &&
	     act_on(a, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static int run_act(int argc, char **argv, void *app)
{
	/* argv[0]: "ledger issue" */
	return run_act_of(ledger_act_find(argv[0] + strlen("ledger ")), argc,
			  argv, app);
}

/* ---- mark: by what became of a sheet ----------------------------------- */

static const struct {
	const char *as, *act;
} marks[] = { { "left", "leave" },	{ "collected", "collect" },
	      { "refused", "refuse" },	{ "not-met", "miss" },
	      { "moved", "move" },	{ "lost", "lose" },
	      { "cancelled", "cancel" } };

static const struct ledger_act *act_of_mark(const char *as, struct err *e)
{
	for (size_t i = 0; as && i < sizeof marks / sizeof marks[0]; i++)
		if (strcmp(marks[i].as, as) == 0)
			return ledger_act_find(marks[i].act);
	(void)err_set(e, ERR_INPUT,
		      "--as is one of left, collected, refused, not-met, "
		      "moved, lost, cancelled");
	return NULL;
}

static int run_mark(int argc, char **argv, void *app)
{
	/* all of them take the same */
	const struct ledger_act *a = ledger_act_find("lose");
	struct given g = { 0 };
	struct err e = { 0 };
	size_t n = ledger_act_params(a);
	bool ok;

	take_params(a->params, n, &g);
	g.opts[g.n++] = (struct cli_opt){ "--as", NULL, &g.as };
	ok = take_options(argv[0], a->params, n, &g, &argc, argv, &e);
	if (ok)
		a = act_of_mark(g.as, &e);
	ok = ok && a && act_on(a, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

/* ---- lists ------------------------------------------------------------- */

static bool print_as(const struct given *g, const struct room *m,
		     const struct ledger_list *l, const struct res *r,
		     struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct jw w;
	bool ok;

	if (g->csv) {
		ledger_csv(r, &b);
	} else if (g->jsonl) {
		ledger_jsonl(r, &b);
	} else {
		jw_init(&w, &b);
		jw_object(&w);
		jw_kv(&w, "wave", m->wave.code);
		jw_kv(&w, "state", m->wave.state);
		jw_kb(&w, "trial", m->wave.trial);
		jw_kb(&w, "simulated", m->wave.simulated);
		jw_key(&w, l->name);
		ledger_json(r, &w);
		jw_object_end(&w);
		buf_adds(&b, "\n");
	}
	ok = buf_cstr(&b) || (!b.broken && b.len == 0);
	if (ok)
		(void)fwrite(b.data, 1, b.len, stdout);
	buf_free(&b);
	return ok || err_set(e, ERR_NOMEM, "out of memory");
}

static int columns_of(const struct ledger_list *l)
{
	int n = 0;

	while (n < LEDGER_LIST_COLUMNS && l->heads[n])
		n++;
	return n;
}

static bool show(const struct ledger_list *l, const struct given *g,
		 const struct app *app, struct err *e)
{
	struct res *r = NULL;
	struct room m;
	bool ok = enter(&m, app, g->wave, e);

	if (ok)
		r = store_ledger_list(m.db, l, m.wave.wave, &m.who, g->values,
				      e);
	ok = r && (g->json || g->csv || g->jsonl
			   ? print_as(g, &m, l, r, e)
			   : rows_print(r, l->heads, columns_of(l), "", e));
	res_free(r);
	leave(&m);
	return ok;
}

static int run_list_of(const struct ledger_list *l, bool lines, int argc,
		       char **argv, void *app)
{
	struct given g = { .csv = lines };
	struct err e = { 0 };
	size_t n = ledger_list_params(l);
	bool ok;

	take_params(l->params, n, &g);
	g.opts[g.n++] = (struct cli_opt){ "--json", &g.json, NULL };
	g.opts[g.n++] = (struct cli_opt){ "--csv", &g.csv, NULL };
	g.opts[g.n++] = (struct cli_opt){ "--jsonl", &g.jsonl, NULL };
	ok = take_options(argv[0], l->params, n, &g, &argc, argv, &e);
	if (g.json || g.jsonl)
		g.csv = g.csv && !lines;
	if (ok && g.json + g.csv + g.jsonl > 1)
		ok = err_set(&e, ERR_INPUT, "one of --json, --csv, --jsonl");
	ok = ok && show(l, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static int run_list(int argc, char **argv, void *app)
{
	return run_list_of(ledger_list_find(argv[0] + strlen("ledger ")), false,
			   argc, argv, app);
}

static int run_export(int argc, char **argv, void *app)
{
	return run_list_of(ledger_list_find("sheets"), true, argc, argv, app);
}

/* ---- what is printed --------------------------------------------------- */

struct printing {
	const char *out, *superior, *body, *place;
	bool cards;
};

static bool write_buf(const char *path, const struct buf *b, struct err *e)
{
	if (strcmp(path, "-") == 0)
		return cli_put(b, stdout, e);
	return file_write(path, b->data, b->len, 0600, e);
}

static bool write_cards(const struct res *r, const struct room *m,
			const char *path, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	bool ok = ledger_cards(r, &m->wave, &b, e) && write_buf(path, &b, e);

	buf_free(&b);
	return ok;
}

static bool write_paper(const struct ledger_list *l, const struct printing *p,
			const struct res *r, const struct room *m,
			struct err *e)
{
	struct ledger_paper_head h = { .wave = &m->wave,
				       .superior = p->superior,
				       .body = p->body,
				       .place = p->place };
	struct arena *a = arena_new(PRINT_BYTES);
	struct paper d;
	bool ok;

	if (!a) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	ok = (l->query == Q_LEDGER_PAPER
		      ? ledger_paper(r, &h, a, &d, e)
		      : ledger_sheet_list(r, &h, a, &d, e)) &&
	     paper_write(&d, p->out, e);
	arena_free(a);
	return ok;
}

static bool print_rows(const struct ledger_list *l, const struct given *g,
		       const struct printing *p, const struct app *app,
		       struct err *e)
{
	struct res *r = NULL;
	struct room m;
	bool ok = enter(&m, app, g->wave, e);

	if (ok)
		r = store_ledger_list(m.db, l, m.wave.wave, &m.who, g->values,
				      e);
	ok = r;
	if (ok && res_rows(r) == 0)
		ok = err_set(e, ERR_INPUT,
			     "không có phiếu nào để in (nothing to print)");
	ok = ok && (p->cards ? write_cards(r, &m, p->out, e)
			     : write_paper(l, p, r, &m, e));
	if (ok && strcmp(p->out, "-") != 0)
		printf("%s: %zu phiếu\n", p->out, res_rows(r));
	res_free(r);
	leave(&m);
	return ok;
}

static int run_print(int argc, char **argv, void *app)
{
	bool record = strcmp(argv[0], "ledger hand-over") == 0;
	const struct ledger_list *l =
		ledger_list_find(record ? "paper" : "sheets");
	struct printing p = { .superior = "", .body = "", .place = "" };
	struct given g = { 0 };
	struct err e = { 0 };
	size_t n = ledger_list_params(l);
	bool ok;

	take_params(l->params, n, &g);
	g.opts[g.n++] = (struct cli_opt){ "--out", NULL, &p.out };
	if (record) {
		g.opts[g.n++] =
			(struct cli_opt){ "--superior", NULL, &p.superior };
		g.opts[g.n++] = (struct cli_opt){ "--body", NULL, &p.body };
		g.opts[g.n++] = (struct cli_opt){ "--place", NULL, &p.place };
	} else {
		g.opts[g.n++] = (struct cli_opt){ "--cards", &p.cards, NULL };
	}
	ok = take_options(argv[0], l->params, n, &g, &argc, argv, &e) &&
	     (p.out || err_set(&e, ERR_INPUT, "give --out FILE")) &&
	     print_rows(l, &g, &p, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static int run_verify(int argc, char **argv, void *app)
{
	const struct ledger_list *l = ledger_list_find("verify");
	struct given g = { 0 };
	struct err e = { 0 };
	struct res *r = NULL;
	struct room m = { 0 };
	bool ok;

	take_params(l->params, 0, &g);
	ok = take_options(argv[0], l->params, 0, &g, &argc, argv, &e) &&
	     enter(&m, app, g.wave, &e);
	if (ok)
		r = store_ledger_list(m.db, l, m.wave.wave, &m.who, g.values,
				      &e);
	ok = r;
	if (ok && res_rows(r) == 0)
		printf("sổ phiếu khớp lịch sử và nhật ký (all is well)\n");
	else if (ok)
		ok = rows_print(r, l->heads, 2, "", &e) &&
		     err_set(&e, ERR_CONFLICT,
			     "sổ phiếu không khớp lịch sử (the ledger is not "
			     "as its history says)");
	res_free(r);
	leave(&m);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static int run_states(int argc, char **argv, void *app)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct err e = { 0 };
	struct db *db = NULL;
	bool ok = cli_options(NULL, 0, &argc, argv, &e) &&
		  (argc == 1 || err_set(&e, ERR_INPUT, "takes nothing"));

	if (ok)
		db = connect_ready(((struct app *)app)->conf, WHO_SERVER, &e);
	ok = db && store_ledger_rules(db, &b, &e);
	if (ok)
		(void)fputs(buf_cstr(&b), stdout);
	buf_free(&b);
	db_close(db);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

#define SHEETS_HELP                                                           \
	"  --sheets LIST  numbers and ranges: "                               \
	"CT01-00001-2,CT01-00003-6..CT01-00006-1\n"                           \
	"  --version N    refuse when somebody changed the one sheet since\n" \
	"All or nothing: a sheet whose status forbids it stops the act.\n"

static const struct cmd cmds[] = {
	{ "ledger plan", "lập sổ phiếu, đánh số theo chỉ tiêu (number sheets)",
	  "phieu ledger plan --wave W [--reason TEXT]\n"
	  "\n"
	  "A numbered sheet for every planned slot.  From now on the wave has "
	  "a ledger:\n"
	  "a sheet is valid only from the agent it was issued to (V02).  "
	  "Again: fits the\n"
	  "sheets to the quotas in force.\n",
	  run_act },
	{ "ledger issue", "giao phiếu cho điều tra viên (issue sheets)",
	  "phieu ledger issue --wave W --agent A --sheets LIST [--version N]\n"
	  "phieu ledger issue --wave W --agent A --group G [--unit U] --count "
	  "N\n"
	  "\n" SHEETS_HELP
	  "Prints the number of the hand-over record (biên bản bàn giao).\n",
	  run_act },
	{ "ledger return", "thu lại phiếu chưa dùng (take unused sheets back)",
	  "phieu ledger return --wave W --sheets LIST [--reason TEXT] "
	  "[--version N]\n"
	  "\n" SHEETS_HELP
	  "They are planned again.  What was left with a respondent wants a "
	  "reason.\n",
	  run_act },
	{ "ledger transfer", "chuyển phiếu sang điều tra viên khác (transfer)",
	  "phieu ledger transfer --wave W --sheets LIST --agent A --reason "
	  "TEXT\n"
	  "    [--version N]\n"
	  "\n" SHEETS_HELP,
	  run_act },
	{ "ledger mark", "ghi kết cục của phiếu (what became of sheets)",
	  "phieu ledger mark --wave W --as STATUS --sheets LIST [--reason "
	  "TEXT]\n"
	  "    [--version N]\n"
	  "\n"
	  "STATUS: left, collected, refused, not-met, moved, lost, cancelled; "
	  "the last two\n"
	  "want a reason.\n" SHEETS_HELP,
	  run_mark },
	{ "ledger restore", "khôi phục phiếu (take back what was said)",
	  "phieu ledger restore --wave W --sheets LIST --reason TEXT "
	  "[--version N]\n"
	  "\n"
	  "Sheets said to be refused, not met, moved or lost are with their "
	  "agents again.\n" SHEETS_HELP,
	  run_act },
	{ "ledger check", "đã kiểm tra với phiếu giấy (checked)",
	  "phieu ledger check --wave W --sheets LIST [--reason TEXT] "
	  "[--version N]\n"
	  "\n" SHEETS_HELP,
	  run_act },
	{ "ledger unlock", "mở khóa phiếu (open locked sheets again)",
	  "phieu ledger unlock --wave W --sheets LIST --reason TEXT "
	  "[--version N]\n"
	  "\n"
	  "After phieu ledger reopen.\n" SHEETS_HELP,
	  run_act },
	{ "ledger replace", "thay phiếu hỏng bằng số mới (replace a sheet)",
	  "phieu ledger replace --wave W --sheet S --reason TEXT [--version "
	  "N]\n"
	  "\n"
	  "Prints the new number: planned, in the slot of the old one.\n",
	  run_act },
	{ "ledger amend", "điều chỉnh chỉ tiêu giữa đợt (amend a quota)",
	  "phieu ledger amend --wave W --group G [--unit U] --planned N "
	  "--reason TEXT\n"
	  "\n"
	  "The old quota stays as an earlier revision.  More: new numbers; "
	  "fewer: planned\n"
	  "sheets go void, and where too many are issued it is refused.\n",
	  run_act },
	{ "ledger merge", "chuyển phiếu của đơn vị sáp nhập (a merged unit)",
	  "phieu ledger merge --wave W --unit U --reason TEXT\n"
	  "\n"
	  "Its sheets and quota follow into the unit that the plan says "
	  "(merged_into).\n"
	  "What is printed on the sheets stays.\n",
	  run_act },
	{ "ledger balance", "bảng cân đối phiếu (does it add up?)",
	  "phieu ledger balance --wave W [--by LEVEL] [--agent A] [--area U] "
	  "[--json | --csv]\n"
	  "\n"
	  "LEVEL: total, form, group, unit, area, office, agent, cell.  In "
	  "each row\n"
	  "issued = collected + refused + not met + lost + cancelled + still "
	  "out.\n",
	  run_list },
	{ "ledger open",
	  "còn gì chưa khóa sổ được (what stands against "
	  "closing)",
	  "phieu ledger open --wave W [--json | --csv]\n", run_list },
	{ "ledger close", "khóa sổ phiếu khi đã cân (close the ledger)",
	  "phieu ledger close --wave W [--reason TEXT] [--override]\n"
	  "\n"
	  "Refuses while anything is open (phieu ledger open); --override with "
	  "a reason\n"
	  "closes nevertheless, and the log says who and why.  A closed wave "
	  "takes no more\n"
	  "sheets.\n",
	  run_act },
	{ "ledger reopen", "mở lại sổ phiếu cho phiếu về muộn (reopen)",
	  "phieu ledger reopen --wave W --reason TEXT\n"
	  "\n"
	  "The only way for late sheets.\n",
	  run_act },
	{ "ledger sheets", "danh sách phiếu (list sheets)",
	  "phieu ledger sheets --wave W [--agent A] [--status S] [--group G] "
	  "[--unit U]\n"
	  "    [--area U] [--json | --csv | --jsonl]\n",
	  run_list },
	{ "ledger export", "xuất toàn bộ sổ phiếu (every planned slot)",
	  "phieu ledger export --wave W [--agent A] [--status S] [--group G] "
	  "[--unit U]\n"
	  "    [--area U] [--csv | --jsonl | --json]\n"
	  "\n"
	  "Every sheet, also those never started; CSV unless said otherwise.\n",
	  run_export },
	{ "ledger history", "lịch sử phiếu (every move, who, which day, why)",
	  "phieu ledger history --wave W [--sheet S] [--json | --csv | "
	  "--jsonl]\n",
	  run_list },
	{ "ledger events", "các việc đã làm với sổ phiếu (acts)",
	  "phieu ledger events --wave W [--json | --csv | --jsonl]\n",
	  run_list },
	{ "ledger paper",
	  "phiếu của một biên bản bàn giao (a hand-over record)",
	  "phieu ledger paper --wave W --number N [--json | --csv | --jsonl]\n",
	  run_list },
	{ "ledger print", "in danh sách phiếu, số và mã QR (print sheets)",
	  "phieu ledger print --wave W --out FILE [--cards] [--agent A] "
	  "[--status S]\n"
	  "    [--group G] [--unit U] [--area U]\n"
	  "\n"
	  "FILE.html, FILE.csv or FILE.xlsx: a list.  --cards: a page of cards "
	  "(HTML), each\n"
	  "with its number and QR picture, to be put on the sheets.\n",
	  run_print },
	{ "ledger hand-over", "in biên bản bàn giao (a hand-over record)",
	  "phieu ledger hand-over --wave W --number N --out FILE [--superior "
	  "NAME]\n"
	  "    [--body NAME] [--place NAME]\n"
	  "\n"
	  "FILE.html, FILE.csv or FILE.xlsx: who gave whom which sheets, with "
	  "room for the\n"
	  "two signatures.  Names in the letterhead stay empty unless given.\n",
	  run_print },
	{ "ledger verify", "đối chiếu sổ phiếu với nhật ký (verify)",
	  "phieu ledger verify --wave W\n"
	  "\n"
	  "Replays every sheet's history and compares digests with the log.\n",
	  run_verify },
	{ "ledger states", "bảng trạng thái phiếu (what may follow what)",
	  "phieu ledger states\n"
	  "\n"
	  "The one table of rules, as docs/LEDGER.md shows it.\n",
	  run_states },
};
const struct cmd_set cmd_ledger = { cmds, sizeof cmds / sizeof cmds[0] };
