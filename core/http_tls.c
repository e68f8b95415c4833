/* TLS: the certificate is asked for at each handshake, so that a renewed one
 * is taken up without a restart. */
#include "http_impl.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

enum { CHAIN_MAX = 8 };

struct http_tls {
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned n;
	gnutls_privkey_t key;
	struct http_tls *older; /* handshakes under way may still use it */
};

static gnutls_datum_t datum(const char *pem)
{
	return (gnutls_datum_t){ .data = (unsigned char *)pem,
				 .size = (unsigned)strlen(pem) };
}

/* Does the key belong to the certificate? */
static bool pair_fits(struct http_tls *t)
{
	static const char text[] = "phieu";
	gnutls_datum_t in = datum(text), sig = { 0 };
	gnutls_sign_algorithm_t how;
	int pk = gnutls_privkey_get_pk_algorithm(t->key, NULL);
	int rc;

	if (pk != gnutls_pubkey_get_pk_algorithm(t->chain[0].pubkey, NULL))
		return false;
	how = gnutls_pk_to_sign((gnutls_pk_algorithm_t)pk, GNUTLS_DIG_SHA256);
	if (how == GNUTLS_SIGN_UNKNOWN)
		return true; /* Ed25519 signs no digest; a handshake tells */
	if (gnutls_privkey_sign_data2(t->key, how, 0, &in, &sig) < 0)
		return false;
	rc = gnutls_pubkey_verify_data2(t->chain[0].pubkey, how, 0, &in, &sig);
	gnutls_free(sig.data);
	return rc >= 0;
}

struct http_tls *http_tls_new(const char *certificate, const char *key,
			      struct err *e)
{
	gnutls_datum_t cert_pem = datum(certificate), key_pem = datum(key);
	struct http_tls *t = calloc(1, sizeof *t);
	int rc;

	if (!t) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	t->n = CHAIN_MAX;
	rc = gnutls_pcert_list_import_x509_raw(t->chain, &t->n, &cert_pem,
					       GNUTLS_X509_FMT_PEM, 0);
	if (rc < 0 || t->n == 0) {
		t->n = 0;
		(void)err_set(e, ERR_INPUT, "TLS certificate: %s",
			      gnutls_strerror(rc));
		goto out;
	}
	rc = gnutls_privkey_init(&t->key);
	if (rc >= 0)
		rc = gnutls_privkey_import_x509_raw(t->key, &key_pem,
						    GNUTLS_X509_FMT_PEM, NULL,
						    0);
	if (rc < 0) {
		(void)err_set(e, ERR_INPUT, "TLS key: %s", gnutls_strerror(rc));
		goto out;
	}
	if (!pair_fits(t)) {
		(void)err_set(e, ERR_INPUT,
			      "TLS key and certificate do not belong together");
		goto out;
	}
	return t;
out:
	http_tls_free(t);
	return NULL;
}

void http_tls_free(struct http_tls *t)
{
	struct http_tls *older;
	unsigned i;

	for (; t; t = older) {
		older = t->older;
		for (i = 0; i < t->n; i++)
			gnutls_pcert_deinit(&t->chain[i]);
		if (t->key)
			gnutls_privkey_deinit(t->key);
		free(t);
	}
}

int http_tls_callback(gnutls_session_t session, const gnutls_datum_t *req_ca_dn,
		      int n_reqs, const gnutls_pk_algorithm_t *pk_algos,
		      int n_pk, gnutls_pcert_st **pcert, unsigned *n_pcert,
		      gnutls_privkey_t *pkey)
{
	struct MHD_Connection *mhd = gnutls_session_get_ptr(session);
	const union MHD_ConnectionInfo *i =
		mhd ? MHD_get_connection_info(
			      mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		    : NULL;
	struct http_conn *c = i ? i->socket_context : NULL;
	struct http_tls *t = c ? atomic_load(&c->s->tls_now) : NULL;

	(void)req_ca_dn;
	(void)n_reqs;
	(void)pk_algos;
	(void)n_pk;
	if (!t)
		return -1;
	*pcert = t->chain;
	*n_pcert = t->n;
	*pkey = t->key;
	return 0;
}

bool http_tls_reload(struct http_server *s, const char *certificate,
		     const char *key, struct err *e)
{
	struct http_tls *t;

	if (!s->tls)
		return err_set(e, ERR_INPUT, "the service runs without TLS");
	t = http_tls_new(certificate, key, e);
	if (!t)
		return false;
	t->older = atomic_load(&s->tls_now);
	atomic_store(&s->tls_now, t);
	return true;
}
