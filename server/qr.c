#include "phieu/qr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <qrencode.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { QUIET = 4, PIXELS = 8 }; /* modules of margin; pixels of a module */

/* Black?  Outside the code, its margin, is white. */
static bool is_dark(const QRcode *q, int x, int y)
{
	x -= QUIET;
	y -= QUIET;
	return x >= 0 && y >= 0 && x < q->width && y < q->width &&
	       (q->data[y * q->width + x] & 1);
}

/* Two rows a line of half blocks, dark on light whatever the terminal's own
 * colours are. */
static void draw_terminal(const QRcode *q, struct buf *out)
{
	static const char *const cell[] = { " ", "\u2584", "\u2580", "\u2588" };
	int side = q->width + 2 * QUIET;

	for (int y = 0; y < side; y += 2) {
		buf_adds(out, "\033[30;107m");
		for (int x = 0; x < side; x++)
			buf_adds(out, cell[is_dark(q, x, y) * 2 +
					   is_dark(q, x, y + 1)]);
		buf_adds(out, "\033[0m\n");
	}
}

static void draw_svg(const QRcode *q, struct buf *out)
{
	int side = q->width + 2 * QUIET;

	buf_addf(out,
		 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
		 "height=\"%d\" viewBox=\"0 0 %d %d\" "
		 "shape-rendering=\"crispEdges\">\n"
		 "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
		 "<path d=\"",
		 side * PIXELS, side * PIXELS, side, side);
	for (int y = 0; y < side; y++)
		for (int x = 0; x < side; x++)
			if (is_dark(q, x, y))
				buf_addf(out, "M%d %dh1v1h-1z", x, y);
	buf_adds(out, "\"/>\n</svg>\n");
}

static void add_u32(struct buf *b, uint32_t v)
{
	uint32_t be = htonl(v);

	buf_add(b, &be, sizeof be);
}

static void add_chunk(struct buf *out, const char *type, const void *p,
		      size_t n)
{
	uLong crc = crc32(0, (const Bytef *)type, 4);

	if (n > 0)
		crc = crc32(crc, p, (uInt)n);
	add_u32(out, (uint32_t)n);
	buf_add(out, type, 4);
	buf_add(out, p, n);
	add_u32(out, (uint32_t)crc);
}

/* One bit a pixel, 1 is white; a filter byte 0 before each row. */
static void add_rows(const QRcode *q, struct buf *rows)
{
	int side = (q->width + 2 * QUIET) * PIXELS;

	for (int y = 0; y < side; y++) {
		buf_add(rows, "", 1);
		for (int x = 0; x < side; x += 8) {
			char byte = 0;

			for (int k = 0; k < 8; k++)
				if (!is_dark(q, (x + k) / PIXELS, y / PIXELS))
					byte = (char)(byte | 0x80 >> k);
			buf_add(rows, &byte, 1);
		}
	}
}

static void draw_png(const QRcode *q, struct buf *out)
{
	uint32_t side = (uint32_t)(q->width + 2 * QUIET) * PIXELS;
	struct buf head = BUF_INIT(64), rows = BUF_INIT(1 << 24);
	uLongf n;
	Bytef *packed;

	add_u32(&head, side);
	add_u32(&head, side);
	buf_add(&head, "\1\0\0\0\0", 5); /* 1 bit, grey */
	add_rows(q, &rows);
	n = compressBound(rows.len);
	packed = malloc(n);
	out->broken = out->broken || head.broken || rows.broken || !packed ||
		      compress2(packed, &n, (const Bytef *)rows.data, rows.len,
				9) != Z_OK;
	if (!out->broken) {
		buf_add(out, "\x89PNG\r\n\x1a\n", 8);
		add_chunk(out, "IHDR", head.data, head.len);
		add_chunk(out, "IDAT", packed, n);
		add_chunk(out, "IEND", "", 0);
	}
	free(packed);
	buf_free(&head);
	buf_free(&rows);
}

bool qr_draw(const char *text, enum qr_as as, struct buf *out, struct err *e)
{
	static void (*const draw[])(const QRcode *q,
				    struct buf *out) = { [QR_TERMINAL] =
								 draw_terminal,
							 [QR_SVG] = draw_svg,
							 [QR_PNG] = draw_png };
	QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

	if (!q && errno == ERANGE)
		return err_set(e, ERR_INPUT,
			       "too long for a QR picture: %zu bytes",
			       strlen(text));
	if (!q)
		return err_set(e, ERR_NOMEM, "cannot make a QR picture");
	draw[as](q, out);
	QRcode_free(q);
	return !out->broken || err_set(e, ERR_NOMEM, "out of memory");
}
