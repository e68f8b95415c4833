/* import.h - a filled table (Excel, CSV) to submissions, and back to its
 * cells with what is wrong.
 *
 * One row is one rated unit of one sheet; rows of a sheet stand together, the
 * sheet number is written in the first of them.  Pure: the same code runs in
 * the collector and in phieu-upload.  What is wrong with a value is judged by
 * submission_check and found back to its cell; what is wrong with the table
 * itself has codes of its own:
 *   I01 the file is for another form, version or wave
 *   I02 a column that the form does not have    I03 a column is missing
 *   I04 a column comes twice                    I05 a row without a sheet
 *   I06 a sheet number comes again further down I07 two values of one sheet
 *   I08 not a day                               I09 not in the list
 *   I10 an error value of Excel                 I11 a code that Excel changed
 *   I12 a formula that was never computed       I13 a number that cannot be
 *   told apart (1,234)                          I14 no row of headings
 *   I15 more sheets than one file may hold      I16 text typed in an old font
 * and, of what is not wrong but should be known,
 *   N01 hidden rows are read   N02 converted from an old encoding
 *   N03 other sheets are not   N04 days that can be read in two ways
 *   N05 days are read month first, as the column shows
 *   N06 days that Excel may have turned around
 * F01-F11 are about the file as a whole (grid.h). */
#ifndef PHIEU_IMPORT_H
#define PHIEU_IMPORT_H

#include "phieu/buf.h"
#include "phieu/grid.h"
#include "phieu/plan.h"

enum import_role {
	IMPORT_SKIP,
	IMPORT_SHEET,
	IMPORT_GROUP,
	IMPORT_HOME,
	IMPORT_COLLECTED,
	IMPORT_KEYING,
	IMPORT_PROFILE,
	IMPORT_UNIT,
	IMPORT_QUESTION,
	IMPORT_COMMENT
};

/* The key of a column in the hidden row of a template ("sheet", "profile.sex",
 * "Q1") and its heading for people, in the arena; NULL when out of memory.
 * `at`: of profile fields and questions. */
const char *import_key(const struct form *f, enum import_role role, size_t at,
		       struct arena *a);
const char *import_heading(const struct form *f, enum import_role role,
			   size_t at, bool vi, struct arena *a);

struct import_column {
	uint32_t column;
	enum import_role role;
	size_t at; /* profile field, question */
	const char *heading;
};

struct import_fault {
	uint32_t row;	 /* as in the file, 0: the whole file */
	uint32_t column; /* when has_column */
	bool has_column;
	char code[8];
	const char *value;   /* what stands there, "" */
	const char *heading; /* of the column, "" */
	const char *message, *message_vi;
};

struct import_sheet {
	uint32_t row;	      /* its first, as in the file */
	size_t first, n_rows; /* in import.rows: one a rating */
	const char *number;   /* as it will be sent, or NULL */
	int keying;
	const char *rest; /* JSON members from "wave" on, with the } */
	size_t n_rest;
	bool faulty; /* an I-fault: it cannot be sent */
};

struct import {
	struct arena *arena;
	struct grid *grid; /* NULL when the file could not be read */
	const struct plan *plan;
	size_t form; /* index in the plan, NONE */
	const struct import_column *columns;
	size_t n_columns;
	uint32_t header_row; /* as in the file, 0: none */
	char decimal;	     /* '.' or ','; 0: no number tells */
	struct import_sheet *sheets;
	size_t n_sheets;
	const size_t *rows; /* index in grid->rows of each rating */
	struct import_fault *faults;
	size_t n_faults, cap_faults, more_faults;
	struct import_fault *notes; /* nothing is wrong, but be told */
	size_t n_notes, cap_notes;
};

struct import_options {
	const struct plan *plan;
	const char *form;     /* code; NULL: as the file says */
	enum charset charset; /* CHARSET_UNKNOWN: find out */
};

/* NULL only when out of memory; a file that cannot be read has faults and no
 * sheets. */
struct import *import_read(const void *file, size_t n,
			   const struct import_options *o,
			   struct err *e) MUST_USE;
void import_free(struct import *im);

/* One line of JSON without its LF.  The instanceID is made of the content,
 * so that the same sheet has the same one whenever and wherever it is read.
 * `replaces` may be NULL. */
#define IMPORT_INSTANCE_MAX 48
void import_instance(const struct import_sheet *s, const char *replaces,
		     char out[IMPORT_INSTANCE_MAX]);
void import_json(const struct import_sheet *s, const char *replaces,
		 struct buf *out);
/* What the sheet has to name in `replaces`, NULL for nothing.  `list`: what
 * came of this number from files before.  The same content again is the same
 * bytes, also when it was replaced since, so that an old file sent once more
 * undoes nothing; else a mended sheet replaces the one that is `open` to it
 * (counted, and judged by nobody). */
struct import_version {
	const char *instance, *replaces; /* replaces may be NULL */
	bool open;
};
const char *import_replaces(const struct import_sheet *s,
			    const struct import_version *list, size_t n);

/* Faults of sheet `i` as submission_check or the collector found them (JSON
 * array of code, path, message, message_vi), put to their cells. */
bool import_place(struct import *im, size_t i, const char *faults_json,
		  struct err *e) MUST_USE;
/* Checks all sheets as the collector would, without its ledger. */
struct import_counts {
	size_t sheets, valid, queried, invalid;
};
bool import_check(struct import *im, struct date today,
		  struct import_counts *out, struct err *e) MUST_USE;
void import_add_fault(struct import *im, uint32_t row, uint32_t column,
		      bool has_column, const char *code, const char *value,
		      const char *message, const char *message_vi);
/* By row, column, code. */
void import_sort(struct import *im);

/* Members of a JSON object: form, version, file, rows, notes, faults, more. */
struct jw;
void import_report(const struct import *im, struct jw *w);
/* For a terminal, a line each. */
void import_print(const struct import *im, bool vi, struct buf *out);
/* The same table as a workbook at `path`, cells at the same addresses, faults
 * coloured, commented and listed in a column "Lỗi". */
bool import_marked(const struct import *im, const char *path,
		   struct err *e) MUST_USE;

#endif
