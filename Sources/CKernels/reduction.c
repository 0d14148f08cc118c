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

uint64_t bas_fingerprint(const float *x, size_t n) {
    // Four independent lanes of multiply and rotate, so that the multiplier's latency is hidden.
    uint64_t lanes[4] = {0x9E3779B97F4A7C15u, 0xBF58476D1CE4E5B9u, 0x94D049BB133111EBu, 0xD6E8FEB86659FD93u}, word;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int lane = 0; lane < 4; lane++) {
            memcpy(&word, x + i + 2 * lane, 8);
            uint64_t h = (lanes[lane] ^ word) * 0xFF51AFD7ED558CCDu;
            lanes[lane] = h << 29 | h >> 35;
        }
    uint64_t hash = n;
    for (; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, 4);
        hash = (hash ^ bits) * 0xC4CEB9FE1A85EC53u;
    }
    for (int lane = 0; lane < 4; lane++) {
        hash = (hash ^ lanes[lane]) * 0xFF51AFD7ED558CCDu;
        hash ^= hash >> 33;
    }
    return hash;
}
