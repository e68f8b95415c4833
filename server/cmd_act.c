/* Acts and lists of a round on the command line: each row of act.h is a
 * command. */
#include <stdio.h>
#include <string.h>

#include "phieu/act.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_round.h"

#define ARENA_BYTES  ((size_t)1 << 20)
#define USAGE_BYTES  ((size_t)1 << 14)
#define OUTPUT_BYTES ((size_t)64 << 20)

/* Options of a row: its parameters, then --round, and --csv of a list. */
struct given {
	const char *values[ACT_PARAMS_MAX], *round;
	bool flags[ACT_PARAMS_MAX], csv; /* csv: of lists alone */
	struct cli_opt opts[ACT_PARAMS_MAX + 2];
	char names[ACT_PARAMS_MAX][32];
};

static void make_options(const struct act_param *params, size_t n,
			 struct given *g)
{

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(g->names[i], sizeof g->names[i], "--%s",
			       params[i].name);
		g->opts[i].name = g->names[i];
		if (params[i].flag)
			g->opts[i].flag = &g->flags[i];
		else
			g->opts[i].text = &g->values[i];
	}
	g->opts[n] = (struct cli_opt){ "--round", NULL, &g->round };
	g->opts[n + 1] = (struct cli_opt){ "--csv", &g->csv, NULL };
}

static bool take_options(const char *name, const struct act_param *params,
			 size_t n, bool list, struct given *g, int *argc,
			 char **argv, struct err *e)
{
	make_options(params, n, g);
	if (!cli_options(g->opts, n + (list ? 2 : 1), argc, argv, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (params[i].flag)
			g->values[i] = g->flags[i] ? "true" : "false";
	return (*argc == 1 && g->round) ||
	       err_set(e, ERR_INPUT, "give --round (phieu %s --help)", name);
}

static bool act_on(const struct act *a, const struct given *g,
		   const struct app *app, struct err *e)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct db *db = connect_ready(app->conf, WHO_OWNER, e);
	struct round_head h;
	const char *made = "";
	char by[64];
	bool ok;

	actor_name(by, sizeof by);
	ok = db && (arena || err_set(e, ERR_NOMEM, "out of memory")) &&
	     store_round_head(db, g->round, arena, &h, e) &&
	     store_act(db, a, h.id, by, g->values, arena, &made, e);
	if (ok)
		printf("%s%s%s\n", a->summary_vi, *made ? ": " : "", made);
	db_close(db);
	arena_free(arena);
	return ok;
}

int cmd_act_run(int argc, char **argv, void *app)
{
	const struct act *a = act_find(argv[0]);
	struct given g = { 0 };
	struct err e = { 0 };
	bool ok = a || err_set(&e, ERR_BUG, "no act \"%s\"", argv[0]);

	ok = ok && a &&
	     take_options(a->name, a->params, act_params(a), false, &g, &argc,
			  argv, &e) &&
	     act_on(a, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static bool put_csv(const struct res *r, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	bool ok;

	res_csv(r, 0, res_rows(r), &b);
	ok = cli_put(&b, stdout, e);
	buf_free(&b);
	return ok;
}

static bool show(const struct act_list *l, const struct given *g,
		 const struct app *app, struct err *e)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct db *db = connect_ready(app->conf, WHO_SERVER, e);
	struct res *r = NULL;
	struct round_head h;
	bool ok;

	if (db && (arena || err_set(e, ERR_NOMEM, "out of memory")) &&
	    store_round_head(db, g->round, arena, &h, e))
		r = store_act_list(db, l, h.id, g->values, e);
	if (r && g->csv)
		ok = put_csv(r, e);
	else
		ok = r &&
		     rows_print(r, l->heads, (int)act_list_columns(l), "", e);
	res_free(r);
	db_close(db);
	arena_free(arena);
	return ok;
}

int cmd_list_run(int argc, char **argv, void *app)
{
	const struct act_list *l = act_list_find(argv[0]);
	struct given g = { 0 };
	struct err e = { 0 };
	bool ok = l || err_set(&e, ERR_BUG, "no list \"%s\"", argv[0]);

	ok = ok && l &&
	     take_options(l->name, l->params, act_list_params(l), true, &g,
			  &argc, argv, &e) &&
	     show(l, &g, app, &e);
	return ok ? EXIT_DONE : cli_fail("phieu", &e);
}

static const char *usage_of(const char *name, const struct act_param *params,
			    const char *more, struct arena *a)
{
	struct buf b = BUF_INIT(USAGE_BYTES);
	const char *text;

	act_usage(name, params, &b);
	buf_adds(&b, more);
	text = buf_cstr(&b) ? arena_strdup(a, b.data) : NULL;
	buf_free(&b);
	return text ? text : name;
}

/* What a command does, for people; lists have their heading for it. */
static const char *const does[][2] = {
	{ "appraise accept", "chấp nhận điểm tự chấm" },
	{ "appraise ask", "yêu cầu bổ sung tài liệu, có hạn" },
	{ "appraise correct", "điều chỉnh điểm, có lý do" },
	{ "council meeting", "ghi cuộc họp và biên bản" },
	{ "council member", "ghi thành viên Hội đồng, Tổ Thư ký" },
	{ "council rule", "ghi kết luận của Hội đồng về một mục" },
	{ "deduct add", "trừ điểm, có lý do và văn bản" },
	{ "deduct cancel", "hủy một lần trừ điểm, có lý do" },
	{ "discipline add", "ghi kỷ luật của một đơn vị" },
	{ "discipline lift", "gỡ kỷ luật, có lý do" },
	{ "external put", "ghi giá trị chỉ số bên ngoài" },
	{ "improve add", "giao nhiệm vụ cho điểm bị mất" },
	{ "improve cancel", "hủy nhiệm vụ, có lý do" },
	{ "improve change", "sửa nhiệm vụ chưa xong, có lý do" },
	{ "improve plan",
	  "đặt tên kế hoạch, kỳ báo cáo, kỳ đánh giá tiếp theo" },
	{ "improve reopen", "mở lại nhiệm vụ đã xong hoặc đã hủy" },
	{ "improve report", "cơ quan chủ trì báo cáo tiến độ" },
	{ "inspect answer", "ghi nhận xét một mục của đề cương" },
	{ "inspect cancel", "hủy đợt kiểm tra, có lý do" },
	{ "inspect conclude", "ghi kết luận, số và ngày" },
	{ "inspect documents", "ghi nhận hồ sơ, báo cáo của đơn vị" },
	{ "inspect draft",
	  "ghi dự thảo kết luận: ưu điểm, nguyên nhân hạn chế" },
	{ "inspect extend", "gia hạn khắc phục, có lý do" },
	{ "inspect finding",
	  "ghi phát hiện, hạn khắc phục, người chịu trách nhiệm" },
	{ "inspect measure", "ghi kết quả thực hiện kiến nghị" },
	{ "inspect recommend", "kiến nghị xử lý với cơ quan có thẩm quyền" },
	{ "inspect remedied", "đơn vị báo đã khắc phục" },
	{ "inspect return", "trả lại vì chưa khắc phục xong, có lý do" },
	{ "inspect schedule", "báo ngày kiểm tra, hoặc dời ngày có lý do" },
	{ "inspect start", "bắt đầu kiểm tra" },
	{ "inspect verify", "xác nhận đã khắc phục" },
	{ "inspect withdraw", "rút phát hiện, có lý do" },
	{ "opinion agree", "thống nhất với kết quả thẩm định" },
	{ "opinion object", "không thống nhất, nêu ý kiến" },
	{ "request answer", "trả lời đề nghị" },
	{ "request evaluation", "đề nghị đánh giá lại" },
	{ "request supply", "bổ sung tài liệu được yêu cầu" },
	{ "reward decide", "ghi quyết định khen thưởng" },
	{ "reward make", "lập danh sách khen thưởng từ kết quả đã công bố" },
	{ "reward name", "đơn vị đề nghị khen thưởng cá nhân" },
	{ "reward name-province", "đề nghị cá nhân tham mưu chung của tỉnh" },
	{ "reward withdraw", "rút tên đã đề nghị, có lý do" },
	{ "self explanation", "ghi báo cáo giải trình của đơn vị" },
	{ "self reopen", "mở lại bản tự đánh giá đã nộp" },
	{ "self submit", "nộp bản tự đánh giá" },
	{ "series put", "ghi PAR INDEX, SIPAS, PAPI, PCI của tỉnh" },
	{ "target record", "ghi số đo của một chỉ tiêu" },
	{ "visit add", "ghi kết quả kiểm tra thực tế" },
};

static const char *in_words(struct arena *a, const char *name, const char *vi,
			    const char *en)
{
	const char *s;

	for (size_t i = 0; !vi && i < sizeof does / sizeof does[0]; i++)
		if (strcmp(does[i][0], name) == 0)
			vi = does[i][1];
	s = vi ? arena_printf(a, "%s (%s)", vi, en) : NULL;
	return s ? s : en;
}

size_t act_commands(struct arena *a, struct cmd *out, size_t most)
{
	const struct act_list *l;
	const struct act *x;
	size_t n = 0;

	for (size_t i = 0; (x = act_at(i)) && n < most; i++)
		if (!act_own_command(x->name))
			out[n++] = (struct cmd){
				x->name, in_words(a, x->name, NULL, x->summary),
				usage_of(x->name, x->params, "", a), cmd_act_run
			};
	for (size_t i = 0; (l = act_list_at(i)) && n < most; i++)
		if (!act_own_command(l->name))
			out[n++] = (struct cmd){
				l->name,
				in_words(a, l->name, l->summary_vi, l->summary),
				usage_of(l->name, l->params, " [--csv]", a),
				cmd_list_run
			};
	return n;
}
