/* What another server, and our collector, answer to `phieu pull-forms`: the
 * data is cut by 0x01 into answers, each a byte that chooses its status and
 * its body.  First byte: odd, ODK Central with a password, else KoboToolbox.
 * The other server's secret goes to that server alone, our key to our
 * collector alone; what is told to people has no control characters; every
 * version is counted once. */
#include "fuzz.h"

#include <string.h>

#include "../../server/pull_forms_parts.h"

#define FROM  "https://theirs.example"
#define TO    "http://127.0.0.1:1"
#define KEY   "pa_ours"
#define TOKEN "their-secret"

static struct {
	const char *at, *end;
	size_t submitted, fetched;
	bool knows; /* the data has our key in it: it may come back */
} world;

/* The next answer; false: the line is cut. */
static bool answer(size_t max, struct fetch *out, struct err *e)
{
	static const long status[] = { 200, 200, 200, 200, 201, 202, 301, 400,
				       401, 403, 404, 409, 422, 429, 500, 503 };
	const char *cut;

	*out = (struct fetch){ .body = BUF_INIT(max) };
	if (world.at >= world.end || world.fetched++ > 200)
		return err_set(e, ERR_DOWN, "the line is cut");
	out->status = status[(uint8_t)*world.at++ % 16];
	cut = memchr(world.at, 1, (size_t)(world.end - world.at));
	cut = cut ? cut : world.end;
	buf_add(&out->body, world.at, (size_t)(cut - world.at));
	world.at = cut < world.end ? cut + 1 : cut;
	return !out->body.broken || err_set(e, ERR_IO, "too much");
}

static bool within(const char *url, const char *base)
{
	size_t n = strlen(base);

	return strncmp(url, base, n) == 0 && url[n] == '/';
}

bool fetch_url(const char *url, const char *authorization, const char *json,
	       size_t max, struct fetch *out, struct err *e)
{
	MUST(within(url, FROM));
	MUST(world.knows || !strstr(url, KEY));
	MUST(world.knows || !authorization || !strstr(authorization, KEY));
	MUST(!json || strstr(json, TOKEN));
	return answer(max, out, e);
}

bool fetch_ok(const char *url, const char *authorization, const char *json,
	      size_t max, struct fetch *out, struct err *e)
{
	if (!fetch_url(url, authorization, json, max, out, e))
		return false;
	return out->status == 200 ||
	       err_set(e, out->status == 401 ? ERR_DENIED : ERR_DOWN, "%ld",
		       out->status);
}

bool fetch_submit(const char *url, const struct buf *xml,
		  const struct form_file *files, size_t n, struct fetch *out,
		  struct err *e)
{
	MUST(strcmp(url, TO "/v1/key/" KEY "/submission") == 0);
	MUST(!xml->broken && n <= PULL_FORMS_FILES);
	for (size_t i = 0; i < n; i++)
		MUST(files[i].name && !files[i].body.broken);
	world.submitted++;
	return answer(PULL_FORMS_XML, out, e);
}

void add_escaped(struct buf *b, const char *text)
{
	for (; *text; text++) {
		bool plain = (*text >= '0' && *text <= '9') ||
			     (*text >= 'a' && *text <= 'z') ||
			     (*text >= 'A' && *text <= 'Z') ||
			     strchr("-_.~", *text);

		if (plain)
			buf_add(b, text, 1);
		else
			buf_addf(b, "%%%02X", (unsigned)(uint8_t)*text);
	}
}

static void is_for_people(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		MUST(s[i] == '\n' || ((uint8_t)s[i] >= 0x20 && s[i] != 0x7f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct pull_forms p = { .from = FROM,
				.project = "1",
				.form = "CT 02/ă",
				.secret = TOKEN,
				.to = TO,
				.key = KEY,
				.state = "/dev/null",
				.all = true };
	struct pull_forms_counts counts = { 0 };
	struct err e = { 0 };
	char *said = NULL;
	size_t said_n = 0;

	if (n == 0)
		return 0;
	p.kind = data[0] & 1 ? PULL_CENTRAL : PULL_KOBO;
	p.email = data[0] & 1 ? "a@b.vn" : NULL;
	memset(&world, 0, sizeof world);
	world.at = (const char *)data + 1;
	world.end = (const char *)data + n;
	world.knows = memmem(data, n, KEY, strlen(KEY));
	p.say = open_memstream(&said, &said_n);
	MUST(p.say);
	if (!pull_forms(&p, &counts, &e)) {
		MUST(e.kind != ERR_NONE && e.kind != ERR_BUG && *e.msg);
	}
	(void)fclose(p.say);
	MUST(counts.taken + counts.refused <= world.submitted);
	is_for_people(said, said_n);
	free(said);
	return 0;
}
