/* report_html.h - a wave's report for people: one page that holds everything
 * (no script, nothing from elsewhere, prints on A4), and its pictures as
 * files.  What close_cells closed is a dash.  The same wave gives the same
 * bytes: no clock is read. */
#ifndef PHIEU_REPORT_HTML_H
#define PHIEU_REPORT_HTML_H

#include "phieu/estimate_report.h"

struct report_view {
	const struct wave_source *source;
	const struct spec *spec; /* of report_spec */
	const struct est_results *r;
	const struct report_extra *extra;
	const struct wave_limits *limits;
	struct arena *a;
};

/* A picture with the numbers it is drawn from. */
struct report_picture {
	const char *name;  /* of its file, without .svg */
	const char *title; /* says what is seen */
	struct buf svg, csv;
};
/* Units of each kind with intervals; changes, where there is an earlier wave;
 * the quadrant; answers of each form.  Those without an open number are left
 * out.  Free them. */
bool report_pictures(const struct report_view *v, struct report_picture **out,
		     size_t *n, struct err *e) MUST_USE;
void report_pictures_free(struct report_picture *p, size_t n);

bool report_html(const struct report_view *v, struct buf *out,
		 struct err *e) MUST_USE;
/* NAME.svg and NAME.csv of each into `dir`, made when it is not there. */
bool report_plot(const struct report_view *v, const char *dir,
		 struct err *e) MUST_USE;

#endif
