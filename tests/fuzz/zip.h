/* zip.h - packages made of texts, so that a fuzzer need not learn checksums. */
#ifndef TESTS_FUZZ_ZIP_H
#define TESTS_FUZZ_ZIP_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "phieu/buf.h"

static void zip_number(struct buf *b, uint32_t v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = (char)(v >> (8 * i));
		buf_add(b, &c, 1);
	}
}

/* One stored entry, and its line of the directory. */
static void zip_entry(struct buf *zip, struct buf *dir, const char *name,
		      const char *s, size_t n)
{
	uint32_t at = (uint32_t)zip->len, len = (uint32_t)strlen(name);
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)s, (uInt)n);

	buf_add(zip, "PK\3\4\x14\0\0\0\0\0\0\0\x21\0", 14);
	zip_number(zip, crc, 4);
	zip_number(zip, (uint32_t)n, 4);
	zip_number(zip, (uint32_t)n, 4);
	zip_number(zip, len, 4);
	buf_adds(zip, name);
	buf_add(zip, s, n);
	buf_add(dir, "PK\1\2\x14\0\x14\0\0\0\0\0\0\0\x21\0", 16);
	zip_number(dir, crc, 4);
	zip_number(dir, (uint32_t)n, 4);
	zip_number(dir, (uint32_t)n, 4);
	zip_number(dir, len, 4);
	zip_number(dir, 0, 4);
	zip_number(dir, 0, 4);
	zip_number(dir, 0, 2);
	zip_number(dir, at, 4);
	buf_adds(dir, name);
}

static void zip_text(struct buf *zip, struct buf *dir, const char *name,
		     const char *s)
{
	zip_entry(zip, dir, name, s, strlen(s));
}

/* The directory goes behind the entries; `dir` is freed. */
static void zip_end(struct buf *zip, struct buf *dir, uint32_t entries)
{
	uint32_t at = (uint32_t)zip->len;

	buf_add(zip, dir->data, dir->len);
	buf_add(zip, "PK\5\6\0\0\0\0", 8);
	zip_number(zip, entries | entries << 16, 4);
	zip_number(zip, (uint32_t)dir->len, 4);
	zip_number(zip, at, 4);
	zip_number(zip, 0, 2);
	buf_free(dir);
}

#endif
