/* Acts of the calendar and of publication.  On the command line they are
 * `phieu round task|step|publish|results ROUND …`, with the same options. */
#include "acts_parts.h"

static const struct act acts[] = {
	{ "round task",
	  "say that a task is begun or done",
	  "đã ghi trạng thái nhiệm vụ",
	  Q_ACT_ROUND_TASK,
	  OFFICE,
	  ACT_ANYBODY,
	  { NEED("task"), NEED("state"), MAYBE("note"), MAYBE("version") } },
	{ "round step",
	  "open or close a step against the calendar",
	  "đã mở hoặc đóng bước",
	  Q_ACT_ROUND_STEP,
	  OFFICE,
	  ACT_ANYBODY,
	  { NEED("step"), NEED("reason"), MAYBE("until"), FLAG("close") } },
	{ "round publish",
	  "publish a result; a correction supersedes",
	  "đã công bố, lần",
	  Q_ACT_ROUND_PUBLISH,
	  COUNCIL,
	  ACT_ANYBODY,
	  { NEED("result"), NEED("decision"), NEED("reason") } },
};

static const struct act_list lists[] = {
	{ "round results",
	  "computed results and their publications",
	  "kết quả đã tính và đã công bố",
	  Q_RESULT_LIST,
	  MAKERS,
	  ACT_ANYBODY,
	  { { NULL, ACT_OPTIONAL, false } },
	  { "số", "lúc", "người", "đủ", "SHA-256", "công bố", "loại",
	    "quyết định", "lý do" } },
};

const struct act_set acts_round = { acts, sizeof acts / sizeof acts[0], lists,
				    sizeof lists / sizeof lists[0], true };
