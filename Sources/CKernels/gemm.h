// The arguments of the micro-kernels, and how matrices are cut into panels; shared by gemm.c and packing.c.
#pragma once
#include "dispatch.h"

/// The floats of a cache line.
#define LINE 16

/// A tile of rows times packed columns. `rows` has `allTaps` pointers for each row, of which `taps` are used.
typedef struct {
    const float *const *rows;
    size_t allTaps, taps, channels;
    const float *b;
    ptrdiff_t tapStride;
    size_t bStride;
    const float *ahead;  // fetched meanwhile, `aheadStride` floats a row of b
    size_t aheadStride;
    float *y;
    size_t yStride, columns;
    const float *bias, *added;
} bas_rows_tile;

typedef struct {
    const float *a, *b;
} bas_row_pair;

/// A tile of a sum of outer products of rows.
typedef struct {
    const bas_row_pair *pairs;
    size_t count, aOffset, bOffset;
    float *y;
    size_t yStride, columns;
    int accumulates;
} bas_outer_tile;

/// The micro-kernels of this processor: tiles have at most `rows` rows and three vectors of `width` floats.
typedef struct {
    size_t rows, width;
    void (*rowsTile)(int rows, int vectors, const bas_rows_tile *);
    void (*outerTile)(int rows, int vectors, const bas_outer_tile *);
} bas_gemm_kernels;
const bas_gemm_kernels *bas_gemm(void);
/// The micro-kernels whose operands are pairs of bfloat16, each in the place of a float32; NULL where the processor has
/// none.
const bas_gemm_kernels *bas_gemm_of_pairs(void);

/// The columns of a panel: vectors are spread evenly over panels of at most three.
typedef struct {
    size_t first, vectors;  // its first column; vectors wide
} bas_panel;
static inline size_t bas_panel_count(size_t N, size_t width) { return ((N + width - 1) / width + 2) / 3; }
static inline bas_panel bas_panel_at(size_t p, size_t N, size_t width) {
    size_t all = (N + width - 1) / width, panels = (all + 2) / 3;
    size_t low = all * p / panels, high = all * (p + 1) / panels;
    return (bas_panel){low * width, high - low};
}

/// The input pixel under `tap` of the output pixel `o` (flat over samples); NULL in the padding.
static inline const float *bas_pixel(const float *x, const bas_convolution *g, size_t o, size_t tap) {
    size_t sample = o / (g->OH * g->OW), place = o % (g->OH * g->OW);
    ptrdiff_t h = (ptrdiff_t)(place / g->OW * g->stride + tap / g->kernelW) - (ptrdiff_t)g->padTop;
    ptrdiff_t w = (ptrdiff_t)(place % g->OW * g->stride + tap % g->kernelW) - (ptrdiff_t)g->padLeft;
    if (h < 0 || h >= (ptrdiff_t)g->H || w < 0 || w >= (ptrdiff_t)g->W) return NULL;
    return x + ((sample * g->H + (size_t)h) * g->W + (size_t)w) * g->C;
}
