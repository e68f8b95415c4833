/* pull_forms_parts.h - what the files pull_forms*.c share. */
#ifndef PHIEU_SERVER_PULL_FORMS_PARTS_H
#define PHIEU_SERVER_PULL_FORMS_PARTS_H

#include <curl/curl.h>

#include "phieu/buf.h"
#include "phieu/json.h"
#include "phieu/pull_forms.h"

/* One transfer: what came, whatever its status. */
struct fetch {
	long status;
	struct buf body;
};

/* GET, or POST of `json` when not NULL.  `authorization` may be NULL.  Only
 * transport failures are errors (ERR_DOWN). */
bool fetch_url(const char *url, const char *authorization, const char *json,
	       size_t max, struct fetch *out, struct err *e) MUST_USE;
/* The same, and anything but 200 is an error by its kind. */
bool fetch_ok(const char *url, const char *authorization, const char *json,
	      size_t max, struct fetch *out, struct err *e) MUST_USE;

/* An OpenRosa submission: the form and its files, as multipart. */
struct form_file {
	char *name;
	struct buf body;
};
bool fetch_submit(const char *url, const struct buf *xml,
		  const struct form_file *files, size_t n, struct fetch *out,
		  struct err *e) MUST_USE;

/* "a%20b" appended. */
void add_escaped(struct buf *b, const char *text);

#endif
