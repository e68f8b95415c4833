/* xform_parts.h - what the files xform_*.c share; nobody else.
 *
 * A form is laid out once (which lists of options, which homes, which rated
 * units in which way) and the files that write its parts only follow. */
#ifndef PHIEU_COLLECTOR_XFORM_PARTS_H
#define PHIEU_COLLECTOR_XFORM_PARTS_H

#include "phieu/xform.h"
#include "phieu/xml.h"

#define XFORM_ARENA	 ((size_t)64 << 20)
#define XFORM_FILE_BYTES ((size_t)64 << 20)
#define XPATH_ROOT	 "/data"
#define XPATH_DAY	 "format-date(" XPATH_ROOT "/head/collected,'%%Y%%m%%d')"
/* Option that stands for {"mark":"unreadable"}; no code begins with '_'. */
#define XNAME_UNREADABLE "_unreadable"
#define XNAME_DONT_KNOW	 "_dont-know"

/* Questions with the same options share a list. */
struct xlist {
	const struct option *options;
	size_t n;
	bool marks; /* offers XNAME_UNREADABLE */
};

struct xunit {
	size_t unit;
	const char *offices; /* "Phòng Tư pháp, …", or NULL */
	const char *homes;   /* codes it is offered for; NULL: any */
};

/* One way of rating units, for the groups that share it. */
struct section {
	enum {
		SECTION_EVERY, /* a group of questions for each unit */
		SECTION_OWN,   /* one rating; the unit follows from the home */
		SECTION_PICK   /* so many ratings, the units are chosen */
	} kind;
	const char *name;   /* element: "ratings", "ratings-2" */
	const char *list;   /* of PICK: instance id, "units", "units-2" */
	size_t model;	    /* a group that has it */
	const char *groups; /* codes, separated by spaces */
	struct xunit *units;
	size_t n_units;
	size_t slots;	/* ratings of OWN and PICK */
	bool list_file; /* the list is a CSV file */
	bool by_home;	/* some unit is for some homes only */
	bool by_day;	/* some unit comes or goes during the wave */
};

struct xhome {
	size_t unit;
	const char *groups; /* codes of the groups whose home it may be */
};

struct layout {
	const struct plan *p;
	const struct form *f;
	size_t form;
	struct arena *a;
	const struct xform_opts *o;
	size_t *groups; /* of the plan, that answer this form */
	size_t n_groups;
	struct xhome *homes;
	size_t n_homes;
	const char *home_groups; /* codes of groups with a home; NULL: none */
	bool homeless;		 /* some group has none */
	bool homes_differ;	 /* by group */
	bool homes_file;
	size_t n_files;
	struct section *sections;
	size_t n_sections;
	struct xlist *lists;
	size_t n_lists;
	size_t *question_list, *profile_list; /* index or NONE */
	bool english, paper, photos;
};

/* What was built, in the layout's arena; `x` is freed.  NULL when empty, and
 * when memory did not suffice: then the arena is broken, so that no form goes
 * out without it. */
const char *layout_text(const struct layout *l, struct buf *x);

/* First and last day of a unit within the wave as 20260201; 0: all of it. */
int unit_from(const struct plan *p, size_t unit);
int unit_to(const struct plan *p, size_t unit);

bool layout_make(const struct plan *p, size_t form, const struct xform_opts *o,
		 struct arena *a, struct layout *out, struct err *e) MUST_USE;

/* Element name of a code: itself, or "_" before one that begins with a digit
 * or is "unit".  NULL: out of memory. */
const char *xname(struct arena *a, const char *code);
/* Name of the element of the k-th slot of OWN and PICK: "r1". */
const char *slot_name(struct arena *a, size_t k);
size_t section_ratings(const struct section *s); /* groups in the instance */
const char *rating_name(const struct layout *l, const struct section *s,
			size_t k);
/* Is it put on a form and of this plan's wave? */
bool question_shown(const struct question *q);
/* A whole number that fits into an XForm's int. */
bool question_is_int(const struct question *q);
bool question_required(const struct layout *l, const struct question *q);

/* Texts of the interface. */
enum say {
	SAY_TRIAL,
	SAY_HEAD,
	SAY_SHEET,
	SAY_SHEET_BAD,
	SAY_PAPER,
	SAY_PAPER_HINT,
	SAY_PAPER_BLANK,
	SAY_GROUP,
	SAY_HOME,
	SAY_COLLECTED,
	SAY_COLLECTED_BAD,
	SAY_KEYING,
	SAY_KEYING_1,
	SAY_KEYING_2,
	SAY_PROFILE,
	SAY_RATINGS,
	SAY_UNIT,
	SAY_UNIT_TWICE,
	SAY_UNREADABLE,
	SAY_END,
	SAY_COMMENT,
	SAY_PHOTO_1,
	SAY_PHOTO_2,
	SAY_PHOTO_HINT,
	SAY_REQUIRED,
	SAY_COUNT
};
extern const char *const say_id[SAY_COUNT], *const say_vi[SAY_COUNT],
						    *const say_en[SAY_COUNT];

void write_texts(const struct layout *l, struct xw *w); /* itext */
void write_lists(const struct layout *l, struct xw *w); /* instances */
void write_binds(const struct layout *l, struct xw *w);
void write_body(const struct layout *l, struct xw *w);
void write_homes_csv(const struct layout *l, struct buf *out);
void write_units_csv(const struct layout *l, const struct section *s,
		     struct buf *out);

/* XPath that is true for a number of this form's sheets with its check
 * digit; `example` gets one such number. */
bool sheet_constraint(const char *form_code, struct buf *out, char *example,
		      size_t size);

#endif
