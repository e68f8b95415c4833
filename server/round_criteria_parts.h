/* criteria_parts.h - sheets, columns and words of a workbook of criteria. */
#ifndef PHIEU_SERVER_CRITERIA_PARTS_H
#define PHIEU_SERVER_CRITERIA_PARTS_H

#include "phieu/criteria.h"
#include "phieu/decimal_mark.h"
#include "phieu/grid.h"

enum criteria_sheet {
	SHEET_SET, /* title, basis, example */
	SHEET_CRITERIA,
	SHEET_KINDS,
	SHEET_TABLES, /* from measure to points */
	SHEET_GROUPS,
	SHEET_REPLACED,
	SHEET_COUNT
};
extern const char *const criteria_sheets[SHEET_COUNT];

enum { CRITERIA_COLUMNS_MAX = 12, CRITERIA_HEAD_ROW = 2 };

enum criteria_column { /* of SHEET_CRITERIA */
		       CC_CODE,
		       CC_PARENT,
		       CC_NAME,
		       CC_MAXIMUM,
		       CC_SOURCE,
		       CC_COMBINE,
		       CC_NEED,
		       CC_GRAIN,
		       CC_EFFECT,
		       CC_APPLIES,
		       CC_BASIS,
		       CC_NOTE, /* read, and told that it is not kept */
		       CC_COUNT
};
enum { CK_CODE, CK_NAME, CK_TOTAL, CK_COUNT };
enum { CT_CODE, CT_KIND, CT_FROM, CT_TO, CT_POINTS, CT_CAP, CT_COUNT };
enum { CG_CODE, CG_GROUP, CG_WEIGHT, CG_COUNT };
enum { CR_FROM, CR_TO, CR_COUNT };

struct criteria_head {
	const char *heading;
	const char *keys;   /* folded, parted by '|'; '*' before: contains it */
	const char *member; /* of the JSON object; NULL: none of its own */
	double width;
	bool number;
};
extern const struct criteria_head criteria_heads[CC_COUNT];
extern const struct criteria_head kind_heads[CK_COUNT];
extern const struct criteria_head table_heads[CT_COUNT];
extern const struct criteria_head group_heads[CG_COUNT];
extern const struct criteria_head replaced_heads[CR_COUNT];

struct criteria_word {
	const char *word; /* of the document */
	const char *vi;	  /* of the workbook */
	const char *also; /* folded, parted by '|' */
};
extern const struct criteria_word source_names[], combine_names[],
	effect_names[]; /* to {NULL} */

/* ---- reading ------------------------------------------------------ */

struct sheet {		/* as read */
	struct grid *g; /* NULL: the file has none such */
	size_t head;	/* index of the row of heads */
	uint32_t column[CRITERIA_COLUMNS_MAX]; /* by what it means; NO_COLUMN */
};
#define NO_COLUMN UINT32_MAX

struct criterion { /* a row of SHEET_CRITERIA */
	const struct grid_row *row;
	const char *code;
	size_t above;	/* index of the parent; SIZE_MAX: a field */
	size_t place;	/* among its siblings */
	size_t n_below; /* children */
	cJSON *o;	/* of the document */
};

struct criteria_reading {
	struct arena *a;
	struct faults *f, *notes;
	struct sheet sheet[SHEET_COUNT];
	char mark; /* decimal mark of the file; 0: not to be told */
	struct criterion *list;
	size_t n;
	cJSON *doc, *part;		  /* owned; part of doc */
	const struct grid_row *total_row; /* below a printed table */
	const char *total;
	bool broken; /* out of memory */
};

/* round_criteria_cell.c */

/* The key of a text: folded, without marks; "" when memory ends, also that of
 * the text. */
const char *criteria_key(struct criteria_reading *x, const char *s);
bool criteria_key_in(const char *key, const char *keys);
/* Row and column of what stands there; the column of CC_CODE etc. where there
 * is none such. */
void criteria_fault(struct criteria_reading *x, enum criteria_sheet s,
		    const struct grid_row *row, size_t column, const char *code,
		    const char *en, const char *vi);
void criteria_note(struct criteria_reading *x, enum criteria_sheet s,
		   const struct grid_row *row, size_t column, const char *code,
		   const char *en, const char *vi);
const char *criteria_place(struct criteria_reading *x, enum criteria_sheet s,
			   const struct grid_row *row, size_t column);
/* The cell of what a column means; NULL: no such column, or empty. */
const struct grid_cell *criteria_cell(const struct criteria_reading *x,
				      enum criteria_sheet s,
				      const struct grid_row *row,
				      size_t column);
/* The text of it, NULL likewise. */
const char *criteria_text(const struct criteria_reading *x,
			  enum criteria_sheet s, const struct grid_row *row,
			  size_t column);
/* A number with a point; NULL: none, or a fault C03 that was told. */
const char *criteria_number(struct criteria_reading *x, enum criteria_sheet s,
			    const struct grid_row *row, size_t column);
/* Opens the sheets, finds heads and the decimal mark.  False: no criteria to
 * be found, with faults, or ERR_NOMEM. */
bool criteria_open(struct criteria_reading *x, const void *file, size_t n,
		   struct err *e);
/* Rows of a sheet below its heads. */
const struct grid_row *criteria_row(const struct criteria_reading *x,
				    enum criteria_sheet s, size_t i);

/* round_criteria_level.c: x->list with codes and parents. */
void criteria_levels(struct criteria_reading *x);

/* round_criteria_build.c: the document from what was read. */
void criteria_build(struct criteria_reading *x, const cJSON *into);

/* round_criteria_check.c: the document checked; faults get their cells. */
bool criteria_check(struct criteria_reading *x, const cJSON *into,
		    struct buf *out, struct err *e);

#endif
