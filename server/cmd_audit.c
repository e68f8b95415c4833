/* cmd_audit.c - the hash-chained log from the command line. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/json.h"
#include "phieu/store_audit.h"

#define HEADS_MAX 256
#define LIST_MAX  100000

static struct db *open_log(void *app, struct err *e)
{
	return connect_ready(((struct app *)app)->conf, WHO_AUDITOR, e);
}

/* "--head LANE:SEQ:HASH", any number of times: taken out of argv before the
 * other options, which come once. */
static bool take_heads(int *argc, char **argv, struct audit_head *heads,
		       size_t *n, struct err *e)
{
	int kept = 1;

	*n = 0;
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--head") != 0) {
			argv[kept++] = argv[i];
			continue;
		}
		if (++i == *argc || *n == HEADS_MAX)
			return err_set(e, ERR_INPUT,
				       "--head takes LANE:SEQ:HASH, at most "
				       "%d times",
				       HEADS_MAX);
		if (!audit_head_parse(argv[i], &heads[(*n)++], e))
			return false;
	}
	*argc = kept;
	return true;
}

static void print_report(const struct audit_report *r, size_t outside)
{
	printf("lanes %zu (làn), entries %" PRId64
	       " (mục), batches of intake %" PRId64
	       " (lô), submissions %" PRId64
	       " (bản nộp), heads kept outside %zu (đầu giữ ở ngoài)\n",
	       r->lanes, r->entries, r->batches, r->responses, outside);
	if (r->own_bytes)
		printf("submissions whose bytes were read again %" PRId64
		       " (bản nộp được đọc lại từng byte)\n",
		       r->own_bytes);
	if (r->destroyed)
		printf("waves destroyed by a recorded act %zu (đợt đã hủy dữ "
		       "liệu thực địa)\n",
		       r->destroyed);
	for (size_t i = 0; i < r->faults_n; i++)
		printf("lane %d, entry %" PRId64 ": %s\n", r->faults[i].lane,
		       r->faults[i].seq, r->faults[i].what);
	if (r->more)
		printf("and %zu more\n", r->more);
	printf(r->faults_n ? "NHẬT KÝ KHÔNG NGUYÊN VẸN (the log is NOT whole)\n"
			   : "nhật ký nguyên vẹn (the log is whole)\n");
}

static bool print_report_json(const struct audit_report *r, size_t outside,
			      struct err *e)
{
	struct buf text = BUF_INIT(256 << 10);
	struct jw w;
	bool ok;

	jw_init(&w, &text);
	jw_object(&w);
	jw_kb(&w, "ok", r->faults_n == 0);
	jw_ki(&w, "lanes", (int64_t)r->lanes);
	jw_ki(&w, "entries", r->entries);
	jw_ki(&w, "batches", r->batches);
	jw_ki(&w, "submissions", r->responses);
	jw_ki(&w, "own_bytes", r->own_bytes);
	jw_ki(&w, "heads_outside", (int64_t)outside);
	jw_key(&w, "faults");
	jw_array(&w);
	for (size_t i = 0; i < r->faults_n; i++) {
		jw_object(&w);
		jw_ki(&w, "lane", r->faults[i].lane);
		jw_ki(&w, "entry", r->faults[i].seq);
		jw_kv(&w, "what", r->faults[i].what);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_ki(&w, "more", (int64_t)r->more);
	jw_object_end(&w);
	ok = buf_cstr(&text) != NULL || err_set(e, ERR_NOMEM, "out of memory");
	if (ok)
		printf("%s\n", buf_cstr(&text));
	buf_free(&text);
	return ok;
}

static bool verify_bytes(void *app, struct audit_report *r, struct err *e)
{
	struct db *db = connect_ready(((struct app *)app)->conf, WHO_BACKUP, e);
	bool ok = db && store_audit_bytes(db, r, e);

	db_close(db);
	return ok;
}

static int run_verify(int argc, char **argv, void *app)
{
	struct audit_head heads[HEADS_MAX];
	bool json = false, bytes = false;
	const struct cli_opt opts[] = { { "--json", &json, NULL },
					{ "--bytes", &bytes, NULL } };
	struct audit_report r;
	struct db *db = NULL;
	struct err e;
	size_t n;
	bool ok;

	ok = take_heads(&argc, argv, heads, &n, &e) &&
	     cli_options(opts, 2, &argc, argv, &e);
	if (ok && argc > 1)
		ok = err_set(&e, ERR_INPUT, "audit verify takes no words");
	if (ok)
		db = open_log(app, &e);
	ok = db && store_audit_verify(db, heads, n, &r, &e);
	db_close(db);
	if (ok && bytes)
		ok = verify_bytes(app, &r, &e);
	if (ok && json)
		ok = print_report_json(&r, n, &e);
	else if (ok)
		print_report(&r, n);
	if (!ok)
		return cli_fail("phieu audit", &e);
	return r.faults_n ? EXIT_FAILED : EXIT_DONE;
}

static bool number(const char *s, long min, long max, long *out,
		   const char *what, struct err *e)
{
	char *end;

	if (!s)
		return true;
	errno = 0;
	*out = strtol(s, &end, 10);
	return (!errno && end != s && !*end && *out >= min && *out <= max) ||
	       err_set(e, ERR_INPUT, "%s is a number from %ld to %ld", what,
		       min, max);
}

static void print_entries(const struct res *r)
{
	for (size_t i = 0; i < res_rows(r); i++)
		printf("%s %s %-12s %-16s %s\n", res_text(r, i, 0),
		       res_text(r, i, 1), res_text(r, i, 2), res_text(r, i, 3),
		       res_text(r, i, 4));
}

static int run_list(int argc, char **argv, void *app)
{
	const char *lane_text = NULL, *last_text = NULL;
	const struct cli_opt opts[] = { { "--lane", NULL, &lane_text },
					{ "--last", NULL, &last_text } };
	long lane = 0, last = 50;
	struct res *r = NULL;
	struct db *db = NULL;
	struct err e;
	bool ok;

	ok = cli_options(opts, 2, &argc, argv, &e) &&
	     number(lane_text, 0, INT16_MAX, &lane, "--lane", &e) &&
	     number(last_text, 1, LIST_MAX, &last, "--last", &e);
	if (ok && argc > 1)
		ok = err_set(&e, ERR_INPUT, "audit list takes no words");
	if (ok)
		db = open_log(app, &e);
	if (db)
		r = store_audit_list(db, (int)lane, last, &e);
	if (r)
		print_entries(r);
	ok = r != NULL;
	res_free(r);
	db_close(db);
	return ok ? EXIT_DONE : cli_fail("phieu audit", &e);
}

static int run_head(int argc, char **argv, void *app)
{
	struct audit_head *heads = NULL;
	char hex[2 * SHA256_BYTES + 1];
	struct db *db = NULL;
	struct err e;
	size_t n = 0;
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e);
	if (ok && argc > 1)
		ok = err_set(&e, ERR_INPUT, "audit head takes no words");
	if (ok)
		db = open_log(app, &e);
	ok = db && store_audit_heads(db, &heads, &n, &e);
	for (size_t i = 0; ok && i < n; i++) {
		hex_text(heads[i].hash, heads[i].hash_n, hex);
		printf("%d:%" PRId64 ":%s\n", heads[i].lane, heads[i].seq, hex);
	}
	free(heads);
	db_close(db);
	return ok ? EXIT_DONE : cli_fail("phieu audit", &e);
}

static const struct cmd cmds[] = {
	{ "audit verify", "nhật ký có nguyên vẹn không (is the log whole?)",
	  "phieu audit verify [--head LANE:SEQ:HASH]... [--bytes] [--json]\n"
	  "\n"
	  "Recomputes every hash, holds the batches of intake to the "
	  "submissions,\n"
	  "names the first bad entry of each lane; exit code 1 if there is "
	  "one.\n"
	  "With heads that were kept outside (phieu audit head) it also "
	  "finds a\n"
	  "log that was cut short, emptied or taken back from an old copy.\n"
	  "--bytes also reads every submission's own bytes again, as the role "
	  "of\n"
	  "copies, and holds them to their hash; it prints none of them.\n",
	  run_verify },
	{ "audit list", "các mục mới nhất (the newest entries of a lane)",
	  "phieu audit list [--lane 0] [--last 50]\n"
	  "\n"
	  "Lane 0: acts of people; from 1: intake.\n",
	  run_list },
	{ "audit head", "đầu nhật ký, giữ ở ngoài (heads, to be kept outside)",
	  "phieu audit head\n"
	  "\n"
	  "Print them, sign them, mail them: one line a lane, "
	  "LANE:SEQ:HASH.\n",
	  run_head },
};
const struct cmd_set cmd_audit = { cmds, sizeof cmds / sizeof cmds[0] };
