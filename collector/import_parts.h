/* import_parts.h - what the files import*.c share. */
#ifndef PHIEU_COLLECTOR_IMPORT_PARTS_H
#define PHIEU_COLLECTOR_IMPORT_PARTS_H

#include "phieu/import.h"
#include "phieu/json.h"
#include "phieu/limits.h"

/* A name or code as people write it, and what it stands for. */
struct import_name {
	const char *key; /* utf8_key */
	size_t at;
};
struct import_names {
	struct import_name *list;
	size_t n;
};

/* What a heading may say. */
struct import_word {
	const char *key;
	size_t n, at;
	enum import_role role;
	bool code; /* of a question: the heading may go on */
};

struct importer {
	struct import *im;
	const struct plan *p;
	const struct form *f;
	struct arena *a;
	struct import_word *words;
	size_t n_words;
	struct import_names units, groups;
	const struct import_column **question; /* NULL: no column */
	struct arena *scratch;		       /* reset with each value */
	enum day_order {
		DAYS_DAY_FIRST, /* shown by a cell, or by none */
		DAYS_MONTH_FIRST,
		DAYS_BOTH /* some cells show one, some the other */
	} days;
	bool failed; /* out of memory */
};

#define IMPORT_MARK	   "phieu/1;" /* begins the mark of a template */
#define IMPORT_SHEET_NAME  "Phiếu"
#define IMPORT_GUIDE_NAME  "Hướng dẫn"
#define IMPORT_FAULTS_NAME "Lỗi của tệp"

/* import_columns.c */
/* Finds the headings; *first is the index of the first row below them.
 * Without, a fault and false. */
bool import_columns(struct importer *m, size_t *first);
/* The form that the file's mark or defined names speak of. */
bool import_which_form(struct importer *m, const char *wanted,
		       const char *const values[3]);

/* import_values.c */
bool import_names_load(struct importer *m);
const struct import_column *import_role_column(const struct import *im,
					       enum import_role role);
/* Cell of a role, NULL when blank. */
const struct grid_cell *import_cell(const struct import *im,
				    const struct grid_row *r,
				    enum import_role role);
/* Text of a cell for a place where codes and answers stand; faults for what
 * Excel made of it; NULL when it cannot be used. */
const char *import_code(struct importer *m, const struct grid_row *r,
			const struct import_column *c);
/* False and a fault for a cell that holds no value at all: an error of Excel,
 * a formula that was never computed. */
bool import_usable(struct importer *m, const struct grid_row *r,
		   const struct import_column *c, const struct grid_cell *cell);
/* Index of a group or unit, NONE with a fault. */
size_t import_group(struct importer *m, const struct grid_row *r,
		    const struct import_column *c);
size_t import_unit(struct importer *m, const struct grid_row *r,
		   const struct import_column *c, bool home, size_t group);
void import_answer(struct importer *m, const struct grid_row *r,
		   const struct import_column *c, struct jw *w);
/* Words as they are, NULL (and the fault) when Excel has an error there. */
const char *import_words(struct importer *m, const struct grid_row *r,
			 const struct import_column *c);
void import_profile(struct importer *m, const struct grid_row *r,
		    const struct import_column *c, struct jw *w);
/* The decimal mark of the file, from all its numbers. */
void import_decimal(struct importer *m, size_t first);

/* import_days.c */
/* The order of day and month in the column of days, from all its cells. */
void import_day_order(struct importer *m, size_t first);
bool import_day(struct importer *m, const struct grid_row *r,
		const struct import_column *c, struct date *out);

/* Nothing is wrong, but people should know. */
void import_note(struct import *im, const char *code, const char *message,
		 const char *message_vi);
void import_at(struct importer *m, const struct grid_row *r,
	       const struct import_column *c, const char *code,
	       const char *message, const char *message_vi);

#endif
