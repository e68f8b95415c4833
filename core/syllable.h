/* syllable.h - is a word a Vietnamese syllable?  Knows spelling, no words. */
#ifndef PHIEU_SYLLABLE_H
#define PHIEU_SYLLABLE_H

#include <stdbool.h>
#include <stddef.h>

/* UTF-8, NFC. */
bool syllable_is(const char *s, size_t n);
/* Words that hold a letter beyond ASCII, and how many are syllables. */
void syllable_count(const char *s, size_t n, size_t *words, size_t *valid);

#endif
