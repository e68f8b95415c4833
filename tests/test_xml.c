#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/xml.h"

#define OUT ((size_t)4096)

/* Events as text: (name, attributes as @name=value, text as 'text', ). */
struct tape {
	char text[OUT];
	size_t n;
};

static void put(struct tape *t, const char *s, size_t n)
{
	assert_true(t->n + n < OUT);
	memcpy(t->text + t->n, s, n);
	t->n += n;
	t->text[t->n] = '\0';
}

static void puts3(struct tape *t, const char *a, const char *b, const char *c)
{
	put(t, a, strlen(a));
	put(t, b, strlen(b));
	put(t, c, strlen(c));
}

static bool on_start(void *arg, const char *ns, const char *name,
		     const struct xml_attr *attrs, size_t n, struct err *e)
{
	struct tape *t = arg;

	if (strcmp(name, "stop") == 0)
		return err_set(e, ERR_CONFLICT, "stopped at will");
	puts3(t, "(", name, "");
	if (*ns)
		puts3(t, "{", ns, "}");
	for (size_t i = 0; i < n; i++) {
		puts3(t, " @", attrs[i].name, "");
		if (*attrs[i].ns)
			puts3(t, "{", attrs[i].ns, "}");
		puts3(t, "=", attrs[i].value, "");
	}
	put(t, " ", 1);
	return true;
}

static bool on_end(void *arg, const char *ns, const char *name, struct err *e)
{
	(void)ns;
	if (strcmp(name, "halt") == 0)
		return err_set(e, ERR_CONFLICT, "halted at will");
	put(arg, ")", 1);
	return true;
}

static bool on_text(void *arg, const char *s, size_t n, struct err *e)
{
	if (n >= 4 && memcmp(s, "whoa", 4) == 0)
		return err_set(e, ERR_CONFLICT, "text stopped at will");
	put(arg, s, n);
	return true;
}

static const struct xml_handler handler = { on_start, on_end, on_text };
static const struct xml_handler deaf = { .start = on_start };

/* The events, or "! kind: message". */
static const char *events(const char *s, size_t n, size_t piece,
			  const struct xml_limits *lim, struct tape *t)
{
	struct xml_stream *x;
	struct err e = { 0 };
	bool ok = true;

	*t = (struct tape){ .n = 0 };
	x = xml_stream_new(lim, &handler, t, &e);
	assert_non_null(x);
	for (size_t at = 0; ok && at < n; at += piece)
		ok = xml_stream_feed(x, s + at, n - at < piece ? n - at : piece,
				     &e);
	if (ok)
		ok = xml_stream_end(x, &e);
	if (!ok) {
		struct err again = { 0 };

		(void)snprintf(t->text, OUT, "! %s: %s", err_kind_name(e.kind),
			       e.msg);
		assert_false(xml_stream_feed(x, "<a/>", 4, &again));
		assert_string_equal(again.msg, e.msg);
		assert_false(xml_stream_end(x, &again));
	}
	xml_stream_free(x);
	return t->text;
}

static const struct row {
	const char *in, *out;
} honest[] = {
	{ "<a/>", "(a )" },
	{ "\xef\xbb\xbf<a/>", "(a )" },
	{ "<?xml version=\"1.0\"?><a/>", "(a )" },
	{ "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<a/>\n",
	  "(a )" },
	{ "<?xml version='1.0' encoding='UTF8'?><a/>", "(a )" },
	{ "<?xml version='1.0' encoding='US-ASCII'?><a>\xc4\x91</a>",
	  "(a \xc4\x91)" },
	{ "<a>x<b/>y</a>", "(a x(b )y)" },
	{ "<a b='1' c=\"2\"/>", "(a @b=1 @c=2 )" },
	{ "<a xmlns='u:r'><b/></a>", "(a{u:r} (b{u:r} ))" },
	{ "<p:a xmlns:p='u' p:c='1' c='2'/>", "(a{u} @c{u}=1 @c=2 )" },
	{ "<a xml:lang='vi'/>",
	  "(a @lang{http://www.w3.org/XML/1998/namespace}=vi )" },
	{ "<a xmlns='u'><b xmlns=''/></a>", "(a{u} (b ))" },
	{ "<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1EC7;</a>",
	  "(a <>&\"'A\xe1\xbb\x87)" },
	{ "<a><![CDATA[<b>&amp;]]></a>", "(a <b>&amp;)" },
	{ "<a><![CDATA[]]></a>", "(a )" },
	{ "<a><!-- x --><?php evil ?>y</a><!-- z --><?end?>", "(a y)" },
	{ "<a>S\xe1\xbb\x9f N\xe1\xbb\x99i v\xe1\xbb\xa5</a>",
	  "(a S\xe1\xbb\x9f N\xe1\xbb\x99i v\xe1\xbb\xa5)" },
	/* decomposed text keeps its bytes here */
	{ "<a>o\xcc\x9b\xcc\xa3</a>", "(a o\xcc\x9b\xcc\xa3)" },
	{ "<a>\xf0\x9f\x93\xae</a>", "(a \xf0\x9f\x93\xae)" },
	{ "<a>1\r\n2\r3</a>", "(a 1\n2\n3)" },
	{ "<a b='1\n2\t3'/>", "(a @b=1 2 3 )" },
	{ "<\xc4\x91/>", "(\xc4\x91 )" },
	{ "<a:b xmlns:a='1'/>", "(b{1} )" },
};

static void honest_documents_are_read_in_pieces_of_any_size(void **state)
{
	struct tape t;

	(void)state;
	for (size_t i = 0; i < sizeof honest / sizeof *honest; i++) {
		size_t n = strlen(honest[i].in);

		for (size_t piece = 1; piece <= n; piece++)
			assert_string_equal(events(honest[i].in, n, piece,
						   &xml_submission_limits, &t),
					    honest[i].out);
	}
}

#define LOL "<!ENTITY lol \"lol\">"

static const struct row refused[] = {
	{ "", "no element found" },
	{ " \n ", "no element found" },
	{ "<a>", "no element found" },
	{ "<a", "unclosed token" },
	{ "a", "syntax error" },
	{ "<a></b>", "mismatched tag" },
	{ "<a/><b/>", "junk after document element" },
	{ "<a/>x", "junk after document element" },
	{ "<a b='1' b='2'/>", "duplicate attribute" },
	{ "<p:a xmlns:p='u' xmlns:q='u' p:c='1' q:c='2'/>",
	  "duplicate attribute" },
	{ "<p:a/>", "unbound prefix" },
	{ "<a p:b='1'/>", "unbound prefix" },
	{ "<a xmlns:p=''/>", "must not undeclare prefix" },
	{ "<a>&nbsp;</a>", "undefined entity" },
	{ "<a b='&x;'/>", "undefined entity" },
	{ "<a>&</a>", "not well-formed (invalid token)" },
	{ "<a>&#0;</a>", "reference to invalid character number" },
	{ "<a>&#xFFFF;</a>", "reference to invalid character number" },
	{ "<a>&#x110000;</a>", "reference to invalid character number" },
	{ "<a>\x01</a>", "not well-formed (invalid token)" },
	{ "<a>]]></a>", "not well-formed (invalid token)" },
	{ "<a>\xc3(</a>", "not well-formed (invalid token)" },
	{ "<a>\xc0\xbc</a>", "not well-formed (invalid token)" },
	{ "<a>\xed\xa0\x80</a>", "not well-formed (invalid token)" },
	{ "<a>\xef\xbf\xbe</a>", "not well-formed (invalid token)" },
	{ "<a>\xf4\x90\x80\x80</a>", "not well-formed (invalid token)" },
	{ " <?xml version='1.0'?><a/>",
	  "XML or text declaration not at start of entity" },
	{ "<a><?xml version='1.0'?></a>",
	  "XML or text declaration not at start of entity" },
	{ "<!DOCTYPE a><a/>", "DOCTYPE is not accepted" },
	{ "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
	  "DOCTYPE is not accepted" },
	{ "<!DOCTYPE a PUBLIC '-//x' 'http://127.0.0.1/x.dtd'><a/>",
	  "DOCTYPE is not accepted" },
	{ "<!DOCTYPE a [" LOL "]><a>&lol;</a>", "DOCTYPE is not accepted" },
	{ "<!DOCTYPE a [<!ENTITY % p SYSTEM 'x'>%p;]><a/>",
	  "DOCTYPE is not accepted" },
	{ "<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>",
	  "DOCTYPE is not accepted" },
	{ "<?xml version='1.0' encoding='UTF-7'?><a>+ADw-b+AD4-</a>",
	  "declared encoding \"UTF-7\", not UTF-8" },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
	  "declared encoding \"ISO-8859-1\", not UTF-8" },
	{ "<?xml version='1.0' encoding='windows-1258'?><a/>",
	  "declared encoding \"windows-1258\", not UTF-8" },
	{ "<?xml version='1.1'?><a/>", "XML version other than 1.0" },
	{ "\xff\xfe<\0a\0/\0>\0", "not UTF-8 (UTF-16 or UTF-32)" },
	{ "\xfe\xff<a/>", "not UTF-8 (UTF-16 or UTF-32)" },
	{ "<\xff/>", "not well-formed (invalid token)" },
	{ "<a xmlns:xml='u'/>", "reserved prefix (xml)" },
};

static void what_is_refused_is_told_by_its_reason(void **state)
{
	struct tape t;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		const char *got = events(refused[i].in, strlen(refused[i].in),
					 4096, &xml_submission_limits, &t);

		if (got[0] != '!' || !strstr(got, refused[i].out))
			fail_msg("%s\ngives %s\nwanted %s", refused[i].in, got,
				 refused[i].out);
	}
}

static void wide_encodings_and_nul_bytes_are_refused(void **state)
{
	static const char utf16[] = "<\0a\0/\0>";
	static const char utf32[] = "\0\0\0<\0\0\0a";
	static const char nul[] = "<a>b\0c</a>";
	struct tape t;

	(void)state;
	assert_non_null(strstr(events(utf16, sizeof utf16, 99,
				      &xml_submission_limits, &t),
			       "UTF-16"));
	assert_non_null(strstr(events(utf32, sizeof utf32, 99,
				      &xml_submission_limits, &t),
			       "UTF-32"));
	assert_non_null(strstr(events(nul, sizeof nul - 1, 99,
				      &xml_submission_limits, &t),
			       "invalid token"));
}

static void a_callback_may_stop_the_reading(void **state)
{
	struct tape t;

	(void)state;
	assert_string_equal(events("<a><stop/><b/></a>", 18, 99,
				   &xml_submission_limits, &t),
			    "! conflict: stopped at will");
	assert_string_equal(events("<a><halt/><b/></a>", 18, 99,
				   &xml_submission_limits, &t),
			    "! conflict: halted at will");
	assert_string_equal(events("<a>whoa<b/></a>", 15, 99,
				   &xml_submission_limits, &t),
			    "! conflict: text stopped at will");
}

static void text_and_end_need_no_callback(void **state)
{
	struct tape t = { .n = 0 };
	struct err e = { 0 };
	struct xml_stream *x =
		xml_stream_new(&xml_submission_limits, &deaf, &t, &e);

	(void)state;
	assert_non_null(x);
	assert_true(xml_stream_feed(x, "<a>x\n<b/>", 9, &e));
	assert_int_equal(xml_stream_line(x), 2);
	assert_true(xml_stream_feed(x, "</a>", 4, &e));
	assert_true(xml_stream_end(x, &e));
	assert_string_equal(t.text, "(a (b ");
	xml_stream_free(x);
	xml_stream_free(NULL);
}

/* A document that just fits and one that does not, for one limit. */
static void limit(const struct xml_limits *lim, const char *fits,
		  const char *too_much, const char *why)
{
	struct tape t;
	const char *got;

	for (size_t piece = 1; piece < 90; piece += 13) {
		got = events(fits, strlen(fits), piece, lim, &t);
		if (got[0] == '!')
			fail_msg("%s\ngives %s", fits, got);
		got = events(too_much, strlen(too_much), piece, lim, &t);
		if (got[0] != '!' || !strstr(got, why))
			fail_msg("%s\ngives %s\nwanted %s", too_much, got, why);
	}
}

static void each_limit_holds_and_its_edge_is_taken(void **state)
{
	static const struct xml_limits small = { .bytes = 100,
						 .depth = 3,
						 .elements = 5,
						 .attrs = 2,
						 .tag = 30,
						 .text = 10 };

	(void)state;
	limit(&small, "<a><b><c/></b></a>", "<a><b><c><d/></c></b></a>",
	      "nested more than 3 deep");
	limit(&small, "<a><b/><b/><b/><b/></a>", "<a><b/><b/><b/><b/><b/></a>",
	      "more than 5 elements");
	limit(&small, "<a b='' c=''/>", "<a b='' c='' d=''/>",
	      "more than 2 attributes");
	limit(&small, "<a b='012345678901234567890'/>",
	      "<a b='01234567890123456789012345'/>",
	      "a tag of more than 30 bytes");
	limit(&small, "<a>0123456789</a>", "<a>01234567890</a>",
	      "more than 10 bytes of text");
	limit(&small, "<a>01234<b>0123456789</b>56789</a>",
	      "<a>012345<b/>67890</a>", "more than 10 bytes of text");
	limit(&small, "<a><!--0123456789--><!--0123456789--></a>",
	      "<a><!--0123456789--><!--0123456789--><!--0123456789-->"
	      "<!--0123456789--><!--0123456789--><!--012345--></a>",
	      "longer than 100 bytes");
}

static void a_tag_without_end_is_not_gathered_for_ever(void **state)
{
	struct tape t = { .n = 0 };
	struct err e = { 0 };
	struct xml_stream *x =
		xml_stream_new(&xml_xlsx_limits, &handler, &t, &e);
	char piece[4096];
	size_t fed = 0;

	(void)state;
	assert_non_null(x);
	memset(piece, 'a', sizeof piece);
	assert_true(xml_stream_feed(x, "<!--", 4, &e));
	while (xml_stream_feed(x, piece, sizeof piece, &e))
		fed += sizeof piece;
	assert_in_range(fed, LIMIT_XML_TAG_BYTES, 8 * LIMIT_XML_TAG_BYTES);
	assert_non_null(strstr(e.msg, "a tag of more than"));
	xml_stream_free(x);
}

static void namespaces_are_few_and_short(void **state)
{
	struct buf b = BUF_INIT(100000);
	struct tape t;

	(void)state;
	buf_adds(&b, "<a xmlns='");
	for (int i = 0; i < LIMIT_XML_NS_BYTES; i++)
		buf_adds(&b, "u");
	buf_adds(&b, "'/>");
	assert_non_null(
		strstr(events(b.data, b.len, 99, &xml_submission_limits, &t),
		       "(a{"));
	b.len = 0;
	buf_adds(&b, "<a xmlns='");
	for (int i = 0; i <= LIMIT_XML_NS_BYTES; i++)
		buf_adds(&b, "u");
	buf_adds(&b, "'/>");
	assert_non_null(
		strstr(events(b.data, b.len, 99, &xml_submission_limits, &t),
		       "a namespace of more than"));
	b.len = 0;
	buf_adds(&b, "<a>");
	for (int i = 0; i <= LIMIT_XML_NAMESPACES; i++)
		buf_addf(&b, "<b xmlns='u%d'/>", i);
	buf_adds(&b, "</a>");
	assert_non_null(
		strstr(events(b.data, b.len, 99, &xml_submission_limits, &t),
		       "namespaces"));
	buf_free(&b);
}

static void a_tree_has_names_attributes_and_text(void **state)
{
	static const char doc[] =
		"<data id='x' orx:version='2' xmlns:orx='u'>\n"
		"  <a> 1 </a>\n  <a>2</a>\n"
		"  <orx:meta><b/><c>x<d/>y<d/>z</c></orx:meta>\n</data>";
	struct arena *a = arena_new(1 << 20);
	struct err e = { 0 };
	struct xml_node *root, *n;

	(void)state;
	root = xml_parse(doc, sizeof doc - 1, &xml_submission_limits, a, &e);
	assert_non_null(root);
	assert_string_equal(root->name, "data");
	assert_string_equal(root->text, "");
	assert_string_equal(xml_node_attr(root, "id"), "x");
	assert_string_equal(xml_node_attr(root, "version"), "2");
	assert_null(xml_node_attr(root, "none"));
	assert_null(xml_child(root, "none"));
	n = xml_child(root, "a");
	assert_string_equal(n->text, " 1 ");
	assert_int_equal(n->line, 2);
	assert_string_equal(n->next->text, "2");
	n = xml_child(root, "meta");
	assert_string_equal(n->ns, "u");
	assert_true(xml_has_children(n));
	assert_ptr_equal(n->parent, root);
	n = xml_child(n, "c");
	assert_string_equal(n->text, "xyz");
	assert_int_equal(n->text_n, 3);
	assert_false(xml_has_children(n->first));
	arena_free(a);
}

static void mixed_text_does_not_grow_with_the_square(void **state)
{
	struct buf b = BUF_INIT(1 << 20);
	struct arena *a = arena_new(16 << 20);
	struct err e = { 0 };
	struct xml_node *root;

	(void)state;
	buf_adds(&b, "<a>");
	for (int i = 0; i < 40000; i++)
		buf_adds(&b, "x<b/>");
	buf_adds(&b, "</a>");
	root = xml_parse(b.data, b.len, &xml_submission_limits, a, &e);
	assert_non_null(root);
	assert_int_equal(root->text_n, 40000);
	assert_int_equal(strlen(root->text), 40000);
	buf_free(&b);
	arena_free(a);
}

static void a_tree_that_does_not_fit_is_out_of_memory(void **state)
{
	static const char doc[] = "<a b='c'>text<d/>more text<d/></a>";
	struct err e = { 0 };
	size_t max;

	(void)state;
	for (max = 1; max < 4000; max += 7) {
		struct arena *a = arena_new(max);

		e.kind = ERR_NONE;
		if (xml_parse(doc, sizeof doc - 1, &xml_submission_limits, a,
			      &e)) {
			arena_free(a);
			break;
		}
		assert_int_equal(e.kind, ERR_NOMEM);
		arena_free(a);
	}
	assert_true(max > 100 && max < 4000);
}

static void what_is_written_reads_back(void **state)
{
	static const char text[] =
		"a<b>&\"'\r\n\tS\xe1\xbb\x9f \xf0\x9f\x93\xae ]]>";
	struct buf b = BUF_INIT(4096);
	struct arena *a = arena_new(1 << 20);
	struct err e = { 0 };
	struct xml_node *root;
	struct xw w;

	(void)state;
	xw_init(&w, &b);
	xw_head(&w);
	xw_start(&w, "h:a");
	xw_attr(&w, "xmlns:h", "u");
	xw_attrf(&w, "n", "%d%s", 7, text);
	xw_line(&w);
	xw_leaf(&w, "b", text);
	xw_leaf(&w, "c", NULL);
	xw_leaf(&w, "d", "");
	xw_end(&w);
	assert_false(b.broken);
	root = xml_parse(b.data, b.len, &xml_submission_limits, a, &e);
	assert_non_null(root);
	assert_string_equal(xml_node_attr(root, "n") + 1, text);
	assert_string_equal(xml_child(root, "b")->text, text);
	assert_non_null(strstr(b.data, "<c/><d></d></h:a>"));
	buf_free(&b);
	arena_free(a);
}

static void what_xml_cannot_hold_is_replaced(void **state)
{
	struct buf b = BUF_INIT(4096);
	struct xw w;

	(void)state;
	xw_init(&w, &b);
	xw_leaf(&w, "a", "\x01\x1f\xef\xbf\xbe\xef\xbf\xbf\xff\xc3(\xe1\xbb");
	assert_string_equal(b.data,
			    "<a>\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
			    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd"
			    "\xef\xbf\xbd</a>");
	buf_free(&b);
}

static void mistakes_of_the_writer_break_the_buffer(void **state)
{
	struct buf b = BUF_INIT(4096);
	struct xw w;

	(void)state;
	xw_init(&w, &b);
	xw_end(&w);
	assert_true(b.broken);
	buf_free(&b);
	b = (struct buf)BUF_INIT(4096);
	xw_init(&w, &b);
	xw_start(&w, "a");
	xw_text(&w, "x");
	xw_attr(&w, "late", "1");
	assert_true(b.broken);
	buf_free(&b);
	b = (struct buf)BUF_INIT(4096);
	xw_init(&w, &b);
	for (int i = 0; i <= LIMIT_XML_WRITE_DEPTH; i++)
		xw_start(&w, "a");
	assert_true(b.broken);
	buf_free(&b);
}

static void element_names_are_told_from_other_words(void **state)
{
	(void)state;
	assert_true(xml_name_ok("a"));
	assert_true(xml_name_ok("_1"));
	assert_true(xml_name_ok("Q-1.b_2"));
	assert_false(xml_name_ok(""));
	assert_false(xml_name_ok("1a"));
	assert_false(xml_name_ok("-a"));
	assert_false(xml_name_ok("a b"));
	assert_false(xml_name_ok("a:b"));
	assert_false(xml_name_ok("\xc4\x91"));
}

/* The test suite of RFC 1321, appendix A.5, and lengths around a block. */
static void md5_is_that_of_the_rfc(void **state)
{
	static const struct row t[] = {
		{ "", "d41d8cd98f00b204e9800998ecf8427e" },
		{ "a", "0cc175b9c0f1b6a831c399e269772661" },
		{ "abc", "900150983cd24fb0d6963f7d28e17f72" },
		{ "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
		{ "abcdefghijklmnopqrstuvwxyz",
		  "c3fcd3d76192e4007dfb496cca67e13b" },
		{ "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123"
		  "456789",
		  "d174ab98d277d9f5a5611c2c9f419d9f" },
		{ "1234567890123456789012345678901234567890123456789012345678"
		  "9012345678901234567890",
		  "57edf4a22be3c955ac49da2e2107b67a" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "ef1772b6dff9a122358552954ad0df65" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "3b0c8ac703f828b04c6c197006d17218" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaa",
		  "014842d480b571495a4a0363793f7367" },
	};
	char hex[2 * MD5_BYTES + 1];
	uint8_t out[MD5_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		md5(t[i].in, strlen(t[i].in), out);
		hex_text(out, MD5_BYTES, hex);
		assert_string_equal(hex, t[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			honest_documents_are_read_in_pieces_of_any_size),
		cmocka_unit_test(what_is_refused_is_told_by_its_reason),
		cmocka_unit_test(wide_encodings_and_nul_bytes_are_refused),
		cmocka_unit_test(a_callback_may_stop_the_reading),
		cmocka_unit_test(text_and_end_need_no_callback),
		cmocka_unit_test(each_limit_holds_and_its_edge_is_taken),
		cmocka_unit_test(a_tag_without_end_is_not_gathered_for_ever),
		cmocka_unit_test(namespaces_are_few_and_short),
		cmocka_unit_test(a_tree_has_names_attributes_and_text),
		cmocka_unit_test(mixed_text_does_not_grow_with_the_square),
		cmocka_unit_test(a_tree_that_does_not_fit_is_out_of_memory),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(what_xml_cannot_hold_is_replaced),
		cmocka_unit_test(mistakes_of_the_writer_break_the_buffer),
		cmocka_unit_test(element_names_are_told_from_other_words),
		cmocka_unit_test(md5_is_that_of_the_rfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
