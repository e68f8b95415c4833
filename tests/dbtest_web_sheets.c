/* Sheets, their files and progress, over HTTP. */
#include "../server/web_impl.h"
#include "phieu/fault.h"
#include "phieu/json.h"
#include "phieu/log.h"
#include "phieu/store_account.h"
#include "support/pg.h"
#include "support/raw.h"
#include "support/web_world.h"

static const char *const counts[] = { "planned", "received", "valid",
				      "queried", "invalid",  "set_aside",
				      "missing", "over" };

static void sum_level(const cJSON *rows, const char *level, int64_t out[8])
{
	const cJSON *row;
	size_t i;

	memset(out, 0, 8 * sizeof *out);
	cJSON_ArrayForEach(row, rows) if (strcmp(json_get_text(row, "level"),
						 level) == 0) for (i = 0; i < 8;
								   i++)
		out[i] += json_get(row, counts[i])->valueint;
}

static void some_sheets(struct world *w)
{
	pg_do(w->owner,
	      "INSERT INTO field.response (wave, instance, response, sha256, "
	      "state, counted, form, grp, home, keying, way, key, "
	      "received_at, flags, simulated, lane, batch) "
	      "SELECT q.wave, 'uuid:' || n || '-' || q.grp || '-' || q.home, "
	      "n * 100000 + q.grp * 1000 + q.home, '\\x00', "
	      "(ARRAY[1, 1, 5, 2, 3, 4])[n], n < 5, g.form, q.grp, q.home, "
	      "1, 1, 1, now(), 0, true, 1, 1 "
	      "FROM plan.quota_in_force q JOIN plan.respondent_group g "
	      "USING (wave, grp), generate_series(1, 6) n "
	      "WHERE q.home % 2 = 0");
	pg_do(w->owner,
	      "INSERT INTO field.response (wave, instance, response, sha256, "
	      "state, counted, form, grp, home, keying, way, key, "
	      "received_at, flags, simulated, lane, batch) "
	      "SELECT wave, 'uuid:unplaced', 1, '\\x00'::bytea, 3, false, "
	      "NULL::integer, "
	      "NULL::integer, NULL::integer, 1, 1, 1, now(), 0, true, 1, 1 "
	      "FROM plan.wave "
	      "WHERE code = '" WAVE "' UNION ALL "
	      "SELECT wave, 'uuid:second', 2, '\\x00'::bytea, 1, true, 1, 1, "
	      "0, 2, 1, "
	      "1, now(), 0, true, 1, 1 FROM plan.wave "
	      "WHERE code = '" WAVE "'");
}

/* Two sheets of one number, and files of the first: a photo, one that is
 * damaged, one that has not come. */
static void some_files(struct world *w)
{
	some_sheets(w);
	pg_do(w->owner,
	      "INSERT INTO field.attachment (wave, instance, name, sha256, "
	      "bytes, media_type, received_at, named, key) "
	      "SELECT wave, 'uuid:second', f.name, f.sha, f.n, f.type, f.at, "
	      "true, 1 FROM plan.wave, (VALUES "
	      "(E'trang \"1\"\u1ea3.jpg', sha256('a'), 5, 'image/jpeg', "
	      "now()), ('x.png', sha256('b'), 9, "
	      "'application/octet-stream; damaged=1', now()), "
	      "('z.tif', sha256('a'), 5, 'image/tiff; metadata=kept', now()), "
	      "('y.jpg', NULL, NULL, NULL, NULL)) AS f (name, sha, n, type, at)"
	      " WHERE code = '" WAVE "'");
	pg_do(w->owner, "INSERT INTO field.attachment_bytes SELECT wave, "
			"sha256(v.k), v.b FROM plan.wave, (VALUES "
			"('a'::bytea, 'photo'::bytea), ('b', '<script>')) "
			"AS v (k, b) WHERE code = '" WAVE "'");
}

static void drop_files(struct world *w)
{
	pg_do(w->owner, "TRUNCATE field.response, field.attachment, "
			"field.attachment_bytes");
}

#define FILES "/v1/waves/" WAVE "/sheets/uuid%3Asecond/files"

static void files_of_a_sheet_are_listed_with_their_states(void **state)
{
	struct world *w = *state;
	struct raw_reply p;

	some_files(w);
	sign_in(w, PASSWORD);
	give(w, ROLE_POST_SUPERVISOR, WAVE);
	p = call(w, "GET", FILES, w->cookie, NULL);
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "\"instanceID\":\"uuid:second\""));
	assert_non_null(strstr(p.body, "ả.jpg\",\"here\":true,\"type\":"
				       "\"image/jpeg\",\"state\":"
				       "\"cleaned\",\"bytes\":5"));
	assert_non_null(strstr(p.body, "\"state\":\"damaged\""));
	assert_non_null(strstr(p.body, "\"state\":\"metadata-kept\""));
	assert_non_null(strstr(p.body, "{\"name\":\"y.jpg\",\"here\":false}"));
	raw_reply_free(&p);
	assert_int_equal(status(w, "GET",
				"/v1/waves/" WAVE "/sheets/uuid%3Anone/files",
				w->cookie, NULL),
			 404);
	assert_int_equal(status(w, "GET", "/v1/waves/w-2/sheets/x/files",
				w->cookie, NULL),
			 404); /* the role is for the other wave */
	take(w, ROLE_POST_SUPERVISOR, WAVE);
	drop_files(w);
}

static void sheets_are_found_by_their_printed_number_too(void **state)
{
	struct world *w = *state;

	some_files(w);
	pg_do(w->owner, "UPDATE field.response SET sheet = 'CT01-00012-7', "
			"counted = false WHERE instance = 'uuid:second'");
	sign_in(w, PASSWORD);
	give(w, ROLE_POST_SUPERVISOR, NULL);
	assert_int_equal(status(w, "GET",
				"/v1/waves/" WAVE
				"/sheets/ct01%2000012%207/files",
				w->cookie, NULL),
			 200);
	pg_do(w->owner, "UPDATE field.response SET sheet = 'CT01-00012-7', "
			"counted = false");
	assert_int_equal(status(w, "GET",
				"/v1/waves/" WAVE "/sheets/CT01-00012-7/files",
				w->cookie, NULL),
			 409);
	take(w, ROLE_POST_SUPERVISOR, NULL);
	drop_files(w);
}

static long openings(struct world *w)
{
	return pg_long(w->owner, "SELECT count(*) FROM audit.entry WHERE kind "
				 "= 'file.open' AND actor = 'lan'");
}

static void opening_a_file_takes_a_reason_and_stands_in_the_log(void **state)
{
	static const char *const none[] = { "{}", "{\"reason\":\"\"}",
					    "{\"reason\":\" \\t\"}",
					    "{\"reason\":1}" };
	static const char why[] = "{\"reason\":\"đối chiếu phiếu\"}";
	struct world *w = *state;
	struct raw_reply p;
	char v[300];
	long before;

	some_files(w);
	sign_in(w, PASSWORD);
	give(w, ROLE_POST_SUPERVISOR, WAVE);
	before = openings(w);
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_int_equal(status(w, "POST", FILES "/x.png",
					write_headers(w), none[i]),
				 400);
	assert_int_equal(status(w, "POST", FILES "/x.png", w->cookie, why),
			 403); /* without the token */
	assert_int_equal(status(w, "GET", FILES "/x.png", w->cookie, NULL),
			 405);
	assert_int_equal(status(w, "POST", FILES "/none", write_headers(w),
				why),
			 404);
	assert_int_equal(status(w, "POST", FILES "/y.jpg", write_headers(w),
				why),
			 404);
	assert_int_equal(status(w, "POST", FILES "/a%2Fb", write_headers(w),
				why),
			 404);
	assert_int_equal(openings(w), before);
	p = call(w, "POST", FILES "/trang%20%221%22%E1%BA%A3.jpg",
		 write_headers(w), why);
	assert_int_equal(p.status, 200);
	assert_int_equal(p.body_n, 5);
	assert_memory_equal(p.body, "photo", 5);
	assert_true(raw_header(&p, "Content-Type", v, sizeof v));
	assert_string_equal(v, "image/jpeg");
	assert_true(raw_header(&p, "Content-Disposition", v, sizeof v));
	assert_string_equal(v, "attachment; filename*=UTF-8''"
			       "trang%20%221%22%E1%BA%A3.jpg");
	assert_true(raw_header(&p, "Content-Security-Policy", v, sizeof v));
	assert_string_equal(v, "default-src 'none'; sandbox");
	assert_true(raw_header(&p, "X-Content-Type-Options", v, sizeof v));
	assert_string_equal(v, "nosniff");
	assert_true(raw_header(&p, "Cache-Control", v, sizeof v));
	assert_string_equal(v, "no-store");
	raw_reply_free(&p);
	assert_int_equal(openings(w), before + 1);
	assert_int_equal(
		pg_long(w->owner,
			"SELECT count(*) FROM audit.entry WHERE kind = "
			"'file.open' AND content LIKE '%đối chiếu phiếu%' "
			"AND content LIKE '%uuid:second%'"),
		openings(w));
	take(w, ROLE_POST_SUPERVISOR, WAVE);
	drop_files(w);
}

static void what_is_no_picture_goes_out_as_bytes(void **state)
{
	static const struct {
		const char *path, *type, *state;
	} t[] = { { FILES "/x.png", "application/octet-stream", "damaged" },
		  { FILES "/z.tif", "image/tiff", "metadata-kept" } };
	struct world *w = *state;
	char v[100];

	some_files(w);
	sign_in(w, PASSWORD);
	give(w, ROLE_POST_SUPERVISOR, NULL);
	for (size_t i = 0; i < 2; i++) {
		struct raw_reply p =
			call(w, "POST", t[i].path, write_headers(w),
			     "{\"reason\":\"x\"}");

		assert_int_equal(p.status, 200);
		assert_true(raw_header(&p, "Content-Type", v, sizeof v));
		assert_string_equal(v, t[i].type);
		assert_true(raw_header(&p, "X-File-State", v, sizeof v));
		assert_string_equal(v, t[i].state);
		raw_reply_free(&p);
	}
	take(w, ROLE_POST_SUPERVISOR, NULL);
	drop_files(w);
}

static void progress_adds_up_to_the_plan(void **state)
{
	static const char *const levels[] = { "cell", "group", "form", "home" };
	struct world *w = *state;
	int64_t total[8], sum[8];
	struct raw_reply p;
	cJSON *o;
	size_t i;

	some_sheets(w);
	p = call(w, "GET", "/v1/waves/" WAVE "/progress", bearer(w, w->analyst),
		 NULL);
	assert_int_equal(p.status, 200);
	o = json_of(&p);
	for (i = 0; i < 8; i++)
		total[i] = json_get(json_get(o, "total"), counts[i])->valueint;
	assert_int_equal(total[0], 1193);
	assert_int_equal(total[1],
			 pg_long(w->owner, "SELECT count(*) FROM "
					   "field.response WHERE keying = 1"));
	assert_int_equal(total[1], total[2] + total[3] + total[4] + total[5]);
	assert_int_equal(total[0] + total[7], total[2] + total[3] + total[6]);
	assert_true(total[3] > 0 && total[5] > 0 && total[6] > 0);
	for (i = 0; i < 4; i++) {
		sum_level(json_get(o, "rows"), levels[i], sum);
		assert_memory_equal(sum, total, sizeof sum);
	}
	cJSON_Delete(o);
	raw_reply_free(&p);
	pg_do(w->owner, "TRUNCATE field.response");
}

static void progress_is_a_spreadsheet_for_those_who_ask(void **state)
{
	struct world *w = *state;
	struct raw_reply p = call(w, "GET", "/v1/waves/" WAVE "/progress",
				  arena_printf(w->a, "%sAccept: text/csv\r\n",
					       bearer(w, w->analyst)),
				  NULL);
	char v[100];

	assert_true(raw_header(&p, "Content-Type", v, sizeof v));
	assert_string_equal(v, "text/csv; charset=utf-8");
	assert_true(raw_header(&p, "Vary", v, sizeof v));
	assert_string_equal(v, "Accept, Accept-Encoding");
	assert_memory_equal(p.body, "level,form,", 11);
	assert_non_null(strstr(p.body, "\r\ntotal,,,,,,,1193,0,0,0,0,0,1193,0"
				       "\r\n"));
	raw_reply_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_a_sheet_are_listed_with_their_states),
		cmocka_unit_test(sheets_are_found_by_their_printed_number_too),
		cmocka_unit_test(
			opening_a_file_takes_a_reason_and_stands_in_the_log),
		cmocka_unit_test(what_is_no_picture_goes_out_as_bytes),
		cmocka_unit_test(progress_adds_up_to_the_plan),
		cmocka_unit_test(progress_is_a_spreadsheet_for_those_who_ask),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
