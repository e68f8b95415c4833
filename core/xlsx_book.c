/* Which part of the package is what: relations and the workbook itself. */
#include "xlsx_impl.h"

#include <string.h>
#include <strings.h>

#include "phieu/limits.h"

#define PATH_MAX_BYTES 512

struct relations {
	struct xlsx *x;
	const char *base; /* folder of the part whose relations these are */
	const char *book; /* found in the package's relations */
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcasecmp(s + n - m, end) == 0;
}

/* A relation's target as a part: absolute, or from `base`; . and .. gone,
 * none of them above the top. */
static const char *resolve(struct xlsx *x, const char *base, const char *target)
{
	char path[PATH_MAX_BYTES];
	size_t n = 0, len;

	if (*target == '/')
		base = "";
	len = strlen(base);
	if (len + strlen(target) + 2 > sizeof path)
		return NULL;
	memcpy(path, base, len);
	n = len;
	while (*target) {
		len = strcspn(target, "/\\");
		if (len == 2 && strncmp(target, "..", 2) == 0) {
			while (n > 0 && path[n - 1] != '/')
				n--;
			n -= n > 0;
		} else if (len > 0 && !(len == 1 && *target == '.')) {
			if (n > 0)
				path[n++] = '/';
			memcpy(path + n, target, len);
			n += len;
		}
		target += len;
		target += *target != '\0';
	}
	return arena_strndup(x->arena, path, n);
}

static bool sheet_part(struct xlsx *x, const char *id, const char *part)
{
	for (size_t i = 0; i < x->n_sheets; i++)
		if (!x->sheets[i].part &&
		    strcmp(x->sheets[i].relation, id) == 0)
			x->sheets[i].part = part;
	return true;
}

static bool on_relation(void *arg, const char *ns, const char *name,
			const struct xml_attr *attrs, size_t n, struct err *e)
{
	struct relations *r = arg;
	const char *type = xlsx_attr(attrs, n, "Type");
	const char *target = xlsx_attr(attrs, n, "Target");
	const char *id = xlsx_attr(attrs, n, "Id");
	const char *mode = xlsx_attr(attrs, n, "TargetMode"), *part;

	(void)ns;
	if (strcmp(name, "Relationship") != 0 || !type || !target || !id ||
	    (mode && strcasecmp(mode, "External") == 0))
		return true;
	part = resolve(r->x, r->base, target);
	if (!part)
		return xlsx_bad(r->x, e, "F08", "/relations",
				"a part of the workbook has an unusable name",
				"Một phần của tệp có tên không dùng được");
	if (ends_with(type, "/officeDocument"))
		r->book = part;
	else if (ends_with(type, "/worksheet"))
		return sheet_part(r->x, id, part);
	else if (ends_with(type, "/sharedStrings"))
		r->x->strings_part = part;
	else if (ends_with(type, "/styles"))
		r->x->styles_part = part;
	return true;
}

struct workbook {
	struct xlsx *x;
	struct buf text; /* of a defined name */
	const char *name;
};

static bool add_sheet(struct xlsx *x, const struct xml_attr *attrs, size_t n,
		      struct err *e)
{
	const char *name = xlsx_attr(attrs, n, "name");
	const char *id = xlsx_attr(attrs, n, "id");
	const char *state = xlsx_attr(attrs, n, "state");

	if (!name || !id)
		return xlsx_bad(x, e, "F08", "/workbook",
				"a sheet has no name or no part",
				"Có trang tính không có tên hoặc nội dung");
	if (x->n_sheets == LIMIT_XLSX_SHEETS)
		return xlsx_bad(x, e, "F07", "/workbook",
				"the workbook has more than 500 sheets",
				"Tệp có hơn 500 trang tính");
	if (x->n_sheets == x->cap_sheets) {
		size_t cap = x->cap_sheets ? 2 * x->cap_sheets : 8;
		struct sheet_in *grown =
			arena_array(x->arena, cap, sizeof *grown);
		if (!grown)
			return err_set(e, ERR_NOMEM, "out of memory");
		if (x->n_sheets)
			memcpy(grown, x->sheets, x->n_sheets * sizeof *grown);
		x->sheets = grown;
		x->cap_sheets = cap;
	}
	x->sheets[x->n_sheets++] = (struct sheet_in){
		.pub = { .name = arena_strdup(x->arena, name),
			 .hidden =
				 state && (strcmp(state, "hidden") == 0 ||
					   strcmp(state, "veryHidden") == 0) },
		.relation = arena_strdup(x->arena, id)
	};
	if (arena_broken(x->arena))
		return err_set(e, ERR_NOMEM, "out of memory");
	return true;
}

static bool on_start(void *arg, const char *ns, const char *name,
		     const struct xml_attr *attrs, size_t n, struct err *e)
{
	struct workbook *w = arg;
	const char *value;

	(void)ns;
	if (strcmp(name, "sheet") == 0)
		return add_sheet(w->x, attrs, n, e);
	if (strcmp(name, "workbookPr") == 0) {
		value = xlsx_attr(attrs, n, "date1904");
		w->x->is_1904 = value && xlsx_true(value);
	} else if (strcmp(name, "definedName") == 0) {
		value = xlsx_attr(attrs, n, "name");
		w->name = value ? arena_strdup(w->x->arena, value) : NULL;
		w->text.len = 0;
	}
	return true;
}

static bool on_text(void *arg, const char *s, size_t n, struct err *e)
{
	struct workbook *w = arg;

	(void)e;
	/* a name that means more than an address or a short text is not ours */
	if (w->name && w->text.len + n <= w->text.max)
		buf_add(&w->text, s, n);
	return true;
}

static bool add_defined(struct workbook *w, struct err *e)
{
	struct xlsx *x = w->x;

	if (x->n_defined == x->cap_defined) {
		size_t cap = x->cap_defined ? 2 * x->cap_defined : 8;
		struct defined *grown =
			arena_array(x->arena, cap, sizeof *grown);
		if (!grown)
			return err_set(e, ERR_NOMEM, "out of memory");
		if (x->n_defined)
			memcpy(grown, x->defined, x->n_defined * sizeof *grown);
		x->defined = grown;
		x->cap_defined = cap;
	}
	x->defined[x->n_defined++] =
		(struct defined){ w->name,
				  arena_strndup(x->arena,
						w->text.len ? w->text.data : "",
						w->text.len) };
	if (arena_broken(x->arena))
		return err_set(e, ERR_NOMEM, "out of memory");
	return true;
}

static bool on_end(void *arg, const char *ns, const char *name, struct err *e)
{
	struct workbook *w = arg;
	bool ok = true;

	(void)ns;
	if (strcmp(name, "definedName") == 0 && w->name &&
	    w->x->n_defined < LIMIT_XLSX_DEFINED)
		ok = add_defined(w, e);
	if (strcmp(name, "definedName") == 0)
		w->name = NULL;
	return ok;
}

static bool relations_of(struct xlsx *x, const char *part, struct relations *r,
			 struct err *e)
{
	static const struct xml_handler h = { .start = on_relation };
	size_t i = xlsx_part(x, part);

	return i == (size_t)-1 || xlsx_part_xml(x, i, &h, r, e);
}

static bool no_part(struct xlsx *x, struct err *e)
{
	if (xlsx_part(x, "xl/workbook.bin") != (size_t)-1)
		return xlsx_bad(x, e, "F05", "/",
				"a binary workbook (.xlsb); save it as .xlsx",
				"Tệp .xlsb; hãy lưu lại thành .xlsx");
	if (xlsx_part(x, "word/document.xml") != (size_t)-1)
		return xlsx_bad(x, e, "F05", "/", "a Word document",
				"Đây là tệp Word, không phải tệp Excel");
	if (xlsx_part(x, "content.xml") != (size_t)-1)
		return xlsx_bad(x, e, "F05", "/",
				"an OpenDocument file; save it as .xlsx",
				"Tệp OpenDocument; hãy lưu lại thành .xlsx");
	return xlsx_bad(x, e, "F02", "/",
			"a zip archive with no workbook in it",
			"Tệp nén không chứa bảng tính Excel");
}

static bool load_workbook(struct xlsx *x, size_t part, struct err *e)
{
	static const struct xml_handler h = { .start = on_start,
					      .end = on_end,
					      .text = on_text };
	struct workbook w = { .x = x, .text = BUF_INIT(4096) };
	bool ok = xlsx_part_xml(x, part, &h, &w, e);

	buf_free(&w.text);
	return ok;
}

/* "xl/workbook.xml" has its relations in "xl/_rels/workbook.xml.rels". */
static bool load_targets(struct xlsx *x, const char *book, struct err *e)
{
	const char *slash = strrchr(book, '/');
	int folder = slash ? (int)(slash - book) : 0;
	struct relations r = { .x = x };
	const char *rels =
		arena_printf(x->arena, "%.*s%s_rels/%s.rels", folder, book,
			     slash ? "/" : "", slash ? slash + 1 : book);

	r.base = arena_strndup(x->arena, book, (size_t)folder);
	if (!rels || !r.base)
		return err_set(e, ERR_NOMEM, "out of memory");
	return relations_of(x, rels, &r, e);
}

/* Charts and macro sheets have relations of other types: no part here. */
static void drop_odd_sheets(struct xlsx *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n_sheets; i++)
		if (x->sheets[i].part)
			x->sheets[n++] = x->sheets[i];
	x->n_sheets = n;
}

bool xlsx_book_load(struct xlsx *x, struct err *e)
{
	struct relations top = { .x = x, .base = "" };
	const char *book = "xl/workbook.xml";
	size_t part;

	if (!relations_of(x, "_rels/.rels", &top, e))
		return false;
	if (top.book && xlsx_part(x, top.book) != (size_t)-1)
		book = top.book;
	part = xlsx_part(x, book);
	if (part == (size_t)-1 || ends_with(book, ".bin") ||
	    xlsx_part(x, "word/document.xml") == part)
		return no_part(x, e);
	if (!load_workbook(x, part, e) || !load_targets(x, book, e))
		return false;
	drop_odd_sheets(x);
	if (x->n_sheets == 0)
		return xlsx_bad(x, e, "F08", "/workbook",
				"the workbook has no sheet to read",
				"Tệp không có trang tính nào đọc được");
	return true;
}
