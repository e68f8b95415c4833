/* qr.h - a text as a QR picture: on a terminal, as SVG, as PNG.
 *
 * Error correction M: read from a screen or clean print.  Bytes are taken as
 * they are. */
#ifndef PHIEU_QR_H
#define PHIEU_QR_H

#include "phieu/buf.h"
#include "phieu/err.h"

enum qr_as { QR_TERMINAL, QR_SVG, QR_PNG };

/* ERR_INPUT when it is too long for one (2,331 bytes). */
bool qr_draw(const char *text, enum qr_as as, struct buf *out,
	     struct err *e) MUST_USE;

#endif
