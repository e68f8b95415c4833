#include "phieu/act.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool complete(const struct act *a, const char *const *values,
		     struct err *e)
{
	for (size_t i = 0; i < act_params(a); i++)
		if (a->params[i].need == ACT_REQUIRED &&
		    (!values[i] || !*values[i]))
			return err_set(e, ERR_INPUT,
				       "%s: còn thiếu (is missing): %s",
				       a->name, a->params[i].name);
	return true;
}

/* No row, NULL or false: something named is not there; 0: a version that is
 * no longer. */
static bool outcome(const struct res *r, struct arena *arena, const char **made,
		    struct err *e)
{
	const char *s = res_rows(r) ? res_text(r, 0, 0) : NULL;

	if (!s || strcmp(s, "f") == 0)
		return err_set(e, ERR_INPUT,
			       "không có đơn vị, tiêu chí hoặc số này trong kỳ "
			       "(no such unit, criterion or number)");
	if (strcmp(s, "0") == 0)
		return err_set(e, ERR_CONFLICT,
			       "người khác vừa sửa mục này, xem lại (somebody "
			       "changed it since: look again)");
	*made = arena_strdup(arena, strcmp(s, "t") == 0 ? "" : s);
	return *made || err_set(e, ERR_NOMEM, "out of memory");
}

/* What the database refused, without the name of the statement. */
static void plain_words(struct err *e)
{
	const char *colon = strstr(e->msg, ": ");

	if (strncmp(e->msg, "act_", 4) == 0 && colon)
		memmove(e->msg, colon + 2, strlen(colon + 2) + 1);
}

bool store_act(struct db *db, const struct act *a, int32_t round,
	       const char *by, const char *const *values, struct arena *arena,
	       const char **made, struct err *e)
{
	const char *args[2 + ACT_PARAMS_MAX] = { NULL };
	char id[16];
	struct res *r;
	bool ok;

	if (!complete(a, values, e))
		return false;
	(void)snprintf(id, sizeof id, "%" PRId32, round);
	args[0] = id;
	args[1] = by;
	for (size_t i = 0; i < act_params(a); i++)
		args[2 + i] = values[i];
	r = db_run(db, a->query, args, e);
	if (!r)
		plain_words(e);
	ok = r && outcome(r, arena, made, e);
	res_free(r);
	return ok;
}

struct res *store_act_list(struct db *db, const struct act_list *l,
			   int32_t round, const char *const *values,
			   struct err *e)
{
	const char *args[1 + ACT_PARAMS_MAX] = { NULL };
	struct res *r;
	char id[16];

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	args[0] = id;
	for (size_t i = 0; i < act_list_params(l); i++)
		args[1 + i] = values[i];
	r = db_run(db, l->query, args, e);
	if (r && res_columns(r) != act_list_columns(l)) {
		(void)err_set(e, ERR_BUG, "%s: %zu columns, %zu heads", l->name,
			      res_columns(r), act_list_columns(l));
		res_free(r);
		return NULL;
	}
	return r;
}
