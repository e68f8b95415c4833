#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "phieu/hash.h"

#define PASSES	     3
#define MEMORY_BYTES ((size_t)64 << 20)

_Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_HASH_MAX,
	       "a password hash fits its text");

/* The one lock of the process: 64 MiB at a time is all that sign-ins may
 * take, however many come at once. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

bool password_hash(const char *password, char out[PASSWORD_HASH_MAX],
		   struct err *e)
{
	int rc;

	(void)pthread_mutex_lock(&one_at_a_time);
	rc = crypto_pwhash_str_alg(out, password, strlen(password), PASSES,
				   MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13);
	(void)pthread_mutex_unlock(&one_at_a_time);
	if (rc != 0)
		return err_set(e, ERR_NOMEM,
			       "not enough memory for a password hash");
	return true;
}

/* As long as a true check takes, for a name that does not exist. */
static void spend_the_time(const char *password)
{
	static const unsigned char salt[crypto_pwhash_SALTBYTES];
	unsigned char key[32];
	int rc;

	rc = crypto_pwhash(key, sizeof key, password, strlen(password), salt,
			   PASSES, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13);
	(void)rc; /* out of memory: the other way fails as fast */
}

bool password_ok(const char *hash, const char *password)
{
	bool ok = false;

	(void)pthread_mutex_lock(&one_at_a_time);
	if (hash)
		ok = crypto_pwhash_str_verify(hash, password,
					      strlen(password)) == 0;
	else
		spend_the_time(password);
	(void)pthread_mutex_unlock(&one_at_a_time);
	return ok;
}
