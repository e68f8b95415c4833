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

/* ---- lists ----------------------------------------------------------------
 */

static struct res *list(struct db *db, enum q q, int32_t round, const char *a,
			const char *b, struct err *e)
{
	char id[16];
	const char *args[] = { id, a, b };

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	return db_run(db, q, args, e);
}

struct res *store_standing_list(struct db *db, int32_t round, const char *unit,
				const char *office, struct err *e)
{
	return list(db, Q_STANDING_LIST, round, unit, office, e);
}

struct res *store_request_list(struct db *db, int32_t round, const char *unit,
			       struct err *e)
{
	return list(db, Q_REQUEST_LIST, round, unit, NULL, e);
}

struct res *store_council_list(struct db *db, int32_t round, struct err *e)
{
	return list(db, Q_COUNCIL_LIST, round, NULL, NULL, e);
}

struct res *store_deduction_list(struct db *db, int32_t round, const char *unit,
				 struct err *e)
{
	return list(db, Q_DEDUCTION_LIST, round, unit, NULL, e);
}

struct res *store_change_list(struct db *db, int32_t round, const char *unit,
			      const char *criterion, struct err *e)
{
	return list(db, Q_CHANGE_LIST, round, unit, criterion, e);
}
