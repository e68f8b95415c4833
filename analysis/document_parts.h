/* document_parts.h - what the readers of an index document share. */
#ifndef ANALYSIS_DOCUMENT_PARTS_H
#define ANALYSIS_DOCUMENT_PARTS_H

#include "phieu/index_file.h"
#include "phieu/json.h"

struct index_code { /* sorted, to be found */
	const char *code;
	size_t at;
};

struct index_reader {
	struct arena *a;
	struct faults *f;
	struct index_set *set;
	struct index_node *node; /* being filled */
	struct index_code *kind_code, *node_code;
};

/* Path "base/key", "base/3"; "" when memory ends (the arena tells). */
const char *ir_path(struct index_reader *r, const char *base, const char *key);
const char *ir_path_at(struct index_reader *r, const char *base, size_t i);
/* key NULL: the base itself. */
void ir_fault(struct index_reader *r, const char *code, const char *base,
	      const char *key, const char *en, const char *vi);
/* Is `o` an object with these keys only (NULL-ended)?  False: no object. */
bool ir_object(struct index_reader *r, const cJSON *o, const char *base,
	       const char *const *known);
/* A text that is not empty; absent: NULL, a fault when it is wanted. */
const char *ir_text(struct index_reader *r, const cJSON *o, const char *base,
		    const char *key, bool wanted);
bool ir_dec(struct index_reader *r, const cJSON *o, const char *base,
	    const char *key, bool wanted, struct dec *out);
bool ir_flag(struct index_reader *r, const cJSON *o, const char *base,
	     const char *key);
/* Index of a word; absent: `otherwise`, INDEX_NONE: it is wanted, 0. */
size_t ir_word(struct index_reader *r, const cJSON *o, const char *base,
	       const char *key, const char *const *words, size_t n,
	       size_t otherwise);
/* Number of entries; 0 for what is no list, with a fault when it is wanted,
 * no list, or longer than `most`. */
size_t ir_list(struct index_reader *r, const cJSON *o, const char *base,
	       const char *key, bool wanted, size_t most, const cJSON **list);
/* Sorts; the same code twice is a fault at `base`. */
void ir_codes(struct index_reader *r, struct index_code *c, size_t n,
	      const char *base);
size_t ir_find(const struct index_code *c, size_t n, const char *code);

extern const char *const index_source_words[INDEX_SOURCES];
extern const char *const index_status_words[4];

void ir_bands(struct index_reader *r, const cJSON *o, const char *base,
	      bool wanted, const struct index_band **out, size_t *n);
void ir_criteria(struct index_reader *r, const cJSON *root);
void ir_units(struct index_reader *r, const cJSON *root);

#endif
