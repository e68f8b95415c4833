/* bench_stat - survey estimates of a synthetic province in memory, beside a
 * plain loop over the same columns and, where it is installed, R's survey
 * package on the same rows.  Results are compared before times are told.
 *
 * usage: bench_stat [ROWS]
 * A line of JSON a figure goes to standard output. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "phieu/calibrate.h"
#include "phieu/date.h"
#include "phieu/estimate.h"
#include "phieu/replicates.h"
#include "phieu/survey.h"

enum { UNITS = 28, GROUPS = 8, STRATA = UNITS * GROUPS, RUNS = 7, SCORES = 9 };
enum { SEXES = 2, AGES = 5, REPLICATES = 500 };

static void fail(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench_stat: %s: %s\n", what, why);
	exit(1);
}

static double now(void)
{
	return (double)clock_monotonic_us() / 1e6;
}

static void *room(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		fail("memory", "out of it");
	return p;
}

static uint64_t next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* ---- the data ----------------------------------------------------------- */

struct data {
	size_t n;
	uint32_t *unit, *stratum, *sex, *age;
	double *y[SCORES], *w, *fpc;
	size_t in_stratum[STRATA];
};

static struct data make(size_t n)
{
	struct data d = { .n = n };
	uint64_t s = 88172645463325252u;

	d.unit = room(n, sizeof *d.unit);
	d.stratum = room(n, sizeof *d.stratum);
	d.sex = room(n, sizeof *d.sex);
	d.age = room(n, sizeof *d.age);
	d.w = room(n, sizeof *d.w);
	d.fpc = room(n, sizeof *d.fpc);
	for (size_t k = 0; k < SCORES; k++)
		d.y[k] = room(n, sizeof *d.y[k]);
	for (size_t i = 0; i < n; i++) {
		uint32_t h = (uint32_t)(next(&s) >> 33) % STRATA;

		d.stratum[i] = h;
		d.unit[i] = h / GROUPS;
		d.sex[i] = (uint32_t)(next(&s) >> 40) % SEXES;
		d.age[i] = (uint32_t)(next(&s) >> 40) % AGES;
		d.in_stratum[h]++;
		for (size_t k = 0; k < SCORES; k++) {
			uint64_t r = next(&s);
			double sum = 0;

			/* the mean of 25 answers 1..5 */
			for (int q = 0; q < 25; q++)
				sum += 1 + (double)((r >> (2 * q)) & 3) +
				       (double)((r >> q) & 1);
			d.y[k][i] = sum / 25 + 0.01 * (double)d.unit[i];
		}
	}
	for (size_t i = 0; i < n; i++) {
		double own = (double)d.in_stratum[d.stratum[i]];
		double all = floor(own * (2 + d.stratum[i] % 7)) + 3;

		d.fpc[i] = all;
		d.w[i] = all / own;
	}
	return d;
}

static struct survey_design *design(const struct data *d)
{
	struct survey_input in = {
		.n = d->n, .weight = d->w, .n_stages = 1, .lonely = SURVEY_FAIL
	};
	struct survey_design *s;
	struct err e = { 0 };

	in.stage[0].stratum = d->stratum;
	in.stage[0].fpc = d->fpc;
	s = survey_design_new(&in, &e);
	if (!s)
		fail("design", e.msg);
	return s;
}

/* ---- the limit: what a plain loop needs --------------------------------- */

static void plain_mean(const struct data *d, double *mean, double *se)
{
	double sw[UNITS] = { 0 }, swy[UNITS] = { 0 };
	double z1[STRATA] = { 0 }, z2[STRATA] = { 0 };

	for (size_t i = 0; i < d->n; i++) {
		sw[d->unit[i]] += d->w[i];
		swy[d->unit[i]] += d->w[i] * d->y[0][i];
	}
	for (size_t u = 0; u < UNITS; u++) {
		mean[u] = swy[u] / sw[u];
		se[u] = 0;
	}
	for (size_t i = 0; i < d->n; i++) {
		uint32_t u = d->unit[i];
		double z = d->w[i] * (d->y[0][i] - mean[u]);

		z1[d->stratum[i]] += z;
		z2[d->stratum[i]] += z * z;
	}
	for (size_t h = 0; h < STRATA; h++) {
		double n = (double)d->in_stratum[h];
		double all = floor(n * (double)(2 + h % 7)) + 3;

		se[h / GROUPS] += (1 - n / all) * n / (n - 1) *
				  (z2[h] - z1[h] * z1[h] / n);
	}
	for (size_t u = 0; u < UNITS; u++)
		se[u] = sqrt(se[u]) / sw[u];
}

/* Rows of a stratum side by side, n_h - 1 draws of each stratum. */
static void plain_bootstrap(const struct data *d, double *se)
{
	double *y = room(d->n, sizeof *y), *s1 = room(UNITS, sizeof *s1);
	double *s2 = room(UNITS, sizeof *s2);
	size_t first[STRATA + 1] = { 0 }, at[STRATA];
	uint64_t s = 4101842887655102017u;

	for (size_t h = 0; h < STRATA; h++)
		first[h + 1] = first[h] + d->in_stratum[h];
	memcpy(at, first, sizeof at);
	for (size_t i = 0; i < d->n; i++)
		y[at[d->stratum[i]]++] = d->y[0][i];
	for (size_t r = 0; r < REPLICATES; r++) {
		double sw[UNITS] = { 0 }, swy[UNITS] = { 0 };

		for (size_t h = 0; h < STRATA; h++) {
			uint64_t n = d->in_stratum[h];
			double all = floor((double)n * (double)(2 + h % 7)) + 3;
			double w = all / (double)n * (double)n /
				   (double)(n - 1),
			       sum = 0;

			for (uint64_t k = 1; k < n; k++)
				sum += y[first[h] +
					 (((next(&s) >> 32) * n) >> 32)];
			swy[h / GROUPS] += w * sum;
			sw[h / GROUPS] += w * (double)(n - 1);
		}
		for (size_t u = 0; u < UNITS; u++) {
			s1[u] += swy[u] / sw[u];
			s2[u] += swy[u] / sw[u] * (swy[u] / sw[u]);
		}
	}
	for (size_t u = 0; u < UNITS; u++)
		se[u] = sqrt((s2[u] - s1[u] * s1[u] / REPLICATES) /
			     (REPLICATES - 1));
	free(y);
	free(s1);
	free(s2);
}

/* ---- figures ------------------------------------------------------------ */

static void figure(const char *name, double value, const char *unit,
		   double limit, const char *limit_is, double goal,
		   const char *better)
{
	printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"limit\":%.6g,"
	       "\"limit_is\":\"%s\",\"ratio\":%.4g,\"goal\":%.4g,"
	       "\"better\":\"%s\"}\n",
	       name, value, unit, limit, limit_is, value / limit, goal, better);
	(void)fflush(stdout);
}

static void near(const char *what, double got, double want, double tol)
{
	if (!(fabs(got - want) <= tol * fabs(want))) {
		(void)fprintf(stderr, "bench_stat: %s: %.17g, not %.17g\n",
			      what, got, want);
		exit(1);
	}
}

/* Of the processor, on all threads: the neighbours of a shared machine touch
 * it less than the clock on the wall. */
static double processor(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* The shortest of RUNS. */
#define BEST(out, act)                                       \
	do {                                                 \
		(out) = INFINITY;                            \
		for (int run_ = 0; run_ < RUNS; run_++) {    \
			double begun_ = now();               \
			act;                                 \
			(out) = fmin((out), now() - begun_); \
		}                                            \
	} while (0)

static const struct est_how how = { .level = 0.95 };

static void means(const struct survey_var *v, const struct data *d,
		  const double *y, struct est *out)
{
	struct err e = { 0 };

	if (!est_mean(v, d->unit, UNITS, y, &how, out, NULL, &e))
		fail("mean", e.msg);
}

static double mean_by_unit(const struct data *d, struct survey_design *s)
{
	struct survey_var v = { .design = s };
	double mean[UNITS], se[UNITS], ours, plain;
	struct est out[UNITS];

	double begun = processor(), spent;

	BEST(plain, plain_mean(d, mean, se));
	spent = processor() - begun;
	begun = processor();
	BEST(ours, means(&v, d, d->y[0], out));
	if (d->n <= 1000000)
		(void)fprintf(stderr,
			      "a mean by unit: %.2f ms of the processor, the "
			      "plain loop %.2f ms\n",
			      1e3 * (processor() - begun) / RUNS,
			      1e3 * spent / RUNS);
	for (size_t u = 0; u < UNITS; u++) {
		near("mean", out[u].value, mean[u], 1e-10);
		near("error", out[u].se, se[u], 1e-8);
	}
	if (d->n <= 1000000)
		figure("stat_mean", 1e3 * ours, "ms", 1e3 * plain,
		       "plain C loop, mean and error by unit", 2, "lower");
	return ours;
}

static void scores_at_once(const struct data *d, struct survey_design *s)
{
	struct survey_var v = { .design = s };
	struct est out[SCORES], one;
	const double *y[SCORES];
	double together, apart;
	struct err e = { 0 };

	for (size_t k = 0; k < SCORES; k++)
		y[k] = d->y[k];
	BEST(together, {
		if (!est_mean_vector(&v, NULL, y, SCORES, &how, out, NULL, &e))
			fail("means", e.msg);
	});
	BEST(
		apart, for (size_t k = 0; k < SCORES; k++) {
			if (!est_mean(&v, NULL, 1, y[k], &how, &one, NULL, &e))
				fail("mean", e.msg);
			near("one of nine", one.se, out[k].se, 1e-9);
		});
	figure("stat_nine_scores", 1e3 * together, "ms", 1e3 * apart,
	       "nine passes of one score", 1, "lower");
}

/* Seconds; what came of it in out[UNITS]. */
static double bootstrap(const struct data *d, struct survey_design *s,
			struct est *out)
{
	struct replicates_spec spec = { .method = REPLICATES_BOOTSTRAP,
					.count = REPLICATES,
					.seed = 1,
					.scale = NAN,
					.threads = 2 };
	double se[UNITS], ours, plain;
	struct est lin[UNITS];
	struct survey_var v = { .design = s };
	struct err e = { 0 };

	means(&v, d, d->y[0], lin);
	BEST(plain, plain_bootstrap(d, se));
	BEST(ours, {
		struct replicates *r = replicates_new(&spec, s, NULL, NULL, &e);

		if (!r)
			fail("replicates", e.msg);
		v.replicates = r;
		v.replicate = replicates_estimate;
		means(&v, d, d->y[0], out);
		replicates_free(r);
	});
	for (size_t u = 0; u < UNITS; u++) {
		near("replicated mean", out[u].value, lin[u].value, 1e-12);
		/* 500 draws: both within a few of their own errors */
		near("replicated error", out[u].se, se[u], 0.3);
	}
	figure("stat_bootstrap_500", 1e3 * ours, "ms", 1e3 * plain,
	       "plain C loop, 500 replicates of the mean by unit", 2, "lower");
	return ours;
}

/* ---- beside R ----------------------------------------------------------- */

struct margins {
	double post[SEXES * AGES], sex[SEXES], age[AGES];
	uint32_t *cross;
};

static struct margins margins_of(const struct data *d)
{
	struct margins m = { .cross = room(d->n, sizeof *m.cross) };

	for (size_t i = 0; i < d->n; i++) {
		m.cross[i] = d->sex[i] * AGES + d->age[i];
		m.post[m.cross[i]] += d->w[i] * (1 + 0.1 * (m.cross[i] % 3));
	}
	for (size_t c = 0; c < SEXES * AGES; c++) {
		m.post[c] = floor(m.post[c]);
		m.sex[c / AGES] += m.post[c];
		m.age[c % AGES] += m.post[c];
	}
	return m;
}

static double calibrated(const struct data *d, struct survey_design *s,
			 const struct calib_term *t, size_t n_terms,
			 enum calib_method method, struct est *out)
{
	const struct calib_spec spec = { .method = method,
					 .term = t,
					 .n_terms = n_terms };
	struct err e = { 0 };
	double best;

	BEST(best, {
		struct calibration *c = calib_new(&spec, d->n, d->w, &e);
		struct survey_var v = { .design = s };

		if (!c)
			fail("calibration", e.msg);
		survey_set_weight(s, c->weight);
		v.residual = &c->residual;
		means(&v, d, d->y[0], out);
		survey_set_weight(s, d->w);
		calib_free(c);
	});
	return best;
}

static void undump(const char *dir)
{
	char path[200];

	(void)snprintf(path, sizeof path, "%s/d.bin", dir);
	(void)unlink(path);
	(void)rmdir(dir);
}

static void dump(const char *dir, const struct data *d, const struct margins *m)
{
	char path[200];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/d.bin", dir);
	f = fopen(path, "wb");
	if (!f)
		fail(path, "cannot write");
	(void)fwrite(d->y[0], sizeof(double), d->n, f);
	(void)fwrite(d->w, sizeof(double), d->n, f);
	(void)fwrite(d->fpc, sizeof(double), d->n, f);
	(void)fwrite(d->unit, sizeof(uint32_t), d->n, f);
	(void)fwrite(d->stratum, sizeof(uint32_t), d->n, f);
	(void)fwrite(d->sex, sizeof(uint32_t), d->n, f);
	(void)fwrite(d->age, sizeof(uint32_t), d->n, f);
	(void)fwrite(m->post, sizeof(double), SEXES * AGES, f);
	if (fclose(f) != 0)
		fail(path, "cannot write");
}

/* Runs tests/bench/stat.R for `n` numbers; false without R or the package. */
static bool ask_r(const char *dir, size_t rows, const char *more, double *out,
		  size_t n)
{
	char command[300];
	size_t got = 0;
	FILE *p;

	if (getenv("BENCH_NO_R"))
		return false;
	(void)snprintf(command, sizeof command,
		       "Rscript tests/bench/stat.R %s %zu %s 2>/dev/null", dir,
		       rows, more);
	p = popen(command, "r");
	if (!p)
		return false;
	for (; got < n; got++) {
		char line[64], *end;

		if (!fgets(line, sizeof line, p))
			break;
		out[got] = strtod(line, &end);
		if (end == line)
			break;
	}
	return pclose(p) == 0 && got == n;
}

static void same(const char *what, const struct est *ours, const double *r,
		 double tol)
{
	for (size_t u = 0; u < UNITS; u++) {
		near(what, ours[u].value, r[2 * u], tol);
		near(what, ours[u].se, r[2 * u + 1], tol);
	}
}

static double peak_mib(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_maxrss / 1024;
}

static void beside_r(const struct data *d, struct survey_design *s, double mean,
		     double prepared, double peak)
{
	struct margins m = margins_of(d);
	const struct calib_term post = { .name = "sex x age",
					 .code = m.cross,
					 .n_levels = SEXES * AGES,
					 .total = m.post };
	const struct calib_term both[] = {
		{ .name = "sex",
		  .code = d->sex,
		  .n_levels = SEXES,
		  .total = m.sex },
		{ .name = "age",
		  .code = d->age,
		  .n_levels = AGES,
		  .total = m.age },
	};
	struct est p[UNITS], r[UNITS], plain[UNITS];
	double times[5 + 3 * 2 * UNITS], *values = times + 5, tp, tr;
	struct survey_var v = { .design = s };
	char dir[] = "/tmp/phieu-bench.XXXXXX";

	means(&v, d, d->y[0], plain);
	tp = calibrated(d, s, &post, 1, CALIB_LINEAR, p);
	tr = calibrated(d, s, both, 2, CALIB_RAKING, r);
	if (!mkdtemp(dir))
		fail(dir, "cannot make");
	dump(dir, d, &m);
	(void)fprintf(stderr, "R ...\n");
	if (ask_r(dir, d->n, "", times, 5 + 3 * 2 * UNITS)) {
		same("R mean", plain, values, 1e-8);
		same("R post-stratified", p, values + 2 * UNITS, 1e-7);
		same("R raked", r, values + 4 * UNITS, 1e-6);
		figure("stat_mean_r", mean + prepared, "s", times[0] + times[1],
		       "R survey: svydesign and svyby", 1.0 / 500, "lower");
		figure("stat_poststratify_r", tp, "s", times[2],
		       "R survey: postStratify and svyby", 1.0 / 500, "lower");
		figure("stat_rake_r", tr, "s", times[3],
		       "R survey: rake and svyby", 1.0 / 500, "lower");
		figure("stat_peak_memory", peak, "MiB", times[4], "R's peak",
		       0.1, "lower");
	} else {
		(void)fprintf(stderr,
			      "R or its survey package is not here: "
			      "post-stratified %.1f ms, raked %.1f ms, "
			      "nothing to compare with\n",
			      1e3 * tp, 1e3 * tr);
	}
	undump(dir);
	free(m.cross);
}

/* R's errors come from draws of its own, and like the plain loop it leaves the
 * finite population out. */
static void bootstrap_beside_r(const struct data *d, const struct est *plain,
			       double ours)
{
	struct margins m = margins_of(d);
	double r[2 + 2 * UNITS];
	char dir[] = "/tmp/phieu-bench.XXXXXX";

	if (!mkdtemp(dir))
		fail(dir, "cannot make");
	dump(dir, d, &m);
	if (ask_r(dir, d->n, "bootstrap", r, 2 + 2 * UNITS)) {
		for (size_t u = 0; u < UNITS; u++) {
			near("R replicated mean", plain[u].value, r[2 + 2 * u],
			     1e-10);
			near("R replicated error", plain[u].se, r[3 + 2 * u],
			     0.3);
		}
		figure("stat_bootstrap_r", ours, "s", r[0],
		       "R survey: 500 Rao-Wu replicates and svyby", 1.0 / 500,
		       "lower");
	}
	undump(dir);
	free(m.cross);
}

/* The report of a province over two waves by the program itself, from its
 * start to its end. */
static void report(void)
{
	const char *argv[] = { "build/release/phieu", "estimate",
			       "tests/bench/report.json", "--json", NULL };
	double best = INFINITY;

	for (int run = 0; run < RUNS; run++) {
		double begun = now();
		int status = 0;
		pid_t pid = fork();

		if (pid == 0) {
			if (!freopen("/dev/null", "w", stdout))
				_exit(126);
			(void)execv(argv[0], (char *const *)(uintptr_t)argv);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
			fail("report", "the program failed");
		best = fmin(best, now() - begun);
	}
	figure("stat_report", best, "s", 0.1,
	       "28 units x 9 scores x groups, two waves, start-up included", 1,
	       "lower");
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 1000000;
	struct data d = make(n), small = make(n / 10);
	struct survey_design *s, *t;
	double prepared, once, peak, ten, replicated;
	struct est boot[UNITS];

	(void)gsl_set_error_handler_off();
	report();
	BEST(prepared, survey_design_free(design(&d)));
	s = design(&d);
	once = mean_by_unit(&d, s);
	peak = peak_mib();
	figure("stat_design", 1e3 * prepared, "ms", 1e3 * once,
	       "one mean by unit on it", 20, "lower");
	scores_at_once(&d, s);
	t = design(&small);
	replicated = bootstrap(&small, t, boot);
	survey_design_free(t);
	beside_r(&d, s, once, prepared, peak);
	bootstrap_beside_r(&small, boot, replicated);
	survey_design_free(s);
	d = make(10 * n);
	s = design(&d);
	ten = mean_by_unit(&d, s);
	figure("stat_linear_in_rows", ten, "s", 10 * once,
	       "ten times the time of a tenth of the rows", 1.3, "lower");
	survey_design_free(s);
	return 0;
}
