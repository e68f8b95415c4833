/* xlsform_parts.h - what the files xlsform_*.c share; nobody else. */
#ifndef PHIEU_COLLECTOR_XLSFORM_PARTS_H
#define PHIEU_COLLECTOR_XLSFORM_PARTS_H

#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/json.h"
#include "phieu/xlsform.h"

enum xcolumn {
	COL_TYPE,
	COL_NAME,
	COL_LABEL,
	COL_LABEL_EN,
	COL_HINT,
	COL_REQUIRED,
	COL_CONSTRAINT,
	COL_LIST,
	COL_TITLE,
	COL_TITLE_EN,
	COL_FORM,
	COL_VERSION,
	/* ours */
	COL_FIELD,
	COL_CRITERION,
	COL_KIND,
	COL_REVERSED,
	COL_ASKED,
	COL_MAX_BYTES,
	COL_DECIMALS,
	COL_ORDINAL,
	COL_COEFFICIENT,
	COL_SATISFIED,
	COL_NO_OPINION,
	COL_RETIRED,
	COL_BASIS,
	COL_NOTE,
	COL_COUNT,
	COL_PASSED, /* known, how it looks: not for a plan */
	COL_REFUSED /* known, what it means: a plan has no place for it */
};

enum xsheet { SHEET_SURVEY, SHEET_CHOICES, SHEET_SETTINGS, SHEET_COUNT };
extern const char *const xsheet_name[SHEET_COUNT];

struct xhead {
	enum xcolumn is;
	const char *text; /* as written */
};

struct xline {
	uint32_t number;	     /* as Excel shows it */
	const char *cell[COL_COUNT]; /* NULL: empty */
};

struct xtable {
	bool there;
	uint32_t column[COL_COUNT]; /* where it stands, for places */
	struct xline *lines;
	size_t n, cap;
};

struct xform_in { /* a workbook being read */
	struct arena *a;
	struct faults *faults, *notes;
	struct xtable table[SHEET_COUNT];
};

bool xlsform_tables(struct xform_in *in, const void *file, size_t n,
		    struct err *e) MUST_USE;

/* "/survey/F12"; the row alone where the column is not there. */
const char *xlsform_place(const struct xform_in *in, enum xsheet sheet,
			  const struct xline *line, enum xcolumn column);
void xlsform_say(const struct xform_in *in, enum xsheet sheet,
		 const struct xline *line, enum xcolumn column,
		 const char *code, const char *en, const char *vi);

/* yes, true, true(), x / no, false, false(), empty.  False: neither. */
bool xlsform_yes(const char *s, bool *out);
/* What a number is held to: ". >= 1 and . <= 50" as it was written, and in
 * how many decimals (-1: it does not say).  False: another constraint. */
struct xrange {
	const char *low, *high;
	int decimals;
};
bool xlsform_range(const char *s, struct arena *a, struct xrange *out);
/* The constraint for that many decimals, 0 to 5. */
#define XLSFORM_STEP_MAX 64
const char *xlsform_step(int decimals, char out[XLSFORM_STEP_MAX]);
/* "string-length(.) <= 200" */
bool xlsform_length(const char *s, long *max);

#define XLSFORM_GROUP_DEPTH 16

struct use { /* of a list of choices */
	const char *list;
	size_t times;
	bool scale; /* stands under "scales" */
};

struct feed { /* a question that feeds a criterion */
	const char *criterion, *item, *weight, *question;
};

struct convert {
	struct xform_in in;
	const char *form, *version, *basis, *note;
	struct buf questions, profile;
	struct jw jq, jp;
	struct use *uses;
	size_t n_uses;
	struct feed *feeds;
	size_t n_feeds, cap_feeds;
	const char *group[XLSFORM_GROUP_DEPTH]; /* labels of open groups */
	bool is_profile[XLSFORM_GROUP_DEPTH];
	const struct xline *opened[XLSFORM_GROUP_DEPTH];
	size_t depth;
	size_t n_questions;
};

static inline const char *cell(const struct xline *l, enum xcolumn column)
{
	return l ? l->cell[column] : NULL;
}

/* `name`: true when the cell says yes; a fault when it says neither. */
void xlsform_flag(struct convert *c, struct jw *w, enum xsheet sheet,
		  const struct xline *l, enum xcolumn column, const char *name);
size_t xlsform_list_size(const struct convert *c, const char *list);
/* Every option that is put and says something has a coefficient. */
bool xlsform_is_scored(const struct convert *c, const char *list);
struct use *xlsform_use(struct convert *c, const char *list);
/* The list as plan options; its faults are told once, unless `told`. */
void xlsform_options(struct convert *c, struct jw *w, const char *list,
		     bool told);
/* Choices that no question names would be lost without a word. */
void xlsform_unused_lists(struct convert *c);

#endif
