#include "support/raw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/test.h"

enum { WAIT_MS = 10000 };

struct raw raw_open(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(port) };
	struct raw r = { .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (r.fd < 0 || connect(r.fd, (struct sockaddr *)&at, sizeof at) < 0)
		fail_msg("port %u: %s", port, strerror(errno));
	return r;
}

void raw_close(struct raw *r)
{
	(void)close(r->fd);
	free(r->in);
	*r = (struct raw){ .fd = -1 };
}

void raw_send(struct raw *r, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		ssize_t k = send(r->fd, at, n, MSG_NOSIGNAL);

		if (k < 0) /* the answer may tell why they closed */
			return;
		at += k;
		n -= (size_t)k;
	}
}

void raw_ends(struct raw *r)
{
	(void)shutdown(r->fd, SHUT_WR);
}

void raw_text(struct raw *r, const char *text)
{
	raw_send(r, text, strlen(text));
}

/* False: closed, or nothing came in time. */
static bool more(struct raw *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };
	ssize_t k;

	if (r->cap - r->n < 65536) {
		r->cap = r->cap * 2 + 65536 * 2;
		r->in = realloc(r->in, r->cap);
		assert_non_null(r->in);
	}
	if (poll(&p, 1, WAIT_MS) <= 0)
		return false;
	k = recv(r->fd, r->in + r->n, r->cap - r->n - 1, 0);
	if (k <= 0)
		return false;
	r->n += (size_t)k;
	r->in[r->n] = '\0';
	return true;
}

static char *copy(const char *p, size_t n)
{
	char *s = calloc(1, n + 1);

	assert_non_null(s);
	memcpy(s, p, n);
	return s;
}

struct raw_reply raw_take(struct raw *r, bool no_body)
{
	struct raw_reply out = { 0 };
	char *end = NULL, length[32];
	size_t head;

	while (!r->in || !(end = strstr(r->in, "\r\n\r\n")))
		if (!more(r))
			return out;
	head = (size_t)(end - r->in) + 4;
	out.head = copy(r->in, head);
	if (strncmp(out.head, "HTTP/1.1 ", 9) == 0)
		out.status = (int)strtol(out.head + 9, NULL, 10);
	if (!no_body &&
	    raw_header(&out, "Content-Length", length, sizeof length))
		out.body_n = strtoul(length, NULL, 10);
	while (r->n < head + out.body_n)
		if (!more(r))
			fail_msg("closed within a reply");
	out.body = copy(r->in + head, out.body_n);
	r->n -= head + out.body_n;
	memmove(r->in, r->in + head + out.body_n, r->n);
	r->in[r->n] = '\0';
	return out;
}

void raw_reply_free(struct raw_reply *p)
{
	free(p->head);
	free(p->body);
	*p = (struct raw_reply){ 0 };
}

bool raw_header(const struct raw_reply *p, const char *name, char *out,
		size_t max)
{
	const char *line = p->head ? strstr(p->head, "\r\n") : NULL;
	size_t n = strlen(name), len;

	for (; line; line = strstr(line + 2, "\r\n")) {
		const char *s = line + 2;

		if (strncasecmp(s, name, n) != 0 || s[n] != ':')
			continue;
		s += n + 1;
		s += strspn(s, " ");
		len = strcspn(s, "\r");
		if (len >= max)
			return false;
		memcpy(out, s, len);
		out[len] = '\0';
		return true;
	}
	return false;
}

bool raw_is_closed(struct raw *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };
	char c;

	if (r->n > 0 || poll(&p, 1, WAIT_MS) <= 0)
		return false;
	return recv(r->fd, &c, 1, 0) <= 0;
}
