/* The internal sheet on ranks, as JSON. */
#include <math.h>
#include <string.h>

#include "index_parts.h"
#include "phieu/csv.h"
#include "phieu/index_sure.h"
#include "phieu/json.h"

static void put_rank(struct jw *w, const char *key, size_t rank)
{
	if (rank > 0)
		jw_ki(w, key, (int64_t)rank);
}

static void put_unit(struct jw *w, const struct index *ix,
		     const struct index_sure_unit *u)
{
	const struct index_total *t = index_total(ix, u->unit);
	size_t n;
	const struct index_band *b = index_bands(ix, u->unit, &n);

	jw_object(w);
	jw_kv(w, "code", ix->s->units[u->unit].code);
	index_put_fixed(w, "published", t->published, ix->s->rules.digits);
	jw_ki(w, "rank", (int64_t)t->rank);
	jw_kd(w, "mean", u->mean);
	jw_kd(w, "sd", u->sd);
	jw_kd(w, "rank_mean", u->mean_rank);
	jw_kd(w, "rank_low", u->low);
	jw_kd(w, "rank_mid", u->mid);
	jw_kd(w, "rank_high", u->high);
	jw_kd(w, "p_top3", u->p_top3);
	jw_key(w, "p_rank");
	jw_array(w);
	for (size_t i = 0; i < u->n_rank; i++)
		jw_double(w, u->p_rank[i]);
	jw_array_end(w);
	jw_key(w, "p_grade");
	jw_array(w);
	for (size_t i = 0; n > 0 && i < u->n_grade; i++) {
		jw_object(w);
		jw_kv(w, "grade", i < n ? b[i].name : NULL);
		jw_kd(w, "p", u->p_grade[i]);
		jw_object_end(w);
	}
	jw_array_end(w);
	put_rank(w, "rank_arithmetic", u->arithmetic);
	put_rank(w, "rank_geometric", u->geometric);
	put_rank(w, "rank_harmonic", u->harmonic);
	put_rank(w, "rank_copeland", u->copeland);
	jw_object_end(w);
}

static void put_pairs(struct jw *w, const struct index *ix,
		      const struct index_sure *s)
{
	jw_key(w, "not_told_apart");
	jw_array(w);
	for (size_t i = 0; i < s->n_pairs; i++) {
		jw_object(w);
		jw_kv(w, "above", ix->s->units[s->pairs[i].a].code);
		jw_kv(w, "below", ix->s->units[s->pairs[i].b].code);
		jw_kd(w, "p_above", s->pairs[i].p_above);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void put_factors(struct jw *w, const struct index_sure *s)
{
	jw_key(w, "sensitivity");
	jw_object(w);
	jw_ki(w, "base", (int64_t)s->how.base);
	jw_kd(w, "noise", s->how.noise);
	jw_kd(w, "variance", s->n_factors > 0 ? s->variance : NAN);
	jw_key(w, "factors");
	jw_array(w);
	for (size_t i = 0; i < s->n_factors; i++) {
		jw_object(w);
		jw_kv(w, "kind", s->factors[i].kind);
		jw_kv(w, "code", s->factors[i].code);
		jw_kd(w, "first", s->factors[i].first);
		jw_kd(w, "total", s->factors[i].total);
		jw_object_end(w);
	}
	jw_array_end(w);
	jw_object_end(w);
}

static void put_more(struct jw *w, const struct index *ix,
		     const struct index_more *m, size_t n_m)
{
	jw_key(w, "one_more_point");
	jw_array(w);
	for (size_t i = 0; i < n_m; i++) {
		size_t n;
		const struct index_band *b = index_bands(ix, m[i].unit, &n);

		jw_object(w);
		jw_kv(w, "unit", ix->s->units[m[i].unit].code);
		jw_kv(w, "criterion", ix->s->nodes[m[i].node].code);
		jw_key(w, "added");
		jw_dec(w, m[i].added);
		index_put_fixed(w, "published", m[i].published,
				ix->s->rules.digits);
		if (m[i].band != INDEX_NONE)
			jw_kv(w, "grade", b[m[i].band].name);
		jw_ki(w, "rank", (int64_t)m[i].rank);
		jw_object_end(w);
	}
	jw_array_end(w);
}

void index_sure_json(const struct index *ix, const struct index_sure *s,
		     const struct index_more *more, size_t n_more,
		     const char *input_sha256, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	w.pretty = true;
	jw_object(&w);
	jw_kv(&w, "method", INDEX_METHOD);
	if (input_sha256)
		jw_kv(&w, "input_sha256", input_sha256);
	jw_kb(&w, "example", ix->s->example);
	jw_kv(&w, "note",
	      "bảng nội bộ, không thuộc điểm công bố (internal, no part of the "
	      "published score)");
	jw_kv(&w, "generator", "gsl mt19937");
	jw_ki(&w, "seed", (int64_t)s->how.seed);
	jw_ki(&w, "draws", (int64_t)s->how.draws);
	jw_kd(&w, "level", s->how.level);
	jw_ki(&w, "values_with_error", (int64_t)s->n_errors);
	jw_key(&w, "units");
	jw_array(&w);
	for (size_t i = 0; i < s->n_units; i++)
		put_unit(&w, ix, &s->units[i]);
	jw_array_end(&w);
	put_pairs(&w, ix, s);
	put_factors(&w, s);
	put_more(&w, ix, more, n_more);
	jw_object_end(&w);
	buf_adds(out, "\n");
}

/* ---- CSV --------------------------------------------------------------- */

static void csv_double(struct buf *out, double v)
{
	struct jw w;

	csv_sep(out);
	jw_init(&w, out);
	jw_double(&w, v);
}

void index_sure_csv(const struct index *ix, const struct index_sure *s,
		    struct buf *out)
{
	char text[DEC_TEXT_MAX + 8];

	buf_adds(out, "unit,published,rank,mean,sd,rank_mean,rank_low,rank_mid,"
		      "rank_high,p_top3");
	csv_end_row(out);
	for (size_t i = 0; i < s->n_units; i++) {
		const struct index_sure_unit *u = &s->units[i];
		const struct index_total *t = index_total(ix, u->unit);
		const char *code = ix->s->units[u->unit].code;

		csv_write(out, code, strlen(code));
		csv_sep(out);
		buf_adds(out,
			 exact_fixed(t->published, ix->s->rules.digits, text));
		csv_sep(out);
		buf_addf(out, "%zu", t->rank);
		csv_double(out, u->mean);
		csv_double(out, u->sd);
		csv_double(out, u->mean_rank);
		csv_double(out, u->low);
		csv_double(out, u->mid);
		csv_double(out, u->high);
		csv_double(out, u->p_top3);
		csv_end_row(out);
	}
}
