/* What sheets, columns and words of a workbook of criteria are called. */
#include "round_criteria_parts.h"

#include <string.h>

#include "phieu/json.h"

const char *const criteria_sheets[SHEET_COUNT] = {
	[SHEET_SET] = "Bộ tiêu chí",	 [SHEET_CRITERIA] = "Tiêu chí",
	[SHEET_KINDS] = "Loại đơn vị",	 [SHEET_TABLES] = "Quy đổi",
	[SHEET_GROUPS] = "Nhóm trả lời", [SHEET_REPLACED] = "Thay thế",
};

const struct criteria_head criteria_heads[CC_COUNT] = {
	[CC_CODE] = { "Mã", "ma|ma tieu chi|ma so|code|stt|tt|so tt|so thu tu",
		      "code", 10, false },
	[CC_PARENT] = { "Thuộc", "thuoc|ma cha|cap tren|ma cap tren|parent",
			NULL, 10, false },
	[CC_NAME] = { "Lĩnh vực/Tiêu chí/Tiêu chí thành phần",
		      "ten|noi dung|name|*tieu chi|*linh vuc", "name", 60,
		      false },
	[CC_MAXIMUM] = { "Điểm tối đa",
			 "diem toi da|diem chuan|thang diem|diem|so diem|"
			 "maximum|*diem toi da",
			 "maximum", 10, true },
	[CC_SOURCE] = { "Nguồn điểm", "nguon diem|nguon|loai diem|source",
			"source", 18, false },
	[CC_COMBINE] = { "Cách gộp", "cach gop|cach tinh|combine", "combine",
			 14, false },
	[CC_NEED] = { "Điểm đạt", "diem dat|need", "need", 10, true },
	[CC_GRAIN] = { "Bước nhảy", "buoc nhay|grain", "grain", 10, true },
	[CC_EFFECT] = { "Cộng, trừ", "cong, tru|cong/tru|effect", "effect", 12,
			false },
	[CC_APPLIES] = { "Áp dụng cho", "ap dung cho|ap dung|applies", NULL, 16,
			 false },
	[CC_BASIS] = { "Căn cứ", "can cu|quyet dinh|basis", "basis", 24,
		       false },
	[CC_NOTE] = { "Ghi chú", "ghi chu|note", NULL, 24, false },
};
const struct criteria_head kind_heads[CK_COUNT] = {
	[CK_CODE] = { "Mã", "ma|code", "code", 12, false },
	[CK_NAME] = { "Tên", "ten|name", "name", 40, false },
	[CK_TOTAL] = { "Tổng điểm", "tong diem|total", "total", 12, true },
};
const struct criteria_head table_heads[CT_COUNT] = {
	[CT_CODE] = { "Mã tiêu chí", "ma tieu chi|ma|code", NULL, 12, false },
	[CT_KIND] = { "Kiểu", "kieu|kind", NULL, 14, false },
	[CT_FROM] = { "Từ", "tu|from", NULL, 10, true },
	[CT_TO] = { "Đến", "den|to", NULL, 10, true },
	[CT_POINTS] = { "Điểm", "diem|points", NULL, 10, true },
	[CT_CAP] = { "Chặn hai đầu", "chan hai dau|chan|cap", NULL, 12, false },
};
const struct criteria_head group_heads[CG_COUNT] = {
	[CG_CODE] = { "Mã tiêu chí", "ma tieu chi|ma|code", NULL, 12, false },
	[CG_GROUP] = { "Nhóm", "nhom|group", NULL, 16, false },
	[CG_WEIGHT] = { "Trọng số", "trong so|weight", NULL, 10, true },
};
const struct criteria_head replaced_heads[CR_COUNT] = {
	[CR_FROM] = { "Mã cũ", "ma cu|from", "from", 14, false },
	[CR_TO] = { "Mã mới", "ma moi|to", "to", 14, false },
};

const struct criteria_word source_names[] = {
	{ "assessed", "tự chấm", "tu cham|tu danh gia|tham dinh|assessed" },
	{ "survey", "điều tra XHH",
	  "dieu tra xhh|dieu tra xa hoi hoc|dtxhh|xhh|khao sat|survey" },
	{ "satisfaction", "SIPAS", "sipas|hai long|satisfaction" },
	{ "external", "chỉ số ngoài",
	  "chi so ngoai|chi so ben ngoai|papi|pci|external" },
	{ NULL, NULL, NULL },
};
const struct criteria_word combine_names[] = {
	{ "sum", "tổng", "tong|cong|sum" },
	{ "all-of", "tất cả", "tat ca|all-of" },
	{ "any-of", "ít nhất một", "it nhat mot|mot trong|any-of" },
	{ "formula", "công thức", "cong thuc|formula" },
	{ NULL, NULL, NULL },
};
const struct criteria_word effect_names[] = {
	{ "counts", "tính điểm", "tinh diem|counts" },
	{ "bonus", "điểm cộng", "diem cong|diem thuong|cong|bonus" },
	{ "deduction", "điểm trừ", "diem tru|tru|deduction" },
	{ NULL, NULL, NULL },
};

const cJSON *criteria_part(const cJSON *doc)
{
	const cJSON *index = json_get(doc, "index");

	return index ? index : doc;
}

static void note(struct faults *notes, const char *base, const char *member)
{
	fault_add(notes, "C90",
		  arena_printf(notes->arena, "%s/%s", base, member),
		  "is not in the workbook; import --into keeps it",
		  "không nằm trong tệp Excel; nhập lại bằng --into thì còn");
}

void criteria_left_out(const cJSON *doc, struct faults *notes)
{
	static const char *const held[] = { "criteria", "kinds",    "title",
					    "basis",	"example",  "format",
					    "index",	"replaced", NULL };
	const cJSON *part = criteria_part(doc), *m;
	const char *base = part == doc ? "" : "/index";
	const cJSON *from[] = { doc, part == doc ? NULL : part };

	for (size_t k = 0; k < 2; k++)
		cJSON_ArrayForEach(m, from[k])
		{
			size_t i = 0;

			while (held[i] && strcmp(held[i], m->string) != 0)
				i++;
			if (!held[i])
				note(notes, k ? base : "", m->string);
		}
	cJSON_ArrayForEach(m, json_get(part, "kinds"))
	{
		if (json_get(m, "bands"))
			note(notes,
			     arena_printf(notes->arena, "%s/kinds/%s", base,
					  json_get_text(m, "code")
						  ? json_get_text(m, "code")
						  : ""),
			     "bands");
	}
}
