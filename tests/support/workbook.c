#include "support/workbook.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

char *wb_zip(const struct wb_part *parts, size_t n_parts, size_t *n)
{
	zip_error_t why;
	zip_source_t *out, *in;
	zip_stat_t st;
	zip_t *z;
	char *bytes = NULL;

	zip_error_init(&why);
	out = zip_source_buffer_create(NULL, 0, 0, &why);
	zip_source_keep(out);
	z = zip_open_from_source(out, ZIP_CREATE | ZIP_TRUNCATE, &why);
	if (!z)
		abort();
	for (size_t i = 0; i < n_parts; i++) {
		size_t len = parts[i].n ? parts[i].n : strlen(parts[i].text);
		in = zip_source_buffer(z, parts[i].text, len, 0);
		if (zip_file_add(z, parts[i].name, in, ZIP_FL_ENC_UTF_8) < 0)
			abort();
	}
	if (zip_close(z) != 0 || zip_source_open(out) != 0 ||
	    zip_source_stat(out, &st) != 0)
		abort();
	bytes = malloc(st.size + 1);
	*n = (size_t)zip_source_read(out, bytes, st.size);
	zip_source_close(out);
	zip_source_free(out);
	return bytes;
}

static char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static char *format(const char *fmt, ...)
{
	va_list ap;
	char *out = NULL;

	va_start(ap, fmt);
	if (vasprintf(&out, fmt, ap) < 0)
		abort();
	va_end(ap);
	return out;
}

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define REL                                                      \
	"http://schemas.openxmlformats.org/officeDocument/2006/" \
	"relationships"
#define PKG "http://schemas.openxmlformats.org/package/2006/relationships"

char *wb_one(const char *sheet, const char *styles, const char *strings,
	     size_t *n)
{
	struct wb_part parts[6] = {
		{ "_rels/.rels",
		  "<Relationships xmlns=\"" PKG "\"><Relationship Id=\"r1\" "
		  "Type=\"" REL "/officeDocument\" Target=\"xl/workbook.xml\"/>"
		  "</Relationships>",
		  0 },
		{ "xl/workbook.xml",
		  "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" REL "\"><sheets>"
		  "<sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"s1\"/></sheets>"
		  "</workbook>",
		  0 },
		{ "xl/_rels/workbook.xml.rels",
		  "<Relationships xmlns=\"" PKG "\"><Relationship Id=\"s1\" "
		  "Type=\"" REL "/worksheet\" Target=\"worksheets/s1.xml\"/>"
		  "<Relationship Id=\"s2\" Type=\"" REL "/styles\" "
		  "Target=\"/xl/styles.xml\"/><Relationship Id=\"s3\" "
		  "Type=\"" REL "/sharedStrings\" "
		  "Target=\"../xl/sharedStrings.xml\"/></Relationships>",
		  0 }
	};
	char *own[3] = { 0 };
	size_t count = 3;
	char *out;

	own[0] = format("<worksheet xmlns=\"%s\">%s</worksheet>", MAIN, sheet);
	parts[count++] = (struct wb_part){ "xl/worksheets/s1.xml", own[0], 0 };
	if (styles) {
		own[1] = format("<styleSheet xmlns=\"%s\">%s</styleSheet>",
				MAIN, styles);
		parts[count++] = (struct wb_part){ "xl/styles.xml", own[1], 0 };
	}
	if (strings) {
		own[2] = format("<sst xmlns=\"%s\">%s</sst>", MAIN, strings);
		parts[count++] =
			(struct wb_part){ "xl/sharedStrings.xml", own[2], 0 };
	}
	out = wb_zip(parts, count, n);
	for (size_t i = 0; i < 3; i++)
		free(own[i]);
	return out;
}
