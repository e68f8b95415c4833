#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/utf8.h"
#include "plan_in.h"

/* Text in a column of `width`; right-aligned for numbers. */
static void column(struct buf *out, const char *s, size_t width, bool right)
{
	size_t have = utf8_width(s);
	size_t pad = have < width ? width - have : 0;

	for (size_t i = 0; right && i < pad; i++)
		buf_adds(out, " ");
	buf_adds(out, s);
	for (size_t i = 0; !right && i < pad; i++)
		buf_adds(out, " ");
}

/* 1193 -> "1.193", as printed in the plans. */
static const char *thousands(int64_t v, char text[32])
{
	char plain[24];
	int n = snprintf(plain, sizeof plain, "%" PRId64, v), k = 0;

	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			text[k++] = '.';
		text[k++] = plain[i];
	}
	text[k] = '\0';
	return text;
}

struct widths {
	size_t form, group, rule;
};

static struct widths measure(const struct plan *p)
{
	struct widths w = { 5, 9, 10 };

	for (size_t i = 0; i < p->n_groups; i++) {
		const struct group *g = &p->groups[i];
		size_t form = strlen(p->forms[g->form].code);
		size_t group = utf8_width(g->name), rule = utf8_width(g->rule);

		w.form = form > w.form ? form : w.form;
		w.group = group > w.group ? group : w.group;
		w.rule = rule > w.rule ? rule : w.rule;
	}
	return w;
}

static void row(struct buf *out, const struct widths *w, const char *form,
		const char *group, const char *rule, const char *cells,
		const char *total)
{
	buf_adds(out, "  ");
	column(out, form, w->form + 2, false);
	column(out, group, w->group + 2, false);
	column(out, rule, w->rule, true);
	column(out, cells, 12, true);
	column(out, total, 10, true);
	buf_adds(out, "\n");
}

static int64_t block(const struct plan *p, size_t kind, const struct widths *w,
		     struct buf *out)
{
	const struct unit_kind *k = &p->kinds[kind];
	char a[32], b[32];
	int64_t sum = 0;

	buf_addf(out, "\n  %s\n", k->block ? k->block : k->name);
	for (size_t i = 0; i < p->n_groups; i++) {
		const struct group *g = &p->groups[i];
		int64_t cells = 0;

		if (g->rated_kind != kind)
			continue;
		for (size_t c = 0; c < g->n_cells; c++)
			cells += g->cells[c].n;
		row(out, w, p->forms[g->form].code, g->name, g->rule,
		    thousands(cells, a), thousands(g->total, b));
		sum += g->total;
	}
	row(out, w, "", "Cộng", "", "", thousands(sum, a));
	return sum;
}

void plan_print_quota(const struct plan *p, struct buf *out)
{
	struct widths w = measure(p);
	struct buf line = BUF_INIT(4096);
	char text[32];
	size_t blocks = 0;

	buf_addf(out, "Số phiếu theo mẫu và nhóm đối tượng (cộng lại)\n");
	row(out, &w, "Mẫu", "Nhóm đối tượng", "Công thức", "Cộng ô",
	    "Kế hoạch");
	for (size_t k = 0; k < p->n_kinds; k++) {
		bool any = false;

		for (size_t i = 0; i < p->n_groups; i++)
			any = any || p->groups[i].rated_kind == k;
		if (!any)
			continue;
		buf_addf(&line, "%s%s", blocks++ ? " + " : "",
			 thousands(block(p, k, &w, out), text));
	}
	buf_addf(out, "\n  Tổng số phiếu: %s%s%s\n",
		 blocks > 1 && buf_cstr(&line) ? buf_cstr(&line) : "",
		 blocks > 1 ? " = " : "", thousands(plan_total(p), text));
	buf_free(&line);
}

static size_t count_kind(const struct plan *p, size_t kind)
{
	size_t n = 0;

	for (size_t u = 0; u < p->n_units; u++)
		n += p->units[u].kind == kind && plan_in_wave(p, u);
	return n;
}

/* Codes are what commands ask for. */
static void print_units(const struct plan *p, size_t kind, struct buf *out)
{
	for (size_t u = 0; u < p->n_units; u++)
		if (p->units[u].kind == kind && plan_in_wave(p, u))
			buf_addf(out, "    %s  %s\n", p->units[u].code,
				 p->units[u].name);
}

static void print_criteria(const struct plan *p, struct buf *out)
{
	static const char *const kinds[] = {
		[CRIT_GROUP] = "",
		[CRIT_SELF] = "tự đánh giá, thẩm định",
		[CRIT_SURVEY] = "điều tra xã hội học",
		[CRIT_SATISFACTION] = "mức độ hài lòng",
	};
	char text[DEC_TEXT_MAX];

	buf_addf(out, "\nTiêu chí (tổng %s điểm)\n",
		 dec_text_vi(p->declared_total, 0, text));
	for (size_t i = 0; i < p->n_criteria; i++) {
		const struct criterion *c = &p->criteria[i];

		buf_adds(out, "  ");
		for (unsigned d = 0; d < c->depth; d++)
			buf_adds(out, "  ");
		buf_addf(out, "%s  %s: %s", c->code, c->name,
			 dec_text_vi(c->maximum, 0, text));
		if (*kinds[c->kind])
			buf_addf(out, " (%s", kinds[c->kind]);
		if (c->n_questions)
			buf_addf(out, ", %zu câu hỏi", c->n_questions);
		buf_adds(out, *kinds[c->kind] ? ")\n" : "\n");
	}
}

static void print_forms(const struct plan *p, struct buf *out)
{
	buf_adds(out, "\nMẫu phiếu\n");
	for (size_t i = 0; i < p->n_forms; i++) {
		const struct form *f = &p->forms[i];

		buf_addf(out, "  %s/%s  %s: %zu câu hỏi\n", f->code, f->version,
			 f->name, f->n_questions);
		if (f->note)
			buf_addf(out, "      %s\n", f->note);
	}
}

static const char *basis_kind(enum basis_kind kind)
{
	static const char *const words[] = {
		[BASIS_DECISION] = "quyết định",
		[BASIS_PLAN] = "kế hoạch",
		[BASIS_RECOLLECTED] = "nhớ lại, chưa đối chiếu",
		[BASIS_EXAMPLE] = "mẫu thử",
	};

	return words[kind];
}

void plan_print(const struct plan *p, struct buf *out)
{
	char from[DATE_TEXT_MAX], to[DATE_TEXT_MAX];

	buf_addf(out, "%s: %s\n%s, từ %s đến %s\n", p->wave, p->name,
		 p->province, date_text_vi(p->from, from),
		 date_text_vi(p->to, to));
	if (p->is_trial)
		buf_adds(out, "MẪU THỬ, không phải phiếu chính thức: có nội "
			      "dung chưa "
			      "phải văn bản chính thức\n");
	buf_addf(out, "SHA-256 %s\n\nCăn cứ\n", p->sha256);
	for (size_t i = 0; i < p->n_bases; i++) {
		const struct basis *b = &p->bases[i];

		buf_addf(out, "  %s (%s)%s%s%s%s: %s\n", b->id,
			 basis_kind(b->kind), b->number ? " " : "",
			 b->number ? b->number : "", b->date ? " " : "",
			 b->date ? b->date : "", b->title);
	}
	buf_adds(out, "\nĐơn vị\n");
	for (size_t k = 0; k < p->n_kinds; k++) {
		buf_addf(out, "  %s: %zu%s\n", p->kinds[k].name,
			 count_kind(p, k),
			 p->kinds[k].rated ? " (được đánh giá)" : "");
		if (p->kinds[k].rated)
			print_units(p, k, out);
	}
	print_forms(p, out);
	print_criteria(p, out);
	buf_adds(out, "\n");
	plan_print_quota(p, out);
}
