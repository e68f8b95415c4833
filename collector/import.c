/* Rows of a table to sheets. */
#include "phieu/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import_parts.h"
#include "phieu/hash.h"
#include "phieu/sheet.h"

#define SCRATCH_BYTES ((size_t)4 << 20)

/* ---- faults
 * ------------------------------------------------------------------ */

static void add(struct import *im, struct import_fault **list, size_t *n,
		size_t *cap, struct import_fault f)
{
	if (*n == *cap) {
		size_t more = *cap ? 2 * *cap : 16;
		struct import_fault *grown =
			arena_array(im->arena, more, sizeof *grown);
		if (!grown) {
			im->more_faults++;
			return;
		}
		if (*n)
			memcpy(grown, *list, *n * sizeof *grown);
		*list = grown;
		*cap = more;
	}
	(*list)[(*n)++] = f;
}

static const char *heading_of(const struct import *im, uint32_t column)
{
	for (size_t i = 0; i < im->n_columns; i++)
		if (im->columns[i].column == column)
			return im->columns[i].heading;
	return "";
}

/* At most so many bytes, whole letters. */
static size_t cut_at(const char *s, size_t most)
{
	size_t n = strnlen(s, most + 1);

	if (n <= most)
		return n;
	for (n = most; n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80;)
		n--;
	return n;
}

void import_add_fault(struct import *im, uint32_t row, uint32_t column,
		      bool has_column, const char *code, const char *value,
		      const char *message, const char *message_vi)
{
	struct import_fault f = { .row = row,
				  .column = column,
				  .has_column = has_column,
				  .message = message ? message : "",
				  .message_vi = message_vi ? message_vi : "" };

	if (im->n_faults == LIMIT_IMPORT_FAULTS) {
		im->more_faults++;
		return;
	}
	memcpy(f.code, code, strnlen(code, sizeof f.code - 1));
	f.value = arena_strndup(im->arena, value, cut_at(value, 200));
	f.heading = has_column ? heading_of(im, column) : "";
	if (!f.value)
		f.value = "";
	add(im, &im->faults, &im->n_faults, &im->cap_faults, f);
}

void import_note(struct import *im, const char *code, const char *message,
		 const char *message_vi)
{
	struct import_fault f = { .message = message ? message : "",
				  .message_vi = message_vi ? message_vi : "",
				  .value = "",
				  .heading = "" };

	memcpy(f.code, code, strnlen(code, sizeof f.code - 1));
	add(im, &im->notes, &im->n_notes, &im->cap_notes, f);
}

static int by_place(const void *pa, const void *pb)
{
	const struct import_fault *a = pa, *b = pb;

	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	if (a->has_column != b->has_column)
		return a->has_column ? 1 : -1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return strcmp(a->code, b->code);
}

void import_sort(struct import *im)
{
	if (im->n_faults > 1)
		qsort(im->faults, im->n_faults, sizeof *im->faults, by_place);
}

/* ---- rows to sheets
 * ------------------------------------------------------------ */

struct assembler {
	struct importer *m;
	size_t *rows; /* of ratings */
	size_t n_rows, cap_sheets;
	bool open; /* rows go on belonging to the last sheet */
};

/* Is there anything in this row besides a unit, which a template fills in
 * for all sheets, used or not? */
static bool is_filled(const struct import *im, const struct grid_row *r)
{
	for (size_t i = 0; i < im->n_columns; i++) {
		const struct import_column *c = &im->columns[i];
		if (c->role != IMPORT_SKIP && c->role != IMPORT_UNIT &&
		    grid_at(r, c->column))
			return true;
	}
	return false;
}

/* The number of a sheet as it is printed; as written when it is none. */
static const char *sheet_number(struct importer *m, const struct grid_row *r)
{
	const struct import_column *c = import_role_column(m->im, IMPORT_SHEET);
	const char *text = import_code(m, r, c);
	char printed[SHEET_TEXT_MAX];
	struct sheet_no no;
	struct err e = { 0 };

	if (text && sheet_parse(text, strlen(text), &no, &e))
		text = arena_strdup(m->a, sheet_text(&no, printed));
	return text;
}

static const char *unit_text(const struct import *im, const struct grid_row *r)
{
	const struct grid_cell *c = import_cell(im, r, IMPORT_UNIT);

	return c ? c->s : "";
}

/* Does the open sheet have a row for this unit already?  Then what follows
 * is another, unused block of a template. */
static bool has_unit(const struct assembler *a, const struct grid_row *r)
{
	const struct import *im = a->m->im;
	const struct import_sheet *s = &im->sheets[im->n_sheets - 1];
	const char *unit = unit_text(im, r);

	for (size_t i = 0; *unit && i < s->n_rows; i++)
		if (strcmp(unit_text(im,
				     &im->grid->rows[a->rows[s->first + i]]),
			   unit) == 0)
			return true;
	return false;
}

static void row_add(struct assembler *a, size_t at)
{
	struct import *im = a->m->im;

	a->rows[a->n_rows++] = at;
	im->sheets[im->n_sheets - 1].n_rows++;
}

static bool sheet_begin(struct assembler *a, size_t at, const char *number)
{
	struct importer *m = a->m;
	struct import *im = m->im;

	if (im->n_sheets == LIMIT_IMPORT_SHEETS) {
		import_add_fault(im, im->grid->rows[at].number, 0, false, "I15",
				 "",
				 "more than 5000 sheets in one file; send it "
				 "in parts",
				 "quá 5000 phiếu trong một tệp; hãy chia nhỏ");
		return false;
	}
	if (im->n_sheets == a->cap_sheets) {
		size_t cap = a->cap_sheets ? 2 * a->cap_sheets : 64;
		struct import_sheet *grown =
			arena_array(m->a, cap, sizeof *grown);
		if (!grown) {
			m->failed = true;
			return false;
		}
		if (im->n_sheets)
			memcpy(grown, im->sheets, im->n_sheets * sizeof *grown);
		im->sheets = grown;
		a->cap_sheets = cap;
	}
	im->sheets[im->n_sheets++] =
		(struct import_sheet){ .row = im->grid->rows[at].number,
				       .first = a->n_rows,
				       .number = number,
				       .faulty = !number };
	a->open = true;
	row_add(a, at);
	return true;
}

static bool same_as_open(const struct assembler *a, const char *number)
{
	const struct import *im = a->m->im;
	const char *was = a->open ? im->sheets[im->n_sheets - 1].number : NULL;

	return was && number && strcmp(was, number) == 0;
}

static void no_number(struct assembler *a, const struct grid_row *r)
{
	const struct import_column *c =
		import_role_column(a->m->im, IMPORT_SHEET);

	import_at(a->m, r, c, "I05",
		  "answers without a sheet number; write it in the first row "
		  "of the sheet",
		  "có câu trả lời nhưng thiếu số phiếu; hãy ghi số phiếu ở "
		  "dòng đầu của phiếu");
}

static bool one_more(struct assembler *a, size_t at)
{
	struct import *im = a->m->im;

	if (im->sheets[im->n_sheets - 1].n_rows == LIMIT_RATINGS) {
		import_add_fault(im, im->grid->rows[at].number, 0, false, "I15",
				 "", "more than 1000 rows of one sheet",
				 "một phiếu có hơn 1000 dòng");
		return false;
	}
	row_add(a, at);
	return true;
}

static bool one_row(struct assembler *a, size_t at)
{
	struct import *im = a->m->im;
	const struct grid_row *r = &im->grid->rows[at];
	bool has_cell = import_cell(im, r, IMPORT_SHEET) != NULL;
	const char *number = has_cell ? sheet_number(a->m, r) : NULL;

	if (has_cell && !(number && same_as_open(a, number)))
		return sheet_begin(a, at, number);
	if (has_cell)
		return one_more(a, at);
	if (!is_filled(im, r) &&
	    (!a->open || has_unit(a, r) || !*unit_text(im, r))) {
		a->open = false;
		return true;
	}
	if (!a->open || has_unit(a, r)) {
		a->open = false;
		no_number(a, r);
		return true;
	}
	return one_more(a, at);
}

static bool assemble(struct importer *m, size_t first, struct err *e)
{
	const struct grid *g = m->im->grid;
	struct assembler a = { .m = m };
	size_t i = first;

	a.rows = arena_array(m->a, g->n_rows + 1, sizeof *a.rows);
	if (!a.rows)
		return err_no_memory(e);
	while (i < g->n_rows && one_row(&a, i))
		i++;
	m->im->rows = a.rows;
	return !m->failed || err_no_memory(e);
}

/* ---- one sheet to JSON
 * --------------------------------------------------------- */

/* The row of a sheet that holds its value of this column: the first that has
 * one; a different one further down is a fault. */
static const struct grid_row *head_row(struct importer *m,
				       const struct import_sheet *s,
				       const struct import_column *c)
{
	const struct import *im = m->im;
	const struct grid_row *found = NULL;
	const struct grid_cell *was = NULL;

	for (size_t i = 0; c && i < s->n_rows; i++) {
		const struct grid_row *r =
			&im->grid->rows[im->rows[s->first + i]];
		const struct grid_cell *now = grid_at(r, c->column);
		if (!now)
			continue;
		if (!found) {
			found = r;
			was = now;
		} else if (strcmp(was->s, now->s) != 0) {
			import_at(
				m, r, c, "I07",
				"another value than in the row above of the "
				"same sheet",
				"khác với giá trị ở dòng trên của cùng phiếu");
		}
	}
	return found;
}

static size_t only_group(const struct importer *m)
{
	size_t found = NONE;

	for (size_t i = 0; i < m->p->n_groups; i++) {
		if (m->p->groups[i].form != m->im->form)
			continue;
		if (found != NONE)
			return NONE;
		found = i;
	}
	return found;
}

struct head {
	size_t group, home;
	bool has_day;
	struct date day;
};

static void read_head(struct importer *m, const struct import_sheet *s,
		      struct head *out)
{
	const struct import *im = m->im;
	const struct import_column *c = import_role_column(im, IMPORT_GROUP);
	const struct grid_row *r = head_row(m, s, c);

	out->group = r ? import_group(m, r, c) : only_group(m);
	c = import_role_column(im, IMPORT_HOME);
	r = head_row(m, s, c);
	out->home = r ? import_unit(m, r, c, true, out->group) : NONE;
	c = import_role_column(im, IMPORT_COLLECTED);
	r = head_row(m, s, c);
	out->has_day = r && import_day(m, r, c, &out->day);
}

/* Where only one unit can be meant it need not be written. */
static size_t only_unit(const struct importer *m, const struct head *h)
{
	struct date day = h->has_day ? h->day : m->p->from;
	size_t two[2];

	if (h->group == NONE ||
	    (m->p->groups[h->group].has_home && h->home == NONE))
		return NONE;
	return plan_rateable(m->p, h->group, h->home, day, two, 2) == 1 ? two[0]
									: NONE;
}

static void write_rating(struct importer *m, const struct head *h,
			 const struct grid_row *r, struct jw *w)
{
	const struct import_column *c = import_role_column(m->im, IMPORT_UNIT);
	size_t unit = c && grid_at(r, c->column)
			      ? import_unit(m, r, c, false, h->group)
			      : only_unit(m, h);

	jw_object(w);
	jw_kv(w, "unit", unit != NONE ? m->p->units[unit].code : NULL);
	jw_key(w, "answers");
	jw_object(w);
	for (size_t q = 0; q < m->f->n_questions; q++) {
		if (!m->question[q])
			continue;
		jw_key(w, m->f->questions[q].code);
		import_answer(m, r, m->question[q], w);
	}
	jw_object_end(w);
	jw_object_end(w);
}

static int keying_of(struct importer *m, const struct import_sheet *s)
{
	const struct import_column *c =
		import_role_column(m->im, IMPORT_KEYING);
	const struct grid_row *r = head_row(m, s, c);
	const char *text = r ? import_code(m, r, c) : NULL;

	if (!text || strcmp(text, "1") == 0)
		return 1;
	if (strcmp(text, "2") == 0)
		return 2;
	import_at(m, r, c, "V00", "keying is 1 or 2",
		  "lần nhập chỉ có thể là 1 hoặc 2");
	return 1;
}

static void write_profile(struct importer *m, const struct import_sheet *s,
			  struct jw *w)
{
	const struct import *im = m->im;

	jw_key(w, "profile");
	jw_object(w);
	for (size_t p = 0; p < m->f->n_profile; p++)
		for (size_t i = 0; i < im->n_columns; i++) {
			const struct import_column *c = &im->columns[i];
			const struct grid_row *r;
			if (c->role != IMPORT_PROFILE || c->at != p)
				continue;
			r = head_row(m, s, c);
			if (r)
				import_profile(m, r, c, w);
		}
	jw_object_end(w);
}

static void write_comment(struct importer *m, const struct import_sheet *s,
			  struct jw *w)
{
	const struct import_column *c =
		import_role_column(m->im, IMPORT_COMMENT);
	const struct grid_row *r = head_row(m, s, c);

	jw_kv(w, "comment", r ? import_words(m, r, c) : NULL);
}

static bool write_sheet(struct importer *m, struct import_sheet *s)
{
	struct buf b = BUF_INIT(LIMIT_SUBMISSION_BYTES * 2);
	size_t faults = m->im->n_faults + m->im->more_faults;
	char day[DATE_TEXT_MAX];
	struct head h;
	struct jw w;

	read_head(m, s, &h);
	s->keying = keying_of(m, s);
	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "wave", m->p->wave);
	jw_kv(&w, "form", m->f->code);
	jw_kv(&w, "version", m->f->version);
	jw_kv(&w, "sheet", s->number);
	jw_ki(&w, "keying", s->keying);
	jw_kv(&w, "group", h.group != NONE ? m->p->groups[h.group].code : NULL);
	jw_kv(&w, "home", h.home != NONE ? m->p->units[h.home].code : NULL);
	jw_kv(&w, "collected", h.has_day ? date_text(h.day, day) : NULL);
	write_profile(m, s, &w);
	jw_key(&w, "ratings");
	jw_array(&w);
	for (size_t i = 0; i < s->n_rows; i++)
		write_rating(m, &h,
			     &m->im->grid->rows[m->im->rows[s->first + i]], &w);
	jw_array_end(&w);
	write_comment(m, s, &w);
	jw_object_end(&w);
	s->faulty |= m->im->n_faults + m->im->more_faults > faults;
	if (buf_cstr(&b)) {
		s->n_rest = b.len - 1; /* without the opening brace */
		s->rest = arena_strndup(m->a, b.data + 1, s->n_rest);
	}
	m->failed |= !s->rest;
	buf_free(&b);
	return !m->failed;
}

/* ---- sheet numbers that come again
 * ------------------------------------------------ */

static int by_number(const void *pa, const void *pb)
{
	const struct import_sheet *a = *(struct import_sheet *const *)pa,
				  *b = *(struct import_sheet *const *)pb;
	int d = strcmp(a->number, b->number);

	if (d == 0)
		d = a->keying - b->keying;
	return d ? d : (a->row > b->row) - (a->row < b->row);
}

static void find_repeats(struct importer *m)
{
	struct import *im = m->im;
	const struct import_column *c = import_role_column(im, IMPORT_SHEET);
	struct import_sheet **list =
		arena_array(m->a, im->n_sheets + 1, sizeof *list);
	size_t n = 0;

	for (size_t i = 0; list && i < im->n_sheets; i++)
		if (im->sheets[i].number)
			list[n++] = &im->sheets[i];
	if (n > 1)
		qsort(list, n, sizeof *list, by_number);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(list[i]->number, list[i - 1]->number) != 0 ||
		    list[i]->keying != list[i - 1]->keying)
			continue;
		list[i]->faulty = true;
		import_at(m, &im->grid->rows[im->rows[list[i]->first]], c,
			  "I06",
			  arena_printf(m->a,
				       "this sheet number stands in row %u too",
				       list[i - 1]->row),
			  arena_printf(m->a, "số phiếu này đã có ở dòng %u",
				       list[i - 1]->row));
	}
}

/* ---- the whole file
 * ------------------------------------------------------------- */

static void take_file_faults(struct import *im, const struct faults *f)
{
	for (size_t i = 0; i < f->n; i++)
		import_add_fault(im, 0, 0, false, f->list[i].code,
				 f->list[i].path, f->list[i].message,
				 f->list[i].message_vi);
}

static void tell(struct importer *m, size_t first)
{
	struct import *im = m->im;
	const struct grid *g = im->grid;
	size_t hidden = 0;

	for (size_t i = first; i < g->n_rows; i++)
		hidden += g->rows[i].hidden && is_filled(im, &g->rows[i]);
	if (hidden)
		import_note(im, "N01",
			    arena_printf(m->a, "%zu hidden rows are read too",
					 hidden),
			    arena_printf(m->a, "%zu dòng bị ẩn cũng được đọc",
					 hidden));
	if (g->charset == CHARSET_TCVN3 || g->charset == CHARSET_VNI ||
	    g->charset == CHARSET_CP1258)
		import_note(
			im, "N02",
			arena_printf(m->a, "converted from %s%s",
				     charset_name(g->charset),
				     g->charset == CHARSET_TCVN3
					     ? ", which has no capitals with "
					       "tone marks"
					     : ""),
			arena_printf(m->a, "đã chuyển từ bảng mã %s%s",
				     charset_name(g->charset),
				     g->charset == CHARSET_TCVN3
					     ? " (chữ hoa có dấu thành chữ "
					       "thường)"
					     : ""));
	if (g->others)
		import_note(im, "N03",
			    arena_printf(m->a,
					 "only sheet \"%s\" is read, not: %s",
					 g->sheet, g->others),
			    arena_printf(m->a,
					 "chỉ đọc trang \"%s\", không đọc: %s",
					 g->sheet, g->others));
}

static bool no_sheets(struct import *im)
{
	if (im->n_sheets == 0 && im->n_faults == 0)
		import_add_fault(im, 0, 0, false, "I05", "",
				 "no filled sheet in the file",
				 "tệp không có phiếu nào đã nhập");
	return true;
}

static bool find_questions(struct importer *m)
{
	const struct import *im = m->im;

	m->question =
		arena_array(m->a, m->f->n_questions + 1, sizeof *m->question);
	for (size_t i = 0; m->question && i < im->n_columns; i++)
		if (im->columns[i].role == IMPORT_QUESTION)
			m->question[im->columns[i].at] = &im->columns[i];
	return m->question != NULL;
}

static bool read_grid(struct importer *m, const char *wanted,
		      const char *const values[3], struct err *e)
{
	struct import *im = m->im;
	size_t first;

	if (!import_which_form(m, wanted, values))
		return true;
	if (!import_columns(m, &first))
		return !m->failed || err_no_memory(e);
	if (!import_names_load(m) || !find_questions(m))
		return err_no_memory(e);
	import_decimal(m, first);
	import_day_order(m, first);
	if (!assemble(m, first, e))
		return false;
	for (size_t i = 0; i < im->n_sheets; i++)
		if (!write_sheet(m, &im->sheets[i]))
			return err_no_memory(e);
	find_repeats(m);
	tell(m, first);
	return no_sheets(im);
}

static bool read_all(struct import *im, const void *file, size_t n,
		     const struct import_options *o, struct err *e)
{
	static const char *const names[] = { "PHIEU_FORM", "PHIEU_VERSION",
					     "PHIEU_WAVE" };
	static const char *const ours[] = { IMPORT_GUIDE_NAME,
					    IMPORT_FAULTS_NAME };
	const char *values[3] = { NULL };
	struct grid_options go = { .charset = o->charset,
				   .sheet = IMPORT_SHEET_NAME,
				   .names = names,
				   .values = values,
				   .n_names = 3,
				   .ours = ours,
				   .n_ours = 2 };
	struct importer m = { .im = im, .p = o->plan, .a = im->arena };
	struct err why = { 0 };
	struct faults faults;
	bool ok;

	faults_init(&faults, im->arena);
	im->grid = grid_read(file, n, &go, &faults, &why);
	if (!im->grid) {
		take_file_faults(im, &faults);
		if (why.kind == ERR_INPUT && im->n_faults > 0)
			return true;
		return err_set(e, why.kind, "%s", why.msg);
	}
	m.scratch = arena_new(SCRATCH_BYTES);
	ok = m.scratch ? read_grid(&m, o->form, values, e) : err_no_memory(e);
	arena_free(m.scratch);
	return ok && (!arena_broken(im->arena) || err_no_memory(e));
}

struct import *import_read(const void *file, size_t n,
			   const struct import_options *o, struct err *e)
{
	struct import *im = calloc(1, sizeof *im);

	if (im)
		im->arena = arena_new(LIMIT_IMPORT_ARENA);
	if (!im || !im->arena) {
		free(im);
		err_no_memory(e);
		return NULL;
	}
	im->plan = o->plan;
	im->form = NONE;
	if (read_all(im, file, n, o, e)) {
		import_sort(im);
		return im;
	}
	import_free(im);
	return NULL;
}

void import_free(struct import *im)
{
	if (!im)
		return;
	grid_free(im->grid);
	arena_free(im->arena);
	free(im);
}

/* ---- lines
 * ------------------------------------------------------------------------ */

/* RFC 9562's version 8: made of a hash of our own choosing. */
void import_instance(const struct import_sheet *s, const char *replaces,
		     char out[IMPORT_INSTANCE_MAX])
{
	static const char domain[] = "phieu import 1";
	uint8_t sum[SHA256_BYTES];
	struct sha256_run run;
	char hex[2 * 16 + 1];

	sha256_begin(&run);
	sha256_add(&run, domain, sizeof domain);
	sha256_add(&run, replaces ? replaces : "",
		   replaces ? strlen(replaces) + 1 : 1);
	sha256_add(&run, s->rest, s->n_rest);
	sha256_end(&run, sum);
	sum[6] = (uint8_t)((sum[6] & 0x0f) | 0x80);
	sum[8] = (uint8_t)((sum[8] & 0x3f) | 0x80);
	hex_text(sum, 16, hex);
	(void)snprintf(out, IMPORT_INSTANCE_MAX,
		       "uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
		       hex + 16, hex + 20);
}

void import_json(const struct import_sheet *s, const char *replaces,
		 struct buf *out)
{
	char instance[IMPORT_INSTANCE_MAX];

	import_instance(s, replaces, instance);
	buf_adds(out, "{\"instanceID\":\"");
	buf_adds(out, instance);
	buf_adds(out, "\",\"replaces\":");
	if (replaces)
		jw_escape(out, replaces, strlen(replaces));
	else
		buf_adds(out, "null");
	buf_adds(out, ",");
	buf_add(out, s->rest, s->n_rest);
}

const char *import_replaces(const struct import_sheet *s,
			    const struct import_version *list, size_t n)
{
	char instance[IMPORT_INSTANCE_MAX];
	const char *mended = NULL;

	for (size_t i = 0; i < n; i++) {
		import_instance(s, list[i].replaces, instance);
		if (strcmp(instance, list[i].instance) == 0)
			return list[i].replaces;
		if (list[i].open)
			mended = list[i].instance;
	}
	return mended;
}
