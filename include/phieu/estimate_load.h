/* estimate_load.h - rows for a frame, from files and from a frozen wave. */
#ifndef PHIEU_ESTIMATE_LOAD_H
#define PHIEU_ESTIMATE_LOAD_H

#include "phieu/conf.h"
#include "phieu/estimate_spec.h"

/* Reads the CSV files that the specification names, in its order, relative to
 * the folder of `spec_path` ("-": the current one).  A gigabyte needs no more
 * memory than its wanted columns.  ERR_INPUT with the file and line. */
bool load_files(const struct spec *s, const char *spec_path, struct frame *f,
		struct err *e) MUST_USE;

/* A CSV file of its own (replicate factors): every column, the first as codes,
 * the others as numbers, into a frame that has been init. */
bool load_table(const char *spec_path, const char *name, struct frame *f,
		struct err *e) MUST_USE;

#endif
