/* Numbers and ranges of sheets, as people write them. */
#include "phieu/ledger.h"

#include <string.h>

#include "phieu/sheet.h"

static bool add_number(struct buf *b, const char *s, size_t n, struct err *e)
{
	char text[SHEET_TEXT_MAX];
	struct sheet_no no;

	if (!sheet_parse(s, n, &no, e))
		return err_wrap(e, "%.*s", (int)(n > 40 ? 40 : n), s);
	buf_adds(b, b->len > 1 ? "," : "");
	buf_adds(b, sheet_text(&no, text));
	return true;
}

static bool add_range(const char *s, size_t n, struct buf *from, struct buf *to,
		      struct err *e)
{
	const char *dots = NULL;

	for (size_t i = 0; i + 1 < n && !dots; i++)
		if (s[i] == '.' && s[i + 1] == '.')
			dots = s + i;
	if (!dots)
		return add_number(from, s, n, e) && add_number(to, s, n, e);
	return add_number(from, s, (size_t)(dots - s), e) &&
	       add_number(to, dots + 2, n - (size_t)(dots + 2 - s), e);
}

bool ledger_sheets_read(const char *text, struct buf *from, struct buf *to,
			struct err *e)
{
	buf_adds(from, "{");
	buf_adds(to, "{");
	while (*text) {
		size_t n = strcspn(text, ",;\r\n");
		size_t blank = strspn(text, " \t");

		if (blank < n &&
		    !add_range(text + blank, n - blank, from, to, e))
			return false;
		text += n + (text[n] != '\0');
	}
	if (from->len == 1)
		return err_set(e, ERR_INPUT,
			       "chưa ghi số phiếu nào (no number of a sheet)");
	buf_adds(from, "}");
	buf_adds(to, "}");
	return (buf_cstr(from) && buf_cstr(to)) ||
	       err_set(e, ERR_NOMEM, "out of memory");
}
