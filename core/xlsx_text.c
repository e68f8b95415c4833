/* Shared strings: all of them, one after the other. */
#include "xlsx_impl.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/utf8.h"

struct strings {
	struct xlsx *x;
	struct arena *arena; /* for one string on its way to NFC */
	struct buf text;     /* of the item being read */
	bool in_item, in_text;
	unsigned phonetic;
};

/* "_x" and four hexadecimal digits and "_" at s. */
static bool escape(const char *s, size_t n, unsigned *code)
{
	unsigned v = 0;
	int digit;

	if (n < 7 || s[0] != '_' || s[1] != 'x' || s[6] != '_')
		return false;
	for (size_t i = 2; i < 6; i++) {
		digit = hex_digit(s[i]);
		if (digit < 0)
			return false;
		v = v * 16 + (unsigned)digit;
	}
	*code = v;
	return true;
}

/* Only what XML cannot hold is written so by Excel; of that, line ends, tabs
 * and the underscore itself mean something to us. */
size_t xlsx_unescape(char *s, size_t n)
{
	size_t out = 0, i = 0;
	unsigned code;

	while (i < n) {
		if (s[i] == '_' && escape(s + i, n - i, &code) &&
		    (code == 9 || code == 10 || code == 13 || code == '_')) {
			s[out++] = (char)code;
			i += 7;
		} else {
			s[out++] = s[i++];
		}
	}
	return out;
}

static bool room_for_one(struct xlsx *x, struct err *e)
{
	uint32_t *grown;

	if (x->n_strings == LIMIT_XLSX_STRINGS)
		return xlsx_bad(x, e, "F07", "/sharedStrings",
				"the workbook has more than a million texts",
				"Tệp có hơn một triệu đoạn chữ");
	if (x->n_strings < x->cap_strings)
		return true;
	x->cap_strings = x->cap_strings ? 2 * x->cap_strings : 256;
	grown = realloc(x->string_at, x->cap_strings * sizeof *grown);
	if (!grown)
		return err_set(e, ERR_NOMEM, "out of memory");
	x->string_at = grown;
	return true;
}

static bool keep(struct strings *st, struct err *e)
{
	struct xlsx *x = st->x;
	size_t n = xlsx_unescape(st->text.data, st->text.len);
	const char *s = st->text.data;

	if (!room_for_one(x, e))
		return false;
	if (n > 0 && !utf8_is_plain(s, n)) {
		arena_reset(st->arena);
		s = utf8_nfc(st->arena, s, n, &n, e);
		if (!s)
			return false;
	}
	x->string_at[x->n_strings++] = (uint32_t)x->strings.len;
	buf_add(&x->strings, s ? s : "", n);
	buf_add(&x->strings, "", 1);
	if (!x->strings.broken)
		return true;
	if (x->strings.len + n + 1 < x->strings.max)
		return err_set(e, ERR_NOMEM, "out of memory");
	return xlsx_bad(x, e, "F07", "/sharedStrings",
			"the texts of the workbook are larger than 32 MiB",
			"Phần chữ của tệp lớn hơn 32 MiB");
}

static bool on_start(void *arg, const char *ns, const char *name,
		     const struct xml_attr *attrs, size_t n, struct err *e)
{
	struct strings *st = arg;

	(void)ns;
	(void)attrs;
	(void)n;
	(void)e;
	if (strcmp(name, "si") == 0) {
		st->in_item = true;
		st->text.len = 0;
	} else if (strcmp(name, "rPh") == 0) {
		st->phonetic++;
	} else if (strcmp(name, "t") == 0) {
		st->in_text = st->in_item && st->phonetic == 0;
	}
	return true;
}

static bool on_end(void *arg, const char *ns, const char *name, struct err *e)
{
	struct strings *st = arg;

	(void)ns;
	if (strcmp(name, "t") == 0)
		st->in_text = false;
	else if (strcmp(name, "rPh") == 0)
		st->phonetic--;
	else if (strcmp(name, "si") == 0) {
		st->in_item = false;
		return keep(st, e);
	}
	return true;
}

static bool on_text(void *arg, const char *s, size_t n, struct err *e)
{
	struct strings *st = arg;

	if (!st->in_text)
		return true;
	if (st->text.len + n > LIMIT_XLSX_CELL_BYTES)
		return xlsx_bad(st->x, e, "F07", "/sharedStrings",
				"a text is longer than a cell can hold",
				"Có đoạn chữ dài hơn mức một ô chứa được");
	buf_add(&st->text, s, n);
	if (st->text.broken)
		return err_set(e, ERR_NOMEM, "out of memory");
	return true;
}

bool xlsx_strings_load(struct xlsx *x, struct err *e)
{
	static const struct xml_handler h = { .start = on_start,
					      .end = on_end,
					      .text = on_text };
	struct strings st = { .x = x,
			      .text = BUF_INIT(LIMIT_XLSX_CELL_BYTES + 1) };
	size_t part =
		x->strings_part ? xlsx_part(x, x->strings_part) : (size_t)-1;
	bool ok = false;

	if (part == (size_t)-1)
		return true;
	st.arena = arena_new(4 * LIMIT_XLSX_CELL_BYTES);
	if (!st.arena)
		err_set(e, ERR_NOMEM, "out of memory");
	else
		ok = xlsx_part_xml(x, part, &h, &st, e);
	arena_free(st.arena);
	buf_free(&st.text);
	return ok;
}
