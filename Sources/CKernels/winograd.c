// Winograd's F(4x4, 3x3) (Lavin and Gray 2015): a 3x3 convolution of stride 1 as 36 products, one for each place of a
// transformed 6x6 tile, with a quarter of the multiplications: Y = At [(G g Gt) * (Bt d B)] A. In NHWC a tile is 36
// pixels and every sum runs over channels, sixteen at a time.
//
// The points are 0, +-a, +-b and infinity with a = 1/b = sqrt(1/2): rounding errors are about half of those of the
// usual 0, +-1, +-2 (Barabasz and others 2020).
// Legend: T tiles (over samples, rows and columns of tiles), C channels in, O channels out.
#include "winograd.h"

size_t bas_winograd_tiles(const bas_convolution *g) { return ((g->OH + 3) / 4) * ((g->OW + 3) / 4); }

BAS_KERNEL void bas_winograd_input(float *v, size_t tiles, const float *x, const bas_convolution *g, size_t first,
                                   size_t last) {
    for (size_t tile = first; tile < last; tile++, v += g->C) {
        const float *pixels[36];
        find_pixels(pixels, x, g, tile);
        for (size_t c = 0; c < g->C; c += LANES) {
            lanes d[36];
            transform_input(d, pixels, c);
            for (size_t i = 0; i < 36; i++) *(lanes *)(v + i * tiles * g->C + c) = d[i];
        }
    }
}

BAS_KERNEL void bas_winograd_output(float *y, const float *m, const bas_convolution *g, size_t first, size_t last, size_t O,
                                    size_t columns, const float *bias, const float *residual) {
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
    for (size_t tile = first; tile < last; tile++, z += O)
        for (size_t o = 0; o < O; o += LANES) {
            lanes d[36];
            transform_output_gradient(d, dy, g, O, tile, o);
            for (size_t i = 0; i < 36; i++) *(lanes *)(z + i * tiles * O + o) = d[i];
        }
}

BAS_KERNEL void bas_winograd_transform_weights(float *u, size_t plane, const float *taps, size_t tapStride, size_t count) {
    for (size_t at = 0; at < count; at += LANES) {
        lanes g[9], half[18], d[36];
        for (size_t i = 0; i < 9; i++) g[i] = *(const lanes *)(taps + i * tapStride + at);
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
        size_t count = C * panel.vectors * width;
        bas_winograd_transform_weights(u + C * panel.first, C * O, packed + 9 * C * panel.first, count, count);
    }
}

/// The tiles that are taken through all three steps at once: V and M of a block take half of a small second cache.
#define BLOCK_BYTES (256 << 10)

size_t bas_winograd_block(size_t C, size_t O) {
    size_t tiles = BLOCK_BYTES / (36 * sizeof(float) * (C + O)) & ~(size_t)3;
    return tiles < 8 ? 8 : tiles;
}

size_t bas_winograd_workspace(size_t C, size_t O) { return 36 * bas_winograd_block(C, O) * (C + O); }

void bas_winograd_convolve(float *y, const float *x, const bas_convolution *g, size_t first, size_t last,
                           const float *u, size_t O, const float *bias, const float *residual, float *workspace) {
    size_t C = g->C, block = bas_winograd_block(C, O), panels = bas_panels(O);
    for (size_t start = first; start < last; start += block) {
        size_t end = last - start < block ? last : start + block, tiles = end - start;
        float *v = workspace, *m = workspace + 36 * tiles * C;
        bas_winograd_input(v, tiles, x, g, start, end);
        for (size_t i = 0; i < 36; i++)
            bas_product(m + i * tiles * O, O, v + i * tiles * C, C, tiles, C, u + i * C * O, 0, O, 0, panels, NULL, NULL);
        bas_winograd_output(y, m, g, start, end, O, O, bias, residual);
    }
}

/// The channels whose kernels are transformed at once. With few tiles it is so many that their 36 matrices stay in the
/// second cache; with many tiles, whose sums are as large, as many as keep one matrix in the first. So transforming a
/// kernel for every use is cheaper than keeping it in transformed form.
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
            bas_winograd_transform_weights(u, count, taps, count, count);
            for (size_t i = 0; i < 36; i++) {
                float *sum = m + i * tiles * columns;
                bas_product(sum, columns, v + i * tiles * C + c, C, tiles, rows, u + i * count, 0, columns, 0, panels, NULL,
                            c ? sum : NULL);
            }
        }
        bas_winograd_output(y + o, m, g, first, first + tiles, O, columns, bias ? bias + o : NULL, residual ? residual + o : NULL);
    }
}

BAS_KERNEL void bas_winograd_weight_gradients(float *dw, const float *du, size_t count, size_t C) {
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
    bas_winograd_weight_gradients(dw + first * 9 * C, workspace, count, C);
}
