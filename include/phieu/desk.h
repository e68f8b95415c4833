/* desk.h - desks of a wave: what people do with and read of its sheets (the
 * ledger), its review, its second keying and so on, as tables.
 *
 * A desk is acts and lists as rows; the command line (`phieu DESK ACT …`), the
 * service (POST /v1/waves/{wave}/DESK/{act}, GET …/{list}) and its page
 * (/DESK/{wave}) run from them.  Functions of the schema `field` do the work:
 * each checks state, right and version, and writes one event and the log.
 * What may follow what is data, field.sheet_rule.
 *
 * The statement of an act gets $1 wave, $2 by whom, $3 role, $4 areas or NULL
 * (not when it is `whole`), the act's name when it is `named`, then the
 * parameters in their order, NULL where not given; DESK_SHEETS takes two,
 * numbers from and to.  It gives (event, moved, paper, made), each may be
 * NULL.  A list gets $1 wave, $2 areas or NULL, or when `asks_who` $2 by whom,
 * $3 role, $4 areas or NULL; then its parameters.  The names of its columns
 * are its keys in JSON and CSV.
 *
 * Whoever comes with areas finds nothing beyond them: the statement sees to
 * that. */
#ifndef PHIEU_DESK_H
#define PHIEU_DESK_H

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/db.h"
#include "phieu/json.h"

enum { DESK_PARAMS_MAX = 12, DESK_COLUMNS_MAX = 24 };

struct desk_who {
	const char *by;
	const char *role; /* role_name, or "owner": from the command line */
	bool everywhere;
	const char *const *areas; /* unit codes; their sub-units are in */
	size_t n_areas;
};

enum desk_kind { /* what is typed, and how a form asks for it */
		 DESK_TEXT,
		 DESK_LONG, /* more than a line: a reason, minutes */
		 DESK_NUMBER,
		 DESK_VERSION, /* as seen; hidden in forms */
		 DESK_FLAG,    /* given or not: "true" or "false" */
		 DESK_DAY,
		 DESK_SHEETS, /* numbers and ranges of sheets, two arguments */
		 DESK_SHEET,  /* one number of a sheet, as it is printed */
		 DESK_AGENT,  /* codes, chosen from those there are */
		 DESK_GROUP,
		 DESK_UNIT,
		 DESK_CHOICE /* one of `choices` */
};

struct desk_choice { /* the last has value NULL */
	const char *value, *words;
};

struct desk_param {
	const char *name; /* "--agent" on the command line; NULL: the end */
	enum desk_kind kind;
	bool needed;
	const char *words;		   /* its label; NULL: by its name */
	const struct desk_choice *choices; /* of DESK_CHOICE */
};
#define DESK_NEED(n, k)                                  \
	{                                                \
		.name = (n), .kind = (k), .needed = true \
	}
#define DESK_MAYBE(n, k)                 \
	{                                \
		.name = (n), .kind = (k) \
	}

struct desk_act {
	const char *name; /* "issue" */
	const char *summary, *summary_vi;
	enum q query;
	unsigned roles; /* ROLE_BIT of those who may, by the service */
	const char *of; /* whose rules of field.sheet_rule; NULL: none */
	/* of the whole wave: not for whoever has but an area, and the
	 * statement gets no areas */
	bool whole;
	bool named;   /* the statement serves several acts */
	bool persons; /* runs on the roster's own connection, as its role */
	struct desk_param params[DESK_PARAMS_MAX];
	/* what `moved` counts: its key in JSON, then always there (NULL:
	 * "sheets", where any moved), and its word (NULL: "phiếu") */
	const char *counts, *counts_vi;
	/* The page asks once more, under what this list shows; "": asks only.
	 * NULL: does not ask. */
	const char *confirm;
};

/* Lists that the program works out from what the statement would get. */
enum desk_work {
	DESK_STATEMENT, /* none: the statement is all */
	DESK_AGREEMENT, /* of a re-survey (store_recheck.h) */
	DESK_QUESTIONS
};

struct desk_list {
	const char *name; /* "balance" */
	const char *summary, *summary_vi;
	enum q query;
	enum desk_work work; /* in place of the statement */
	unsigned roles;
	bool asks_who;
	bool wants_far; /* what Q06 found, after the parameters */
	bool persons;	/* runs on the roster's own connection, as its role */
	/* Rows count fields keyed wrongly: they get shares and intervals
	 * (second.h), and `heads` are of the columns after that. */
	bool shares;
	struct desk_param params[DESK_PARAMS_MAX];
	const char *heads[DESK_COLUMNS_MAX]; /* Vietnamese, a column each */
	size_t right; /* columns from here on are numbers */
	/* Of its columns those that the page shows, with a blank between; NULL:
	 * all that have a head.  A column X_name gives the name to the code in
	 * X and is not shown by itself. */
	const char *page;
};

struct desk {
	const char *name;     /* "ledger": its word in commands and paths */
	const char *title_vi; /* "Sổ phiếu" */
	const struct desk_act *acts;
	size_t n_acts;
	const struct desk_list *lists;
	size_t n_lists;
	/* Run with $1 wave before a list; false: ERR_CONFLICT with `none`.
	 * NULL `none`: nothing is run. */
	enum q look;
	const char *none;
	bool own_commands; /* written by hand in a cmd_*.c */
	/* What a row is about: a column of its lists and a parameter of its
	 * acts
	 * ("sheet", "pair"; DESK_SHEETS takes a "sheet").  From a row the page
	 * leads to what may be done with it, shows it as it stands by the list
	 * `one` (taking `key`; its column "version" is what acts have seen) and
	 * what became of it by the list `history`.  NULL: none. */
	const char *key, *one, *history;
	/* Stored words as people read them, in columns such as status. */
	const struct desk_choice *words;
};
extern const struct desk desk_ledger, desk_ballot, desk_quality;
extern const struct desk desk_recheck, desk_roster;

/* A new desk is a line in server/desks.c. */
extern const struct desk *const desks[];
extern const size_t desks_n;
/* By the first word of `name` ("ledger", "ledger issue"); NULL: none. */
const struct desk *desk_find(const char *name);
const struct desk_act *desk_act_find(const struct desk *d, const char *name);
const struct desk_list *desk_list_find(const struct desk *d, const char *name);
size_t desk_params(const struct desk_param params[DESK_PARAMS_MAX]);
/* Where among them `name` is, or -1. */
int desk_param_at(const struct desk_param params[DESK_PARAMS_MAX],
		  const char *name);
size_t desk_columns(const struct desk_list *l);
/* What a form calls it. */
const char *desk_label(const struct desk_param *p);
/* A stored word of a status and the like as people read it; else itself. */
const char *desk_word(const struct desk *d, const char *stored);
/* A refusal as pages tell it: statuses and acts that it names by their codes,
 * "valid", in words; "" when memory ends. */
const char *desk_told(const struct desk *d, const char *msg, struct arena *a);
/* What forms call the choice `stored` of an act's parameter; `stored` when no
 * act takes it. */
const char *desk_choice_word(const struct desk *d, const char *param,
			     const char *stored);

struct desk_done {
	int64_t event, moved, paper; /* 0: none */
	char made[96];		     /* a new number, "" */
};

/* values: as many as desk_params, NULL where not given.  ERR_INPUT: something
 * named is not there, or missing; ERR_CONFLICT: the state forbids it, or
 * somebody was faster; ERR_DENIED: not in this role, not in this area. */
bool store_desk_act(struct db *db, const struct desk_act *a, int32_t wave,
		    const struct desk_who *who, const char *const *values,
		    struct desk_done *out, struct err *e) MUST_USE;
/* res_free the result. */
struct res *store_desk_list(struct db *db, const struct desk *d,
			    const struct desk_list *l, int32_t wave,
			    const struct desk_who *who,
			    const char *const *values, struct err *e) MUST_USE;
/* What forms offer: kind ("agent", "group", "unit"), code, name, more. */
struct res *store_desk_choices(struct db *db, int32_t wave,
			       const struct desk_who *who,
			       struct err *e) MUST_USE;
/* Acts that may follow in a status (column "act"). */
struct res *store_desk_may(struct db *db, const char *of, const char *status,
			   struct err *e) MUST_USE;
/* What the database refused, without the name of the statement before it:
 * always false. */
bool store_desk_words(struct err *e);

/* Rows as JSON objects, as CSV (formulas neutralised), as a line each. */
void desk_json(const struct res *r, struct jw *w);
void desk_csv(const struct res *r, struct buf *out);
void desk_jsonl(const struct res *r, struct buf *out);

#endif
