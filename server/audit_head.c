/* A head of the log as somebody kept it elsewhere, on paper perhaps. */
#include <stdint.h>
#include <string.h>

#include "phieu/hash.h"
#include "phieu/store_audit.h"

/* Digits as a number is printed, then a colon. */
static bool number(const char **s, int64_t max, int64_t *out)
{
	size_t n = strspn(*s, "0123456789");
	int64_t v = 0;

	if (n == 0 || (n > 1 && **s == '0') || (*s)[n] != ':')
		return false;
	for (size_t i = 0; i < n; i++) {
		int digit = (*s)[i] - '0';

		if (v > (max - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*s += n + 1;
	*out = v;
	return true;
}

bool audit_head_parse(const char *s, struct audit_head *out, struct err *e)
{
	int64_t lane, seq;

	*out = (struct audit_head){ 0 };
	if (!number(&s, INT16_MAX, &lane) || !number(&s, INT64_MAX, &seq) ||
	    strlen(s) != (seq ? (size_t)2 * SHA256_BYTES : 0) ||
	    !hex_parse(s, strlen(s), out->hash))
		return err_set(e, ERR_INPUT,
			       "a head of the log is LANE:SEQ:HASH, as `phieu "
			       "audit head` prints it");
	out->lane = (int)lane;
	out->seq = seq;
	out->hash_n = seq ? SHA256_BYTES : 0;
	return true;
}
