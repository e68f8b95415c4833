#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "phieu/csv.h"
#include "phieu/estimate_fields.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/plan.h"
#include "report_parts.h"

#define PICTURE_BYTES ((size_t)32 << 20)
#define FILE_MODE     0644

struct album {
	const struct report_view *v;
	struct report_picture *list;
	size_t n, max;
};

static struct report_picture *add(struct album *b, const char *name,
				  const char *title)
{
	struct report_picture *p = &b->list[b->n++];

	*p = (struct report_picture){ .name = name,
				      .title = title,
				      .svg = BUF_INIT(PICTURE_BYTES),
				      .csv = BUF_INIT(PICTURE_BYTES) };
	return p;
}

/* Nothing is open in it. */
static void drop(struct album *b)
{
	b->n--;
	buf_free(&b->list[b->n].svg);
	buf_free(&b->list[b->n].csv);
}

static const char *said(const struct album *b, const char *what,
			const char *more)
{
	return arena_printf(b->v->a, "%s%s", what, more);
}

/* ---- numbers beside a picture ------------------------------------------ */

static void csv_text(struct buf *b, const char *s)
{
	if (b->len > 0 && b->data[b->len - 1] != '\n')
		csv_sep(b);
	csv_write(b, s, strlen(s));
}

static void csv_number(struct buf *b, double v)
{
	struct jw w;

	csv_sep(b);
	if (!isfinite(v))
		return;
	jw_init(&w, b);
	jw_double(&w, v);
}

static void csv_head(struct buf *b, const char *const *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_text(b, name[i]);
	csv_end_row(b);
}

/* ---- units ------------------------------------------------------------- */

static double or_nan(const struct est_cell *c, bool high)
{
	if (!c || isnan(c->r.value))
		return NAN;
	return high ? c->r.ci_u : c->r.ci_l;
}

static const char *block_of(const struct unit_kind *k)
{
	return k->block ? k->block : k->name;
}

static bool draw_units(struct album *b, size_t kind, const size_t *unit,
		       size_t n, struct err *e)
{
	static const char *const head[] = {
		"unit", "name",	       "estimate",	  "low",
		"high", "respondents", "official_percent"
	};
	const struct plan *p = report_plan(b->v);
	struct chart_row *row = arena_array(b->v->a, n + 1, sizeof *row);
	struct chart_words w = { said(b, block_of(&p->kinds[kind]),
				      ": điểm khảo sát, khoảng tin cậy"),
				 "phần trăm điểm tối đa", NULL };
	struct report_picture *pic;
	bool some = false;

	if (!row)
		return err_set(e, ERR_NOMEM, "out of memory");
	pic = add(b, said(b, "units-", p->kinds[kind].code), w.title);
	csv_head(&pic->csv, head, 7);
	for (size_t i = 0; i < n; i++) {
		const struct unit *u = &p->units[unit[i]];
		const char *keys[] = { "unit", u->code, NULL };
		const struct est_cell *c =
			report_find(b->v, "unit_score", FIELD_ALL, keys);

		row[i] = (struct chart_row){
			u->name, report_value(c), or_nan(c, false),
			or_nan(c, true),
			report_percent(report_official_of(b->v, u->code, ""))
		};
		some = some || !isnan(row[i].value);
		csv_text(&pic->csv, u->code);
		csv_text(&pic->csv, u->name);
		csv_number(&pic->csv, row[i].value);
		csv_number(&pic->csv, row[i].low);
		csv_number(&pic->csv, row[i].high);
		csv_number(&pic->csv, isnan(row[i].value) ? (double)NAN
							  : (double)c->r.psu);
		csv_number(&pic->csv, row[i].beside);
		csv_end_row(&pic->csv);
	}
	if (!some) {
		drop(b);
		return true;
	}
	return chart_ranked(row, n, &w, "điểm chính thức", &pic->svg, e);
}

/* ---- years ------------------------------------------------------------- */

static bool draw_changes(struct album *b, size_t kind, const size_t *unit,
			 size_t n, struct err *e)
{
	static const char *const head[] = { "unit",  "name",	   "before",
					    "after", "difference", "low",
					    "high",  "p_holm" };
	const struct plan *p = report_plan(b->v);
	struct chart_change *row = arena_array(b->v->a, n + 1, sizeof *row);
	struct chart_words w = {
		said(b, block_of(&p->kinds[kind]), ": thay đổi giữa hai đợt"),
		"phần trăm điểm tối đa", "* khác nhau rõ: p theo Holm dưới 0,05"
	};
	struct report_picture *pic;
	bool some = false;

	if (!row)
		return err_set(e, ERR_NOMEM, "out of memory");
	pic = add(b, said(b, "change-", p->kinds[kind].code), w.title);
	csv_head(&pic->csv, head, 8);
	for (size_t i = 0; i < n; i++) {
		const struct unit *u = &p->units[unit[i]];
		const char *keys[] = { "unit_kind", p->kinds[kind].code, "unit",
				       u->code, NULL };
		const struct est_cell *c =
			report_find(b->v, "change", FIELD_ALL, keys);

		row[i] = (struct chart_change){ u->name,
						report_extra_of(c, "value1"),
						report_extra_of(c, "value2"),
						report_extra_of(c, "p_holm") <
							0.05 };
		some = some || !isnan(row[i].before);
		csv_text(&pic->csv, u->code);
		csv_text(&pic->csv, u->name);
		csv_number(&pic->csv, row[i].before);
		csv_number(&pic->csv, row[i].after);
		csv_number(&pic->csv, report_value(c));
		csv_number(&pic->csv, or_nan(c, false));
		csv_number(&pic->csv, or_nan(c, true));
		csv_number(&pic->csv, report_extra_of(c, "p_holm"));
		csv_end_row(&pic->csv);
	}
	if (!some) {
		drop(b);
		return true;
	}
	return chart_changes(row, n, b->v->source->wave[1]->code,
			     b->v->source->wave[0]->code, &w, &pic->svg, e);
}

/* ---- the quadrant ------------------------------------------------------ */

static bool draw_quadrant(struct album *b, struct err *e)
{
	static const struct chart_corners corners = { "giữ vững",
						      "ưu tiên cải thiện",
						      "ít ưu tiên",
						      "có thể giảm nguồn lực" };
	static const char *const head[] = { "field", "name", "performance",
					    "importance", "share" };
	struct chart_words w = { "Lĩnh vực nào đi cùng mức độ hài lòng",
				 "kết quả: phần trăm điểm tối đa",
				 "Trục đứng: tương quan với mức độ hài lòng." };
	struct chart_point *p = arena_array(b->v->a, b->v->r->n + 1, sizeof *p);
	struct report_picture *pic;
	double x = 0, y = 0;
	size_t n = 0;

	if (!p)
		return err_set(e, ERR_NOMEM, "out of memory");
	pic = add(b, "quadrant", w.title);
	csv_head(&pic->csv, head, 5);
	for (size_t i = 0; i < b->v->r->n; i++) {
		const struct est_cell *c = &b->v->r->cell[i];

		if (strcmp(b->v->spec->estimate[c->estimate].stat, "drivers") !=
			    0 ||
		    isnan(c->r.value))
			continue;
		p[n] = (struct chart_point){ report_field_name(b->v, c->of),
					     report_extra_of(c, "performance"),
					     report_extra_of(c, "importance") };
		x += p[n].performance;
		y += p[n].importance;
		csv_text(&pic->csv, c->of);
		csv_text(&pic->csv, p[n].label);
		csv_number(&pic->csv, p[n].performance);
		csv_number(&pic->csv, p[n].importance);
		csv_number(&pic->csv, report_extra_of(c, "lmg"));
		csv_end_row(&pic->csv);
		n++;
	}
	if (n == 0) {
		drop(b);
		return true;
	}
	return chart_quadrant(p, n, x / (double)n, y / (double)n, &corners, &w,
			      &pic->svg, e);
}

/* ---- answers ----------------------------------------------------------- */

static bool same_options(const struct question *a, const struct question *b)
{
	if (a->n_options != b->n_options)
		return false;
	for (size_t i = 0; i < a->n_options; i++)
		if (strcmp(a->options[i].code, b->options[i].code) != 0 ||
		    strcmp(a->options[i].label, b->options[i].label) != 0)
			return false;
	return true;
}

static bool is_drawn(const struct question *q)
{
	return q->slot != NONE && q->asked && q->n_options > 1 &&
	       q->n_options <= CHART_LEVELS &&
	       (q->options[0].has_coefficient || q->options[0].satisfied);
}

static bool put_answers(struct album *b, const struct form *f,
			const struct question *q, struct chart_shares *row,
			struct buf *csv)
{
	bool some = false;

	row->label = arena_printf(b->v->a, "%s · %s", q->code,
				  q->field ? q->field : q->text);
	csv_text(csv, q->code);
	csv_text(csv, q->text);
	for (size_t k = 0; k < q->n_options; k++) {
		const char *of = arena_printf(b->v->a, "%s/%s=%s", f->code,
					      q->code, q->options[k].code);
		const struct est_cell *c =
			of ? report_find(b->v, "distribution", of, NULL) : NULL;

		row->share[k] = report_value(c);
		some = some || !isnan(row->share[k]);
		csv_number(csv, row->share[k]);
	}
	csv_end_row(csv);
	return some && row->label;
}

/* The questions of a form that have the options of its question `first`. */
static bool draw_answers(struct album *b, const struct form *f, size_t first,
			 size_t number, struct err *e)
{
	const struct question *like = &f->questions[first];
	const char *level[CHART_LEVELS];
	struct chart_shares *row =
		arena_array(b->v->a, f->n_questions + 1, sizeof *row);
	struct chart_words w = {
		arena_printf(b->v->a, "Mẫu %s: các câu trả lời", f->code),
		"phần trăm số lượt đánh giá, có quyền số", NULL
	};
	struct report_picture *pic;
	size_t n = 0;

	if (!row)
		return err_set(e, ERR_NOMEM, "out of memory");
	pic = add(b, arena_printf(b->v->a, "answers-%s-%zu", f->code, number),
		  w.title);
	csv_text(&pic->csv, "question");
	csv_text(&pic->csv, "text");
	for (size_t k = 0; k < like->n_options; k++) {
		level[k] = like->options[k].label;
		csv_text(&pic->csv, like->options[k].code);
	}
	csv_end_row(&pic->csv);
	for (size_t i = first; i < f->n_questions; i++)
		if (is_drawn(&f->questions[i]) &&
		    same_options(like, &f->questions[i]))
			n += put_answers(b, f, &f->questions[i], &row[n],
					 &pic->csv);
	if (n == 0) {
		drop(b);
		return true;
	}
	return chart_stacked(row, n, level, like->n_options, &w, &pic->svg, e);
}

static bool draw_forms(struct album *b, struct err *e)
{
	const struct plan *p = report_plan(b->v);

	for (size_t f = 0; f < p->n_forms; f++) {
		const struct form *form = &p->forms[f];
		size_t number = 0;

		for (size_t i = 0; i < form->n_questions; i++) {
			bool first = is_drawn(&form->questions[i]);

			for (size_t k = 0; first && k < i; k++)
				first = !is_drawn(&form->questions[k]) ||
					!same_options(&form->questions[k],
						      &form->questions[i]);
			if (first && !draw_answers(b, form, i, ++number, e))
				return false;
		}
	}
	return true;
}

/* ---- all of them ------------------------------------------------------- */

static size_t most_pictures(const struct plan *p)
{
	size_t n = 1 + 2 * p->n_kinds;

	for (size_t f = 0; f < p->n_forms; f++)
		n += p->forms[f].n_questions;
	return n;
}

bool report_pictures(const struct report_view *v, struct report_picture **out,
		     size_t *n, struct err *e)
{
	const struct plan *p = report_plan(v);
	struct album b = { .v = v, .max = most_pictures(p) };
	size_t *unit = arena_array(v->a, p->n_units + 1, sizeof *unit);
	bool ok;

	b.list = calloc(b.max + 1, sizeof *b.list);
	*out = NULL;
	*n = 0;
	if (!b.list || !unit) {
		free(b.list);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	ok = true;
	for (size_t k = 0; ok && k < p->n_kinds; k++) {
		size_t units = report_units(v, k, unit);

		ok = units == 0 || (draw_units(&b, k, unit, units, e) &&
				    (v->source->n < 2 ||
				     draw_changes(&b, k, unit, units, e)));
	}
	ok = ok && draw_quadrant(&b, e) && draw_forms(&b, e);
	if (ok && arena_broken(v->a))
		ok = err_set(e, ERR_NOMEM, "out of memory");
	if (!ok) {
		report_pictures_free(b.list, b.n);
		b.list = NULL;
		b.n = 0;
	}
	*out = b.list;
	*n = b.n;
	return ok;
}

void report_pictures_free(struct report_picture *p, size_t n)
{
	for (size_t i = 0; p && i < n; i++) {
		buf_free(&p[i].svg);
		buf_free(&p[i].csv);
	}
	free(p);
}

static bool save(const char *dir, const char *name, const char *end,
		 const struct buf *b, struct err *e)
{
	struct buf path = BUF_INIT(8192);
	bool ok;

	buf_addf(&path, "%s/%s%s", dir, name, end);
	ok = buf_cstr(b) && buf_cstr(&path)
		     ? file_write(buf_cstr(&path), b->data, b->len, FILE_MODE,
				  e)
		     : err_set(e, ERR_NOMEM, "%s is too large", name);
	buf_free(&path);
	return ok;
}

bool report_plot(const struct report_view *v, const char *dir, struct err *e)
{
	struct report_picture *p;
	size_t n;
	bool ok = true;

	if (mkdir(dir, 0777) != 0 && errno != EEXIST)
		return err_set(e, ERR_IO, "%s: %s", dir, strerror(errno));
	if (!report_pictures(v, &p, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = save(dir, p[i].name, ".svg", &p[i].svg, e) &&
		     save(dir, p[i].name, ".csv", &p[i].csv, e);
	report_pictures_free(p, n);
	return ok;
}
