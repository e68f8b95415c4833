/* chart.h - the pictures of a report, drawn by cairo as SVG.
 *
 * The same numbers and texts give the same bytes on machines with the same
 * cairo and fonts: letters are shapes (DejaVu Sans), nothing is dated.  Numbers
 * are printed as in Vietnam (72,5).  Texts are UTF-8; what does not fit is cut
 * with an ellipsis.  Colours are told apart without colour vision, and by
 * shape or order besides. */
#ifndef PHIEU_CHART_H
#define PHIEU_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/buf.h"
#include "phieu/err.h"

struct chart_words {
	const char *title, *axis; /* what is on the axis, with its unit */
	const char *note;	  /* below, may be NULL */
};

/* Rows from the top: a dot with its interval, a hollow diamond for `beside`
 * (NAN: none).  A NAN value leaves the row empty but for a dash. */
struct chart_row {
	const char *label;
	double value, low, high, beside;
};
/* 0 to 100. */
bool chart_ranked(const struct chart_row *row, size_t n,
		  const struct chart_words *w, const char *beside,
		  struct buf *svg, struct err *e) MUST_USE;

/* Importance (up) against performance (right), cut in four. */
struct chart_point {
	const char *label;
	double performance, importance;
};
struct chart_corners { /* words in the corners of the quadrant */
	const char *keep, *fix, *low, *over;
};
bool chart_quadrant(const struct chart_point *p, size_t n, double cut_x,
		    double cut_y, const struct chart_corners *c,
		    const struct chart_words *w, struct buf *svg,
		    struct err *e) MUST_USE;

/* Stacked shares of the answers, best first, each row adding up to 1. */
#define CHART_LEVELS 8
struct chart_shares {
	const char *label;
	double share[CHART_LEVELS];
};
bool chart_stacked(const struct chart_shares *row, size_t n,
		   const char *const *level, size_t levels,
		   const struct chart_words *w, struct buf *svg,
		   struct err *e) MUST_USE;

/* Two years: a hollow dot before, a full one after, a line between them, bold
 * where the difference is `clear`. */
struct chart_change {
	const char *label;
	double before, after;
	bool clear;
};
bool chart_changes(const struct chart_change *row, size_t n, const char *before,
		   const char *after, const struct chart_words *w,
		   struct buf *svg, struct err *e) MUST_USE;

/* Years from left to right, a panel for each line with a scale of its own; a
 * year without a value (NAN) breaks the line.  Under each dot its rank, 0:
 * none. */
struct chart_years_line {
	const char *label;
	const double *value; /* [years] */
	const int *rank;     /* [years] */
};
bool chart_years(const int *year, size_t years,
		 const struct chart_years_line *line, size_t n,
		 const struct chart_words *w, struct buf *svg,
		 struct err *e) MUST_USE;

/* 72,5 - also of a report's tables.  NAN: a dash. */
#define CHART_NUMBER 40
const char *chart_number(double v, int digits, char out[CHART_NUMBER]);

/* For a page with several pictures: without the XML header, sized by the page,
 * named for readers, and its ids made unlike those of picture `k` others. */
bool chart_inline(const struct buf *svg, size_t k, const char *label,
		  struct buf *html, struct err *e) MUST_USE;

#endif
