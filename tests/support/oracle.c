#include "support/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/table.h"
#include "support/test.h"

#define FLOOR 1e-6 /* differences of numbers below it are absolute */

void oracle_open(struct oracle *o, const char *family)
{
	char path[200];

	*o = (struct oracle){ .family = family };
	(void)snprintf(path, sizeof path, "tests/data/oracle/%s.json", family);
	o->tree = test_json_read(path);
}

void oracle_close(struct oracle *o)
{
	printf("oracle %s: %zu cases, %zu values, worst relative difference "
	       "%.2g at %s\n",
	       o->family, o->cases, o->compared, o->worst_rel,
	       o->worst_at[0] != '\0' ? o->worst_at : "-");
	cJSON_Delete(o->tree);
	for (size_t i = 0; i < 8; i++) {
		if (o->frame[i])
			frame_clear(o->frame[i]);
		free(o->frame[i]);
		free(o->file[i]);
	}
	for (size_t i = 0; i < o->weights; i++)
		free(o->weight[i]);
	free(o->weight);
	*o = (struct oracle){ 0 };
}

const cJSON *oracle_next(struct oracle *o, const cJSON *at)
{
	const cJSON *tol;

	at = at ? at->next : json_get(o->tree, "cases")->child;
	if (!at)
		return NULL;
	tol = json_get(at, "rel_tol");
	o->id = json_get_text(at, "id");
	o->tol = tol ? tol->valuedouble : 1e-8;
	o->expected = json_get(at, "expected");
	assert_non_null(o->id);
	assert_non_null(o->expected);
	return at;
}

bool oracle_is(const struct oracle *o, const char *prefix)
{
	return strncmp(o->id, prefix, strlen(prefix)) == 0;
}

/* ---- expected values -------------------------------------------------- */

/* The member of `at` with the longest name that `field` begins with: names
 * have dots too.  *n: its length. */
static const cJSON *longest(const cJSON *at, const char *field, size_t *n)
{
	char part[100];

	for (*n = strcspn(field, "["); *n > 0; --*n) {
		const cJSON *got;

		if (field[*n] != '\0' && field[*n] != '.' && field[*n] != '[')
			continue;
		assert_true(*n < sizeof part);
		memcpy(part, field, *n);
		part[*n] = '\0';
		got = json_get(at, part);
		if (got)
			return got;
	}
	return NULL;
}

/* "ci_mean[1]", "F.p", "math.mean.q[0]" */
const cJSON *oracle_field(const struct oracle *o, const char *field)
{
	const cJSON *at = o->expected;

	while (at && *field != '\0') {
		if (*field == '[') {
			char *end;
			long i = strtol(field + 1, &end, 10);

			at = cJSON_GetArrayItem(at, (int)i);
			field = end + 1;
		} else {
			size_t n;

			at = longest(at, field, &n);
			field += n;
		}
		field += *field == '.';
	}
	return at;
}

static void compare(struct oracle *o, const char *field, const cJSON *want,
		    double got)
{
	double a = got, b, d, most;

	if (!want || cJSON_IsNull(want)) {
		if (!isnan(got))
			fail_msg("%s %s: %.17g, want null", o->id, field, got);
		o->compared++;
		return;
	}
	if (!cJSON_IsNumber(want))
		fail_msg("%s %s: not a number in the family", o->id, field);
	b = want->valuedouble;
	most = fmax(fmax(fabs(a), fabs(b)), FLOOR);
	d = fabs(a - b) / most;
	if (!(d <= o->tol))
		fail_msg("%s %s: %.17g, want %.17g (apart by %.3g)", o->id,
			 field, a, b, d);
	o->compared++;
	if (d / o->tol > o->worst)
		o->worst = d / o->tol;
	if (d > o->worst_rel) {
		o->worst_rel = d;
		(void)snprintf(o->worst_at, sizeof o->worst_at, "%s %s", o->id,
			       field);
	}
}

void oracle_want(struct oracle *o, const char *field, double got)
{
	compare(o, field, oracle_field(o, field), got);
}

void oracle_want_list(struct oracle *o, const char *field, const double *got,
		      size_t n)
{
	const cJSON *list = oracle_field(o, field);
	char at[200];

	if (!list)
		fail_msg("%s: no field %s", o->id, field);
	if (!cJSON_IsArray(list)) { /* R writes a list of one as itself */
		assert_int_equal(n, 1);
		compare(o, field, list, got[0]);
		return;
	}
	if ((size_t)cJSON_GetArraySize(list) != n)
		fail_msg("%s %s: %zu values, want %d", o->id, field, n,
			 cJSON_GetArraySize(list));
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(at, sizeof at, "%.150s[%zu]", field, i);
		compare(o, at, cJSON_GetArrayItem(list, (int)i), got[i]);
	}
}

void oracle_want_matrix(struct oracle *o, const char *field, const double *got,
			size_t rows, size_t cols)
{
	char at[200];

	for (size_t i = 0; i < rows; i++) {
		(void)snprintf(at, sizeof at, "%.150s[%zu]", field, i);
		oracle_want_list(o, at, got + i * cols, cols);
	}
}

/* ---- data ------------------------------------------------------------- */

static bool is_number(const struct csv_cell *c)
{
	char *end;

	if (c->n == 0 || (c->n == 2 && memcmp(c->s, "NA", 2) == 0))
		return true;
	if (strspn(c->s, "0123456789+-.eE") != c->n)
		return false;
	(void)strtod(c->s, &end);
	return *end == '\0';
}

static void read_csv(struct frame *f, const char *text, size_t n)
{
	struct err e = { 0 };
	struct csv c;
	bool number[LIMIT_FRAME_COLUMNS];
	char *name[LIMIT_FRAME_COLUMNS];
	size_t columns = 0;

	assert_true(csv_open(&c, text, n, &e));
	for (int row = 0; csv_next(&c, &e) > 0; row++)
		for (size_t i = 0; i < c.n; i++) {
			if (row == 0) {
				name[i] = strdup(c.cells[i].s);
				number[i] = true;
				columns = c.n;
			} else {
				number[i] = number[i] && is_number(&c.cells[i]);
			}
		}
	csv_close(&c);
	for (size_t i = 0; i < columns; i++) {
		(void)frame_want(f, name[i],
				 number[i] ? FRAME_CODE | FRAME_NUMBER
					   : FRAME_CODE);
		free(name[i]);
	}
	assert_true(csv_open(&c, text, n, &e));
	assert_int_equal(csv_next(&c, &e), 1);
	assert_true(frame_header(f, c.cells, c.n, &e));
	while (csv_next(&c, &e) > 0)
		if (!frame_row(f, c.cells, c.n, c.line, &e))
			fail_msg("%s", e.msg);
	csv_close(&c);
	assert_true(frame_done(f, &e));
}

struct frame *oracle_frame(struct oracle *o, const char *file)
{
	const char *base = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
	struct err e = { 0 };
	char path[300], *text;
	size_t i = 0, n;

	for (; i < 8 && o->file[i]; i++)
		if (strcmp(o->file[i], base) == 0)
			return o->frame[i];
	assert_true(i < 8);
	(void)snprintf(path, sizeof path, "tests/data/oracle/%s", base);
	text = file_read(path, (size_t)64 << 20, &n, &e);
	if (!text)
		fail_msg("%s: %s", path, e.msg);
	o->file[i] = strdup(base);
	o->frame[i] = malloc(sizeof *o->frame[i]);
	assert_true(frame_init(o->frame[i], LIMIT_FRAME_ROWS, &e));
	read_csv(o->frame[i], text, n);
	free(text);
	return o->frame[i];
}

double *oracle_numbers(const struct frame *f, const char *column)
{
	const struct frame_column *c = frame_get(f, column);
	double *y = malloc(f->rows * sizeof *y);

	if (!c || !(c->as & FRAME_NUMBER))
		fail_msg("no column of numbers: %s", column);
	for (size_t i = 0; i < f->rows; i++)
		y[i] = frame_number(c, i);
	return y;
}

/* ---- designs ---------------------------------------------------------- */

/* "N_c (population count of the stratum)": the first word. */
static const struct frame_column *named(const struct frame *f, const cJSON *v)
{
	char name[100];
	size_t n;
	const struct frame_column *c;

	if (!cJSON_IsString(v))
		return NULL;
	n = strcspn(v->valuestring, " ");
	assert_true(n < sizeof name);
	memcpy(name, v->valuestring, n);
	name[n] = '\0';
	c = frame_get(f, name);
	if (!c && strcmp(name, "row") != 0)
		fail_msg("no column %s", name);
	return c;
}

static const cJSON *stage_of(const cJSON *list, int stage)
{
	return cJSON_IsArray(list) ? cJSON_GetArrayItem(list, stage)
	       : stage == 0	   ? list
				   : NULL;
}

static enum survey_lonely lonely_of(const cJSON *one)
{
	static const char *const rule[] = { "fail",   "certainty", "remove",
					    "adjust", "average",   "collapse" };
	const char *said = json_get_text(one, "lonely_psu");

	for (size_t i = 0; said && i < 6; i++)
		if (strcmp(rule[i], said) == 0)
			return (enum survey_lonely)i;
	return SURVEY_FAIL;
}

struct survey_design *oracle_design(struct oracle *o, const cJSON *one,
				    struct frame **frame)
{
	const cJSON *d = json_get(json_get(o->tree, "designs"),
				  json_get_text(one, "design"));
	const cJSON *ids = json_get(d, "ids");
	struct survey_input in = { .lonely = lonely_of(one) };
	struct frame *f = oracle_frame(o, json_get_text(d, "data"));
	double *weight = oracle_numbers(f, json_get_text(d, "weights"));
	double *fpc[SURVEY_STAGES] = { 0 };
	struct err e = { 0 };
	struct survey_design *out;

	in.n = f->rows;
	in.weight = weight;
	in.n_stages = cJSON_IsArray(ids) ? (size_t)cJSON_GetArraySize(ids) : 1;
	for (size_t s = 0; s < in.n_stages; s++) {
		const struct frame_column *c;

		c = named(f, stage_of(ids, (int)s));
		in.stage[s].cluster = c ? c->code : NULL;
		c = named(f, stage_of(json_get(d, "strata"), (int)s));
		in.stage[s].stratum = c ? c->code : NULL;
		c = named(f, stage_of(json_get(d, "fpc"), (int)s));
		if (c)
			in.stage[s].fpc = fpc[s] = oracle_numbers(f, c->name);
	}
	out = survey_design_new(&in, &e);
	if (!out)
		fail_msg("%s: %s", o->id, e.msg);
	for (size_t s = 0; s < SURVEY_STAGES; s++)
		free(fpc[s]);
	if (frame)
		*frame = f;
	o->weight = realloc(o->weight, (o->weights + 1) * sizeof *o->weight);
	o->weight[o->weights++] = weight;
	return out;
}

static bool ends(const char *s, const char *suffix, size_t *n)
{
	size_t all = strlen(s), m = strlen(suffix);

	if (all <= m || strcmp(s + all - m, suffix) != 0)
		return false;
	*n = all - m;
	return true;
}

/* "column", "column_starts_with" and "column_not". */
static bool row_passes(const struct frame *f, const cJSON *filter, size_t row)
{
	for (const cJSON *k = filter->child; k; k = k->next) {
		size_t n = strlen(k->string);
		bool starts = ends(k->string, "_starts_with", &n);
		bool not = ends(k->string, "_not", &n), same;
		const struct frame_column *c;
		char name[100], want[100];

		assert_true(n < sizeof name);
		memcpy(name, k->string, n);
		name[n] = '\0';
		c = frame_get(f, name);
		if (!c)
			fail_msg("no column %s", name);
		if (cJSON_IsNumber(k))
			(void)snprintf(want, sizeof want, "%.15g",
				       k->valuedouble);
		else
			(void)snprintf(want, sizeof want, "%s", k->valuestring);
		if (c->code[row] == FRAME_NONE)
			return false;
		same = starts ? strncmp(c->level[c->code[row]], want,
					strlen(want)) == 0
			      : strcmp(c->level[c->code[row]], want) == 0;
		if (same == not )
			return false;
	}
	return true;
}

uint32_t *oracle_filter(const struct frame *f, const cJSON *one)
{
	const cJSON *filter = json_get(one, "filter");
	uint32_t *cell = malloc(f->rows * sizeof *cell);

	for (size_t i = 0; i < f->rows; i++)
		cell[i] = cJSON_IsObject(filter) && !row_passes(f, filter, i)
				  ? SURVEY_NONE
				  : 0;
	return cell;
}

void oracle_agree(struct oracle *o, const char *what, double got, double want)
{
	double d = fabs(got - want);
	double size = fmax(fmax(fabs(got), fabs(want)), 1e-6);

	if (!(d <= o->tol * size))
		fail_msg("%s %s: %.17g, want %.17g", o->id, what, got, want);
	o->compared++;
	o->worst_rel = fmax(o->worst_rel, d / size);
}
