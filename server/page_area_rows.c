#include "phieu/page_area.h"

#include <string.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* ---- inspections ----------------------------------------------------------
 */

static const struct area_list inspect_lists[] = {
	{ "inspect late", "Trễ hạn, của ai",
	  "inspection unit what due days_late whose", NULL },
	{ "inspect list", "Kế hoạch kiểm tra",
	  "inspection unit quarters form team state first_day last_day "
	  "documents_due documents_late answered findings overdue conclusion",
	  NULL },
	{ "inspect checklist", "Đề cương báo cáo, nhận xét từng mục",
	  "item part title asks verdict content", "inspection" },
	{ "inspect findings", "Phát hiện qua kiểm tra",
	  "finding inspection unit criterion content due state days_late "
	  "responsible answer evidence",
	  NULL },
	{ "inspect measures", "Kiến nghị xử lý",
	  "measure inspection unit finding addressee content due state outcome",
	  NULL },
	{ "inspect teams", "Đoàn kiểm tra", NULL, NULL },
};

#define RUNS "running"
#define OPEN "open overdue answered"
static const struct area_act inspect_acts[] = {
	{ "inspect schedule", "Ghi ngày, đoàn", "inspect list", "inspection",
	  "from=first_day to=last_day form team version", "planned scheduled",
	  NULL },
	{ "inspect documents", "Ghi nhận hồ sơ", "inspect list", "inspection",
	  "on=documents_on version", "scheduled running", NULL },
	{ "inspect start", "Bắt đầu", "inspect list", "inspection", "version",
	  "scheduled", NULL },
	{ "inspect finding", "Ghi phát hiện", "inspect list", "inspection", "",
	  RUNS, NULL },
	{ "inspect draft", "Dự thảo kết luận", "inspect list", "inspection",
	  "version", RUNS, NULL },
	{ "inspect conclude", "Kết luận", "inspect list", "inspection",
	  "version", RUNS, NULL },
	{ "inspect recommend", "Kiến nghị", "inspect list", "inspection", "",
	  "running concluded", NULL },
	{ "inspect cancel", "Hủy đợt", "inspect list", "inspection", "version",
	  "planned scheduled running", NULL },
	{ "inspect answer", "Ghi nhận xét", "inspect checklist",
	  "inspection item", "verdict text=content version", RUNS, NULL },
	{ "inspect remedied", "Báo đã khắc phục", "inspect findings", "finding",
	  "unit text=answer version", OPEN, NULL },
	{ "inspect verify", "Xác nhận khắc phục", "inspect findings", "finding",
	  "version", OPEN, NULL },
	{ "inspect return", "Trả lại đơn vị", "inspect findings", "finding",
	  "version", "answered", NULL },
	{ "inspect extend", "Gia hạn", "inspect findings", "finding",
	  "due version", OPEN, NULL },
	{ "inspect withdraw", "Rút phát hiện", "inspect findings", "finding",
	  "version", OPEN, NULL },
	{ "inspect measure", "Ghi kết quả", "inspect measures", "measure",
	  "text=outcome version", "recommended accepted", NULL },
};

/* ---- improvement ----------------------------------------------------------
 */

static const struct area_list improve_lists[] = {
	{ "improve head", "Kế hoạch", NULL, NULL },
	{ "improve late", "Trễ hạn, của ai",
	  "task lead unit criterion content due late report_due report_late",
	  NULL },
	{ "improve list", "Nhiệm vụ",
	  "task lead unit criterion content cooperating due state lost gain "
	  "reported",
	  NULL },
	{ "improve agencies", "Theo cơ quan chủ trì",
	  "lead tasks planned doing overdue done cancelled gain", NULL },
	{ "improve reports", "Báo cáo tiến độ", NULL, NULL },
	{ "improve gained", "Kết quả kỳ sau",
	  "task lead unit criterion content gain points next_points change "
	  "outcome",
	  NULL },
	{ "improve untasked", "Điểm bị mất chưa có nhiệm vụ", NULL, NULL },
	{ "improve lost", "Điểm bị mất", NULL, NULL },
};

#define DOING "planned doing overdue"
static const struct area_act improve_acts[] = {
	{ "improve plan", "Đặt tên, sửa kế hoạch", "improve head", "",
	  "title basis days next version", NULL, NULL },
	{ "improve plan", "Đặt tên, sửa kế hoạch", NULL, "", "", NULL, NULL },
	{ "improve add", "Giao nhiệm vụ", "improve lost", "unit criterion",
	  "gain=lost", NULL, NULL },
	{ "improve add", "Giao nhiệm vụ", "improve untasked", "unit criterion",
	  "gain=lost", NULL, NULL },
	{ "improve add", "Giao một nhiệm vụ", NULL, "", "", NULL, NULL },
	{ "improve report", "Báo cáo", "improve list", "task", "version", DOING,
	  NULL },
	{ "improve change", "Sửa", "improve list", "task",
	  "text=content lead with=cooperating due gain version", DOING, NULL },
	{ "improve cancel", "Hủy", "improve list", "task", "version", DOING,
	  NULL },
	{ "improve reopen", "Mở lại", "improve list", "task", "version",
	  "done cancelled", NULL },
};

/* ---- the year -------------------------------------------------------------
 */

static const struct area_list year_lists[] = {
	{ "target list", "Chỉ tiêu của năm",
	  "target words lead deadline wanted unit measured state source day "
	  "reason",
	  NULL },
	{ "target history", "Các số đo đã ghi", NULL, NULL },
	{ "series list", "Các chỉ số của tỉnh", NULL, NULL },
};

static const struct area_act year_acts[] = {
	{ "target record", "Ghi số đo", "target list", "target", "version",
	  NULL, NULL },
	{ "series put", "Đính chính", "series list", "index year",
	  "points rank among source version", NULL, NULL },
	{ "series put", "Ghi một chỉ số của tỉnh", NULL, "", "", NULL, NULL },
};

/* ---- commendation ---------------------------------------------------------
 */

static const struct area_list reward_lists[] = {
	{ "reward history", "Các danh sách", NULL, NULL },
	{ "reward list", "Tập thể của danh sách",
	  "title block rank unit points grade state reason", NULL },
	{ "reward persons", "Cá nhân được đề nghị",
	  "person unit name position merit decision state title reason", NULL },
	{ "discipline list", "Kỷ luật của các đơn vị", NULL, NULL },
};

static const struct area_act reward_acts[] = {
	{ "reward make", "Lập danh sách khen thưởng", NULL, "", "", NULL,
	  NULL },
	{ "reward decide", "Ghi quyết định", "reward history", "list", "",
	  "draft", "outdated" },
	{ "reward name", "Đề nghị khen thưởng một cá nhân của đơn vị", NULL, "",
	  "", NULL, NULL },
	{ "reward name-province", "Đề nghị một cá nhân tham mưu chung của tỉnh",
	  NULL, "", "", NULL, NULL },
	{ "reward withdraw", "Rút tên", "reward persons", "person", "unit",
	  "named listed kept-out", NULL },
	{ "discipline add", "Ghi kỷ luật của một đơn vị", NULL, "", "", NULL,
	  NULL },
	{ "discipline lift", "Gỡ", "discipline list", "discipline", "", NULL,
	  "lifted" },
};

#define AREA(x) x##_lists, N(x##_lists), x##_acts, N(x##_acts)
const struct area areas[AREAS] = {
	{ "inspect", "Kiểm tra cải cách hành chính", AREA(inspect) },
	{ "improve", "Kế hoạch nâng cao chỉ số", AREA(improve) },
	{ "year", "Chỉ tiêu năm, chỉ số của tỉnh", AREA(year) },
	{ "reward", "Khen thưởng", AREA(reward) },
};

const struct area *area_find(const char *name)
{
	for (size_t i = 0; i < AREAS; i++)
		if (strcmp(areas[i].name, name) == 0)
			return &areas[i];
	return NULL;
}

const struct area_act *area_act_find(const char *act, const struct area **in)
{
	for (size_t i = 0; i < AREAS; i++)
		for (size_t k = 0; k < areas[i].n_acts; k++)
			if (strcmp(areas[i].acts[k].name, act) == 0) {
				if (in)
					*in = &areas[i];
				return &areas[i].acts[k];
			}
	return NULL;
}

const struct area_list *area_list_find(const char *list)
{
	for (size_t i = 0; i < AREAS; i++)
		for (size_t k = 0; k < areas[i].n_lists; k++)
			if (strcmp(areas[i].lists[k].name, list) == 0)
				return &areas[i].lists[k];
	return NULL;
}

bool area_word(const char **at, char *out, size_t size)
{
	size_t n, kept;

	*at += strspn(*at, " ");
	n = strcspn(*at, " ");
	kept = n < size ? n : size - 1;
	memcpy(out, *at, kept);
	out[kept] = '\0';
	*at += n;
	return n > 0;
}

bool area_has(const char *words, const char *word)
{
	char one[64];

	while (words && area_word(&words, one, sizeof one))
		if (strcmp(one, word) == 0)
			return true;
	return false;
}

/* ---- words ----------------------------------------------------------------
 */

static const struct {
	const char *list; /* what its name begins with; NULL: any */
	const char *word, *vi;
} words[] = {
	{ "inspect", "planned", "dự kiến" },
	{ NULL, "planned", "chưa làm" },
	{ NULL, "scheduled", "đã báo ngày" },
	{ NULL, "running", "đang kiểm tra" },
	{ NULL, "concluded", "đã kết luận" },
	{ NULL, "cancelled", "đã hủy" },
	{ NULL, "dossiers", "qua hồ sơ, báo cáo" },
	{ NULL, "on-site", "trực tiếp" },
	{ "inspect", "done", "đã thực hiện" },
	{ NULL, "partly", "một phần" },
	{ NULL, "not-done", "chưa thực hiện" },
	{ NULL, "none", "không phát sinh" },
	{ NULL, "open", "chưa khắc phục" },
	{ NULL, "overdue", "QUÁ HẠN" },
	{ NULL, "answered", "đơn vị báo xong, chờ xác nhận" },
	{ NULL, "remedied", "đã khắc phục" },
	{ NULL, "withdrawn", "đã rút" },
	{ NULL, "recommended", "đã kiến nghị" },
	{ NULL, "accepted", "đã tiếp thu" },
	{ NULL, "refused", "không chấp nhận" },
	{ NULL, "doing", "đang làm" },
	{ NULL, "done", "xong" },
	{ NULL, "pending", "chưa công bố" },
	{ NULL, "gone", "không còn tiêu chí" },
	{ NULL, "changed", "tiêu chí đã thay đổi" },
	{ NULL, "gained", "đạt" },
	{ NULL, "not", "không tăng" },
	{ NULL, "met", "đạt" },
	{ NULL, "not-met", "KHÔNG ĐẠT" },
	{ NULL, "not-measured", "chưa đo" },
	{ NULL, "draft", "dự thảo" },
	{ NULL, "decided", "đã quyết định" },
	{ NULL, "listed", "trong danh sách" },
	{ NULL, "kept-out", "không được khen" },
	{ NULL, "named", "đã đề nghị" },
	{ NULL, "true", "mẫu thử" },
	{ NULL, "false", "" },
};

const char *area_words(const char *list, const char *column, const char *s)
{
	/* an outcome of a measure is what somebody wrote */
	if (area_look(column) != LOOK_WORD ||
	    (strcmp(column, "outcome") == 0 &&
	     strcmp(list, "improve gained") != 0))
		return s;
	for (size_t i = 0; i < N(words); i++)
		if (strcmp(words[i].word, s) == 0 &&
		    (!words[i].list ||
		     strncmp(words[i].list, list, strlen(words[i].list)) == 0))
			return words[i].vi;
	return s;
}

enum area_look area_look(const char *column)
{
	static const struct {
		enum area_look look;
		const char *columns;
	} looks[] = {
		{ LOOK_WORD, "state form verdict outcome trial" },
		{ LOOK_WHO, "lead unit said_for" },
		{ LOOK_LONG, "content what title words reason answer evidence "
			     "asks merit source lifted outdated addressee" },
		{ LOOK_DAY, "due first_day last_day documents_due documents_on "
			    "concluded_on remedied_on reported report_due "
			    "deadline day at" },
		{ LOOK_WHOLE,
		  "days_late documents_late findings overdue late report_late "
		  "tasks planned doing done cancelled rank among rules release "
		  "result days" },
		{ LOOK_POINTS, "maximum points lost gain next_points change" },
	};

	for (size_t i = 0; i < N(looks); i++)
		if (area_has(looks[i].columns, column))
			return looks[i].look;
	return LOOK_TEXT;
}
