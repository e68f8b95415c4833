/* Campaigns of sealed ballots against the database: states, acts and roles by
 * the table of rules, one token one answer, what is written anew, the list,
 * mixing, and that insiders read nothing before it (A5). */
#include <sodium.h>

#include "phieu/ballot.h"
#include "phieu/desk.h"
#include "phieu/store_freeze.h"
#include "support/pg.h"
#include "support/test.h"

#define WAVE "thu-2021"

static PGconn *raw;
static struct db *owner, *mixer;
static struct wave *w;
static struct ballot_part pair;
static int size;

static struct db *db_as(const char *role)
{
	char conninfo[512];
	struct err e = { 0 };
	struct db *db;

	pg_conninfo(conninfo, sizeof conninfo, role, NULL);
	db = db_open(conninfo, "dbtest", DB_ANY_ROLE, 0, &e);
	if (!db)
		fail_msg("%s", e.msg);
	return db;
}

/* ---- acts ---------------------------------------------------------------- */

static bool act_as(const char *role, const char *name, const char *group,
		   const char *reason, struct desk_done *done, struct err *e)
{
	const struct desk_act *a = desk_act_find(&desk_ballot, name);
	const char *values[DESK_PARAMS_MAX] = { group };
	struct desk_who who = { .by = "thử", .role = role, .everywhere = true };
	char hex[2 * BALLOT_KEY_BYTES + 1];

	*e = (struct err){ 0 };
	hex_text(pair.public_key, sizeof pair.public_key, hex);
	if (strcmp(name, "make") == 0) {
		values[1] = hex;
		values[2] = "MTTQ";
	} else {
		values[1] = reason;
	}
	return store_desk_act(owner, a, w->id, &who, values, done, e);
}

static struct desk_done must(const char *name, const char *group)
{
	struct desk_done done;
	struct err e;

	if (!act_as("analyst", name, group, "lý do", &done, &e))
		fail_msg("%s: %s", name, e.msg);
	return done;
}

/* Letters of so many for each of the group's homes, as they say. */
static void letters(const char *group, const char *homes,
		    char (*tokens)[BALLOT_TOKEN_MAX])
{
	struct arena *a = arena_new(1 << 20);
	struct ballot_letter l[64];
	struct ballot_home *h;
	struct err e = { 0 };
	size_t n, at = 0;

	assert_true(store_ballot_homes(owner, w->id, group, a, &h, &n, &e));
	for (size_t i = 0; i < n && homes[i]; i++)
		for (int k = 0; k < homes[i] - 'a'; k++, at++) {
			ballot_token_new(l[at].token);
			l[at].home = i;
			memcpy(tokens[at], l[at].token, BALLOT_TOKEN_MAX);
		}
	if (!store_ballot_letters(owner, w->id, "thử", "analyst", group, h, l,
				  at, &e))
		fail_msg("%s", e.msg);
	arena_free(a);
}

static void seal(const char *text, unsigned char *out)
{
	unsigned char *plain = calloc(1, (size_t)size);

	assert_non_null(plain);
	memcpy(plain, text, strlen(text));
	plain[strlen(text)] = 0x80;
	assert_int_equal(crypto_box_seal(out, plain, (unsigned long long)size,
					 pair.public_key),
			 0);
	free(plain);
}

static unsigned char box[131072 + BALLOT_SEAL_BYTES];

static const char *put_box(const char *token, char receipt[65])
{
	static char said[12];
	struct err e = { 0 };
	struct db *c = db_as("collector");

	if (!store_ballot_put(c, token, box, (size_t)size + BALLOT_SEAL_BYTES,
			      said, receipt, &e))
		fail_msg("%s", e.msg);
	db_close(c);
	return said;
}

static const char *put(const char *token, const char *text)
{
	char receipt[65];

	seal(text, box);
	return put_box(token, receipt);
}

#define OF(home, answer)                                                       \
	"{\"wave\":\"" WAVE "\",\"form\":\"T-1\",\"version\":\"1\","           \
	"\"group\":\"cong-chuc\",\"home\":\"" home "\",\"profile\":"           \
	"{\"gioi-tinh\":\"nu\"},\"ratings\":[{\"unit\":\"" home "\","          \
	"\"answers\":{\"Q1\":\"" answer "\",\"T1\":\"lời\",\"N1\":\"5\"}}]," \
	"\"comment\":\"nhận xét\"}"

static long number(const char *sql)
{
	return pg_long(raw, sql);
}

/* ---- one wave a test ------------------------------------------------------
 */

static int begin(void **state)
{
	(void)state;
	raw = pg_as("super", NULL);
	pg_do(raw, "TRUNCATE ballot.campaign, ballot.token, ballot.used, "
		   "ballot.sealed, ballot.receipt, ballot.comment; "
		   "DELETE FROM field.rating; DELETE FROM field.response");
	pg_do(raw, "UPDATE plan.wave SET state = 'open'");
	return 0;
}

static int done(void **state)
{
	(void)state;
	PQfinish(raw);
	return 0;
}

static char tokens[64][BALLOT_TOKEN_MAX];

/* A campaign of the group `cong-chuc`: so many letters of each home. */
static void opened(const char *homes)
{
	(void)must("make", "cong-chuc");
	size = (int)number("SELECT size FROM ballot.campaign");
	letters("cong-chuc", homes, tokens);
	(void)must("open", "cong-chuc");
}

static const char *state_now(void)
{
	static char text[32];
	char *s = pg_text(raw, "SELECT state FROM ballot.campaign");

	(void)snprintf(text, sizeof text, "%s", s);
	text[strcspn(text, "\n")] = '\0';
	free(s);
	return text;
}

/* ---- tests --------------------------------------------------------------- */

static void every_act_is_what_the_rules_say(void **state)
{
	static const char *const states[] = { "made", "open", "closed", "mixed",
					      "dropped" };
	static const char *const acts[] = { "make", "open", "close", "reopen",
					    "drop" };
	static const char *const roles[] = { "analyst", "post-supervisor",
					     "administrator", "system" };
	struct desk_done got;
	struct err e;
	char sql[400];

	(void)state;
	opened("bbb");
	for (size_t s = 0; s < 5; s++)
		for (size_t a = 0; a < 5; a++)
			for (size_t r = 0; r < 8; r++) {
				const char *reason = r & 1 ? "vì thế" : "";
				const char *role = roles[r / 2];
				bool may, did;

				(void)snprintf(
					sql, sizeof sql,
					"UPDATE ballot.campaign SET state = "
					"'%s', letters = 3, root = NULL; "
					"DELETE FROM ballot.receipt",
					states[s]);
				pg_do(raw, sql);
				(void)snprintf(
					sql, sizeof sql,
					"SELECT count(*) FROM field.sheet_rule "
					"WHERE of = 'campaign' AND status = "
					"'%s' AND act = '%s' AND '%s' = ANY "
					"(roles) AND (NOT reason OR '%s' <> "
					"'')",
					states[s], acts[a], role, reason);
				may = number(sql) == 1;
				did = act_as(role, acts[a], "cong-chuc", reason,
					     &got, &e);
				if (did != may)
					fail_msg("%s, %s, %s \"%s\": %s",
						 states[s], acts[a], role,
						 reason, e.msg);
			}
	pg_do(raw, "UPDATE ballot.campaign SET state = 'made', letters = 0");
	assert_false(act_as("analyst", "open", "cong-chuc", "", &got, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_false(act_as("analyst", "open", "none", "", &got, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(act_as("analyst", "open", "dai-bieu", "", &got, &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void a_token_is_used_once_and_the_same_ballot_again(void **state)
{
	char first[65], second[65];

	(void)state;
	opened("bcb");
	assert_string_equal(put("A", "{}"), "unknown");
	seal("{}", box);
	assert_string_equal(put_box(tokens[0], first), "stored");
	assert_string_equal(put_box(tokens[0], second), "again");
	assert_string_equal(first, second);
	/* this ballot with a letter of another */
	assert_string_equal(put_box(tokens[1], second), "used");
	assert_string_equal(put(tokens[0], "{}"), "used");
	assert_int_equal(number("SELECT count(*) FROM ballot.used"), 1);
	size -= 1;
	assert_string_equal(put(tokens[1], "{}"), "size");
	size += 1;
	(void)must("close", "cong-chuc");
	assert_string_equal(put(tokens[1], "{}"), "closed");
	/* who lost the answer while it closed still gets it */
	seal("{}", box);
	(void)must("reopen", "cong-chuc");
	assert_string_equal(put_box(tokens[1], first), "stored");
	(void)must("close", "cong-chuc");
	assert_string_equal(put_box(tokens[1], second), "again");
	assert_int_equal(number("SELECT count(*) FROM ballot.receipt"), 2);
}

static void letters_again_make_those_before_worthless(void **state)
{
	char old[BALLOT_TOKEN_MAX];
	struct arena *a = arena_new(1 << 16);
	struct ballot_form f;
	struct err e = { 0 };
	struct db *c = db_as("collector");

	(void)state;
	(void)must("make", "cong-chuc");
	size = (int)number("SELECT size FROM ballot.campaign");
	letters("cong-chuc", "bbb", tokens);
	memcpy(old, tokens[0], sizeof old);
	assert_string_equal(put(old, "{}"), "early");
	letters("cong-chuc", "bbb", tokens);
	assert_string_equal(put(old, "{}"), "unknown");
	assert_true(store_ballot_form(c, tokens[0], a, &f, &e));
	assert_string_equal(f.wave, WAVE);
	assert_string_equal(f.group, "cong-chuc");
	assert_string_equal(f.state, "made");
	assert_false(f.used);
	assert_true(store_ballot_form(c, old, a, &f, &e));
	assert_string_equal(f.wave, "");
	db_close(c);
	arena_free(a);
}

static void ten_ballots_are_written_anew_in_one_transaction(void **state)
{
	(void)state;
	opened("mmm");
	for (size_t i = 0; i < 9; i++)
		assert_string_equal(put(tokens[i], "{}"), "stored");
	assert_int_equal(number("SELECT count(DISTINCT xmin::text) FROM "
				"ballot.sealed"),
			 9);
	assert_string_equal(put(tokens[9], "{}"), "stored");
	assert_int_equal(number("SELECT count(DISTINCT xmin::text) FROM "
				"(SELECT xmin FROM ballot.sealed UNION ALL "
				"SELECT xmin FROM ballot.used) AS x"),
			 1);
	assert_int_equal(number("SELECT count(*) FROM ballot.sealed WHERE "
				"fresh"),
			 0);
	/* a copy is being made: later then, and the answer is kept */
	pg_do(raw, "SELECT pg_advisory_lock_shared(7006, 0)");
	for (size_t i = 10; i < 24; i++)
		assert_string_equal(put(tokens[i], "{}"), "stored");
	assert_int_equal(number("SELECT count(*) FROM ballot.sealed WHERE "
				"fresh"),
			 14);
	pg_do(raw, "SELECT pg_advisory_unlock_shared(7006, 0)");
	(void)must("close", "cong-chuc");
	assert_int_equal(number("SELECT count(DISTINCT xmin::text) FROM "
				"(SELECT xmin FROM ballot.sealed UNION ALL "
				"SELECT xmin FROM ballot.used) AS x"),
			 1);
}

static void the_root_is_that_of_the_sorted_receipts(void **state)
{
	uint8_t leaf[8][SHA256_BYTES], row[1 + SHA256_BYTES] = { 0 };
	uint8_t root[SHA256_BYTES];
	char hex[65], *said;
	PGresult *r;

	(void)state;
	opened("fbb");
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(put(tokens[i], "{}"), "stored");
	(void)must("close", "cong-chuc");
	r = PQexec(raw, "SELECT encode(receipt, 'hex') FROM ballot.receipt "
			"ORDER BY receipt");
	assert_int_equal(PQntuples(r), 5);
	for (int i = 0; i < 5; i++) {
		assert_true(hex_parse(PQgetvalue(r, i, 0), 64, row + 1));
		sha256(row, sizeof row, leaf[i]);
	}
	PQclear(r);
	merkle_root((const uint8_t(*)[SHA256_BYTES])leaf, 5, root);
	hex_text(root, sizeof root, hex);
	said = pg_text(raw, "SELECT encode(root, 'hex') FROM ballot.campaign");
	assert_memory_equal(said, hex, 64);
	free(said);
	assert_int_equal(number("SELECT count(*) FROM audit.entry WHERE kind "
				"= 'ballot' AND content LIKE '%' || (SELECT "
				"encode(root, 'hex') FROM ballot.campaign) || "
				"'%'"),
			 1);
}

static bool mix(bool leave_out, struct ballot_mixed *m, struct err *e)
{
	*e = (struct err){ 0 };
	return ballot_mix(mixer, w, "cong-chuc", pair.share, "thử", leave_out,
			  m, e);
}

static void mixing_keeps_ten_or_more_of_a_home(void **state)
{
	struct ballot_mixed m = { 0 };
	struct err e;

	(void)state;
	opened("ldb"); /* 11 of the first home, 3, 1 */
	assert_false(mix(false, &m, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	for (size_t i = 0; i < 10; i++)
		assert_string_equal(put(tokens[i], OF("so-a", "A")), "stored");
	assert_string_equal(put(tokens[10], "không phải"), "stored");
	for (size_t i = 11; i < 14; i++)
		assert_string_equal(put(tokens[i], OF("so-b", "B")), "stored");
	(void)must("close", "cong-chuc");
	assert_false(mix(false, &m, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "--leave-out"));
	assert_int_equal(number("SELECT count(*) FROM field.response"), 0);
	assert_true(mix(true, &m, &e));
	assert_int_equal(m.valid, 10);
	assert_int_equal(m.invalid, 1);
	assert_int_equal(m.left_out, 3);
	assert_string_equal(state_now(), "mixed");
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"counted AND way = 5 AND sheet IS NULL"),
			 10);
	assert_int_equal(number("SELECT count(*) FROM field.rating WHERE "
				"extra = '{\"N1\": \"5\"}' OR extra = "
				"'{\"N1\": 5}'"),
			 10);
	assert_int_equal(number("SELECT count(*) FROM ballot.comment"), 20);
	assert_int_equal(number("SELECT count(*) FROM ballot.token"), 0);
	assert_int_equal(number("SELECT count(*) FROM ballot.sealed"), 0);
	assert_false(mix(true, &m, &e));
}

static void nine_valid_ones_are_too_few(void **state)
{
	struct ballot_mixed m = { 0 };
	struct err e;

	(void)state;
	opened("kbb");
	for (size_t i = 0; i < 9; i++)
		assert_string_equal(put(tokens[i], OF("so-a", "A")), "stored");
	assert_string_equal(put(tokens[9], "{}"), "stored");
	(void)must("close", "cong-chuc");
	assert_false(mix(false, &m, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
}

static void other_campaigns_are_left_alone(void **state)
{
	char mine[12][BALLOT_TOKEN_MAX];
	struct ballot_mixed m = { 0 };
	struct err e;

	(void)state;
	opened("kbb");
	for (size_t i = 0; i < 10; i++)
		assert_string_equal(put(tokens[i], OF("so-a", "A")), "stored");
	(void)must("make", "dai-bieu");
	letters("dai-bieu", "e", mine);
	(void)must("open", "dai-bieu");
	size = (int)number("SELECT size FROM ballot.campaign AS c JOIN "
			   "plan.respondent_group AS g USING (wave, grp) "
			   "WHERE g.code = 'dai-bieu'");
	assert_string_equal(put(mine[0], "{}"), "stored");
	(void)must("close", "cong-chuc");
	assert_true(mix(false, &m, &e));
	assert_int_equal(m.valid, 10);
	assert_int_equal(number("SELECT count(*) FROM ballot.token"), 4);
	assert_int_equal(number("SELECT count(*) FROM ballot.used"), 1);
	assert_int_equal(number("SELECT count(*) FROM ballot.sealed"), 1);
	assert_string_equal(put(mine[0], "{}"), "used");
	assert_false(store_ballot_may_freeze(owner, w->id, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	(void)must("close", "dai-bieu");
	(void)must("drop", "dai-bieu");
	e = (struct err){ 0 };
	assert_true(store_ballot_may_freeze(owner, w->id, &e));
	assert_int_equal(number("SELECT count(*) FROM ballot.sealed"), 0);
}

static void another_key_opens_nothing(void **state)
{
	struct ballot_part other;
	struct ballot_mixed m;
	struct err e = { 0 };

	(void)state;
	opened("bbb");
	(void)must("close", "cong-chuc");
	assert_true(ballot_key_new(1, &other, &e));
	assert_false(ballot_mix(mixer, w, "cong-chuc", other.share, "thử", true,
				&m, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(state_now(), "closed");
}

/* Ballots that are not those of the closing: taken out, or put in. */
static void a_box_that_was_tampered_with_is_not_mixed(void **state)
{
	struct ballot_mixed m;
	struct err e;

	(void)state;
	opened("kbb");
	for (size_t i = 0; i < 10; i++)
		assert_string_equal(put(tokens[i], OF("so-a", "A")), "stored");
	(void)must("close", "cong-chuc");
	pg_do(raw, "DELETE FROM ballot.sealed WHERE receipt IN (SELECT "
		   "receipt FROM ballot.sealed LIMIT 1)");
	assert_false(mix(true, &m, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	seal(OF("so-a", "D"), box);
	{
		const char *values[1] = { (const char *)box };
		int lengths[1] = { size + BALLOT_SEAL_BYTES },
		    binary[1] = { 1 };
		PGresult *r = PQexecParams(
			raw,
			"INSERT INTO ballot.sealed (receipt, wave, grp, home, "
			"sealed) SELECT sha256($1), wave, grp, 1, $1 FROM "
			"ballot.campaign",
			1, (const Oid[]){ 17 }, values, lengths, binary, 0);

		assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
		PQclear(r);
	}
	assert_false(mix(true, &m, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_int_equal(number("SELECT count(*) FROM field.response"), 0);
}

/* A5: whatever an insider's role asks before mixing, it gets no ballot; and
 * what is done stands in the log. */
static void insiders_read_no_ballot_before_mixing(void **state)
{
	static const char *const roles[] = { "analysis", "auditor", "collector",
					     "publish",	 "roster",  "server",
					     "mixer" };
	static const char *const asks[] = {
		"SELECT sealed FROM ballot.sealed",
		"SELECT hash FROM ballot.token",
		"SELECT hash FROM ballot.used",
		"COPY ballot.sealed TO STDOUT",
		"DELETE FROM ballot.used",
		"UPDATE ballot.campaign SET state = 'closed'",
	};
	char sqlstate[6];

	(void)state;
	opened("bbb");
	assert_string_equal(put(tokens[0], "{}"), "stored");
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		PGconn *c = pg_as(roles[i], NULL);

		for (size_t k = 0; k < sizeof asks / sizeof asks[0]; k++)
			assert_string_equal(pg_state(c, asks[k], sqlstate),
					    "42501");
		PQfinish(c);
	}
	{
		PGconn *c = pg_as("mixer", NULL);

		/* open: the mixer is not yet let in */
		assert_int_equal(
			pg_long(c, "SELECT count(*) FROM "
				   "ballot.mix_ballots((SELECT max(wave) FROM "
				   "plan.wave), 1)"),
			0);
		assert_string_equal(
			pg_state(c,
				 "SELECT * FROM ballot.mix_begin('" WAVE
				 "', 'cong-chuc')",
				 sqlstate),
			"55000");
		PQfinish(c);
	}
	assert_int_equal(number("SELECT count(*) FROM audit.entry WHERE kind "
				"= 'ballot' AND content::jsonb ->> 'act' IN "
				"('make', 'letters', 'open')") >= 3,
			 1);
}

static int begin_all(void **state)
{
	struct err e = { 0 };
	struct plan *p;
	bool changed;
	int32_t version;

	(void)state;
	owner = db_as("owner");
	mixer = db_as("mixer");
	p = plan_file_read("tests/data/sheet_plan.json", &e);
	if (!hash_start(&e) || !p ||
	    !store_plan_load(owner, p, "thử", "thử", &version, &changed, &e) ||
	    !ballot_key_new(1, &pair, &e))
		fail_msg("%s", e.msg);
	plan_free(p);
	w = store_wave_get(owner, WAVE, &e);
	return w == NULL;
}

static int end_all(void **state)
{
	(void)state;
	wave_free(w);
	db_close(owner);
	db_close(mixer);
	return 0;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, done)
	const struct CMUnitTest tests[] = {
		TEST(every_act_is_what_the_rules_say),
		TEST(a_token_is_used_once_and_the_same_ballot_again),
		TEST(letters_again_make_those_before_worthless),
		TEST(ten_ballots_are_written_anew_in_one_transaction),
		TEST(the_root_is_that_of_the_sorted_receipts),
		TEST(mixing_keeps_ten_or_more_of_a_home),
		TEST(nine_valid_ones_are_too_few),
		TEST(other_campaigns_are_left_alone),
		TEST(another_key_opens_nothing),
		TEST(a_box_that_was_tampered_with_is_not_mixed),
		TEST(insiders_read_no_ballot_before_mixing),
	};

	return cmocka_run_group_tests(tests, begin_all, end_all);
}
