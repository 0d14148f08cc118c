// The transforms of Winograd's F(4x4, 3x3), which winograd.c explains, for sixteen channels at a time.
#pragma once
#include "gemm.h"

#define LANES BAS_WINOGRAD_LANES
#define A 0.70710678118654752f
#define B 1.41421356237309505f
typedef float lanes __attribute__((ext_vector_type(LANES), aligned(4)));

// The one-dimensional transforms, from vectors `stride` floats apart to vectors `outStride` apart. Opposite points share
// their even and odd halves.

/// Bt: six to six.
BAS_INLINE void input_step(lanes *out, size_t outStride, const lanes *d, size_t stride) {
    lanes d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride], d4 = d[4 * stride];
    lanes evenA = d4 - 2.0f * d2, oddA = A * d3 - (2.0f * A) * d1;
    lanes evenB = d4 - 0.5f * d2, oddB = B * d3 - (0.5f * B) * d1;
    out[0] = d[0] - 2.5f * d2 + d4;
    out[outStride] = evenA + oddA;
    out[2 * outStride] = evenA - oddA;
    out[3 * outStride] = evenB + oddB;
    out[4 * outStride] = evenB - oddB;
    out[5 * outStride] = d1 - 2.5f * d3 + d[5 * stride];
}

/// At: six to four.
BAS_INLINE void output_step(lanes *out, size_t outStride, const lanes *m, size_t stride) {
    lanes sumA = m[stride] + m[2 * stride], differenceA = m[stride] - m[2 * stride];
    lanes sumB = m[3 * stride] + m[4 * stride], differenceB = m[3 * stride] - m[4 * stride];
    out[0] = m[0] + sumA + sumB;
    out[outStride] = A * differenceA + B * differenceB;
    out[2 * outStride] = 0.5f * sumA + 2.0f * sumB;
    out[3 * outStride] = (0.5f * A) * differenceA + (2.0f * B) * differenceB + m[5 * stride];
}

/// A, the transpose of `output_step`: four to six.
BAS_INLINE void output_gradient_step(lanes *out, size_t outStride, const lanes *d, size_t stride) {
    lanes d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride];
    lanes evenA = d[0] + 0.5f * d2, oddA = A * d1 + (0.5f * A) * d3;
    lanes evenB = d[0] + 2.0f * d2, oddB = B * d1 + (2.0f * B) * d3;
    out[0] = d[0];
    out[outStride] = evenA + oddA;
    out[2 * outStride] = evenA - oddA;
    out[3 * outStride] = evenB + oddB;
    out[4 * outStride] = evenB - oddB;
    out[5 * outStride] = d3;
}

// G's rows are (1, p, p^2) / N(p): N(0) = 1, N(a) = -3/2, N(b) = 6.
#define SCALE_A (-2.0f / 3.0f)
#define SCALE_B (1.0f / 6.0f)

/// G: three to six.
BAS_INLINE void weight_step(lanes *out, size_t outStride, const lanes *g, size_t stride) {
    lanes g1 = g[stride], g2 = g[2 * stride];
    lanes evenA = SCALE_A * (g[0] + 0.5f * g2), oddA = (SCALE_A * A) * g1;
    lanes evenB = SCALE_B * (g[0] + 2.0f * g2), oddB = (SCALE_B * B) * g1;
    out[0] = g[0];
    out[outStride] = evenA + oddA;
    out[2 * outStride] = evenA - oddA;
    out[3 * outStride] = evenB + oddB;
    out[4 * outStride] = evenB - oddB;
    out[5 * outStride] = g2;
}

/// Gt, the transpose of G: six to three.
BAS_INLINE void weight_gradient_step(lanes *out, size_t outStride, const lanes *u, size_t stride) {
    lanes sumA = SCALE_A * (u[stride] + u[2 * stride]), sumB = SCALE_B * (u[3 * stride] + u[4 * stride]);
    out[0] = u[0] + sumA + sumB;
    out[outStride] = (SCALE_A * A) * (u[stride] - u[2 * stride]) + (SCALE_B * B) * (u[3 * stride] - u[4 * stride]);
    out[2 * outStride] = 0.5f * sumA + 2.0f * sumB + u[5 * stride];
}

/// The place of a tile: its sample, and its first row and column of outputs.
typedef struct {
    size_t sample, row, column;
} place;

static inline place place_of(size_t tile, const bas_convolution *g) {
    size_t across = (g->OW + 3) / 4, all = bas_winograd_tiles(g);
    return (place){tile / all, tile % all / across * 4, tile % across * 4};
}

/// The 6x6 input pixels of a tile; NULL in the padding.
BAS_INLINE void find_pixels(const float *pixels[36], const float *x, const bas_convolution *g, size_t tile) {
    place p = place_of(tile, g);
    for (size_t i = 0; i < 36; i++) {
        size_t h = p.row + i / 6 - g->padTop, w = p.column + i % 6 - g->padLeft;  // huge where below zero
        pixels[i] = h < g->H && w < g->W ? x + ((p.sample * g->H + h) * g->W + w) * g->C : NULL;
    }
}

/// V of one tile, from channel c on.
BAS_INLINE void transform_input(lanes *d, const float *const *pixels, size_t c) {
    lanes half[36];
    for (size_t i = 0; i < 36; i++) d[i] = pixels[i] ? *(const lanes *)(pixels[i] + c) : (lanes)0.0f;
    for (size_t i = 0; i < 6; i++) input_step(half + i, 6, d + i, 6);
    for (size_t i = 0; i < 6; i++) input_step(d + 6 * i, 1, half + 6 * i, 1);
}

/// Z of one tile, from output channel o on.
BAS_INLINE void transform_output_gradient(lanes *d, const float *dy, const bas_convolution *g, size_t O, size_t tile, size_t o) {
    place p = place_of(tile, g);
    lanes half[24];
    for (size_t i = 0; i < 16; i++) {
        size_t h = p.row + i / 4, w = p.column + i % 4, at = ((p.sample * g->OH + h) * g->OW + w) * O + o;
        d[i] = h < g->OH && w < g->OW ? *(const lanes *)(dy + at) : (lanes)0.0f;
    }
    for (size_t i = 0; i < 4; i++) output_gradient_step(half + i, 4, d + i, 4);
    for (size_t i = 0; i < 6; i++) output_gradient_step(d + 6 * i, 1, half + 4 * i, 1);
}

/// The tiles first..<last of y, for `columns` output channels from the one at which y, bias and residual begin, from M [36,
/// last - first, columns].
void bas_winograd_output(float *y, const float *m, const bas_convolution *g, size_t first, size_t last, size_t O,
                         size_t columns, const float *bias, const float *residual);
/// U, 36 rows of `count` floats, `plane` apart, from nine rows of as many, `tapStride` apart.
void bas_winograd_transform_weights(float *u, size_t plane, const float *taps, size_t tapStride, size_t count);
/// dw [O, 3, 3, C] for `count` outputs from dU [36, count, C].
void bas_winograd_weight_gradients(float *dw, const float *du, size_t count, size_t C);
/// The tiles that are taken through all three steps at once.
size_t bas_winograd_block(size_t C, size_t O);
