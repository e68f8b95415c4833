/* ledger.h - the sheet ledger: which numbered sheet is whose and what became
 * of it (sổ phiếu).
 *
 * What may follow what is data: field.sheet_rule (sql/070_ledger.sql), which
 * the functions there consult.  Here is what people call: acts and lists as
 * two tables, from which the command line and the service run.
 *
 * An act or a list comes from a struct ledger_who: what lies outside his area
 * is not there.  An act is all or nothing, stands in the history and, with
 * count and digest, in the log.  Before each, what came in moves its sheets
 * from issued, left or collected to keyed: intake itself does nothing more. */
#ifndef PHIEU_LEDGER_H
#define PHIEU_LEDGER_H

#include "phieu/act.h"
#include "phieu/json.h"
#include "phieu/paper.h"
#include "phieu/store_waves.h"

enum { LEDGER_LIST_COLUMNS = 24 };

struct ledger_who {
	const char *by;
	const char *role; /* role_name, or "owner": from the command line */
	bool everywhere;
	const char *const *areas; /* unit codes; their sub-units are in */
	size_t n_areas;
};

struct ledger_act {
	const char *name; /* of field.sheet_rule: "issue" */
	const char *summary, *summary_vi;
	enum q query;
	bool sheets; /* a rule for sheets: parameters as ledger_act.sql */
	unsigned roles;
	struct act_param params[ACT_PARAMS_MAX];
};
extern const struct ledger_act ledger_acts[];
extern const size_t ledger_acts_n;
const struct ledger_act *ledger_act_find(const char *name); /* NULL: none */
size_t ledger_act_params(const struct ledger_act *a);

struct ledger_done {
	int64_t event, moved, paper; /* 0: none.  moved: sheets */
	char made[48];		     /* a new number, "" */
};

/* values: as many as ledger_act_params, NULL where not given.  "sheets" is a
 * list of numbers and ranges: "CT01-00001-2,CT01-00003-6..CT01-00006-1".
 * ERR_INPUT: something named is not there, or missing; ERR_CONFLICT: the
 * state forbids it, or somebody was faster; ERR_DENIED: not in this role. */
bool store_ledger_act(struct db *db, const struct ledger_act *a, int32_t wave,
		      const struct ledger_who *who, const char *const *values,
		      struct ledger_done *out, struct err *e) MUST_USE;

struct ledger_list {
	const char *name; /* "balance" */
	const char *summary, *summary_vi;
	enum q query;
	unsigned roles;
	struct act_param params[ACT_PARAMS_MAX];
	const char *heads[LEDGER_LIST_COLUMNS]; /* as a table, NULL-ended */
	size_t right; /* columns from here on are numbers */
};
extern const struct ledger_list ledger_lists[];
extern const size_t ledger_lists_n;
const struct ledger_list *ledger_list_find(const char *name);
size_t ledger_list_params(const struct ledger_list *l);

/* ERR_CONFLICT when the wave has no ledger.  res_free the result; the names
 * of its columns are its keys. */
struct res *store_ledger_list(struct db *db, const struct ledger_list *l,
			      int32_t wave, const struct ledger_who *who,
			      const char *const *values,
			      struct err *e) MUST_USE;

/* The rules as a table of docs/LEDGER.md (Markdown). */
bool store_ledger_rules(struct db *db, struct buf *out, struct err *e) MUST_USE;

/* Rows as JSON objects, as CSV (formulas neutralised), as a line each. */
void ledger_json(const struct res *r, struct jw *w);
void ledger_csv(const struct res *r, struct buf *out);
void ledger_jsonl(const struct res *r, struct buf *out);

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
