/* estimate_extra.c - official points and response rates of a report. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "phieu/csv.h"
#include "phieu/estimate_fields.h"
#include "phieu/estimate_report.h"
#include "phieu/json.h"
#include "phieu/store_publish.h"
#include "phieu/store_report.h"
#include "phieu/weights.h"

#define TEXT_BYTES ((size_t)64 << 20)

static const struct json_limits snapshot_limits = { .depth = 16,
						    .nodes = 5000000,
						    .string_bytes = 1 << 20,
						    .bytes = TEXT_BYTES };

/* ---- official points --------------------------------------------------- */

static const char *own_text(struct arena *a, const cJSON *o, const char *key)
{
	const char *s = json_get_text(o, key);

	return s ? arena_strdup(a, s) : NULL;
}

static int64_t whole(const cJSON *o, const char *key)
{
	const cJSON *n = json_get(o, key);

	return cJSON_IsNumber(n) ? (int64_t)n->valuedouble : -1;
}

static bool is_top(const struct plan *p, const char *criterion)
{
	size_t c = *criterion ? plan_criterion(p, criterion) : NONE;

	return !*criterion || (c != NONE && p->criteria[c].parent == NONE);
}

static void add_official(struct report_extra *x, struct arena *a,
			 const cJSON *unit, const cJSON *cell)
{
	const char *code = own_text(a, cell, "code");

	x->official[x->n_official++] = (struct report_official){
		.unit = own_text(a, unit, "code"),
		.criterion = code ? code : "",
		.points = own_text(a, cell, "points"),
		.exact = own_text(a, cell, "exact"),
		.maximum = own_text(a, cell, "maximum"),
		.low = own_text(a, cell, "low"),
		.high = own_text(a, cell, "high"),
		.grade = code && *code ? NULL : own_text(a, unit, "grade"),
		.valid = whole(cell, "valid"),
		.rank = code && *code ? -1 : whole(unit, "rank")
	};
}

static void add_shut(struct report_extra *x, struct arena *a, const cJSON *unit,
		     const char *code, bool before)
{
	x->shut[x->n_shut++] = (struct wave_shut){
		own_text(a, unit, "code"),
		*code ? arena_printf(a, "field.%s", code) : FIELD_ALL, before
	};
}

static size_t count_cells(const cJSON *units)
{
	size_t n = 0;

	for (const cJSON *u = units ? units->child : NULL; u; u = u->next)
		n += (size_t)cJSON_GetArraySize(json_get(u, "cells"));
	return n;
}

/* Totals and fields; what is below a field is `phieu score`'s.  Of the earlier
 * wave only what it does not show. */
static bool take_cells(struct report_extra *x, const struct plan *p,
		       struct arena *a, const cJSON *units, bool before)
{
	for (const cJSON *u = units ? units->child : NULL; u; u = u->next) {
		const cJSON *cells = json_get(u, "cells");

		for (const cJSON *c = cells ? cells->child : NULL; c;
		     c = c->next) {
			const char *code = json_get_text(c, "code");

			if (!code || !is_top(p, code))
				continue;
			if (whole(c, "valid") < 0)
				add_shut(x, a, u, code, before);
			if (!before)
				add_official(x, a, u, c);
		}
	}
	return !arena_broken(a);
}

static bool take_snapshot(struct report_extra *x, const struct wave_source *s,
			  size_t wave, struct arena *a, struct err *e)
{
	struct wave_shut *all;
	struct snapshot shot;
	const cJSON *units;
	cJSON *root;
	bool found, ok;
	size_t most;

	if (!store_snapshot_get(s->db, s->wave[wave]->id, 0, a, &shot, &found,
				e))
		return false;
	if (!found || shot.freeze != s->freeze[wave].freeze)
		return true;
	root = json_parse(shot.content, shot.content_n, &snapshot_limits, e);
	if (!root)
		return err_wrap(e, "snapshot %d", (int)shot.snapshot);
	units = json_get(root, "units");
	most = count_cells(units);
	all = arena_array(a, x->n_shut + most + 1, sizeof *all);
	for (size_t i = 0; all && i < x->n_shut; i++)
		all[i] = x->shut[i];
	x->shut = all;
	if (wave == 0) {
		x->official = arena_array(a, most + 1, sizeof *x->official);
		x->snapshot = shot.snapshot;
		x->method = arena_strdup(a, shot.method);
		x->sha256 = arena_strdup(a, shot.sha256);
	}
	ok = !arena_broken(a) && all && (wave > 0 || x->official) &&
	     take_cells(x, s->wave[wave]->plan, a, units, wave > 0);
	cJSON_Delete(root);
	return ok || err_set(e, ERR_NOMEM, "out of memory");
}

/* ---- outcomes ---------------------------------------------------------- */

/* Valid sheets are complete, queried and invalid ones partial; what is planned
 * and neither back nor accounted for is unknown. */
static void fill_rates(struct report_response *r)
{
	int64_t known = r->complete + r->partial + r->refused + r->not_met +
			r->other + r->not_eligible;
	struct aapor a = { 0 };

	r->unknown = r->planned > known ? r->planned - known : 0;
	a.count[AAPOR_I] = (double)r->complete;
	a.count[AAPOR_P] = (double)r->partial;
	a.count[AAPOR_R] = (double)r->refused;
	a.count[AAPOR_NC] = (double)r->not_met;
	a.count[AAPOR_O] = (double)r->other;
	a.count[AAPOR_NE] = (double)r->not_eligible;
	a.count[AAPOR_UH] = (double)r->unknown;
	aapor_rates(&a, NAN);
	for (size_t i = 0; i < 6; i++)
		r->rr[i] = a.rr[i];
	r->coop1 = a.coop[0];
	r->ref1 = a.ref[0];
	r->con1 = a.con[0];
}

static void add_outcome(struct report_response *r,
			const struct report_outcome *o)
{
	r->complete += o->complete;
	r->partial += o->partial;
	r->refused += o->refused;
	r->not_met += o->not_met;
	r->other += o->other;
	r->not_eligible += o->not_eligible;
}

static bool take_outcomes(struct report_extra *x, const struct wave_source *s,
			  struct arena *a, struct err *e)
{
	const struct plan *p = s->wave[0]->plan;
	struct report_outcome *o;
	struct report_response *all;
	size_t n;

	if (!store_report_outcomes(s->db, s->wave[0], &s->freeze[0], a, &o, &n,
				   e))
		return false;
	x->response = arena_array(a, p->n_groups + 1, sizeof *x->response);
	if (!x->response)
		return err_set(e, ERR_NOMEM, "out of memory");
	all = &x->response[p->n_groups];
	*all = (struct report_response){ .group = "", .form = "" };
	for (size_t g = 0; g < p->n_groups; g++) {
		x->response[g] = (struct report_response){
			.group = arena_strdup(a, p->groups[g].code),
			.form = arena_strdup(a,
					     p->forms[p->groups[g].form].code),
			.planned = p->groups[g].total
		};
		all->planned += p->groups[g].total;
	}
	for (size_t i = 0; i < n; i++) {
		add_outcome(&x->response[o[i].group], &o[i]);
		add_outcome(all, &o[i]);
	}
	x->n_response = p->n_groups + 1;
	for (size_t i = 0; i < x->n_response; i++)
		fill_rates(&x->response[i]);
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}

bool report_extra_read(const struct wave_source *s, struct arena *a,
		       struct report_extra *out, struct err *e)
{
	*out = (struct report_extra){ .n_official = 0 };
	if (!take_outcomes(out, s, a, e))
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (!take_snapshot(out, s, i, a, e))
			return false;
	return true;
}

/* ---- beside the estimate ----------------------------------------------- */

static bool is_of_field(const struct est_cell *c, const char *criterion)
{
	if (!c->of || strncmp(c->of, "field.", 6) != 0)
		return false;
	return strcmp(c->of + 6, *criterion ? criterion : "all") == 0;
}

static const char *unit_of(const struct est_cell *c)
{
	for (size_t i = 0; i < c->by.n; i++)
		if (strcmp(c->by.name[i], "unit") == 0)
			return c->key[i];
	return NULL;
}

const struct est *report_beside(const struct est_results *r,
				const struct spec *s, const char *unit,
				const char *criterion)
{
	size_t estimate = SIZE_MAX; /* of the cell before */
	bool scores = false;

	for (size_t i = 0; i < r->n; i++) {
		const struct est_cell *c = &r->cell[i];
		const char *own;

		if (c->estimate != estimate) {
			estimate = c->estimate;
			scores = strcmp(s->estimate[estimate].stat,
					"unit_score") == 0;
		}
		own = scores ? unit_of(c) : NULL;
		if (own && strcmp(own, unit) == 0 && is_of_field(c, criterion))
			return isnan(c->r.value) ? NULL : &c->r;
	}
	return NULL;
}

void report_extra_close(struct report_extra *x, const struct spec *s,
			const struct est_results *r)
{
	for (size_t i = 0; i < x->n_official; i++) {
		struct report_official *o = &x->official[i];

		if (report_beside(r, s, o->unit, o->criterion))
			continue;
		o->points = o->exact = o->low = o->high = o->grade = NULL;
		o->valid = o->rank = -1;
	}
}

/* ---- as JSON and CSV --------------------------------------------------- */

static void json_count(struct jw *w, const char *key, int64_t n)
{
	jw_key(w, key);
	if (n < 0)
		jw_null(w);
	else
		jw_int(w, n);
}

static void json_official(const struct report_extra *x, struct jw *w)
{
	jw_object(w);
	jw_ki(w, "snapshot", x->snapshot);
	jw_kv(w, "method", x->method);
	jw_kv(w, "sha256", x->sha256);
	jw_key(w, "cells");
	jw_array(w);
	for (size_t i = 0; i < x->n_official; i++) {
		const struct report_official *o = &x->official[i];

		jw_object(w);
		jw_kv(w, "unit", o->unit);
		jw_kv(w, "of", *o->criterion ? o->criterion : "all");
		jw_kv(w, "points", o->points);
		jw_kv(w, "exact", o->exact);
		jw_kv(w, "maximum", o->maximum);
		jw_kv(w, "low", o->low);
		jw_kv(w, "high", o->high);
		json_count(w, "valid", o->valid);
		json_count(w, "rank", o->rank);
		jw_kv(w, "grade", o->grade);
		jw_object_end(w);
	}
	jw_array_end(w);
	jw_object_end(w);
}

static void json_response(const struct report_response *r, struct jw *w)
{
	static const char *const name[] = { "RR1", "RR2", "RR3",
					    "RR4", "RR5", "RR6" };

	jw_object(w);
	jw_kv(w, "form", *r->form ? r->form : NULL);
	jw_kv(w, "group", *r->group ? r->group : NULL);
	jw_ki(w, "planned", r->planned);
	jw_ki(w, "I", r->complete);
	jw_ki(w, "P", r->partial);
	jw_ki(w, "R", r->refused);
	jw_ki(w, "NC", r->not_met);
	jw_ki(w, "O", r->other);
	jw_ki(w, "NE", r->not_eligible);
	jw_ki(w, "UH", r->unknown);
	for (size_t i = 0; i < 6; i++)
		jw_kd(w, name[i], r->rr[i]);
	jw_kd(w, "COOP1", r->coop1);
	jw_kd(w, "REF1", r->ref1);
	jw_kd(w, "CON1", r->con1);
	jw_object_end(w);
}

bool report_extra_json(const struct report_extra *x, struct arena *a,
		       struct est_results *r, struct err *e)
{
	struct buf b = BUF_INIT(TEXT_BYTES);
	struct jw w;

	if (x->method) {
		jw_init(&w, &b);
		json_official(x, &w);
		r->official =
			arena_strdup(a, buf_cstr(&b) ? buf_cstr(&b) : "null");
	}
	b.len = 0;
	jw_init(&w, &b);
	jw_array(&w);
	for (size_t i = 0; i < x->n_response; i++)
		json_response(&x->response[i], &w);
	jw_array_end(&w);
	r->response = arena_strdup(a, buf_cstr(&b) ? buf_cstr(&b) : "null");
	buf_free(&b);
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}

static void csv_text(struct buf *out, const char *s)
{
	if (s)
		csv_write(out, s, strlen(s));
	csv_sep(out);
}

static void csv_count(struct buf *out, int64_t n)
{
	if (n >= 0)
		buf_addf(out, "%" PRId64, n);
	csv_sep(out);
}

static void csv_share(struct buf *out, double v)
{
	if (isfinite(v))
		buf_addf(out, "%.6f", v);
}

void report_extra_csv(const struct report_extra *x, struct buf *out)
{
	buf_adds(out, "unit,of,points,exact,maximum,low,high,valid,rank,grade");
	csv_end_row(out);
	for (size_t i = 0; i < x->n_official; i++) {
		const struct report_official *o = &x->official[i];

		csv_text(out, o->unit);
		csv_text(out, *o->criterion ? o->criterion : "all");
		csv_text(out, o->points);
		csv_text(out, o->exact);
		csv_text(out, o->maximum);
		csv_text(out, o->low);
		csv_text(out, o->high);
		csv_count(out, o->valid);
		csv_count(out, o->rank);
		if (o->grade)
			csv_write(out, o->grade, strlen(o->grade));
		csv_end_row(out);
	}
	csv_end_row(out);
	buf_adds(out, "form,group,planned,I,P,R,NC,O,NE,UH,RR1,RR2,RR3,RR4,RR5,"
		      "RR6,COOP1,REF1,CON1");
	csv_end_row(out);
	for (size_t i = 0; i < x->n_response; i++) {
		const struct report_response *r = &x->response[i];
		const int64_t n[] = { r->planned,      r->complete, r->partial,
				      r->refused,      r->not_met,  r->other,
				      r->not_eligible, r->unknown };

		csv_text(out, *r->form ? r->form : NULL);
		csv_text(out, *r->group ? r->group : NULL);
		for (size_t k = 0; k < sizeof n / sizeof n[0]; k++)
			csv_count(out, n[k]);
		for (size_t k = 0; k < 6; k++) {
			csv_share(out, r->rr[k]);
			csv_sep(out);
		}
		csv_share(out, r->coop1);
		csv_sep(out);
		csv_share(out, r->ref1);
		csv_sep(out);
		csv_share(out, r->con1);
		csv_end_row(out);
	}
}

/* ---- decisions an estimate does not follow ----------------------------- */

bool report_notes(const struct plan *p, struct arena *a, struct est_results *r,
		  struct err *e)
{
	const struct decisions *d = &p->decisions;

	if (d->empty != EMPTY_RESCALE &&
	    !spec_note(a, r, "W06", "/decisions/D5",
		       "D5: scoring does not leave out what has no answers; "
		       "an estimate does",
		       "D5: tính điểm không bỏ qua phần không có trả lời; ước "
		       "lượng thì bỏ qua",
		       e))
		return false;
	if (d->n_sipas_bands > 0 &&
	    !spec_note(a, r, "W06", "/decisions/D7",
		       "D7: points of satisfaction go by bands; an estimate is "
		       "in proportion",
		       "D7: điểm hài lòng theo mức; ước lượng theo tỷ lệ", e))
		return false;
	return d->pool != POOL_GROUP_WEIGHTS ||
	       d->missing_group != GROUP_ZERO ||
	       spec_note(a, r, "W06", "/decisions/D4",
			 "D4: in scoring a missing group counts 0; here the "
			 "unit has no score",
			 "D4: khi tính điểm, nhóm thiếu tính 0; ở đây đơn vị "
			 "không có điểm",
			 e);
}
