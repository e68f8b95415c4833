/* Flags Q01-Q06 against the database: planted patterns are found, each with
 * its measure, and nothing else is; the daily sheet of faults; fieldwork
 * without answers. */
#include "support/flags_world.h"

#include <math.h>
#include <time.h>

/* ---- flags --------------------------------------------------------------- */

static void planted_patterns_are_found_and_nothing_else(void **state)
{
	char want[4096] = "";

	(void)state;
	plant();
	PQclear(RULE("q04-sheets", "5", "", "thử"));
	PQclear(RULE("q03-minutes", "1", "CH-02", "mẫu ngắn"));
	PQclear(ask("SELECT field.quality_assign(" W ", 'me', 'analyst', NULL, "
		    "'a5', '2020-07-01', '2020-07-10', 'huyen-a', 'phân công')",
		    NULL, 0));
	assert_string_equal(flags("Q01", NULL, false),
			    "Q01 L-1|Q01 L-3|Q01 L-5");
	assert_string_equal(flags("q02", NULL, false),
			    "Q02 D-1|Q02 D-2|Q02 D-3");
	assert_string_equal(flags("Q03", NULL, false), "Q03 T-1|Q03 T-5");
	assert_string_equal(flags("Q04", NULL, false),
			    "Q04 V-1|Q04 V-2|Q04 V-3|Q04 V-4|Q04 V-5|Q04 V-6");
	assert_string_equal(flags("Q05", NULL, false),
			    "Q05 P-3|Q05 P-4|Q05 P-5");
	for (int who = 6; who <= 7; who++)
		for (int i = 0; i < 15; i++)
			(void)snprintf(want + strlen(want),
				       sizeof want - strlen(want),
				       "%sQ06 F%d-%02d", *want ? "|" : "", who,
				       i);
	assert_string_equal(flags("Q06", NULL, false), want);
	assert_int_equal(number_of("SELECT count(*) FROM field.response WHERE "
				   "counted AND keying = 1"),
			 35 + 60);
}

static void each_flag_says_why_and_never_what_was_answered(void **state)
{
	(void)state;
	assert_string_equal(why("Q01", "L-1", "why"), "12 ô đều một phương án");
	assert_string_equal(why("Q01", "L-5", "measure"), "24");
	assert_string_equal(why("Q01", "L-3", "measure || ' ' || bound"),
			    "5 5");
	assert_string_equal(why("Q02", "D-2", "others"), "D-1 D-3");
	assert_string_equal(why("Q02", "D-2", "why"),
			    "cả 12 ô trùng với 2 phiếu khác");
	assert_string_equal(why("Q03", "T-1", "why"),
			    "trả lời trong 2,9 phút, ngưỡng 3");
	assert_string_equal(why("Q03", "T-5", "bound"), "1");
	assert_string_equal(why("Q04", "V-3", "why"),
			    "ngày 01/06/2020 thu 6 phiếu, ngưỡng 5");
	assert_string_equal(why("Q05", "P-3", "why"),
			    "thu ngày 11/07/2020, ngoài thời gian được giao");
	assert_string_equal(why("Q05", "P-4", "why"),
			    "đơn vị ngoài địa bàn được giao");
	assert_memory_equal(why("Q06", "F6-03", "why"), "trung bình ",
			    strlen("trung bình "));
	assert_non_null(strstr(why("Q06", "F6-03", "why"), "(15 phiếu), người "
							   "khác "));
	assert_non_null(strstr(why("Q06", "F6-03", "why"), "p ≤ 0,0001"));
	/* times of day are nowhere */
	assert_null(strchr(why("Q03", "T-1", "f::text"), ':'));
}

static void thresholds_are_examples_until_a_wave_says_its_own(void **state)
{
	(void)state;
	PQclear(RULE("q01-answers", "12", "", "ít nhất mười hai"));
	assert_string_equal(flags("Q01", NULL, false), "Q01 L-1|Q01 L-5");
	PQclear(RULE("q01-answers", "13", "CT-01", "riêng mẫu này"));
	assert_string_equal(flags("Q01", NULL, false), "Q01 L-5");
	PQclear(RULE("q01-answers", "5", "CT-01", "như cũ"));
	assert_string_equal(flags("Q01", NULL, false),
			    "Q01 L-1|Q01 L-3|Q01 L-5");
	PQclear(RULE("q02-sheets", "2", "", "hai phiếu cũng nêu"));
	assert_string_equal(flags("Q02", NULL, false),
			    "Q02 D-1|Q02 D-2|Q02 D-3|Q02 D-5|Q02 D-6");
	PQclear(RULE("q02-sheets", "3", "", "như cũ"));
	PQclear(RULE("q06-effect", "9.5", "", "thử"));
	assert_string_equal(flags("Q06", NULL, false), "");
	PQclear(RULE("q06-effect", "0.5", "", "như cũ"));
	/* what was stays */
	assert_int_equal(number_of("SELECT count(*) FROM field.flag_rule WHERE "
				   "rule = 'q02-sheets'"),
			 2);
	refused("SELECT field.quality_rule(" W ", 'me', 'analyst', "
		"'q01-answers', '5', '', '')",
		"22023", "lý do");
	refused("SELECT field.quality_rule(" W ", 'me', 'analyst', 'q99', '5', "
		"'', 'x')",
		"22023", "no such rule");
	refused("SELECT field.quality_rule(" W ", 'me', 'analyst', "
		"'q04-sheets', '5', 'CT-01', 'x')",
		"22023", "not of such a form");
	refused("SELECT field.quality_rule(" W ", 'me', 'analyst', "
		"'q01-answers', '5', 'CT-09', 'x')",
		"22023", "not of such a form");
	refused("SELECT field.quality_rule(" W ", 'me', 'analyst', "
		"'q06-sheets', '9', '', 'x')",
		"22023", "must lie between");
	refused("SELECT field.quality_rule(" W ", 'me', 'analyst', "
		"'q06-p', '0,05', '', 'x')",
		"22023", "decimal");
	refused("SELECT field.quality_rule(99, 'me', 'analyst', 'q06-p', "
		"'0.05', '', 'x')",
		"22023", "no such wave");
	refused("UPDATE field.flag_rule SET value = 1", "42501", "denied");
}

static void whoever_has_an_area_finds_nothing_beyond(void **state)
{
	(void)state;
	assert_string_equal(flags("Q02", "{huyen-b}", false), "Q02 D-3");
	/* nor the numbers of those that are like it */
	assert_int_equal(number_of("SELECT count(*) FROM "
				   "field.quality_flags(" W
				   ", 'me', 'post-supervisor', '{huyen-b}', "
				   "'Q02', NULL, NULL, NULL, NULL, NULL) "
				   "WHERE sheet = 'D-3' AND others = ''"),
			 1);
	assert_int_equal(number_of("SELECT count(*) FROM "
				   "field.quality_flags(" W
				   ", 'me', 'post-supervisor', '{huyen-a}', "
				   "'Q02', NULL, NULL, NULL, NULL, NULL) "
				   "WHERE sheet = 'D-1' AND others = 'D-2'"),
			 1);
	assert_string_equal(flags("Q01", "{huyen-b}", false), "");
	assert_string_equal(flags("Q04", "{huyen-b,huyen-a}", false), "");
	assert_string_equal(flags(NULL, "{nowhere}", false), "");
	/* the test is that of the whole wave, whoever looks */
	assert_int_equal(strlen(flags("Q06", "{xa-2}", false)),
			 strlen("Q06 F6-00") * 30 + 29);
	refused("SELECT field.quality_assign(" W ", 'me', 'post-supervisor', "
		"'{huyen-a}', 'a6', NULL, NULL, 'xa-2', 'x')",
		"22023", "within your area");
	refused("SELECT field.quality_assign(" W ", 'me', 'post-supervisor', "
		"'{huyen-a}', 'a6', NULL, NULL, '', 'x')",
		"22023", "within your area");
	refused("SELECT field.quality_assign(" W ", 'me', 'post-supervisor', "
		"'{huyen-b}', 'a5', NULL, NULL, 'xa-2', 'x')",
		"42501", "outside your area");
	/* everywhere is outside an area too */
	PQclear(ask("SELECT field.quality_assign(" W ", 'me', 'analyst', NULL, "
		    "'a7', NULL, NULL, '', 'khắp nơi')",
		    NULL, 0));
	refused("SELECT field.quality_assign(" W ", 'me', 'post-supervisor', "
		"'{huyen-b}', 'a7', NULL, NULL, 'xa-2', 'x')",
		"42501", "outside your area");
	refused("SELECT field.quality_assign(" W ", 'me', 'analyst', NULL, "
		"'a5', '2020-02-02', '2020-02-01', '', 'x')",
		"22023", "before");
	refused("SELECT field.quality_assign(" W ", 'me', 'analyst', NULL, "
		"'a9', NULL, NULL, '', 'x')",
		"22023", "no such agent");
}

static void a_flag_is_open_until_its_sheet_is_accepted(void **state)
{
	(void)state;
	pg_do(raw, "UPDATE field.response SET state = 5 WHERE sheet IN "
		   "('L-1', 'D-3') AND keying = 1");
	assert_string_equal(flags("Q01", NULL, true), "Q01 L-3|Q01 L-5");
	assert_string_equal(flags("Q02", NULL, true), "Q02 D-1|Q02 D-2");
	assert_string_equal(flags("Q01", NULL, false),
			    "Q01 L-1|Q01 L-3|Q01 L-5");
	pg_do(raw, "UPDATE field.response SET state = 1 WHERE state = 5");
}

static void agents_have_the_counts_of_their_flags(void **state)
{
	const char *args[] = { NULL, far_found() };
	PGresult *r = ask("SELECT agent, received, invalid, q01, q02, q03, "
			  "q04, q05, q06, flagged, open FROM "
			  "field.quality_agents(" W ", 'me', 'analyst', NULL, "
			  "$1, $2::jsonb)",
			  args, 2);
	static const char *const want[][11] = {
		{ "a1", "8", "1", "3", "0", "0", "0", "0", "0", "3", "3" },
		{ "a2", "8", "0", "0", "3", "0", "0", "0", "0", "3", "3" },
		{ "a3", "6", "0", "0", "0", "2", "0", "0", "0", "2", "2" },
		{ "a4", "9", "0", "0", "0", "0", "6", "0", "0", "6", "6" },
		{ "a5", "5", "0", "0", "0", "0", "0", "3", "0", "3", "3" },
		{ "a6", "30", "0", "0", "0", "0", "0", "0", "15", "15", "15" },
		{ "a7", "30", "0", "0", "0", "0", "0", "0", "15", "15", "15" },
	};

	(void)state;
	assert_int_equal(PQntuples(r), AGENTS);
	for (int i = 0; i < AGENTS; i++)
		for (int c = 0; c < 11; c++)
			if (strcmp(PQgetvalue(r, i, c), want[i][c]) != 0)
				fail_msg("%s, column %d: %s", want[i][0], c,
					 PQgetvalue(r, i, c));
	PQclear(r);
}

static void every_look_stands_in_the_log(void **state)
{
	const char *last = "SELECT content::jsonb ->> 'what' FROM audit.entry "
			   "WHERE kind = 'quality' ORDER BY seq DESC LIMIT 1";
	long before = pg_long(raw, "SELECT count(*) FROM audit.entry WHERE "
				   "kind = 'quality'");
	PGresult *r;

	(void)state;
	(void)flags("Q01", NULL, false);
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM audit.entry WHERE "
				      "kind = 'quality'"),
			 before + 1);
	r = PQexec(raw, last);
	assert_string_equal(PQgetvalue(r, 0, 0), "flags");
	PQclear(r);
	/* sheets, and which were alike, are not in it */
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM audit.entry WHERE "
				      "kind = 'quality' AND content ~ 'D-1'"),
			 0);
	/* nor does the role of the service see what the functions look at */
	refused("SELECT answers FROM field.rating", "42501", "denied");
	refused("SELECT * FROM field.flags_all(1, NULL)", "42501", "denied");
	refused("SELECT * FROM field.payment", "42501", "denied");
}

/* ---- the sheet of faults ------------------------------------------------- */

/* "new L-8 V07|old …" */
static const char *faults(const char *office, const char *day,
			  const char *areas)
{
	static char out[8192];
	const char *args[] = { areas, office, day };
	PGresult *r =
		ask("SELECT string_agg(concat_ws(' ', part, agent, sheet, "
		    "code, nullif(place, ''), CASE WHEN NOT open THEN "
		    "'done' END), '|') FROM field.quality_faults(" W
		    ", 'me', 'post-supervisor', $1::text[], $2, $3, "
		    "'[]') WHERE code !~ 'Q'",
		    args, 3);

	(void)snprintf(out, sizeof out, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return out;
}

static void a_day_has_what_came_in_and_what_is_open(void **state)
{
#define V07 "[{\"code\":\"V07\",\"path\":\"/ratings/0/answers/Q2\"}]"
#define TWO                                                            \
	"[{\"code\":\"V05\",\"path\":\"/ratings\"},{\"code\":\"V08\"," \
	"\"path\":\"/profile\"}]"
	static const struct sheet came[] = {
		{ .name = "X-1",
		  .who = 1,
		  .home = 4,
		  .state = 3,
		  .faults = V07,
		  .days_ago = 1 },
		{ .name = "X-2",
		  .who = 6,
		  .home = 5,
		  .state = 3,
		  .faults = TWO,
		  .days_ago = 1 },
		/* of earlier: mended since, and not */
		{ .name = "X-3",
		  .who = 1,
		  .home = 4,
		  .state = 3,
		  .faults = V07,
		  .days_ago = 3 },
		{ .name = "X-3",
		  .who = 1,
		  .home = 4,
		  .days_ago = 2,
		  .answers = { "010203050501020304050201" } },
		{ .name = "X-4",
		  .who = 1,
		  .home = 4,
		  .state = 3,
		  .faults = V07,
		  .days_ago = 9 },
		/* today is not over */
		{ .name = "X-5",
		  .who = 1,
		  .home = 4,
		  .state = 3,
		  .faults = V07,
		  .days_ago = 0 },
	};
	char day[32];
	PGresult *r;

	(void)state;
	pg_do(raw, "UPDATE field.response SET received_at = now() - interval "
		   "'40 days', state = CASE WHEN state = 3 THEN 6 ELSE 5 END");
	for (size_t i = 0; i < sizeof came / sizeof came[0]; i++)
		add(&came[i]);
	assert_string_equal(faults("Bưu điện A", NULL, NULL),
			    "new a1 X-1 V07 /ratings/0/answers/Q2|"
			    "old a1 X-4 V07 /ratings/0/answers/Q2");
	assert_string_equal(faults("Bưu điện B", NULL, NULL),
			    "new a6 X-2 V05 /ratings|new a6 X-2 V08 /profile");
	assert_string_equal(faults(NULL, NULL, "{huyen-b}"),
			    "new a6 X-2 V05 /ratings|new a6 X-2 V08 /profile");
	assert_string_equal(faults("Bưu điện C", NULL, NULL), "");
	/* a day by its name, days of Viet Nam */
	r = PQexec(raw, "SELECT ((now() AT TIME ZONE 'UTC' + interval "
			"'7 hours')::date - 3)::text");
	(void)snprintf(day, sizeof day, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	assert_string_equal(faults("Bưu điện A", day, NULL),
			    "new a1 X-3 V07 /ratings/0/answers/Q2 done|"
			    "old a1 X-4 V07 /ratings/0/answers/Q2");
	/* flags stand beside the codes */
	assert_int_equal(number_of(
				 "SELECT count(*) FROM field.quality_faults(" W
				 ", 'me', 'analyst', NULL, NULL, NULL, "
				 "'[]') WHERE code ~ 'Q' AND open"),
			 0);
	pg_do(raw, "UPDATE field.response SET state = 1 WHERE state = 5");
	assert_true(number_of("SELECT count(*) FROM field.quality_faults(" W
			      ", 'me', 'analyst', NULL, NULL, NULL, '[]') "
			      "WHERE code = 'Q01' AND part = 'old' AND open") >
		    0);
}

static void what_could_not_be_read_is_on_its_day(void **state)
{
	(void)state;
	pg_do(raw, "INSERT INTO field.quarantine (wave, day, sha256, bytes, "
		   "key, code, words, way) SELECT k.wave, (now() AT TIME ZONE "
		   "'UTC' + interval '7 hours')::date - 1, sha256('q'), 'q', "
		   "k.key, 'J01', 'secret words', 1 FROM field.agent_key AS k "
		   "JOIN field.agent AS a USING (agent) WHERE a.code = 'a7'");
	assert_non_null(
		strstr(faults("Bưu điện B", NULL, NULL), "new a7  J01"));
	assert_null(strstr(faults(NULL, NULL, "{huyen-b}"), "J01"));
}

/* ---- fieldwork without answers ------------------------------------------- */

static void fieldwork_is_counted_by_cell_and_by_day(void **state)
{
	(void)state;
	assert_int_equal(
		number_of("SELECT sum(received) FROM field.quality_outcomes(" W
			  ", 'me', 'analyst', NULL)"),
		pg_long(raw, "SELECT count(*) FROM field.response WHERE "
			     "keying = 1"));
	assert_int_equal(
		number_of("SELECT sum(planned) FROM field.quality_outcomes(" W
			  ", 'me', 'analyst', NULL)"),
		340);
	assert_int_equal(
		number_of("SELECT sum(planned) FROM field.quality_outcomes(" W
			  ", 'me', 'analyst', '{huyen-b}')"),
		100);
	/* RR1 = valid of planned where nothing else is known */
	assert_int_equal(
		number_of("SELECT count(*) FROM field.quality_outcomes(" W
			  ", 'me', 'analyst', NULL) WHERE rr1 <> "
			  "round(valid::numeric / greatest(planned, valid + "
			  "invalid), 4)"),
		0);
	assert_int_equal(number_of(
				 "SELECT sum(valid) FROM field.quality_days(" W
				 ", 'me', 'analyst', NULL) WHERE collected = "
				 "'2020-06-01'"),
			 6);
	assert_int_equal(number_of(
				 "SELECT sheets FROM field.quality_codes(" W
				 ", 'me', 'analyst', NULL) WHERE code = 'V07'"),
			 4);
	assert_int_equal(number_of(
				 "SELECT count(*) FROM field.quality_codes(" W
				 ", 'me', 'analyst', '{huyen-b}') WHERE code = "
				 "'V07'"),
			 0);
}

/* Rejected and withdrawn sheets are neither forgotten nor open for ever, what
 * is flagged and counts is told once, and RR1 is by sheet. */
static void lists_know_what_was_put_out(void **state)
{
	static const struct sheet flagged = { .name = "X-6",
					      .who = 1,
					      .home = 4,
					      .state = 2,
					      .days_ago = 1,
					      .answers = { LINE } };
	static const struct sheet out = {
		.name = "X-4", .who = 1, .home = 4, .state = 6, .days_ago = 5
	};

	(void)state;
	add(&flagged);
	assert_null(strstr(faults("Bưu điện A", NULL, NULL), "X-6"));
	assert_non_null(strstr(faults("Bưu điện A", NULL, NULL), "X-4"));
	add(&out);
	pg_do(raw, "UPDATE field.response SET counted = false, held = true "
		   "WHERE sheet = 'X-4' AND state = 6");
	assert_null(strstr(faults("Bưu điện A", NULL, NULL), "X-4"));
	assert_true(pg_long(raw, "SELECT count(*) FROM field.response WHERE "
				 "state = 6") > 0);
	assert_int_equal(number_of(
				 "SELECT count(*) FROM field.quality_agents(" W
				 ", 'me', 'analyst', NULL, NULL, NULL) WHERE "
				 "received <> valid + queried + invalid"),
			 0);
	assert_int_equal(number_of("SELECT count(*) FROM field.quality_days(" W
				   ", 'me', 'analyst', NULL) WHERE "
				   "received <> valid + queried + invalid"),
			 0);
	/* X-3 came twice and is one; X-4 and L-8 were put out and are there */
	pg_do(raw, "UPDATE plan.quota SET planned = 1 WHERE home = 4");
	assert_int_equal(
		number_of("SELECT 10000 * rr1 FROM field.quality_outcomes(" W
			  ", 'me', 'analyst', NULL) WHERE unit = 'xa-1'"),
		pg_long(raw, "SELECT round(10000.0 * count(*) FILTER (WHERE "
			     "counted) / count(DISTINCT sheet)) FROM "
			     "field.response WHERE home = 4 AND keying = 1"));
	pg_do(raw, "UPDATE plan.quota SET planned = 200 WHERE home = 4");
}

/* ---- a hundred thousand sheets ------------------------------------------- */

static double seconds_of(PGconn *c, const char *sql)
{
	struct timespec a, b;
	PGresult *r;

	(void)clock_gettime(CLOCK_MONOTONIC, &a);
	r = PQexec(c, sql);
	(void)clock_gettime(CLOCK_MONOTONIC, &b);
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(c));
	PQclear(r);
	return (double)(b.tv_sec - a.tv_sec) +
	       (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

/* Against a plain scan that takes every answer byte once; the ratio is what is
 * stated in docs/QUALITY.md, and no time of this machine. */
static void a_large_wave_takes_a_stated_multiple_of_a_scan(void **state)
{
	const char *scan =
		"SELECT sum(get_byte(t.answers, i)) FROM field.rating AS t "
		"CROSS JOIN LATERAL generate_series(0, length(t.answers) - 1) "
		"AS i";
	double plain, looked;

	(void)state;
	pg_do(raw,
	      "DELETE FROM field.response; DELETE FROM field.rating; "
	      "INSERT INTO field.response (wave, instance, response, sha256, "
	      "state, counted, form, grp, home, sheet, keying, collected, way, "
	      "key, received_at, flags, simulated, lane, batch) SELECT w.wave, "
	      "'u' || i, i, '\\x00', 1, true, 1, 1, 4 + i % 2, 'N-' || i, 1, "
	      "date '2020-01-01' + i % 360, 1, k.key, now(), 0, false, 1, 1 "
	      "FROM generate_series(1, 100000) AS i, plan.wave AS w, LATERAL "
	      "(SELECT key FROM field.agent_key ORDER BY key OFFSET i % 7 "
	      "LIMIT 1) AS k; "
	      "INSERT INTO field.rating (wave, response, unit, answers) SELECT "
	      "w.wave, i, 1, substring(decode(translate(md5(i::text), "
	      "'0123456789abcdef', '1234512345123451'), 'hex') FROM 1 FOR 12) "
	      "FROM generate_series(1, 100000) AS i, plan.wave AS w");
	pg_do(raw, "UPDATE field.rating SET answers = (SELECT string_agg("
		   "set_byte('\\x00', 0, 1 + get_byte(answers, i) % 5), '' "
		   "ORDER BY i) FROM generate_series(0, 11) AS i)");
	pg_do(raw, "ANALYZE field.response, field.rating");
	plain = fmin(seconds_of(raw, scan), seconds_of(raw, scan));
	looked = seconds_of(low,
			    "SELECT count(*) FROM field.flag_means(" W ")") +
		 seconds_of(low, "SELECT count(*) FROM field.quality_agents(" W
				 ", 'me', 'analyst', NULL, NULL, '[]')");
	print_message("scan %.2f s, flags %.2f s: %.1f times\n", plain, looked,
		      looked / plain);
	assert_true(looked < 60 * plain);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(planted_patterns_are_found_and_nothing_else),
		cmocka_unit_test(
			each_flag_says_why_and_never_what_was_answered),
		cmocka_unit_test(
			thresholds_are_examples_until_a_wave_says_its_own),
		cmocka_unit_test(whoever_has_an_area_finds_nothing_beyond),
		cmocka_unit_test(a_flag_is_open_until_its_sheet_is_accepted),
		cmocka_unit_test(agents_have_the_counts_of_their_flags),
		cmocka_unit_test(every_look_stands_in_the_log),
		cmocka_unit_test(a_day_has_what_came_in_and_what_is_open),
		cmocka_unit_test(what_could_not_be_read_is_on_its_day),
		cmocka_unit_test(fieldwork_is_counted_by_cell_and_by_day),
		cmocka_unit_test(lists_know_what_was_put_out),
		cmocka_unit_test(
			a_large_wave_takes_a_stated_multiple_of_a_scan),
	};

	return cmocka_run_group_tests_name("flags", t, open_all, close_all);
}
