/* key_words.h - what commands that make keys are told, for cmd_key.c and
 * cmd_device.c. */
#ifndef PHIEU_KEY_WORDS_H
#define PHIEU_KEY_WORDS_H

#include "phieu/plan.h"

#define AGENT_DAYS   90
#define KEY_DAYS_MAX 3660

/* NULL leaves *out; ERR_INPUT names `what`. */
bool key_number(const char *s, int min, int max, int *out, const char *what,
		struct err *e) MUST_USE;
/* "CT-01,CT-02": plan indices of every version of each form, or of units by
 * code; NULL text gives none.  The caller frees *out. */
bool key_codes(const struct plan *p, const char *text, bool forms, size_t **out,
	       size_t *n, struct err *e) MUST_USE;

#endif
