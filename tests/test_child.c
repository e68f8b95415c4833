#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "phieu/child.h"

#define READY "echo '{\"listening\":\"http://127.0.0.1:8099\"}'; "

static bool shell(struct child *c, const char *script, const char *const *env,
		  struct err *e)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };

	return child_start(c, "a child", argv, env, 20, e);
}

static void a_child_that_says_where_it_listens_is_ready(void **state)
{
	struct child c;
	struct err e = { 0 };

	(void)state;
	assert_true(shell(&c, READY "exec sleep 1000", NULL, &e));
	assert_string_equal(c.url, "http://127.0.0.1:8099");
	assert_true(c.pid > 0);
	assert_int_equal(child_stop(&c, 20), 128 + SIGTERM);
	assert_int_equal(c.pid, 0);
	assert_int_equal(child_stop(&c, 20), -1); /* there is none any more */
}

static void what_a_child_was_asked_to_end_with_comes_back(void **state)
{
	struct child c;
	struct err e = { 0 };

	(void)state;
	assert_true(shell(&c,
			  "trap 'exit 3' TERM; " READY
			  "while :; do sleep 0.01; done",
			  NULL, &e));
	assert_int_equal(child_stop(&c, 20), 3);
}

static void a_child_deaf_to_sigterm_is_killed(void **state)
{
	struct child c;
	struct err e = { 0 };

	(void)state;
	assert_true(shell(&c,
			  "trap '' TERM; " READY "while :; do sleep 0.01; done",
			  NULL, &e));
	assert_int_equal(child_stop(&c, 0), 128 + SIGKILL);
}

static void an_ending_is_heard_once(void **state)
{
	struct child c;
	struct err e = { 0 };
	int code = -1;

	(void)state;
	assert_true(shell(&c, READY "exec sleep 1000", NULL, &e));
	assert_false(child_ended(&c, &code));
	assert_int_equal(code, -1);
	assert_int_equal(kill(c.pid, SIGKILL), 0);
	while (!child_ended(&c, &code))
		continue;
	assert_int_equal(code, 128 + SIGKILL);
	assert_false(child_ended(&c, &code));
}

static void settings_are_put_over_the_environment(void **state)
{
	static const char *const env[] = { "PHIEU_TEST_A=a=b",
					   "PHIEU_TEST_B=", NULL };
	struct child c;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(setenv("PHIEU_TEST_A", "old", 1), 0);
	assert_true(shell(&c,
			  "echo \"{\\\"listening\\\":\\\"[$PHIEU_TEST_A]"
			  "[$PHIEU_TEST_B]\\\"}\"; exec sleep 1000",
			  env, &e));
	assert_string_equal(c.url, "[a=b][]");
	assert_int_equal(child_stop(&c, 20), 128 + SIGTERM);
	assert_int_equal(unsetenv("PHIEU_TEST_A"), 0);
}

static void what_cannot_be_a_setting_ends_the_child(void **state)
{
	static const char *const nameless[] = { "no equals sign", NULL };
	char longest[160], *const none = NULL;
	const char *const big[] = { longest, none };
	struct child c;
	struct err e = { 0 };

	(void)state;
	assert_false(shell(&c, READY, nameless, &e));
	assert_non_null(strstr(e.msg, "ended before it was ready"));
	memset(longest, 'N', sizeof longest);
	longest[sizeof longest - 2] = '=';
	longest[sizeof longest - 1] = '\0';
	assert_false(shell(&c, READY, big, &e));
}

static void a_child_that_does_not_get_ready_is_named(void **state)
{
	static const struct {
		const char *script, *words;
	} cases[] = {
		{ "exit 0", "a child ended before it was ready" },
		{ "echo 'PostgreSQL is away'", "a child says \"PostgreSQL" },
		{ "printf %0600d 1; exec sleep 1000", "does not get ready" },
		{ "printf '{\"listening\":\"%0200d\"}\\n' 1",
		  "address too long" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct child c;
		struct err e = { 0 };

		assert_false(shell(&c, cases[i].script, NULL, &e));
		assert_int_equal(e.kind, ERR_IO);
		if (!strstr(e.msg, cases[i].words))
			fail_msg("%s: %s", cases[i].script, e.msg);
		assert_int_equal(c.pid, 0); /* nothing is left running */
	}
}

static void time_to_get_ready_ends(void **state)
{
	const char *argv[] = { "/bin/sleep", "1000", NULL };
	struct child c;
	struct err e = { 0 };

	(void)state;
	assert_false(child_start(&c, "a sleeper", argv, NULL, 0, &e));
	assert_non_null(strstr(e.msg, "a sleeper does not get ready"));
	assert_int_equal(c.pid, 0);
}

static void a_program_that_is_not_there_ends_at_once(void **state)
{
	const char *argv[] = { "/nowhere/phieu-collector", NULL };
	struct child c;
	struct err e = { 0 };
	int status = 0;

	(void)state;
	assert_false(child_start(&c, "nobody", argv, NULL, 20, &e));
	assert_true(child_run(argv, NULL, &status, &e));
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 127);
}

static void a_run_gives_its_status_and_keeps_standard_output(void **state)
{
	const char *good[] = { "/bin/sh", "-c", "exit 7", NULL };
	const char *loud[] = { "/bin/sh", "-c", "echo not yours", NULL };
	struct err e = { 0 };
	int status = 0, mine[2], kept;
	char room[8];

	(void)state;
	assert_true(child_run(good, NULL, &status, &e));
	assert_int_equal(WEXITSTATUS(status), 7);
	(void)fflush(stdout);
	kept = dup(STDOUT_FILENO);
	assert_int_equal(pipe(mine), 0);
	assert_true(dup2(mine[1], STDOUT_FILENO) >= 0);
	(void)close(mine[1]);
	assert_true(child_run(loud, NULL, &status, &e));
	assert_true(dup2(kept, STDOUT_FILENO) >= 0);
	(void)close(kept);
	assert_int_equal(read(mine[0], room, sizeof room), 0);
	(void)close(mine[0]);
}

static void a_child_that_says_nothing_is_not_waited_for(void **state)
{
	const char *argv[] = { "/bin/sh", "-c", "exec sleep 1000", NULL };
	const char *none[] = { "/no/such/program", NULL };
	struct child c;
	struct err e = { 0 };
	int code = 0;

	(void)state;
	assert_true(child_start(&c, "a child", argv, NULL, -1, &e));
	assert_true(c.pid > 0);
	assert_string_equal(c.url, "");
	assert_int_equal(child_stop(&c, 20), 128 + SIGTERM);
	assert_true(child_start(&c, "none", none, NULL, -1, &e));
	while (!child_ended(&c, &code))
		(void)usleep(1000);
	assert_int_equal(code, 127);
}

static void programs_lie_beside_the_one_that_runs(void **state)
{
	struct err e = { 0 };
	char *me = child_program("test_child", &e);

	(void)state;
	assert_non_null(me);
	assert_int_equal(me[0], '/');
	free(me);
	assert_null(child_program("no-such-program", &e));
	assert_non_null(strstr(e.msg, "no-such-program is not there"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_that_says_where_it_listens_is_ready),
		cmocka_unit_test(what_a_child_was_asked_to_end_with_comes_back),
		cmocka_unit_test(a_child_deaf_to_sigterm_is_killed),
		cmocka_unit_test(an_ending_is_heard_once),
		cmocka_unit_test(settings_are_put_over_the_environment),
		cmocka_unit_test(what_cannot_be_a_setting_ends_the_child),
		cmocka_unit_test(a_child_that_does_not_get_ready_is_named),
		cmocka_unit_test(time_to_get_ready_ends),
		cmocka_unit_test(a_program_that_is_not_there_ends_at_once),
		cmocka_unit_test(
			a_run_gives_its_status_and_keeps_standard_output),
		cmocka_unit_test(a_child_that_says_nothing_is_not_waited_for),
		cmocka_unit_test(programs_lie_beside_the_one_that_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
