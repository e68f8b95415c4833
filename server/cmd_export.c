/* phieu export: frozen answers for statisticians, with their code books. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "phieu/commands.h"
#include "phieu/dataset_export.h"
#include "phieu/file.h"
#include "phieu/secret.h"

#define ME	   "phieu export"
#define BOOK_BYTES ((size_t)64 << 20)
#define N(a)	   (sizeof(a) / sizeof((a)[0]))

struct asked {
	const char *wave, *form, *as, *out, *dir, *reason;
	char by[64];
};

/* ---- where it goes -------------------------------------------------------
 * A file stands under its name when it is whole, or not at all. */
struct target {
	FILE *f;
	const char *path; /* NULL: standard output */
	char *part;
	int error; /* of the first write that failed */
};

static bool target_fail(const struct target *t, int error, struct err *e)
{
	return err_set(e, ERR_IO, "%s: %s", t->path ? t->path : "-",
		       strerror(error));
}

static bool target_open(struct target *t, const char *path, struct err *e)
{
	struct stat st;
	int fd;

	*t = (struct target){ .path = path };
	if (!path || strcmp(path, "-") == 0) {
		t->path = NULL;
		t->f = stdout;
		return true;
	}
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) { /* a pipe */
		t->f = fopen(path, "wb");
		return t->f || target_fail(t, errno, e);
	}
	if (asprintf(&t->part, "%s.part.%d", path, (int)getpid()) < 0) {
		t->part = NULL;
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	fd = open(t->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	t->f = fd < 0 ? NULL : fdopen(fd, "wb");
	return t->f || target_fail(t, errno, e);
}

static bool target_put(void *to, const char *s, size_t n)
{
	struct target *t = to;

	if (t->f && fwrite(s, 1, n, t->f) == n)
		return true;
	t->error = t->error ? t->error : errno;
	return false;
}

/* All of it is where it will outlast a power cut, as far as that can be. */
static bool target_sync(struct target *t)
{
	bool ok = fflush(t->f) == 0 && !ferror(t->f) &&
		  (!t->part || fsync(fileno(t->f)) == 0);

	t->error = ok ? 0 : errno;
	if (t->path && fclose(t->f) != 0 && ok) {
		t->error = errno;
		ok = false;
	}
	return ok;
}

/* The last of it; what did not come to an end leaves nothing. */
static bool target_close(struct target *t, bool ok, struct err *e)
{
	int written = t->error;

	if (!t->f) {
		free(t->part);
		return false; /* told by target_open */
	}
	if (written)
		(void)target_fail(t, written, e);
	if (!target_sync(t) && ok)
		ok = target_fail(t, t->error, e);
	if (ok && t->part && rename(t->part, t->path) != 0)
		ok = target_fail(t, errno, e);
	if (ok && t->part)
		ok = file_sync_folder(t->path, e);
	else if (t->part)
		(void)unlink(t->part);
	free(t->part);
	return ok;
}

/* ---- one form ------------------------------------------------------------
 */

static bool is_book(const char *as)
{
	return strcmp(as, "codebook") == 0 || strcmp(as, "ddi") == 0;
}

static bool put_book(struct dataset_job *j, const char *as, struct target *t,
		     struct err *e)
{
	struct buf b = BUF_INIT(BOOK_BYTES);
	bool ok = strcmp(as, "ddi") == 0
			  ? dataset_book_ddi(j->set, &j->head, &b, e)
			  : dataset_book_html(j->set, &j->head, &b, e);

	ok = ok && (target_put(t, b.data, b.len) ||
		    err_set(e, ERR_IO, "cannot write"));
	buf_free(&b);
	return ok;
}

static void say_what(const struct dataset_job *j, const char *as,
		     const char *path, size_t cut)
{
	(void)fprintf(stderr, "%s: %s, %zu dòng (rows)%s%s\n",
		      path ? path : "-", as, j->head.rows,
		      j->head.trial ? " [mẫu thử, không phải phiếu chính thức; "
				      "trial]"
				    : "",
		      j->head.simulated ? " [mô phỏng, simulated]" : "");
	if (cut > 0)
		(void)fprintf(stderr,
			      "%zu nhãn dài được rút gọn, bản đầy đủ ở sổ mã "
			      "(%zu long labels were cut: the code book has "
			      "them whole)\n",
			      cut, cut);
}

static bool export_one(const struct wave_source *s, const struct asked *q,
		       size_t form, const char *as, const char *path,
		       struct err *e)
{
	struct dataset_job j = { .source = NULL };
	enum dataset_form kind = DATASET_CSV;
	struct target t;
	size_t cut = 0;
	bool ok;

	if (!is_book(as) && !dataset_form_parse(as, &kind))
		return err_set(e, ERR_INPUT,
			       "không có dạng \"%.32s\" (no such form): csv, "
			       "jsonl, sav, dta, xlsx, codebook, ddi",
			       as);
	ok = is_book(as) || dataset_log(s, form, as, q->by, q->reason, e);
	if (!ok || !dataset_job_begin(s, form, &j, e)) {
		dataset_job_end(&j);
		return false;
	}
	ok = target_open(&t, path, e) &&
	     (is_book(as)
		      ? put_book(&j, as, &t, e)
		      : dataset_job_write(&j, kind, target_put, &t, &cut, e));
	ok = target_close(&t, ok, e);
	if (ok)
		say_what(&j, as, t.path, cut);
	dataset_job_end(&j);
	return ok;
}

/* ---- all forms into a folder --------------------------------------------- */

static const char *ending(const char *as)
{
	return strcmp(as, "codebook") == 0 ? "html"
	       : strcmp(as, "ddi") == 0	   ? "xml"
					   : as;
}

static bool export_form(const struct wave_source *s, const struct asked *q,
			size_t form, struct err *e)
{
	const char *const as[] = { q->as, "codebook", "ddi" };
	struct dataset *d = dataset_new(s->wave[0]->plan, form, e);
	bool ok = d;

	for (size_t i = 0; ok && i < N(as); i++) {
		char *path = NULL;

		if (asprintf(&path, "%s/%s-%s.%s", q->dir, q->wave, d->name,
			     ending(as[i])) < 0) {
			ok = err_set(e, ERR_NOMEM, "out of memory");
			break;
		}
		ok = export_one(s, q, form, as[i], path, e);
		free(path);
	}
	dataset_free(d);
	return ok;
}

static bool export_all(const struct wave_source *s, const struct asked *q,
		       struct err *e)
{
	const struct plan *p = s->wave[0]->plan;
	bool ok = true;

	if (mkdir(q->dir, 0700) != 0 && errno != EEXIST)
		return err_set(e, ERR_IO, "%s: %s", q->dir, strerror(errno));
	for (size_t f = 0; ok && f < p->n_forms; f++)
		ok = export_form(s, q, f, e);
	return ok;
}

/* ---- the command --------------------------------------------------------- */

static bool is_asked_well(const struct asked *q, struct err *e)
{
	if (!q->as || !q->form == !q->dir || (q->dir && q->out) ||
	    (q->dir && is_book(q->as)))
		return err_set(
			e, ERR_INPUT,
			"usage: phieu export WAVE --form FORM --as "
			"csv|jsonl|sav|dta|xlsx|codebook|ddi [--out FILE] "
			"--reason WHY, or --dir DIR for every form");
	if (!is_book(q->as) && (!q->reason || !*q->reason))
		return err_set(e, ERR_INPUT,
			       "lấy số liệu ra phải có lý do, ghi vào nhật ký: "
			       "--reason (taking answers out needs a reason, "
			       "which goes into the log)");
	return true;
}

static int run_export(int argc, char **argv, void *app)
{
	struct asked q = { .wave = NULL };
	const struct cli_opt opts[] = { { "--form", NULL, &q.form },
					{ "--as", NULL, &q.as },
					{ "--out", NULL, &q.out },
					{ "--dir", NULL, &q.dir },
					{ "--reason", NULL, &q.reason } };
	struct wave_source s = { .n = 0 };
	struct err e = { 0 };
	size_t form = NONE;
	bool ok;

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     (argc == 2 || err_set(&e, ERR_INPUT, "name one wave")) &&
	     is_asked_well(&q, &e);
	if (!ok)
		return cli_fail(ME, &e);
	q.wave = argv[1];
	actor_name(q.by, sizeof q.by);
	ok = wave_source_open(((struct app *)app)->conf, q.wave, NULL, &s, &e);
	if (ok && q.form) {
		form = plan_form_named(s.wave[0]->plan, q.form, &e);
		ok = form != NONE;
	}
	ok = ok && (q.form ? export_one(&s, &q, form, q.as, q.out, &e)
			   : export_all(&s, &q, &e));
	wave_source_close(&s);
	return ok ? EXIT_DONE : cli_fail(ME, &e);
}

static const struct cmd cmds[] = {
	{ "export", "số liệu đã khóa cho SPSS, Stata, R (frozen answers)",
	  "phieu export WAVE --form FORM --as "
	  "csv|jsonl|sav|dta|xlsx|codebook|ddi\n"
	  "             [--out FILE] --reason WHY\n"
	  "       phieu export WAVE --dir DIR --as csv|jsonl|sav|dta|xlsx "
	  "--reason "
	  "WHY\n"
	  "\n"
	  "The answers to one form of a frozen wave: a row per rating, with "
	  "words, missing\n"
	  "values, strata and weights; --dir writes every form with its code "
	  "book (HTML)\n"
	  "and its DDI Codebook 2.5.  No agent, sheet number, time or device "
	  "is in it.  Who\n"
	  "took what out, and why, stands in the log.  See docs/EXPORT.md.\n",
	  run_export },
};
const struct cmd_set cmd_export = { cmds, N(cmds) };
