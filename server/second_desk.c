/* Second keying (nhập lần hai): what people do and what it tells.  Who may is
 * said in field.sheet_rule (of 'pair'), and tests hold `roles` here to it.
 * One list opens answers, and stands in the log each time: differences. */
#include "phieu/desk.h"
#include "phieu/second.h"
#include "phieu/store_people.h"

#define POST   ROLE_BIT(ROLE_POST_SUPERVISOR)
#define OFFICE ROLE_BIT(ROLE_ANALYST)
/* Who sees numbers of sheets; who only follows how far it is. */
#define SHEETS_SEEN \
	(POST | OFFICE | ROLE_BIT(ROLE_SUPERVISOR) | ROLE_BIT(ROLE_AUDITOR))
#define WATCHES                                       \
	(SHEETS_SEEN | ROLE_BIT(ROLE_ADMINISTRATOR) | \
	 ROLE_BIT(ROLE_SECRETARIAT))

#define WHY	DESK_NEED("reason", DESK_LONG)
#define PERHAPS DESK_MAYBE("reason", DESK_LONG)

static const struct desk_choice strata[] = {
	{ "agent", "mỗi điều tra viên" },
	{ "form", "mỗi mẫu phiếu" },
	{ "area", "mỗi địa bàn" },
	{ "office", "mỗi bưu cục" },
	{ "total", "cả đợt" },
	{ NULL, NULL },
};
static const struct desk_choice takes[] = {
	{ "first", "lần một đúng" },
	{ "second", "lần hai đúng" },
	{ "typed", "nhập theo giấy" },
	{ NULL, NULL },
};
static const struct desk_choice verdicts[] = {
	{ "accept", "đạt" },
	{ "stop", "dừng: không giao, không nhận phiếu" },
	{ "rekey", "nhập lại toàn bộ phiếu" },
	{ NULL, NULL },
};
static const struct desk_choice stands[] = {
	{ "refuse", "không khóa sổ khi chưa giải quyết" },
	{ "first", "giữ lần nhập thứ nhất" },
	{ NULL, NULL },
};
static const struct desk_choice levels[] = {
	{ "agent", "điều tra viên" }, { "form", "mẫu phiếu" },
	{ "question", "câu hỏi" },    { "office", "bưu cục" },
	{ "total", "tất cả" },	      { NULL, NULL },
};
static const struct desk_choice keyings[] = {
	{ "1", "lần một" },
	{ "2", "lần hai" },
	{ NULL, NULL },
};

#define CHOOSE(n, w, list)                                      \
	{                                                       \
		.name = (n), .kind = DESK_CHOICE, .words = (w), \
		.choices = (list)                               \
	}
#define MUST_CHOOSE(n, w, list)                                   \
	{                                                         \
		.name = (n), .kind = DESK_CHOICE, .needed = true, \
		.words = (w), .choices = (list)                   \
	}
#define SAY(n, k, w)                                   \
	{                                              \
		.name = (n), .kind = (k), .words = (w) \
	}
#define MUST_SAY(n, k, w)                                              \
	{                                                              \
		.name = (n), .kind = (k), .needed = true, .words = (w) \
	}

static const struct desk_act acts[] = {
	{ .name = "draw",
	  .summary = "draw a share, or a number, of the keyed sheets of each "
		     "agent, form, area or office, to be keyed again",
	  .summary_vi = "rút mẫu nhập lần hai",
	  .query = Q_SECOND_DRAW,
	  .roles = POST | OFFICE,
	  .of = "pair",
	  .params = { CHOOSE("by", "Rút trong", strata),
		      SAY("only", DESK_TEXT, "Chỉ mã này"),
		      SAY("form", DESK_TEXT, "Chỉ mẫu phiếu"),
		      SAY("share", DESK_TEXT, "Tỷ lệ (%)"),
		      SAY("number", DESK_NUMBER, "hoặc số phiếu"),
		      SAY("seed", DESK_TEXT,
			  "Hạt giống: số bốc thăm (để trống: máy sinh)"),
		      SAY("agent", DESK_AGENT, "Giao ngay cho"), PERHAPS } },
	{ .name = "assign",
	  .summary = "give drawn sheets to an agent who did not key them",
	  .summary_vi = "giao phiếu nhập lần hai",
	  .query = Q_SECOND_ASSIGN,
	  .roles = POST | OFFICE,
	  .of = "pair",
	  .params = { DESK_NEED("agent", DESK_AGENT),
		      DESK_MAYBE("sheets", DESK_SHEETS),
		      SAY("draw", DESK_NUMBER, "Lần rút"),
		      DESK_MAYBE("count", DESK_NUMBER), PERHAPS } },
	{ .name = "withdraw",
	  .summary = "take drawn sheets back from whom they were given to",
	  .summary_vi = "thu lại phiếu đã giao nhập lần hai",
	  .query = Q_SECOND_WITHDRAW,
	  .roles = POST | OFFICE,
	  .of = "pair",
	  .params = { DESK_NEED("sheets", DESK_SHEETS), WHY } },
	{ .name = "resolve",
	  .summary = "settle what two keyings read otherwise; @all: the whole "
		     "sheet",
	  .summary_vi = "giải quyết chỗ khác nhau",
	  .query = Q_SECOND_RESOLVE,
	  .roles = POST,
	  .of = "pair",
	  .params = { DESK_NEED("sheet", DESK_SHEET),
		      MUST_SAY("field", DESK_TEXT, "Ô (@all: cả phiếu)"),
		      MUST_CHOOSE("take", "Lấy", takes),
		      SAY("value", DESK_TEXT, "Theo giấy"), WHY,
		      DESK_MAYBE("version", DESK_VERSION) },
	  .counts = "fields",
	  .counts_vi = "ô" },
	{ .name = "reopen",
	  .summary = "open again what was settled of a sheet",
	  .summary_vi = "mở lại phiếu đã giải quyết",
	  .query = Q_SECOND_REOPEN,
	  .roles = POST,
	  .of = "pair",
	  .params = { DESK_NEED("sheet", DESK_SHEET), WHY },
	  .confirm = "" },
	{ .name = "rule",
	  .summary = "set the acceptance rule: a highest share of wrong "
		     "fields, or an acceptance number; neither: none",
	  .summary_vi = "đặt quy tắc chấp nhận",
	  .query = Q_SECOND_RULE,
	  .roles = OFFICE,
	  .of = "pair",
	  .whole = true,
	  .params = { SAY("maximum", DESK_TEXT, "Tỷ lệ ô sai cao nhất (%)"),
		      SAY("accept", DESK_NUMBER, "hoặc số ô sai cao nhất"),
		      SAY("least", DESK_NUMBER, "Số ô đối chiếu ít nhất"),
		      SAY("level", DESK_TEXT, "Độ tin cậy (%), 95"), WHY } },
	{ .name = "decide",
	  .summary = "decide on an agent: accept, stop, key all his sheets "
		     "again",
	  .summary_vi = "quyết định về điều tra viên",
	  .query = Q_SECOND_DECIDE,
	  .roles = OFFICE,
	  .of = "pair",
	  .whole = true,
	  .params = { DESK_NEED("agent", DESK_AGENT),
		      MUST_CHOOSE("verdict", "Kết luận", verdicts), WHY },
	  .confirm = "rates" },
	{ .name = "lift",
	  .summary = "let a stopped agent go on",
	  .summary_vi = "cho điều tra viên làm tiếp",
	  .query = Q_SECOND_LIFT,
	  .roles = OFFICE,
	  .of = "pair",
	  .whole = true,
	  .params = { DESK_NEED("agent", DESK_AGENT), WHY } },
	{ .name = "keep",
	  .summary = "say what is done with what is not settled: refuse to "
		     "close and freeze, or first: the first keying stands",
	  .summary_vi = "quy định về chỗ chưa giải quyết",
	  .query = Q_SECOND_KEEP,
	  .roles = OFFICE,
	  .of = "pair",
	  .whole = true,
	  .params = { MUST_CHOOSE("unresolved", "Khi chưa giải quyết", stands),
		      WHY },
	  .confirm = "" },
};

static const struct desk_list lists[] = {
	{ .name = "progress",
	  .summary = "how far it is, by draw and agent",
	  .summary_vi = "tiến độ",
	  .query = Q_SECOND_PROGRESS,
	  .roles = WATCHES,
	  .heads = { "lần rút", "mã ĐTV", "điều tra viên", "bưu cục", "phiếu",
		     "chờ nhập", "đã nhập", "giống nhau", "còn khác",
		     "đã giải quyết", NULL },
	  .right = 4 },
	{ .name = "sheets",
	  .summary = "sheets to be keyed again, whose and how they stand",
	  .summary_vi = "danh sách phiếu",
	  .query = Q_SECOND_SHEETS,
	  .roles = SHEETS_SEEN,
	  .params = { DESK_MAYBE("sheet", DESK_SHEET),
		      SAY("draw", DESK_NUMBER, "Lần rút"),
		      DESK_MAYBE("agent", DESK_AGENT),
		      DESK_MAYBE("status", DESK_TEXT) },
	  .heads = { "phiếu", "lần rút", "mẫu", "đối tượng", "đơn vị",
		     "nhập lần một", "nhập lần hai", "bưu cục", "trạng thái",
		     "ngày", "bản", NULL },
	  .right = 11,
	  .page = "sheet draw form group unit first_agent second_agent office "
		  "status day" },
	{ .name = "differences",
	  .summary = "what two keyings read otherwise, field by field: opens "
		     "answers and stands in the log",
	  .summary_vi = "chỗ khác nhau",
	  .query = Q_SECOND_DIFFERENCES,
	  .roles = POST | OFFICE,
	  .asks_who = true,
	  .params = { DESK_MAYBE("sheet", DESK_SHEET) },
	  .heads = { "phiếu", "bản", "lần rút", "lần một", "lần hai", "ô",
		     "đơn vị", "câu", "loại", "mã lần một", "mã lần hai",
		     "đáp lần một", "đáp lần hai", "lấy", "giá trị", "lý do",
		     "người", "ngày", NULL },
	  .right = 18,
	  .page = "sheet field unit question first_words second_words take "
		  "value reason resolved_by resolved_on" },
	{ .name = "rates",
	  .summary = "fields keyed wrongly with exact (Clopper-Pearson) and "
		     "Wilson intervals; by agent, form, question, office or "
		     "total",
	  .summary_vi = "tỷ lệ sai",
	  .query = Q_SECOND_RATES,
	  .roles = WATCHES,
	  .params = { CHOOSE("by", "Theo", levels),
		      CHOOSE("keying", "Lần nhập", keyings),
		      SAY("draw", DESK_NUMBER, "Lần rút") },
	  .heads = { "mã", "tên", "phiếu", "ô đối chiếu", "ô khác",
		     "chưa giải quyết", "ô đã xét", "ô sai", "tỷ lệ sai (%)",
		     "từ", "đến", "từ (Wilson)", "đến (Wilson)", "theo quy tắc",
		     NULL },
	  .right = 2,
	  .shares = true },
	{ .name = "draws",
	  .summary = "draws: seed, frame and its hash, program, who, why",
	  .summary_vi = "các lần rút mẫu",
	  .query = Q_SECOND_DRAWS,
	  .roles = SHEETS_SEEN,
	  .heads = { "lần", "ngày", "người", "vai trò", "rút trong", "chỉ",
		     "mẫu", "tỷ lệ", "số", "hạt giống", "cách", "chương trình",
		     "SHA-256 của khung", "khung", "đã rút", "lý do", NULL },
	  .right = 16 },
	{ .name = "frame",
	  .summary = "the frame of a draw, line by line, for drawing it anew",
	  .summary_vi = "khung của một lần rút",
	  .query = Q_SECOND_FRAME,
	  .roles = SHEETS_SEEN,
	  .params = { MUST_SAY("draw", DESK_NUMBER, "Lần rút") },
	  .heads = { "dòng", "nhóm|phiếu|điều tra viên", "khóa", "được rút",
		     NULL },
	  .right = 4 },
	{ .name = "rules",
	  .summary = "acceptance rules, the last in force",
	  .summary_vi = "quy tắc chấp nhận",
	  .query = Q_SECOND_RULES,
	  .roles = WATCHES,
	  .heads = { "số", "ngày", "người", "tỷ lệ sai cao nhất",
		     "số ô sai cao nhất", "ô ít nhất", "độ tin cậy",
		     "chưa giải quyết", "lý do", NULL },
	  .right = 9 },
	{ .name = "decisions",
	  .summary = "decisions on agents, and the figures they were made by",
	  .summary_vi = "các quyết định",
	  .query = Q_SECOND_DECISIONS,
	  .roles = SHEETS_SEEN,
	  .heads = { "số", "ngày", "người", "mã ĐTV", "điều tra viên",
		     "bưu cục", "kết luận", "đang dừng", "quy tắc", "lần rút",
		     "ô đã xét", "ô sai", "lý do", NULL },
	  .right = 13 },
	{ .name = "opened",
	  .summary = "who opened answers that differ, of which sheets",
	  .summary_vi = "ai đã mở xem",
	  .query = Q_SECOND_OPENED,
	  .roles = OFFICE | ROLE_BIT(ROLE_SUPERVISOR) | ROLE_BIT(ROLE_AUDITOR),
	  .heads = { "số", "ngày", "người", "vai trò", "phiếu", "danh sách",
		     NULL },
	  .right = 6 },
};

static const struct desk_choice words[] = {
	{ "drawn", "đã rút, chưa giao" },
	{ "assigned", "đã giao" },
	{ "same", "giống nhau" },
	{ "differs", "còn khác nhau" },
	{ "resolved", "đã giải quyết" },
	{ "analyst", "Sở Nội vụ" },
	{ "post-supervisor", "giám sát Bưu điện" },
	{ "owner", "quản trị máy chủ" },
	{ NULL, NULL },
};

const struct desk desk_second = {
	.name = "second",
	.title_vi = "Nhập lần hai",
	.acts = acts,
	.n_acts = sizeof acts / sizeof acts[0],
	.lists = lists,
	.n_lists = sizeof lists / sizeof lists[0],
	.look = Q_SECOND_LOOK,
	.none = "đợt này chưa lập sổ phiếu (no ledger yet: phieu ledger plan)",
	.key = "sheet",
	.one = "sheets",
	.words = words,
};
