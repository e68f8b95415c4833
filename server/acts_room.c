/* Lists of the room where the council and the secretariat sit. */
#include "acts_parts.h"

static const struct act_list lists[] = {
	{ "council members",
	  "members of the council and the secretariat",
	  "thành viên Hội đồng, Tổ Thư ký",
	  Q_MEMBER_LIST,
	  READERS,
	  ACT_ANYBODY,
	  { { NULL, ACT_OPTIONAL, false } },
	  { "thuộc", "họ và tên", "chức danh", "căn cứ" } },
	{ "visit list",
	  "on-site verifications",
	  "kiểm tra thực tế",
	  Q_VISIT_LIST,
	  READERS | UNITS,
	  ACT_OWN_UNIT,
	  { MAYBE("unit") },
	  { "số", "đơn vị", "ngày", "đoàn", "kết quả", "người ghi" } },
	{ "external list",
	  "values of external indices",
	  "giá trị chỉ số bên ngoài",
	  Q_EXTERNAL_LIST,
	  READERS | UNITS,
	  ACT_OWN_UNIT,
	  { MAYBE("unit") },
	  { "đơn vị", "mã", "giá trị", "nguồn", "người ghi", "phiên bản" } },
};

const struct act_set acts_room = { NULL, 0, lists,
				   sizeof lists / sizeof lists[0], false };
