#include "phieu/tls_files.h"

#include <stdlib.h>

#include "phieu/file.h"

#define PEM_MAX ((size_t)1 << 20)

bool tls_files_read(const struct conf *c, struct tls_files *out, struct err *e)
{
	const char *certificate = conf_text(c, "tls-certificate");
	const char *key = conf_text(c, "tls-key");
	size_t n;

	*out = (struct tls_files){ 0 };
	if (!certificate && !key)
		return true;
	if (!certificate || !key)
		return err_set(e, ERR_INPUT,
			       "tls-certificate and tls-key come together");
	out->certificate = file_read(certificate, PEM_MAX, &n, e);
	if (!out->certificate)
		return false;
	out->key = file_read(key, PEM_MAX, &n, e);
	return out->key != NULL;
}

void tls_files_free(struct tls_files *t)
{
	free(t->certificate);
	free(t->key);
	*t = (struct tls_files){ 0 };
}
