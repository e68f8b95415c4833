/* service_page.h - the built agent's page as it lies in the program:
 * collector/web/dist2c.sh writes the list. */
#ifndef PHIEU_SERVICE_PAGE_H
#define PHIEU_SERVICE_PAGE_H

#include <stddef.h>

struct page_file {
	const char *name;   /* "app.js" */
	const char *sha256; /* of the content, hex */
	const unsigned char *data;
	size_t n;
};
extern const struct page_file page_files[];
extern const size_t n_page_files;

#endif
