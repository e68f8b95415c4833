#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../collector/upload_parts.h"
#include "phieu/date.h"
#include "phieu/file.h"
#include "phieu/hash.h"

#define SHA "0000000000000000000000000000000000000000000000000000000000000001"

volatile sig_atomic_t upload_stop;

struct place {
	char folder[64], path[96];
	struct arena *a;
};

static int set_up(void **state)
{
	static struct place p;
	struct err e = { 0 };

	(void)snprintf(p.folder, sizeof p.folder, "/tmp/phieu-outbox-XXXXXX");
	if (!mkdtemp(p.folder) || !hash_start(&e))
		return -1;
	(void)snprintf(p.path, sizeof p.path, "%s/a/b/outbox", p.folder);
	p.a = arena_new((size_t)16 << 20);
	*state = &p;
	return p.a ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "", "-wal", "-shm", ".lock",
					     "-other" };
	struct place *p = *state;
	char path[160];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		(void)snprintf(path, sizeof path, "%s%s", p->path, names[i]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof path, "%s/in", p->folder);
	(void)unlink(path);
	(void)snprintf(path, sizeof path, "%s.lock", p->folder);
	(void)unlink(path); /* of the folder taken for a queue */
	(void)snprintf(path, sizeof path, "%s/a/b", p->folder);
	(void)rmdir(path);
	(void)snprintf(path, sizeof path, "%s/a", p->folder);
	(void)rmdir(path);
	(void)rmdir(p->folder);
	arena_free(p->a);
	return 0;
}

static struct outbox *opened(struct place *p, const char *target)
{
	struct err e = { 0 };
	struct outbox *o = outbox_open(p->path, target, &e);

	if (!o)
		fail_msg("%s", e.msg);
	return o;
}

static bool add(struct outbox *o, const char *bytes)
{
	struct outbox_item it = { .bytes = bytes,
				  .n = strlen(bytes),
				  .instance = bytes,
				  .sheet = "",
				  .source = "f:1" };
	struct err e = { 0 };
	bool fresh = false;

	if (!outbox_add(o, &it, &fresh, &e))
		fail_msg("%s", e.msg);
	return fresh;
}

static struct outbox_counts counts(struct outbox *o)
{
	struct outbox_counts c;
	struct err e = { 0 };

	assert_true(outbox_count(o, &c, &e));
	return c;
}

static size_t next(struct place *p, struct outbox *o, size_t lines,
		   size_t bytes, struct outbox_item **items)
{
	struct err e = { 0 };
	size_t n;

	arena_reset(p->a);
	if (!outbox_next(o, lines, bytes, p->a, items, &n, &e))
		fail_msg("%s", e.msg);
	return n;
}

static void the_same_bytes_are_taken_once_for_each_collector(void **state)
{
	struct outbox *o = opened(*state, "http://a");

	assert_true(add(o, "one"));
	assert_false(add(o, "one"));
	assert_true(add(o, "two"));
	assert_int_equal(counts(o).total, 2);
	outbox_close(o);
	o = opened(*state, "http://b");
	assert_int_equal(counts(o).total, 0);
	assert_true(add(o, "one"));
	outbox_close(o);
}

static void nothing_leaves_before_a_receipt_is_written(void **state)
{
	struct place *p = *state;
	struct outbox *o = opened(p, "http://a");
	struct outbox_result r = { .state = OUTBOX_RECEIVED, .code = 201 };
	struct outbox_item *items;
	struct err e = { 0 };

	(void)add(o, "one");
	(void)add(o, "two");
	assert_int_equal(next(p, o, 10, 1000, &items), 2);
	assert_string_equal(items[0].bytes, "one");
	assert_int_equal(counts(o).waiting, 2);
	assert_int_equal(counts(o).sent, 2);
	r.id = items[0].id;
	/* "received" without a receipt is refused by the file itself */
	assert_false(outbox_settle(o, &r, 1, NULL, &e));
	assert_int_equal(counts(o).received, 0);
	r.receipt = "";
	assert_false(outbox_settle(o, &r, 1, NULL, &e));
	r.receipt = "1-ABCD-EFGH";
	assert_true(outbox_settle(o, &r, 1, NULL, &e));
	assert_int_equal(counts(o).received, 1);
	assert_int_equal(counts(o).waiting, 1);
	outbox_close(o);
}

static void what_was_on_its_way_waits_again_after_a_crash(void **state)
{
	struct place *p = *state;
	struct outbox *o = opened(p, "http://a");
	struct outbox_item *items;

	(void)add(o, "one");
	assert_int_equal(next(p, o, 10, 1000, &items), 1);
	assert_int_equal(next(p, o, 10, 1000, &items), 0);
	outbox_close(o); /* as a kill would: no answer was written */
	o = opened(p, "http://a");
	assert_int_equal(counts(o).sent, 0);
	assert_int_equal(next(p, o, 10, 1000, &items), 1);
	outbox_close(o);
}

static void a_batch_is_settled_whole_or_not_at_all(void **state)
{
	struct place *p = *state;
	struct outbox *o = opened(p, "http://a");
	struct outbox_result r[2] = {
		{ .state = OUTBOX_RECEIVED, .code = 201, .receipt = "1-ABCD" },
		{ .state = OUTBOX_RECEIVED, .code = 201, .receipt = NULL },
	};
	struct outbox_item *items;
	struct err e = { 0 };

	(void)add(o, "one");
	(void)add(o, "two");
	assert_int_equal(next(p, o, 10, 1000, &items), 2);
	r[0].id = items[0].id;
	r[1].id = items[1].id;
	assert_false(outbox_settle(o, r, 2, NULL, &e));
	assert_int_equal(counts(o).received, 0);
	assert_int_equal(counts(o).waiting, 2);
	outbox_close(o);
}

static void
batches_keep_to_lines_and_bytes_and_give_the_least_tried(void **state)
{
	struct place *p = *state;
	struct outbox *o = opened(p, "http://a");
	struct outbox_item *items;
	struct err e = { 0 };

	(void)add(o, "aaaaaaaaa");
	(void)add(o, "bbbbbbbbb");
	(void)add(o, "ccccccccc");
	assert_int_equal(next(p, o, 10, 20, &items), 2);
	assert_true(outbox_unsend(o, &e));
	assert_int_equal(next(p, o, 1, 1000, &items), 1);
	assert_string_equal(items[0].bytes, "ccccccccc");
	assert_int_equal(next(p, o, 10, 1, &items), 1); /* one in any case */
	assert_string_equal(items[0].bytes, "aaaaaaaaa");
	outbox_close(o);
}

static void refusals_for_the_key_are_offered_again_others_are_not(void **state)
{
	static const int codes[] = { 401, 403, 400, 409, 413, 422 };
	struct place *p = *state;
	struct outbox *o = opened(p, "http://a");
	struct outbox_item *items;
	struct err e = { 0 };
	char text[8];

	for (size_t i = 0; i < 6; i++) {
		(void)snprintf(text, sizeof text, "s%zu", i);
		(void)add(o, text);
	}
	assert_int_equal(next(p, o, 10, 1000, &items), 6);
	for (size_t i = 0; i < 6; i++) {
		struct outbox_result r = { .id = items[i].id,
					   .state = OUTBOX_REFUSED,
					   .code = codes[i] };

		assert_true(outbox_settle(o, &r, 1, NULL, &e));
	}
	assert_int_equal(counts(o).refused, 6);
	assert_true(outbox_reopen(o, &e));
	assert_int_equal(counts(o).refused, 4);
	assert_true(outbox_again(o, &e));
	assert_int_equal(counts(o).waiting, 6);
	outbox_close(o);
}

static void one_process_at_a_time_and_nobody_else_reads_it(void **state)
{
	struct place *p = *state;
	struct outbox *o = opened(p, "http://a");
	struct err e = { 0 };
	struct stat st;

	assert_null(outbox_open(p->path, "http://a", &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	outbox_close(o);
	assert_null(outbox_open("/proc/none/outbox", "http://a", &e));
	assert_null(outbox_open(p->folder, "http://a", &e));
	outbox_close(NULL);
}

static void another_file_is_not_taken_for_an_outbox(void **state)
{
	struct place *p = *state;
	char path[128];
	struct err e = { 0 };

	(void)snprintf(path, sizeof path, "%s/in", p->folder);
	assert_true(file_write(path, "this is no database, far from it", 32,
			       0600, &e));
	assert_null(outbox_open(path, "http://a", &e));
	assert_int_equal(e.kind, ERR_IO);
	(void)snprintf(path, sizeof path, "%s/in.lock", p->folder);
	(void)unlink(path);
}

/* --- answers --- */

static const char answer_text[] =
	"{\"line\":1,\"code\":201,\"instanceID\":\"uuid:1\",\"status\":"
	"\"valid\",\"receipt\":\"1-AAAA-AAAA\",\"flags\":[]}\n"
	"{\"line\":2,\"code\":422,\"instanceID\":\"uuid:2\",\"status\":"
	"\"invalid\",\"receipt\":\"1-BBBB-BBBB\",\"errors\":[{\"code\":"
	"\"V07\",\"path\":\"/x\",\"message\":\"m\",\"message_vi\":\"lỗi\"}]}\n"
	"{\"line\":3,\"code\":503,\"instanceID\":\"uuid:3\",\"error\":"
	"{\"code\":\"unavailable\",\"message\":\"later\"}}\n"
	"{\"lines\":3,\"sha256\":\"" SHA "\",\"receipt\":\"1-CCCC-CCCC\"}\n";

static const struct outbox_item three[] = {
	{ .id = 11, .instance = "uuid:1" },
	{ .id = 12, .instance = "uuid:2" },
	{ .id = 13, .instance = "uuid:3" },
};

static struct reply read_reply(struct place *p, const char *text, size_t n,
			       bool whole)
{
	struct answer an = { .status = 200,
			     .whole = whole,
			     .body = BUF_INIT((size_t)1 << 20) };
	struct err e = { 0 };
	struct reply r;

	arena_reset(p->a);
	buf_add(&an.body, text, n);
	assert_true(upload_reply(three, 3, &an, SHA, p->a, &r, &e));
	buf_free(&an.body);
	return r;
}

static void an_answer_says_what_became_of_each_line(void **state)
{
	struct place *p = *state;
	struct reply r = read_reply(p, answer_text, strlen(answer_text), true);

	assert_false(r.mismatch);
	assert_int_equal(r.settled, 2);
	assert_int_equal(r.results[0].state, OUTBOX_RECEIVED);
	assert_int_equal(r.results[0].id, 11);
	assert_string_equal(r.results[0].receipt, "1-AAAA-AAAA");
	assert_int_equal(r.results[1].state, OUTBOX_REFUSED);
	assert_int_equal(r.results[1].code, 422);
	assert_int_equal(r.results[2].state, OUTBOX_WAITING);
	assert_string_equal(r.batch.receipt, "1-CCCC-CCCC");
	assert_string_equal(upload_reasons(r.results[1].reply, true, p->a),
			    "V07 /x: lỗi");
	assert_string_equal(upload_reasons(r.results[1].reply, false, p->a),
			    "V07 /x: m");
	assert_string_equal(upload_reasons(r.results[2].reply, true, p->a),
			    "unavailable: later");
	assert_string_equal(upload_reasons("{\"error\":\"x\"}", true, p->a),
			    "x");
	assert_string_equal(upload_reasons("nonsense", true, p->a), "");
}

/* A line counts only when its end has come. */
static void
an_answer_cut_at_any_byte_is_believed_as_far_as_it_goes(void **state)
{
	const size_t n = strlen(answer_text);

	for (size_t cut = 0; cut <= n; cut++) {
		struct reply r = read_reply(*state, answer_text, cut, false);
		size_t ends = 0;

		for (size_t i = 0; i < cut; i++)
			ends += answer_text[i] == '\n';
		assert_false(r.mismatch);
		assert_int_equal(r.settled, ends > 2 ? 2 : ends);
		assert_int_equal(r.batch.receipt != NULL, ends == 4);
	}
}

static void what_does_not_fit_is_not_believed_at_all(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "uuid:2", "uuid:9" },	 /* about another sheet */
		{ "\"code\":201,", "" }, /* no code */
		{ "\"code\":201", "\"code\":0" },
		{ "\"code\":201", "\"code\":\"201\"" },
		{ "1-AAAA-AAAA", "" }, /* received without a receipt */
		{ "1-AAAA-AAAA", "<b>ok</b>" },
		{ "\"receipt\":\"1-AAAA-AAAA\",", "" },
		{ "\"instanceID\":\"uuid:1\",", "" },
		{ SHA, "ff" }, /* of other bytes */
		{ "{\"line\":1", "line\":1" },
		{ "\"line\":3", "\"line\":3}\n{\"x\":1}\n{\"y\":1" },
	};
	struct reply r;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b = BUF_INIT((size_t)1 << 16);
		const char *at = strstr(answer_text, rows[i].from);

		assert_non_null(at);
		buf_add(&b, answer_text, (size_t)(at - answer_text));
		buf_adds(&b, rows[i].to);
		buf_adds(&b, at + strlen(rows[i].from));
		r = read_reply(*state, b.data, b.len, true);
		if (!r.mismatch || r.settled != 0)
			fail_msg("row %zu is believed", i);
		assert_null(r.results[0].receipt);
		buf_free(&b);
	}
	r = read_reply(*state, "", 0, true);
	assert_true(r.mismatch);
	r = read_reply(*state, "<html>welcome to the hotel</html>", 33, true);
	assert_true(r.mismatch);
}

static void backoff_doubles_to_its_cap_and_honours_retry_after(void **state)
{
	(void)state;
	assert_near(upload_backoff(1, -1, 0), 0.25, 1e-9);
	assert_true(upload_backoff(1, -1, UINT32_MAX) < 0.5);
	assert_near(upload_backoff(4, -1, 0), 2.0, 1e-9);
	assert_near(upload_backoff(100000, -1, 0), 15.0, 1e-9);
	assert_true(upload_backoff(100000, -1, UINT32_MAX) < 30.0);
	assert_true(upload_backoff(1, 7, 0) >= 7.0);
	assert_true(upload_backoff(1, 7, UINT32_MAX) <= 8.0);
	assert_near(upload_backoff(100, 2, 0), 15.0, 1e-9);
}

static void addresses_are_held_to_http(void **state)
{
	static const struct {
		const char *typed, *want;
		bool plain;
	} rows[] = {
		{ "https://a.vn", "https://a.vn", false },
		{ "https://a.vn/", "https://a.vn", false },
		{ "http://127.0.0.1:8081//", "http://127.0.0.1:8081", false },
		{ "http://localhost:1", "http://localhost:1", false },
		{ "http://[::1]:1", "http://[::1]:1", false },
		{ "http://10.0.0.1/phieu", "http://10.0.0.1/phieu", true },
		{ "ftp://a", NULL, false },
		{ "a.vn", NULL, false },
		{ "https://u:p@a.vn", NULL, false },
		{ "https://a.vn/?x=1", NULL, false },
		{ "https://a b", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = { 0 };
		bool plain = false;
		char *got = upload_address(rows[i].typed, &plain, &e);

		if (rows[i].want) {
			assert_string_equal(got, rows[i].want);
			assert_int_equal(plain, rows[i].plain);
		} else {
			assert_null(got);
			assert_int_equal(e.kind, ERR_INPUT);
		}
		free(got);
	}
}

/* --- files --- */

struct got {
	char text[512];
};
static bool note(const struct outbox_item *it, void *ctx, struct err *e)
{
	struct got *g = ctx;
	size_t n = strlen(g->text);

	(void)e;
	(void)snprintf(g->text + n, sizeof g->text - n, "[%.*s|%s|%s]",
		       (int)it->n, it->bytes, it->instance, it->sheet);
	return true;
}

static void files_of_every_shape_give_their_sheets(void **state)
{
	static const struct {
		const char *file, *want; /* NULL: an error */
	} rows[] = {
		{ "{\"instanceID\":\"a\",\"sheet\":\"1\"}\n",
		  "[{\"instanceID\":\"a\",\"sheet\":\"1\"}|a|1]" },
		{ "\xEF\xBB\xBF{\"instanceID\":\"a\"}",
		  "[{\"instanceID\":\"a\"}|a|]" },
		{ "{}\r\n\r\n  \r\n{}\r\n", "[{}||][{}||]" },
		{ "{\n\"instanceID\":\n\"a\"}",
		  "[{ \"instanceID\": \"a\"}|a|]" },
		{ "[{\"instanceID\":\"a\"},\n{}]",
		  "[{\"instanceID\":\"a\"}|a|][{}||]" },
		{ "[]", "" },
		{ "{\"a\":1}\nbroken {\n{}",
		  "[{\"a\":1}||][broken {||][{}||]" },
		{ "[1,2", "[[1,2||]" },
		{ "", NULL },
		{ " \n\n", NULL },
	};
	struct place *p = *state;
	char path[128];

	(void)snprintf(path, sizeof path, "%s/in", p->folder);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct got got = { "" };
		struct err e = { 0 };
		bool ok;

		assert_true(file_write(path, rows[i].file, strlen(rows[i].file),
				       0600, &e));
		ok = upload_file(path, note, &got, &e);
		assert_int_equal(ok, rows[i].want != NULL);
		if (rows[i].want)
			assert_string_equal(got.text, rows[i].want);
		else
			assert_int_equal(e.kind, ERR_INPUT);
	}
}

static void receipts_are_written_as_csv_and_json(void **state)
{
	struct place *p = *state;
	struct outbox *o = opened(p, "http://a");
	struct outbox_result r[2] = {
		{ .state = OUTBOX_RECEIVED,
		  .code = 201,
		  .status = "queried",
		  .receipt = "1-ABCD-EFGH",
		  .reply = "{\"flags\":[\"Q01\"]}" },
		{ .state = OUTBOX_REFUSED,
		  .code = 422,
		  .status = "invalid",
		  .receipt = "1-XXXX-XXXX",
		  .reply = "{\"errors\":[{\"code\":\"V01\",\"path\":\"/sheet\","
			   "\"message\":\"bad\",\"message_vi\":\"sai, hỏng\"}"
			   "]}" },
	};
	const struct outbox_batch batch = { SHA, "1-CCCC-CCCC", 2 };
	struct outbox_item *items;
	struct upload_totals t;
	struct err e = { 0 };
	char path[128], *text;
	size_t n;

	(void)add(o, "=one");
	(void)add(o, "two");
	(void)add(o, "three");
	assert_int_equal(next(p, o, 2, 1000, &items), 2);
	r[0].id = items[0].id;
	r[1].id = items[1].id;
	assert_true(outbox_settle(o, r, 2, &batch, &e));
	assert_true(upload_totals(o, &t, &e));
	assert_int_equal(t.queried, 1);
	assert_int_equal(t.counts.waiting, 1);
	(void)snprintf(path, sizeof path, "%s/in", p->folder);
	assert_true(upload_receipts(o, path, &e));
	text = file_read(path, 100000, &n, &e);
	assert_non_null(text);
	/* a formula in a name does nothing in a spreadsheet */
	assert_non_null(strstr(text, "\n'=one,,received,201,queried,"
				     "1-ABCD-EFGH,"));
	assert_non_null(strstr(text,
			       "\"V01 /sheet: sai, hỏng\",1-CCCC-CCCC," SHA
			       "\r\n"));
	assert_non_null(strstr(text, "three,,waiting,,,,,f:1,,,\r\n"));
	free(text);
	(void)snprintf(path, sizeof path, "%s/in.json", p->folder);
	assert_true(upload_receipts(o, path, &e));
	text = file_read(path, 100000, &n, &e);
	assert_non_null(strstr(text, "\"answer\":{\"flags\":[\"Q01\"]}"));
	free(text);
	(void)unlink(path);
	assert_false(upload_receipts(o, "/proc/none/x.csv", &e));
	outbox_close(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(the_same_bytes_are_taken_once_for_each_collector),
		T(nothing_leaves_before_a_receipt_is_written),
		T(what_was_on_its_way_waits_again_after_a_crash),
		T(a_batch_is_settled_whole_or_not_at_all),
		T(batches_keep_to_lines_and_bytes_and_give_the_least_tried),
		T(refusals_for_the_key_are_offered_again_others_are_not),
		T(one_process_at_a_time_and_nobody_else_reads_it),
		T(another_file_is_not_taken_for_an_outbox),
		T(an_answer_says_what_became_of_each_line),
		T(an_answer_cut_at_any_byte_is_believed_as_far_as_it_goes),
		T(what_does_not_fit_is_not_believed_at_all),
		T(backoff_doubles_to_its_cap_and_honours_retry_after),
		T(addresses_are_held_to_http),
		T(files_of_every_shape_give_their_sheets),
		T(receipts_are_written_as_csv_and_json),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
