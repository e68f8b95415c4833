/* dataset.h - the answers to one form of a frozen wave, as a table for
 * statisticians: a row per rating (one respondent about one unit), a column
 * per variable, with the words and the missing values that SPSS, Stata and a
 * code book want.
 *
 * Frozen answers only: no agent, sheet number, time or device is there, and a
 * respondent's number is of this freeze alone.  It is for the office's own
 * analysts; whoever takes one out is written into the log. */
#ifndef PHIEU_DATASET_H
#define PHIEU_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/err.h"
#include "phieu/plan.h"

/* Why there is no answer, in the place of one: user-missing in SPSS, .a .b .c
 * in Stata.  A question that was not put is missing without a reason. */
enum { DATASET_UNREADABLE = -7, DATASET_DONT_KNOW = -8, DATASET_BLANK = -9 };

enum { DATASET_NAME_MAX = 32 }; /* bytes; Stata's bound */

enum dataset_kind {
	DATASET_TEXT,  /* bytes */
	DATASET_CODED, /* a number that stands for a code with its words */
	DATASET_NUMBER
};
enum dataset_level { DATASET_NOMINAL, DATASET_ORDINAL, DATASET_SCALE };

struct dataset_value {
	double value;
	const char *code;  /* of the plan: "A", "so-tu-phap"; "-9" … */
	const char *label; /* Vietnamese */
	bool missing;	   /* an option that is no opinion, or no answer */
	char tag;	   /* Stata's letter of a missing answer; 0: none */
	uint8_t ordinal;   /* the byte that is stored; 0: of no answer byte */
};
/* Values with their words; shared by variables that have the same. */
struct dataset_set {
	const char *name; /* as of a variable */
	const struct dataset_value *values;
	size_t n;
};

struct dataset_var {
	/* letters, digits, _; begins with a letter; no word of SPSS or Stata;
	 * unlike all others also when case is ignored */
	const char *name;
	const char *code; /* in the plan: "Q1"; "" where it has none */
	const char *label;
	enum dataset_kind kind;
	enum dataset_level level;
	size_t width;			 /* bytes of the longest TEXT */
	const struct dataset_set *set;	 /* of CODED */
	const struct question *question; /* NULL */
	bool weight;			 /* what a row stands for */
};

struct dataset {
	struct arena *arena;
	const struct plan *plan; /* borrowed */
	size_t form;
	const char *name; /* as of a variable: CT_01 */
	const struct dataset_var *vars;
	size_t n;
	const struct dataset_set *const *sets; /* each once */
	size_t n_sets;
	/* [of the form] first variable of a question; NONE: none (texts lie
	 * apart, shuffled) */
	const size_t *question_var;
	const size_t *profile_var; /* [decisions.n_profile_kept] */
};

/* The columns that every data set begins with. */
enum dataset_fixed {
	DATASET_RESPONDENT,
	DATASET_GROUP,
	DATASET_HOME,
	DATASET_UNIT,
	DATASET_UNIT_KIND,
	DATASET_STRATUM,
	DATASET_FRAME,	/* N_h, respondents in the frame; missing: unknown */
	DATASET_SAMPLE, /* n_h, respondents who answered */
	DATASET_WEIGHT, /* N_h / n_h, 1 when unknown */
	DATASET_FIXED
};

/* NULL with ERR_NOMEM.  The plan must outlive it. */
struct dataset *dataset_new(const struct plan *p, size_t form,
			    struct err *e) MUST_USE;
void dataset_free(struct dataset *d);

/* A value of one row.  TEXT: s ("" none).  Else x, NAN missing; of CODED also
 * the value itself (NULL missing). */
struct dataset_cell {
	double x;
	const char *s;
	const struct dataset_value *value;
};

/* What a frozen rating says of itself. */
struct dataset_rating {
	const char *respondent; /* digits */
	const char *stratum;
	double frame, sample, weight; /* frame NAN: unknown */
	size_t group, home, unit;     /* plan indices, home NONE */
	const uint8_t *answers;
	size_t n_answers;
	const char *profile; /* JSON object */
	const char *extra;   /* JSON object of multiple and number; NULL */
};
/* Fills cells[d->n]; texts are borrowed from `r` and the data set.  ERR_BUG
 * for what cannot have been stored. */
bool dataset_fill(const struct dataset *d, const struct dataset_rating *r,
		  struct dataset_cell *cells, struct err *e) MUST_USE;

/* ---- writers -------------------------------------------------------------
 * What stands on every file: of which wave and freeze, trial, simulated. */
struct dataset_head {
	const char *wave, *title;
	int32_t plan_version, freeze;
	const char *plan_sha256, *content_sha256, *day; /* of the freeze */
	bool trial, simulated;
	size_t rows;
};

/* Gets bytes; false: could not be written. */
typedef bool (*dataset_out)(void *to, const char *s, size_t n);

enum dataset_form {
	DATASET_CSV,   /* codes as in the plan, formulas neutralised, BOM */
	DATASET_JSONL, /* an object a line; missing is null */
	DATASET_SAV,   /* SPSS */
	DATASET_DTA,   /* Stata 14 and later (format 118) */
	DATASET_XLSX   /* codes as in CSV; text is text, never a formula */
};
bool dataset_form_parse(const char *word, enum dataset_form *out);

struct dataset_writer;
/* `head.rows` is what will come.  Long words are cut for SAV (255 bytes a
 * label) and DTA (320, 80 characters): *cut counts them, the code book has
 * them whole. */
struct dataset_writer *dataset_write_open(const struct dataset *d,
					  const struct dataset_head *head,
					  enum dataset_form form,
					  dataset_out out, void *to,
					  size_t *cut, struct err *e) MUST_USE;
bool dataset_write_row(struct dataset_writer *w,
		       const struct dataset_cell *cells,
		       struct err *e) MUST_USE;
/* The end of the file; ERR_BUG when fewer or more rows came than told. */
bool dataset_write_end(struct dataset_writer *w, struct err *e) MUST_USE;
void dataset_write_close(struct dataset_writer *w);

/* One page for people (HTML, to print), and DDI Codebook 2.5. */
bool dataset_book_html(const struct dataset *d, const struct dataset_head *head,
		       struct buf *out, struct err *e) MUST_USE;
bool dataset_book_ddi(const struct dataset *d, const struct dataset_head *head,
		      struct buf *out, struct err *e) MUST_USE;

#endif
