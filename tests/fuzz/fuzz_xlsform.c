/* Forms by the XLSForm convention: as bytes (PK…), or as three texts cut by
 * 0x01 (survey, choices, settings; lines of cells cut by tabs) that are put
 * into a workbook here.  Faults and notes have places and two languages; what
 * has none is JSON that goes into a plan, and what is said of that is said in
 * words. */
#include "fuzz.h"
#include "zip.h"

#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/utf8.h"
#include "phieu/xlsform.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
static struct plan *plan;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = { 0 };

	(void)argc;
	(void)argv;
	plan = plan_file_read("tests/fuzz/corpus/plan/small", &e);
	MUST(plan);
	return 0;
}

static void add_cell(struct buf *x, const char *s, size_t n)
{
	buf_adds(x, "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">");
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '<')
			buf_adds(x, "&lt;");
		else if (s[i] == '&')
			buf_adds(x, "&amp;");
		else
			buf_add(x, s + i, 1);
	}
	buf_adds(x, "</t></is></c>");
}

static void add_sheet(struct buf *x, const char *s, const char *end)
{
	buf_adds(x, "<worksheet><sheetData>");
	while (s < end) {
		const char *line = memchr(s, '\n', (size_t)(end - s));

		line = line ? line : end;
		buf_adds(x, "<row>");
		for (;;) {
			const char *tab = memchr(s, '\t', (size_t)(line - s));

			add_cell(x, s, (size_t)((tab ? tab : line) - s));
			if (!tab)
				break;
			s = tab + 1;
		}
		buf_adds(x, "</row>");
		s = line + 1;
	}
	buf_adds(x, "</sheetData></worksheet>");
}

static void workbook(const char *s, size_t n, struct buf *zip)
{
	static const char *const names[] = { "xl/a.xml", "xl/b.xml",
					     "xl/c.xml" };
	struct buf dir = BUF_INIT(1 << 20), x = BUF_INIT(1 << 22);
	const char *end = s + n;

	zip_text(zip, &dir, "xl/workbook.xml",
		 "<workbook><sheets><sheet name=\"survey\" id=\"a\"/><sheet "
		 "name=\"choices\" id=\"b\"/><sheet name=\"settings\" "
		 "id=\"c\"/></sheets></workbook>");
	zip_text(zip, &dir, "xl/_rels/workbook.xml.rels",
		 "<R><Relationship Id=\"a\" Type=\"/worksheet\" "
		 "Target=\"a.xml\"/><Relationship Id=\"b\" "
		 "Type=\"/worksheet\" Target=\"b.xml\"/><Relationship "
		 "Id=\"c\" Type=\"/worksheet\" Target=\"c.xml\"/></R>");
	for (size_t i = 0; i < 3; i++) {
		const char *cut =
			s < end ? memchr(s, 1, (size_t)(end - s)) : NULL;

		cut = cut && i < 2 ? cut : end;
		x.len = 0;
		add_sheet(&x, s, cut);
		zip_entry(zip, &dir, names[i], x.data, x.len);
		s = cut < end ? cut + 1 : end;
	}
	buf_free(&x);
	zip_end(zip, &dir, 5);
}

static void worded(const struct faults *f)
{
	for (size_t i = 0; i < f->n; i++) {
		size_t bad;

		MUST(*f->list[i].code);
		MUST(*f->list[i].message && *f->list[i].message_vi);
		MUST(utf8_valid(f->list[i].message, strlen(f->list[i].message),
				&bad));
		MUST(utf8_valid(f->list[i].message_vi,
				strlen(f->list[i].message_vi), &bad));
	}
}

static void join(const struct buf *parts, struct arena *a)
{
	struct buf out = BUF_INIT(LIMIT_PLAN_BYTES);
	struct faults f;
	struct err e = { 0 };
	struct plan *p;

	faults_init(&f, a);
	if (xlsform_join(plan, parts->data, parts->len, &out, &f, &e)) {
		worded(&f);
		if (f.n == 0) {
			p = plan_read(out.data, out.len, &f, &e);
			MUST(p && f.n == 0);
			plan_free(p);
		}
	}
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf file = BUF_INIT(1 << 22), out = BUF_INIT(LIMIT_PLAN_BYTES);
	struct arena *a = arena_new((size_t)64 << 20);
	struct faults faults, notes;
	struct err e = { 0 };

	MUST(a);
	faults_init(&faults, a);
	faults_init(&notes, a);
	if (n >= 2 && memcmp(data, "PK", 2) == 0)
		buf_add(&file, data, n);
	else
		workbook((const char *)data, n, &file);
	if (xlsform_read(file.data, file.len, "mẫu thử", &out, &faults, &notes,
			 &e)) {
		MUST(out.len && json_check(out.data, out.len, &json_plan_limits,
					   NULL, &e));
		if (faults.n == 0)
			join(&out, a);
	} else {
		MUST(e.kind == ERR_INPUT || e.kind == ERR_NOMEM);
	}
	worded(&faults);
	worded(&notes);
	buf_free(&file);
	buf_free(&out);
	arena_free(a);
	return 0;
}
