/* base64.h - RFC 4648 base64 with padding, for HTTP Basic and pictures. */
#ifndef PHIEU_BASE64_H
#define PHIEU_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/buf.h"

void base64_add(struct buf *out, const void *p, size_t n);
/* Appends the bytes; false (and nothing appended) on anything that is not
 * base64, a missing padding too. */
bool base64_parse(struct buf *out, const char *s, size_t n);

#endif
