/* The three sheets as rows of known columns. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "phieu/limits.h"
#include "phieu/sheet_xlsx.h"
#include "phieu/utf8.h"
#include "submission_parts.h"
#include "xlsform_parts.h"

const char *const xsheet_name[SHEET_COUNT] = { "survey", "choices",
					       "settings" };

#define IN_SURVEY   1u
#define IN_CHOICES  2u
#define IN_SETTINGS 4u

/* Names after folding: small letters, spaces as '_', translations by their
 * language's two letters. */
static const struct {
	const char *name;
	unsigned in;
	enum xcolumn is;
} heads[] = {
	{ "type", IN_SURVEY, COL_TYPE },
	{ "command", IN_SURVEY, COL_TYPE },
	{ "name", IN_SURVEY | IN_CHOICES, COL_NAME },
	{ "tag", IN_SURVEY, COL_NAME },
	{ "value", IN_SURVEY | IN_CHOICES, COL_NAME },
	{ "label", IN_SURVEY | IN_CHOICES, COL_LABEL },
	{ "caption", IN_SURVEY, COL_LABEL },
	{ "label::vi", IN_SURVEY | IN_CHOICES, COL_LABEL },
	{ "caption::vi", IN_SURVEY, COL_LABEL },
	{ "label::en", IN_SURVEY | IN_CHOICES, COL_LABEL_EN },
	{ "caption::en", IN_SURVEY, COL_LABEL_EN },
	{ "hint", IN_SURVEY, COL_HINT },
	{ "hint::vi", IN_SURVEY, COL_HINT },
	{ "required", IN_SURVEY, COL_REQUIRED },
	{ "constraint", IN_SURVEY, COL_CONSTRAINT },
	{ "list_name", IN_CHOICES, COL_LIST },
	{ "form_title", IN_SETTINGS, COL_TITLE },
	{ "title", IN_SETTINGS, COL_TITLE },
	{ "form_title::vi", IN_SETTINGS, COL_TITLE },
	{ "form_title::en", IN_SETTINGS, COL_TITLE_EN },
	{ "form_title_en", IN_SETTINGS, COL_TITLE_EN },
	{ "form_id", IN_SETTINGS, COL_FORM },
	{ "id_string", IN_SETTINGS, COL_FORM },
	{ "version", IN_SETTINGS, COL_VERSION },
	{ "field", IN_SURVEY, COL_FIELD },
	{ "criterion", IN_SURVEY, COL_CRITERION },
	{ "kind", IN_SURVEY, COL_KIND },
	{ "reversed", IN_SURVEY, COL_REVERSED },
	{ "asked", IN_SURVEY, COL_ASKED },
	{ "max_bytes", IN_SURVEY, COL_MAX_BYTES },
	{ "decimals", IN_SURVEY, COL_DECIMALS },
	{ "ordinal", IN_CHOICES, COL_ORDINAL },
	{ "coefficient", IN_CHOICES, COL_COEFFICIENT },
	{ "satisfied", IN_CHOICES, COL_SATISFIED },
	{ "no_opinion", IN_CHOICES, COL_NO_OPINION },
	{ "retired", IN_CHOICES, COL_RETIRED },
	{ "basis", IN_SETTINGS, COL_BASIS },
	{ "note", IN_SETTINGS, COL_NOTE },
	/* how it looks and where it goes: the server's business */
	{ "appearance", IN_SURVEY, COL_PASSED },
	{ "required_message", IN_SURVEY, COL_PASSED },
	{ "constraint_message", IN_SURVEY, COL_PASSED },
	{ "constraining_message", IN_SURVEY, COL_PASSED },
	{ "guidance_hint", IN_SURVEY, COL_PASSED },
	{ "rows", IN_SURVEY, COL_PASSED },
	{ "autoplay", IN_SURVEY, COL_PASSED },
	{ "default_language", IN_SETTINGS, COL_PASSED },
	{ "instance_name", IN_SETTINGS, COL_PASSED },
	{ "style", IN_SETTINGS, COL_PASSED },
	{ "submission_url", IN_SETTINGS, COL_PASSED },
	{ "auto_send", IN_SETTINGS, COL_PASSED },
	{ "auto_delete", IN_SETTINGS, COL_PASSED },
	{ "namespaces", IN_SETTINGS, COL_PASSED },
	{ "allow_choice_duplicates", IN_SETTINGS, COL_PASSED },
	{ "prefix", IN_SETTINGS, COL_PASSED },
	/* what it means: a plan has no place for it */
	{ "relevant", IN_SURVEY, COL_REFUSED },
	{ "relevance", IN_SURVEY, COL_REFUSED },
	{ "calculation", IN_SURVEY, COL_REFUSED },
	{ "calculate", IN_SURVEY, COL_REFUSED },
	{ "default", IN_SURVEY, COL_REFUSED },
	{ "read_only", IN_SURVEY, COL_REFUSED },
	{ "readonly", IN_SURVEY, COL_REFUSED },
	{ "choice_filter", IN_SURVEY, COL_REFUSED },
	{ "repeat_count", IN_SURVEY, COL_REFUSED },
	{ "count", IN_SURVEY, COL_REFUSED },
	{ "parameters", IN_SURVEY, COL_REFUSED },
	{ "trigger", IN_SURVEY, COL_REFUSED },
	{ "save_to", IN_SURVEY, COL_REFUSED },
	{ "hint::en", IN_SURVEY, COL_REFUSED },
	{ "image", IN_SURVEY | IN_CHOICES, COL_REFUSED },
	{ "big-image", IN_SURVEY | IN_CHOICES, COL_REFUSED },
	{ "audio", IN_SURVEY | IN_CHOICES, COL_REFUSED },
	{ "video", IN_SURVEY | IN_CHOICES, COL_REFUSED },
	{ "public_key", IN_SETTINGS, COL_REFUSED },
};

struct reading {
	struct xform_in *in;
	enum xsheet sheet;
	struct xhead *head; /* by column of the file */
	uint32_t n_head;
	bool failed;
};

const char *xlsform_place(const struct xform_in *in, enum xsheet sheet,
			  const struct xline *line, enum xcolumn column)
{
	char at[XLSX_ADDRESS_MAX];
	const char *s;

	if (column >= COL_COUNT ||
	    in->table[sheet].column[column] == UINT32_MAX)
		s = arena_printf(in->faults->arena, "/%s/%u",
				 xsheet_name[sheet], line ? line->number : 1);
	else
		s = arena_printf(in->faults->arena, "/%s/%s",
				 xsheet_name[sheet],
				 xlsx_address(in->table[sheet].column[column],
					      line ? line->number : 1, at));
	return s ? s : "";
}

void xlsform_say(const struct xform_in *in, enum xsheet sheet,
		 const struct xline *line, enum xcolumn column,
		 const char *code, const char *en, const char *vi)
{
	fault_add(in->faults, code, xlsform_place(in, sheet, line, column), en,
		  vi);
}

static const char *address(const struct reading *r, uint32_t column,
			   uint32_t row)
{
	char at[XLSX_ADDRESS_MAX];
	const char *s = arena_printf(r->in->faults->arena, "/%s/%s",
				     xsheet_name[r->sheet],
				     xlsx_address(column, row, at));

	return s ? s : "";
}

/* "vi" or "en" of "Tiếng Việt (vi)", "vi", "English"; NULL: another. */
static const char *language(const char *s)
{
	const char *open = strrchr(s, '(');

	if (open && strncmp(open, "(vi)", 4) == 0)
		return "vi";
	if (open && strncmp(open, "(en)", 4) == 0)
		return "en";
	if (strcmp(s, "vi") == 0 || strncmp(s, "vietnam", 7) == 0 ||
	    strncmp(s, "tiếng_việt", strlen("tiếng_việt")) == 0)
		return "vi";
	if (strcmp(s, "en") == 0 || strncmp(s, "english", 7) == 0)
		return "en";
	return NULL;
}

/* "Label :: Tiếng Việt (vi)" -> "label::vi". */
static const char *fold(struct arena *a, const char *s, size_t n)
{
	struct err e = { 0 };
	char *key = utf8_key(a, s, n, &e), *cut;
	const char *lang;

	if (!key)
		return "";
	for (char *p = key; *p; p++)
		if (*p == ' ')
			*p = '_';
	cut = strchr(key, ':');
	if (!cut)
		return key;
	while (cut > key && cut[-1] == '_')
		cut--;
	lang = cut + strspn(cut, "_:");
	lang = language(lang);
	if (!lang)
		return key;
	lang = arena_printf(a, "%.*s::%s", (int)(cut - key), key, lang);
	return lang ? lang : "";
}

static bool column_of(const struct reading *r, const char *name,
		      enum xcolumn *is)
{
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if ((heads[i].in & (1u << r->sheet)) &&
		    strcmp(heads[i].name, name) == 0) {
			*is = heads[i].is;
			return true;
		}
	/* a message in another language says nothing new */
	*is = COL_PASSED;
	return r->sheet == SHEET_SURVEY &&
	       (strncmp(name, "required_message::", 18) == 0 ||
		strncmp(name, "constraint_message::", 20) == 0);
}

static void take_head(struct reading *r, const struct xlsx_row *row)
{
	struct xtable *t = &r->in->table[r->sheet];
	struct arena *a = r->in->a;

	r->n_head = row->cells[row->n - 1].column + 1;
	r->head = arena_array(a, r->n_head, sizeof *r->head);
	if (!r->head) {
		r->failed = true;
		return;
	}
	for (uint32_t i = 0; i < r->n_head; i++)
		r->head[i].is = COL_REFUSED;
	for (size_t i = 0; i < row->n; i++) {
		const struct xlsx_cell *c = &row->cells[i];
		struct xhead *h = &r->head[c->column];

		h->text = arena_strndup(a, c->s, c->n);
		if (!column_of(r, fold(a, c->s, c->n), &h->is)) {
			h->is = COL_PASSED;
			fault_add(r->in->faults, "X02",
				  address(r, c->column, row->number),
				  WORDS(r->in->faults, "unknown column \"%s\"",
					fault_quote(r->in->faults, c->s, c->n)),
				  WORDS(r->in->faults,
					"cột \"%s\" không có trong quy ước",
					fault_quote(r->in->faults, c->s,
						    c->n)));
		} else if (h->is < COL_COUNT &&
			   t->column[h->is] != UINT32_MAX) {
			fault_add(r->in->faults, "X02",
				  address(r, c->column, row->number),
				  "the column is there twice",
				  "cột này có hai lần");
		} else if (h->is < COL_COUNT) {
			t->column[h->is] = c->column;
		}
	}
}

/* A cell under a column that a plan has no place for. */
static void take_other(const struct reading *r, const struct xhead *h,
		       const char *place)
{
	struct faults *f = r->in->faults;
	const char *name = h->text ? h->text : "?";

	if (h->is == COL_PASSED)
		fault_add(r->in->notes, "X00", place,
			  WORDS(f, "%s is not kept: the server chooses", name),
			  WORDS(f, "không giữ %s: máy chủ tự chọn", name));
	else
		fault_add(f, "X05", place,
			  WORDS(f, "a plan has no place for %s", name),
			  WORDS(f, "kế hoạch không có chỗ cho %s", name));
}

static struct xline *room(struct xtable *t, struct arena *a)
{
	struct xline *more;

	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 32;
		more = arena_array(a, t->cap, sizeof *more);
		if (!more)
			return NULL;
		if (t->n > 0)
			memcpy(more, t->lines, t->n * sizeof *more);
		t->lines = more;
	}
	return &t->lines[t->n++];
}

static size_t blank(const char *s)
{
	if (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n')
		return 1;
	return memcmp(s, "\xc2\xa0", *s ? 2 : 1) == 0 ? 2 : 0;
}

/* Without blanks around it, which nobody sees; in a type also one of several
 * between its words.  NULL: out of memory. */
static const char *tidy(struct arena *a, const char *s, size_t n, bool type)
{
	char *from = arena_strndup(a, s, n), *end, *to;
	size_t b;

	if (!from)
		return NULL;
	while ((b = blank(from)) > 0)
		from += b;
	end = from;
	for (char *at = from; *at;) {
		b = blank(at);
		at += b ? b : 1;
		if (b == 0)
			end = at;
	}
	*end = '\0';
	to = from;
	for (char *at = from; type && *at;) {
		if (blank(at) == 0) {
			*to++ = *at++;
			continue;
		}
		/* before the one is written over them */
		while ((b = blank(at)) > 0)
			at += b;
		*to++ = ' ';
	}
	if (type)
		*to = '\0';
	return from;
}

static bool take_row(void *ctx, const struct xlsx_row *row, struct err *e)
{
	struct reading *r = ctx;
	struct xtable *t = &r->in->table[r->sheet];
	struct xline *line;

	if (row->n == 0)
		return true;
	if (!r->head) {
		take_head(r, row);
		return !r->failed || err_set(e, ERR_NOMEM, "out of memory");
	}
	if (t->n == LIMIT_XLSFORM_ROWS)
		return err_set(e, ERR_INPUT, "more than %d rows in %s",
			       LIMIT_XLSFORM_ROWS, xsheet_name[r->sheet]);
	line = room(t, r->in->a);
	if (!line)
		return err_set(e, ERR_NOMEM, "out of memory");
	*line = (struct xline){ .number = row->number };
	for (size_t i = 0; i < row->n; i++) {
		const struct xlsx_cell *c = &row->cells[i];
		const char *place = address(r, c->column, row->number);
		bool known = c->column < r->n_head;
		const char *s =
			tidy(r->in->a, c->s, c->n,
			     known && r->head[c->column].is == COL_TYPE);

		if (!s)
			return err_set(e, ERR_NOMEM, "out of memory");
		if (c->no_value || c->kind == XLSX_ERROR || c->percent)
			fault_add(r->in->faults, "X04", place,
				  "an error, a percentage or a formula "
				  "without its value",
				  "ô lỗi, ô phần trăm hoặc công thức chưa có "
				  "giá trị");
		else if (*s && (!known || !r->head[c->column].text))
			fault_add(r->in->faults, "X02", place,
				  "a value under no heading",
				  "ô có giá trị nhưng cột không có tên");
		else if (*s && r->head[c->column].is < COL_COUNT)
			line->cell[r->head[c->column].is] = s;
		else if (*s)
			take_other(r, &r->head[c->column], place);
	}
	return true;
}

static bool read_sheet(struct xform_in *in, struct xlsx *x, enum xsheet sheet,
		       struct err *e)
{
	struct reading r = { .in = in, .sheet = sheet };
	size_t i = xlsx_find(x, xsheet_name[sheet]);

	for (size_t c = 0; c < COL_COUNT; c++)
		in->table[sheet].column[c] = UINT32_MAX;
	if (i == SIZE_MAX)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (i == xlsx_sheets(x))
		return true;
	in->table[sheet].there = true;
	return xlsx_read(x, i, take_row, &r, e);
}

/* Other sheets are people's notes, unless the convention knows them. */
static void other_sheets(struct xform_in *in, const struct xlsx *x)
{
	static const char *const meant[] = { "entities", "external_choices",
					     "osm", NULL };

	for (size_t i = 0; i < xlsx_sheets(x); i++) {
		const char *name = xlsx_sheet(x, i)->name;

		for (size_t k = 0; meant[k]; k++)
			if (strcasecmp(name, meant[k]) == 0)
				fault_add(in->faults, "X05",
					  WORDS(in->faults, "/%s", name),
					  "a plan has no place for this sheet",
					  "kế hoạch không có chỗ cho trang "
					  "này");
	}
}

bool xlsform_tables(struct xform_in *in, const void *file, size_t n,
		    struct err *e)
{
	struct xlsx *x = xlsx_open(file, n, in->faults, e);
	bool ok = x != NULL;

	for (enum xsheet s = 0; ok && s < SHEET_COUNT; s++)
		ok = read_sheet(in, x, s, e);
	if (ok)
		other_sheets(in, x);
	xlsx_close(x);
	return ok;
}
