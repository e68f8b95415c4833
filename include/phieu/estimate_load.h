/* estimate_load.h - rows for a frame, from files and from a frozen wave. */
#ifndef PHIEU_ESTIMATE_LOAD_H
#define PHIEU_ESTIMATE_LOAD_H

#include "phieu/conf.h"
#include "phieu/estimate_spec.h"
#include "phieu/store_freeze.h"

/* Reads the CSV files that the specification names, in its order, relative to
 * the folder of `spec_path` ("-": the current one).  A gigabyte needs no more
 * memory than its wanted columns.  ERR_INPUT with the file and line. */
bool load_files(const struct spec *s, const char *spec_path, struct frame *f,
		struct err *e) MUST_USE;

/* A frozen wave, and an earlier one beside it (`against`, or NULL): their
 * latest freezes, seen as the analysis role.  Close it also after a failure. */
struct wave_source {
	struct db *db;
	struct wave *wave[2];
	struct freeze freeze[2];
	size_t n;
};
bool wave_source_open(const struct conf *c, const char *wave,
		      const char *against, struct wave_source *out,
		      struct err *e) MUST_USE;
void wave_source_close(struct wave_source *s);

/* Their rows, a row per rating.  Columns: wave, respondent, form, group, home,
 * unit, unit_kind, stratum (group and home, and the wave where there are two),
 * N_h (frame count, empty when unknown), n_h (respondents), w (N_h/n_h, 1 when
 * unknown), fpc (N_h, or 1e15 for no correction), profile.CODE of what D12
 * keeps; per question of one choice CODE (the option's code),
 * CODE.coefficient (percent), CODE.satisfied (1 or 0), missing where no valid
 * answer was given; and field.CODE, .satisfied, .answered of
 * estimate_fields.h.  `trial` tells a plan of examples. */
struct wave_limits {
	int min_unit, min_sub; /* smallest cells shown */
	bool trial, simulated;
	/* official points weigh groups, a sum of its own; none: they do not */
	const struct wave_weight {
		const char *group;
		int64_t weight; /* in millionths */
	} * weight;
	size_t n_weights;
	const struct wave_shut { /* what official results do not show */
		const char *unit, *variable;
		bool before; /* those of the earlier wave */
	} * shut;
	size_t n_shut;
};
bool load_wave(const struct wave_source *w, struct frame *f,
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
