/* Central: OData pages and /submissions/<id> (its API description); Kobo:
 * /api/v2/assets/<uid>/data/.  Both list newest first, so the time up to which
 * all is here moves only when the last page was done; until then the state
 * file holds the page to go on with. */
#include "phieu/pull_forms.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/date.h"
#include "phieu/file.h"
#include "pull_forms_parts.h"

#define STATE_MAX ((size_t)64 << 10)
#define URL_MAX	  8192
#define TIME_MAX  40 /* of a time as the server writes it */

static const struct json_limits page_limits = { .depth = 32,
						.nodes = 1000000,
						.string_bytes = (size_t)1 << 20,
						.bytes = PULL_FORMS_LIST };

struct run {
	const struct pull_forms *p;
	struct pull_forms_counts *n;
	char *authorization;
	char done[TIME_MAX];   /* all before it is here; "": nothing */
	char newest[TIME_MAX]; /* of the listing under way */
	char *next;	       /* its page to go on with; NULL: the first */
};

/* ---- the state file ----------------------------------------------------- */

static void keep_text(char *to, const char *text)
{
	(void)snprintf(to, TIME_MAX, "%s", text ? text : "");
}

static bool state_read(struct run *r, struct err *e)
{
	const struct pull_forms *p = r->p;
	cJSON *o;
	char *text;
	size_t n;

	if (p->all || access(p->state, F_OK) != 0)
		return true;
	text = file_read(p->state, STATE_MAX, &n, e);
	o = text ? json_parse(text, n, &json_submission_limits, e) : NULL;
	free(text);
	if (!o)
		return err_wrap(e, "%s", p->state);
	if (!json_get_text(o, "from") || !json_get_text(o, "form") ||
	    strcmp(json_get_text(o, "from"), p->from) != 0 ||
	    strcmp(json_get_text(o, "form"), p->form) != 0) {
		cJSON_Delete(o);
		return err_set(e, ERR_INPUT,
			       "%s thuộc máy chủ hoặc mẫu phiếu khác (is of "
			       "another server or form)",
			       p->state);
	}
	keep_text(r->done, json_get_text(o, "done"));
	keep_text(r->newest, json_get_text(o, "newest"));
	if (json_get_text(o, "next"))
		r->next = strdup(json_get_text(o, "next"));
	cJSON_Delete(o);
	return true;
}

static bool state_write(const struct run *r, struct err *e)
{
	struct buf b = BUF_INIT(STATE_MAX);
	struct jw w;
	bool ok;

	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "from", r->p->from);
	jw_kv(&w, "form", r->p->form);
	jw_kv(&w, "done", r->done);
	jw_kv(&w, "newest", r->newest);
	jw_kv(&w, "next", r->next);
	jw_object_end(&w);
	buf_adds(&b, "\n");
	ok = b.broken ? err_set(e, ERR_NOMEM, "out of memory")
		      : file_write(r->p->state, b.data, b.len, 0600, e);
	buf_free(&b);
	return ok;
}

/* ---- addresses ---------------------------------------------------------- */

static size_t trimmed(const char *address)
{
	size_t n = strlen(address);

	while (n > 0 && address[n - 1] == '/')
		n--;
	return n;
}

static bool is_http(const char *address)
{
	return strncmp(address, "http://", 7) == 0 ||
	       strncmp(address, "https://", 8) == 0;
}

/* from + "/v1/projects/P/forms/F" or "/api/v2/assets/U/data/" */
static void add_base(struct buf *b, const struct pull_forms *p)
{
	buf_add(b, p->from, trimmed(p->from));
	if (p->kind == PULL_CENTRAL) {
		buf_adds(b, "/v1/projects/");
		add_escaped(b, p->project);
		buf_adds(b, "/forms/");
	} else {
		buf_adds(b, "/api/v2/assets/");
	}
	add_escaped(b, p->form);
	if (p->kind == PULL_KOBO)
		buf_adds(b, "/data/");
}

static char *take_url(struct buf *b, struct err *e)
{
	if (b->broken) {
		buf_free(b);
		(void)err_set(e, ERR_INPUT, "the address is too long");
		return NULL;
	}
	return buf_take(b);
}

/* The time to ask from: `done` less the overlap.  False: from the beginning.
 * Kobo writes UTC without saying so. */
static bool since(const struct run *r, char out[INSTANT_TEXT_MAX])
{
	char text[TIME_MAX + 2];
	struct err ignored;
	int64_t us;

	if (!instant_parse(r->done, strlen(r->done), &us, &ignored)) {
		(void)snprintf(text, sizeof text, "%sZ", r->done);
		if (!instant_parse(text, strlen(text), &us, &ignored))
			return false;
	}
	(void)instant_text(us - (int64_t)PULL_FORMS_OVERLAP * 1000000, out);
	return true;
}

static char *first_page(const struct run *r, struct err *e)
{
	struct buf b = BUF_INIT(URL_MAX);
	char from[INSTANT_TEXT_MAX], filter[200];
	bool some = since(r, from);

	add_base(&b, r->p);
	if (r->p->kind == PULL_CENTRAL) {
		buf_addf(&b, ".svc/Submissions?%%24top=%d", PULL_FORMS_PAGE);
		if (some) {
			(void)snprintf(filter, sizeof filter,
				       "__system/submissionDate ge %s or "
				       "__system/updatedAt ge %s",
				       from, from);
			buf_adds(&b, "&%24filter=");
			add_escaped(&b, filter);
		}
		return take_url(&b, e);
	}
	buf_addf(&b, "?format=json&limit=%d&sort=", PULL_FORMS_PAGE);
	add_escaped(&b, "{\"_id\":-1}");
	if (some) {
		(void)snprintf(filter, sizeof filter,
			       "{\"_submission_time\":{\"$gte\":\"%.19s\"}}",
			       from);
		buf_adds(&b, "&query=");
		add_escaped(&b, filter);
	}
	return take_url(&b, e);
}

/* A server must not send us, with our secret, to another host. */
static bool same_host(const struct run *r, const char *url, struct err *e)
{
	size_t n = trimmed(r->p->from);

	return (strncmp(url, r->p->from, n) == 0 && url[n] == '/') ||
	       err_set(e, ERR_IO,
		       "trang tiếp theo ở máy chủ khác (the next page is on "
		       "another host): %.100s",
		       url);
}

/* ---- one form ----------------------------------------------------------- */

struct form {
	char *id;    /* of the submission: of its first version */
	char *base;  /* address of the submission, no slash at the end */
	bool edited; /* ask for its versions */
	bool has_files;
	struct form_file file[PULL_FORMS_FILES];
	size_t n_files;
};

static void form_clear(struct form *f)
{
	for (size_t i = 0; i < f->n_files; i++) {
		free(f->file[i].name);
		buf_free(&f->file[i].body);
	}
	free(f->id);
	free(f->base);
	*f = (struct form){ .id = NULL };
}

static char *url_of(const char *base, const char *more, const char *name,
		    const char *end, struct err *e)
{
	struct buf b = BUF_INIT(URL_MAX);

	buf_adds(&b, base);
	buf_adds(&b, more);
	if (name)
		add_escaped(&b, name);
	buf_adds(&b, end);
	return take_url(&b, e);
}

static bool add_file(struct run *r, struct form *f, const char *name,
		     const char *url, struct err *e)
{
	struct form_file *file = &f->file[f->n_files];
	struct fetch got;

	if (f->n_files == PULL_FORMS_FILES)
		return err_set(e, ERR_IO, "%s has more than %d files", f->id,
			       PULL_FORMS_FILES);
	if (!fetch_ok(url, r->authorization, NULL, PULL_FORMS_FILE, &got, e)) {
		buf_free(&got.body);
		return false;
	}
	*file = (struct form_file){ strdup(name), got.body };
	f->n_files++;
	r->n->files++;
	return file->name || err_set(e, ERR_NOMEM, "out of memory");
}

static bool central_files(struct run *r, struct form *f, struct err *e)
{
	char *url = url_of(f->base, "/attachments", NULL, "", e);
	struct fetch got = { .status = 0 };
	cJSON *list = NULL;
	bool ok = url && fetch_ok(url, r->authorization, NULL, PULL_FORMS_LIST,
				  &got, e);

	free(url);
	if (ok)
		list = json_parse(buf_cstr(&got.body), got.body.len,
				  &page_limits, e);
	ok = ok && list;
	for (const cJSON *a = list ? list->child : NULL; ok && a; a = a->next) {
		const char *name = json_get_text(a, "name");

		if (!name || cJSON_IsFalse(json_get(a, "exists")))
			continue;
		url = url_of(f->base, "/attachments/", name, "", e);
		ok = url && add_file(r, f, name, url, e);
		free(url);
	}
	cJSON_Delete(list);
	buf_free(&got.body);
	return ok;
}

static bool kobo_files(struct run *r, struct form *f, const cJSON *list,
		       struct err *e)
{
	bool ok = true;

	for (const cJSON *a = list ? list->child : NULL; ok && a; a = a->next) {
		const char *url = json_get_text(a, "download_url");
		const char *path = json_get_text(a, "filename");
		const char *name = path ? strrchr(path, '/') : NULL;

		if (!url || !path || cJSON_IsTrue(json_get(a, "is_deleted")))
			continue;
		ok = same_host(r, url, e) &&
		     add_file(r, f, name ? name + 1 : path, url, e);
	}
	return ok;
}

/* On a terminal: what others wrote must not command it. */
static void put_plain(FILE *to, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)fputc((uint8_t)s[i] < 0x20 || s[i] == 0x7f ? '?' : s[i],
			    to);
}

/* What our collector said, in its envelope's words. */
static void say(const struct run *r, const struct form *f,
		const struct fetch *got)
{
	const char *text = got->body.len ? buf_cstr(&got->body) : "";
	const char *from = strstr(text, "<message"), *end;

	if (!r->p->say)
		return;
	from = from ? strchr(from, '>') : NULL;
	end = from ? strstr(from, "</message>") : NULL;
	put_plain(r->p->say, f->id, strlen(f->id));
	(void)fprintf(r->p->say, ": %ld ", got->status);
	put_plain(r->p->say, end ? from + 1 : "",
		  end ? (size_t)(end - from - 1) : 0);
	(void)fputc('\n', r->p->say);
}

/* One version of a form, its bytes as they were sent. */
static bool bring(struct run *r, const struct form *f, const char *url,
		  struct err *e)
{
	struct fetch xml, got = { .status = 0 };
	char *to = NULL;
	bool ok =
		fetch_ok(url, r->authorization, NULL, PULL_FORMS_XML, &xml, e);

	if (ok) {
		struct buf b = BUF_INIT(URL_MAX);

		buf_add(&b, r->p->to, trimmed(r->p->to));
		buf_adds(&b, "/v1/key/");
		add_escaped(&b, r->p->key);
		buf_adds(&b, "/submission");
		to = take_url(&b, e);
	}
	ok = to && fetch_submit(to, &xml.body, f->file, f->n_files, &got, e);
	if (!ok)
		goto out;
	if (got.status >= 200 && got.status <= 202) {
		r->n->taken++;
	} else if (got.status == 401 || got.status == 403) {
		ok = err_set(e, ERR_DENIED,
			     "bộ thu không nhận khóa này (our collector does "
			     "not take the key): %ld",
			     got.status);
	} else if (got.status == 429 || got.status >= 500) {
		ok = err_set(e, ERR_DOWN,
			     "bộ thu đang bận (our collector answers) %ld",
			     got.status);
	} else {
		r->n->refused++;
		say(r, f, &got);
	}
out:
	buf_free(&xml.body);
	buf_free(&got.body);
	free(to);
	return ok;
}

/* Central lists versions newest first. */
static bool bring_versions(struct run *r, const struct form *f, struct err *e)
{
	char *url = url_of(f->base, "/versions", NULL, "", e);
	struct fetch got = { .status = 0 };
	cJSON *list = NULL;
	bool ok = url && fetch_ok(url, r->authorization, NULL, PULL_FORMS_LIST,
				  &got, e);

	free(url);
	if (ok)
		list = json_parse(buf_cstr(&got.body), got.body.len,
				  &page_limits, e);
	ok = ok && list;
	for (int i = cJSON_GetArraySize(list) - 1; ok && i >= 0; i--) {
		const char *id = json_get_text(cJSON_GetArrayItem(list, i),
					       "instanceId");

		if (!id)
			continue;
		url = url_of(f->base, "/versions/", id, ".xml", e);
		ok = url && bring(r, f, url, e);
		free(url);
	}
	cJSON_Delete(list);
	buf_free(&got.body);
	return ok;
}

static bool central_form(struct run *r, const cJSON *row, struct form *f,
			 struct err *e)
{
	const cJSON *sys = json_get(row, "__system");
	const char *id = json_get_text(row, "__id");
	const char *updated = json_get_text(sys, "updatedAt");
	const char *time =
		updated ? updated : json_get_text(sys, "submissionDate");
	int64_t n = 0;
	struct buf b = BUF_INIT(URL_MAX);
	char *url;
	bool ok;

	if (!id)
		return err_set(e, ERR_IO, "a row without __id");
	if (time && strcmp(time, r->newest) > 0)
		keep_text(r->newest, time);
	f->id = strdup(id);
	add_base(&b, r->p);
	buf_adds(&b, "/submissions/");
	add_escaped(&b, id);
	f->base = take_url(&b, e);
	if (!f->id || !f->base)
		return err_set(e, ERR_NOMEM, "out of memory");
	f->edited = json_get_int(sys, "edits", &n) && n > 0;
	f->has_files = json_get_int(sys, "attachmentsPresent", &n) && n > 0;
	if (f->has_files && !central_files(r, f, e))
		return false;
	if (f->edited)
		return bring_versions(r, f, e);
	url = url_of(f->base, ".xml", NULL, "", e);
	ok = url && bring(r, f, url, e);
	free(url);
	return ok;
}

static bool kobo_form(struct run *r, const cJSON *row, struct form *f,
		      struct err *e)
{
	const char *time = json_get_text(row, "_submission_time");
	const char *id = json_get_text(row, "meta/instanceID");
	struct buf b = BUF_INIT(URL_MAX);
	char number[32], *url;
	int64_t n;
	bool ok;

	if (!json_get_int(row, "_id", &n))
		return err_set(e, ERR_IO, "a row without _id");
	if (time && strcmp(time, r->newest) > 0)
		keep_text(r->newest, time);
	(void)snprintf(number, sizeof number, "%lld", (long long)n);
	f->id = strdup(id ? id : number);
	if (!f->id)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!kobo_files(r, f, json_get(row, "_attachments"), e))
		return false;
	add_base(&b, r->p);
	buf_addf(&b, "%s/?format=xml", number);
	url = take_url(&b, e);
	ok = url && bring(r, f, url, e);
	free(url);
	return ok;
}

/* ---- pages -------------------------------------------------------------- */

static bool one_page(struct run *r, const cJSON *page, struct err *e)
{
	bool central = r->p->kind == PULL_CENTRAL, ok = true;
	const cJSON *list = json_get(page, central ? "value" : "results");
	const char *next =
		json_get_text(page, central ? "@odata.nextLink" : "next");

	if (!cJSON_IsArray(list))
		return err_set(e, ERR_IO, "the answer is no list of forms");
	for (const cJSON *row = list->child; ok && row; row = row->next) {
		struct form f = { .id = NULL };

		r->n->seen++;
		ok = central ? central_form(r, row, &f, e)
			     : kobo_form(r, row, &f, e);
		form_clear(&f);
	}
	if (!ok || (next && !same_host(r, next, e)))
		return false;
	r->n->pages++;
	free(r->next);
	r->next = next ? strdup(next) : NULL;
	if (next && !r->next)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!next && strcmp(r->newest, r->done) > 0)
		keep_text(r->done, r->newest);
	return state_write(r, e);
}

static bool all_pages(struct run *r, struct err *e)
{
	bool ok = true;

	do {
		char *url = r->next ? strdup(r->next) : first_page(r, e);
		struct fetch got = { .status = 0 };
		cJSON *page = NULL;

		ok = url && same_host(r, url, e) &&
		     fetch_ok(url, r->authorization, NULL, PULL_FORMS_LIST,
			      &got, e);
		if (ok)
			page = json_parse(buf_cstr(&got.body), got.body.len,
					  &page_limits, e);
		ok = ok && page && one_page(r, page, e);
		cJSON_Delete(page);
		buf_free(&got.body);
		free(url);
	} while (ok && r->next);
	return ok;
}

/* ---- signing in ---------------------------------------------------------- */

/* ODK Central gives a token for an address and a password. */
static bool ask_token(const struct pull_forms *p, struct buf *head,
		      struct err *e)
{
	struct buf json = BUF_INIT(4096), url = BUF_INIT(URL_MAX);
	struct fetch got = { .status = 0 };
	cJSON *o = NULL;
	struct jw w;
	bool ok = false;

	jw_init(&w, &json);
	jw_object(&w);
	jw_kv(&w, "email", p->email);
	jw_kv(&w, "password", p->secret);
	jw_object_end(&w);
	buf_add(&url, p->from, trimmed(p->from));
	buf_adds(&url, "/v1/sessions");
	if (!fetch_ok(buf_cstr(&url), NULL, buf_cstr(&json), PULL_FORMS_XML,
		      &got, e))
		goto out;
	o = json_parse(buf_cstr(&got.body), got.body.len,
		       &json_submission_limits, e);
	if (!o)
		goto out;
	if (!json_get_text(o, "token")) {
		(void)err_set(e, ERR_IO, "no token came");
		goto out;
	}
	buf_addf(head, "Bearer %s", json_get_text(o, "token"));
	ok = true;
out:
	cJSON_Delete(o);
	buf_free(&json);
	buf_free(&url);
	buf_free(&got.body);
	return ok;
}

static bool sign_in(struct run *r, struct err *e)
{
	const struct pull_forms *p = r->p;
	struct buf head = BUF_INIT(4096);
	bool ok = true;

	if (p->kind == PULL_KOBO || !p->email)
		buf_addf(&head, "%s %s",
			 p->kind == PULL_KOBO ? "Token" : "Bearer", p->secret);
	else
		ok = ask_token(p, &head, e);
	if (ok && head.broken)
		ok = err_set(e, ERR_INPUT, "the token is too long");
	r->authorization = ok ? buf_take(&head) : NULL;
	buf_free(&head);
	return ok;
}

bool pull_forms(const struct pull_forms *p, struct pull_forms_counts *out,
		struct err *e)
{
	struct run r = { .p = p, .n = out };
	bool ok;

	*out = (struct pull_forms_counts){ 0 };
	if (!is_http(p->from) || !is_http(p->to))
		return err_set(e, ERR_INPUT, "not an http(s) address: %s",
			       is_http(p->from) ? p->to : p->from);
	ok = state_read(&r, e) && sign_in(&r, e) && all_pages(&r, e);
	free(r.authorization);
	free(r.next);
	return ok;
}
