/* ledger.h - the sheet ledger: which numbered sheet is whose and what became
 * of it (sổ phiếu).
 *
 * What may follow what is data: field.sheet_rule (sql/070_ledger.sql), which
 * the functions there consult.  What people do with it and read of it are the
 * rows of desk_ledger (desk.h); here is what is printed and written besides.
 *
 * An act is all or nothing, stands in the history and, with count and digest,
 * in the log.  Before each, what came in moves its sheets from issued, left or
 * collected to keyed: intake itself does nothing more.  "sheets" is a list of
 * numbers and ranges: "CT01-00001-2,CT01-00003-6..CT01-00006-1". */
#ifndef PHIEU_LEDGER_H
#define PHIEU_LEDGER_H

#include "phieu/desk.h"
#include "phieu/paper.h"
#include "phieu/store_waves.h"

/* The rules as a table of docs/LEDGER.md (Markdown). */
bool store_ledger_rules(struct db *db, struct buf *out, struct err *e) MUST_USE;

/* A hand-over record (biên bản bàn giao) from the rows of the list "paper":
 * its number and day, who and whom, every sheet, room for two signatures.
 * Borrows from the rows; names are "" where there is none. */
struct ledger_paper_head {
	const struct wave_head *wave;
	const char *superior, *body, *place;
};
bool ledger_paper(const struct res *r, const struct ledger_paper_head *h,
		  struct arena *a, struct paper *out, struct err *e) MUST_USE;
/* The rows of the list "sheets" as a list to print. */
bool ledger_sheet_list(const struct res *r, const struct ledger_paper_head *h,
		       struct arena *a, struct paper *out,
		       struct err *e) MUST_USE;
/* A card for each of them with its number and a QR picture of it, to be cut
 * and put on the sheet. */
bool ledger_cards(const struct res *r, const struct wave_head *wave,
		  struct buf *out, struct err *e) MUST_USE;

/* Refuses (ERR_CONFLICT) to freeze a wave whose ledger is open.  Inside the
 * freeze's transaction. */
bool store_ledger_may_freeze(struct db *owner, int32_t wave,
			     struct err *e) MUST_USE;

/* "A..B,C" as two array literals of PostgreSQL, `to` NULL-free and as long as
 * `from`; each number is checked and written as it is printed. */
bool ledger_sheets_read(const char *text, struct buf *from, struct buf *to,
			struct err *e) MUST_USE;

#endif
