#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "page_round.h"

/* Minutes of Việt Nam before those of UTC; no summer time. */
#define AHEAD_US ((int64_t)7 * 3600 * 1000000)

static void put_url(struct buf *b, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	for (; *s; s++)
		if (strchr(plain, *s))
			buf_add(b, s, 1);
		else
			buf_addf(b, "%%%02X", (unsigned)(unsigned char)*s);
}

static void put_points(struct buf *b, const char *s)
{
	char text[128];
	size_t i;

	if (!*s)
		s = "–";
	if (strcmp(s, "n/a") == 0)
		s = "không áp dụng";
	for (i = 0; s[i] && i + 1 < sizeof text; i++)
		text[i] = (char)(s[i] == '.' ? ',' : s[i]);
	text[i] = '\0';
	web_put_escaped(b, text);
}

/* 2023-10-31 as 31/10/2023; an instant with the time here. */
static void put_day(struct buf *b, const char *s)
{
	char text[INSTANT_TEXT_MAX];
	struct err e = { 0 };
	int64_t us;

	if (strlen(s) == 10) {
		buf_addf(b, "%.2s/%.2s/%.4s", s + 8, s + 5, s);
	} else if (instant_parse(s, strlen(s), &us, &e)) {
		(void)instant_text(us + AHEAD_US, text);
		buf_addf(b, "%.5s ngày %.2s/%.2s/%.4s", text + 11, text + 8,
			 text + 5, text);
	} else {
		web_put_escaped(b, s);
	}
}

static void put_one(struct buf *b, char how, const char *s)
{
	if (how == 'r')
		buf_adds(b, s);
	else if (how == 'u')
		put_url(b, s);
	else if (how == 'p')
		put_points(b, s);
	else if (how == 'd')
		put_day(b, s);
	else
		web_put_escaped(b, s);
}

void page_put(struct buf *b, const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	while (*form) {
		size_t n = strcspn(form, "%");
		const char *s;

		buf_add(b, form, n);
		form += n;
		if (*form != '%' || !form[1])
			break;
		if (form[1] == 'i') {
			buf_addf(b, "%lld", va_arg(ap, long long));
		} else if (form[1] == '%') {
			buf_adds(b, "%");
		} else {
			s = va_arg(ap, const char *);
			put_one(b, form[1], s ? s : "");
		}
		form += 2;
	}
	va_end(ap);
}

void page_option(struct buf *b, const char *value, const char *label,
		 const char *now)
{
	page_put(b, "<option value=\"%s\"%r>%s</option>", value,
		 now && strcmp(value, now) == 0 ? " selected" : "", label);
}
