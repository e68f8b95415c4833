/* page_area.h - areas of a round's work whose pages run from the rows of
 * act.h: which lists stand on a page, which act goes with which row.
 *
 * page_area_rows.c is data; tests/test_page_area.c holds it to the acts and
 * lists that it names. */
#ifndef PHIEU_PAGE_AREA_H
#define PHIEU_PAGE_AREA_H

#include <stdbool.h>
#include <stddef.h>

struct area_list {
	const char *name;  /* of act.h */
	const char *title; /* of the section */
	const char *shows; /* columns of the table, in order; NULL: all */
	const char *needs; /* a parameter without which it is too long */
};

/* An act, and the row that it is about. */
struct area_act {
	const char *name;   /* of act.h */
	const char *words;  /* of the link that leads to its form */
	const char *list;   /* whose rows have the link; NULL: the page */
	const char *keys;   /* columns that say which row, parameters too */
	const char *takes;  /* "from=first_day version": what is in the form
			     * to begin with, of which column */
	const char *states; /* of the row's "state"; NULL: whatever it is */
	const char *unless; /* a column that must be empty */
};

struct area {
	const char *name, *title;
	const struct area_list *lists;
	size_t n_lists;
	const struct area_act *acts;
	size_t n_acts;
};

enum { AREAS = 4 };
extern const struct area areas[AREAS];

const struct area *area_find(const char *name); /* NULL: none */
/* The first row of the act in any area; *in may be NULL. */
const struct area_act *area_act_find(const char *act, const struct area **in);
const struct area_list *area_list_find(const char *list);

/* Takes the next word of a list parted by spaces; false: no more.  out is cut
 * at `size`. */
bool area_word(const char **at, char *out, size_t size);
bool area_has(const char *words, const char *word); /* NULL has none */

/* "scheduled" as people read it; what nobody named: itself. */
const char *area_words(const char *list, const char *column, const char *s);

enum area_look {
	LOOK_TEXT, /* in a line */
	LOOK_LONG,
	LOOK_WORD, /* area_words: a mark */
	LOOK_WHO,  /* code of a unit or an office: its name */
	LOOK_DAY,
	LOOK_WHOLE,
	LOOK_POINTS
};
/* How a column of a list looks. */
enum area_look area_look(const char *column);

#endif
