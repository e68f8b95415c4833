/* The acts of a round.  A new act is a row here, its query and its words in
 * docs/ROUND.md. */
#include <string.h>

#include "phieu/act.h"
#include "phieu/store_people.h"

#define APPRAISERS (ROLE_BIT(ROLE_APPRAISER) | ROLE_BIT(ROLE_SECRETARIAT))
#define UNITS	   ROLE_BIT(ROLE_UNIT)
#define OFFICE	   (ROLE_BIT(ROLE_SECRETARIAT) | ROLE_BIT(ROLE_ANALYST))
#define COUNCIL	   (ROLE_BIT(ROLE_SECRETARIAT) | ROLE_BIT(ROLE_COUNCIL))

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

const struct act acts[] = {
	{ "appraise accept",
	  "take what a unit gave itself",
	  "chấp nhận điểm tự chấm",
	  Q_ACT_APPRAISE_ACCEPT,
	  APPRAISERS,
	  ACT_OWN_OFFICE,
	  { NEED("office"), NEED("unit"), NEED("criterion"),
	    MAYBE("version") } },
	{ "appraise correct",
	  "put other points, with a reason",
	  "điều chỉnh điểm, có lý do",
	  Q_ACT_APPRAISE_CORRECT,
	  APPRAISERS,
	  ACT_OWN_OFFICE,
	  { NEED("office"), NEED("unit"), NEED("criterion"), NEED("reason"),
	    MAYBE("points"), FLAG("na"), MAYBE("version") } },
	{ "appraise ask",
	  "ask a unit for more evidence by a day",
	  "yêu cầu bổ sung tài liệu kiểm chứng",
	  Q_ACT_APPRAISE_ASK,
	  APPRAISERS,
	  ACT_OWN_OFFICE,
	  { NEED("office"), NEED("unit"), NEED("criterion"), NEED("reason"),
	    NEED("due"), MAYBE("version") } },
	{ "opinion agree",
	  "agree with an appraisal",
	  "thống nhất",
	  Q_ACT_OPINION_AGREE,
	  UNITS,
	  ACT_OWN_UNIT,
	  { NEED("unit"), NEED("criterion"), MAYBE("text"),
	    MAYBE("version") } },
	{ "opinion object",
	  "object to an appraisal, with words",
	  "không thống nhất, nêu ý kiến",
	  Q_ACT_OPINION_OBJECT,
	  UNITS,
	  ACT_OWN_UNIT,
	  { NEED("unit"), NEED("criterion"), NEED("text"), MAYBE("version") } },
	{ "request evaluation",
	  "a unit asks to be evaluated again",
	  "đề nghị đánh giá lại",
	  Q_ACT_REQUEST_EVALUATION,
	  UNITS,
	  ACT_OWN_UNIT,
	  { NEED("unit"), NEED("text"), NEED("due"), MAYBE("criterion") } },
	{ "request answer",
	  "answer a request: answered, granted or refused",
	  "trả lời đề nghị",
	  Q_ACT_REQUEST_ANSWER,
	  APPRAISERS | ROLE_BIT(ROLE_COUNCIL),
	  ACT_ANYBODY,
	  { NEED("request"), NEED("outcome"), NEED("text") } },
	{ "request supply",
	  "a unit supplies the evidence asked for",
	  "đã bổ sung tài liệu theo yêu cầu",
	  Q_ACT_REQUEST_SUPPLY,
	  UNITS,
	  ACT_OWN_UNIT,
	  { NEED("unit"), NEED("request"), NEED("text") } },
	{ "visit add",
	  "record an on-site verification",
	  "ghi kết quả kiểm tra thực tế",
	  Q_ACT_VISIT_ADD,
	  OFFICE,
	  ACT_ANYBODY,
	  { NEED("unit"), NEED("held"), NEED("team"), NEED("found") } },
	{ "council member",
	  "a member of the council or the secretariat",
	  "thành viên Hội đồng, Tổ Thư ký",
	  Q_ACT_COUNCIL_MEMBER,
	  OFFICE,
	  ACT_ANYBODY,
	  { NEED("body"), NEED("name"), NEED("basis"), MAYBE("position") } },
	{ "council meeting",
	  "record a meeting with its minutes",
	  "ghi biên bản họp",
	  Q_ACT_COUNCIL_MEETING,
	  COUNCIL,
	  ACT_ANYBODY,
	  { NEED("body"), NEED("held"), NEED("present"), NEED("minutes") } },
	{ "council rule",
	  "a decision of the council on an item",
	  "kết luận của Hội đồng về một mục",
	  Q_ACT_COUNCIL_RULE,
	  COUNCIL,
	  ACT_ANYBODY,
	  { NEED("meeting"), NEED("unit"), NEED("criterion"), NEED("reason"),
	    MAYBE("points"), FLAG("na") } },
	{ "deduct add",
	  "take points away, with reason and document",
	  "trừ điểm, có lý do và văn bản",
	  Q_ACT_DEDUCT_ADD,
	  COUNCIL,
	  ACT_ANYBODY,
	  { NEED("unit"), NEED("points"), NEED("reason"), NEED("document"),
	    MAYBE("criterion") } },
	{ "deduct cancel",
	  "cancel a deduction, with a reason",
	  "hủy một lần trừ điểm",
	  Q_ACT_DEDUCT_CANCEL,
	  COUNCIL,
	  ACT_ANYBODY,
	  { NEED("deduction"), NEED("reason") } },
	{ "external put",
	  "record a value of an external index",
	  "ghi giá trị chỉ số bên ngoài (PAPI, PCI)",
	  Q_ACT_EXTERNAL_PUT,
	  OFFICE,
	  ACT_ANYBODY,
	  { NEED("unit"), NEED("criterion"), NEED("value"), NEED("source"),
	    MAYBE("version") } },
};
const size_t acts_n = sizeof acts / sizeof acts[0];

static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr(" -", *a) && strchr(" -", *b)))
			return false;
	return *a == *b;
}

const struct act *act_find(const char *name)
{
	for (size_t i = 0; i < acts_n; i++)
		if (same_name(acts[i].name, name))
			return &acts[i];
	return NULL;
}

size_t act_params(const struct act *a)
{
	size_t n = 0;

	while (n < ACT_PARAMS_MAX && a->params[n].name)
		n++;
	return n;
}
