#include <math.h>
#include <string.h>

#include "spec_parts.h"

enum kind { TEXTS, NUMBERS, RANGE, PREFIX };

struct condition {
	const char *column;
	enum kind kind;
	const char **text; /* [n] */
	double *number;	   /* [n] */
	size_t n;
	double min, max;
	bool negate;
};

struct spec_where {
	struct condition *list;
	size_t n;
};

/* A value, or a list of values of one kind, into c; false after a fault. */
static bool read_values(struct spec_parse *p, const cJSON *node,
			const char *path, struct condition *c)
{
	bool list = cJSON_IsArray(node);
	size_t n = list ? (size_t)cJSON_GetArraySize(node) : 1;

	c->text = arena_array(p->a, n + 1, sizeof *c->text);
	c->number = arena_array(p->a, n + 1, sizeof *c->number);
	if (!c->text || !c->number)
		return false;
	for (size_t i = 0; i < n; i++) {
		const cJSON *v = list ? cJSON_GetArrayItem(node, (int)i) : node;

		if (i == 0)
			c->kind = cJSON_IsNumber(v) ? NUMBERS : TEXTS;
		if (cJSON_IsNumber(v) && c->kind == NUMBERS) {
			c->number[c->n++] = v->valuedouble;
		} else if (cJSON_IsString(v) && c->kind == TEXTS) {
			c->text[c->n++] = arena_strdup(p->a, v->valuestring);
		} else {
			spec_fault(p, "E04", path, NULL,
				   "texts, or numbers, of one kind",
				   "phải toàn là chữ, hoặc toàn là số");
			return false;
		}
	}
	return true;
}

static bool read_object(struct spec_parse *p, const cJSON *node,
			const char *path, struct condition *c)
{
	static const char *const keys[] = { "min", "max", "prefix", "not",
					    NULL };
	const cJSON *prefix = json_get(node, "prefix");
	const cJSON *not_ = json_get(node, "not");
	bool range = json_get(node, "min") || json_get(node, "max");

	spec_known(p, node, path, keys);
	if ((prefix != NULL) + (not_ != NULL) + range != 1) {
		spec_fault(p, "E07", path, NULL, "one of min/max, prefix, not",
			   "chỉ dùng một trong min/max, prefix, not");
		return false;
	}
	if (not_) {
		c->negate = true;
		return read_values(p, not_, spec_path(p, path, "not"), c);
	}
	if (prefix) {
		if (!cJSON_IsString(prefix)) {
			spec_fault(p, "E04", path, "prefix", "a text",
				   "phải là chữ");
			return false;
		}
		c->kind = PREFIX;
		c->text = arena_array(p->a, 1, sizeof *c->text);
		if (!c->text)
			return false;
		c->text[0] = arena_strdup(p->a, prefix->valuestring);
		return true;
	}
	c->kind = RANGE;
	c->min = spec_number(p, node, path, "min", -1e300, 1e300, -INFINITY);
	c->max = spec_number(p, node, path, "max", -1e300, 1e300, INFINITY);
	return true;
}

static bool read_condition(struct spec_parse *p, const cJSON *node,
			   const char *path, struct condition *c)
{
	cJSON name = { .type = cJSON_String, .valuestring = node->string };
	bool ok = cJSON_IsObject(node) ? read_object(p, node, path, c)
				       : read_values(p, node, path, c);

	if (!ok)
		return false;
	if ((c->kind == TEXTS || c->kind == PREFIX) &&
	    spec_is_made(p, node->string)) {
		spec_fault(p, "E04", path, NULL,
			   "numbers: this column is made by \"derive\"",
			   "phải là số: cột này do \"derive\" tạo ra");
		return false;
	}
	c->column = spec_column(p, &name, path, NULL,
				c->kind == NUMBERS || c->kind == RANGE
					? FRAME_NUMBER
					: FRAME_CODE);
	return c->column != NULL;
}

struct spec_where *spec_where(struct spec_parse *p, const cJSON *object,
			      const char *base, const char *key)
{
	const cJSON *node = json_get(object, key);
	const char *path = spec_path(p, base, key);
	struct spec_where *w;
	size_t n;

	if (!node)
		return NULL;
	if (!cJSON_IsObject(node)) {
		spec_fault(p, "E04", path, NULL, "an object {column: value}",
			   "phải là đối tượng {cột: giá trị}");
		return NULL;
	}
	n = (size_t)cJSON_GetArraySize(node);
	w = arena_alloc(p->a, sizeof *w);
	if (!w)
		return NULL;
	w->list = arena_array(p->a, n + 1, sizeof *w->list);
	for (const cJSON *c = w->list ? node->child : NULL; c; c = c->next)
		w->n += read_condition(p, c, spec_path(p, path, c->string),
				       &w->list[w->n]);
	return w;
}

/* ---- applied ---------------------------------------------------------- */

static bool number_passes(const struct condition *c, double v)
{
	bool in = false;

	if (isnan(v))
		return false;
	if (c->kind == RANGE)
		return v >= c->min && v <= c->max;
	for (size_t i = 0; i < c->n; i++)
		in = in || v == c->number[i];
	return in != c->negate;
}

static bool text_passes(const struct condition *c, const char *s)
{
	bool in = false;

	if (c->kind == PREFIX)
		return strncmp(s, c->text[0], strlen(c->text[0])) == 0;
	for (size_t i = 0; i < c->n; i++)
		in = in || strcmp(s, c->text[i]) == 0;
	return in != c->negate;
}

/* 1 passes, 0 not, -1 missing. */
static int passes(const struct condition *c, const struct frame_column *col,
		  size_t row)
{
	if (c->kind == NUMBERS || c->kind == RANGE) {
		double v = frame_number(col, row);

		return isnan(v) ? -1 : number_passes(c, v);
	}
	if (col->code[row] == FRAME_NONE)
		return -1;
	return text_passes(c, col->level[col->code[row]]);
}

static bool usable(const struct condition *c, const struct frame_column *col)
{
	bool number = c->kind == NUMBERS || c->kind == RANGE;

	return col && (col->as & (number ? FRAME_NUMBER : FRAME_CODE));
}

void spec_where_apply(const struct spec_where *w, const struct frame *f,
		      uint8_t *in)
{
	for (size_t k = 0; w && k < w->n; k++) {
		const struct frame_column *c = frame_get(f, w->list[k].column);
		bool is = usable(&w->list[k], c);

		for (size_t i = 0; i < f->rows; i++)
			if (in[i] && (!is || passes(&w->list[k], c, i) <= 0))
				in[i] = 0;
	}
}

void spec_where_indicate(const struct spec_where *w, const struct frame *f,
			 double *y)
{
	for (size_t i = 0; i < f->rows; i++)
		y[i] = 1;
	for (size_t k = 0; k < w->n; k++) {
		const struct frame_column *c = frame_get(f, w->list[k].column);
		bool is = usable(&w->list[k], c);

		for (size_t i = 0; i < f->rows; i++) {
			int pass = is ? passes(&w->list[k], c, i) : -1;

			if (pass < 0)
				y[i] = NAN;
			else if (pass == 0 && !isnan(y[i]))
				y[i] = 0;
		}
	}
}

bool spec_where_beyond(const struct spec_where *w, const char *const *known)
{
	for (size_t k = 0; w && k < w->n; k++) {
		bool is = false;

		for (size_t i = 0; known[i]; i++)
			is = is || strcmp(known[i], w->list[k].column) == 0;
		if (!is)
			return true;
	}
	return false;
}
