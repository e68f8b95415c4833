/* Short texts that people and programs write: days, times, decimals, sheet
 * numbers, cells, hexadecimal, addresses of databases.  What is taken comes out
 * as it went in, or as its one way of being written, which is taken again. */
#include "fuzz.h"

#include <string.h>

#include "phieu/address.h"
#include "phieu/date.h"
#include "phieu/dec.h"
#include "phieu/hash.h"
#include "phieu/sheet.h"
#include "phieu/sheet_xlsx.h"

static void days(const char *s, size_t n)
{
	struct err e = { 0 };
	struct date d, again;
	char text[DATE_TEXT_MAX];

	if (!date_parse(s, n, &d, &e)) {
		MUST(e.kind == ERR_INPUT && *e.msg);
		return;
	}
	date_text(d, text);
	MUST(date_parse(text, strlen(text), &again, &e));
	MUST(memcmp(&d, &again, sizeof d) == 0);
}

static void instants(const char *s, size_t n)
{
	char text[INSTANT_TEXT_MAX];
	struct err e = { 0 };
	int64_t us, again;

	if (!instant_parse(s, n, &us, &e)) {
		MUST(e.kind == ERR_INPUT && *e.msg);
		return;
	}
	MUST(instant_text(us, text));
	MUST(instant_parse(text, strlen(text), &again, &e) && us == again);
}

static void decimals(const char *s, size_t n)
{
	struct err e = { 0 };
	struct dec v, again;
	char text[DEC_TEXT_MAX];

	if (!dec_parse(s, n, &v, &e)) {
		MUST(e.kind == ERR_INPUT && *e.msg);
		return;
	}
	dec_text(v, text);
	MUST(dec_parse(text, strlen(text), &again, &e));
	MUST(memcmp(&v, &again, sizeof v) == 0);
}

static void sheets(const char *s, size_t n)
{
	struct sheet_no v, again;
	char text[SHEET_TEXT_MAX];
	struct err e = { 0 };

	if (!sheet_parse(s, n, &v, &e)) {
		MUST(e.kind == ERR_INPUT && *e.msg);
		return;
	}
	MUST(v.serial >= 1 && v.serial <= 99999999);
	sheet_text(&v, text);
	MUST(sheet_parse(text, strlen(text), &again, &e));
	MUST(again.serial == v.serial && strcmp(again.prefix, v.prefix) == 0);
}

static void cells(const char *s, size_t n)
{
	uint32_t column, row, c, r;
	char text[XLSX_ADDRESS_MAX];

	if (!xlsx_address_parse(s, n, &column, &row))
		return;
	xlsx_address(column, row, text);
	MUST(xlsx_address_parse(text, strlen(text), &c, &r));
	MUST(c == column && r == row);
}

static void hexes(const char *s, size_t n)
{
	uint8_t bytes[64];
	char text[129];

	n = n > 128 ? 128 : n & ~(size_t)1;
	if (!hex_parse(s, n, bytes))
		return;
	hex_text(bytes, n / 2, text);
	for (size_t i = 0; i < n; i++)
		MUST(hex_digit(text[i]) == hex_digit(s[i]));
}

/* The address of a database: the password is in no part that others see. */
static void addresses(const char *s)
{
	struct address a = { 0 };
	struct err e = { 0 };

	if (address_split(s, &a, &e))
		MUST(a.open);
	else
		MUST(e.kind == ERR_INPUT || e.kind == ERR_NOMEM);
	address_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *s = calloc(1, n + 1);

	MUST(s);
	memcpy(s, data, n);
	days(s, n);
	instants(s, n);
	decimals(s, n);
	sheets(s, n);
	cells(s, n);
	hexes(s, n);
	addresses(s);
	free(s);
	return 0;
}
