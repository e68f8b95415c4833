#include <math.h>
#include <stdio.h>

#include "chart_parts.h"

#define ROW    22.0
#define LABELS 300.0 /* room for the names of rows */

static struct axis percent_axis(size_t n, double right)
{
	return (struct axis){ .left = LABELS,
			      .right = right,
			      .top = CHART_HEAD,
			      .bottom = CHART_HEAD + ROW * (double)n,
			      .from = 0,
			      .to = 100,
			      .step = 20 };
}

static double row_y(size_t i)
{
	return CHART_HEAD + ROW * ((double)i + 0.5);
}

static void name_row(struct canvas *c, size_t i, const char *label)
{
	canvas_colour(c, chart_ink);
	canvas_text(c, LABELS - 10, row_y(i) + 4, AT_END, label, LABELS - 18);
}

/* ---- units with intervals ---------------------------------------------- */

static void put_ranked(struct canvas *c, const struct axis *a, size_t i,
		       const struct chart_row *r)
{
	char value[CHART_NUMBER], low[CHART_NUMBER], high[CHART_NUMBER];
	char text[3 * CHART_NUMBER + 16];
	double y = row_y(i);

	name_row(c, i, r->label);
	if (isnan(r->value)) {
		canvas_colour(c, chart_grey);
		canvas_text(c, a->right + 10, y + 4, AT_START, "–", 160);
		return;
	}
	canvas_colour(c, chart_blue);
	if (!isnan(r->low))
		canvas_line(c, axis_at(a, fmax(r->low, 0)), y,
			    axis_at(a, fmin(r->high, 100)), y, 2);
	canvas_dot(c, axis_at(a, r->value), y, 4.5, true);
	if (!isnan(r->beside)) {
		canvas_colour(c, chart_orange);
		canvas_diamond(c, axis_at(a, r->beside), y, 6);
	}
	if (isnan(r->low))
		(void)snprintf(text, sizeof text, "%s",
			       chart_number(r->value, 1, value));
	else
		(void)snprintf(text, sizeof text, "%s (%s–%s)",
			       chart_number(r->value, 1, value),
			       chart_number(r->low, 1, low),
			       chart_number(r->high, 1, high));
	canvas_colour(c, chart_ink);
	canvas_text(c, a->right + 10, y + 4, AT_START, text, 160);
}

bool chart_ranked(const struct chart_row *row, size_t n,
		  const struct chart_words *w, const char *beside,
		  struct buf *svg, struct err *e)
{
	struct axis a = percent_axis(n, CHART_WIDTH - 160);
	struct canvas c;

	if (!canvas_open(&c, a.bottom + CHART_FOOT + (w->note ? 14 : 0), w, svg,
			 e))
		return false;
	canvas_axis(&c, &a, w->axis);
	for (size_t i = 0; i < n; i++)
		put_ranked(&c, &a, i, &row[i]);
	if (beside) {
		canvas_colour(&c, chart_orange);
		canvas_diamond(&c, CHART_WIDTH - 150, 38, 6);
		canvas_colour(&c, chart_ink);
		canvas_text(&c, CHART_WIDTH - 138, 42, AT_START, beside, 134);
	}
	return canvas_close(&c, e);
}

/* ---- the quadrant ------------------------------------------------------ */

static double square_y(const struct axis *y, double v)
{
	return y->bottom -
	       (v - y->from) / (y->to - y->from) * (y->bottom - y->top);
}

/* Round limits around the values. */
static void span(double lo, double hi, double step, struct axis *a)
{
	a->from = floor((lo - step / 4) / step) * step;
	a->to = ceil((hi + step / 4) / step) * step;
	a->step = step;
}

static double step_of(double lo, double hi)
{
	double step = pow(10, floor(log10(fmax(hi - lo, 1e-9))));

	return hi - lo < 2 * step   ? step / 4
	       : hi - lo < 5 * step ? step / 2
				    : step;
}

static void limits(const struct chart_point *p, size_t n, struct axis *x,
		   struct axis *y)
{
	double lo[2] = { INFINITY, INFINITY }, hi[2] = { -INFINITY, -INFINITY };

	for (size_t i = 0; i < n; i++) {
		const double v[2] = { p[i].performance, p[i].importance };

		for (size_t k = 0; k < 2; k++) {
			lo[k] = fmin(lo[k], v[k]);
			hi[k] = fmax(hi[k], v[k]);
		}
	}
	span(lo[0], hi[0], step_of(lo[0], hi[0]), x);
	span(lo[1], hi[1], step_of(lo[1], hi[1]), y);
	x->digits = x->step < 1;
	y->digits = y->step < 0.05 ? 3 : 2;
}

static void rule_upward(struct canvas *c, const struct axis *x,
			const struct axis *y)
{
	char text[CHART_NUMBER];

	for (int i = 0; y->from + i * y->step <= y->to + y->step / 1e6; i++) {
		double v = y->from + i * y->step, at = square_y(y, v);

		canvas_colour(c, chart_pale);
		canvas_line(c, x->left, at, x->right, at, 1);
		canvas_colour(c, chart_grey);
		canvas_text(c, x->left - 6, at + 4, AT_END,
			    chart_number(v, y->digits, text), 50);
	}
}

static void name_corners(struct canvas *c, const struct axis *x,
			 const struct axis *y, const struct chart_corners *q)
{
	canvas_colour(c, chart_grey);
	canvas_text(c, x->left + 8, y->top + 16, AT_START, q->fix, 240);
	canvas_text(c, x->right - 8, y->top + 16, AT_END, q->keep, 240);
	canvas_text(c, x->left + 8, y->bottom - 8, AT_START, q->low, 240);
	canvas_text(c, x->right - 8, y->bottom - 8, AT_END, q->over, 240);
}

bool chart_quadrant(const struct chart_point *p, size_t n, double cut_x,
		    double cut_y, const struct chart_corners *q,
		    const struct chart_words *w, struct buf *svg, struct err *e)
{
	struct axis x = { .left = 70,
			  .right = CHART_WIDTH - 30,
			  .top = CHART_HEAD,
			  .bottom = CHART_HEAD + 380 };
	struct axis y = x;
	struct canvas c;

	limits(p, n, &x, &y);
	if (!canvas_open(&c, x.bottom + CHART_FOOT + (w->note ? 14 : 0), w, svg,
			 e))
		return false;
	rule_upward(&c, &x, &y);
	canvas_axis(&c, &x, w->axis);
	canvas_colour(&c, chart_orange);
	canvas_line(&c, axis_at(&x, cut_x), y.top, axis_at(&x, cut_x), y.bottom,
		    1.4);
	canvas_line(&c, x.left, square_y(&y, cut_y), x.right,
		    square_y(&y, cut_y), 1.4);
	name_corners(&c, &x, &y, q);
	for (size_t i = 0; i < n; i++) {
		double px = axis_at(&x, p[i].performance);
		double py = square_y(&y, p[i].importance);
		bool left = px > (x.left + x.right) / 2;

		canvas_colour(&c, chart_blue);
		canvas_dot(&c, px, py, 5, true);
		canvas_colour(&c, chart_ink);
		canvas_text(&c, left ? px - 9 : px + 9, py + 4,
			    left ? AT_END : AT_START, p[i].label, 320);
	}
	return canvas_close(&c, e);
}

/* ---- answers ----------------------------------------------------------- */

static void put_stack(struct canvas *c, const struct axis *a, size_t i,
		      const struct chart_shares *r, size_t levels)
{
	double y = row_y(i), at = 0;

	name_row(c, i, r->label);
	for (size_t k = 0; k < levels; k++) {
		char text[CHART_NUMBER];
		double left = axis_at(a, 100 * at);
		double size = axis_at(a, 100 * (at + r->share[k])) - left;

		if (!(r->share[k] > 0))
			continue;
		canvas_colour(c, chart_scale[k]);
		cairo_rectangle(c->cr, left, y - ROW / 2 + 3, size, ROW - 6);
		cairo_fill(c->cr);
		at += r->share[k];
		if (size < 26)
			continue;
		canvas_colour(c, k == 2 || k == 3 ? chart_ink
						  : (struct colour){ 1, 1, 1 });
		canvas_text(c, left + size / 2, y + 4, AT_MIDDLE,
			    chart_number(100 * r->share[k], 0, text), size);
	}
}

bool chart_stacked(const struct chart_shares *row, size_t n,
		   const char *const *level, size_t levels,
		   const struct chart_words *w, struct buf *svg, struct err *e)
{
	struct axis a = percent_axis(n, CHART_WIDTH - 24);
	struct canvas c;
	double x = 8, room = (CHART_WIDTH - 16) / (double)(levels ? levels : 1);

	if (levels > CHART_LEVELS)
		return err_set(e, ERR_INPUT, "more than %d answers",
			       CHART_LEVELS);
	if (!canvas_open(&c, a.bottom + CHART_FOOT + (w->note ? 14 : 0), w, svg,
			 e))
		return false;
	canvas_axis(&c, &a, w->axis);
	for (size_t i = 0; i < n; i++)
		put_stack(&c, &a, i, &row[i], levels);
	for (size_t k = 0; k < levels; k++) {
		canvas_colour(&c, chart_scale[k]);
		cairo_rectangle(c.cr, x, 31, 10, 10);
		cairo_fill(c.cr);
		canvas_colour(&c, chart_ink);
		canvas_text(&c, x + 14, 40, AT_START, level[k], room - 18);
		x += room;
	}
	return canvas_close(&c, e);
}

/* ---- between years ----------------------------------------------------- */

static void put_change(struct canvas *c, const struct axis *a, size_t i,
		       const struct chart_change *r)
{
	char text[CHART_NUMBER + 4], number[CHART_NUMBER];
	double y = row_y(i), from, to;

	name_row(c, i, r->label);
	if (isnan(r->before) || isnan(r->after)) {
		canvas_colour(c, chart_grey);
		canvas_text(c, a->right + 10, y + 4, AT_START, "–", 90);
		return;
	}
	from = axis_at(a, r->before);
	to = axis_at(a, r->after);
	canvas_colour(c, r->clear ? chart_orange : chart_grey);
	canvas_line(c, from, y, to, y, r->clear ? 3 : 1.4);
	canvas_colour(c, chart_grey);
	canvas_dot(c, from, y, 4.5, false);
	canvas_colour(c, r->clear ? chart_orange : chart_blue);
	canvas_dot(c, to, y, 4.5, true);
	(void)snprintf(text, sizeof text, "%s%s%s",
		       r->after >= r->before ? "+" : "",
		       chart_number(r->after - r->before, 1, number),
		       r->clear ? " *" : "");
	canvas_colour(c, chart_ink);
	canvas_text(c, a->right + 10, y + 4, AT_START, text, 90);
}

bool chart_changes(const struct chart_change *row, size_t n, const char *before,
		   const char *after, const struct chart_words *w,
		   struct buf *svg, struct err *e)
{
	struct axis a = percent_axis(n, CHART_WIDTH - 100);
	struct canvas c;

	if (!canvas_open(&c, a.bottom + CHART_FOOT + (w->note ? 14 : 0), w, svg,
			 e))
		return false;
	canvas_axis(&c, &a, w->axis);
	for (size_t i = 0; i < n; i++)
		put_change(&c, &a, i, &row[i]);
	canvas_colour(&c, chart_grey);
	canvas_dot(&c, LABELS + 6, 37, 4.5, false);
	canvas_text(&c, LABELS + 16, 41, AT_START, before, 150);
	canvas_colour(&c, chart_blue);
	canvas_dot(&c, LABELS + 186, 37, 4.5, true);
	canvas_colour(&c, chart_ink);
	canvas_text(&c, LABELS + 196, 41, AT_START, after, 150);
	return canvas_close(&c, e);
}
