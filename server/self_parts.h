/* self_parts.h - the columns of a self-assessment's workbook. */
#ifndef PHIEU_SERVER_SELF_PARTS_H
#define PHIEU_SERVER_SELF_PARTS_H

#include "phieu/self.h"

enum self_column {
	SELF_CODE,
	SELF_NAME,
	SELF_MAXIMUM,
	SELF_POINTS,
	SELF_NA,
	SELF_NOTE,
	SELF_VERSION,
	SELF_COLUMNS
};
enum { SELF_HEAD_ROW = 3 }; /* from 0 */

struct self_head {
	const char *key, *heading;
	double width;
};
extern const struct self_head self_heads[SELF_COLUMNS];

#endif
