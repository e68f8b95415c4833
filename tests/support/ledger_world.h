/* ledger_world.h - a wave with a ledger, and acts on it. */
#ifndef TESTS_LEDGER_WORLD_H
#define TESTS_LEDGER_WORLD_H

#include "phieu/ledger.h"
#include "phieu/store_people.h"
#include "support/pg.h"
#include "support/test.h"

static struct db *db, *other;
static PGconn *raw;
static int32_t wave;
static const struct desk_who me = { .by = "me",
				    .role = "owner",
				    .everywhere = true };

/* A province with two districts, one with two communes, one of which merges;
 * groups with and without a home; two forms of one prefix. */
static const char world[] =
	"INSERT INTO plan.wave (code, name, opens, closes, trial) VALUES "
	"('thu', 'Thử', '2020-01-01', '2020-12-31', true);"
	"INSERT INTO plan.unit (wave, unit, code, name, kind, rated, parent, "
	"merged_into, valid_to) SELECT w.wave, u.* FROM plan.wave AS w, "
	"(VALUES (1, 'tinh', 'Tỉnh', 'tinh', false, NULL, NULL, NULL), "
	"(2, 'huyen-a', 'Huyện A', 'huyen', true, 1, NULL, NULL), "
	"(3, 'huyen-b', 'Huyện B', 'huyen', true, 1, NULL, NULL), "
	"(4, 'xa-1', 'Xã 1', 'xa', true, 2, NULL, NULL), "
	"(5, 'xa-2', 'Xã 2', 'xa', true, 2, 4, '2020-06-30'::date)) AS u "
	"(unit, "
	"code, name, kind, rated, parent, merged_into, valid_to) "
	"WHERE w.code = 'thu';"
	"INSERT INTO plan.form SELECT wave, f, c, '1', c, 3, true FROM "
	"plan.wave, (VALUES (1, 'CT-01'), (2, 'CH-02')) AS x (f, c) "
	"WHERE code = 'thu';"
	"INSERT INTO plan.respondent_group SELECT wave, x.* FROM plan.wave, "
	"(VALUES (1, 'dai-bieu', 'Đại biểu', 1, NULL), "
	"(2, 'lanh-dao', 'Lãnh đạo', 1, 'huyen'), "
	"(3, 'cong-chuc', 'Công chức', 2, 'xa')) AS x (g, c, n, f, k) "
	"WHERE code = 'thu';"
	"INSERT INTO plan.quota (wave, grp, home, revision, planned, rule, "
	"reason, decided_by) SELECT wave, x.*, 'r', 'x', 'me' FROM plan.wave, "
	"(VALUES (1, 0, 1, 10), (2, 2, 1, 4), (2, 3, 1, 4), (3, 4, 1, 6), "
	"(3, 5, 1, 6)) AS x (g, h, r, n) WHERE code = 'thu';"
	"INSERT INTO field.agent (code, name, office) VALUES "
	"('a1', 'An', 'Bưu điện A'), ('a2', 'Bình', 'Bưu điện B');";

MAYBE static int open_all(void **state)
{
	char server[512];
	struct err e = { 0 };

	(void)state;
	pg_conninfo(server, sizeof server, "server", NULL);
	db = db_open(server, "t", DB_SERVICE_ROLE, 0, &e);
	other = db_open(server, "t", DB_SERVICE_ROLE, 0, &e);
	raw = PQconnectdb(getenv("PHIEU_TEST_DB"));
	if (!db || !other || PQstatus(raw) != CONNECTION_OK)
		return -1;
	pg_do(raw, world);
	wave = (int32_t)pg_long(raw, "SELECT wave FROM plan.wave");
	return 0;
}

MAYBE static int close_all(void **state)
{
	(void)state;
	db_close(db);
	db_close(other);
	PQfinish(raw);
	return 0;
}

/* An act by pairs of name and value, NULL-ended. */
MAYBE static bool act_by(struct db *c, const struct desk_who *who,
			 const char *name, const char *const *pairs,
			 struct desk_done *done, struct err *e)
{
	const struct desk_act *a = desk_act_find(&desk_ledger, name);
	const char *values[DESK_PARAMS_MAX] = { NULL };

	assert_non_null(a);
	for (; *pairs; pairs += 2) {
		int at = desk_param_at(a->params, pairs[0]);

		if (at < 0)
			fail_msg("%s takes no %s", name, pairs[0]);
		values[at] = pairs[1];
	}
	*e = (struct err){ 0 };
	return store_desk_act(c, a, wave, who, values, done, e);
}
#define ACT(name, ...)                                                    \
	act_by(db, &me, name, (const char *const[]){ __VA_ARGS__, NULL }, \
	       &done, &e)
#define MUST(name, ...)                                  \
	do {                                             \
		if (!ACT(name, __VA_ARGS__))             \
			fail_msg("%s: %s", name, e.msg); \
	} while (0)

MAYBE static struct res *list(const struct desk_who *who, const char *name,
			      const char *first)
{
	const char *values[DESK_PARAMS_MAX] = { first };
	struct err e = { 0 };
	struct res *r = store_desk_list(db, &desk_ledger,
					desk_list_find(&desk_ledger, name),
					wave, who, values, &e);

	if (!r)
		fail_msg("%s: %s", name, e.msg);
	return r;
}

MAYBE static int64_t number(const struct res *r, size_t row, const char *name)
{
	struct err e;
	int64_t v = 0;

	for (int c = 0; c < (int)res_columns(r); c++)
		if (strcmp(res_name(r, c), name) == 0) {
			if (!res_null(r, row, c))
				assert_true(res_i64(r, row, c, &v, &e));
			return v;
		}
	fail_msg("no column %s", name);
	return 0;
}

/* Every level: each row adds up, the rows add to the total; nothing of the
 * ledger differs from its history and the log. */
MAYBE static void assert_balanced(void)
{
	static const char *const levels[] = { "form",	"group", "unit", "area",
					      "office", "agent", "cell" };
	static const char *const sums[] = { "slots",	 "issued",  "collected",
					    "refused",	 "not_met", "lost",
					    "cancelled", "void",    "waiting",
					    "still_out" };
	struct res *all = list(&me, "balance", "total"), *r;

	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		r = list(&me, "balance", levels[i]);
		for (size_t k = 0; k < res_rows(r); k++) {
			assert_int_equal(number(r, k, "issued"),
					 number(r, k, "collected") +
						 number(r, k, "refused") +
						 number(r, k, "not_met") +
						 number(r, k, "lost") +
						 number(r, k, "cancelled") +
						 number(r, k, "still_out"));
			assert_int_equal(number(r, k, "missing"), 0);
		}
		for (size_t s = 0; s < sizeof sums / sizeof sums[0]; s++) {
			int64_t sum = 0;

			for (size_t k = 0; k < res_rows(r); k++)
				sum += number(r, k, sums[s]);
			assert_int_equal(sum, number(all, 0, sums[s]));
		}
		res_free(r);
	}
	res_free(all);
	r = list(&me, "verify", NULL);
	if (res_rows(r) > 0)
		fail_msg("event %s: %s", res_text(r, 0, 0), res_text(r, 0, 1));
	res_free(r);
}

#endif
