/* round_may.h - who may do what in a round: one pure function, asked before
 * every act, list and route of rounds.
 *
 * A role that a row names is needed, given for the round's wave or for all.
 * A unit's role counts for the unit it was given for, an appraiser's for the
 * office of that code, or the office that is that unit; given for none, they
 * are good for nothing. */
#ifndef PHIEU_ROUND_MAY_H
#define PHIEU_ROUND_MAY_H

#include "phieu/act.h"
#include "phieu/store_people.h"

/* An office of the round, and the unit it is (NULL: it is not assessed). */
struct round_seat {
	const char *office, *unit;
};

struct round_asker {
	bool is_person; /* else a program, which does no acts */
	const struct grant *grants;
	size_t n;
	int32_t wave; /* the round's; 0: none */
	const struct round_seat *seats;
	size_t n_seats;
};

/* What is asked for: an act, a list, or a door (below). */
struct round_ask {
	unsigned roles;
	enum act_binding binding;
	bool is_act; /* for persons only */
};
struct round_ask round_ask_act(const struct act *a);
struct round_ask round_ask_list(const struct act_list *l);

enum round_why {
	ROUND_MAY,
	ROUND_NO_ROLE,	  /* none that the row names, in this wave */
	ROUND_NO_PERSON,  /* a program asks for an act */
	ROUND_NO_BINDING, /* a unit's or appraiser's role given for nothing */
	ROUND_NOT_OWN,	  /* another unit's or office's */
	ROUND_WHICH	  /* he has several: say which */
};
struct round_right {
	enum round_why why;
	/* What the parameters "unit" and "office" are to be: his own where he
	 * is bound, else as asked. */
	const char *unit, *office;
	bool bound;
};
/* `unit`, `office`: as asked for, NULL: not said. */
struct round_right round_may(const struct round_asker *who,
			     const struct round_ask *ask, const char *unit,
			     const char *office);

/* What is neither act nor list. */
enum round_door {
	DOOR_ROUND,	    /* the document, the calendar */
	DOOR_SELF,	    /* a unit's own points, its template */
	DOOR_SELF_WRITE,    /* points, import, evidence */
	DOOR_EVIDENCE_OPEN, /* a file of evidence */
	DOOR_INDEX,	    /* what was published */
	DOOR_DRAFT,	    /* results before publication */
	DOOR_COMPUTE,
	DOOR_VERIFY,
	DOOR_COUNT
};
struct round_ask round_ask_door(enum round_door d);

#endif
