/* The agent's page: files of collector/web/dist, built into the program.
 *
 * Nothing here is secret and nothing is of one agent: the page is the same
 * for all, and asks with the agent's key for what is his. */
#include "service_page.h"

#include <string.h>

#include "service_impl.h"

/* No inline script or style, nothing from elsewhere, no frame around it; and
 * no text becomes a script: the page builds its elements one by one. */
#define PAGE_POLICY                                                    \
	"default-src 'none'; script-src 'self'; style-src 'self'; "    \
	"img-src 'self'; connect-src 'self'; manifest-src 'self'; "    \
	"worker-src 'self'; base-uri 'none'; form-action 'none'; "     \
	"frame-ancestors 'none'; require-trusted-types-for 'script'; " \
	"trusted-types phieu"

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".webmanifest", "application/manifest+json; charset=utf-8" },
};

static const char *type_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof types / sizeof types[0]; i++)
		if (strcmp(types[i].ending, dot) == 0)
			return types[i].type;
	return "application/octet-stream";
}

static enum http_done give(struct http_request *rq, struct http_reply *rp,
			   const struct page_file *f)
{
	rp->content_type = type_of(f->name);
	http_set_header(rp, "Content-Security-Policy", PAGE_POLICY);
	http_set_header(rp, "Referrer-Policy", "no-referrer");
	http_set_header(rp, "Cross-Origin-Opener-Policy", "same-origin");
	http_set_header(rp, "Permissions-Policy",
			"camera=(), geolocation=(), microphone=()");
	/* kept, and asked about each time: a new build is seen at once */
	http_set_header(rp, "Cache-Control", "no-cache");
	if (!http_not_modified(rq, rp, f->sha256))
		buf_add(&rp->body, (const char *)f->data, f->n);
	return HTTP_REPLIED;
}

static bool is_ballot(const char *name)
{
	return strncmp(name, "ballot.", 7) == 0;
}

enum http_done service_page(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	const char *name = rq->param[0] ? rq->param[0] : "index.html";

	(void)app;
	for (size_t i = 0; i < n_page_files; i++)
		if (strcmp(page_files[i].name, name) == 0 && !is_ballot(name))
			return give(rq, rp, &page_files[i]);
	http_error(rq, rp, 404, "not-found", "no such file",
		   "Không có tệp này");
	return HTTP_REPLIED;
}

/* The respondents' page has its own files; neither page gives the other's. */
enum http_done service_ballot_page(struct http_request *rq,
				   struct http_reply *rp, void *app)
{
	const char *name = rq->param[0] ? rq->param[0] : "ballot.html";

	(void)app;
	for (size_t i = 0; i < n_page_files; i++)
		if (strcmp(page_files[i].name, name) == 0 &&
		    (is_ballot(name) || strcmp(name, "icon.svg") == 0))
			return give(rq, rp, &page_files[i]);
	http_error(rq, rp, 404, "not-found", "no such file",
		   "Không có tệp này");
	return HTTP_REPLIED;
}

enum http_done service_to_page(struct http_request *rq, struct http_reply *rp,
			       void *app)
{
	(void)rq;
	(void)app;
	rp->status = 303;
	/* as seen from here: a proxy may have put a path in front */
	http_set_header(rp, "Location", "agent/");
	return HTTP_REPLIED;
}
