#include <stdio.h>
#include <string.h>

#include "phieu/hash.h"
#include "xform_parts.h"

#define VERSION_DIGITS 10

const char *xform_id(const struct plan *p, size_t form, char out[XFORM_ID_MAX])
{
	(void)snprintf(out, XFORM_ID_MAX, "%s~%s~%s", p->wave,
		       p->forms[form].code, p->forms[form].version);
	return out;
}

size_t xform_find(const struct plan *p, const char *id)
{
	char own[XFORM_ID_MAX];

	for (size_t i = 0; i < p->n_forms; i++)
		if (strcmp(xform_id(p, i, own), id) == 0)
			return i;
	return NONE;
}

void xform_hash(const void *bytes, size_t n, char out[XFORM_HASH_MAX])
{
	uint8_t digest[MD5_BYTES];
	char hex[2 * MD5_BYTES + 1];

	md5(bytes, n, digest);
	hex_text(digest, MD5_BYTES, hex);
	(void)snprintf(out, XFORM_HASH_MAX, "md5:%s", hex);
}

static const char *title(const struct layout *l)
{
	char *t;

	if (!l->p->is_trial || strstr(l->f->name, "mẫu thử"))
		return l->f->name;
	t = arena_printf(l->a, "%s (mẫu thử)", l->f->name);
	return t ? t : l->f->name;
}

static void ratings(const struct layout *l, const struct section *s,
		    struct xw *w)
{
	xw_start(w, s->name);
	xw_line(w);
	for (size_t k = 0; k < section_ratings(s); k++) {
		xw_start(w, rating_name(l, s, k));
		if (s->kind == SECTION_EVERY)
			xw_leaf(w, "unit", l->p->units[s->units[k].unit].code);
		else
			xw_leaf(w, "unit", NULL);
		for (size_t i = 0; i < l->f->n_questions; i++) {
			const char *name = xname(l->a, l->f->questions[i].code);

			if (question_shown(&l->f->questions[i]))
				xw_leaf(w, name ? name : "q", NULL);
		}
		xw_end(w);
		xw_line(w);
	}
	xw_end(w);
	xw_line(w);
}

/* The primary instance: what a client sends back, still empty. */
static void instance(const struct layout *l, const char *version, struct xw *w)
{
	char id[XFORM_ID_MAX];

	xw_start(w, "instance");
	xw_start(w, "data");
	xw_attr(w, "id", xform_id(l->p, l->form, id));
	xw_attr(w, "version", version);
	xw_line(w);
	xw_leaf(w, "start", NULL);
	xw_leaf(w, "end", NULL);
	xw_leaf(w, "deviceid", NULL);
	xw_line(w);
	xw_start(w, "head");
	if (l->p->is_trial)
		xw_leaf(w, "trial", NULL);
	xw_leaf(w, "sheet", NULL);
	xw_leaf(w, "group",
		l->n_groups == 1 ? l->p->groups[l->groups[0]].code : NULL);
	if (l->home_groups)
		xw_leaf(w, "home", NULL);
	xw_leaf(w, "collected", NULL);
	if (l->paper)
		xw_leaf(w, "paper", NULL);
	xw_leaf(w, "keying", "1");
	xw_end(w);
	xw_line(w);
	if (l->f->n_profile > 0) {
		xw_start(w, "profile");
		for (size_t i = 0; i < l->f->n_profile; i++) {
			const char *name = xname(l->a, l->f->profile[i].code);

			xw_leaf(w, name ? name : "p", NULL);
		}
		xw_end(w);
		xw_line(w);
	}
	for (size_t i = 0; i < l->n_sections; i++)
		ratings(l, &l->sections[i], w);
	xw_start(w, "end-page");
	xw_leaf(w, "comment", NULL);
	if (l->photos) {
		xw_leaf(w, "photo-1", NULL);
		xw_leaf(w, "photo-2", NULL);
	}
	xw_end(w);
	xw_start(w, "meta");
	xw_leaf(w, "instanceID", NULL);
	xw_leaf(w, "instanceName", NULL);
	xw_end(w);
	xw_line(w);
	xw_end(w);
	xw_end(w);
	xw_line(w);
}

static void document(const struct layout *l, const char *version,
		     struct buf *out)
{
	struct xw w;

	xw_init(&w, out);
	xw_head(&w);
	xw_start(&w, "h:html");
	xw_attr(&w, "xmlns", "http://www.w3.org/2002/xforms");
	xw_attr(&w, "xmlns:h", "http://www.w3.org/1999/xhtml");
	xw_attr(&w, "xmlns:jr", "http://openrosa.org/javarosa");
	xw_attr(&w, "xmlns:odk", "http://www.opendatakit.org/xforms");
	xw_attr(&w, "xmlns:orx", "http://openrosa.org/xforms");
	xw_attr(&w, "xmlns:xsd", "http://www.w3.org/2001/XMLSchema");
	xw_line(&w);
	xw_start(&w, "h:head");
	xw_line(&w);
	xw_leaf(&w, "h:title", title(l));
	xw_line(&w);
	xw_start(&w, "model");
	xw_attr(&w, "odk:xforms-version", "1.0.0");
	xw_line(&w);
	write_texts(l, &w);
	instance(l, version, &w);
	write_lists(l, &w);
	write_binds(l, &w);
	if (l->o && l->o->submission_url) {
		xw_start(&w, "submission");
		xw_attr(&w, "action", l->o->submission_url);
		xw_attr(&w, "method", "post");
		xw_end(&w);
		xw_line(&w);
	}
	xw_end(&w);
	xw_end(&w);
	xw_line(&w);
	write_body(l, &w);
	xw_end(&w);
	xw_line(&w);
}

/* The content settles the version: written once without, to be hashed. */
static bool write_form(const struct layout *l, struct buf *out,
		       char version[XFORM_VERSION_MAX], struct err *e)
{
	uint8_t digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];
	size_t from = out->len;

	document(l, "", out);
	if (out->broken || arena_broken(l->a))
		return err_set(e, ERR_NOMEM, "out of memory for a form");
	sha256(out->data + from, out->len - from, digest);
	hex_text(digest, SHA256_BYTES, hex);
	(void)snprintf(version, XFORM_VERSION_MAX, "%s-%.*s", l->f->version,
		       VERSION_DIGITS, hex);
	out->len = from;
	document(l, version, out);
	if (out->broken || arena_broken(l->a))
		return err_set(e, ERR_NOMEM, "out of memory for a form");
	return true;
}

static struct arena *workspace(struct err *e)
{
	struct arena *a = arena_new(XFORM_ARENA);

	if (!a)
		err_set(e, ERR_NOMEM, "out of memory for a form");
	return a;
}

bool xform_write(const struct plan *p, size_t form, const struct xform_opts *o,
		 struct buf *out, struct err *e)
{
	char version[XFORM_VERSION_MAX];
	struct layout l;
	struct arena *a = workspace(e);
	bool ok;

	if (!a)
		return false;
	ok = layout_make(p, form, o, a, &l, e) &&
	     write_form(&l, out, version, e);
	arena_free(a);
	return ok;
}

/* Moves what was written to the caller's arena. */
static bool take_file(struct arena *a, struct buf *b, const char *name,
		      const char *type, struct xform_file *out, struct err *e)
{
	const char *s = buf_cstr(b);

	*out = (struct xform_file){ .name = name, .type = type };
	if (s && name) {
		out->n = b->len;
		out->bytes = arena_strndup(a, s, b->len);
	}
	buf_free(b);
	if (!out->bytes)
		return err_set(e, ERR_NOMEM, "out of memory for a form");
	xform_hash(out->bytes, out->n, out->hash);
	return true;
}

static bool take_media(const struct layout *l, struct arena *a,
		       struct xform_file out[XFORM_MEDIA_MAX], size_t *n,
		       struct err *e)
{
	struct buf b = BUF_INIT(XFORM_FILE_BYTES);

	*n = 0;
	if (l->homes_file) {
		write_homes_csv(l, &b);
		if (!take_file(a, &b, "homes.csv", "text/csv", &out[0], e))
			return false;
		++*n;
	}
	for (size_t i = 0; i < l->n_sections; i++) {
		const struct section *s = &l->sections[i];

		if (!s->list_file)
			continue;
		b = (struct buf)BUF_INIT(XFORM_FILE_BYTES);
		write_units_csv(l, s, &b);
		if (!take_file(a, &b, arena_printf(a, "%s.csv", s->list),
			       "text/csv", &out[*n], e))
			return false;
		++*n;
	}
	return true;
}

bool xform_media(const struct plan *p, size_t form, const struct xform_opts *o,
		 struct arena *a, struct xform_file out[XFORM_MEDIA_MAX],
		 size_t *n, struct err *e)
{
	struct arena *work = workspace(e);
	struct layout l;
	bool ok;

	if (!work)
		return false;
	ok = layout_make(p, form, o, work, &l, e) &&
	     take_media(&l, a, out, n, e);
	arena_free(work);
	return ok;
}

bool xform_make(const struct plan *p, size_t form, const struct xform_opts *o,
		struct arena *a, struct xform *out, struct err *e)
{
	struct buf b = BUF_INIT(XFORM_FILE_BYTES);
	struct arena *work = workspace(e);
	struct layout l;
	bool ok = false;

	*out = (struct xform){ .form = form };
	if (!work)
		return false;
	if (!layout_make(p, form, o, work, &l, e) ||
	    !write_form(&l, &b, out->version, e))
		goto out;
	xform_id(p, form, out->id);
	out->title = arena_strdup(a, title(&l));
	ok = out->title &&
	     take_file(a, &b, arena_printf(a, "%s.xml", out->id), "text/xml",
		       &out->file, e) &&
	     take_media(&l, a, out->media, &out->n_media, e);
	if (!out->title)
		err_set(e, ERR_NOMEM, "out of memory for a form");
out:
	buf_free(&b);
	arena_free(work);
	return ok;
}
