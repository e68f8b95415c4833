/* Files of filled sheets in the database, in the collector's role: a file is
 * kept once, and what came of its sheets before is told to its agent alone. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/store_agent.h"
#include "phieu/store_import.h"
#include "phieu/store_intake.h"
#include "phieu/store_plan.h"
#include "support/import.h"
#include "support/pg.h"

static struct {
	struct arena *arena;
	struct db *owner, *field;
	struct wave *wave;
	struct intake_work *work;
	int32_t an, an_new, binh;
	PGconn *super;
} t;

static void add_key(const char *agent, int32_t *key)
{
	char token[TOKEN_TEXT_MAX];
	struct err e = { 0 };

	assert_true(store_agent_key_add(t.owner, agent, t.wave, NULL, 0, NULL,
					0, 30, "me", token, key, &e));
}

static int set_up(void **state)
{
	char address[512];
	struct err e = { 0 };
	int32_t version;
	bool changed;

	if (bench_set_up(state) != 0)
		return -1;
	t.arena = arena_new((size_t)64 << 20);
	t.owner = db_open(getenv("PHIEU_TEST_DB"), "t", DB_ANY_ROLE, 0, &e);
	assert_non_null(t.owner);
	assert_true(store_plan_load(t.owner, bench_plan, "r", "me", &version,
				    &changed, &e));
	t.wave = store_wave_get(t.owner, bench_plan->wave, &e);
	assert_non_null(t.wave);
	assert_true(store_agent_add(t.owner, "an", "An", "A", "me", &e));
	assert_true(store_agent_add(t.owner, "binh", "Bình", "B", "me", &e));
	add_key("an", &t.an);
	add_key("an", &t.an_new);
	add_key("binh", &t.binh);
	(void)snprintf(address, sizeof address,
		       "host=%s dbname=phieu user=phieu_collector",
		       getenv("PHIEU_TEST_SOCKET"));
	t.field = db_open(address, "t", DB_SERVICE_ROLE, 0, &e);
	assert_non_null(t.field);
	t.super = pg_as("super", NULL);
	t.work = intake_work_new(&e);
	assert_non_null(t.work);
	return 0;
}

static int take_down(void **state)
{
	PQfinish(t.super);
	wave_free(t.wave);
	db_close(t.field);
	db_close(t.owner);
	intake_work_free(t.work);
	arena_free(t.arena);
	return bench_tear_down(state);
}

/* ---- the file ------------------------------------------------------------ */

static long kept_files(void)
{
	return pg_long(t.super, "SELECT count(*) FROM field.import");
}

static bool keep_file(int32_t key, const char *bytes, size_t sheets,
		      struct err *e)
{
	struct import_file f = { .key = key,
				 .form = 1,
				 .bytes = bytes,
				 .n = strlen(bytes),
				 .sheets = sheets };
	struct res *r = NULL;
	enum db_poll p = DB_READY;

	sha256(f.bytes, f.n, f.sha);
	if (!store_import_send(t.field, &f, e))
		return false;
	while ((p = db_poll(t.field, &r, e)) == DB_WAITING)
		;
	res_free(r);
	return p == DB_READY;
}

static void the_same_file_is_kept_once(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_true(keep_file(t.an, "một tệp\r\n\"x\"", 3, &e));
	assert_true(keep_file(t.an, "một tệp\r\n\"x\"", 3, &e));
	assert_true(keep_file(t.an_new, "một tệp\r\n\"x\"", 3, &e));
	/* by whoever it comes: its bytes are there */
	assert_true(keep_file(t.binh, "một tệp\r\n\"x\"", 3, &e));
	assert_int_equal(kept_files(), 1);
	assert_true(keep_file(t.an, "một tệp\r\n\"y\"", 3, &e));
	assert_int_equal(kept_files(), 2);
	assert_int_equal(
		pg_long(t.super,
			"SELECT count(*) FROM field.import WHERE "
			"convert_from(bytes, 'UTF8') = E'một tệp\\r\\n\"x\"' "
			"AND sheets = 3 AND sha256 = sha256(bytes)"),
		1);
}

static void nobody_else_keeps_a_file(void **state)
{
	struct err e = { 0 };
	long before = kept_files();
	int32_t gone;

	(void)state;
	add_key("binh", &gone);
	assert_true(store_agent_key_revoke(t.owner, gone, "me", &e));
	assert_true(keep_file(gone, "của khóa đã thu hồi", 1, &e));
	assert_true(keep_file(9999, "của khóa không có", 1, &e));
	assert_int_equal(kept_files(), before);
	/* a file without sheets is none of ours */
	assert_false(keep_file(t.an, "không có phiếu", 0, &e));
	assert_int_equal(kept_files(), before);
}

/* ---- its sheets ---------------------------------------------------------- */

/* Sheet `serial` of F2, answered with Q2 `q2`, as the reader of files makes
 * it; NULL instance: its own. */
static void send(unsigned serial, const char *q2, int keying,
		 const char *instance, const char *replaces, int32_t key,
		 enum intake_way way, enum intake_state sets)
{
	struct buf json = BUF_INIT(8192);
	struct intake_item it = {
		.wave = t.wave, .key = key, .way = way, .state = sets
	};
	const struct intake_item *items[] = { &it };
	struct intake_answer a;
	struct submission s;
	struct faults f;
	struct err e = { 0 };
	struct import *im;
	struct res *keep;

	bench_start("sheet,group,home,collected,keying,Q1,Q2\n");
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,%d,A,%s\n",
		 bench_no("F2", serial), keying, q2);
	im = bench_read("F2");
	assert_string_equal(bench_faults(im), "");
	if (instance) {
		buf_addf(&json, "{\"instanceID\":\"%s\",\"replaces\":null,",
			 instance);
		buf_add(&json, im->sheets[0].rest, im->sheets[0].n_rest);
	} else {
		import_json(&im->sheets[0], replaces, &json);
	}
	import_free(im);
	it.bytes = buf_cstr(&json);
	it.n_bytes = json.len;
	faults_init(&f, t.arena);
	assert_true(submission_read(it.bytes, it.n_bytes, t.wave->plan, t.arena,
				    &s, &f, &e));
	it.s = &s;
	if (sets == STATE_INVALID)
		it.faults = "[{\"code\":\"V05\",\"path\":\"/ratings\"}]";
	sha256(it.bytes, it.n_bytes, it.sha);
	assert_true(store_intake_add(t.field, t.work, 1, 1, "[]", items, 1, &a,
				     &keep, &e));
	assert_int_equal(a.outcome, INTAKE_STORED);
	res_free(keep);
	buf_free(&json);
}

/* The instanceID of that sheet. */
static const char *own(unsigned serial, const char *q2, int keying,
		       const char *replaces)
{
	static char out[4][IMPORT_INSTANCE_MAX];
	static int turn;
	struct import *im;

	turn = (turn + 1) % 4;
	bench_start("sheet,group,home,collected,keying,Q1,Q2\n");
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,%d,A,%s\n",
		 bench_no("F2", serial), keying, q2);
	im = bench_read("F2");
	import_instance(&im->sheets[0], replaces, out[turn]);
	import_free(im);
	return out[turn];
}

static struct import_seen known(int32_t key, unsigned serial, int keying)
{
	struct import_seen s = { .number = bench_no("F2", serial),
				 .keying = keying };
	struct err e = { 0 };

	assert_true(store_import_known(t.field, key, &s, 1, t.arena, &e));
	return s;
}

static void what_came_from_files_before_is_told(void **state)
{
	struct import_seen s;
	const char *first, *second;

	(void)state;
	assert_int_equal(known(t.an, 1, 1).n, 0);
	send(1, "A", 1, NULL, NULL, t.an, WAY_FILE, STATE_VALID);
	first = own(1, "A", 1, NULL);
	s = known(t.an, 1, 1);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.list[0].instance, first);
	assert_null(s.list[0].replaces);
	assert_true(s.list[0].open);
	/* by any key of the same agent, by no other agent, of that keying */
	assert_int_equal(known(t.an_new, 1, 1).n, 1);
	assert_int_equal(known(t.binh, 1, 1).n, 0);
	assert_int_equal(known(t.an, 1, 2).n, 0);
	assert_int_equal(known(9999, 1, 1).n, 0);
	/* a mended one: the latest first, the old one no longer open */
	send(1, "B", 1, NULL, first, t.an_new, WAY_FILE, STATE_VALID);
	second = own(1, "B", 1, first);
	s = known(t.an, 1, 1);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.list[0].instance, second);
	assert_string_equal(s.list[0].replaces, first);
	assert_true(s.list[0].open);
	assert_string_equal(s.list[1].instance, first);
	assert_false(s.list[1].open);
}

/* What the reader of files does with it. */
static void an_old_file_undoes_nothing_and_a_mended_one_replaces(void **state)
{
	static const struct {
		const char *q2;
		int replaces; /* 0: nothing, 1: the first, 2: the second */
	} t2[] = { { "A", 0 }, { "B", 1 }, { "C", 2 } };
	const char *first, *second;

	(void)state;
	send(2, "A", 1, NULL, NULL, t.an, WAY_FILE, STATE_VALID);
	first = own(2, "A", 1, NULL);
	send(2, "B", 1, NULL, first, t.an, WAY_FILE, STATE_VALID);
	second = own(2, "B", 1, first);
	for (size_t i = 0; i < sizeof t2 / sizeof *t2; i++) {
		struct import_seen s = known(t.an, 2, 1);
		const char *want = t2[i].replaces == 2	 ? second
				   : t2[i].replaces == 1 ? first
							 : NULL;
		const char *got;
		struct import *im;

		bench_start("sheet,group,home,collected,keying,Q1,Q2\n");
		buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,1,A,%s\n",
			 bench_no("F2", 2), t2[i].q2);
		im = bench_read("F2");
		got = import_replaces(&im->sheets[0], s.list, s.n);
		if (want)
			assert_string_equal(got, want);
		else
			assert_null(got);
		import_free(im);
	}
}

/* Sheets that phieu-upload sent as lines have the instanceIDs of a file. */
static void
sheets_of_phieu_upload_are_known_and_keyed_ones_are_not(void **state)
{
	(void)state;
	send(3, "A", 1, NULL, NULL, t.an, WAY_NDJSON, STATE_VALID);
	assert_int_equal(known(t.an, 3, 1).n, 1);
	assert_true(known(t.an, 3, 1).list[0].open);
	send(4, "A", 1, "uuid:0b2c8e1e-7f0a-4c55-9d3a-1b2c3d4e5f60", NULL, t.an,
	     WAY_JSON, STATE_VALID);
	assert_int_equal(known(t.an, 4, 1).n, 0);
	/* from a telephone, with an id that looks like ours but for its length
	 */
	send(5, "A", 1, "uuid:0b2c8e1e-7f0a-8c55", NULL, t.an, WAY_OPENROSA,
	     STATE_VALID);
	assert_int_equal(known(t.an, 5, 1).n, 0);
	send(6, "A", 1, "0b2c8e1e-7f0a-8c55-9d3a-1b2c3d4e5f60", NULL, t.an,
	     WAY_OPENROSA, STATE_VALID);
	assert_int_equal(known(t.an, 6, 1).n, 0);
}

static void what_does_not_count_is_not_open(void **state)
{
	struct import_seen s;

	(void)state;
	send(7, "A", 1, NULL, NULL, t.an, WAY_FILE, STATE_INVALID);
	s = known(t.an, 7, 1);
	assert_int_equal(s.n, 1);
	assert_false(s.list[0].open);
	send(8, "A", 1, NULL, NULL, t.an, WAY_FILE, STATE_QUERIED);
	assert_true(known(t.an, 8, 1).list[0].open);
	send(8, "A", 2, NULL, NULL, t.an, WAY_FILE, STATE_VALID);
	assert_int_equal(known(t.an, 8, 1).n, 1);
	assert_int_equal(known(t.an, 8, 2).n, 1);
}

static void many_sheets_are_asked_for_at_once(void **state)
{
	enum { MANY = 300 };
	struct import_seen list[MANY] = { { 0 } };
	char number[MANY][24];
	struct err e = { 0 };

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		(void)snprintf(number[i], sizeof number[i], "%s",
			       bench_no("F2", i < 150 ? i + 1 : 9000 + i));
		list[i].number = i == 299 ? NULL : number[i];
		list[i].keying = 1;
	}
	assert_true(store_import_known(t.field, t.an, list, MANY, t.arena, &e));
	assert_int_equal(list[0].n, 2);
	assert_int_equal(list[1].n, 2);
	assert_int_equal(list[2].n, 1);
	assert_int_equal(list[3].n, 0);
	for (size_t i = 8; i < MANY; i++)
		assert_int_equal(list[i].n, 0);
	/* names that no sheet has, and SQL */
	list[0] = (struct import_seen){ .number = "'; DROP TABLE x; --",
					.keying = 1 };
	list[1] = (struct import_seen){ .number = "{\"a\",NULL}", .keying = 7 };
	assert_true(store_import_known(t.field, t.an, list, 2, t.arena, &e));
	assert_int_equal(list[0].n + list[1].n, 0);
	assert_true(store_import_known(t.field, t.an, list, 0, t.arena, &e));
}

/* Versions without end: the latest hundred are looked at. */
static void versions_are_bounded(void **state)
{
	static const char *const q2[] = { "A", "B" };
	char was[IMPORT_INSTANCE_MAX];
	struct import_seen s;

	(void)state;
	send(20, "A", 1, NULL, NULL, t.an, WAY_FILE, STATE_VALID);
	(void)snprintf(was, sizeof was, "%s", own(20, "A", 1, NULL));
	for (unsigned i = 1; i <= IMPORT_VERSIONS; i++) {
		const char *v = q2[i % 2];

		send(20, v, 1, NULL, was, t.an, WAY_FILE, STATE_VALID);
		(void)snprintf(was, sizeof was, "%s", own(20, v, 1, was));
	}
	s = known(t.an, 20, 1);
	assert_int_equal(s.n, IMPORT_VERSIONS);
	assert_string_equal(s.list[0].instance, was);
	assert_true(s.list[0].open);
	for (size_t i = 1; i < s.n; i++)
		assert_false(s.list[i].open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_file_is_kept_once),
		cmocka_unit_test(nobody_else_keeps_a_file),
		cmocka_unit_test(what_came_from_files_before_is_told),
		cmocka_unit_test(
			an_old_file_undoes_nothing_and_a_mended_one_replaces),
		cmocka_unit_test(
			sheets_of_phieu_upload_are_known_and_keyed_ones_are_not),
		cmocka_unit_test(what_does_not_count_is_not_open),
		cmocka_unit_test(many_sheets_are_asked_for_at_once),
		cmocka_unit_test(versions_are_bounded),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
