/* estimate_verify.h - a folder with which anybody repeats our numbers in R. */
#ifndef PHIEU_ESTIMATE_VERIFY_H
#define PHIEU_ESTIMATE_VERIFY_H

#include "phieu/estimate_spec.h"

/* Makes `dir` (its parent must be there) and writes into it, readable by the
 * owner only: data.csv (the frame after a run: wanted and derived columns, the
 * rows of the subset), spec.json (the specification on data.csv, its design
 * spelled out; `phieu estimate` on it gives the same result), result.json and
 * verify.R (needs R's package survey).  `json`[n] is the specification's text,
 * `s` what was read from it.  Of a frozen wave there is nothing in it but what
 * the freeze keeps. */
bool verify_write(const char *dir, const char *json, size_t n,
		  const struct spec *s, const struct frame *f,
		  const struct est_results *r, struct err *e) MUST_USE;

#endif
