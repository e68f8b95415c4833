#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "plan_in.h"

static const char *const minimum_words[] = { "none", "all", "percent", NULL };
static const char *const blank_words[] = { "excluded", "coefficient", "invalid",
					   NULL };
static const char *const dont_know_words[] = { "excluded", "coefficient",
					       NULL };
static const char *const pool_words[] = { "all", "group-weights", NULL };
static const char *const missing_words[] = { "renormalise", "not-scored",
					     "zero", NULL };
static const char *const empty_words[] = { "rescale", "zero", "manual", NULL };
static const char *const satisfaction_words[] = { "proportional", "bands",
						  NULL };
static const char *const round_words[] = { "half-up", "half-even", NULL };
static const char *const order_words[] = { "item-first", "sum-first", NULL };
static const char *const tie_words[] = { "shared", NULL };
static const char *const lonely_words[] = { "fail",   "certainty", "remove",
					    "adjust", "average",   "collapse",
					    NULL };

/* Everything a decision may hold, in one struct: struct decisions and what
 * only the reader wants to know. */
struct in {
	struct decisions d;
	size_t basis;
	const char *note;
	int satisfaction; /* index in satisfaction_words */
	bool has_minimum, has_blank, has_dont_know, has_pool, has_satisfaction;
};

#define DEC_PERCENT .min = 0, .max = 100 * DEC_ONE
#define COMMON                                                          \
	MEMBER("basis", M_REF, true, .off = offsetof(struct in, basis), \
	       .dir = DIR_BASIS),                                       \
		MEMBER("note", M_TEXT, false,                           \
		       .off = offsetof(struct in, note))

static const struct member d1[] = { COMMON };
static const struct member d2[] = {
	COMMON,
	MEMBER("minimum", M_WORD, true, .off = offsetof(struct in, d.minimum),
	       .has = offsetof(struct in, has_minimum), .words = minimum_words),
	MEMBER("percent", M_DEC, false,
	       .off = offsetof(struct in, d.minimum_percent), DEC_PERCENT),
};
static const struct member d3[] = {
	COMMON,
	MEMBER("blank", M_WORD, true, .off = offsetof(struct in, d.blank),
	       .has = offsetof(struct in, has_blank), .words = blank_words),
	MEMBER("blank_coefficient", M_DEC, false,
	       .off = offsetof(struct in, d.blank_coefficient), DEC_PERCENT),
	MEMBER("dont_know", M_WORD, true,
	       .off = offsetof(struct in, d.dont_know),
	       .has = offsetof(struct in, has_dont_know),
	       .words = dont_know_words),
	MEMBER("dont_know_coefficient", M_DEC, false,
	       .off = offsetof(struct in, d.dont_know_coefficient),
	       DEC_PERCENT),
};
static const struct member d4[] = {
	COMMON,
	MEMBER("pool", M_WORD, true, .off = offsetof(struct in, d.pool),
	       .has = offsetof(struct in, has_pool), .words = pool_words),
	MEMBER("missing_group", M_WORD, true,
	       .off = offsetof(struct in, d.missing_group),
	       .words = missing_words),
	MEMBER("weights", M_OBJECT, false, .off = 0),
};
static const struct member d5[] = {
	COMMON,
	MEMBER("empty", M_WORD, true, .off = offsetof(struct in, d.empty),
	       .words = empty_words),
};
static const struct member d6[] = {
	COMMON,
	MEMBER("question_weights", M_BOOL, true,
	       .off = offsetof(struct in, d.question_weights)),
};
static const struct member d7[] = {
	COMMON,
	MEMBER("satisfaction", M_WORD, true,
	       .off = offsetof(struct in, satisfaction),
	       .has = offsetof(struct in, has_satisfaction),
	       .words = satisfaction_words),
	MEMBER("bands", M_LIST, false, .off = 0),
};
static const struct member d8[] = {
	COMMON,
	MEMBER("digits", M_INT, true, .off = offsetof(struct in, d.digits),
	       .min = 0, .max = 6),
	MEMBER("round", M_WORD, true, .off = offsetof(struct in, d.round),
	       .words = round_words),
	MEMBER("order", M_WORD, true, .off = offsetof(struct in, d.order),
	       .words = order_words),
	MEMBER("lonely", M_WORD, true, .off = offsetof(struct in, d.lonely),
	       .words = lonely_words),
	MEMBER("confidence", M_DEC, true,
	       .off = offsetof(struct in, d.confidence), .min = 50 * DEC_ONE,
	       .max = 99990000),
};
static const struct member d9[] = {
	COMMON,
	MEMBER("bands", M_LIST, true, .off = 0),
};
static const struct member d10[] = {
	COMMON,
	MEMBER("ties", M_WORD, true, .off = offsetof(struct in, d.ties),
	       .words = tie_words),
};
static const struct member d11[] = {
	COMMON,
	MEMBER("recheck_percent", M_DEC, true,
	       .off = offsetof(struct in, d.recheck_percent), DEC_PERCENT),
};
static const struct member d12[] = {
	COMMON,
	MEMBER("profile_kept", M_LIST, true, .off = 0),
	MEMBER("retention", M_DATE, false,
	       .off = offsetof(struct in, d.retention),
	       .has = offsetof(struct in, d.has_retention)),
	MEMBER("min_unit", M_INT, true, .off = offsetof(struct in, d.min_unit),
	       .min = 1, .max = 1000000),
	MEMBER("min_sub", M_INT, true, .off = offsetof(struct in, d.min_sub),
	       .min = 1, .max = 1000000),
};

static const struct member point_members[] = {
	MEMBER("from", M_DEC, true, .off = offsetof(struct band_points, from),
	       DEC_PERCENT),
	MEMBER("percent", M_DEC, true,
	       .off = offsetof(struct band_points, percent), DEC_PERCENT),
};

static const struct member band_members[] = {
	MEMBER("name", M_LINE, true, .off = offsetof(struct band, name)),
	MEMBER("from", M_DEC, true, .off = offsetof(struct band, from),
	       .min = 0, .max = 1000000 * DEC_ONE),
};

/* A member that another one calls for: there when wanted, absent else. */
static void called_for(struct pr *r, const struct at *at, const cJSON *v,
		       const char *name, bool wanted)
{
	struct at here = { at, name, 0 };

	if (wanted && !plan_has(v, name))
		plan_fault(r, &here, "P02", "is missing", "còn thiếu");
	if (!wanted && plan_has(v, name))
		plan_fault(r, &here, "P16", "contradicts the choice beside it",
			   "mâu thuẫn với lựa chọn bên cạnh");
}

static void finish2(struct pr *r, const struct at *at, const cJSON *v,
		    struct in *in)
{
	if (in->has_minimum)
		called_for(r, at, v, "percent",
			   in->d.minimum == MINIMUM_PERCENT);
}

static void finish3(struct pr *r, const struct at *at, const cJSON *v,
		    struct in *in)
{
	if (in->has_blank)
		called_for(r, at, v, "blank_coefficient",
			   in->d.blank == BLANK_COEFFICIENT);
	if (in->has_dont_know)
		called_for(r, at, v, "dont_know_coefficient",
			   in->d.dont_know == BLANK_COEFFICIENT);
}

static void read_weight(struct pr *r, const struct at *at, const cJSON *v,
			struct dec *weight, bool *given)
{
	struct one {
		struct dec w;
		bool has;
	} one = { 0 };
	static const struct member m[] = {
		MEMBER("", M_DEC, true, .off = offsetof(struct one, w),
		       .has = offsetof(struct one, has), .min = 0,
		       .max = 1000000 * DEC_ONE),
	};
	struct at here = { at, v->string, 0 };
	size_t g = plan_ref(r, &here, DIR_GROUP, v->string);

	plan_value(r, &here, v, m, &one);
	if (g == NONE)
		return;
	weight[g] = one.w;
	given[g] = true;
}

static void finish4(struct pr *r, const struct at *at, const cJSON *v,
		    struct in *in)
{
	struct at list = { at, "weights", 0 };
	const cJSON *w = json_get(v, "weights"), *x;
	size_t n = r->p->n_groups;
	struct dec *weight;
	bool *given;
	bool some = false;

	if (!in->has_pool)
		return;
	called_for(r, at, v, "weights", in->d.pool == POOL_GROUP_WEIGHTS);
	weight = arena_array(r->a, n + 1, sizeof *weight);
	given = arena_array(r->a, n + 1, sizeof *given);
	if (in->d.pool != POOL_GROUP_WEIGHTS || !cJSON_IsObject(w) || !weight ||
	    !given)
		return;
	cJSON_ArrayForEach(x, w)
	{
		read_weight(r, &list, x, weight, given);
	}
	for (size_t g = 0; g < n; g++) {
		const char *code = r->dir[DIR_GROUP].code[g];

		some = some || weight[g].micro > 0;
		if (!given[g] && code)
			plan_fault(r, &list, "P30", "no weight for group %s",
				   "thiếu trọng số của nhóm %s", code);
	}
	if (!some && n)
		plan_fault(r, &list, "P30", "all weights are zero",
			   "mọi trọng số đều bằng 0");
	in->d.group_weight = weight;
}

static void finish7(struct pr *r, const struct at *at, const cJSON *v,
		    struct in *in)
{
	struct at list = { at, "bands", 0 };
	struct band_points *b;
	const cJSON *x;
	size_t n, i = 0;

	if (!in->has_satisfaction)
		return;
	called_for(r, at, v, "bands", in->satisfaction == 1);
	b = plan_list(r, at, v, "bands", 1, LIMIT_BANDS, sizeof *b, &n);
	in->d.sipas_bands = b;
	in->d.n_sipas_bands = n;
	if (n)
		cJSON_ArrayForEach(x, json_get(v, "bands"))
		{
			struct at here = { &list, NULL, i };

			(void)plan_members(r, &here, x, MEMBERS(point_members),
					   &b[i++]);
		}
}

static void finish9(struct pr *r, const struct at *at, const cJSON *v,
		    struct in *in)
{
	struct at list = { at, "bands", 0 };
	const cJSON *x;
	size_t n, i = 0;
	struct band *b =
		plan_list(r, at, v, "bands", 1, LIMIT_BANDS, sizeof *b, &n);

	in->d.bands = b;
	in->d.n_bands = n;
	if (n)
		cJSON_ArrayForEach(x, json_get(v, "bands"))
		{
			struct at here = { &list, NULL, i };

			(void)plan_members(r, &here, x, MEMBERS(band_members),
					   &b[i++]);
		}
}

static bool profile_known(const struct plan *p, const char *code)
{
	for (size_t f = 0; f < p->n_forms; f++)
		for (size_t i = 0; i < p->forms[f].n_profile; i++)
			if (p->forms[f].profile[i].code &&
			    strcmp(p->forms[f].profile[i].code, code) == 0)
				return true;
	return false;
}

static void finish12(struct pr *r, const struct at *at, const cJSON *v,
		     struct in *in)
{
	struct at list = { at, "profile_kept", 0 };
	struct at retention = { at, "retention", 0 };
	const cJSON *x;
	size_t n, i = 0;
	const char **kept = plan_list(r, at, v, "profile_kept", 0,
				      LIMIT_PROFILE_KEYS, sizeof *kept, &n);

	if (n)
		cJSON_ArrayForEach(x, json_get(v, "profile_kept"))
		{
			struct at here = { &list, NULL, i };
			const char *s = plan_string(r, &here, x,
						    LIMIT_CODE_BYTES, false);

			if (s && !profile_known(r->p, s))
				plan_fault(r, &here, "P07",
					   "no form asks \"%.64s\"",
					   "không mẫu phiếu nào hỏi "
					   "\"%.64s\"",
					   s);
			kept[i++] = s;
		}
	in->d.profile_kept = kept;
	in->d.n_profile_kept = n;
	if (in->d.has_retention && r->p->to.days != INT32_MAX &&
	    in->d.retention.days < r->p->to.days)
		plan_fault(r, &retention, "P10", "before the wave ends",
			   "trước ngày kết thúc đợt");
}

static const struct {
	const char *name;
	const struct member *members;
	size_t n;
	void (*finish)(struct pr *, const struct at *, const cJSON *,
		       struct in *);
	const char *en, *vi;
} table[13] = {
	[1] = { "D1", MEMBERS(d1), NULL, "who may rate which units",
		"ai được đánh giá đơn vị nào" },
	[2] = { "D2", MEMBERS(d2), finish2, "minimum answers of a valid sheet",
		"số câu trả lời tối thiểu của phiếu hợp lệ" },
	[3] = { "D3", MEMBERS(d3), finish3, "what a blank means",
		"câu bỏ trống, không biết được tính thế nào" },
	[4] = { "D4", MEMBERS(d4), finish4, "pooling of groups",
		"gộp các nhóm đối tượng" },
	[5] = { "D5", MEMBERS(d5), NULL, "an item with no answers",
		"tiêu chí không có câu trả lời" },
	[6] = { "D6", MEMBERS(d6), NULL, "coefficients and question weights",
		"hệ số phương án và trọng số câu hỏi" },
	[7] = { "D7", MEMBERS(d7), finish7, "satisfaction to points",
		"quy tỷ lệ hài lòng ra điểm" },
	[8] = { "D8", MEMBERS(d8), NULL, "digits and rounding",
		"số chữ số và cách làm tròn" },
	[9] = { "D9", MEMBERS(d9), finish9, "bands", "mức xếp loại" },
	[10] = { "D10", MEMBERS(d10), NULL, "ties", "điểm bằng nhau" },
	[11] = { "D11", MEMBERS(d11), NULL, "share of the re-survey",
		 "tỷ lệ phúc tra" },
	[12] = { "D12", MEMBERS(d12), finish12, "retention and smallest cell",
		 "thời hạn lưu và ô nhỏ nhất" },
};

static void read_decision(struct pr *r, const struct at *at, const cJSON *v,
			  int i, struct in *in)
{
	struct at here = { at, table[i].name, 0 };
	const cJSON *x = json_get(v, table[i].name);
	size_t before = r->f->n + r->f->more;

	if (!x || cJSON_IsNull(x)) {
		plan_fault(r, &here, "P29", "not decided: %s%.0s",
			   "chưa quyết định: %.0s%s", table[i].en, table[i].vi);
		return;
	}
	if (!plan_members(r, &here, x, table[i].members, table[i].n, in))
		return;
	in->d.basis[i] = in->basis;
	if (table[i].finish)
		table[i].finish(r, &here, x, in);
	r->decided[i] = r->f->n + r->f->more == before;
}

void plan_decisions(struct pr *r)
{
	struct at here = { NULL, "decisions", 0 };
	const cJSON *v = json_get(r->root, "decisions"), *x;
	struct in in = { 0 };

	if (!cJSON_IsObject(v))
		return;
	for (int i = 1; i <= 12; i++) {
		in.d.basis[i] = NONE;
		read_decision(r, &here, v, i, &in);
	}
	in.d.basis[0] = NONE;
	r->p->decisions = in.d;
	cJSON_ArrayForEach(x, v)
	{
		struct at member = { &here, x->string, 0 };
		int i = 1;

		while (i <= 12 && strcmp(x->string, table[i].name) != 0)
			i++;
		if (i > 12)
			plan_fault(r, &member, "P04", "unknown member",
				   "thành phần không có trong định dạng");
	}
}
