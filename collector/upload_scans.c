/* Scans and photos of sheets: taken from a folder, sent after their sheets.
 *
 * A file is named by the number printed on its sheet, as people type it, and
 * whatever tells pages apart behind it: "CT01-00012-7.jpg", "ct01 00012 7
 * trang 2.png". */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "phieu/attachment.h"
#include "phieu/date.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/outbox_scan.h"
#include "phieu/sheet.h"
#include "upload_parts.h"

#define ARENA_BYTES  ((size_t)32 << 20)
#define ANSWER_BYTES ((size_t)64 << 10)
#define SECOND	     INT64_C(1000000)

/* ---- the folder ----------------------------------------------------------
 */

bool upload_scan_sheet(const char *name, char out[SHEET_TEXT_MAX])
{
	struct err e = { 0 };
	struct sheet_no no;
	size_t n = strlen(name);

	/* the longest beginning that is a number, up to where a word ends */
	for (; n > 0; n--) {
		bool ends = !isalnum((unsigned char)name[n]) &&
			    isalnum((unsigned char)name[n - 1]);

		e = (struct err){ 0 };
		if (ends && sheet_parse(name, n, &no, &e)) {
			(void)sheet_text(&no, out);
			return true;
		}
	}
	return false;
}

struct folder {
	struct outbox *o;
	const char *path;
	struct arena *a;
	struct scans_taken *taken;
};

static void odd(const struct folder *f, const char *name, const char *vi,
		const char *en)
{
	f->taken->odd++;
	(void)fprintf(stderr, "phieu-upload: %s/%s: %s (%s)\n", f->path, name,
		      vi, en);
}

/* Room for files of other programs and hidden ones is everywhere. */
static bool is_file(const char *path, const char *name, off_t *size)
{
	struct stat st;

	if (name[0] == '.' || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	*size = st.st_size;
	return true;
}

static bool take_file(const struct folder *f, const char *path,
		      const char *name, const char *sheet, struct err *e)
{
	enum outbox_scan_taken how = SCAN_NO_SHEET;
	const char *nfc;
	struct err why = { 0 };
	char *bytes;
	bool ok;
	size_t n;

	if (!attachment_name(name, f->a, &nfc, &why)) {
		odd(f, name, "tên tệp không dùng được", why.msg);
		return true;
	}
	bytes = file_read(path, LIMIT_ATTACHMENT_BYTES, &n, e);
	if (!bytes)
		return false;
	ok = outbox_scan_add(f->o, sheet, nfc, path, bytes, n, &how, e);
	free(bytes);
	f->taken->fresh += ok && how == SCAN_FRESH;
	f->taken->known += ok && how == SCAN_KNOWN;
	if (ok && how == SCAN_NO_SHEET)
		odd(f, name, "chưa có phiếu mang số này trong hộp gửi",
		    "no sheet of this number is in the outbox");
	return ok;
}

static bool take_entry(const struct folder *f, const char *name, struct err *e)
{
	char sheet[SHEET_TEXT_MAX];
	const char *path;
	off_t size = 0;

	arena_reset(f->a);
	path = arena_printf(f->a, "%s/%s", f->path, name);
	if (!path)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!is_file(path, name, &size))
		return true;
	if (!upload_scan_sheet(name, sheet)) {
		odd(f, name, "tên tệp không bắt đầu bằng số phiếu",
		    "the name does not begin with a sheet's number");
		return true;
	}
	if (size == 0) {
		odd(f, name, "tệp rỗng", "the file is empty");
		return true;
	}
	if (size > (off_t)LIMIT_ATTACHMENT_BYTES) {
		odd(f, name, "tệp lớn hơn 10 MiB",
		    "the file is larger than 10 MiB");
		return true;
	}
	return take_file(f, path, name, sheet, e);
}

bool upload_take_scans(struct outbox *o, const char *path,
		       struct scans_taken *taken, struct err *e)
{
	struct folder f = { .o = o, .path = path, .taken = taken };
	struct dirent **list = NULL;
	int n = scandir(path, &list, NULL, alphasort);
	bool ok = n >= 0;

	if (!ok)
		return err_set(e, ERR_INPUT, "cannot read the folder %s: %s",
			       path, strerror(errno));
	f.a = arena_new(ARENA_BYTES);
	if (!f.a)
		ok = err_set(e, ERR_NOMEM, "out of memory");
	for (int i = 0; i < n; i++) {
		ok = ok && take_entry(&f, list[i]->d_name, e);
		free(list[i]);
	}
	free(list);
	arena_free(f.a);
	return ok;
}

/* ---- one answer ----------------------------------------------------------
 */

/* Is it about this file, with a receipt? */
static bool read_receipt(const cJSON *tree, const struct outbox_scan *s,
			 struct arena *a, struct outbox_result *r)
{
	const char *instance = json_get_text(tree, "instanceID");
	const char *name = json_get_text(tree, "name");
	const char *sha = json_get_text(tree, "sha256");
	const char *receipt = json_get_text(tree, "receipt");
	const char *state = json_get_text(tree, "state");
	char hex[2 * SHA256_BYTES + 1];

	hex_text(s->sha, SHA256_BYTES, hex);
	if (!instance || !name || !sha || !upload_is_receipt(receipt) ||
	    strcmp(instance, s->instance) != 0 || strcmp(name, s->name) != 0 ||
	    strcmp(sha, hex) != 0)
		return false;
	r->state = OUTBOX_RECEIVED;
	r->receipt = arena_strdup(a, receipt);
	r->status = arena_strdup(a, state ? state : "");
	return r->receipt && r->status;
}

bool upload_scan_reply(const struct outbox_scan *s, const struct answer *an,
		       struct arena *a, struct outbox_result *r)
{
	long code = an->status;
	struct err ignored = { 0 };
	const char *text = buf_cstr(&an->body);
	bool refused = code >= 400 && code < 500 && code != 408 &&
		       code != 425 && code != 429;
	cJSON *tree = NULL;
	bool told;

	*r = (struct outbox_result){ .id = s->id, .code = (int)code };
	if (an->whole && text && an->body.len <= ANSWER_BYTES)
		tree = json_parse(text, an->body.len, &json_plan_limits,
				  &ignored);
	told = tree && cJSON_IsObject(json_get(tree, "error"));
	if (tree && (told || code == 200 || code == 201))
		r->reply = arena_strndup(a, text, an->body.len);
	if (refused && told)
		r->state = OUTBOX_REFUSED;
	else if (tree && (code == 200 || code == 201))
		(void)read_receipt(tree, s, a, r);
	cJSON_Delete(tree);
	return !arena_broken(a);
}

/* ---- the loop ------------------------------------------------------------
 */

struct sending {
	struct upload *u;
	struct arena *a;
	unsigned failures;
	int64_t moved_us;
	char why[300];
};

static const char *path_of(struct sending *s, const struct outbox_scan *f)
{
	char *instance = curl_easy_escape(s->u->curl, f->instance, 0);
	char *name = curl_easy_escape(s->u->curl, f->name, 0);
	const char *path = NULL;

	if (instance && name)
		path = arena_printf(s->a, "/v1/submissions/%s/attachments/%s",
				    instance, name);
	curl_free(instance);
	curl_free(name);
	return path;
}

/* The key is refused for everything, not for this file. */
static bool key_refused(const struct outbox_result *r, struct err *e)
{
	if (r->code != 401)
		return false;
	err_set(e, ERR_DENIED,
		"the collector does not know the agent key (401); mã khóa "
		"không đúng hoặc đã hết hạn");
	return true;
}

/* False: stop for good. */
static bool send_one(struct sending *s, const struct outbox_scan *f,
		     bool *settled, long *retry_after, struct err *e)
{
	const char *path = path_of(s, f);
	struct outbox_result r;
	struct answer an;
	bool ok;

	if (!path)
		return err_set(e, ERR_NOMEM, "out of memory");
	upload_put(s->u, path, f->bytes, f->n, &an);
	*retry_after = an.retry_after;
	ok = upload_scan_reply(f, &an, s->a, &r) ||
	     err_set(e, ERR_NOMEM, "out of memory");
	if (an.status == 0)
		(void)snprintf(s->why, sizeof s->why, "%s", an.why);
	else
		(void)snprintf(s->why, sizeof s->why,
			       "the collector answered %ld", an.status);
	buf_free(&an.body);
	if (!ok || key_refused(&r, e))
		return false;
	*settled = r.state != OUTBOX_WAITING;
	return outbox_scan_settle(s->u->outbox, &r, e);
}

/* Waits; false when it is time to give up. */
static bool rest(struct sending *s, long retry_after)
{
	int64_t now = clock_monotonic_us(), until;
	int64_t last = s->moved_us + s->u->give_up * SECOND;
	uint32_t random;

	random_bytes(&random, sizeof random);
	until = now +
		(int64_t)(upload_backoff(s->failures, retry_after, random) *
			  (double)SECOND);
	if (now >= last)
		return false;
	until = until > last ? last : until;
	show_trouble(&s->u->show, s->why, s->failures, until);
	upload_pause(s->u, until);
	return true;
}

static enum upload_end loop(struct sending *s, struct err *e)
{
	struct outbox_scan f;
	long retry_after = -1;
	bool settled;

	while (!upload_stop) {
		arena_reset(s->a);
		if (!outbox_scan_next(s->u->outbox, s->a, &f, e))
			return e->kind == ERR_NONE ? UPLOAD_ALL : UPLOAD_FAILED;
		settled = false;
		if (!send_one(s, &f, &settled, &retry_after, e))
			return UPLOAD_FAILED;
		if (settled) {
			s->moved_us = clock_monotonic_us();
			s->failures = 0;
			show_step(&s->u->show, 1);
			continue;
		}
		s->failures++;
		if (!upload_stop && !rest(s, retry_after))
			return UPLOAD_GAVE_UP;
	}
	return UPLOAD_STOPPED;
}

enum upload_end upload_send_scans(struct upload *u, struct err *e)
{
	struct sending s = { .u = u, .moved_us = clock_monotonic_us() };
	enum upload_end end = UPLOAD_FAILED;
	struct outbox_counts counts;

	if (!outbox_scan_reopen(u->outbox, e) ||
	    !outbox_scan_count(u->outbox, &counts, e))
		return UPLOAD_FAILED;
	if (counts.waiting == 0)
		return UPLOAD_ALL;
	s.a = arena_new(ARENA_BYTES);
	if (!s.a) {
		err_set(e, ERR_NOMEM, "out of memory");
		return UPLOAD_FAILED;
	}
	show_begin(&u->show, counts.waiting);
	end = loop(&s, e);
	show_end(&u->show);
	if (end == UPLOAD_GAVE_UP)
		err_set(e, ERR_DOWN, "%s", s.why);
	arena_free(s.a);
	return end;
}
