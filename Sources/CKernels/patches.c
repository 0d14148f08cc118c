// im2col and its transpose for NHWC convolutions, and nearest-neighbour upsampling by two.
#include "dispatch.h"

/// Runs BODY for every tap of every output pixel, with `inside` (whether the tap is in the input), the input pixel's offset
/// `source` and the patch's offset `target` (C floats each).
#define FOR_EACH_TAP(BODY)                                                                       \
    for (size_t o = first; o < first + count; o++) {                                             \
        ptrdiff_t top = (ptrdiff_t)(o / g->OW * g->stride) - (ptrdiff_t)g->padTop;               \
        ptrdiff_t left = (ptrdiff_t)(o % g->OW * g->stride) - (ptrdiff_t)g->padLeft;             \
        for (size_t ky = 0; ky < g->kernelH; ky++) {                                             \
            ptrdiff_t h = top + (ptrdiff_t)ky;                                                   \
            for (size_t kx = 0; kx < g->kernelW; kx++, patches += g->C) {                        \
                ptrdiff_t w = left + (ptrdiff_t)kx;                                              \
                int inside = h >= 0 && h < (ptrdiff_t)g->H && w >= 0 && w < (ptrdiff_t)g->W;     \
                size_t source = inside ? ((size_t)h * g->W + (size_t)w) * g->C : 0;              \
                BODY                                                                             \
            }                                                                                    \
        }                                                                                        \
    }

BAS_KERNEL void bas_patches(float *patches, const float *x, const bas_convolution *g, size_t first, size_t count) {
    FOR_EACH_TAP({
        if (inside) for (size_t c = 0; c < g->C; c++) patches[c] = x[source + c];
        else for (size_t c = 0; c < g->C; c++) patches[c] = 0;
    })
}

BAS_KERNEL void bas_patches_add(float *dx, const float *patches, const bas_convolution *g, size_t first,
                                size_t count) {
    FOR_EACH_TAP({
        if (inside) for (size_t c = 0; c < g->C; c++) dx[source + c] += patches[c];
    })
}

BAS_KERNEL void bas_upsample2(float *y, const float *x, size_t H, size_t W, size_t C) {
    for (size_t h = 0; h < 2 * H; h++)
        for (size_t w = 0; w < 2 * W; w++)
            memcpy(y + (h * 2 * W + w) * C, x + (h / 2 * W + w / 2) * C, C * sizeof(float));
}

BAS_KERNEL void bas_upsample2_backward(float *dx, const float *dy, size_t H, size_t W, size_t C) {
    for (size_t h = 0; h < H; h++)
        for (size_t w = 0; w < W; w++, dx += C) {
            const float *a = dy + (2 * h * 2 * W + 2 * w) * C, *b = a + 2 * W * C;
            for (size_t c = 0; c < C; c++) dx[c] = a[c] + a[C + c] + b[c] + b[C + c];
        }
}
