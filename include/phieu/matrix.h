/* matrix.h - small symmetric matrices, row-major, on the caller's arrays.
 *
 * For correlation matrices of a scale's items (2 to a few hundred): nothing
 * is allocated, nothing is kept. */
#ifndef PHIEU_MATRIX_H
#define PHIEU_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/err.h"

/* Eigenvalues (descending) and eigenvectors of symmetric a[k*k] by cyclic
 * Jacobi rotations (Golub & Van Loan 2013, algorithm 8.5.3).  `a` is
 * destroyed; values[k]; vectors[i*k + j] is row i of eigenvector j, NULL:
 * not wanted.  Signs are arbitrary.  ERR_MATH for values that are not
 * finite. */
bool matrix_eigen(size_t k, double *a, double *values, double *vectors,
		  struct err *e) MUST_USE;

/* Cholesky factor of a[k*k] into its lower triangle (Golub & Van Loan 2013,
 * 4.2); the rest of `a` is left.  False (no error: it is a property) when a
 * pivot is below `tiny` times the diagonal element it came from. */
bool matrix_cholesky(size_t k, double *a, double tiny) MUST_USE;
/* log det of the matrix that gave the factor l. */
double matrix_log_det(size_t k, const double *l);
/* Solves A x = b in place of b[k]. */
void matrix_solve(size_t k, const double *l, double *b);
/* Inverse of the matrix that gave the factor l. */
void matrix_inverse(size_t k, const double *l, double *inverse);

/* A correlation matrix counts as singular below this share of unexplained
 * variance of an item. */
#define MATRIX_SINGULAR 1e-12

#endif
