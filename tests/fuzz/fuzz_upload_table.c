/* Filled tables on their way into an agent's outbox: the first byte chooses
 * form and encoding, then, up to 0x01, what the outbox holds already of the
 * same sheet number, then the file.  The outbox is played here: what goes into
 * it is JSON with an instanceID of its own, all of it or, with faults, nothing;
 * checking alone puts nothing in. */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../collector/upload_parts.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/plan.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
static struct plan *plan;
static FILE *nowhere;

static struct {
	const char *held; /* bytes of the version before; n 0: none */
	size_t held_n, added;
	bool open, committed;
} box;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = { 0 };

	(void)argc;
	(void)argv;
	plan = plan_file_read("tests/fuzz/corpus/plan/small", &e);
	nowhere = fopen("/dev/null", "w");
	MUST(plan && nowhere && hash_start(&e));
	return 0;
}

bool outbox_begin(struct outbox *o, struct err *e)
{
	(void)o;
	(void)e;
	MUST(!box.open);
	return box.open = true;
}

bool outbox_commit(struct outbox *o, struct err *e)
{
	(void)o;
	(void)e;
	MUST(box.open);
	return box.committed = true;
}

bool outbox_versions(struct outbox *o, const char *sheet, int keying,
		     struct arena *a, struct outbox_item **out, size_t *n,
		     struct err *e)
{
	(void)o;
	MUST(sheet && (keying == 1 || keying == 2));
	*n = box.held_n ? 1 : 0;
	*out = arena_array(a, 1, sizeof **out);
	if (!*out)
		return err_set(e, ERR_NOMEM, "out of memory");
	**out = (struct outbox_item){ 1,	  box.held, box.held_n,
				      "uuid:was", sheet,    "f:1" };
	return true;
}

bool outbox_add(struct outbox *o, const struct outbox_item *it, bool *fresh,
		struct err *e)
{
	(void)o;
	MUST(box.open && !box.committed);
	MUST(strncmp(it->instance, "uuid:", 5) == 0 && it->sheet && it->source);
	MUST(json_check(it->bytes, it->n, &json_submission_limits, NULL, e));
	box.added++;
	*fresh = true;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct table_options t = { .plan = plan };
	struct checked checked = { 0 };
	struct taken taken = { 0 };
	struct err e = { 0 };
	char path[64], *held;
	const uint8_t *cut;
	bool whole;
	int fd;

	if (n == 0)
		return 0;
	if (data[0] % 8 < plan->n_forms)
		t.form = plan->forms[data[0] % 8].code;
	t.charset = (enum charset)(data[0] / 8 % 7);
	t.json = data[0] & 64;
	data++;
	n--;
	memset(&box, 0, sizeof box);
	cut = memchr(data, 1, n);
	box.held_n = cut ? (size_t)(cut - data) : 0;
	held = calloc(1, box.held_n + 1);
	MUST(held);
	memcpy(held, data, box.held_n);
	box.held = held;
	/* what lies in an outbox was JSON when it was taken */
	if (box.held_n &&
	    !json_check(held, box.held_n, &json_submission_limits, NULL, &e))
		box.held_n = 0;
	e = (struct err){ 0 };
	if (cut) {
		n -= (size_t)(cut + 1 - data);
		data = cut + 1;
	}
	fd = memfd_create("table", MFD_CLOEXEC);
	MUST(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	whole = upload_check_table(path, &t, nowhere, &checked, &e);
	MUST(box.added == 0 && !box.open);
	MUST(!whole || checked.bad <= checked.n + 1);
	e = (struct err){ 0 };
	if (upload_take_table(NULL, path, &t, &taken, &e))
		MUST(box.committed && taken.fresh == box.added);
	else
		MUST(e.kind != ERR_NONE && *e.msg && !box.committed);
	(void)close(fd);
	free(held);
	return 0;
}
