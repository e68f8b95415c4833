/* spec_parts.h - what the files of the specification share; analysis only. */
#ifndef ANALYSIS_SPEC_PARTS_H
#define ANALYSIS_SPEC_PARTS_H

#include "phieu/estimate_spec.h"

/* Columns that "derive" makes, in the order they stand. */
void spec_derive_parse(struct spec_parse *p, const cJSON *list);
bool spec_derive_run(const struct spec *s, struct frame *f,
		     struct err *e) MUST_USE;

/* The design key; `node` may be NULL. */
void spec_design_parse(struct spec_parse *p, const cJSON *node);

/* Frees what spec_memory gave and the design. */
void spec_own_free(struct spec_run *r);

bool spec_is_made(const struct spec_parse *p, const char *name);

/* Path "base/key" or "base/3" in the arena. */
const char *spec_path(struct spec_parse *p, const char *base, const char *key);
const char *spec_path_at(struct spec_parse *p, const char *base, size_t i);

#endif
