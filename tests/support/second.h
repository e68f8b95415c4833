/* second.h - a wave with a ledger and four agents, whose sheets tests key
 * once and twice. */
#ifndef TESTS_SECOND_H
#define TESTS_SECOND_H

#include <libpq-fe.h>

#include "phieu/db.h"
#include "phieu/hash.h"
#include "phieu/store_agent.h"
#include "phieu/store_intake.h"
#include "support/pg.h"
#include "support/sheets.h"

enum { SECOND_AN, SECOND_BINH, SECOND_CHI, SECOND_DUNG, SECOND_AGENTS };
enum { SECOND_FIELDS = 13 };

/* What a sheet of the form T-1 of tests/data/sheet_plan.json says; each
 * field a number from 0, which stands for one of a few texts. */
struct second_reading {
	unsigned value[SECOND_FIELDS];
};

struct second_world {
	struct arena *arena;
	struct db *owner, *field, *server, *other;
	PGconn *raw;
	struct wave *wave;
	struct intake_work *work;
	int32_t key[SECOND_AGENTS];
	char id[16]; /* of the wave */
	unsigned instances;
};

/* "so-a/Q1", … */
static const char *const second_field[SECOND_FIELDS] = {
	"so-a/Q1",	 "so-a/Q2",
	"so-a/Q3",	 "so-a/Q5",
	"so-a/Q6",	 "so-a/N1",
	"so-a/N2",	 "so-a/M1",
	"so-a/T1",	 "@profile/gioi-tinh",
	"@profile/tuoi", "@collected",
	"@comment"
};

static const char *const second_said[SECOND_FIELDS][7] = {
	{ "\"A\"", "\"B\"", "\"C\"", "\"D\"", "{\"mark\":\"dont-know\"}" },
	{ "\"A\"", "\"B\"", "\"C\"", "\"D\"", "null",
	  "{\"mark\":\"unreadable\"}" },
	{ "\"A\"", "\"B\"", "\"C\"", "\"D\"", "null" },
	{ "\"co\"", "\"khong\"", "\"kb\"", "null" },
	{ "\"1\"", "\"2\"", "null" },
	{ "\"12.5\"", "\"0\"", "\"-3\"", "null" },
	{ "7", "\"1000000.25\"", "null" },
	{ "[\"a\",\"c\"]", "[\"b\"]", "[\"a\",\"b\",\"c\"]", "null" },
	{ "\"Tốt\"", "\"Chưa tốt\"", "null" },
	{ "\"nam\"", "\"nu\"" },
	{ "\"tre\"", "\"gia\"", "null" },
	{ "\"2021-01-15\"", "\"2021-01-16\"" },
	{ "\"Cảm ơn\"", "\"Phải chờ lâu\"", "null" },
};

/* The same as they are typed from the paper. */
MAYBE static const char *const second_typed[SECOND_FIELDS][7] = {
	{ "A", "B", "C", "D", "-" },
	{ "A", "B", "C", "D", ".", "*" },
	{ "A", "B", "C", "D", "." },
	{ "co", "khong", "kb", "." },
	{ "1", "2", "." },
	{ "12.5", "0", "-3", "." },
	{ "7", "1000000.25", "." },
	{ "a,c", "b", "a,b,c", "." },
	{ "Tốt", "Chưa tốt", "." },
	{ "nam", "nu" },
	{ "tre", "gia", "." },
	{ "2021-01-15", "2021-01-16" },
	{ "Cảm ơn", "Phải chờ lâu", "." },
};

/* How many things a field may say. */
MAYBE static unsigned second_choices(size_t field)
{
	unsigned n = 0;

	while (field < SECOND_FIELDS && second_said[field][n])
		n++;
	return n ? n : 1;
}

static void second_agent(struct second_world *t, size_t i, const char *code)
{
	char token[TOKEN_TEXT_MAX];
	struct err e = { 0 };

	if (!store_agent_add(t->owner, code, code,
			     i % 2 ? "Bưu điện B" : "Bưu điện A", "me", &e) ||
	    !store_agent_key_add(t->owner, code, t->wave, NULL, 0, NULL, 0, 30,
				 "me", token, &t->key[i], &e))
		fail_msg("%s", e.msg);
}

static void second_issue(struct second_world *t, const char *code, unsigned n)
{
	char sql[300];

	(void)snprintf(sql, sizeof sql,
		       "SELECT field.ledger_act(%s, 'me', 'owner', NULL, "
		       "'issue', NULL, NULL, 'cong-chuc', 'so-a', %u, '%s', "
		       "NULL, NULL)",
		       t->id, n, code);
	pg_do(t->raw, sql);
}

static struct db *second_connect(const char *role)
{
	char address[512];
	struct err e = { 0 };
	struct db *db;

	pg_conninfo(address, sizeof address, role, NULL);
	db = db_open(address, "t", DB_SERVICE_ROLE, 0, &e);
	if (!db)
		fail_msg("%s", e.msg);
	return db;
}

/* Plans `n` sheets of the group cong-chuc at so-a, half issued to an, half to
 * binh. */
MAYBE static void second_open(struct second_world *t, unsigned n)
{
	struct plan *p = sheets_plan();
	struct err e = { 0 };
	char sql[300];
	int32_t version;
	bool changed;

	assert_non_null(p);
	t->arena = arena_new((size_t)64 << 20);
	t->owner = db_open(getenv("PHIEU_TEST_DB"), "t", DB_ANY_ROLE, 0, &e);
	assert_non_null(t->owner);
	assert_true(store_plan_load(t->owner, p, "r", "me", &version, &changed,
				    &e));
	t->wave = store_wave_get(t->owner, p->wave, &e);
	assert_non_null(t->wave);
	plan_free(p);
	t->field = second_connect("collector");
	t->server = second_connect("server");
	t->other = second_connect("server");
	t->raw = PQconnectdb(getenv("PHIEU_TEST_DB"));
	t->work = intake_work_new(&e);
	(void)snprintf(t->id, sizeof t->id, "%d", (int)t->wave->id);
	second_agent(t, SECOND_AN, "an");
	second_agent(t, SECOND_BINH, "binh");
	second_agent(t, SECOND_CHI, "chi");
	second_agent(t, SECOND_DUNG, "dung");
	(void)snprintf(sql, sizeof sql,
		       "SELECT field.ledger_plan(%s, 'me', 'owner', 'r')",
		       t->id);
	pg_do(t->raw, sql);
	(void)snprintf(sql, sizeof sql,
		       "SELECT field.ledger_amend(%s, 'me', 'owner', "
		       "'cong-chuc', 'so-a', %u, 'thêm')",
		       t->id, n);
	pg_do(t->raw, sql);
	second_issue(t, "an", n / 2);
	second_issue(t, "binh", n - n / 2);
}

MAYBE static void second_close(struct second_world *t)
{
	wave_free(t->wave);
	db_close(t->owner);
	db_close(t->field);
	db_close(t->server);
	db_close(t->other);
	PQfinish(t->raw);
	intake_work_free(t->work);
	arena_free(t->arena);
}

/* Number of the i-th sheet from 0. */
MAYBE static const char *second_number(struct second_world *t, unsigned i,
				       char out[24])
{
	char sql[300], *s;

	(void)snprintf(sql, sizeof sql,
		       "SELECT s.sheet FROM field.sheet AS s JOIN plan.unit AS "
		       "u ON u.wave = s.wave AND u.unit = s.home WHERE u.code "
		       "= 'so-a' AND s.prefix = 'T1' ORDER BY s.slot OFFSET %u "
		       "LIMIT 1",
		       i);
	s = pg_text(t->raw, sql);
	(void)snprintf(out, 24, "%.*s", (int)strcspn(s, "\n"), s);
	free(s);
	return out;
}

static char *second_written(struct second_world *t, const char *sheet,
			    int keying, const struct second_reading *r,
			    const char *instance)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *v[SECOND_FIELDS];

	(void)t;
	for (size_t i = 0; i < SECOND_FIELDS; i++)
		v[i] = second_said[i][r->value[i]];
	buf_addf(&b,
		 "{\"instanceID\":\"%s\",\"wave\":\"thu-2021\",\"form\":"
		 "\"T-1\",\"version\":\"1\",\"sheet\":\"%s\",\"keying\":%d,"
		 "\"group\":\"cong-chuc\",\"home\":\"so-a\",\"collected\":%s,"
		 "\"profile\":{\"gioi-tinh\":%s,\"tuoi\":%s},\"ratings\":"
		 "[{\"unit\":\"so-a\",\"answers\":{\"Q1\":%s,\"Q2\":%s,"
		 "\"Q3\":%s,\"Q5\":%s,\"Q6\":%s,\"N1\":%s,\"N2\":%s,"
		 "\"M1\":%s,\"T1\":%s}}],\"comment\":%s}",
		 instance, sheet, keying, v[11], v[9], v[10], v[0], v[1], v[2],
		 v[3], v[4], v[5], v[6], v[7], v[8], v[12]);
	return buf_take(&b);
}

/* Keys a sheet; the state it got is given back (STATE_VALID, …).  instance,
 * faults may be NULL, else rooms of 64 and 400 bytes. */
MAYBE static int second_send(struct second_world *t, const char *sheet,
			     int keying, size_t agent_at,
			     const struct second_reading *r, char *instance,
			     char *faults)
{
	char own[64];
	char *json;
	struct intake_item it = { .wave = t->wave,
				  .key = t->key[agent_at],
				  .way = WAY_JSON,
				  .state = STATE_VALID };
	const struct intake_item *items[] = { &it };
	struct intake_answer a;
	struct submission s;
	struct faults f;
	struct err e = { 0 };
	struct res *keep;
	unsigned flags;

	(void)snprintf(own, sizeof own, "uuid:00000000-0000-4000-8000-%012u",
		       ++t->instances);
	if (instance)
		(void)snprintf(instance, 64, "%s", own);
	json = second_written(t, sheet, keying, r, own);
	it.bytes = json;
	it.n_bytes = strlen(json);
	faults_init(&f, t->arena);
	if (!submission_read(json, it.n_bytes, t->wave->plan, t->arena, &s, &f,
			     &e))
		fail_msg("%s", e.msg);
	submission_check(t->wave->plan, &s, (struct date){ .days = 18800 }, &f,
			 &flags);
	if (f.n > 0)
		fail_msg("%s: %s", json, f.list[0].message);
	it.s = &s;
	sha256(it.bytes, it.n_bytes, it.sha);
	if (!store_intake_add(t->field, t->work, 1, 1, "[]", items, 1, &a,
			      &keep, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(a.outcome, INTAKE_STORED);
	if (faults)
		(void)snprintf(faults, 400, "%s", a.faults ? a.faults : "");
	res_free(keep);
	free(json);
	return a.state;
}

/* What the sheet counts as now, as second_send would have it. */
MAYBE static struct second_reading second_counted(struct second_world *t,
						  const char *sheet)
{
	struct second_reading out = { { 0 } };

	for (size_t i = 0; i < SECOND_FIELDS; i++) {
		unsigned n = 0;

		for (unsigned k = 0; k < second_choices(i); k++) {
			char sql[1500];

			(void)snprintf(
				sql, sizeof sql,
				"SELECT count(*) FROM field.response AS r LEFT "
				"JOIN field.rating AS a USING (wave, response) "
				"LEFT JOIN field.comment AS c USING (wave, "
				"response) CROSS JOIN (SELECT '%s'::jsonb AS "
				"v, "
				"'%s' AS q) AS x LEFT JOIN plan.question AS p "
				"ON p.wave = r.wave AND p.form = r.form AND "
				"p.code = x.q LEFT JOIN plan.option AS o ON "
				"o.wave = p.wave AND o.form = p.form AND "
				"o.question = p.question AND to_jsonb(o.code) "
				"= "
				"x.v WHERE r.sheet = '%s' AND r.keying = 1 AND "
				"r.counted AND CASE WHEN x.q = 'collected' "
				"THEN to_jsonb(r.collected) = x.v WHEN x.q = "
				"'comment' THEN coalesce(to_jsonb(c.comment), "
				"'null') = x.v WHEN p.question IS NULL THEN "
				"coalesce(r.profile -> x.q, 'null') = x.v WHEN "
				"p.slot IS NOT NULL THEN get_byte(a.answers, "
				"p.slot) = coalesce(o.ordinal, CASE x.v ->> "
				"'mark' WHEN 'dont-know' THEN 254 WHEN "
				"'unreadable' THEN 253 END, 255) ELSE "
				"coalesce(a.extra -> x.q, 'null') = CASE WHEN "
				"jsonb_typeof(x.v) = 'number' THEN "
				"to_jsonb(x.v::text) ELSE x.v END END",
				second_said[i][k],
				strrchr(second_field[i], '/')
					? strrchr(second_field[i], '/') + 1
					: second_field[i] + 1,
				sheet);
			if (pg_long(t->raw, sql) == 1) {
				out.value[i] = k;
				n++;
			}
		}
		if (n != 1)
			fail_msg("%s of %s says %u things", second_field[i],
				 sheet, n);
	}
	return out;
}

/* ---- acts and lists, of the one world of a test ------------------------ */
static struct second_world w;
static struct err last;

/* An act or a list by its statement: wave, whom, role, areas and what else. */
MAYBE static struct res *run(struct db *db, enum q q, const char *by,
			     const char *role, bool whole,
			     const char *const *more, size_t n)
{
	const char *args[16] = { w.id, by, role };
	size_t at = whole ? 3 : 4;

	for (size_t i = 0; i < n; i++)
		args[at + i] = more[i];
	last = (struct err){ 0 };
	return db_run(db, q, args, &last);
}
#define MORE(...)                             \
	(const char *const[]){ __VA_ARGS__ }, \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

MAYBE static int64_t must(struct res *r, int col)
{
	int64_t v = -1;
	struct err e;

	if (!r)
		fail_msg("%s", last.msg);
	assert_int_equal(res_rows(r), 1);
	if (!res_null(r, 0, col))
		assert_true(res_i64(r, 0, col, &v, &e));
	res_free(r);
	return v;
}

MAYBE static void must_not(struct res *r, enum err_kind kind, const char *words)
{
	if (r)
		fail_msg("it was not refused: %s", words);
	assert_int_equal(last.kind, kind);
	if (!strstr(last.msg, words))
		fail_msg("%s: no \"%s\"", last.msg, words);
}

MAYBE static struct res *draw_by(const char *stratum, const char *only,
				 const char *share, const char *number,
				 const char *with, const char *agent)
{
	return run(w.server, Q_SECOND_DRAW, "me", "post-supervisor", false,
		   MORE(stratum, only, NULL, share, number, with, agent,
			"rút"));
}

MAYBE static struct res *assign(const char *agent, const char *sheet,
				const char *draw)
{
	char list[32];

	if (sheet)
		(void)snprintf(list, sizeof list, "{%s}", sheet);
	return run(w.server, Q_SECOND_ASSIGN, "me", "post-supervisor", false,
		   MORE(agent, sheet ? list : NULL, sheet ? list : NULL, draw,
			NULL, "giao"));
}

MAYBE static struct res *resolve(const char *by, const char *sheet,
				 const char *field, const char *take,
				 const char *value)
{
	return run(w.server, Q_SECOND_RESOLVE, by, "post-supervisor", false,
		   MORE(sheet, field, take, value, "xem giấy", NULL));
}

MAYBE static struct res *differences(const char *by, const char *sheet)
{
	struct res *r = run(w.server, Q_SECOND_DIFFERENCES, by,
			    "post-supervisor", false, MORE(sheet));

	if (!r)
		fail_msg("%s", last.msg);
	return r;
}

#endif
