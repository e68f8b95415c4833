/* people.h - what server/store_people.c shares with server/store_account.c. */
#ifndef PHIEU_PEOPLE_H
#define PHIEU_PEOPLE_H

#include "phieu/store_people.h"

/* What the database keeps of a token, as hex. */
void token_hex(const char *token, char hex[65]);
/* NFC: the same password whatever the keyboard.  NULL with ERR_INPUT. */
char *password_text(struct arena *a, const char *password,
		    struct err *e) MUST_USE;
/* Inside the caller's transaction; ends all sessions of the account but the
 * one kept (NULL: none). */
bool password_put(struct db *db, const char *account, const char *password,
		  bool must_change, const char *keep_token,
		  struct err *e) MUST_USE;

#endif
