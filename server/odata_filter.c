/* $filter: a small parser by descent, and its evaluation over one row. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/odata.h"

enum op {
	OP_OR,
	OP_AND,
	OP_NOT,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_IN,
	OP_CONTAINS,
	OP_STARTS,
	OP_ENDS,
	OP_VAR,
	OP_KEY,
	OP_TEXT,
	OP_NUMBER,
	OP_NULL,
	OP_TRUE,
	OP_FALSE,
	OP_LIST
};
enum type { TYPE_BOOL, TYPE_TEXT, TYPE_NUMBER, TYPE_NULL };

struct odata_filter {
	const struct dataset *d; /* of the root */
	enum op op;
	enum type type;
	const struct odata_filter *a, *b; /* b: next of a LIST */
	size_t var;
	const char *text;
	double number;
};

struct parser {
	const struct dataset *d;
	const char *start, *at;
	struct arena *a;
	unsigned depth;
	bool *unknown;
	struct err *e;
};

static struct odata_filter *parse_or(struct parser *p);

static struct odata_filter *fail(struct parser *p, const char *what)
{
	if (p->e->kind == ERR_NONE)
		(void)err_set(p->e, ERR_INPUT, "$filter, ký tự %zu: %s",
			      (size_t)(p->at - p->start) + 1, what);
	return NULL;
}

static struct odata_filter *make(struct parser *p, enum op op, enum type type,
				 const struct odata_filter *a,
				 const struct odata_filter *b)
{
	struct odata_filter *n = arena_array(p->a, 1, sizeof *n);

	if (!n) {
		(void)err_set(p->e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	*n = (struct odata_filter){
		.d = p->d, .op = op, .type = type, .a = a, .b = b
	};
	return n;
}

static void blanks(struct parser *p)
{
	while (*p->at == ' ' || *p->at == '\t')
		p->at++;
}

/* A word that ends where a name would. */
static bool word(struct parser *p, const char *w)
{
	size_t n = strlen(w);

	blanks(p);
	if (strncmp(p->at, w, n) != 0 || isalnum((unsigned char)p->at[n]) ||
	    p->at[n] == '_')
		return false;
	p->at += n;
	return true;
}

static bool sign(struct parser *p, char c)
{
	blanks(p);
	if (*p->at != c)
		return false;
	p->at++;
	return true;
}

/* ---- leaves -------------------------------------------------------------- */

static struct odata_filter *text(struct parser *p)
{
	size_t most = strlen(p->at), n = 0;
	struct odata_filter *t = make(p, OP_TEXT, TYPE_TEXT, NULL, NULL);
	char *s = t ? arena_array(p->a, most + 1, 1) : NULL;

	if (!s)
		return t ? fail(p, "out of memory") : NULL;
	for (p->at++;; p->at++) {
		if (!*p->at)
			return fail(p, "thiếu dấu nháy đóng (no closing "
				       "quote)");
		if (*p->at == '\'' && *++p->at != '\'')
			break;
		s[n++] = *p->at;
	}
	s[n] = '\0';
	t->text = s;
	return t;
}

static struct odata_filter *number(struct parser *p)
{
	struct odata_filter *t = make(p, OP_NUMBER, TYPE_NUMBER, NULL, NULL);
	size_t n = strspn(p->at, "+-0123456789.eE");
	char copy[64], *end;

	if (!t)
		return NULL;
	if (n >= sizeof copy)
		return fail(p, "số quá dài (number too long)");
	memcpy(copy, p->at, n);
	copy[n] = '\0';
	t->number = strtod(copy, &end);
	if (end == copy || *end || !isfinite(t->number))
		return fail(p, "không phải là số (no number)");
	p->at += n;
	return t;
}

static struct odata_filter *name(struct parser *p)
{
	size_t n = 0;
	struct odata_filter *t;

	while (isalnum((unsigned char)p->at[n]) || p->at[n] == '_')
		n++;
	if (n == 0)
		return fail(p, "cần tên biến hoặc giá trị (a name or a value "
			       "is wanted)");
	if (p->at[n] == '(' || p->at[n] == '/') { /* of OData, not ours */
		*p->unknown = true;
		return fail(p, "chưa hỗ trợ (not supported)");
	}
	if (n == strlen(ODATA_KEY) && strncmp(p->at, ODATA_KEY, n) == 0) {
		p->at += n;
		return make(p, OP_KEY, TYPE_TEXT, NULL, NULL);
	}
	for (size_t i = 0; i < p->d->n; i++) {
		const struct dataset_var *v = &p->d->vars[i];

		if (strncmp(v->name, p->at, n) != 0 || v->name[n])
			continue;
		t = make(p, OP_VAR,
			 v->kind == DATASET_NUMBER ? TYPE_NUMBER : TYPE_TEXT,
			 NULL, NULL);
		if (!t)
			return NULL;
		t->var = i;
		p->at += n;
		return t;
	}
	return fail(p, "không có biến này (no such variable)");
}

static struct odata_filter *value(struct parser *p)
{
	blanks(p);
	if (*p->at == '\'')
		return text(p);
	if (*p->at == '-' || *p->at == '+' || isdigit((unsigned char)*p->at))
		return number(p);
	if (word(p, "null"))
		return make(p, OP_NULL, TYPE_NULL, NULL, NULL);
	return name(p);
}

/* ---- comparisons --------------------------------------------------------- */

static struct odata_filter *call(struct parser *p, enum op op)
{
	struct odata_filter *a, *b;

	if (!sign(p, '(') || !(a = value(p)))
		return fail(p, "cần dấu ngoặc (a parenthesis is wanted)");
	if (!sign(p, ',') || !(b = value(p)) || !sign(p, ')'))
		return fail(p, "cần hai giá trị (two values are wanted)");
	if (a->type == TYPE_NUMBER || b->type == TYPE_NUMBER)
		return fail(p, "chỉ dùng với văn bản (of texts only)");
	return make(p, op, TYPE_BOOL, a, b);
}

static struct odata_filter *list(struct parser *p,
				 const struct odata_filter *left)
{
	struct odata_filter *first = NULL, *last = NULL;

	if (!sign(p, '('))
		return fail(p, "cần dấu ngoặc (a parenthesis is wanted)");
	do {
		struct odata_filter *v = value(p), *cell;

		if (!v)
			return NULL;
		if (v->type != left->type && v->type != TYPE_NULL)
			return fail(p, "khác kiểu (of another type)");
		cell = make(p, OP_LIST, v->type, v, NULL);
		if (!cell)
			return NULL;
		if (last)
			last->b = cell;
		else
			first = cell;
		last = cell;
	} while (sign(p, ','));
	if (!sign(p, ')'))
		return fail(p, "thiếu dấu ngoặc đóng (no closing parenthesis)");
	return make(p, OP_IN, TYPE_BOOL, left, first);
}

static struct odata_filter *compare(struct parser *p)
{
	static const struct {
		const char *word;
		enum op op;
	} ops[] = { { "eq", OP_EQ }, { "ne", OP_NE }, { "lt", OP_LT },
		    { "le", OP_LE }, { "gt", OP_GT }, { "ge", OP_GE } };
	struct odata_filter *a = value(p), *b;

	if (!a)
		return NULL;
	if (word(p, "in"))
		return list(p, a);
	for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
		if (!word(p, ops[i].word))
			continue;
		b = value(p);
		if (!b)
			return NULL;
		if (a->type != b->type && a->type != TYPE_NULL &&
		    b->type != TYPE_NULL)
			return fail(p, "hai vế khác kiểu (the sides are of "
				       "different types)");
		return make(p, ops[i].op, TYPE_BOOL, a, b);
	}
	return fail(p, "cần phép so sánh eq ne lt le gt ge in (a comparison is "
		       "wanted)");
}

static struct odata_filter *condition(struct parser *p)
{
	static const struct {
		const char *word;
		enum op op;
	} calls[] = { { "contains", OP_CONTAINS },
		      { "startswith", OP_STARTS },
		      { "endswith", OP_ENDS } };
	struct odata_filter *n;

	if (++p->depth > LIMIT_ODATA_DEPTH)
		return fail(p, "quá nhiều tầng (too deep)");
	if (word(p, "not")) {
		n = condition(p);
		n = n ? make(p, OP_NOT, TYPE_BOOL, n, NULL) : NULL;
	} else if (sign(p, '(')) {
		n = parse_or(p);
		if (n && !sign(p, ')'))
			n = fail(p, "thiếu dấu ngoặc đóng (no closing "
				    "parenthesis)");
	} else if (word(p, "true")) {
		n = make(p, OP_TRUE, TYPE_BOOL, NULL, NULL);
	} else if (word(p, "false")) {
		n = make(p, OP_FALSE, TYPE_BOOL, NULL, NULL);
	} else {
		for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
			if (word(p, calls[i].word)) {
				p->depth--;
				return call(p, calls[i].op);
			}
		n = compare(p);
	}
	p->depth--;
	return n;
}

static struct odata_filter *parse_and(struct parser *p)
{
	struct odata_filter *n = condition(p);

	while (n && word(p, "and")) {
		struct odata_filter *b = condition(p);

		n = b ? make(p, OP_AND, TYPE_BOOL, n, b) : NULL;
	}
	return n;
}

static struct odata_filter *parse_or(struct parser *p)
{
	struct odata_filter *n = parse_and(p);

	while (n && word(p, "or")) {
		struct odata_filter *b = parse_and(p);

		n = b ? make(p, OP_OR, TYPE_BOOL, n, b) : NULL;
	}
	return n;
}

struct odata_filter *odata_filter_read(const struct dataset *d, const char *s,
				       struct arena *a, bool *unknown,
				       struct err *e)
{
	struct parser p = {
		.d = d, .start = s, .at = s, .a = a, .unknown = unknown, .e = e
	};
	struct odata_filter *n;

	*unknown = false;
	*e = (struct err){ .kind = ERR_NONE };
	if (strlen(s) > LIMIT_ODATA_FILTER)
		return fail(&p, "quá dài (too long)");
	n = parse_or(&p);
	blanks(&p);
	if (n && *p.at)
		n = fail(&p, "thừa chữ (words that do not belong)");
	return n;
}

/* ---- over a row ---------------------------------------------------------- */

/* What a leaf says here; false: null. */
static bool text_of(const struct odata_filter *n,
		    const struct dataset_cell *cells, char key[ODATA_KEY_MAX],
		    const char **out)
{
	const struct dataset_cell *c;

	if (n->op == OP_NULL)
		return false;
	if (n->op == OP_KEY) {
		*out = odata_key(n->d, cells, key);
		return true;
	}
	if (n->op == OP_TEXT) {
		*out = n->text;
		return true;
	}
	c = &cells[n->var];
	if (n->d->vars[n->var].kind == DATASET_TEXT)
		*out = c->s;
	else
		*out = c->value ? c->value->code : NULL;
	return *out != NULL;
}

static bool number_of(const struct odata_filter *n,
		      const struct dataset_cell *cells, double *out)
{
	if (n->op == OP_NULL)
		return false;
	*out = n->op == OP_NUMBER ? n->number : cells[n->var].x;
	return !isnan(*out);
}

/* -1, 0, 1; *null: 0 both have a value, 1 one is null, 2 both are. */
static int order(const struct odata_filter *a, const struct odata_filter *b,
		 const struct dataset_cell *cells, int *null)
{
	char key_a[ODATA_KEY_MAX], key_b[ODATA_KEY_MAX];
	const char *s = NULL, *t = NULL;
	double x = 0, y = 0;
	bool numbers = a->type == TYPE_NUMBER || b->type == TYPE_NUMBER;
	bool has_a = numbers ? number_of(a, cells, &x)
			     : text_of(a, cells, key_a, &s);
	bool has_b = numbers ? number_of(b, cells, &y)
			     : text_of(b, cells, key_b, &t);
	int c;

	*null = !has_a + !has_b;
	if (*null)
		return 0;
	if (numbers || !s || !t)
		return x < y ? -1 : x > y;
	c = strcmp(s, t);
	return c < 0 ? -1 : c > 0;
}

static bool compares(const struct odata_filter *n,
		     const struct dataset_cell *cells)
{
	int null, c = order(n->a, n->b, cells, &null);

	switch (n->op) {
	case OP_EQ: return null == 2 || (null == 0 && c == 0);
	case OP_NE: return null == 1 || (null == 0 && c != 0);
	case OP_LT: return null == 0 && c < 0;
	case OP_LE: return null == 0 && c <= 0;
	case OP_GT: return null == 0 && c > 0;
	default: return null == 0 && c >= 0;
	}
}

static bool is_in(const struct odata_filter *n,
		  const struct dataset_cell *cells)
{
	for (const struct odata_filter *l = n->b; l; l = l->b) {
		int null, c = order(n->a, l->a, cells, &null);

		if (null == 2 || (null == 0 && c == 0))
			return true;
	}
	return false;
}

static bool finds(const struct odata_filter *n,
		  const struct dataset_cell *cells)
{
	char key_a[ODATA_KEY_MAX], key_b[ODATA_KEY_MAX];
	const char *s = NULL, *t = NULL;
	size_t ns, nt;

	if (!text_of(n->a, cells, key_a, &s) ||
	    !text_of(n->b, cells, key_b, &t) || !s || !t)
		return false;
	if (n->op == OP_CONTAINS)
		return strstr(s, t) != NULL;
	ns = strlen(s);
	nt = strlen(t);
	return nt <= ns &&
	       memcmp(n->op == OP_STARTS ? s : s + ns - nt, t, nt) == 0;
}

bool odata_filter_takes(const struct odata_filter *f,
			const struct dataset_cell *cells)
{
	switch (f->op) {
	case OP_OR:
		return odata_filter_takes(f->a, cells) ||
		       odata_filter_takes(f->b, cells);
	case OP_AND:
		return odata_filter_takes(f->a, cells) &&
		       odata_filter_takes(f->b, cells);
	case OP_NOT: return !odata_filter_takes(f->a, cells);
	case OP_IN: return is_in(f, cells);
	case OP_CONTAINS:
	case OP_STARTS:
	case OP_ENDS: return finds(f, cells);
	case OP_TRUE: return true;
	case OP_FALSE: return false;
	default: return compares(f, cells);
	}
}
