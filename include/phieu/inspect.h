/* inspect.h - a year's inspection plan (kế hoạch kiểm tra CCHC) as data, and
 * one inspection's report on paper.
 *
 * One JSON document (docs/INSPECT.md): {"plan":{…}, "teams":[…],
 * "outline":[…], "inspections":[…]}.  It names units, kinds and offices of a
 * round (round.h). */
#ifndef PHIEU_INSPECT_H
#define PHIEU_INSPECT_H

#include "phieu/paper.h"
#include "phieu/round.h"

enum inspect_form { FORM_OPEN, FORM_DOSSIERS, FORM_ON_SITE };

struct inspect_member {
	const char *name, *position;
	const char *office; /* code; NULL: none of the round's */
	bool head;
};

struct inspect_team {
	const char *code, *name, *basis;
	struct inspect_member *members;
	size_t n;
};

struct inspect_item {
	const char *code, *title;
	const char *part; /* NULL: none */
	const char **asks, **kinds, **units;
	size_t n_asks, n_kinds, n_units; /* no kinds, no units: of all */
};

struct inspect_entry {
	int number;
	const char *unit;  /* code */
	unsigned quarters; /* bit 0: quý I; 0: within the year */
	enum inspect_form form;
	const char *team, *note; /* NULL: open yet; none */
};

struct inspect_plan {
	const char *round, *title, *basis;
	/* heads of the printed conclusion; the first and last may be NULL */
	const char *superior, *authority, *place;
	int documents_days, conclusion_days; /* -1: the plan has none */
	bool example;			     /* some basis is an example */
	struct inspect_team *teams;
	size_t n_teams;
	struct inspect_item *outline;
	size_t n_outline;
	struct inspect_entry *entries;
	size_t n_entries;
	const char *text; /* canonical JSON */
};

/* Reads and checks; false with all faults (codes K00 to K12), never none.
 * `r` NULL: what it names of the round is not looked up.  All in `a`. */
bool inspect_read(const char *json, size_t n, const struct round *r,
		  struct arena *a, struct inspect_plan *out,
		  struct faults *f) MUST_USE;

/* The code of the round that a document names, in `a`; NULL: none. */
const char *inspect_round(const char *json, size_t n, struct arena *a);

/* The same facts as tables in JSON, for assess.inspect_load. */
void inspect_tables(const struct inspect_plan *p, struct buf *out);

/* ---- the report --------------------------------------------------------- */

/* Everything told of one inspection; texts "" where there is none, days
 * YYYY-MM-DD. */
struct inspect_answer_row {
	const char *item, *part, *title, *verdict, *content;
};
struct inspect_finding_row {
	const char *number, *criterion, *criterion_name, *content, *due;
	const char *responsible, *stands, *days_late, *evidence, *remedied_on;
};
struct inspect_measure_row {
	const char *number, *addressee, *content, *due, *state, *outcome;
};
struct inspect_report {
	const char *round_name, *unit, *form, *state, *first_day, *last_day;
	const char *documents_due, *documents_on, *started_on;
	const char *strengths, *causes, *number, *concluded_on, *conclusion;
	const char *team, *team_basis;
	const struct inspect_member *members;
	size_t n_members;
	const struct inspect_answer_row *answers;
	size_t n_answers;
	const struct inspect_finding_row *findings;
	size_t n_findings;
	const struct inspect_measure_row *measures;
	size_t n_measures;
};

/* The conclusion as a document to print (paper.h); a draft ("Dự thảo") until it
 * has its number.  `p` gives what stands at its head.  No clock is read: the
 * same facts give the same bytes.  False: out of memory. */
bool inspect_paper(const struct inspect_plan *p, const struct inspect_report *r,
		   int number, struct arena *a, struct paper *out,
		   struct err *e) MUST_USE;

#endif
