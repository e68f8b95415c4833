/* What an agent sees while sheets are sent: on a terminal (a pseudo-terminal
 * here) a bar that is drawn over, elsewhere plain lines. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../collector/upload_parts.h"
#include "phieu/date.h"

volatile sig_atomic_t upload_stop;

/* standard error goes elsewhere, and back */
struct aside {
	int kept, from;
};

static void look_away(struct aside *s, int to, int from)
{
	(void)fflush(stderr);
	s->kept = dup(STDERR_FILENO);
	s->from = from;
	assert_true(dup2(to, STDERR_FILENO) >= 0);
	(void)close(to);
}

/* What was said meanwhile. */
static size_t look_back(struct aside *s, char *out, size_t room)
{
	size_t n = 0;
	ssize_t got;

	(void)fflush(stderr);
	assert_true(dup2(s->kept, STDERR_FILENO) >= 0);
	(void)close(s->kept);
	while (n + 1 < room && (got = read(s->from, out + n, room - 1 - n)) > 0)
		n += (size_t)got;
	out[n] = '\0';
	(void)close(s->from);
	return n;
}

static void to_a_pipe(struct aside *s)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	look_away(s, ends[1], ends[0]);
}

static void to_a_terminal(struct aside *s, unsigned short columns)
{
	struct winsize w = { .ws_row = 24, .ws_col = columns };
	int host = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), guest;

	assert_true(host >= 0);
	assert_int_equal(grantpt(host), 0);
	assert_int_equal(unlockpt(host), 0);
	guest = open(ptsname(host), O_RDWR | O_NOCTTY);
	assert_true(guest >= 0);
	assert_int_equal(ioctl(guest, TIOCSWINSZ, &w), 0);
	look_away(s, guest, host);
}

static size_t times(const char *in, const char *what)
{
	size_t n = 0;

	for (const char *at = in; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

static void lines_for_a_log_come_each_tenth(void **state)
{
	struct aside s;
	struct show show;
	char said[8192];

	(void)state;
	to_a_pipe(&s);
	show_begin(&show, 1000);
	for (int i = 0; i < 1000; i++)
		show_step(&show, 1);
	show_end(&show);
	(void)look_back(&s, said, sizeof said);
	assert_false(show.tty);
	assert_non_null(strstr(said, "phieu-upload: 1000 sheets to send\n"));
	assert_non_null(strstr(said, "phieu-upload: 100/1000, "));
	assert_non_null(strstr(said, "phieu-upload: 1000/1000, "));
	assert_int_equal(times(said, "\n"), 11);
	assert_null(strchr(said, '\x1b'));
}

static void ten_seconds_without_a_tenth_bring_a_line(void **state)
{
	struct aside s;
	struct show show;
	char said[4096];

	(void)state;
	to_a_pipe(&s);
	show_begin(&show, 100000);
	show_step(&show, 1);
	show.last_us -= 11 * INT64_C(1000000);
	show_step(&show, 1);
	(void)look_back(&s, said, sizeof said);
	assert_null(strstr(said, "1/100000"));
	assert_non_null(strstr(said, "2/100000"));
}

static void a_long_night_does_not_fill_a_log(void **state)
{
	struct aside s;
	struct show show;
	char said[8192];

	(void)state;
	to_a_pipe(&s);
	show_begin(&show, 10);
	show_step(&show, 4);
	for (unsigned i = 1; i <= 1000; i++)
		show_trouble(&show, "no line", i,
			     clock_monotonic_us() + 1000000);
	(void)look_back(&s, said, sizeof said);
	assert_int_equal(times(said, "4/10, no line; trying again ("), 10);
	assert_non_null(strstr(said, "trying again (1)\n"));
	assert_non_null(strstr(said, "trying again (512)\n"));
}

static void nothing_to_send_says_nothing(void **state)
{
	struct aside s;
	struct show show;
	char said[64];

	(void)state;
	to_a_pipe(&s);
	show_begin(&show, 0);
	show_step(&show, 0);
	show_end(&show);
	assert_int_equal(look_back(&s, said, sizeof said), 0);
}

static void a_terminal_shows_a_bar_drawn_over(void **state)
{
	struct aside s;
	struct show show;
	char said[16384];

	(void)state;
	assert_int_equal(setenv("LC_ALL", "vi_VN.UTF-8", 1), 0);
	to_a_terminal(&s, 80);
	show_begin(&show, 200);
	/* 100 of 200 in 10,000 s */
	show.begun_us -= 10000 * INT64_C(1000000);
	show.last_us = 0;
	show_step(&show, 100);
	show_step(&show, 0); /* too soon to draw again */
	show_end(&show);
	(void)look_back(&s, said, sizeof said);
	assert_true(show.tty && show.utf8);
	assert_int_equal(times(said, "\r\x1b[K"), 3);
	assert_int_equal(times(said, "█"), 17); /* of 34 cells */
	assert_int_equal(times(said, "·"), 34 + 17);
	assert_non_null(strstr(said, "100/200  50 %  0/s  còn 16")); /* :40 */
	assert_null(strchr(said, '\n'));
}

static void other_terminals_get_plain_signs_and_no_bar_when_narrow(void **state)
{
	struct aside s;
	struct show show;
	char said[4096];

	(void)state;
	assert_int_equal(setenv("LC_ALL", "C", 1), 0);
	to_a_terminal(&s, 80);
	show_begin(&show, 2);
	(void)look_back(&s, said, sizeof said);
	assert_non_null(strstr(said, "[....."));
	to_a_terminal(&s, 50);
	show_begin(&show, 2);
	(void)look_back(&s, said, sizeof said);
	assert_null(strchr(said + 4, '[')); /* after ESC [ K */
	assert_non_null(strstr(said, "0/2  0 %"));
	/* LC_ALL empty counts as absent */
	assert_int_equal(setenv("LC_ALL", "", 1), 0);
	assert_int_equal(unsetenv("LC_CTYPE"), 0);
	assert_int_equal(setenv("LANG", "C.utf8", 1), 0);
	to_a_terminal(&s, 0); /* a terminal that does not say how wide */
	show_begin(&show, 2);
	(void)look_back(&s, said, sizeof said);
	assert_int_equal(times(said, "·"), 34);
}

static void trouble_stands_on_the_line_until_something_moves(void **state)
{
	struct aside s;
	struct show show;
	char said[8192];

	(void)state;
	to_a_terminal(&s, 80);
	show_begin(&show, 10);
	show_trouble(&show, "the collector does not answer", 1,
		     clock_monotonic_us() + 10000 * INT64_C(1000000));
	show_step(&show, 1);
	show_end(&show);
	(void)look_back(&s, said, sizeof said);
	assert_non_null(strstr(said, "0/10  chờ / waiting "));
	assert_non_null(strstr(said, " s: the collector does not answer"));
	assert_non_null(strstr(said, "1/10  10 %"));
	assert_null(show.trouble);
	/* a narrow one cuts the reason, not the count */
	to_a_terminal(&s, 50);
	show_begin(&show, 10);
	show_trouble(&show, "the collector does not answer", 2,
		     clock_monotonic_us() + 10000 * INT64_C(1000000));
	(void)look_back(&s, said, sizeof said);
	assert_non_null(strstr(said, "waiting "));
	assert_non_null(strstr(said, " s: the c"));
	assert_null(strstr(said, "collector does"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_for_a_log_come_each_tenth),
		cmocka_unit_test(ten_seconds_without_a_tenth_bring_a_line),
		cmocka_unit_test(a_long_night_does_not_fill_a_log),
		cmocka_unit_test(nothing_to_send_says_nothing),
		cmocka_unit_test(a_terminal_shows_a_bar_drawn_over),
		cmocka_unit_test(
			other_terminals_get_plain_signs_and_no_bar_when_narrow),
		cmocka_unit_test(
			trouble_stands_on_the_line_until_something_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
