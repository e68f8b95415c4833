/* criteria.h - criteria sets (bộ tiêu chí) as Excel workbooks.
 *
 * The document is a round (round.h), an index document (index_file.h) or a set
 * alone: {"format":"phieu-criteria/1","title","basis","example","kinds",
 * "criteria","replaced"}.  A workbook holds the criteria, the kinds of unit
 * with their totals, tables from measure to points, groups, and what was
 * replaced; all else of a round stays in the round (docs/ROUND.md). */
#ifndef PHIEU_CRITERIA_H
#define PHIEU_CRITERIA_H

#include <cjson/cJSON.h>

#include "phieu/buf.h"
#include "phieu/err.h"
#include "phieu/fault.h"

#define CRITERIA_FORMAT "phieu-criteria/1"

/* The part of a document that has criteria and kinds: "index" of a round, the
 * document itself else. */
const cJSON *criteria_part(const cJSON *doc);

/* What of the document no workbook holds, as notes C90 with their paths: it is
 * kept by reading the workbook back into the document. */
void criteria_left_out(const cJSON *doc, struct faults *notes);

/* Writes the workbook; the document has no faults.  ERR_IO, ERR_NOMEM. */
bool criteria_write(const cJSON *doc, const char *path, struct arena *a,
		    struct err *e) MUST_USE;

/* Reads a workbook of ours, or a table as provinces print them (STT, Lĩnh vực /
 * Tiêu chí / Tiêu chí thành phần, Điểm tối đa, Ghi chú; also CSV), and puts it
 * into a copy of `into` (NULL: a set alone).  The document, canonical, in
 * `out`.  False: ERR_INPUT with all faults, codes C01 to C12, F01 to F11 and
 * those of the index, each with its cell ("/Tiêu chí/D7"), or ERR_NOMEM.  Notes
 * (C9.) say what was read otherwise than it stands, or not at all, and what
 * else of the round no longer fits. */
bool criteria_read(const void *file, size_t n, const cJSON *into,
		   struct arena *a, struct buf *out, struct faults *notes,
		   struct faults *f, struct err *e) MUST_USE;

#endif
