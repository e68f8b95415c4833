/* R22: Weights, calibration, replicates and planning while allocations fail,
 * one by one: an error that says so, nothing lost, nothing read twice. */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_roots.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate.h"
#include "phieu/estimate_weights.h"
#include "phieu/limits.h"
#include "phieu/planning.h"
#include "phieu/replicates.h"
#include "phieu/weights.h"
#include "support/test.h"

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
gsl_matrix *__real_gsl_matrix_alloc(size_t n, size_t m);
gsl_matrix *__wrap_gsl_matrix_alloc(size_t n, size_t m);
gsl_vector *__real_gsl_vector_alloc(size_t n);
gsl_vector *__wrap_gsl_vector_alloc(size_t n);
gsl_root_fsolver *__real_gsl_root_fsolver_alloc(const gsl_root_fsolver_type *t);
gsl_root_fsolver *__wrap_gsl_root_fsolver_alloc(const gsl_root_fsolver_type *t);
int __real_pthread_create(pthread_t *id, const pthread_attr_t *a,
			  void *(*run)(void *), void *arg);
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *a,
			  void *(*run)(void *), void *arg);

static _Atomic long left = -1; /* allocations that still succeed */
static bool no_threads;

static bool fails(void)
{
	return left >= 0 && left-- == 0;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

gsl_matrix *__wrap_gsl_matrix_alloc(size_t n, size_t m)
{
	return fails() ? NULL : __real_gsl_matrix_alloc(n, m);
}

gsl_vector *__wrap_gsl_vector_alloc(size_t n)
{
	return fails() ? NULL : __real_gsl_vector_alloc(n);
}

gsl_root_fsolver *__wrap_gsl_root_fsolver_alloc(const gsl_root_fsolver_type *t)
{
	return fails() ? NULL : __real_gsl_root_fsolver_alloc(t);
}

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *a,
			  void *(*run)(void *), void *arg)
{
	return no_threads ? 1 : __real_pthread_create(id, a, run, arg);
}

/* Runs `what` with the first, second, … allocation failing until all are
 * there; every failure must be told as one of memory. */
static void fail_each(bool (*what)(struct err *e))
{
	for (long i = 0;; i++) {
		struct err e = { 0 };
		bool ok, all;

		left = i;
		ok = what(&e);
		all = left >= 0;
		left = -1;
		if (ok && !all)
			fail_msg("allocation %ld: nobody minds", i);
		if (!ok && e.kind != ERR_NOMEM)
			fail_msg("allocation %ld: \"%s\"", i, e.msg);
		if (all)
			return;
		assert_true(i < 100000);
	}
}

/* ---- functions -------------------------------------------------------- */

static bool weights(struct err *e)
{
	const double frame[] = { 9, 9, 9 }, p[] = { .5, .6, .7 };
	const uint8_t status[] = { 0, 1, 0 };
	double w[3], d;
	struct weight_class r[1];
	size_t worst;

	return weight_base(3, NULL, frame, w, e) &&
	       weight_adjust_classes(3, frame, status, NULL, 1, w, r, e) &&
	       weight_adjust_propensity(3, frame, status, p, 2, w, e) &&
	       weight_check_sums(3, frame, NULL, 1, (double[]){ 27 }, &worst,
				 &d, e);
}

static bool regression(struct err *e)
{
	const double x[] = { 1, 1, 1 }, y[] = { 0, 1, 1 };
	double coef[1];

	return weight_logit(3, 1, x, y, NULL, coef, NULL, e);
}

static bool planning(struct err *e)
{
	const double n[] = { 50, 60 };
	const int64_t count[] = { 2, 9, 8, 7 };
	double exact[2];
	uint64_t whole[2];
	uint8_t closed[4];
	size_t picked[2];
	struct planning_table t = { .rows = 2,
				    .columns = 2,
				    .count = count,
				    .threshold = 5,
				    .closed = closed };

	return planning_allocate(PLANNING_PROPORTIONAL, 2, n, NULL, 10, true, 0,
				 exact, whole, e) &&
	       planning_draw(9, 2, 1, 1, picked, e) && planning_suppress(&t, e);
}

static bool areas(struct err *e)
{
	const double y[] = { 1, 9, 3, 7 }, d[] = { .1, .1, .1, .1 },
		     x[] = { 1, 1, 1, 1 };
	double beta[1], out[6][4];
	struct small_area s = { 0,	beta,	out[0], out[1],
				out[2], out[3], out[4], out[5] };

	return small_area_fit(4, 1, y, d, x, &s, e);
}

static void functions_tell_when_memory_ends(void **state)
{
	(void)state;
	fail_each(weights);
	fail_each(regression);
	fail_each(planning);
	fail_each(areas);
}

/* ---- calibration and replicates --------------------------------------- */

static const double w12[] = { 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3 };
static const double income[] = { 5, 3, 8, 1, 9, 2, 7, 4, 6, 5, 3, 1 };
static const uint32_t sex[] = { 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 };
static const uint32_t half[] = { 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1 };

static struct calibration *calibrated(bool number, struct err *e)
{
	const double total[] = { 11, 14 }, sum[] = { 110 };
	struct calib_term t[] = {
		{ .name = "sex", .code = sex, .n_levels = 2, .total = total },
		{ .name = "x", .n_levels = 1, .x = income, .total = sum }
	};
	struct calib_spec spec = { .term = t,
				   .n_terms = number ? 2 : 1,
				   .weight_bounded = number,
				   .w_upper = 50 };

	return calib_new(&spec, 12, w12, e);
}

static bool calibration(struct err *e)
{
	struct calibration *a = calibrated(false, e);
	struct calibration *b = a == NULL ? NULL : calibrated(true, e);
	struct calib_work *w = b == NULL ? NULL : calib_work_new(b, e);
	bool ok = w != NULL;

	calib_work_free(w);
	calib_free(a);
	calib_free(b);
	return ok;
}

static bool residuals(struct err *e)
{
	struct survey_input in = { .n = 12, .weight = w12, .n_stages = 1 };
	struct survey_design *d = survey_design_new(&in, e);
	struct calibration *c = d == NULL ? NULL : calibrated(false, e);
	struct est_how how = { .level = 0.95 };
	struct est r;
	bool ok = false;

	if (c != NULL)
		ok = est_total(&(struct survey_var){ .design = d,
						     .residual = &c->residual },
			       NULL, 1, income, &how, &r, NULL, e);
	calib_free(c);
	survey_design_free(d);
	return ok;
}

static void values(const void *ctx, const uint32_t *row, size_t n, double *v)
{
	(void)ctx;
	for (size_t i = 0; i < n; i++) {
		v[3 * i] = income[row[i]];
		v[3 * i + 1] = 1;
		v[3 * i + 2] = 2;
	}
}

static void ratio(const void *ctx, const double *t, double *theta, double *jac)
{
	(void)ctx;
	(void)jac;
	theta[0] = t[0] / t[1];
}

static bool replicate(struct survey_design *d, enum replicates_method method,
		      const struct calibration *c, bool full, struct err *e)
{
	static const double factor[24] = { 1, 0, 1, 0, 1, 0, 1, 0,
					   0, 1, 0, 1, 0, 1, 0, 1 };
	struct replicates_spec spec = { .method = method,
					.count = method == REPLICATES_GIVEN ? 2
									    : 5,
					.scale = NAN,
					.factor = factor,
					.threads = 2 };
	struct survey_stat s = { .n_cells = 1,
				 .m = 3,
				 .values = values,
				 .n_blocks = 1,
				 .q = 1,
				 .theta = ratio };
	struct survey_var v = { .design = d };
	struct replicates *r = replicates_new(&spec, d, c, w12, e);
	double theta, cov;
	bool ok = false;

	if (r != NULL) {
		v.replicates = r;
		ok = replicates_estimate(&v, &s, full, &theta, &cov, e);
	}
	replicates_free(r);
	return ok;
}

static bool replication(struct err *e)
{
	struct survey_input in = { .n = 12, .weight = w12, .n_stages = 1 };
	struct survey_design *d, *pairs = NULL;
	struct calibration *c = NULL;
	bool ok = false;

	in.stage[0].stratum = half;
	d = survey_design_new(&in, e);
	if (d != NULL) {
		in.stage[0].cluster = sex;
		in.nest = true;
		pairs = survey_design_new(&in, e);
	}
	if (pairs != NULL)
		c = calibrated(false, e);
	if (c != NULL)
		ok = replicate(d, REPLICATES_JKN, NULL, true, e) &&
		     replicate(d, REPLICATES_BOOTSTRAP, NULL, false, e) &&
		     replicate(d, REPLICATES_BOOTSTRAP, c, false, e) &&
		     replicate(d, REPLICATES_GIVEN, NULL, false, e) &&
		     replicate(pairs, REPLICATES_BRR, NULL, false, e);
	calib_free(c);
	survey_design_free(d);
	survey_design_free(pairs);
	return ok;
}

static void engines_tell_when_memory_ends(void **state)
{
	(void)state;
	fail_each(calibration);
	fail_each(residuals);
	no_threads = true; /* then one thread does all the work */
	fail_each(replication);
	no_threads = false;
}

/* ---- specifications --------------------------------------------------- */

static const char people[] = "id,h,psu,sex,age,w,N,y,disp,S,g\n"
			     "1,A,1,F,20,2,6,1,I,1,1\n"
			     "2,A,2,M,30,2,6,2,P,1,1\n"
			     "3,A,2,M,40,2,6,4,R,1,1\n"
			     "4,B,3,F,50,3,9,3,I,1,2\n"
			     "5,B,4,M,60,3,9,5,I,1,2\n"
			     "6,B,4,F,70,3,9,6,R,1,2\n";

static const char factors[] = "psu,a,b,c\n1,1,1,2\n2,2,0.5,1\n";

/* Answers to questions of five steps, two groups, three kinds. */
static const char answers[] = "h,psu,w,g,k,y,b,p,q,r,s,r1,r2\n"
			      "1,1,1.0,1,3,4,1,4,4,5,4,0.5,0.5\n"
			      "2,1,2.0,2,3,3,0,2,2,1,2,0.5,0.5\n"
			      "3,1,3.0,1,1,2,0,3,2,2,3,2,1.5\n"
			      "1,2,1.5,2,1,,0,3,3,3,3,0.5,1\n"
			      "2,2,2.5,1,2,2,1,3,4,3,3,0.5,1\n"
			      "3,2,1.0,2,3,3,1,3,3,4,3,2,0.5\n"
			      "1,3,2.0,1,3,3,1,4,4,4,4,1,0.5\n"
			      "2,3,3.0,2,2,2,1,4,3,3,4,0.5,1.5\n"
			      "3,3,1.5,1,,4,0,4,4,4,3,0.5,1.5\n"
			      "1,4,2.5,2,3,3,0,2,2,3,2,1,1\n"
			      "2,4,1.0,1,1,3,0,2,2,2,1,1,1.5\n"
			      "3,4,2.0,2,2,4,0,4,4,4,4,2,1\n"
			      "1,5,3.0,,3,3,0,3,2,3,3,0.5,0.5\n"
			      "2,5,1.5,2,2,5,1,5,5,4,4,1,1.5\n"
			      "3,5,2.5,1,1,3,0,3,3,3,4,2,1.5\n"
			      "1,6,1.0,2,1,3,0,3,2,2,3,1,1\n"
			      "2,6,2.0,1,3,3,1,3,3,2,3,2,1\n"
			      "3,6,3.0,2,2,3,0,4,4,4,4,2,0.5\n"
			      "1,7,1.5,1,3,3,1,4,3,3,4,2,1\n"
			      "2,7,2.5,2,3,2,1,2,2,1,2,2,1\n"
			      "3,7,1.0,1,2,4,0,,4,4,3,2,1\n"
			      "1,8,2.0,2,2,3,1,3,3,3,4,2,1\n"
			      "2,8,3.0,1,1,3,1,4,3,4,4,2,0.5\n"
			      "3,8,1.5,2,3,3,0,2,3,2,2,2,1.5\n"
			      "1,9,2.5,1,1,2,1,4,4,4,4,2,1\n"
			      "2,9,1.0,2,1,4,1,4,4,4,4,0.5,0.5\n"
			      "3,9,2.0,1,2,3,0,2,1,2,1,1,1\n"
			      "1,10,3.0,2,1,3,1,4,3,4,3,1,1\n"
			      "2,10,1.5,1,3,2,1,3,2,4,3,1,0.5\n"
			      "3,10,2.5,2,1,3,1,4,4,3,4,1,1\n"
			      "1,11,1.0,1,2,3,1,5,4,5,4,2,1\n"
			      "2,11,2.0,2,1,1,1,2,3,2,2,1,1.5\n"
			      "3,11,3.0,1,2,4,1,5,4,4,5,0.5,1\n"
			      "1,12,1.5,2,2,4,1,3,3,3,3,2,1\n"
			      "2,12,2.5,1,2,3,1,4,4,3,4,0.5,1\n"
			      "3,12,1.0,2,1,2,0,1,2,2,1,1,0.5\n";

/* Columns made by "derive" get their codes only when they are asked for. */
#define CODES                                                         \
	"\"derive\":[{\"name\":\"g1\",\"sum\":[\"g\"]},{\"name\":"    \
	"\"g2\",\"sum\":[\"g\"]},{\"name\":\"k1\",\"sum\":[\"k\"]},"  \
	"{\"name\":\"k2\",\"sum\":[\"k\"]},{\"name\":\"y1\",\"sum\":" \
	"[\"y\"]}],"
#define DESIGN_CODES                                                        \
	"\"derive\":[{\"name\":\"h1\",\"sum\":[\"h\"]},{\"name\":\"h2\","   \
	"\"sum\":[\"h\"]},{\"name\":\"psu1\",\"sum\":[\"psu\"]},{\"name\":" \
	"\"g2\",\"sum\":[\"g\"]},{\"name\":\"y1\",\"sum\":[\"y\"]}],"
#define MODELS                                                            \
	"\"estimates\":[{\"stat\":\"regression\",\"y\":\"y\",\"x\":"      \
	"[\"p\"],\"factors\":[\"k1\"],\"test\":[\"p\"],\"by\":\"g2\"},"   \
	"{\"stat\":\"regression\",\"family\":\"logit\",\"y\":\"b\","      \
	"\"x\":[\"q\"]},{\"stat\":\"regression\",\"family\":"             \
	"\"ordinal\",\"y\":\"y1\",\"x\":[\"p\"]},{\"stat\":\"ttest\","    \
	"\"of\":\"y\",\"group\":\"g1\",\"where\":{\"h\":[\"1\",\"2\"]}}," \
	"{\"stat\":\"chisq\",\"rows\":\"g1\",\"cols\":\"k2\"},"           \
	"{\"stat\":\"drivers\",\"y\":\"y\",\"x\":[\"p\",\"q\"]}]}"
#define SHAPES(matrix)                                                     \
	"\"estimates\":[{\"stat\":\"pca\",\"factors\":1,\"draws\":10,"     \
	"\"of\":[\"p\",\"q\",\"r\",\"s\"]" matrix "},{\"stat\":\"omega\"," \
	"\"of\":[\"p\",\"q\",\"r\",\"s\"]" matrix "},{\"stat\":"           \
	"\"factor\",\"factors\":1,\"draws\":10,\"of\":[\"p\",\"q\","       \
	"\"r\",\"s\"]" matrix "}]}"
#define POLYCHORIC ",\"matrix\":\"polychoric\""

static const struct {
	const char *json, *csv;
	bool with_table;
} all[] = {
	{ "{\"data\":\"x\",\"derive\":[{\"name\":\"g1\",\"sum\":[\"g\"]},"
	  "{\"name\":\"g2\",\"sum\":[\"g\"]},{\"name\":\"g3\",\"sum\":[\"g\"]}]"
	  ","
	  "\"design\":{\"clusters\":\"psu\",\"strata\":\"h\"},"
	  "\"weights\":{\"frame\":\"N\",\"by\":\"g1\",\"nonresponse\":{"
	  "\"of\":\"disp\",\"classes\":\"h\"},\"trim\":{\"upper\":4}},"
	  "\"calibrate\":{\"margins\":[{\"by\":[\"g2\"],\"totals\":{"
	  "\"1\":6,\"2\":8}},{\"of\":\"age\",\"total\":560}]},"
	  "\"replicates\":{\"file\":\"r\",\"by\":\"g3\"},"
	  "\"estimates\":[{\"name\":\"m\",\"stat\":\"mean\",\"of\":\"y\"},"
	  "{\"name\":\"k\",\"stat\":\"kish\"}]}",
	  people, true },
	{ "{\"data\":\"x\",\"derive\":[{\"name\":\"g1\",\"sum\":[\"g\"]},"
	  "{\"name\":\"g2\",\"sum\":[\"g\"]},{\"name\":\"g3\",\"sum\":[\"g\"]}]"
	  ","
	  "\"weights\":{\"base\":\"w\",\"nonresponse\":{"
	  "\"of\":\"disp\",\"propensity\":\"g1\"}},"
	  "\"replicates\":{\"columns\":[\"w\",\"N\"]},"
	  "\"estimates\":[{\"name\":\"d\",\"stat\":\"draw\",\"by\":\"h\","
	  "\"n\":\"S\",\"seed\":3,\"id\":\"id\"},"
	  "{\"name\":\"w\",\"stat\":\"weights\",\"id\":\"id\"},"
	  "{\"name\":\"r\",\"stat\":\"response_rates\",\"of\":\"disp\"},"
	  "{\"name\":\"s\",\"stat\":\"suppress\",\"rows\":\"g2\",\"columns\":"
	  "\"g3\"},"
	  "{\"name\":\"z\",\"stat\":\"sample_size\",\"margin\":0.1}]}",
	  people, false },
	{ "{\"data\":\"x\",\"derive\":[{\"name\":\"g1\",\"sum\":[\"g\"]}],"
	  "\"replicates\":{\"method\":\"bootstrap\",\"count\":4},\"estimates\":"
	  "["
	  "{\"name\":\"R\",\"stat\":\"r_indicator\",\"of\":\"disp\","
	  "\"explain\":"
	  "\"g1\"},"
	  "{\"name\":\"f\",\"stat\":\"fay_herriot\",\"of\":\"y\","
	  "\"se\":\"S\",\"covariates\":\"age\",\"id\":\"id\"},"
	  "{\"name\":\"k\",\"stat\":\"kish\",\"by\":\"id\"},"
	  "{\"name\":\"r\",\"stat\":\"response_rates\",\"of\":\"disp\",\"by\":"
	  "\"id\"},"
	  "{\"name\":\"s\",\"stat\":\"suppress\",\"rows\":\"id\",\"columns\":"
	  "\"h\",\"threshold\":1},"
	  "{\"name\":\"a\",\"stat\":\"allocation\",\"of\":\"N\","
	  "\"n\":9,\"rule\":\"neyman\",\"spread\":\"S\",\"id\":\"id\"}]}",
	  people, false },
	{ "{\"data\":\"x\"," CODES
	  "\"design\":{\"clusters\":\"psu\",\"weights\":\"w\"}," MODELS,
	  answers, false },
	{ "{\"data\":\"x\"," CODES
	  "\"design\":{\"clusters\":\"psu\",\"weights\":\"w\"},\"replicates\":{"
	  "\"method\":\"jk1\"}," MODELS,
	  answers, false },
	{ "{\"data\":\"x\",\"design\":{\"clusters\":\"psu\",\"weights\":\"w\"}"
	  "," SHAPES(""),
	  answers, false },
	{ "{\"data\":\"x\",\"design\":{\"clusters\":\"psu\",\"weights\":\"w\"}"
	  "," SHAPES(POLYCHORIC),
	  answers, false },
	{ "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},\"replicates\":{"
	  "\"columns\":[\"r1\",\"r2\"]}," SHAPES(POLYCHORIC),
	  answers, false },
	{ "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},\"replicates\":{"
	  "\"columns\":[\"r1\",\"r2\"]}," SHAPES(""),
	  answers, false },
	{ "{\"data\":\"x\"," DESIGN_CODES
	  "\"where\":{\"h\":{\"prefix\":\"1\"}},\"design\":{"
	  "\"strata\":\"h1\",\"clusters\":\"psu1\",\"nest\":true,"
	  "\"lonely\":\"collapse\",\"collapse\":\"h2\"},\"estimates\":["
	  "{\"stat\":\"quantile\",\"of\":\"y1\",\"p\":[0.5],\"by\":"
	  "\"g2\"},{\"stat\":\"unit_pairs\",\"of\":\"p\",\"unit\":\"k\","
	  "\"group\":\"g\",\"shares\":{\"1\":1}},{\"stat\":\"unit_score\","
	  "\"of\":\"p\",\"unit\":\"k\",\"group\":\"g\",\"shares\":{"
	  "\"1\":1,\"2\":0}}]}",
	  answers, false },
	{ "{\"data\":\"x\",\"derive\":[{\"name\":\"p1\",\"sum\":[\"p\"]},"
	  "{\"name\":\"q1\",\"sum\":[\"q\"]}],\"estimates\":[{\"stat\":"
	  "\"drivers\",\"y\":\"y\",\"x\":[\"p1\",\"q1\",\"r\"]}]}",
	  answers, false },
};

static size_t asked;
static bool with_table;
static size_t arena_size = (size_t)64 << 20;

static bool push(struct frame *f, const char *csv, struct err *e)
{
	struct frame_csv c;
	bool ok;

	frame_csv_init(&c, f);
	ok = frame_csv_push(&c, csv, strlen(csv), e) && frame_csv_end(&c, e) &&
	     frame_done(f, e);
	frame_csv_clear(&c);
	return ok;
}

static bool table_read(struct frame *t, const struct spec *s, struct err *e)
{
	static const char *const column[] = { "psu", "a", "b", "c" };

	for (unsigned i = 0; i < 4; i++)
		if (frame_want(t, column[i],
			       i == 0 ? FRAME_CODE : FRAME_NUMBER) ==
		    FRAME_NONE)
			return err_set(e, ERR_NOMEM, "columns");
	if (!push(t, factors, e))
		return false;
	spec_replicates_give(s, t);
	return true;
}

/* Only the run is made to fail: what comes before has tests of its own. */
static long fail_at;

static bool specification(struct err *e)
{
	struct arena *a, *words;
	struct frame f, table;
	struct spec s;
	struct faults faults;
	struct est_results out = { 0 };
	bool ok;

	fail_at = left;
	left = -1;
	a = arena_new(arena_size);
	words = arena_new((size_t)1 << 20);
	assert_non_null(a);
	faults_init(&faults, words);
	assert_true(frame_init(&f, 1000, e));
	assert_true(frame_init(&table, 1000, e));
	if (arena_size < (size_t)64 << 20) {
		if (!spec_read(all[asked].json, strlen(all[asked].json), a, &f,
			       &s, &faults)) {
			ok = err_set(e, ERR_NOMEM, "reading");
			goto out;
		}
	} else if (!spec_read(all[asked].json, strlen(all[asked].json), a, &f,
			      &s, &faults))
		fail_msg("%s %s", faults.list[0].path, faults.list[0].message);
	assert_true(push(&f, all[asked].csv, e));
	if (with_table)
		assert_true(table_read(&table, &s, e));
	left = fail_at;
	ok = spec_run(&s, &f, a, &out, e);
	fail_at = left;
	left = -1;
	for (size_t i = 0; ok && i < out.n_warnings; i++)
		if (strncmp(out.warning[i].code, "W1", 2) == 0)
			fail_msg("%s", out.warning[i].message);
out:
	frame_clear(&f);
	frame_clear(&table);
	arena_free(words);
	arena_free(a);
	left = fail_at;
	return ok;
}

static void specifications_tell_when_memory_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		asked = i;
		with_table = all[i].with_table;
		print_message("spec %zu\n", i);
		fail_each(specification);
	}
}

/* Reading and running, in arenas of every size. */
static void specifications_too_large_for_the_arena_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		bool ok = false;

		asked = i;
		with_table = all[i].with_table;
		for (arena_size = 64; !ok; arena_size += 48) {
			struct err e = { 0 };

			ok = specification(&e);
			if (!ok && e.kind != ERR_NOMEM)
				fail_msg("%zu of %zu: %s", arena_size, i,
					 e.msg);
			assert_true(arena_size < 1000000);
		}
		assert_true(arena_size > 1000);
	}
	arena_size = (size_t)64 << 20;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_tell_when_memory_ends),
		cmocka_unit_test(engines_tell_when_memory_ends),
		cmocka_unit_test(specifications_tell_when_memory_ends),
		cmocka_unit_test(
			specifications_too_large_for_the_arena_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
