#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "spec_parts.h"

/* Columns made from columns.  Each rule is one line of the table at the end;
 * the values of a row are in v[k], NAN where missing. */
enum rule { IS, MEAN, SUM, COUNT, ANSWERED, ALL, REVERSE, CLIP, RULES };

static const char *const rule_name[RULES] = {
	[IS] = "is",	       [MEAN] = "mean",		[SUM] = "sum",
	[COUNT] = "count",     [ANSWERED] = "answered", [ALL] = "all",
	[REVERSE] = "reverse", [CLIP] = "clip"
};

struct spec_derive {
	const char *name;
	enum rule rule;
	struct spec_where *where; /* IS */
	struct spec_names of;
	double min, max; /* COUNT, ALL: the range counted; CLIP: limits */
	double least;	 /* MEAN, ALL: answers needed */
	double from;	 /* REVERSE: from - x */
	double *weight;	 /* SUM: NULL, all 1 */
};

static size_t find_rule(const cJSON *node, size_t *n)
{
	size_t found = RULES;

	*n = 0;
	for (size_t r = 0; r < RULES; r++)
		if (json_get(node, rule_name[r])) {
			found = r;
			++*n;
		}
	return found;
}

static void read_weights(struct spec_parse *p, const cJSON *node,
			 const char *path, struct spec_derive *d)
{
	const cJSON *list = json_get(node, "weights");
	bool ok = cJSON_IsArray(list) &&
		  (size_t)cJSON_GetArraySize(list) == d->of.n;

	if (!list)
		return;
	d->weight = arena_array(p->a, d->of.n + 1, sizeof *d->weight);
	for (size_t i = 0; ok && d->weight && i < d->of.n; i++) {
		const cJSON *w = cJSON_GetArrayItem(list, (int)i);

		ok = cJSON_IsNumber(w);
		d->weight[i] = ok ? w->valuedouble : 0;
	}
	if (!ok)
		spec_fault(p, "E04", path, "weights",
			   "a number for each column", "mỗi cột một số");
}

static void read_numbers(struct spec_parse *p, const cJSON *node,
			 const char *path, struct spec_derive *d)
{
	bool whole = d->rule == REVERSE || d->rule == CLIP;
	double most = (double)d->of.n;

	if (d->rule == REVERSE && !json_get(node, "from"))
		spec_fault(p, "E03", path, "from", "missing", "còn thiếu");
	if ((d->rule == COUNT || d->rule == ALL || d->rule == CLIP) &&
	    !json_get(node, "min") && !json_get(node, "max"))
		spec_fault(p, "E03", path, "min", "min or max is missing",
			   "cần min hoặc max");
	if (whole && d->of.n != 1)
		spec_fault(p, "E05", path, rule_name[d->rule], "one column",
			   "chỉ một cột");
	d->min = spec_number(p, node, path, "min", -1e300, 1e300, -INFINITY);
	d->max = spec_number(p, node, path, "max", -1e300, 1e300, INFINITY);
	d->from = spec_number(p, node, path, "from", -1e300, 1e300, 0);
	d->least = spec_number(p, node, path, "least", 0, most, 1);
	if (d->rule == SUM)
		read_weights(p, node, path, d);
}

static const char *read_name(struct spec_parse *p, const cJSON *node,
			     const char *path)
{
	const char *name = json_get_text(node, "name");

	if (!name || *name == '\0') {
		spec_fault(p, "E03", path, "name", "a name", "cần tên");
		return NULL;
	}
	if (p->n_made == sizeof p->made / sizeof p->made[0]) {
		spec_fault(p, "E06", path, NULL, "too many columns to derive",
			   "quá nhiều cột");
		return NULL;
	}
	if (spec_is_made(p, name)) {
		spec_fault(p, "E08", path, "name", "a name used before",
			   "tên đã dùng");
		return NULL;
	}
	return arena_strdup(p->a, name);
}

static bool read_one(struct spec_parse *p, const cJSON *node, const char *path,
		     struct spec_derive *d)
{
	static const char *const keys[] = { "name", "is",      "mean",
					    "sum",  "count",   "answered",
					    "all",  "reverse", "clip",
					    "min",  "max",     "least",
					    "from", "weights", NULL };
	size_t n, rule = find_rule(node, &n);

	if (!cJSON_IsObject(node)) {
		spec_fault(p, "E04", path, NULL, "an object",
			   "phải là đối tượng");
		return false;
	}
	spec_known(p, node, path, keys);
	d->name = read_name(p, node, path);
	if (n != 1) {
		spec_fault(p, "E07", path, NULL,
			   "one of is, mean, sum, count, answered, all, "
			   "reverse, clip",
			   "chỉ dùng một trong is, mean, sum, count, answered, "
			   "all, reverse, clip");
		return false;
	}
	d->rule = (enum rule)rule;
	if (d->rule == IS) {
		d->where = spec_where(p, node, path, "is");
		return d->name && d->where;
	}
	if (!spec_columns(p, node, path, rule_name[rule], FRAME_NUMBER, 1, 500,
			  &d->of))
		return false;
	read_numbers(p, node, path, d);
	return d->name != NULL;
}

void spec_derive_parse(struct spec_parse *p, const cJSON *list)
{
	struct spec *s = p->spec;
	size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;

	if (!list)
		return;
	if (!cJSON_IsArray(list)) {
		spec_fault(p, "E04", "/derive", NULL, "a list",
			   "phải là danh sách");
		return;
	}
	s->derive = arena_array(p->a, n + 1, sizeof *s->derive);
	for (size_t i = 0; s->derive && i < n; i++) {
		struct spec_derive *d = &s->derive[s->n_derive];

		if (!read_one(p, cJSON_GetArrayItem(list, (int)i),
			      spec_path_at(p, "/derive", i), d))
			continue;
		p->made[p->n_made++] = d->name;
		s->n_derive++;
	}
}

/* ---- computed --------------------------------------------------------- */

struct row_sums {
	double sum;
	size_t answered, within;
	bool missing;
};

static struct row_sums look(const struct spec_derive *d,
			    const struct frame_column *const *c, size_t row)
{
	struct row_sums s = { 0 };

	for (size_t k = 0; k < d->of.n; k++) {
		double v = frame_number(c[k], row);

		if (isnan(v)) {
			s.missing = true;
			continue;
		}
		s.answered++;
		s.within += v >= d->min && v <= d->max ? 1 : 0;
		s.sum += d->weight ? d->weight[k] * v : v;
	}
	return s;
}

static double value(const struct spec_derive *d, const struct row_sums *s)
{
	double n = (double)s->answered;

	switch (d->rule) {
	case MEAN: return n >= d->least && n > 0 ? s->sum / n : (double)NAN;
	case SUM: return s->missing ? (double)NAN : s->sum;
	case COUNT: return (double)s->within;
	case ANSWERED: return n;
	case ALL:
		if (n < d->least || n == 0)
			return NAN;
		return s->within == s->answered;
	case REVERSE: return s->missing ? (double)NAN : d->from - s->sum;
	default:
		return s->missing ? (double)NAN
				  : fmin(fmax(s->sum, d->min), d->max);
	}
}

static bool make(const struct spec_derive *d, struct frame *f, struct err *e)
{
	const struct frame_column **c =
		malloc((d->of.n + 1) * sizeof(struct frame_column *));
	double *y = malloc((f->rows + 1) * sizeof *y);
	bool ok = c && y;

	if (!ok)
		(void)err_set(e, ERR_NOMEM, "no memory for column \"%.64s\"",
			      d->name);
	for (size_t k = 0; ok && k < d->of.n; k++)
		c[k] = frame_get(f, d->of.name[k]);
	if (ok && d->where)
		spec_where_indicate(d->where, f, y);
	for (size_t i = 0; ok && !d->where && i < f->rows; i++) {
		struct row_sums s = look(d, c, i);

		y[i] = value(d, &s);
	}
	free(c);
	if (!ok) {
		free(y);
		return false;
	}
	return frame_add(f, d->name, y, e);
}

bool spec_derive_run(const struct spec *s, struct frame *f, struct err *e)
{
	for (size_t i = 0; i < s->n_derive; i++)
		if (!make(&s->derive[i], f, e))
			return false;
	return true;
}
