/* Queries to an agent, by his key. */
#include <inttypes.h>
#include <stdio.h>

#include "phieu/store_page.h"

static bool read_int(const struct res *r, size_t row, int col, int *out,
		     struct err *e)
{
	int64_t v = 0;

	if (!res_null(r, row, col) && !res_i64(r, row, col, &v, e))
		return false;
	*out = (int)v;
	return true;
}

static bool read_query(const struct res *r, size_t i, struct agent_query *q,
		       struct err *e)
{
	*q = (struct agent_query){
		.instance = res_text(r, i, 1),
		.sheet = res_text(r, i, 2),
		.status = res_text(r, i, 7),
		.words = res_text(r, i, 8),
		.opened = res_text(r, i, 9),
		.answer = res_null(r, i, 10) ? NULL : res_text(r, i, 10),
	};
	return res_i64(r, i, 0, &q->query, e) &&
	       read_int(r, i, 3, &q->form, e) &&
	       read_int(r, i, 4, &q->group, e) &&
	       read_int(r, i, 5, &q->home, e) &&
	       read_int(r, i, 6, &q->keying, e) &&
	       res_i64(r, i, 11, &q->version, e);
}

bool store_agent_queries(struct db *db, int32_t key,
			 bool (*row)(const struct agent_query *q, void *arg),
			 void *arg, struct err *e)
{
	char text[16];
	const char *args[] = { text };
	struct agent_query q;
	struct res *r;
	bool ok;

	(void)snprintf(text, sizeof text, "%" PRId32, key);
	r = db_run(db, Q_AGENT_QUERIES, args, e);
	ok = r;
	for (size_t i = 0; ok && i < res_rows(r); i++)
		ok = read_query(r, i, &q, e) && row(&q, arg);
	res_free(r);
	return ok;
}

bool store_agent_answer(struct db *db, int32_t key,
			const struct agent_answer *a, char *status, size_t max,
			struct err *e)
{
	char me[16], query[16], version[24];
	const char *args[] = { me, query, a->note,
			       a->version ? version : NULL };
	struct res *r;

	(void)snprintf(me, sizeof me, "%" PRId32, key);
	(void)snprintf(query, sizeof query, "%" PRId32, a->query);
	(void)snprintf(version, sizeof version, "%" PRId64, a->version);
	r = db_run(db, Q_AGENT_QUERY_ANSWER, args, e);
	if (!r)
		return false;
	(void)snprintf(status, max, "%s", res_text(r, 0, 0));
	res_free(r);
	return true;
}
