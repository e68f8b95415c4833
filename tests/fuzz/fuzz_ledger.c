/* Numbers and ranges of sheets: what is taken is two lists of the same length,
 * each number as it is printed, and is taken again the same. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/ledger.h"

static size_t commas(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == ',';
	return n;
}

/* "{A,B}" and "{C,D}" as "A..C,B..D" */
static void write_again(const char *from, const char *to, struct buf *out)
{
	for (from++, to++; *from && *from != '}';) {
		size_t n = strcspn(from, ",}"), m = strcspn(to, ",}");

		buf_adds(out, out->len ? "," : "");
		buf_add(out, from, n);
		buf_adds(out, "..");
		buf_add(out, to, m);
		from += n + (from[n] == ',');
		to += m + (to[m] == ',');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf from = BUF_INIT(1 << 20), to = BUF_INIT(1 << 20);
	struct buf again = BUF_INIT(1 << 20), from2 = BUF_INIT(1 << 20);
	struct buf to2 = BUF_INIT(1 << 20);
	char *text = malloc(n + 1);
	struct err e = { 0 };

	if (!text)
		return 0;
	memcpy(text, data, n);
	text[n] = '\0';
	if (!ledger_sheets_read(text, &from, &to, &e)) {
		MUST(e.kind == ERR_INPUT && *e.msg);
	} else {
		MUST(commas(buf_cstr(&from)) == commas(buf_cstr(&to)));
		write_again(buf_cstr(&from), buf_cstr(&to), &again);
		MUST(ledger_sheets_read(buf_cstr(&again), &from2, &to2, &e));
		MUST(strcmp(buf_cstr(&from), buf_cstr(&from2)) == 0);
		MUST(strcmp(buf_cstr(&to), buf_cstr(&to2)) == 0);
	}
	free(text);
	buf_free(&from);
	buf_free(&to);
	buf_free(&again);
	buf_free(&from2);
	buf_free(&to2);
	return 0;
}
