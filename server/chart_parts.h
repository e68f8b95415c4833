/* chart_parts.h - a canvas and what all pictures draw on it. */
#ifndef CHART_PARTS_H
#define CHART_PARTS_H

#include <cairo/cairo.h>

#include "phieu/chart.h"

#define CHART_WIDTH 760.0
#define CHART_HEAD  44.0 /* title */
#define CHART_FOOT  44.0 /* axis and note */
#define CHART_SIZE  12.0 /* of letters */

struct canvas {
	cairo_surface_t *surface;
	cairo_t *cr;
	struct buf *out;
	double height;
};

struct colour {
	double r, g, b;
};
extern const struct colour chart_ink, chart_grey, chart_pale, chart_blue,
	chart_orange;
/* Best to worst, readable in grey. */
extern const struct colour chart_scale[CHART_LEVELS];

enum anchor { AT_START, AT_MIDDLE, AT_END };

bool canvas_open(struct canvas *c, double height, const struct chart_words *w,
		 struct buf *out, struct err *e) MUST_USE;
/* Also after a failure of drawing, which it tells. */
bool canvas_close(struct canvas *c, struct err *e) MUST_USE;

void canvas_colour(struct canvas *c, struct colour k);
void canvas_text(struct canvas *c, double x, double y, enum anchor a,
		 const char *s, double room);
void canvas_line(struct canvas *c, double x1, double y1, double x2, double y2,
		 double width);
void canvas_dot(struct canvas *c, double x, double y, double r, bool full);
void canvas_diamond(struct canvas *c, double x, double y, double r);
/* Ticks from `from` to `to` by `step`, with lines over the rows. */
struct axis {
	double left, right, top, bottom, from, to, step;
	int digits;
};
double axis_at(const struct axis *a, double v);
void canvas_axis(struct canvas *c, const struct axis *a, const char *words);

#endif
