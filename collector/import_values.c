/* What stands in a cell -> what a submission says. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import_parts.h"
#include "phieu/decimal_mark.h"
#include "phieu/sheet.h"
#include "phieu/utf8.h"

const struct import_column *import_role_column(const struct import *im,
					       enum import_role role)
{
	for (size_t i = 0; i < im->n_columns; i++)
		if (im->columns[i].role == role)
			return &im->columns[i];
	return NULL;
}

const struct grid_cell *import_cell(const struct import *im,
				    const struct grid_row *r,
				    enum import_role role)
{
	const struct import_column *c = import_role_column(im, role);

	return c ? grid_at(r, c->column) : NULL;
}

void import_at(struct importer *m, const struct grid_row *r,
	       const struct import_column *c, const char *code,
	       const char *message, const char *message_vi)
{
	const struct grid_cell *cell = grid_at(r, c->column);

	import_add_fault(m->im, r->number, c->column, true, code,
			 cell ? cell->s : "", message, message_vi);
}

/* ---- what Excel made of it --------------------------------------------------
 */

static bool is_excel_error(const struct grid_cell *c)
{
	static const char *const words[] = { "#N/A",   "#REF!",	  "#VALUE!",
					     "#NAME?", "#DIV/0!", "#NUM!",
					     "#NULL!", "#SPILL!" };

	if (c->kind == GRID_ERROR)
		return true;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(c->s, words[i]) == 0)
			return true;
	return false;
}

/* Cells of any column that hold no value at all. */
bool import_usable(struct importer *m, const struct grid_row *r,
		   const struct import_column *c, const struct grid_cell *cell)
{
	if (cell->kind == GRID_NO_VALUE)
		import_at(m, r, c, "I12",
			  "a formula without a stored value; open the file in "
			  "Excel and save it",
			  "ô chứa công thức chưa được tính; hãy mở tệp bằng "
			  "Excel và lưu lại");
	else if (is_excel_error(cell))
		import_at(m, r, c, "I10", "an error value of Excel",
			  "ô chứa giá trị lỗi của Excel");
	else
		return true;
	return false;
}

static bool is_number(const char *s, bool *exponent)
{
	size_t digits = 0;

	*exponent = false;
	if (*s == '-' || *s == '+')
		s++;
	for (; *s; s++) {
		if (*s >= '0' && *s <= '9')
			digits++;
		else if ((*s == 'E' || *s == 'e') && digits &&
			 (s[1] == '+' || s[1] == '-') && s[2])
			*exponent = true, s++;
		else if (*s != '.' && *s != ',')
			return false;
	}
	return digits > 0;
}

/* 07/12/2001, 2001-12-07, 7-Dec: what a code becomes when Excel takes it for
 * a day and the file is saved as CSV. */
static bool looks_like_day(const char *s)
{
	static const char *const months[] = { "jan", "feb", "mar", "apr",
					      "may", "jun", "jul", "aug",
					      "sep", "oct", "nov", "dec" };
	size_t n = strspn(s, "0123456789"), k;
	const char *t = s + n;

	if (n == 0 || n > 4 || (*t != '/' && *t != '-' && *t != '.'))
		return false;
	for (size_t i = 0; i < 12; i++)
		if (strncasecmp(t + 1, months[i], 3) == 0)
			return true;
	k = strspn(t + 1, "0123456789");
	return k >= 1 && k <= 2 && t[1 + k] == *t && t[2 + k] >= '0' &&
	       t[2 + k] <= '9';
}

static bool damaged(struct importer *m, const struct grid_row *r,
		    const struct import_column *c, const struct grid_cell *cell)
{
	bool exponent = false;

	if (cell->kind == GRID_DATE || cell->kind == GRID_TIME ||
	    (cell->kind == GRID_TEXT && looks_like_day(cell->s)))
		import_at(m, r, c, "I11",
			  "Excel turned a code into a day; set the cell to "
			  "Text and type the code again",
			  "Excel đã đổi mã thành ngày; hãy định dạng ô kiểu "
			  "Text rồi gõ lại mã");
	else if (is_number(cell->s, &exponent) && exponent)
		import_at(m, r, c, "I11",
			  "Excel turned a code into a number with an exponent; "
			  "set the cell to Text and type the code again",
			  "Excel đã đổi mã thành số dạng 1E+05; hãy định dạng "
			  "ô kiểu Text rồi gõ lại mã");
	else
		return false;
	return true;
}

/* A cell typed in a .Vn or VNI font among cells that are not: nobody may
 * guess which of the two it is. */
static bool old_font(struct importer *m, const struct grid_row *r,
		     const struct import_column *c,
		     const struct grid_cell *cell)
{
	enum charset found;

	if (cell->kind != GRID_TEXT || m->im->grid->is_csv)
		return false;
	found = charset_of_text(cell->s, cell->n);
	if (found != CHARSET_TCVN3 && found != CHARSET_VNI)
		return false;
	import_at(m, r, c, "I16",
		  "the text was typed in an old font (TCVN3 or VNI); type it "
		  "again in Unicode",
		  "chữ gõ bằng phông cũ (TCVN3 hoặc VNI); hãy gõ lại bằng "
		  "Unicode");
	return true;
}

/* A leading ' that Excel or a writer of CSV put before what would be a
 * formula is no part of the text. */
static const char *plain(const struct grid_cell *cell)
{
	return cell->s[0] == '\'' && cell->s[1] && strchr("=+-@", cell->s[1])
		       ? cell->s + 1
		       : cell->s;
}

const char *import_code(struct importer *m, const struct grid_row *r,
			const struct import_column *c)
{
	const struct grid_cell *cell = c ? grid_at(r, c->column) : NULL;

	if (!cell || !import_usable(m, r, c, cell) || damaged(m, r, c, cell) ||
	    old_font(m, r, c, cell))
		return NULL;
	return plain(cell);
}

/* ---- groups and units -------------------------------------------------------
 */

static int by_key(const void *pa, const void *pb)
{
	const struct import_name *a = pa, *b = pb;
	int d = strcmp(a->key, b->key);

	return d ? d : (a->at > b->at) - (a->at < b->at);
}

static void name_add(struct importer *m, struct import_names *names,
		     const char *s, size_t at)
{
	struct err e = { 0 };
	const char *key = utf8_key(m->a, s, strlen(s), &e);

	if (!key) {
		m->failed = true;
		return;
	}
	names->list[names->n++] = (struct import_name){ key, at };
}

static void names_sort(struct import_names *names)
{
	if (names->n > 1)
		qsort(names->list, names->n, sizeof *names->list, by_key);
}

bool import_names_load(struct importer *m)
{
	const struct plan *p = m->p;

	m->units.list =
		arena_array(m->a, 2 * p->n_units, sizeof *m->units.list);
	m->groups.list =
		arena_array(m->a, 2 * p->n_groups + 1, sizeof *m->groups.list);
	if (!m->units.list || !m->groups.list)
		return false;
	for (size_t i = 0; i < p->n_units; i++) {
		name_add(m, &m->units, p->units[i].code, i);
		name_add(m, &m->units, p->units[i].name, i);
	}
	for (size_t i = 0; i < p->n_groups; i++) {
		if (p->groups[i].form != m->im->form)
			continue;
		name_add(m, &m->groups, p->groups[i].code, i);
		name_add(m, &m->groups, p->groups[i].name, i);
	}
	names_sort(&m->units);
	names_sort(&m->groups);
	return !m->failed;
}

/* First of the entries with this key, count in *n. */
static const struct import_name *names_find(const struct import_names *names,
					    const char *key, size_t *n)
{
	size_t low = 0, high = names->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (strcmp(names->list[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*n = 0;
	while (low + *n < names->n &&
	       strcmp(names->list[low + *n].key, key) == 0)
		++*n;
	return names->list + low;
}

/* For comparing; NULL when memory ends, which is kept: a name that is not
 * found would be told as the file's fault. */
static char *fold(struct importer *m, const char *s)
{
	struct err e = { 0 };
	char *key = utf8_key(m->scratch, s, strlen(s), &e);

	m->failed |= e.kind == ERR_NOMEM;
	return key;
}

/* As written, then the code of "code - name" or "name (code)". */
static const struct import_name *look_up(struct importer *m,
					 const struct import_names *names,
					 const char *text, size_t *n)
{
	const struct import_name *found;
	char *key, *at;
	size_t len;

	*n = 0;
	arena_reset(m->scratch);
	key = fold(m, text);
	if (!key)
		return NULL;
	found = names_find(names, key, n);
	if (*n)
		return found;
	len = strlen(key);
	at = len && key[len - 1] == ')' ? strrchr(key, '(') : NULL;
	if (at) {
		key[len - 1] = '\0';
		return names_find(names, at + 1, n);
	}
	at = strstr(key, " - ");
	if (at) {
		*at = '\0';
		return names_find(names, key, n);
	}
	return found;
}

static void not_listed(struct importer *m, const struct grid_row *r,
		       const struct import_column *c, bool several)
{
	if (several)
		import_at(m, r, c, "I09",
			  "several units have this name; write the code",
			  "có nhiều đơn vị trùng tên này; hãy ghi mã đơn vị");
	else
		import_at(m, r, c, "I09",
			  "not in the list of this form; choose from the list "
			  "or write the code",
			  "không có trong danh mục của mẫu phiếu; hãy chọn "
			  "trong danh sách hoặc ghi mã");
}

size_t import_group(struct importer *m, const struct grid_row *r,
		    const struct import_column *c)
{
	const char *text = import_code(m, r, c);
	const struct import_name *found;
	size_t n;

	if (!text)
		return NONE;
	found = look_up(m, &m->groups, text, &n);
	if (n > 0)
		return found->at;
	not_listed(m, r, c, false);
	return NONE;
}

/* Of units with one name, those that can stand here. */
static bool fits(const struct importer *m, size_t unit, bool home, size_t group)
{
	const struct group *g = group != NONE ? &m->p->groups[group] : NULL;

	if (home)
		return !g || !g->has_home ||
		       m->p->units[unit].kind == g->home_kind;
	return m->p->kinds[m->p->units[unit].kind].rated;
}

size_t import_unit(struct importer *m, const struct grid_row *r,
		   const struct import_column *c, bool home, size_t group)
{
	const char *text = import_code(m, r, c);
	const struct import_name *found;
	size_t n, hit = NONE, hits = 0;

	if (!text)
		return NONE;
	found = look_up(m, &m->units, text, &n);
	for (size_t i = 0; i < n; i++) {
		/* a unit may be called by its own code */
		if (found[i].at == hit || !fits(m, found[i].at, home, group))
			continue;
		hit = found[i].at;
		hits++;
	}
	if (hits == 0 && n > 0) { /* the check says why not */
		hit = found[0].at;
		hits = 1;
	}
	if (hits == 1)
		return hit;
	not_listed(m, r, c, hits > 1);
	return NONE;
}

/* ---- numbers
 * ------------------------------------------------------------------ */

void import_decimal(struct importer *m, size_t first)
{
	struct import *im = m->im;
	struct decimal_mark seen = { 0 };
	char mark;

	for (size_t i = first; i < im->grid->n_rows; i++)
		for (size_t k = 0; k < im->n_columns; k++) {
			const struct import_column *c = &im->columns[k];
			const struct grid_cell *cell;
			if (c->role != IMPORT_QUESTION ||
			    m->f->questions[c->at].type != QUESTION_NUMBER)
				continue;
			cell = grid_at(&im->grid->rows[i], c->column);
			if (cell && cell->kind == GRID_TEXT)
				decimal_mark_see(&seen, cell->s);
		}
	mark = decimal_mark_of(&seen);
	if (mark)
		im->decimal = mark;
}

/* The number with a point and no groups; NULL (and the fault) when the file
 * does not tell what its marks mean. */
static const char *number_text(struct importer *m, const struct grid_row *r,
			       const struct import_column *c,
			       const struct grid_cell *cell)
{
	const char *s = plain(cell), *out;

	if (cell->kind != GRID_TEXT)
		return s;
	switch (decimal_mark_text(s, m->im->decimal, m->a, &out)) {
	case DECIMAL_TEXT_EITHER:
		import_at(m, r, c, "I13",
			  "it cannot be told whether the mark in this number "
			  "is a decimal one; write it without",
			  "không rõ dấu trong số này là dấu thập phân hay dấu "
			  "nhóm; hãy viết số không có dấu nhóm");
		return NULL;
	case DECIMAL_TEXT_BOTH:
		import_at(m, r, c, "I13",
			  "numbers of this file use both the point and the "
			  "comma as decimal mark",
			  "trong tệp có số dùng dấu chấm, có số dùng dấu phẩy "
			  "làm dấu thập phân");
		return NULL;
	case DECIMAL_TEXT_OK: break;
	}
	return out; /* what is no number: the check says what is wrong */
}

/* ---- answers
 * ------------------------------------------------------------------ */

static bool equals(struct importer *m, const char *key, const char *s)
{
	const char *other = s ? fold(m, s) : NULL;

	return other && strcmp(key, other) == 0;
}

/* 1, 2, 3 … by place where no code is a number, so that a form of letters can
 * be keyed with the digits too. */
static const struct option *by_place(const struct option *list, size_t n,
				     const char *s)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].code[0] >= '0' && list[i].code[0] <= '9')
			return NULL;
	if (*s == '\0' || strlen(s) > 2)
		return NULL;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return NULL;
		at = at * 10 + (size_t)(*s - '0');
	}
	return at >= 1 && at <= n ? &list[at - 1] : NULL;
}

/* The code that `text` stands for: a code, a label, "code - label" or a
 * place; else the text itself, for the check to refuse. */
static const char *option_code(struct importer *m, const struct option *list,
			       size_t n, const char *text)
{
	const struct option *o;
	char *key, *cut;

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].code, text) == 0)
			return text;
	arena_reset(m->scratch);
	key = fold(m, text);
	for (size_t i = 0; key && i < n; i++)
		if (equals(m, key, list[i].code) ||
		    equals(m, key, list[i].label) ||
		    equals(m, key, list[i].label_en))
			return list[i].code;
	cut = key ? strstr(key, " - ") : NULL;
	if (cut)
		*cut = '\0';
	for (size_t i = 0; cut && i < n; i++)
		if (equals(m, key, list[i].code))
			return list[i].code;
	o = by_place(list, n, text);
	return o ? o->code : text;
}

static bool is_list_mark(char c)
{
	return c == ',' || c == ';' || c == '/' || c == '+' || c == '\n';
}

static bool is_option(const struct question *q, const char *code)
{
	for (size_t i = 0; i < q->n_options; i++)
		if (strcmp(q->options[i].code, code) == 0)
			return true;
	return false;
}

/* Each of "a, b" to `w`, or with NULL: are all of them options? */
static bool several(struct importer *m, const struct question *q,
		    const char *text, struct jw *w)
{
	bool all = true;

	while (*text) {
		const char *one, *code;
		size_t n = 0, k;

		while (text[n] && !is_list_mark(text[n]))
			n++;
		k = n;
		while (k > 0 && text[k - 1] == ' ')
			k--;
		one = arena_strndup(m->a, text, k);
		code = one ? option_code(m, q->options, q->n_options, one)
			   : NULL;
		m->failed |= !code;
		all = all && code && is_option(q, code);
		if (w && code)
			jw_text(w, code);
		text += n;
		while (is_list_mark(*text) || *text == ' ')
			text++;
	}
	return all;
}

/* "?": marked so that nobody can read it, or twice. */
static bool is_mark(const char *s, const char **mark)
{
	*mark = NULL;
	if (strcmp(s, "?") == 0 || strcmp(s, "*") == 0)
		*mark = "unreadable";
	else if (strcasecmp(s, "kb") == 0)
		*mark = "dont-know";
	return *mark != NULL;
}

static bool has_list_mark(const char *s)
{
	while (*s && !is_list_mark(*s))
		s++;
	return *s != '\0';
}

static void write_choice(struct importer *m, const struct question *q,
			 const char *text, struct jw *w)
{
	const char *code = option_code(m, q->options, q->n_options, text);
	bool known = is_option(q, code), many = q->type == QUESTION_MULTIPLE;
	const char *mark;

	if (!known && is_mark(text, &mark)) {
		jw_object(w);
		jw_kv(w, "mark", mark);
		jw_object_end(w);
	} else if (!known && has_list_mark(text) &&
		   (many || several(m, q, text, NULL))) {
		jw_array(w);
		(void)several(m, q, text, w);
		jw_array_end(w);
	} else if (many) {
		jw_array(w);
		jw_text(w, code);
		jw_array_end(w);
	} else {
		jw_text(w, code);
	}
}

void import_answer(struct importer *m, const struct grid_row *r,
		   const struct import_column *c, struct jw *w)
{
	const struct question *q = &m->f->questions[c->at];
	const struct grid_cell *cell = grid_at(r, c->column);
	const char *text = NULL;

	if (cell && import_usable(m, r, c, cell)) {
		if (q->type == QUESTION_NUMBER)
			text = number_text(m, r, c, cell);
		else if (!old_font(m, r, c, cell) &&
			 (q->type == QUESTION_TEXT || !damaged(m, r, c, cell)))
			text = plain(cell);
	}
	if (!text)
		jw_null(w);
	else if (q->type == QUESTION_TEXT || q->type == QUESTION_NUMBER)
		jw_text(w, text);
	else
		write_choice(m, q, text, w);
}

const char *import_words(struct importer *m, const struct grid_row *r,
			 const struct import_column *c)
{
	const struct grid_cell *cell = grid_at(r, c->column);

	if (!cell || !import_usable(m, r, c, cell) || old_font(m, r, c, cell))
		return NULL;
	return plain(cell);
}

void import_profile(struct importer *m, const struct grid_row *r,
		    const struct import_column *c, struct jw *w)
{
	const struct profile_field *p = &m->f->profile[c->at];
	const char *text = import_code(m, r, c);

	if (text)
		jw_kv(w, p->code,
		      option_code(m, p->options, p->n_options, text));
}
