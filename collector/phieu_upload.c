/* phieu-upload: the agent's client. */
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/cli.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/outbox_scan.h"
#include "phieu/plan.h"
#include "upload_parts.h"

#define GIVE_UP	      300L
#define GIVE_UP_MAX   31536000L
#define REFUSED_SHOWN 10
#define KEY_BYTES     ((size_t)4096)

static const char help[] =
	"usage: phieu-upload FILE... --to URL --key-file FILE [options]\n"
	"phieu-upload FILE... --check (--plan FILE | --to URL --key-file "
	"FILE)\n"
	"\n"
	"Sends filled sheets (NDJSON, JSON, Excel or CSV files; - for NDJSON "
	"from\n"
	"standard input) to a collector. Gửi phiếu đã điền đến máy chủ thu "
	"nhận. What has been "
	"taken\n"
	"from a file stays in the outbox until the collector's receipt for it\n"
	"has come; run the command again after any interruption.\n"
	"\n"
	"  --to URL         address of the collector\n"
	"  --key-file FILE  file holding the agent key; or the environment\n"
	"                   variable PHIEU_AGENT_KEY\n"
	"  --key K          the key itself; others may see it while it is "
	"typed\n"
	"                   and in the shell's history: prefer --key-file\n"
	"  --outbox FILE    queue of sheets (default: "
	"~/.local/share/phieu/outbox)\n"
	"  --scans DIR      send the scans and photos there after their "
	"sheets; a\n"
	"                   file's name begins with the sheet's number "
	"(tên tệp bắt đầu\n"
	"                   bằng số phiếu): CT01-00012-7.jpg, CT01-00012-7 "
	"trang 2.png\n"
	"  --receipts FILE  write the receipts there: CSV, or JSON for *.json\n"
	"  --check          check only, send nothing\n"
	"  --plan FILE      plan to check against (default: the collector's)\n"
	"  --form CODE      form of Excel and CSV files that do not say it\n"
	"  --encoding E     of CSV files that do not show it: utf-8, "
	"utf-16le,\n"
	"                   utf-16be, tcvn3, vni, windows-1258\n"
	"  --marked FILE    where an Excel or CSV file has faults, write it "
	"there\n"
	"                   as a workbook with the faults marked\n"
	"  --again          send everything in the outbox once more\n"
	"  --give-up N      stop after N seconds without progress (300)\n"
	"  --json           summary as JSON on standard output\n"
	"  --help\n"
	"\n"
	"Exit status: 0 all received (or all valid), 1 failed, 2 usage,\n"
	"3 partly done: some wait or were refused.\n";

volatile sig_atomic_t upload_stop;

struct options {
	const char *to, *key_file, *key, *outbox, *receipts, *plan, *give_up,
		*form, *encoding, *marked, *scans;
	enum charset charset;
	bool check, again, json, help;
	char **files;
	int n_files;
	long give_up_seconds;
};

static void on_signal(int sig)
{
	(void)sig;
	upload_stop = 1;
}

/* The second signal ends the program at once. */
static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal,
				.sa_flags = (int)SA_RESETHAND };

	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

static int usage(const char *what)
{
	(void)fprintf(stderr,
		      "phieu-upload: %s\n"
		      "usage: phieu-upload FILE... --to URL --key-file FILE "
		      "(--help tells more)\n",
		      what);
	return EXIT_USAGE;
}

/* Copies the key out of the arguments and blots it there, so that the
 * process list does not show it. */
static char *take_key(const char *typed)
{
	char *key = strdup(typed);

	if (key)
		memset((char *)(uintptr_t)typed, '*', strlen(typed));
	return key;
}

static char *key_from_file(const char *path, struct err *e)
{
	size_t n;
	char *s = file_read(path, KEY_BYTES, &n, e);

	if (!s)
		return NULL;
	n = strcspn(s, "\r\n \t");
	s[n] = '\0';
	if (n == 0) {
		err_set(e, ERR_INPUT, "%s holds no key", path);
		free(s);
		return NULL;
	}
	return s;
}

static char *find_key(const struct options *op, struct err *e)
{
	const char *env = getenv("PHIEU_AGENT_KEY");
	char *key = NULL;

	if (op->key_file)
		return key_from_file(op->key_file, e);
	if (op->key)
		key = take_key(op->key);
	else if (env && *env)
		key = strdup(env);
	else
		err_set(e, ERR_INPUT,
			"cần khóa của điều tra viên (an agent key is needed): "
			"--key-file FILE or PHIEU_AGENT_KEY");
	if (key && strpbrk(key, "\r\n")) {
		err_set(e, ERR_INPUT, "the agent key holds a line end");
		free(key);
		return NULL;
	}
	return key;
}

static char *outbox_path(const struct options *op, struct err *e)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	struct buf b = BUF_INIT(4096);

	if (op->outbox)
		buf_adds(&b, op->outbox);
	else if (data && *data == '/')
		buf_addf(&b, "%s/phieu/outbox", data);
	else if (home && *home)
		buf_addf(&b, "%s/.local/share/phieu/outbox", home);
	else {
		err_set(e, ERR_INPUT, "HOME is not set: give --outbox FILE");
		return NULL;
	}
	if (b.broken)
		err_set(e, ERR_INPUT, "path of the outbox too long");
	return buf_take(&b);
}

/* Everything that needs to be undone at the end. */
struct client {
	struct options op;
	struct upload u;
	char *to, *key, *outbox;
	struct taken taken;
	struct scans_taken scans;
};

static bool connect_to(struct client *c, struct err *e)
{
	bool plain = false;

	c->to = upload_address(c->op.to, &plain, e);
	if (!c->to)
		return false;
	c->key = find_key(&c->op, e);
	if (!c->key)
		return false;
	if (plain)
		(void)fprintf(stderr,
			      "phieu-upload: warning: %s is not https; the key "
			      "and the sheets travel unprotected\n",
			      c->to);
	c->u.to = c->to;
	c->u.key = c->key;
	c->u.give_up = c->op.give_up_seconds;
	return upload_http_open(&c->u, e);
}

static void client_close(struct client *c)
{
	outbox_close(c->u.outbox);
	if (c->u.curl)
		upload_http_close(&c->u);
	if (c->key)
		explicit_bzero(c->key, strlen(c->key));
	free(c->key);
	free(c->to);
	free(c->outbox);
}

static char *get_plan(struct client *c, size_t *n, struct err *e)
{
	struct answer an;
	char *text = NULL;

	if (c->op.plan)
		return file_read(c->op.plan, LIMIT_PLAN_BYTES, n, e);
	upload_get(&c->u, "/v1/plan", &an);
	if (an.status == 401 || an.status == 403)
		err_set(e, ERR_DENIED,
			"the collector does not accept the agent key (%ld)",
			an.status);
	else if (an.status != 200 || !an.whole)
		err_set(e, ERR_DOWN, "cannot get the plan from %s: %s (%ld)",
			c->to, an.whole ? "HTTP" : an.why, an.status);
	else {
		*n = an.body.len;
		text = buf_take(&an.body);
		if (!text)
			err_set(e, ERR_NOMEM, "plan too large");
	}
	buf_free(&an.body);
	return text;
}

static struct plan *open_plan(struct client *c, struct err *e)
{
	struct plan *p = NULL;
	size_t n;
	char *text = get_plan(c, &n, e);

	if (text)
		p = upload_plan(text, n, e);
	free(text);
	return p;
}

static struct table_options tables(const struct client *c, const struct plan *p)
{
	return (struct table_options){ .plan = p,
				       .form = c->op.form,
				       .marked = c->op.marked,
				       .charset = c->op.charset,
				       .json = c->op.json };
}

static int check(struct client *c, struct err *e)
{
	struct table_options t;
	struct plan *plan = NULL;
	struct checked done;
	bool ok = false;

	if (c->op.plan || connect_to(c, e))
		plan = open_plan(c, e);
	t = tables(c, plan);
	if (plan)
		ok = upload_check(plan, c->op.files, c->op.n_files, &t, stdout,
				  &done, e);
	plan_free(plan);
	if (!ok)
		return cli_fail("phieu-upload", e);
	(void)fprintf(c->op.json ? stderr : stdout,
		      "%zu phiếu: %zu hợp lệ (%zu có dấu hiệu tích đều một "
		      "cột), %zu có lỗi\n"
		      "%zu sheets: %zu valid (%zu ticked all in one column), "
		      "%zu with faults\n",
		      done.n, done.n - done.bad, done.flagged, done.bad, done.n,
		      done.n - done.bad, done.flagged, done.bad);
	return done.bad ? EXIT_FAILED : EXIT_DONE;
}

static void summary_json(const struct client *c, const struct upload_totals *t,
			 const struct err *e)
{
	struct buf b = BUF_INIT((size_t)1 << 16);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "to", c->to);
	jw_ki(&w, "new", (int64_t)c->taken.fresh);
	jw_ki(&w, "known", (int64_t)c->taken.known);
	jw_ki(&w, "total", (int64_t)t->counts.total);
	jw_ki(&w, "received", (int64_t)t->counts.received);
	jw_ki(&w, "queried", (int64_t)t->queried);
	jw_ki(&w, "refused", (int64_t)t->counts.refused);
	jw_ki(&w, "waiting", (int64_t)t->counts.waiting);
	jw_key(&w, "scans");
	jw_object(&w);
	jw_ki(&w, "new", (int64_t)c->scans.fresh);
	jw_ki(&w, "known", (int64_t)c->scans.known);
	jw_ki(&w, "not_taken", (int64_t)c->scans.odd);
	jw_ki(&w, "total", (int64_t)t->scans.total);
	jw_ki(&w, "received", (int64_t)t->scans.received);
	jw_ki(&w, "refused", (int64_t)t->scans.refused);
	jw_ki(&w, "waiting", (int64_t)t->scans.waiting);
	jw_object_end(&w);
	jw_kv(&w, "receipts", c->op.receipts);
	jw_kv(&w, "error", e->kind ? e->msg : NULL);
	jw_object_end(&w);
	(void)printf("%s\n", buf_cstr(&b) ? b.data : "{}");
	buf_free(&b);
}

static void scans_summary(const struct client *c, const struct outbox_counts *n)
{
	if (n->total == 0 && c->scans.odd == 0)
		return;
	(void)printf("Ảnh quét: %zu tệp: %zu đã nhận, %zu bị từ chối, %zu còn "
		     "chờ gửi; %zu tệp không lấy.\n"
		     "Scans: %zu files: %zu received, %zu refused, %zu still "
		     "waiting; %zu not taken.\n",
		     n->total, n->received, n->refused, n->waiting,
		     c->scans.odd, n->total, n->received, n->refused,
		     n->waiting, c->scans.odd);
}

static void summary(const struct client *c, const struct upload_totals *t)
{
	const struct outbox_counts *n = &t->counts;

	(void)printf("Từ tệp: %zu phiếu mới, %zu đã có trong hộp gửi. "
		     "(From the files: %zu new, %zu known before.)\n",
		     c->taken.fresh, c->taken.known, c->taken.fresh,
		     c->taken.known);
	(void)printf("Hộp gửi: %zu phiếu: %zu đã nhận (%zu chờ xem lại), "
		     "%zu bị từ chối, %zu còn chờ gửi.\n",
		     n->total, n->received, t->queried, n->refused, n->waiting);
	(void)printf("Outbox: %zu sheets: %zu received (%zu to be looked at), "
		     "%zu refused, %zu still waiting.\n",
		     n->total, n->received, t->queried, n->refused, n->waiting);
	scans_summary(c, &t->scans);
	if (c->op.receipts)
		(void)printf("Biên nhận / receipts: %s\n", c->op.receipts);
	if (n->waiting || t->scans.waiting)
		(void)printf("Chạy lại lệnh này để gửi tiếp. (Run the same "
			     "command again to send the rest.)\n");
}

/* What is told at the end, whatever the end was. */
static int report(struct client *c, enum upload_end end, struct err *e)
{
	struct err second = { 0 };
	struct upload_totals t;

	if (!upload_totals(c->u.outbox, &t, &second))
		return cli_fail("phieu-upload", &second);
	if (end == UPLOAD_FAILED)
		(void)cli_fail("phieu-upload", e);
	else if (end == UPLOAD_GAVE_UP)
		(void)fprintf(stderr,
			      "phieu-upload: tạm dừng / gave up for now after "
			      "%ld s without progress: %s\n",
			      c->op.give_up_seconds, e->msg);
	else if (end == UPLOAD_STOPPED)
		(void)fprintf(stderr, "phieu-upload: stopped; everything "
				      "unsent stays in the outbox\n");
	if (c->op.receipts &&
	    !upload_receipts(c->u.outbox, c->op.receipts, &second))
		return cli_fail("phieu-upload", &second);
	if (c->op.json)
		summary_json(c, &t, e);
	else
		summary(c, &t);
	if ((t.counts.refused || t.scans.refused) && !c->op.json) {
		(void)printf("Bị từ chối / refused:\n");
		if (!upload_print_refused(c->u.outbox, REFUSED_SHOWN, stdout,
					  &second))
			return cli_fail("phieu-upload", &second);
	}
	if (end == UPLOAD_FAILED)
		return EXIT_FAILED;
	return t.counts.waiting || t.counts.refused || t.scans.waiting ||
			       t.scans.refused || c->scans.odd
		       ? EXIT_PARTLY
		       : EXIT_DONE;
}

/* A table needs the plan to be read; sheets from other files do not. */
static bool take(struct client *c, struct err *e)
{
	struct plan *plan = NULL;
	bool ok = true;

	for (int i = 0; ok && i < c->op.n_files; i++) {
		const char *path = c->op.files[i];
		struct table_options t;
		if (!upload_is_table(path)) {
			ok = upload_take(c->u.outbox, path, &c->taken, e);
			continue;
		}
		if (!plan)
			plan = open_plan(c, e);
		t = tables(c, plan);
		ok = plan &&
		     upload_take_table(c->u.outbox, path, &t, &c->taken, e);
	}
	plan_free(plan);
	return ok;
}

static int send_files(struct client *c, struct err *e)
{
	enum upload_end end = UPLOAD_FAILED;
	bool ok;

	if (!connect_to(c, e))
		return cli_fail("phieu-upload", e);
	c->outbox = outbox_path(&c->op, e);
	if (!c->outbox)
		return cli_fail("phieu-upload", e);
	c->u.outbox = outbox_open(c->outbox, c->to, e);
	if (!c->u.outbox)
		return cli_fail("phieu-upload", e);
	ok = (!c->op.again || (outbox_again(c->u.outbox, e) &&
			       outbox_scan_again(c->u.outbox, e))) &&
	     take(c, e) &&
	     (!c->op.scans ||
	      upload_take_scans(c->u.outbox, c->op.scans, &c->scans, e));
	if (ok)
		end = upload_run(&c->u, e);
	if (end == UPLOAD_ALL)
		end = upload_send_scans(&c->u, e);
	return report(c, end, e);
}

static bool read_options(struct options *op, int *argc, char **argv,
			 struct err *e)
{
	const struct cli_opt opts[] = {
		{ "--to", NULL, &op->to },
		{ "--key-file", NULL, &op->key_file },
		{ "--key", NULL, &op->key },
		{ "--outbox", NULL, &op->outbox },
		{ "--receipts", NULL, &op->receipts },
		{ "--plan", NULL, &op->plan },
		{ "--give-up", NULL, &op->give_up },
		{ "--form", NULL, &op->form },
		{ "--encoding", NULL, &op->encoding },
		{ "--marked", NULL, &op->marked },
		{ "--scans", NULL, &op->scans },
		{ "--check", &op->check, NULL },
		{ "--again", &op->again, NULL },
		{ "--json", &op->json, NULL },
		{ "--help", &op->help, NULL },
	};
	char *end;

	op->give_up_seconds = GIVE_UP;
	if (!cli_options(opts, sizeof opts / sizeof *opts, argc, argv, e))
		return false;
	if (op->give_up) {
		op->give_up_seconds = strtol(op->give_up, &end, 10);
		if (end == op->give_up || *end || op->give_up_seconds < 0 ||
		    op->give_up_seconds > GIVE_UP_MAX)
			return err_set(e, ERR_INPUT,
				       "--give-up takes a number of seconds");
	}
	if (op->encoding && !charset_parse(op->encoding, &op->charset))
		return err_set(e, ERR_INPUT,
			       "--encoding takes utf-8, utf-16le, utf-16be, "
			       "tcvn3, vni or windows-1258");
	op->files = argv + 1;
	op->n_files = *argc - 1;
	return true;
}

int main(int argc, char **argv)
{
	struct client c = { 0 };
	struct err e = { 0 };
	int rc;

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	catch_signals();
	if (!read_options(&c.op, &argc, argv, &e))
		return usage(e.msg);
	if (c.op.help)
		return (void)fputs(help, stdout), EXIT_DONE;
	if (c.op.check && c.op.n_files == 0)
		return usage("--check needs files");
	if (!c.op.to && !(c.op.check && c.op.plan))
		return usage(
			"thiếu địa chỉ máy thu nhận (--to URL is missing)");
	if (!hash_start(&e))
		return cli_fail("phieu-upload", &e);
	if (c.op.check)
		rc = check(&c, &e);
	else
		rc = send_files(&c, &e);
	client_close(&c);
	return rc;
}
