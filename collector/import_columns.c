/* Headings: which column of the table is what of the form. */
#include <string.h>

#include "import_parts.h"
#include "phieu/utf8.h"

enum { HEADER_ROWS = 30 }; /* titles above the headings */

static const struct {
	enum import_role role;
	const char *key, *vi, *en, *also; /* also: another word for it */
} heads[] = {
	{ IMPORT_SHEET, "sheet", "Số phiếu", "Sheet number", "Mã phiếu" },
	{ IMPORT_GROUP, "group", "Nhóm đối tượng", "Respondent group",
	  "Đối tượng" },
	{ IMPORT_HOME, "home", "Đơn vị công tác", "Home unit",
	  "Đơn vị của người trả lời" },
	{ IMPORT_COLLECTED, "collected", "Ngày thu phiếu", "Day collected",
	  "Ngày thu" },
	{ IMPORT_KEYING, "keying", "Lần nhập", "Keying", "Nhập lần" },
	{ IMPORT_UNIT, "unit", "Đơn vị được đánh giá", "Rated unit",
	  "Đơn vị đánh giá" },
	{ IMPORT_COMMENT, "comment", "Ý kiến khác", "Comment", "Ý kiến" },
};
enum { HEADS = sizeof heads / sizeof heads[0] };

/* Columns of people's own, and of a file that came back marked. */
static const char *const own[] = {
	"lỗi", "error", "stt",	   "tt",   "no",
	"no.", "#",	"ghi chú", "note", "kết quả"
};

const char *import_key(const struct form *f, enum import_role role, size_t at,
		       struct arena *a)
{
	if (role == IMPORT_PROFILE)
		return arena_printf(a, "profile.%s", f->profile[at].code);
	if (role == IMPORT_QUESTION)
		return f->questions[at].code;
	for (size_t i = 0; i < HEADS; i++)
		if (heads[i].role == role)
			return heads[i].key;
	return "";
}

const char *import_heading(const struct form *f, enum import_role role,
			   size_t at, bool vi, struct arena *a)
{
	const struct question *q;

	if (role == IMPORT_PROFILE)
		return vi || !f->profile[at].label_en ? f->profile[at].label
						      : f->profile[at].label_en;
	if (role == IMPORT_QUESTION) {
		q = &f->questions[at];
		return arena_printf(a, "%s. %s", q->code,
				    vi || !q->text_en ? q->text : q->text_en);
	}
	for (size_t i = 0; i < HEADS; i++)
		if (heads[i].role == role)
			return vi ? heads[i].vi : heads[i].en;
	return "";
}

static void know(struct importer *m, const char *s, enum import_role role,
		 size_t at)
{
	struct import_word *w = &m->words[m->n_words];
	struct err e = { 0 };

	if (!s)
		return;
	w->key = utf8_key(m->a, s, strlen(s), &e);
	if (!w->key) {
		m->failed = true;
		return;
	}
	w->n = strlen(w->key);
	w->role = role;
	w->at = at;
	w->code = role == IMPORT_QUESTION &&
		  strcmp(s, m->f->questions[at].code) == 0;
	m->n_words++;
}

/* Everything that a heading of this form may say. */
static void know_all(struct importer *m)
{
	const struct form *f = m->f;
	size_t max = (size_t)4 * HEADS + 4 * f->n_profile + 3 * f->n_questions +
		     sizeof own / sizeof own[0];

	m->words = arena_array(m->a, max, sizeof *m->words);
	if (!m->words) {
		m->failed = true;
		return;
	}
	for (size_t i = 0; i < HEADS; i++) {
		know(m, heads[i].key, heads[i].role, 0);
		know(m, heads[i].vi, heads[i].role, 0);
		know(m, heads[i].en, heads[i].role, 0);
		know(m, heads[i].also, heads[i].role, 0);
	}
	for (size_t i = 0; i < f->n_profile; i++) {
		know(m, import_key(f, IMPORT_PROFILE, i, m->a), IMPORT_PROFILE,
		     i);
		know(m, f->profile[i].code, IMPORT_PROFILE, i);
		know(m, f->profile[i].label, IMPORT_PROFILE, i);
		know(m, f->profile[i].label_en, IMPORT_PROFILE, i);
	}
	for (size_t i = 0; i < f->n_questions; i++) {
		know(m, f->questions[i].code, IMPORT_QUESTION, i);
		know(m, f->questions[i].text, IMPORT_QUESTION, i);
		know(m, f->questions[i].text_en, IMPORT_QUESTION, i);
	}
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		know(m, own[i], IMPORT_SKIP, 0);
}

/* "Q1. Text", "Q1 - …", "Q1: …" begin with their question's code. */
static bool means(const struct import_word *w, const char *key)
{
	if (w->code && strncmp(key, w->key, w->n) == 0 && key[w->n] != '\0' &&
	    strchr(".:) -", key[w->n]))
		return true;
	return strcmp(key, w->key) == 0;
}

static bool is_own(const char *key)
{
	return strncmp(key, "ghi chú", strlen("ghi chú")) == 0 ||
	       strncmp(key, IMPORT_MARK, strlen(IMPORT_MARK)) == 0;
}

/* What a heading stands for; false when the form has no such thing. */
static bool recognise(struct importer *m, const struct grid_cell *c,
		      struct import_column *out)
{
	struct err e = { 0 };
	const char *key;

	arena_reset(m->scratch);
	*out = (struct import_column){ .column = c->column, .heading = c->s };
	key = c->kind == GRID_TEXT ? utf8_key(m->scratch, c->s, c->n, &e)
				   : NULL;
	m->failed |= e.kind == ERR_NOMEM;
	if (!key)
		return false;
	for (size_t i = 0; i < m->n_words; i++) {
		if (!means(&m->words[i], key))
			continue;
		out->role = m->words[i].role;
		out->at = m->words[i].at;
		return true;
	}
	return is_own(key);
}

/* Headings of this row that the form knows. */
static size_t known(struct importer *m, const struct grid_row *r, bool *sheet)
{
	struct import_column c;
	size_t n = 0;

	*sheet = false;
	for (size_t i = 0; i < r->n; i++) {
		if (!recognise(m, &r->cells[i], &c) || c.role == IMPORT_SKIP)
			continue;
		n++;
		*sheet |= c.role == IMPORT_SHEET;
	}
	return n;
}

static bool is_header(struct importer *m, const struct grid_row *r)
{
	bool sheet;

	return known(m, r, &sheet) >= 2 && sheet;
}

static void check_missing(struct importer *m, const struct grid_row *header)
{
	const struct import *im = m->im;

	for (size_t q = 0; q < m->f->n_questions; q++) {
		bool found = !m->f->questions[q].asked;
		for (size_t i = 0; i < im->n_columns; i++)
			found |= im->columns[i].role == IMPORT_QUESTION &&
				 im->columns[i].at == q;
		if (found)
			continue;
		import_add_fault(m->im, header->number, 0, false, "I03", "",
				 arena_printf(m->a, "no column for question %s",
					      m->f->questions[q].code),
				 arena_printf(m->a, "thiếu cột của câu %s",
					      m->f->questions[q].code));
	}
}

static void take(struct importer *m, const struct grid_row *header,
		 struct import_column *list, struct import_column c)
{
	struct import *im = m->im;

	if (c.role == IMPORT_SKIP)
		return;
	for (size_t i = 0; i < im->n_columns; i++) {
		if (list[i].role != c.role || list[i].at != c.at)
			continue;
		import_at(m, header, &c, "I04", "the column comes twice",
			  "cột này xuất hiện hai lần");
		return;
	}
	list[im->n_columns++] = c;
}

/* A heading that the form lacks and that nothing stands under is decoration. */
static bool has_content(const struct grid *g, size_t from, uint32_t column)
{
	for (size_t i = from; i < g->n_rows; i++)
		if (grid_at(&g->rows[i], column))
			return true;
	return false;
}

static void read_headings(struct importer *m, size_t at)
{
	const struct grid_row *r = &m->im->grid->rows[at];
	struct import_column *list = arena_array(m->a, r->n, sizeof *list);
	struct import_column c;

	if (!list) {
		m->failed = true;
		return;
	}
	m->im->columns = list;
	m->im->header_row = r->number;
	for (size_t i = 0; i < r->n; i++) {
		if (recognise(m, &r->cells[i], &c)) {
			take(m, r, list, c);
			continue;
		}
		c.role = IMPORT_SKIP;
		if (has_content(m->im->grid, at + 1, c.column))
			import_at(
				m, r, &c, "I02",
				"the form has no such column; begin the "
				"heading with \"Ghi chú\" to keep it as a "
				"note",
				"mẫu phiếu không có cột này; nếu là ghi chú "
				"riêng, đặt tên cột bắt đầu bằng \"Ghi chú\"");
	}
}

/* People know a column by what they see. */
static void show_words(struct importer *m, const struct grid_row *r)
{
	struct import *im = m->im;
	struct import_column *list =
		arena_array(m->a, im->n_columns + 1, sizeof *list);

	if (!list) {
		m->failed = true;
		return;
	}
	for (size_t i = 0; i < im->n_columns; i++) {
		const struct grid_cell *c = grid_at(r, im->columns[i].column);
		list[i] = im->columns[i];
		if (c)
			list[i].heading = c->s;
	}
	im->columns = list;
}

bool import_columns(struct importer *m, size_t *first)
{
	const struct grid *g = m->im->grid;
	size_t i = 0;

	know_all(m);
	if (m->failed)
		return false;
	while (i < g->n_rows && i < HEADER_ROWS && !is_header(m, &g->rows[i]))
		i++;
	if (m->failed)
		return false;
	if (i == g->n_rows || i == HEADER_ROWS) {
		import_add_fault(
			m->im, 0, 0, false, "I14", "",
			"no row of headings of this form (\"Số phiếu\" and "
			"the questions) in the first 30 rows",
			"không tìm thấy dòng tiêu đề của mẫu phiếu này (cột "
			"\"Số phiếu\" và các câu hỏi) trong 30 dòng đầu");
		return false;
	}
	read_headings(m, i);
	/* a template has its headings twice: hidden keys, then words */
	while (i + 1 < g->n_rows && is_header(m, &g->rows[i + 1])) {
		i++;
		m->im->header_row = g->rows[i].number;
		show_words(m, &g->rows[i]);
	}
	*first = i + 1;
	check_missing(m, &g->rows[i]);
	return !m->failed;
}

/* ---- which form -------------------------------------------------------------
 */

struct mark {
	const char *form, *version, *wave;
};

/* "phieu/1;CT-01;1;lai-chau-2020" */
static bool read_mark(struct importer *m, const struct grid_cell *c,
		      struct mark *out)
{
	size_t skip = strlen(IMPORT_MARK);
	char *s, *version, *cut;

	if (c->n <= skip || memcmp(c->s, IMPORT_MARK, skip) != 0)
		return false;
	s = arena_strdup(m->a, c->s + skip);
	cut = s ? strchr(s, ';') : NULL;
	if (!cut)
		return false;
	*cut = '\0';
	version = cut + 1;
	cut = strchr(version, ';');
	if (!cut)
		return false;
	*cut = '\0';
	*out = (struct mark){ s, version, cut + 1 };
	return true;
}

static void find_mark(struct importer *m, struct mark *out)
{
	const struct grid *g = m->im->grid;

	for (size_t i = 0; i < g->n_rows && i < 3; i++)
		for (size_t k = 0; k < g->rows[i].n; k++)
			if (read_mark(m, &g->rows[i].cells[k], out))
				return;
}

/* A defined name holds ="CT-01": its text without the marks. */
static const char *unquote(struct importer *m, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	if (n > 0 && s[0] == '=') {
		s++;
		n--;
	}
	if (n < 2 || s[0] != '"' || s[n - 1] != '"')
		return NULL;
	return arena_strndup(m->a, s + 1, n - 2);
}

static size_t latest(const struct plan *p, const char *code)
{
	size_t found = NONE;

	for (size_t i = 0; i < p->n_forms; i++)
		if (strcmp(p->forms[i].code, code) == 0)
			found = i;
	return found;
}

static bool wrong(struct importer *m, const char *en, const char *vi)
{
	import_add_fault(m->im, 0, 0, false, "I01", "", en, vi);
	return false;
}

bool import_which_form(struct importer *m, const char *wanted,
		       const char *const values[3])
{
	struct mark k = { unquote(m, values[0]), unquote(m, values[1]),
			  unquote(m, values[2]) };
	const char *code;

	if (!k.form)
		find_mark(m, &k);
	if (k.wave && strcmp(k.wave, m->p->wave) != 0)
		return wrong(m,
			     arena_printf(m->a, "the file is for wave %s",
					  k.wave),
			     arena_printf(m->a, "tệp thuộc đợt điều tra %s",
					  k.wave));
	if (k.form && wanted && strcmp(k.form, wanted) != 0)
		return wrong(m,
			     arena_printf(m->a, "the file is for form %s",
					  k.form),
			     arena_printf(m->a, "tệp thuộc mẫu phiếu %s",
					  k.form));
	code = k.form ? k.form : wanted;
	if (!code && m->p->n_forms == 1)
		code = m->p->forms[0].code;
	if (!code)
		return wrong(m, "the file does not say for which form it is",
			     "không rõ tệp thuộc mẫu phiếu nào; hãy chọn mẫu "
			     "phiếu");
	m->im->form = k.version ? plan_form(m->p, code, k.version)
				: latest(m->p, code);
	if (m->im->form == NONE)
		return wrong(m,
			     arena_printf(m->a,
					  "the plan has no form %s, version %s",
					  code, k.version ? k.version : "-"),
			     arena_printf(m->a,
					  "kế hoạch không có mẫu phiếu %s, "
					  "phiên bản %s",
					  code, k.version ? k.version : "-"));
	m->f = &m->p->forms[m->im->form];
	return true;
}
