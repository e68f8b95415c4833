/* index_show.h - the internal sheet on ranks, as tables for people. */
#ifndef SERVER_INDEX_SHOW_H
#define SERVER_INDEX_SHOW_H

#include "phieu/index_sure.h"

bool index_show_sure(const struct index *ix, const struct index_sure *s,
		     const struct index_more *more, size_t n_more,
		     struct err *e) MUST_USE;

#endif
