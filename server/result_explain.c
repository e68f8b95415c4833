/* Behind one number: how many ticked what, by group as far as D12 lets. */
#include <inttypes.h>
#include <string.h>

#include "phieu/cli.h"
#include "phieu/disclose.h"
#include "phieu/submission.h"
#include "result_parts.h"

static void cell_int(struct table *t, int64_t v)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%" PRId64, v);
	table_cell(t, text);
}

/* Ratings of the unit by the group that put a counting answer to the item. */
static int64_t valid_of(const struct result *r, size_t unit, size_t node,
			size_t item, size_t group)
{
	const struct score_spec *p = &r->in.sp->spec;
	const struct score_asking *a = &p->nodes[node].items[item].askings[0];
	int64_t n = 0;

	for (unsigned b = 1; b < 256; b++)
		if (p->value[a->form][a->slot * 256 + b].counts)
			n += score_item_count(r->in.score, unit, node, item,
					      group, (uint8_t)b);
	return n;
}

static const struct question *question_of(const struct result *r, size_t node,
					  size_t item)
{
	const struct score_item *it = &r->in.sp->spec.nodes[node].items[item];
	const struct form *f = &r->plan->forms[it->askings[0].form];

	for (size_t q = 0; q < f->n_questions; q++)
		if (f->questions[q].slot == it->askings[0].slot)
			return &f->questions[q];
	return NULL;
}

static void row(const struct result *r, size_t unit, size_t node, size_t item,
		size_t group, const char *name, struct table *t)
{
	const struct question *q = question_of(r, node, item);
	size_t from = group, to = group + 1;

	if (group == NONE) {
		from = 0;
		to = r->plan->n_groups;
	}
	table_cell(t, name);
	for (size_t o = 0; q && o < q->n_options; o++) {
		int64_t n = 0;

		for (size_t g = from; g < to; g++)
			n += score_item_count(r->in.score, unit, node, item, g,
					      q->options[o].ordinal);
		cell_int(t, n);
	}
	for (int b = ANSWER_UNREADABLE; b <= ANSWER_BLANK; b++) {
		int64_t n = 0;

		for (size_t g = from; g < to; g++)
			n += score_item_count(r->in.score, unit, node, item, g,
					      (uint8_t)b);
		cell_int(t, n);
	}
}

static bool item_table(const struct result *r, size_t unit, size_t node,
		       size_t item, const struct cell *cells, FILE *to,
		       struct err *e)
{
	const struct question *q = question_of(r, node, item);
	size_t columns = 4 + (q ? q->n_options : 0);
	struct table *t = table_new(columns);

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	table_cell(t, "đối tượng");
	for (size_t o = 0; q && o < q->n_options; o++)
		table_cell(t, q->options[o].code);
	table_cell(t, "không đọc được");
	table_cell(t, "không biết");
	table_cell(t, "để trống");
	for (size_t i = 1; i < columns; i++)
		table_right(t, i);
	table_rule(t);
	for (size_t g = 0; g < r->plan->n_groups; g++)
		if (cells[g + 1].n > 0 && !cells[g + 1].closed)
			row(r, unit, node, item, g, r->plan->groups[g].name, t);
	row(r, unit, node, item, NONE, "tất cả", t);
	table_print(t, to);
	table_free(t);
	return true;
}

/* "59,32 % (3559/60)": to be read, and exact. */
static bool mean_text(const mpq_t mean, struct buf *out, struct err *e)
{
	char text[DEC_TEXT_MAX];
	struct dec d;

	if (!exact_round(mean, 2, EXACT_HALF_UP, &d, e))
		return false;
	buf_addf(out, "%s %% (", dec_text_vi(d, 2, text));
	exact_text(mean, out);
	buf_adds(out, ")");
	return true;
}

static bool explain_item(const struct result *r, size_t unit, size_t node,
			 size_t item, FILE *to, struct err *e)
{
	const struct score_item_cell *c =
		score_item(r->in.score, unit, node, item);
	const struct question *q = question_of(r, node, item);
	struct cell *cells =
		arena_array(r->arena, r->plan->n_groups + 1, sizeof *cells);
	struct buf mean = BUF_INIT((size_t)1 << 16);

	if (!cells)
		return err_set(e, ERR_NOMEM, "out of memory");
	cells[0] = (struct cell){ .parent = NONE, .n = c->n_valid };
	for (size_t g = 0; g < r->plan->n_groups; g++)
		cells[g + 1] =
			(struct cell){ .parent = 0,
				       .n = valid_of(r, unit, node, item, g) };
	(void)disclose(cells, r->plan->n_groups + 1, r->plan->decisions.min_sub,
		       true);
	if (c->n_valid < r->plan->decisions.min_unit) {
		(void)fprintf(to, "\n%s: quá ít người trả lời để nêu\n",
			      r->in.sp->spec.nodes[node].items[item].code);
		return true;
	}
	if (c->scored && !mean_text(c->mean, &mean, e))
		return false;
	(void)fprintf(to,
		      "\n%s %s\n%" PRId64 " trả lời tính điểm / %" PRId64
		      " được hỏi; hệ số trung bình %s\n",
		      r->in.sp->spec.nodes[node].items[item].code,
		      q ? q->text : "", c->n_valid, c->n_asked,
		      c->scored && buf_cstr(&mean) ? buf_cstr(&mean) : "—");
	buf_free(&mean);
	return item_table(r, unit, node, item, cells, to, e);
}

static const struct result_cell *cell_of(const struct result *r, size_t unit,
					 size_t criterion)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->units[i].unit != unit)
			continue;
		for (size_t k = 0; k < r->units[i].n_cells; k++)
			if (r->units[i].cells[k].criterion == criterion)
				return &r->units[i].cells[k];
	}
	return NULL;
}

bool result_explain(const struct result *r, size_t unit, size_t criterion,
		    FILE *to, struct err *e)
{
	const struct score_spec *p = &r->in.sp->spec;
	const struct result_cell *c = cell_of(r, unit, criterion);
	char points[DEC_TEXT_MAX], maximum[DEC_TEXT_MAX];

	if (!c)
		return err_set(e, ERR_INPUT,
			       "the survey gives no such number for this unit");
	(void)fprintf(to, "%s%s%s\n", r->plan->name,
		      r->plan->is_trial
			      ? " — mẫu thử, không phải số liệu chính thức"
			      : "",
		      r->in.simulated ? " — SỐ LIỆU MÔ PHỎNG (simulated)" : "");
	(void)fprintf(to, "%s — %s %s\n", r->plan->units[unit].name,
		      r->plan->criteria[criterion].code,
		      r->plan->criteria[criterion].name);
	if (!c->shown || !c->scored) {
		(void)fprintf(to, "chưa có điểm, hoặc quá ít người trả lời\n");
		return true;
	}
	(void)fprintf(to, "điểm %s = làm tròn của %s, tối đa %s%s\n",
		      dec_text_vi(c->points, r->plan->decisions.digits, points),
		      c->exact, dec_text_vi(c->maximum, 0, maximum),
		      c->rescaled ? " (đã quy đổi)" : "");
	for (size_t i = 0; i < p->n_nodes; i++) {
		if (r->in.sp->criterion[i] != criterion)
			continue;
		for (size_t q = 0; q < p->nodes[i].n_items; q++)
			if (!explain_item(r, unit, i, q, to, e))
				return false;
		for (size_t k = i + 1; k < p->n_nodes; k++)
			if (p->nodes[k].parent == i &&
			    cell_of(r, unit, r->in.sp->criterion[k]))
				(void)fprintf(to, "gồm %s\n", p->nodes[k].code);
	}
	return true;
}
