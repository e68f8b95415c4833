/* page_field.h - what the parameters of acts are called on pages, and what
 * may be chosen for them.  Data alone. */
#ifndef PHIEU_PAGE_FIELD_H
#define PHIEU_PAGE_FIELD_H

#include <stdbool.h>
#include <stddef.h>

enum field_kind {
	FIELD_TEXT,
	FIELD_LONG,
	FIELD_NUMBER,
	FIELD_DAY,
	FIELD_FLAG,
	FIELD_HIDDEN,
	/* those chosen from a list */
	FIELD_UNIT,
	FIELD_NODE,
	FIELD_OFFICE,
	FIELD_LEAD, /* an office or a unit */
	FIELD_TEAM, /* of inspections */
	FIELD_STEP,
	FIELD_CHOICE /* page_choice */
};

struct field_words {
	const char *name, *label;
	enum field_kind kind;
	bool about; /* says what the act is about: hidden once it is known */
};

/* Of a parameter of an act; one that nobody named: its own name. */
struct field_words page_field(const char *act, const char *name);
/* Where it stands in a form: what it is about, points, why.  The same for all
 * that nobody named, behind the rest. */
size_t page_field_place(const char *name);
size_t page_field_places(void);

/* A value that may be chosen, its words; NULL past the last. */
struct field_choice {
	const char *value, *label;
};
const struct field_choice *page_choice(const char *act, const char *name,
				       size_t at);

#endif
