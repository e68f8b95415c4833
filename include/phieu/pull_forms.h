/* pull_forms.h - bring filled forms of another server here: ODK Central or
 * KoboToolbox on one side, our collector's OpenRosa door on the other.
 *
 * Forms travel as the bytes they were sent with, so the collector counts each
 * once however often it is pulled.  Edited forms come with every version, the
 * oldest first.  A small file beside the program keeps how far it came: the
 * page to go on with and the time up to which everything is here. */
#ifndef PHIEU_PULL_FORMS_H
#define PHIEU_PULL_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "phieu/err.h"

#define PULL_FORMS_PAGE	   100		      /* forms asked for at once */
#define PULL_FORMS_OVERLAP 300		      /* seconds taken twice */
#define PULL_FORMS_LIST	   ((size_t)16 << 20) /* bytes of a page */
#define PULL_FORMS_XML	   ((size_t)1 << 20)
#define PULL_FORMS_FILE	   ((size_t)12 << 20) /* of one attachment */
#define PULL_FORMS_FILES   20		      /* of one form */

enum pull_kind { PULL_CENTRAL, PULL_KOBO };

struct pull_forms {
	enum pull_kind kind;
	const char *from;     /* "https://host", no path */
	const char *project;  /* Central: its number */
	const char *form;     /* Central: xmlFormId; Kobo: the asset's uid */
	const char *email;    /* Central: with `secret` as password … */
	const char *secret;   /* … else a token */
	const char *to, *key; /* the collector and an agent's key */
	const char *state;    /* file */
	bool all;	      /* from the beginning */
	FILE *say;	      /* a line a form that was not stored; or NULL */
};

struct pull_forms_counts {
	size_t seen;  /* forms listed */
	size_t taken; /* versions at our collector now, new or known */
	size_t refused, files, pages;
};

/* ERR_DENIED: the other server or our collector does not know us.  ERR_DOWN:
 * one of them is away; what was done is kept, call again.  ERR_INPUT: wrong
 * addresses, no such form.  ERR_IO: answers that are not what they should be,
 * a next page on another host. */
bool pull_forms(const struct pull_forms *p, struct pull_forms_counts *out,
		struct err *e) MUST_USE;

#endif
