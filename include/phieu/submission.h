/* submission.h - one filled sheet: what was sent, what it means, what is
 * wrong with it.
 *
 * submission_read turns bytes into a struct (ERR_INPUT: quarantine), fills
 * the head fields as far as they can be read even when the rest is wrong,
 * and submission_check lists every fault by V-code.  Pure: no database, no
 * clock; the same code runs in the collector and in phieu-upload --check. */
#ifndef PHIEU_SUBMISSION_H
#define PHIEU_SUBMISSION_H

#include <cjson/cJSON.h>

#include "phieu/fault.h"
#include "phieu/plan.h"

/* Answer bytes. */
enum {
	ANSWER_NOT_ASKED = 0,
	ANSWER_MAX_OPTION = 200,
	ANSWER_UNREADABLE = 253, /* or two marks */
	ANSWER_DONT_KNOW = 254,
	ANSWER_BLANK = 255
};

struct rating {
	size_t unit; /* index in the plan, NONE if unknown */
	const char *unit_code;
	const uint8_t *answers; /* form->n_slots bytes */
	const char *extra; /* JSON object of multiple, number, text; NULL */
	size_t n_answered; /* scale and single questions with an option */
};

struct submission {
	const char *instance; /* "uuid:…", at most 249 bytes */
	const char *replaces; /* or NULL */
	const char *wave, *form_code, *form_version, *sheet, *group_code,
		*home_code;
	int keying; /* 1 or 2 */
	bool has_collected;
	struct date collected;
	bool has_start, has_end;
	int64_t start_us, end_us;
	const char *device; /* or NULL */
	bool simulated;
	const char *profile;	  /* canonical JSON object, "{}" when absent */
	const char *comment;	  /* NFC, or NULL */
	size_t form, group, home; /* indices or NONE */
	struct rating *ratings;
	size_t n_ratings;
	const char **files; /* names of what is sent beside it, NFC */
	size_t n_files;
};

/* Bytes -> struct, in the arena.  Unknown members are faults (V00), a
 * missing or malformed head member too; only what is not a JSON object or
 * has no usable instanceID returns false (ERR_INPUT): quarantine. */
bool submission_read(const char *json, size_t n, const struct plan *p,
		     struct arena *a, struct submission *out,
		     struct faults *faults, struct err *e) MUST_USE;

/* Everything but what needs the ledger (V01 reuse, V02, V09):
 *   V00 shape: unknown member, wrong type, code too long
 *   V01 sheet number malformed or check digit wrong
 *   V03 group does not belong to the form; home missing, unknown, wrong kind
 *   V04 rated unit missing, unknown, not allowed, twice, too few or many
 *   V05 fewer answers than the minimum (D2); required question blank
 *   V06 two options in a single-choice question
 *   V07 option, number or text out of range; unknown question
 *   V08 profile field missing where required, unknown or out of its list
 *   V10 collected outside the survey dates or in the future of `today`
 * Flags (never invalid by themselves) go to `flags` as Q01: the same option
 * in every cell of a sheet with 5 or more answers. */
#define FLAG_STRAIGHT 1u /* Q01 */
#define FLAG_OVERFLOW 2u /* quota exceeded: set by the collector */
#define FLAG_LATE     4u /* arrived after the wave's last day */
#define FLAG_FILES    8u /* names files that are sent beside it */
void submission_check(const struct plan *p, const struct submission *s,
		      struct date today, struct faults *faults,
		      unsigned *flags);

/* JSON text of a submission, for the simulator, tests and tools: head,
 * ratings from answer bytes and extra. */
void submission_write(const struct plan *p, const struct submission *s,
		      struct buf *out);

/* NDJSON framing: the next line of a body, without its LF or CR LF; blank
 * lines are skipped.  False at the end. */
bool ndjson_next(const char **at, const char *end, const char **line,
		 size_t *n);

#endif
