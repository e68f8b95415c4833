/* xlsx_impl.h - what the files of the workbook reader share. */
#ifndef PHIEU_XLSX_IMPL_H
#define PHIEU_XLSX_IMPL_H

#include <zip.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/sheet_xlsx.h"
#include "phieu/xml.h"

#define XLSX_COLUMNS 16384u
#define XLSX_ROWS    1048576u

enum number_format {
	FORMAT_NUMBER,
	FORMAT_PERCENT,
	FORMAT_DATE,
	FORMAT_TIME, /* no day in it */
	FORMAT_TEXT
};

struct part {
	const char *name; /* as looked up: lower case, / between folders */
	zip_uint64_t index;
};

struct sheet_in {
	struct xlsx_sheet pub;
	const char *relation, *part;
};

struct defined {
	const char *name, *value;
};

struct xlsx {
	zip_t *zip;
	struct arena *arena;
	struct faults *faults; /* of the caller, or NULL */
	struct part *parts;    /* by name */
	size_t n_parts;
	struct sheet_in *sheets;
	size_t n_sheets, cap_sheets;
	struct defined *defined;
	size_t n_defined, cap_defined;
	const char *strings_part, *styles_part;
	bool is_1904, loaded;
	struct buf strings; /* NUL after each */
	uint32_t *string_at;
	size_t n_strings, cap_strings;
	uint8_t *formats; /* enum number_format by cell style */
	size_t n_formats;
	size_t unpacked; /* over all parts read */
	bool stopped;	 /* by the caller of a row */
};

/* A fault and ERR_INPUT with the same English words; returns false. */
bool xlsx_bad(struct xlsx *x, struct err *e, const char *code,
	      const char *place, const char *words, const char *words_vi);

/* NONE: no such part. */
size_t xlsx_part(const struct xlsx *x, const char *name);
/* Feeds a part to the handler. */
bool xlsx_part_xml(struct xlsx *x, size_t part, const struct xml_handler *h,
		   void *arg, struct err *e) MUST_USE;
/* Attribute by local name, whatever its namespace; NULL. */
const char *xlsx_attr(const struct xml_attr *a, size_t n, const char *name);
bool xlsx_true(const char *value);	     /* "1", "true" */
bool xlsx_index(const char *s, size_t *out); /* digits only */

/* xlsx_book.c: relations, workbook */
bool xlsx_book_load(struct xlsx *x, struct err *e) MUST_USE;
/* xlsx_text.c: shared strings */
bool xlsx_strings_load(struct xlsx *x, struct err *e) MUST_USE;
/* _x000D_ and the like become what they stand for; in place. */
size_t xlsx_unescape(char *s, size_t n);
/* xlsx_style.c */
bool xlsx_styles_load(struct xlsx *x, struct err *e) MUST_USE;
enum number_format xlsx_format_of(const char *code);
/* xlsx_number.c: what the text of a number means; false: not a number */
bool xlsx_number(const char *s, size_t n, double *value);
/* As a person reads it: 15 digits at most, no exponent below 1e15. */
size_t xlsx_number_text(const char *s, size_t n, double value, char out[40]);
/* A day and a time of day; false when out of Excel's calendar. */
bool xlsx_serial(double serial, bool is_1904, struct date *day, int *seconds);

#endif
