#include "phieu/dataset_export.h"

static bool write_row(void *to, const struct dataset_cell *cells, struct err *e)
{
	return dataset_write_row(to, cells, e);
}

bool dataset_job_write(struct dataset_job *j, enum dataset_form form,
		       dataset_out out, void *to, size_t *cut, struct err *e)
{
	struct dataset_writer *w =
		dataset_write_open(j->set, &j->head, form, out, to, cut, e);
	bool ok;

	if (!w)
		return false;
	ok = dataset_job_rows(j, write_row, w, e) && dataset_write_end(w, e);
	dataset_write_close(w);
	return ok;
}
