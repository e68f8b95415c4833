/* scan.h - asks a program of the administrator's whether a file is clean.
 *
 * The setting evidence-scanner names it, as "/usr/bin/clamdscan --fdpass": its
 * words are parted by blanks, and the path of a private temporary file comes
 * last.  Exit code 0 says clean, 1 infected; all else, a signal or no answer
 * in time mean that the file could not be scanned.  The program runs in a
 * group of its own without our environment, files and rights to more, with
 * limits on time, memory and files; it is killed with all it started. */
#ifndef PHIEU_SCAN_H
#define PHIEU_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/conf.h"
#include "phieu/err.h"

struct scanner {
	const char *program; /* NULL: none is set up */
	int seconds;
	bool keep; /* what cannot be scanned is taken, and marked */
};

enum scan_state {
	SCAN_NONE, /* no scanner is set up */
	SCAN_CLEAN,
	SCAN_INFECTED,
	SCAN_FAILED
};

#define SCAN_WORDS 160

struct scan {
	enum scan_state state;
	char words[SCAN_WORDS]; /* the scanner's first line, or why it failed;
				 * printable ASCII */
};

/* Borrows from `c`.  ERR_INPUT: evidence-unscanned is no word of ours, or the
 * program is not named by its whole path. */
bool scanner_from(const struct conf *c, struct scanner *out,
		  struct err *e) MUST_USE;

/* What the scanner says of the bytes; never fails, SCAN_FAILED says why not.
 * Nothing of the file is left behind.  May be called by several threads. */
void scan_bytes(const struct scanner *s, const void *bytes, size_t n,
		struct scan *out);

#endif
