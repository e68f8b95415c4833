#include <stdio.h>
#include <string.h>

#include "phieu/calendar.h"
#include "phieu/date.h"
#include "phieu/json.h"

enum {
	LINE_OCTETS = 75, /* RFC 5545, 3.1: longer lines are folded */
	MORNING = 8	  /* o'clock, on the reader's wall */
};

static bool begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* One content line: folded between characters, ended by CRLF. */
static void put_line(struct buf *out, const char *line)
{
	size_t n = strlen(line), at = 0, room = LINE_OCTETS;

	while (n - at > room) {
		size_t k = room;

		while (k > 1 && !begins_character(line[at + k]))
			k--;
		buf_add(out, line + at, k);
		buf_adds(out, "\r\n ");
		at += k;
		room = LINE_OCTETS - 1;
	}
	buf_adds(out, line + at);
	buf_adds(out, "\r\n");
}

/* NAME:text, with RFC 5545's escapes (3.3.11). */
static void put_text(struct buf *out, const char *name, const char *text)
{
	struct buf line = BUF_INIT((size_t)1 << 16);

	buf_adds(&line, name);
	buf_adds(&line, ":");
	for (; *text; text++) {
		if (*text == '\n')
			buf_adds(&line, "\\n");
		else if (strchr("\\;,", *text))
			buf_addf(&line, "\\%c", *text);
		else if ((unsigned char)*text >= 0x20)
			buf_add(&line, text, 1);
	}
	put_line(out, buf_cstr(&line) ? line.data : name);
	buf_free(&line);
}

static void put_day(struct buf *out, const char *name, struct date d)
{
	int y, m, day;

	date_ymd(d, &y, &m, &day);
	buf_addf(out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, y, m, day);
}

/* "20231031T010203Z" from the instant. */
static void put_stamp(struct buf *out, int64_t us)
{
	char text[INSTANT_TEXT_MAX];

	instant_text(us, text);
	buf_addf(out, "DTSTAMP:%.4s%.2s%.2sT%.2s%.2s%.2sZ\r\n", text, text + 5,
		 text + 8, text + 11, text + 14, text + 17);
}

static void put_task(struct buf *out, const char *round,
		     const struct task_row *t, struct date due, int days_before,
		     int64_t stamp_us)
{
	char id[256];

	put_line(out, "BEGIN:VEVENT");
	(void)snprintf(id, sizeof id, "%s.%s@phieu", t->code, round);
	put_text(out, "UID", id);
	put_stamp(out, stamp_us);
	buf_addf(out, "SEQUENCE:%d\r\n", (int)t->version - 1);
	put_day(out, "DTSTART", due);
	put_day(out, "DTEND", (struct date){ due.days + 1 });
	put_text(out, "SUMMARY", t->title);
	put_text(out, "DESCRIPTION", t->lead);
	put_line(out, "TRANSP:TRANSPARENT");
	put_line(out, "BEGIN:VALARM");
	put_line(out, "ACTION:DISPLAY");
	buf_addf(out, "TRIGGER:-P%dDT%dH\r\n", days_before - 1, 24 - MORNING);
	put_text(out, "DESCRIPTION", t->title);
	put_line(out, "END:VALARM");
	put_line(out, "END:VEVENT");
}

void calendar_ics(const char *round, const char *name,
		  const struct task_row *tasks, size_t n, int days_before,
		  int64_t stamp_us, struct buf *out)
{
	put_line(out, "BEGIN:VCALENDAR");
	put_line(out, "VERSION:2.0");
	put_line(out, "PRODID:-//phieu//calendar//VI");
	put_text(out, "X-WR-CALNAME", name);
	for (size_t i = 0; i < n; i++) {
		struct date due;
		struct err e;

		if (strcmp(tasks[i].state, "done") == 0 ||
		    !date_parse(tasks[i].due, strlen(tasks[i].due), &due, &e))
			continue;
		put_task(out, round, &tasks[i], due, days_before, stamp_us);
	}
	put_line(out, "END:VCALENDAR");
}

void calendar_json(const struct round_head *h, const struct task_row *tasks,
		   size_t n, const struct step_row steps[4], struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_object(&w);
	jw_kv(&w, "round", h->code);
	jw_kb(&w, "trial", h->trial);
	jw_key(&w, "steps");
	jw_array(&w);
	for (size_t i = 0; i < 4; i++) {
		jw_object(&w);
		jw_kv(&w, "step", steps[i].step);
		jw_kv(&w, "state", steps[i].state);
		jw_kv(&w, "until", *steps[i].until ? steps[i].until : NULL);
		jw_kv(&w, "reason", *steps[i].reason ? steps[i].reason : NULL);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_key(&w, "tasks");
	jw_array(&w);
	for (size_t i = 0; i < n; i++) {
		const struct task_row *t = &tasks[i];

		jw_object(&w);
		jw_kv(&w, "task", t->code);
		jw_kv(&w, "title", t->title);
		jw_kv(&w, "step", *t->step ? t->step : NULL);
		jw_kv(&w, "opens", *t->opens ? t->opens : NULL);
		jw_kv(&w, "due", t->due);
		jw_kv(&w, "lead", t->lead);
		jw_kv(&w, "cooperating", t->cooperating);
		jw_kv(&w, "state", t->state);
		jw_ki(&w, "days_late", t->days_late);
		jw_kv(&w, "note", *t->note ? t->note : NULL);
		jw_kv(&w, "changed_by", *t->by ? t->by : NULL);
		jw_kv(&w, "changed_at", *t->at ? t->at : NULL);
		jw_ki(&w, "version", t->version);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_object_end(&w);
}
