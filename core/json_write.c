#include "phieu/json.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "phieu/utf8.h"

__extension__ typedef unsigned __int128 uint128;

#define EXACT_INTEGERS 9007199254740992.0 /* 2^53 */

/* ---- strings ---- */

static const char *short_escape(unsigned char ch)
{
	switch (ch) {
	case '"': return "\\\"";
	case '\\': return "\\\\";
	case '\b': return "\\b";
	case '\f': return "\\f";
	case '\n': return "\\n";
	case '\r': return "\\r";
	case '\t': return "\\t";
	default: return NULL;
	}
}

static void put_escape(struct buf *out, unsigned char ch)
{
	const char *known = short_escape(ch);

	if (known)
		buf_adds(out, known);
	else
		buf_addf(out, "\\u%04x", ch);
}

/* Bytes from s that can be copied as they are. */
static size_t plain_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n) {
		unsigned char ch = (unsigned char)s[i];

		if (ch < 0x20 || ch >= 0x7F || ch == '"' || ch == '\\' ||
		    ch == '<' || ch == '>' || ch == '&')
			break;
		i++;
	}
	return i;
}

/* Bytes of the sequence at s, 0 when it is not UTF-8. */
static size_t sequence(const char *s, size_t n)
{
	unsigned char first = (unsigned char)s[0];
	size_t len = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	size_t bad;

	return n >= len && utf8_valid(s, len, &bad) ? len : 0;
}

/* Writes what stands at s and is not plain; bytes used. */
static size_t put_special(struct buf *out, const char *s, size_t n)
{
	size_t len;

	if ((unsigned char)*s < 0x80) {
		put_escape(out, (unsigned char)*s);
		return 1;
	}
	len = sequence(s, n);
	if (!len) {
		buf_adds(out, "\xEF\xBF\xBD");
		return 1;
	}
	if (len == 3 && memcmp(s, "\xE2\x80\xA8", 3) == 0)
		buf_adds(out, "\\u2028");
	else if (len == 3 && memcmp(s, "\xE2\x80\xA9", 3) == 0)
		buf_adds(out, "\\u2029");
	else
		buf_add(out, s, len);
	return len;
}

void jw_escape(struct buf *out, const char *s, size_t n)
{
	buf_add(out, "\"", 1);
	while (n) {
		size_t run = plain_run(s, n);

		if (run)
			buf_add(out, s, run);
		else
			run = put_special(out, s, n);
		s += run;
		n -= run;
	}
	buf_add(out, "\"", 1);
}

/* ---- the writer ---- */

void jw_init(struct jw *w, struct buf *out)
{
	*w = (struct jw){ .out = out };
}

static void new_line(struct jw *w)
{
	if (!w->pretty)
		return;
	buf_add(w->out, "\n", 1);
	for (unsigned i = 0; i < w->depth; i++)
		buf_add(w->out, "  ", 2);
}

/* What stands before a key, or before a value that has none. */
static void before(struct jw *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (!w->depth)
		return;
	if (!w->first[w->depth - 1])
		buf_add(w->out, ",", 1);
	w->first[w->depth - 1] = false;
	new_line(w);
}

static void begin(struct jw *w, const char *bracket)
{
	before(w);
	if (w->depth == LIMIT_JSON_WRITE_DEPTH) {
		w->out->broken = true;
		return;
	}
	buf_add(w->out, bracket, 1);
	w->first[w->depth++] = true;
}

static void end(struct jw *w, const char *bracket)
{
	if (!w->depth || w->after_key) {
		w->out->broken = true;
		return;
	}
	w->depth--;
	if (!w->first[w->depth])
		new_line(w);
	buf_add(w->out, bracket, 1);
}

void jw_object(struct jw *w)
{
	begin(w, "{");
}

void jw_object_end(struct jw *w)
{
	end(w, "}");
}

void jw_array(struct jw *w)
{
	begin(w, "[");
}

void jw_array_end(struct jw *w)
{
	end(w, "]");
}

void jw_key(struct jw *w, const char *key)
{
	before(w);
	jw_escape(w->out, key, strlen(key));
	buf_adds(w->out, w->pretty ? ": " : ":");
	w->after_key = true;
}

void jw_text(struct jw *w, const char *s)
{
	if (s)
		jw_textn(w, s, strlen(s));
	else
		jw_null(w);
}

void jw_textn(struct jw *w, const char *s, size_t n)
{
	before(w);
	jw_escape(w->out, s, n);
}

/* Writes v from `end` down; where it begins. */
static char *digits_down(uint64_t v, char *end)
{
	do {
		*--end = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	return end;
}

void jw_int(struct jw *w, int64_t v)
{
	char text[24], *end = text + sizeof text, *at;

	before(w);
	at = digits_down(v < 0 ? 0 - (uint64_t)v : (uint64_t)v, end);
	if (v < 0)
		*--at = '-';
	buf_add(w->out, at, (size_t)(end - at));
}

/* A decimal comma, or any other sign the locale has, becomes a point. */
static void put_number(struct buf *out, const char *s)
{
	const char *sign = localeconv()->decimal_point;
	const char *at = sign && *sign ? strstr(s, sign) : NULL;

	if (!at) {
		buf_adds(out, s);
		return;
	}
	buf_add(out, s, (size_t)(at - s));
	buf_add(out, ".", 1);
	buf_adds(out, at + strlen(sign));
}

static uint64_t ten_to(int k)
{
	uint64_t p = 1;

	for (; k > 0; k--)
		p *= 10;
	return p;
}

/* Decimals that give v, 1e-3 <= v < 1e15, `digits` significant ones. */
static int decimals_of(double v, int digits)
{
	while (v >= 1) {
		v /= 10;
		digits--;
	}
	v *= 10;
	while (v < 1) {
		v *= 10;
		digits++;
	}
	return digits;
}

/* v > 0 in `digits` significant ones, correctly rounded, by whole numbers:
 * v = m 2^-s, and d = round(m 10^k / 2^s) has the digits.  1: d, with k
 * decimals, says v again, for it is nearer than half of v's last bit; 0: it
 * does not; -1: it does not fit, or is a tie: printf and strtod know. */
static int whole_digits(double v, int digits, uint64_t *out, int *k)
{
	uint128 n, d, left, half, off;
	uint64_t m, power;
	int exponent, s;

	if (!(v >= 1e-3 && v < 1e15))
		return -1;
	*k = decimals_of(v, digits);
	m = (uint64_t)ldexp(frexp(v, &exponent), 53);
	s = 53 - exponent;
	if (*k < 0 || *k > 18 || s < 1 || s > 63 || (m & (m - 1)) == 0)
		return -1;
	power = ten_to(*k);
	n = (uint128)m * power;
	d = n >> s;
	left = n - (d << s);
	half = (uint128)1 << (s - 1);
	if (left == half)
		return -1;
	d += left > half;
	if (d >= ten_to(digits) || d < ten_to(digits - 1))
		return -1;
	off = n > (d << s) ? n - (d << s) : (d << s) - n;
	*out = (uint64_t)d;
	return 2 * off == power ? -1 : 2 * off < power;
}

/* d 10^-k, zeros at the end left out. */
static void put_digits(struct buf *out, bool minus, uint64_t d, int k)
{
	char text[48], *end = text + sizeof text, *at = end;

	for (; k > 0 && d % 10 == 0; k--)
		d /= 10;
	for (int i = 0; i < k; i++, d /= 10)
		*--at = (char)('0' + d % 10);
	if (k > 0)
		*--at = '.';
	at = digits_down(d, at);
	if (minus)
		*--at = '-';
	buf_add(out, at, (size_t)(end - at));
}

/* The fewest of 15 to 17 digits that read back as v. */
static void shortest(double v, struct buf *out)
{
	char text[40];

	for (int digits = 15; digits <= 17; digits++) {
		uint64_t d = 0;
		int k = 0, said = whole_digits(fabs(v), digits, &d, &k);

		if (said > 0) {
			put_digits(out, v < 0, d, k);
			return;
		}
		if (said == 0 && digits < 17)
			continue;
		(void)snprintf(text, sizeof text, "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	put_number(out, text);
}

void jw_double(struct jw *w, double v)
{
	if (!isfinite(v)) {
		jw_null(w);
		return;
	}
	before(w);
	shortest(v, w->out);
}

void jw_bool(struct jw *w, bool v)
{
	jw_raw(w, v ? "true" : "false");
}

void jw_null(struct jw *w)
{
	jw_raw(w, "null");
}

void jw_dec(struct jw *w, struct dec v)
{
	char text[DEC_TEXT_MAX];

	jw_text(w, dec_text(v, text));
}

void jw_raw(struct jw *w, const char *json)
{
	before(w);
	buf_adds(w->out, json);
}

void jw_kv(struct jw *w, const char *key, const char *text)
{
	jw_key(w, key);
	jw_text(w, text);
}

void jw_ki(struct jw *w, const char *key, int64_t v)
{
	jw_key(w, key);
	jw_int(w, v);
}

void jw_kb(struct jw *w, const char *key, bool v)
{
	jw_key(w, key);
	jw_bool(w, v);
}

void jw_texts(struct jw *w, const char *key, const char *const *list, size_t n)
{
	jw_key(w, key);
	jw_array(w);
	for (size_t i = 0; i < n; i++)
		jw_text(w, list[i]);
	jw_array_end(w);
}

void jw_kd(struct jw *w, const char *key, double v)
{
	jw_key(w, key);
	jw_double(w, v);
}

/* ---- canonical ---- */

static void canonical_text(struct buf *out, const char *s)
{
	const char *from = s;

	buf_add(out, "\"", 1);
	for (; *s; s++) {
		unsigned char ch = (unsigned char)*s;

		if (ch >= 0x20 && ch != '"' && ch != '\\')
			continue;
		buf_add(out, from, (size_t)(s - from));
		put_escape(out, ch);
		from = s + 1;
	}
	buf_add(out, from, (size_t)(s - from));
	buf_add(out, "\"", 1);
}

static int by_key(const void *a, const void *b)
{
	const cJSON *const *x = a, *const *y = b;

	return strcmp((*x)->string, (*y)->string);
}

static bool canonical(const cJSON *v, struct buf *out, unsigned depth,
		      struct err *e);

static bool canonical_members(const cJSON **member, size_t n, struct buf *out,
			      unsigned depth, struct err *e)
{
	qsort(member, n, sizeof(const cJSON *), by_key);
	for (size_t i = 0; i < n; i++) {
		if (i && strcmp(member[i - 1]->string, member[i]->string) == 0)
			return err_set(e, ERR_INPUT, "key \"%s\" comes twice",
				       member[i]->string);
		if (i)
			buf_add(out, ",", 1);
		canonical_text(out, member[i]->string);
		buf_add(out, ":", 1);
		if (!canonical(member[i], out, depth, e))
			return false;
	}
	return true;
}

static bool canonical_object(const cJSON *v, struct buf *out, unsigned depth,
			     struct err *e)
{
	const cJSON *child, **member;
	size_t n = 0;
	bool ok;

	for (child = v->child; child; child = child->next)
		n++;
	member = calloc(n + 1, sizeof(const cJSON *));
	if (!member)
		return err_set(e, ERR_NOMEM, "out of memory");
	n = 0;
	for (child = v->child; child; child = child->next)
		member[n++] = child;
	buf_add(out, "{", 1);
	ok = canonical_members(member, n, out, depth, e);
	buf_add(out, "}", 1);
	free(member);
	return ok;
}

static bool canonical_array(const cJSON *v, struct buf *out, unsigned depth,
			    struct err *e)
{
	buf_add(out, "[", 1);
	for (const cJSON *child = v->child; child; child = child->next) {
		if (child != v->child)
			buf_add(out, ",", 1);
		if (!canonical(child, out, depth, e))
			return false;
	}
	buf_add(out, "]", 1);
	return true;
}

static bool canonical_number(double v, struct buf *out, struct err *e)
{
	if (!(fabs(v) < EXACT_INTEGERS) || v != floor(v))
		return err_set(e, ERR_INPUT,
			       "number %g is not an integer below 2^53", v);
	buf_addf(out, "%lld", (long long)v);
	return true;
}

/* Recursion is bounded: a tree from outside has LIMIT_JSON_READ_DEPTH. */
static bool canonical(const cJSON *v, struct buf *out, unsigned depth,
		      struct err *e)
{
	if (depth > LIMIT_JSON_READ_DEPTH)
		return err_set(e, ERR_INPUT, "JSON nested too deep");
	switch (v->type & 0xFF) {
	case cJSON_NULL: buf_adds(out, "null"); return true;
	case cJSON_True: buf_adds(out, "true"); return true;
	case cJSON_False: buf_adds(out, "false"); return true;
	case cJSON_String: canonical_text(out, v->valuestring); return true;
	case cJSON_Number: return canonical_number(v->valuedouble, out, e);
	case cJSON_Array: return canonical_array(v, out, depth + 1, e);
	case cJSON_Object: return canonical_object(v, out, depth + 1, e);
	default: return err_set(e, ERR_BUG, "JSON tree with a foreign node");
	}
}

bool json_canonical(const cJSON *tree, struct buf *out, struct err *e)
{
	if (!canonical(tree, out, 0, e))
		return false;
	if (out->broken)
		return err_set(e, ERR_NOMEM, "canonical JSON too long");
	return true;
}
