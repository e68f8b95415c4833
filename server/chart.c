#include <cairo/cairo-svg.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart_parts.h"

const struct colour chart_ink = { 0.13, 0.13, 0.16 };
const struct colour chart_grey = { 0.45, 0.45, 0.48 };
const struct colour chart_pale = { 0.86, 0.87, 0.89 };
const struct colour chart_blue = { 0.00, 0.33, 0.60 };
const struct colour chart_orange = { 0.80, 0.38, 0.05 };
const struct colour chart_scale[CHART_LEVELS] = {
	{ 0.05, 0.30, 0.52 }, { 0.36, 0.60, 0.79 }, { 0.82, 0.82, 0.80 },
	{ 0.95, 0.68, 0.42 }, { 0.76, 0.32, 0.10 }, { 0.45, 0.15, 0.05 },
	{ 0.60, 0.60, 0.62 }, { 0.35, 0.35, 0.38 }
};

static cairo_status_t push(void *out, const unsigned char *s, unsigned n)
{
	buf_add(out, (const char *)s, n);
	return ((struct buf *)out)->broken ? CAIRO_STATUS_NO_MEMORY
					   : CAIRO_STATUS_SUCCESS;
}

static void letters(struct canvas *c, double size, bool bold)
{
	cairo_font_options_t *o = cairo_font_options_create();

	cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
	cairo_set_font_options(c->cr, o);
	cairo_font_options_destroy(o);
	cairo_select_font_face(c->cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
			       bold ? CAIRO_FONT_WEIGHT_BOLD
				    : CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(c->cr, size);
}

bool canvas_open(struct canvas *c, double height, const struct chart_words *w,
		 struct buf *out, struct err *e)
{
	*c = (struct canvas){ .out = out, .height = height };
	c->surface = cairo_svg_surface_create_for_stream(push, out, CHART_WIDTH,
							 height);
	cairo_svg_surface_set_document_unit(c->surface, CAIRO_SVG_UNIT_PX);
	c->cr = cairo_create(c->surface);
	if (cairo_status(c->cr) != CAIRO_STATUS_SUCCESS)
		return err_set(e, ERR_NOMEM, "no picture: %s",
			       cairo_status_to_string(cairo_status(c->cr)));
	canvas_colour(c, (struct colour){ 1, 1, 1 });
	cairo_paint(c->cr);
	canvas_colour(c, chart_ink);
	letters(c, CHART_SIZE + 2, true);
	canvas_text(c, 8, 22, AT_START, w->title, CHART_WIDTH - 16);
	letters(c, CHART_SIZE, false);
	if (w->note) {
		canvas_colour(c, chart_grey);
		canvas_text(c, 8, height - 8, AT_START, w->note,
			    CHART_WIDTH - 16);
	}
	return true;
}

/* Two decimals are enough for eyes, and half the bytes. */
static size_t short_number(const char *s, struct buf *out)
{
	size_t n = strspn(s, "0123456789"), part;
	char text[64];

	part = s[n] == '.' ? strspn(s + n + 1, "0123456789") : 0;
	if (part <= 2 || n + part > 40) {
		n += part > 0 ? part + 1 : 0;
		buf_add(out, s, n);
		return n;
	}
	(void)snprintf(text, sizeof text, "%.2f", strtod(s, NULL));
	for (size_t k = strlen(text); text[k - 1] == '0' || text[k - 1] == '.';
	     k--) {
		bool point = text[k - 1] == '.';

		text[k - 1] = '\0';
		if (point)
			break;
	}
	buf_adds(out, text);
	return n + 1 + part;
}

/* A name that counts the pictures of the process is none of ours. */
static size_t skip_count(const char *s)
{
	static const char mark[] = " id=\"surface";
	size_t n = sizeof mark - 1;

	if (strncmp(s, mark, n) != 0)
		return 0;
	n += strspn(s + n, "0123456789");
	return s[n] == '"' ? n + 1 : 0;
}

static bool tidy(struct buf *b, struct err *e)
{
	struct buf out = BUF_INIT(b->max);
	const char *s = buf_cstr(b);

	while (s && *s) {
		size_t n = skip_count(s);

		if (n == 0 && *s >= '0' && *s <= '9') {
			n = short_number(s, &out);
		} else if (n == 0) {
			n = 1;
			buf_add(&out, s, 1);
		}
		s += n;
	}
	buf_free(b);
	*b = out;
	return buf_cstr(b) || err_set(e, ERR_NOMEM, "no picture");
}

bool canvas_close(struct canvas *c, struct err *e)
{
	cairo_status_t s = cairo_status(c->cr);

	cairo_destroy(c->cr);
	cairo_surface_finish(c->surface);
	if (s == CAIRO_STATUS_SUCCESS)
		s = cairo_surface_status(c->surface);
	cairo_surface_destroy(c->surface);
	if (s != CAIRO_STATUS_SUCCESS || c->out->broken)
		return err_set(e, ERR_NOMEM, "no picture: %s",
			       cairo_status_to_string(s));
	return tidy(c->out, e);
}

void canvas_colour(struct canvas *c, struct colour k)
{
	cairo_set_source_rgb(c->cr, k.r, k.g, k.b);
}

static double width_of(struct canvas *c, const char *s)
{
	cairo_text_extents_t t;

	cairo_text_extents(c->cr, s, &t);
	return t.x_advance;
}

/* As many whole letters as fit, with an ellipsis. */
static const char *fit(struct canvas *c, const char *s, double room, char *own,
		       size_t size)
{
	size_t n = strlen(s);

	if (width_of(c, s) <= room)
		return s;
	while (n > 0) {
		do
			n--;
		while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80);
		if (n + 4 > size)
			continue;
		(void)snprintf(own, size, "%.*s…", (int)n, s);
		if (width_of(c, own) <= room)
			return own;
	}
	return "";
}

void canvas_text(struct canvas *c, double x, double y, enum anchor a,
		 const char *s, double room)
{
	char own[512];

	s = fit(c, s, room, own, sizeof own);
	if (a == AT_END)
		x -= width_of(c, s);
	else if (a == AT_MIDDLE)
		x -= width_of(c, s) / 2;
	cairo_move_to(c->cr, x, y);
	cairo_show_text(c->cr, s);
	cairo_new_path(c->cr);
}

void canvas_line(struct canvas *c, double x1, double y1, double x2, double y2,
		 double width)
{
	cairo_set_line_width(c->cr, width);
	cairo_move_to(c->cr, x1, y1);
	cairo_line_to(c->cr, x2, y2);
	cairo_stroke(c->cr);
}

void canvas_dot(struct canvas *c, double x, double y, double r, bool full)
{
	cairo_arc(c->cr, x, y, r, 0, 2 * M_PI);
	if (full) {
		cairo_fill(c->cr);
		return;
	}
	cairo_set_line_width(c->cr, 1.6);
	cairo_stroke(c->cr);
}

void canvas_diamond(struct canvas *c, double x, double y, double r)
{
	cairo_move_to(c->cr, x, y - r);
	cairo_line_to(c->cr, x + r, y);
	cairo_line_to(c->cr, x, y + r);
	cairo_line_to(c->cr, x - r, y);
	cairo_close_path(c->cr);
	cairo_set_line_width(c->cr, 1.4);
	cairo_stroke(c->cr);
}

double axis_at(const struct axis *a, double v)
{
	return a->left +
	       (v - a->from) / (a->to - a->from) * (a->right - a->left);
}

void canvas_axis(struct canvas *c, const struct axis *a, const char *words)
{
	char text[CHART_NUMBER];

	for (int i = 0; a->from + i * a->step <= a->to + a->step / 1e6; i++) {
		double v = a->from + i * a->step, x = axis_at(a, v);

		canvas_colour(c, chart_pale);
		canvas_line(c, x, a->top, x, a->bottom, 1);
		canvas_colour(c, chart_grey);
		canvas_text(c, x, a->bottom + 14, AT_MIDDLE,
			    chart_number(v, a->digits, text), 60);
	}
	canvas_text(c, (a->left + a->right) / 2, a->bottom + 30, AT_MIDDLE,
		    words, a->right - a->left + 120);
}

/* ---- on a page --------------------------------------------------------- */

/* Ids, and what points to them, get a name of the picture's own. */
static size_t take_mark(const char *s, size_t k, struct buf *html)
{
	static const char *const marks[] = { " id=\"", "href=\"#", "url(#" };

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		size_t n = strlen(marks[i]);

		if (strncmp(s, marks[i], n) != 0)
			continue;
		buf_add(html, s, n);
		buf_addf(html, "c%zu-", k);
		return n;
	}
	return 0;
}

bool chart_inline(const struct buf *svg, size_t k, const char *label,
		  struct buf *html, struct err *e)
{
	const char *s = buf_cstr(svg), *view, *end;

	s = s ? strstr(s, "<svg") : NULL;
	view = s ? strstr(s, "viewBox=\"") : NULL;
	end = view ? strchr(view, '>') : NULL;
	if (!end)
		return err_set(e, ERR_BUG, "the picture is not SVG");
	buf_adds(html, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		       "xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
		       "role=\"img\" aria-label=\"");
	for (const char *c = label; *c; c++)
		if (*c == '"' || *c == '&' || *c == '<')
			buf_addf(html, "&#%d;", *c);
		else
			buf_add(html, c, 1);
	buf_adds(html, "\" ");
	buf_add(html, view, (size_t)(strchr(view + 9, '"') + 1 - view));
	buf_adds(html, ">");
	for (s = end + 1; *s;) {
		size_t n = take_mark(s, k, html);

		if (n == 0)
			buf_add(html, s, n = 1);
		s += n;
	}
	return true;
}
