/* bench_score - scoring a million frozen responses of 25 answers, beside the
 * limit: libpq reading the same columns by binary COPY and dropping them.
 *
 * usage: bench_score [RESPONSES]
 * PHIEU_TEST_DB is the owner's address.  Each run is a process of its own,
 * so that its memory can be told.  A line of JSON a figure goes to standard
 * output. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "phieu/date.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/score_job.h"

enum { RUNS = 5, SLOTS = 25 };
#define PLAN "tests/data/bench_plan.json"
#define WAVE "bench-25"

static void fail(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench_score: %s: %s\n", what, why);
	exit(1);
}

static double now(void)
{
	return (double)clock_monotonic_us() / 1e6;
}

/* ---- a million frozen responses -------------------------------------- */

static void do_sql(PGconn *c, const char *sql)
{
	PGresult *r = PQexecParams(c, sql, 0, NULL, NULL, NULL, NULL, 0);

	if (PQresultStatus(r) != PGRES_COMMAND_OK &&
	    PQresultStatus(r) != PGRES_TUPLES_OK)
		fail(sql, PQerrorMessage(c));
	PQclear(r);
}

static void load_plan(void)
{
	struct err e = { 0 };
	struct arena *a = arena_new((size_t)64 << 20);
	struct db *db =
		db_open(getenv("PHIEU_TEST_DB"), "bench", DB_ANY_ROLE, 0, &e);
	struct faults f;
	struct plan *p;
	char *text;
	size_t n;
	int32_t version;
	bool changed;

	if (!db || !a)
		fail("database", e.msg);
	faults_init(&f, a);
	text = file_read(PLAN, LIMIT_PLAN_BYTES, &n, &e);
	p = text ? plan_read(text, n, &f, &e) : NULL;
	if (!p ||
	    !store_plan_load(db, p, "bench", "bench", &version, &changed, &e))
		fail(PLAN, e.msg);
	free(text);
	plan_free(p);
	arena_free(a);
	db_close(db);
}

/* One rating each, spread over groups, homes and units; answers A-D and a
 * few blanks. */
static void fill(PGconn *c, long n)
{
	char sql[2048];

	do_sql(c, "INSERT INTO frozen.freeze SELECT wave, 1, 1, true, 0, 0, "
		  "sha256('x'), 'bench', 'bench', current_date FROM plan.wave "
		  "WHERE code = '" WAVE "'");
	do_sql(c,
	       "CREATE TEMP TABLE cell AS SELECT row_number() OVER (ORDER BY "
	       "q.grp, q.home) - 1 AS i, q.wave, g.form, q.grp, q.home, "
	       "left(f.code, 2) AS code FROM plan.quota_in_force AS q JOIN "
	       "plan.respondent_group AS g USING (wave, grp) JOIN plan.form "
	       "AS f USING (wave, form) JOIN plan.wave AS w USING (wave) "
	       "WHERE w.code = '" WAVE "'");
	do_sql(c,
	       "CREATE TEMP TABLE rated AS SELECT left(f.code, 2) AS form, "
	       "row_number() OVER (PARTITION BY left(f.code, 2) ORDER BY "
	       "u.unit) - 1 AS i, count(*) OVER (PARTITION BY left(f.code, "
	       "2)) AS n, u.unit FROM (VALUES ('CT-', 'so'), ('CH-', "
	       "'huyen')) AS f (code, kind) JOIN plan.unit AS u USING "
	       "(kind) JOIN plan.wave AS w USING (wave) WHERE w.code = '" WAVE
	       "' AND u.rated");
	do_sql(c, "CREATE TEMP TABLE sheet AS SELECT i, decode(string_agg("
		  "CASE (random() * 9)::integer WHEN 0 THEN 'ff' WHEN 1 THEN "
		  "'04' WHEN 2 THEN '03' WHEN 3 THEN '02' WHEN 4 THEN '02' "
		  "ELSE '01' END, ''), 'hex') AS answers FROM "
		  "generate_series(0, 4999) AS i, generate_series(1, 25) "
		  "GROUP BY i");
	(void)snprintf(
		sql, sizeof sql,
		"INSERT INTO frozen.rating (wave, freeze_no, respondent, unit, "
		"form, grp, home, answers) SELECT c.wave, 1, s.n, u.unit, "
		"c.form, c.grp, c.home, a.answers FROM generate_series(1, "
		"%ld) AS s (n) JOIN cell AS c ON c.i = s.n %% (SELECT "
		"count(*) FROM cell) JOIN rated AS u ON u.form = c.code AND "
		"u.i = (s.n / 7) %% u.n JOIN sheet AS a ON a.i = "
		"(s.n::bigint * 7919) %% 5000",
		n);
	do_sql(c, sql);
	do_sql(c, "INSERT INTO frozen.aggregate SELECT wave, 1, "
		  "'respondents', jsonb_agg(jsonb_build_object('grp', grp, "
		  "'home', home, 'n', n)) FROM (SELECT wave, grp, home, "
		  "count(*) AS n FROM frozen.rating GROUP BY 1, 2, 3) AS t "
		  "GROUP BY wave");
	do_sql(c, "VACUUM ANALYZE frozen.rating");
}

/* ---- the two sides --------------------------------------------------- */

/* The columns scoring reads, into nothing. */
static double drop_all(PGconn *c)
{
	double t = now();
	PGresult *r =
		PQexecParams(c,
			     "COPY (SELECT unit, form, grp, home, answers FROM "
			     "frozen.rating) TO STDOUT (FORMAT binary)",
			     0, NULL, NULL, NULL, NULL, 0);
	char *row;

	if (PQresultStatus(r) != PGRES_COPY_OUT)
		fail("COPY", PQerrorMessage(c));
	PQclear(r);
	while (PQgetCopyData(c, &row, 0) > 0)
		PQfreemem(row);
	while ((r = PQgetResult(c)) != NULL)
		PQclear(r);
	return now() - t;
}

static double score_all(void)
{
	struct score_job j = { 0 };
	struct err e = { 0 };
	struct db *db =
		db_open(getenv("PHIEU_TEST_DB"), "bench", DB_ANY_ROLE, 0, &e);
	struct buf out = BUF_INIT((size_t)64 << 20);
	double t = now();

	if (!db || !score_job_wave(&j, db, WAVE, &e) ||
	    !result_json(j.result, &out, &e))
		fail("score", e.msg);
	t = now() - t;
	buf_free(&out);
	score_job_end(&j);
	db_close(db);
	return t;
}

/* In a child: its time through the pipe, its largest memory in MiB. */
static double run_child(double *mib)
{
	int ends[2], status;
	struct rusage u;
	double t = 0;
	pid_t pid;

	if (pipe(ends) != 0)
		fail("pipe", "none");
	pid = fork();
	if (pid < 0)
		fail("fork", "none");
	if (pid == 0) {
		t = score_all();
		_exit(write(ends[1], &t, sizeof t) == sizeof t ? 0 : 1);
	}
	(void)close(ends[1]);
	if (read(ends[0], &t, sizeof t) != sizeof t ||
	    wait4(pid, &status, 0, &u) != pid || status != 0)
		fail("child", "it failed");
	(void)close(ends[0]);
	*mib = (double)u.ru_maxrss / 1024;
	(void)fprintf(
		stderr,
		"bench_score: %.3f s, of it %.3f s computing, %.3f s in "
		"the kernel\n",
		t, (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6,
		(double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec / 1e6);
	return t;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, by_value);
	return v[n / 2];
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;
	double limit[RUNS], value[RUNS], rss[RUNS], t, l, m;
	struct err e = { 0 };
	PGconn *c;

	if (n < 1000 || !hash_start(&e))
		fail("usage", "bench_score [RESPONSES]");
	c = PQconnectdb(getenv("PHIEU_TEST_DB"));
	if (PQstatus(c) != CONNECTION_OK)
		fail("database", PQerrorMessage(c));
	load_plan();
	fill(c, n);
	(void)drop_all(c); /* both sides find the rows in memory */
	for (int i = 0; i < RUNS; i++) {
		limit[i] = drop_all(c);
		value[i] = run_child(&rss[i]);
	}
	PQfinish(c);
	t = median(value, RUNS);
	l = median(limit, RUNS);
	m = median(rss, RUNS);
	printf("{\"name\":\"score_1m\",\"value\":%.3f,\"unit\":\"s\","
	       "\"limit\":%.3f,\"limit_is\":\"binary COPY of the same columns "
	       "to nowhere\",\"ratio\":%.2f,\"goal\":2,\"better\":\"lower\"}\n",
	       t, l, t / l);
	printf("{\"name\":\"score_rss\",\"value\":%.1f,\"unit\":\"MiB\","
	       "\"limit\":64,\"limit_is\":\"bounded memory\",\"ratio\":%.2f,"
	       "\"goal\":1,\"better\":\"lower\"}\n",
	       m, m / 64);
	return 0;
}
