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

/* The wave that the specification names, its latest freeze: a row per rating.
 * Columns: respondent, form, group, home, unit, unit_kind, stratum (group and
 * home), N_h (frame count, empty when unknown), n_h (respondents), w (N_h/n_h,
 * 1 when unknown), fpc (N_h, or 1e15 for no correction), profile.CODE of what
 * D12 keeps; and per question of one choice CODE (the option's code),
 * CODE.coefficient (percent), CODE.satisfied (1 or 0), missing where no valid
 * answer was given.  `trial` tells a plan of examples. */
struct wave_limits {
	int min_unit, min_sub; /* smallest cells shown */
	bool trial, simulated;
};
bool load_wave(const struct conf *c, const struct spec *s, struct frame *f,
	       struct wave_limits *out, struct err *e) MUST_USE;
/* Closes cells of fewer respondents than may be shown: they look empty. */
bool close_cells(const struct spec *s, const struct wave_limits *l,
		 struct arena *a, struct est_results *out,
		 struct err *e) MUST_USE;

/* A CSV file of its own (replicate factors): every column, the first as codes,
 * the others as numbers, into a frame that has been init. */
bool load_table(const char *spec_path, const char *name, struct frame *f,
		struct err *e) MUST_USE;

#endif
