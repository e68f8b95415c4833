/* store_audit.h - the hash-chained log: append, list, verify.
 *
 * hash = SHA-256(prev || "lane|seq|at|kind|actor|content"), prev empty for
 * the first entry of a lane.  Verifying recomputes every hash here, not in
 * SQL: whoever can change the entries can change a function too. */
#ifndef PHIEU_STORE_AUDIT_H
#define PHIEU_STORE_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "phieu/db.h"
#include "phieu/hash.h"

struct audit_head {
	int lane;
	int64_t seq;
	uint8_t hash[SHA256_BYTES];
	size_t hash_n; /* 0: no entry yet */
};

struct audit_fault {
	int lane;
	int64_t seq;
	char what[120];
};

#define AUDIT_FAULTS 32
struct audit_report {
	size_t lanes;
	int64_t entries, batches, responses; /* seen */
	int64_t own_bytes; /* submissions whose bytes were read again */
	size_t destroyed;  /* waves whose submissions went by an act */
	struct audit_fault faults[AUDIT_FAULTS];
	size_t faults_n, more; /* more: found, not kept */
};

/* An act of a person: lane 0.  Content holds no answer and no secret. */
bool store_audit_append(struct db *db, const char *kind, const char *actor,
			const char *content, struct err *e) MUST_USE;

/* Caller frees *heads. */
bool store_audit_heads(struct db *db, struct audit_head **heads, size_t *n,
		       struct err *e) MUST_USE;

/* The newest `max` entries of a lane, oldest first; columns seq, at, kind,
 * actor, content.  Caller frees with res_free. */
struct res *store_audit_list(struct db *db, int lane, int64_t max,
			     struct err *e) MUST_USE;

/* Walks all lanes, then the batches of intake against the responses.  `outside`
 * are heads that were kept elsewhere: a log cut short, emptied or taken back
 * from an old copy does not reach them.  False only when it could not be
 * read; what is wrong with the log stands in the report, of each lane the
 * first bad entry. */
bool store_audit_verify(struct db *db, const struct audit_head *outside,
			size_t n, struct audit_report *out,
			struct err *e) MUST_USE;

/* After store_audit_verify, into its report: every submission's own bytes are
 * hashed again and held to the hash that the batch in the log stands for;
 * what was mixed from sealed ballots never had any.  `db` is the role of
 * copies: no other reads bytes of all waves.  False only when it could not be
 * read. */
bool store_audit_bytes(struct db *db, struct audit_report *out,
		       struct err *e) MUST_USE;

/* "LANE:SEQ:HASH" as `phieu audit head` prints it. */
bool audit_head_parse(const char *s, struct audit_head *out,
		      struct err *e) MUST_USE;

#endif
