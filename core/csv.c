#include "phieu/csv.h"

#include <string.h>

#include "phieu/limits.h"
#include "phieu/utf8.h"

#define FIRST_CELLS ((size_t)16)

static const char separators[] = { ',', ';', '\t', '|' };
#define SEPARATORS (sizeof separators)

static size_t newlines(const char *s, const char *end)
{
	size_t n = 0;

	while (s < end && (s = memchr(s, '\n', (size_t)(end - s)))) {
		s++;
		n++;
	}
	return n;
}

/* The quote that closes the cell whose text starts at s, NULL when there is
 * none; *doubled counts the pairs on the way. */
static const char *closing_quote(const char *s, const char *end,
				 size_t *doubled)
{
	*doubled = 0;
	for (;;) {
		s = memchr(s, '"', (size_t)(end - s));
		if (!s || s + 1 == end || s[1] != '"')
			return s;
		++*doubled;
		s += 2;
	}
}

/* What follows the first closing quote, else the candidate that occurs most
 * in the first line; the comma where there is none (one column) or a tie. */
static char find_separator(const char *s, const char *end)
{
	size_t count[SEPARATORS] = { 0 }, k, doubled, best = 0;
	bool at_start = true;

	for (; s < end && *s != '\n' && *s != '\r'; s++) {
		if (at_start && *s == '"') {
			s = closing_quote(s + 1, end, &doubled);
			if (!s || s + 1 == end)
				break;
			if (memchr(separators, s[1], SEPARATORS))
				return s[1];
		}
		at_start = false;
		for (k = 0; k < SEPARATORS; k++) {
			if (*s == separators[k]) {
				count[k]++;
				at_start = true;
			}
		}
	}
	for (k = 1; k < SEPARATORS; k++) {
		if (count[k] > count[best])
			best = k;
	}
	return separators[best];
}

bool csv_open(struct csv *c, const char *s, size_t n, struct err *e)
{
	const char *nul = n ? memchr(s, '\0', n) : NULL;
	size_t bad;

	*c = (struct csv){ .next_line = 1 };
	if (!utf8_valid(s, n, &bad))
		return err_set(e, ERR_INPUT,
			       "line %zu: invalid UTF-8 at byte %zu",
			       1 + newlines(s, s + bad), bad);
	if (nul)
		return err_set(e, ERR_INPUT, "line %zu: a NUL byte",
			       1 + newlines(s, nul));
	c->at = s;
	c->end = s + n;
	if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		c->at += 3;
	c->sep = find_separator(c->at, c->end);
	/* Besides the text of a row, the array of cells in all the sizes that
	 * it grows through. */
	c->row = arena_new(LIMIT_CSV_ROW_BYTES +
			   sizeof *c->cells * LIMIT_CSV_COLUMNS * 4);
	if (!c->row)
		return err_set(e, ERR_NOMEM, "out of memory");
	return true;
}

void csv_close(struct csv *c)
{
	arena_free(c->row);
	*c = (struct csv){ .line = 0 };
}

/* Room for one cell of n bytes, NUL-ended; NULL when a limit is passed. */
static char *cell_add(struct csv *c, size_t n, bool quoted, struct err *e)
{
	struct csv_cell *grown;
	char *own;

	if (n > LIMIT_STRING_BYTES) {
		(void)err_set(e, ERR_INPUT,
			      "line %zu: cell larger than %zu bytes",
			      c->next_line, LIMIT_STRING_BYTES);
		return NULL;
	}
	if (c->n == LIMIT_CSV_COLUMNS) {
		(void)err_set(e, ERR_INPUT, "line %zu: more than %d columns",
			      c->next_line, LIMIT_CSV_COLUMNS);
		return NULL;
	}
	c->bytes += n + 1;
	if (c->bytes > LIMIT_CSV_ROW_BYTES) {
		(void)err_set(e, ERR_INPUT,
			      "line %zu: row larger than %zu bytes",
			      c->next_line, LIMIT_CSV_ROW_BYTES);
		return NULL;
	}
	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : FIRST_CELLS;
		grown = arena_array(c->row, c->cap, sizeof *grown);
		if (grown && c->n)
			memcpy(grown, c->cells, c->n * sizeof *grown);
		c->cells = grown;
	}
	own = c->cells ? arena_alloc(c->row, n + 1) : NULL;
	if (!own) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	c->cells[c->n++] =
		(struct csv_cell){ .s = own, .n = n, .quoted = quoted };
	return own;
}

static bool is_cell_end(const struct csv *c, const char *s)
{
	return s == c->end || *s == c->sep || *s == '\n' || *s == '\r';
}

static bool plain_cell(struct csv *c, struct err *e)
{
	const char *s = c->at, *stop = s;
	char *own;

	while (!is_cell_end(c, stop))
		stop++;
	own = cell_add(c, (size_t)(stop - s), false, e);
	if (!own)
		return false;
	memcpy(own, s, (size_t)(stop - s));
	c->at = stop;
	return true;
}

static bool quoted_cell(struct csv *c, struct err *e)
{
	const char *s = c->at + 1, *stop;
	size_t doubled;
	char *own;

	stop = closing_quote(s, c->end, &doubled);
	if (!stop)
		return err_set(e, ERR_INPUT,
			       "line %zu: a quote that is never closed",
			       c->next_line);
	if (!is_cell_end(c, stop + 1))
		return err_set(e, ERR_INPUT,
			       "line %zu: text after a closing quote",
			       c->next_line + newlines(s, stop));
	own = cell_add(c, (size_t)(stop - s) - doubled, true, e);
	if (!own)
		return false;
	c->next_line += newlines(s, stop);
	c->at = stop + 1;
	while (s < stop) {
		if (*s == '"')
			s++; /* the first of a pair */
		*own++ = *s++;
	}
	return true;
}

/* CR LF, LF, or the lone CR of old spreadsheets. */
static bool take_line_end(struct csv *c)
{
	const char *was = c->at;

	if (c->at < c->end && *c->at == '\r')
		c->at++;
	if (c->at < c->end && *c->at == '\n')
		c->at++;
	if (c->at > was)
		c->next_line++;
	return c->at > was;
}

int csv_next(struct csv *c, struct err *e)
{
	arena_reset(c->row);
	c->cells = NULL;
	c->n = c->cap = c->bytes = 0;
	while (take_line_end(c))
		;
	if (c->at == c->end)
		return 0;
	c->line = c->next_line;
	for (;;) {
		bool quoted = c->at < c->end && *c->at == '"';

		if (!(quoted ? quoted_cell(c, e) : plain_cell(c, e))) {
			c->at = c->end;
			return -1;
		}
		if (c->at == c->end || *c->at != c->sep)
			break;
		c->at++;
	}
	(void)take_line_end(c);
	return 1;
}

static size_t digits(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= '0' && s[i] <= '9')
		i++;
	return i;
}

/* -3, -3.5, -3,5, -1.5e-07.  A leading + is no number of ours: a telephone
 * number would lose it. */
static bool is_negative_number(const char *s, size_t n)
{
	size_t i = 1, k;

	if (n < 2 || s[0] != '-')
		return false;
	k = digits(s + i, n - i);
	if (k == 0)
		return false;
	i += k;
	if (i < n && (s[i] == '.' || s[i] == ',')) {
		k = digits(s + i + 1, n - i - 1);
		if (k == 0)
			return false;
		i += 1 + k;
	}
	if (i + 1 < n && (s[i] == 'e' || s[i] == 'E')) {
		i += s[i + 1] == '-' || s[i + 1] == '+' ? 2 : 1;
		k = digits(s + i, n - i);
		if (k == 0)
			return false;
		i += k;
	}
	return i == n;
}

/* ASVS 1.2.10 names = + - @ TAB NUL; line ends and the full-width signs
 * start formulas in some spreadsheets too (OWASP, CSV injection). */
static bool starts_formula(const char *s, size_t n)
{
	static const char triggers[] = { '=',  '+',  '-',  '@',
					 '\t', '\0', '\r', '\n' };
	static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b",
					    "\xef\xbc\x8d", "\xef\xbc\xa0" };
	size_t i;

	if (n == 0)
		return false;
	if (memchr(triggers, s[0], sizeof triggers))
		return !is_negative_number(s, n);
	for (i = 0; n >= 3 && i < sizeof wide / sizeof wide[0]; i++) {
		if (memcmp(s, wide[i], 3) == 0)
			return true;
	}
	return false;
}

/* All separators, not only ours: another spreadsheet's locale may split on
 * the semicolon.  Outer spaces are kept from those that trim. */
static bool needs_quotes(const char *s, size_t n)
{
	static const char special[] = { '"', ',', ';', '|', '\t', '\r', '\n' };
	size_t i;

	if (n == 0)
		return false;
	if (s[0] == ' ' || s[n - 1] == ' ')
		return true;
	for (i = 0; i < n; i++) {
		if (memchr(special, s[i], sizeof special))
			return true;
	}
	return false;
}

void csv_write(struct buf *out, const char *cell, size_t n)
{
	bool quotes = needs_quotes(cell, n);
	size_t i, from = 0;

	if (quotes)
		buf_add(out, "\"", 1);
	if (starts_formula(cell, n))
		buf_add(out, "'", 1);
	for (i = 0; quotes && i < n; i++) {
		if (cell[i] == '"') {
			buf_add(out, cell + from, i + 1 - from);
			from = i;
		}
	}
	if (n > from)
		buf_add(out, cell + from, n - from);
	if (quotes)
		buf_add(out, "\"", 1);
}

void csv_sep(struct buf *out)
{
	buf_add(out, ",", 1);
}

void csv_end_row(struct buf *out)
{
	/* One empty cell would be an empty line, which is no row. */
	if (out->len == 0 || (out->data && out->data[out->len - 1] == '\n'))
		buf_add(out, "\"\"", 2);
	buf_add(out, "\r\n", 2);
}
