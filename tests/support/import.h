/* import.h - tables written line by line, read as forms of the small plan, and
 * what is said of them.  One plan and two buffers for a test program. */
#ifndef TESTS_IMPORT_H
#define TESTS_IMPORT_H

#include "phieu/buf.h"
#include "phieu/import.h"
#include "support/test.h"

extern struct plan *bench_plan;
extern struct buf bench_csv, bench_said;

int bench_set_up(void **state);
int bench_tear_down(void **state);

/* A sheet number of a form, good for four calls. */
const char *bench_no(const char *form, unsigned serial);

/* Begins the table with its headings; buf_addf(&bench_csv, ...) goes on. */
void bench_start(const char *head);
#define F1_HEAD                                                                                 \
	"Số phiếu,Nhóm đối tượng,Đơn vị công tác,Ngày thu,Giới tính,unit," \
	"Q1,Q2,Q3,Q4,Q5,Q6,Ý kiến\n"
#define F2_HEAD "sheet,group,home,collected,unit,Q1,Q2\n"

struct import *bench_bytes(const char *s, size_t n, const char *form,
			   enum charset charset);
struct import *bench_read(const char *form);
/* "B3 V07;C4 I09" of all faults, after a check on 1 April 2025. */
const char *bench_faults(struct import *im);
void bench_expect(const char *form, const char *want);
/* The JSON of the only sheet, from "wave" on. */
void bench_expect_json(const char *form, const char *want);

/* A file of its own in /tmp; bench_slurp takes its bytes and removes it. */
char *bench_temp(char path[40]);
char *bench_slurp(const char *path, size_t *n);

#endif
