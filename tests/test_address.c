#include "phieu/address.h"

#include "support/test.h"
#include <string.h>

static void check(const char *text, const char *open, const char *password)
{
	struct address a;
	struct err e;

	assert_true(address_split(text, &a, &e));
	assert_string_equal(a.open, open);
	if (!password)
		assert_null(a.password);
	else if (!a.password || strcmp(a.password, password) != 0)
		fail_msg("%s: password '%s'", text,
			 a.password ? a.password : "(none)");
	address_clear(&a);
	assert_null(a.open);
}

static void words_keep_all_but_the_password(void **state)
{
	(void)state;
	check("host=db dbname=phieu user=a", "host=db dbname=phieu user=a ",
	      NULL);
	check("host=db password=geheim user=a", "host=db user=a ", "geheim");
	check("password='it''s' x=1", "'s' x=1 ", "it");
	check("  password = 'a b\\'c\\\\' host='/tmp/my dir'",
	      "host='/tmp/my dir' ", "a b'c\\");
	check("password='' host=db", "host=db ", "");
	check("host=db passwordx=1", "host=db passwordx=1 ", NULL);
	check("password=one password=two", "", "two");
	check("", "", NULL);
}

static void urls_keep_all_but_the_password(void **state)
{
	(void)state;
	check("postgresql://db/phieu", "postgresql://db/phieu", NULL);
	check("postgresql://a@db/phieu", "postgresql://a@db/phieu", NULL);
	check("postgresql://a:b@db:5433/phieu?sslmode=verify-full",
	      "postgresql://a@db:5433/phieu?sslmode=verify-full", "b");
	check("postgres://a:p%40ss%3A%2f@db/phieu", "postgres://a@db/phieu",
	      "p@ss:/");
	check("postgres://a:@db/x", "postgres://a@db/x", "");
	check("postgresql://db/x?user=a&password=s%20t&sslmode=require",
	      "postgresql://db/x?user=a&sslmode=require", "s t");
	check("postgresql://db/x?password=s", "postgresql://db/x", "s");
	check("postgresql:///x?host=/tmp/a:b@c",
	      "postgresql:///x?host=/tmp/a:b@c", NULL);
	check("postgres://a:b%4@db/x", "postgres://a@db/x", "b%4");
	check("postgres://a:b%zz@db/x", "postgres://a@db/x", "b%zz");
}

static void an_endless_address_is_an_error(void **state)
{
	static char text[20000];
	struct address a;
	struct err e;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	assert_false(address_split(text, &a, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_null(a.open);
	address_clear(&a);
	memcpy(text, "password=", 9);
	assert_false(address_split(text, &a, &e));
	assert_null(a.password);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_keep_all_but_the_password),
		cmocka_unit_test(urls_keep_all_but_the_password),
		cmocka_unit_test(an_endless_address_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
