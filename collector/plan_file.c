#include "phieu/plan.h"

#include <stdlib.h>

#include "phieu/arena.h"
#include "phieu/fault.h"
#include "phieu/file.h"
#include "phieu/limits.h"

struct plan *plan_file_read(const char *path, struct err *e)
{
	struct arena *a = arena_new(LIMIT_PLAN_ARENA);
	struct plan *p = NULL;
	struct faults f;
	char *text;
	size_t n;

	if (!a) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	faults_init(&f, a);
	text = file_read(path, LIMIT_PLAN_BYTES, &n, e);
	if (text) {
		p = plan_read(text, n, &f, e);
		if (!p && f.n == 0)
			(void)err_wrap(e, "%s", path);
	}
	if (!p && f.n > 0)
		(void)err_set(e, ERR_INPUT,
			      "%s: %zu lỗi (faults), đầu tiên (the first) %s "
			      "%s: %s; xem (see) phieu plan check",
			      path, f.n + f.more, f.list[0].code,
			      f.list[0].path, f.list[0].message);
	free(text);
	arena_free(a);
	return p;
}
