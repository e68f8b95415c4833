/* dataset_parts.h - what the writers of a data set share. */
#ifndef PHIEU_DATASET_PARTS_H
#define PHIEU_DATASET_PARTS_H

#include <readstat.h>

#include "phieu/dataset.h"

struct dataset_book; /* of dataset_xlsx.c */

struct dataset_writer {
	const struct dataset *d;
	const struct dataset_head *head;
	enum dataset_form form;
	dataset_out out;
	void *to;
	size_t rows, *cut;
	struct buf line; /* CSV, JSONL */
	readstat_writer_t *rs;
	readstat_variable_t **var; /* [d->n] */
	char label[512];
	struct dataset_book *book; /* XLSX */
};

/* dataset_stat.c: SAV and DTA by libreadstat. */
bool stat_open(struct dataset_writer *w, struct err *e) MUST_USE;
bool stat_row(struct dataset_writer *w, const struct dataset_cell *cells,
	      struct err *e) MUST_USE;
bool stat_end(struct dataset_writer *w, struct err *e) MUST_USE;
void stat_close(struct dataset_writer *w);

/* dataset_xlsx.c: XLSX by libxlsxwriter. */
bool book_open(struct dataset_writer *w, struct err *e) MUST_USE;
bool book_row(struct dataset_writer *w, const struct dataset_cell *cells,
	      struct err *e) MUST_USE;
bool book_end(struct dataset_writer *w, struct err *e) MUST_USE;
void book_close(struct dataset_writer *w);

#endif
