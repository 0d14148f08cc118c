// GEGLU: the feed-forward gate of Stable Diffusion's transformer blocks.
#include "dispatch.h"

BAS_KERNEL void bas_geglu(float *y, const float *x, size_t rows, size_t D) {
    for (size_t r = 0; r < rows; r++, x += 2 * D, y += D)
        for (size_t i = 0; i < D; i++) { float gate = x[D + i]; y[i] = x[i] * gate * bas_normal_cdf(gate); }
}

BAS_KERNEL void bas_geglu_backward(float *dx, const float *dy, const float *x, size_t rows, size_t D) {
    for (size_t r = 0; r < rows; r++, x += 2 * D, dx += 2 * D, dy += D)
        for (size_t i = 0; i < D; i++) {
            float value = x[i], gate = x[D + i], cdf = bas_normal_cdf(gate);
            dx[i] = dy[i] * gate * cdf;
            dx[D + i] = dy[i] * value * (cdf + gate * bas_normal_pdf(gate));
        }
}
