/* store_attachment.h - keeping files sent beside sheets, and what is known of
 * a sheet that was sent before.  Through the functions of
 * sql/030_openrosa.sql, as the collector's role.
 *
 * Sending and reading are apart, as in store_intake.h. */
#ifndef PHIEU_STORE_ATTACHMENT_H
#define PHIEU_STORE_ATTACHMENT_H

#include "phieu/attachment.h"
#include "phieu/store_intake.h"

struct attachment_set {
	int32_t wave, key;
	const char *instance;
	const uint8_t *sha;	  /* of the sheet's bytes: it must be there */
	const char *const *named; /* NFC names that the sheet gives, or NULL */
	size_t n_named;
	const struct attachment *files;
	size_t n_files;
};

struct attachment_answer {
	/* stored (also what was there before), conflict: there is no such
	 * sheet, denied or closed */
	enum intake_outcome outcome;
	int missing;   /* named by the sheet and not here */
	int conflicts; /* came with other content than before; both kept */
	int refused;   /* past LIMIT_ATTACHMENTS of one sheet */
};

/* Empty files do not count as come. */
bool store_attach_send(struct db *db, int lane,
		       const struct attachment_set *set,
		       struct err *e) MUST_USE;
bool store_attach_read(const struct res *r, struct attachment_answer *out,
		       struct err *e) MUST_USE;

struct instance_known {
	bool found;
	uint8_t sha[SHA256_BYTES];
	int state, keying;
	const char *sheet;	   /* or NULL */
	const char *received;	   /* "21/11/2026 09:30", time of Viet Nam */
	int64_t expected, present; /* files */
};
/* Of the key's agent only; texts hang on `a`. */
bool store_instance_find(struct db *db, int32_t key, const char *instance,
			 struct arena *a, struct instance_known *out,
			 struct err *e) MUST_USE;

/* A file that is here, or one that its sheet names and that is not. */
struct kept_file {
	const char *name;
	bool here, named;
	const char *type;	   /* see attachment_state */
	uint8_t sha[SHA256_BYTES]; /* of the bytes as received */
	int receipt_key;	   /* of the sheet */
	int64_t bytes;		   /* stored */
	const char *received;	   /* an instant, UTC */
};
/* A sheet of the key's agent, and its file of this name (NFC) if that has
 * come by itself or with the sheet; texts hang on `a`. */
struct file_known {
	bool found, has_file;
	uint8_t sheet_sha[SHA256_BYTES];
	int state, receipt_key;
	int64_t missing; /* files that the sheet names */
	struct kept_file file;
};
bool store_file_known(struct db *db, int32_t key, const char *instance,
		      const char *name, struct arena *a, struct file_known *out,
		      struct err *e) MUST_USE;
/* All of them, also those that have not come; none of a sheet that is not the
 * agent's. */
bool store_files_known(struct db *db, int32_t key, const char *instance,
		       int receipt_key, struct arena *a, struct kept_file **out,
		       size_t *n, struct err *e) MUST_USE;

/* The device that a key from a QR picture belongs to from now on, NULL when
 * it came too late; hangs on `a`. */
bool store_key_bind(struct db *db, const uint8_t hash[32], const char *device,
		    struct arena *a, const char **owner,
		    struct err *e) MUST_USE;

#endif
