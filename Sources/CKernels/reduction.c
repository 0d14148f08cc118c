// Sums, norms and extremes. Blocks of 256 are summed in float lanes and the blocks in double: as fast as float,
// nearly as exact as double.
#include "dispatch.h"

#define BLOCK 256
#define BLOCKED_SUM(term)                                             \
    double total = 0;                                                 \
    for (size_t start = 0; start < n; start += BLOCK) {               \
        size_t end = start + BLOCK < n ? start + BLOCK : n;           \
        float partial = 0;                                            \
        for (size_t i = start; i < end; i++) partial += term;         \
        total += partial;                                             \
    }                                                                 \
    return total;

BAS_KERNEL double bas_sum(const float *x, size_t n) { BAS_FAST BLOCKED_SUM(x[i]) }
BAS_KERNEL double bas_sum_of_squares(const float *x, size_t n) { BAS_FAST BLOCKED_SUM(x[i] * x[i]) }
BAS_KERNEL double bas_dot(const float *x, const float *y, size_t n) { BAS_FAST BLOCKED_SUM(x[i] * y[i]) }

BAS_KERNEL float bas_maximum(const float *x, size_t n) { return bas_largest(x, n, -INFINITY); }

BAS_KERNEL float bas_minimum(const float *x, size_t n) { return bas_smallest(x, n, INFINITY); }

BAS_KERNEL void bas_sum_rows(float *y, const float *x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns)
        for (size_t c = 0; c < columns; c++) y[c] += x[c];
}

BAS_KERNEL double bas_squared_difference(const float *a, const float *b, const float *mask, size_t repeat, size_t n) {
    BAS_FAST
    if (!mask) { BLOCKED_SUM((a[i] - b[i]) * (a[i] - b[i])) }
    double total = 0;
    for (size_t row = 0; row * repeat < n; row++, a += repeat, b += repeat) {
        float partial = 0, m = mask[row];
        for (size_t i = 0; i < repeat; i++) partial += (a[i] - b[i]) * (a[i] - b[i]);
        total += m * m * partial;
    }
    return total;
}
