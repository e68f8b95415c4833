/* Targets and commendation of a year where they are computed, in the database:
 * lists of random results under every combination of the rules against a
 * filling of places worked out here, and each measure of a target at its edge.
 */
#include "phieu/buf.h"
#include "support/pg.h"

enum { UNITS = 9, BLOCKS = 3, ROUNDS = 60, TEXT = 1 << 16 };
static const char *const grades[] = { "Xuất sắc", "Tốt", "Khá" };

struct unit {
	int points; /* hundredths */
	size_t block, grade;
	bool deducted, disciplined;
};
struct rules {
	bool excluded, next, deduction, discipline;
	int first, minimum; /* of rule "b"; minimum in hundredths, 0: none */
	size_t grade;	    /* of rule "a": that or better */
};

static int set_up(void **state)
{
	PGconn *c = pg_as("owner", NULL);

	/* as every connection of ours: these functions look costly */
	pg_do(c, "SET jit = off");
	pg_do(c, "INSERT INTO assess.round (code, name, year, trial) VALUES "
		 "('ry', 'Kỳ mẫu thử', 2021, true);"
		 "INSERT INTO assess.version (round, version, content, sha256, "
		 "reason, loaded_by) SELECT round, 1, '{}', sha256('{}'), "
		 "'thử', 'thử' FROM assess.round WHERE code = 'ry';"
		 "INSERT INTO assess.unit (round, unit, code, name, kind) "
		 "SELECT round, n, 'u' || n, 'Đơn vị ' || n, 'so' "
		 "FROM assess.round, generate_series(1, 9) AS n "
		 "WHERE code = 'ry'");
	*state = c;
	return 0;
}

static int tear_down(void **state)
{
	PQfinish(*state);
	return 0;
}

#define RY "(SELECT round FROM assess.round WHERE code = 'ry')"

static char *asked(PGconn *c, const char *sql)
{
	char *s = pg_text(c, sql);

	s[strcspn(s, "\n")] = '\0';
	return s;
}

/* ---- a result ------------------------------------------------------------ */

static void put_result(PGconn *c, int number, const struct unit *u)
{
	struct buf b = BUF_INIT(TEXT);

	buf_addf(&b,
		 "INSERT INTO assess.result (round, result, version, input, "
		 "input_sha256, content, sha256, method, complete, made_by) "
		 "SELECT " RY ", %d, 1, i, sha256(convert_to(i, 'UTF8')), o, "
		 "sha256(convert_to(o, 'UTF8')), 'm', true, 'thử' FROM "
		 "(VALUES ('{\"rules\":{\"bands\":[{\"name\":\"Xuất "
		 "sắc\"},{\"name\":\"Tốt\"},{\"name\":\"Khá\"}]},\"units\":[{"
		 "\"code\":\"u1\",\"values\":{\"2\":{\"value\":\"1157/"
		 "13\"},\"3\":\"86.4\"}}]}', '{\"units\":[",
		 number);
	for (int i = 0; i < UNITS; i++)
		buf_addf(&b,
			 "%s{\"code\":\"u%d\",\"kind\":\"so\",\"published\":"
			 "\"%d.%02d\",\"grade\":\"%s\",\"rank\":%d,"
			 "\"deduction\":\"%s\",\"criteria\":[{\"code\":\"1\","
			 "\"state\":\"scored\",\"points\":\"7.25\"},{\"code\":"
			 "\"9\",\"state\":\"missing\",\"points\":\"0.00\"}]}",
			 i ? "," : "", i + 1, u[i].points / 100,
			 u[i].points % 100, grades[u[i].grade], i + 1,
			 u[i].deducted ? "1/2" : "0");
	buf_adds(&b, "]}')) AS x (i, o)");
	pg_do(c, buf_cstr(&b));
	buf_free(&b);
}

static void publish(PGconn *c, int release, int result)
{
	struct buf b = BUF_INIT(TEXT);

	buf_addf(&b,
		 "INSERT INTO assess.release (round, release, result, "
		 "supersedes, kind, decision, reason, released_by) SELECT " RY
		 ", %d, %d, nullif(%d, 0), 'trial', 'QĐ %d', 'thử', 'thử'",
		 release, result, release - 1, release);
	pg_do(c, buf_cstr(&b));
	buf_free(&b);
}

static void put_disciplines(PGconn *c, const struct unit *u)
{
	struct buf b = BUF_INIT(TEXT);

	pg_do(c, "DELETE FROM assess.discipline");
	for (int i = 0; i < UNITS; i++) {
		/* one that was lifted bars nobody */
		b.len = 0;
		buf_addf(&b,
			 "INSERT INTO assess.discipline (round, discipline, "
			 "unit, what, source, held, done_by, lifted_by, "
			 "lifted_why) SELECT " RY
			 ", %d, %d, 'khiển trách', 'QĐ', '2021-01-01', 'thử', "
			 "%s, %s",
			 i + 1, i + 1, u[i].disciplined ? "NULL" : "'thử'",
			 u[i].disciplined ? "NULL" : "'hết hạn'");
		pg_do(c, buf_cstr(&b));
	}
	buf_free(&b);
}

/* ---- who is commended, by the words of docs/YEAR.md ------------------------
 */

static bool is_barred(const struct unit *u, const struct rules *r)
{
	return (r->deduction && u->deducted) ||
	       (r->discipline && u->disciplined);
}

/* Places of a block are filled from the best total down, a tie at once. */
static void fill_block(const struct unit *u, const struct rules *r,
		       size_t block, bool *taken)
{
	int used = 0, below = 100000;

	while (used < r->first) {
		int best = -1, many = 0;

		for (size_t i = 0; i < UNITS; i++)
			if (u[i].block == block && u[i].points < below &&
			    !(r->next && is_barred(&u[i], r)) &&
			    u[i].points > best)
				best = u[i].points;
		if (best < 0)
			return;
		for (size_t i = 0; i < UNITS; i++)
			many += u[i].block == block && u[i].points == best &&
				!(r->next && is_barred(&u[i], r));
		for (size_t i = 0; i < UNITS; i++)
			if (u[i].block == block && u[i].points == best &&
			    !is_barred(&u[i], r) && u[i].points >= r->minimum &&
			    (!r->excluded || used + many <= r->first))
				taken[i] = true;
		used += many;
		below = best;
	}
}

static void want(const struct unit *u, const struct rules *r, struct buf *out)
{
	bool taken[UNITS] = { false };
	const char *comma = "";

	for (int i = 0; i < UNITS; i++)
		if (u[i].grade <= r->grade && !is_barred(&u[i], r)) {
			buf_addf(out, "%sa u%d", comma, i + 1);
			comma = ",";
		}
	for (size_t b = 0; b < BLOCKS; b++)
		fill_block(u, r, b, taken);
	for (int i = 0; i < UNITS; i++)
		if (taken[i]) {
			buf_addf(out, "%sb u%d", comma, i + 1);
			comma = ",";
		}
}

static void put_rules(const struct unit *u, const struct rules *r,
		      struct buf *b)
{
	buf_addf(b,
		 "{\"ties\":\"%s\",\"vacated\":\"%s\",\"exclude\":{"
		 "\"deduction\":%s,\"discipline\":%s},\"units\":[{\"code\":"
		 "\"a\",\"title\":\"A\",\"grade\":\"%s\"},{\"code\":\"b\","
		 "\"title\":\"B\",\"first\":%d",
		 r->excluded ? "excluded" : "shared",
		 r->next ? "next" : "empty", r->deduction ? "true" : "false",
		 r->discipline ? "true" : "false", grades[r->grade], r->first);
	if (r->minimum > 0)
		buf_addf(b, ",\"minimum\":\"%d.%02d\"", r->minimum / 100,
			 r->minimum % 100);
	buf_adds(b, "}],\"blocks\":[");
	for (size_t k = 0; k < BLOCKS; k++) {
		const char *comma = "";

		buf_addf(b, "%s{\"name\":\"K%zu\",\"units\":[", k ? "," : "",
			 k);
		for (int i = 0; i < UNITS; i++)
			if (u[i].block == k) {
				buf_addf(b, "%s\"u%d\"", comma, i + 1);
				comma = ",";
			}
		buf_adds(b, "]}");
	}
	buf_adds(b, "]}");
}

static uint64_t next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s >> 20;
}

static void lists_are_places_filled_from_the_best_down(void **state)
{
	uint64_t seed = 20211231;
	size_t ties = 0;

	for (int n = 1; n <= ROUNDS; n++) {
		struct buf wanted = BUF_INIT(TEXT), sql = BUF_INIT(TEXT);
		uint64_t k = next(&seed);
		struct rules r = { .excluded = k & 1,
				   .next = k & 2,
				   .deduction = k & 4,
				   .discipline = k & 8,
				   .first = 1 + (int)(k / 16 % 3),
				   .minimum = k & 64 ? 9050 : 0,
				   .grade = k / 128 % 3 };
		struct unit u[UNITS];
		char *got;

		for (size_t i = 0; i < UNITS; i++) {
			uint64_t x = next(&seed);

			u[i] = (struct unit){ .points =
						      9000 + (int)(x % 5) * 25,
					      .block = x / 5 % BLOCKS,
					      .grade = x / 15 % 3,
					      .deducted = x / 45 % 4 == 0,
					      .disciplined = x / 180 % 4 == 0 };
			for (size_t j = 0; j < i; j++)
				ties += u[j].block == u[i].block &&
					u[j].points == u[i].points;
		}
		put_result(*state, n, u);
		put_disciplines(*state, u);
		want(u, &r, &wanted);
		buf_addf(
			&sql,
			"SELECT coalesce(string_agg(rule || ' ' || code, ',' "
			"ORDER BY rule, code), '') FROM assess.reward_units(" RY
			", %d, '",
			n);
		put_rules(u, &r, &sql);
		buf_adds(&sql, "') WHERE listed");
		got = asked(*state, buf_cstr(&sql));
		if (strcmp(got, wanted.len ? buf_cstr(&wanted) : "") != 0)
			fail_msg("%s\nlists %s, not %s", sql.data, got,
				 wanted.len ? wanted.data : "");
		free(got);
		/* whoever is kept out is told why */
		sql.len = 0;
		buf_addf(&sql,
			 "SELECT count(*) FROM assess.reward_units(" RY
			 ", %d, '",
			 n);
		put_rules(u, &r, &sql);
		buf_adds(&sql, "') WHERE coalesce(why, '') = ''");
		assert_int_equal(pg_long(*state, buf_cstr(&sql)), 0);
		buf_free(&sql);
		buf_free(&wanted);
	}
	assert_true(ties > 50); /* so that the rules of ties were asked */
}

/* ---- targets --------------------------------------------------------------
 */

/* A target of this measure: state, what is shown, why not. */
static void is_target(PGconn *c, const char *target, const char *wanted)
{
	struct buf b = BUF_INIT(TEXT);
	char *got;

	buf_addf(&b,
		 "DELETE FROM assess.target_plan; INSERT INTO "
		 "assess.target_plan (round, version, content, sha256, trial, "
		 "reason, loaded_by) SELECT " RY
		 ", 1, t, sha256(convert_to(t, 'UTF8')), true, 'thử', 'thử' "
		 "FROM (VALUES ('{\"targets\":[{\"code\":\"T\",\"text\":\"x\","
		 "\"lead\":\"x\",\"deadline\":\"2199-12-31\",%s}]}')) AS x (t)",
		 target);
	pg_do(c, buf_cstr(&b));
	got = asked(c, "SELECT concat_ws('|', state, shown, nullif(why, '')) "
		       "FROM assess.target_states(" RY ")");
	if (strcmp(got, wanted) != 0)
		fail_msg("%s gives %s, not %s", target, got, wanted);
	free(got);
	buf_free(&b);
}

#define MEASURE(kind, more) "\"measure\":{\"kind\":\"" kind "\"" more "}"
#define IS(compare, value) \
	",\"compare\":\"" compare "\",\"value\":\"" value "\""
#define U1 ",\"unit\":\"u1\""

static void a_target_is_met_at_its_edge_and_never_silently(void **state)
{
	PGconn *c = *state;
	struct unit u[UNITS] = { { .points = 9125, .grade = 1 } };

	for (size_t i = 1; i < UNITS; i++)
		u[i] = (struct unit){ .points = 8000, .grade = i < 4 ? 0 : 2 };
	put_result(c, 900, u);
	/* a draft is not measured */
	is_target(c, MEASURE("total", U1) IS(">=", "1"),
		  "not-measured|kỳ đánh giá chưa công bố kết quả");
	publish(c, 1, 900);
	is_target(c, MEASURE("total", U1) IS(">=", "91.25"), "met|91,25");
	is_target(c, MEASURE("total", U1) IS(">=", "91.250001"),
		  "not-met|91,25");
	is_target(c, MEASURE("total", U1) IS("=", "91.25"), "met|91,25");
	is_target(c, MEASURE("rank", U1) IS("<=", "1"), "met|1");
	is_target(c, MEASURE("rank", ",\"unit\":\"u2\"") IS("<=", "1"),
		  "not-met|2");
	is_target(c, MEASURE("grade", U1) IS("grade>=", "Tốt"), "met|Tốt");
	is_target(c, MEASURE("grade", U1) IS("grade>=", "Xuất sắc"),
		  "not-met|Tốt");
	is_target(c, MEASURE("grade", U1) IS("grade>=", "Giỏi"),
		  "not-measured|Tốt|không có mức xếp loại này");
	is_target(c,
		  MEASURE("points", U1 ",\"criterion\":\"1\"") IS(">=", "7.25"),
		  "met|7,25");
	/* missing is no nought */
	is_target(c, MEASURE("points", U1 ",\"criterion\":\"9\"") IS(">=", "0"),
		  "not-measured|kết quả không có số này");
	is_target(c,
		  MEASURE("measure", U1 ",\"criterion\":\"2\"") IS(">=", "89"),
		  "met|89");
	is_target(c,
		  MEASURE("measure", U1 ",\"criterion\":\"3\"")
			  IS(">=", "86.400001"),
		  "not-met|86,4");
	/* four of nine */
	is_target(c, MEASURE("share", ",\"grade\":\"Tốt\"") IS(">=", "44"),
		  "met|44,444444");
	is_target(c,
		  MEASURE("share", ",\"grade\":\"Tốt\",\"of\":\"huyen\"")
			  IS(">=", "44"),
		  "not-measured|kết quả không có số này");
	is_target(c,
		  MEASURE("component", U1 ",\"criterion\":\"1\"") IS(">=", "1"),
		  "not-measured|đợt điều tra chưa công bố điểm này");
	is_target(c,
		  MEASURE("series", ",\"index\":\"PAPI\",\"what\":\"rank\"")
			  IS("<=", "30"),
		  "not-measured|chưa ghi chỉ số này của năm");
}

static void
what_is_typed_last_counts_and_a_correction_wants_a_reason(void **state)
{
	PGconn *c = *state;
	char n[6];

	is_target(c, MEASURE("typed", "") IS(">=", "90"),
		  "not-measured|chưa ghi số đo");
	pg_do(c, "INSERT INTO assess.target_value (round, target, no, value, "
		 "source, measured_on, done_by) SELECT " RY
		 ", 'T', 1, 90, 'BC 1', '2021-12-20', 'thử'");
	is_target(c, MEASURE("typed", "") IS(">=", "90"), "met|90");
	assert_string_equal(
		pg_state(c,
			 "INSERT INTO assess.target_value (round, target, no, "
			 "value, source, measured_on, done_by, reason) "
			 "SELECT " RY
			 ", 'T', 2, 91, 'BC 2', '2021-12-21', 'thử', ''",
			 n),
		"23514");
	pg_do(c, "INSERT INTO assess.target_value (round, target, no, value, "
		 "source, measured_on, done_by, reason) SELECT " RY
		 ", 'T', 2, 89.999999, 'BC 2', '2021-12-21', 'thử', 'sai'");
	is_target(c, MEASURE("typed", "") IS(">=", "90"), "not-met|89,999999");
	pg_do(c, "INSERT INTO assess.series (index_name, year, no, points, "
		 "rank, among, source, done_by) SELECT 'PAPI', 2021, 1, "
		 "42.5, 31, 63, 'mẫu thử', 'thử'");
	is_target(c,
		  MEASURE("series", ",\"index\":\"PAPI\",\"what\":\"rank\"")
			  IS("<=", "30"),
		  "not-met|31");
	is_target(c,
		  MEASURE("series", ",\"index\":\"PAPI\",\"what\":\"points\"")
			  IS(">=", "42.5"),
		  "met|42,5");
	/* of another year it is another number */
	is_target(c,
		  MEASURE("series", ",\"index\":\"PAPI\",\"year\":2020,"
				    "\"what\":\"points\"") IS(">=", "1"),
		  "not-measured|chưa ghi chỉ số này của năm");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_places_filled_from_the_best_down),
		cmocka_unit_test(
			a_target_is_met_at_its_edge_and_never_silently),
		cmocka_unit_test(
			what_is_typed_last_counts_and_a_correction_wants_a_reason),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
