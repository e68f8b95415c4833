/* tls_files.h - certificate and key of a service, as PEM. */
#ifndef PHIEU_TLS_FILES_H
#define PHIEU_TLS_FILES_H

#include "phieu/conf.h"
#include "phieu/err.h"

struct tls_files {
	char *certificate, *key; /* owned; NULL: no TLS */
};

/* Of the settings tls-certificate and tls-key: both, or none where neither is
 * set.  Free it whatever this says. */
bool tls_files_read(const struct conf *c, struct tls_files *out,
		    struct err *e) MUST_USE;
void tls_files_free(struct tls_files *t);

#endif
