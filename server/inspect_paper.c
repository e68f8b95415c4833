/* The conclusion of one inspection, as a document to print. */
#include <stdlib.h>
#include <string.h>

#include "phieu/inspect.h"

enum { FACTS_MAX = 8, TABLES = 4, NOTES_MAX = 3 };

struct writer {
	struct arena *a;
	const struct inspect_plan *p;
	const struct inspect_report *r;
};

static const struct {
	const char *word, *vi;
} words[] = {
	{ "dossiers", "xem xét báo cáo, hồ sơ, tài liệu minh chứng" },
	{ "on-site", "trực tiếp tại đơn vị" },
	{ "done", "đã thực hiện" },
	{ "partly", "thực hiện một phần" },
	{ "not-done", "chưa thực hiện" },
	{ "none", "không phát sinh" },
	{ "open", "chưa khắc phục" },
	{ "overdue", "quá hạn" },
	{ "answered", "đơn vị báo đã khắc phục, chờ xác nhận" },
	{ "remedied", "đã khắc phục" },
	{ "recommended", "đã kiến nghị" },
	{ "accepted", "đã tiếp thu" },
	{ "refused", "không chấp nhận" },
};

static const char *in_words(const char *word)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].vi;
	return word;
}

static bool day_of(const char *s, struct date *out)
{
	struct err e = { 0 };

	return date_parse(s, strlen(s), out, &e);
}

/* "20/05/2023"; "" when there is none. */
static const char *day(struct arena *a, const char *s)
{
	char text[DATE_TEXT_MAX];
	struct date d;

	return day_of(s, &d) ? arena_strdup(a, date_text_vi(d, text)) : "";
}

/* "example" is no decision. */
static const char *basis(const char *s)
{
	return strcmp(s, "example") == 0 ? "mẫu thử" : s;
}

static struct paper_cell cell(const char *s)
{
	return paper_text(s && *s ? s : "–");
}

/* ---- facts ------------------------------------------------------------- */

static const char *documents(const struct writer *w)
{
	const struct inspect_report *r = w->r;
	const char *due = day(w->a, r->documents_due);
	struct date d, on;

	if (!*r->documents_due)
		return NULL;
	if (!*r->documents_on)
		return arena_printf(w->a,
				    "Báo cáo, hồ sơ: hạn gửi ngày %s; chưa gửi",
				    due);
	if (day_of(r->documents_due, &d) && day_of(r->documents_on, &on) &&
	    on.days > d.days)
		return arena_printf(w->a,
				    "Báo cáo, hồ sơ: hạn gửi ngày %s; nhận "
				    "ngày %s, trễ %d ngày",
				    due, day(w->a, r->documents_on),
				    on.days - d.days);
	return arena_printf(w->a,
			    "Báo cáo, hồ sơ: hạn gửi ngày %s; nhận ngày %s",
			    due, day(w->a, r->documents_on));
}

static const char *days_of(const struct writer *w)
{
	const struct inspect_report *r = w->r;

	if (!*r->first_day)
		return "Thời gian, hình thức: chưa ấn định";
	return arena_printf(w->a,
			    "Thời gian: từ ngày %s đến ngày %s%s%s; hình thức: "
			    "%s",
			    day(w->a, r->first_day), day(w->a, r->last_day),
			    *r->started_on ? "; bắt đầu ngày " : "",
			    day(w->a, r->started_on), in_words(r->form));
}

static size_t put_facts(const struct writer *w, int number, const char **f)
{
	const struct inspect_report *r = w->r;
	size_t n = 0;

	f[n++] = arena_printf(w->a, "Căn cứ: %s (%s)", w->p->title,
			      basis(w->p->basis));
	f[n++] = arena_printf(w->a, "Đợt kiểm tra số %d; %s", number,
			      r->round_name);
	if (*r->team)
		f[n++] = arena_printf(w->a, "Đoàn kiểm tra: %s (%s)", r->team,
				      basis(r->team_basis));
	f[n++] = days_of(w);
	f[n] = documents(w);
	n += f[n] != NULL;
	if (strcmp(r->state, "cancelled") == 0)
		f[n++] = "Đợt kiểm tra đã hủy";
	if (*r->number)
		f[n++] = arena_printf(w->a, "Kết luận số %s ngày %s", r->number,
				      day(w->a, r->concluded_on));
	return n;
}

/* ---- tables ------------------------------------------------------------ */

static struct paper_table members(const struct writer *w)
{
	static const struct paper_head heads[] = {
		{ .text = "TT", .width = 8 },
		{ .text = "Họ và tên", .width = 30 },
		{ .text = "Chức vụ", .width = 40 },
		{ .text = "Trong đoàn", .width = 16 }
	};
	struct paper_table t = paper_table(heads, 4, w->r->n_members, w->a);

	t.caption = "1. Thành phần đoàn kiểm tra";
	for (size_t i = 0; t.cells && i < t.rows; i++) {
		const struct inspect_member *m = &w->r->members[i];

		*paper_at(&t, i, 0) = cell(arena_printf(w->a, "%zu", i + 1));
		*paper_at(&t, i, 1) = cell(m->name);
		*paper_at(&t, i, 2) = cell(m->position);
		*paper_at(&t, i, 3) =
			cell(m->head ? "Trưởng đoàn" : "Thành viên");
	}
	return t;
}

static struct paper_table answers(const struct writer *w)
{
	static const struct paper_head heads[] = {
		{ .text = "Mục", .width = 12 },
		{ .text = "Nội dung", .width = 40 },
		{ .text = "Đánh giá", .width = 18 },
		{ .text = "Nhận xét", .width = 50 }
	};
	struct paper_table t = paper_table(heads, 4, w->r->n_answers, w->a);

	t.caption = "2. Kết quả kiểm tra theo đề cương";
	for (size_t i = 0; t.cells && i < t.rows; i++) {
		const struct inspect_answer_row *x = &w->r->answers[i];

		*paper_at(&t, i, 0) = cell(x->item);
		*paper_at(&t, i, 1) = cell(x->title);
		*paper_at(&t, i, 2) =
			cell(*x->verdict ? in_words(x->verdict) : "chưa xem");
		*paper_at(&t, i, 3) = cell(x->content);
	}
	return t;
}

/* "quá hạn, trễ 12 ngày"; "đã khắc phục ngày 20/05/2023: …" */
static const char *stands(const struct writer *w,
			  const struct inspect_finding_row *x)
{
	const char *late =
		strcmp(x->days_late, "0") != 0
			? arena_printf(w->a, ", trễ %s ngày", x->days_late)
			: "";

	if (*x->remedied_on)
		return arena_printf(w->a, "%s ngày %s%s: %s",
				    in_words(x->stands),
				    day(w->a, x->remedied_on), late,
				    x->evidence);
	return arena_printf(w->a, "%s%s", in_words(x->stands), late);
}

static struct paper_table findings(const struct writer *w)
{
	static const struct paper_head heads[] = {
		{ .text = "Số", .width = 9 },
		{ .text = "Tồn tại, hạn chế", .width = 44 },
		{ .text = "Tiêu chí", .width = 20 },
		{ .text = "Hạn khắc phục", .width = 24 },
		{ .text = "Người chịu trách nhiệm", .width = 24 },
		{ .text = "Tình hình", .width = 30 }
	};
	struct paper_table t = paper_table(heads, 6, w->r->n_findings, w->a);

	t.caption = "3. Tồn tại, hạn chế; thời hạn khắc phục";
	for (size_t i = 0; t.cells && i < t.rows; i++) {
		const struct inspect_finding_row *x = &w->r->findings[i];

		*paper_at(&t, i, 0) = cell(x->number);
		*paper_at(&t, i, 1) = cell(x->content);
		*paper_at(&t, i, 2) =
			cell(*x->criterion
				     ? arena_printf(w->a, "%s %s", x->criterion,
						    x->criterion_name)
				     : "");
		*paper_at(&t, i, 3) = cell(day(w->a, x->due));
		*paper_at(&t, i, 4) = cell(x->responsible);
		*paper_at(&t, i, 5) = cell(stands(w, x));
	}
	return t;
}

static struct paper_table measures(const struct writer *w)
{
	static const struct paper_head heads[] = {
		{ .text = "Số", .width = 9 },
		{ .text = "Nơi nhận", .width = 30 },
		{ .text = "Kiến nghị", .width = 50 },
		{ .text = "Hạn", .width = 24 },
		{ .text = "Kết quả", .width = 30 }
	};
	struct paper_table t = paper_table(heads, 5, w->r->n_measures, w->a);

	t.caption = "4. Kiến nghị xử lý";
	for (size_t i = 0; t.cells && i < t.rows; i++) {
		const struct inspect_measure_row *x = &w->r->measures[i];

		*paper_at(&t, i, 0) = cell(x->number);
		*paper_at(&t, i, 1) = cell(x->addressee);
		*paper_at(&t, i, 2) = cell(x->content);
		*paper_at(&t, i, 3) = cell(day(w->a, x->due));
		*paper_at(&t, i, 4) =
			cell(arena_printf(w->a, "%s%s%s",
					  strcmp(x->state, "done") == 0
						  ? "đã thực hiện"
						  : in_words(x->state),
					  *x->outcome ? ": " : "", x->outcome));
	}
	return t;
}

/* Words below a table; what is empty is left out. */
static void put_notes(const struct writer *w, struct paper_table *t,
		      const char *const pairs[][2], size_t n)
{
	const char **notes = arena_array(w->a, NOTES_MAX, sizeof *notes);

	if (!notes)
		return;
	for (size_t i = 0; i < n; i++)
		if (*pairs[i][1])
			notes[t->n_notes++] =
				arena_printf(w->a, "%s%s", pairs[i][0],
					     pairs[i][1]);
	t->notes = notes;
}

bool inspect_paper(const struct inspect_plan *p, const struct inspect_report *r,
		   int number, struct arena *a, struct paper *out,
		   struct err *e)
{
	const struct writer w = { a, p, r };
	const char *const seen[][2] = { { "Ưu điểm: ", r->strengths } };
	const char *const found[][2] = { { "",
					   r->n_findings ? "" : "Không có." },
					 { "Nguyên nhân: ", r->causes } };
	const char *const closing[][2] = { { "",
					     r->n_measures ? "" : "Không có." },
					   { "Kết luận: ", r->conclusion } };
	const char **facts = arena_array(a, FACTS_MAX, sizeof *facts);
	struct paper_table *t = arena_array(a, TABLES, sizeof *t);

	if (!facts || !t)
		return err_set(e, ERR_NOMEM, "out of memory");
	*out = (struct paper){
		.superior = p->superior ? p->superior : "",
		.body = p->authority,
		.place = p->place ? p->place : "",
		.mark = *r->number ? "" : "Dự thảo",
		.warning = p->example ? "Mẫu thử, không phải văn bản chính thức"
				      : "",
		.title = "KẾT LUẬN",
		.subject = arena_printf(
			a, "Kiểm tra công tác cải cách hành chính tại %s",
			r->unit),
		.facts = facts,
		.n_facts = put_facts(&w, number, facts),
		.tables = t,
		.n_tables = TABLES,
	};
	t[0] = members(&w);
	t[1] = answers(&w);
	t[2] = findings(&w);
	t[3] = measures(&w);
	put_notes(&w, &t[1], seen, 1);
	put_notes(&w, &t[2], found, 2);
	put_notes(&w, &t[3], closing, 2);
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}
