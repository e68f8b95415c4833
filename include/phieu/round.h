/* round.h - a round of assessment (kỳ đánh giá) as data: criteria, units and
 * rules (index.h), the agencies, the calendar and who appraises what.
 *
 * One JSON document (docs/ROUND.md): {"round":{…}, "index":{…} as
 * index_file.h, "offices":[…], "calendar":[…], "assignments":[…],
 * "replaced":[…]}.  Everything official in it is data with its decision. */
#ifndef PHIEU_ROUND_H
#define PHIEU_ROUND_H

#include "phieu/buf.h"
#include "phieu/date.h"
#include "phieu/index.h"

enum round_step {
	STEP_NONE, /* a task that opens nothing */
	STEP_SELF,
	STEP_APPRAISE,
	STEP_COUNCIL,
	STEP_PUBLISH
};

struct round_office {
	const char *code, *name;
	size_t unit; /* in the index set; INDEX_NONE: not assessed itself */
};

struct round_task {
	const char *code, *title;
	enum round_step step;
	bool has_opens;
	struct date opens, due;
	const char **lead; /* codes of offices, or names as they are written */
	size_t n_lead;
	const char **cooperating;
	size_t n_cooperating;
};

struct round_assignment {
	size_t office;
	size_t node; /* INDEX_NONE: everything */
	bool lead;   /* chủ trì, else phối hợp */
};

/* Criteria replaced within the year, old to new. */
struct round_replaced {
	const char *from;
	size_t to; /* INDEX_NONE: dropped */
};

/* Units of the year before that are part of a unit of this one. */
struct round_merged {
	const char *from;
	size_t to; /* a unit */
};

struct round {
	const char *code, *name;
	int year;
	const char *wave, *basis; /* NULL: none */
	/* of letterheads: body above, issuing body, place; NULL: left empty */
	const char *superior, *body, *place;
	bool own_unit;	  /* an appraiser sees his own unit's self-assessment */
	int opinion_days; /* for a unit's opinion; silence is agreement */
	struct index_set set; /* without values */
	struct round_office *offices;
	size_t n_offices;
	struct round_task *tasks;
	size_t n_tasks;
	struct round_assignment *assignments;
	size_t n_assignments;
	struct round_replaced *replaced;
	size_t n_replaced;
	struct round_merged *merged;
	size_t n_merged;
	const char *text; /* canonical JSON */
};

/* Reads and checks; false with all faults (codes R.. and those of the index,
 * under /index), never none.  Everything lives in `a`. */
bool round_read(const char *json, size_t n, struct arena *a, struct round *out,
		struct faults *f) MUST_USE;

const char *round_step_word(enum round_step s); /* "self-assess"; "" none */
const char *round_step_word_vi(enum round_step s);
bool round_step_parse(const char *word, enum round_step *out);

/* By code; INDEX_NONE: none such. */
size_t round_unit(const struct round *r, const char *code);
size_t round_node(const struct round *r, const char *code);

/* The appraising office of a leaf: the assignment of the node itself or of
 * the nearest above wins, then one for everything.  `lead` false: the first
 * that cooperates.  INDEX_NONE: nobody. */
size_t round_appraiser(const struct round *r, size_t node, bool lead);
/* May the office work on the node at all (lead or cooperating, at the most
 * specific level that names it)? */
bool round_office_has(const struct round *r, size_t office, size_t node,
		      bool *lead);

/* The same facts as tables in JSON, for assess.load. */
void round_tables(const struct round *r, struct buf *out);

#endif
