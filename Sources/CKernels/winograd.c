// Winograd's F(4x4, 3x3) (Lavin and Gray 2015): a 3x3 convolution of stride 1 as 36 products, one for each place of a
// transformed 6x6 tile, with a quarter of the multiplications: Y = At [(G g Gt) * (Bt d B)] A. In NHWC a tile is 36
// pixels and every sum runs over channels, sixteen at a time.
//
// The points are 0, +-a, +-b and infinity with a = 1/b = sqrt(1/2): rounding errors are about half of those of the
// usual 0, +-1, +-2 (Barabasz and others 2020).
// Legend: T tiles (over samples, rows and columns of tiles), C channels in, O channels out.
#include "gemm.h"

#define LANES BAS_WINOGRAD_LANES
#define A 0.70710678118654752f
#define B 1.41421356237309505f
typedef float lanes __attribute__((ext_vector_type(LANES), aligned(4)));

// The one-dimensional transforms, of vectors `stride` apart into vectors `outStride` apart. Opposite points share
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

/// Gt, its transpose: six to three.
BAS_INLINE void weight_gradient_step(lanes *out, size_t outStride, const lanes *u, size_t stride) {
    lanes sumA = SCALE_A * (u[stride] + u[2 * stride]), sumB = SCALE_B * (u[3 * stride] + u[4 * stride]);
    out[0] = u[0] + sumA + sumB;
    out[outStride] = (SCALE_A * A) * (u[stride] - u[2 * stride]) + (SCALE_B * B) * (u[3 * stride] - u[4 * stride]);
    out[2 * outStride] = 0.5f * sumA + 2.0f * sumB + u[5 * stride];
}

/// Where a tile lies: its sample, and its first row and column of outputs.
typedef struct {
    size_t sample, row, column;
} place;

static inline place place_of(size_t tile, const bas_convolution *g) {
    size_t across = (g->OW + 3) / 4, all = bas_winograd_tiles(g);
    return (place){tile / all, tile % all / across * 4, tile % across * 4};
}

size_t bas_winograd_tiles(const bas_convolution *g) { return ((g->OH + 3) / 4) * ((g->OW + 3) / 4); }

BAS_KERNEL void bas_winograd_input(float *v, size_t tiles, const float *x, const bas_convolution *g, size_t first,
                                   size_t last) {
    for (size_t tile = first; tile < last; tile++, v += g->C) {
        place p = place_of(tile, g);
        const float *pixels[36];
        for (size_t i = 0; i < 36; i++) {
            size_t h = p.row + i / 6 - g->padTop, w = p.column + i % 6 - g->padLeft;  // huge where below zero
            pixels[i] = h < g->H && w < g->W ? x + ((p.sample * g->H + h) * g->W + w) * g->C : NULL;
        }
        for (size_t c = 0; c < g->C; c += LANES) {
            lanes d[36], half[36];
            for (size_t i = 0; i < 36; i++) d[i] = pixels[i] ? *(const lanes *)(pixels[i] + c) : (lanes)0.0f;
            for (size_t i = 0; i < 6; i++) input_step(half + i, 6, d + i, 6);
            for (size_t i = 0; i < 6; i++) input_step(d + 6 * i, 1, half + 6 * i, 1);
            for (size_t i = 0; i < 36; i++) *(lanes *)(v + i * tiles * g->C + c) = d[i];
        }
    }
}

/// Outputs of the tiles first..<last, for `columns` of them from the first where y, bias and residual begin, from
/// M [36, last - first, columns].
BAS_KERNEL static void output_tiles(float *y, const float *m, const bas_convolution *g, size_t first, size_t last,
                                    size_t O, size_t columns, const float *bias, const float *residual) {
    size_t plane = (last - first) * columns;
    for (size_t tile = first; tile < last; tile++, m += columns) {
        place p = place_of(tile, g);
        for (size_t o = 0; o < columns; o += LANES) {
            lanes d[36], half[24], start = bias ? *(const lanes *)(bias + o) : (lanes)0.0f;
            for (size_t i = 0; i < 36; i++) d[i] = *(const lanes *)(m + i * plane + o);
            for (size_t i = 0; i < 6; i++) output_step(half + i, 6, d + i, 6);
            for (size_t i = 0; i < 4; i++) output_step(d + 4 * i, 1, half + 6 * i, 1);
            for (size_t i = 0; i < 16; i++) {
                size_t h = p.row + i / 4, w = p.column + i % 4;
                if (h >= g->OH || w >= g->OW) continue;
                size_t at = ((p.sample * g->OH + h) * g->OW + w) * O + o;
                lanes sum = d[i] + start;
                if (residual) sum += *(const lanes *)(residual + at);
                *(lanes *)(y + at) = sum;
            }
        }
    }
}

BAS_KERNEL void bas_winograd_output_gradient(float *z, size_t tiles, const float *dy, const bas_convolution *g,
                                             size_t O, size_t first, size_t last) {
    for (size_t tile = first; tile < last; tile++, z += O) {
        place p = place_of(tile, g);
        for (size_t o = 0; o < O; o += LANES) {
            lanes d[36], half[24];
            for (size_t i = 0; i < 16; i++) {
                size_t h = p.row + i / 4, w = p.column + i % 4, at = ((p.sample * g->OH + h) * g->OW + w) * O + o;
                d[i] = h < g->OH && w < g->OW ? *(const lanes *)(dy + at) : (lanes)0.0f;
            }
            for (size_t i = 0; i < 4; i++) output_gradient_step(half + i, 4, d + i, 4);
            for (size_t i = 0; i < 6; i++) output_gradient_step(d + 6 * i, 1, half + 4 * i, 1);
            for (size_t i = 0; i < 36; i++) *(lanes *)(z + i * tiles * O + o) = d[i];
        }
    }
}

/// U: 36 rows of `count` floats, `plane` apart, from nine rows of as many.
BAS_KERNEL static void transform_weights(float *u, size_t plane, const float *taps, size_t count) {
    for (size_t at = 0; at < count; at += LANES) {
        lanes g[9], half[18], d[36];
        for (size_t i = 0; i < 9; i++) g[i] = *(const lanes *)(taps + i * count + at);
        for (size_t i = 0; i < 3; i++) weight_step(half + i, 3, g + i, 3);
        for (size_t i = 0; i < 6; i++) weight_step(d + 6 * i, 1, half + 3 * i, 1);
        for (size_t i = 0; i < 36; i++) *(lanes *)(u + i * plane + at) = d[i];
    }
}

void bas_winograd_pack(float *u, const float *packed, size_t C, size_t O, size_t firstPanel, size_t lastPanel) {
    size_t width = bas_panel_columns() / 3;
    for (size_t p = firstPanel; p < lastPanel; p++) {
        // Taps are rows of the packed kernel: equal places of nine blocks belong together.
        bas_panel panel = bas_panel_at(p, O, width);
        transform_weights(u + C * panel.first, C * O, packed + 9 * C * panel.first, C * panel.vectors * width);
    }
}

/// Tiles that are taken through all three steps at once: V and M of a block take half of a small second cache.
#define BLOCK_BYTES (256 << 10)

static size_t block_tiles(size_t C, size_t O) {
    size_t tiles = BLOCK_BYTES / (36 * sizeof(float) * (C + O)) & ~(size_t)3;
    return tiles < 4 ? 4 : tiles;
}

size_t bas_winograd_workspace(size_t C, size_t O) { return 36 * block_tiles(C, O) * (C + O); }

void bas_winograd_convolve(float *y, const float *x, const bas_convolution *g, size_t first, size_t last,
                           const float *u, size_t O, const float *bias, const float *residual, float *workspace) {
    size_t C = g->C, block = block_tiles(C, O), panels = bas_panels(O);
    for (size_t start = first; start < last; start += block) {
        size_t end = last - start < block ? last : start + block, tiles = end - start;
        float *v = workspace, *m = workspace + 36 * tiles * C;
        bas_winograd_input(v, tiles, x, g, start, end);
        for (size_t i = 0; i < 36; i++)
            bas_product(m + i * tiles * O, O, v + i * tiles * C, C, tiles, C, u + i * C * O, 0, O, 0, panels, NULL, NULL);
        output_tiles(y, m, g, start, end, O, O, bias, residual);
    }
}

/// Channels whose kernels are transformed at once: with few tiles so many that their 36 matrices stay in the second cache,
/// with many, whose sums are as large, as keep one matrix in the first. That makes it cheaper to transform a kernel for
/// every use than to keep it in that form.
static size_t chunk_channels(size_t tiles) { return tiles <= 32 ? 48 : 192; }

size_t bas_winograd_multiply_workspace(size_t tiles) {
    return BAS_WINOGRAD_OUTPUTS * (45 * chunk_channels(tiles) + 36 * tiles);
}

void bas_winograd_multiply(float *y, const float *v, size_t tiles, const bas_convolution *g, size_t first, const float *w,
                           size_t O, int isTurned, size_t firstOutput, size_t lastOutput, const float *bias,
                           const float *residual, float *workspace) {
    size_t C = g->C, chunk = chunk_channels(tiles);
    for (size_t o = firstOutput; o < lastOutput; o += BAS_WINOGRAD_OUTPUTS) {
        size_t columns = lastOutput - o < BAS_WINOGRAD_OUTPUTS ? lastOutput - o : BAS_WINOGRAD_OUTPUTS, panels = bas_panels(columns);
        float *taps = workspace, *u = taps + 9 * chunk * columns, *m = u + 36 * chunk * columns;
        for (size_t c = 0; c < C; c += chunk) {
            size_t rows = C - c < chunk ? C - c : chunk, count = rows * columns;
            for (size_t tap = 0; tap < 9; tap++)
                if (isTurned) bas_pack_rows(taps + tap * count, w + (c * 9 + 8 - tap) * O + o, 1, 0, rows, 9 * O, columns, 0, panels);
                else bas_pack_transposed(taps + tap * count, w + (o * 9 + tap) * C + c, 9 * C, rows, columns, 0, panels);
            transform_weights(u, count, taps, count);
            for (size_t i = 0; i < 36; i++) {
                float *sum = m + i * tiles * columns;
                bas_product(sum, columns, v + i * tiles * C + c, C, tiles, rows, u + i * count, 0, columns, 0, panels, NULL,
                            c ? sum : NULL);
            }
        }
        output_tiles(y + o, m, g, first, first + tiles, O, columns, bias ? bias + o : NULL, residual ? residual + o : NULL);
    }
}

/// dw [O, 3, 3, C] of `count` outputs from dU [36, count, C].
BAS_KERNEL static void weight_gradients(float *dw, const float *du, size_t count, size_t C) {
    size_t plane = count * C;
    for (size_t o = 0; o < count; o++, dw += 9 * C, du += C)
        for (size_t c = 0; c < C; c += LANES) {
            lanes d[36], half[18];
            for (size_t i = 0; i < 36; i++) d[i] = *(const lanes *)(du + i * plane + c);
            for (size_t i = 0; i < 6; i++) weight_gradient_step(half + i, 6, d + i, 6);
            for (size_t i = 0; i < 3; i++) weight_gradient_step(d + 3 * i, 1, half + 6 * i, 1);
            for (size_t i = 0; i < 9; i++) *(lanes *)(dw + i * C + c) = d[i];
        }
}

void bas_winograd_weights(float *dw, const float *z, const float *v, size_t tiles, size_t C, size_t O, size_t first,
                          size_t last, float *workspace) {
    size_t count = last - first;
    for (size_t i = 0; i < 36; i++)
        bas_outer_product(workspace + i * count * C, C, z + i * tiles * O + first, O, v + i * tiles * C, C, tiles, 0,
                          count, C);
    weight_gradients(dw + first * 9 * C, workspace, count, C);
}
