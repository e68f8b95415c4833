/* `phieu archive key`, `phieu round archive`, and `phieu verify FILE`: all that
 * a published index came from, sealed, and recomputed without a database. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive_file.h"
#include "phieu/archive.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/index.h"
#include "phieu/json.h"
#include "phieu/score_job.h"
#include "phieu/secret.h"
#include "phieu/store_audit.h"
#include "phieu/store_result.h"
#include "phieu/store_round.h"

#define ARENA_BYTES ((size_t)2 << 30)
#define N(a)	    (sizeof(a) / sizeof((a)[0]))

enum { KEY_TEXT = 128 };

/* ---- secrets ----------------------------------------------------------- */

struct held { /* a secret and what it borrows from */
	struct archive_secret secret;
	char *phrase;
};

static void held_end(struct held *h)
{
	secret_free(h->phrase);
	sodium_memzero(&h->secret, sizeof h->secret);
}

static bool take_secret(const char *key, const char *phrase, struct held *out,
			struct err *e)
{
	size_t n;
	char *text;
	bool ok;

	*out = (struct held){ .phrase = NULL };
	if (!key == !phrase)
		return err_set(e, ERR_INPUT,
			       "give --key FILE or --passphrase-file FILE");
	if (phrase) {
		out->phrase = secret_read(phrase, "", false, e);
		out->secret.passphrase = out->phrase;
		return out->phrase &&
		       (strlen(out->phrase) >= ARCHIVE_PASSPHRASE_MIN ||
			err_set(e, ERR_INPUT,
				"a passphrase has at least %d characters",
				ARCHIVE_PASSPHRASE_MIN));
	}
	text = file_read(key, KEY_TEXT, &n, e);
	ok = text && archive_key_parse(text, &out->secret, e);
	if (text)
		sodium_memzero(text, n);
	free(text);
	return ok;
}

static bool make_key(const char *out, struct err *e)
{
	char text[KEY_TEXT];
	bool ok;

	if (!out) {
		(void)err_set(e, ERR_INPUT,
			      "usage: phieu archive key --out FILE");
		return false;
	}
	if (access(out, F_OK) == 0) {
		(void)err_set(e, ERR_CONFLICT,
			      "%.150s có rồi; tệp khóa không bao giờ bị ghi đè "
			      "(is there; a key is never written over)",
			      out);
		return false;
	}
	archive_key_new(text);
	ok = file_write(out, text, strlen(text), 0600, e);
	sodium_memzero(text, sizeof text);
	return ok;
}

static int run_key(int argc, char **argv, void *app)
{
	const char *out = NULL;
	const struct cli_opt opts[] = { { "--out", NULL, &out } };
	struct err e = { 0 };
	bool ok;

	(void)app;
	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     make_key(argc == 1 ? out : NULL, &e);
	if (ok)
		printf("%s: giữ ở nơi khác với tệp lưu trữ; mất khóa là mất "
		       "lưu trữ (keep it apart from the archives; without it "
		       "they are lost)\n",
		       out);
	return ok ? EXIT_DONE : cli_fail("phieu archive key", &e);
}

/* ---- collecting -------------------------------------------------------- */

struct collecting {
	const struct app *app;
	struct db *db, *analysis;
	struct arena *a;
	struct round_head head;
	struct stored_result result;
	struct score_job job;
	struct snapshot snapshot;
	struct buf answers, content, sealed;
	struct archive x;
};

static bool put_part(struct archive *x, enum archive_part p, const char *text,
		     size_t n)
{
	x->part[p].p = text;
	x->part[p].n = n;
	return true;
}

/* The newest release of the result, as facts. */
static bool find_release(struct collecting *c, const char *number,
			 struct err *e)
{
	struct res *r = store_round_releases(c->db, c->head.id, NULL, e);
	struct archive_facts *f = &c->x.facts;
	bool ok = r != NULL;
	size_t i = 0;

	while (ok && i < res_rows(r) && strcmp(res_text(r, i, 6), number) != 0)
		i++;
	if (ok && i == res_rows(r))
		ok = err_set(e, ERR_CONFLICT,
			     "kết quả số %.20s chưa công bố (is not published)",
			     number);
	if (ok) {
		f->round = c->head.code;
		f->kind = res_bool(r, i, 1) ? "trial" : "official";
		f->decision = res_dup(c->a, r, i, 3);
		f->released_at = res_dup(c->a, r, i, 5);
		f->index_method = res_dup(c->a, r, i, 9);
		ok = res_i64(r, i, 0, &f->release, e) &&
		     res_i64(r, i, 6, &f->result, e) &&
		     res_i64(r, i, 11, &f->version, e) &&
		     (res_null(r, i, 10) ||
		      res_i64(r, i, 10, &f->wave_release, e));
	}
	res_free(r);
	return ok;
}

static bool take_round(struct collecting *c, const char *number, struct err *e)
{
	const char *text;
	char version[24];

	if (!find_release(c, number, e) ||
	    !store_result_get(c->db, c->head.id, number, c->a, &c->result, e))
		return false;
	(void)snprintf(version, sizeof version, "%" PRId64, c->x.facts.version);
	return store_round_text_at(c->db, c->head.id, version, c->a, &text,
				   e) &&
	       put_part(&c->x, ARCHIVE_ROUND, text, strlen(text)) &&
	       put_part(&c->x, ARCHIVE_INPUT, c->result.input,
			strlen(c->result.input)) &&
	       put_part(&c->x, ARCHIVE_RESULT, c->result.content,
			strlen(c->result.content));
}

/* The release's snapshot and the plan of its freeze. */
static bool take_snapshot(struct collecting *c, struct err *e)
{
	struct archive_facts *f = &c->x.facts;
	struct release r;
	bool found;

	c->job.wave = store_wave_get(c->db, c->head.wave, e);
	if (!c->job.wave ||
	    !store_release_get(c->db, c->job.wave->id, (int32_t)f->wave_release,
			       &r, &found, e))
		return false;
	if (!found || !store_snapshot_get(c->db, c->job.wave->id, r.snapshot,
					  c->a, &c->snapshot, &found, e))
		return !found ? err_set(e, ERR_CONFLICT,
					"the wave's release is not there")
			      : false;
	f->wave = c->head.wave;
	f->snapshot = r.snapshot;
	f->freeze = r.freeze;
	f->score_method = c->snapshot.method;
	return put_part(&c->x, ARCHIVE_SNAPSHOT, c->snapshot.content,
			c->snapshot.content_n) &&
	       put_part(&c->x, ARCHIVE_PLAN, c->job.wave->plan->text,
			c->job.wave->plan->text_n);
}

/* The caller's transaction sees one state of the answers. */
static bool write_answers(struct collecting *c, const struct freeze *f,
			  struct err *e)
{
	struct rating_source src;
	struct freeze_reader *r = NULL;
	struct archive_cell *cells = NULL;
	struct freeze_cell *from = NULL;
	size_t n = 0;
	bool ok;

	ok = store_freeze_cells(c->analysis, c->job.wave, f, &from, &n, e);
	if (ok)
		cells = arena_array(c->a, n + 1, sizeof *cells);
	for (size_t i = 0; cells && i < n; i++)
		cells[i] = (struct archive_cell){ from[i].group, from[i].home,
						  from[i].n };
	free(from);
	if (ok && !cells)
		ok = err_set(e, ERR_NOMEM, "out of memory");
	if (ok)
		r = freeze_reader_open(c->analysis, c->job.wave, f, e);
	src = frozen_ratings(r);
	ok = r && archive_answers_write(cells, n, &src, c->a, &c->answers, e);
	freeze_reader_close(r);
	return ok;
}

/* Only the answers of the latest freeze are kept. */
static bool take_answers(struct collecting *c, struct err *e)
{
	struct freeze f;
	bool ok;

	c->analysis = connect_ready(c->app->conf, WHO_ANALYSIS, e);
	if (!c->analysis ||
	    !store_freeze_latest(c->analysis, c->job.wave, &f, e))
		return false;
	if (f.freeze != c->x.facts.freeze ||
	    f.plan_version != c->job.wave->version)
		return err_set(e, ERR_CONFLICT,
			       "câu trả lời của lần khóa %" PRId64
			       " không còn (those answers are no longer kept): "
			       "--without-answers",
			       c->x.facts.freeze);
	if (!db_begin_snapshot(c->analysis, e))
		return false;
	ok = write_answers(c, &f, e);
	db_rollback(c->analysis);
	return ok && put_part(&c->x, ARCHIVE_ANSWERS, c->answers.data,
			      c->answers.len);
}

/* What scoring was told of the answers stands in the snapshot. */
static bool take_marks(struct collecting *c, struct err *e)
{
	cJSON *o = json_parse(c->snapshot.content, c->snapshot.content_n,
			      &json_plan_limits, e);
	const char *sha = o ? json_get_text(o, "content_sha256") : NULL;

	c->x.facts.content_sha256 = sha ? arena_strdup(c->a, sha) : "";
	c->x.facts.simulated = cJSON_IsTrue(json_get(o, "simulated"));
	cJSON_Delete(o);
	return o || e->kind == ERR_NONE;
}

static bool collect(struct collecting *c, const char *round, const char *number,
		    bool answers, struct err *e)
{
	if (!c->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	c->db = connect_ready(c->app->conf, WHO_SERVER, e);
	if (!c->db || !store_round_head(c->db, round, c->a, &c->head, e) ||
	    !take_round(c, number, e))
		return false;
	if (c->x.facts.wave_release > 0 &&
	    (!take_snapshot(c, e) || !take_marks(c, e) ||
	     (answers && !take_answers(c, e))))
		return false;
	archive_write(&c->x, &c->content);
	return buf_cstr(&c->content) || err_set(e, ERR_NOMEM, "out of memory");
}

static void collect_end(struct collecting *c)
{
	score_job_end(&c->job);
	buf_free(&c->answers);
	buf_free(&c->content);
	buf_free(&c->sealed);
	db_close(c->analysis);
	db_close(c->db);
	arena_free(c->a);
}

/* ---- writing, checking ------------------------------------------------- */

static void content_hash(const struct buf *b, char hex[2 * SHA256_BYTES + 1])
{
	uint8_t digest[SHA256_BYTES];

	sha256(b->data, b->len, digest);
	hex_text(digest, sizeof digest, hex);
}

static bool log_archived(struct collecting *c, const char *hex, struct err *e)
{
	struct buf b = BUF_INIT(4000);
	struct jw w;
	char by[64];
	bool ok;

	actor_name(by, sizeof by);
	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "round", c->head.code);
	jw_ki(&w, "result", c->x.facts.result);
	jw_kb(&w, "answers", c->x.part[ARCHIVE_ANSWERS].p != NULL);
	jw_kv(&w, "sha256", hex);
	jw_object_end(&w);
	ok = buf_cstr(&b) &&
	     store_audit_append(c->db, "archive", by, b.data, e);
	buf_free(&b);
	return ok;
}

/* False: something differs, told.  `to` gets the lines. */
static bool tell(const struct archive_report *r, FILE *to)
{
	static const char *const words[] = { "khớp", "KHÁC", "chưa kiểm" };

	for (size_t i = 0; i < r->n; i++)
		(void)fprintf(to, "%s: %s (%s)\n", words[r->line[i].verdict],
			      r->line[i].what_vi, r->line[i].what);
	return r->same;
}

/* What does not verify is not put away. */
static bool verified(struct collecting *c, struct err *e)
{
	struct archive_report r;

	if (!archive_check(&c->x, c->a, &r, e))
		return false;
	return tell(&r, r.same ? stdout : stderr) ||
	       err_set(e, ERR_CONFLICT,
		       "không lưu trữ được: tính lại không khớp (not archived: "
		       "it does not verify)");
}

static int run_archive(int argc, char **argv, void *app)
{
	const char *number = NULL, *out = NULL, *key = NULL, *phrase = NULL;
	bool without = false, ok;
	const struct cli_opt opts[] = { { "--result", NULL, &number },
					{ "--out", NULL, &out },
					{ "--key", NULL, &key },
					{ "--passphrase-file", NULL, &phrase },
					{ "--without-answers", &without,
					  NULL } };
	struct collecting c = { .app = app,
				.answers = BUF_INIT(ARCHIVE_BYTES),
				.content = BUF_INIT(ARCHIVE_BYTES),
				.sealed = BUF_INIT(2 * ARCHIVE_BYTES) };
	char hex[2 * SHA256_BYTES + 1] = "";
	struct held held = { .phrase = NULL };
	struct err e = { 0 };

	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 2 && number && out) ||
	      err_set(&e, ERR_INPUT,
		      "usage: phieu round archive ROUND --result N --out FILE "
		      "--key FILE|--passphrase-file FILE")) &&
	     take_secret(key, phrase, &held, &e);
	if (ok)
		c.a = arena_new(ARENA_BYTES);
	ok = ok && collect(&c, argv[1], number, !without, &e) &&
	     verified(&c, &e) &&
	     archive_seal(&c.content, &held.secret, &c.sealed, &e);
	if (ok && out) {
		content_hash(&c.content, hex);
		/* the log tells of files that are there; one that it could not
		 * tell of does not stay */
		ok = file_write(out, c.sealed.data, c.sealed.len, 0600, &e);
		if (ok && !log_archived(&c, hex, &e)) {
			(void)unlink(out);
			ok = false;
		}
	}
	if (ok)
		printf("%s: %zu byte; nội dung (content) SHA-256 %s\n", out,
		       c.sealed.len, hex);
	held_end(&held);
	collect_end(&c);
	return ok ? EXIT_DONE : cli_fail("phieu round archive", &e);
}

static void tell_facts(const struct archive *x, const struct buf *content)
{
	char hex[2 * SHA256_BYTES + 1];

	content_hash(content, hex);
	printf("%s, kết quả số %" PRId64 ", công bố lần %" PRId64 "%s: %s\n",
	       x->facts.round, x->facts.result, x->facts.release,
	       strcmp(x->facts.kind, "trial") == 0 ? " (mẫu thử)" : "",
	       x->facts.decision);
	printf("nội dung (content) SHA-256 %s\n", hex);
}

int archive_verify(const char *path, const char *key, const char *phrase)
{
	struct arena *a = arena_new(ARENA_BYTES);
	struct buf content = BUF_INIT(ARCHIVE_BYTES);
	struct archive_report r = { .same = false };
	struct held held = { .phrase = NULL };
	struct archive x;
	struct err e = { 0 };
	char *file = NULL;
	size_t n = 0;
	bool ok;

	ok = (a || err_set(&e, ERR_NOMEM, "out of memory")) &&
	     take_secret(key, phrase, &held, &e);
	if (ok)
		file = file_read(path, 2 * ARCHIVE_BYTES, &n, &e);
	ok = file && archive_open(file, n, &held.secret, &content, &e) &&
	     archive_read(content.data, content.len, a, &x, &e);
	if (ok)
		tell_facts(&x, &content);
	ok = ok && archive_check(&x, a, &r, &e);
	if (ok)
		(void)tell(&r, stdout);
	free(file);
	held_end(&held);
	buf_free(&content);
	arena_free(a);
	if (!ok)
		return cli_fail("phieu verify", &e);
	return !r.same ? EXIT_FAILED : r.whole ? EXIT_DONE : EXIT_PARTLY;
}

static const struct cmd cmds[] = {
	{ "archive key", "tạo tệp khóa cho lưu trữ (a key for archives)",
	  "phieu archive key --out FILE\n"
	  "  Keep it apart from the archives: without it they are lost.",
	  run_key },
	{ "round archive",
	  "lưu trữ mọi thứ làm nên kết quả đã công bố (put away all that a "
	  "published result came from)",
	  "phieu round archive ROUND --result N --out FILE\n"
	  "    --key FILE|--passphrase-file FILE [--without-answers]\n"
	  "  One sealed file: document, input, result, and of the wave its "
	  "plan,\n"
	  "  snapshot and what scoring read of the frozen answers.  Verified\n"
	  "  before it is written; stands in the log.  `phieu verify FILE` "
	  "reads it.\n"
	  "  --without-answers  where the answers are no longer kept, or may "
	  "not\n"
	  "                     leave: the survey's points are then not "
	  "recomputed",
	  run_archive },
};
const struct cmd_set cmd_archive = { cmds, N(cmds) };
