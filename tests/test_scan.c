#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "phieu/date.h"
#include "phieu/scan.h"

static char dir[64];

static int make_dir(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof dir, "/tmp/phieu-test-scan.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof command, "%s/scanner", dir);
	(void)unlink(command);
	(void)snprintf(command, sizeof command, "%s/pid", dir);
	(void)unlink(command);
	return rmdir(dir);
}

/* What a scanner that is this script says of the bytes. */
static struct scan asked(const char *script, const char *options, int seconds,
			 const char *bytes)
{
	char program[160];
	struct scanner s = { .program = program, .seconds = seconds };
	struct scan out;
	FILE *f;

	(void)snprintf(program, sizeof program, "%s/scanner", dir);
	f = fopen(program, "w");
	assert_non_null(f);
	assert_true(fprintf(f, "#!/bin/sh\n%s\n", script) > 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(program, 0700), 0);
	(void)snprintf(program, sizeof program, "%s/scanner%s", dir, options);
	scan_bytes(&s, bytes, strlen(bytes), &out);
	return out;
}

static void without_a_scanner_nothing_is_asked(void **state)
{
	struct scanner s = { .seconds = 1 };
	struct scan out = { .state = SCAN_FAILED };

	(void)state;
	scan_bytes(&s, "x", 1, &out);
	assert_int_equal(out.state, SCAN_NONE);
	assert_string_equal(out.words, "");
}

static void a_clean_file_is_clean(void **state)
{
	struct scan out = asked("exit 0", "", 120, "x");

	(void)state;
	assert_int_equal(out.state, SCAN_CLEAN);
	assert_string_equal(out.words, "clean");
}

static void the_scanner_gets_the_bytes_and_its_own_options(void **state)
{
	struct scan out =
		asked("[ \"$1\" = --fdpass ] && [ \"$2\" = -x ] && "
		      "[ $# = 3 ] && [ \"$(cat \"$3\")\" = 'một tệp' ] "
		      "&& [ \"$(stat -c %a \"$3\")\" = 600 ]",
		      "  --fdpass -x ", 120, "một tệp");

	(void)state;
	assert_int_equal(out.state, SCAN_CLEAN);
}

static void an_infected_file_is_told_with_the_scanners_words(void **state)
{
	struct scan out = asked(
		"printf '%s: Eicar\\001-Signature FOUND\\nmore\\n' \"$1\"; "
		"exit 1",
		"", 120, "x");

	(void)state;
	assert_int_equal(out.state, SCAN_INFECTED);
	assert_string_equal(out.words, "Eicar?-Signature FOUND");
	out = asked("exit 1", "", 120, "x");
	assert_int_equal(out.state, SCAN_INFECTED);
	assert_string_equal(out.words, "infected");
}

static void another_exit_code_is_no_answer(void **state)
{
	struct scan out = asked("echo 'no daemon' >&2; exit 2", "", 120, "x");

	(void)state;
	assert_int_equal(out.state, SCAN_FAILED);
	assert_string_equal(out.words, "the scanner ended with 2: no daemon");
}

static void a_scanner_that_crashes_is_no_answer(void **state)
{
	struct scan out = asked("kill -SEGV $$", "", 120, "x");

	(void)state;
	assert_int_equal(out.state, SCAN_FAILED);
	assert_string_equal(out.words, "the scanner died of signal 11");
}

static void a_scanner_that_is_not_there_is_no_answer(void **state)
{
	struct scanner s = { .program = "/nowhere/scanner", .seconds = 20 };
	struct scan out;

	(void)state;
	scan_bytes(&s, "x", 1, &out);
	assert_int_equal(out.state, SCAN_FAILED);
	assert_string_equal(out.words, "/nowhere/scanner cannot be run");
}

/* The line that a script writes into "pid" before it hangs.  It gets a second,
 * and twice as long again when the machine did not let it come to write. */
static struct scan asked_until_it_hangs(const char *script, int *seconds,
					char line[64])
{
	struct scan out = { .state = SCAN_NONE };
	char path[96];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/pid", dir);
	line[0] = '\0';
	for (*seconds = 1; *seconds <= 256 && !strchr(line, '\n');
	     *seconds *= 2) {
		(void)unlink(path);
		out = asked(script, "", *seconds, "x");
		assert_int_equal(out.state, SCAN_FAILED);
		f = fopen(path, "r");
		if (!f)
			continue;
		(void)fgets(line, 64, f);
		assert_int_equal(fclose(f), 0);
	}
	*seconds /= 2;
	assert_non_null(strchr(line, '\n'));
	return out;
}

/* With what it started: `sleep` would outlive its shell. */
static void a_scanner_that_hangs_is_killed_with_its_children(void **state)
{
	int64_t begun = clock_monotonic_us();
	char script[256], words[64], line[64];
	struct scan out;
	int pid, seconds;

	(void)state;
	(void)snprintf(script, sizeof script,
		       "trap '' TERM; sleep 1000 & echo $! >%s/pid; wait", dir);
	out = asked_until_it_hangs(script, &seconds, line);
	(void)snprintf(words, sizeof words, "no answer within %d seconds",
		       seconds);
	assert_string_equal(out.words, words);
	assert_true(clock_monotonic_us() - begun >= (int64_t)seconds * 1000000);
	pid = (int)strtol(line, NULL, 10);
	assert_true(pid > 0);
	for (int i = 0; i < 6000 && kill(pid, 0) == 0; i++)
		(void)usleep(10000);
	assert_int_equal(kill(pid, 0), -1);
}

static void what_it_leaves_running_does_not_hold_the_answer(void **state)
{
	struct scan out = asked("sleep 1000 & exit 0", "", 120, "x");

	(void)state;
	assert_int_equal(out.state, SCAN_CLEAN);
}

static void one_that_closes_its_output_is_waited_for(void **state)
{
	struct scan out =
		asked("exec >&- 2>&-; sleep 0.2; exit 1", "", 120, "x");

	(void)state;
	assert_int_equal(out.state, SCAN_INFECTED);
}

static void much_talk_does_not_block_it(void **state)
{
	struct scan out = asked("yes | head -c 300000; exit 1", "", 120, "x");

	(void)state;
	assert_int_equal(out.state, SCAN_INFECTED);
	assert_string_equal(out.words, "y");
}

static void it_runs_without_our_settings_and_with_limits(void **state)
{
	struct scan out;

	(void)state;
	assert_int_equal(setenv("PHIEU_TEST_SECRET", "x", 1), 0);
	out = asked("[ -z \"$PHIEU_TEST_SECRET\" ] && [ \"$(ulimit -c)\" = 0 ] "
		    "&& [ \"$(ulimit -n)\" = 256 ] && "
		    "grep -q 'NoNewPrivs:.*1' /proc/self/status && "
		    "[ ! -e /proc/self/fd/9 ]",
		    "", 120, "x");
	assert_int_equal(unsetenv("PHIEU_TEST_SECRET"), 0);
	assert_int_equal(out.state, SCAN_CLEAN);
}

static void is_gone(char line[64])
{
	line[strcspn(line, "\n")] = '\0';
	assert_int_equal(strncmp(line, "/tmp/phieu-scan.", 16), 0);
	assert_int_equal(access(line, F_OK), -1);
}

static void nothing_of_the_file_is_left(void **state)
{
	static const char *const ends[] = { "exit 0", "kill -KILL $$" };
	char script[256], path[96], line[64];
	int seconds;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/pid", dir);
	for (size_t i = 0; i < 2; i++) {
		FILE *f;

		(void)snprintf(script, sizeof script, "echo \"$1\" >%s; %s",
			       path, ends[i]);
		(void)asked(script, "", 120, "x");
		f = fopen(path, "r");
		assert_non_null(f);
		assert_non_null(fgets(line, sizeof line, f));
		assert_int_equal(fclose(f), 0);
		is_gone(line);
	}
	(void)snprintf(script, sizeof script, "echo \"$1\" >%s; sleep 1000",
		       path);
	(void)asked_until_it_hangs(script, &seconds, line);
	is_gone(line);
}

static void too_many_words_are_no_answer(void **state)
{
	struct scan out =
		asked("exit 0", " 1 2 3 4 5 6 7 8 9 10 11 12 13 14", 120, "x");

	(void)state;
	assert_int_equal(out.state, SCAN_FAILED);
	assert_string_equal(out.words, "too many words in evidence-scanner");
}

static void the_settings_are_checked(void **state)
{
	struct err e = { 0 };
	struct conf *c = conf_new(&e);
	struct scanner s;

	(void)state;
	assert_non_null(c);
	assert_true(scanner_from(c, &s, &e));
	assert_null(s.program);
	assert_false(s.keep);
	assert_int_equal(s.seconds, 60);
	assert_true(conf_set(c, "evidence-unscanned", "keep", &e));
	assert_true(conf_set(c, "evidence-scanner", "/bin/true -x", &e));
	assert_true(scanner_from(c, &s, &e));
	assert_true(s.keep);
	assert_string_equal(s.program, "/bin/true -x");
	assert_true(conf_set(c, "evidence-scanner", "clamdscan", &e));
	assert_false(scanner_from(c, &s, &e));
	assert_non_null(strstr(e.msg, "whole path"));
	e = (struct err){ 0 };
	assert_true(conf_set(c, "evidence-unscanned", "maybe", &e));
	assert_false(scanner_from(c, &s, &e));
	assert_non_null(strstr(e.msg, "refuse or keep"));
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_scanner_nothing_is_asked),
		cmocka_unit_test(a_clean_file_is_clean),
		cmocka_unit_test(
			the_scanner_gets_the_bytes_and_its_own_options),
		cmocka_unit_test(
			an_infected_file_is_told_with_the_scanners_words),
		cmocka_unit_test(another_exit_code_is_no_answer),
		cmocka_unit_test(a_scanner_that_crashes_is_no_answer),
		cmocka_unit_test(a_scanner_that_is_not_there_is_no_answer),
		cmocka_unit_test(
			a_scanner_that_hangs_is_killed_with_its_children),
		cmocka_unit_test(
			what_it_leaves_running_does_not_hold_the_answer),
		cmocka_unit_test(one_that_closes_its_output_is_waited_for),
		cmocka_unit_test(much_talk_does_not_block_it),
		cmocka_unit_test(it_runs_without_our_settings_and_with_limits),
		cmocka_unit_test(nothing_of_the_file_is_left),
		cmocka_unit_test(too_many_words_are_no_answer),
		cmocka_unit_test(the_settings_are_checked),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
