#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/attachment.h"
#include "phieu/base64.h"
#include "phieu/multipart.h"

#define TYPE "multipart/form-data; boundary=XX"

/* Parts as "name|filename|type|bytes" lines, absent names as "-"; an error
 * ends with "! " and its message.  The body is copied so that a read past
 * its end is seen by the sanitizer. */
static const char *shown_n(const char *type, const char *body, size_t n,
			   char *out, size_t size)
{
	struct arena *a = arena_new(1 << 20);
	char *copy = malloc(n + 1);
	struct err e = { 0 };
	struct multipart m;
	struct part p;
	size_t at = 0;
	int got = -1;

	out[0] = '\0';
	memcpy(copy, body, n);
	copy[n] = '\0';
	if (multipart_open(&m, type, copy, n, a, &e))
		while ((got = multipart_next(&m, &p, &e)) == 1)
			at += (size_t)snprintf(out + at, size - at,
					       "%s|%s|%s|%.*s\n",
					       p.name ? p.name : "-",
					       p.filename ? p.filename : "-",
					       p.type, (int)p.n, p.bytes);
	if (got < 0) {
		assert_int_equal(e.kind, ERR_INPUT);
		(void)snprintf(out + at, size - at, "! %s", e.msg);
	}
	free(copy);
	arena_free(a);
	return out;
}

static const char *shown(const char *body)
{
	static char out[8192];

	return shown_n(TYPE, body, strlen(body), out, sizeof out);
}

#define PART(head, body) "--XX\r\n" head "\r\n\r\n" body "\r\n"
#define FILE_HEAD(name)                                                \
	"Content-Disposition: form-data; name=\"" name "\"; filename=" \
	"\"" name "\""
#define END "--XX--\r\n"

static void bodies_as_clients_send_them_are_read(void **state)
{
	static const struct {
		const char *in, *out;
	} t[] = {
		{ END, "" },
		{ "\r\n" END, "" },
		{ "--XX--", "" },
		{ PART("Content-Disposition: form-data; name=\"a\"", "1") END,
		  "a|-||1\n" },
		/* Collect: a type with parameters, a transfer encoding */
		{ PART(FILE_HEAD(
			       "xml_submission_file") "\r\n"
						      "Content-Type: Text/XML; "
						      "charset=UTF-8\r\n"
						      "Content-Transfer-"
						      "Encoding: binary\r\n"
						      "Content-Length: 7",
		       "<data/>") END,
		  "xml_submission_file|xml_submission_file|text/xml|<data/"
		  ">\n" },
		/* the header names in any case and order */
		{ PART("content-type:text/plain\r\n"
		       "CONTENT-DISPOSITION:form-data;NAME=a",
		       "") END,
		  "a|-|text/plain|\n" },
		/* unquoted name, spaces around */
		{ PART("Content-Disposition: form-data ; name = a b ; "
		       "filename=c.jpg",
		       "x") END,
		  "a b|c.jpg||x\n" },
		/* an empty part whose delimiter follows its head at once */
		{ "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n"
		  "--XX\r\nContent-Disposition: form-data; "
		  "name=b\r\n\r\n\r\n" END,
		  "a|-||\nb|-||\n" },
		/* no headers at all */
		{ "--XX\r\n\r\nabc\r\n" END, "-|-||abc\n" },
		/* preamble, transport padding, epilogue */
		{ "this is MIME\r\n--XX \t\r\nContent-Disposition: form-data; "
		  "name=a\r\n\r\n1\r\n--XX--\r\nbye --XX\r\n",
		  "a|-||1\n" },
		/* what only looks like a delimiter is content */
		{ PART("Content-Disposition: form-data; name=a",
		       "1--XX\r\n--XXZ\r\n-XX\r\nXX--\r\n--X") END,
		  "a|-||1--XX\r\n--XXZ\r\n-XX\r\nXX--\r\n--X\n" },
		/* names: quotes and backslashes in both spellings */
		{ PART("Content-Disposition: form-data; name=\"a\\\"b\\\\c\"; "
		       "filename=\"C:\\x%22y.jpg\"",
		       "") END,
		  "a\"b\\c|C:\\x\"y.jpg||\n" },
		{ PART("Content-Disposition: form-data; name=\"100%\"; "
		       "filename=\"a%20b;c=d.jpg\"",
		       "") END,
		  "100%|a%20b;c=d.jpg||\n" },
		/* Vietnamese, composed and decomposed, as bytes */
		{ PART(FILE_HEAD("trang 1 Đ.jpg"), "x") END,
		  "trang 1 Đ.jpg|trang 1 Đ.jpg||x\n" },
		{ PART(FILE_HEAD("a\xcc\x89nh.jpg"), "x") END,
		  "a\xcc\x89nh.jpg|a\xcc\x89nh.jpg||x\n" },
		/* python-requests' way with names */
		{ PART("Content-Disposition: form-data; name=\"f\"; "
		       "filename*=utf-8''%E1%BA%A3nh%201.jpg",
		       "x") END,
		  "f|ảnh 1.jpg||x\n" },
		{ PART("Content-Disposition: form-data; name=\"f\"; "
		       "filename=\"anh.jpg\"; filename*=UTF-8'vi'%e1%ba%a3.jpg",
		       "x") END,
		  "f|ả.jpg||x\n" },
		/* in an encoding we do not know, the other name serves */
		{ PART("Content-Disposition: form-data; name=\"f\"; "
		       "filename=\"anh.jpg\"; filename*=latin1''%e1.jpg",
		       "x") END,
		  "f|anh.jpg||x\n" },
		{ PART("Content-Disposition: form-data; "
		       "name=\"*isIncomplete*\"",
		       "yes") END,
		  "*isIncomplete*|-||yes\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_string_equal(shown(t[i].in), t[i].out);
}

static void malformed_bodies_are_named(void **state)
{
	static const struct {
		const char *in, *out;
	} t[] = {
		{ "", "! the boundary does not stand in the multipart body" },
		{ "hello", "! the boundary does not stand in the multipart "
			   "body" },
		{ "--XXZ\r\n\r\n\r\n--XXZ--",
		  "! the boundary does not stand in the multipart body" },
		{ "--XX\r\n", "! the head of a part does not end" },
		{ "--XX\r\nA: b\r\n", "! the head of a part does not end" },
		{ "--XX\r\nno colon\r\n\r\n\r\n" END,
		  "! a malformed header in a part" },
		{ PART("Content-Disposition: form-data; name=a", "1"),
		  "! the multipart body ends in the middle of a part" },
		{ "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
		  "--XX-",
		  "! the multipart body ends in the middle of a part" },
		/* only LF: nobody sends it, and guessing where parts end is
		 * how files get cut */
		{ "--XX\nContent-Disposition: form-data; name=a\n\n1\n--XX--\n",
		  "! the boundary does not stand in the multipart body" },
		{ PART("Content-Disposition: attachment; name=a", "1") END,
		  "! a part that is no form-data" },
		{ PART("Content-Disposition: form-data; name=a\r\n"
		       "Content-Disposition: form-data; name=b",
		       "1") END,
		  "! a part with two Content-Disposition" },
		{ PART("Content-Disposition: form-data; name=a; name=b", "1")
			  END,
		  "! a part has two names" },
		{ PART("Content-Disposition: form-data; name=\"a", "1") END,
		  "! a malformed Content-Disposition" },
		{ PART("Content-Disposition: form-data; name", "1") END,
		  "! a malformed Content-Disposition" },
		{ PART("Content-Disposition: form-data; name=\"a\"b", "1") END,
		  "! a malformed Content-Disposition" },
		{ PART("Content-Disposition: form-data; =a", "1") END,
		  "! a malformed Content-Disposition" },
		{ PART("Content-Disposition: form-data; name=\"\xff\"", "1")
			  END,
		  "! a part's name is not UTF-8" },
		{ PART("Content-Disposition: form-data; name=a; "
		       "filename*=utf-8''%ff",
		       "1") END,
		  "! a part's name is not UTF-8" },
		{ PART("Content-Disposition: form-data; name=a\r\n"
		       "Content-Transfer-Encoding: base64",
		       "MQ==") END,
		  "! a part with a Content-Transfer-Encoding" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_string_equal(shown(t[i].in), t[i].out);
}

static void the_boundary_comes_from_the_content_type(void **state)
{
	static const struct {
		const char *type, *mark;
	} ok[] = {
		{ "multipart/form-data; boundary=XX", "XX" },
		{ "Multipart/Form-Data;boundary=\"XX\"", "XX" },
		{ "multipart/form-data; charset=utf-8; boundary=X-Y_Z",
		  "X-Y_Z" },
		{ "multipart/form-data; boundary=\"a b:c\" ; x=y", "a b:c" },
		{ "multipart/form-data; boundary=----WebKitFormBoundary7MA4",
		  "----WebKitFormBoundary7MA4" },
	};
	static const char *const bad[] = {
		"multipart/form-data",
		"multipart/form-data;",
		"multipart/form-data; boundary",
		"multipart/form-data; boundary=",
		"multipart/form-data; boundary=\"\"",
		"multipart/form-data; boundary=\"XX",
		"multipart/mixed; boundary=XX",
		"application/json",
		"",
	};
	char body[200], out[300];

	(void)state;
	for (size_t i = 0; i < sizeof ok / sizeof ok[0]; i++) {
		(void)snprintf(body, sizeof body,
			       "--%s\r\nContent-Disposition: form-data; "
			       "name=a\r\n\r\n1\r\n--%s--\r\n",
			       ok[i].mark, ok[i].mark);
		assert_string_equal(shown_n(ok[i].type, body, strlen(body), out,
					    sizeof out),
				    "a|-||1\n");
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(shown_n(bad[i], END, strlen(END), out,
					 sizeof out)[0],
				 '!');
	assert_false(multipart_is(NULL));
	assert_false(multipart_is("multipart/form-dat"));
	assert_true(multipart_is(" multipart/form-data ; x"));
}

static void a_boundary_has_an_end(void **state)
{
	struct arena *a = arena_new(1 << 16);
	char type[400] = "multipart/form-data; boundary=";
	struct err e = { 0 };
	struct multipart m;

	(void)state;
	(void)memset(type + strlen(type), 'b', 201);
	assert_false(multipart_open(&m, type, "", 0, a, &e));
	assert_string_equal(e.msg, "the multipart body has no boundary");
	arena_free(a);
}

/* story 7, story 8: a cut never gives fewer files without saying so */
static void a_body_cut_anywhere_is_never_whole(void **state)
{
	static const char body[] =
		PART(FILE_HEAD("xml_submission_file"), "<data/>")
			PART(FILE_HEAD("a.jpg"), "\r\n--X\r\n")
				PART(FILE_HEAD("b.jpg"), "zz") "--XX--";
	char out[1000];

	(void)state;
	for (size_t n = 0; n + 1 < sizeof body - 1; n++) {
		(void)shown_n(TYPE, body, n, out, sizeof out);
		assert_non_null(strchr(out, '!'));
	}
	assert_string_equal(shown_n(TYPE, body, sizeof body - 1, out,
				    sizeof out),
			    "xml_submission_file|xml_submission_file||<data/>\n"
			    "a.jpg|a.jpg||\r\n--X\r\n\nb.jpg|b.jpg||zz\n");
}

static void binary_content_keeps_every_byte(void **state)
{
	static const char head[] = "--XX\r\nContent-Disposition: form-data; "
				   "name=a; filename=a\r\n\r\n";
	char body[sizeof head + 256 + 20];
	struct arena *a = arena_new(1 << 16);
	struct err e = { 0 };
	struct multipart m;
	struct part p;
	size_t n = sizeof head - 1;

	(void)state;
	memcpy(body, head, n);
	for (int i = 0; i < 256; i++)
		body[n++] = (char)i;
	memcpy(body + n, "\r\n--XX--", 8);
	assert_true(multipart_open(&m, TYPE, body, n + 8, a, &e));
	assert_int_equal(multipart_next(&m, &p, &e), 1);
	assert_int_equal(p.n, 256);
	for (size_t i = 0; i < 256; i++)
		assert_int_equal((unsigned char)p.bytes[i], i);
	assert_int_equal(multipart_next(&m, &p, &e), 0);
	assert_int_equal(multipart_next(&m, &p, &e), 0);
	/* a NUL in a head is no text */
	body[20] = '\0';
	assert_true(multipart_open(&m, TYPE, body, n + 8, a, &e));
	assert_int_equal(multipart_next(&m, &p, &e), -1);
	arena_free(a);
}

static void parts_and_heads_are_bounded(void **state)
{
	struct buf b = BUF_INIT(1 << 20);
	char *out = malloc(1 << 20);

	(void)state;
	for (int i = 0; i < LIMIT_PARTS; i++)
		buf_adds(&b,
			 PART("Content-Disposition: form-data; name=a", ""));
	size_t n = b.len;
	buf_adds(&b, END);
	(void)shown_n(TYPE, b.data, b.len, out, 1 << 20);
	assert_null(strchr(out, '!'));
	b.len = n;
	buf_adds(&b, PART("Content-Disposition: form-data; name=a", "") END);
	(void)shown_n(TYPE, b.data, b.len, out, 1 << 20);
	assert_non_null(strstr(out, "! more than 250 parts"));
	b.len = 0;
	buf_adds(&b, "--XX\r\nX: ");
	for (size_t i = 0; i < LIMIT_PART_HEAD_BYTES; i++)
		buf_adds(&b, "y");
	buf_adds(&b, "\r\n\r\n\r\n" END);
	(void)shown_n(TYPE, b.data, b.len, out, 1 << 20);
	assert_string_equal(out, "! the head of a part is too long");
	free(out);
	buf_free(&b);
}

static void names_of_files_are_made_one(void **state)
{
	static const char *const bad[] = { "",	   ".",		"..",
					   "a/b",  "../../etc", "a\\b",
					   "a\nb", "a\tb",	"\x7f",
					   "\x01", "\xff.jpg",	"a\r" };
	struct arena *a = arena_new(1 << 16);
	struct err e = { 0 };
	const char *one, *two;
	char longest[300];

	(void)state;
	/* story 45: the form names it composed, the phone sends it
	 * decomposed */
	assert_true(attachment_name("\xe1\xba\xa3nh.jpg", a, &one, &e));
	assert_true(attachment_name("a\xcc\x89nh.jpg", a, &two, &e));
	assert_string_equal(one, two);
	assert_true(attachment_name("trang 1 (Đ) \"x\".jpg", a, &one, &e));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		e = (struct err){ 0 };
		assert_false(attachment_name(bad[i], a, &one, &e));
		assert_int_equal(e.kind, ERR_INPUT);
	}
	(void)memset(longest, 'x', sizeof longest);
	longest[249] = '\0';
	assert_true(attachment_name(longest, a, &one, &e));
	longest[249] = 'x';
	longest[250] = '\0';
	assert_false(attachment_name(longest, a, &one, &e));
	arena_free(a);
}

static void files_are_known_by_content(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *type;
	} t[] = {
		{ "\xff\xd8\xff\xe0....", 8, "image/jpeg" },
		{ "\x89PNG\r\n\x1a\n", 8, "image/png" },
		{ "\x89PNG\r\n\x1a", 7, "application/octet-stream" },
		{ "%PDF-1.7", 8, "application/pdf" },
		{ "RIFF....WEBP", 12, "image/webp" },
		{ "II*\0", 4, "image/tiff" },
		{ "....ftypheic", 12, "image/heic" },
		{ "....ftypisom", 12, "video/mp4" },
		{ "<html>", 6, "application/octet-stream" },
		{ "", 0, "application/octet-stream" },
	};
	struct arena *a = arena_new(1 << 16);
	char *large = calloc(1, LIMIT_ATTACHMENT_BYTES + 1);
	struct attachment f;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_string_equal(attachment_type(t[i].bytes, t[i].n),
				    t[i].type);
	assert_true(attachment_take(&f, "a.txt", t[0].bytes, 8, a, &e));
	/* a head alone is no picture: a damaged one */
	assert_string_equal(f.type, ATTACHMENT_DAMAGED_TYPE);
	assert_int_equal(f.n, 8);
	assert_true(
		attachment_take(&f, "a", large, LIMIT_ATTACHMENT_BYTES, a, &e));
	assert_false(attachment_take(&f, "a", large, LIMIT_ATTACHMENT_BYTES + 1,
				     a, &e));
	assert_string_equal(e.msg, "a file is larger than 10 MiB");
	assert_false(attachment_take(&f, "a/b", "x", 1, a, &e));
	free(large);
	arena_free(a);
}

static void base64_is_strict(void **state)
{
	static const struct {
		const char *text, *bytes;
	} t[] = { { "", "" },
		  { "Zg==", "f" },
		  { "Zm8=", "fo" },
		  { "Zm9v", "foo" },
		  { "Zm9vYg==", "foob" } };
	static const char *const bad[] = { "Z",	    "Zg",   "Zg=",    "Zg==x",
					   "Zm9v ", "Z*==", "Zm9vYg=" };
	struct buf b = BUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		b.len = 0;
		base64_add(&b, t[i].bytes, strlen(t[i].bytes));
		assert_string_equal(b.data ? b.data : "", t[i].text);
		b.len = 0;
		assert_true(base64_parse(&b, t[i].text, strlen(t[i].text)));
		assert_int_equal(b.len, strlen(t[i].bytes));
		assert_memory_equal(b.data ? b.data : "", t[i].bytes, b.len);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(base64_parse(&b, bad[i], strlen(bad[i])));
	buf_free(&b);
	b = (struct buf)BUF_INIT(2);
	assert_false(base64_parse(&b, "Zm9v", 4));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_as_clients_send_them_are_read),
		cmocka_unit_test(malformed_bodies_are_named),
		cmocka_unit_test(the_boundary_comes_from_the_content_type),
		cmocka_unit_test(a_boundary_has_an_end),
		cmocka_unit_test(a_body_cut_anywhere_is_never_whole),
		cmocka_unit_test(binary_content_keeps_every_byte),
		cmocka_unit_test(parts_and_heads_are_bounded),
		cmocka_unit_test(names_of_files_are_made_one),
		cmocka_unit_test(files_are_known_by_content),
		cmocka_unit_test(base64_is_strict),
	};

	return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
