/* Acts and lists of self-assessments.  Points themselves, workbooks and files
 * are not acts: `phieu self`, and routes of their own. */
#include "acts_parts.h"

static const struct act acts[] = {
	{ "self submit",
	  "hand a self-assessment in",
	  "đã nộp bản tự đánh giá",
	  Q_ACT_SELF_SUBMIT,
	  UNITS,
	  ACT_OWN_UNIT,
	  { NEED("unit"), MAYBE("version") } },
	{ "self reopen",
	  "let a unit change what it handed in",
	  "đã mở lại bản tự đánh giá",
	  Q_ACT_SELF_REOPEN,
	  OFFICE,
	  ACT_ANYBODY,
	  { NEED("unit"), NEED("reason"), MAYBE("version") } },
	{ "self explanation",
	  "the unit's explanation report as text",
	  "đã ghi báo cáo giải trình",
	  Q_ACT_SELF_EXPLANATION,
	  UNITS,
	  ACT_OWN_UNIT,
	  { NEED("unit"), NEED("text"), MAYBE("version") } },
};

static const struct act_list lists[] = {
	{ "self list",
	  "how far each unit's self-assessment is",
	  "các bản tự đánh giá",
	  Q_SELF_LATE,
	  READERS | UNITS,
	  ACT_OWN_UNIT,
	  { MAYBE("unit") },
	  { "đơn vị", "tên", "trạng thái", "mục đã chấm", "tệp", "người nộp",
	    "lúc", "phiên bản" } },
	{ "self evidence list",
	  "evidence of units",
	  "tài liệu kiểm chứng",
	  Q_EVIDENCE_ROWS,
	  READERS | APPRAISER | UNITS,
	  ACT_OWN_UNIT_OR_OFFICE,
	  { MAYBE("unit"), MAYBE("office") },
	  { "số", "đơn vị", "tiêu chí", "tên", "loại", "byte", "SHA-256",
	    "quét", "người nộp", "lúc" } },
	{ "self explanations",
	  "explanation reports of units",
	  "báo cáo giải trình",
	  Q_SELF_EXPLANATIONS,
	  READERS | APPRAISER | UNITS,
	  ACT_OWN_UNIT_OR_OFFICE,
	  { MAYBE("unit"), MAYBE("office") },
	  { "đơn vị", "tên", "trạng thái", "giải trình", "người nộp", "lúc" } },
};

const struct act_set acts_self = { acts, sizeof acts / sizeof acts[0], lists,
				   sizeof lists / sizeof lists[0], false };
