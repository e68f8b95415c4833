/* Acts of inspections in the database, as the service runs them: each refusal
 * by its rule and kind, two people who see each other, whose what is, and what
 * is kept of it. */
#include <inttypes.h>

#include "phieu/act.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/store_inspect.h"
#include "phieu/store_round.h"
#include "support/pg.h"

struct room {
	struct db *owner, *server;
	PGconn *raw;
	struct arena *a;
	struct round r;
	struct inspect_plan p;
	int32_t round;
};

static char *text_of(const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *s = file_read(path, (size_t)16 << 20, &n, &e);

	assert_non_null(s);
	return s;
}

static void read_documents(struct room *m)
{
	char *round = text_of("docs/examples/round-thanh-hoa-2023.json");
	char *plan = text_of("docs/examples/inspect-thanh-hoa-2023.json");
	struct faults f;

	faults_init(&f, m->a);
	assert_true(round_read(round, strlen(round), m->a, &m->r, &f));
	assert_true(inspect_read(plan, strlen(plan), &m->r, m->a, &m->p, &f));
	free(round);
	free(plan);
}

static int set_up(void **state)
{
	static struct room room;
	struct room *m = &room;
	struct err e = { 0 };
	struct round_head h;
	int32_t version;
	char server[512];

	assert_true(hash_start(&e));
	pg_conninfo(server, sizeof server, "server", NULL);
	m->a = arena_new((size_t)64 << 20);
	m->owner =
		db_open(getenv("PHIEU_TEST_DB"), "dbtest", DB_ANY_ROLE, 0, &e);
	m->server = db_open(server, "dbtest", DB_ANY_ROLE, 0, &e);
	m->raw = pg_as("owner", NULL);
	assert_true(m->a && m->owner && m->server);
	read_documents(m);
	assert_true(
		store_round_load(m->owner, &m->r, "thử", "thu", &version, &e));
	assert_true(store_round_head(m->owner, m->r.code, m->a, &h, &e));
	m->round = h.id;
	assert_true(store_inspect_load(m->owner, m->round, &m->p, "thử", "thu",
				       &version, &e));
	assert_int_equal(version, 1);
	pg_do(m->raw,
	      "INSERT INTO people.account (login, name, password_hash) VALUES "
	      "('thu-ky', 'x', 'x'), ('don-vi', 'x', 'x'); "
	      "INSERT INTO people.account_role (account, role, unit, given_by) "
	      "SELECT account, CASE login WHEN 'thu-ky' THEN 'secretariat' "
	      "ELSE 'unit' END, CASE login WHEN 'don-vi' THEN 'so-giao-duc' "
	      "END, 'x' FROM people.account");
	*state = m;
	return 0;
}

static int tear_down(void **state)
{
	struct room *m = *state;

	db_close(m->owner);
	db_close(m->server);
	PQfinish(m->raw);
	arena_free(m->a);
	return 0;
}

/* Everything that acts left is gone; the plan stands as it was loaded. */
static void fresh(struct room *m)
{
	pg_do(m->raw, "DELETE FROM assess.measure; DELETE FROM assess.finding; "
		      "DELETE FROM assess.inspect_answer; "
		      "UPDATE assess.inspection SET state = 'planned', "
		      "version = 1, first_day = NULL, last_day = NULL, "
		      "documents_due = NULL, documents_on = NULL, form = NULL, "
		      "team = NULL, started_on = NULL, number = NULL, "
		      "concluded_on = NULL, conclusion = NULL, reason = NULL");
}

/* By the secretary; what is a unit's by the unit.  "inspection=1
 * from=2023-05-10": '=' and ' ' part them, '_' is a space. */
static bool act(struct room *m, const char *name, const char *given,
		const char **made, struct err *e)
{
	const struct act *a = act_find(name);
	const char *values[ACT_PARAMS_MAX] = { NULL };
	char *copy = arena_strdup(m->a, given), *save = NULL;
	const char *by = a && a->binding == ACT_OWN_UNIT ? "don-vi" : "thu-ky";

	assert_non_null(a);
	for (char *w = strtok_r(copy, " ", &save); w;
	     w = strtok_r(NULL, " ", &save)) {
		char *value = strchr(w, '=');
		int at;

		assert_non_null(value);
		*value++ = '\0';
		at = act_param_at(a->params, w);
		if (at < 0)
			fail_msg("%s takes no %s", name, w);
		values[at] = value;
	}
	*e = (struct err){ 0 };
	return store_act(m->server, a, m->round, by, values, m->a, made, e);
}

static const char *done(struct room *m, const char *name, const char *given)
{
	const char *made = "";
	struct err e;

	if (!act(m, name, given, &made, &e))
		fail_msg("%s %s: %s", name, given, e.msg);
	return made;
}

static void refused(struct room *m, const char *name, const char *given,
		    enum err_kind kind, const char *words)
{
	const char *made;
	struct err e;

	if (act(m, name, given, &made, &e))
		fail_msg("%s %s is taken", name, given);
	if (e.kind != kind || !strstr(e.msg, words))
		fail_msg("%s %s: kind %d \"%s\", want %d \"%s\"", name, given,
			 (int)e.kind, e.msg, (int)kind, words);
}

static void running(struct room *m)
{
	fresh(m);
	done(m, "inspect schedule",
	     "inspection=1 from=2023-05-10 form=on-site team=doan-1");
	done(m, "inspect start", "inspection=1 on=2023-05-10");
}

#define FOUND "inspection=1 text=x due=2023-06-10 responsible=y"

/* ---- rules --------------------------------------------------------------- */

static void an_inspection_goes_by_its_steps(void **state)
{
	struct room *m = *state;

	fresh(m);
	for (size_t i = 0; i < 2; i++) {
		static const char *const acts[][2] = {
			{ "inspect documents", "inspection=1 on=2023-05-01" },
			{ "inspect start", "inspection=1" },
			{ "inspect answer",
			  "inspection=1 item=I.1 verdict=done text=x" },
			{ "inspect finding", FOUND },
			{ "inspect draft", "inspection=1 strengths=x" },
			{ "inspect conclude",
			  "inspection=1 number=1 on=2023-05-20 text=x" },
			{ "inspect recommend", "inspection=1 to=x text=y" },
		};

		for (size_t k = 0; k < 7; k++)
			if (i == 0)
				refused(m, acts[k][0], acts[k][1], ERR_CONFLICT,
					"K23");
			else if (k >= 2)
				refused(m, acts[k][0], acts[k][1], ERR_CONFLICT,
					"K24");
		done(m, "inspect schedule",
		     "inspection=1 from=2023-05-10 form=on-site team=doan-1 "
		     "reason=x");
	}
	done(m, "inspect start", "inspection=1 on=2023-05-10");
	refused(m, "inspect start", "inspection=1 on=2023-05-10", ERR_CONFLICT,
		"K25");
	refused(m, "inspect schedule", "inspection=1 from=2023-05-12 reason=x",
		ERR_CONFLICT, "K25");
	done(m, "inspect cancel", "inspection=1 reason=x");
	refused(m, "inspect finding", FOUND, ERR_CONFLICT, "K21");
	refused(m, "inspect cancel", "inspection=1 reason=x", ERR_CONFLICT,
		"K21");
}

static void days_forms_and_teams_have_rules(void **state)
{
	struct room *m = *state;
	const char *const it = "inspect schedule";

	fresh(m);
	refused(m, it, "inspection=1 from=2023-05-10 team=doan-1", ERR_INPUT,
		"K26");
	refused(m, it, "inspection=1 from=2023-05-10 team=doan-1 form=x",
		ERR_INPUT, "K26");
	refused(m, it, "inspection=1 from=2023-05-10 form=on-site", ERR_INPUT,
		"K27");
	refused(m, it, "inspection=4 from=2023-05-10 form=on-site team=doan-2",
		ERR_DENIED, "K28");
	refused(m, it, "inspection=1 from=2023-01-10 form=on-site team=doan-1",
		ERR_INPUT, "K29");
	refused(m, it, "inspection=7 from=2024-01-10 form=on-site team=doan-1",
		ERR_INPUT, "K29");
	refused(m, it,
		"inspection=1 from=2023-05-10 to=2023-05-09 form=on-site "
		"team=doan-1",
		ERR_INPUT, "K31");
	refused(m, it, "inspection=1 from=2023-02-30 form=on-site team=doan-1",
		ERR_INPUT, "");
	done(m, it, "inspection=7 from=2023-01-10 form=dossiers team=doan-1");
	refused(m, it, "inspection=7 from=2023-01-11", ERR_INPUT, "K30");
	refused(m, "inspect start", "inspection=7 on=2023-01-09", ERR_CONFLICT,
		"K33");
	refused(m, "inspect start", "inspection=7 on=2023-01-10", ERR_CONFLICT,
		"K34");
	refused(m, "inspect start", "inspection=7 on=2999-01-10", ERR_INPUT,
		"K32");
	refused(m, "inspect documents", "inspection=7 on=2999-01-10", ERR_INPUT,
		"K32");
	refused(m, it, "inspection=99 from=2023-05-10", ERR_INPUT, "no such");
	refused(m, it, "from=2023-05-10", ERR_INPUT, "missing");
}

static void documents_are_due_so_many_days_before(void **state)
{
	struct room *m = *state;

	fresh(m);
	assert_non_null(strstr(done(m, "inspect schedule",
				    "inspection=1 from=2023-05-10 form=on-site "
				    "team=doan-1"),
			       "2023-05-07"));
	assert_non_null(strstr(done(m, "inspect documents",
				    "inspection=1 on=2023-05-07"),
			       "in time"));
	assert_non_null(strstr(done(m, "inspect documents",
				    "inspection=1 on=2023-05-09"),
			       "days late: 2"));
	assert_int_equal(pg_long(m->raw,
				 "SELECT count(*) FROM assess.change WHERE "
				 "what = 'inspect-documents 1' AND was = "
				 "'2023-05-07' AND becomes = '2023-05-09'"),
			 1);
}

static void a_conclusion_wants_the_whole_outline(void **state)
{
	struct room *m = *state;
	const char *const it = "inspect conclude";
	char given[128];
	char *items, *save = NULL;

	running(m);
	refused(m, "inspect answer", "inspection=1 item=x verdict=done text=x",
		ERR_INPUT, "K35");
	refused(m, "inspect answer",
		"inspection=1 item=II.4a verdict=done text=x", ERR_INPUT,
		"K35");
	refused(m, "inspect answer", "inspection=1 item=I.1 verdict=x text=x",
		ERR_INPUT, "K36");
	refused(m, it, "inspection=1 number=1 on=2023-05-09 text=x", ERR_INPUT,
		"K37");
	refused(m, it, "inspection=1 number=1 on=2023-05-20 text=x",
		ERR_CONFLICT, "K38");
	items = pg_text(m->raw, "SELECT item FROM assess.checklist "
				"WHERE inspection = 1");
	for (char *w = strtok_r(items, "\n", &save); w;
	     w = strtok_r(NULL, "\n", &save)) {
		(void)snprintf(given, sizeof given,
			       "inspection=1 item=%s verdict=none text=x", w);
		done(m, "inspect answer", given);
	}
	free(items);
	refused(m, it, "inspection=1 number=1 on=2999-05-20 text=x", ERR_INPUT,
		"K32");
	done(m, it, "inspection=1 number=1/KL on=2023-05-20 text=x");
	refused(m, it, "inspection=1 number=2 on=2023-05-20 text=x",
		ERR_CONFLICT, "K22");
	pg_do(m->raw, "UPDATE assess.inspection SET state = 'running', "
		      "started_on = '2023-05-10', first_day = '2023-05-10', "
		      "last_day = '2023-05-10', documents_due = '2023-05-07' "
		      "WHERE inspection = 2; INSERT INTO assess.inspect_answer "
		      "SELECT round, 2, item, 'done', 'x', 'x' FROM "
		      "assess.checklist WHERE inspection = 2");
	refused(m, it, "inspection=2 number=1/KL on=2023-05-20 text=x",
		ERR_CONFLICT, "K39");
}

static void findings_have_rules(void **state)
{
	struct room *m = *state;

	running(m);
	refused(m, "inspect finding", FOUND " criterion=9.9", ERR_INPUT, "K41");
	refused(m, "inspect finding",
		"inspection=1 text=x due=2023-05-09 responsible=y", ERR_INPUT,
		"K42");
	refused(m, "inspect finding", "inspection=1 text=x due=2023-06-10",
		ERR_INPUT, "missing");
	assert_string_equal(done(m, "inspect finding", FOUND), "1");
	assert_string_equal(done(m, "inspect finding", FOUND " criterion=3.1"),
			    "2");
	refused(m, "inspect return", "finding=1 reason=x", ERR_CONFLICT, "K44");
	refused(m, "inspect extend", "finding=1 due=2023-06-10 reason=x",
		ERR_INPUT, "K45");
	refused(m, "inspect verify", "finding=1 evidence=x on=2023-05-09",
		ERR_INPUT, "K49");
	refused(m, "inspect verify", "finding=1 evidence=x on=2999-05-09",
		ERR_INPUT, "K32");
	refused(m, "inspect verify", "finding=9 evidence=x", ERR_INPUT,
		"no such");
	done(m, "inspect verify", "finding=1 evidence=x on=2023-06-01");
	refused(m, "inspect withdraw", "finding=1 reason=x", ERR_CONFLICT,
		"K43");
	refused(m, "inspect recommend", "inspection=1 to=x text=y finding=9",
		ERR_INPUT, "K46");
	assert_string_equal(done(m, "inspect recommend",
				 "inspection=1 to=x text=y finding=2"),
			    "1");
	refused(m, "inspect measure", "measure=1 state=x text=y", ERR_INPUT,
		"K47");
	done(m, "inspect measure", "measure=1 state=refused text=y");
	refused(m, "inspect measure", "measure=1 state=done text=y",
		ERR_CONFLICT, "K48");
	refused(m, "inspect measure", "measure=9 state=done text=y", ERR_INPUT,
		"no such");
}

/* ---- two people ------------------------------------------------------------
 */

static void who_saw_an_older_version_is_refused(void **state)
{
	struct room *m = *state;
	static const char *const acts[][2] = {
		{ "inspect documents", "inspection=1 on=2023-05-01 version=1" },
		{ "inspect draft", "inspection=1 strengths=x version=1" },
		{ "inspect conclude",
		  "inspection=1 number=1 on=2023-05-20 text=x version=1" },
		{ "inspect cancel", "inspection=1 reason=x version=1" },
		{ "inspect start", "inspection=1 version=1" },
		{ "inspect schedule",
		  "inspection=1 from=2023-05-10 version=1" },
		{ "inspect answer",
		  "inspection=1 item=I.1 verdict=done text=y version=0" },
		{ "inspect verify", "finding=1 evidence=x version=1" },
		{ "inspect return", "finding=1 reason=x version=1" },
		{ "inspect extend",
		  "finding=1 due=2023-07-10 reason=x version=1" },
		{ "inspect withdraw", "finding=1 reason=x version=1" },
		{ "inspect remedied",
		  "unit=so-giao-duc finding=1 text=x version=1" },
		{ "inspect measure", "measure=1 state=done text=y version=1" },
	};
	const char *const kept =
		"SELECT md5(string_agg(t, '')) FROM (SELECT i::text AS t FROM "
		"assess.inspection i UNION ALL SELECT f::text FROM "
		"assess.finding f UNION ALL SELECT a::text FROM "
		"assess.inspect_answer a UNION ALL SELECT k::text FROM "
		"assess.measure k ORDER BY 1) AS x";
	char *before, *after;

	running(m);
	done(m, "inspect answer", "inspection=1 item=I.1 verdict=done text=x");
	done(m, "inspect finding", FOUND);
	done(m, "inspect remedied",
	     "unit=so-giao-duc finding=1 text=x version=1");
	done(m, "inspect recommend", "inspection=1 to=x text=y");
	done(m, "inspect measure", "measure=1 state=accepted text=y");
	before = pg_text(m->raw, kept);
	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
		refused(m, acts[i][0], acts[i][1], ERR_CONFLICT,
			"somebody changed");
	after = pg_text(m->raw, kept);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* ---- whose ------------------------------------------------------------------
 */

/* How many rows a list has for a unit, an office. */
static size_t rows(struct room *m, const char *name, const char *param,
		   const char *value)
{
	const struct act_list *l = act_list_find(name);
	const char *values[ACT_PARAMS_MAX] = { NULL };
	struct err e = { 0 };
	struct res *r;
	size_t n;

	assert_non_null(l);
	values[act_param_at(l->params, param)] = value;
	r = store_act_list(m->server, l, m->round, values, &e);
	if (!r)
		fail_msg("%s: %s", name, e.msg);
	assert_int_equal(res_columns(r), act_list_columns(l));
	n = res_rows(r);
	res_free(r);
	return n;
}

static void a_unit_sees_and_answers_its_own(void **state)
{
	struct room *m = *state;

	running(m);
	done(m, "inspect finding", FOUND);
	done(m, "inspect recommend", "inspection=1 to=x text=y due=2023-06-01");
	refused(m, "inspect remedied", "unit=so-tu-phap finding=1 text=x",
		ERR_INPUT, "no such");
	done(m, "inspect remedied", "unit=so-giao-duc finding=1 text=x");
	assert_int_equal(rows(m, "inspect list", "unit", "so-giao-duc"), 1);
	assert_int_equal(rows(m, "inspect list", "unit", NULL), 18);
	assert_int_equal(rows(m, "inspect findings", "unit", "so-giao-duc"), 1);
	assert_int_equal(rows(m, "inspect findings", "unit", "so-tu-phap"), 0);
	assert_int_equal(rows(m, "inspect measures", "unit", "so-tu-phap"), 0);
	assert_int_equal(rows(m, "inspect measures", "unit", "so-giao-duc"), 1);
	assert_int_equal(rows(m, "inspect checklist", "unit", "so-giao-duc"),
			 14);
	assert_int_equal(rows(m, "inspect checklist", "unit", "tp-thanh-hoa"),
			 16);
	/* documents that never came, and the measure */
	assert_int_equal(rows(m, "inspect late", "unit", "so-giao-duc"), 2);
	assert_int_equal(rows(m, "inspect late", "unit", "so-noi-vu"), 0);
}

static void an_appraiser_sees_the_findings_of_his_criteria(void **state)
{
	struct room *m = *state;

	running(m);
	done(m, "inspect finding", FOUND " criterion=3.1");
	done(m, "inspect finding", FOUND " criterion=6");
	done(m, "inspect finding", FOUND);
	/* the office that leads everything leads neither 3 nor 6 */
	assert_int_equal(rows(m, "inspect findings", "office", "vp-ubnd"), 1);
	assert_int_equal(rows(m, "inspect findings", "office", "so-tai-chinh"),
			 1);
	assert_int_equal(rows(m, "inspect findings", "office", "so-tu-phap"),
			 0);
	assert_int_equal(rows(m, "inspect findings", "criterion", "3.1"), 1);
	done(m, "inspect withdraw", "finding=1 reason=x");
	assert_int_equal(rows(m, "inspect findings", "office", "vp-ubnd"), 0);
	assert_int_equal(rows(m, "inspect findings", "state", "withdrawn"), 1);
	/* nobody sees his own unit's */
	done(m, "inspect schedule",
	     "inspection=6 from=2023-05-10 form=on-site team=doan-1");
	done(m, "inspect start", "inspection=6 on=2023-05-10");
	done(m, "inspect finding",
	     "inspection=6 text=x due=2023-06-10 responsible=y criterion=3.1");
	assert_int_equal(rows(m, "inspect findings", "office", "vp-ubnd"), 0);
}

/* ---- the plan again ---------------------------------------------------------
 */

static void load(struct room *m, const char *from, const char *to,
		 enum err_kind kind, const char *words)
{
	char *plan = text_of("docs/examples/inspect-thanh-hoa-2023.json");
	struct buf b = BUF_INIT(1 << 20);
	struct inspect_plan p;
	struct faults f;
	struct err e = { 0 };
	int32_t version = -1;
	char *at = strstr(plan, from);
	bool ok;

	assert_non_null(at);
	buf_add(&b, plan, (size_t)(at - plan));
	buf_adds(&b, to);
	buf_adds(&b, at + strlen(from));
	faults_init(&f, m->a);
	assert_true(inspect_read(buf_cstr(&b), b.len, NULL, m->a, &p, &f));
	ok = store_inspect_load(m->owner, m->round, &p, "thử", "thu", &version,
				&e);
	assert_int_equal(ok, kind == ERR_NONE);
	if (!ok && (e.kind != kind || !strstr(e.msg, words)))
		fail_msg("%s", e.msg);
	free(plan);
	buf_free(&b);
}

static void what_is_told_cannot_leave_the_plan(void **state)
{
	struct room *m = *state;

	fresh(m);
	done(m, "inspect schedule",
	     "inspection=1 from=2023-05-10 form=on-site team=doan-1");
	load(m, "\"number\": 1,", "\"number\": 101,", ERR_CONFLICT, "K40");
	load(m, "\"unit\": \"so-giao-duc\"", "\"unit\": \"so-noi-vu\"",
	     ERR_CONFLICT, "K40");
	/* a member of the unit joins a team that is told already */
	done(m, "inspect schedule",
	     "inspection=4 from=2023-05-10 form=on-site team=doan-1");
	load(m, "\"office\": \"so-tai-chinh\"", "\"office\": \"so-tu-phap\"",
	     ERR_DENIED, "K28");
	/* a new version keeps what the acts did */
	load(m, "\"documents_days\": 3", "\"documents_days\": 5", ERR_NONE, "");
	assert_int_equal(pg_long(m->raw, "SELECT count(*) FROM "
					 "assess.inspection WHERE state = "
					 "'scheduled' AND team = 'doan-1' "
					 "AND form = 'on-site'"),
			 2);
	assert_non_null(strstr(done(m, "inspect schedule",
				    "inspection=1 from=2023-05-10 reason=x"),
			       "2023-05-05"));
	load(m, "Thành viên A", "Thành viên G", ERR_NONE, "");
	assert_int_equal(pg_long(m->raw,
				 "SELECT count(*) FROM assess.inspect_plan"),
			 3);
}

/* What was found under a number stays with its unit. */
static void the_number_of_a_cancelled_one_is_of_its_unit(void **state)
{
	struct room *m = *state;

	fresh(m);
	done(m, "inspect cancel", "inspection=1 reason=bão");
	load(m, "\"unit\": \"so-giao-duc\"", "\"unit\": \"so-noi-vu\"",
	     ERR_CONFLICT, "K40");
	/* it may leave the plan; its number is not free for that */
	load(m, "\"number\": 1,", "\"number\": 101,", ERR_NONE, "");
	assert_int_equal(pg_long(m->raw, "SELECT count(*) FROM "
					 "assess.inspection WHERE inspection "
					 "= 1 AND NOT in_force"),
			 1);
	load(m, "\"unit\": \"so-giao-duc\"", "\"unit\": \"so-noi-vu\"",
	     ERR_CONFLICT, "số này là của đơn vị khác");
	/* the same unit may have it back, cancelled as it was */
	load(m, "\"documents_days\": 3", "\"documents_days\": 6", ERR_NONE, "");
	assert_int_equal(pg_long(m->raw, "SELECT count(*) FROM "
					 "assess.inspection WHERE inspection "
					 "= 1 AND in_force AND state = "
					 "'cancelled'"),
			 1);
}

/* Another connection has an act under way: the load waits for it and sees what
 * it did. */
static void a_plan_waits_for_acts_under_way(void **state)
{
	struct room *m = *state;
	PGconn *other;
	PGresult *r;

	fresh(m);
	other = PQconnectdb(getenv("PHIEU_TEST_DB"));
	assert_int_equal(PQstatus(other), CONNECTION_OK);
	r = PQexec(other, "BEGIN; UPDATE assess.inspection SET version = "
			  "version + 1 WHERE inspection = 2");
	assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
	PQclear(r);
	pg_do(m->raw, "SET lock_timeout = 200");
	r = PQexec(m->raw, "SELECT assess.inspect_keep(round, '[]') FROM "
			   "assess.inspect_plan LIMIT 1");
	assert_string_equal(PQresultErrorField(r, PG_DIAG_SQLSTATE), "55P03");
	PQclear(r);
	pg_do(m->raw, "SET lock_timeout = 0");
	PQfinish(other);
}

/* The service has the acts and nothing else. */
static void the_service_writes_by_acts_alone(void **state)
{
	struct room *m = *state;
	PGconn *c = pg_as("server", NULL);
	char s[6];

	running(m);
	done(m, "inspect finding", FOUND);
	assert_string_equal(
		pg_state(c,
			 "SELECT assess.finding_turn(1, 1, NULL, NULL, "
			 "'withdraw', 'x', NULL, 'don-vi')",
			 s),
		"42501");
	assert_string_equal(
		pg_state(c,
			 "SELECT assess.inspect_cancel(1, 1, NULL, 'x', "
			 "'don-vi')",
			 s),
		"42501");
	assert_int_equal(pg_long(m->raw, "SELECT count(*) FROM assess.finding "
					 "WHERE state = 'open'"),
			 1);
	assert_string_equal(
		pg_state(c, "UPDATE assess.finding SET state = 'remedied'", s),
		"42501");
	assert_string_equal(pg_state(c, "DELETE FROM assess.inspection", s),
			    "42501");
	assert_string_equal(
		pg_state(c,
			 "SELECT assess.inspect_load(1, true, '', '{}', '', "
			 "'')",
			 s),
		"42501");
	assert_string_equal(
		pg_state(c,
			 "SELECT assess.inspect_done(i, '', NULL, '', '', '', "
			 "'') FROM assess.inspection AS i",
			 s),
		"42501");
	PQfinish(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_inspection_goes_by_its_steps),
		cmocka_unit_test(days_forms_and_teams_have_rules),
		cmocka_unit_test(documents_are_due_so_many_days_before),
		cmocka_unit_test(a_conclusion_wants_the_whole_outline),
		cmocka_unit_test(findings_have_rules),
		cmocka_unit_test(who_saw_an_older_version_is_refused),
		cmocka_unit_test(a_unit_sees_and_answers_its_own),
		cmocka_unit_test(
			an_appraiser_sees_the_findings_of_his_criteria),
		cmocka_unit_test(what_is_told_cannot_leave_the_plan),
		cmocka_unit_test(the_number_of_a_cancelled_one_is_of_its_unit),
		cmocka_unit_test(a_plan_waits_for_acts_under_way),
		cmocka_unit_test(the_service_writes_by_acts_alone),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
