/* What a ledger tells.  Nobody finds persons here, and no times: days. */
#include <string.h>

#include "act_params.h"
#include "phieu/ledger.h"
#include "phieu/store_people.h"

/* Who sees numbers of sheets; who only follows how far it is. */
#define SHEETS                                                     \
	(ROLE_BIT(ROLE_POST_SUPERVISOR) | ROLE_BIT(ROLE_ANALYST) | \
	 ROLE_BIT(ROLE_SUPERVISOR) | ROLE_BIT(ROLE_AUDITOR))
#define WATCHES \
	(SHEETS | ROLE_BIT(ROLE_ADMINISTRATOR) | ROLE_BIT(ROLE_SECRETARIAT))

const struct ledger_list ledger_lists[] = {
	{ "balance",
	  "issued and what became of it; by total, form, group, unit, area, "
	  "office, agent or cell",
	  "bảng cân đối phiếu",
	  Q_LEDGER_BALANCE,
	  WATCHES,
	  { MAYBE("by"), MAYBE("agent"), MAYBE("area") },
	  { "mã",	   "tên",     "kế hoạch", "đánh số",	  "bỏ",
	    "chưa giao",   "đã giao", "thu về",	  "từ chối",	  "không gặp",
	    "(chuyển đi)", "mất",     "hủy",	  "(có số thay)", "còn ngoài",
	    "đã nhập",	   "hợp lệ",  "không HL", "lệch KH",	  NULL },
	  2 },
	{ "open",
	  "what stands against closing",
	  "những mục còn mở, chưa khóa sổ được",
	  Q_LEDGER_OPEN,
	  SHEETS,
	  { { NULL, ACT_OPTIONAL, false } },
	  { "loại", "phiếu", "trạng thái", "đối tượng", "đơn vị",
	    "điều tra viên", "từ ngày", NULL },
	  7 },
	{ "sheets",
	  "every planned slot, also those never started",
	  "danh sách phiếu",
	  Q_LEDGER_SHEETS,
	  SHEETS,
	  { MAYBE("agent"), MAYBE("status"), MAYBE("group"), MAYBE("unit"),
	    MAYBE("area") },
	  { "phiếu", "mẫu", "đối tượng", "đơn vị", "đơn vị nay", "chỗ",
	    "điều tra viên", "bưu cục", "bước", "kết cục", "trạng thái", "mã",
	    "thay bằng", "ngày", "bản", NULL },
	  15 },
	{ "history",
	  "every move: who, which day, from, to, why",
	  "lịch sử từng phiếu",
	  Q_LEDGER_HISTORY,
	  SHEETS,
	  { MAYBE("sheet") },
	  { "việc số", "ngày", "người", "vai trò", "việc", "phiếu", "từ",
	    "thành", "ĐTV trước", "ĐTV sau", "đơn vị trước", "đơn vị sau", "mã",
	    "lý do", NULL },
	  14 },
	{ "events",
	  "acts on the ledger, the last first",
	  "các việc đã làm với sổ phiếu",
	  Q_LEDGER_EVENTS,
	  SHEETS,
	  { { NULL, ACT_OPTIONAL, false } },
	  { "số", "ngày", "người", "vai trò", "việc", "điều tra viên",
	    "biên bản", "phiếu", "lý do", "chi tiết", NULL },
	  10 },
	{ "paper",
	  "the sheets of a hand-over record, by its number",
	  "phiếu của một biên bản bàn giao",
	  Q_LEDGER_PAPER,
	  SHEETS,
	  { { "number", ACT_REQUIRED, false } },
	  { "biên bản", "việc", "ngày", "người giao", "mã ĐTV", "điều tra viên",
	    "bưu cục", "lý do", "phiếu", "mẫu", "tên mẫu", "đối tượng",
	    "đơn vị", NULL },
	  13 },
	{ "verify",
	  "what is not as the history and the log say; none: all is well",
	  "đối chiếu sổ phiếu với lịch sử và nhật ký",
	  Q_LEDGER_VERIFY,
	  SHEETS,
	  { { NULL, ACT_OPTIONAL, false } },
	  { "việc số", "sai lệch", NULL },
	  2 },
};
const size_t ledger_lists_n = sizeof ledger_lists / sizeof ledger_lists[0];

const struct ledger_list *ledger_list_find(const char *name)
{
	for (size_t i = 0; i < ledger_lists_n; i++)
		if (strcmp(ledger_lists[i].name, name) == 0)
			return &ledger_lists[i];
	return NULL;
}

size_t ledger_list_params(const struct ledger_list *l)
{
	size_t n = 0;

	while (n < ACT_PARAMS_MAX && l->params[n].name)
		n++;
	return n;
}
