/* The log tells the truth (S17): eight write at once, then everything is tried
 * that somebody with all rights on the tables could do to it.  100 entries a
 * writer, 10,000 in the long form. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/store_audit.h"
#include "support/pg.h"

#define WRITERS 8
#define EACH	(trial() ? 10000 : 100)

static bool trial(void)
{
	const char *s = getenv("PHIEU_TRIAL");

	return s && strcmp(s, "1") == 0;
}

struct world {
	struct db *db; /* the auditor: verifying needs no more */
	PGconn *owner;
	struct audit_head *heads;
	size_t heads_n;
	struct audit_report r;
	struct err e;
};

#define must(expr)                                           \
	do {                                                 \
		if (!(expr))                                 \
			fail_msg("%s: %s", #expr, w->e.msg); \
	} while (0)

static void *write_some(void *arg)
{
	char conninfo[512];
	struct err e = { 0 };
	struct db *db;
	bool ok;

	pg_conninfo(conninfo, sizeof conninfo, "server", NULL);
	db = db_open(conninfo, "dbtest", DB_SERVICE_ROLE, 0, &e);
	ok = db != NULL;
	for (int i = 0; ok && i < EACH; i++)
		ok = store_audit_append(db, "act", arg,
					"{\"chữ\":\"có dấu | và gạch\"}", &e);
	db_close(db);
	return ok ? arg : NULL;
}

static void write_acts(void)
{
	static char names[WRITERS][8];
	pthread_t threads[WRITERS];
	void *back;

	for (int i = 0; i < WRITERS; i++) {
		(void)snprintf(names[i], sizeof names[i], "w%d", i);
		assert_int_equal(pthread_create(&threads[i], NULL, write_some,
						names[i]),
				 0);
	}
	for (int i = 0; i < WRITERS; i++) {
		assert_int_equal(pthread_join(threads[i], &back), 0);
		assert_ptr_equal(back, names[i]);
	}
}

static const char response[] =
	"INSERT INTO field.response (wave, instance, response, sha256, state, "
	"counted, keying, way, key, received_at, flags, simulated, lane, "
	"batch) "
	"VALUES (1, '%s', nextval('field.response_id'), sha256('%s'), 1, "
	"false, "
	"1, 1, 1, now(), 0, false, %d, %d)";

/* Batches of intake as the collector's function writes them, the root made
 * here by the formula of RFC 6962. */
static void write_batch(PGconn *c, int lane, int batch, int n)
{
	uint8_t leaves[16][SHA256_BYTES], root[SHA256_BYTES], sum[SHA256_BYTES];
	char sql[1024], name[32], hex[65], leaf[128];

	for (int i = 0; i < n; i++) {
		size_t at;

		(void)snprintf(name, sizeof name, "uuid:%d-%d-%02d", lane,
			       batch, i);
		(void)snprintf(sql, sizeof sql, response, name, name, lane,
			       batch);
		pg_do(c, sql);
		sha256(name, strlen(name), sum);
		leaf[0] = '\0';
		at = 1 + strlen(name);
		memcpy(leaf + 1, name, strlen(name));
		memcpy(leaf + at, sum, sizeof sum);
		sha256(leaf, at + sizeof sum, leaves[i]);
	}
	merkle_root((const uint8_t(*)[SHA256_BYTES])leaves, (size_t)n, root);
	hex_text(root, sizeof root, hex);
	(void)snprintf(sql, sizeof sql,
		       "SELECT audit.append(%d::smallint, 'intake', "
		       "'collector', '{\"wave\":1,\"count\":%d,"
		       "\"root\":\"%s\"}')",
		       lane, n, hex);
	pg_do(c, sql);
}

/* An honest log, kept aside: every test spoils a copy of it. */
static int once(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	char conninfo[512];

	if (!w || !hash_start(&w->e))
		return -1;
	pg_conninfo(conninfo, sizeof conninfo, "auditor", NULL);
	w->db = db_open(conninfo, "dbtest", DB_SERVICE_ROLE, 0, &w->e);
	w->owner = pg_as("owner", NULL);
	write_acts();
	for (int i = 1; i <= 7; i++)
		write_batch(w->owner, 1, i, i);
	for (int i = 1; i <= 3; i++)
		write_batch(w->owner, 2, i, 1);
	pg_do(w->owner, "CREATE TABLE public.entry AS TABLE audit.entry");
	pg_do(w->owner, "CREATE TABLE public.lane AS TABLE audit.lane");
	pg_do(w->owner, "CREATE TABLE public.response AS TABLE field.response");
	if (!w->db || !store_audit_heads(w->db, &w->heads, &w->heads_n, &w->e))
		return -1;
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	db_close(w->db);
	PQfinish(w->owner);
	free(w->heads);
	free(w);
	return 0;
}

static int again(void **state)
{
	struct world *w = *state;

	pg_do(w->owner, "TRUNCATE audit.entry, audit.lane, field.response");
	pg_do(w->owner, "INSERT INTO audit.lane SELECT * FROM public.lane");
	pg_do(w->owner, "INSERT INTO audit.entry SELECT * FROM public.entry");
	pg_do(w->owner,
	      "INSERT INTO field.response SELECT * FROM public.response");
	return 0;
}

static void verify(struct world *w, bool with_heads)
{
	must(store_audit_verify(w->db, w->heads, with_heads ? w->heads_n : 0,
				&w->r, &w->e));
}

static void honest(struct world *w, bool with_heads)
{
	verify(w, with_heads);
	if (w->r.faults_n)
		fail_msg("lane %d, entry %d: %s", w->r.faults[0].lane,
			 (int)w->r.faults[0].seq, w->r.faults[0].what);
}

/* Some fault is at that entry and says that word. */
static void found(struct world *w, int lane, int seq, const char *word)
{
	for (size_t i = 0; i < w->r.faults_n; i++)
		if (w->r.faults[i].lane == lane && w->r.faults[i].seq == seq &&
		    strstr(w->r.faults[i].what, word))
			return;
	fail_msg("not found: lane %d, entry %d, %s; first of %zu: lane %d, "
		 "entry %d, %s",
		 lane, seq, word, w->r.faults_n, w->r.faults[0].lane,
		 (int)w->r.faults[0].seq, w->r.faults[0].what);
}

static void spoil(struct world *w, const char *sql, int lane, int seq,
		  const char *word)
{
	pg_do(w->owner, sql);
	verify(w, false);
	found(w, lane, seq, word);
}

static void the_log_of_many_writers_is_whole(void **state)
{
	struct world *w = *state;

	honest(w, false);
	assert_int_equal(w->r.lanes, 3);
	assert_int_equal(w->r.entries, WRITERS * EACH + 7 + 3);
	assert_int_equal(w->r.batches, 10);
	assert_int_equal(w->r.responses, 28 + 3);
	honest(w, true);
}

static void a_log_that_went_on_still_holds_old_heads(void **state)
{
	struct world *w = *state;

	pg_do(w->owner, "SELECT audit.append(0::smallint, 'act', 'x', '{}')");
	honest(w, true);
}

static void an_empty_log_is_whole(void **state)
{
	struct world *w = *state;

	pg_do(w->owner, "TRUNCATE audit.entry, audit.lane, field.response");
	honest(w, false);
	assert_int_equal(w->r.lanes, 0);
}

static void an_edit_of_any_column_is_found(void **state)
{
	static const char *const edits[] = {
		"at = replace(at, 'T', 't')", "kind = 'akt'",
		"actor = 'nobody'",	      "content = '{}'",
		"hash = sha256('x')",
	};
	struct world *w = *state;
	char sql[256];

	for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
		(void)again(state);
		(void)snprintf(sql, sizeof sql,
			       "UPDATE audit.entry SET %s WHERE lane = 0 AND "
			       "seq = 321",
			       edits[i]);
		spoil(w, sql, 0, 321, "changed");
		assert_int_equal(w->r.faults_n, 1); /* the first, not all */
	}
	(void)again(state);
	spoil(w,
	      "UPDATE audit.entry SET prev = sha256('x') WHERE lane = 0 "
	      "AND seq = 321",
	      0, 321, "follow");
}

static void moving_text_between_columns_is_found(void **state)
{
	spoil(*state,
	      "UPDATE audit.entry SET kind = 'ac', actor = 't' || actor "
	      "WHERE lane = 0 AND seq = 5",
	      0, 5, "changed");
}

/* "w|{…| …}": the same bytes are hashed, the parts are others. */
static void moving_text_over_a_border_is_found(void **state)
{
	struct world *w = *state;
	char why[6];

	assert_string_equal(
		pg_state(w->owner,
			 "SELECT audit.append(0::smallint, 'a|b', 'x', '{}')",
			 why),
		"23514");
	spoil(w,
	      "UPDATE audit.entry SET actor = actor || '|' || "
	      "split_part(content, '|', 1), content = split_part(content, "
	      "'|', 2) WHERE lane = 0 AND seq = 5",
	      0, 5, "run into");
}

static void a_deleted_entry_is_found(void **state)
{
	struct world *w = *state;

	spoil(w, "DELETE FROM audit.entry WHERE lane = 0 AND seq = 400", 0, 400,
	      "missing");
	(void)again(state);
	spoil(w, "DELETE FROM audit.entry WHERE lane = 0 AND seq = 1", 0, 1,
	      "missing");
}

static void a_deleted_and_renumbered_entry_is_found(void **state)
{
	struct world *w = *state;

	pg_do(w->owner, "DELETE FROM audit.entry WHERE lane = 0 AND seq = 400");
	spoil(w,
	      "UPDATE audit.entry SET seq = -seq WHERE false; "
	      "UPDATE audit.entry e SET seq = 400, prev = (SELECT hash FROM "
	      "audit.entry WHERE lane = 0 AND seq = 399) WHERE lane = 0 AND "
	      "seq = 401",
	      0, 400, "changed");
}

static void a_changed_order_is_found(void **state)
{
	struct world *w = *state;

	pg_do(w->owner,
	      "UPDATE audit.entry SET seq = 100000 WHERE lane = 0 AND seq = 7");
	pg_do(w->owner,
	      "UPDATE audit.entry SET seq = 7 WHERE lane = 0 AND seq = 8");
	spoil(w,
	      "UPDATE audit.entry SET seq = 8 WHERE lane = 0 AND seq = 100000",
	      0, 7, "follow");
}

static void a_cut_tail_is_found(void **state)
{
	struct world *w = *state;

	spoil(w, "DELETE FROM audit.entry WHERE lane = 0 AND seq > 790", 0, 791,
	      "cut");
	(void)again(state);
	spoil(w, "DELETE FROM audit.entry WHERE lane = 0", 0, 1, "gone");
}

/* The head is set back too: inside, the log looks honest. */
static void a_tail_cut_with_its_head_needs_a_head_kept_outside(void **state)
{
	struct world *w = *state;

	pg_do(w->owner, "DELETE FROM audit.entry WHERE lane = 0 AND seq > 790");
	pg_do(w->owner,
	      "UPDATE audit.lane SET seq = 790, hash = (SELECT hash FROM "
	      "audit.entry WHERE lane = 0 AND seq = 790) WHERE lane = 0");
	honest(w, false);
	verify(w, true);
	found(w, 0, WRITERS * EACH, "outside");
}

static void a_lane_dropped_whole_needs_a_head_kept_outside(void **state)
{
	struct world *w = *state;

	pg_do(w->owner, "DELETE FROM audit.entry WHERE lane = 0");
	pg_do(w->owner, "DELETE FROM audit.lane WHERE lane = 0");
	honest(w, false);
	verify(w, true);
	found(w, 0, WRITERS * EACH, "outside");
}

static void dropping_all_leaves_submissions_without_batches(void **state)
{
	struct world *w = *state;

	spoil(w, "TRUNCATE audit.entry, audit.lane", 1, 1, "does not have");
	verify(w, true);
	found(w, 0, WRITERS * EACH, "outside");
	found(w, 2, 1, "does not have");
}

/* Whoever may write the tables can make a new chain that holds inside. */
static void a_log_made_anew_needs_a_head_kept_outside(void **state)
{
	struct world *w = *state;

	pg_do(w->owner, "DELETE FROM audit.entry WHERE lane = 0");
	pg_do(w->owner, "UPDATE audit.lane SET seq = 0, hash = '' WHERE lane "
			"= 0");
	pg_do(w->owner,
	      "SELECT audit.append(0::smallint, 'act', 'forger', '{}') FROM "
	      "generate_series(1, 800)");
	honest(w, false);
	verify(w, true);
	found(w, 0, WRITERS * EACH, "outside");
}

static void an_older_copy_taken_back_does_not_reach_the_head(void **state)
{
	struct world *w = *state;
	struct audit_head *old = w->heads;
	size_t old_n = w->heads_n;

	pg_do(w->owner, "SELECT audit.append(0::smallint, 'act', 'x', '{}')");
	must(store_audit_heads(w->db, &w->heads, &w->heads_n, &w->e));
	(void)again(state);
	verify(w, true);
	found(w, 0, WRITERS * EACH + 1, "outside");
	assert_int_equal(w->r.faults_n, 1);
	free(w->heads);
	w->heads = old;
	w->heads_n = old_n;
}

static void a_changed_submission_breaks_the_root_of_its_batch(void **state)
{
	struct world *w = *state;

	spoil(w,
	      "UPDATE field.response SET sha256 = sha256('x') WHERE "
	      "instance = 'uuid:1-5-03'",
	      1, 5, "not those");
	(void)again(state);
	spoil(w,
	      "UPDATE field.response SET instance = 'uuid:1-5-03x' WHERE "
	      "instance = 'uuid:1-5-03'",
	      1, 5, "not those");
	(void)again(state);
	spoil(w,
	      "UPDATE field.response SET wave = 2 WHERE batch = 5 AND "
	      "lane = 1",
	      1, 5, "not those");
	(void)again(state);
	spoil(w,
	      "UPDATE field.response SET wave = 2 WHERE "
	      "instance = 'uuid:1-5-00'",
	      1, 5, "not those");
}

static void submissions_added_or_removed_are_counted(void **state)
{
	struct world *w = *state;
	char sql[1024];

	(void)snprintf(sql, sizeof sql, response, "uuid:extra", "x", 1, 6);
	spoil(w, sql, 1, 6, "had 6 submissions, there are 7");
	(void)again(state);
	spoil(w, "DELETE FROM field.response WHERE instance = 'uuid:1-6-00'", 1,
	      6, "there are 5");
	(void)again(state);
	spoil(w, "DELETE FROM field.response WHERE lane = 1 AND batch = 4", 1,
	      4, "none of the 4");
	(void)again(state);
	spoil(w, "DELETE FROM field.response WHERE lane = 2 AND batch = 3", 2,
	      3, "none of the 1");
	(void)again(state);
	(void)snprintf(sql, sizeof sql, response, "uuid:extra", "x", 1, 99);
	spoil(w, sql, 1, 99, "does not have");
}

static void an_intake_entry_that_says_nothing_is_a_fault(void **state)
{
	struct world *w = *state;

	pg_do(w->owner, "SELECT audit.append(1::smallint, 'intake', 'x', "
			"'{\"wave\":1}')");
	verify(w, false);
	found(w, 1, 8, "without wave, count and root");
}

static void a_flood_of_faults_is_counted_not_kept(void **state)
{
	struct world *w = *state;
	char sql[1024];

	for (int i = 0; i < AUDIT_FAULTS + 5; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "uuid:more-%d", i);
		(void)snprintf(sql, sizeof sql, response, name, "x", 3, i + 1);
		pg_do(w->owner, sql);
	}
	verify(w, false);
	assert_int_equal(w->r.faults_n, AUDIT_FAULTS);
	assert_int_equal(w->r.more, 5);
}

static void the_newest_entries_are_listed(void **state)
{
	struct world *w = *state;
	struct res *r = store_audit_list(w->db, 0, 3, &w->e);

	assert_non_null(r);
	assert_int_equal(res_rows(r), 3);
	assert_int_equal(strtol(res_text(r, 0, 0), NULL, 10),
			 WRITERS * EACH - 2);
	assert_int_equal(strtol(res_text(r, 2, 0), NULL, 10), WRITERS * EACH);
	assert_string_equal(res_text(r, 2, 2), "act");
	res_free(r);
}

static void heads_are_read_as_they_are_printed(void **state)
{
	static const char *const bad[] = {
		"",	   "0",	       "0:1",	"x:1:00",
		"-1:1:00", "0:1:zz",   "0:-1:", "40000:0:",
		"0:0:00",  "0:1:00:0", "0 :0:", "0:99999999999999999999:",
		" 0:0:",   "+0:0:",    "00:0:", "0:00:",
	};
	struct world *w = *state;
	struct audit_head h;
	char text[128] = "12:345:";

	hex_text(w->heads[0].hash, SHA256_BYTES, text + 7);
	must(audit_head_parse(text, &h, &w->e));
	assert_int_equal(h.lane, 12);
	assert_int_equal(h.seq, 345);
	assert_memory_equal(h.hash, w->heads[0].hash, SHA256_BYTES);
	must(audit_head_parse("7:0:", &h, &w->e));
	assert_int_equal(h.hash_n, 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (audit_head_parse(bad[i], &h, &w->e))
			fail_msg("taken: %s", bad[i]);
}

/* What field.destroy leaves: no submissions, and an act that says how many. */
static void destroy(struct world *w)
{
	pg_do(w->owner,
	      "SELECT audit.append(0::smallint, 'retention', 'chủ', "
	      "jsonb_build_object('wave', 1, 'responses', (SELECT count(*) "
	      "FROM field.response))::text)");
	pg_do(w->owner, "DELETE FROM field.response");
}

static void a_destruction_that_stands_in_the_log_leaves_it_whole(void **state)
{
	struct world *w = *state;

	destroy(w);
	honest(w, true);
	assert_int_equal(w->r.destroyed, 1);
	assert_int_equal(w->r.responses, 0);
}

static void a_destruction_covers_nothing_that_went_before(void **state)
{
	struct world *w = *state;

	pg_do(w->owner, "DELETE FROM field.response WHERE instance = "
			"'uuid:1-6-00'");
	destroy(w);
	verify(w, false);
	found(w, 0, WRITERS * EACH + 1, "are gone");
}

static void a_destruction_of_a_part_is_a_fault(void **state)
{
	struct world *w = *state;

	pg_do(w->owner, "CREATE TABLE public.left_over AS SELECT * FROM "
			"field.response WHERE lane = 1 AND batch = 4");
	destroy(w);
	pg_do(w->owner,
	      "INSERT INTO field.response SELECT * FROM public.left_over");
	verify(w, false);
	found(w, 0, WRITERS * EACH + 1, "are gone");
	(void)again(state);
	spoil(w, "SELECT audit.append(0::smallint, 'retention', 'chủ', '{}')",
	      0, WRITERS * EACH + 1, "without wave");
}

/* Bytes of every submission as write_batch hashed them: their own names. */
static void keep_bytes(struct world *w)
{
	pg_do(w->owner, "TRUNCATE field.raw");
	pg_do(w->owner, "INSERT INTO field.raw SELECT wave, response, "
			"convert_to(instance, 'UTF8') FROM field.response");
}

static void verify_bytes(struct world *w)
{
	char conninfo[512];
	struct db *copies;

	pg_conninfo(conninfo, sizeof conninfo, "backup", NULL);
	copies = db_open(conninfo, "dbtest", DB_SERVICE_ROLE, 0, &w->e);
	verify(w, false);
	must(copies && store_audit_bytes(copies, &w->r, &w->e));
	db_close(copies);
}

static void bytes_that_are_their_hash_are_whole(void **state)
{
	struct world *w = *state;

	keep_bytes(w);
	verify_bytes(w);
	assert_int_equal(w->r.faults_n, 0);
	assert_int_equal(w->r.own_bytes, 7 * 8 / 2 + 3);
}

static void changed_or_missing_bytes_are_found(void **state)
{
	struct world *w = *state;

	keep_bytes(w);
	pg_do(w->owner,
	      "UPDATE field.raw SET bytes = bytes || '\\x20' FROM "
	      "field.response AS r WHERE r.response = raw.response AND "
	      "r.instance = 'uuid:1-5-03'");
	pg_do(w->owner, "DELETE FROM field.raw USING field.response AS r WHERE "
			"r.response = raw.response AND r.instance = "
			"'uuid:2-2-00'");
	/* the chains and the batches' hashes do not see it */
	honest(w, false);
	verify_bytes(w);
	assert_int_equal(w->r.faults_n, 2);
	found(w, 1, 5, "changed");
	found(w, 2, 2, "gone");
}

/* The auditor does not come to read answers by this way. */
static void the_auditor_reads_no_bytes(void **state)
{
	struct world *w = *state;

	keep_bytes(w);
	verify(w, false);
	assert_false(store_audit_bytes(w->db, &w->r, &w->e));
	assert_int_equal(w->r.own_bytes, 0);
	w->e = (struct err){ 0 };
}

#define here(test) cmocka_unit_test_setup(test, again)

int main(void)
{
	const struct CMUnitTest tests[] = {
		here(the_log_of_many_writers_is_whole),
		here(a_log_that_went_on_still_holds_old_heads),
		here(bytes_that_are_their_hash_are_whole),
		here(changed_or_missing_bytes_are_found),
		here(the_auditor_reads_no_bytes),
		here(an_empty_log_is_whole),
		here(an_edit_of_any_column_is_found),
		here(moving_text_between_columns_is_found),
		here(moving_text_over_a_border_is_found),
		here(a_deleted_entry_is_found),
		here(a_deleted_and_renumbered_entry_is_found),
		here(a_changed_order_is_found),
		here(a_cut_tail_is_found),
		here(a_tail_cut_with_its_head_needs_a_head_kept_outside),
		here(a_lane_dropped_whole_needs_a_head_kept_outside),
		here(dropping_all_leaves_submissions_without_batches),
		here(a_log_made_anew_needs_a_head_kept_outside),
		here(an_older_copy_taken_back_does_not_reach_the_head),
		here(a_changed_submission_breaks_the_root_of_its_batch),
		here(submissions_added_or_removed_are_counted),
		here(a_destruction_that_stands_in_the_log_leaves_it_whole),
		here(a_destruction_covers_nothing_that_went_before),
		here(a_destruction_of_a_part_is_a_fault),
		here(an_intake_entry_that_says_nothing_is_a_fault),
		here(a_flood_of_faults_is_counted_not_kept),
		here(the_newest_entries_are_listed),
		here(heads_are_read_as_they_are_printed),
	};

	return cmocka_run_group_tests(tests, once, end);
}
