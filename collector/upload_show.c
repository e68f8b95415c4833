#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <stdlib.h>

#include "phieu/date.h"
#include "upload_parts.h"

#define SECOND	  INT64_C(1000000)
#define DRAW_US	  (SECOND / 10)
#define PLAIN_US  (10 * SECOND)
#define BAR_MAX	  40
#define BAR_MIN	  8
#define REST_COLS 46 /* of a line besides the bar */

static bool speaks_utf8(void)
{
	const char *l = getenv("LC_ALL");

	if (!l || !*l)
		l = getenv("LC_CTYPE");
	if (!l || !*l)
		l = getenv("LANG");
	return l && (strstr(l, "UTF-8") || strstr(l, "utf8") ||
		     strstr(l, "UTF8") || strstr(l, "utf-8"));
}

void show_begin(struct show *s, size_t total)
{
	*s = (struct show){ .total = total, .begun_us = clock_monotonic_us() };
	s->tty = isatty(STDERR_FILENO) == 1;
	s->utf8 = speaks_utf8();
	s->last_us = s->begun_us;
	if (!s->tty && total)
		(void)fprintf(stderr, "phieu-upload: %zu sheets to send\n",
			      total);
	show_draw(s, true);
}

static int columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		return w.ws_col;
	return 80;
}

static void bar(const struct show *s)
{
	int width = columns() - REST_COLS, full;

	if (width > BAR_MAX)
		width = BAR_MAX;
	if (width < BAR_MIN)
		return;
	full = s->total ? (int)((size_t)width * s->done / s->total) : width;
	(void)fputs("[", stderr);
	for (int i = 0; i < width; i++)
		(void)fputs(i < full ? (s->utf8 ? "█" : "#")
				     : (s->utf8 ? "·" : "."),
			    stderr);
	(void)fputs("] ", stderr);
}

static double rate(const struct show *s, int64_t now)
{
	int64_t spent = now - s->begun_us;

	return spent > 0 ? (double)s->done * (double)SECOND / (double)spent : 0;
}

static void left(const struct show *s, int64_t now)
{
	double per_second = rate(s, now);
	long long seconds;

	if (s->done >= s->total || per_second <= 0)
		return;
	seconds = (long long)((double)(s->total - s->done) / per_second + 0.5);
	(void)fprintf(stderr, "  còn %lld:%02lld", seconds / 60, seconds % 60);
}

static void draw_tty(struct show *s, int64_t now)
{
	int64_t wait = (s->wait_until_us - now + SECOND - 1) / SECOND;

	(void)fputs("\r\x1b[K", stderr);
	if (s->trouble && wait > 0) {
		int room = columns() - 45;

		(void)fprintf(stderr, "%zu/%zu  chờ / waiting %lld s: %.*s",
			      s->done, s->total, (long long)wait,
			      room > 0 ? room : 0, s->trouble);
	} else {
		bar(s);
		(void)fprintf(stderr, "%zu/%zu  %zu %%  %.0f/s", s->done,
			      s->total,
			      s->total ? s->done * 100 / s->total : 100,
			      rate(s, now));
		left(s, now);
	}
	(void)fflush(stderr);
	s->drawn = true;
}

/* Elsewhere than on a terminal: a line each tenth and each ten seconds. */
static void draw_plain(struct show *s, int64_t now)
{
	size_t tenth = s->total ? s->done * 10 / s->total : 10;

	if (tenth == s->last_tenth && now - s->last_us < PLAIN_US)
		return;
	if (s->done == 0 || s->trouble)
		return;
	s->last_tenth = tenth;
	s->last_us = now;
	(void)fprintf(stderr, "phieu-upload: %zu/%zu, %.0f/s\n", s->done,
		      s->total, rate(s, now));
}

void show_draw(struct show *s, bool force)
{
	int64_t now = clock_monotonic_us();

	if (s->total == 0)
		return;
	if (!s->tty) {
		draw_plain(s, now);
		return;
	}
	if (!force && now - s->last_us < DRAW_US)
		return;
	s->last_us = now;
	draw_tty(s, now);
}

void show_step(struct show *s, size_t done)
{
	s->done += done;
	if (done)
		s->trouble = NULL;
	show_draw(s, done > 0);
}

void show_trouble(struct show *s, const char *why, unsigned failures,
		  int64_t until_us)
{
	s->trouble = why;
	s->wait_until_us = until_us;
	/* 1, 2, 4, 8, …: a long night does not fill a log */
	if (!s->tty && (failures & (failures - 1)) == 0)
		(void)fprintf(stderr,
			      "phieu-upload: %zu/%zu, %s; trying again (%u)\n",
			      s->done, s->total, why, failures);
	show_draw(s, true);
}

void show_end(struct show *s)
{
	if (s->drawn)
		(void)fputs("\r\x1b[K", stderr);
	s->drawn = false;
}
