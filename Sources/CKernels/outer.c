// Sums of outer products of rows, such as gradients of weights: in float32, or of rows that are rounded to bfloat16, two at
// a time, on their way into the micro-kernel.
#include "gemm.h"

/// The pairs of rows whose outer products are summed in registers before the sum is stored: few enough to stay in the first
/// cache while all tiles use them.
#define CHUNK_PAIRS 64
/// The same for bfloat16: as many bytes.
#define CHUNK_ROUNDED (2 * CHUNK_PAIRS)

/// The rows first..<last of y [.., N], `yStride` floats apart, from rows that are handed over one by one.
typedef struct {
    float *y;
    size_t yStride, first, last, N;
    int accumulates;
    float *workspace;  // of products of bfloat16, or NULL
    size_t count;
    bas_row_pair *rows;  // room for CHUNK_ROUNDED
} outer_sum;

/// Adds the products of `count` pairs, whose rows a begin at the output `start`.
static void add_chunk(const outer_sum *s, const bas_gemm_kernels *k, const bas_row_pair *pairs, size_t count, size_t start) {
    size_t outputs = s->last - s->first, panels = bas_panel_count(s->N, k->width), blocks = (outputs + k->rows - 1) / k->rows;
    for (size_t p = 0; p < panels; p++) {
        bas_panel panel = bas_panel_at(p, s->N, k->width);
        bas_outer_tile tile = {
            .pairs = pairs, .count = count, .bOffset = panel.first, .yStride = s->yStride,
            .columns = panel.vectors * k->width, .accumulates = s->accumulates,
        };
        if (panel.first + tile.columns > s->N) tile.columns = s->N - panel.first;
        for (size_t block = 0; block < blocks; block++) {
            size_t row = s->first + outputs * block / blocks, end = s->first + outputs * (block + 1) / blocks;
            tile.aOffset = row - start;
            tile.y = s->y + row * s->yStride + panel.first;
            k->outerTile((int)(end - row), (int)panel.vectors, &tile);
        }
    }
}

static size_t whole_lines(size_t columns) { return (columns + LINE - 1) / LINE * LINE; }

size_t bas_outer_bfloat16_workspace(size_t outputs, size_t N) {
    return CHUNK_PAIRS * (whole_lines(outputs) + whole_lines(N));
}

/// Adds the products of all rows that were handed over, after rounding them.
static void add_rounded(const outer_sum *s) {
    size_t outputs = s->last - s->first;
    float *a = s->workspace, *b = a + CHUNK_PAIRS * whole_lines(outputs);
    bas_row_pair rounded[CHUNK_PAIRS];
    for (size_t i = 0; i < s->count; i += 2) {
        const bas_row_pair *one = s->rows + i, *other = i + 1 < s->count ? one + 1 : NULL;
        bas_pair_rows(a, one->a + s->first, other ? other->a + s->first : NULL, outputs);
        bas_pair_rows(b, one->b, other ? other->b : NULL, s->N);
        rounded[i / 2] = (bas_row_pair){a, b};
        a += whole_lines(outputs);
        b += whole_lines(s->N);
    }
    add_chunk(s, bas_gemm_of_pairs(), rounded, (s->count + 1) / 2, s->first);
}

static void flush(outer_sum *s) {
    // Without any row the sum must be stored too: it is 0.
    if (s->count == 0 && s->accumulates) return;
    if (s->workspace) add_rounded(s);
    else add_chunk(s, bas_gemm(), s->rows, s->count, 0);
    s->accumulates = 1;
    s->count = 0;
}

static inline void add(outer_sum *s, const float *a, const float *b) {
    s->rows[s->count++] = (bas_row_pair){a, b};
    if (s->count == (s->workspace ? CHUNK_ROUNDED : CHUNK_PAIRS)) flush(s);
}

static void add_rows(outer_sum *s, const float *a, size_t aStride, const float *b, size_t bStride, size_t rows) {
    for (size_t row = 0; row < rows; row++) add(s, a + row * aStride, b + row * bStride);
    flush(s);
}

void bas_outer_product_added(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                             size_t rows, size_t first, size_t last, size_t N, int isAdded) {
    bas_row_pair pairs[CHUNK_ROUNDED];
    outer_sum s = {y, yStride, first, last, N, isAdded, .rows = pairs};
    add_rows(&s, a, aStride, b, bStride, rows);
}

void bas_outer_product(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                       size_t rows, size_t first, size_t last, size_t N) {
    bas_outer_product_added(y, yStride, a, aStride, b, bStride, rows, first, last, N, 0);
}

void bas_outer_product_bfloat16(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                                size_t rows, size_t first, size_t last, size_t N, float *workspace) {
    bas_row_pair pairs[CHUNK_ROUNDED];
    outer_sum s = {y, yStride, first, last, N, .workspace = workspace, .rows = pairs};
    add_rows(&s, a, aStride, b, bStride, rows);
}

void bas_outer_product_of_pairs(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                                size_t rows, size_t outputs, size_t N) {
    bas_row_pair pairs[CHUNK_PAIRS];
    outer_sum s = {y, yStride, 0, outputs, N};
    for (size_t row = 0; row < rows; row += CHUNK_PAIRS) {
        size_t count = rows - row < CHUNK_PAIRS ? rows - row : CHUNK_PAIRS;
        for (size_t i = 0; i < count; i++)
            pairs[i] = (bas_row_pair){a + (row + i) * aStride, b + (row + i) * bStride};
        add_chunk(&s, bas_gemm_of_pairs(), pairs, count, 0);
        s.accumulates = 1;
    }
}

static void convolve_weights(outer_sum *s, const float *dy, const float *x, const bas_convolution *g, size_t samples,
                             size_t O, size_t tap) {
    for (size_t o = 0; o < samples * g->OH * g->OW; o++) {
        const float *source = bas_pixel(x, g, o, tap);
        if (source) add(s, dy + o * O, source);
    }
    flush(s);
}

void bas_convolve_weights(float *dw, const float *dy, const float *x, const bas_convolution *g, size_t samples,
                          size_t O, size_t tap, size_t first, size_t last) {
    bas_row_pair pairs[CHUNK_ROUNDED];
    outer_sum s = {dw + tap * g->C, g->kernelH * g->kernelW * g->C, first, last, g->C, .rows = pairs};
    convolve_weights(&s, dy, x, g, samples, O, tap);
}

void bas_convolve_weights_bfloat16(float *dw, const float *dy, const float *x, const bas_convolution *g, size_t samples,
                                   size_t O, size_t tap, size_t first, size_t last, float *workspace) {
    bas_row_pair pairs[CHUNK_ROUNDED];
    outer_sum s = {dw + tap * g->C, g->kernelH * g->kernelW * g->C, first, last, g->C, .workspace = workspace, .rows = pairs};
    convolve_weights(&s, dy, x, g, samples, O, tap);
}
