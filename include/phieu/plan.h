/* plan.h - everything official about a wave, as data with its basis.
 *
 * A plan file is JSON (docs/plan.schema.json).  plan_read parses and checks
 * it in one go: all faults are listed, each with its path; a plan that comes
 * back is consistent (every index below is valid, quotas add up, trees have
 * no cycles).  Everything lives in one arena owned by the plan and never
 * changes afterwards, so threads may share it. */
#ifndef PHIEU_PLAN_H
#define PHIEU_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/date.h"
#include "phieu/dec.h"
#include "phieu/err.h"
#include "phieu/fault.h"

#define NONE ((size_t)-1) /* "no such index" */

struct basis {
	const char *id;
	enum basis_kind {
		BASIS_DECISION,	   /* a decision: number and date */
		BASIS_PLAN,	   /* a plan of the province */
		BASIS_RECOLLECTED, /* remembered, unverified: counts as example
				    */
		BASIS_EXAMPLE /* mẫu thử, không phải phiếu chính thức */
	} kind;
	const char *number, *date, *title;
};

struct unit_kind {
	const char *code, *name, *name_en;
	bool rated;	   /* units of this kind get scores */
	const char *block; /* heading of its ranking ("Khối sở, ngành") */
};

struct unit {
	const char *code, *name, *name_en;
	size_t kind;
	size_t parent;	    /* NONE at the root */
	size_t merged_into; /* NONE */
	bool has_from, has_to;
	struct date from, to;
	size_t basis;
};

enum rates_mode { RATES_ALL, RATES_OWN, RATES_MAPPED };

struct rates_row {	    /* of a mapped table */
	size_t home;	    /* unit index, NONE: any home */
	const char *office; /* label ("Phòng Tư pháp"), may be NULL */
	size_t unit;
};

struct group { /* nhóm đối tượng, of one form */
	const char *code, *name, *name_en;
	size_t form;
	bool has_home;	  /* false: provincial councillors */
	size_t home_kind; /* when has_home */
	enum rates_mode mode;
	size_t rated_kind; /* of ALL; of OWN: home or its nearest ancestor of
			    * this kind */
	size_t per_sheet;  /* ratings on one sheet; 0: every allowed unit */
	const struct rates_row *table;
	size_t n_table;
	size_t basis;
	/* quota */
	const char *rule; /* as printed: "15 × 20" */
	int64_t total;	  /* declared, equals the sum of the cells */
	size_t quota_basis;
	const struct quota_cell *cells; /* one per home, or one with NONE */
	size_t n_cells;
};

struct quota_cell {
	size_t home;	    /* NONE where the group has no home */
	int64_t n;	    /* sheets planned */
	int64_t population; /* frame count N, -1 unknown: no fpc */
};

enum question_type {
	QUESTION_SCALE,
	QUESTION_SINGLE,
	QUESTION_MULTIPLE,
	QUESTION_NUMBER,
	QUESTION_TEXT
};

struct option {
	const char *code, *label, *label_en;
	uint8_t ordinal; /* 1-200, the byte stored; never reused */
	bool has_coefficient;
	struct dec coefficient; /* percent, 0-100 */
	bool satisfied;		/* counts in the top share */
	bool no_opinion;	/* "không biết", "không có ý kiến" */
	bool retired; /* kept for its ordinal, not accepted any more */
};

struct question {
	const char *code, *text, *text_en, *note;
	enum question_type type;
	const char *field; /* factor or field it belongs to, may be NULL */
	bool required, reversed, asked; /* asked false: kept, not put */
	const struct option *options;
	size_t n_options;
	bool has_min, has_max;
	struct dec min, max; /* of NUMBER */
	size_t decimals;     /* of NUMBER: most after the mark; 0: whole */
	size_t max_bytes;    /* of TEXT */
	size_t slot; /* SCALE and SINGLE: position in the answer bytes; NONE */
};

struct profile_field { /* of the respondent: sex, age group … */
	const char *code, *label, *label_en;
	bool required;
	const struct option *options; /* a closed list, always */
	size_t n_options;
};

struct form {
	const char *code, *version, *name, *name_en, *note;
	size_t basis;
	const struct question *questions;
	size_t n_questions;
	size_t n_slots; /* bytes of one rating */
	const struct profile_field *profile;
	size_t n_profile;
};

enum criterion_kind {
	CRIT_GROUP, /* field or inner node: children add up to it */
	CRIT_SELF,  /* self-assessed and appraised */
	CRIT_SURVEY,
	CRIT_SATISFACTION /* SIPAS */
};

/* One asking of a criterion's question; rows with the same `item` are the
 * same question put on different forms. */
struct crit_question {
	const char *item;
	struct dec weight; /* within the criterion */
	size_t form, question;
};

struct criterion {
	const char *code, *name, *name_en;
	enum criterion_kind kind;
	size_t parent;	/* NONE: a field (lĩnh vực) */
	unsigned depth; /* 0 for a field */
	struct dec maximum;
	const size_t *kinds; /* unit kinds it applies to */
	size_t n_kinds;
	const struct crit_question *questions;
	size_t n_questions;
	size_t basis;
};

enum blank_rule { BLANK_EXCLUDED, BLANK_COEFFICIENT, BLANK_INVALID };
enum pool_rule { POOL_ALL, POOL_GROUP_WEIGHTS };
enum empty_rule { EMPTY_RESCALE, EMPTY_ZERO, EMPTY_MANUAL };
enum missing_group { GROUP_RENORMALISE, GROUP_NOT_SCORED, GROUP_ZERO };
enum round_rule { ROUND_HALF_UP, ROUND_HALF_EVEN };
enum sum_order { ITEM_FIRST, SUM_FIRST };
enum lonely_rule {
	LONELY_FAIL,
	LONELY_CERTAINTY,
	LONELY_REMOVE,
	LONELY_ADJUST,
	LONELY_AVERAGE,
	LONELY_COLLAPSE
};
enum minimum_rule { MINIMUM_NONE, MINIMUM_ALL, MINIMUM_PERCENT };
enum tie_rule { TIE_SHARED }; /* 1, 2, 2, 4 */

struct band {
	const char *name;
	struct dec from; /* lowest value in the band */
};
struct band_points { /* D7 by bands: share in % from .. -> % of maximum */
	struct dec from, percent;
};

struct decisions {		   /* D1-D12: docs/PLAN.md */
	size_t basis[13];	   /* [1]..[12]; NONE where not recorded */
	enum minimum_rule minimum; /* D2 */
	struct dec minimum_percent;
	enum blank_rule blank; /* D3 */
	struct dec blank_coefficient;
	enum blank_rule dont_know; /* EXCLUDED or COEFFICIENT */
	struct dec dont_know_coefficient;
	enum pool_rule pool; /* D4 */
	enum missing_group missing_group;
	const struct dec *group_weight; /* by group, when POOL_GROUP_WEIGHTS */
	enum empty_rule empty;		/* D5 */
	bool question_weights;		/* D6: as listed, else equal */
	const struct band_points *sipas_bands; /* D7; n 0: proportional */
	size_t n_sipas_bands;
	int digits; /* D8 */
	enum round_rule round;
	enum sum_order order;
	const struct band *bands; /* D9, highest first */
	size_t n_bands;
	enum tie_rule ties;		 /* D10 */
	struct dec recheck_percent;	 /* D11 */
	const char *const *profile_kept; /* D12: fields that survive freezing */
	size_t n_profile_kept;
	bool has_retention;
	struct date retention;
	int min_unit, min_sub; /* smallest cell shown: 10, 20 */
	enum lonely_rule lonely;
	struct dec confidence; /* percent, 95 */
};

struct plan {
	struct arena *arena;
	const char *text; /* canonical JSON */
	size_t text_n;
	char sha256[65]; /* of the canonical JSON */
	const char *wave, *name, *name_en, *province;
	struct date from, to;
	size_t basis;
	const struct basis *bases;
	size_t n_bases;
	const struct unit_kind *kinds;
	size_t n_kinds;
	const struct unit *units;
	size_t n_units;
	const struct group *groups;
	size_t n_groups;
	const struct form *forms;
	size_t n_forms;
	const struct criterion *criteria; /* parents before children */
	size_t n_criteria;
	struct dec declared_total; /* of the top-level maxima */
	struct decisions decisions;
	bool is_trial; /* some basis is example or recollected */
	/* look-up tables, sorted by code */
	const size_t *unit_by_code, *group_by_code, *criterion_by_code;
};

/* NULL with faults (P..) or with e (ERR_INPUT: not JSON; ERR_NOMEM). */
struct plan *plan_read(const char *json, size_t n, struct faults *faults,
		       struct err *e) MUST_USE;
/* Of a file ("-": standard input); the error names the first fault. */
struct plan *plan_file_read(const char *path, struct err *e) MUST_USE;
void plan_free(struct plan *p);

size_t plan_unit(const struct plan *p, const char *code); /* or NONE */
size_t plan_group(const struct plan *p, const char *code);
size_t plan_criterion(const struct plan *p, const char *code);
size_t plan_form(const struct plan *p, const char *code, const char *version);
/* By what people type: "CT-01" where there is one version, "CT-01/2"
 * otherwise.  NONE with ERR_INPUT. */
size_t plan_form_named(const struct plan *p, const char *word, struct err *e);
size_t form_question(const struct form *f, const char *code);

/* May a sheet of `group` with `home` (NONE) rate `unit`?  On `day`, for
 * units with validity dates. */
bool plan_may_rate(const struct plan *p, size_t group, size_t home, size_t unit,
		   struct date day);
/* The units such a sheet may rate, in plan order, into out[max]; count. */
size_t plan_rateable(const struct plan *p, size_t group, size_t home,
		     struct date day, size_t *out, size_t max);
const struct quota_cell *plan_cell(const struct plan *p, size_t group,
				   size_t home); /* or NULL */
int64_t plan_total(const struct plan *p);	 /* sheets planned in all */

/* May `now` replace `was` while sheets filled by `was` are at hand?  Units,
 * groups and forms may be added and renamed, never left out; questions and
 * options of a form version keep their bytes.  Faults (P33) say what not. */
bool plan_may_follow(const struct plan *was, const struct plan *now,
		     struct faults *faults);

/* The quota table re-added, for people; a line each difference of two
 * plans (true when there is one).  Text in `out`. */
struct buf;
void plan_print_quota(const struct plan *p, struct buf *out);
void plan_print(const struct plan *p, struct buf *out);
bool plan_diff(const struct plan *a, const struct plan *b, struct buf *out);

#endif
