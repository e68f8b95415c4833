/* The province's indices through the years, as a table and as a picture. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/chart.h"
#include "year_paper.h"

enum { S_INDEX, S_YEAR, S_POINTS, S_RANK, S_AMONG, S_SOURCE };
enum { INDICES = 4, FIRST_YEAR = 1990, YEARS_MAX = 211 }; /* to 2200 */

static const char *const indices[INDICES] = { "PAR INDEX", "SIPAS", "PAPI",
					      "PCI" };

struct series {
	const struct res *r;
	int year[YEARS_MAX];
	size_t years;
	long row[INDICES][YEARS_MAX]; /* -1: none */
};

static int whole(const struct res *r, size_t row, int col)
{
	return (int)strtol(res_text(r, row, col), NULL, 10);
}

static size_t index_at(const struct res *r, size_t row)
{
	size_t k = 0;

	while (k + 1 < INDICES &&
	       strcmp(indices[k], res_text(r, row, S_INDEX)) != 0)
		k++;
	return k;
}

/* Within the years that the database takes. */
static size_t year_at(const struct res *r, size_t row)
{
	return (size_t)(whole(r, row, S_YEAR) - FIRST_YEAR) % YEARS_MAX;
}

/* Every year from the first to the last: one that is missing is seen. */
static void lay_out(const struct res *r, struct series *s)
{
	size_t first = YEARS_MAX, last = 0;

	s->r = r;
	s->years = 0;
	for (size_t i = 0; i < res_rows(r); i++) {
		first = year_at(r, i) < first ? year_at(r, i) : first;
		last = year_at(r, i) > last ? year_at(r, i) : last;
	}
	for (size_t y = first; y <= last && y < YEARS_MAX; y++)
		s->year[s->years++] = FIRST_YEAR + (int)y;
	for (size_t k = 0; k < INDICES; k++)
		for (size_t y = 0; y < YEARS_MAX; y++)
			s->row[k][y] = -1;
	for (size_t i = 0; i < res_rows(r); i++)
		s->row[index_at(r, i)][year_at(r, i) - first] = (long)i;
}

/* ---- the picture --------------------------------------------------------- */

static bool draw(const struct series *s, struct buf *svg, struct err *e)
{
	static const struct chart_words words = {
		"Các chỉ số của tỉnh qua các năm", "năm",
		"Mỗi chỉ số một thang riêng; số dưới điểm là thứ hạng."
	};
	size_t n = s->years + 1;
	double *value = calloc(INDICES * n, sizeof *value);
	int *rank = calloc(INDICES * n, sizeof *rank);
	struct chart_years_line line[INDICES];
	bool ok = value && rank;

	for (size_t k = 0; ok && k < INDICES; k++) {
		line[k] = (struct chart_years_line){ indices[k], value + k * n,
						     rank + k * n };
		for (size_t y = 0; y < s->years; y++) {
			long row = s->row[k][y];

			value[k * n + y] = NAN;
			if (row < 0)
				continue;
			value[k * n + y] =
				strtod(res_text(s->r, (size_t)row, S_POINTS),
				       NULL);
			rank[k * n + y] = whole(s->r, (size_t)row, S_RANK);
		}
	}
	if (!ok)
		(void)err_set(e, ERR_NOMEM, "out of memory");
	ok = ok &&
	     chart_years(s->year, s->years, line, INDICES, &words, svg, e);
	free(value);
	free(rank);
	return ok;
}

bool series_picture(const struct res *r, struct buf *svg, struct err *e)
{
	struct series *s = malloc(sizeof *s);
	bool ok;

	if (!s) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	lay_out(r, s);
	ok = draw(s, svg, e);
	free(s);
	return ok;
}

/* ---- the table ----------------------------------------------------------- */

static const struct paper_head heads[] = {
	{ NULL, "Năm", 8, false },	   { "PAR INDEX", "Điểm", 10, false },
	{ "PAR INDEX", "Hạng", 8, false }, { "SIPAS", "Điểm", 10, false },
	{ "SIPAS", "Hạng", 8, false },	   { "PAPI", "Điểm", 10, false },
	{ "PAPI", "Hạng", 8, false },	   { "PCI", "Điểm", 10, false },
	{ "PCI", "Hạng", 8, false },
};

static void series_cell(const struct series *s, size_t k, size_t y,
			struct arena *a, struct paper_table *t)
{
	long row = s->row[k][y];
	const char *rank, *among, *points;
	struct err e = { 0 };
	struct dec d;

	if (row < 0)
		return;
	points = res_text(s->r, (size_t)row, S_POINTS);
	rank = res_text(s->r, (size_t)row, S_RANK);
	among = res_text(s->r, (size_t)row, S_AMONG);
	if (dec_parse(points, strlen(points), &d, &e))
		*paper_at(t, y, 1 + 2 * k) =
			paper_number(d, dec_fits(d, 2) ? 2 : DEC_DIGITS);
	*paper_at(t, y, 2 + 2 * k) = paper_mark(
		arena_printf(a, "%s%s%s", rank, *among ? "/" : "", among));
}

static bool notes_of(const struct res *r, struct arena *a,
		     struct paper_table *t)
{
	const char **notes = arena_array(a, res_rows(r) + 1, sizeof *notes);

	if (!notes)
		return false;
	for (size_t i = 0; i < res_rows(r); i++)
		notes[i] = arena_printf(a, "%s năm %s: %s",
					res_text(r, i, S_INDEX),
					res_text(r, i, S_YEAR),
					res_text(r, i, S_SOURCE));
	t->notes = notes;
	t->n_notes = res_rows(r);
	return true;
}

bool series_tables(const struct res *r, struct arena *a, struct paper *out,
		   struct err *e)
{
	struct paper_table *t = arena_array(a, 1, sizeof *t);
	struct series *s = arena_array(a, 1, sizeof *s);
	struct buf svg = BUF_INIT((size_t)8 << 20),
		   html = BUF_INIT((size_t)8 << 20);
	bool ok = false;

	if (t && s) {
		lay_out(r, s);
		*t = paper_table(heads, sizeof heads / sizeof heads[0],
				 s->years, a);
		ok = t->cells && notes_of(r, a, t);
	}
	for (size_t y = 0; ok && y < s->years; y++) {
		*paper_at(t, y, 0) = paper_number(
			(struct dec){ (int64_t)s->year[y] * DEC_ONE }, 0);
		for (size_t k = 0; k < INDICES; k++)
			series_cell(s, k, y, a, t);
	}
	if (!ok)
		(void)err_set(e, ERR_NOMEM, "out of memory");
	ok = ok && draw(s, &svg, e) &&
	     chart_inline(&svg, 1, "Các chỉ số của tỉnh qua các năm", &html, e);
	if (ok)
		out->picture = arena_strdup(a, html.data);
	out->tables = t;
	out->n_tables = 1;
	buf_free(&svg);
	buf_free(&html);
	return ok &&
	       (!arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory"));
}
