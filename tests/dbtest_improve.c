/* Lost points, tasks and what was gained, in the database as the service runs
 * them: each refusal by its kind, whose what is, each outcome. */
#include <inttypes.h>

#include "phieu/act.h"
#include "phieu/file.h"
#include "phieu/store_round.h"
#include "support/pg.h"

struct room {
	struct db *server;
	PGconn *raw;
	struct arena *a;
	int32_t round, next;
	const char *by; /* login of who acts */
};

static int32_t round_of(struct room *m, const char *code)
{
	struct err e = { 0 };
	struct round_head h;

	assert_true(store_round_head(m->server, code, m->a, &h, &e));
	return h.id;
}

static int set_up(void **state)
{
	static struct room room;
	struct room *m = &room;
	struct err e = { 0 };
	char server[512];
	size_t n;
	char *sql = file_read("tests/data/improve.sql", 1 << 20, &n, &e);

	assert_non_null(sql);
	pg_conninfo(server, sizeof server, "server", NULL);
	m->a = arena_new((size_t)64 << 20);
	m->server = db_open(server, "dbtest", DB_ANY_ROLE, 0, &e);
	m->raw = pg_as("owner", NULL);
	assert_true(m->a && m->server);
	pg_do(m->raw, sql);
	free(sql);
	m->round = round_of(m, "r22");
	m->next = round_of(m, "r23");
	m->by = "thu";
	*state = m;
	return 0;
}

static int tear_down(void **state)
{
	struct room *m = *state;

	db_close(m->server);
	PQfinish(m->raw);
	arena_free(m->a);
	return 0;
}

static void fresh(struct room *m)
{
	pg_do(m->raw,
	      "DELETE FROM assess.improve_report; DELETE FROM assess.improve; "
	      "DELETE FROM assess.improve_plan; DELETE FROM assess.change; "
	      "DELETE FROM assess.release WHERE round = (SELECT round FROM "
	      "assess.round WHERE code = 'r23')");
}

static void publish_next(struct room *m)
{
	pg_do(m->raw,
	      "INSERT INTO assess.release (round, release, result, kind, "
	      "decision, reason, released_by) SELECT round, 1, 1, 'trial', "
	      "'QĐ', 'thử', 'thử' FROM assess.round WHERE code = 'r23'");
}

/* "task=1 reason=x": '=' and ' ' part them. */
static bool act_in(struct room *m, int32_t round, const char *name,
		   const char *given, const char **made, struct err *e)
{
	const struct act *a = act_find(name);
	const char *values[ACT_PARAMS_MAX] = { NULL };
	char *copy = arena_strdup(m->a, given), *save = NULL;

	assert_non_null(a);
	for (char *w = strtok_r(copy, " ", &save); w;
	     w = strtok_r(NULL, " ", &save)) {
		char *value = strchr(w, '=');
		int at;

		assert_non_null(value);
		*value++ = '\0';
		at = act_param_at(a->params, w);
		assert_true(at >= 0);
		values[at] = value;
	}
	*e = (struct err){ 0 };
	return store_act(m->server, a, round, m->by, values, m->a, made, e);
}

/* What it made. */
static const char *done(struct room *m, const char *name, const char *given)
{
	const char *made = "";
	struct err e;

	if (!act_in(m, m->round, name, given, &made, &e))
		fail_msg("%s %s: %s", name, given, e.msg);
	return made;
}

static void refused(struct room *m, const char *name, const char *given,
		    enum err_kind kind, const char *words)
{
	const char *made;
	struct err e;

	if (act_in(m, m->round, name, given, &made, &e))
		fail_msg("taken: %s %s", name, given);
	if (e.kind != kind || !strstr(e.msg, words))
		fail_msg("%s %s: %d \"%s\"", name, given, (int)e.kind, e.msg);
}

static void plan(struct room *m)
{
	fresh(m);
	(void)done(m, "improve plan", "title=KH basis=QĐ next=r23 days=30");
}

#define SOON "due=2199-12-31 "

/* Columns of a list, joined: "A 1.2 2.58;…". */
static const char *listed(struct room *m, const char *name, const char *unit,
			  const char *office, const int *columns)
{
	const struct act_list *l = act_list_find(name);
	const char *values[ACT_PARAMS_MAX] = { unit, office };
	struct buf b = BUF_INIT(1 << 16);
	struct err e = { 0 };
	const char *text;
	struct res *r;

	assert_non_null(l);
	r = store_act_list(m->server, l, m->round, values, &e);
	if (!r)
		fail_msg("%s: %s", name, e.msg);
	for (size_t i = 0; i < res_rows(r); i++)
		for (size_t k = 0; columns[k] >= 0; k++)
			buf_addf(&b, "%s%s",
				 k > 0	 ? " "
				 : i > 0 ? ";"
					 : "",
				 res_text(r, i, columns[k]));
	text = arena_strdup(m->a, b.len > 0 ? buf_cstr(&b) : "");
	buf_free(&b);
	res_free(r);
	return text;
}

static const int lost_columns[] = { 0, 1, 5, 6, -1 };
static const int seen_columns[] = { 0, 10, -1 };
static const int gained_columns[] = { 0, 9, 10, -1 };

/* ---- lost points ------------------------------------------------------- */

/* Of the newest release; a bonus is not lost, a deduction is; what does not
 * apply, is left out or missing is not listed; what stands as 0 is. */
static void what_was_lost_comes_from_the_newest_release(void **state)
{
	struct room *m = *state;

	fresh(m);
	assert_string_equal(listed(m, "improve lost", NULL, NULL, lost_columns),
			    "A 1.6 5 0;A 1.2 2.58 0;B 1.4 2.5 0;C 1.1 1 0;"
			    "A 1.1 0.67 0;A  0.5 0;A D 0.25 0");
	assert_string_equal(listed(m, "improve lost", "B", NULL, lost_columns),
			    "B 1.4 2.5 0");
	assert_string_equal(listed(m, "improve lost", NULL, "o2", lost_columns),
			    "A 1.2 2.58 0");
	assert_string_equal(listed(m, "improve lost", "B", "o2", lost_columns),
			    "");
}

static void tasks_stand_for_what_is_below_them(void **state)
{
	struct room *m = *state;

	plan(m);
	(void)done(m, "improve add",
		   SOON "text=x lead=o1 gain=1 unit=A criterion=1");
	assert_string_equal(listed(m, "improve lost", "A", NULL, lost_columns),
			    "A 1.6 5 1;A 1.2 2.58 1;A 1.1 0.67 1;A  0.5 0;"
			    "A D 0.25 0");
	/* for all units: also for those it is not about by name */
	(void)done(m, "improve add",
		   SOON "text=x lead=o1 gain=1 criterion=1.1");
	assert_string_equal(listed(m, "improve lost", "C", NULL, lost_columns),
			    "C 1.1 1 1");
	(void)done(m, "improve cancel", "task=1 reason=x");
	assert_string_equal(listed(m, "improve lost", "A", NULL, lost_columns),
			    "A 1.6 5 0;A 1.2 2.58 0;A 1.1 0.67 1;A  0.5 0;"
			    "A D 0.25 0");
	/* the total: everything of the unit */
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=8.5 unit=A");
	assert_string_equal(listed(m, "improve untasked", NULL, NULL,
				   (const int[]){ 0, 1, 3, -1 }),
			    "B 1.4 2.5");
}

/* ---- refusals ---------------------------------------------------------- */

static void a_plan_wants_a_published_result_and_a_later_year(void **state)
{
	struct room *m = *state;
	const char *made;
	struct err e;

	fresh(m);
	assert_false(act_in(m, m->next, "improve plan", "title=K basis=B",
			    &made, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	refused(m, "improve plan", "title=K basis=B next=r21", ERR_INPUT,
		"r21");
	refused(m, "improve plan", "title=K basis=B next=r22", ERR_INPUT,
		"r22");
	refused(m, "improve plan", "title=K basis=B version=3", ERR_CONFLICT,
		"người khác");
	refused(m, "improve plan", "title=K", ERR_INPUT, "basis");
	refused(m, "improve add", SOON "text=x lead=o1 gain=0", ERR_CONFLICT,
		"chưa có kế hoạch");
	assert_string_equal(done(m, "improve plan",
				 "title=K basis=B version=0"),
			    "1");
	assert_string_equal(done(m, "improve plan",
				 "title=K2 basis=B version=1"),
			    "2");
	refused(m, "improve plan", "title=K basis=B version=1", ERR_CONFLICT,
		"người khác");
}

static void a_task_promises_no_more_than_was_lost(void **state)
{
	struct room *m = *state;

	plan(m);
	refused(m, "improve add",
		SOON "text=x lead=o1 gain=2.59 unit=A criterion=1.2", ERR_INPUT,
		"2.58");
	refused(m, "improve add",
		SOON "text=x lead=o1 gain=0.1 unit=B criterion=1.2", ERR_INPUT,
		"0");
	refused(m, "improve add",
		SOON "text=x lead=o1 gain=0 unit=B criterion=1.1", ERR_INPUT,
		"không chấm");
	refused(m, "improve add",
		SOON "text=x lead=o1 gain=0 unit=C criterion=1.2", ERR_INPUT,
		"không chấm");
	refused(m, "improve add", SOON "text=x lead=o9 gain=0 unit=A",
		ERR_INPUT, "o9");
	refused(m, "improve add", "due=2020-01-01 text=x lead=o1 gain=0 unit=A",
		ERR_INPUT, "đã qua");
	refused(m, "improve add", SOON "text=x lead=o1 gain=-1 unit=A",
		ERR_INPUT, "bị mất");
	refused(m, "improve add", SOON "text=x lead=o1 gain=0 unit=Z",
		ERR_INPUT, "không có đơn vị");
	/* of all units: the sum of what they lost, 0.67 + 1 */
	refused(m, "improve add", SOON "text=x lead=o1 gain=1.68 criterion=1.1",
		ERR_INPUT, "1.67");
	assert_string_equal(done(m, "improve add",
				 SOON "text=x lead=o1 gain=1.67 criterion=1.1"),
			    "1");
	refused(m, "improve change", "task=1 reason=x gain=2", ERR_INPUT,
		"1.67");
	refused(m, "improve change", "task=1 reason=x lead=o9", ERR_INPUT,
		"o9");
	refused(m, "improve change", "task=7 reason=x", ERR_INPUT, "không có");
}

static void only_who_leads_reports(void **state)
{
	struct room *m = *state;

	plan(m);
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=0 unit=B");
	(void)done(m, "improve add",
		   SOON "text=x lead=B gain=0 unit=B with=o2;Ai");
	/* o1 is unit A: it reports as either, and as nobody else */
	refused(m, "improve report", "task=1 text=x", ERR_DENIED, "chủ trì");
	refused(m, "improve report", "task=1 text=x office=o2", ERR_DENIED,
		"chủ trì");
	refused(m, "improve report", "task=1 text=x unit=B", ERR_DENIED,
		"chủ trì");
	refused(m, "improve report", "task=1 text=x unit=B office=o1",
		ERR_DENIED, "chủ trì");
	refused(m, "improve report", "task=2 text=x office=o1", ERR_DENIED,
		"chủ trì");
	refused(m, "improve report", "task=2 text=x office=o2 unit=B",
		ERR_DENIED, "chủ trì");
	/* before the version: a stranger learns nothing of it */
	refused(m, "improve report", "task=2 text=x unit=A version=9",
		ERR_DENIED, "chủ trì");
	assert_string_equal(done(m, "improve report",
				 "task=1 text=x office=o1 unit=A"),
			    "2");
	assert_string_equal(done(m, "improve report", "task=1 text=x unit=A"),
			    "3");
	refused(m, "improve report", "task=1 text=x unit=A version=2",
		ERR_CONFLICT, "người khác");
	assert_string_equal(done(m, "improve report",
				 "task=2 text=x unit=B state=done"),
			    "2");
	refused(m, "improve report", "task=2 text=x unit=B", ERR_CONFLICT,
		"done");
	refused(m, "improve report", "task=1 text=x unit=A day=2199-01-01",
		ERR_INPUT, "chưa tới");
	refused(m, "improve report", "task=1 text=x unit=A state=planned",
		ERR_INPUT, "doing");
}

static void states_turn_one_way_and_back_with_a_reason(void **state)
{
	struct room *m = *state;
	char *kept;

	plan(m);
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=0 unit=B");
	refused(m, "improve reopen", "task=1 reason=x", ERR_CONFLICT,
		"planned");
	refused(m, "improve cancel", "task=1", ERR_INPUT, "reason");
	(void)done(m, "improve cancel", "task=1 reason=x");
	refused(m, "improve cancel", "task=1 reason=x", ERR_CONFLICT,
		"cancelled");
	refused(m, "improve change", "task=1 reason=x", ERR_CONFLICT,
		"cancelled");
	refused(m, "improve report", "task=1 text=x office=o1", ERR_CONFLICT,
		"cancelled");
	(void)done(m, "improve reopen", "task=1 reason=y");
	(void)done(m, "improve report", "task=1 text=x office=o1 state=done");
	(void)done(m, "improve reopen", "task=1 reason=y");
	refused(m, "improve reopen", "task=1 reason=x version=1", ERR_CONFLICT,
		"người khác");
	(void)done(m, "improve change", "task=1 reason=x version=5 gain=0");
	/* every step stands in the history */
	kept = pg_text(m->raw, "SELECT count(*) FROM assess.change WHERE "
			       "what = 'improve'");
	assert_string_equal(kept, "6\n");
	free(kept);
}

/* The service's role changes nothing but by these acts. */
static void tables_are_not_written_past_the_acts(void **state)
{
	static const char *const tries[] = {
		"UPDATE assess.improve SET gain = 99",
		"DELETE FROM assess.improve_report",
		"INSERT INTO assess.improve_plan (round, title, basis, "
		"changed_by) VALUES (1, 'x', 'x', 'x')",
		"SELECT assess.improve_lead(1, 'o1')",
	};
	struct room *m = *state;
	PGconn *c = pg_as("server", NULL);
	char code[6];

	(void)m;
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++)
		assert_string_equal(pg_state(c, tries[i], code), "42501");
	PQfinish(c);
}

/* The database looks once more whose login it is: bound as the service binds
 * it, and an act of the secretariat is nobody else's. */
static void a_login_without_the_right_is_refused_by_the_database(void **state)
{
	static const char *const office_acts[][2] = {
		{ "improve plan", "title=K basis=B" },
		{ "improve add", SOON "text=x lead=o1 gain=0 unit=A" },
		{ "improve change", "task=1 reason=x gain=0" },
		{ "improve cancel", "task=1 reason=x" },
	};
	static const char *const logins[] = { "nguoi-a", "nguoi-o2", "khach",
					      "khong-co" };
	struct room *m = *state;

	plan(m);
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=0 unit=B");
	(void)done(m, "improve add", SOON "text=x lead=o2 gain=0 unit=B");
	for (size_t i = 0; i < 4; i++) {
		m->by = logins[i];
		for (size_t k = 0; k < 4; k++)
			refused(m, office_acts[k][0], office_acts[k][1],
				ERR_DENIED, "không có quyền");
	}
	m->by = "nguoi-a"; /* o1 is unit A */
	refused(m, "improve report", "task=2 text=x office=o2 version=1",
		ERR_DENIED, "không có quyền");
	(void)done(m, "improve report", "task=1 text=x unit=A version=1");
	m->by = "nguoi-o2";
	refused(m, "improve report", "task=1 text=x office=o1", ERR_DENIED,
		"không có quyền");
	(void)done(m, "improve report", "task=2 text=x office=o2 version=1");
	m->by = "khach";
	refused(m, "improve report", "task=2 text=x office=o2", ERR_DENIED,
		"không có quyền");
	m->by = "thu";
}

/* ---- whose it is ------------------------------------------------------- */

static void units_and_offices_see_what_concerns_them(void **state)
{
	struct room *m = *state;

	plan(m);
	(void)done(m, "improve add",
		   SOON "text=x lead=o2 gain=0 unit=A criterion=1.2");
	(void)done(m, "improve add",
		   SOON "text=x lead=o2 gain=1 criterion=1.1 with=o1");
	(void)done(m, "improve add", SOON "text=x lead=C gain=0 unit=B");
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=0 unit=B");
	assert_string_equal(listed(m, "improve list", NULL, NULL, seen_columns),
			    "3 10.8;4 10.8;1 2.58;2 1.67");
	/* A: its own, the one for all with its own points alone, and what it
	 * leads as o1 */
	assert_string_equal(listed(m, "improve list", "A", NULL, seen_columns),
			    "4 10.8;1 2.58;2 0.67");
	assert_string_equal(listed(m, "improve list", "C", NULL, seen_columns),
			    "3 10.8;2 1");
	assert_string_equal(listed(m, "improve list", NULL, "o1", seen_columns),
			    "4 10.8;2 1.67");
	assert_string_equal(listed(m, "improve list", "C", "o1", seen_columns),
			    "2 1");
}

/* ---- what was gained --------------------------------------------------- */

static void each_task_has_its_outcome(void **state)
{
	static const char *const tasks[] = {
		"gain=0.67 unit=A criterion=1.1", /* 3.33 to 4 */
		"gain=1 unit=A criterion=1.2",	  /* maximum 6 to 7 */
		"gain=0 unit=A criterion=1.4",	  /* 1.5 now: 5 to 4.5 */
		"gain=2.5 unit=B criterion=1.4",  /* 2.5 to 3.5 */
		"gain=0.1 unit=A criterion=D",	  /* 0.25 to 0.1 deducted */
		"gain=1 unit=A criterion=1.6",	  /* not there any more */
		"gain=1 unit=C criterion=1.1",	  /* nor is the unit */
		"gain=0.5 unit=A",		  /* 11.5 to 12 */
		"gain=1 criterion=1.4",		  /* 7.5 to 8 of A and B */
	};
	struct room *m = *state;

	plan(m);
	for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++)
		(void)done(m, "improve add",
			   arena_printf(m->a, SOON "text=x lead=o1 %s",
					tasks[i]));
	assert_string_equal(listed(m, "improve gained", NULL, NULL,
				   (const int[]){ 10, -1 }),
			    "pending;pending;pending;pending;pending;pending;"
			    "pending;pending;pending");
	publish_next(m);
	assert_string_equal(listed(m, "improve gained", NULL, NULL,
				   gained_columns),
			    "1 0.67 gained;2 2.08 changed;3 -0.5 not;"
			    "4 1 partly;5 -0.15 gained;6  gone;7  gone;"
			    "8 0.5 gained;9 0.5 partly");
}

static void set_document(struct room *m, const char *text)
{
	pg_do(m->raw, arena_printf(m->a,
				   "UPDATE assess.version SET content = '%s', "
				   "sha256 = sha256(convert_to('%s', 'UTF8')) "
				   "WHERE version = 1 AND round = (SELECT "
				   "round FROM assess.round WHERE code = "
				   "'r23')",
				   text, text));
}

#define REPLACED \
	"\"replaced\":[{\"from\":\"1.4\",\"to\":\"1.5\"},{\"from\":\"1.6\"}]"

/* C is part of B now: what it has is shown and not called gained or lost, and
 * the unit it went into counts once. */
static void a_merged_unit_is_followed_and_not_compared(void **state)
{
	struct room *m = *state;

	plan(m);
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=0 unit=C");
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=0 unit=A");
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=0");
	(void)done(m, "improve add",
		   SOON "text=x lead=o1 gain=1 criterion=1.4");
	publish_next(m);
	assert_string_equal(listed(m, "improve gained", NULL, NULL,
				   gained_columns),
			    "1  gone;2 0.5 gained;3 0.8 gained;4 0.5 partly");
	set_document(m, "{\"merged\":[{\"from\":\"C\",\"to\":\"B\"}]," REPLACED
			"}");
	assert_string_equal(listed(m, "improve gained", NULL, NULL,
				   gained_columns),
			    "1 -9.5 changed;2 0.5 gained;3 -18.2 changed;"
			    "4 0.5 changed");
	set_document(m, "{" REPLACED "}");
}

/* A document that was loaded after the publication says nothing of it. */
static void the_document_of_the_result_counts(void **state)
{
	struct room *m = *state;

	plan(m);
	(void)done(m, "improve add",
		   SOON "text=x lead=o1 gain=2.5 unit=B criterion=1.4");
	publish_next(m);
	pg_do(m->raw, "INSERT INTO assess.version (round, version, content, "
		      "sha256, reason, loaded_by) SELECT round, 2, '{}', "
		      "sha256('{}'), 'thử', 'thử' FROM assess.round WHERE "
		      "code = 'r23'");
	assert_string_equal(listed(m, "improve gained", NULL, NULL,
				   gained_columns),
			    "1 1 partly");
	pg_do(m->raw, "DELETE FROM assess.version WHERE version = 2");
}

static void without_a_next_round_all_is_pending(void **state)
{
	struct room *m = *state;

	fresh(m);
	publish_next(m);
	(void)done(m, "improve plan", "title=K basis=B");
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=0 unit=A");
	assert_string_equal(listed(m, "improve gained", NULL, NULL,
				   gained_columns),
			    "1  pending");
}

/* ---- late -------------------------------------------------------------- */

/* Task 2 four days late, 1 and 3 added 35 days ago: what is listed as late.
 * Once more when midnight passes between the two. */
static const char *late_by_days(struct room *m)
{
	static const int columns[] = { 2, 7, 9, -1 };
	const char *said;
	long day;

	do {
		day = pg_long(m->raw, "SELECT assess.today() - '2000-01-01'");
		pg_do(m->raw, "UPDATE assess.improve SET due = assess.today() "
			      "- 4 WHERE improve = 2; UPDATE assess.improve "
			      "SET added_at = now() - interval '35 days' WHERE "
			      "improve IN (1, 3)");
		said = listed(m, "improve late", NULL, NULL, columns);
	} while (day !=
		 pg_long(m->raw, "SELECT assess.today() - '2000-01-01'"));
	return said;
}

static void what_is_late_comes_of_the_day_alone(void **state)
{
	static const int columns[] = { 2, 7, 9, -1 };
	struct room *m = *state;

	plan(m);
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=0 unit=A");
	(void)done(m, "improve add", SOON "text=x lead=o1 gain=0 unit=B");
	(void)done(m, "improve add", SOON "text=x lead=o2 gain=0 unit=B");
	assert_string_equal(listed(m, "improve late", NULL, NULL, columns), "");
	assert_string_equal(late_by_days(m), "2 4 0;1 0 5;3 0 5");
	(void)done(m, "improve report", "task=3 text=x office=o2 state=done");
	assert_string_equal(late_by_days(m), "2 4 0;1 0 5");
	(void)done(m, "improve report", "task=1 text=x office=o1");
	assert_string_equal(late_by_days(m), "2 4 0");
	(void)done(m, "improve cancel", "task=2 reason=x");
	assert_string_equal(listed(m, "improve late", NULL, NULL, columns), "");
	assert_string_equal(listed(m, "improve agencies", NULL, NULL,
				   (const int[]){ 0, 2, 3, 4, 5, 6, 7, -1 }),
			    "o1 2 0 1 0 0 1;o2 1 0 0 0 1 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_lost_comes_from_the_newest_release),
		cmocka_unit_test(tasks_stand_for_what_is_below_them),
		cmocka_unit_test(
			a_plan_wants_a_published_result_and_a_later_year),
		cmocka_unit_test(a_task_promises_no_more_than_was_lost),
		cmocka_unit_test(only_who_leads_reports),
		cmocka_unit_test(states_turn_one_way_and_back_with_a_reason),
		cmocka_unit_test(tables_are_not_written_past_the_acts),
		cmocka_unit_test(
			a_login_without_the_right_is_refused_by_the_database),
		cmocka_unit_test(units_and_offices_see_what_concerns_them),
		cmocka_unit_test(each_task_has_its_outcome),
		cmocka_unit_test(a_merged_unit_is_followed_and_not_compared),
		cmocka_unit_test(the_document_of_the_result_counts),
		cmocka_unit_test(without_a_next_round_all_is_pending),
		cmocka_unit_test(what_is_late_comes_of_the_day_alone),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
