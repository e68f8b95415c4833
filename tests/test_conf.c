#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/conf.h"
#include "phieu/limits.h"

static int with_conf(void **state)
{
	struct err e;

	*state = conf_new(&e);
	return *state ? 0 : -1;
}

static int without_conf(void **state)
{
	conf_free(*state);
	return 0;
}

static bool parse(struct conf *c, const char *text, struct err *e)
{
	return conf_parse(c, text, strlen(text), "test.conf", e);
}

static void the_defaults_stand_without_any_source(void **state)
{
	assert_null(conf_text(*state, "database-url"));
	assert_null(conf_text(*state, "state-dir"));
	assert_string_equal(conf_text(*state, "collector-address"),
			    "127.0.0.1");
	assert_int_equal(conf_int(*state, "collector-port"), 8081);
	assert_int_equal(conf_int(*state, "max-buffered"), 48 << 20);
	assert_false(conf_bool(*state, "password-composition"));
	conf_free(NULL);
}

static void the_table_is_in_order(void **state)
{
	struct err e;
	size_t i, k;

	for (i = 0; i < conf_table_n; i++) {
		const struct conf_key *key = &conf_table[i];

		assert_true(strlen(key->help) > 0);
		assert_int_equal(strspn(key->name,
					"abcdefghijklmnopqrstuvwxyz-"),
				 strlen(key->name));
		for (k = 0; k < i; k++)
			assert_string_not_equal(key->name, conf_table[k].name);
		if (key->type != CONF_TEXT)
			assert_non_null(key->def);
		if (key->def)
			assert_true(conf_set(*state, key->name, key->def, &e));
	}
}

static void a_file_sets_what_it_names(void **state)
{
	struct err e = { 0 };

	if (!parse(*state,
		   "\xef\xbb\xbf# phieu\r\n"
		   "\r\n"
		   "  collector-port =  9000  \r\n"
		   "\tlog-level=debug\n"
		   "database-url = host=db password=a#b=c\n"
		   "   # a remark\n"
		   "max-buffered = 2G\n"
		   "password-composition = yes\n"
		   "state-dir = \" /srv/phiếu \"",
		   &e))
		fail_msg("%s", e.msg);
	assert_int_equal(conf_int(*state, "collector-port"), 9000);
	assert_string_equal(conf_text(*state, "log-level"), "debug");
	assert_string_equal(conf_text(*state, "database-url"),
			    "host=db password=a#b=c");
	assert_int_equal(conf_int(*state, "max-buffered"), INT64_C(2) << 30);
	assert_true(conf_bool(*state, "password-composition"));
	assert_string_equal(conf_text(*state, "state-dir"), " /srv/phiếu ");
	assert_true(parse(*state, "max-buffered = 2048k\n", &e));
	assert_int_equal(conf_int(*state, "max-buffered"), 2 << 20);
	assert_true(parse(*state, "max-buffered = 1048577\n", &e));
	assert_int_equal(conf_int(*state, "max-buffered"), 1048577);
}

static void a_wrong_line_is_named_with_its_reason(void **state)
{
	static const struct {
		const char *text, *says;
	} t[] = {
		{ "colector-port = 1\n", "line 1: unknown setting" },
		{ "\n# x\nhello\n", "line 3: no = in 'hello'" },
		{ "= 3", "unknown setting ''" },
		{ "Log-Level = info", "unknown setting 'Log-Level'" },
		{ "collector-port = http", "a whole number from 0 to 65535" },
		{ "collector-port = 70000", "a whole number" },
		{ "collector-port = -1", "a whole number" },
		{ "collector-port = --1", "a whole number" },
		{ "collector-port = 80 80", "a whole number" },
		{ "collector-port = 0x50", "a whole number" },
		{ "collector-port =", "a whole number" },
		{ "collector-port = 99999999999999999999", "a whole number" },
		{ "max-buffered = 48X", "a size" },
		{ "max-buffered = 48MB", "a size" },
		{ "max-buffered = M", "a size" },
		{ "max-buffered = 1", "a size" },
		{ "max-buffered = 9999999999999G", "a size" },
		{ "password-composition = ja", "true or false" },
		{ "password-composition =", "true or false" },
		{ "user = a\x01"
		  "b",
		  "control characters" },
		{ "user = \xff", "invalid UTF-8" },
		{ "user = a\nuser = b\n", "line 2: user was set on line 1" },
		{ "\x1b[2J = 1", "unknown setting '?[2J'" },
	};
	struct err e;
	size_t i;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		e = (struct err){ 0 };
		assert_false(parse(*state, t[i].text, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		if (!strstr(e.msg, t[i].says))
			fail_msg("'%s' does not say '%s'", e.msg, t[i].says);
		assert_non_null(strstr(e.msg, "test.conf"));
	}
	assert_false(conf_parse(*state, "user = a\0b", 10, "f", &e));
	assert_non_null(strstr(e.msg, "NUL"));
}

static void a_key_that_is_in_no_table_cannot_be_set(void **state)
{
	struct err e;

	assert_false(conf_set(*state, "colour", "red", &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.msg, "unknown setting 'colour'");
}

static void no_message_shows_a_secret(void **state)
{
	struct err e;

	assert_false(parse(*state, "database-url = hunter2\x01", &e));
	assert_null(strstr(e.msg, "hunter2"));
	assert_null(strstr(e.detail, "hunter2"));
}

static void options_beat_environment_beats_file_in_any_order(void **state)
{
	char env1[] = "PHIEU_SERVER_PORT=3", env2[] = "PHIEU_USER=env",
	     env3[] = "PATH=/bin", env4[] = "PHIEU_TEST_DB=whatever",
	     env7[] = "PHIEU_AGENT_KEY=k", env5[] = "PHIEUX=1",
	     env6[] = "PHIEU";
	char *const env[] = { env1, env2, env3, env4, env5, env6, env7, NULL };
	struct err e;

	assert_true(conf_set(*state, "server-port", "4", &e));
	assert_true(conf_env(*state, env, &e));
	assert_true(parse(*state,
			  "server-port = 2\nuser = file\nlog-level = warn\n",
			  &e));
	assert_int_equal(conf_int(*state, "server-port"), 4);
	assert_string_equal(conf_text(*state, "user"), "env");
	assert_string_equal(conf_text(*state, "log-level"), "warn");
	/* What is not taken is still checked. */
	assert_false(parse(*state, "server-port = x\n", &e));
	/* An empty text stands for the default. */
	assert_true(conf_set(*state, "user", "", &e));
	assert_string_equal(conf_text(*state, "user"), "postgres");
	assert_true(conf_set(*state, "state-dir", "/x", &e));
	assert_true(conf_set(*state, "state-dir", "", &e));
	assert_null(conf_text(*state, "state-dir"));
	assert_true(conf_env(*state, NULL, &e));
}

static void an_unknown_variable_of_ours_is_an_error(void **state)
{
	static const char *const bad[] = {
		"PHIEU_SERVER_PROT=1",
		"PHIEU_=1",
		"PHIEU_server_port=1",
		"PHIEU_SERVER-PORT=1",
		"PHIEU_SERVER_PORT=x",
		"PHIEU_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=1",
	};
	struct err e;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char *one = strdup(bad[i]);
		char *const env[] = { one, NULL };

		assert_non_null(one);
		assert_false(conf_env(*state, env, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		assert_non_null(strstr(e.msg, "environment"));
		free(one);
	}
}

/* argv of a test: writable pointers to literals that nobody writes to. */
#define ARGV(...)                 \
	(char *[])                \
	{                         \
		__VA_ARGS__, NULL \
	}

static void options_are_taken_out_of_the_arguments(void **state)
{
	char a0[] = "phieu", a1[] = "plan", a2[] = "--server-port", a3[] = "81",
	     a4[] = "--wave", a5[] = "w", a6[] = "--log-level=warn",
	     a7[] = "--password-composition", a8[] = "check", a9[] = "-x",
	     a10[] = "--", a11[] = "--user=x";
	char **argv = ARGV(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11);
	int argc = 12;
	struct err e;

	assert_true(conf_args(*state, &argc, argv, &e));
	assert_int_equal(argc, 8);
	assert_ptr_equal(argv[0], a0);
	assert_ptr_equal(argv[1], a1);
	assert_ptr_equal(argv[2], a4);
	assert_ptr_equal(argv[3], a5);
	assert_ptr_equal(argv[4], a8);
	assert_ptr_equal(argv[5], a9);
	assert_ptr_equal(argv[6], a10);
	assert_ptr_equal(argv[7], a11);
	assert_null(argv[8]);
	assert_int_equal(conf_int(*state, "server-port"), 81);
	assert_string_equal(conf_text(*state, "log-level"), "warn");
	assert_true(conf_bool(*state, "password-composition"));
	assert_string_equal(conf_text(*state, "user"), "postgres");
}

static void an_option_without_its_value_is_an_error(void **state)
{
	char a0[] = "phieu", a1[] = "--server-port", a2[] = "--config",
	     a3[] = "--config=/nonexistent/phieu.conf",
	     a4[] = "--password-composition=false", a5[] = "--user=";
	struct err e;
	int argc = 2;

	assert_false(conf_args(*state, &argc, ARGV(a0, a1), &e));
	assert_non_null(strstr(e.msg, "--server-port wants a value"));
	assert_false(conf_args(*state, &argc, ARGV(a0, a2), &e));
	assert_non_null(strstr(e.msg, "--config wants a value"));
	assert_false(conf_args(*state, &argc, ARGV(a0, a3), &e));
	assert_int_equal(e.kind, ERR_IO);
	assert_true(conf_args(*state, &argc, ARGV(a0, a4), &e));
	assert_int_equal(argc, 1);
	argc = 2;
	assert_true(conf_args(*state, &argc, ARGV(a0, a5), &e));
	assert_string_equal(conf_text(*state, "user"), "postgres");
}

static void a_file_on_disk_is_read_by_option_or_environment(void **state)
{
	char path[] = "/tmp/phieu-conf-XXXXXX", option[64], variable[64];
	char a0[] = "phieu", none[] = "PHIEU_CONFIG=";
	int fd = mkstemp(path), argc = 2;
	const char *text = "user = disk\n";
	struct err e;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
	(void)snprintf(option, sizeof option, "--config=%s", path);
	assert_true(conf_args(*state, &argc, ARGV(a0, option), &e));
	assert_string_equal(conf_text(*state, "user"), "disk");
	assert_true(parse(*state, "user = other\n", &e));
	(void)snprintf(variable, sizeof variable, "PHIEU_CONFIG=%s", path);
	assert_true(conf_env(*state, ARGV(none, variable), &e));
	assert_string_equal(conf_text(*state, "user"), "disk");
	assert_int_equal(unlink(path), 0);
	assert_false(conf_file(*state, path, &e));
	assert_int_equal(e.kind, ERR_IO);
	assert_false(conf_file(*state, "/", &e));
	assert_int_equal(e.kind, ERR_IO);
}

static void rewrite(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void a_reload_takes_up_only_what_may_change(void **state)
{
	char path[] = "/tmp/phieu-conf-XXXXXX",
	     other[] = "/tmp/phieu-conf-XXXXXX";
	int fd = mkstemp(path), fd2 = mkstemp(other);
	struct err e;

	assert_true(fd >= 0 && fd2 >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(close(fd2), 0);
	assert_true(conf_reload(*state, &e)); /* no file: the defaults */
	rewrite(path, "tls-key = a\nuser = a\ntls-certificate = a\n");
	rewrite(other, "user = o\n");
	assert_true(conf_file(*state, path, &e));
	assert_true(conf_file(*state, other, &e));
	assert_true(conf_set(*state, "tls-certificate", "c", &e));

	rewrite(path, "user = b\ntls-certificate = b\nlog-level = warn\n");
	rewrite(other, "log-level = debug\n");
	assert_true(conf_reload(*state, &e));
	assert_null(conf_text(*state, "tls-key"));
	assert_string_equal(conf_text(*state, "user"), "o");
	assert_string_equal(conf_text(*state, "tls-certificate"), "c");
	assert_string_equal(conf_text(*state, "log-level"), "debug");

	rewrite(other, "log-level = error\nsession-hours = never\n");
	assert_false(conf_reload(*state, &e));
	assert_non_null(strstr(e.msg, "line 2"));
	assert_string_equal(conf_text(*state, "log-level"), "debug");
	assert_int_equal(unlink(other), 0);
	assert_false(conf_reload(*state, &e));
	assert_int_equal(unlink(path), 0);
}

static void more_files_than_sources_are_refused(void **state)
{
	struct err e;
	int i;

	for (i = 0; i < 4; i++)
		assert_true(conf_file(*state, "/dev/null", &e));
	assert_false(conf_file(*state, "/dev/null", &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void a_file_too_large_is_refused(void **state)
{
	size_t n = LIMIT_CONF_BYTES + 1;
	char *text = malloc(n);
	struct err e;

	assert_non_null(text);
	memset(text, '\n', n);
	assert_true(conf_parse(*state, text, n - 1, "big", &e));
	assert_false(conf_parse(*state, text, n, "big", &e));
	assert_int_equal(e.kind, ERR_INPUT);
	free(text);
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, with_conf, without_conf)

int main(void)
{
	const struct CMUnitTest t[] = {
		WITH(the_defaults_stand_without_any_source),
		WITH(the_table_is_in_order),
		WITH(a_file_sets_what_it_names),
		WITH(a_wrong_line_is_named_with_its_reason),
		WITH(a_key_that_is_in_no_table_cannot_be_set),
		WITH(no_message_shows_a_secret),
		WITH(options_beat_environment_beats_file_in_any_order),
		WITH(an_unknown_variable_of_ours_is_an_error),
		WITH(options_are_taken_out_of_the_arguments),
		WITH(an_option_without_its_value_is_an_error),
		WITH(a_file_on_disk_is_read_by_option_or_environment),
		WITH(a_reload_takes_up_only_what_may_change),
		WITH(more_files_than_sources_are_refused),
		WITH(a_file_too_large_is_refused),
	};
	return cmocka_run_group_tests_name("conf", t, NULL, NULL);
}
