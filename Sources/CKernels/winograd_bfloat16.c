// Winograd's convolutions and gradients of weights (winograd.c) with products of bfloat16: the transforms are in float32,
// and their results are rounded when they are stored.
#include "bfloat16.h"
#include "winograd.h"

#if defined(__x86_64__)
/// V [36, tiles, C] of the tiles first..<last, in pairs along the channels.
ROUNDING static void input(float *v, size_t tiles, const float *x, const bas_convolution *g, size_t first, size_t last) {
    size_t half = g->C / 2;
    for (size_t tile = first; tile < last; tile++, v += half) {
        const float *pixels[36];
        find_pixels(pixels, x, g, tile);
        for (size_t c = 0; c < g->C; c += LANES) {
            lanes d[36];
            transform_input(d, pixels, c);
            for (size_t i = 0; i < 36; i++)
                _mm256_storeu_si256((__m256i *)(v + i * tiles * half + c / 2), (__m256i)_mm512_cvtneps_pbh((__m512)d[i]));
        }
    }
}

/// Stores the results of two tiles as pairs, at 36 places `plane` floats apart.
ROUNDING static inline void store_pairs(float *target, size_t plane, const lanes *one, const lanes *other) {
    for (size_t i = 0; i < 36; i++) _mm512_storeu_ps(target + i * plane, interleaved((__m512)one[i], (__m512)other[i]));
}

ROUNDING void bas_winograd_input_pairs(float *v, size_t pairs, const float *x, const bas_convolution *g, size_t tiles,
                                       size_t first, size_t last) {
    for (size_t pair = first; pair < last; pair++, v += g->C) {
        const float *one[36], *other[36];
        int hasOther = 2 * pair + 1 < tiles;
        find_pixels(one, x, g, 2 * pair);
        if (hasOther) find_pixels(other, x, g, 2 * pair + 1);
        for (size_t c = 0; c < g->C; c += LANES) {
            lanes d[36], e[36] = {};
            transform_input(d, one, c);
            if (hasOther) transform_input(e, other, c);
            store_pairs(v + c, pairs * g->C, d, e);
        }
    }
}

ROUNDING void bas_winograd_output_gradient_pairs(float *z, size_t pairs, const float *dy, const bas_convolution *g,
                                                 size_t O, size_t tiles, size_t first, size_t last) {
    for (size_t pair = first; pair < last; pair++, z += O)
        for (size_t o = 0; o < O; o += LANES) {
            lanes d[36], e[36] = {};
            transform_output_gradient(d, dy, g, O, 2 * pair, o);
            if (2 * pair + 1 < tiles) transform_output_gradient(e, dy, g, O, 2 * pair + 1, o);
            store_pairs(z + o, pairs * O, d, e);
        }
}
#else
static void input(float *v, size_t tiles, const float *x, const bas_convolution *g, size_t first, size_t last) {}
void bas_winograd_input_pairs(float *v, size_t pairs, const float *x, const bas_convolution *g, size_t tiles, size_t first,
                              size_t last) {}
void bas_winograd_output_gradient_pairs(float *z, size_t pairs, const float *dy, const bas_convolution *g, size_t O,
                                        size_t tiles, size_t first, size_t last) {}
#endif

/// The channels that are transformed before they are rounded: those of a panel stay in the second cache.
#define CHUNK_CHANNELS 32

size_t bas_winograd_pack_bfloat16_workspace(void) { return 36 * CHUNK_CHANNELS * bas_panel_columns(); }

void bas_winograd_pack_bfloat16(float *u, const float *packed, size_t C, size_t O, size_t firstPanel, size_t lastPanel,
                                float *workspace) {
    size_t unit = bas_panel_columns() / 3;
    for (size_t p = firstPanel; p < lastPanel; p++) {
        bas_panel panel = bas_panel_at(p, O, unit);
        size_t width = panel.vectors * unit;
        for (size_t c = 0; c < C; c += CHUNK_CHANNELS) {
            size_t channels = C - c < CHUNK_CHANNELS ? C - c : CHUNK_CHANNELS, count = channels * width;
            bas_winograd_transform_weights(workspace, count, packed + 9 * C * panel.first + c * width, C * width, count);
            for (size_t i = 0; i < 36; i++) {
                const float *rows = workspace + i * count;
                float *target = u + (i * C * O + C * panel.first + c * width) / 2;
                for (size_t row = 0; row < channels; row += 2, target += width)
                    bas_pair_rows(target, rows + row * width, rows + (row + 1) * width, width);
            }
        }
    }
}

void bas_winograd_convolve_bfloat16(float *y, const float *x, const bas_convolution *g, size_t first, size_t last,
                                    const float *u, size_t O, const float *bias, const float *residual, float *workspace) {
    size_t half = g->C / 2, block = bas_winograd_block(g->C, O), panels = bas_panels(O);
    for (size_t start = first; start < last; start += block) {
        size_t end = last - start < block ? last : start + block, tiles = end - start;
        float *v = workspace, *m = workspace + 36 * tiles * half;
        input(v, tiles, x, g, start, end);
        for (size_t i = 0; i < 36; i++)
            bas_product_of_pairs(m + i * tiles * O, O, v + i * tiles * half, half, tiles, half, u + i * half * O, O, 0, panels,
                                 NULL, NULL);
        bas_winograd_output(y, m, g, start, end, O, O, bias, residual);
    }
}

void bas_winograd_weights_bfloat16(float *dw, const float *z, const float *v, size_t pairs, size_t C, size_t O, size_t first,
                                   size_t last, float *workspace) {
    size_t count = last - first;
    for (size_t i = 0; i < 36; i++)
        bas_outer_product_of_pairs(workspace + i * count * C, C, z + i * pairs * O + first, O, v + i * pairs * C, C, pairs,
                                   count, C);
    bas_winograd_weight_gradients(dw + first * 9 * C, workspace, count, C);
}
