#include "phieu/recheck.h"

#include <math.h>
#include <string.h>

#include "phieu/agreement.h"
#include "phieu/disclose.h"
#include "phieu/estimate.h"

enum { BYTES = 256 };

static bool same_question(const struct recheck_pair *a,
			  const struct recheck_pair *b)
{
	return a->row == b->row && strcmp(a->form, b->form) == 0 &&
	       strcmp(a->question, b->question) == 0;
}

/* One past the last pair of the question that begins at `i`. */
static size_t question_end(const struct recheck_pair *p, size_t n, size_t i)
{
	size_t j = i + 1;

	while (j < n && same_question(&p[i], &p[j]))
		j++;
	return j;
}

/* n, how many are the same, and n times what chance alone would give. */
struct margins {
	double n, same, chance;
};

static struct margins margins_of(const struct recheck_pair *p, size_t n)
{
	double first[BYTES] = { 0 }, again[BYTES] = { 0 };
	struct margins m = { 0 };

	for (size_t i = 0; i < n; i++) {
		double k = (double)p[i].n;

		first[p[i].first & 255] += k;
		again[p[i].again & 255] += k;
		m.n += k;
		m.same += p[i].first == p[i].again ? k : 0;
	}
	for (size_t i = 0; i < BYTES; i++)
		m.chance += first[i] * again[i];
	m.chance = m.n > 0 ? m.chance / m.n : 0;
	return m;
}

static double pooled(const struct recheck_pair *p, size_t n, size_t row)
{
	struct margins all = { 0 };

	for (size_t i = 0, j; i < n; i = j) {
		j = question_end(p, n, i);
		if (p[i].row == row) {
			struct margins m = margins_of(p + i, j - i);

			all.n += m.n;
			all.same += m.same;
			all.chance += m.chance;
		}
	}
	/* counts are whole numbers: where all is chance the two are equal */
	return all.n > all.chance
		       ? (all.same - all.chance) / (all.n - all.chance)
		       : NAN;
}

/* Each side adds up to the total: a family of its own. */
static bool close_side(struct recheck_row *rows, size_t n,
		       enum recheck_side side, bool visits, int64_t k,
		       struct arena *a, struct err *e)
{
	struct cell *cells = arena_array(a, n + 1, sizeof *cells);
	size_t *of = arena_array(a, n + 1, sizeof *of), m = 1;

	if (!cells || !of)
		return err_set(e, ERR_NOMEM, "out of memory");
	cells[0] = (struct cell){ .parent = (size_t)-1 };
	for (size_t i = 0; i < n; i++) {
		int64_t behind = visits ? rows[i].drawn : rows[i].sheets;

		if (rows[i].side != side)
			continue;
		cells[0].n += behind;
		cells[m] = (struct cell){ .n = behind };
		of[m++] = i;
	}
	(void)disclose(cells, m, k, true);
	for (size_t j = 1; j < m; j++) {
		bool closed = cells[j].closed || cells[j].n < k;

		if (visits)
			rows[of[j]].no_visits = closed;
		else
			rows[of[j]].no_answers = closed;
	}
	return true;
}

static void find_share(struct recheck_row *r, double level)
{
	double a = (1 - level) / 2, x = (double)r->confirmed;
	double n = (double)(r->confirmed + r->differs);

	r->share = r->low = r->high = NAN;
	if (n == 0)
		return;
	r->share = x / n;
	r->low = x == 0 ? 0 : est_beta_quantile(a, x, n - x + 1);
	r->high = x == n ? 1 : est_beta_quantile(1 - a, x + 1, n - x);
}

/* What is closed leaves here empty; how many are behind it may be known. */
static void empty(struct recheck_row *r)
{
	if (r->no_visits) {
		r->confirmed = r->differs = r->not_found = 0;
		r->refused = r->waiting = 0;
		r->share = r->low = r->high = NAN;
	}
	if (r->no_answers) {
		r->asked = r->same = 0;
		r->agree = r->kappa = NAN;
	}
}

bool recheck_agreement(struct recheck_row *rows, size_t n,
		       const struct recheck_pair *pairs, size_t n_pairs,
		       int64_t k_visits, int64_t k_answers, double level,
		       struct arena *a, struct err *e)
{
	if (!(level > 0 && level < 1) || k_visits < 1 || k_answers < 1)
		return err_set(e, ERR_INPUT, "a level within (0, 1), k from 1");
	for (enum recheck_side s = RECHECK_AGENT; s <= RECHECK_TOTAL; s++)
		if (!close_side(rows, n, s, true, k_visits, a, e) ||
		    !close_side(rows, n, s, false, k_answers, a, e))
			return false;
	for (size_t i = 0; i < n; i++) {
		struct recheck_row *r = &rows[i];

		find_share(r, level);
		r->agree =
			r->asked > 0 ? (double)r->same / (double)r->asked : NAN;
		r->kappa = pooled(pairs, n_pairs, i);
		empty(r);
	}
	return true;
}

/* ---- question by question ---------------------------------------------- */

static bool kappa_of(const struct recheck_pair *p, size_t n, double level,
		     struct arena *a, struct recheck_question *q, struct err *e)
{
	size_t at[BYTES] = { 0 }, k = 0;
	struct agreement g;
	double *table, *share;

	for (size_t i = 0; i < n; i++) {
		at[p[i].first & 255] = at[p[i].again & 255] = 1;
	}
	for (size_t i = 0; i < BYTES; i++)
		if (at[i])
			at[i] = k++;
	if (k < 2)
		return true; /* one answer is all there is */
	table = arena_array(a, k * k, sizeof *table);
	share = arena_array(a, k * k, sizeof *share);
	if (!table || !share)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		table[at[p[i].first & 255] * k + at[p[i].again & 255]] +=
			(double)p[i].n;
	if (!agreement_of(table, k, (size_t)q->n, level, share, &g, e))
		return false;
	q->kappa = g.kappa[KAPPA_PLAIN].value;
	q->low = g.kappa[KAPPA_PLAIN].low;
	q->high = g.kappa[KAPPA_PLAIN].high;
	return true;
}

bool recheck_questions(const struct recheck_pair *pairs, size_t n_pairs,
		       size_t row, double level, struct arena *a,
		       struct recheck_question **out, size_t *n_out,
		       struct err *e)
{
	struct recheck_question *q = arena_array(a, n_pairs + 1, sizeof *q);

	*out = q;
	*n_out = 0;
	if (!q)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0, j; i < n_pairs; i = j) {
		struct margins m;

		j = question_end(pairs, n_pairs, i);
		if (pairs[i].row != row)
			continue;
		m = margins_of(pairs + i, j - i);
		*q = (struct recheck_question){ .form = pairs[i].form,
						.question = pairs[i].question,
						.n = (int64_t)m.n,
						.same = (int64_t)m.same,
						.agree = m.same / m.n,
						.kappa = NAN,
						.low = NAN,
						.high = NAN };
		if (!kappa_of(pairs + i, j - i, level, a, q, e))
			return false;
		q++;
	}
	*n_out = (size_t)(q - *out);
	return true;
}
