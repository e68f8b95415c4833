/* plan_in.h - what the files of the plan reader share; nobody else.
 *
 * Members of every object are rows of a table; plan_members fills a struct
 * from them and reports what is missing, of a wrong type, out of bounds or
 * unknown.  Codes are collected first (directories), so that a reference is
 * an index as soon as it is read.  A value that was faulty stays at its
 * default (NONE, NULL, 0) and later checks pass over it, so that one mistake
 * is told once. */
#ifndef PLAN_IN_H
#define PLAN_IN_H

#include <cjson/cJSON.h>

#include "phieu/plan.h"

/* Where we are in the file; rendered to a JSON pointer only on a fault. */
struct at {
	const struct at *up;
	const char *key; /* NULL: an element of an array */
	size_t index;
};

enum dir_name {
	DIR_BASIS,
	DIR_KIND,
	DIR_UNIT,
	DIR_SCALE,
	DIR_FORM, /* "CT-01/1" */
	DIR_GROUP,
	DIR_COUNT
};

struct dir {
	const char **code; /* by index in the file; NULL where faulty */
	size_t *sorted;	   /* indices of the good ones, by code */
	size_t n_sorted;
	bool told; /* the list itself is faulty: references are passed over */
};

struct scale {
	struct option *options;
	size_t n;
	bool told; /* a question found its coefficients wanting */
};

struct side_criterion { /* what struct criterion does not keep */
	const char *path;
	bool kind_known, maximum_known;
	size_t n_children;
};

struct pr { /* plan reader */
	struct arena *a;
	struct faults *f;
	struct plan *p;
	const cJSON *root;
	struct dir dir[DIR_COUNT];
	struct scale *scales;
	size_t n_scales;
	struct criterion *criteria;
	struct side_criterion *side;
	size_t n_criteria;
	bool example; /* some basis in use is example or recollected */
	bool total_known;
	bool homes_known; /* the wave's dates and every unit's kind */
	bool decided[13]; /* read without a fault of shape */
};

enum member_type {
	M_CODE,	  /* const char * */
	M_LINE,	  /* const char *, one line */
	M_TEXT,	  /* const char *, may have line breaks */
	M_DAYISH, /* const char *: 2020, 2020-12 or 2020-12-03 */
	M_DEC,	  /* struct dec, min and max in millionths */
	M_COUNT,  /* int64_t, min and max */
	M_SIZE,	  /* size_t, min and max */
	M_INT,	  /* int, min and max */
	M_BOOL,
	M_DATE,
	M_WORD,	 /* enum: index in words */
	M_REF,	 /* size_t: index in dir, NONE when absent or unknown */
	M_LIST,	 /* an array, read by the caller */
	M_OBJECT /* an object, read by the caller */
};

struct member {
	const char *name;
	enum member_type type;
	bool required;
	size_t off; /* into the struct */
	size_t has; /* offset of a bool set when present; 0 none */
	const char *const *words; /* of M_WORD, NULL at the end */
	enum dir_name dir;	  /* of M_REF */
	int64_t min, max;
};

#define MEMBER(n, t, r, ...)                                           \
	{                                                              \
		.name = (n), .type = (t), .required = (r), __VA_ARGS__ \
	}
#define MEMBERS(t) (t), sizeof(t) / sizeof((t)[0])

/* Adds a fault; both texts are printf formats over the same arguments. */
void plan_fault(struct pr *r, const struct at *at, const char *code,
		const char *en, const char *vi, ...)
	__attribute__((format(printf, 4, 6), format(printf, 5, 6)));
/* The same with a path already written. */
void plan_fault_at(struct pr *r, const char *path, const char *code,
		   const char *en, const char *vi, ...)
	__attribute__((format(printf, 4, 6), format(printf, 5, 6)));
const char *plan_path(struct pr *r, const struct at *at);

/* Fills *into from the object; false when `json` is not an object. */
bool plan_members(struct pr *r, const struct at *at, const cJSON *json,
		  const struct member *m, size_t n, void *into);
/* One value by its row, as plan_members does for each member. */
void plan_value(struct pr *r, const struct at *at, const cJSON *v,
		const struct member *m, void *into);
bool plan_has(const cJSON *json, const char *name); /* present, not null */
/* A zeroed array for the elements of the list `name` and their number; an
 * absent, faulty or too long list gives 0.  `least` elements are wanted. */
void *plan_list(struct pr *r, const struct at *at, const cJSON *json,
		const char *name, size_t least, size_t most, size_t size,
		size_t *n);
/* A code, form or unit named by `v`: an index or NONE with a fault. */
size_t plan_ref(struct pr *r, const struct at *at, enum dir_name dir,
		const char *code);
/* The string of an element, or NULL with a fault. */
const char *plan_string(struct pr *r, const struct at *at, const cJSON *v,
			size_t most, bool lines);
bool plan_code_ok(const char *s);

/* Sorted indices by code. */
void plan_sort(size_t *index, size_t n, const char *const *code);

/* The parts, in this order. */
void plan_dirs(struct pr *r);
void plan_head(struct pr *r); /* bases, wave, kinds, units */
void plan_forms(struct pr *r);
void plan_groups(struct pr *r);
void plan_criteria(struct pr *r);
void plan_decisions(struct pr *r);
void plan_check_units(struct pr *r);
void plan_check_groups(struct pr *r);
void plan_check_criteria(struct pr *r);
void plan_check_decisions(struct pr *r);

struct option *plan_options(struct pr *r, const struct at *at,
			    const cJSON *json, const char *name, size_t *n);
/* "2 × 12 × 8": factors and their product; false when it is not a rule. */
bool plan_rule(const char *rule, int64_t *factor, size_t most, size_t *n,
	       int64_t *product);
/* The unit itself or its nearest ancestor of `kind`, or NONE. */
size_t plan_own(const struct plan *p, size_t unit, size_t kind);
bool plan_in_wave(const struct plan *p, size_t unit);
/* Does some group put `form` to people about units of `kind`? */
bool plan_form_rates(const struct plan *p, size_t form, size_t kind);

#endif
