#include "phieu/fault.h"

#include "phieu/json.h"

void faults_json(const struct faults *f, struct buf *out)
{
	struct jw w;
	size_t i;

	jw_init(&w, out);
	jw_array(&w);
	for (i = 0; i < f->n; i++) {
		jw_object(&w);
		jw_kv(&w, "code", f->list[i].code);
		jw_kv(&w, "path", f->list[i].path);
		jw_kv(&w, "message", f->list[i].message);
		jw_kv(&w, "message_vi", f->list[i].message_vi);
		jw_object_end(&w);
	}
	jw_array_end(&w);
}
