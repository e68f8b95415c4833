/* OpenRosa: the list of forms, a form, its manifest, its files; and what all
 * replies of these paths have in common. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "phieu/json.h"
#include "phieu/log.h"
#include "phieu/xml.h"
#include "service_impl.h"

#define XML_TYPE "text/xml; charset=utf-8" /* Collect refuses application/ */

/* More in one request is taken too; clients then send the rest in another. */
#define ASKED_TEXT "10485760"
_Static_assert(LIMIT_OPENROSA_ASKED == 10485760, "as the header says");

static bool is_keyed(const struct http_request *rq)
{
	return strncmp(rq->pattern, "/v1/key/", 8) == 0;
}

static bool is_openrosa(const struct http_request *rq)
{
	return is_keyed(rq) || strncmp(rq->pattern, "/form", 5) == 0 ||
	       strcmp(rq->pattern, "/submission") == 0;
}

/* Vietnamese unless the client asks for English. */
static bool wants_english(const struct http_request *rq)
{
	const char *list = http_header(rq, "Accept-Language");

	return list && strncasecmp(list + strspn(list, " "), "en", 2) == 0;
}

void openrosa_envelope(struct http_request *rq, struct http_reply *rp,
		       int status, const char *vi, const char *en)
{
	bool english = wants_english(rq);
	struct buf *b = &rp->body;
	struct xw w;

	rp->status = status;
	rp->content_type = XML_TYPE;
	http_set_header(rp, "Content-Language", english ? "en" : "vi");
	b->len = 0;
	xw_init(&w, b);
	xw_head(&w);
	xw_start(&w, "OpenRosaResponse");
	xw_attr(&w, "xmlns", "http://openrosa.org/http/response");
	xw_attr(&w, "items", "0");
	xw_start(&w, "message");
	xw_attr(&w, "nature", status < 300 ? "submit_success" : "error");
	xw_text(&w, english ? en : vi);
	xw_end(&w);
	xw_end(&w);
	buf_adds(b, "\n");
}

/* Errors that were written as JSON, by whomever. */
static void envelope_of_error(struct http_request *rq, struct http_reply *rp)
{
	cJSON *all = cJSON_ParseWithLength(rp->body.data, rp->body.len);
	const cJSON *e = cJSON_GetObjectItemCaseSensitive(all, "error");
	const char *vi = cJSON_GetStringValue(
		cJSON_GetObjectItemCaseSensitive(e, "message_vi"));
	const char *en = cJSON_GetStringValue(
		cJSON_GetObjectItemCaseSensitive(e, "message"));

	if (vi && en)
		openrosa_envelope(rq, rp, rp->status, vi, en);
	cJSON_Delete(all);
}

void openrosa_dress(struct http_request *rq, struct http_reply *rp, void *app)
{
	(void)app;
	if (!is_openrosa(rq))
		return;
	http_set_header(rp, "X-OpenRosa-Version", "1.0");
	http_set_header(rp, "X-OpenRosa-Accept-Content-Length", ASKED_TEXT);
	if (rp->status >= 400 && rp->content_type &&
	    strncmp(rp->content_type, "application/json", 16) == 0)
		envelope_of_error(rq, rp);
}

bool openrosa_version_ok(struct http_request *rq, struct http_reply *rp)
{
	const char *v = http_header(rq, "X-OpenRosa-Version");

	if (v && strcmp(v, "1.0") == 0)
		return true;
	http_error(rq, rp, 400, "no-openrosa-version",
		   "send the header X-OpenRosa-Version: 1.0",
		   "Thiếu tiêu đề X-OpenRosa-Version: 1.0");
	return false;
}

/* A Host header that can stand in an address as it is. */
static bool is_host(const char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("-.:[]", *s))
			return false;
	return true;
}

const char *openrosa_base(const struct service *s, struct http_request *rq)
{
	const char *base = conf_text(s->conf, "collector-url");
	const char *host = http_header(rq, "Host");
	const char *proto = http_header(rq, "X-Forwarded-Proto");
	bool tls = s->tls || (proto && strcmp(proto, "https") == 0);

	if (!base && host && *host && is_host(host))
		base = arena_printf(rq->arena, "%s://%s",
				    tls ? "https" : "http", host);
	else if (!base)
		base = s->url;
	if (!base || !is_keyed(rq))
		return base;
	/* it is somebody's key, and those need no escaping */
	return arena_printf(rq->arena, "%s/v1/key/%s", base, rq->param[0]);
}

/* The plan's forms as XForms, made once. */
static bool forms_ready(struct wave_ref *w, struct err *e)
{
	const struct plan *p = w->wave->plan;
	struct xform *forms;

	if (w->forms)
		return true;
	if (!w->forms_arena)
		w->forms_arena = arena_new((size_t)64 << 20);
	forms = w->forms_arena ? arena_array(w->forms_arena, p->n_forms + 1,
					     sizeof *forms)
			       : NULL;
	if (!forms)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < p->n_forms; i++)
		if (!xform_make(p, i, NULL, w->forms_arena, &forms[i], e))
			return false;
	w->forms = forms;
	return true;
}

static struct wave_ref *forms_of(struct service *s, struct http_request *rq,
				 struct http_reply *rp)
{
	const struct agent_scope *key = rq->identity;
	struct err e = { 0 };
	struct wave_ref *w = service_wave(s, key->wave_code, &e);

	if (w && forms_ready(w, &e))
		return w;
	wave_ref_drop(w);
	log_err(LOG_WARN, rq->id, "forms", &e);
	http_error_of(rq, rp, &e);
	return NULL;
}

static bool may_have(const struct wave_ref *w, const struct agent_scope *key,
		     size_t form)
{
	for (size_t i = 0; i < key->n_forms; i++)
		if (key->forms[i] == w->wave->form_id[form])
			return true;
	return key->all_forms;
}

static void list_form(struct xw *w, const char *base, const struct xform *f)
{
	char url[XFORM_ID_MAX + 40];
	struct buf b = BUF_INIT(8192);

	(void)snprintf(url, sizeof url, "/forms/%s", f->id);
	xw_start(w, "xform");
	xw_leaf(w, "formID", f->id);
	xw_leaf(w, "name", f->title);
	xw_leaf(w, "version", f->version);
	xw_leaf(w, "hash", f->file.hash);
	buf_addf(&b, "%s%s.xml", base, url);
	xw_leaf(w, "downloadUrl", buf_cstr(&b));
	b.len = 0;
	buf_addf(&b, "%s%s/manifest", base, url);
	if (f->n_media > 0)
		xw_leaf(w, "manifestUrl", buf_cstr(&b));
	xw_end(w);
	w->out->broken = w->out->broken || b.broken;
	buf_free(&b);
}

static void send_list(const struct wave_ref *w, struct http_request *rq,
		      const char *base, struct http_reply *rp)
{
	const char *only = http_query(rq, "formID");
	struct xw x;

	rp->content_type = XML_TYPE;
	xw_init(&x, &rp->body);
	xw_head(&x);
	xw_start(&x, "xforms");
	xw_attr(&x, "xmlns", "http://openrosa.org/xforms/xformsList");
	for (size_t i = 0; i < w->wave->plan->n_forms; i++)
		if (may_have(w, rq->identity, i) &&
		    (!only || strcmp(only, w->forms[i].id) == 0))
			list_form(&x, base, &w->forms[i]);
	xw_end(&x);
}

enum http_done openrosa_list(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	const char *base = openrosa_base(app, rq);
	struct wave_ref *w;

	if (!openrosa_version_ok(rq, rp))
		return HTTP_REPLIED;
	w = forms_of(app, rq, rp);
	if (!w)
		return HTTP_REPLIED;
	if (base)
		send_list(w, rq, base, rp);
	else
		reply_down(rq, rp);
	wave_ref_drop(w);
	return HTTP_REPLIED;
}

/* The form that the path names, if the key may have it; the wave is the
 * caller's to drop. */
static const struct xform *form_asked(struct service *s,
				      struct http_request *rq,
				      struct http_reply *rp,
				      struct wave_ref **out)
{
	const char *id = rq->param[is_keyed(rq) ? 1 : 0];
	struct wave_ref *w = forms_of(s, rq, rp);
	size_t form;

	*out = w;
	if (!w)
		return NULL;
	form = xform_find(w->wave->plan, id);
	if (form != NONE && may_have(w, rq->identity, form))
		return &w->forms[form];
	wave_ref_drop(w);
	*out = NULL;
	http_error(rq, rp, 404, "unknown-form",
		   "this key has no such form in this wave",
		   "Không có mẫu phiếu này cho khóa truy cập này");
	return NULL;
}

static void send_file(struct http_request *rq, struct http_reply *rp,
		      const struct xform_file *f, const char *type)
{
	if (!http_not_modified(rq, rp, f->hash))
		buf_add(&rp->body, f->bytes, f->n);
	http_set_header(rp, "Cache-Control", "private, no-cache");
	rp->content_type = type;
}

enum http_done openrosa_form(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	struct wave_ref *w;
	const struct xform *f = form_asked(app, rq, rp, &w);

	if (f)
		send_file(rq, rp, &f->file, XML_TYPE);
	wave_ref_drop(w);
	return HTTP_REPLIED;
}

static void send_manifest(const struct xform *f, const char *base,
			  struct http_reply *rp)
{
	struct buf b = BUF_INIT(8192);
	struct xw w;

	rp->content_type = XML_TYPE;
	xw_init(&w, &rp->body);
	xw_head(&w);
	xw_start(&w, "manifest");
	xw_attr(&w, "xmlns", "http://openrosa.org/xforms/xformsManifest");
	for (size_t i = 0; i < f->n_media; i++) {
		b.len = 0;
		buf_addf(&b, "%s/forms/%s/media/%s", base, f->id,
			 f->media[i].name);
		xw_start(&w, "mediaFile");
		xw_leaf(&w, "filename", f->media[i].name);
		xw_leaf(&w, "hash", f->media[i].hash);
		xw_leaf(&w, "downloadUrl", buf_cstr(&b));
		xw_end(&w);
	}
	xw_end(&w);
	rp->body.broken = rp->body.broken || b.broken;
	buf_free(&b);
}

enum http_done openrosa_manifest(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	const char *base = openrosa_base(app, rq);
	const struct xform *f;
	struct wave_ref *w;

	if (!openrosa_version_ok(rq, rp))
		return HTTP_REPLIED;
	f = form_asked(app, rq, rp, &w);
	if (f && base)
		send_manifest(f, base, rp);
	else if (f)
		reply_down(rq, rp);
	wave_ref_drop(w);
	return HTTP_REPLIED;
}

enum http_done openrosa_media(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	const char *name = rq->param[is_keyed(rq) ? 2 : 1];
	const struct xform_file *file = NULL;
	struct wave_ref *w;
	const struct xform *f = form_asked(app, rq, rp, &w);

	for (size_t i = 0; f && i < f->n_media; i++)
		if (strcmp(f->media[i].name, name) == 0)
			file = &f->media[i];
	if (file)
		send_file(rq, rp, file, arena_strdup(rq->arena, file->type));
	else if (f)
		http_error(rq, rp, 404, "unknown-file",
			   "this form has no such file",
			   "Mẫu phiếu này không có tệp đó");
	wave_ref_drop(w);
	return HTTP_REPLIED;
}
