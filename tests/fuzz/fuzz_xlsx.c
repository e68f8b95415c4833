/* Workbooks: as bytes (PK…), or, so that the fuzzer need not learn checksums,
 * as three XML texts cut by 0x01 (sheet, styles, strings) that are put into a
 * package here.  Rows rise, cells rise, texts are UTF-8 in NFC, and what is
 * refused has a fault in two languages. */
#include "fuzz.h"
#include "zip.h"

#include <string.h>

#include "phieu/buf.h"
#include "phieu/sheet_xlsx.h"
#include "phieu/utf8.h"

struct seen {
	uint32_t row;
	struct arena *a;
};

static bool on_row(void *ctx, const struct xlsx_row *row, struct err *e)
{
	struct seen *s = ctx;

	(void)e;
	MUST(row->number > s->row && row->n > 0);
	s->row = row->number;
	for (size_t i = 0; i < row->n; i++) {
		const struct xlsx_cell *c = &row->cells[i];
		struct err no = { 0 };
		size_t bad, n;
		MUST(i == 0 || c->column > c[-1].column);
		MUST(c->s && strlen(c->s) == c->n);
		MUST(c->n > 0 || c->no_value || c->covered);
		MUST(utf8_valid(c->s, c->n, &bad));
		arena_reset(s->a);
		MUST(c->n > 60000 ||
		     strcmp(utf8_nfc(s->a, c->s, c->n, &n, &no), c->s) == 0);
		MUST(c->seconds >= 0 && c->seconds < 86400);
	}
	return true;
}

static void package(const char *s, size_t n, struct buf *zip)
{
	static const char *const names[] = { "xl/worksheets/s.xml",
					     "xl/styles.xml",
					     "xl/sharedStrings.xml" };
	struct buf dir = BUF_INIT(1 << 20);
	const char *end = s + n;
	uint32_t entries = 2;

	zip_text(zip, &dir, "xl/workbook.xml",
		 "<workbook><sheets><sheet name=\"S\" id=\"a\"/></sheets>"
		 "<definedNames><definedName name=\"N\">x</definedName>"
		 "</definedNames></workbook>");
	zip_text(zip, &dir, "xl/_rels/workbook.xml.rels",
		 "<R><Relationship Id=\"a\" Type=\"/worksheet\" "
		 "Target=\"worksheets/s.xml\"/><Relationship Id=\"b\" "
		 "Type=\"/styles\" Target=\"styles.xml\"/><Relationship "
		 "Id=\"c\" Type=\"/sharedStrings\" "
		 "Target=\"sharedStrings.xml\"/></R>");
	for (size_t i = 0; i < 3; i++) {
		const char *cut = memchr(s, 1, (size_t)(end - s));
		size_t len = (size_t)((cut && i < 2 ? cut : end) - s);
		zip_entry(zip, &dir, names[i], s, len);
		entries++;
		if (!cut || i == 2)
			break;
		s = cut + 1;
	}
	zip_end(zip, &dir, entries);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf zip = BUF_INIT(1 << 20);
	struct arena *a = arena_new(1 << 20);
	struct seen s = { 0, arena_new(1 << 20) };
	struct err e = { 0 };
	struct faults f;
	struct xlsx *x;
	bool ok = false;

	faults_init(&f, a);
	if (n >= 2 && memcmp(data, "PK", 2) == 0)
		buf_add(&zip, data, n);
	else
		package((const char *)data, n, &zip);
	x = xlsx_open(zip.data, zip.len, &f, &e);
	if (x) {
		(void)xlsx_find(x, "S");
		(void)xlsx_defined(x, "N");
		ok = xlsx_read(x, xlsx_sheets(x) - 1, on_row, &s, &e);
	}
	if (!ok) {
		MUST(e.kind == ERR_INPUT);
		MUST(f.n == 1 && *f.list[0].message && *f.list[0].message_vi);
	}
	xlsx_close(x);
	buf_free(&zip);
	arena_free(s.a);
	arena_free(a);
	return 0;
}
