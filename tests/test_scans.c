#include "support/test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../collector/upload_parts.h"
#include "phieu/outbox_scan.h"

volatile sig_atomic_t upload_stop;

static struct {
	char dir[64], path[96], scans[96];
	struct outbox *o;
	struct arena *a;
} t;

static int set_up(void **state)
{
	struct err e = { 0 };

	(void)state;
	(void)snprintf(t.dir, sizeof t.dir, "/tmp/phieu-scans-XXXXXX");
	assert_non_null(mkdtemp(t.dir));
	(void)snprintf(t.path, sizeof t.path, "%s/outbox", t.dir);
	(void)snprintf(t.scans, sizeof t.scans, "%s/scans", t.dir);
	assert_int_equal(mkdir(t.scans, 0700), 0);
	assert_true(hash_start(&e));
	t.a = arena_new((size_t)32 << 20);
	t.o = outbox_open(t.path, "http://x", &e);
	assert_non_null(t.o);
	return t.a ? 0 : -1;
}

static void drop(const char *folder, const char *const *names)
{
	char path[300];

	for (; *names; names++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder, *names);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

static const char *const mine[] = { "outbox", "outbox-wal", "outbox-shm",
				    "outbox.lock", NULL };
static const char *const pictures[] = {
	"T1-00012-9.jpg", "t1 00012 9 trang 2.png", ".hidden", "notes.txt",
	"T1-00012-8.jpg", "T2-00007-0.jpg",	    "empty",   NULL
};

static int take_down(void **state)
{
	(void)state;
	outbox_close(t.o);
	arena_free(t.a);
	drop(t.scans, pictures);
	drop(t.dir, mine);
	return access(t.dir, F_OK) == 0 ? -1 : 0;
}

static int64_t sheet(const char *instance, const char *number, int keying)
{
	struct outbox_item it = { .instance = instance,
				  .sheet = number,
				  .source = "f:1" },
			   *list;
	struct err e = { 0 };
	bool fresh;
	size_t n;

	it.bytes = arena_printf(t.a, "{\"instanceID\":\"%s\",\"keying\":%d,}",
				instance, keying);
	it.n = strlen(it.bytes);
	assert_true(outbox_begin(t.o, &e) && outbox_add(t.o, &it, &fresh, &e) &&
		    outbox_commit(t.o, &e));
	assert_true(fresh);
	assert_true(outbox_next(t.o, 1, 1 << 20, t.a, &list, &n, &e));
	assert_int_equal(n, 1);
	return list[0].id;
}

static void settle(int64_t id, enum outbox_state state, int code)
{
	const struct outbox_result r = {
		.id = id, .state = state, .code = code, .receipt = "1-ABCD-EFGH"
	};
	struct err e = { 0 };

	assert_true(outbox_settle(t.o, &r, 1, NULL, &e));
}

static enum outbox_scan_taken add(const char *number, const char *name,
				  const char *bytes)
{
	enum outbox_scan_taken how;
	struct err e = { 0 };

	assert_true(outbox_scan_add(t.o, number, name, "dir/file", bytes,
				    strlen(bytes), &how, &e));
	return how;
}

static bool next(struct outbox_scan *s)
{
	struct err e = { 0 };
	bool got = outbox_scan_next(t.o, t.a, s, &e);

	assert_int_equal(e.kind, ERR_NONE);
	return got;
}

static struct outbox_counts count(void)
{
	struct outbox_counts n;
	struct err e = { 0 };

	assert_true(outbox_scan_count(t.o, &n, &e));
	return n;
}

static void answer(const struct outbox_scan *s, enum outbox_state state,
		   int code)
{
	const struct outbox_result r = { .id = s->id,
					 .state = state,
					 .code = code,
					 .receipt = state == OUTBOX_RECEIVED
							    ? "1-ABCD-EFGH"
							    : NULL };
	struct err e = { 0 };

	assert_true(outbox_scan_settle(t.o, &r, &e));
}

static void
a_scan_goes_after_its_sheet_and_stays_until_its_receipt(void **state)
{
	struct outbox_scan s;
	struct err e = { 0 };
	int64_t id = sheet("uuid:1", "T1-00012-9", 1);

	(void)state;
	assert_int_equal(add("T1-00012-9", "a.jpg", "picture"), SCAN_FRESH);
	assert_int_equal(add("T1-00012-9", "a.jpg", "picture"), SCAN_KNOWN);
	assert_int_equal(add("T1-00009-1", "a.jpg", "picture"), SCAN_NO_SHEET);
	assert_false(next(&s)); /* the sheet has not been taken */
	settle(id, OUTBOX_RECEIVED, 201);
	assert_true(next(&s));
	assert_string_equal(s.instance, "uuid:1");
	assert_string_equal(s.name, "a.jpg");
	assert_int_equal(s.n, 7);
	assert_memory_equal(s.bytes, "picture", 7);
	answer(&s, OUTBOX_WAITING, 503);
	assert_true(next(&s));
	assert_int_equal(s.n, 7);
	answer(&s, OUTBOX_RECEIVED, 201);
	assert_false(next(&s));
	assert_int_equal(count().received, 1);
	assert_int_equal(add("T1-00012-9", "a.jpg", "picture"), SCAN_KNOWN);
	/* closed and opened: all of it is there */
	outbox_close(t.o);
	t.o = outbox_open(t.path, "http://x", &e);
	assert_non_null(t.o);
	assert_int_equal(count().received, 1);
	/* once more on demand: what is received is taken from the folder */
	assert_true(outbox_scan_again(t.o, &e));
	assert_int_equal(count().total, 0);
	assert_int_equal(add("T1-00012-9", "a.jpg", "picture"), SCAN_FRESH);
}

static void a_refused_sheet_that_is_kept_takes_its_scan(void **state)
{
	struct outbox_scan s;
	int64_t id = sheet("uuid:1", "T1-00012-9", 1);

	(void)state;
	assert_int_equal(add("T1-00012-9", "a.jpg", "p"), SCAN_FRESH);
	settle(id, OUTBOX_REFUSED, 409);
	assert_false(next(&s));
	assert_int_equal(add("T1-00012-9", "b.jpg", "p"), SCAN_NO_SHEET);
	settle(id, OUTBOX_REFUSED, 422);
	assert_true(next(&s));
}

static void of_two_keyings_the_first_has_the_scan(void **state)
{
	struct outbox_scan s;
	int64_t id;

	(void)state;
	settle(sheet("uuid:2", "T1-00012-9", 2), OUTBOX_RECEIVED, 201);
	assert_int_equal(add("T1-00012-9", "a.jpg", "p"), SCAN_FRESH);
	id = sheet("uuid:1", "T1-00012-9", 1);
	settle(id, OUTBOX_RECEIVED, 201);
	assert_true(next(&s));
	assert_string_equal(s.instance, "uuid:2"); /* there was no other */
	answer(&s, OUTBOX_RECEIVED, 201);
	assert_int_equal(add("T1-00012-9", "a.jpg", "p"), SCAN_FRESH);
	assert_true(next(&s));
	assert_string_equal(s.instance, "uuid:1");
}

static bool one_row(const struct outbox_row *r, void *ctx, struct err *e)
{
	int *n = ctx;

	(void)e;
	assert_string_equal(r->source, "dir/file");
	assert_int_equal(r->code, 403);
	(*n)++;
	return true;
}

static void what_a_key_or_a_missing_sheet_refused_waits_again(void **state)
{
	static const int codes[] = { 401, 403, 404, 409, 413 };
	struct outbox_scan s;
	struct err e = { 0 };
	int rows = 0;

	(void)state;
	settle(sheet("uuid:1", "T1-00012-9", 1), OUTBOX_RECEIVED, 201);
	assert_int_equal(add("T1-00012-9", "a.jpg", "p"), SCAN_FRESH);
	assert_true(next(&s));
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		answer(&s, OUTBOX_REFUSED, codes[i]);
		assert_int_equal(count().refused, 1);
		assert_true(outbox_scan_reopen(t.o, &e));
		assert_int_equal(count().waiting, codes[i] < 405);
	}
	assert_true(outbox_scan_again(t.o, &e));
	assert_int_equal(count().waiting, 1);
	answer(&s, OUTBOX_REFUSED, 403);
	assert_true(outbox_scan_each(t.o, one_row, &rows, &e));
	assert_int_equal(rows, 1);
}

static void an_outbox_of_before_is_opened_with_its_sheets(void **state)
{
	struct outbox_counts n;
	struct err e = { 0 };
	sqlite3 *db = NULL;

	(void)state;
	(void)sheet("uuid:1", "T1-00012-9", 1);
	outbox_close(t.o);
	assert_int_equal(sqlite3_open(t.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "DROP TABLE scan;"
				      "PRAGMA user_version = 1",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	(void)sqlite3_close(db);
	t.o = outbox_open(t.path, "http://x", &e);
	assert_non_null(t.o);
	assert_true(outbox_count(t.o, &n, &e));
	assert_int_equal(n.waiting, 1);
	assert_int_equal(add("T1-00012-9", "a.jpg", "p"), SCAN_FRESH);
}

static void a_store_that_fails_is_said(void **state)
{
	struct outbox_counts n;
	struct outbox_scan s;
	struct err e = { 0 };
	enum outbox_scan_taken how;
	sqlite3 *db = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(t.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP TABLE scan", NULL, NULL, NULL),
			 SQLITE_OK);
	(void)sqlite3_close(db);
	assert_false(outbox_scan_next(t.o, t.a, &s, &e));
	assert_int_equal(e.kind, ERR_IO);
	e = (struct err){ 0 };
	assert_false(outbox_scan_count(t.o, &n, &e));
	assert_false(outbox_scan_again(t.o, &e));
	assert_false(outbox_scan_reopen(t.o, &e));
	(void)sheet("uuid:1", "T1-00012-9", 1);
	assert_false(
		outbox_scan_add(t.o, "T1-00012-9", "a", "b", "c", 1, &how, &e));
	assert_int_equal(e.kind, ERR_IO);
}

/* ---- names of files */

static void a_file_is_known_by_the_number_it_begins_with(void **state)
{
	static const struct {
		const char *name, *sheet;
	} n[] = {
		{ "T1-00012-9.jpg", "T1-00012-9" },
		{ "T1-00012-9", "T1-00012-9" },
		{ "t1 00012 9 trang 2.png", "T1-00012-9" },
		{ "T1-00012-9-2.jpg", "T1-00012-9" },
		{ "T1-00012-9_2.jpg", "T1-00012-9" },
		{ "T1-00012-9 (1).jpg", "T1-00012-9" },
		{ "T1-00012-8.jpg", NULL }, /* the check digit is wrong */
		{ "T1-00012-97.jpg", NULL },
		{ "IMG_0001.jpg", NULL },
		{ "scan T1-00012-9.jpg", NULL },
		{ "", NULL },
		{ ".jpg", NULL },
	};
	char got[SHEET_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof n / sizeof n[0]; i++) {
		bool found = upload_scan_sheet(n[i].name, got);

		if (found != (n[i].sheet != NULL))
			print_message("%s\n", n[i].name);
		assert_int_equal(found, n[i].sheet != NULL);
		if (found)
			assert_string_equal(got, n[i].sheet);
	}
}

static void put_file(const char *name, size_t n)
{
	char path[300];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", t.scans, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(ftruncate(fileno(f), (off_t)n), 0);
	assert_int_equal(fclose(f), 0);
}

static void a_folder_is_taken_and_what_does_not_fit_is_told(void **state)
{
	struct scans_taken got = { 0 };
	struct err e = { 0 };

	(void)state;
	(void)sheet("uuid:1", "T1-00012-9", 1);
	put_file(pictures[0], 10);
	put_file(pictures[1], 20);
	put_file(pictures[2], 10); /* hidden: not looked at */
	assert_true(upload_take_scans(t.o, t.scans, &got, &e));
	assert_int_equal(got.fresh, 2);
	assert_int_equal(got.odd, 0);
	put_file(pictures[3], 10); /* no number */
	put_file(pictures[4], 10); /* a wrong one */
	put_file(pictures[5], 10); /* of no sheet here */
	got = (struct scans_taken){ 0 };
	assert_true(upload_take_scans(t.o, t.scans, &got, &e));
	assert_int_equal(got.known, 2);
	assert_int_equal(got.odd, 3);
	put_file(pictures[0], 0); /* empty; too large */
	put_file(pictures[1], ((size_t)10 << 20) + 1);
	got = (struct scans_taken){ 0 };
	assert_true(upload_take_scans(t.o, t.scans, &got, &e));
	assert_int_equal(got.known + got.fresh, 0);
	assert_int_equal(got.odd, 5);
	assert_int_equal(count().waiting, 2);
	assert_false(upload_take_scans(t.o, "/nowhere", &got, &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

/* ---- answers */

#define SHA0 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define GOOD                                                      \
	"{\"instanceID\":\"uuid:1\",\"name\":\"a.jpg\",\"type\":" \
	"\"image/jpeg\",\"state\":\"damaged\",\"sha256\":\"" SHA0 \
	"\",\"receipt\":\"1-ABCD-EFGH\",\"missing\":0}\n"
#define ERROR "{\"error\":{\"code\":\"x\",\"message\":\"y\"}}"

static struct outbox_result read_answer(long code, const char *text, bool whole)
{
	struct outbox_scan s = { .id = 7,
				 .instance = "uuid:1",
				 .name = "a.jpg" };
	struct answer an = { .status = code,
			     .whole = whole,
			     .body = BUF_INIT(1 << 16) };
	struct outbox_result r;

	sha256("", 0, s.sha);
	buf_adds(&an.body, text);
	assert_true(upload_scan_reply(&s, &an, t.a, &r));
	buf_free(&an.body);
	assert_int_equal(r.id, 7);
	return r;
}

static void a_receipt_is_believed_only_for_this_very_file(void **state)
{
	static const struct {
		long code;
		const char *text;
		bool whole;
		enum outbox_state state;
	} c[] = {
		{ 201, GOOD, true, OUTBOX_RECEIVED },
		{ 200, GOOD, true, OUTBOX_RECEIVED },
		{ 201, GOOD, false, OUTBOX_WAITING },
		{ 0, "", false, OUTBOX_WAITING },
		{ 201, "", true, OUTBOX_WAITING },
		{ 201, "<html>", true, OUTBOX_WAITING },
		{ 201, "{\"name\":\"a.jpg\"}", true, OUTBOX_WAITING },
		{ 302, GOOD, true, OUTBOX_WAITING },
		{ 503, ERROR, true, OUTBOX_WAITING },
		{ 500, ERROR, true, OUTBOX_WAITING },
		{ 429, ERROR, true, OUTBOX_WAITING },
		{ 409, ERROR, true, OUTBOX_REFUSED },
		{ 404, ERROR, true, OUTBOX_REFUSED },
		{ 413, ERROR, true, OUTBOX_REFUSED },
		/* not the collector: a proxy in between */
		{ 404, "<html>", true, OUTBOX_WAITING },
		{ 409, ERROR, false, OUTBOX_WAITING },
	};
	static const char *const part[] = { "uuid:1", "a.jpg", "e3b0c4",
					    "1-ABCD" };
	char text[sizeof GOOD];
	struct outbox_result r;

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		r = read_answer(c[i].code, c[i].text, c[i].whole);
		assert_int_equal(r.state, c[i].state);
	}
	r = read_answer(201, GOOD, true);
	assert_string_equal(r.status, "damaged");
	assert_string_equal(r.receipt, "1-ABCD-EFGH");
	for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
		memcpy(text, GOOD, sizeof text);
		*strstr(text, part[i]) = 'x';
		assert_int_equal(read_answer(201, text, true).state,
				 OUTBOX_WAITING);
	}
}

#define ONE(f) cmocka_unit_test_setup_teardown(f, set_up, take_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(a_scan_goes_after_its_sheet_and_stays_until_its_receipt),
		ONE(a_refused_sheet_that_is_kept_takes_its_scan),
		ONE(of_two_keyings_the_first_has_the_scan),
		ONE(what_a_key_or_a_missing_sheet_refused_waits_again),
		ONE(an_outbox_of_before_is_opened_with_its_sheets),
		ONE(a_store_that_fails_is_said),
		ONE(a_file_is_known_by_the_number_it_begins_with),
		ONE(a_folder_is_taken_and_what_does_not_fit_is_told),
		ONE(a_receipt_is_believed_only_for_this_very_file),
	};

	return cmocka_run_group_tests_name("scans", tests, NULL, NULL);
}
