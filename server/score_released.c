/* What was released of a wave, against what is recomputed. */
#include <string.h>

#include "phieu/score_job.h"

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_cell(const struct component *a, const struct component *b)
{
	return same_text(a->unit, b->unit) &&
	       same_text(a->criterion, b->criterion);
}

static bool same_row(const struct component *a, const struct component *b)
{
	return same_cell(a, b) && a->kind == b->kind &&
	       same_text(a->points, b->points) &&
	       same_text(a->points_exact, b->points_exact) &&
	       same_text(a->maximum, b->maximum) && a->n_asked == b->n_asked &&
	       a->n_valid == b->n_valid && same_text(a->se, b->se) &&
	       same_text(a->low, b->low) && same_text(a->high, b->high);
}

/* A plan amended on the way gives units another order in the database: what
 * is not in its place is looked for from there on. */
static size_t count_wrong(const struct component *want, size_t n,
			  const struct component *have, size_t n_have)
{
	size_t wrong = n_have > n ? n_have - n : 0, at = 0;

	for (size_t i = 0; i < n; i++) {
		size_t tried = 0;

		while (tried < n_have && !same_cell(&want[i], &have[at])) {
			at = (at + 1) % n_have;
			tried++;
		}
		if (tried == n_have || !same_row(&want[i], &have[at]))
			wrong++;
		if (n_have > 0 && tried < n_have)
			at = (at + 1) % n_have;
	}
	return wrong;
}

bool score_job_released(struct score_job *j, int32_t snapshot, struct arena *a,
			int32_t *releases, size_t *wrong, struct err *e)
{
	size_t n, n_cells, n_have, total;
	struct component *want, *have;
	struct release_cell *cells;
	struct release r;
	bool found;

	*releases = 0;
	*wrong = 0;
	if (!result_components(j->result, a, &want, &n, &cells, &n_cells, e) ||
	    !store_release_get(j->db, j->wave->id, 0, &r, &found, e))
		return false;
	for (int32_t i = found ? r.release : 0; i > 0; i--) {
		if (!store_release_get(j->db, j->wave->id, i, &r, &found, e))
			return false;
		if (!found || r.snapshot != snapshot)
			continue;
		if (!store_components(j->db, j->wave, i, -1, 0, 0, a, &have,
				      &n_have, &total, e))
			return false;
		*wrong += count_wrong(want, n, have, n_have);
		++*releases;
	}
	return true;
}

/* ---- differences that would tell of few people -------------------------- */

static bool is_shown(const struct component *c)
{
	return c->points && c->n_valid >= 0;
}

/* Shown before and now, not the same, and fewer than k people apart: what is
 * between them is theirs alone. */
static bool tells_of_few(const struct component *was,
			 const struct component *is, int64_t k)
{
	int64_t apart = is->n_valid - was->n_valid;

	if (!is_shown(was) || !is_shown(is))
		return false;
	if (apart == 0 && same_text(was->points_exact, is->points_exact))
		return false;
	return (apart < 0 ? -apart : apart) < k;
}

static size_t compare(const struct component *was, size_t n_was,
		      const struct component *is, size_t n, int64_t k,
		      int32_t release, struct released_difference *out)
{
	size_t found = 0, at = 0;

	for (size_t i = 0; i < n; i++) {
		size_t tried = 0;

		while (tried < n_was && !same_cell(&is[i], &was[at])) {
			at = (at + 1) % n_was;
			tried++;
		}
		if (tried == n_was || !tells_of_few(&was[at], &is[i], k))
			continue;
		out[found++] = (struct released_difference){
			.release = release,
			.unit = is[i].unit,
			.criterion = is[i].criterion,
			.was = was[at].n_valid,
			.is = is[i].n_valid,
		};
	}
	return found;
}

bool score_job_differences(struct score_job *j, struct arena *a,
			   struct released_difference **out, size_t *n,
			   struct err *e)
{
	int64_t k = j->wave->plan->decisions.min_unit;
	size_t n_is, n_cells, n_was, total;
	struct released_difference *all;
	struct component *is, *was;
	struct release_cell *cells;
	struct release r;
	bool found;

	*n = 0;
	if (!result_components(j->result, a, &is, &n_is, &cells, &n_cells, e) ||
	    !store_release_get(j->db, j->wave->id, 0, &r, &found, e))
		return false;
	all = arena_array(a, (found ? (size_t)r.release : 0) * n_is + 1,
			  sizeof *all);
	*out = all;
	if (!all)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (int32_t i = found ? r.release : 0; i > 0; i--) {
		if (!store_release_get(j->db, j->wave->id, i, &r, &found, e))
			return false;
		if (!found || r.freeze == j->freeze.freeze)
			continue;
		if (!store_components(j->db, j->wave, i, -1, 0, 0, a, &was,
				      &n_was, &total, e))
			return false;
		*n += compare(was, n_was, is, n_is, k, i, all + *n);
	}
	return true;
}
