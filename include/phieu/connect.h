/* connect.h - which database a program talks to, and as whom.
 *
 * A configured address (database-url for the owner, database-url-<role> for
 * each role) wins; with none, the private cluster in state-dir, started when
 * it is not running. */
#ifndef PHIEU_CONNECT_H
#define PHIEU_CONNECT_H

#include "phieu/conf.h"
#include "phieu/db.h"

enum who {
	WHO_OWNER,
	WHO_COLLECTOR,
	WHO_SERVER,
	WHO_ANALYSIS,
	WHO_ROSTER,
	WHO_PUBLISH,
	WHO_AUDITOR,
	WHO_BACKUP,
	WHO_MIXER
};

/* The address, caller frees; ERR_INPUT when a service role has none and
 * there is no private cluster. */
char *connect_address(const struct conf *c, enum who who,
		      struct err *e) MUST_USE;
/* No address at all is configured: the private cluster serves. */
bool connect_is_private(const struct conf *c);
/* Opens as `who`; for the CLI.  A private cluster that had to be started for
 * this stays until connect_done. */
struct db *connect_as(const struct conf *c, enum who who,
		      struct err *e) MUST_USE;
/* The same, refused unless the schema is the one this program was built for:
 * for every command but those that make or mend the schema. */
struct db *connect_ready(const struct conf *c, enum who who,
			 struct err *e) MUST_USE;
/* From now on a connection that is closed stays for the next connect_as by
 * the same name, which takes it as new; false: those that stay are ended. */
void connect_keep(bool on);
/* Ends kept connections; stops a private cluster that connect_as started in
 * this process. */
void connect_done(void);

#endif
