#include "phieu/date.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#define US_SECOND INT64_C(1000000)
#define US_MINUTE (60 * US_SECOND)
#define US_HOUR	  (60 * US_MINUTE)
#define US_DAY	  (24 * US_HOUR)

/* Reads forward over text that was checked for length by its caller. */
struct scan {
	const char *s;
	size_t n, at;
};

/* Exactly `digits` digits. */
static bool scan_int(struct scan *sc, size_t digits, int *out)
{
	size_t i;
	int v = 0;

	if (sc->n - sc->at < digits)
		return false;
	for (i = 0; i < digits; i++) {
		char c = sc->s[sc->at + i];

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	sc->at += digits;
	*out = v;
	return true;
}

static bool scan_char(struct scan *sc, const char *any_of)
{
	if (sc->at == sc->n || sc->s[sc->at] == '\0' ||
	    !strchr(any_of, sc->s[sc->at]))
		return false;
	sc->at++;
	return true;
}

static int month_days(int y, int m)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return days[m - 1] + (m == 2 && leap ? 1 : 0);
}

/* Days from civil: years are counted from 1 March, so that the leap day is
 * the last of its year (Howard Hinnant, chrono-compatible low-level date
 * algorithms). */
struct date date_from_ymd(int y, int m, int d)
{
	int era, year, day, of_era;

	assert(m >= 1 && m <= 12 && d >= 1 && d <= 31);
	if (m <= 2)
		y--;
	era = (y >= 0 ? y : y - 399) / 400;
	year = y - era * 400;
	day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	of_era = year * 365 + year / 4 - year / 100 + day;
	return (struct date){ .days = era * 146097 + of_era - 719468 };
}

void date_ymd(struct date d, int *y, int *m, int *day)
{
	int64_t z = (int64_t)d.days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int of_era = (int)(z - era * 146097);
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) /
		   365;
	int of_year = of_era - (365 * year + year / 4 - year / 100);
	int mp = (5 * of_year + 2) / 153;

	*day = of_year - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = (int)(era * 400) + year + (*m <= 2 ? 1 : 0);
}

static bool scan_date(struct scan *sc, struct date *out)
{
	int y, m, d;

	if (!scan_int(sc, 4, &y) || !scan_char(sc, "-") ||
	    !scan_int(sc, 2, &m) || !scan_char(sc, "-") || !scan_int(sc, 2, &d))
		return false;
	if (y < 1900 || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
		return false;
	*out = date_from_ymd(y, m, d);
	return true;
}

bool date_parse(const char *s, size_t n, struct date *out, struct err *e)
{
	struct scan sc = { .s = s, .n = n };
	struct date d;

	if (!scan_date(&sc, &d) || sc.at != n)
		return err_set(e, ERR_INPUT,
			       "not a day as YYYY-MM-DD from 1900 to 9999");
	*out = d;
	return true;
}

static char *put(char *p, int64_t v, int digits)
{
	int i;

	for (i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return p + digits;
}

/* What does not fit four digits of a year is no date of ours; it is shown
 * at the nearest end instead of overrunning the buffer. */
static struct date clamped(struct date d)
{
	struct date low = date_from_ymd(0, 1, 1);
	struct date high = date_from_ymd(9999, 12, 31);

	if (d.days < low.days)
		return low;
	return d.days > high.days ? high : d;
}

const char *date_text(struct date d, char buf[DATE_TEXT_MAX])
{
	char *p = buf;
	int y, m, day;

	date_ymd(clamped(d), &y, &m, &day);
	p = put(p, y, 4);
	*p++ = '-';
	p = put(p, m, 2);
	*p++ = '-';
	p = put(p, day, 2);
	*p = '\0';
	return buf;
}

const char *date_text_vi(struct date d, char buf[DATE_TEXT_MAX])
{
	char *p = buf;
	int y, m, day;

	date_ymd(clamped(d), &y, &m, &day);
	p = put(p, day, 2);
	*p++ = '/';
	p = put(p, m, 2);
	*p++ = '/';
	p = put(p, y, 4);
	*p = '\0';
	return buf;
}

/* ".f" to nine digits; beyond the microsecond they are cut off: a clock's
 * reading is not an official decimal. */
static bool scan_fraction(struct scan *sc, int64_t *us)
{
	int64_t unit = US_SECOND;
	int digit, n = 0;

	*us = 0;
	if (!scan_char(sc, "."))
		return true;
	while (scan_int(sc, 1, &digit)) {
		unit /= 10;
		*us += unit * digit;
		n++;
	}
	return n >= 1 && n <= 9;
}

/* Z, +07, +0700 or +07:00 (ODK Collect and PostgreSQL leave minutes out). */
static bool scan_offset(struct scan *sc, int64_t *us)
{
	bool west;
	int h, m = 0;

	*us = 0;
	if (scan_char(sc, "Zz"))
		return true;
	if (!scan_char(sc, "+-"))
		return false;
	west = sc->s[sc->at - 1] == '-';
	if (!scan_int(sc, 2, &h))
		return false;
	if (scan_char(sc, ":")) {
		if (!scan_int(sc, 2, &m))
			return false;
	} else if (sc->at < sc->n && !scan_int(sc, 2, &m)) {
		return false;
	}
	if (h > 14 || m > 59)
		return false;
	*us = (h * US_HOUR + m * US_MINUTE) * (west ? -1 : 1);
	return true;
}

bool instant_parse(const char *s, size_t n, int64_t *us, struct err *e)
{
	struct scan sc = { .s = s, .n = n };
	int64_t fraction, offset;
	struct date d;
	int h, m, sec;
	bool ok;

	ok = scan_date(&sc, &d) && scan_char(&sc, "Tt ") &&
	     scan_int(&sc, 2, &h) && scan_char(&sc, ":") &&
	     scan_int(&sc, 2, &m) && scan_char(&sc, ":") &&
	     scan_int(&sc, 2, &sec) && h <= 23 && m <= 59 && sec <= 59 &&
	     scan_fraction(&sc, &fraction) && scan_offset(&sc, &offset) &&
	     sc.at == n;
	if (!ok)
		return err_set(e, ERR_INPUT,
			       "not an instant as YYYY-MM-DDTHH:MM:SS with "
			       "Z or an offset");
	*us = d.days * US_DAY + h * US_HOUR + m * US_MINUTE + sec * US_SECOND +
	      fraction - offset;
	return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

static struct date day_of(int64_t us)
{
	return (struct date){ .days = (int32_t)floor_div(us, US_DAY) };
}

const char *instant_text(int64_t us, char buf[INSTANT_TEXT_MAX])
{
	struct date d = day_of(us);
	int64_t in_day = us - d.days * US_DAY;
	char *p = buf + DATE_TEXT_MAX - 1;

	(void)date_text(d, buf);
	*p++ = 'T';
	p = put(p, in_day / US_HOUR, 2);
	*p++ = ':';
	p = put(p, in_day / US_MINUTE % 60, 2);
	*p++ = ':';
	p = put(p, in_day / US_SECOND % 60, 2);
	*p++ = '.';
	p = put(p, in_day % US_SECOND, 6);
	*p++ = 'Z';
	*p = '\0';
	return buf;
}

struct date instant_day_vn(int64_t us)
{
	const int64_t offset = 7 * US_HOUR;

	if (us > INT64_MAX - offset)
		return day_of(us);
	return day_of(us + offset);
}

static int64_t clock_us(clockid_t id)
{
	struct timespec ts = { 0 };

	if (clock_gettime(id, &ts) != 0)
		return 0;
	return (int64_t)ts.tv_sec * US_SECOND + ts.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}
