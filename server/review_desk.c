/* What people do in review and what it tells.  Who may what stands in
 * field.sheet_rule (of = 'response'), and tests hold `roles` here to it.  Lists
 * have neither answers nor times; opening a sheet is logged and stands apart
 * (review.h). */
#include "phieu/review.h"
#include "phieu/store_people.h"

#define POST   ROLE_BIT(ROLE_POST_SUPERVISOR)
#define OFFICE ROLE_BIT(ROLE_ANALYST)
#define SEES                                                       \
	(ROLE_BIT(ROLE_POST_SUPERVISOR) | ROLE_BIT(ROLE_ANALYST) | \
	 ROLE_BIT(ROLE_SUPERVISOR) | ROLE_BIT(ROLE_AUDITOR))

static const struct desk_choice addressees[] = {
	{ "agent", "điều tra viên đã gửi" },
	{ "post-supervisor", "giám sát địa bàn" },
	{ NULL, NULL }
};
static const struct desk_choice statuses[] = { { "received", "mới nhận" },
					       { "flagged", "máy lưu ý" },
					       { "corrected", "đã sửa" },
					       { "queried", "đang hỏi" },
					       { "answered", "đã trả lời" },
					       { "invalid", "không hợp lệ" },
					       { "accepted", "đã chấp nhận" },
					       { "rejected", "bị loại" },
					       { "withdrawn", "rút lại" },
					       { "replaced", "đã thay" },
					       { NULL, NULL } };
static const struct desk_choice words[] = {
	{ "received", "mới nhận" },
	{ "flagged", "máy lưu ý" },
	{ "corrected", "đã sửa" },
	{ "queried", "đang hỏi" },
	{ "answered", "đã trả lời" },
	{ "invalid", "không hợp lệ" },
	{ "accepted", "đã chấp nhận" },
	{ "rejected", "bị loại" },
	{ "withdrawn", "rút lại" },
	{ "replaced", "đã thay" },
	{ "Q01", "mọi ô một phương án (Q01)" },
	{ "overflow", "vượt chỉ tiêu" },
	{ "late", "về muộn" },
	{ "files", "có tệp kèm" },
	{ "send", "gửi đến" },
	{ "open", "mở xem" },
	{ "agent", "điều tra viên" },
	{ "post-supervisor", "giám sát Bưu điện" },
	{ "analyst", "Sở Nội vụ" },
	{ "owner", "quản trị máy chủ" },
	{ "-", "–" },
	{ NULL, NULL }
};
static const struct desk_choice reasons_for[] = { { "query", "hỏi lại" },
						  { "reject", "loại phiếu" },
						  { "withdraw", "rút lại" },
						  { NULL, NULL } };

#define ITEMS                                                                               \
	{                                                                                   \
		.name = "sheets", .kind = DESK_TEXT, .needed = true,                        \
		.words = "Số phiếu hoặc instanceID, cách nhau bằng dấu phẩy; " \
			 "SỐ@BẢN để chặn khi người khác vừa xử lý"        \
	}
#define ITEM                                                        \
	{                                                           \
		.name = "sheet", .kind = DESK_TEXT, .needed = true, \
		.words = "Số phiếu hoặc instanceID"           \
	}
#define CODE(must)                                                   \
	{                                                            \
		.name = "code", .kind = DESK_TEXT, .needed = (must), \
		.words = "Mã lý do trong danh mục"               \
	}
#define WHY	DESK_NEED("reason", DESK_LONG)
#define PERHAPS DESK_MAYBE("reason", DESK_LONG)

/* The statement that serves them all takes these in this order. */
#define ON_SHEETS .query = Q_REVIEW_ACT, .of = "response", .named = true

static const struct desk_act acts[] = {
	{ .name = "query",
	  .summary = "ask the agent or the post supervisor about sheets",
	  .summary_vi = "hỏi lại về phiếu",
	  ON_SHEETS,
	  .roles = POST | OFFICE,
	  .params = { ITEMS,
		      PERHAPS,
		      CODE(false),
		      { .name = "to",
			.kind = DESK_CHOICE,
			.words = "Hỏi ai",
			.choices = addressees } } },
	{ .name = "answer",
	  .summary = "answer a query: as on paper",
	  .summary_vi = "trả lời câu hỏi về phiếu",
	  ON_SHEETS,
	  .roles = POST,
	  .params = { ITEMS, WHY } },
	{ .name = "accept",
	  .summary = "accept sheets: they count",
	  .summary_vi = "chấp nhận phiếu",
	  ON_SHEETS,
	  .roles = POST | OFFICE,
	  .params = { ITEMS, PERHAPS } },
	{ .name = "reject",
	  .summary = "reject sheets for a reason of the list",
	  .summary_vi = "loại phiếu",
	  ON_SHEETS,
	  .roles = OFFICE,
	  .params = { ITEMS, PERHAPS, CODE(true) } },
	{ .name = "withdraw",
	  .summary = "the respondent withdrew his sheet",
	  .summary_vi = "ghi phiếu người trả lời rút lại",
	  ON_SHEETS,
	  .roles = OFFICE,
	  .params = { ITEMS, PERHAPS } },
	{ .name = "undo",
	  .summary = "take back the last query or decision",
	  .summary_vi = "hủy câu hỏi hoặc kết luận vừa ghi",
	  ON_SHEETS,
	  .roles = POST | OFFICE,
	  .params = { ITEMS, WHY } },
	{ .name = "require",
	  .summary = "open queries stand against closing the ledger",
	  .summary_vi = "còn câu hỏi thì chưa khóa được sổ phiếu",
	  .query = Q_REVIEW_REQUIRE,
	  .of = "wave",
	  .whole = true,
	  .roles = OFFICE,
	  .params = { { .name = "off",
			.kind = DESK_FLAG,
			.words = "bỏ quy định này" },
		      WHY } },
	{ .name = "reason",
	  .summary = "add a reason to a list",
	  .summary_vi = "thêm lý do vào danh mục",
	  .query = Q_REVIEW_REASON,
	  .of = "wave",
	  .whole = true,
	  .roles = OFFICE,
	  .params = { { .name = "for",
			.kind = DESK_CHOICE,
			.needed = true,
			.words = "Lý do để",
			.choices = reasons_for },
		      { .name = "code",
			.kind = DESK_TEXT,
			.needed = true,
			.words = "Mã: chữ, số, gạch nối" },
		      { .name = "v-code",
			.kind = DESK_TEXT,
			.words = "Mã V tương ứng (V01-V13)" },
		      { .name = "words",
			.kind = DESK_TEXT,
			.needed = true,
			.words = "Nội dung" },
		      { .name = "words-en",
			.kind = DESK_TEXT,
			.words = "Nội dung tiếng Anh" },
		      { .name = "basis",
			.kind = DESK_TEXT,
			.words = "Căn cứ; để trống: mẫu thử" },
		      WHY } },
};

#define WHOSE DESK_MAYBE("agent", DESK_AGENT), DESK_MAYBE("unit", DESK_UNIT)

static const struct desk_list lists[] = {
	{ .name = "list",
	  .summary = "submissions by status",
	  .summary_vi = "danh sách phiếu đã nộp",
	  .query = Q_REVIEW_LIST,
	  .roles = SEES,
	  .asks_who = true,
	  .params = { { .name = "status",
			.kind = DESK_CHOICE,
			.choices = statuses },
		      WHOSE,
		      DESK_MAYBE("group", DESK_GROUP),
		      { .name = "fault",
			.kind = DESK_TEXT,
			.words = "Mã lỗi (V01-V13)" },
		      { .name = "flag",
			.kind = DESK_TEXT,
			.words = "Lưu ý (Q01, late, overflow, files)" },
		      DESK_MAYBE("sheet", DESK_TEXT),
		      { .name = "from",
			.kind = DESK_NUMBER,
			.words = "Từ dòng" },
		      DESK_MAYBE("count", DESK_NUMBER) },
	  .heads = { "phiếu", "lần nộp", "trạng thái", "mẫu", "đối tượng",
		     "đơn vị", "điều tra viên", "lưu ý", "lỗi", "hỏi",
		     "nội dung hỏi", "ngày xử lý", "thay cho", "bản", NULL },
	  .right = 13,
	  .page = "sheet status group unit agent flags faults words "
		  "changed_on" },
	{ .name = "counts",
	  .summary = "how many of each status",
	  .summary_vi = "số phiếu theo trạng thái",
	  .query = Q_REVIEW_COUNTS,
	  .roles = SEES,
	  .asks_who = true,
	  .params = { WHOSE },
	  .heads = { "trạng thái", "số phiếu", NULL },
	  .right = 1 },
	{ .name = "queries",
	  .summary = "open queries: to whom, since when",
	  .summary_vi = "câu hỏi chưa xong",
	  .query = Q_REVIEW_QUERIES,
	  .roles = SEES,
	  .asks_who = true,
	  .params = { WHOSE,
		      { .name = "to",
			.kind = DESK_CHOICE,
			.words = "Hỏi ai",
			.choices = addressees },
		      { .name = "all",
			.kind = DESK_FLAG,
			.words = "cả câu đã xong" } },
	  .heads = { "số", "phiếu", "lần nộp", "trạng thái", "đơn vị",
		     "điều tra viên", "hỏi", "mã", "nội dung", "hỏi ngày",
		     "trả lời", "người trả lời", "trả lời ngày", "đã (ngày)",
		     "bản", NULL },
	  .right = 13,
	  .page = "query sheet status unit agent addressee words opened_on "
		  "answer days" },
	{ .name = "history",
	  .summary = "versions of a sheet and what was done with each",
	  .summary_vi = "các bản và lịch sử của một phiếu",
	  .query = Q_REVIEW_HISTORY,
	  .roles = SEES,
	  .asks_who = true,
	  .params = { ITEM },
	  .heads = { "lần nộp", "việc số", "ngày", "người", "vai trò", "việc",
		     "từ", "thành", "mã", "lý do", "thay cho", "khác (câu)",
		     "bản", NULL },
	  .right = 11 },
	{ .name = "show",
	  .summary = "one sheet as it stands, without its answers",
	  .summary_vi = "hiện trạng một phiếu",
	  .query = Q_REVIEW_SHOW,
	  .roles = SEES,
	  .asks_who = true,
	  .params = { ITEM },
	  .heads = { "phiếu", "instanceID", "gọi là", "trạng thái", "mẫu",
		     "đối tượng", "đơn vị", "điều tra viên", "lưu ý", "lỗi",
		     "hỏi", "nội dung hỏi", "ngày xử lý", "thay cho",
		     "làm được", "bản", NULL },
	  .right = 15,
	  .page = "sheet instance status agent flags faults words changed_on "
		  "replaces version" },
	{ .name = "reasons",
	  .summary = "reasons to choose from",
	  .summary_vi = "danh mục lý do",
	  .query = Q_REVIEW_REASONS,
	  .roles = SEES,
	  .heads = { "việc", "mã", "mã V", "nội dung", "tiếng Anh", "căn cứ",
		     "riêng đợt này", NULL },
	  .right = 7 },
	{ .name = "verify",
	  .summary = "what is not as history and log say; none: all is well",
	  .summary_vi = "đối chiếu với lịch sử và nhật ký",
	  .query = Q_REVIEW_VERIFY,
	  .roles = SEES,
	  .heads = { "việc số", "sai lệch", NULL },
	  .right = 2 },
};

const struct desk desk_review = {
	.name = "review",
	.title_vi = "Xem lại phiếu",
	.acts = acts,
	.n_acts = sizeof acts / sizeof acts[0],
	.lists = lists,
	.n_lists = sizeof lists / sizeof lists[0],
	.key = "sheet",
	.one = "show",
	.history = "history",
	.words = words,
};

/* Not among the lists: each look is an act, logged and asked for by a post. */
#define REASON_OF DESK_NEED("reason", DESK_LONG)
const struct desk_list review_open = {
	.name = "open",
	.summary = "open a sheet: its answers; who and why stands in the log",
	.summary_vi = "mở xem nội dung một phiếu",
	.query = Q_REVIEW_OPEN,
	.roles = POST | OFFICE,
	.asks_who = true,
	.params = { ITEM, REASON_OF },
	.heads = { "đơn vị", "câu", "nội dung câu", "trả lời", "nghĩa", NULL },
	.right = 5
};
const struct desk_list review_diff = {
	.name = "diff",
	.summary = "what differs from the version before; logged",
	.summary_vi = "so hai bản của một phiếu",
	.query = Q_REVIEW_DIFF,
	.roles = POST | OFFICE,
	.asks_who = true,
	.params = { ITEM,
		    REASON_OF,
		    { .name = "with",
		      .kind = DESK_TEXT,
		      .words = "instanceID của bản kia" } },
	.heads = { "đơn vị", "câu", "nội dung câu", "bản trước", "bản sau",
		   NULL },
	.right = 5
};
