/* Numbers as given, and what turns measures into points. */
#include <string.h>

#include "index_parts.h"
#include "phieu/buf.h"
#include "phieu/csv.h"
#include "phieu/json.h"

#define NUMBER_LETTERS "0123456789"

/* Digits at *s, at least one. */
static bool take_digits(const char **s)
{
	size_t n = strspn(*s, NUMBER_LETTERS);

	*s += n;
	return n > 0;
}

/* Digits without the point, and ten to the number of decimals. */
static void set_decimal(mpq_t out, const char *s, const char *point)
{
	char digits[INDEX_NUMBER_MAX + 1];
	size_t n = strlen(s), whole = (size_t)(point - s);

	memcpy(digits, s, whole);
	memcpy(digits + whole, point + 1, n - whole); /* with the NUL */
	(void)mpz_set_str(mpq_numref(out), digits, 10);
	mpz_ui_pow_ui(mpq_denref(out), 10, n - whole - 1);
}

bool index_number(const char *s, mpq_t out)
{
	const char *at = s + (*s == '-'), *point;
	size_t n = strlen(s);

	if (n > INDEX_NUMBER_MAX || !take_digits(&at))
		return false;
	point = at;
	if (*at != '\0' && *at != '.' && *at != '/')
		return false;
	if (*at != '\0') {
		at++;
		if (!take_digits(&at) || *at != '\0')
			return false;
	}
	if (*point == '.')
		set_decimal(out, s, point);
	else
		(void)mpq_set_str(out, s, 10);
	if (mpz_sgn(mpq_denref(out)) == 0) {
		mpq_set_ui(out, 0, 1);
		return false;
	}
	mpq_canonicalize(out);
	return true;
}

static bool linear(const struct index_convert *c, struct dec maximum,
		   const mpq_t measure, mpq_t points)
{
	mpq_t low, high, width;
	bool inside;

	mpq_inits(low, high, width, NULL);
	exact_from_dec(low, c->low);
	exact_from_dec(high, c->high);
	mpq_sub(width, high, low);
	mpq_set(points, measure);
	inside = mpq_cmp(measure, low) >= 0 && mpq_cmp(measure, high) <= 0;
	if (mpq_cmp(measure, low) < 0)
		mpq_set(points, low);
	if (mpq_cmp(measure, high) > 0)
		mpq_set(points, high);
	mpq_sub(points, points, low);
	if (mpq_sgn(width) > 0) /* else index_check has said so */
		mpq_div(points, points, width);
	exact_from_dec(low, maximum);
	mpq_mul(points, points, low);
	mpq_clears(low, high, width, NULL);
	return inside || c->cap;
}

static void steps(const struct index_convert *c, const mpq_t measure,
		  mpq_t points)
{
	mpq_t from;

	mpq_init(from);
	mpq_set_ui(points, 0, 1);
	for (size_t i = 0; i < c->n_steps; i++) {
		exact_from_dec(from, c->steps[i].from);
		if (mpq_cmp(measure, from) >= 0) {
			exact_from_dec(points, c->steps[i].points);
			break;
		}
	}
	mpq_clear(from);
}

bool index_convert(const struct index_convert *c, struct dec maximum,
		   const mpq_t measure, mpq_t points)
{
	mpq_t most;
	bool fits;

	if (c->kind == INDEX_LINEAR)
		return linear(c, maximum, measure, points);
	if (c->kind == INDEX_STEPS) {
		steps(c, measure, points);
		return true;
	}
	mpq_init(most);
	exact_from_dec(most, maximum);
	fits = mpq_sgn(measure) >= 0 && mpq_cmp(measure, most) <= 0;
	mpq_set(points, measure);
	mpq_clear(most);
	return fits;
}

static const char *group_value(const struct index_value *v, size_t group)
{
	for (size_t i = 0; i < v->n_groups; i++)
		if (v->groups[i].group == group)
			return v->groups[i].value;
	return NULL;
}

bool index_group_mean(const struct index_node *n, const struct index_value *v,
		      enum index_group_missing rule, mpq_t out)
{
	mpq_t w, x, total;
	bool ok = v->n_groups > 0;

	mpq_inits(w, x, total, NULL);
	mpq_set_ui(out, 0, 1);
	for (size_t g = 0; g < n->n_groups; g++) {
		const char *value = group_value(v, g);

		if (!value && rule == INDEX_RENORMALISE)
			continue;
		if (!value)
			ok = ok && rule != INDEX_GROUP_UNSCORED;
		exact_from_dec(w, n->groups[g].weight);
		mpq_add(total, total, w);
		if (!value || !index_number(value, x))
			continue;
		mpq_mul(x, x, w);
		mpq_add(out, out, x);
	}
	ok = ok && mpq_sgn(total) > 0;
	if (ok)
		mpq_div(out, out, total);
	mpq_clears(w, x, total, NULL);
	return ok;
}

bool index_applies(const struct index_node *n, size_t kind)
{
	return n->applies == NULL || n->applies[kind];
}

void index_plain(const mpq_t x, struct buf *out)
{
	char text[DEC_TEXT_MAX];
	struct err e = { 0 };
	struct dec d;
	mpq_t back;
	bool same;

	mpq_init(back);
	same = exact_round(x, 6, EXACT_HALF_UP, &d, &e);
	if (same) {
		exact_from_dec(back, d);
		same = mpq_equal(back, x);
	}
	mpq_clear(back);
	if (same)
		buf_adds(out, dec_text(d, text));
	else
		exact_text(x, out);
}

const char *index_exact_text(struct arena *a, const mpq_t x)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	const char *s;

	index_plain(x, &b);
	s = buf_cstr(&b) ? arena_strdup(a, b.data) : NULL;
	buf_free(&b);
	return s;
}

void index_put_exact(struct jw *w, const char *key, const mpq_t x)
{
	jw_key(w, key);
	jw_raw(w, "\""); /* digits, a point, a slash: nothing to escape */
	index_plain(x, w->out);
	buf_adds(w->out, "\"");
}

void index_put_fixed(struct jw *w, const char *key, struct dec d, int digits)
{
	char text[DEC_TEXT_MAX + 8];

	jw_kv(w, key, exact_fixed(d, digits, text));
}

void index_put_csv(struct buf *out, const char *s)
{
	csv_sep(out);
	if (s)
		csv_write(out, s, strlen(s));
}
