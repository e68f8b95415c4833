#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "phieu/replicates.h"
#include "spec_parts.h"
#include "weights_parts.h"

struct own {
	struct replicates_spec spec;
	const char *file;
	struct spec_names by, columns;
	double *rscales;
	size_t n_rscales;
	const struct frame *table; /* given */
	double *factor;
	struct replicates *made;
};

static const char base[] = "/replicates";

/* ---- parsing ---------------------------------------------------------- */

static void parse_rscales(struct spec_parse *p, struct own *o,
			  const cJSON *node)
{
	const cJSON *list = json_get(node, "rscales");
	size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0;

	if (!list)
		return;
	o->rscales = arena_array(p->a, n + 1, sizeof *o->rscales);
	for (const cJSON *x = list->child; o->rscales && x; x = x->next) {
		if (!cJSON_IsArray(list) || !cJSON_IsNumber(x))
			break;
		o->rscales[o->n_rscales++] = x->valuedouble;
	}
	if (n == 0 || o->n_rscales != n)
		spec_fault(p, "E04", base, "rscales", "a list of numbers",
			   "phải là danh sách số");
}

static void parse_given(struct spec_parse *p, struct own *o, const cJSON *node)
{
	static const char *const keys[] = { "file",  "by",	"columns",
					    "scale", "rscales", "combined",
					    "mse",   "threads", NULL };
	const cJSON *file = json_get(node, "file");

	spec_known(p, node, base, keys);
	o->spec.method = REPLICATES_GIVEN;
	if (file && !cJSON_IsString(file))
		spec_fault(p, "E04", base, "file", "the name of a file",
			   "phải là tên tệp");
	else if (file)
		o->file = arena_strdup(p->a, file->valuestring);
	(void)spec_columns(p, node, base, "by", FRAME_CODE, 0, 8, &o->by);
	(void)spec_columns(p, node, base, "columns", FRAME_NUMBER, file ? 0 : 2,
			   file ? 0 : LIMIT_FRAME_COLUMNS, &o->columns);
	o->spec.combined = spec_bool(p, node, base, "combined", false);
	o->spec.scale = spec_number(p, node, base, "scale", 0, 1e300, NAN);
	parse_rscales(p, o, node);
}

static void parse_made(struct spec_parse *p, struct own *o, const cJSON *node)
{
	static const char *const words[] = { "jk1", "jkn", "brr", "fay",
					     "bootstrap" };
	static const enum replicates_method method[] = {
		REPLICATES_JK1, REPLICATES_JKN, REPLICATES_BRR, REPLICATES_BRR,
		REPLICATES_BOOTSTRAP
	};
	static const char *const keys[] = { "method", "mse",  "threads",
					    "count",  "seed", NULL };
	static const char *const fay[] = { "method", "mse", "threads", "count",
					   "seed",   "rho", NULL };
	static const char *const boot[] = { "method", "mse", "threads", "count",
					    "seed",   "fpc", NULL };
	size_t w = spec_word(p, node, base, "method", words, 5, 5), count;
	uint64_t seed;

	if (w == 5) {
		if (!json_get(node, "method"))
			spec_fault(p, "E03", base, "method",
				   "a method, a file or columns",
				   "cần method, file hoặc columns");
		return;
	}
	spec_known(p, node, base, w == 4 ? boot : w == 3 ? fay : keys);
	o->spec.method = method[w];
	if (w == 3)
		o->spec.fay = spec_number(p, node, base, "rho", 0, 0.99, 0.5);
	count = (size_t)spec_number(p, node, base, "count", 2, LIMIT_REPLICATES,
				    500);
	seed = (uint64_t)spec_number(p, node, base, "seed", 0,
				     9007199254740991.0, 1);
	/* The units say how many jackknife and balanced replicates there are
	 * and none is drawn: a count and a seed beside them change nothing. */
	if (w != 4)
		return;
	o->spec.count = count;
	o->spec.seed = seed;
	o->spec.fpc = spec_bool(p, node, base, "fpc", false);
}

static void *parse(struct spec_parse *p, const cJSON *node)
{
	struct own *o = arena_alloc(p->a, sizeof *o);

	if (!o)
		return NULL;
	if (!cJSON_IsObject(node)) {
		spec_fault(p, "E04", base, NULL, "an object",
			   "phải là đối tượng");
		return NULL;
	}
	o->spec.scale = NAN;
	o->spec.mse = spec_bool(p, node, base, "mse", false);
	o->spec.threads =
		(unsigned)spec_number(p, node, base, "threads", 1, 16, 2);
	if (json_get(node, "file") || json_get(node, "columns"))
		parse_given(p, o, node);
	else
		parse_made(p, o, node);
	return o;
}

/* ---- factors from elsewhere ------------------------------------------- */

/* The list of parts has this one. */
static struct own *own_of(const struct spec *s)
{
	size_t i = 0;

	while (spec_parts[i] != &spec_part_replicates)
		i++;
	return s->part[i];
}

const char *spec_replicates_file(const struct spec *s)
{
	const struct own *o = own_of(s);

	return o ? o->file : NULL;
}

void spec_replicates_give(const struct spec *s, const struct frame *table)
{
	struct own *o = own_of(s);

	if (o)
		o->table = table;
}

/* Columns of the data: factors by row. */
static bool from_columns(struct spec_run *r, struct own *o, struct err *e)
{
	size_t n = r->frame->rows, count = o->columns.n;

	o->factor = spec_memory(r, n * count, sizeof *o->factor, e);
	for (size_t k = 0; o->factor && k < count; k++) {
		const double *x = spec_numbers(r, o->columns.name[k], e);

		if (!x)
			return false;
		for (size_t i = 0; i < n; i++)
			o->factor[i * count + k] = x[i];
	}
	o->spec.by_row = true;
	o->spec.count = count;
	return o->factor != NULL;
}

/* "H02.1": the key of a row in the file's first column. */
struct keys {
	size_t n;
	const uint32_t *code[8];
	const char *const *level[8];
};

static bool keys_of(struct spec_run *r, const struct own *o, struct keys *k,
		    struct err *e)
{
	const char *one = r->spec->design.n_stages > 0
				  ? r->spec->design.cluster[0]
				  : NULL;
	size_t levels;

	k->n = o->by.n > 0 ? o->by.n : 1;
	if (o->by.n == 0 && !one)
		return err_set(e, ERR_INPUT,
			       "replicates: cần \"by\" vì thiết kế không có "
			       "cụm (say \"by\": the design has no clusters)");
	for (size_t i = 0; i < k->n; i++) {
		k->code[i] = spec_codes(r, o->by.n > 0 ? o->by.name[i] : one,
					&k->level[i], &levels, e);
		if (!k->code[i])
			return false;
	}
	return true;
}

static const char *key_at(const struct keys *k, size_t row, struct buf *b)
{
	b->len = 0;
	for (size_t i = 0; i < k->n; i++) {
		if (!k->code[i] || k->code[i][row] == FRAME_NONE)
			return NULL;
		buf_addf(b, "%s%s", i > 0 ? "." : "",
			 k->level[i][k->code[i][row]]);
	}
	return buf_cstr(b);
}

/* Row of the table by code of its key. */
static uint32_t *table_rows(struct spec_run *r, const struct frame *t,
			    struct err *e)
{
	const struct frame_column *key = &t->column[0];
	uint32_t *row = spec_memory(r, key->n_levels, sizeof *row, e);

	for (size_t i = 0; row && i < t->rows; i++) {
		uint32_t c = key->code[i];

		if (c == FRAME_NONE || row[c] != 0) {
			(void)err_set(e, ERR_INPUT,
				      "tệp lặp lại: dòng %zu thiếu khóa hoặc "
				      "trùng khóa (row %zu of the replicates "
				      "has no key or one that came before)",
				      i + 1, i + 1);
			return NULL;
		}
		row[c] = (uint32_t)i + 1;
	}
	return row;
}

static void copy_factors(const struct frame *t, size_t row, size_t count,
			 double *out)
{
	for (size_t k = 0; k < count; k++)
		out[k] = frame_number(&t->column[k + 1], row);
}

/* Row of the table for every row of the data. */
static uint32_t *match_rows(struct spec_run *r, const struct own *o,
			    struct err *e)
{
	size_t n = r->frame->rows;
	const struct frame *t = o->table;
	uint32_t *row = table_rows(r, t, e);
	uint32_t *out = row ? spec_memory(r, n, sizeof *out, e) : NULL;
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct keys k = { 0 };
	bool ok = out && keys_of(r, o, &k, e);

	for (size_t i = 0; ok && i < n; i++) {
		const char *key = key_at(&k, i, &b);
		uint32_t c = key ? frame_level(&t->column[0], key) : FRAME_NONE;

		if (c == FRAME_NONE || row[c] == 0)
			ok = err_set(e, ERR_INPUT,
				     "dòng %zu: tệp lặp lại không có \"%.60s\" "
				     "(row %zu: no replicates for \"%.60s\")",
				     i + 1, key ? key : "", i + 1,
				     key ? key : "");
		else
			out[i] = row[c] - 1;
	}
	buf_free(&b);
	return ok ? out : NULL;
}

/* One row of the file for all rows of a first-stage unit? */
static bool same_by_unit(const struct spec_run *r, const uint32_t *row,
			 uint32_t *of_unit)
{
	const struct survey_design *d = r->design;
	bool same = true;

	for (size_t i = 0; i < d->n; i++)
		of_unit[d->row_unit[i]] = row[i];
	for (size_t i = 0; i < d->n; i++)
		same = same && of_unit[d->row_unit[i]] == row[i];
	return same;
}

static bool from_file(struct spec_run *r, struct own *o, struct err *e)
{
	const struct frame *t = o->table;
	size_t n = r->frame->rows, units = r->design->n_units[0], count;
	uint32_t *row, *of_unit;

	if (!t || t->n_columns < 3)
		return err_set(e, ERR_INPUT,
			       "tệp lặp lại cần cột khóa và ít nhất hai cột "
			       "(a file of replicates wants a key and two "
			       "columns at least)");
	count = t->n_columns - 1;
	row = match_rows(r, o, e);
	of_unit = row ? spec_memory(r, units, sizeof *of_unit, e) : NULL;
	if (!of_unit)
		return false;
	o->spec.by_row = o->spec.combined || !same_by_unit(r, row, of_unit);
	if (o->spec.by_row)
		of_unit = row;
	else
		n = units;
	o->factor = spec_memory(r, n * count, sizeof *o->factor, e);
	for (size_t i = 0; o->factor && i < n; i++)
		copy_factors(t, of_unit[i], count, o->factor + i * count);
	o->spec.count = count;
	return o->factor != NULL;
}

/* ---- preparing -------------------------------------------------------- */

static bool given(struct spec_run *r, struct own *o, struct err *e)
{
	if (o->spec.method != REPLICATES_GIVEN)
		return true;
	if (!(o->file ? from_file(r, o, e) : from_columns(r, o, e)))
		return false;
	o->spec.factor = o->factor;
	if (o->n_rscales > 0 && o->n_rscales != o->spec.count)
		return err_set(e, ERR_INPUT,
			       "có %zu rscales cho %zu lần lặp (%zu rscales "
			       "for %zu replicates)",
			       o->n_rscales, o->spec.count, o->n_rscales,
			       o->spec.count);
	o->spec.rscales = o->n_rscales > 0 ? o->rscales : NULL;
	return true;
}

static void say(struct spec_run *r, const struct own *o)
{
	if (o->spec.method != REPLICATES_BOOTSTRAP)
		return;
	spec_warn(r, "N01", base,
		  arena_printf(r->a,
			       "%zu bootstrap replicates, generator taus2, "
			       "seed %llu",
			       o->made->count,
			       (unsigned long long)o->spec.seed),
		  arena_printf(r->a,
			       "%zu lần lặp bootstrap, bộ sinh taus2, hạt "
			       "giống %llu",
			       o->made->count,
			       (unsigned long long)o->spec.seed));
}

static bool prepare(struct spec_run *r, void *own, struct err *e)
{
	struct own *o = own;
	const struct calibration *c = spec_calibration(r->spec);
	const double *before = r->design->weight;
	double *plain = NULL;

	if (c) { /* the weights before: w / g */
		plain = spec_memory(r, r->frame->rows, sizeof *plain, e);
		if (!plain)
			return false;
		calib_base(c, plain);
		before = plain;
	}
	if (!given(r, o, e))
		return err_wrap(e, "lặp lại (replicates)");
	o->made = replicates_new(&o->spec, r->design, c, before, e);
	if (!o->made)
		return err_wrap(e, "lặp lại (replicates)");
	r->var.replicates = o->made;
	r->var.replicate = replicates_estimate;
	r->var.df = o->made->df;
	say(r, o);
	return true;
}

static void done(void *own)
{
	struct own *o = own;

	replicates_free(o->made);
	o->made = NULL;
}

const struct spec_part spec_part_replicates = {
	.key = "replicates", .parse = parse, .prepare = prepare, .done = done
};
