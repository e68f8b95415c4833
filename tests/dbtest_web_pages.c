/* Pages for people: marks, errors, forms, signing in with a browser (S2,
 * S10). */
#include "../server/web_impl.h"
#include "phieu/fault.h"
#include "phieu/json.h"
#include "phieu/log.h"
#include "phieu/store_account.h"
#include "support/pg.h"
#include "support/raw.h"
#include "support/web_world.h"

static void pages_show_marks_and_escape_names(void **state)
{
	struct world *w = *state;
	struct raw_reply p =
		call(w, "GET", "/progress/w-2", bearer(w, w->analyst), NULL);
	char v[100];

	assert_int_equal(p.status, 200);
	assert_true(raw_header(&p, "Content-Type", v, sizeof v));
	assert_string_equal(v, "text/html; charset=utf-8");
	assert_non_null(strstr(p.body, "&lt;b&gt;&amp;&quot;&#39;Đợt 2"));
	assert_null(strstr(p.body, "<b>"));
	assert_non_null(strstr(p.body, "mẫu thử, không phải phiếu chính thức"));
	assert_null(strstr(p.body, "mô phỏng"));
	assert_non_null(strstr(p.body, "từ 01/01/2020 đến 01/02/2020"));
	raw_reply_free(&p);
	pg_do(w->owner, "UPDATE plan.wave SET simulated = true "
			"WHERE code = 'w-2'");
	p = call(w, "GET", "/progress/w-2", bearer(w, w->analyst), NULL);
	assert_non_null(strstr(p.body, "mô phỏng"));
	assert_null(strstr(p.body, "<script"));
	assert_null(strstr(p.body, "style="));
	raw_reply_free(&p);
}

/* `path` as a browser asks for it; the page must hold `words`. */
static void page_says(struct world *w, const char *path, const char *headers,
		      int want, const char *words)
{
	struct raw_reply p =
		call(w, "GET", path,
		     arena_printf(w->a, "%sAccept: text/html,*/*\r\n", headers),
		     NULL);
	char v[100];

	assert_int_equal(p.status, want);
	assert_true(raw_header(&p, "Content-Type", v, sizeof v));
	assert_string_equal(v, "text/html; charset=utf-8");
	assert_non_null(strstr(p.body, words));
	assert_non_null(strstr(p.body, "<a href=\"/\">"));
	assert_non_null(strstr(p.body, "Mã yêu cầu: "));
	assert_null(strstr(p.body, "{"));
	raw_reply_free(&p);
}

static void browsers_get_pages_where_programs_get_errors(void **state)
{
	struct world *w = *state;
	const char *key = bearer(w, w->analyst);
	struct raw_reply p;
	char v[100];

	page_says(w, "/nowhere/<b>", "", 404, "Không có trang này");
	page_says(w, "/progress/none", key, 404, "Không tìm thấy");
	page_says(w, "/progress/" WAVE, bearer(w, w->engine), 403,
		  "Không có quyền xem trang này");
	/* programs, and whatever lies under /v1 */
	p = call(w, "GET", "/progress/none", key, NULL);
	assert_true(raw_header(&p, "Content-Type", v, sizeof v));
	assert_memory_equal(v, "application/json", 16);
	raw_reply_free(&p);
	p = call(w, "GET", "/v1/waves/none",
		 arena_printf(w->a, "%sAccept: text/html\r\n", key), NULL);
	assert_int_equal(p.status, 404);
	assert_memory_equal(p.body, "{\"error\":", 9);
	raw_reply_free(&p);
	p = call(w, "POST", "/sign-in", "Accept: text/html\r\n", "login=x");
	assert_int_equal(p.status, 403);
	assert_non_null(strstr(p.body, "Biểu mẫu được gửi từ trang khác"));
	raw_reply_free(&p);
}

static void a_progress_page_can_be_read_and_printed(void **state)
{
	struct world *w = *state;
	struct raw_reply p =
		call(w, "GET", "/progress/" WAVE, bearer(w, w->analyst), NULL);

	assert_non_null(strstr(p.body, "kế hoạch <strong>1.193</strong>"));
	assert_non_null(strstr(p.body, "Số liệu lúc "));
	assert_non_null(strstr(p.body, "<th scope=\"row\">Tổng cộng</th>"
				       "<td>1.193</td>"));
	assert_non_null(strstr(p.body, "<tr class=\"begin\"><th colspan="
				       "\"9\" scope=\"colgroup\">CT-01 · "));
	raw_reply_free(&p);
	p = call(w, "GET", "/style.css", NULL, NULL);
	assert_non_null(strstr(p.body, "@media print"));
	raw_reply_free(&p);
}

/* ---- pages with forms -------------------------------------------------- */

#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define OURS "Origin: http://x\r\n" FORM

/* name=value pairs, each value escaped, ended by NULL */
static const char *form(struct world *w, const char *const *pairs)
{
	struct buf b = BUF_INIT(1 << 14);
	const char *text;

	for (; *pairs; pairs += 2) {
		buf_addf(&b, "%s%s=", b.len ? "&" : "", pairs[0]);
		for (const char *s = pairs[1]; *s; s++)
			buf_addf(&b, "%%%02X", (unsigned)(unsigned char)*s);
	}
	text = arena_strdup(w->a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

#define form_of(w, ...) form(w, (const char *const[]){ __VA_ARGS__, NULL })

static void page_sign_in(struct world *w, const char *password,
			 const char *goes_to)
{
	struct raw_reply p =
		call(w, "POST", "/sign-in", OURS,
		     form_of(w, "login", "lan", "password", password));
	char v[300];

	assert_int_equal(p.status, 303);
	assert_true(raw_header(&p, "Location", v, sizeof v));
	assert_string_equal(v, goes_to);
	assert_true(raw_header(&p, "Set-Cookie", v, sizeof v));
	assert_non_null(strstr(v, "; HttpOnly; SameSite=Strict"));
	v[strcspn(v, ";")] = '\0';
	(void)snprintf(w->cookie, sizeof w->cookie, "Cookie: %.100s\r\n", v);
	raw_reply_free(&p);
}

static struct raw_reply page_of(struct world *w, const char *path)
{
	struct raw_reply p =
		call(w, "GET", path,
		     arena_printf(w->a, "%sAccept: text/html\r\n", w->cookie),
		     NULL);
	char v[200];

	if (p.status == 200) {
		assert_true(raw_header(&p, "Content-Type", v, sizeof v));
		assert_string_equal(v, "text/html; charset=utf-8");
		assert_true(
			raw_header(&p, "Content-Security-Policy", v, sizeof v));
		assert_non_null(strstr(v, "frame-ancestors 'none'"));
		assert_null(strstr(p.body, "<script"));
	}
	return p;
}

static void goes_to(struct world *w, const char *path, const char *where)
{
	struct raw_reply p = page_of(w, path);
	char v[100];

	assert_int_equal(p.status, 303);
	assert_true(raw_header(&p, "Location", v, sizeof v));
	assert_string_equal(v, where);
	raw_reply_free(&p);
}

static void a_person_signs_in_and_out_with_a_browser(void **state)
{
	struct world *w = *state;
	struct raw_reply p;
	char v[200];

	w->cookie[0] = '\0';
	goes_to(w, "/progress/w-2", "/sign-in");
	goes_to(w, "/password", "/sign-in");
	p = page_of(w, "/sign-in");
	assert_non_null(strstr(p.body, "<label for=\"login\">"));
	assert_non_null(strstr(p.body, "autocomplete=\"username\""));
	assert_non_null(strstr(p.body, "autocomplete=\"current-password\""));
	assert_null(strstr(p.body, "role=\"alert\""));
	raw_reply_free(&p);
	page_sign_in(w, PASSWORD, "/");
	p = page_of(w, "/"); /* signed in, and has no role */
	assert_non_null(strstr(p.body, "Chưa có đợt điều tra nào"));
	assert_non_null(strstr(p.body, "action=\"/sign-out\""));
	raw_reply_free(&p);
	p = call(w, "POST", "/sign-out",
		 arena_printf(w->a, "%s" OURS, w->cookie), "");
	assert_int_equal(p.status, 303);
	assert_true(raw_header(&p, "Set-Cookie", v, sizeof v));
	assert_non_null(strstr(v, "phieu=; "));
	assert_non_null(strstr(v, "; Max-Age=0"));
	raw_reply_free(&p);
	goes_to(w, "/password", "/sign-in");
	p = page_of(w, "/");
	assert_null(strstr(p.body, "sign-out"));
	assert_non_null(strstr(p.body, "href=\"/sign-in\""));
	raw_reply_free(&p);
	assert_int_equal(status(w, "GET", "/v1/me", w->cookie, NULL), 401);
}

static void the_first_page_lists_waves_of_the_person(void **state)
{
	struct world *w = *state;
	struct raw_reply p;

	give(w, ROLE_ANALYST, "w-2");
	page_sign_in(w, PASSWORD, "/");
	p = page_of(w, "/");
	assert_non_null(strstr(p.body, "<a href=\"/progress/w-2\">&lt;b&gt;"));
	assert_null(strstr(p.body, WAVE));
	assert_non_null(strstr(p.body, "mẫu thử, không phải phiếu chính thức"));
	assert_non_null(strstr(p.body, "số liệu mô phỏng"));
	assert_non_null(strstr(p.body, "đang thu phiếu"));
	raw_reply_free(&p);
	p = page_of(w, "/progress/w-2");
	assert_int_equal(p.status, 200);
	raw_reply_free(&p);
	take(w, ROLE_ANALYST, "w-2");
	/* the desks that the role sees, second keying only with a ledger */
	give(w, ROLE_POST_SUPERVISOR, "w-2");
	p = page_of(w, "/");
	assert_non_null(strstr(p.body, "<a href=\"/review/w-2\">Xem lại"));
	assert_non_null(strstr(p.body, "<a href=\"/quality/w-2\">"));
	assert_non_null(strstr(p.body, "<a href=\"/recheck/w-2\">"));
	assert_non_null(strstr(p.body, "<a href=\"/roster/w-2\">"));
	assert_null(strstr(p.body, "/ballot/"));
	assert_null(strstr(p.body, "/second/"));
	assert_null(strstr(p.body, "/ledger/"));
	raw_reply_free(&p);
	take(w, ROLE_POST_SUPERVISOR, "w-2");
	/* who does not follow sheets gets names, no links that say 403 */
	give(w, ROLE_UNIT, NULL);
	p = page_of(w, "/");
	assert_non_null(strstr(p.body, "<li>&lt;b&gt;"));
	assert_null(strstr(p.body, "href=\"/progress/"));
	raw_reply_free(&p);
	take(w, ROLE_UNIT, NULL);
}

static void forms_of_other_sites_are_refused(void **state)
{
	static const char *const bad[] = {
		FORM,
		"Origin: null\r\n" FORM,
		"Origin: http://y\r\n" FORM,
		"Origin: http://x.y\r\n" FORM,
		"Origin: http://x:81\r\n" FORM,
		"Origin: http://y/x\r\n" FORM,
		"Origin: http://\r\n" FORM,
		"Origin: ftp://x\r\n" FORM,
		"Origin: x\r\n" FORM,
		"Origin: http://x@y\r\n" FORM,
		"Origin: http://y\r\nReferer: http://x/\r\n" FORM,
		"Referer: http://y/http://x/\r\n" FORM,
		"Referer: http://xy/\r\n" FORM,
		"Sec-Fetch-Site: cross-site\r\n" OURS,
		"Sec-Fetch-Site: same-site\r\n" OURS,
	};
	static const char *const good[] = {
		OURS,
		"Origin: https://X\r\n" FORM,
		"Referer: http://x/sign-in\r\n" FORM,
		"Sec-Fetch-Site: same-origin\r\n" OURS,
	};
	static const char *const paths[] = { "/sign-in", "/sign-out",
					     "/password" };
	struct world *w = *state;
	const char *body = form_of(w, "login", "lan", "password", PASSWORD);
	size_t i, k;

	page_sign_in(w, PASSWORD, "/");
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		for (k = 0; k < 3; k++) {
			const char *h =
				arena_printf(w->a, "%s%s", w->cookie, bad[i]);
			struct raw_reply p = call(w, "POST", paths[k], h, body);
			char v[200];

			if (p.status != 403 ||
			    raw_header(&p, "Set-Cookie", v, sizeof v))
				fail_msg("%s %s: %d", paths[k], h, p.status);
			raw_reply_free(&p);
		}
	/* nobody was signed out by them */
	assert_int_equal(status(w, "GET", "/password", w->cookie, NULL), 200);
	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		if (status(w, "POST", "/sign-in", good[i], body) != 303)
			fail_msg("%s", good[i]);
	w->w.tls = true; /* a page that came without TLS is another's */
	assert_int_equal(status(w, "POST", "/sign-in", OURS, body), 403);
	assert_int_equal(status(w, "POST", "/sign-in", good[1], body), 303);
	w->w.tls = false;
	assert_int_equal(status(w, "POST", "/sign-in",
				"Origin: http://x\r\n"
				"Content-Type: application/json\r\n",
				body),
			 415);
	assert_int_equal(status(w, "POST", "/sign-in", OURS, "login=%zz"), 400);
}

static void a_failed_sign_in_says_so_on_the_page(void **state)
{
	struct world *w = *state;
	struct raw_reply p = call(w, "POST", "/sign-in", OURS,
				  form_of(w, "login", "<lan\">", "password",
					  "Sai \"<mật khẩu"));
	char v[200];
	int i;

	assert_int_equal(p.status, 401);
	assert_false(raw_header(&p, "Set-Cookie", v, sizeof v));
	assert_non_null(strstr(p.body, "id=\"error\" role=\"alert\">Sai tên"));
	assert_non_null(strstr(p.body, "aria-describedby=\"error\""));
	assert_non_null(strstr(p.body, "value=\"&lt;lan&quot;&gt;\""));
	assert_null(strstr(p.body, "Sai &quot;")); /* never the password */
	raw_reply_free(&p);
	assert_int_equal(status(w, "POST", "/sign-in", OURS, ""), 401);
	w->w.rules.failures = 2;
	for (i = 0; i < 2; i++)
		(void)status(w, "POST", "/sign-in", OURS,
			     form_of(w, "login", "lan", "password", "wrong"));
	p = call(w, "POST", "/sign-in", OURS,
		 form_of(w, "login", "lan", "password", PASSWORD));
	w->w.rules.failures = 100;
	assert_int_equal(p.status, 429);
	assert_true(raw_header(&p, "Retry-After", v, sizeof v));
	assert_non_null(strstr(p.body, "Đã sai quá nhiều lần"));
	raw_reply_free(&p);
	must(store_account_unlock(w->db, "test", "lan", &w->e));
	atomic_store(&w->w.sign_ins, WEB_SIGN_INS);
	p = call(w, "POST", "/sign-in", OURS,
		 form_of(w, "login", "lan", "password", PASSWORD));
	atomic_store(&w->w.sign_ins, 0);
	assert_int_equal(p.status, 429);
	assert_non_null(strstr(p.body, "nhiều lượt"));
	raw_reply_free(&p);
}

static void change_to(struct world *w, const char *old, const char *now,
		      const char *again, const char *says)
{
	struct raw_reply p =
		call(w, "POST", "/password",
		     arena_printf(w->a, "%s" OURS, w->cookie),
		     form_of(w, "old", old, "new", now, "again", again));

	assert_int_equal(p.status, says ? 422 : 303);
	if (says && !strstr(p.body, says))
		fail_msg("not \"%s\": %s", says, p.body);
	raw_reply_free(&p);
}

static void a_given_password_is_changed_on_its_page(void **state)
{
	struct world *w = *state;
	struct raw_reply p;

	give(w, ROLE_ANALYST, NULL);
	pg_do(w->owner, "UPDATE people.account SET must_change = true");
	page_sign_in(w, PASSWORD, "/password");
	goes_to(w, "/", "/password");
	goes_to(w, "/progress/w-2", "/password");
	p = page_of(w, "/password");
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "do người khác đặt"));
	assert_non_null(strstr(p.body, "autocomplete=\"new-password\""));
	raw_reply_free(&p);
	change_to(w, PASSWORD, OTHER, PASSWORD, "không giống nhau");
	change_to(w, PASSWORD, PASSWORD, PASSWORD, "khác mật khẩu cũ");
	change_to(w, PASSWORD, "short", "short", "quá ngắn");
	change_to(w, "wrong", OTHER, OTHER, "đang dùng không đúng");
	goes_to(w, "/", "/password");
	change_to(w, PASSWORD, OTHER, OTHER, NULL);
	p = page_of(w, "/");
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "href=\"/progress/" WAVE "\""));
	raw_reply_free(&p);
	change_to(w, OTHER, PASSWORD, PASSWORD, NULL);
	take(w, ROLE_ANALYST, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_show_marks_and_escape_names),
		cmocka_unit_test(browsers_get_pages_where_programs_get_errors),
		cmocka_unit_test(a_progress_page_can_be_read_and_printed),
		cmocka_unit_test(a_person_signs_in_and_out_with_a_browser),
		cmocka_unit_test(the_first_page_lists_waves_of_the_person),
		cmocka_unit_test(forms_of_other_sites_are_refused),
		cmocka_unit_test(a_failed_sign_in_says_so_on_the_page),
		cmocka_unit_test(a_given_password_is_changed_on_its_page),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
