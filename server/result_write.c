/* JSON, CSV and the table for people.  The JSON is canonical: keys sorted,
 * no spaces, so that json_canonical of it is the same bytes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/cli.h"
#include "phieu/csv.h"
#include "phieu/json.h"
#include "result_parts.h"

static const char *const kind_names[] = {
	[COMPONENT_CRITERION] = "criterion",
	[COMPONENT_GROUP] = "group",
	[COMPONENT_TOTAL] = "total",
};

/* ---- JSON ------------------------------------------------------------ */

static void count(struct jw *j, const char *key, bool shown, int64_t n)
{
	jw_key(j, key);
	if (shown)
		jw_int(j, n);
	else
		jw_null(j);
}

static void json_cell(struct jw *j, const struct result *r,
		      const struct result_cell *c)
{
	char number[DEC_TEXT_MAX + 8], text[RESULT_NUMBER];
	bool points = c->shown && c->scored;

	jw_object(j);
	count(j, "asked", c->shown, c->n_asked);
	jw_kv(j, "code",
	      c->criterion == NONE ? "" : r->plan->criteria[c->criterion].code);
	count(j, "df", c->shown, c->df);
	jw_kv(j, "exact", guard_exact(c));
	jw_kv(j, "high", guard_error(r, c, c->high, 0, text));
	jw_kv(j, "kind", kind_names[c->kind]);
	jw_kv(j, "low", guard_error(r, c, c->low, 0, text));
	jw_kv(j, "maximum", dec_text(c->maximum, number));
	jw_kv(j, "points",
	      points ? exact_fixed(c->points, r->plan->decisions.digits, number)
		     : NULL);
	jw_kb(j, "rescaled", c->rescaled);
	jw_kv(j, "se", guard_error(r, c, c->se, 1, text));
	jw_kv(j, "top", *c->top ? c->top : NULL);
	count(j, "valid", c->shown, c->n_valid);
	jw_object_end(j);
}

static void json_unit(struct jw *j, const struct result *r,
		      const struct result_unit *u)
{
	const struct unit *unit = &r->plan->units[u->unit];

	jw_object(j);
	jw_key(j, "cells");
	jw_array(j);
	for (size_t i = 0; i < u->n_cells; i++)
		json_cell(j, r, &u->cells[i]);
	jw_array_end(j);
	jw_kv(j, "code", unit->code);
	jw_kv(j, "grade", u->grade);
	jw_kv(j, "kind", r->plan->kinds[unit->kind].code);
	jw_kv(j, "name", unit->name);
	count(j, "rank", u->rank > 0, (int64_t)u->rank);
	jw_object_end(j);
}

static void json_groups(struct jw *j, const struct result *r)
{
	jw_key(j, "groups");
	jw_array(j);
	for (size_t g = 0; g < r->plan->n_groups; g++) {
		jw_object(j);
		jw_kv(j, "code", r->plan->groups[g].code);
		jw_kv(j, "form", r->plan->forms[r->plan->groups[g].form].code);
		jw_ki(j, "n", r->group_n[g]);
		jw_kv(j, "name", r->plan->groups[g].name);
		jw_object_end(j);
	}
	jw_array_end(j);
}

static void json_words(struct jw *j, const struct plan *p)
{
	struct words w[WORDS_MAX];
	size_t n = result_words(p, w);

	jw_key(j, "decisions");
	jw_array(j);
	for (size_t i = 0; i < n; i++) {
		jw_object(j);
		jw_kv(j, "about", w[i].en);
		jw_kv(j, "id", w[i].id);
		jw_kv(j, "text", w[i].text);
		jw_object_end(j);
	}
	jw_array_end(j);
}

bool result_json(const struct result *r, struct buf *out, struct err *e)
{
	const struct plan *p = r->plan;
	char number[DEC_TEXT_MAX];
	struct jw j;

	jw_init(&j, out);
	jw_object(&j);
	jw_kv(&j, "confidence", dec_text(p->decisions.confidence, number));
	jw_kv(&j, "content_sha256", r->sha256);
	json_words(&j, p);
	jw_kv(&j, "format", "phieu-result/1");
	json_groups(&j, r);
	jw_kv(&j, "method", METHOD_VERSION);
	jw_ki(&j, "n_ratings", score_ratings(r->in.score));
	jw_ki(&j, "n_responses", r->n_responses);
	jw_kv(&j, "name", p->name);
	jw_kv(&j, "plan_sha256", p->sha256);
	jw_kb(&j, "simulated", r->in.simulated);
	jw_kb(&j, "trial", p->is_trial);
	jw_key(&j, "units");
	jw_array(&j);
	for (size_t i = 0; i < r->n; i++)
		json_unit(&j, r, &r->units[i]);
	jw_array_end(&j);
	jw_kv(&j, "wave", p->wave);
	jw_object_end(&j);
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "result too long");
}

/* ---- CSV ------------------------------------------------------------- */

static void csv_text(struct buf *out, const char *s)
{
	csv_write(out, s ? s : "", s ? strlen(s) : 0);
	csv_sep(out);
}

static void csv_count(struct buf *out, bool shown, int64_t n)
{
	if (shown)
		buf_addf(out, "%" PRId64, n);
	csv_sep(out);
}

static void csv_cell(struct buf *out, const struct result *r,
		     const struct result_unit *u, const struct result_cell *c)
{
	const struct plan *p = r->plan;
	const struct unit *unit = &p->units[u->unit];
	bool total = c->criterion == NONE, points = c->shown && c->scored;
	char number[DEC_TEXT_MAX + 8], text[RESULT_NUMBER];

	csv_text(out, p->wave);
	csv_text(out, p->is_trial ? "true" : "false");
	csv_text(out, r->in.simulated ? "true" : "false");
	csv_text(out, p->kinds[unit->kind].block);
	csv_text(out, unit->code);
	csv_text(out, unit->name);
	csv_text(out, kind_names[c->kind]);
	csv_text(out, total ? "" : p->criteria[c->criterion].code);
	csv_text(out, total ? "" : p->criteria[c->criterion].name);
	csv_text(out,
		 points ? exact_fixed(c->points, p->decisions.digits, number)
			: "");
	csv_text(out, guard_exact(c));
	csv_text(out, dec_text(c->maximum, number));
	csv_count(out, c->shown, c->n_asked);
	csv_count(out, c->shown, c->n_valid);
	csv_text(out, c->top);
	csv_text(out, guard_error(r, c, c->se, 1, text));
	csv_text(out, guard_error(r, c, c->low, 0, text));
	csv_text(out, guard_error(r, c, c->high, 0, text));
	csv_count(out, c->shown, c->df);
	csv_count(out, total && u->rank > 0, (int64_t)u->rank);
	csv_write(out, total && u->grade ? u->grade : "",
		  total && u->grade ? strlen(u->grade) : 0);
	csv_end_row(out);
}

bool result_csv(const struct result *r, struct buf *out, struct err *e)
{
	buf_adds(out, "wave,trial,simulated,block,unit,unit_name,kind,"
		      "criterion,criterion_name,points,points_exact,maximum,"
		      "n_asked,n_valid,top_percent,standard_error,low,high,df,"
		      "rank,grade");
	csv_end_row(out);
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->units[i].n_cells; k++)
			csv_cell(out, r, &r->units[i], &r->units[i].cells[k]);
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "result too long");
}

/* ---- for people ------------------------------------------------------ */

/* "0.123456" -> "0,12": a decimal comma, as printed in the country. */
static void vi_number(const char *s, int digits, char out[RESULT_NUMBER])
{
	const char *dot = strchr(s, '.');
	size_t n = dot && digits > 0 ? (size_t)(dot - s) + 1 + (size_t)digits
		   : dot	     ? (size_t)(dot - s)
				     : strlen(s);

	if (n >= RESULT_NUMBER)
		n = RESULT_NUMBER - 1;
	memcpy(out, s, n);
	out[n] = '\0';
	if (dot && (size_t)(dot - s) < n)
		out[dot - s] = ',';
}

static void rounded(const char *six, int digits, char out[RESULT_NUMBER])
{
	char text[RESULT_NUMBER];

	(void)snprintf(text, sizeof text, "%.*f", digits, strtod(six, NULL));
	vi_number(text, digits, out);
}

static void table_unit(struct table *t, const struct result *r,
		       const struct result_unit *u)
{
	const struct result_cell *c = &u->cells[u->n_cells - 1];
	int digits = r->plan->decisions.digits;
	char a[DEC_TEXT_MAX + 8], x[RESULT_NUMBER], y[RESULT_NUMBER],
		text[2 * RESULT_NUMBER + 8];

	(void)snprintf(text, sizeof text, "%zu", u->rank);
	table_cell(t, u->rank > 0 ? text : "");
	table_cell(t, r->plan->units[u->unit].name);
	if (!c->shown) {
		for (int i = 0; i < 7; i++)
			table_cell(t, "");
		return;
	}
	vi_number(exact_fixed(c->points, digits, a), digits, x);
	table_cell(t, c->scored ? x : "");
	table_cell(t, dec_text_vi(c->maximum, 0, a));
	(void)snprintf(text, sizeof text, "%" PRId64, c->n_valid);
	table_cell(t, text);
	vi_number(c->top, 2, x);
	table_cell(t, x);
	if (c->has_se) {
		rounded(c->se, 3, x);
		table_cell(t, x);
		rounded(c->low, 2, x);
		rounded(c->high, 2, y);
		(void)snprintf(text, sizeof text, "%s – %s", x, y);
		table_cell(t, text);
	} else {
		table_cell(t, "");
		table_cell(t, "");
	}
	table_cell(t, u->grade ? u->grade : "");
}

static bool table_block(const struct result *r, size_t from, size_t to,
			FILE *out, struct err *e)
{
	static const char *const heads[] = {
		"hạng",	      "đơn vị",	      "điểm",		"tối đa",  "n",
		"hài lòng %", "sai số chuẩn", "khoảng tin cậy", "xếp loại"
	};
	const struct plan *p = r->plan;
	size_t kind = p->units[r->units[from].unit].kind;
	struct table *t = table_new(9);

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < 9; i++) {
		table_cell(t, heads[i]);
		if (i != 1 && i != 8)
			table_right(t, i);
	}
	table_rule(t);
	for (size_t i = from; i < to; i++)
		table_unit(t, r, &r->units[i]);
	(void)fprintf(out, "\n%s\n",
		      p->kinds[kind].block ? p->kinds[kind].block
					   : p->kinds[kind].name);
	table_print(t, out);
	table_free(t);
	return true;
}

bool result_table(const struct result *r, FILE *to, struct err *e)
{
	const struct plan *p = r->plan;
	struct words w[WORDS_MAX];
	size_t n = result_words(p, w);

	(void)fprintf(to, "%s%s%s\n", p->name,
		      p->is_trial ? " — mẫu thử, không phải số liệu chính thức"
				  : "",
		      r->in.simulated ? " — SỐ LIỆU MÔ PHỎNG (simulated)" : "");
	(void)fprintf(to, "%" PRId64 " phiếu, %" PRId64 " lượt đánh giá\n",
		      r->n_responses, score_ratings(r->in.score));
	for (size_t i = 0, j; i < r->n; i = j) {
		size_t kind = p->units[r->units[i].unit].kind;

		for (j = i; j < r->n; j++)
			if (p->units[r->units[j].unit].kind != kind)
				break;
		if (!table_block(r, i, j, to, e))
			return false;
	}
	(void)fprintf(to, "\n");
	for (size_t i = 0; i < n; i++)
		(void)fprintf(to, "%s: %s\n", w[i].id, w[i].text);
	(void)fprintf(to, "phương pháp %s; SHA-256 số liệu %s\n",
		      METHOD_VERSION, r->sha256);
	return true;
}
