/* `phieu ledger`: the numbered sheets of a wave, the desk of ledger.h. */
#include <stdio.h>
#include <string.h>

#include "cmd_desk.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/ledger.h"
#include "phieu/rows.h"

#define OUTPUT_BYTES ((size_t)256 << 20)
#define PRINT_BYTES  ((size_t)256 << 20)

static const struct desk_list *list_named(const char *name)
{
	return desk_list_find(&desk_ledger, name);
}

/* ---- mark: by what became of a sheet ----------------------------------- */

static const struct {
	const char *as, *act;
} marks[] = { { "left", "leave" },	{ "collected", "collect" },
	      { "refused", "refuse" },	{ "not-met", "miss" },
	      { "moved", "move" },	{ "lost", "lose" },
	      { "cancelled", "cancel" } };

static const struct desk_act *act_of_mark(const char *as, struct err *e)
{
	for (size_t i = 0; as && i < sizeof marks / sizeof marks[0]; i++)
		if (strcmp(marks[i].as, as) == 0)
			return desk_act_find(&desk_ledger, marks[i].act);
	(void)err_set(e, ERR_INPUT,
		      "--as is one of left, collected, refused, not-met, "
		      "moved, lost, cancelled");
	return NULL;
}

static int run_mark(int argc, char **argv, void *app)
{
	/* all of them take the same */
	const struct desk_act *a = desk_act_find(&desk_ledger, "lose");
	struct given g = { 0 };
	struct err e = { 0 };
	bool ok;

	desk_take_params(a->params, &g);
	g.opts[g.n++] = (struct cli_opt){ "--as", NULL, &g.as };
	ok = desk_take_options(argv[0], a->params, &g, &argc, argv, &e);
	if (ok)
		a = act_of_mark(g.as, &e);
	ok = ok && a && desk_act_on(a, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static int run_export(int argc, char **argv, void *app)
{
	return desk_run_list_of(&desk_ledger, list_named("sheets"), true, argc,
				argv, app);
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

static bool write_cards(const struct res *r, const struct desk_room *m,
			const char *path, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	bool ok = ledger_cards(r, &m->wave, &b, e) && write_buf(path, &b, e);

	buf_free(&b);
	return ok;
}

static bool write_paper(const struct desk_list *l, const struct printing *p,
			const struct res *r, const struct desk_room *m,
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

static bool print_rows(const struct desk_list *l, const struct given *g,
		       const struct printing *p, const struct app *app,
		       struct err *e)
{
	struct res *r = NULL;
	struct desk_room m;
	bool ok = desk_enter(&m, app, g->wave, e);

	if (ok)
		r = store_desk_list(m.db, &desk_ledger, l, m.wave.wave, &m.who,
				    g->values, e);
	ok = r;
	if (ok && res_rows(r) == 0)
		ok = err_set(e, ERR_INPUT,
			     "không có phiếu nào để in (nothing to print)");
	ok = ok && (p->cards ? write_cards(r, &m, p->out, e)
			     : write_paper(l, p, r, &m, e));
	if (ok && strcmp(p->out, "-") != 0)
		printf("%s: %zu phiếu\n", p->out, res_rows(r));
	res_free(r);
	desk_leave(&m);
	return ok;
}

static int run_print(int argc, char **argv, void *app)
{
	bool record = strcmp(argv[0], "ledger hand-over") == 0;
	const struct desk_list *l = list_named(record ? "paper" : "sheets");
	struct printing p = { .superior = "", .body = "", .place = "" };
	struct given g = { 0 };
	struct err e = { 0 };
	bool ok;

	desk_take_params(l->params, &g);
	g.opts[g.n++] = (struct cli_opt){ "--out", NULL, &p.out };
	if (record) {
		g.opts[g.n++] =
			(struct cli_opt){ "--superior", NULL, &p.superior };
		g.opts[g.n++] = (struct cli_opt){ "--body", NULL, &p.body };
		g.opts[g.n++] = (struct cli_opt){ "--place", NULL, &p.place };
	} else {
		g.opts[g.n++] = (struct cli_opt){ "--cards", &p.cards, NULL };
	}
	ok = desk_take_options(argv[0], l->params, &g, &argc, argv, &e) &&
	     (p.out || err_set(&e, ERR_INPUT, "give --out FILE")) &&
	     print_rows(l, &g, &p, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static int run_verify(int argc, char **argv, void *app)
{
	const struct desk_list *l = list_named("verify");
	struct given g = { 0 };
	struct err e = { 0 };
	struct res *r = NULL;
	struct desk_room m = { 0 };
	bool ok;

	desk_take_params(l->params, &g);
	ok = desk_take_options(argv[0], l->params, &g, &argc, argv, &e) &&
	     desk_enter(&m, app, g.wave, &e);
	if (ok)
		r = store_desk_list(m.db, &desk_ledger, l, m.wave.wave, &m.who,
				    g.values, &e);
	ok = r;
	if (ok && res_rows(r) == 0)
		printf("sổ phiếu khớp lịch sử và nhật ký (all is well)\n");
	else if (ok)
		ok = rows_print(r, l->heads, 2, "", &e) &&
		     err_set(&e, ERR_CONFLICT,
			     "sổ phiếu không khớp lịch sử (the ledger is not "
			     "as its history says)");
	res_free(r);
	desk_leave(&m);
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
	  desk_run_act },
	{ "ledger issue", "giao phiếu cho điều tra viên (issue sheets)",
	  "phieu ledger issue --wave W --agent A --sheets LIST [--version N]\n"
	  "phieu ledger issue --wave W --agent A --group G [--unit U] --count "
	  "N\n"
	  "\n" SHEETS_HELP
	  "Prints the number of the hand-over record (biên bản bàn giao).\n",
	  desk_run_act },
	{ "ledger return", "thu lại phiếu chưa dùng (take unused sheets back)",
	  "phieu ledger return --wave W --sheets LIST [--reason TEXT] "
	  "[--version N]\n"
	  "\n" SHEETS_HELP
	  "They are planned again.  What was left with a respondent wants a "
	  "reason.\n",
	  desk_run_act },
	{ "ledger transfer", "chuyển phiếu sang điều tra viên khác (transfer)",
	  "phieu ledger transfer --wave W --sheets LIST --agent A --reason "
	  "TEXT\n"
	  "    [--version N]\n"
	  "\n" SHEETS_HELP,
	  desk_run_act },
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
	  desk_run_act },
	{ "ledger check", "đã kiểm tra với phiếu giấy (checked)",
	  "phieu ledger check --wave W --sheets LIST [--reason TEXT] "
	  "[--version N]\n"
	  "\n" SHEETS_HELP,
	  desk_run_act },
	{ "ledger unlock", "mở khóa phiếu (open locked sheets again)",
	  "phieu ledger unlock --wave W --sheets LIST --reason TEXT "
	  "[--version N]\n"
	  "\n"
	  "After phieu ledger reopen.\n" SHEETS_HELP,
	  desk_run_act },
	{ "ledger replace", "thay phiếu hỏng bằng số mới (replace a sheet)",
	  "phieu ledger replace --wave W --sheet S --reason TEXT [--version "
	  "N]\n"
	  "\n"
	  "Prints the new number: planned, in the slot of the old one.\n",
	  desk_run_act },
	{ "ledger amend", "điều chỉnh chỉ tiêu giữa đợt (amend a quota)",
	  "phieu ledger amend --wave W --group G [--unit U] --planned N "
	  "--reason TEXT\n"
	  "\n"
	  "The old quota stays as an earlier revision.  More: new numbers; "
	  "fewer: planned\n"
	  "sheets go void, and where too many are issued it is refused.\n",
	  desk_run_act },
	{ "ledger merge", "chuyển phiếu của đơn vị sáp nhập (a merged unit)",
	  "phieu ledger merge --wave W --unit U --reason TEXT\n"
	  "\n"
	  "Its sheets and quota follow into the unit that the plan says "
	  "(merged_into).\n"
	  "What is printed on the sheets stays.\n",
	  desk_run_act },
	{ "ledger balance", "bảng cân đối phiếu (does it add up?)",
	  "phieu ledger balance --wave W [--by LEVEL] [--agent A] [--area U] "
	  "[--json | --csv]\n"
	  "\n"
	  "LEVEL: total, form, group, unit, area, office, agent, cell.  In "
	  "each row\n"
	  "issued = collected + refused + not met + lost + cancelled + still "
	  "out.\n",
	  desk_run_list },
	{ "ledger open",
	  "còn gì chưa khóa sổ được (what stands against "
	  "closing)",
	  "phieu ledger open --wave W [--json | --csv]\n", desk_run_list },
	{ "ledger close", "khóa sổ phiếu khi đã cân (close the ledger)",
	  "phieu ledger close --wave W [--reason TEXT] [--override]\n"
	  "\n"
	  "Refuses while anything is open (phieu ledger open); --override with "
	  "a reason\n"
	  "closes nevertheless, and the log says who and why.  A closed wave "
	  "takes no more\n"
	  "sheets.\n",
	  desk_run_act },
	{ "ledger reopen", "mở lại sổ phiếu cho phiếu về muộn (reopen)",
	  "phieu ledger reopen --wave W --reason TEXT\n"
	  "\n"
	  "The only way for late sheets.\n",
	  desk_run_act },
	{ "ledger sheets", "danh sách phiếu (list sheets)",
	  "phieu ledger sheets --wave W [--agent A] [--status S] [--group G] "
	  "[--unit U]\n"
	  "    [--area U] [--json | --csv | --jsonl]\n",
	  desk_run_list },
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
	  desk_run_list },
	{ "ledger events", "các việc đã làm với sổ phiếu (acts)",
	  "phieu ledger events --wave W [--json | --csv | --jsonl]\n",
	  desk_run_list },
	{ "ledger paper",
	  "phiếu của một biên bản bàn giao (a hand-over record)",
	  "phieu ledger paper --wave W --number N [--json | --csv | --jsonl]\n",
	  desk_run_list },
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
