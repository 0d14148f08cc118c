// Row-wise softmax with the attention's scale folded in, and its gradient.
#include "dispatch.h"

// In place, every element depends on itself only: without this, loops over p = s would take the scalar path of their
// overlap check.
#define IN_PLACE _Pragma("clang loop vectorize(assume_safety)")

BAS_KERNEL void bas_softmax(float *p, const float *s, size_t rows, size_t columns, float scale) {
    BAS_FAST
    for (size_t r = 0; r < rows; r++, p += columns, s += columns) {
        float top = bas_largest(s, columns, -3.4e38f), sum = 0;
        IN_PLACE
        for (size_t i = 0; i < columns; i++) { float e = bas_exp(scale * (s[i] - top)); p[i] = e; sum += e; }
        float inverse = 1.0f / sum;
        for (size_t i = 0; i < columns; i++) p[i] *= inverse;
    }
}

BAS_KERNEL void bas_softmax_backward(float *ds, const float *dp, const float *p, size_t rows, size_t columns,
                                     float scale) {
    BAS_FAST
    for (size_t r = 0; r < rows; r++, ds += columns, dp += columns, p += columns) {
        float dot = 0;
        for (size_t i = 0; i < columns; i++) dot += dp[i] * p[i];
        IN_PLACE
        for (size_t i = 0; i < columns; i++) ds[i] = scale * p[i] * (dp[i] - dot);
    }
}
