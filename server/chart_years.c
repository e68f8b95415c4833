/* Indices of a province through the years. */
#include <math.h>
#include <stdio.h>

#include "chart_parts.h"

#define PANEL 120.0 /* height of one line's panel */
#define ROOM  34.0  /* of it above and below the dots */
#define LEFT  130.0
#define RIGHT 50.0

struct panel {
	struct canvas *c;
	const struct chart_years_line *line;
	size_t years;
	double top, low, high;
};

static double x_of(const struct panel *p, size_t i)
{
	double width = CHART_WIDTH - LEFT - RIGHT;

	return p->years < 2 ? LEFT + width / 2
			    : LEFT + width * (double)i / (double)(p->years - 1);
}

static double y_of(const struct panel *p, double v)
{
	double height = PANEL - 2 * ROOM;
	double part =
		p->high > p->low ? (v - p->low) / (p->high - p->low) : 0.5;

	return p->top + PANEL - ROOM - part * height;
}

static void span_of(struct panel *p)
{
	p->low = INFINITY;
	p->high = -INFINITY;
	for (size_t i = 0; i < p->years; i++) {
		if (isnan(p->line->value[i]))
			continue;
		p->low = fmin(p->low, p->line->value[i]);
		p->high = fmax(p->high, p->line->value[i]);
	}
}

static void put_dot(const struct panel *p, size_t i)
{
	double v = p->line->value[i], x = x_of(p, i), y = y_of(p, v);
	char text[CHART_NUMBER], rank[32];

	canvas_colour(p->c, chart_blue);
	canvas_dot(p->c, x, y, 4.5, true);
	canvas_colour(p->c, chart_ink);
	canvas_text(p->c, x, y - 9, AT_MIDDLE, chart_number(v, 2, text), 90);
	if (p->line->rank[i] <= 0)
		return;
	(void)snprintf(rank, sizeof rank, "hạng %d", p->line->rank[i]);
	canvas_colour(p->c, chart_grey);
	canvas_text(p->c, x, y + 19, AT_MIDDLE, rank, 90);
}

static void put_panel(struct panel *p)
{
	span_of(p);
	canvas_colour(p->c, chart_pale);
	canvas_line(p->c, 8, p->top, CHART_WIDTH - 8, p->top, 1);
	canvas_colour(p->c, chart_ink);
	canvas_text(p->c, 8, p->top + PANEL / 2 + 4, AT_START, p->line->label,
		    LEFT - 40);
	canvas_colour(p->c, chart_blue);
	for (size_t i = 1; i < p->years; i++) {
		double a = p->line->value[i - 1], b = p->line->value[i];

		if (!isnan(a) && !isnan(b))
			canvas_line(p->c, x_of(p, i - 1), y_of(p, a),
				    x_of(p, i), y_of(p, b), 2);
	}
	for (size_t i = 0; i < p->years; i++)
		if (!isnan(p->line->value[i]))
			put_dot(p, i);
}

bool chart_years(const int *year, size_t years,
		 const struct chart_years_line *line, size_t n,
		 const struct chart_words *w, struct buf *svg, struct err *e)
{
	double bottom = CHART_HEAD + PANEL * (double)n;
	struct panel p = { .years = years };
	struct canvas c;

	if (!canvas_open(&c, bottom + CHART_FOOT + (w->note ? 14 : 0), w, svg,
			 e))
		return false;
	p.c = &c;
	for (size_t k = 0; k < n; k++) {
		p.line = &line[k];
		p.top = CHART_HEAD + PANEL * (double)k;
		put_panel(&p);
	}
	canvas_colour(&c, chart_pale);
	canvas_line(&c, 8, bottom, CHART_WIDTH - 8, bottom, 1);
	canvas_colour(&c, chart_ink);
	for (size_t i = 0; i < years; i++) {
		char text[16];

		(void)snprintf(text, sizeof text, "%d", year[i]);
		canvas_text(&c, x_of(&p, i), bottom + 18, AT_MIDDLE, text, 60);
	}
	canvas_text(&c, 8, bottom + 18, AT_START, w->axis, LEFT - 40);
	return canvas_close(&c, e);
}
