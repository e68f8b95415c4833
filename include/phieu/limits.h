/* limits.h - every bound on what comes from outside, in one place.
 *
 * Each is a promise: larger input gets its stated error, smaller input is
 * accepted (docs/API.md lists what is said for each). */
#ifndef PHIEU_LIMITS_H
#define PHIEU_LIMITS_H

#include <stddef.h>

#define LIMIT_JSON_DEPTH	32
#define LIMIT_JSON_NODES	((size_t)200000) /* of one submission or request */
#define LIMIT_PLAN_NODES	((size_t)2000000)
#define LIMIT_PLAN_BYTES	((size_t)16 << 20)
#define LIMIT_STRING_BYTES	((size_t)64 << 10) /* a JSON string, a CSV cell */
#define LIMIT_SUBMISSION_BYTES	((size_t)256 << 10) /* one sheet as JSON */
#define LIMIT_BATCH_BYTES	((size_t)16 << 20)  /* one NDJSON body */
#define LIMIT_BATCH_LINES	((size_t)20000)
#define LIMIT_COMMENT_BYTES	((size_t)8 << 10)
#define LIMIT_PROFILE_KEYS	32
#define LIMIT_RATINGS		1000 /* rated units on one sheet */
#define LIMIT_QUESTIONS		500  /* of one form */
#define LIMIT_OPTIONS		200 /* of one question: codes 1-200 in a byte */
#define LIMIT_UNITS		20000
#define LIMIT_BASES		500 /* of one plan, like those below */
#define LIMIT_KINDS		50
#define LIMIT_SCALES		500
#define LIMIT_FORMS		200
#define LIMIT_GROUPS		500
#define LIMIT_CRITERIA		5000
#define LIMIT_CRITERIA_DEPTH	12
#define LIMIT_BANDS		100
#define LIMIT_NAME_BYTES	1000
#define LIMIT_TEXT_BYTES	8000
#define LIMIT_PLAN_ARENA	((size_t)64 << 20)
#define LIMIT_CODE_BYTES	64 /* codes of units, forms, groups, criteria */
#define LIMIT_INSTANCE_BYTES	249 /* OpenRosa's own bound */
#define LIMIT_FAULTS		1000 /* faults listed for one document, rest counted */
#define LIMIT_CSV_COLUMNS	2000
#define LIMIT_CSV_ROW_BYTES	((size_t)4 << 20)
#define LIMIT_FRAME_ROWS	((size_t)200 << 20) /* rows to estimate from */
#define LIMIT_FRAME_COLUMNS	2000
#define LIMIT_SPEC_BYTES	((size_t)1 << 20) /* of `phieu estimate` */
#define LIMIT_SPEC_ESTIMATES	1000
#define LIMIT_INDEX_BYTES	((size_t)32 << 20) /* a file of `phieu index` */
#define LIMIT_INDEX_CELLS	((size_t)400000)   /* units x criteria of it */
#define LIMIT_INDEX_STEPS	200    /* of one formula or list of bands */
#define LIMIT_INDEX_DRAWS	100000 /* of a simulation */
#define LIMIT_INDEX_BASE	10000  /* points of its sensitivity analysis */
#define LIMIT_INDEX_SURE_UNITS	1000   /* of one block in it */
#define LIMIT_INDEX_SCORES	((size_t)20000000) /* its units x draws */
#define LIMIT_XML_BYTES		((size_t)1 << 20)  /* one filled form as XML */
#define LIMIT_XML_DEPTH		64
#define LIMIT_XML_ELEMENTS	((size_t)50000)
#define LIMIT_XML_ATTRS		64
#define LIMIT_XML_TAG_BYTES	((size_t)64 << 10)
#define LIMIT_XML_NAMESPACES	32
#define LIMIT_XML_NS_BYTES	512
#define LIMIT_XLSX_PART_BYTES	((size_t)256 << 20) /* one part, unpacked */
#define LIMIT_XLSX_ELEMENTS	((size_t)20000000)
#define LIMIT_XLSX_BYTES	((size_t)16 << 20) /* a workbook as sent */
#define LIMIT_XLSX_ENTRIES	((size_t)2000)
#define LIMIT_XLSX_UNPACKED	((size_t)256 << 20) /* of one sheet */
#define LIMIT_XLSX_RATIO	((size_t)400) /* unpacked : packed, once past */
#define LIMIT_XLSX_RATIO_FROM	((size_t)16 << 20) /* this much */
#define LIMIT_XLSX_SHEETS	500
#define LIMIT_XLSX_DEFINED	5000
#define LIMIT_XLSX_STRINGS	((size_t)1000000)
#define LIMIT_XLSX_STRING_BYTES ((size_t)32 << 20)
#define LIMIT_XLSX_CELL_BYTES	((size_t)128 << 10) /* Excel: 32767 letters */
#define LIMIT_XLSX_STYLES	65536
#define LIMIT_XLSX_FORMATS	5000
#define LIMIT_XLSX_ROWS		((size_t)200000)  /* filled ones */
#define LIMIT_XLSX_CELLS	((size_t)5000000) /* filled ones */
#define LIMIT_XLSX_MERGES	((size_t)20000)
#define LIMIT_GRID_ROWS		((size_t)100000) /* of a table to import */
#define LIMIT_GRID_ARENA	((size_t)96 << 20)
#define LIMIT_IMPORT_SHEETS	((size_t)5000) /* of one file */
#define LIMIT_IMPORT_FAULTS	((size_t)5000) /* listed; the rest counted */
#define LIMIT_IMPORT_ARENA	((size_t)96 << 20)
#define LIMIT_XLSFORM_ROWS	5000 /* of one sheet of a form in Excel */
#define LIMIT_CONF_BYTES	((size_t)1 << 20) /* a configuration file */
#define LIMIT_HTTP_HEADER_BYTES ((size_t)16 << 10)
#define LIMIT_HTTP_PATH_BYTES	((size_t)4096)
#define LIMIT_HTTP_QUERY_PARAMS 64
#define LIMIT_PARTS		250 /* of one multipart body */
#define LIMIT_PART_HEAD_BYTES	((size_t)8 << 10)
#define LIMIT_TOLD_BYTES                                    \
	((size_t)64 << 10) /* what an agent tells of sheets \
			    */
#define LIMIT_OPENROSA_BYTES	((size_t)16 << 20)  /* one such body */
#define LIMIT_OPENROSA_ASKED	((size_t)10 << 20)  /* what clients are told */
#define LIMIT_ATTACHMENT_BYTES	((size_t)10 << 20)  /* one file */
#define LIMIT_EVIDENCE_BYTES	((size_t)50 << 20)  /* a file of evidence */
#define LIMIT_FORM_FILE_BYTES	((size_t)40 << 20)  /* one, by a page's form */
#define LIMIT_EXPLANATION_BYTES ((size_t)256 << 10) /* báo cáo giải trình */
#define LIMIT_BALLOT_BYTES	((size_t)256 << 10) /* a sealed ballot as sent */
#define LIMIT_ATTACHMENTS	200		    /* of one sheet */

#endif
