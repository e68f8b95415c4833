/* From what is wrong with a submission back to the cell that says it, and the
 * list of all that for programs and people. */
#include <string.h>

#include "import_parts.h"
#include "phieu/sheet_xlsx.h"
#include "phieu/submission.h"

struct place {
	enum import_role role;
	size_t at;     /* of profile and question */
	size_t rating; /* NONE: of the sheet */
	bool in_cell;
};

/* One step of a JSON pointer, unescaped; false at the end. */
static bool step(const char **path, char *out, size_t room)
{
	const char *s = *path;
	size_t n = 0;

	if (*s != '/')
		return false;
	for (s++; *s && *s != '/'; s++) {
		char c = *s;
		if (c == '~' && (s[1] == '0' || s[1] == '1'))
			c = *++s == '0' ? '~' : '/';
		if (n + 1 < room)
			out[n++] = c;
	}
	out[n] = '\0';
	*path = s;
	return true;
}

static size_t profile_at(const struct form *f, const char *code)
{
	for (size_t i = 0; i < f->n_profile; i++)
		if (strcmp(f->profile[i].code, code) == 0)
			return i;
	return NONE;
}

static void in_rating(const struct form *f, const char *path, struct place *out)
{
	char text[LIMIT_CODE_BYTES + 1];
	size_t n = 0;

	out->role = IMPORT_UNIT;
	out->in_cell = true;
	if (!step(&path, text, sizeof text))
		return;
	for (const char *s = text; *s >= '0' && *s <= '9' && n < 100000; s++)
		n = n * 10 + (size_t)(*s - '0');
	out->rating = n;
	if (!step(&path, text, sizeof text) || strcmp(text, "unit") == 0)
		return;
	out->in_cell = step(&path, text, sizeof text);
	out->role = IMPORT_QUESTION;
	out->at = out->in_cell ? form_question(f, text) : NONE;
	out->in_cell = out->at != NONE;
}

static struct place place_of(const struct form *f, const char *path)
{
	static const struct {
		const char *name;
		enum import_role role;
	} heads[] = {
		{ "sheet", IMPORT_SHEET },   { "group", IMPORT_GROUP },
		{ "home", IMPORT_HOME },     { "collected", IMPORT_COLLECTED },
		{ "keying", IMPORT_KEYING }, { "comment", IMPORT_COMMENT }
	};
	struct place p = { .rating = NONE };
	char text[LIMIT_CODE_BYTES + 1];

	if (!step(&path, text, sizeof text))
		return p;
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		if (strcmp(text, heads[i].name) != 0)
			continue;
		p.role = heads[i].role;
		p.in_cell = true;
	}
	if (strcmp(text, "ratings") == 0) {
		in_rating(f, path, &p);
	} else if (strcmp(text, "profile") == 0 &&
		   step(&path, text, sizeof text)) {
		p.role = IMPORT_PROFILE;
		p.at = profile_at(f, text);
		p.in_cell = p.at != NONE;
	}
	return p;
}

static const struct import_column *column_of(const struct import *im,
					     const struct place *p)
{
	bool many = p->role == IMPORT_PROFILE || p->role == IMPORT_QUESTION;

	for (size_t i = 0; p->in_cell && i < im->n_columns; i++)
		if (im->columns[i].role == p->role &&
		    (!many || im->columns[i].at == p->at))
			return &im->columns[i];
	return NULL;
}

/* The row where the sheet has this value, else its first. */
static const struct grid_row *row_of(const struct import *im,
				     const struct import_sheet *s,
				     const struct place *p,
				     const struct import_column *c)
{
	const struct grid_row *rows = im->grid->rows;
	const size_t *at = im->rows + s->first;

	if (p->rating != NONE && p->rating < s->n_rows)
		return &rows[at[p->rating]];
	for (size_t i = 0; c && i < s->n_rows; i++)
		if (grid_at(&rows[at[i]], c->column))
			return &rows[at[i]];
	return &rows[at[0]];
}

/* The table's own fault at a cell is the reason; what follows from it is
 * not said again (nor a unit that could not be filled in for want of a group
 * or home). */
static bool told(const struct import *im, uint32_t row,
		 const struct import_column *c, bool whole)
{
	for (size_t i = 0; i < im->n_faults; i++) {
		const struct import_fault *f = &im->faults[i];
		if (f->row == row && f->code[0] == 'I' && f->has_column &&
		    (whole || (c && f->column == c->column)))
			return true;
	}
	return false;
}

static void put(struct import *im, const struct import_sheet *s,
		const char *code, const char *path, const char *message,
		const char *message_vi)
{
	struct place p = place_of(&im->plan->forms[im->form], path);
	const struct import_column *c = column_of(im, &p);
	const struct grid_row *r = row_of(im, s, &p, c);
	const struct grid_cell *cell = c ? grid_at(r, c->column) : NULL;

	if (im->n_faults < LIMIT_IMPORT_FAULTS && s->faulty &&
	    ((p.role == IMPORT_UNIT && !cell) || told(im, r->number, c, !c)))
		return;
	import_add_fault(im, r->number, c ? c->column : 0, c != NULL, code,
			 cell ? cell->s : "", message, message_vi);
}

bool import_place(struct import *im, size_t i, const char *faults_json,
		  struct err *e)
{
	static const struct json_limits lim = { .depth = 4,
						.nodes = 10000,
						.string_bytes = 65536,
						.bytes = (size_t)8 << 20 };
	cJSON *list = json_parse(faults_json, strlen(faults_json), &lim, e);
	const cJSON *one;

	if (!list)
		return false;
	cJSON_ArrayForEach(one, list)
	{
		const char *code = json_get_text(one, "code");
		const char *path = json_get_text(one, "path");
		const char *en = json_get_text(one, "message");
		const char *vi = json_get_text(one, "message_vi");

		put(im, &im->sheets[i], code ? code : "V00", path ? path : "",
		    arena_strdup(im->arena, en ? en : ""),
		    arena_strdup(im->arena, vi ? vi : ""));
	}
	cJSON_Delete(list);
	return true;
}

/* ---- checking without a collector
 * ------------------------------------------------- */

static bool check_one(struct import *im, size_t i, struct date today,
		      struct arena *a, struct import_counts *out, struct err *e)
{
	struct buf json = BUF_INIT(LIMIT_SUBMISSION_BYTES * 2);
	struct submission s;
	struct faults faults;
	unsigned flags = 0;
	bool ok = false;

	faults_init(&faults, a);
	import_json(&im->sheets[i], NULL, &json);
	if (!buf_cstr(&json)) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	if (!submission_read(json.data, json.len, im->plan, a, &s, &faults, e))
		goto out;
	submission_check(im->plan, &s, today, &faults, &flags);
	faults_sort(&faults);
	for (size_t k = 0; k < faults.n; k++)
		put(im, &im->sheets[i], faults.list[k].code,
		    faults.list[k].path,
		    arena_strdup(im->arena, faults.list[k].message),
		    arena_strdup(im->arena, faults.list[k].message_vi));
	im->more_faults += faults.more;
	if (faults.n > 0 || im->sheets[i].faulty)
		out->invalid++;
	else if (flags & FLAG_STRAIGHT)
		out->queried++;
	else
		out->valid++;
	ok = true;
out:
	buf_free(&json);
	return ok;
}

bool import_check(struct import *im, struct date today,
		  struct import_counts *out, struct err *e)
{
	struct arena *a = arena_new((size_t)64 << 20);
	bool ok = a != NULL;

	*out = (struct import_counts){ .sheets = im->n_sheets };
	if (!a)
		err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; ok && i < im->n_sheets; i++) {
		arena_reset(a);
		ok = check_one(im, i, today, a, out, e);
	}
	arena_free(a);
	if (ok && arena_broken(im->arena)) /* a fault lost its words */
		ok = err_set(e, ERR_NOMEM, "out of memory");
	import_sort(im);
	return ok;
}

/* ---- lists
 * ------------------------------------------------------------------------ */

static void write_fault(const struct import_fault *f, struct jw *w)
{
	char at[XLSX_ADDRESS_MAX];

	jw_object(w);
	jw_kv(w, "code", f->code);
	if (f->row) {
		jw_ki(w, "row", f->row);
		if (f->has_column) {
			jw_kv(w, "column", xlsx_address(f->column, 0, at));
			jw_kv(w, "cell", xlsx_address(f->column, f->row, at));
			jw_kv(w, "heading", f->heading);
			jw_kv(w, "value", f->value);
		}
	}
	jw_kv(w, "message", f->message);
	jw_kv(w, "message_vi", f->message_vi);
	jw_object_end(w);
}

static void write_file(const struct import *im, struct jw *w)
{
	const struct grid *g = im->grid;
	char text[2] = { 0 };

	jw_key(w, "file");
	jw_object(w);
	jw_kv(w, "kind", g->is_csv ? "csv" : "xlsx");
	if (g->is_csv) {
		text[0] = g->separator;
		jw_kv(w, "separator", text);
	} else {
		jw_kv(w, "sheet", g->sheet);
	}
	jw_kv(w, "charset", charset_name(g->charset));
	text[0] = im->decimal;
	jw_kv(w, "decimal", im->decimal ? text : NULL);
	jw_ki(w, "header_row", im->header_row);
	jw_object_end(w);
}

void import_report(const struct import *im, struct jw *w)
{
	const struct form *f =
		im->form != NONE ? &im->plan->forms[im->form] : NULL;
	size_t rows = 0;

	for (size_t i = 0; i < im->n_sheets; i++)
		rows += im->sheets[i].n_rows;
	jw_kv(w, "form", f ? f->code : NULL);
	jw_kv(w, "version", f ? f->version : NULL);
	if (im->grid)
		write_file(im, w);
	jw_ki(w, "sheets", (int64_t)im->n_sheets);
	jw_ki(w, "rows", (int64_t)rows);
	jw_key(w, "notes");
	jw_array(w);
	for (size_t i = 0; i < im->n_notes; i++)
		write_fault(&im->notes[i], w);
	jw_array_end(w);
	jw_key(w, "faults");
	jw_array(w);
	for (size_t i = 0; i < im->n_faults; i++)
		write_fault(&im->faults[i], w);
	jw_array_end(w);
	jw_ki(w, "more", (int64_t)im->more_faults);
}

/* A cell on a terminal, which obeys control characters (also those of Latin-1
 * behind a C2) and would begin a line of its own. */
static void show(struct buf *out, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == 0xC2 && (unsigned char)s[1] >= 0x80 &&
		    (unsigned char)s[1] < 0xA0) {
			s++;
			c = 0;
		}
		if (c < 0x20 || c == 0x7F)
			buf_adds(out, "?");
		else
			buf_add(out, s, 1);
	}
}

void import_print(const struct import *im, bool vi, struct buf *out)
{
	char at[XLSX_ADDRESS_MAX];

	for (size_t i = 0; i < im->n_notes; i++)
		buf_addf(out, "%s\n",
			 vi ? im->notes[i].message_vi : im->notes[i].message);
	for (size_t i = 0; i < im->n_faults; i++) {
		const struct import_fault *f = &im->faults[i];
		if (f->row && f->has_column)
			buf_addf(out, "%s ",
				 xlsx_address(f->column, f->row, at));
		else if (f->row)
			buf_addf(out, vi ? "dòng %u " : "row %u ", f->row);
		buf_addf(out, "%s %s", f->code,
			 vi ? f->message_vi : f->message);
		if (*f->value) {
			buf_adds(out, " [");
			show(out, f->value);
			buf_adds(out, "]");
		}
		buf_adds(out, "\n");
	}
	if (im->more_faults)
		buf_addf(out, vi ? "và %zu lỗi khác\n" : "and %zu more\n",
			 im->more_faults);
}
