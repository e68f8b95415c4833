/* ballot.h - electronic answers by respondents: letters with one-time tokens,
 * sealed ballots, the mixer (docs/BALLOT.md says what is promised).
 *
 * A ballot is crypto_box_seal (libsodium: X25519, XSalsa20-Poly1305) of a
 * JSON object, padded by ISO/IEC 7816-4 to the campaign's size, so that all
 * ballots of a campaign are as long as each other.  The object is a
 * submission without what would tell who or when: no instanceID, sheet, day
 * or device.  The private key is another body's: in a file under a
 * passphrase, perhaps in parts that are only worth something together. */
#ifndef PHIEU_BALLOT_H
#define PHIEU_BALLOT_H

#include "phieu/buf.h"
#include "phieu/db.h"
#include "phieu/hash.h"
#include "phieu/store_plan.h"
#include "phieu/submission.h"

enum {
	BALLOT_KEY_BYTES = 32,
	BALLOT_SEAL_BYTES = 48, /* of a sealed box, over the content */
	BALLOT_PARTS_MAX = 8,
	BALLOT_TOKEN_BYTES = 20, /* 160 bits: nothing to guess */
	BALLOT_TOKEN_MAX = 33,	 /* base32, NUL */
	BALLOT_FINGERPRINT_MAX = 25
};

/* ---- keys ---------------------------------------------------------------- */

struct ballot_part { /* of a private key; wipe it after use */
	uint8_t public_key[BALLOT_KEY_BYTES];
	uint8_t share[BALLOT_KEY_BYTES]; /* the key is all of them, XOR */
	unsigned part, parts;		 /* 1 of 1: the key itself */
};

/* A new pair in `parts` parts (1 to BALLOT_PARTS_MAX). */
bool ballot_key_new(unsigned parts, struct ballot_part *out,
		    struct err *e) MUST_USE;
/* The text inside a key file, and back (ERR_INPUT: none). */
void ballot_part_text(const struct ballot_part *p, struct buf *out);
bool ballot_part_parse(const char *text, size_t n, struct ballot_part *out,
		       struct err *e) MUST_USE;
/* All parts of one key, in any order: the private key.  ERR_INPUT when some
 * are missing, doubled or of another key. */
bool ballot_key_join(const struct ballot_part *p, size_t n,
		     uint8_t key[BALLOT_KEY_BYTES], struct err *e) MUST_USE;
/* "9F2C-…": twenty hex digits of the SHA-256 of a public key, in fours. */
void ballot_fingerprint(const uint8_t public_key[BALLOT_KEY_BYTES],
			char out[BALLOT_FINGERPRINT_MAX]);

/* ---- letters ------------------------------------------------------------- */

void ballot_token_new(char out[BALLOT_TOKEN_MAX]);

struct ballot_letter {
	char token[BALLOT_TOKEN_MAX];
	size_t home; /* index in the caller's homes */
};
struct ballot_home {
	int32_t id; /* ordinal; 0: the group has none */
	const char *code, *name;
	int64_t planned;
};
struct ballot_head { /* what all letters say */
	const char *wave_name, *province, *group_name, *holder, *fingerprint;
	const char *link;  /* address of the collector, "https://…" */
	const char *until; /* last day, DD/MM/YYYY */
	bool trial;
};
/* `spare` more for each home; shuffled within it. */
bool ballot_letters_new(const struct ballot_home *homes, size_t n, size_t spare,
			struct ballot_letter **out, size_t *n_out,
			struct err *e) MUST_USE;
/* One page a letter: QR picture, link, code, words, fold marks.  NULL
 * letters: one reminder for everybody, without any code. */
bool ballot_letters_html(const struct ballot_head *h,
			 const struct ballot_home *homes,
			 const struct ballot_letter *l, size_t n,
			 struct buf *out, struct err *e) MUST_USE;
bool ballot_reminder_html(const struct ballot_head *h,
			  const struct ballot_home *homes, size_t n_homes,
			  struct buf *out, struct err *e) MUST_USE;

/* ---- opening ------------------------------------------------------------- */

/* What a sealed ballot holds, without its padding.  ERR_INPUT: not sealed to
 * this key, another size, no padding. */
bool ballot_unseal(const uint8_t *sealed, size_t n, size_t size,
		   const uint8_t public_key[BALLOT_KEY_BYTES],
		   const uint8_t key[BALLOT_KEY_BYTES], struct buf *out,
		   struct err *e) MUST_USE;

/* Reads and judges an opened ballot as intake does.  True: valid, and *out
 * is filled (arena `a`).  False without e: *code is that of its first fault
 * ("V05"; "V00" for what is no submission or says more than it may). */
bool ballot_read(const char *json, size_t n, const struct plan *p, size_t group,
		 size_t home, struct arena *a, struct submission *out,
		 unsigned *flags, const char **code, struct err *e);

/* ---- mixing -------------------------------------------------------------- */

struct ballot_mixed {
	int64_t valid, invalid, left_out;
};
/* Opens all ballots of a closed campaign, judges them, and keeps them as
 * responses in random order, in the transaction that destroys the ballots.
 * `db` as phieu_mixer.  ERR_CONFLICT: not closed, other ballots than those
 * of the closing, a home with too few (unless leave_out). */
bool ballot_mix(struct db *db, const struct wave *w, const char *group,
		const uint8_t key[BALLOT_KEY_BYTES], const char *by,
		bool leave_out, struct ballot_mixed *out,
		struct err *e) MUST_USE;

/* ---- the store ----------------------------------------------------------- */

bool store_ballot_homes(struct db *db, int32_t wave, const char *group,
			struct arena *a, struct ballot_home **out, size_t *n,
			struct err *e) MUST_USE;
/* Keeps the hashes of these letters in place of all there were. */
bool store_ballot_letters(struct db *db, int32_t wave, const char *by,
			  const char *role, const char *group,
			  const struct ballot_home *homes,
			  const struct ballot_letter *l, size_t n,
			  struct err *e) MUST_USE;

struct ballot_about { /* state "": there is no such campaign */
	char state[12], root[65], closed_on[12];
	char fingerprint[BALLOT_FINGERPRINT_MAX];
	const char *holder;
	int64_t ballots;
};
bool store_ballot_about(struct db *db, const char *wave, const char *group,
			struct arena *a, struct ballot_about *out,
			struct err *e) MUST_USE;
/* Receipts of a closed campaign, hex, sorted.  res_free; none: no rows. */
struct res *store_ballot_receipts(struct db *db, const char *wave,
				  const char *group, struct err *e) MUST_USE;
/* Raises when ballots of the wave wait; inside the freeze's transaction. */
bool store_ballot_may_freeze(struct db *owner, int32_t wave,
			     struct err *e) MUST_USE;

struct ballot_form { /* what a token opens; wave "": it opens nothing */
	const char *wave, *group, *home, *home_name, *state;
	const char *public_key, *fingerprint, *holder;
	bool used;
	int64_t size;
};
bool store_ballot_form(struct db *db, const char *token, struct arena *a,
		       struct ballot_form *out, struct err *e) MUST_USE;
/* said: "stored", "again", "used", "early", "closed", "unknown", "size". */
bool store_ballot_put(struct db *db, const char *token, const uint8_t *sealed,
		      size_t n, char said[12], char receipt[65],
		      struct err *e) MUST_USE;

struct ballot_chest { /* a closed campaign, taken till the transaction ends */
	int32_t wave, group;
	int64_t size, fewest, ballots;
	uint8_t public_key[BALLOT_KEY_BYTES], root[SHA256_BYTES];
};
bool store_ballot_begin(struct db *mixer, const char *wave, const char *group,
			struct ballot_chest *out, struct err *e) MUST_USE;
/* Rows (receipt, home, sealed) in binary form; res_free. */
struct res *store_ballot_all(struct db *mixer, const struct ballot_chest *c,
			     struct err *e) MUST_USE;
/* The arrays of ballot.mix_end, begun with pg_array_begin. */
enum ballot_column {
	B_HOME,
	B_PROFILE,
	B_FLAGS,
	B_OF,
	B_UNIT,
	B_ANSWERS,
	B_EXTRA,
	B_SAID_OF,
	B_QUESTION,
	B_SAID_UNIT,
	B_TEXT,
	B_COLUMNS
};
bool store_ballot_end(struct db *mixer, const struct ballot_chest *c,
		      const char *group, const char *by,
		      const uint8_t root[SHA256_BYTES], const char *bad,
		      bool leave_out, const struct buf cols[B_COLUMNS],
		      struct ballot_mixed *out, struct err *e) MUST_USE;

#endif
