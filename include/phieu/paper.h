/* paper.h - a document of an office as data: letterhead, facts, tables.
 *
 * One description, three forms: a page in the layout of Nghị định
 * 30/2020/NĐ-CP, CSV, a workbook.  Nothing of a province stands here: an empty
 * name leaves its place empty.  Number, day and signature stay empty, for the
 * program's paper is no official document until somebody signs it.  Numbers are
 * official decimals, never doubles before the last step into a workbook. */
#ifndef PHIEU_PAPER_H
#define PHIEU_PAPER_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/dec.h"
#include "phieu/err.h"

struct paper_cell {
	const char *text; /* NULL: empty, unless it is a number */
	bool is_number;
	struct dec value;
	int digits;  /* decimals printed, kept exactly */
	bool centre; /* a mark in the place of a number */
};

struct paper_head {
	const char *group; /* heads side by side with one group share it */
	const char *text;
	int width;    /* characters, for the workbook */
	bool is_name; /* of a unit: stands upright where columns are many */
};

struct paper_table {
	const char *caption; /* NULL: none */
	const struct paper_head *heads;
	size_t columns;
	size_t fixed; /* leading columns, repeated where a page splits */
	struct paper_cell *cells; /* [rows x columns] */
	bool *strong;		  /* [rows]: a field, a total */
	size_t rows;
	const char *const *notes; /* below the table */
	size_t n_notes;
};

struct paper {
	const char *superior, *body, *place; /* "" where the data has none */
	const char *mark;		     /* "Dự thảo"; "" none */
	const char *warning;		     /* "Mẫu thử …"; "" none */
	const char *title, *subject;	     /* "BÁO CÁO", what about */
	const char *const *facts;	     /* what it rests on, a line each */
	size_t n_facts;
	const char *picture; /* SVG of ours, put as it is; NULL: none */
	const struct paper_table *tables;
	size_t n_tables;
	bool landscape;
	bool apart; /* each table begins a page */
	/* Who signs, side by side; none: the head of the office */
	const char *const *signers;
	size_t n_signers;
};

struct paper_cell paper_text(const char *s);
struct paper_cell paper_mark(const char *s);
struct paper_cell paper_number(struct dec v, int digits);
/* "97.690" with as many digits as it needs; what is no number as text. */
struct paper_cell paper_decimal(const char *s);
/* As people read it, "97,69"; in the arena.  "" when it is empty. */
const char *paper_cell_text(const struct paper_cell *c, struct arena *a);
struct paper_cell *paper_at(const struct paper_table *t, size_t row,
			    size_t column);
/* A table of so many empty cells; NULL cells when memory is short. */
struct paper_table paper_table(const struct paper_head *heads, size_t columns,
			       size_t rows, struct arena *a);

bool paper_html(const struct paper *d, struct buf *out, struct err *e) MUST_USE;
/* Decimal points, formulas neutralised, the facts before the table. */
bool paper_csv(const struct paper *d, struct buf *out, struct err *e) MUST_USE;
/* Numbers are numbers, shown with their decimals; texts never formulas. */
bool paper_xlsx(const struct paper *d, const char *path,
		struct err *e) MUST_USE;
/* By the ending of the path: .html, .csv or .xlsx. */
bool paper_write(const struct paper *d, const char *path,
		 struct err *e) MUST_USE;
/* The same; without a path (NULL) as CSV on standard output. */
bool paper_put(const struct paper *d, const char *path, struct err *e) MUST_USE;
/* "2021-03-01" as 01/03/2021, in the arena; what is no day as it is. */
const char *paper_day(const char *iso, struct arena *a);

#endif
