#include <unistd.h>

#include "phieu/arena.h"
#include "phieu/store_account.h"
#include "phieu/store_people.h"
#include "support/pg.h"

/* S1, and accounts, sessions, keys. */
static const struct people_rules rules = {
	.min_length = 12, .failures = 3, .lock_minutes = 15, .session_hours = 12
};
#define GOOD  "Sông Hồng chảy 7 nhánh"
#define OTHER "Núi cao rừng rậm 2 vợ"

struct world {
	struct db *db; /* as the server role: nothing here needs more */
	PGconn *owner;
	struct arena *a;
	struct err e;
};

static int begin(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	char conninfo[512];

	if (!w || !hash_start(&w->e))
		return -1;
	pg_conninfo(conninfo, sizeof conninfo, "server", NULL);
	w->db = db_open(conninfo, "dbtest", DB_SERVICE_ROLE, 0, &w->e);
	w->owner = pg_as("owner", NULL);
	w->a = arena_new(1 << 20);
	pg_do(w->owner,
	      "TRUNCATE people.account, people.session, people.account_role, "
	      "people.password_reset, people.api_key, people.unknown_login, "
	      "audit.entry, audit.lane RESTART IDENTITY CASCADE");
	*state = w;
	return w->db && w->a ? 0 : -1;
}

static int end(void **state)
{
	struct world *w = *state;

	db_close(w->db);
	PQfinish(w->owner);
	arena_free(w->a);
	free(w);
	return 0;
}

#define must(expr)                                           \
	do {                                                 \
		if (!(expr))                                 \
			fail_msg("%s: %s", #expr, w->e.msg); \
	} while (0)

static void refused(struct world *w, bool ok, enum err_kind kind,
		    const char *word)
{
	assert_false(ok);
	assert_int_equal(w->e.kind, kind);
	if (!strstr(w->e.msg, word))
		fail_msg("\"%s\" does not say \"%s\"", w->e.msg, word);
}

static void add(struct world *w, const char *login)
{
	must(store_account_add(w->db, &rules, "cli:test", login, "Tên", GOOD,
			       &w->e));
}

static enum sign_in try(struct world *w, const char *login,
			const char *password, struct session *s)
{
	enum sign_in outcome;

	must(store_sign_in(w->db, &rules, login, password, w->a, &outcome, s,
			   &w->e));
	return outcome;
}

static bool lives(struct world *w, const char *token)
{
	uint8_t csrf[32];
	struct person p;
	bool found;

	must(store_session_get(w->db, token, w->a, &p, csrf, &found, &w->e));
	return found;
}

static void passwords_are_stored_as_argon2id_only(void **state)
{
	struct world *w = *state;
	char *s;

	add(w, "lan");
	s = pg_text(w->owner, "SELECT password_hash FROM people.account");
	assert_non_null(strstr(s, "$argon2id$v=19$m=65536,t=3,p=1$"));
	free(s);
	s = pg_text(w->owner, "SELECT row_to_json(a)::text FROM "
			      "people.account a UNION ALL SELECT content "
			      "FROM audit.entry");
	assert_null(strstr(s, "nhánh"));
	free(s);
}

static void signing_in_opens_a_session_with_roles(void **state)
{
	struct world *w = *state;
	struct session s, again;
	struct person p;
	uint8_t csrf[32], want[32];
	bool found;

	add(w, "lan");
	must(store_role_give(w->db, "cli:test", "lan", ROLE_ANALYST, NULL, NULL,
			     &w->e));
	must(store_role_give(w->db, "cli:test", "lan", ROLE_UNIT, NULL,
			     "so-tu-phap", &w->e));
	assert_int_equal(try(w, "lan", GOOD, &s), SIGN_IN_DONE);
	assert_true(s.person.must_change);
	assert_int_equal(s.person.roles,
			 ROLE_BIT(ROLE_ANALYST) | ROLE_BIT(ROLE_UNIT));
	must(store_session_get(w->db, s.token, w->a, &p, csrf, &found, &w->e));
	assert_true(found);
	assert_string_equal(p.login, "lan");
	assert_int_equal(p.n_grants, 2);
	assert_string_equal(p.grants[1].unit, "so-tu-phap");
	assert_null(p.grants[0].unit);
	token_hash(s.csrf, want);
	assert_memory_equal(csrf, want, 32);
	/* never the same token twice, and neither is in the database */
	assert_int_equal(try(w, "lan", GOOD, &again), SIGN_IN_DONE);
	assert_string_not_equal(s.token, again.token);
	assert_true(strlen(s.token) >= 26 + 3); /* 128 bits in base32 */
	assert_int_equal(pg_long(w->owner, "SELECT count(*) FROM "
					   "people.session"),
			 2);
}

static void a_session_ends_when_told_expired_or_disabled(void **state)
{
	struct world *w = *state;
	struct session one, two, three;

	add(w, "lan");
	assert_int_equal(try(w, "lan", GOOD, &one), SIGN_IN_DONE);
	assert_int_equal(try(w, "lan", GOOD, &two), SIGN_IN_DONE);
	must(store_session_end(w->db, one.token, &w->e));
	assert_false(lives(w, one.token));
	assert_true(lives(w, two.token));
	assert_false(lives(w, "ps_NONE"));
	pg_do(w->owner, "UPDATE people.session SET expires_at = now()");
	assert_false(lives(w, two.token));
	assert_int_equal(try(w, "lan", GOOD, &three), SIGN_IN_DONE);
	assert_int_equal(pg_long(w->owner, "SELECT count(*) FROM "
					   "people.session"),
			 1); /* the expired one was swept */
	must(store_account_disable(w->db, "cli:test", "lan", true, &w->e));
	assert_false(lives(w, three.token));
	assert_int_equal(try(w, "lan", GOOD, &one), SIGN_IN_WRONG);
	must(store_account_disable(w->db, "cli:test", "lan", false, &w->e));
	assert_int_equal(try(w, "lan", GOOD, &one), SIGN_IN_DONE);
}

/* Both a name that is there and one that is not: what is said, and when, is
 * the same. */
static void failures_lock_known_and_unknown_names_alike(void **state)
{
	static const char *const names[] = { "lan", "nobody" };
	struct world *w = *state;
	struct session s;

	add(w, "lan");
	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < rules.failures; j++)
			assert_int_equal(try(w, names[i], "sai hoàn toàn", &s),
					 SIGN_IN_WRONG);
		assert_int_equal(try(w, names[i], "sai hoàn toàn", &s),
				 SIGN_IN_LOCKED);
	}
	/* the right password does not open a locked account either */
	assert_int_equal(try(w, "lan", GOOD, &s), SIGN_IN_LOCKED);
	must(store_account_unlock(w->db, "cli:test", "lan", &w->e));
	assert_int_equal(try(w, "lan", GOOD, &s), SIGN_IN_DONE);
}

static void a_lock_ends_by_itself_and_counting_begins_anew(void **state)
{
	struct world *w = *state;
	struct session s;

	add(w, "lan");
	for (int j = 0; j < rules.failures; j++)
		(void)try(w, "lan", "sai hoàn toàn", &s);
	assert_int_equal(try(w, "lan", GOOD, &s), SIGN_IN_LOCKED);
	pg_do(w->owner, "UPDATE people.account SET locked_until = now()");
	assert_int_equal(try(w, "lan", "sai hoàn toàn", &s), SIGN_IN_WRONG);
	assert_int_equal(pg_long(w->owner, "SELECT failures FROM "
					   "people.account"),
			 1);
	assert_int_equal(try(w, "lan", GOOD, &s), SIGN_IN_DONE);
	assert_int_equal(pg_long(w->owner, "SELECT failures FROM "
					   "people.account"),
			 0);
}

static void every_try_is_logged_without_unknown_names(void **state)
{
	struct world *w = *state;
	struct session s;
	char *log;

	add(w, "lan");
	(void)try(w, "lan", "sai hoàn toàn", &s);
	(void)try(w, "my-secret-in-the-wrong-field", "x", &s);
	(void)try(w, "lan", GOOD, &s);
	log = pg_text(w->owner,
		      "SELECT actor || ' ' || content FROM audit.entry "
		      "WHERE kind = 'sign-in' ORDER BY seq");
	assert_string_equal(log, "lan {\"outcome\":\"wrong\"}\n"
				 "unknown {\"outcome\":\"wrong\"}\n"
				 "lan {\"outcome\":\"done\"}\n");
	free(log);
}

static void a_decomposed_password_is_the_same_password(void **state)
{
	struct world *w = *state;
	struct session s;

	/* "Sông Hồng chảy 7 nhánh" with combining marks, as some phones type */
	add(w, "lan");
	assert_int_equal(try(w, "lan",
			     "So\xcc\x82ng Ho\xcc\x82\xcc\x80ng cha\xcc\x89y "
			     "7 nha\xcc\x81nh",
			     &s),
			 SIGN_IN_DONE);
}

static void a_person_changes_the_password(void **state)
{
	struct world *w = *state;
	struct session here, elsewhere, s;

	add(w, "lan");
	assert_int_equal(try(w, "lan", GOOD, &here), SIGN_IN_DONE);
	assert_int_equal(try(w, "lan", GOOD, &elsewhere), SIGN_IN_DONE);
	refused(w,
		store_password_change(w->db, &rules, &here.person, here.token,
				      "sai hoàn toàn", OTHER, &w->e),
		ERR_DENIED, "old password");
	refused(w,
		store_password_change(w->db, &rules, &here.person, here.token,
				      GOOD, "ngắn", &w->e),
		ERR_INPUT, "short");
	refused(w,
		store_password_change(w->db, &rules, &here.person, here.token,
				      GOOD, GOOD, &w->e),
		ERR_INPUT, "old one");
	must(store_password_change(w->db, &rules, &here.person, here.token,
				   GOOD, OTHER, &w->e));
	assert_true(lives(w, here.token));
	assert_false(lives(w, elsewhere.token));
	assert_int_equal(try(w, "lan", GOOD, &s), SIGN_IN_WRONG);
	assert_int_equal(try(w, "lan", OTHER, &s), SIGN_IN_DONE);
	assert_false(s.person.must_change);
}

static void guessing_the_old_password_locks_too(void **state)
{
	struct world *w = *state;
	struct session s;

	add(w, "lan");
	assert_int_equal(try(w, "lan", GOOD, &s), SIGN_IN_DONE);
	for (int j = 0; j < rules.failures; j++)
		assert_false(store_password_change(w->db, &rules, &s.person,
						   s.token, "sai hoàn toàn",
						   OTHER, &w->e));
	refused(w,
		store_password_change(w->db, &rules, &s.person, s.token, GOOD,
				      OTHER, &w->e),
		ERR_DENIED, "too many");
}

static void a_reset_token_works_once_and_not_for_long(void **state)
{
	char token[TOKEN_TEXT_MAX], later[TOKEN_TEXT_MAX];
	struct world *w = *state;
	struct session s, open;

	add(w, "lan");
	assert_int_equal(try(w, "lan", GOOD, &open), SIGN_IN_DONE);
	must(store_reset_new(w->db, "cli:test", "lan", 30, token, &w->e));
	refused(w, store_reset_use(w->db, &rules, token, "ngắn", &w->e),
		ERR_INPUT, "short"); /* and the token stays good */
	must(store_reset_use(w->db, &rules, token, OTHER, &w->e));
	assert_false(lives(w, open.token));
	assert_int_equal(try(w, "lan", OTHER, &s), SIGN_IN_DONE);
	refused(w, store_reset_use(w->db, &rules, token, GOOD, &w->e),
		ERR_DENIED, "not good");

	must(store_reset_new(w->db, "cli:test", "lan", 30, token, &w->e));
	must(store_reset_new(w->db, "cli:test", "lan", 30, later, &w->e));
	refused(w, store_reset_use(w->db, &rules, token, GOOD, &w->e),
		ERR_DENIED, "not good"); /* a newer one ended it */
	pg_do(w->owner, "UPDATE people.password_reset SET expires_at = now()");
	refused(w, store_reset_use(w->db, &rules, later, GOOD, &w->e),
		ERR_DENIED, "not good");
}

static void an_administrator_sets_a_password(void **state)
{
	struct world *w = *state;
	struct session open, s;

	add(w, "lan");
	assert_int_equal(try(w, "lan", GOOD, &open), SIGN_IN_DONE);
	must(store_password_give(w->db, &rules, "cli:test", "lan", OTHER, true,
				 &w->e));
	assert_false(lives(w, open.token));
	assert_int_equal(try(w, "lan", OTHER, &s), SIGN_IN_DONE);
	assert_true(s.person.must_change);
	refused(w,
		store_password_give(w->db, &rules, "cli:test", "nobody", OTHER,
				    true, &w->e),
		ERR_INPUT, "no account");
}

static void accounts_have_one_owner_and_a_shape(void **state)
{
	static const char *const bad[] = {
		"",	   "a",	   "Lan",
		"lan anh", "-lan", "lan'; DROP TABLE people.account"
	};
	struct world *w = *state;

	add(w, "lan");
	refused(w,
		store_account_add(w->db, &rules, "cli:test", "lan", "Lan", GOOD,
				  &w->e),
		ERR_CONFLICT, "taken");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refused(w,
			store_account_add(w->db, &rules, "cli:test", bad[i],
					  "x", GOOD, &w->e),
			ERR_INPUT, "login");
	refused(w,
		store_account_add(w->db, &rules, "cli:test", "hoa", "Hoa",
				  "ngắn", &w->e),
		ERR_INPUT, "quá ngắn");
	assert_int_equal(pg_long(w->owner, "SELECT count(*) FROM "
					   "people.account"),
			 1);
}

static void roles_are_given_once_and_taken(void **state)
{
	struct world *w = *state;
	enum role r;

	add(w, "lan");
	for (int i = 0; i < 2; i++)
		must(store_role_give(w->db, "cli:test", "lan", ROLE_AUDITOR,
				     NULL, NULL, &w->e));
	assert_int_equal(pg_long(w->owner, "SELECT count(*) FROM "
					   "people.account_role"),
			 1);
	assert_int_equal(pg_long(w->owner, "SELECT count(*) FROM audit.entry "
					   "WHERE kind = 'role-give'"),
			 1);
	refused(w,
		store_role_give(w->db, "cli:test", "lan", ROLE_AUDITOR,
				"no-wave", NULL, &w->e),
		ERR_INPUT, "no-wave");
	refused(w,
		store_role_give(w->db, "cli:test", "lan", ROLE_ENGINE, NULL,
				NULL, &w->e),
		ERR_INPUT, "programs");
	must(store_role_take(w->db, "cli:test", "lan", ROLE_AUDITOR, NULL, NULL,
			     &w->e));
	refused(w,
		store_role_take(w->db, "cli:test", "lan", ROLE_AUDITOR, NULL,
				NULL, &w->e),
		ERR_INPUT, "does not have");
	for (int i = 0; i < ROLE_COUNT; i++) {
		assert_true(role_parse(role_name((enum role)i), &r, &w->e));
		assert_int_equal(r, i);
	}
	refused(w, role_parse("king", &r, &w->e), ERR_INPUT, "king");
	assert_string_equal(role_name((enum role)99), "?");
}

static void keys_of_programs_are_found_until_revoked_or_over(void **state)
{
	char token[TOKEN_TEXT_MAX];
	struct world *w = *state;
	struct api_key k;
	struct res *r;
	bool found;

	must(store_api_key_add(w->db, "cli:test", "chấm điểm", ROLE_ENGINE,
			       NULL, 365, token, &w->e));
	must(store_api_key_get(w->db, token, w->a, &k, &found, &w->e));
	assert_true(found);
	assert_string_equal(k.name, "chấm điểm");
	assert_int_equal(k.role, ROLE_ENGINE);
	assert_int_equal(k.wave, 0);
	token[5] = token[5] == 'A' ? 'B' : 'A';
	must(store_api_key_get(w->db, token, w->a, &k, &found, &w->e));
	assert_false(found);
	token[5] = token[5] == 'A' ? 'B' : 'A';

	must(store_api_key_add(w->db, "cli:test", "R", ROLE_ANALYST, NULL, 1,
			       token, &w->e));
	must(store_api_key_get(w->db, token, w->a, &k, &found, &w->e));
	assert_int_equal(k.role, ROLE_ANALYST);
	refused(w,
		store_api_key_revoke(w->db, "cli:test", ROLE_ENGINE, "2",
				     &w->e),
		ERR_INPUT, "no key 2"); /* it is an analyst's */
	must(store_api_key_revoke(w->db, "cli:test", ROLE_ANALYST, "2", &w->e));
	must(store_api_key_get(w->db, token, w->a, &k, &found, &w->e));
	assert_false(found);

	must(store_api_key_add(w->db, "cli:test", "R", ROLE_ANALYST, NULL, 1,
			       token, &w->e));
	pg_do(w->owner, "UPDATE people.api_key SET expires_at = now() "
			"WHERE key = 3");
	must(store_api_key_get(w->db, token, w->a, &k, &found, &w->e));
	assert_false(found);
	r = store_api_key_list(w->db, ROLE_ANALYST, &w->e);
	assert_non_null(r);
	assert_int_equal(res_rows(r), 2);
	assert_string_equal(res_text(r, 0, 5), "revoked");
	assert_string_equal(res_text(r, 1, 5), "expired");
	res_free(r);
	refused(w,
		store_api_key_add(w->db, "cli:test", "R", ROLE_ANALYST,
				  "no-wave", 1, token, &w->e),
		ERR_INPUT, "no-wave");
}

static void the_list_shows_states(void **state)
{
	struct world *w = *state;
	struct res *r;

	add(w, "an");
	add(w, "binh");
	add(w, "chi");
	must(store_account_disable(w->db, "cli:test", "binh", true, &w->e));
	pg_do(w->owner, "UPDATE people.account SET must_change = false, "
			"locked_until = now() + interval '1 hour' "
			"WHERE login = 'chi'");
	r = store_account_list(w->db, &w->e);
	assert_non_null(r);
	assert_int_equal(res_rows(r), 3);
	assert_string_equal(res_text(r, 0, 3), "must change password");
	assert_string_equal(res_text(r, 1, 3), "disabled");
	assert_string_equal(res_text(r, 2, 3), "locked");
	res_free(r);
}

static void weak_passwords_are_named_in_both_languages(void **state)
{
	static const struct {
		bool composition;
		const char *password, *says;
	} cases[] = {
		{ false, "Một hai ba", "short" },
		{ false, "123456789012", "first" },
		{ false, "aaaaaaaaaaaaaaaa", "first" },
		{ false, "abababababababab", "first" },
		{ false, "password1234!", "first" },
		{ false, "1234Matkhau2025@", "first" },
		{ false, "!!!VietNam2025!!", "first" },
		{ false, "quản trị nguyen.van-a", "login" },
		{ false, "NGUYEN.VAN-A-2025", "login" },
		{ true, "chữ thường thôi nhé", "upper" },
		{ true, "Có Hoa Không Số!", "upper" },
		{ false, "chữ thường thôi nhé", NULL },
		{ true, "Có Hoa, thường, 1 số", NULL },
		{ false, "correct horse battery staple", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct people_rules r = rules;
		const char *vi = "?", *says;

		r.composition = cases[i].composition;
		says = password_fault(&r, "nguyen.van-a", cases[i].password,
				      &vi);
		if (!cases[i].says) {
			if (says)
				fail_msg("%s: %s", cases[i].password, says);
			assert_null(vi);
			continue;
		}
		if (!says || !strstr(says, cases[i].says))
			fail_msg("%s: %s", cases[i].password,
				 says ? says : "taken");
		assert_true(vi && strlen(vi) > 10);
	}
}

static void a_password_may_be_long_but_not_endless(void **state)
{
	char s[300];
	const char *vi;

	(void)state;
	for (size_t i = 0; i < sizeof s; i++)
		s[i] = (char)('a' + i % 26);
	s[256] = '\0';
	assert_null(password_fault(&rules, "lan", s, &vi));
	s[256] = 'x';
	s[257] = '\0';
	assert_string_equal(password_fault(&rules, "lan", s, &vi),
			    "the password is too long");
}

#define here(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		here(passwords_are_stored_as_argon2id_only),
		here(signing_in_opens_a_session_with_roles),
		here(a_session_ends_when_told_expired_or_disabled),
		here(failures_lock_known_and_unknown_names_alike),
		here(a_lock_ends_by_itself_and_counting_begins_anew),
		here(every_try_is_logged_without_unknown_names),
		here(a_decomposed_password_is_the_same_password),
		here(a_person_changes_the_password),
		here(guessing_the_old_password_locks_too),
		here(a_reset_token_works_once_and_not_for_long),
		here(an_administrator_sets_a_password),
		here(accounts_have_one_owner_and_a_shape),
		here(roles_are_given_once_and_taken),
		here(keys_of_programs_are_found_until_revoked_or_over),
		here(the_list_shows_states),
		cmocka_unit_test(weak_passwords_are_named_in_both_languages),
		cmocka_unit_test(a_password_may_be_long_but_not_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
