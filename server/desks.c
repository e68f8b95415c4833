#include "phieu/desk.h"

#include <string.h>

#include "phieu/review.h"
#include "phieu/second.h"

const struct desk *const desks[] = { &desk_ledger, &desk_review, &desk_quality,
				     &desk_ballot, &desk_second, &desk_recheck,
				     &desk_roster };
const size_t desks_n = sizeof desks / sizeof desks[0];

const struct desk *desk_find(const char *name)
{
	size_t n = strcspn(name, " ");

	for (size_t i = 0; i < desks_n; i++)
		if (strlen(desks[i]->name) == n &&
		    memcmp(desks[i]->name, name, n) == 0)
			return desks[i];
	return NULL;
}

const struct desk_act *desk_act_find(const struct desk *d, const char *name)
{
	for (size_t i = 0; i < d->n_acts; i++)
		if (strcmp(d->acts[i].name, name) == 0)
			return &d->acts[i];
	return NULL;
}

const struct desk_list *desk_list_find(const struct desk *d, const char *name)
{
	for (size_t i = 0; i < d->n_lists; i++)
		if (strcmp(d->lists[i].name, name) == 0)
			return &d->lists[i];
	return NULL;
}

size_t desk_params(const struct desk_param params[DESK_PARAMS_MAX])
{
	size_t n = 0;

	while (n < DESK_PARAMS_MAX && params[n].name)
		n++;
	return n;
}

int desk_param_at(const struct desk_param params[DESK_PARAMS_MAX],
		  const char *name)
{
	for (int i = 0; i < DESK_PARAMS_MAX && params[i].name; i++)
		if (strcmp(params[i].name, name) == 0)
			return i;
	return -1;
}

size_t desk_columns(const struct desk_list *l)
{
	size_t n = 0;

	while (n < DESK_COLUMNS_MAX && l->heads[n])
		n++;
	return n;
}

/* What most desks have; a row says otherwise by its own words. */
static const struct desk_choice labels[] = {
	{ "sheets", "Số phiếu: mỗi dòng một số, hoặc dãy A..B" },
	{ "sheet", "Số phiếu" },
	{ "agent", "Điều tra viên" },
	{ "group", "Nhóm đối tượng" },
	{ "unit", "Đơn vị" },
	{ "area", "Địa bàn" },
	{ "count", "Số lượng" },
	{ "planned", "Chỉ tiêu mới" },
	{ "reason", "Lý do" },
	{ "status", "Trạng thái" },
	{ "number", "Số" },
	{ "by", "Theo" },
};

/* Roles, where a desk has no word of its own for them. */
static const struct desk_choice roles[] = {
	{ "administrator", "quản trị" },
	{ "analyst", "Sở Nội vụ" },
	{ "post-supervisor", "giám sát Bưu điện" },
	{ "agent", "điều tra viên" },
	{ "supervisor", "cơ quan giám sát" },
	{ "auditor", "kiểm tra nhật ký" },
	{ "owner", "quản trị máy chủ" },
	{ "system", "phần mềm" },
};

const char *desk_word(const struct desk *d, const char *stored)
{
	for (const struct desk_choice *w = d->words; w && w->value; w++)
		if (strcmp(w->value, stored) == 0)
			return w->words;
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (strcmp(roles[i].value, stored) == 0)
			return roles[i].words;
	return stored;
}

/* A status or an act by its code; else NULL. */
static const char *code_word(const struct desk *d, const char *code)
{
	const struct desk_act *act = desk_act_find(d, code);
	const char *word = act ? act->summary_vi : desk_word(d, code);

	return word == code ? NULL : word;
}

const char *desk_told(const struct desk *d, const char *msg, struct arena *a)
{
	struct buf b = BUF_INIT((size_t)16 << 10);
	char code[48];
	const char *text, *out;

	while (*msg) {
		size_t n = *msg != '"' ? 0
				       : strspn(msg + 1,
						"abcdefghijklmnopqrstuvwxyz-");
		const char *word = NULL;

		if (n > 0 && n < sizeof code && msg[n + 1] == '"') {
			memcpy(code, msg + 1, n);
			code[n] = '\0';
			word = code_word(d, code);
		}
		if (word)
			buf_addf(&b, "“%s”", word);
		else
			buf_add(&b, msg, 1);
		msg += word ? n + 2 : 1;
	}
	text = buf_cstr(&b);
	out = text ? arena_strdup(a, text) : NULL;
	buf_free(&b);
	return out ? out : "";
}

const char *desk_choice_word(const struct desk *d, const char *param,
			     const char *stored)
{
	for (size_t i = 0; i < d->n_acts; i++) {
		int at = desk_param_at(d->acts[i].params, param);
		const struct desk_choice *c =
			at >= 0 ? d->acts[i].params[at].choices : NULL;

		for (; c && c->value; c++)
			if (strcmp(c->value, stored) == 0)
				return c->words;
	}
	return stored;
}

const char *desk_label(const struct desk_param *p)
{
	for (size_t i = 0; !p->words && i < sizeof labels / sizeof labels[0];
	     i++)
		if (strcmp(labels[i].value, p->name) == 0)
			return labels[i].words;
	return p->words ? p->words : p->name;
}
