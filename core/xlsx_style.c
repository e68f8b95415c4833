/* Styles, as far as they tell dates, percentages and text from numbers. */
#include "xlsx_impl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phieu/limits.h"

struct custom {
	size_t id;
	enum number_format format;
};

struct styles {
	struct xlsx *x;
	struct custom *customs;
	size_t n_customs, cap_customs;
	bool in_cells; /* inside cellXfs, not cellStyleXfs */
};

/* What is left of a format once quoted text, colours, conditions, escapes
 * and padding are gone: its letters tell what it shows.  The first section
 * (before ;) decides. */
static void letters(const char *code, char *out, size_t room)
{
	size_t n = 0;
	const char *s = code, *close;

	for (; *s && *s != ';' && n + 1 < room; s++) {
		if (*s == '"') {
			close = strchr(s + 1, '"');
			if (!close)
				break;
			s = close;
		} else if (*s == '[') {
			close = strchr(s, ']');
			if (!close)
				break;
			/* elapsed time: [h] [mm] [ss] */
			if (strchr("hHmMsS", s[1]))
				out[n++] = 'h';
			s = close;
		} else if (*s == '\\' || *s == '_' || *s == '*') {
			if (s[1])
				s++;
		} else if (*s == '.' && n > 0 && strchr("sS", s[-1])) {
			s += strspn(s + 1, "0"); /* parts of a second */
		} else {
			out[n++] =
				(char)(*s >= 'A' && *s <= 'Z' ? *s + 32 : *s);
		}
	}
	out[n] = '\0';
}

enum number_format xlsx_format_of(const char *code)
{
	char l[128];
	bool day, clock;

	if (strcasecmp(code, "General") == 0 || strcmp(code, "@") == 0)
		return code[0] == '@' ? FORMAT_TEXT : FORMAT_NUMBER;
	letters(code, l, sizeof l);
	if (strncmp(l, "general", 7) == 0)
		return FORMAT_NUMBER;
	if (strpbrk(l, "0#?"))
		return strchr(l, '%') ? FORMAT_PERCENT : FORMAT_NUMBER;
	day = strpbrk(l, "yd") != NULL;
	clock = strpbrk(l, "hs") != NULL;
	if (day || (strchr(l, 'm') && !clock))
		return FORMAT_DATE;
	return clock ? FORMAT_TIME : FORMAT_NUMBER;
}

/* ECMA-376 part 1, 18.8.30, with the East Asian dates. */
static enum number_format built_in(size_t id)
{
	if (id == 9 || id == 10)
		return FORMAT_PERCENT;
	if (id == 49)
		return FORMAT_TEXT;
	if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) ||
	    id == 36 || (id >= 50 && id <= 58))
		return FORMAT_DATE;
	if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) ||
	    (id >= 45 && id <= 47))
		return FORMAT_TIME;
	return FORMAT_NUMBER;
}

static enum number_format format_of(const struct styles *st, size_t id)
{
	for (size_t i = 0; i < st->n_customs; i++)
		if (st->customs[i].id == id)
			return st->customs[i].format;
	return built_in(id);
}

static bool too_many(struct styles *st, struct err *e)
{
	return xlsx_bad(st->x, e, "F07", "/styles",
			"the workbook has too many cell formats",
			"Tệp có quá nhiều kiểu định dạng ô");
}

static bool add_custom(struct styles *st, size_t id, const char *code,
		       struct err *e)
{
	struct custom *grown;

	if (st->n_customs == LIMIT_XLSX_FORMATS)
		return too_many(st, e);
	if (st->n_customs == st->cap_customs) {
		size_t cap = st->cap_customs ? 2 * st->cap_customs : 32;
		grown = realloc(st->customs, cap * sizeof *grown);
		if (!grown)
			return err_set(e, ERR_NOMEM, "out of memory");
		st->customs = grown;
		st->cap_customs = cap;
	}
	st->customs[st->n_customs++] =
		(struct custom){ id, xlsx_format_of(code) };
	return true;
}

static bool add_style(struct styles *st, size_t id, struct err *e)
{
	struct xlsx *x = st->x;

	if (x->n_formats == LIMIT_XLSX_STYLES)
		return too_many(st, e);
	if (!x->formats)
		x->formats = malloc(LIMIT_XLSX_STYLES);
	if (!x->formats)
		return err_set(e, ERR_NOMEM, "out of memory");
	x->formats[x->n_formats++] = (uint8_t)format_of(st, id);
	return true;
}

static bool on_start(void *arg, const char *ns, const char *name,
		     const struct xml_attr *attrs, size_t n, struct err *e)
{
	struct styles *st = arg;
	const char *id = xlsx_attr(attrs, n, "numFmtId");
	size_t number = 0;

	(void)ns;
	if (strcmp(name, "cellXfs") == 0) {
		st->in_cells = true;
		return true;
	}
	if (id && !xlsx_index(id, &number))
		return xlsx_bad(st->x, e, "F08", "/styles",
				"a cell format has no proper number",
				"Số hiệu kiểu định dạng ô không hợp lệ");
	if (strcmp(name, "numFmt") == 0 && id) {
		const char *code = xlsx_attr(attrs, n, "formatCode");
		return !code || add_custom(st, number, code, e);
	}
	if (st->in_cells && strcmp(name, "xf") == 0)
		return add_style(st, number, e);
	return true;
}

static bool on_end(void *arg, const char *ns, const char *name, struct err *e)
{
	struct styles *st = arg;

	(void)ns;
	(void)e;
	if (strcmp(name, "cellXfs") == 0)
		st->in_cells = false;
	return true;
}

bool xlsx_styles_load(struct xlsx *x, struct err *e)
{
	static const struct xml_handler h = { .start = on_start,
					      .end = on_end };
	struct styles st = { .x = x };
	size_t part =
		x->styles_part ? xlsx_part(x, x->styles_part) : (size_t)-1;
	bool ok = part == (size_t)-1 || xlsx_part_xml(x, part, &h, &st, e);

	free(st.customs);
	return ok;
}
