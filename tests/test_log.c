#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "phieu/date.h"
#include "phieu/log.h"

static int saved = -1, ends[2] = { -1, -1 };

/* S19.  stderr becomes a pipe while a test runs. */
static int capture(void **state)
{
	(void)state;
	if (pipe2(ends, O_NONBLOCK) != 0)
		return -1;
	saved = dup(STDERR_FILENO);
	return dup2(ends[1], STDERR_FILENO) < 0 ? -1 : 0;
}

static int release(void **state)
{
	(void)state;
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	(void)close(ends[0]);
	(void)close(ends[1]);
	log_set_level(LOG_INFO);
	return 0;
}

/* What was logged since, "" if nothing.  Writes of at most PIPE_BUF come out
 * of a pipe whole. */
static const char *logged(char buf[16384])
{
	ssize_t n = read(ends[0], buf, 16383);

	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

/* The line without its time, which is checked to be one. */
static const char *rest(char buf[16384])
{
	const char *s = logged(buf);
	struct err e;
	int64_t us;

	if (*s == '\0')
		return s;
	assert_true(instant_parse(s, 27, &us, &e));
	assert_int_equal(s[27], ' ');
	return s + 28;
}

static void a_line_has_level_id_event_and_pairs(void **state)
{
	char buf[16384];

	(void)state;
	log_event(LOG_INFO, "r-17", "batch", "rows", "100", "ms", "12", NULL);
	assert_string_equal(rest(buf), "info id=r-17 batch rows=100 ms=12\n");
	log_event(LOG_ERROR, NULL, "stop", NULL);
	assert_string_equal(rest(buf), "error stop\n");
}

static void values_can_never_start_a_second_line_or_pair(void **state)
{
	static const struct {
		const char *value, *shown;
	} t[] = {
		{ "plain-1/2:x", "plain-1/2:x" },
		{ "Điện", "Điện" },
		{ "", "\"\"" },
		{ NULL, "\"\"" },
		{ "two words", "\"two words\"" },
		{ "a=b", "\"a=b\"" },
		{ "say \"no\"", "\"say \\\"no\\\"\"" },
		{ "back\\slash", "\"back\\\\slash\"" },
		{ "x\n2026 info forged", "\"x\\x0A2026 info forged\"" },
		{ "\x1b[31m", "\"\\x1B[31m\"" },
		{ "a\tb\r", "\"a\\x09b\\x0D\"" },
		{ "\x7f", "\"\\x7F\"" },
		{ "\xc2\x9b"
		  "31m",
		  "\"\\xC2\\x9B31m\"" }, /* C1: CSI */
		{ "\xff\xfe", "\"\\xFF\\xFE\"" },
		{ "\xe1\xbb", "\"\\xE1\\xBB\"" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
	};
	char buf[16384], want[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		log_event(LOG_WARN, NULL, "e", "k", t[i].value, NULL);
		(void)snprintf(want, sizeof want, "warn e k=%s\n", t[i].shown);
		assert_string_equal(rest(buf), want);
		log_event(LOG_WARN, t[i].value ? t[i].value : "", "e", NULL);
		(void)snprintf(want, sizeof want, "warn id=%s e\n", t[i].shown);
		assert_string_equal(rest(buf), want);
	}
}

static void levels_above_the_wanted_are_silent(void **state)
{
	struct err e = { .kind = ERR_IO, .msg = "x" };
	char buf[16384];

	(void)state;
	log_event(LOG_DEBUG, NULL, "sql", NULL);
	assert_string_equal(logged(buf), "");
	assert_true(log_takes(LOG_INFO));
	assert_false(log_takes(LOG_DEBUG));
	log_set_level(LOG_DEBUG);
	assert_true(log_takes(LOG_DEBUG));
	log_event(LOG_DEBUG, NULL, "sql", NULL);
	assert_string_equal(rest(buf), "debug sql\n");
	log_set_level(LOG_ERROR);
	log_event(LOG_WARN, NULL, "w", NULL);
	log_err(LOG_WARN, NULL, "w", &e);
	assert_string_equal(logged(buf), "");
}

static void an_error_shows_kind_state_message_and_detail(void **state)
{
	struct err e = { .kind = ERR_INPUT, .msg = "no such wave" };
	char buf[16384];

	(void)state;
	log_err(LOG_ERROR, "7", "request", &e);
	assert_string_equal(
		rest(buf),
		"error id=7 request kind=input message=\"no such wave\"\n");
	e = (struct err){ .kind = ERR_DB,
			  .sqlstate = "23505",
			  .msg = "duplicate",
			  .detail = "key (a)" };
	log_err(LOG_ERROR, NULL, "store", &e);
	assert_string_equal(rest(buf),
			    "error store kind=db sqlstate=23505 "
			    "message=duplicate detail=\"key (a)\"\n");
}

static void a_long_value_is_cut_and_still_closed(void **state)
{
	char buf[16384], big[9000];
	const char *s;
	size_t n;

	(void)state;
	memset(big, 'a', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	log_event(LOG_INFO, NULL, "e", "k", big, "after", "1", NULL);
	s = rest(buf);
	assert_non_null(strstr(s, "a\xe2\x80\xa6\" after=1\n"));
	/* Escapes make a value longer; it is cut all the same. */
	memset(big, '\n', sizeof big - 1);
	log_event(LOG_INFO, NULL, "e", "a", big, "b", big, "c", big, "d", big,
		  "e", "x", NULL);
	s = logged(buf);
	n = strlen(s);
	assert_true(n <= 4096);
	assert_string_equal(s + n - 9, " cut=yes\n");
	assert_ptr_equal(strchr(s, '\n'), s + n - 1);
	assert_non_null(strstr(s, " e=x "));
}

static void level_names_are_exactly_four(void **state)
{
	enum log_level l = LOG_INFO;
	struct err e;

	(void)state;
	assert_true(log_level_parse("error", &l, &e));
	assert_int_equal(l, LOG_ERROR);
	assert_true(log_level_parse("warn", &l, &e));
	assert_true(log_level_parse("info", &l, &e));
	assert_true(log_level_parse("debug", &l, &e));
	assert_int_equal(l, LOG_DEBUG);
	assert_false(log_level_parse("DEBUG", &l, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(log_level_parse("", &l, &e));
	assert_int_equal(l, LOG_DEBUG);
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, capture, release)

int main(void)
{
	const struct CMUnitTest t[] = {
		WITH(a_line_has_level_id_event_and_pairs),
		WITH(values_can_never_start_a_second_line_or_pair),
		WITH(levels_above_the_wanted_are_silent),
		WITH(an_error_shows_kind_state_message_and_detail),
		WITH(a_long_value_is_cut_and_still_closed),
		cmocka_unit_test(level_names_are_exactly_four),
	};
	return cmocka_run_group_tests_name("log", t, NULL, NULL);
}
