/* State files of `phieu pull` (first byte 'p') and `phieu pull-forms`, which
 * anybody may have had in an editor: whatever they hold, a request keeps its
 * lines and goes, with our secret, to the server that was named. */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../server/pull_forms_parts.h"
#include "phieu/pull.h"

#define FROM "https://theirs.example"

/* ---- the network, which is dead ------------------------------------------ */

bool fetch_url(const char *url, const char *authorization, const char *json,
	       size_t max, struct fetch *out, struct err *e)
{
	(void)authorization;
	(void)json;
	*out = (struct fetch){ .body = BUF_INIT(max) };
	MUST(strncmp(url, FROM "/", sizeof FROM) == 0);
	return err_set(e, ERR_DOWN, "the line is cut");
}

bool fetch_ok(const char *url, const char *authorization, const char *json,
	      size_t max, struct fetch *out, struct err *e)
{
	return fetch_url(url, authorization, json, max, out, e);
}

bool fetch_submit(const char *url, const struct buf *xml,
		  const struct form_file *files, size_t n, struct fetch *out,
		  struct err *e)
{
	(void)xml;
	(void)files;
	(void)n;
	return fetch_url(url, NULL, NULL, 1, out, e);
}

void add_escaped(struct buf *b, const char *text)
{
	for (; *text; text++)
		buf_addf(b, "%%%02X", (unsigned)(uint8_t)*text);
}

/* ---- the files ------------------------------------------------------------
 */

static void of_pull(const char *path)
{
	struct pull p = { .from = FROM, .wave = "w", .key = "k" };
	struct err e = { 0 };

	if (!pull_state_read(path, &p, &e)) {
		MUST(e.kind == ERR_INPUT && *e.msg);
		MUST(!p.etag[0]);
	}
	MUST(strlen(p.etag) < PULL_ETAG_MAX);
	for (const char *s = p.etag; *s; s++)
		MUST((uint8_t)*s >= ' ' && *s != 0x7f);
}

static void of_pull_forms(const char *path, enum pull_kind kind)
{
	struct pull_forms p = { .kind = kind,
				.from = FROM,
				.project = "1",
				.form = "CT-02",
				.secret = "s",
				.to = "http://127.0.0.1:1",
				.key = "pa_k",
				.state = path };
	struct pull_forms_counts counts = { 0 };
	struct err e = { 0 };

	p.say = stderr;
	MUST(!pull_forms(&p, &counts, &e));
	MUST(e.kind != ERR_NONE && e.kind != ERR_BUG && *e.msg);
	MUST(counts.seen == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char path[64];
	int fd;

	if (n == 0)
		return 0;
	fd = memfd_create("state", MFD_CLOEXEC);
	MUST(fd >= 0);
	MUST(write(fd, data + 1, n - 1) == (ssize_t)(n - 1));
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (data[0] == 'p')
		of_pull(path);
	else
		of_pull_forms(path, data[0] & 1 ? PULL_CENTRAL : PULL_KOBO);
	(void)close(fd);
	return 0;
}
