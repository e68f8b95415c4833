#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/plan.h"
#include "phieu/simulate.h"
#include "phieu/store_plan.h"
#include "phieu/submission.h"
#include "phieu/xform.h"

#define SHEETS_MAX 100000000LL

struct source { /* the plan, from a file or from the database */
	struct plan *plan;
	struct wave *wave;
	struct db *db;
};

static const struct plan *source_open(struct source *s, const char *file,
				      const char *wave, const struct app *app,
				      struct err *e)
{
	if (!file == !wave) {
		err_set(e, ERR_INPUT, "give either --plan or --wave");
		return NULL;
	}
	if (file) {
		s->plan = plan_file_read(file, e);
		return s->plan;
	}
	s->db = connect_ready(app->conf, WHO_SERVER, e);
	if (s->db)
		s->wave = store_wave_get(s->db, wave, e);
	return s->wave ? s->wave->plan : NULL;
}

static void source_close(struct source *s)
{
	plan_free(s->plan);
	if (s->wave)
		wave_free(s->wave);
	if (s->db) {
		db_close(s->db);
		connect_done();
	}
}

static bool to_file(const char *json, size_t n, void *ctx, struct err *e)
{
	FILE *to = ctx;

	if (fwrite(json, 1, n, to) != n || putc('\n', to) == EOF)
		return err_set(e, ERR_IO, "cannot write: %s", strerror(errno));
	return true;
}

/* The same sheet as a phone would send it. */
struct to_xml {
	const struct plan *plan;
	struct arena *arena;
	FILE *to;
};

static bool to_instance(const char *json, size_t n, void *ctx, struct err *e)
{
	struct buf out = BUF_INIT(LIMIT_XML_BYTES);
	struct to_xml *x = ctx;
	struct submission s;
	struct faults f;
	bool ok;

	arena_reset(x->arena);
	faults_init(&f, x->arena);
	ok = submission_read(json, n, x->plan, x->arena, &s, &f, e) &&
	     xform_fill(x->plan, &s, &out, e) &&
	     to_file(out.data, out.len, x->to, e);
	buf_free(&out);
	return ok;
}

static bool make(const struct plan *p, const struct simulate *how, bool xml,
		 FILE *to, struct simulate_count *count, struct err *e)
{
	struct to_xml x = { .plan = p, .to = to };
	bool ok;

	if (!xml)
		return simulate(p, how, to_file, to, count, e);
	x.arena = arena_new((size_t)64 << 20);
	if (!x.arena)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = simulate(p, how, to_instance, &x, count, e);
	arena_free(x.arena);
	return ok;
}

static bool number(const char *s, size_t *out, struct err *e)
{
	char *end;
	long long v;

	if (!s)
		return true;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || end == s || *end || v < 1 || v > SHEETS_MAX)
		return err_set(e, ERR_INPUT,
			       "--n takes a number from 1 to %lld", SHEETS_MAX);
	*out = (size_t)v;
	return true;
}

static void tell(const struct simulate_count *c, bool spoil)
{
	(void)fprintf(stderr,
		      "%zu phiếu hợp lệ, mô phỏng (valid sheets, simulated)\n",
		      c->valid);
	if (spoil)
		(void)fprintf(stderr,
			      "  of these %zu careless; besides %zu invalid, "
			      "%zu duplicates, %zu reused numbers, %zu broken "
			      "lines\n",
			      c->careless, c->invalid, c->duplicate, c->reused,
			      c->broken);
}

/* Written beside and renamed when whole: a full disk leaves no half file. */
static bool write_out(const struct plan *p, const struct simulate *how,
		      bool xml, const char *out, struct simulate_count *count,
		      struct err *e)
{
	char part[4096];
	FILE *to = stdout;
	bool ok;

	if (out) {
		if (snprintf(part, sizeof part, "%s.part", out) >=
		    (int)sizeof part)
			return err_set(e, ERR_INPUT, "path too long");
		to = fopen(part, "wb");
		if (!to)
			return err_set(e, ERR_IO, "cannot create %s: %s", part,
				       strerror(errno));
	}
	ok = make(p, how, xml, to, count, e);
	if (fflush(to) && ok)
		ok = err_set(e, ERR_IO, "cannot write: %s", strerror(errno));
	if (!out)
		return ok;
	if (fclose(to) && ok)
		ok = err_set(e, ERR_IO, "cannot write: %s", strerror(errno));
	if (ok && rename(part, out))
		ok = err_set(e, ERR_IO, "cannot rename %s: %s", part,
			     strerror(errno));
	if (!ok)
		(void)remove(part);
	return ok;
}

static int run(int argc, char **argv, void *app)
{
	const char *file = NULL, *wave = NULL, *n = NULL, *out = NULL;
	struct simulate how = { 0 };
	bool ok = false, xml = false;
	const struct cli_opt opts[] = {
		{ "--plan", NULL, &file },     { "--wave", NULL, &wave },
		{ "--seed", NULL, &how.seed }, { "--n", NULL, &n },
		{ "--out", NULL, &out },       { "--spoil", &how.spoil, NULL },
		{ "--openrosa", &xml, NULL },
	};
	struct simulate_count count = { 0 };
	struct source s = { 0 };
	const struct plan *p;
	struct err e = { 0 };

	if (!cli_options(opts, sizeof opts / sizeof *opts, &argc, argv, &e) ||
	    !number(n, &how.n, &e))
		return cli_fail("phieu simulate", &e), EXIT_USAGE;
	if (argc > 1 || !how.seed || !file == !wave || (xml && how.spoil)) {
		err_set(&e, ERR_INPUT,
			"usage: phieu simulate --plan FILE|--wave W --seed S "
			"[--n K] [--spoil | --openrosa] [--out FILE]");
		return cli_fail("phieu simulate", &e), EXIT_USAGE;
	}
	p = source_open(&s, file, wave, app, &e);
	if (p)
		ok = write_out(p, &how, xml, out, &count, &e);
	source_close(&s);
	if (!ok)
		return cli_fail("phieu simulate", &e);
	tell(&count, how.spoil);
	return EXIT_DONE;
}

static const struct cmd cmds[] = {
	{ "simulate", "phiếu mô phỏng, có đánh dấu (simulated sheets, marked)",
	  "phieu simulate --plan FILE|--wave W --seed S [--n K] "
	  "[--spoil | --openrosa] [--out FILE]\n"
	  "  --plan FILE  plan to fill in, or\n"
	  "  --wave W     code of a wave in the database\n"
	  "  --seed S     any text; the same seed gives the same bytes\n"
	  "  --n K        this many valid sheets (default: the quotas)\n"
	  "  --spoil      careless, invalid, duplicate and broken ones too\n"
	  "  --openrosa   each as a phone with ODK Collect sends it (XML), "
	  "one a line\n"
	  "  --out FILE   NDJSON file (default: standard output)\n",
	  run },
};

const struct cmd_set cmd_simulate = { cmds, sizeof cmds / sizeof *cmds };
