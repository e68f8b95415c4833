/* xform.h - forms for ODK Collect, KoboCollect, Enketo and ODK Web Forms, and
 * what these clients send back.
 *
 * A form of the plan becomes an ODK XForm (the subset that all of those
 * clients know); a filled instance becomes the same `struct submission` that
 * the JSON way gives.  Pure: no database, no clock, no network.
 *
 * One instance looks so (docs/FORMS.md):
 *
 *	<data id="lai-chau-2020~CT-01~1" version="1-4f0c…">
 *	  <start/><end/><deviceid/>
 *	  <head><sheet/><paper/><group/><home/><collected/><keying/></head>
 *	  <profile><gioi-tinh/>…</profile>
 *	  <ratings>
 *	    <so-tu-phap><unit>so-tu-phap</unit><Q1/><Q2/>…</so-tu-phap>…
 *	  </ratings>
 *	  <end-page><comment/><photo-1/><photo-2/></end-page>
 *	  <meta><instanceID/><instanceName/></meta>
 *	</data>
 */
#ifndef PHIEU_XFORM_H
#define PHIEU_XFORM_H

#include "phieu/submission.h"

#define XFORM_ID_MAX	  250 /* OpenRosa: at most 249 bytes, and a NUL */
#define XFORM_VERSION_MAX 80
#define XFORM_HASH_MAX	  37 /* "md5:" and 32 digits */
#define XFORM_MEDIA_MAX	  4

/* ---- out ------------------------------------------------------------------
 * The id is WAVE~FORM~VERSION by the plan's codes: two versions of one form
 * live side by side, each with the groups that answer it.  '~' stands in no
 * code and needs no escaping in a URL.  The OpenRosa version is the form's
 * version and ten digits of the SHA-256 of the content: it changes when
 * anything in the file does, and only then. */
const char *xform_id(const struct plan *p, size_t form, char out[XFORM_ID_MAX]);
size_t xform_find(const struct plan *p, const char *id); /* or NONE */

struct xform_opts {
	const char *submission_url; /* <submission action=…>; NULL: none */
	/* Lists of at most so many units stand in the form itself, longer ones
	 * in a CSV file beside it; 0: XFORM_INLINE. */
	size_t inline_max;
	bool no_photos; /* no places for photos of the sheet */
};
#define XFORM_INLINE 15

/* The form as UTF-8 text.  NULL opts: all defaults.  ERR_NOMEM; ERR_INPUT
 * when it cannot be an XForm (id too long). */
bool xform_write(const struct plan *p, size_t form, const struct xform_opts *o,
		 struct buf *out, struct err *e) MUST_USE;

/* A file as the manifest lists it: name without a folder, media type,
 * "md5:…" of the bytes. */
struct xform_file {
	const char *name, *type, *bytes;
	size_t n;
	char hash[XFORM_HASH_MAX];
};
void xform_hash(const void *bytes, size_t n, char out[XFORM_HASH_MAX]);

/* Its media files (lists of units), 0 to XFORM_MEDIA_MAX, in the arena. */
bool xform_media(const struct plan *p, size_t form, const struct xform_opts *o,
		 struct arena *a, struct xform_file out[XFORM_MEDIA_MAX],
		 size_t *n, struct err *e) MUST_USE;

/* All that formList, the form and its manifest need, made once for a plan
 * and kept (in the arena). */
struct xform {
	size_t form; /* index in the plan */
	char id[XFORM_ID_MAX], version[XFORM_VERSION_MAX];
	const char *title; /* Vietnamese; says "mẫu thử" where it is one */
	struct xform_file file; /* the form itself: ID.xml */
	struct xform_file media[XFORM_MEDIA_MAX];
	size_t n_media;
};
bool xform_make(const struct plan *p, size_t form, const struct xform_opts *o,
		struct arena *a, struct xform *out, struct err *e) MUST_USE;

/* ---- in ------------------------------------------------------------------ */
#define XFORM_FILES_MAX 100

struct xform_meta {
	const char *form_id, *form_version; /* as sent; version may be "" */
	const char *deprecated;		    /* deprecatedID, or NULL */
	const char *device;		    /* deviceid as sent, or NULL */
	const char *instance_name;	    /* or NULL */
	bool encrypted; /* encrypted="yes": nothing of it was read */
	/* values of nodes that name a file sent beside (binary) */
	const char *files[XFORM_FILES_MAX];
	size_t n_files;
	/* for xform_places: element names of the ratings in order */
	const char *root;
	const char *const *rating_names; /* "ratings/so-tu-phap" */
	size_t n_ratings;
};

/* Instance -> submission, by the same rules as submission_read (it goes
 * through it): `replaces` is the deprecatedID, keying 1 unless the form says 2.
 * Faults have places like /data/ratings/so-tu-phap/Q2.  Unknown elements are
 * faults (V00).
 * False, ERR_INPUT: quarantine (not XML, DOCTYPE, no usable instanceID or two
 * of them, encrypted, longer than LIMIT_XML_BYTES).  `meta` is filled as far as
 * it could be read even then; a form that the plan does not have is no such
 * error: out->form is NONE with V03, and meta->form_id says which.
 * Namespaces of elements do not matter (clients differ); the order of
 * elements neither. */
bool xform_read(const char *xml, size_t n, const struct plan *p,
		struct arena *a, struct submission *out,
		struct xform_meta *meta, struct faults *faults,
		struct err *e) MUST_USE;

/* Turns the paths of what submission_check found afterwards (JSON pointers)
 * into places in the instance, from fault `from` on; of two at one place the
 * first stays. */
void xform_places(const struct xform_meta *meta, struct faults *faults,
		  size_t from);

/* A submission as a client would send it, one line without declaration as
 * ODK's engine does: for tests, tools and opening a sheet again. */
bool xform_fill(const struct plan *p, const struct submission *s,
		struct buf *out, struct err *e) MUST_USE;

#endif
