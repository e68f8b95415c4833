#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "phieu/buf.h"
#include "phieu/limits.h"
#include "phieu/sheet_xlsx.h"
#include "support/workbook.h"

/* What was read, one line a row: "3h: A=t:text B=n:12 C=d:2021-02-03". */
struct heard {
	struct buf out;
	size_t rows, stop_at;
};

static const char kinds[] = "?tndhbe";

static bool hear(void *ctx, const struct xlsx_row *row, struct err *e)
{
	struct heard *h = ctx;
	char at[XLSX_ADDRESS_MAX];

	h->rows++;
	if (h->stop_at && h->rows == h->stop_at)
		return err_set(e, ERR_INPUT, "seen enough");
	buf_addf(&h->out, "%u%s:", row->number, row->hidden ? "h" : "");
	for (size_t i = 0; i < row->n; i++) {
		const struct xlsx_cell *c = &row->cells[i];
		assert_int_equal(c->n, strlen(c->s));
		assert_ptr_equal(xlsx_at(row, c->column), c);
		buf_addf(&h->out, " %s=%c%s%s%s%s:%s",
			 xlsx_address(c->column, 0, at), kinds[c->kind],
			 c->formula ? "f" : "", c->no_value ? "!" : "",
			 c->covered ? "m" : "", c->percent ? "%" : "", c->s);
	}
	assert_null(xlsx_at(row, 9999));
	buf_adds(&h->out, "\n");
	return true;
}

/* Reads sheet 0 and compares; a file that does not open says "code place". */
static void expect_bytes(char *file, size_t n, const char *want)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct heard h = { .out = BUF_INIT((size_t)1 << 20) };
	struct faults f;
	struct err e = { 0 };
	struct xlsx *x;

	faults_init(&f, a);
	x = xlsx_open(file, n, &f, &e);
	if (x && xlsx_read(x, 0, hear, &h, &e)) {
		assert_int_equal(f.n, 0);
	} else {
		assert_int_equal(e.kind, ERR_INPUT);
		assert_int_equal(f.n, 1);
		assert_true(f.list[0].message[0] && f.list[0].message_vi[0]);
		h.out.len = 0;
		buf_addf(&h.out, "%s %s", f.list[0].code, f.list[0].path);
	}
	buf_adds(&h.out, "");
	assert_string_equal(buf_cstr(&h.out), want);
	xlsx_close(x);
	buf_free(&h.out);
	arena_free(a);
	free(file);
}

static void expect(const char *sheet, const char *styles, const char *strings,
		   const char *want)
{
	size_t n;
	char *file = wb_one(sheet, styles, strings, &n);

	expect_bytes(file, n, want);
}

/* A <sheetData> of one row 1 of these cells. */
#define ROW(cells) "<sheetData><row r=\"1\">" cells "</row></sheetData>"

static void cells_of_every_type_are_read(void **state)
{
	(void)state;
	expect(ROW("<c r=\"A1\" t=\"s\"><v>1</v></c>"
		   "<c r=\"B1\"><v>12</v></c>"
		   "<c r=\"C1\" t=\"b\"><v>1</v></c>"
		   "<c r=\"D1\" t=\"e\"><v>#N/A</v></c>"
		   "<c r=\"E1\" t=\"str\"><f>A1</f><v>x</v></c>"
		   "<c r=\"F1\" t=\"inlineStr\"><is><t>in</t></is></c>"
		   "<c r=\"G1\" t=\"d\"><v>2021-02-03T08:30:00</v></c>"
		   "<c r=\"H1\" t=\"b\"><v>0</v></c>"),
	       NULL, "<si><t>no</t></si><si><t>yes</t></si>",
	       "1: A=t:yes B=n:12 C=b:TRUE D=e:#N/A E=tf:x F=t:in "
	       "G=d:2021-02-03T08:30:00 H=b:FALSE\n");
}

static void
runs_of_rich_text_are_one_text_and_readings_are_left_out(void **state)
{
	(void)state;
	expect(ROW("<c r=\"A1\" t=\"s\"><v>0</v></c>"
		   "<c r=\"B1\" t=\"inlineStr\"><is><r><t>Sở </t></r><r><rPr>"
		   "<b/></rPr><t>Y tế</t></r><rPh sb=\"0\" eb=\"1\"><t>no</t>"
		   "</rPh></is></c>"),
	       NULL,
	       "<si><r><t>Tư </t></r><r><t>pháp</t></r><rPh sb=\"0\" eb=\"1\">"
	       "<t>no</t></rPh><phoneticPr/></si>",
	       "1: A=t:Tư pháp B=t:Sở Y tế\n");
}

static void text_comes_composed_and_unescaped(void **state)
{
	(void)state;
	expect(ROW("<c t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is>"
		   "<t>To\xcc\x82i_x0009_a_x005F_x0009_</t></is></c>"
		   "<c t=\"inlineStr\"><is><t>_x0000_ _x12 &lt;&amp;</t></is>"
		   "</c>"),
	       NULL, "<si><t>a\xcc\x86_x000D_b</t></si>",
	       "1: A=t:\xc4\x83\rb B=t:Tôi\ta_x0009_ C=t:_x0000_ _x12 <&\n");
}

static void numbers_keep_their_digits(void **state)
{
	(void)state;
	expect(ROW("<c><v>0.1</v></c><c><v>1.1000000000000001</v></c>"
		   "<c><v>1E5</v></c><c><v>3.0000000000000004E-2</v></c>"
		   "<c><v>007</v></c><c><v>-12.50</v></c>"
		   "<c><v>123456789012345678</v></c><c><v>1e-9</v></c>"
		   "<c><v> 5 </v></c><c><v>4.0000000000000002e2</v></c>"
		   "<c s=\"1\"><v>0.5</v></c><c><v>+3</v></c>"),
	       "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"9\"/></cellXfs>",
	       NULL,
	       "1: A=n:0.1 B=n:1.1 C=n:100000 D=n:0.03 E=n:007 F=n:-12.50 "
	       "G=n:1.23456789012346e+17 H=n:1e-09 I=n:5 J=n:400 K=n%:0.5 "
	       "L=n:3\n");
	expect(ROW("<c><v>abc</v></c>"), NULL, NULL, "F08 /Sheet1/A1");
	expect(ROW("<c><v>0x10</v></c>"), NULL, NULL, "F08 /Sheet1/A1");
	expect(ROW("<c><v>INF</v></c>"), NULL, NULL, "F08 /Sheet1/A1");
	expect(ROW("<c><v>1e999</v></c>"), NULL, NULL, "F08 /Sheet1/A1");
	expect(ROW("<c><v>1e</v></c>"), NULL, NULL, "F08 /Sheet1/A1");
}

static void days_are_told_by_their_format(void **state)
{
	static const char styles[] =
		"<numFmts><numFmt numFmtId=\"164\" "
		"formatCode=\"dd/mm/yyyy;@\"/><numFmt numFmtId=\"165\" "
		"formatCode=\"[$-42A]h:mm:ss AM/PM\"/><numFmt numFmtId=\"166\""
		" formatCode=\"#,##0 &quot;đồng dd&quot;\"/>"
		"<numFmt numFmtId=\"167\" formatCode=\"mm:ss.000\"/></numFmts>"
		"<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>"
		"<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
		"<xf numFmtId=\"164\"/><xf numFmtId=\"165\"/>"
		"<xf numFmtId=\"166\"/><xf numFmtId=\"22\"/>"
		"<xf numFmtId=\"167\"/></cellXfs>";

	(void)state;
	expect(ROW("<c s=\"0\"><v>44230</v></c><c s=\"1\"><v>44230</v></c>"
		   "<c s=\"2\"><v>44230</v></c><c s=\"3\"><v>0.5</v></c>"
		   "<c s=\"4\"><v>44230</v></c>"
		   "<c s=\"5\"><v>44230.354166666664</v></c>"
		   "<c s=\"6\"><v>0.25</v></c><c s=\"99\"><v>44230</v></c>"
		   "<c s=\"1\"><v>59</v></c><c s=\"1\"><v>60</v></c>"
		   "<c s=\"1\"><v>61</v></c><c s=\"1\"><v>-1</v></c>"
		   "<c s=\"1\"><v>9999999</v></c>"
		   "<c s=\"1\"><v>44230.999999999</v></c>"
		   "<c s=\"1\"><v>2958465</v></c>"),
	       styles, NULL,
	       "1: A=n:44230 B=d:2021-02-03 C=d:2021-02-03 D=h:12:00:00 "
	       "E=n:44230 F=d:2021-02-03T08:30:00 G=h:06:00:00 H=n:44230 "
	       "I=d:1900-02-28 J=n:60 K=d:1900-03-01 L=n:-1 M=n:9999999 "
	       "N=d:2021-02-04 O=d:9999-12-31\n");
	expect(ROW("<c t=\"d\"><v>2021-02-30</v></c>"), NULL, NULL,
	       "F08 /Sheet1/A1");
	expect(ROW("<c t=\"d\"><v>2021-02-03T25:00:00</v></c>"), NULL, NULL,
	       "F08 /Sheet1/A1");
}

/* Story 50: computed ones have their value, others say that they have none. */
static void
formulas_give_their_stored_value_or_say_that_there_is_none(void **state)
{
	(void)state;
	expect(ROW("<c><f>1+1</f><v>2</v></c><c><f>1+1</f></c>"
		   "<c><f>1+1</f><v></v></c><c t=\"str\"><f>\"\"</f><v></v></c>"
		   "<c t=\"str\"><f>CMD|'/C calc'!A0</f></c>"
		   "<c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>"),
	       NULL, NULL, "1: A=nf:2 B=?f!: C=?f!: E=?f!: F=ef:#DIV/0!\n");
}

/* Story 51. */
static void merged_areas_show_their_value_everywhere(void **state)
{
	(void)state;
	expect("<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is>"
	       "<t>x</t></is></c><c r=\"B1\"><v>1</v></c>"
	       "<c r=\"C1\"><v>2</v></c></row>"
	       "<row r=\"2\"><c r=\"A2\"/><c r=\"B2\"><v>9</v></c></row>"
	       "<row r=\"3\"><c r=\"A3\"><v>7</v></c><c r=\"E3\"><v>5</v></c>"
	       "</row><row r=\"4\"><c r=\"A4\"><v>8</v></c></row></sheetData>"
	       "<mergeCells count=\"2\"><mergeCell ref=\"A1:A3\"/>"
	       "<mergeCell ref=\"$B$1:$C$2\"/><mergeCell ref=\"F9\"/>"
	       "</mergeCells>",
	       NULL, NULL,
	       "1: A=t:x B=n:1 C=nm:1\n2: A=tm:x B=nm:1 C=nm:1\n"
	       "3: A=tm:x E=n:5\n4: A=n:8\n");
	expect(ROW("<c><v>1</v></c>") "<mergeCells><mergeCell ref=\"A1:XFD1\"/>"
				      "<mergeCell ref=\"B1:B2\"/></mergeCells>",
	       NULL, NULL, "F08 /Sheet1/A1");
	expect(ROW("<c><v>1</v></c>") "<mergeCells><mergeCell "
				      "ref=\"C3:A1\"/></mergeCells>",
	       NULL, NULL, "F08 /Sheet1/A");
	expect(ROW("<c><v>1</v></c>") "<mergeCells><mergeCell/></mergeCells>",
	       NULL, NULL, "F08 /Sheet1/A");
}

static void
rows_and_cells_may_lack_addresses_but_not_run_backwards(void **state)
{
	(void)state;
	expect("<sheetData><row><c><v>1</v></c><c r=\"D1\"><v>2</v></c>"
	       "<c><v>3</v></c></row><row r=\"5\" hidden=\"1\"><c><v>4</v></c>"
	       "</row><row><c><v>5</v></c></row><row r=\"9\"/></sheetData>",
	       NULL, NULL, "1: A=n:1 D=n:2 E=n:3\n5h: A=n:4\n6: A=n:5\n");
	expect(ROW("<c r=\"C1\"><v>3</v></c><c r=\"A1\"><v>1</v></c>"), NULL,
	       NULL, "1: A=n:1 C=n:3\n");
	expect(ROW("<c r=\"A1\"><v>3</v></c><c r=\"A1\"><v>1</v></c>"), NULL,
	       NULL, "F08 /Sheet1/A1");
	expect(ROW("<c r=\"A2\"><v>3</v></c>"), NULL, NULL, "F08 /Sheet1/A1");
	expect(ROW("<c r=\"XFE1\"><v>3</v></c>"), NULL, NULL, "F08 /Sheet1/A1");
	expect(ROW("<c r=\"1A\"><v>3</v></c>"), NULL, NULL, "F08 /Sheet1/A1");
	expect(ROW("<c r=\"XFD1\"><v>3</v></c><c><v>3</v></c>"), NULL, NULL,
	       "F08 /Sheet1/XFE1");
	expect("<sheetData><row r=\"2\"/><row r=\"2\"/></sheetData>", NULL,
	       NULL, "F08 /Sheet1/A2");
	expect("<sheetData><row r=\"-1\"/></sheetData>", NULL, NULL,
	       "F08 /Sheet1/A");
	expect("<sheetData><row r=\"1048577\"/></sheetData>", NULL, NULL,
	       "F08 /Sheet1/A");
	expect("<sheetData><row r=\"0\"/></sheetData>", NULL, NULL,
	       "F08 /Sheet1/A");
}

static void what_points_nowhere_is_refused(void **state)
{
	(void)state;
	expect(ROW("<c t=\"s\"><v>1</v></c>"), NULL, "<si><t>a</t></si>",
	       "F08 /Sheet1/A1");
	expect(ROW("<c t=\"s\"><v>-1</v></c>"), NULL, "<si><t>a</t></si>",
	       "F08 /Sheet1/A1");
	expect(ROW("<c t=\"s\"><v>0</v></c>"), NULL, NULL, "F08 /Sheet1/A1");
	expect(ROW("<c t=\"s\"/><c t=\"zz\"><v>0</v></c>"), NULL, NULL,
	       "F08 /Sheet1/B1");
	expect(ROW("<c s=\"x\"><v>0</v></c>"), NULL, NULL, "F08 /Sheet1/A1");
	expect("<sheetData><row>", NULL, NULL, "F08 /xl/worksheets/s1.xml");
	expect(ROW("<c><v>&bomb;</v></c>"), NULL, NULL,
	       "F08 /xl/worksheets/s1.xml");
}

static void empty_sheets_have_no_rows(void **state)
{
	(void)state;
	expect("<sheetData/>", NULL, NULL, "");
	expect("<dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1048576\""
	       "/></sheetData>",
	       NULL, NULL, "");
	expect(ROW("<c t=\"inlineStr\"><is><t></t></is></c><c s=\"3\"/>"), NULL,
	       NULL, "");
}

static void other_files_are_called_by_their_name(void **state)
{
	static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
	static const struct {
		const char *head;
		size_t n;
		const char *wide; /* a stream of an old container */
		const char *want;
	} files[] = {
		{ "", 0, NULL, "F01 /" },
		{ "a,b\n1,2\n", 0, NULL, "F02 /" },
		{ ole, 8, "EncryptedPackage", "F03 /" },
		{ ole, 8, "Workbook", "F04 /" },
		{ ole, 8, "WordDocument", "F05 /" },
		{ "\x09\x08\x10\x00\x00\x06", 6, NULL, "F04 /" },
		{ "%PDF-1.4", 0, NULL, "F05 /" },
		{ "<html><table>", 0, NULL, "F05 /" },
		{ "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-"
		  "microsoft-com:office:spreadsheet\">",
		  0, NULL, "F05 /" },
		{ "PK\3\4 and then nothing", 0, NULL, "F06 /" },
		{ "PK\5\6", 4, NULL, "F06 /" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		const char *wide = files[i].wide ? files[i].wide : "";
		char *file = calloc(1, 600);
		size_t n = files[i].n ? files[i].n : strlen(files[i].head);

		memcpy(file, files[i].head, n);
		for (; *wide; wide++, n += 2)
			file[n] = *wide;
		expect_bytes(file, n, files[i].want);
	}
}

static void archives_without_a_workbook_are_called_by_their_name(void **state)
{
	static const struct {
		struct wb_part part;
		const char *want;
	} files[] = {
		{ { "content.xml", "<x/>", 0 }, "F05 /" },
		{ { "xl/workbook.bin", "x", 0 }, "F05 /" },
		{ { "word/document.xml", "<x/>", 0 }, "F05 /" },
		{ { "readme.txt", "x", 0 }, "F02 /" },
		{ { "xl/workbook.xml", "<workbook/>", 0 }, "F08 /workbook" },
		{ { "xl/workbook.xml",
		    "<workbook><sheets><sheet name=\"a\"/>"
		    "</sheets></workbook>",
		    0 },
		  "F08 /workbook" },
		{ { "xl/workbook.xml", "<!DOCTYPE x><workbook/>", 0 },
		  "F08 /xl/workbook.xml" },
	};
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char *file = wb_zip(&files[i].part, 1, &n);
		expect_bytes(file, n, files[i].want);
	}
}

static void damaged_archives_are_refused(void **state)
{
	size_t n;
	char *whole = wb_one(ROW("<c><v>1</v></c>"), NULL, NULL, &n);
	char *cut;

	(void)state;
	cut = malloc(n);
	memcpy(cut, whole, n);
	expect_bytes(cut, n / 2, "F06 /");
	/* a byte of the sheet's own data: the checksum tells */
	cut = malloc(n);
	memcpy(cut, whole, n);
	for (size_t i = 0; i + 12 < n; i++)
		if (memcmp(cut + i, "worksheets/s1", 13) == 0) {
			cut[i + 24] ^= 0x55;
			break;
		}
	free(whole);
	{
		struct err e = { 0 };
		struct heard h = { .out = BUF_INIT(4096) };
		struct xlsx *x = xlsx_open(cut, n, NULL, &e);
		assert_false(x && xlsx_read(x, 0, hear, &h, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		xlsx_close(x);
		buf_free(&h.out);
		free(cut);
	}
}

static void bounds_are_held(void **state)
{
	struct buf b = BUF_INIT((size_t)64 << 20);
	struct wb_part *parts;
	char *names;
	size_t n;

	(void)state;
	/* a text longer than a cell can be */
	buf_adds(&b, "<sheetData><row><c t=\"inlineStr\"><is><t>");
	for (size_t i = 0; i < LIMIT_XLSX_CELL_BYTES / 8 + 1; i++)
		buf_adds(&b, "12345678");
	buf_adds(&b, "</t></is></c></row></sheetData>");
	expect(b.data, NULL, NULL, "F07 /Sheet1/A1");
	/* columns */
	b.len = 0;
	buf_adds(&b, "<sheetData><row>");
	for (size_t i = 0; i <= LIMIT_CSV_COLUMNS; i++)
		buf_adds(&b, "<c><v>1</v></c>");
	buf_adds(&b, "</row></sheetData>");
	expect(b.data, NULL, NULL, "F07 /Sheet1/BXY1");
	/* blanks that unpack to more than 400 times their size */
	b.len = 0;
	buf_adds(&b, "<sheetData><row>");
	for (size_t i = 0; i < (size_t)5 << 20; i++)
		buf_adds(&b, "<c/>");
	buf_adds(&b, "</row></sheetData>");
	expect(b.data, NULL, NULL, "F08 /Sheet1/XFE1");
	b.len = 0;
	buf_adds(&b, "<sheetData>");
	for (size_t i = 0; i < (size_t)3 << 20; i++)
		buf_adds(&b, "<row/>");
	buf_adds(&b, "</sheetData>");
	expect(b.data, NULL, NULL, "F08 /Sheet1/A1048576");
	b.len = 0;
	for (size_t i = 0; i < (size_t)20 << 10; i++)
		buf_addf(&b, "%1024s", " ");
	expect(b.data, NULL, NULL, "F07 /");
	/* entries */
	parts = calloc(LIMIT_XLSX_ENTRIES + 1, sizeof *parts);
	names = calloc(LIMIT_XLSX_ENTRIES + 1, 16);
	for (size_t i = 0; i <= LIMIT_XLSX_ENTRIES; i++) {
		(void)snprintf(names + 16 * i, 16, "p%zu", i);
		parts[i] = (struct wb_part){ names + 16 * i, "x", 0 };
	}
	{
		char *file = wb_zip(parts, LIMIT_XLSX_ENTRIES + 1, &n);
		expect_bytes(file, n, "F07 /");
	}
	free(parts);
	free(names);
	buf_free(&b);
}

static void the_reader_of_rows_may_stop(void **state)
{
	size_t n;
	char *file = wb_one("<sheetData><row><c><v>1</v></c></row><row><c>"
			    "<v>2</v></c></row></sheetData>",
			    NULL, NULL, &n);
	struct arena *a = arena_new((size_t)1 << 20);
	struct heard h = { .out = BUF_INIT(4096), .stop_at = 2 };
	struct err e = { 0 };
	struct faults f;
	struct xlsx *x;

	(void)state;
	faults_init(&f, a);
	x = xlsx_open(file, n, &f, &e);
	assert_non_null(x);
	assert_false(xlsx_read(x, 0, hear, &h, &e));
	assert_non_null(strstr(e.msg, "seen enough"));
	assert_int_equal(f.n, 0);
	/* and read again from the start */
	h.rows = 0;
	h.stop_at = 0;
	h.out.len = 0;
	e = (struct err){ 0 };
	assert_true(xlsx_read(x, 0, hear, &h, &e));
	assert_string_equal(buf_cstr(&h.out), "1: A=n:1\n2: A=n:2\n");
	xlsx_close(x);
	buf_free(&h.out);
	arena_free(a);
	free(file);
}

/* ---- as libxlsxwriter and others make them ----------------------------------
 */

static char *slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *out = malloc((size_t)1 << 20);

	assert_non_null(f);
	*n = fread(out, 1, (size_t)1 << 20, f);
	(void)fclose(f);
	(void)unlink(path);
	return out;
}

static char *written(size_t *n)
{
	char path[] = "/tmp/phieu_xlsx_XXXXXX";
	int fd = mkstemp(path);
	lxw_workbook *wb;
	lxw_worksheet *one, *two;
	lxw_format *day;

	assert_true(fd >= 0);
	(void)close(fd);
	wb = workbook_new(path);
	one = workbook_add_worksheet(wb, "Phiếu");
	two = workbook_add_worksheet(wb, "Ẩn");
	day = workbook_add_format(wb);
	format_set_num_format(day, "dd/mm/yyyy");
	worksheet_write_string(one, 0, 0, "Số phiếu", NULL);
	worksheet_write_string(one, 1, 0, "CT01-00012-7", NULL);
	worksheet_write_number(one, 1, 1, 44230, day);
	worksheet_write_number(one, 1, 2, 3, NULL);
	worksheet_write_formula_num(one, 1, 3, "=C2*2", NULL, 6);
	worksheet_write_boolean(one, 1, 4, 1, NULL);
	worksheet_merge_range(one, 2, 0, 3, 1, "gộp", NULL);
	worksheet_set_row_opt(one, 3, 15, NULL,
			      &(lxw_row_col_options){ .hidden = 1 });
	worksheet_write_number(one, 3, 2, 1.5, NULL);
	worksheet_hide(two);
	workbook_define_name(wb, "PHIEU_FORM", "=\"CT-01\"");
	assert_int_equal(workbook_close(wb), LXW_NO_ERROR);
	return slurp(path, n);
}

static void workbooks_of_a_library_are_read_whole(void **state)
{
	struct heard h = { .out = BUF_INIT(4096) };
	struct err e = { 0 };
	size_t n;
	char *file = written(&n);
	struct xlsx *x = xlsx_open(file, n, NULL, &e);

	(void)state;
	assert_non_null(x);
	assert_true(xlsx_looks_like(file, n));
	assert_false(xlsx_looks_like("a,b", 3));
	assert_int_equal(xlsx_sheets(x), 2);
	assert_string_equal(xlsx_sheet(x, 0)->name, "Phiếu");
	assert_false(xlsx_sheet(x, 0)->hidden);
	assert_true(xlsx_sheet(x, 1)->hidden);
	assert_int_equal(xlsx_find(x, "phiếu"), 0);
	assert_int_equal(xlsx_find(x, "phie\xcc\x82\xcc\x81u "), 0);
	assert_int_equal(xlsx_find(x, "survey"), 2);
	assert_string_equal(xlsx_defined(x, "phieu_form"), "\"CT-01\"");
	assert_null(xlsx_defined(x, "other"));
	assert_true(xlsx_read(x, 0, hear, &h, &e));
	assert_string_equal(buf_cstr(&h.out),
			    "1: A=t:Số phiếu\n"
			    "2: A=t:CT01-00012-7 B=d:2021-02-03 C=n:3 D=nf:6 "
			    "E=b:TRUE\n"
			    "3: A=t:gộp B=tm:gộp\n"
			    "4h: A=tm:gộp B=tm:gộp C=n:1.5\n");
	h.out.len = 0;
	assert_true(xlsx_read(x, 1, hear, &h, &e));
	assert_int_equal(h.out.len, 0);
	xlsx_close(x);
	buf_free(&h.out);
	free(file);
}

#define STRICT	   "http://purl.oclc.org/ooxml/spreadsheetml/main"
#define STRICT_REL "http://purl.oclc.org/ooxml/officeDocument/relationships"
#define PKG	   "http://schemas.openxmlformats.org/package/2006/relationships"

/* Prefixed elements, a workbook at the top, absolute targets, days since
 * 1904, backslashes and capitals in names, a chart among the sheets. */
static void odd_but_honest_packages_are_read(void **state)
{
	static const struct wb_part parts[] = {
		{ "_RELS\\.rels",
		  "<Relationships xmlns=\"" PKG "\"><Relationship Id=\"r1\" "
		  "Type=\"" STRICT_REL "/officeDocument\" "
		  "Target=\"/Book.XML\"/><Relationship Id=\"r2\" "
		  "TargetMode=\"External\" Type=\"" STRICT_REL
		  "/officeDocument\" Target=\"http://example.org/\"/>"
		  "</Relationships>",
		  0 },
		{ "book.xml",
		  "<x:workbook xmlns:x=\"" STRICT "\" xmlns:r=\"" STRICT_REL
		  "\"><x:workbookPr date1904=\"true\"/><x:sheets>"
		  "<x:sheet name=\"Chart\" sheetId=\"1\" r:id=\"c\"/>"
		  "<x:sheet name=\"One\" sheetId=\"2\" r:id=\"a\" "
		  "state=\"veryHidden\"/></x:sheets></x:workbook>",
		  0 },
		{ "_rels/book.xml.rels",
		  "<Relationships xmlns=\"" PKG "\"><Relationship Id=\"a\" "
		  "Type=\"" STRICT_REL "/worksheet\" "
		  "Target=\"./x/../sheets/A.xml\"/><Relationship Id=\"c\" "
		  "Type=\"" STRICT_REL "/chartsheet\" Target=\"c.xml\"/>"
		  "<Relationship Id=\"s\" Type=\"" STRICT_REL "/styles\" "
		  "Target=\"styles.xml\"/></Relationships>",
		  0 },
		{ "sheets\\a.XML",
		  "<x:worksheet xmlns:x=\"" STRICT "\"><x:sheetData><x:row>"
		  "<x:c s=\"1\"><x:v>42768</x:v></x:c></x:row></x:sheetData>"
		  "</x:worksheet>",
		  0 },
		{ "styles.xml",
		  "<x:styleSheet xmlns:x=\"" STRICT "\"><x:cellXfs>"
		  "<x:xf numFmtId=\"0\"/><x:xf numFmtId=\"14\"/></x:cellXfs>"
		  "</x:styleSheet>",
		  0 },
	};
	size_t n;
	char *file = wb_zip(parts, sizeof parts / sizeof parts[0], &n);
	struct err e = { 0 };
	struct xlsx *x = xlsx_open(file, n, NULL, &e);

	(void)state;
	assert_non_null(x);
	assert_int_equal(xlsx_sheets(x), 1);
	assert_string_equal(xlsx_sheet(x, 0)->name, "One");
	assert_true(xlsx_sheet(x, 0)->hidden);
	xlsx_close(x);
	expect_bytes(file, n, "1: A=d:2021-02-03\n");
}

static void parts_that_are_missing_are_named(void **state)
{
	static const struct wb_part parts[] = {
		{ "xl/workbook.xml",
		  "<workbook xmlns:r=\"" STRICT_REL "\"><sheets>"
		  "<sheet name=\"One\" r:id=\"a\"/></sheets></workbook>",
		  0 },
		{ "xl/_rels/workbook.xml.rels",
		  "<Relationships xmlns=\"" PKG "\"><Relationship Id=\"a\" "
		  "Type=\"" STRICT_REL "/worksheet\" Target=\"gone.xml\"/>"
		  "</Relationships>",
		  0 },
	};
	size_t n;
	char *file = wb_zip(parts, 2, &n);

	(void)state;
	expect_bytes(file, n, "F08 /One/A");
}

static void addresses_are_read_and_written(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint32_t column, row;
	} cases[] = {
		{ "A1", true, 0, 1 },
		{ "Z9", true, 25, 9 },
		{ "AA10", true, 26, 10 },
		{ "XFD1048576", true, 16383, 1048576 },
		{ "$B$2", true, 1, 2 },
		{ "ab3", true, 27, 3 },
		{ "XFE1", false, 0, 0 },
		{ "A1048577", false, 0, 0 },
		{ "A0", false, 0, 0 },
		{ "A", false, 0, 0 },
		{ "1", false, 0, 0 },
		{ "", false, 0, 0 },
		{ "A1x", false, 0, 0 },
		{ "A-1", false, 0, 0 },
		{ "AAAAAAAA1", false, 0, 0 },
		{ "A99999999999", false, 0, 0 },
	};
	char text[XLSX_ADDRESS_MAX];
	uint32_t c, r;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		bool ok = xlsx_address_parse(cases[i].text,
					     strlen(cases[i].text), &c, &r);
		assert_int_equal(ok, cases[i].ok);
		if (!ok)
			continue;
		assert_int_equal(c, cases[i].column);
		assert_int_equal(r, cases[i].row);
	}
	assert_string_equal(xlsx_address(16383, 1048576, text), "XFD1048576");
	assert_string_equal(xlsx_address(0, 0, text), "A");
	assert_string_equal(xlsx_address(701, 7, text), "ZZ7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_of_every_type_are_read),
		cmocka_unit_test(
			runs_of_rich_text_are_one_text_and_readings_are_left_out),
		cmocka_unit_test(text_comes_composed_and_unescaped),
		cmocka_unit_test(numbers_keep_their_digits),
		cmocka_unit_test(days_are_told_by_their_format),
		cmocka_unit_test(
			formulas_give_their_stored_value_or_say_that_there_is_none),
		cmocka_unit_test(merged_areas_show_their_value_everywhere),
		cmocka_unit_test(
			rows_and_cells_may_lack_addresses_but_not_run_backwards),
		cmocka_unit_test(what_points_nowhere_is_refused),
		cmocka_unit_test(empty_sheets_have_no_rows),
		cmocka_unit_test(other_files_are_called_by_their_name),
		cmocka_unit_test(
			archives_without_a_workbook_are_called_by_their_name),
		cmocka_unit_test(damaged_archives_are_refused),
		cmocka_unit_test(bounds_are_held),
		cmocka_unit_test(the_reader_of_rows_may_stop),
		cmocka_unit_test(workbooks_of_a_library_are_read_whole),
		cmocka_unit_test(odd_but_honest_packages_are_read),
		cmocka_unit_test(parts_that_are_missing_are_named),
		cmocka_unit_test(addresses_are_read_and_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
