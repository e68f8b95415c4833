#include "support/pg.h"
#include "support/test.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/simulate.h"
#include "phieu/store_agent.h"
#include "phieu/store_attachment.h"

/* One wave of the two-level example, two agents, a few sheets of the
 * first; keys from pictures: S3. */
#define PLAN   "collector/plans/two-level-example.json"
#define SHEETS 40
#define REUSED "[{\"code\":\"V01\"}]"

static struct {
	struct db *owner, *a, *b; /* a, b: the collector's role */
	PGconn *raw;		  /* the owner's, for looking */
	struct wave *wave;
	struct arena *arena;
	struct intake_work *work;
	char *json[SHEETS];
	size_t n, next;
	int32_t key, other_key;
} t;

static char *address(const char *role)
{
	static char text[300];

	(void)snprintf(text, sizeof text, "host=%s dbname=phieu user=%s",
		       getenv("PHIEU_TEST_SOCKET"), role);
	return text;
}

static bool keep_line(const char *json, size_t n, void *ctx, struct err *e)
{
	(void)ctx;
	(void)e;
	if (t.n < SHEETS)
		t.json[t.n++] = strndup(json, n);
	return true;
}

static int set_up(void **state)
{
	struct simulate how = { .seed = "openrosa", .n = SHEETS };
	char token[TOKEN_TEXT_MAX];
	struct simulate_count count;
	struct err e = { 0 };
	int32_t version;
	struct plan *p;
	bool changed;

	(void)state;
	assert_true(hash_start(&e));
	t.arena = arena_new((size_t)64 << 20);
	p = plan_file_read(PLAN, &e);
	assert_non_null(p);
	assert_true(simulate(p, &how, keep_line, NULL, &count, &e));
	t.owner = db_open(getenv("PHIEU_TEST_DB"), "t", DB_ANY_ROLE, 0, &e);
	assert_true(
		store_plan_load(t.owner, p, "r", "me", &version, &changed, &e));
	t.wave = store_wave_get(t.owner, p->wave, &e);
	assert_non_null(t.wave);
	plan_free(p);
	assert_true(store_agent_add(t.owner, "an", "An", "BĐ", "me", &e));
	assert_true(store_agent_add(t.owner, "binh", "Bình", "BĐ", "me", &e));
	assert_true(store_agent_key_add(t.owner, "an", t.wave, NULL, 0, NULL, 0,
					30, "me", token, &t.key, &e));
	assert_true(store_agent_key_add(t.owner, "binh", t.wave, NULL, 0, NULL,
					0, 30, "me", token, &t.other_key, &e));
	t.a = db_open(address("phieu_collector"), "t", DB_SERVICE_ROLE, 0, &e);
	t.b = db_open(address("phieu_collector"), "t", DB_SERVICE_ROLE, 0, &e);
	t.raw = PQconnectdb(getenv("PHIEU_TEST_DB"));
	t.work = intake_work_new(&e);
	assert_true(t.a && t.b && t.work);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < t.n; i++)
		free(t.json[i]);
	wave_free(t.wave);
	db_close(t.a);
	db_close(t.b);
	db_close(t.owner);
	PQfinish(t.raw);
	intake_work_free(t.work);
	arena_free(t.arena);
	return 0;
}

/* The next sheet, stored. */
static const struct intake_item *stored(void)
{
	struct intake_item *it = arena_alloc(t.arena, sizeof *it);
	struct submission *s = arena_alloc(t.arena, sizeof *s);
	const struct intake_item *one = it;
	struct intake_answer answer;
	struct err e = { 0 };
	struct faults f;
	struct res *r;

	assert_true(t.next < t.n);
	faults_init(&f, t.arena);
	it->bytes = t.json[t.next++];
	it->n_bytes = strlen(it->bytes);
	assert_true(submission_read(it->bytes, it->n_bytes, t.wave->plan,
				    t.arena, s, &f, &e));
	sha256(it->bytes, it->n_bytes, it->sha);
	it->wave = t.wave;
	it->s = s;
	it->key = t.key;
	it->way = WAY_OPENROSA;
	it->state = STATE_VALID;
	it->flags = FLAG_FILES;
	assert_true(store_intake_add(t.a, t.work, 1, 1, REUSED, &one, 1,
				     &answer, &r, &e));
	assert_int_equal(answer.outcome, INTAKE_STORED);
	res_free(r);
	return it;
}

static bool wait_for(struct db *db, struct res **out, struct err *e)
{
	struct pollfd f = { .fd = db_socket(db), .events = POLLIN };
	enum db_poll p;

	while ((p = db_poll(db, out, e)) == DB_WAITING)
		(void)poll(&f, 1, -1);
	return p == DB_READY;
}

static struct attachment_answer attach(const struct intake_item *it,
				       const char *const *named, size_t n_named,
				       const struct attachment *files,
				       size_t n_files)
{
	const struct attachment_set set = { .wave = t.wave->id,
					    .key = it->key,
					    .instance = it->s->instance,
					    .sha = it->sha,
					    .named = named,
					    .n_named = n_named,
					    .files = files,
					    .n_files = n_files };
	struct attachment_answer out;
	struct err e = { 0 };
	struct res *r;

	assert_true(store_attach_send(t.a, 1, &set, &e));
	assert_true(wait_for(t.a, &r, &e));
	assert_true(store_attach_read(r, &out, &e));
	res_free(r);
	return out;
}

static struct attachment file(const char *name, const char *bytes)
{
	struct attachment f;
	struct err e = { 0 };

	assert_true(
		attachment_take(&f, name, bytes, strlen(bytes), t.arena, &e));
	return f;
}

static long count(const char *what, const struct intake_item *it)
{
	char sql[600];

	(void)snprintf(sql, sizeof sql, "%s%s%s%s", what,
		       it ? " AND instance = '" : "", it ? it->s->instance : "",
		       it ? "'" : "");
	return pg_long(t.raw, sql);
}

static void files_come_in_any_order_and_number(void **state)
{
	static const char *const named[] = { "a.jpg", "b.jpg", "c.jpg" };
	const struct intake_item *it = stored();
	struct attachment f[] = { file("b.jpg", "bb"), file("c.jpg", "cc") };
	struct attachment a[] = { file("a.jpg", "aa") };
	struct attachment_answer got;

	(void)state;
	assert_int_equal(count("SELECT count(*) FROM field.incomplete WHERE "
			       "expected = 0",
			       it),
			 1);
	got = attach(it, named, 3, NULL, 0);
	assert_int_equal(got.outcome, INTAKE_STORED);
	assert_int_equal(got.missing, 3);
	got = attach(it, named, 3, f, 2);
	assert_int_equal(got.missing, 1);
	assert_int_equal(count("SELECT expected * 10 + present FROM "
			       "field.incomplete WHERE true",
			       it),
			 32);
	got = attach(it, named, 3, a, 1);
	assert_int_equal(got.missing, 0);
	assert_int_equal(count("SELECT count(*) FROM field.incomplete WHERE "
			       "true",
			       it),
			 0);
	assert_int_equal(count("SELECT count(*) FROM field.attachment WHERE "
			       "named AND key IS NOT NULL",
			       it),
			 3);
}

static void the_same_file_changes_nothing(void **state)
{
	static const char *const named[] = { "a.jpg" };
	const struct intake_item *it = stored();
	struct attachment f[] = { file("a.jpg", "same"),
				  file("a.jpg", "same") };
	struct attachment_answer got = attach(it, named, 1, f, 2);
	long entries;

	(void)state;
	assert_int_equal(got.missing + got.conflicts + got.refused, 0);
	entries = pg_long(t.raw, "SELECT count(*) FROM audit.entry");
	got = attach(it, named, 1, f, 2);
	assert_int_equal(got.outcome, INTAKE_STORED);
	assert_int_equal(got.missing + got.conflicts + got.refused, 0);
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM audit.entry"),
			 entries);
}

static void other_content_is_kept_beside_the_first(void **state)
{
	const struct intake_item *it = stored();
	struct attachment f[] = { file("a.jpg", "first") };
	struct attachment g[] = { file("a.jpg", "second") };
	struct attachment_answer got;

	(void)state;
	(void)attach(it, NULL, 0, f, 1);
	got = attach(it, NULL, 0, g, 1);
	assert_int_equal(got.outcome, INTAKE_STORED);
	assert_int_equal(got.conflicts, 1);
	got = attach(it, NULL, 0, g, 1);
	assert_int_equal(got.conflicts, 1);
	assert_int_equal(count("SELECT count(*) FROM field.attachment_conflict "
			       "WHERE true",
			       it),
			 1);
	assert_int_equal(
		count("SELECT count(*) FROM field.attachment NATURAL JOIN "
		      "(SELECT wave, sha256, bytes AS content FROM "
		      "field.attachment_bytes) b WHERE content = 'first' AND "
		      "NOT named",
		      it),
		1);
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM "
					"field.attachment_bytes WHERE bytes = "
					"'second'"),
			 1);
}

static void equal_content_stands_once(void **state)
{
	const struct intake_item *it = stored();
	struct attachment f[] = { file("a.jpg", "equal"),
				  file("b.jpg", "equal") };

	(void)state;
	assert_int_equal(attach(it, NULL, 0, f, 2).conflicts, 0);
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM "
					"field.attachment_bytes WHERE bytes = "
					"'equal'"),
			 1);
	assert_int_equal(count("SELECT count(sha256) FROM field.attachment "
			       "WHERE true",
			       it),
			 2);
}

static void an_empty_file_has_not_come(void **state)
{
	static const char *const named[] = { "a.jpg" };
	const struct intake_item *it = stored();
	struct attachment f[] = { file("a.jpg", "") };

	(void)state;
	assert_int_equal(attach(it, named, 1, f, 1).missing, 1);
	f[0] = file("a.jpg", "now");
	assert_int_equal(attach(it, named, 1, f, 1).missing, 0);
}

static void a_sheet_has_a_bounded_number_of_files(void **state)
{
	const struct intake_item *it = stored();
	struct attachment f[LIMIT_ATTACHMENTS + 3];
	struct attachment_answer got;
	char name[16], text[16];

	(void)state;
	for (int i = 0; i < LIMIT_ATTACHMENTS + 3; i++) {
		(void)snprintf(name, sizeof name, "n%d", i);
		(void)snprintf(text, sizeof text, "t%d", i);
		f[i] = file(name, arena_strdup(t.arena, text));
	}
	got = attach(it, NULL, 0, f, LIMIT_ATTACHMENTS + 3);
	assert_int_equal(got.refused, 3);
	assert_int_equal(count("SELECT count(*) FROM field.attachment WHERE "
			       "true",
			       it),
			 LIMIT_ATTACHMENTS);
	for (int i = 0; i < LIMIT_ATTACHMENTS; i++) /* so are the conflicts */
		f[i] = file(f[i].name, "other");
	got = attach(it, NULL, 0, f, LIMIT_ATTACHMENTS);
	assert_int_equal(got.conflicts, LIMIT_ATTACHMENTS);
	assert_int_equal(got.refused, 0);
	f[0] = file("n0", "third");
	assert_int_equal(attach(it, NULL, 0, f, 1).refused, 1);
}

static void files_need_their_sheet_and_a_key_that_works(void **state)
{
	struct attachment f[] = { file("a.jpg", "orphan") };
	struct intake_item odd = *stored();
	struct err e = { 0 };
	int32_t key;
	char token[TOKEN_TEXT_MAX];

	(void)state;
	odd.sha[0] ^= 1;
	assert_int_equal(attach(&odd, NULL, 0, f, 1).outcome, INTAKE_CONFLICT);
	odd.sha[0] ^= 1;
	assert_true(store_agent_key_add(t.owner, "an", t.wave, NULL, 0, NULL, 0,
					30, "me", token, &key, &e));
	assert_true(store_agent_key_revoke(t.owner, key, "me", &e));
	odd.key = key;
	assert_int_equal(attach(&odd, NULL, 0, f, 1).outcome, INTAKE_DENIED);
	odd.key = t.key;
	pg_do(t.raw, "UPDATE plan.wave SET state = 'frozen'");
	assert_int_equal(attach(&odd, NULL, 0, f, 1).outcome, INTAKE_CLOSED);
	pg_do(t.raw, "UPDATE plan.wave SET state = 'open'");
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM "
					"field.attachment_bytes WHERE bytes = "
					"'orphan'"),
			 0);
	assert_int_equal(attach(&odd, NULL, 0, f, 1).outcome, INTAKE_STORED);
}

static void what_is_known_of_a_sheet_is_its_agents(void **state)
{
	static const char *const named[] = { "a.jpg", "b.jpg" };
	struct attachment f[] = { file("b.jpg", "known") };
	const struct intake_item *it = stored();
	struct instance_known k;
	struct err e = { 0 };

	(void)state;
	(void)attach(it, named, 2, f, 1);
	assert_true(store_instance_find(t.a, t.key, it->s->instance, t.arena,
					&k, &e));
	assert_true(k.found);
	assert_memory_equal(k.sha, it->sha, SHA256_BYTES);
	assert_int_equal(k.state, STATE_VALID);
	assert_int_equal(k.keying, it->s->keying);
	assert_string_equal(k.sheet, it->s->sheet);
	assert_int_equal(strlen(k.received), strlen("21/11/2026 09:30"));
	assert_int_equal(k.expected * 10 + k.present, 21);
	assert_true(store_instance_find(t.a, t.other_key, it->s->instance,
					t.arena, &k, &e));
	assert_false(k.found);
	assert_true(
		store_instance_find(t.a, t.key, "uuid:none", t.arena, &k, &e));
	assert_false(k.found);
}

static struct agent_key_want want(void)
{
	return (struct agent_key_want){ .agent = "an",
					.wave = t.wave,
					.days = 30 };
}

static void a_key_from_a_picture_belongs_to_the_first_device(void **state)
{
	const struct agent_key_want w = want();
	char token[TOKEN_TEXT_MAX], sql[200];
	struct agent_scope k;
	struct err e = { 0 };
	const char *owner;
	uint8_t hash[32];
	int32_t key;
	bool found;

	(void)state;
	assert_true(store_agent_key_qr(t.owner, &w, "me", token, &key, &e));
	token_hash(token, hash);
	assert_true(store_key_find(t.a, hash, t.arena, &found, &k, &e));
	assert_true(found && k.binds);
	assert_null(k.device);
	assert_true(store_key_bind(t.a, hash, "one", t.arena, &owner, &e));
	assert_string_equal(owner, "one");
	assert_true(store_key_bind(t.b, hash, "two", t.arena, &owner, &e));
	assert_string_equal(owner, "one");
	assert_true(store_key_find(t.a, hash, t.arena, &found, &k, &e));
	assert_string_equal(k.device, "one");
	(void)snprintf(sql, sizeof sql,
		       "SELECT count(*) FROM audit.entry WHERE kind = "
		       "'agent-key-bind' AND content = '{\"key\" : %d}'",
		       key);
	assert_int_equal(pg_long(t.raw, sql), 1);
}

static void a_key_from_a_picture_is_not_taken_late(void **state)
{
	const struct agent_key_want w = want();
	char token[TOKEN_TEXT_MAX], sql[200];
	struct err e = { 0 };
	const char *owner;
	uint8_t hash[32];
	int32_t key;

	(void)state;
	assert_true(store_agent_key_qr(t.owner, &w, "me", token, &key, &e));
	token_hash(token, hash);
	assert_true(store_key_bind(t.a, hash, "", t.arena, &owner, &e));
	assert_null(owner);
	(void)snprintf(
		sql, sizeof sql,
		"SELECT count(*) FROM field.agent_key WHERE key = %d "
		"AND bind_until BETWEEN now() + interval '9 minutes' AND "
		"now() + interval '10 minutes'",
		key);
	assert_int_equal(pg_long(t.raw, sql), 1);
	(void)snprintf(sql, sizeof sql,
		       "UPDATE field.agent_key SET bind_until = now() WHERE "
		       "key = %d",
		       key);
	pg_do(t.raw, sql);
	assert_true(store_key_bind(t.a, hash, "late", t.arena, &owner, &e));
	assert_null(owner);
	/* nobody's key and one that binds to nothing */
	hash[0] ^= 1;
	assert_true(store_key_bind(t.a, hash, "x", t.arena, &owner, &e));
	assert_null(owner);
}

static bool logs_in(const char *login, const char *secret, const char *response)
{
	struct agent_scope k;
	struct err e = { 0 };
	bool found = false;

	assert_true(store_login_find(t.a, login, secret, response, t.arena,
				     &found, &k, &e));
	assert_true(!found || (k.wave == t.wave->id && !k.binds));
	return found && !k.revoked;
}

static void a_device_has_a_name_and_a_password(void **state)
{
	static const char middle[] = "n:00000001:c:auth:ha2";
	const struct agent_key_want w = want();
	char password[DEVICE_PASSWORD_MAX], text[200], ha1[33], response[33];
	struct err e = { 0 };
	uint8_t sum[MD5_BYTES];
	int32_t key;

	(void)state;
	assert_true(store_device_add(t.owner, &w, "may-01", "me", password,
				     &key, &e));
	assert_int_equal(strlen(password), 26); /* 128 bits */
	assert_true(logs_in("may-01", password, NULL));
	assert_false(logs_in("may-01", "x", NULL));
	assert_false(logs_in("may-02", password, NULL));
	(void)snprintf(text, sizeof text, "may-01:phieu:%s", password);
	md5(text, strlen(text), sum);
	hex_text(sum, sizeof sum, ha1);
	(void)snprintf(text, sizeof text, "%s:%s", ha1, middle);
	md5(text, strlen(text), sum);
	hex_text(sum, sizeof sum, response);
	assert_true(logs_in("may-01", middle, response));
	assert_false(logs_in("may-01", "n:00000002:c:auth:ha2", response));
	assert_false(logs_in("may-01", middle, ha1));
	/* what Digest keeps is no password for Basic */
	assert_false(logs_in("may-01", ha1, NULL));
	assert_false(store_device_add(t.owner, &w, "may-01", "me", password,
				      &key, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	e = (struct err){ 0 };
	assert_false(
		store_device_add(t.owner, &w, "A b", "me", password, &key, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	e = (struct err){ 0 };
	assert_true(store_device_revoke(t.owner, "may-01", "me", &e));
	assert_false(logs_in("may-01", middle, response));
	assert_false(store_device_revoke(t.owner, "may-99", "me", &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void count_device(const struct device_row *r, void *arg)
{
	assert_string_equal(r->login, "may-01");
	assert_string_equal(r->agent, "an");
	assert_string_equal(r->state, "revoked");
	assert_null(r->forms);
	++*(int *)arg;
}

static void use_of_key(const struct agent_key_row *r, void *arg)
{
	int *seen = arg;

	seen[0] += strcmp(r->use, "any device") == 0;
	seen[1] += strcmp(r->use, "QR for one") == 0;
	seen[2] += strcmp(r->use, "device login may-01") == 0;
	seen[3] += strcmp(r->state, "not used in time") == 0;
}

static void lists_say_what_a_key_is_for(void **state)
{
	struct err e = { 0 };
	int n = 0, seen[4] = { 0 };

	(void)state;
	assert_true(store_device_list(t.owner, NULL, count_device, &n, &e));
	assert_int_equal(n, 1);
	assert_true(store_device_list(t.owner, "none", count_device, &n, &e));
	assert_int_equal(n, 1);
	assert_true(store_agent_key_list(t.owner, NULL, use_of_key, seen, &e));
	assert_int_equal(seen[0], 3);
	assert_int_equal(seen[1], 1);
	assert_int_equal(seen[2], 1);
	assert_int_equal(seen[3], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_come_in_any_order_and_number),
		cmocka_unit_test(the_same_file_changes_nothing),
		cmocka_unit_test(other_content_is_kept_beside_the_first),
		cmocka_unit_test(equal_content_stands_once),
		cmocka_unit_test(an_empty_file_has_not_come),
		cmocka_unit_test(a_sheet_has_a_bounded_number_of_files),
		cmocka_unit_test(files_need_their_sheet_and_a_key_that_works),
		cmocka_unit_test(what_is_known_of_a_sheet_is_its_agents),
		cmocka_unit_test(
			a_key_from_a_picture_belongs_to_the_first_device),
		cmocka_unit_test(a_key_from_a_picture_is_not_taken_late),
		cmocka_unit_test(a_device_has_a_name_and_a_password),
		cmocka_unit_test(lists_say_what_a_key_is_for),
	};

	return cmocka_run_group_tests_name("openrosa", tests, set_up,
					   take_down);
}
