/* All acts and lists of rounds.  A new one is a row of an acts_*.c, its query
 * and its words in docs/ROUND.md; a new acts_*.c is a line of `sets`. */
#include "phieu/act.h"

#include <ctype.h>
#include <string.h>

static const struct act_set *const sets[] = {
	&acts_year, /* the year's targets, commendation */
	&acts_round,   &acts_self,    &acts_appraise,
	&acts_inspect, &acts_improve, &acts_room
};
enum { N_SETS = sizeof sets / sizeof sets[0] };

const struct act *act_at(size_t i)
{
	for (size_t k = 0; k < N_SETS; k++) {
		if (i < sets[k]->n_acts)
			return &sets[k]->acts[i];
		i -= sets[k]->n_acts;
	}
	return NULL;
}

const struct act_list *act_list_at(size_t i)
{
	for (size_t k = 0; k < N_SETS; k++) {
		if (i < sets[k]->n_lists)
			return &sets[k]->lists[i];
		i -= sets[k]->n_lists;
	}
	return NULL;
}

static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr(" -", *a) && strchr(" -", *b)))
			return false;
	return *a == *b;
}

const struct act *act_find(const char *name)
{
	const struct act *a;

	for (size_t i = 0; (a = act_at(i)); i++)
		if (same_name(a->name, name))
			return a;
	return NULL;
}

const struct act_list *act_list_find(const char *name)
{
	const struct act_list *l;

	for (size_t i = 0; (l = act_list_at(i)); i++)
		if (same_name(l->name, name))
			return l;
	return NULL;
}

bool act_own_command(const char *name)
{
	for (size_t k = 0; k < N_SETS; k++) {
		const struct act_set *s = sets[k];

		for (size_t i = 0; s->own_commands && i < s->n_acts; i++)
			if (same_name(s->acts[i].name, name))
				return true;
		for (size_t i = 0; s->own_commands && i < s->n_lists; i++)
			if (same_name(s->lists[i].name, name))
				return true;
	}
	return false;
}

static size_t count(const struct act_param params[ACT_PARAMS_MAX])
{
	size_t n = 0;

	while (n < ACT_PARAMS_MAX && params[n].name)
		n++;
	return n;
}

size_t act_params(const struct act *a)
{
	return count(a->params);
}

size_t act_list_params(const struct act_list *l)
{
	return count(l->params);
}

size_t act_list_columns(const struct act_list *l)
{
	size_t n = 0;

	while (n < LIST_COLUMNS_MAX && l->heads[n])
		n++;
	return n;
}

int act_param_at(const struct act_param params[ACT_PARAMS_MAX],
		 const char *name)
{
	for (size_t i = 0; i < count(params); i++)
		if (strcmp(params[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* "--unit UNIT", "[--na]" */
static void put_option(const struct act_param *p, struct buf *out)
{
	bool free = p->need == ACT_OPTIONAL;

	buf_addf(out, "%s--%s%s", free ? "[" : "", p->name, p->flag ? "" : " ");
	for (const char *c = p->name; *c && !p->flag; c++) {
		char upper = (char)toupper((unsigned char)*c);

		buf_add(out, &upper, 1);
	}
	buf_adds(out, free ? "]" : "");
}

void act_usage(const char *name, const struct act_param params[ACT_PARAMS_MAX],
	       struct buf *out)
{
	buf_addf(out, "phieu %s --round R", name);
	for (size_t i = 0; i < count(params); i++) {
		buf_adds(out, " ");
		put_option(&params[i], out);
	}
}
