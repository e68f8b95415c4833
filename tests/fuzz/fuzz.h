/* fuzz.h - what every fuzz target shares.
 *
 * A target is tests/fuzz/fuzz_NAME.c with seeds in tests/fuzz/corpus/NAME/
 * and, where it helps, words in tests/fuzz/dict/NAME.dict.  Beyond not
 * crashing, each states properties: MUST stops at the input that breaks
 * one. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MUST(what)                                                       \
	do {                                                             \
		if (!(what)) {                                           \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
				__LINE__, #what);                        \
			abort();                                         \
		}                                                        \
	} while (0)

#endif
