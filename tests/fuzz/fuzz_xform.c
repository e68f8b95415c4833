/* A filled form from anywhere: what can be read keeps the promises of a
 * submission, and what has no fault gives the same sheet when it is filled in
 * and read again. */
#include "fuzz.h"

#include <string.h>

#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/xform.h"

#define ARENA ((size_t)64 << 20)

static struct plan *plan_once(void)
{
	static struct plan *p;
	struct err e = { 0 };

	if (!p) {
		MUST(hash_start(&e));
		p = plan_file_read("tests/data/plan/ways.json", &e);
		MUST(p);
	}
	return p;
}

static void places(const struct faults *f)
{
	for (size_t i = 0; i < f->n; i++) {
		MUST(f->list[i].path && f->list[i].message &&
		     f->list[i].message_vi);
		MUST(f->list[i].code[0] == 'V');
	}
}

/* Any text, but the codes, may change its form: written out it is settled. */
static void again(const struct plan *p, const struct submission *s,
		  struct arena *a)
{
	struct buf was = BUF_INIT(4 << 20), xml = BUF_INIT(4 << 20),
		   now = BUF_INIT(4 << 20);
	struct xform_meta meta;
	struct submission back;
	struct err e = { 0 };
	struct faults f;

	faults_init(&f, a);
	MUST(xform_fill(p, s, &xml, &e));
	MUST(xform_read(xml.data, xml.len, p, a, &back, &meta, &f, &e));
	submission_write(p, s, &was);
	submission_write(p, &back, &now);
	MUST(buf_cstr(&was) && buf_cstr(&now));
	MUST(strcmp(was.data, now.data) == 0);
	buf_free(&was);
	buf_free(&xml);
	buf_free(&now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct plan *p = plan_once();
	struct arena *a = arena_new(ARENA);
	struct xform_meta meta;
	struct submission s;
	struct err e = { 0 };
	struct faults f;
	unsigned flags;
	size_t from;

	faults_init(&f, a);
	if (!xform_read((const char *)data, n, p, a, &s, &meta, &f, &e)) {
		MUST(e.kind == ERR_INPUT);
		arena_free(a);
		return 0;
	}
	MUST(s.instance && strlen(s.instance) <= LIMIT_INSTANCE_BYTES);
	MUST(meta.form_id && meta.form_version);
	MUST(meta.n_files <= XFORM_FILES_MAX);
	from = f.n;
	submission_check(p, &s, p->to, &f, &flags);
	xform_places(&meta, &f, from);
	places(&f);
	if (f.n == 0 && f.more == 0)
		again(p, &s, a);
	arena_free(a);
	return 0;
}
