/* Review against the database: every status with every act, role and reason;
 * what holds a number; who sees what; agents. */
#include "support/review.h"

/* One submission of each status, named by it. */
static void one_of_each(void)
{
	char instance[40], number[40];

	for (size_t i = 0; i < N(statuses); i++) {
		struct sent s = { .instance = instance,
				  .sheet = number,
				  .key = 1,
				  .state = 1 };

		(void)snprintf(instance, sizeof instance, "uuid:%s",
			       statuses[i]);
		(void)snprintf(number, sizeof number, "XX01-%05zu-0", i + 1);
		if (strcmp(statuses[i], "flagged") == 0)
			s.state = 2, s.flags = 1;
		if (strcmp(statuses[i], "invalid") == 0)
			s.state = 3;
		comes_in(&s, "");
	}
	DO(.act = "query", .items = "uuid:corrected", .reason = "xem lại");
	comes_in(&(struct sent){ .instance = "uuid:mended",
				 .sheet = "XX01-00003-0",
				 .replaces = "uuid:corrected",
				 .key = 1,
				 .state = 1 },
		 "1/1");
	DO(.act = "query", .items = "uuid:queried,uuid:answered",
	   .reason = "xem lại", .code = "blank");
	DO(.act = "answer", .items = "uuid:answered", .reason = "đúng giấy");
	DO(.act = "accept", .items = "uuid:accepted");
	DO(.act = "reject", .items = "uuid:rejected", .code = "V11");
	DO(.act = "withdraw", .items = "uuid:withdrawn");
	comes_in(&(struct sent){ .instance = "uuid:instead",
				 .sheet = "XX01-00010-0",
				 .replaces = "uuid:replaced",
				 .key = 1,
				 .state = 1 },
		 "1/1");
}

static const char *of_status(const char *status)
{
	static char name[40];

	(void)snprintf(name, sizeof name, "uuid:%s",
		       strcmp(status, "corrected") == 0 ? "mended" : status);
	return name;
}

static size_t one_cell(const char *status, const char *a, const char *role,
		       bool reason)
{
	struct done d = { .act = a,
			  .role = role,
			  .items = of_status(status),
			  .code = strcmp(a, "reject") == 0 ? "V09" : NULL,
			  .reason = reason ? "vì sao" : NULL };
	const char *want = expected(status, a, role, reason);
	char state[6], words[400];

	pg_do(server, "BEGIN");
	if (strcmp(act(server, &d, state, words), want) != 0)
		fail_msg("%s %s %s%s: \"%s\", not \"%s\": %s", status, a, role,
			 reason ? " with a reason" : "", state, want, words);
	pg_do(server, "ROLLBACK");
	return 1;
}

static void only_what_the_rules_say_is_done(void **state)
{
	size_t n = 0;

	(void)state;
	one_of_each();
	for (size_t s = 0; s < N(statuses); s++) {
		char sql[200];

		(void)snprintf(sql, sizeof sql,
			       "SELECT status FROM field.review WHERE "
			       "instance = '%s'",
			       of_status(statuses[s]));
		is(sql, statuses[s]);
		for (size_t a = 0; a < N(acts); a++)
			for (size_t r = 0; r < N(roles); r++)
				n += one_cell(statuses[s], acts[a], roles[r],
					      false) +
				     one_cell(statuses[s], acts[a], roles[r],
					      true);
	}
	print_message("N=%zu cells of status x act x role x reason\n", n);
	all_is_well();
}

static void a_rejection_wants_a_reason_of_the_list(void **state)
{
	(void)state;
	REFUSED("22023", .act = "reject", .items = "uuid:received",
		.reason = "không ưng");
	REFUSED("22023", .act = "reject", .items = "uuid:received",
		.code = "V99");
	REFUSED("22023", .act = "reject", .items = "uuid:received",
		.code = "V13"); /* for a withdrawal */
	REFUSED("22023", .act = "query", .items = "uuid:received",
		.code = "V11", .reason = "x"); /* for a rejection */
	REFUSED("22023", .act = "query", .items = "uuid:received",
		.reason = "x", .to = "unit");
	is("SELECT faults #>> '{0,code}' || ' ' || (faults #>> "
	   "'{0,message_vi}') FROM field.response WHERE instance = "
	   "'uuid:rejected'",
	   "V11 Thiếu xác nhận");
	pg_do(server, "SELECT field.review_reason_add(" WAVE ", 'me', "
		      "'analyst', 'reject', 'rach', 'V11', 'Phiếu rách', "
		      "'Torn', '', 'QĐ 7')");
	DO(.act = "reject", .items = "uuid:received", .code = "rach",
	   .reason = "trang 2");
	is("SELECT faults #>> '{0,message_vi}' FROM field.response WHERE "
	   "instance = 'uuid:received'",
	   "Phiếu rách: trang 2");
	DO(.act = "undo", .items = "uuid:received", .reason = "nhầm");
	STATUS("uuid:received", "received+");
	is("SELECT coalesce(faults::text, '-') FROM field.response WHERE "
	   "instance = 'uuid:received'",
	   "-");
	is("SELECT count(*) FROM field.review_reason WHERE basis = 'example' "
	   "AND wave = 0",
	   "20");
	all_is_well();
}

/* ---- numbers that are held --------------------------------------------- */

static void a_number_that_was_put_out_takes_no_other(void **state)
{
	const char *v01 = "1/3", *mended = "1/1";

	(void)state;
	send("uuid:n1", "XX01-00021-0");
	DO(.act = "reject", .items = "XX01-00021-0", .code = "V12");
	comes_in(&(struct sent){ .instance = "uuid:n2",
				 .sheet = "XX01-00021-0",
				 .key = 1,
				 .state = 1 },
		 v01);
	/* nor by naming it: somebody decided */
	comes_in(&(struct sent){ .instance = "uuid:n3",
				 .sheet = "XX01-00021-0",
				 .replaces = "uuid:n1",
				 .key = 1,
				 .state = 1 },
		 v01);
	STATUS("uuid:n1", "rejected");
	/* of a queried one only its mended sheet counts, from its agent */
	send("uuid:q1", "XX01-00022-0");
	DO(.act = "query", .items = "XX01-00022-0", .reason = "câu 2?");
	comes_in(&(struct sent){ .instance = "uuid:q2",
				 .sheet = "XX01-00022-0",
				 .key = 1,
				 .state = 1 },
		 v01);
	comes_in(&(struct sent){ .instance = "uuid:q3",
				 .sheet = "XX01-00022-0",
				 .replaces = "uuid:q1",
				 .key = 2,
				 .state = 1 },
		 v01);
	comes_in(&(struct sent){ .instance = "uuid:q4",
				 .sheet = "XX01-00022-0",
				 .replaces = "uuid:q1",
				 .key = 1,
				 .state = 3 },
		 "");
	STATUS("uuid:q1", "queried");
	comes_in(&(struct sent){ .instance = "uuid:q5",
				 .sheet = "XX01-00022-0",
				 .replaces = "uuid:q1",
				 .key = 1,
				 .state = 1,
				 .answers = "01ff" },
		 mended);
	STATUS("uuid:q1", "replaced");
	STATUS("uuid:q5", "corrected+");
	all_is_well();
}

static void who_is_accepted_instead_has_the_number(void **state)
{
	(void)state;
	/* n1 is rejected and holds it; n2, n3 were V01 */
	REFUSED("22023", .act = "accept", .items = "uuid:n2");
	DO(.act = "accept", .items = "uuid:n2", .reason = "bản đúng");
	STATUS("uuid:n2", "accepted+");
	REFUSED("55000", .act = "accept", .items = "uuid:n3", .reason = "x");
	REFUSED("55000", .act = "undo", .items = "uuid:n1", .reason = "x");
	STATUS("uuid:n1", "rejected");
	DO(.act = "undo", .items = "uuid:n2", .reason = "nhầm");
	STATUS("uuid:n2", "invalid");
	comes_in(&(struct sent){ .instance = "uuid:n4",
				 .sheet = "XX01-00021-0",
				 .key = 1,
				 .state = 1 },
		 "1/3");
	DO(.act = "undo", .items = "uuid:n1", .reason = "phúc tra lại");
	STATUS("uuid:n1", "received+");
	all_is_well();
}

static void a_number_with_several_submissions_is_named_by_instance(void **state)
{
	(void)state;
	comes_in(&(struct sent){ .instance = "uuid:t1",
				 .sheet = "XX01-00023-0",
				 .key = 1,
				 .state = 3 },
		 "");
	comes_in(&(struct sent){ .instance = "uuid:t2",
				 .sheet = "XX01-00023-0",
				 .key = 1,
				 .state = 3 },
		 "");
	REFUSED("22023", .act = "reject", .items = "XX01-00023-0",
		.code = "V05");
	REFUSED("22023", .act = "reject", .items = "uuid:t1,uuid:t1",
		.code = "V05");
	REFUSED("22023", .act = "reject", .items = "", .code = "V05");
	REFUSED("22023", .act = "reject", .items = NULL, .code = "V05");
	REFUSED("22023", .act = "reject", .items = "uuid:none", .code = "V05");
	REFUSED("22023", .act = "none", .items = "uuid:t1");
	REFUSED("22023", .act = "open", .items = "uuid:t1", .reason = "x");
	DO(.act = "reject", .items = " uuid:t1@1", .code = "V05");
	/* in lower case, as people type; the one that holds it is meant */
	DO(.act = "undo", .items = "xx01-00023-0", .reason = "x");
	STATUS("uuid:t1", "invalid");
	all_is_well();
}

/* ---- many at once ------------------------------------------------------ */

static void a_bulk_act_is_all_or_nothing_and_one_event(void **state)
{
	long events = pg_long(raw, "SELECT count(*) FROM field.review_event"),
	     log = pg_long(raw, "SELECT count(*) FROM audit.entry WHERE "
				"kind = 'review'");

	(void)state;
	assert_int_equal(events, log);
	for (int i = 0; i < 6; i++) {
		char instance[20], sheet[20];

		(void)snprintf(instance, sizeof instance, "uuid:b%d", i);
		(void)snprintf(sheet, sizeof sheet, "XX01-0003%d-0", i);
		send(instance, sheet);
	}
	DO(.act = "accept", .items = "uuid:b5");
	REFUSED("55000", .act = "accept",
		.items = "uuid:b0,uuid:b1,uuid:b2,uuid:b5");
	REFUSED("22023", .act = "accept", .items = "uuid:b0,uuid:none");
	REFUSED("55000", .act = "accept", .items = "uuid:b0@1,uuid:b1@2");
	is("SELECT count(*) FROM field.review WHERE instance LIKE 'uuid:b%' "
	   "AND status = 'received'",
	   "5");
	DO(.act = "accept",
	   .items = "XX01-00030-0@1,uuid:b1@1,uuid:b2,uuid:b3,uuid:b4");
	is("SELECT count(*) || ' ' || count(*) FILTER (WHERE status = "
	   "'accepted' AND version = 2) FROM field.review WHERE instance LIKE "
	   "'uuid:b%'",
	   "6 6");
	assert_int_equal(pg_long(raw,
				 "SELECT count(*) FROM field.review_event"),
			 events + 2);
	is("SELECT content::jsonb ->> 'count' FROM audit.entry WHERE kind = "
	   "'review' ORDER BY seq DESC LIMIT 1",
	   "5");
	is("SELECT count(*) FROM audit.entry WHERE kind = 'review' AND "
	   "content ~ '(uuid:|[A-Z]{2}0[0-9]-[0-9]{5})'",
	   "0");
	is("SELECT count(*) FROM audit.entry WHERE kind = 'review' AND "
	   "content::jsonb ->> 'act' NOT IN ('require', 'reason') AND "
	   "(length(at) <> 10 OR content::jsonb ? 'reason')",
	   "0");
	all_is_well();
}

static void history_is_never_rewritten(void **state)
{
	char s[6];

	(void)state;
	assert_string_equal(
		pg_state(raw, "UPDATE field.review_move SET now = 'accepted'",
			 s),
		"42501");
	assert_string_equal(
		pg_state(raw, "UPDATE field.review_event SET done_by = 'x'", s),
		"42501");
	pg_do(raw, "BEGIN");
	pg_do(raw, "DELETE FROM field.review_move WHERE event = (SELECT "
		   "max(event) FROM field.review_event WHERE n = 5) AND "
		   "response = (SELECT response FROM field.response WHERE "
		   "instance = 'uuid:b1')");
	assert_true(pg_long(raw,
			    "SELECT count(*) FROM field.review_verify(" WAVE
			    ", NULL)") > 0);
	pg_do(raw, "ROLLBACK");
	pg_do(raw, "BEGIN");
	pg_do(raw, "UPDATE field.response SET state = 1 WHERE instance = "
		   "'uuid:b2'");
	is("SELECT words FROM field.review_verify(" WAVE ", NULL)",
	   "XX01-00032-0: its history does not lead to its status");
	pg_do(raw, "ROLLBACK");
}

/* ---- undoing ----------------------------------------------------------- */

static void undoing_goes_back_act_by_act_however_often(void **state)
{
	(void)state;
	comes_in(&(struct sent){ .instance = "uuid:u",
				 .sheet = "XX01-00040-0",
				 .key = 1,
				 .state = 2,
				 .flags = 1 },
		 "");
	STATUS("uuid:u", "flagged+");
	DO(.act = "query", .items = "uuid:u", .code = "same");
	DO(.act = "answer", .items = "uuid:u", .reason = "như phiếu giấy");
	DO(.act = "query", .items = "uuid:u", .reason = "hỏi lại");
	STATUS("uuid:u", "queried");
	DO(.act = "undo", .items = "uuid:u", .reason = "thôi");
	STATUS("uuid:u", "answered");
	DO(.act = "reject", .items = "uuid:u", .code = "other", .reason = "x");
	DO(.act = "undo", .items = "uuid:u", .reason = "nhầm");
	STATUS("uuid:u", "answered");
	DO(.act = "accept", .items = "uuid:u");
	DO(.act = "undo", .items = "uuid:u", .reason = "nhầm nữa");
	STATUS("uuid:u", "answered");
	DO(.act = "undo", .items = "uuid:u", .reason = "hết");
	STATUS("uuid:u", "flagged+");
	REFUSED("55000", .act = "undo", .items = "uuid:u", .reason = "x");
	DO(.act = "query", .items = "uuid:u", .code = "same");
	STATUS("uuid:u", "queried");
	is("SELECT count(*) FROM field.response_version AS v JOIN "
	   "field.response AS r USING (wave, response) WHERE r.instance = "
	   "'uuid:u'",
	   "10");
	DO(.act = "undo", .items = "uuid:u", .reason = "x");
	all_is_well();
}

/* ---- who sees what ----------------------------------------------------- */

static void what_is_outside_the_area_is_not_there(void **state)
{
	(void)state;
	comes_in(&(struct sent){ .instance = "uuid:far",
				 .sheet = "XX01-00050-0",
				 .key = 2,
				 .home = 3,
				 .state = 1 },
		 "");
	REFUSED("22023", .act = "query", .items = "XX01-00050-0",
		.role = "post-supervisor", .areas = "{huyen-a}", .reason = "x");
	REFUSED("22023", .act = "query", .items = "XX01-00050-0",
		.role = "post-supervisor", .areas = "{}", .reason = "x");
	is("SELECT count(*) FROM field.review_list(" WAVE ", 'me', "
	   "'post-supervisor', '{huyen-b}', NULL, NULL, NULL, NULL, NULL, "
	   "NULL, NULL, NULL, NULL)",
	   "1");
	is("SELECT string_agg(DISTINCT unit, ',') FROM field.review_list(" WAVE
	   ", 'me', 'post-supervisor', '{huyen-a}', NULL, NULL, NULL, NULL, "
	   "NULL, NULL, NULL, NULL, NULL)",
	   "xa-1");
	DO(.act = "query", .items = "XX01-00050-0", .role = "post-supervisor",
	   .areas = "{huyen-b}", .reason = "x", .to = "post-supervisor");
	is("SELECT count(*) FROM field.review_queries(" WAVE ", 'me', "
	   "'post-supervisor', '{huyen-a}', NULL, NULL, NULL, NULL) "
	   "WHERE sheet = 'XX01-00050-0'",
	   "0");
	is("SELECT count(*) FROM field.review_queries(" WAVE ", 'me', "
	   "'post-supervisor', '{huyen-b}', NULL, NULL, NULL, NULL)",
	   "1");
	/* within an area: undoing his query, not a decision */
	DO(.act = "undo", .items = "XX01-00050-0", .role = "post-supervisor",
	   .areas = "{huyen-b}", .reason = "x");
	/* but not another's query, nor a decision */
	DO(.act = "query", .items = "XX01-00050-0", .role = "analyst",
	   .reason = "x");
	REFUSED("42501", .act = "undo", .items = "XX01-00050-0",
		.role = "post-supervisor", .reason = "x");
	REFUSED("42501", .act = "accept", .items = "XX01-00050-0",
		.role = "post-supervisor", .reason = "x");
	DO(.act = "undo", .items = "XX01-00050-0", .role = "analyst",
	   .reason = "x");
	DO(.act = "accept", .items = "XX01-00050-0", .role = "post-supervisor",
	   .areas = "{huyen-b}");
	REFUSED("42501", .act = "undo", .items = "XX01-00050-0",
		.role = "post-supervisor", .reason = "x");
	DO(.act = "undo", .items = "XX01-00050-0", .role = "analyst",
	   .reason = "x");
	all_is_well();
}

static void a_unit_never_touches_sheets_about_itself(void **state)
{
	(void)state;
	/* xa1 speaks for huyen-a and, by a mistake, is an analyst too */
	REFUSED("22023", .by = "xa1", .act = "accept", .role = "analyst",
		.items = "uuid:received");
	is("SELECT string_agg(sheet, ',') FROM field.review_list(" WAVE
	   ", 'xa1', 'analyst', NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
	   "NULL, NULL, NULL)",
	   "XX01-00050-0");
	is("SELECT sum(n) FROM field.review_counts(" WAVE ", 'xa1', "
	   "'analyst', NULL, NULL, NULL)",
	   "1");
	DO(.by = "xa1", .act = "accept", .role = "analyst",
	   .items = "uuid:far");
	DO(.act = "undo", .items = "uuid:far", .reason = "x");
	/* for every unit */
	REFUSED("22023", .by = "tinh", .act = "accept", .role = "analyst",
		.items = "uuid:far");
	is("SELECT sum(n) FROM field.review_counts(" WAVE ", 'tinh', "
	   "'analyst', NULL, NULL, NULL)",
	   "0");
}

/* ---- opening ----------------------------------------------------------- */

static void opening_is_logged_before_an_answer_is_seen(void **state)
{
	long before = pg_long(raw, "SELECT count(*) FROM field.review_event "
				   "WHERE act = 'open'");
	char s[6];

	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *fn = i ? "review_diff" : "review_open";

		assert_string_equal(open_as(fn, "XX01-00022-0", "analyst",
					    "NULL", "NULL", s),
				    "22023");
		assert_string_equal(open_as(fn, "XX01-00022-0", "analyst",
					    "NULL", "'  '", s),
				    "22023");
		assert_string_equal(open_as(fn, "XX01-00022-0", "supervisor",
					    "NULL", "'x'", s),
				    "42501");
		assert_string_equal(open_as(fn, "XX01-00022-0", "administrator",
					    "NULL", "'x'", s),
				    "42501");
		assert_string_equal(open_as(fn, "XX01-00022-0",
					    "post-supervisor", "'{huyen-b}'",
					    "'x'", s),
				    "22023");
		assert_string_equal(open_as(fn, "XX01-00022-0",
					    "post-supervisor", "'{huyen-a}'",
					    "'x'", s),
				    "");
	}
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM field.review_event "
				      "WHERE act = 'open'"),
			 before + 2);
	is("SELECT string_agg(concat_ws('=', nullif(unit, '') || '/' || "
	   "question, value, label), ' ') FROM field.review_open(" WAVE
	   ", 'me', 'owner', NULL, 'uuid:q5', 'đối chiếu')",
	   "XX01-00022-0 CT-01=Mẫu cong-chuc=Công chức xa-1=Xã 1 30 "
	   "xa-1/Q1=A=Tốt "
	   "xa-1/Q2=-=bỏ trống xa-1/Q3=chữ lời uuid:q5");
	is("SELECT string_agg(concat_ws('|', unit, question, before, after), "
	   "' ') FROM field.review_diff(" WAVE ", 'me', 'owner', NULL, "
	   "'uuid:q5', NULL, 'so')",
	   "xa-1|Q2|B (Kém)|- (bỏ trống) |(comment)|lời uuid:q1|lời uuid:q5");
	is("SELECT string_agg(act || ':' || now || coalesce('/' || differs, "
	   "''), ' ') FROM field.review_history(" WAVE ", 'me', 'owner', "
	   "NULL, 'uuid:q5') WHERE item IN ('uuid:q1', 'uuid:q5') "
	   "AND act <> 'open'",
	   "send:received query:queried send:corrected/2");
	assert_string_equal(pg_state(raw,
				     "SELECT * FROM field.review_diff(" WAVE
				     ", 'me', "
				     "'owner', NULL, 'uuid:q1', NULL, 'so')",
				     s),
			    "22023");
	/* what the role of the service reaches is the function alone */
	assert_string_equal(pg_state(server, "SELECT * FROM field.review_query",
				     s),
			    "42501");
	assert_string_equal(pg_state(server, "SELECT field.review_fields(1, 1)",
				     s),
			    "42501");
	assert_string_equal(pg_state(server, "SELECT * FROM field.review", s),
			    "42501");
	all_is_well();
}

static void lists_have_neither_answers_nor_times(void **state)
{
	(void)state;
	is("SELECT count(*) FROM information_schema.columns WHERE "
	   "table_schema = 'field' AND table_name LIKE 'review%' AND "
	   "(data_type LIKE 'timestamp%' OR data_type = 'bytea' AND "
	   "column_name NOT IN ('nonce', 'digest'))",
	   "0");
	is("SELECT status || ' ' || flags || ' ' || faults || ' ' || agent "
	   "|| ' ' || item FROM field.review_list(" WAVE ", 'me', 'owner', "
	   "NULL, NULL, 'a1', 'huyen-a', 'cong-chuc', NULL, 'Q01', NULL, "
	   "NULL, NULL) WHERE sheet = 'XX01-00040-0'",
	   "flagged Q01  a1 XX01-00040-0");
	is("SELECT string_agg(item, ',') FROM field.review_list(" WAVE
	   ", 'me', 'owner', NULL, 'invalid', NULL, NULL, NULL, 'V05', NULL, "
	   "'xx01-00023-0', NULL, NULL)",
	   "uuid:t1,uuid:t2");
	/* a number stands for what an act would take it for */
	is("SELECT item FROM field.review_list(" WAVE ", 'me', 'owner', NULL, "
	   "'invalid', NULL, NULL, NULL, NULL, NULL, 'XX01-00021-0', NULL, "
	   "NULL) WHERE item LIKE 'XX%'",
	   "");
	is("SELECT item FROM field.review_list(" WAVE ", 'me', 'owner', NULL, "
	   "'received', NULL, NULL, NULL, NULL, NULL, 'XX01-00021-0', NULL, "
	   "NULL)",
	   "XX01-00021-0");
	is("SELECT count(*) FROM field.review_list(" WAVE ", 'me', 'owner', "
	   "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 3, 4)",
	   "4");
}

/* ---- the agent --------------------------------------------------------- */

static void an_agent_answers_what_is_asked_of_him(void **state)
{
	char s[6];

	(void)state;
	send("uuid:a1", "XX01-00060-0");
	DO(.act = "query", .items = "uuid:a1", .code = "blank",
	   .reason = "câu 2");
	is("SELECT string_agg(concat_ws('|', sheet, status, code, words, "
	   "version), ',') FROM field.agent_queries(1) WHERE instance = "
	   "'uuid:a1'",
	   "XX01-00060-0|queried|blank|Còn câu bỏ trống: câu 2|2");
	is("SELECT count(*) FROM field.agent_queries(2)", "0");
	is("SELECT count(*) FROM field.agent_queries(99)", "0");
	/* another's, another wave's, none; an old version; nothing said */
	assert_string_equal(pg_state(agent,
				     "SELECT field.agent_query_answer(2, "
				     "(SELECT max(query) FROM "
				     "field.agent_queries(1)), 'x', NULL)",
				     s),
			    "22023");
	assert_string_equal(
		pg_state(agent,
			 "SELECT field.agent_query_answer(1, 999, 'x', NULL)",
			 s),
		"22023");
	assert_string_equal(
		pg_state(agent,
			 "SELECT field.agent_query_answer(99, 1, 'x', NULL)",
			 s),
		"42501");
	assert_string_equal(pg_state(agent,
				     "SELECT field.agent_query_answer(1, "
				     "max(query), 'x', 1) FROM "
				     "field.agent_queries(1)",
				     s),
			    "55000");
	assert_string_equal(pg_state(agent,
				     "SELECT field.agent_query_answer(1, "
				     "max(query), ' ', 2) FROM "
				     "field.agent_queries(1)",
				     s),
			    "22023");
	/* twice: his line broke before he heard */
	for (int i = 0; i < 2; i++)
		assert_string_equal(
			pg_state(agent,
				 "SELECT field.agent_query_answer(1, "
				 "max(query), 'đúng như phiếu giấy', 2) FROM "
				 "field.agent_queries(1) WHERE instance = "
				 "'uuid:a1'",
				 s),
			"");
	STATUS("uuid:a1", "answered");
	is("SELECT concat_ws('|', answer, answered_by, version) FROM "
	   "field.review_queries(" WAVE ", 'me', 'owner', NULL, 'a1', NULL, "
	   "'agent', NULL) WHERE item = 'uuid:a1'",
	   "đúng như phiếu giấy|a1|3");
	assert_string_equal(pg_state(agent,
				     "SELECT field.agent_query_answer(1, "
				     "max(query), 'khác', NULL) FROM "
				     "field.agent_queries(1) WHERE instance = "
				     "'uuid:a1'",
				     s),
			    "55000");
	is("SELECT done_by || ' ' || role FROM field.review_event ORDER BY "
	   "event DESC LIMIT 1",
	   "a1 agent");
	/* he mends it after all */
	comes_in(&(struct sent){ .instance = "uuid:a2",
				 .sheet = "XX01-00060-0",
				 .replaces = "uuid:a1",
				 .key = 1,
				 .state = 1 },
		 "1/1");
	is("SELECT count(*) FROM field.agent_queries(1) WHERE sheet = "
	   "'XX01-00060-0'",
	   "0");
	STATUS("uuid:a2", "corrected+");
	all_is_well();
}

static void the_collector_does_not_wait_for_a_busy_wave(void **state)
{
	char s[6];

	(void)state;
	send("uuid:busy", "XX01-00061-0");
	DO(.act = "query", .items = "uuid:busy", .reason = "x");
	pg_do(raw, "BEGIN");
	pg_do(raw, "SELECT pg_advisory_xact_lock(7004, wave) FROM plan.wave");
	assert_string_equal(pg_state(agent,
				     "SELECT field.agent_query_answer(1, "
				     "max(query), 'x', NULL) FROM "
				     "field.agent_queries(1) WHERE instance = "
				     "'uuid:busy'",
				     s),
			    "57P03");
	pg_do(raw, "ROLLBACK");
	DO(.act = "undo", .items = "uuid:busy", .reason = "x");
}

/* ---- the old commands -------------------------------------------------- */

static void judging_by_the_old_name_is_an_act_of_review(void **state)
{
	static const struct {
		const char *args, *status, *acts;
	} steps[] = {
		{ "3::smallint, '[{\"code\":\"V11\"}]', 'thiếu'", "rejected",
		  "reject" },
		{ "1::smallint, NULL, 'có rồi'", "received+", "reject undo" },
		{ "5::smallint, NULL, 'tốt'", "accepted+",
		  "reject undo accept" },
		{ "6::smallint, NULL, 'không'", "rejected",
		  "reject undo accept undo reject" },
		{ "7::smallint, NULL, 'rút'", "withdrawn",
		  "reject undo accept undo reject undo withdraw" },
	};

	(void)state;
	send("uuid:j", "XX01-00070-0");
	for (size_t i = 0; i < N(steps); i++) {
		char sql[400];

		(void)snprintf(sql, sizeof sql,
			       "SELECT field.judge(" WAVE ", 'uuid:j', %s, "
			       "'me')",
			       steps[i].args);
		(void)pg_long(raw, sql);
		STATUS("uuid:j", steps[i].status);
		is("SELECT string_agg(e.act, ' ' ORDER BY e.event) FROM "
		   "field.review_event AS e JOIN field.review_move AS m "
		   "USING (wave, event) JOIN field.response AS r USING (wave, "
		   "response) WHERE r.instance = 'uuid:j'",
		   steps[i].acts);
	}
	all_is_well();
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(only_what_the_rules_say_is_done),
		cmocka_unit_test(a_rejection_wants_a_reason_of_the_list),
		cmocka_unit_test(a_number_that_was_put_out_takes_no_other),
		cmocka_unit_test(who_is_accepted_instead_has_the_number),
		cmocka_unit_test(
			a_number_with_several_submissions_is_named_by_instance),
		cmocka_unit_test(a_bulk_act_is_all_or_nothing_and_one_event),
		cmocka_unit_test(history_is_never_rewritten),
		cmocka_unit_test(undoing_goes_back_act_by_act_however_often),
		cmocka_unit_test(what_is_outside_the_area_is_not_there),
		cmocka_unit_test(a_unit_never_touches_sheets_about_itself),
		cmocka_unit_test(opening_is_logged_before_an_answer_is_seen),
		cmocka_unit_test(lists_have_neither_answers_nor_times),
		cmocka_unit_test(an_agent_answers_what_is_asked_of_him),
		cmocka_unit_test(the_collector_does_not_wait_for_a_busy_wave),
		cmocka_unit_test(judging_by_the_old_name_is_an_act_of_review),
	};

	return cmocka_run_group_tests_name("review", t, open_all, close_all);
}
