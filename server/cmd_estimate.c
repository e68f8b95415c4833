#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/csv.h"
#include "phieu/estimate_load.h"
#include "phieu/estimate_report.h"
#include "phieu/estimate_verify.h"
#include "phieu/estimate_weights.h"
#include "phieu/file.h"
#include "phieu/limits.h"
#include "phieu/report_html.h"

#define SPEC_ARENA   ((size_t)1 << 30)
#define OUTPUT_BYTES ((size_t)1 << 30)

enum output { FORM_JSON, FORM_CSV, FORM_TABLE, FORM_HTML };

struct job {
	struct arena *a;
	struct frame frame, replicates;
	struct faults faults;
	struct spec spec;
	struct est_results out;
	const struct conf *conf;
	const char *wave;    /* of --report, NULL: a file's specification */
	const char *against; /* an earlier wave, or NULL */
	bool report, show;   /* --report, --spec */
	const char *verify;  /* folder to write, NULL: none */
	const char *plot;    /* the same, of pictures */
	struct wave_source source;
	struct wave_limits limits; /* of a wave */
	struct report_extra extra; /* of a report */
	char *text;
	bool has_frame, has_replicates;
};

static void job_clear(struct job *j)
{
	if (j->has_frame)
		frame_clear(&j->frame);
	if (j->has_replicates)
		frame_clear(&j->replicates);
	wave_source_close(&j->source);
	free(j->text);
	arena_free(j->a);
}

static bool write_out(const struct buf *b, struct err *e)
{
	if (!buf_cstr(b))
		return err_set(e, ERR_NOMEM, "the result is too large");
	if (fwrite(b->data, 1, b->len, stdout) != b->len || fflush(stdout) != 0)
		return err_set(e, ERR_IO, "cannot write the result");
	return true;
}

/* All that is wrong with the specification, for people and for programs. */
static int tell_faults(const struct job *j, enum output form)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct err e = { 0 };

	for (size_t i = 0; i < j->faults.n; i++) {
		const struct fault *f = &j->faults.list[i];

		(void)fprintf(stderr, "phieu estimate: %s %s: %s (%s)\n",
			      f->code, *f->path ? f->path : "/", f->message_vi,
			      f->message);
	}
	if (form == FORM_JSON) {
		buf_adds(&b, "{\"faults\":");
		faults_json(&j->faults, &b);
		buf_adds(&b, "}\n");
		if (!write_out(&b, &e))
			(void)cli_fail("phieu estimate", &e);
	}
	buf_free(&b);
	return EXIT_USAGE;
}

static void number_cell(struct table *t, double v, int digits)
{
	char text[40] = "";

	if (isfinite(v))
		(void)snprintf(text, sizeof text, "%.*g", digits, v);
	table_cell(t, text);
}

/* Estimate, what of, and where: one text. */
static void name_cell(struct table *t, const struct spec *s,
		      const struct est_cell *c)
{
	struct buf b = BUF_INIT(4096);
	const char *name = s->estimate[c->estimate].name;

	buf_adds(&b, name);
	if (c->of && strcmp(c->of, name) != 0)
		buf_addf(&b, " %s", c->of);
	for (size_t i = 0; i < c->by.n; i++)
		buf_addf(&b, " %s=%s", c->by.name[i], c->key[i]);
	for (size_t i = 0; i < c->n_extra; i++)
		if (strcmp(c->extra[i].name, "p") == 0 && c->n_extra == 1)
			buf_addf(&b, " p=%g", c->extra[i].value);
	table_cell(t, buf_cstr(&b) ? buf_cstr(&b) : name);
	buf_free(&b);
}

static bool print_table(const struct job *j, struct err *e)
{
	static const char *const heads[] = { "ước lượng", "n",	      "giá trị",
					     "sai số",	  "từ",	      "đến",
					     "deff",	  "bậc tự do" };
	const size_t columns = sizeof heads / sizeof heads[0];
	struct table *t = table_headed(heads, columns, 1);

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < j->out.n; i++) {
		const struct est_cell *c = &j->out.cell[i];

		name_cell(t, &j->spec, c);
		number_cell(t, (double)c->r.n, 12);
		number_cell(t, c->r.value, 7);
		number_cell(t, c->r.se, 4);
		number_cell(t, c->r.ci_l, 6);
		number_cell(t, c->r.ci_u, 6);
		number_cell(t, c->r.deff, 4);
		number_cell(t, (double)c->r.df, 12);
	}
	table_print(t, stdout);
	table_free(t);
	for (size_t i = 0; i < j->out.n_warnings; i++)
		printf("%s %s: %s (%s)\n", j->out.warning[i].code,
		       j->out.warning[i].path, j->out.warning[i].message_vi,
		       j->out.warning[i].message);
	return true;
}

static struct report_view view_of(const struct job *j)
{
	return (struct report_view){ .source = &j->source,
				     .spec = &j->spec,
				     .r = &j->out,
				     .extra = &j->extra,
				     .limits = &j->limits,
				     .a = j->a };
}

static bool print(const struct job *j, enum output form, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	bool ok;

	if (form == FORM_TABLE)
		return print_table(j, e);
	if (form == FORM_HTML) {
		struct report_view v = view_of(j);

		ok = report_html(&v, &b, e) && write_out(&b, e);
		buf_free(&b);
		return ok;
	}
	if (form == FORM_JSON)
		est_write_json(&j->spec, &j->out, &b);
	else
		est_write_csv(&j->spec, &j->out, &b);
	if (form == FORM_CSV && j->report) {
		csv_end_row(&b);
		report_extra_csv(&j->extra, &b);
	}
	ok = write_out(&b, e);
	for (size_t i = 0; form == FORM_CSV && i < j->out.n_warnings; i++)
		(void)fprintf(stderr, "phieu estimate: %s %s: %s\n",
			      j->out.warning[i].code, j->out.warning[i].path,
			      j->out.warning[i].message);
	buf_free(&b);
	return ok;
}

static bool start(struct job *j, struct err *e)
{
	j->a = arena_new(SPEC_ARENA);
	if (!j->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	faults_init(&j->faults, j->a);
	j->has_frame = frame_init(&j->frame, LIMIT_FRAME_ROWS, e);
	return j->has_frame;
}

/* The file of replicate factors, where the specification names one. */
static bool load_replicates(struct job *j, const char *path, struct err *e)
{
	const char *name = spec_replicates_file(&j->spec);

	if (!name)
		return true;
	j->has_replicates = frame_init(&j->replicates, LIMIT_FRAME_ROWS, e);
	if (!j->has_replicates || !load_table(path, name, &j->replicates, e))
		return false;
	spec_replicates_give(&j->spec, &j->replicates);
	return true;
}

static bool load_data(struct job *j, const char *path, struct err *e)
{
	if (!j->spec.wave)
		return load_files(&j->spec, path, &j->frame, e);
	if (!j->report && !wave_source_open(j->conf, j->spec.wave,
					    j->spec.against, &j->source, e))
		return false;
	return load_wave(&j->source, &j->frame, &j->limits, e) &&
	       report_extra_read(&j->source, j->a, &j->extra, e);
}

/* Answers of a wave are people's: small cells stay closed, examples and
 * simulations say what they are. */
static bool may_show(struct job *j, struct err *e)
{
	if (!j->spec.wave)
		return true;
	if (j->limits.trial &&
	    !spec_note(j->a, &j->out, "W04", "/wave",
		       "a trial: the plan holds examples",
		       "mẫu thử, không phải phiếu chính thức", e))
		return false;
	if (j->limits.simulated &&
	    !spec_note(j->a, &j->out, "W05", "/wave", "simulated answers",
		       "số liệu mô phỏng", e))
		return false;
	j->limits.shut = j->extra.shut;
	j->limits.n_shut = j->extra.n_shut;
	if (j->report &&
	    !report_notes(j->source.wave[0]->plan, j->a, &j->out, e))
		return false;
	if (!close_cells(&j->spec, &j->limits, j->a, &j->out, e))
		return false;
	if (!j->report)
		return true;
	report_extra_close(&j->extra, &j->spec, &j->out);
	return report_extra_json(&j->extra, j->a, &j->out, e);
}

static bool pictures(const struct job *j, struct err *e)
{
	struct report_view v = view_of(j);

	return !j->plot || report_plot(&v, j->plot, e);
}

static bool bundle(const struct job *j, size_t n, struct err *e)
{
	return !j->verify || verify_write(j->verify, j->text, n, &j->spec,
					  &j->frame, &j->out, e);
}

/* The specification's text: of its file, or made from the wave's plan. */
static bool get_spec(struct job *j, const char *path, size_t *n, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_SPEC_BYTES);
	bool ok;

	if (!j->wave) {
		j->text = file_read(path, LIMIT_SPEC_BYTES, n, e);
		return j->text != NULL;
	}
	ok = wave_source_open(j->conf, j->wave, j->against, &j->source, e) &&
	     report_spec(j->source.wave[0]->plan,
			 j->against ? j->source.wave[1]->plan : NULL, &b, e);
	if (ok && (b.broken || b.len == 0))
		ok = err_set(e, ERR_INPUT, "the report has too many questions");
	*n = b.len;
	if (ok)
		j->text = buf_take(&b);
	buf_free(&b);
	return ok;
}

static int estimate(struct job *j, const char *path, enum output form)
{
	struct err e = { 0 };
	size_t n;

	if (!start(j, &e))
		return cli_fail("phieu estimate", &e);
	if (!get_spec(j, path, &n, &e))
		return cli_fail("phieu estimate", &e);
	if (j->show)
		return fputs(j->text, stdout) == EOF || fflush(stdout) != 0
			       ? EXIT_FAILED
			       : EXIT_DONE;
	if (!spec_read(j->text, n, j->a, &j->frame, &j->spec, &j->faults))
		return tell_faults(j, form);
	if (!load_data(j, path, &e) || !load_replicates(j, path, &e) ||
	    !spec_run(&j->spec, &j->frame, j->a, &j->out, &e) ||
	    !may_show(j, &e) || !bundle(j, n, &e) || !pictures(j, &e) ||
	    !print(j, form, &e)) {
		(void)cli_fail("phieu estimate", &e);
		return EXIT_FAILED;
	}
	return j->out.failed > 0 ? EXIT_PARTLY : EXIT_DONE;
}

/* A file, or a wave's report; only a report's specification is not at hand. */
static bool is_asked_well(const struct job *j, int argc)
{
	if (j->wave)
		return j->report && argc == 1 &&
		       (!j->against || strcmp(j->wave, j->against) != 0);
	return argc == 2 && !j->report && !j->show && !j->against;
}

static int run_estimate(int argc, char **argv, void *app)
{
	bool json = false, csv = false, table = false, html = false;
	struct job j = { .conf = ((struct app *)app)->conf };
	const struct cli_opt opts[] = { { "--json", &json, NULL },
					{ "--csv", &csv, NULL },
					{ "--table", &table, NULL },
					{ "--html", &html, NULL },
					{ "--plot", NULL, &j.plot },
					{ "--wave", NULL, &j.wave },
					{ "--against", NULL, &j.against },
					{ "--report", &j.report, NULL },
					{ "--spec", &j.show, NULL },
					{ "--verify-in-r", NULL, &j.verify } };
	struct err e = { 0 };
	int code;

	if (!cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e))
		return cli_fail("phieu estimate", &e);
	if (!is_asked_well(&j, argc) || json + csv + table + html > 1 ||
	    ((html || j.plot) && !j.report)) {
		(void)err_set(&e, ERR_INPUT,
			      "usage: phieu estimate SPEC.json | --wave W "
			      "--report [--against W0] [--spec] "
			      "[--json|--csv|--table|--html] "
			      "[--plot DIR] [--verify-in-r DIR]");
		return cli_fail("phieu estimate", &e);
	}
	code = estimate(&j, j.wave ? "-" : argv[1],
			csv	? FORM_CSV
			: table ? FORM_TABLE
			: html	? FORM_HTML
				: FORM_JSON);
	job_clear(&j);
	return code;
}

static const struct cmd cmds[] = {
	{ "estimate", "ước lượng từ mẫu điều tra (survey estimates)",
	  "phieu estimate SPEC.json [--json|--csv|--table] [--verify-in-r "
	  "DIR]\n"
	  "       phieu estimate --wave W --report [--against W0] [--spec] "
	  "...\n"
	  "\n"
	  "Means, totals, ratios, proportions, quantiles, unit scores and "
	  "changes with\n"
	  "their errors, from a CSV file and the design that SPEC.json tells; "
	  "see\n"
	  "docs/ESTIMATE.md.  Files are relative to SPEC.json.  --report "
	  "makes the\n"
	  "questions of a yearly report from the plan of a frozen wave (--spec "
	  "prints\n"
	  "them), --against adds the change from an earlier wave.  --html is "
	  "one page for\n"
	  "people, to read or to print; --plot writes its pictures (SVG) with "
	  "their\n"
	  "numbers (CSV).  --verify-in-r "
	  "writes DIR:\n"
	  "data.csv, spec.json, result.json and verify.R, with which anybody "
	  "repeats the\n"
	  "numbers in R (package survey).  Exit code: 0 done, 1 the\n"
	  "data or the design do not allow it, 2 the specification is wrong "
	  "(all that is\n"
	  "wrong is listed), 3 some estimates could not be made (see "
	  "warnings).\n",
	  run_estimate },
};
const struct cmd_set cmd_estimate = { cmds, sizeof cmds / sizeof cmds[0] };
