#include <string.h>

#include "phieu/json.h"
#include "phieu/submission.h"
#include "upload_parts.h"

/* "1-ABCD-EFGH": what receipt_make writes. */
bool upload_is_receipt(const char *s)
{
	return s && strlen(s) >= 8 &&
	       s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] == '\0';
}

static int code_of(const cJSON *line)
{
	const cJSON *code = json_get(line, "code");

	return cJSON_IsNumber(code) && code->valuedouble >= 100 &&
			       code->valuedouble <= 599
		       ? (int)code->valuedouble
		       : 0;
}

static bool hopeless(int code)
{
	return code >= 400 && code < 500 && code != 408 && code != 425 &&
	       code != 429;
}

/* False when the line is not about this item: nothing after it is to be
 * trusted. */
static bool read_line(const cJSON *line, const char *text, size_t n,
		      const struct outbox_item *item, struct arena *a,
		      struct outbox_result *r)
{
	const char *instance = json_get_text(line, "instanceID");
	const char *receipt = json_get_text(line, "receipt");
	const char *status = json_get_text(line, "status");

	r->code = code_of(line);
	if (r->code == 0 || (instance && *item->instance &&
			     strcmp(instance, item->instance) != 0))
		return false;
	if (r->code < 300) {
		/* without a receipt it was not received, whatever it says */
		if (!upload_is_receipt(receipt) || !instance)
			return false;
		r->state = OUTBOX_RECEIVED;
	} else if (hopeless(r->code)) {
		r->state = OUTBOX_REFUSED;
	}
	r->receipt = receipt ? arena_strdup(a, receipt) : NULL;
	r->status = status ? arena_strdup(a, status) : NULL;
	r->reply = arena_strndup(a, text, n);
	return true;
}

static void read_closing(const cJSON *line, const char *sha256, struct arena *a,
			 struct reply *out)
{
	const char *theirs = json_get_text(line, "sha256");
	const char *receipt = json_get_text(line, "receipt");

	if (theirs && strcmp(theirs, sha256) != 0)
		out->mismatch = true;
	out->batch.sha256 = theirs ? arena_strdup(a, theirs) : NULL;
	out->batch.receipt = receipt ? arena_strdup(a, receipt) : NULL;
}

static void forget(struct reply *out, const struct outbox_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out->results[i] = (struct outbox_result){ .id = items[i].id };
	out->batch = (struct outbox_batch){ 0 };
}

/* Line by line; a last line without its LF counts only when the answer is
 * whole. */
static void read_lines(const struct outbox_item *items, size_t n,
		       const struct answer *answer, const char *sha256,
		       struct arena *a, struct reply *out)
{
	const char *at = buf_cstr(&answer->body), *end, *line;
	struct err ignored = { 0 };
	size_t len, i = 0;
	cJSON *tree;

	if (!at)
		return;
	end = at + answer->body.len;
	while (!out->mismatch && ndjson_next(&at, end, &line, &len)) {
		if (at == end && end[-1] != '\n' && !answer->whole)
			break;
		tree = json_parse(line, len, &json_plan_limits, &ignored);
		if (tree && i == n)
			read_closing(tree, sha256, a, out);
		else if (!tree || i > n ||
			 !read_line(tree, line, len, &items[i], a,
				    &out->results[i]))
			out->mismatch = true;
		cJSON_Delete(tree);
		i++;
	}
	if (answer->whole && i < n)
		out->mismatch = true;
	out->batch.lines = n;
}

bool upload_reply(const struct outbox_item *items, size_t n,
		  const struct answer *answer, const char *sha256,
		  struct arena *a, struct reply *out, struct err *e)
{
	*out = (struct reply){ 0 };
	out->results = arena_array(a, n, sizeof *out->results);
	if (!out->results)
		return err_set(e, ERR_NOMEM, "out of memory");
	forget(out, items, n);
	read_lines(items, n, answer, sha256, a, out);
	if (out->mismatch)
		forget(out, items, n);
	for (size_t i = 0; i < n; i++)
		out->settled += out->results[i].state != OUTBOX_WAITING;
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}

static void add_fault(const cJSON *f, bool vi, struct buf *b)
{
	const char *code = json_get_text(f, "code");
	const char *path = json_get_text(f, "path");
	const char *en = json_get_text(f, "message");
	const char *words = json_get_text(f, "message_vi");

	if (!vi || !words || !*words)
		words = en;
	buf_addf(b, "%s%s%s%s: %s", b->len ? "; " : "", code ? code : "",
		 path && *path ? " " : "", path ? path : "",
		 words ? words : "");
}

char *upload_reasons(const char *reply, bool vietnamese, struct arena *a)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct err ignored = { 0 };
	const cJSON *list, *f;
	char *out = NULL;
	cJSON *tree;

	tree = json_parse(reply, strlen(reply), &json_plan_limits, &ignored);
	list = tree ? json_get(tree, "errors") : NULL;
	cJSON_ArrayForEach(f, list)
	{
		add_fault(f, vietnamese, &b);
	}
	f = tree ? json_get(tree, "error") : NULL;
	if (cJSON_IsObject(f))
		add_fault(f, vietnamese, &b);
	else if (f && cJSON_IsString(f))
		buf_adds(&b, f->valuestring);
	out = arena_strdup(a, buf_cstr(&b) ? buf_cstr(&b) : "");
	cJSON_Delete(tree);
	buf_free(&b);
	return out;
}
