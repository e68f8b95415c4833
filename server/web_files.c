/* Scans and photos of sheets, for those who answer queries about sheets.
 *
 * Opening one is an act and so a POST with a reason: it stands in the log
 * before a byte is seen, and no link, preview or reload can do it.  What comes
 * is from outside: it is saved, never shown by the browser. */
#include <stdio.h>
#include <string.h>

#include "phieu/attachment.h"
#include "phieu/json.h"
#include "phieu/sheet.h"
#include "phieu/store_file.h"
#include "phieu/store_judge.h"
#include "web_impl.h"

#define REASON_BYTES 500

/* The one submission that {sheet} means: an instanceID, or the number printed
 * on the sheet.  NULL: replied, or e. */
static const struct sheet_head *the_sheet(struct db *db,
					  struct http_request *rq,
					  struct http_reply *rp, int32_t wave,
					  struct err *e)
{
	const char *asked = rq->param[1];
	char text[SHEET_TEXT_MAX];
	struct err ignored = { 0 };
	struct sheet_head *list;
	struct sheet_no no;
	size_t n;

	if (!store_sheet_heads(db, wave, asked, NULL, rq->arena, &list, &n, e))
		return NULL;
	if (n == 0 && sheet_parse(asked, strlen(asked), &no, &ignored) &&
	    !store_sheet_heads(db, wave, NULL, sheet_text(&no, text), rq->arena,
			       &list, &n, e))
		return NULL;
	if (n == 1)
		return &list[0];
	if (n == 0)
		web_not_found(rq, rp);
	else
		http_error(rq, rp, 409, "several-sheets",
			   "several submissions bear this number; name one by "
			   "its instanceID",
			   "Nhiều lần nộp cùng mang số phiếu này; hãy nêu "
			   "instanceID của một lần nộp");
	return NULL;
}

static bool put_row(struct jw *j, const struct res *r, size_t i, struct err *e)
{
	const char *type = res_text(r, i, 1);
	int64_t bytes;

	jw_object(j);
	jw_kv(j, "name", res_text(r, i, 0));
	jw_kb(j, "here", type[0] != '\0');
	if (type[0]) {
		if (!res_i64(r, i, 2, &bytes, e))
			return false;
		jw_kv(j, "type", type);
		jw_kv(j, "state", attachment_state_word(type));
		jw_ki(j, "bytes", bytes);
		jw_kv(j, "received", res_text(r, i, 3));
	}
	jw_object_end(j);
	return true;
}

static bool list(struct db *db, struct http_request *rq, struct http_reply *rp,
		 const struct wave_head *v, struct err *e)
{
	const struct sheet_head *h = the_sheet(db, rq, rp, v->wave, e);
	struct res *r;
	struct jw j;
	bool ok;

	if (!h)
		return e->kind == ERR_NONE;
	r = store_file_list(db, v->wave, h->instance, e);
	ok = r != NULL;
	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_kv(&j, "instanceID", h->instance);
	jw_kv(&j, "sheet", h->sheet);
	jw_key(&j, "files");
	jw_array(&j);
	for (size_t i = 0; ok && i < res_rows(r); i++)
		ok = put_row(&j, r, i, e);
	jw_array_end(&j);
	jw_object_end(&j);
	res_free(r);
	return ok;
}

enum http_done web_files(struct http_request *rq, struct http_reply *rp,
			 void *app)
{
	return web_run_wave(rq, rp, app, list);
}

/* RFC 8187: whatever the name is, it stays within the header. */
static const char *disposition(struct http_request *rq, const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
	struct buf b = BUF_INIT(1024);
	const char *out = NULL;

	buf_adds(&b, "attachment; filename*=UTF-8''");
	for (; *name; name++)
		if (strchr(plain, *name))
			buf_add(&b, name, 1);
		else
			buf_addf(&b, "%%%02X", (unsigned)(unsigned char)*name);
	if (buf_cstr(&b))
		out = arena_strdup(rq->arena, b.data);
	buf_free(&b);
	return out;
}

/* A type goes out only where it says what the bytes are. */
static const char *type_out(struct http_request *rq, const char *type)
{
	switch (attachment_state(type)) {
	case ATTACHMENT_CLEANED:
	case ATTACHMENT_AS_RECEIVED:
		return arena_strndup(rq->arena, type, strcspn(type, ";"));
	case ATTACHMENT_OTHER:
	case ATTACHMENT_DAMAGED: break;
	}
	return ATTACHMENT_OTHER_TYPE;
}

bool web_give_file(struct http_request *rq, struct http_reply *rp,
		   const char *name, const char *type, const void *bytes,
		   size_t n, struct err *e)
{
	const char *how = disposition(rq, name);

	type = type_out(rq, type);
	if (!how || !type)
		return err_set(e, ERR_NOMEM, "out of memory");
	rp->content_type = type;
	http_set_header(rp, "Content-Disposition", how);
	http_set_header(rp, "Content-Security-Policy",
			"default-src 'none'; sandbox");
	buf_add(&rp->body, bytes, n);
	return true;
}

static bool give(struct http_request *rq, struct http_reply *rp,
		 const char *name, const struct sheet_file *f, struct err *e)
{
	http_set_header(rp, "X-File-State", attachment_state_word(f->type));
	http_set_header(rp, "X-File-SHA256", f->sha256);
	return web_give_file(rq, rp, name, f->type, f->bytes, f->n, e);
}

static bool bad_reason(struct http_request *rq, struct http_reply *rp)
{
	http_error(rq, rp, 400, "bad-reason",
		   "say in \"reason\" why the file is opened (at most 500 "
		   "bytes)",
		   "Hãy nêu lý do mở tệp trong \"reason\" (không quá 500 "
		   "byte)");
	return true;
}

/* Blanks are no reason. */
static bool is_reason(const char *s)
{
	return s && strlen(s) <= REASON_BYTES && s[strspn(s, " \t\r\n")];
}

static bool open_one(struct db *db, struct http_request *rq,
		     struct http_reply *rp, int32_t wave, const char *reason,
		     struct err *e)
{
	const struct identity *id = rq->identity;
	const struct sheet_head *h = the_sheet(db, rq, rp, wave, e);
	struct err none = { 0 };
	struct sheet_file f;
	const char *name;

	if (!h)
		return e->kind == ERR_NONE;
	if (!attachment_name(rq->param[2], rq->arena, &name, &none) ||
	    !store_file_open(db, wave, h->instance, name, reason,
			     id->person.login, rq->arena, &f, &none)) {
		if (none.kind != ERR_INPUT) {
			*e = none;
			return false;
		}
		web_not_found(rq, rp);
		return true;
	}
	return give(rq, rp, name, &f, e);
}

static bool open_file(struct db *db, struct http_request *rq,
		      struct http_reply *rp, const struct wave_head *v,
		      struct err *e)
{
	cJSON *o = web_read_object(rq, rp);
	const char *reason = json_get_text(o, "reason");
	bool ok;

	if (!o)
		return true; /* said already */
	ok = is_reason(reason) ? open_one(db, rq, rp, v->wave, reason, e)
			       : bad_reason(rq, rp);
	cJSON_Delete(o);
	return ok;
}

enum http_done web_file_open(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	return web_run_wave(rq, rp, app, open_file);
}
