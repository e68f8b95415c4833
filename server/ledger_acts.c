/* What people do with a wave's ledger.  A new act on sheets is a row here and
 * rows of field.sheet_rule; who may is said there, and tests hold `roles`
 * here to it. */
#include <string.h>

#include "phieu/ledger.h"
#include "phieu/store_people.h"

#define POST   ROLE_BIT(ROLE_POST_SUPERVISOR)
#define OFFICE ROLE_BIT(ROLE_ANALYST)

#define NEED(n)                        \
	{                              \
		n, ACT_REQUIRED, false \
	}
#define MAYBE(n)                       \
	{                              \
		n, ACT_OPTIONAL, false \
	}
#define FLAG(n)                       \
	{                             \
		n, ACT_OPTIONAL, true \
	}

const struct ledger_act ledger_acts[] = {
	{ "plan",
	  "number a sheet for every planned slot; again: fit to the quotas",
	  "lập sổ phiếu, đánh số theo chỉ tiêu",
	  Q_LEDGER_PLAN,
	  false,
	  OFFICE,
	  { MAYBE("reason") } },
	{ "issue",
	  "hand sheets over to an agent",
	  "giao phiếu cho điều tra viên",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("agent"), MAYBE("sheets"), MAYBE("group"), MAYBE("unit"),
	    MAYBE("count"), MAYBE("version") } },
	{ "return",
	  "take unused sheets back",
	  "thu lại phiếu chưa dùng",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("sheets"), MAYBE("reason"), MAYBE("version") } },
	{ "transfer",
	  "give sheets from one agent to another",
	  "chuyển phiếu sang điều tra viên khác",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("sheets"), NEED("agent"), NEED("reason"), MAYBE("version") } },
	{ "leave",
	  "left with a respondent",
	  "đã để lại cho người trả lời",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("sheets"), MAYBE("reason"), MAYBE("version") } },
	{ "collect",
	  "collected, filled in",
	  "đã thu về",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("sheets"), MAYBE("reason"), MAYBE("version") } },
	{ "refuse",
	  "the respondent refused",
	  "người trả lời từ chối",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("sheets"), MAYBE("reason"), MAYBE("version") } },
	{ "miss",
	  "the respondent was not met",
	  "không gặp được người trả lời",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("sheets"), MAYBE("reason"), MAYBE("version") } },
	{ "move",
	  "the respondent has moved away",
	  "người trả lời đã chuyển đi",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("sheets"), MAYBE("reason"), MAYBE("version") } },
	{ "lose",
	  "the sheet is lost",
	  "phiếu bị mất",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("sheets"), NEED("reason"), MAYBE("version") } },
	{ "cancel",
	  "the sheet is spoiled or not wanted any more",
	  "hủy phiếu",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("sheets"), NEED("reason"), MAYBE("version") } },
	{ "restore",
	  "take back what was said of a sheet: it is with its agent again",
	  "khôi phục phiếu về tay điều tra viên",
	  Q_LEDGER_ACT,
	  true,
	  POST,
	  { NEED("sheets"), NEED("reason"), MAYBE("version") } },
	{ "check",
	  "checked against the paper",
	  "đã kiểm tra",
	  Q_LEDGER_ACT,
	  true,
	  POST | OFFICE,
	  { NEED("sheets"), MAYBE("reason"), MAYBE("version") } },
	{ "unlock",
	  "open a locked sheet again, after a reopening",
	  "mở khóa phiếu",
	  Q_LEDGER_ACT,
	  true,
	  OFFICE,
	  { NEED("sheets"), NEED("reason"), MAYBE("version") } },
	{ "replace",
	  "another number in place of a spoiled or lost sheet",
	  "thay phiếu hỏng bằng số mới",
	  Q_LEDGER_REPLACE,
	  false,
	  POST,
	  { NEED("sheet"), NEED("reason"), MAYBE("version") } },
	{ "amend",
	  "change a quota in mid-wave; the old one stays",
	  "điều chỉnh chỉ tiêu giữa đợt",
	  Q_LEDGER_AMEND,
	  false,
	  OFFICE,
	  { NEED("group"), MAYBE("unit"), NEED("planned"), NEED("reason") } },
	{ "merge",
	  "sheets and quota of a merged unit follow it",
	  "chuyển phiếu của đơn vị sáp nhập",
	  Q_LEDGER_MERGE,
	  false,
	  OFFICE,
	  { NEED("unit"), NEED("reason") } },
	{ "close",
	  "close the ledger when it balances, or say why not",
	  "khóa sổ phiếu khi đã cân",
	  Q_LEDGER_CLOSE,
	  false,
	  OFFICE,
	  { MAYBE("reason"), FLAG("override") } },
	{ "reopen",
	  "open a closed ledger again, for late sheets",
	  "mở lại sổ phiếu cho phiếu về muộn",
	  Q_LEDGER_REOPEN,
	  false,
	  OFFICE,
	  { NEED("reason") } },
};
const size_t ledger_acts_n = sizeof ledger_acts / sizeof ledger_acts[0];

const struct ledger_act *ledger_act_find(const char *name)
{
	for (size_t i = 0; i < ledger_acts_n; i++)
		if (strcmp(ledger_acts[i].name, name) == 0)
			return &ledger_acts[i];
	return NULL;
}

size_t ledger_act_params(const struct ledger_act *a)
{
	size_t n = 0;

	while (n < ACT_PARAMS_MAX && a->params[n].name)
		n++;
	return n;
}
