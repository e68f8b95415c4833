/* recheck.h - phúc tra: does what is found agree with what was recorded?
 *
 * Visits: of those met again, how many confirm; with the exact interval.
 * Answers: of sheets whose number was shown, percent agreement and Cohen's
 * kappa.  Every figure has its n; small ones are closed (disclose.h). */
#ifndef PHIEU_RECHECK_H
#define PHIEU_RECHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/err.h"

enum recheck_side { RECHECK_AGENT, RECHECK_AREA, RECHECK_TOTAL };

struct recheck_row { /* an agent, an area, or all together */
	enum recheck_side side;
	const char *code, *name;
	/* persons drawn, and what they said */
	int64_t drawn, confirmed, differs, not_found, refused, waiting;
	/* sheets compared, answers asked again, answers that are the same */
	int64_t sheets, asked, same;
	/* out: closed visits, closed answers (look like empty ones) */
	bool no_visits, no_answers;
	/* confirmed of those met (confirmed + differs); Clopper & Pearson 1934,
	 * Biometrika 26: 404-413; NAN where nobody was met */
	double share, low, high;
	double agree; /* same of asked; NAN where none */
	/* pooled over questions: (mean Po - mean Pe) / (1 - mean Pe), each
	 * weighted by its n (De Vries, Elliott, Kanouse & Teleki 2008, Field
	 * Methods 20: 272-282); NAN where chance alone is all */
	double kappa;
};

/* So many answers were `first` when the sheet came in and `again` now, as
 * bytes of a rating; all of one row and question lie together. */
struct recheck_pair {
	size_t row;
	const char *form, *question;
	int first, again;
	int64_t n;
};

struct recheck_question {
	const char *form, *question;
	int64_t n, same;
	double agree;
	double kappa, low, high; /* agreement.h; NAN: one answer is all */
};

/* Fills what is out of each row.  Rows of a side add up to the total.
 * k_visits, k_answers: fewest persons, sheets behind a figure. */
bool recheck_agreement(struct recheck_row *rows, size_t n,
		       const struct recheck_pair *pairs, size_t n_pairs,
		       int64_t k_visits, int64_t k_answers, double level,
		       struct arena *a, struct err *e) MUST_USE;

/* A kappa for every question of the pairs of one row; *n_out of them. */
bool recheck_questions(const struct recheck_pair *pairs, size_t n_pairs,
		       size_t row, double level, struct arena *a,
		       struct recheck_question **out, size_t *n_out,
		       struct err *e) MUST_USE;

#endif
