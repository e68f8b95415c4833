/* The package: what kind of file it is, its parts, unpacking within bounds. */
#include "xlsx_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phieu/limits.h"
#include "phieu/utf8.h"

#define ARENA_BYTES ((size_t)16 << 20)
#define FEED_BYTES  ((size_t)64 << 10)
#define NO_PART	    ((size_t)-1)

bool xlsx_bad(struct xlsx *x, struct err *e, const char *code,
	      const char *place, const char *words, const char *words_vi)
{
	/* what looks wrong may be what memory had no room for */
	if (arena_broken(x->arena))
		return err_set(e, ERR_NOMEM, "out of memory");
	if (x->faults)
		fault_add(x->faults, code, place, words, words_vi);
	return err_set(e, ERR_INPUT, "%s", words);
}

const char *xlsx_attr(const struct xml_attr *a, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(a[i].name, name) == 0)
			return a[i].value;
	return NULL;
}

bool xlsx_true(const char *value)
{
	return strcmp(value, "1") == 0 || strcasecmp(value, "true") == 0 ||
	       strcasecmp(value, "on") == 0;
}

bool xlsx_index(const char *s, size_t *out)
{
	size_t v = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || v > 100000000)
			return false;
		v = v * 10 + (size_t)(*s - '0');
	}
	*out = v;
	return true;
}

/* ---- what kind of file ----------------------------------------------------
 */

static bool begins(const void *file, size_t n, const char *magic, size_t m)
{
	return n >= m && memcmp(file, magic, m) == 0;
}

static bool is_old_office(const void *file, size_t n)
{
	return begins(file, n, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
}

static bool is_zip(const void *file, size_t n)
{
	return begins(file, n, "PK\3\4", 4) || begins(file, n, "PK\5\6", 4);
}

/* Excel 2 to 4 wrote a record without a container. */
static bool is_bare_record(const void *file, size_t n)
{
	return begins(file, n, "\x09\x00\x04\x00", 4) ||
	       begins(file, n, "\x09\x02\x06\x00", 4) ||
	       begins(file, n, "\x09\x04\x06\x00", 4) ||
	       begins(file, n, "\x09\x08\x08\x00", 4) ||
	       begins(file, n, "\x09\x08\x10\x00", 4);
}

bool xlsx_looks_like(const void *file, size_t n)
{
	return is_zip(file, n) || is_old_office(file, n) ||
	       is_bare_record(file, n) || begins(file, n, "%PDF", 4);
}

/* Stream names stand in the container's directory as UTF-16. */
static bool has_stream(const void *file, size_t n, const char *name)
{
	char wide[64];
	size_t m = strlen(name);

	for (size_t i = 0; i < m; i++) {
		wide[2 * i] = name[i];
		wide[2 * i + 1] = '\0';
	}
	return memmem(file, n, wide, 2 * m) != NULL;
}

static bool refuse_old(struct xlsx *x, const void *file, size_t n,
		       struct err *e)
{
	if (has_stream(file, n, "EncryptedPackage"))
		return xlsx_bad(x, e, "F03", "/",
				"the workbook is protected by a password; take "
				"it off and save again",
				"Tệp có mật khẩu mở; hãy bỏ mật khẩu rồi lưu "
				"lại");
	if (has_stream(file, n, "WordDocument"))
		return xlsx_bad(x, e, "F05", "/", "a Word document",
				"Đây là tệp Word, không phải tệp Excel");
	return xlsx_bad(x, e, "F04", "/",
			"an Excel 97-2003 workbook (.xls); save it as .xlsx",
			"Tệp Excel 97-2003 (.xls); hãy chọn Lưu thành (Save "
			"As) .xlsx");
}

static bool refuse_text(struct xlsx *x, const void *file, size_t n,
			struct err *e)
{
	size_t head = n < 2048 ? n : 2048;

	if (begins(file, n, "%PDF", 4))
		return xlsx_bad(x, e, "F05", "/", "a PDF file",
				"Đây là tệp PDF, không phải tệp Excel");
	if (memmem(file, head, "office:spreadsheet", 18))
		return xlsx_bad(x, e, "F05", "/",
				"an XML spreadsheet of 2003; save it as .xlsx",
				"Bảng tính XML 2003; hãy lưu lại thành .xlsx");
	if (memmem(file, head, "<html", 5) || memmem(file, head, "<HTML", 5) ||
	    memmem(file, head, "<table", 6))
		return xlsx_bad(x, e, "F05", "/",
				"a web page with the name of a workbook; save "
				"it as .xlsx",
				"Đây là trang web mang tên tệp Excel; hãy lưu "
				"lại thành .xlsx");
	return xlsx_bad(x, e, "F02", "/", "not an Excel workbook",
			"Đây không phải tệp Excel (.xlsx)");
}

/* Each entry costs the reader of the directory memory before it can be
 * counted there, so its mark is counted in the bytes. */
static size_t count_entries(const char *s, size_t n)
{
	const char *end = s + n;
	size_t count = 0;

	while (count <= LIMIT_XLSX_ENTRIES &&
	       (s = memmem(s, (size_t)(end - s), "PK\1\2", 4))) {
		count++;
		s += 4;
	}
	return count;
}

static bool refuse_kind(struct xlsx *x, const void *file, size_t n,
			struct err *e)
{
	if (n == 0)
		return xlsx_bad(x, e, "F01", "/", "the file is empty",
				"Tệp rỗng");
	if (is_old_office(file, n))
		return refuse_old(x, file, n, e);
	if (is_bare_record(file, n))
		return refuse_old(x, "", 0, e);
	if (!is_zip(file, n))
		return refuse_text(x, file, n, e);
	if (n > LIMIT_XLSX_BYTES)
		return xlsx_bad(x, e, "F07", "/",
				"the file is larger than 16 MiB",
				"Tệp lớn hơn 16 MiB");
	if (count_entries(file, n) > LIMIT_XLSX_ENTRIES)
		return xlsx_bad(x, e, "F07", "/",
				"more than 2000 entries in the archive",
				"Tệp nén có hơn 2000 mục");
	return true;
}

/* ---- parts ----------------------------------------------------------------
 */

/* Names of parts know no case; some old writers put backslashes. */
static char *fold(struct arena *a, const char *name)
{
	char *out = arena_strdup(a, *name == '/' ? name + 1 : name);

	for (char *p = out; p && *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
		else if (*p == '\\')
			*p = '/';
	}
	return out;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct part *)a)->name,
		      ((const struct part *)b)->name);
}

size_t xlsx_part(const struct xlsx *x, const char *name)
{
	struct part key = { NULL, 0 };
	const struct part *found = NULL;
	char folded[1024];
	size_t n = strlen(name);

	if (n >= sizeof folded || x->n_parts == 0)
		return NO_PART;
	for (size_t i = 0; i <= n; i++)
		folded[i] =
			(char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32
								: name[i]);
	key.name = folded;
	found = bsearch(&key, x->parts, x->n_parts, sizeof *x->parts, by_name);
	return found ? (size_t)(found - x->parts) : NO_PART;
}

static bool damaged(struct xlsx *x, struct err *e)
{
	return xlsx_bad(x, e, "F06", "/",
			"the file is cut off or damaged; copy it again",
			"Tệp bị cắt hoặc hỏng; hãy chép lại từ máy gốc");
}

static bool list_parts(struct xlsx *x, struct err *e)
{
	zip_int64_t n = zip_get_num_entries(x->zip, 0);
	const char *name;

	x->parts = arena_array(x->arena, (size_t)n + 1, sizeof *x->parts);
	for (zip_int64_t i = 0; x->parts && i < n; i++) {
		name = zip_get_name(x->zip, (zip_uint64_t)i, ZIP_FL_ENC_GUESS);
		if (!name)
			return damaged(x, e);
		x->parts[i] =
			(struct part){ fold(x->arena, name), (zip_uint64_t)i };
		x->n_parts++;
	}
	if (!x->parts || arena_broken(x->arena)) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	if (x->n_parts > 1)
		qsort(x->parts, x->n_parts, sizeof *x->parts, by_name);
	for (size_t i = 1; i < x->n_parts; i++)
		if (strcmp(x->parts[i - 1].name, x->parts[i].name) == 0)
			return xlsx_bad(x, e, "F06", "/",
					"two parts of the file have one name",
					"Hai phần trong tệp trùng tên");
	return true;
}

/* Beyond a first 16 MiB, what unpacks to 400 times its size is no table that
 * people filled. */
static bool within(struct xlsx *x, size_t got, size_t packed, struct err *e)
{
	if (x->unpacked > LIMIT_XLSX_UNPACKED ||
	    (got > LIMIT_XLSX_RATIO_FROM && got / LIMIT_XLSX_RATIO > packed))
		return xlsx_bad(x, e, "F07", "/",
				"the file unpacks to more than can be read",
				"Tệp giải nén ra quá lớn, không đọc được");
	return true;
}

/* A parser's own error is about this part: it gets a fault, unless the
 * handler's words have one. */
static bool parse_failed(struct xlsx *x, size_t part, size_t faults_before,
			 const struct err *e)
{
	const char *place, *words;

	if (e->kind != ERR_INPUT || !x->faults || x->stopped ||
	    x->faults->n + x->faults->more > faults_before)
		return false;
	place = arena_printf(x->faults->arena, "/%s", x->parts[part].name);
	words = arena_strdup(x->faults->arena, e->msg);
	fault_add(x->faults, "F08", place ? place : "/", words,
		  "Nội dung bên trong tệp Excel bị sai cấu trúc");
	return false;
}

static bool feed(struct xlsx *x, zip_file_t *f, size_t packed,
		 struct xml_stream *xs, char *room, struct err *e)
{
	size_t got = 0;
	zip_int64_t n;

	while ((n = zip_fread(f, room, FEED_BYTES)) > 0) {
		got += (size_t)n;
		x->unpacked += (size_t)n;
		if (!within(x, got, packed, e) ||
		    !xml_stream_feed(xs, room, (size_t)n, e))
			return false;
	}
	if (n < 0)
		return damaged(x, e);
	return xml_stream_end(xs, e);
}

static zip_file_t *open_part(struct xlsx *x, size_t part, size_t *packed,
			     struct err *e)
{
	zip_stat_t st;
	zip_file_t *f = NULL;

	zip_stat_init(&st);
	if (zip_stat_index(x->zip, x->parts[part].index, 0, &st) != 0 ||
	    !(st.valid & ZIP_STAT_COMP_SIZE)) {
		damaged(x, e);
		return NULL;
	}
	*packed = (size_t)st.comp_size;
	if (st.encryption_method != ZIP_EM_NONE)
		xlsx_bad(x, e, "F03", "/",
			 "the archive is protected by a password",
			 "Tệp nén có mật khẩu");
	else if (st.comp_method != ZIP_CM_STORE &&
		 st.comp_method != ZIP_CM_DEFLATE)
		xlsx_bad(x, e, "F06", "/",
			 "the archive is packed in a way workbooks never are",
			 "Tệp nén theo cách mà Excel không dùng");
	else if (!(f = zip_fopen_index(x->zip, x->parts[part].index, 0)))
		damaged(x, e);
	return f;
}

bool xlsx_part_xml(struct xlsx *x, size_t part, const struct xml_handler *h,
		   void *arg, struct err *e)
{
	size_t before = x->faults ? x->faults->n + x->faults->more : 0;
	size_t packed = 0;
	zip_file_t *f = open_part(x, part, &packed, e);
	struct xml_stream *xs = NULL;
	char *room = NULL;
	bool ok = false;

	if (!f)
		return false;
	xs = xml_stream_new(&xml_xlsx_limits, h, arg, e);
	room = malloc(FEED_BYTES);
	if (xs && !room)
		err_set(e, ERR_NOMEM, "out of memory");
	ok = xs && room && feed(x, f, packed, xs, room, e);
	free(room);
	xml_stream_free(xs);
	(void)zip_fclose(f);
	return ok || parse_failed(x, part, before, e);
}

/* ---- the workbook ----------------------------------------------------------
 */

static bool open_zip(struct xlsx *x, const void *file, size_t n, struct err *e)
{
	zip_error_t why;
	zip_source_t *src;

	zip_error_init(&why);
	src = zip_source_buffer_create(file, n, 0, &why);
	if (!src)
		return err_set(e, ERR_NOMEM, "out of memory");
	x->zip = zip_open_from_source(src, ZIP_RDONLY, &why);
	if (!x->zip) {
		zip_source_free(src);
		zip_error_fini(&why);
		return damaged(x, e);
	}
	return true;
}

struct xlsx *xlsx_open(const void *file, size_t n, struct faults *faults,
		       struct err *e)
{
	struct xlsx *x = calloc(1, sizeof *x);

	if (x)
		x->arena = arena_new(ARENA_BYTES);
	if (!x || !x->arena) {
		free(x);
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	x->faults = faults;
	x->strings = (struct buf)BUF_INIT(LIMIT_XLSX_STRING_BYTES);
	if (!refuse_kind(x, file, n, e) || !open_zip(x, file, n, e) ||
	    !list_parts(x, e) || !xlsx_book_load(x, e)) {
		xlsx_close(x);
		return NULL;
	}
	return x;
}

void xlsx_close(struct xlsx *x)
{
	if (!x)
		return;
	if (x->zip)
		zip_discard(x->zip);
	buf_free(&x->strings);
	free(x->string_at);
	free(x->formats);
	arena_free(x->arena);
	free(x);
}

size_t xlsx_sheets(const struct xlsx *x)
{
	return x->n_sheets;
}

const struct xlsx_sheet *xlsx_sheet(const struct xlsx *x, size_t i)
{
	return &x->sheets[i].pub;
}

size_t xlsx_find(const struct xlsx *x, const char *name)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct err e = { 0 };
	size_t i;
	const char *want = a ? utf8_key(a, name, strlen(name), &e) : NULL;

	for (i = 0; want && i < x->n_sheets; i++) {
		const char *have = x->sheets[i].pub.name;
		have = utf8_key(a, have, strlen(have), &e);
		if (have && strcmp(have, want) == 0)
			break;
	}
	arena_free(a);
	return e.kind == ERR_NOMEM || !a ? SIZE_MAX : want ? i : x->n_sheets;
}

const char *xlsx_defined(const struct xlsx *x, const char *name)
{
	for (size_t i = 0; i < x->n_defined; i++)
		if (strcasecmp(x->defined[i].name, name) == 0)
			return x->defined[i].value;
	return NULL;
}

const char *xlsx_address(uint32_t column, uint32_t row,
			 char out[XLSX_ADDRESS_MAX])
{
	char letters[8];
	size_t n = 0, at = 0;
	uint32_t c = column + 1;

	while (c > 0) {
		letters[n++] = (char)('A' + (c - 1) % 26);
		c = (c - 1) / 26;
	}
	while (n > 0)
		out[at++] = letters[--n];
	out[at] = '\0';
	if (row > 0)
		(void)snprintf(out + at, XLSX_ADDRESS_MAX - at, "%u", row);
	return out;
}

bool xlsx_address_parse(const char *s, size_t n, uint32_t *column,
			uint32_t *row)
{
	uint32_t c = 0, r = 0;
	size_t i = 0;

	i += i < n && s[i] == '$';
	for (; i < n && c <= XLSX_COLUMNS; i++) {
		if (s[i] >= 'A' && s[i] <= 'Z')
			c = c * 26 + (uint32_t)(s[i] - 'A' + 1);
		else if (s[i] >= 'a' && s[i] <= 'z')
			c = c * 26 + (uint32_t)(s[i] - 'a' + 1);
		else
			break;
	}
	i += i < n && s[i] == '$';
	if (i == n || s[i] == '0')
		return false;
	for (; i < n && s[i] >= '0' && s[i] <= '9' && r <= XLSX_ROWS; i++)
		r = r * 10 + (uint32_t)(s[i] - '0');
	if (i != n || c == 0 || c > XLSX_COLUMNS || r == 0 || r > XLSX_ROWS)
		return false;
	*column = c - 1;
	*row = r;
	return true;
}
