#include "phieu/page_field.h"

#include <string.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct field_words words[] = {
	{ "unit", "Đơn vị", FIELD_UNIT, true },
	{ "criterion", "Tiêu chí", FIELD_NODE, true },
	{ "office", "Cơ quan thẩm định", FIELD_OFFICE, true },
	{ "version", "", FIELD_HIDDEN, true },
	{ "request", "Đề nghị số", FIELD_NUMBER, true },
	{ "deduction", "Lần trừ điểm số", FIELD_NUMBER, true },
	{ "result", "Kết quả số", FIELD_NUMBER, true },
	{ "inspection", "Đợt kiểm tra số", FIELD_NUMBER, true },
	{ "finding", "Phát hiện số", FIELD_NUMBER, true },
	{ "measure", "Kiến nghị số", FIELD_NUMBER, true },
	{ "item", "Mục của đề cương", FIELD_TEXT, true },
	{ "target", "Mã chỉ tiêu", FIELD_TEXT, true },
	{ "discipline", "Kỷ luật số", FIELD_NUMBER, true },
	{ "person", "Cá nhân số", FIELD_NUMBER, true },
	{ "list", "Danh sách số", FIELD_NUMBER, true },
	{ "task", "Nhiệm vụ", FIELD_TEXT, true },
	{ "index", "Chỉ số", FIELD_CHOICE, false },
	{ "year", "Năm", FIELD_NUMBER, false },
	{ "step", "Bước", FIELD_STEP, false },
	{ "state", "Trạng thái", FIELD_CHOICE, false },
	{ "until", "Mở đến hết ngày", FIELD_DAY, false },
	{ "close", "Đóng bước này", FIELD_FLAG, false },
	{ "title", "Tên", FIELD_TEXT, false },
	{ "number", "Số kết luận", FIELD_TEXT, false },
	{ "from", "Từ ngày", FIELD_DAY, false },
	{ "to", "Đến ngày", FIELD_DAY, false },
	{ "on", "Ngày", FIELD_DAY, false },
	{ "form", "Hình thức", FIELD_CHOICE, false },
	{ "decision", "Quyết định công bố (số, ngày)", FIELD_TEXT, false },
	{ "meeting", "Cuộc họp Hội đồng số", FIELD_NUMBER, false },
	{ "verdict", "Đánh giá", FIELD_CHOICE, false },
	{ "points", "Điểm", FIELD_NUMBER, false },
	{ "rank", "Hạng", FIELD_NUMBER, false },
	{ "among", "Trên tổng số", FIELD_NUMBER, false },
	{ "value", "Giá trị đã công bố", FIELD_NUMBER, false },
	{ "na", "Tiêu chí không áp dụng cho đơn vị", FIELD_FLAG, false },
	{ "reason", "Lý do", FIELD_LONG, false },
	{ "text", "Nội dung", FIELD_LONG, false },
	{ "what", "Kỷ luật", FIELD_LONG, false },
	{ "strengths", "Ưu điểm", FIELD_LONG, false },
	{ "causes", "Nguyên nhân của hạn chế", FIELD_LONG, false },
	{ "evidence", "Minh chứng đã khắc phục", FIELD_LONG, false },
	{ "lead", "Chủ trì", FIELD_LEAD, false },
	{ "with", "Phối hợp, cách nhau bằng dấu chấm phẩy", FIELD_TEXT, false },
	{ "responsible", "Người chịu trách nhiệm", FIELD_TEXT, false },
	{ "gain", "Điểm dự kiến tăng", FIELD_NUMBER, false },
	{ "due", "Hạn trả lời", FIELD_DAY, false },
	{ "days", "Báo cáo mỗi bao nhiêu ngày", FIELD_NUMBER, false },
	{ "next", "Mã kỳ đánh giá tiếp theo", FIELD_TEXT, false },
	{ "held", "Ngày", FIELD_DAY, false },
	{ "day", "Ngày", FIELD_DAY, false },
	{ "team", "Thành phần đoàn", FIELD_TEXT, false },
	{ "found", "Kết quả kiểm tra", FIELD_LONG, false },
	{ "body", "Hội đồng hay Tổ Thư ký", FIELD_CHOICE, false },
	{ "name", "Họ và tên", FIELD_TEXT, false },
	{ "position", "Chức danh (để trống: thôi là thành viên)", FIELD_TEXT,
	  false },
	{ "merit", "Thành tích", FIELD_LONG, false },
	{ "basis", "Căn cứ (quyết định)", FIELD_TEXT, false },
	{ "present", "Người dự, cách nhau bằng dấu chấm phẩy", FIELD_LONG,
	  false },
	{ "minutes", "Nội dung biên bản", FIELD_LONG, false },
	{ "document", "Văn bản (số, ngày)", FIELD_TEXT, false },
	{ "source", "Nguồn", FIELD_TEXT, false },
	{ "note", "Ghi chú", FIELD_TEXT, false },
	{ "outcome", "Trả lời", FIELD_CHOICE, false },
};

/* Where the same parameter means another thing. */
static const struct {
	const char *act, *name, *label;
	enum field_kind kind;
} others[] = {
	{ "inspect schedule", "team", "Đoàn kiểm tra", FIELD_TEAM },
	{ "inspect schedule", "reason",
	  "Lý do (khi đổi ngày đã báo, hoặc ngoài quý của kế hoạch)",
	  FIELD_LONG },
	{ "inspect documents", "on", "Ngày nhận hồ sơ", FIELD_DAY },
	{ "inspect documents", "text", "Ghi chú", FIELD_LONG },
	{ "inspect start", "on", "Ngày bắt đầu", FIELD_DAY },
	{ "inspect answer", "text", "Nhận xét", FIELD_LONG },
	{ "inspect finding", "text", "Tồn tại, hạn chế", FIELD_LONG },
	{ "inspect finding", "due", "Hạn khắc phục", FIELD_DAY },
	{ "inspect finding", "criterion", "Tiêu chí có liên quan", FIELD_NODE },
	{ "inspect extend", "due", "Hạn khắc phục mới", FIELD_DAY },
	{ "inspect remedied", "text", "Đã khắc phục thế nào", FIELD_LONG },
	{ "inspect verify", "on", "Ngày đã khắc phục", FIELD_DAY },
	{ "inspect conclude", "on", "Ngày ký kết luận", FIELD_DAY },
	{ "inspect conclude", "text", "Kết luận", FIELD_LONG },
	{ "inspect recommend", "to", "Nơi nhận kiến nghị", FIELD_TEXT },
	{ "inspect recommend", "text", "Kiến nghị", FIELD_LONG },
	{ "inspect recommend", "due", "Hạn thực hiện", FIELD_DAY },
	{ "inspect measure", "text", "Kết quả", FIELD_LONG },
	{ "improve plan", "title", "Tên kế hoạch", FIELD_TEXT },
	{ "improve plan", "basis", "Số, ngày của kế hoạch", FIELD_TEXT },
	{ "improve add", "text", "Nhiệm vụ", FIELD_LONG },
	{ "improve add", "due", "Hạn hoàn thành", FIELD_DAY },
	{ "improve add", "criterion", "Tiêu chí (để trống: tổng điểm)",
	  FIELD_NODE },
	{ "improve add", "unit", "Đơn vị (để trống: tất cả)", FIELD_UNIT },
	{ "improve change", "text", "Nhiệm vụ", FIELD_LONG },
	{ "improve change", "due", "Hạn hoàn thành", FIELD_DAY },
	{ "improve report", "text", "Tiến độ, kết quả", FIELD_LONG },
	{ "improve report", "office", "Cơ quan chủ trì báo cáo", FIELD_OFFICE },
	{ "improve report", "unit", "Hoặc đơn vị chủ trì báo cáo", FIELD_UNIT },
	{ "target record", "value", "Số đo", FIELD_NUMBER },
	{ "target record", "day", "Ngày của số đo", FIELD_DAY },
	{ "target record", "reason", "Lý do (khi đính chính)", FIELD_LONG },
	{ "series put", "reason", "Lý do (khi đính chính)", FIELD_LONG },
	{ "discipline add", "day", "Ngày quyết định", FIELD_DAY },
	{ "reward name", "position", "Chức vụ", FIELD_TEXT },
	{ "reward name", "decision", "Văn bản đề nghị", FIELD_TEXT },
	{ "reward name-province", "position", "Chức vụ", FIELD_TEXT },
	{ "reward name-province", "decision", "Văn bản đề nghị", FIELD_TEXT },
	{ "reward decide", "decision", "Quyết định khen thưởng", FIELD_TEXT },
	{ "reward decide", "day", "Ngày quyết định", FIELD_DAY },
};

static const struct {
	const char *act; /* NULL: any */
	const char *name;
	struct field_choice of;
} choices[] = {
	{ NULL, "body", { "council", "Hội đồng thẩm định" } },
	{ NULL, "body", { "secretariat", "Tổ Thư ký" } },
	{ "round task", "state", { "open", "chưa làm" } },
	{ "round task", "state", { "doing", "đang làm" } },
	{ "round task", "state", { "done", "xong" } },
	{ "improve report", "state", { "doing", "đang làm" } },
	{ "improve report", "state", { "done", "xong" } },
	{ "inspect measure", "state", { "accepted", "đã tiếp thu" } },
	{ "inspect measure", "state", { "done", "đã thực hiện" } },
	{ "inspect measure", "state", { "refused", "không chấp nhận" } },
	{ NULL, "outcome", { "granted", "chấp thuận" } },
	{ NULL, "outcome", { "refused", "không chấp thuận" } },
	{ NULL, "outcome", { "answered", "đã trả lời" } },
	{ NULL, "form", { "dossiers", "qua hồ sơ, báo cáo" } },
	{ NULL, "form", { "on-site", "trực tiếp tại đơn vị" } },
	{ NULL, "verdict", { "done", "đã thực hiện" } },
	{ NULL, "verdict", { "partly", "thực hiện một phần" } },
	{ NULL, "verdict", { "not-done", "chưa thực hiện" } },
	{ NULL, "verdict", { "none", "không phát sinh" } },
	{ NULL, "index", { "PAR INDEX", "PAR INDEX" } },
	{ NULL, "index", { "SIPAS", "SIPAS" } },
	{ NULL, "index", { "PAPI", "PAPI" } },
	{ NULL, "index", { "PCI", "PCI" } },
};

size_t page_field_places(void)
{
	return N(words);
}

size_t page_field_place(const char *name)
{
	size_t i = 0;

	while (i < N(words) && strcmp(words[i].name, name) != 0)
		i++;
	return i;
}

struct field_words page_field(const char *act, const char *name)
{
	size_t at = page_field_place(name);
	struct field_words w = { name, name, FIELD_TEXT, false };

	if (at < N(words))
		w = words[at];
	for (size_t i = 0; i < N(others); i++)
		if (strcmp(others[i].act, act) == 0 &&
		    strcmp(others[i].name, name) == 0) {
			w.label = others[i].label;
			w.kind = others[i].kind;
		}
	return w;
}

const struct field_choice *page_choice(const char *act, const char *name,
				       size_t at)
{
	for (size_t i = 0; i < N(choices); i++)
		if (strcmp(choices[i].name, name) == 0 &&
		    (!choices[i].act || strcmp(choices[i].act, act) == 0) &&
		    at-- == 0)
			return &choices[i].of;
	return NULL;
}
