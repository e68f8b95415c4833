/* Why the database refused an act of an agent, in his language. */
#include <stdio.h>
#include <string.h>

#include "service_impl.h"

struct both_words service_words(const char *words)
{
	const char *open = strstr(words, " (");
	size_t n = strlen(words);

	if (!open || open == words || words[n - 1] != ')')
		return (struct both_words){ words, words, n, n };
	return (struct both_words){
		.vi = words,
		.vi_n = (size_t)(open - words),
		.en = open + 2,
		.en_n = n - (size_t)(open - words) - 3,
	};
}

/* Without the name of the statement. */
static const char *reason(const struct err *e)
{
	size_t n = strspn(e->msg, "abcdefghijklmnopqrstuvwxyz_");

	return e->sqlstate[0] && strncmp(e->msg + n, ": ", 2) == 0
		       ? e->msg + n + 2
		       : e->msg;
}

void service_refused(struct http_request *rq, struct http_reply *rp,
		     const struct err *e)
{
	struct both_words b = service_words(reason(e));
	char vi[sizeof e->msg], en[sizeof e->msg];

	if ((e->kind != ERR_INPUT && e->kind != ERR_CONFLICT) || b.vi == b.en) {
		http_error_of(rq, rp, e);
		return;
	}
	(void)snprintf(vi, sizeof vi, "%.*s", (int)b.vi_n, b.vi);
	(void)snprintf(en, sizeof en, "%.*s", (int)b.en_n, b.en);
	http_error(rq, rp, err_http_status(e->kind),
		   e->kind == ERR_CONFLICT ? "conflict" : "bad-input", en, vi);
}
