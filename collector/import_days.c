/* Days in a table.  02/03/2025 is the second of March here and the third of
 * February to a computer that speaks American: what the cells of the column
 * show decides for all of them, and what none of them shows is told. */
#include <stdio.h>
#include <string.h>

#include "import_parts.h"

/* A day as people write it, its parts in the order they stand. */
struct typed {
	int a, b, year; /* a/b/year, or year-b-a when `iso` */
	bool iso;
};

/* 3/2/2021, 03-02-2021, 03.02.2021, 2021-02-03, a time after it left out. */
static bool parts_of(const char *s, struct typed *out)
{
	int part[3] = { 0 };
	size_t k = 0, digits = 0, first = 0;

	for (; k < 3; s++) {
		if (*s >= '0' && *s <= '9' && digits < 4) {
			part[k] = part[k] * 10 + (*s - '0');
			digits++;
			continue;
		}
		if (digits == 0)
			return false;
		if (k == 0)
			first = digits;
		k++;
		if (k == 3)
			break;
		if (*s != '/' && *s != '-' && *s != '.')
			return false;
		digits = 0;
	}
	if (*s && *s != ' ' && *s != 'T')
		return false;
	out->iso = first == 4;
	out->year = out->iso ? part[0] : part[2];
	out->a = out->iso ? part[2] : part[0];
	out->b = part[1];
	return true;
}

static bool day_at(int y, int mo, int d, struct date *out)
{
	int back_y, back_mo, back_d;

	if (y < 1900 || mo < 1 || mo > 12 || d < 1 || d > 31)
		return false;
	*out = date_from_ymd(y, mo, d);
	date_ymd(*out, &back_y, &back_mo, &back_d);
	return back_mo == mo && back_d == d;
}

/* Both readings of it: which of them are days? */
static void readings(const struct typed *t, bool is[2], struct date day[2])
{
	is[0] = day_at(t->year, t->b, t->a, &day[0]);
	is[1] = !t->iso && t->a != t->b && day_at(t->year, t->a, t->b, &day[1]);
}

struct seen {
	size_t day_first, month_first; /* cells that show it */
	size_t either;		       /* both readings lie within the wave */
	size_t stored, stored_over;    /* days of Excel; after the 12th */
	struct typed typed;	       /* the first of `either` */
	uint32_t row;
	struct date day; /* as it is read: day first */
};

static bool in_wave(const struct plan *p, struct date d)
{
	return d.days >= p->from.days && d.days <= p->to.days;
}

static void look(const struct importer *m, const struct grid_row *r,
		 const struct grid_cell *cell, struct seen *s)
{
	int y, mo, d;
	struct typed t;
	struct date day[2];
	bool is[2];

	if (cell->kind == GRID_DATE) {
		date_ymd(cell->date, &y, &mo, &d);
		s->stored++;
		s->stored_over += d > 12;
	}
	if (cell->kind != GRID_TEXT || !parts_of(cell->s, &t))
		return;
	readings(&t, is, day);
	s->day_first += is[0] && !is[1] && !t.iso && t.a != t.b;
	s->month_first += !is[0] && is[1];
	if (!is[0] || !is[1] || !in_wave(m->p, day[0]) ||
	    !in_wave(m->p, day[1]))
		return;
	if (s->either++ == 0) {
		s->typed = t;
		s->row = r->number;
		s->day = day[0];
	}
}

/* Nothing in the column tells: what is taken is said with a cell of it. */
static void tell_either(struct importer *m, const struct seen *s)
{
	int y, mo, d;

	date_ymd(s->day, &y, &mo, &d);
	import_note(
		m->im, "N04",
		arena_printf(m->a,
			     "%zu days can be read in two ways and no other "
			     "day of the column tells which; they are read as "
			     "day/month/year: \"%02d/%02d/%d\" in row %u is "
			     "%04d-%02d-%02d",
			     s->either, s->typed.a, s->typed.b, s->typed.year,
			     s->row, y, mo, d),
		arena_printf(
			m->a,
			"%zu ngày đọc được theo hai cách và không ngày "
			"nào trong cột cho biết cách nào đúng; được đọc "
			"là ngày/tháng/năm: \"%02d/%02d/%d\" ở dòng %u là ngày "
			"%d tháng %d năm %d",
			s->either, s->typed.a, s->typed.b, s->typed.year,
			s->row, d, mo, y));
}

static void tell_american(struct importer *m, const struct seen *s)
{
	import_note(m->im, "N05",
		    arena_printf(m->a,
				 "days are read as month/day/year, because %zu "
				 "days of the column can only be read so",
				 s->month_first),
		    arena_printf(m->a,
				 "cột ngày được đọc là tháng/ngày/năm, vì có "
				 "%zu ngày chỉ đọc được theo cách đó",
				 s->month_first));
}

/* An American Excel makes a day of 02/03 (of March 2: of February 3) and
 * leaves 13/02 as text: then the days it made have day and month changed. */
static void tell_stored(struct importer *m, const struct seen *s)
{
	import_note(
		m->im, "N06",
		arena_printf(m->a,
			     "%zu days are stored as dates, none after the "
			     "12th, and %zu are text after the 12th: Excel "
			     "may have changed day and month; compare with "
			     "the paper",
			     s->stored, s->day_first),
		arena_printf(m->a,
			     "%zu ngày được Excel lưu là ngày, không ngày nào "
			     "sau ngày 12, còn %zu ngày sau ngày 12 lại là "
			     "chữ: Excel có thể đã đảo ngày và tháng; hãy đối "
			     "chiếu với phiếu giấy",
			     s->stored, s->day_first));
}

void import_day_order(struct importer *m, size_t first)
{
	const struct import_column *c =
		import_role_column(m->im, IMPORT_COLLECTED);
	const struct grid *g = m->im->grid;
	struct seen s = { 0 };

	for (size_t i = first; c && i < g->n_rows; i++) {
		const struct grid_cell *cell = grid_at(&g->rows[i], c->column);

		if (cell)
			look(m, &g->rows[i], cell, &s);
	}
	if (s.day_first && s.month_first)
		m->days = DAYS_BOTH;
	else if (s.month_first)
		m->days = DAYS_MONTH_FIRST;
	if (m->days == DAYS_MONTH_FIRST)
		tell_american(m, &s);
	else if (s.either && !s.day_first && m->days != DAYS_BOTH)
		tell_either(m, &s);
	if (s.stored && !s.stored_over && s.day_first && !s.month_first)
		tell_stored(m, &s);
}

static bool no_day(struct importer *m, const struct grid_row *r,
		   const struct import_column *c)
{
	import_at(m, r, c, "I08",
		  "not a day; write it as day/month/year, 03/02/2021",
		  "không phải ngày; hãy viết ngày/tháng/năm, ví dụ "
		  "03/02/2021");
	return false;
}

/* Text is read by the order of its column. */
static bool text_day(struct importer *m, const struct grid_row *r,
		     const struct import_column *c, const char *text,
		     struct date *out)
{
	struct typed t;
	struct date day[2];
	bool is[2];

	if (!parts_of(text, &t))
		return no_day(m, r, c);
	readings(&t, is, day);
	if (m->days == DAYS_BOTH && is[1]) {
		import_at(m, r, c, "I08",
			  "some days of the column have the month first and "
			  "some the day; write all as day/month/year",
			  "trong cột có ngày viết tháng trước, có ngày viết "
			  "ngày trước; hãy viết tất cả theo ngày/tháng/năm");
		return false;
	}
	if (m->days == DAYS_MONTH_FIRST && is[1])
		*out = day[1];
	else if (is[0])
		*out = day[0];
	else
		return no_day(m, r, c);
	return true;
}

bool import_day(struct importer *m, const struct grid_row *r,
		const struct import_column *c, struct date *out)
{
	const struct grid_cell *cell = grid_at(r, c->column);

	if (!cell || !import_usable(m, r, c, cell))
		return false;
	if (cell->kind != GRID_DATE)
		return text_day(m, r, c, cell->kind == GRID_TEXT ? cell->s : "",
				out);
	*out = cell->date;
	return true;
}
