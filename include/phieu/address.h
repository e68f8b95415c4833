/* address.h - a database address with its password taken out.
 *
 * Arguments of a program can be read by everybody on the machine, so
 * PostgreSQL's tools get the address without the password and the password
 * by their environment. */
#ifndef PHIEU_ADDRESS_H
#define PHIEU_ADDRESS_H

#include "phieu/err.h"

struct address {
	char *open;	/* without the password */
	char *password; /* NULL: none in it */
};

/* Both of libpq's ways: "host=… password='…'" and
 * "postgresql://user:password@host/…?password=…" (percent-decoded).  The
 * caller clears it, also after an error. */
bool address_split(const char *text, struct address *out,
		   struct err *e) MUST_USE;
void address_clear(struct address *a);

#endif
