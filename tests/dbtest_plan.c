#include "support/test.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/store_plan.h"

#define FILE_NAME "collector/plans/lai-chau-2020.json"

struct room {
	struct db *db;
	PGconn *raw; /* to look at the tables and to set what others set */
};

static char *text_of(const char *path, size_t *n)
{
	struct err e = { 0 };
	char *text = file_read(path, LIMIT_PLAN_BYTES, n, &e);

	assert_non_null(text);
	return text;
}

static struct plan *parse(const char *text, size_t n)
{
	struct err e = { 0 };
	struct arena *a = arena_new(1 << 20);
	struct faults f;
	struct plan *p;

	faults_init(&f, a);
	p = plan_read(text, n, &f, &e);
	if (!p)
		print_message("%s %s %s\n", e.msg, f.n ? f.list[0].path : "",
			      f.n ? f.list[0].message : "");
	arena_free(a);
	assert_non_null(p);
	return p;
}

/* The shipped plan under another wave's code, with each of the pairs
 * (what, by what) replaced once; NULL ends them. */
static struct plan *edited(const char *wave, const char *const *pairs)
{
	struct buf b = BUF_INIT(LIMIT_PLAN_BYTES);
	size_t n;
	char *text = text_of(FILE_NAME, &n);
	struct plan *p;
	const char *const code[] = { "\"lai-chau-2020\"", wave, NULL };

	for (int round = 0; round < 2; round++) {
		const char *const *next = round ? pairs : code;

		for (; next && *next; next += 2) {
			char *at = strstr(text, next[0]);

			assert_non_null(at);
			buf_add(&b, text, (size_t)(at - text));
			buf_adds(&b, next[1]);
			buf_adds(&b, at + strlen(next[0]));
			free(text);
			text = buf_take(&b);
			assert_non_null(text);
		}
	}
	p = parse(text, strlen(text));
	free(text);
	return p;
}

static void load(struct room *r, const struct plan *p, const char *reason,
		 int32_t want_version, bool want_changed)
{
	struct err e = { 0 };
	int32_t version = 0;
	bool changed = false;

	if (!store_plan_load(r->db, p, reason, "thu", &version, &changed, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(version, want_version);
	assert_int_equal(changed, want_changed);
}

/* One number by SQL. */
static long ask(struct room *r, const char *sql)
{
	PGresult *res = PQexecParams(r->raw, sql, 0, NULL, NULL, NULL, NULL, 0);
	long v;

	if (PQresultStatus(res) != PGRES_TUPLES_OK &&
	    PQresultStatus(res) != PGRES_COMMAND_OK)
		fail_msg("%s", PQresultErrorMessage(res));
	v = PQntuples(res) ? strtol(PQgetvalue(res, 0, 0), NULL, 10) : 0;
	PQclear(res);
	return v;
}

static int set_up(void **state)
{
	static struct room room;
	struct err e = { 0 };

	assert_true(hash_start(&e));
	room.db =
		db_open(getenv("PHIEU_TEST_DB"), "dbtest", DB_ANY_ROLE, 0, &e);
	assert_non_null(room.db);
	room.raw = PQconnectdb(getenv("PHIEU_TEST_DB"));
	assert_int_equal(PQstatus(room.raw), CONNECTION_OK);
	*state = &room;
	return 0;
}

static int tear_down(void **state)
{
	struct room *r = *state;

	db_close(r->db);
	PQfinish(r->raw);
	return 0;
}

static void a_plan_fills_every_table(void **state)
{
	struct room *r = *state;
	struct plan *p = edited("\"fill\"", NULL);
	static const struct {
		const char *sql;
		long want;
	} looks[] = {
		{ "SELECT count(*) FROM plan.unit JOIN plan.wave USING (wave) "
		  "WHERE wave.code = 'fill'",
		  135 },
		{ "SELECT count(*) FROM plan.unit u JOIN plan.wave w "
		  "USING (wave) JOIN plan.unit p ON p.wave = u.wave AND "
		  "p.unit = u.parent WHERE w.code = 'fill' AND "
		  "u.kind = 'xa' AND p.kind = 'huyen'",
		  106 },
		{ "SELECT count(*) FROM plan.form JOIN plan.wave USING (wave) "
		  "WHERE wave.code = 'fill' AND example AND slots > 10",
		  6 },
		{ "SELECT count(*) FROM plan.question JOIN plan.wave "
		  "USING (wave) WHERE wave.code = 'fill'",
		  78 },
		{ "SELECT sum(coefficient) FROM plan.option o JOIN plan.wave w "
		  "USING (wave) JOIN plan.form f USING (wave, form) "
		  "WHERE w.code = 'fill' AND f.code = 'CT-01' AND "
		  "o.question = 1",
		  180 },
		{ "SELECT count(*) FROM plan.respondent_group JOIN plan.wave "
		  "USING (wave) WHERE wave.code = 'fill'",
		  8 },
		{ "SELECT sum(planned) FROM plan.quota_in_force JOIN plan.wave "
		  "USING (wave) WHERE wave.code = 'fill'",
		  1193 },
		{ "SELECT count(*) FROM plan.wave WHERE code = 'fill' AND "
		  "trial AND state = 'open' AND opens = '2020-12-15' AND "
		  "closes = '2021-02-28'",
		  1 },
		{ "SELECT count(*) FROM audit.entry WHERE kind = 'plan.load' "
		  "AND actor = 'thu' AND content LIKE '%\"fill\"%'",
		  1 },
	};

	load(r, p, "đầu tiên", 1, true);
	for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++)
		assert_int_equal(ask(r, looks[i].sql), looks[i].want);
	plan_free(p);
}

static void the_same_plan_again_changes_nothing(void **state)
{
	struct room *r = *state;
	struct plan *p = edited("\"same\"", NULL);
	long before;

	load(r, p, "một", 1, true);
	before = ask(r, "SELECT count(*) FROM audit.entry");
	load(r, p, "hai", 1, false);
	assert_int_equal(ask(r, "SELECT count(*) FROM audit.entry"), before);
	assert_int_equal(ask(r, "SELECT count(*) FROM plan.version JOIN "
				"plan.wave USING (wave) WHERE code = 'same'"),
			 1);
	plan_free(p);
}

static void a_changed_quota_gets_a_revision_and_ordinals_stay(void **state)
{
	static const char *const change[] = { "\"rule\": \"25\"",
					      "\"rule\": \"30\"",
					      "\"total\": 25",
					      "\"total\": 30",
					      "\"each\": 25",
					      "\"each\": 30",
					      "\"code\": \"so-noi-vu\"",
					      "\"code\": \"so-moi\", "
					      "\"name\": \"Sở mới\", "
					      "\"kind\": \"tinh\", \"basis\": "
					      "\"mau-thu\"}, {\"code\": "
					      "\"so-noi-vu\"",
					      NULL };
	struct room *r = *state;
	struct plan *was = edited("\"amend\"", NULL);
	struct plan *now = edited("\"amend\"", change);
	struct err e = { 0 };
	struct wave *a, *b;
	size_t u, v;

	load(r, was, "một", 1, true);
	a = store_wave_get(r->db, "amend", &e);
	assert_non_null(a);
	load(r, now, "thêm đại biểu", 2, true);
	b = store_wave_get(r->db, "amend", &e);
	assert_non_null(b);
	assert_int_equal(b->version, 2);
	u = plan_unit(was, "so-noi-vu");
	v = plan_unit(now, "so-noi-vu");
	assert_true(u != v);
	assert_int_equal(a->unit_id[u], b->unit_id[v]);
	assert_true(wave_unit(b, b->unit_id[v]) == v);
	assert_true(wave_unit(a, b->unit_id[plan_unit(now, "so-moi")]) == NONE);
	assert_int_equal(ask(r, "SELECT max(revision) FROM plan.quota JOIN "
				"plan.wave USING (wave) WHERE code = 'amend'"),
			 2);
	assert_int_equal(ask(r, "SELECT count(*) FROM plan.quota JOIN "
				"plan.wave USING (wave) WHERE code = 'amend' "
				"AND revision = 2 AND planned = 30 AND "
				"reason = 'thêm đại biểu'"),
			 1);
	assert_int_equal(ask(r, "SELECT sum(planned) FROM plan.quota_in_force "
				"JOIN plan.wave USING (wave) WHERE "
				"code = 'amend'"),
			 1198);
	wave_free(a);
	wave_free(b);
	plan_free(was);
	plan_free(now);
}

static void a_frozen_wave_is_refused(void **state)
{
	static const char *const change[] = { "Xã số 1,", "Xã số một,", NULL };
	struct room *r = *state;
	struct plan *p = edited("\"ice\"", NULL);
	struct plan *now = edited("\"ice\"", change);
	struct err e = { 0 };
	int32_t version;
	bool changed;

	load(r, p, "một", 1, true);
	(void)ask(r, "UPDATE plan.wave SET state = 'frozen' "
		     "WHERE code = 'ice'");
	assert_false(store_plan_load(r->db, now, "hai", "thu", &version,
				     &changed, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	(void)ask(r, "UPDATE plan.wave SET state = 'published' "
		     "WHERE code = 'ice'");
	assert_false(store_plan_load(r->db, now, "hai", "thu", &version,
				     &changed, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	/* the same plan asks for nothing */
	assert_true(store_plan_load(r->db, p, "hai", "thu", &version, &changed,
				    &e));
	assert_false(changed);
	assert_int_equal(version, 1);
	assert_int_equal(ask(r, "SELECT count(*) FROM plan.version JOIN "
				"plan.wave USING (wave) WHERE code = 'ice'"),
			 1);
	plan_free(p);
	plan_free(now);
}

static void once_sheets_came_in_forms_keep_their_bytes(void **state)
{
	static const char *const gone[] = { "\"code\": \"Q1\"",
					    "\"code\": \"QX\"",
					    "\"question\": \"Q1\"",
					    "\"question\": \"QX\"", NULL };
	struct room *r = *state;
	struct plan *p = edited("\"used\"", NULL);
	struct plan *now = edited("\"used\"", gone);
	struct err e = { 0 };
	int32_t version;
	bool changed;

	load(r, p, "một", 1, true);
	load(r, now, "chưa có phiếu: được", 2, true);
	(void)ask(r, "INSERT INTO field.response (wave, instance, response, "
		     "sha256, state, counted, keying, way, key, received_at, "
		     "flags, simulated, lane, batch) SELECT wave, 'uuid:1', 1, "
		     "'', 1, true, 1, 1, 1, now(), 0, false, 1, 1 FROM "
		     "plan.wave WHERE code = 'used'");
	assert_false(
		store_plan_load(r->db, p, "ba", "thu", &version, &changed, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "question QX of form CT-01/1"));
	load(r, now, "như cũ", 2, false);
	plan_free(p);
	plan_free(now);
}

static void a_cell_that_goes_is_planned_as_zero(void **state)
{
	static const char *const change[] = {
		"\"home\": \"huyen\",\n      \"rates\": {\n        \"mode\": "
		"\"all\"",
		"\"rates\": {\n        \"mode\": \"all\"",
		"\"rule\": \"2 × 8\"",
		"\"rule\": \"16\"",
		"\"each\": 2,",
		"\"each\": 16,",
		NULL
	};
	struct room *r = *state;
	struct plan *p = edited("\"cells\"", NULL);
	struct plan *now = edited("\"cells\"", change);

	load(r, p, "một", 1, true);
	load(r, now, "không theo huyện", 2, true);
	assert_int_equal(ask(r, "SELECT count(*) FROM plan.quota JOIN "
				"plan.wave USING (wave) WHERE code = 'cells' "
				"AND revision = 2 AND planned = 0"),
			 8);
	assert_int_equal(ask(r, "SELECT sum(planned) FROM plan.quota_in_force "
				"JOIN plan.wave USING (wave) WHERE "
				"code = 'cells'"),
			 1193);
	plan_free(p);
	plan_free(now);
}

static void a_wave_comes_back_with_its_ordinals(void **state)
{
	struct room *r = *state;
	struct plan *p = edited("\"back\"", NULL);
	struct err e = { 0 };
	struct wave *w;

	load(r, p, "một", 1, true);
	w = store_wave_get(r->db, "back", &e);
	assert_non_null(w);
	assert_string_equal(w->code, "back");
	assert_string_equal(w->state, "open");
	assert_false(w->simulated);
	assert_string_equal(w->plan->sha256, p->sha256);
	for (size_t i = 0; i < p->n_units; i++)
		assert_true(wave_unit(w, w->unit_id[i]) == i);
	for (size_t i = 0; i < p->n_groups; i++)
		assert_true(wave_group(w, w->group_id[i]) == i);
	for (size_t i = 0; i < p->n_forms; i++)
		assert_true(wave_form(w, w->form_id[i]) == i);
	assert_true(wave_unit(w, 0) == NONE);
	assert_true(wave_group(w, 9999) == NONE);
	assert_true(wave_form(w, -1) == NONE);
	wave_free(w);
	wave_free(NULL);
	assert_null(store_wave_get(r->db, "no-such-wave", &e));
	assert_int_equal(e.kind, ERR_INPUT);
	plan_free(p);
}

static void listeners_hear_the_code_of_the_wave(void **state)
{
	struct room *r = *state;
	struct plan *p = edited("\"ring\"", NULL);
	PGnotify *n;

	(void)ask(r, "LISTEN phieu_plan");
	while ((n = PQnotifies(r->raw)))
		PQfreemem(n);
	load(r, p, "một", 1, true);
	(void)ask(r, "SELECT 1"); /* brings what waits */
	n = PQnotifies(r->raw);
	assert_non_null(n);
	assert_string_equal(n->relname, "phieu_plan");
	assert_string_equal(n->extra, "ring");
	PQfreemem(n);
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_plan_fills_every_table),
		cmocka_unit_test(the_same_plan_again_changes_nothing),
		cmocka_unit_test(
			a_changed_quota_gets_a_revision_and_ordinals_stay),
		cmocka_unit_test(a_frozen_wave_is_refused),
		cmocka_unit_test(once_sheets_came_in_forms_keep_their_bytes),
		cmocka_unit_test(a_cell_that_goes_is_planned_as_zero),
		cmocka_unit_test(a_wave_comes_back_with_its_ordinals),
		cmocka_unit_test(listeners_hear_the_code_of_the_wave),
	};
	return cmocka_run_group_tests_name("store_plan", t, set_up, tear_down);
}
