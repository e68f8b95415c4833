#include "phieu/json.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/hash.h"
#include "phieu/limits.h"

/* One pass over the bytes with a stack of our own, no recursion and, until an
 * input nests many or large objects, no allocation: this runs on every
 * submission, and on whatever a stranger sends. */

const struct json_limits json_submission_limits = {
	.depth = LIMIT_JSON_DEPTH,
	.nodes = LIMIT_JSON_NODES,
	.string_bytes = LIMIT_STRING_BYTES,
	.bytes = LIMIT_SUBMISSION_BYTES,
};
const struct json_limits json_plan_limits = {
	.depth = LIMIT_JSON_DEPTH,
	.nodes = LIMIT_PLAN_NODES,
	.string_bytes = LIMIT_STRING_BYTES,
	.bytes = LIMIT_PLAN_BYTES,
};

#define KEYS_AT_HAND 256
/* Up to here a new key is compared with each one before it, which costs less
 * than any table; larger objects are sorted once when they close. */
#define SMALL_OBJECT 32

struct key {
	const char *s;	  /* as written, between the quotes */
	uint32_t n, hash; /* the hash is of the decoded bytes */
	bool escaped;
};

struct frame {
	bool object;
	size_t first_key; /* index of its first key in the stack of keys */
	uint64_t met[4];  /* a bit a hash: no key like this came before */
};

struct check {
	const char *start, *p, *end;
	const struct json_limits *lim;
	const char *fault; /* words, NULL so far */
	const char *fault_at;
	size_t nodes, depth;
	struct key *keys, *heap_keys; /* the same once it is on the heap */
	size_t n_keys, cap_keys;
	bool nomem;
	struct frame *stack;
};

static bool wrong(struct check *c, const char *at, const char *words)
{
	c->fault = words;
	c->fault_at = at;
	return false;
}

static void skip_space(struct check *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' ||
				 *c->p == '\r' || *c->p == '\t'))
		c->p++;
}

/* ---- decoding, on text that has been checked ---- */

/* Four hex digits at s; 0x10000 when they are not. */
static unsigned hex4(const char *s, const char *end)
{
	unsigned v = 0;

	if (end - s < 4)
		return 0x10000;
	for (int i = 0; i < 4; i++) {
		int d = hex_digit(s[i]);

		if (d < 0)
			return 0x10000;
		v = v << 4 | (unsigned)d;
	}
	return v;
}

static size_t utf8_put(unsigned cp, unsigned char out[4])
{
	if (cp < 0x80) {
		out[0] = (unsigned char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (unsigned char)(0xC0 | cp >> 6);
		out[1] = (unsigned char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (unsigned char)(0xE0 | cp >> 12);
		out[1] = (unsigned char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (unsigned char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (unsigned char)(0xF0 | cp >> 18);
	out[1] = (unsigned char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (unsigned char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (unsigned char)(0x80 | (cp & 0x3F));
	return 4;
}

/* Reads a key byte by byte as it is after decoding. */
struct key_reader {
	const char *p, *end;
	unsigned char held[4];
	size_t n, at;
};

static int key_byte(struct key_reader *r)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *known;
	unsigned cp;

	if (r->at < r->n)
		return r->held[r->at++];
	if (r->p == r->end)
		return -1;
	if (*r->p != '\\')
		return (unsigned char)*r->p++;
	r->p += 2;
	if (r->p[-1] != 'u') {
		known = strchr(from, r->p[-1]);
		return (unsigned char)(known ? to[known - from] : r->p[-1]);
	}
	cp = hex4(r->p, r->end);
	r->p += 4;
	if (cp >= 0xD800 && cp < 0xDC00) {
		cp = 0x10000 + ((cp - 0xD800) << 10) +
		     (hex4(r->p + 2, r->end) - 0xDC00);
		r->p += 6;
	}
	r->n = utf8_put(cp, r->held);
	r->at = 1;
	return r->held[0];
}

static struct key_reader key_open(const struct key *k)
{
	return (struct key_reader){ .p = k->s, .end = k->s + k->n };
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
	return h ^ h >> 32;
}

/* Of the decoded bytes, eight at a time, the last ones filled with zeros. */
static uint32_t key_hash(const struct key *k)
{
	uint64_t h = 0, v = 0;
	const char *p = k->s;
	unsigned bits = 0;
	size_t left;

	if (k->escaped) {
		struct key_reader r = key_open(k);

		for (int ch = key_byte(&r); ch >= 0; ch = key_byte(&r)) {
			v |= (uint64_t)ch << bits;
			bits += 8;
			if (bits == 64) {
				h = mix(h, v);
				v = bits = 0;
			}
		}
		return (uint32_t)mix(h, v);
	}
	for (left = k->n; left >= 8; left -= 8, p += 8) {
		memcpy(&v, p, sizeof v);
		h = mix(h, le64toh(v));
	}
	for (v = 0; left > 0; left--)
		v = v << 8 | (unsigned char)p[left - 1];
	return (uint32_t)mix(h, v);
}

/* Order of the decoded bytes; a key that ends first comes first. */
static int key_cmp(const struct key *a, const struct key *b)
{
	struct key_reader ra, rb;
	int x, y;

	if (!a->escaped && !b->escaped) {
		uint32_t n = a->n < b->n ? a->n : b->n;
		int d = memcmp(a->s, b->s, n);

		return d ? d : (a->n > b->n) - (a->n < b->n);
	}
	ra = key_open(a);
	rb = key_open(b);
	do {
		x = key_byte(&ra);
		y = key_byte(&rb);
	} while (x == y && x >= 0);
	return x - y;
}

/* ---- keys of the open objects ---- */

static bool keys_room(struct check *c)
{
	size_t cap = c->cap_keys * 2;
	struct key *more;

	if (c->n_keys < c->cap_keys)
		return true;
	more = realloc(c->heap_keys, cap * sizeof *more);
	if (!more) {
		c->nomem = true;
		return wrong(c, c->p, "out of memory");
	}
	if (!c->heap_keys)
		memcpy(more, c->keys, c->n_keys * sizeof *more);
	c->heap_keys = c->keys = more;
	c->cap_keys = cap;
	return true;
}

static bool key_add(struct check *c, struct key k)
{
	struct frame *f = &c->stack[c->depth - 1];
	size_t first = f->first_key;
	uint64_t *met, bit;

	k.hash = key_hash(&k);
	met = &f->met[k.hash >> 6 & 3];
	bit = UINT64_C(1) << (k.hash & 63);
	if ((*met & bit) && c->n_keys - first < SMALL_OBJECT)
		for (size_t i = first; i < c->n_keys; i++)
			if (c->keys[i].hash == k.hash &&
			    key_cmp(&c->keys[i], &k) == 0)
				return wrong(c, k.s - 1, "duplicate key");
	*met |= bit;
	if (!keys_room(c))
		return false;
	c->keys[c->n_keys++] = k;
	return true;
}

static int by_hash(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int d;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	/* A chosen set of colliding keys must still sort in k log k. */
	d = key_cmp(x, y);
	if (d)
		return d;
	return (x->s > y->s) - (x->s < y->s);
}

/* Finds the first repeated key of a large object when it ends. */
static bool keys_close(struct check *c)
{
	size_t first = c->stack[c->depth - 1].first_key;
	size_t n = c->n_keys - first;
	const char *at = NULL;

	c->n_keys = first;
	if (n <= SMALL_OBJECT)
		return true;
	qsort(c->keys + first, n, sizeof *c->keys, by_hash);
	for (size_t i = first + 1; i < first + n; i++) {
		const struct key *was = &c->keys[i - 1], *k = &c->keys[i];

		if (was->hash == k->hash && key_cmp(was, k) == 0 &&
		    (!at || k->s < at))
			at = k->s;
	}
	return at ? wrong(c, at - 1, "duplicate key") : true;
}

/* ---- strings ---- */

/* Length of the well-formed UTF-8 sequence at s (first byte >= 0x80), 0 when
 * it is none (overlong, surrogate, above U+10FFFF, cut): Unicode table 3-7. */
static size_t utf8_step(const unsigned char *s, size_t n)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t len;

	if (s[0] >= 0xC2 && s[0] <= 0xDF)
		len = 2;
	else if ((s[0] & 0xF0) == 0xE0)
		len = 3;
	else if (s[0] >= 0xF0 && s[0] <= 0xF4)
		len = 4;
	else
		return 0;
	if (n < len)
		return 0;
	if (s[0] == 0xE0)
		low = 0xA0;
	else if (s[0] == 0xED)
		high = 0x9F;
	else if (s[0] == 0xF0)
		low = 0x90;
	else if (s[0] == 0xF4)
		high = 0x8F;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return len;
}

#define EACH(b) (UINT64_C(0x0101010101010101) * (b))

/* To the first byte that needs a look, or near it: eight at a time, printable
 * ASCII without quote and backslash. */
static const char *skip_plain(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t v, quote, slash, odd;

		memcpy(&v, p, sizeof v);
		quote = v ^ EACH('"');
		slash = v ^ EACH('\\');
		/* The high bit of a byte is set where it is >= 0x80, below
		 * 0x20, a quote or a backslash.  A borrow may set it in bytes
		 * above such a one, never below: the lowest is true. */
		odd = (v | (v - EACH(0x20)) | (quote - EACH(1)) |
		       (slash - EACH(1))) &
		      EACH(0x80);
		if (odd) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
			p += __builtin_ctzll(odd) / 8;
#endif
			break;
		}
		p += 8;
	}
	return p;
}

static bool check_unicode(struct check *c)
{
	const char *at = c->p;
	unsigned v = hex4(c->p + 2, c->end);

	if (v > 0xFFFF)
		return wrong(c, at, "\\u without four hex digits");
	if (v == 0)
		return wrong(c, at, "\\u0000 in a string");
	c->p += 6;
	if (v < 0xD800 || v > 0xDFFF)
		return true;
	if (v > 0xDBFF || c->end - c->p < 6 || c->p[0] != '\\' ||
	    c->p[1] != 'u')
		return wrong(c, at, "lone surrogate in a string");
	v = hex4(c->p + 2, c->end);
	if (v < 0xDC00 || v > 0xDFFF)
		return wrong(c, at, "lone surrogate in a string");
	c->p += 6;
	return true;
}

static bool check_escape(struct check *c)
{
	if (c->end - c->p < 2)
		return wrong(c, c->end, "string without its end");
	if (c->p[1] == 'u')
		return check_unicode(c);
	if (c->p[1] == '\0' || !strchr("\"\\/bfnrt", c->p[1]))
		return wrong(c, c->p, "unknown escape in a string");
	c->p += 2;
	return true;
}

/* At the opening quote.  *k (may be NULL) gets the text between. */
static bool check_string(struct check *c, struct key *k)
{
	const char *open = c->p++;
	bool escaped = false;

	for (;;) {
		unsigned char ch;

		c->p = skip_plain(c->p, c->end);
		if (c->p == c->end)
			return wrong(c, c->end, "string without its end");
		ch = (unsigned char)*c->p;
		if (ch == '"')
			break;
		if (ch < 0x20)
			return wrong(c, c->p, "control character in a string");
		if (ch == '\\') {
			escaped = true;
			if (!check_escape(c))
				return false;
		} else if (ch < 0x80) {
			c->p++;
		} else {
			size_t len = utf8_step((const unsigned char *)c->p,
					       (size_t)(c->end - c->p));

			if (!len)
				return wrong(c, c->p, "invalid UTF-8");
			c->p += len;
		}
	}
	if ((size_t)(c->p - open) - 1 > c->lim->string_bytes)
		return wrong(c, open, "string too long");
	if (k)
		*k = (struct key){ .s = open + 1,
				   .n = (uint32_t)(c->p - open - 1),
				   .escaped = escaped };
	c->p++;
	return true;
}

/* ---- numbers and words ---- */

static bool is_digit(const struct check *c)
{
	return c->p < c->end && *c->p >= '0' && *c->p <= '9';
}

static bool check_digits(struct check *c)
{
	if (!is_digit(c))
		return wrong(c, c->p, "malformed number");
	while (is_digit(c))
		c->p++;
	return true;
}

static bool check_integer(struct check *c)
{
	if (c->p == c->end || *c->p != '0')
		return check_digits(c);
	c->p++;
	if (is_digit(c))
		return wrong(c, c->p, "number with a leading zero");
	return true;
}

/* What may follow the integer; nothing is right too. */
static bool check_fraction(struct check *c)
{
	if (c->p == c->end || *c->p != '.')
		return true;
	c->p++;
	return check_digits(c);
}

static bool check_exponent(struct check *c)
{
	if (c->p == c->end || (*c->p != 'e' && *c->p != 'E'))
		return true;
	c->p++;
	if (c->p < c->end && (*c->p == '+' || *c->p == '-'))
		c->p++;
	return check_digits(c);
}

static bool check_number(struct check *c)
{
	const char *first = c->p;

	if (*c->p == '-')
		c->p++;
	if (!check_integer(c) || !check_fraction(c) || !check_exponent(c))
		return false;
	if (c->p - first > LIMIT_JSON_NUMBER)
		return wrong(c, first, "number too long");
	return true;
}

static bool check_word(struct check *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
		return wrong(c, c->p, "value expected");
	c->p += n;
	return true;
}

static bool check_scalar(struct check *c)
{
	switch (*c->p) {
	case '"': return check_string(c, NULL);
	case 't': return check_word(c, "true");
	case 'f': return check_word(c, "false");
	case 'n': return check_word(c, "null");
	default: break;
	}
	if (*c->p == '-' || is_digit(c))
		return check_number(c);
	return wrong(c, c->p, "value expected");
}

/* ---- structure ---- */

/* "key": up to where the value begins. */
static bool check_member(struct check *c)
{
	struct key k;

	skip_space(c);
	if (c->p == c->end || *c->p != '"')
		return wrong(c, c->p, "key expected");
	if (!check_string(c, &k) || !key_add(c, k))
		return false;
	skip_space(c);
	if (c->p == c->end || *c->p != ':')
		return wrong(c, c->p, "colon expected");
	c->p++;
	return true;
}

static bool open_container(struct check *c)
{
	size_t most = c->lim->depth < LIMIT_JSON_READ_DEPTH
			      ? c->lim->depth
			      : LIMIT_JSON_READ_DEPTH;

	if (c->depth >= most)
		return wrong(c, c->p, "nested too deep");
	c->stack[c->depth++] = (struct frame){ .object = *c->p == '{',
					       .first_key = c->n_keys };
	c->p++;
	return true;
}

/* The value at c->p.  *begun says that it opened a container that is not
 * empty, so that its first member or element comes next. */
static bool check_value(struct check *c, bool *begun)
{
	*begun = false;
	skip_space(c);
	if (c->p == c->end)
		return wrong(c, c->p, "value expected");
	if (++c->nodes > c->lim->nodes)
		return wrong(c, c->p, "too many values");
	if (*c->p != '{' && *c->p != '[')
		return check_scalar(c);
	if (!open_container(c))
		return false;
	skip_space(c);
	if (c->p < c->end &&
	    *c->p == (c->stack[c->depth - 1].object ? '}' : ']')) {
		c->p++;
		c->depth--;
		return true;
	}
	*begun = true;
	return c->stack[c->depth - 1].object ? check_member(c) : true;
}

/* After a value: closes what ends here, up to the next comma.  *done when
 * the outermost value is complete. */
static bool check_after(struct check *c, bool *done)
{
	while (c->depth) {
		bool object = c->stack[c->depth - 1].object;

		skip_space(c);
		if (c->p == c->end)
			return wrong(c, c->p,
				     object ? "object without its end"
					    : "array without its end");
		if (*c->p == ',') {
			c->p++;
			return object ? check_member(c) : true;
		}
		if (*c->p != (object ? '}' : ']'))
			return wrong(c, c->p, "comma or end expected");
		if (object && !keys_close(c))
			return false;
		c->p++;
		c->depth--;
	}
	*done = true;
	return true;
}

static bool check_text(struct check *c)
{
	bool begun, done = false;

	if ((size_t)(c->end - c->start) > c->lim->bytes)
		return wrong(c, c->start + c->lim->bytes, "text too long");
	if (c->end - c->start >= 3 && memcmp(c->start, "\xEF\xBB\xBF", 3) == 0)
		return wrong(c, c->start, "byte order mark before the text");
	skip_space(c);
	if (c->p == c->end)
		return wrong(c, c->p, "empty text");
	while (!done) {
		if (!check_value(c, &begun))
			return false;
		if (!begun && !check_after(c, &done))
			return false;
	}
	skip_space(c);
	if (c->p < c->end)
		return wrong(c, c->p, "more after the value");
	return true;
}

bool json_check(const char *s, size_t n, const struct json_limits *lim,
		size_t *at, struct err *e)
{
	struct key keys[KEYS_AT_HAND];
	struct frame stack[LIMIT_JSON_READ_DEPTH];
	struct check c = { .start = s,
			   .p = s,
			   .end = s + n,
			   .lim = lim,
			   .keys = keys,
			   .cap_keys = KEYS_AT_HAND,
			   .stack = stack };
	size_t offset, line = 1;
	bool ok;

	ok = check_text(&c);
	free(c.heap_keys);
	if (ok)
		return true;
	offset = (size_t)(c.fault_at - s);
	for (size_t i = 0; i < offset; i++)
		line += s[i] == '\n';
	if (at)
		*at = offset;
	if (c.nomem)
		return err_set(e, ERR_NOMEM, "out of memory");
	return err_set(e, ERR_INPUT, "JSON: %s at offset %zu, line %zu",
		       c.fault, offset, line);
}
