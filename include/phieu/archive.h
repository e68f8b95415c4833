/* archive.h - one sealed file that holds all a published index came from.
 *
 * Inside: the round's document, the whole input, the result, and of the survey
 * behind it the plan, the snapshot, and what scoring read: form, group, home,
 * unit and answers of each rating, sorted, no respondent, no profile, no
 * comment, so that not even the ratings of one sheet hang together.  The text
 * inside has no clock and no chance: the same result gives the same bytes.
 *
 * Outside: libsodium's secretstream (XChaCha20-Poly1305) with a key of a key
 * file, or one made of a passphrase by Argon2id.  A changed, cut or prolonged
 * file does not open. */
#ifndef PHIEU_ARCHIVE_H
#define PHIEU_ARCHIVE_H

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/err.h"
#include "phieu/score_run.h"

#define ARCHIVE_FORMAT	  "phieu-archive/1"
#define ARCHIVE_KEY_BYTES 32
#define ARCHIVE_BYTES	  ((size_t)1 << 30) /* of the content */
/* Characters of a passphrase. */
#define ARCHIVE_PASSPHRASE_MIN 12

/* ---- sealing ------------------------------------------------------ */

struct archive_secret {
	const char *passphrase; /* NULL: `key` counts */
	unsigned char key[ARCHIVE_KEY_BYTES];
};

/* The text of a new key file, with its newline. */
void archive_key_new(char out[128]);
/* ERR_INPUT when the text is none. */
bool archive_key_parse(const char *text, struct archive_secret *out,
		       struct err *e) MUST_USE;

/* ERR_NOMEM (Argon2id wants 256 MiB). */
bool archive_seal(const struct buf *content, const struct archive_secret *s,
		  struct buf *out, struct err *e) MUST_USE;
/* ERR_INPUT: no archive, another kind of secret than it was sealed with, the
 * wrong secret, or a changed file; which of the last two it is cannot be told
 * when it is the first piece that does not open. */
bool archive_open(const void *file, size_t n, const struct archive_secret *s,
		  struct buf *content, struct err *e) MUST_USE;

/* ---- what is inside ---------------------------------------------------- */

enum archive_part {
	ARCHIVE_MANIFEST,
	ARCHIVE_ROUND,
	ARCHIVE_INPUT,
	ARCHIVE_RESULT,
	ARCHIVE_PLAN, /* these three where a wave gave survey points */
	ARCHIVE_SNAPSHOT,
	ARCHIVE_ANSWERS, /* may be left out */
	ARCHIVE_PARTS
};

struct archive_facts { /* of the manifest */
	const char *round, *kind, *decision, *released_at;
	int64_t result, release, version;
	const char *index_method;
	const char *wave; /* NULL: none */
	int64_t wave_release, snapshot, freeze;
	const char *score_method, *content_sha256; /* of the frozen answers */
	bool simulated;
};

struct archive {
	struct archive_facts facts;
	struct {
		const char *p; /* NULL: not in it */
		size_t n;
	} part[ARCHIVE_PARTS];
};

/* The content: manifest and parts; part[ARCHIVE_MANIFEST] is made here. */
void archive_write(const struct archive *x, struct buf *out);
/* Takes it apart, borrowing; every part has the length and hash that the
 * manifest says, else ERR_INPUT names it. */
bool archive_read(const char *content, size_t n, struct arena *a,
		  struct archive *out, struct err *e) MUST_USE;

/* ---- answers ----------------------------------------------------------- */

struct archive_cell { /* respondents by group and home, plan indices */
	size_t group, home;
	int64_t n;
};
/* Writes what scoring reads, sorted. */
bool archive_answers_write(const struct archive_cell *cells, size_t n,
			   const struct rating_source *src, struct arena *a,
			   struct buf *out, struct err *e) MUST_USE;

/* ---- checking ---------------------------------------------------------- */

enum archive_verdict { ARCHIVE_SAME, ARCHIVE_DIFFERS, ARCHIVE_UNCHECKED };
struct archive_line {
	enum archive_verdict verdict;
	const char *what, *what_vi;
};
enum { ARCHIVE_LINES = 4 };
struct archive_report {
	struct archive_line line[ARCHIVE_LINES];
	size_t n;
	bool same, whole; /* nothing differs; and nothing was left unchecked */
};
/* Recomputes all of it from the archive alone: the result from the input, the
 * input's criteria from the round, the snapshot from plan and answers, the
 * survey values of the input from what was recomputed.  A line each. */
bool archive_check(const struct archive *x, struct arena *a,
		   struct archive_report *out, struct err *e) MUST_USE;

#endif
