/* `phieu sheet`: what is known of one sheet, never its answers, and the
 * codes that only a person can set. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/attachment.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_file.h"
#include "phieu/store_judge.h"
#include "phieu/store_waves.h"

#define ARENA_BYTES ((size_t)48 << 20) /* a file of a sheet fits */

struct sheets {
	const char *wave, *instance, *sheet;
	struct db *db;
	struct arena *arena;
	struct wave_head head;
	struct sheet_head *list;
	size_t n;
};

static bool look(struct sheets *s, void *app, enum who who, struct err *e)
{
	bool found = false;

	if (!s->wave || !s->instance == !s->sheet)
		return err_set(e, ERR_INPUT,
			       "give --wave and either --sheet or --instance");
	s->arena = arena_new(ARENA_BYTES);
	if (!s->arena)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->db = connect_ready(((struct app *)app)->conf, who, e);
	if (!s->db ||
	    !store_wave_head(s->db, s->wave, 0, s->arena, &s->head, &found, e))
		return false;
	if (!found)
		return err_set(e, ERR_INPUT, "there is no wave \"%s\"",
			       s->wave);
	if (!store_sheet_heads(s->db, s->head.wave, s->instance, s->sheet,
			       s->arena, &s->list, &s->n, e))
		return false;
	return s->n > 0 || err_set(e, ERR_INPUT, "no sheet \"%.200s\" came in",
				   s->instance ? s->instance : s->sheet);
}

static void done(struct sheets *s)
{
	db_close(s->db);
	arena_free(s->arena);
}

static void print_heads(const struct sheets *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct sheet_head *h = &s->list[i];

		printf("%s\n  phiếu %s, lần nhập %" PRId64
		       ", mẫu %s, đối tượng %s, địa bàn %s, điều tra viên %s\n"
		       "  %s (%s)%s, bản %" PRId64 "%s%s\n",
		       h->instance, h->sheet, h->keying, h->form, h->group,
		       h->home[0] ? h->home : "-", h->agent,
		       sheet_state_vi(h->state), sheet_state_name(h->state),
		       h->counted ? ", được tính" : ", không tính", h->version,
		       h->replaces[0] ? ", thay cho " : "", h->replaces);
		if (strcmp(h->faults, "[]") != 0)
			printf("  %s\n", h->faults);
	}
}

static int run_show(int argc, char **argv, void *app)
{
	struct sheets s = { 0 };
	const struct cli_opt opts[] = { { "--wave", NULL, &s.wave },
					{ "--sheet", NULL, &s.sheet },
					{ "--instance", NULL, &s.instance } };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e) &&
	     look(&s, app, WHO_SERVER, &e);
	if (ok)
		print_heads(&s);
	done(&s);
	return ok ? EXIT_DONE : cli_fail("phieu sheet", &e);
}

/* The one submission that is meant. */
static bool one_sheet(const struct sheets *s, struct err *e)
{
	return s->n == 1 ||
	       err_set(e, ERR_CONFLICT,
		       "%zu submissions bear this number; name one by "
		       "--instance (phieu sheet show)",
		       s->n);
}

static bool judge(struct sheets *s, const char *state_name, const char *code,
		  const char *reason, struct err *e)
{
	enum sheet_state state;
	char actor[64];

	actor_name(actor, sizeof actor);
	return one_sheet(s, e) && sheet_state_parse(state_name, &state, e) &&
	       store_judge(s->db, s->head.wave, s->list[0].instance, state,
			   code, reason, actor, e);
}

static int run_judge(int argc, char **argv, void *app)
{
	const char *state = NULL, *code = NULL, *reason = NULL;
	struct sheets s = { 0 };
	const struct cli_opt opts[] = {
		{ "--wave", NULL, &s.wave },
		{ "--sheet", NULL, &s.sheet },
		{ "--state", NULL, &state },
		{ "--instance", NULL, &s.instance },
		{ "--reason", NULL, &reason },
		{ "--code", NULL, &code },
	};
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e);
	if (ok && (!state || !reason || !reason[0]))
		ok = err_set(&e, ERR_INPUT, "give --state and --reason");
	ok = ok && look(&s, app, WHO_OWNER, &e) &&
	     judge(&s, state, code, reason, &e) &&
	     store_sheet_heads(s.db, s.head.wave, s.list[0].instance, NULL,
			       s.arena, &s.list, &s.n, &e);
	if (ok)
		print_heads(&s);
	done(&s);
	return ok ? EXIT_DONE : cli_fail("phieu sheet", &e);
}

static int run_incomplete(int argc, char **argv, void *app)
{
	static const char *const heads[] = { "instance", "phiếu", "agent",
					     "nhận lúc", "tệp",	  "đã có",
					     "còn thiếu" };
	const char *wave = NULL;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave } };
	struct res *r = NULL;
	struct db *db = NULL;
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, 1, &argc, argv, &e);
	if (ok && (argc != 1 || !wave))
		ok = err_set(&e, ERR_INPUT, "give --wave");
	if (ok)
		db = connect_ready(((struct app *)app)->conf, WHO_SERVER, &e);
	if (db)
		r = store_sheet_incomplete(db, wave, &e);
	ok = r && rows_print(r, heads, sizeof heads / sizeof heads[0], "-", &e);
	res_free(r);
	db_close(db);
	return ok ? EXIT_DONE : cli_fail("phieu sheet", &e);
}

static const char *const held[] = {
	[ATTACHMENT_CLEANED] = "ảnh, đã bỏ siêu dữ liệu (metadata removed)",
	[ATTACHMENT_AS_RECEIVED] =
		"giữ như đã nhận, CÒN siêu dữ liệu (as received, metadata "
		"kept)",
	[ATTACHMENT_OTHER] = "không rõ loại: chớ mở vội (unknown)",
	[ATTACHMENT_DAMAGED] =
		"ẢNH HỎNG, giữ như đã nhận (damaged picture, as received)",
};

static void print_file(const struct res *r, size_t i)
{
	const char *type = res_text(r, i, 1);

	if (!type[0])
		printf("%s  (chưa nhận, not here yet)\n", res_text(r, i, 0));
	else
		printf("%s  %s  %s byte  %s  %s\n", res_text(r, i, 0), type,
		       res_text(r, i, 2), res_text(r, i, 3),
		       held[attachment_state(type)]);
}

static int run_files(int argc, char **argv, void *app)
{
	struct sheets s = { 0 };
	const struct cli_opt opts[] = { { "--wave", NULL, &s.wave },
					{ "--sheet", NULL, &s.sheet },
					{ "--instance", NULL, &s.instance } };
	struct res *r = NULL;
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e) &&
	     look(&s, app, WHO_SERVER, &e) && one_sheet(&s, &e);
	if (ok)
		r = store_file_list(s.db, s.head.wave, s.list[0].instance, &e);
	for (size_t i = 0; r && i < res_rows(r); i++)
		print_file(r, i);
	if (r && res_rows(r) == 0)
		printf("phiếu không có tệp (no files)\n");
	ok = r;
	res_free(r);
	done(&s);
	return ok ? EXIT_DONE : cli_fail("phieu sheet", &e);
}

static bool open_file(struct sheets *s, const char *name, const char *reason,
		      const char *out, struct err *e)
{
	struct sheet_file f;
	char actor[64];

	actor_name(actor, sizeof actor);
	if (!attachment_name(name, s->arena, &name, e) ||
	    !store_file_open(s->db, s->head.wave, s->list[0].instance, name,
			     reason, actor, s->arena, &f, e) ||
	    !file_write(out, f.bytes, f.n, 0600, e))
		return false;
	printf("%s: %s, %zu byte, %s\nSHA-256 khi nhận (as received): %s\n",
	       out, f.type, f.n, held[attachment_state(f.type)], f.sha256);
	return true;
}

static int run_file(int argc, char **argv, void *app)
{
	const char *name = NULL, *reason = NULL, *out = NULL;
	struct sheets s = { 0 };
	const struct cli_opt opts[] = { { "--wave", NULL, &s.wave },
					{ "--sheet", NULL, &s.sheet },
					{ "--instance", NULL, &s.instance },
					{ "--name", NULL, &name },
					{ "--reason", NULL, &reason },
					{ "--to", NULL, &out } };
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e);
	if (ok && (!name || !out || !reason || !reason[0]))
		ok = err_set(&e, ERR_INPUT, "give --name, --reason and --to");
	ok = ok && look(&s, app, WHO_SERVER, &e) && one_sheet(&s, &e) &&
	     open_file(&s, name, reason, out, &e);
	done(&s);
	return ok ? EXIT_DONE : cli_fail("phieu sheet", &e);
}

static const struct cmd cmds[] = {
	{ "sheet show",
	  "tình trạng một phiếu, không có câu trả lời (what is known of a "
	  "sheet, without its answers)",
	  "phieu sheet show --wave W (--sheet S | --instance I)\n"
	  "\n"
	  "State, faults and who brought it (tra cứu một phiếu, không mở nội "
	  "dung).\n",
	  run_show },
	{ "sheet judge",
	  "kết luận một phiếu, có lý do (set a sheet's state by hand, with a "
	  "reason)",
	  "phieu sheet judge --wave W (--sheet S | --instance I) --state "
	  "STATE\n"
	  "    [--code V01-V13] --reason TEXT\n"
	  "\n"
	  "For what no program can see (xử lý phiếu bằng tay): V09 the same "
	  "person\n"
	  "twice, V11 confirmation missing, V12 rejected in phúc tra, V13 "
	  "withdrawn;\n"
	  "and to take back what was judged wrongly.  STATE: valid, invalid "
	  "(with a\n"
	  "code), accepted, rejected, withdrawn.  The state before is kept as "
	  "a\n"
	  "version and the act stands in the log.  A frozen wave takes no "
	  "changes.\n",
	  run_judge },
	{ "sheet incomplete",
	  "phiếu còn thiếu tệp đính kèm (whose files have not all come)",
	  "phieu sheet incomplete --wave W\n"
	  "\n"
	  "The key tells the agent: phieu key agent list.\n",
	  run_incomplete },
	{ "sheet files", "tệp đính kèm của một phiếu (files of a sheet)",
	  "phieu sheet files --wave W (--sheet S | --instance I)\n"
	  "\n"
	  "Names, types, sizes, what was done to them; no content.\n",
	  run_files },
	{ "sheet file", "mở một tệp đính kèm (open a file of a sheet)",
	  "phieu sheet file --wave W (--sheet S | --instance I) --name NAME\n"
	  "    --reason TEXT --to FILE\n"
	  "\n"
	  "Writes it to FILE, which only you can read.  Who opened it and why "
	  "stands in\n"
	  "the log.  Pictures come without what cameras write beside them.\n",
	  run_file },
};
const struct cmd_set cmd_sheet = { cmds, sizeof cmds / sizeof cmds[0] };
