/* oracle.h - cases of expected values, gone through generically.
 *
 * A family is tests/data/oracle/<family>.json; its data lie beside it.  A test
 * walks the cases it knows, compares every expected field, and closes with
 * what was compared: how many values and the worst relative difference.  The
 * rule is |a - b| <= rel_tol * max(|a|, |b|, 1e-6). */
#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/frame.h"
#include "phieu/survey.h"

struct oracle {
	const char *family;
	cJSON *tree;
	size_t cases, compared;
	double worst; /* |a-b| / (rel_tol * max) of the worst value: <= 1 */
	double worst_rel;
	char worst_at[200];
	double tol;	       /* of the current case */
	const char *id;	       /* of the current case */
	const cJSON *expected; /* of the current case */
	struct frame *frame[8];
	char *file[8];
	double **weight; /* of designs given out; freed by oracle_close */
	size_t weights;
};

void oracle_open(struct oracle *o, const char *family);
/* Prints "oracle FAMILY: N cases, M values, worst relative difference X at ID".
 * `cases` is the caller's to count. */
void oracle_close(struct oracle *o);

/* Next case from `*at` (NULL: the first); NULL at the end.  Sets id, tol,
 * expected. */
const cJSON *oracle_next(struct oracle *o, const cJSON *at);
/* Case begins with prefix?  id and a prefix such as "mean." */
bool oracle_is(const struct oracle *o, const char *prefix);

/* Compares with a field of `expected` (a path of keys with dots, "F.p", or an
 * index "coef[2]").  A NAN equals null or an absent field.  Fails the test when
 * apart. */
void oracle_want(struct oracle *o, const char *field, double got);
void oracle_want_list(struct oracle *o, const char *field, const double *got,
		      size_t n);
/* Rows of arrays: got is row-major. */
void oracle_want_matrix(struct oracle *o, const char *field, const double *got,
			size_t rows, size_t cols);
/* A value that is no field of `expected`: the same rule, counted too. */
void oracle_agree(struct oracle *o, const char *what, double got, double want);
/* The field of the current case, NULL when absent. */
const cJSON *oracle_field(const struct oracle *o, const char *field);

/* A CSV file of tests/data/oracle ("data/prov_w1.csv" or "prov_w1.csv"), each
 * column as numbers where all cells are numbers, and as codes; kept until
 * oracle_close. */
struct frame *oracle_frame(struct oracle *o, const char *file);
/* [rows] doubles; malloc. */
double *oracle_numbers(const struct frame *f, const char *column);

/* The design that the family names; its frame is *frame.  `lonely` of the case
 * ("lonely_psu": "adjust") or fail.  survey_design_free it. */
struct survey_design *oracle_design(struct oracle *o, const cJSON *one,
				    struct frame **frame);
/* Rows by the case's "filter": cell 0 inside, SURVEY_NONE outside; malloc. */
uint32_t *oracle_filter(const struct frame *f, const cJSON *one);

#endif
