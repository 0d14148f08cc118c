// Products of rows with packed matrices, and convolutions without patches, on micro-kernels chosen by the processor. Rows
// are read in place through pointers, one for each row and tap, as in Dukhan's indirect convolution (arXiv 1907.02129).
#include "gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define NAME(x) v4_##x
#define TARGET target("arch=x86-64-v4")
#define WIDTH 16
#define TILE_ROWS 8
#define LOAD_PART(p, n) _mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1), p)
#define STORE_PART(p, v, n) _mm512_mask_storeu_ps(p, (__mmask16)((1u << (n)) - 1), v)
#include "gemm_tiles.h"

/// The operands are pairs of bfloat16 (bfloat16.c), two products per lane.
#define NAME(x) pairs_##x
#define TARGET BAS_BFLOAT16_TARGET
#define WIDTH 16
#define TILE_ROWS 8
#define MULTIPLY_ADD(sum, a, column) _mm512_dpbf16_ps(sum, (__m512bh)_mm512_set1_ps(a), (__m512bh)(column))
#define LOAD_PART(p, n) _mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1), p)
#define STORE_PART(p, v, n) _mm512_mask_storeu_ps(p, (__mmask16)((1u << (n)) - 1), v)
#include "gemm_tiles.h"

/// The eight numbers from 8 - n on are a mask of the first n lanes.
static const int32_t first_of_eight[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
#define MASK(n) _mm256_loadu_si256((const __m256i *)(first_of_eight + 8 - (n)))
#define NAME(x) v3_##x
#define TARGET target("arch=x86-64-v3")
#define WIDTH 8
#define TILE_ROWS 4
#define LOAD_PART(p, n) _mm256_maskload_ps(p, MASK(n))
#define STORE_PART(p, v, n) _mm256_maskstore_ps(p, MASK(n), v)
#include "gemm_tiles.h"
#endif
typedef float four __attribute__((ext_vector_type(4)));
static inline four load_part(const float *p, size_t n) { return (four){p[0], n > 1 ? p[1] : 0, n > 2 ? p[2] : 0, 0}; }
static inline void store_part(float *p, four v, size_t n) { for (size_t i = 0; i < n; i++) p[i] = v[i]; }
#define NAME(x) base_##x
#define TARGET unused
#define WIDTH 4
#define TILE_ROWS 4
#define LOAD_PART(p, n) load_part(p, n)
#define STORE_PART(p, v, n) store_part(p, v, n)
#include "gemm_tiles.h"

const bas_gemm_kernels *bas_gemm(void) {
    static const bas_gemm_kernels base = {4, 4, base_rows, base_outer};
#if defined(__x86_64__)
    static const bas_gemm_kernels v3 = {4, 8, v3_rows, v3_outer}, v4 = {8, 16, v4_rows, v4_outer};
    switch (bas_processor_level()) {
    case 2: return &v4;
    case 1: return &v3;
    default: break;
    }
#endif
    return &base;
}

const bas_gemm_kernels *bas_gemm_of_pairs(void) {
#if defined(__x86_64__)
    static const bas_gemm_kernels pairs = {8, 16, pairs_rows, pairs_outer};
    if (bas_has_bfloat16()) return &pairs;
#endif
    return NULL;
}

/// The rows whose pointers are made at once; a panel is read from the cache once for each tile of them.
#define CHUNK_ROWS 64
/// How many rows of the matrix a tile fetches ahead of the one that it multiplies.
#define ROWS_AHEAD 16
#define MAXIMUM_TAPS BAS_MAXIMUM_TAPS
/// The most products that are summed at a time, so that their part of a panel stays in the second cache.
#define CHUNK_PRODUCTS 2560

/// The pixel that padding points to: as many zeros as the most channels that `bas_convolve` takes.
static const float zeros[BAS_MAXIMUM_CHANNELS];

/// Chooses what a tile of a block fetches: its own rows of the matrix a little before it needs them, or, once the first
/// block has brought those into the second cache, its share of what the next blocks will read (of a packed matrix, what
/// follows). Left to the processor, weights from the third cache or from memory came three times slower (Intel Xeon, eight
/// rows).
static void fetch_ahead(bas_rows_tile *s, size_t block, size_t blocks, int isFollowed) {
    size_t stride = s->bStride;
    s->ahead = s->b + ROWS_AHEAD * stride;
    s->aheadStride = stride;
    if (block == 0 || !isFollowed) return;
    const float *next = s->b + s->taps * s->channels * stride;
    s->ahead = next + s->taps * s->channels * stride * (block - 1) / (blocks - 1);
    s->aheadStride = (stride + blocks - 2) / (blocks - 1);
}

/// The product of up to CHUNK_ROWS rows, given by pointers, with the panels first..<last. `s` holds what all tiles share;
/// s->b is the matrix, packed where `isPacked`.
static void chunk(const bas_gemm_kernels *k, bas_rows_tile s, size_t count, size_t N, size_t first, size_t last,
                  int isPacked) {
    size_t K = s.allTaps * s.channels, blocks = (count + k->rows - 1) / k->rows;
    size_t step = s.channels ? CHUNK_PRODUCTS / s.channels : 0;
    if (step == 0) step = 1;
    const float *matrix = s.b, *bias = s.bias, *added = s.added, *const *rows = s.rows;
    float *y = s.y;
    for (size_t p = first; p < last; p++) {
        bas_panel panel = bas_panel_at(p, N, k->width);
        s.columns = panel.vectors * k->width;
        if (isPacked) { s.bStride = s.columns; s.tapStride = (ptrdiff_t)(s.channels * s.columns); }
        if (panel.first + s.columns > N) s.columns = N - panel.first;
        for (size_t tap = 0; tap < s.allTaps; tap += step) {
            s.taps = s.allTaps - tap < step ? s.allTaps - tap : step;
            s.b = matrix + panel.first * (isPacked ? K : 1) + (ptrdiff_t)tap * s.tapStride;
            s.bias = bias && tap == 0 ? bias + panel.first : NULL;
            for (size_t block = 0; block < blocks; block++) {
                size_t row = count * block / blocks, end = count * (block + 1) / blocks;
                s.rows = rows + row * s.allTaps + tap;
                s.y = y + row * s.yStride + panel.first;
                s.added = tap ? s.y : added ? added + row * s.yStride + panel.first : NULL;
                fetch_ahead(&s, block, blocks, isPacked && (p + 1 < last || tap + step < s.allTaps));
                k->rowsTile((int)(end - row), (int)panel.vectors, &s);
            }
        }
    }
}

static void product(const bas_gemm_kernels *k, float *y, size_t yStride, const float *x, size_t xStride, size_t rows,
                    size_t K, const float *b, size_t bStride, size_t N, size_t firstPanel, size_t lastPanel,
                    const float *bias, const float *residual) {
    const float *pointers[CHUNK_ROWS];
    for (size_t row = 0; row < rows; row += CHUNK_ROWS) {
        size_t count = rows - row < CHUNK_ROWS ? rows - row : CHUNK_ROWS;
        for (size_t i = 0; i < count; i++) pointers[i] = x + (row + i) * xStride;
        bas_rows_tile s = {
            .rows = pointers, .allTaps = 1, .channels = K, .b = b, .bStride = bStride, .y = y + row * yStride,
            .yStride = yStride, .bias = bias, .added = residual ? residual + row * yStride : NULL,
        };
        chunk(k, s, count, N, firstPanel, lastPanel, bStride == 0);
    }
}

void bas_product(float *y, size_t yStride, const float *x, size_t xStride, size_t rows, size_t K, const float *b,
                 size_t bStride, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                 const float *residual) {
    product(bas_gemm(), y, yStride, x, xStride, rows, K, b, bStride, N, firstPanel, lastPanel, bias, residual);
}

void bas_product_of_pairs(float *y, size_t yStride, const float *x, size_t xStride, size_t rows, size_t K,
                          const float *b, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                          const float *residual) {
    product(bas_gemm_of_pairs(), y, yStride, x, xStride, rows, K, b, 0, N, firstPanel, lastPanel, bias, residual);
}

size_t bas_product_bfloat16_workspace(size_t K) { return CHUNK_ROWS * ((K + 1) / 2); }

void bas_product_bfloat16(float *y, size_t yStride, const float *x, size_t xStride, size_t rows, size_t K,
                          const float *packed, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                          const float *residual, float *workspace) {
    size_t half = (K + 1) / 2;
    for (size_t row = 0; row < rows; row += CHUNK_ROWS) {
        size_t count = rows - row < CHUNK_ROWS ? rows - row : CHUNK_ROWS;
        bas_round_rows(workspace, x + row * xStride, xStride, count, K);
        bas_product_of_pairs(y + row * yStride, yStride, workspace, half, count, half, packed, N, firstPanel, lastPanel,
                             bias, residual ? residual + row * yStride : NULL);
    }
}

/// The output pixels first..<last of a convolution; `s` holds the matrix and, where that is not packed, its strides.
static void convolve(const bas_gemm_kernels *k, bas_rows_tile s, float *y, const float *x, const bas_convolution *g,
                     size_t first, size_t last, size_t N, size_t firstPanel, size_t lastPanel, const float *residual,
                     int isPacked) {
    const float *pointers[CHUNK_ROWS * MAXIMUM_TAPS];
    size_t taps = g->kernelH * g->kernelW;
    for (size_t row = first; row < last; row += CHUNK_ROWS) {
        size_t count = last - row < CHUNK_ROWS ? last - row : CHUNK_ROWS;
        for (size_t i = 0; i < count; i++)
            for (size_t t = 0; t < taps; t++) {
                const float *source = bas_pixel(x, g, row + i, t);
                pointers[i * taps + t] = source ? source : zeros;
            }
        s.rows = pointers;
        s.y = y + row * N;
        s.added = residual ? residual + row * N : NULL;
        s.allTaps = taps;
        s.channels = g->C;
        s.yStride = N;
        chunk(k, s, count, N, firstPanel, lastPanel, isPacked);
    }
}

void bas_convolve(float *y, const float *x, const bas_convolution *g, size_t first, size_t last, const float *packed,
                  size_t N, size_t firstPanel, size_t lastPanel, const float *bias, const float *residual) {
    bas_rows_tile s = {.b = packed, .bias = bias};
    convolve(bas_gemm(), s, y, x, g, first, last, N, firstPanel, lastPanel, residual, 1);
}

void bas_convolve_bfloat16(float *y, const float *x, const bas_convolution *g, size_t first, size_t last,
                           const float *packed, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                           const float *residual) {
    bas_rows_tile s = {.b = packed, .bias = bias};
    bas_convolution halves = *g;
    halves.C = (g->C + 1) / 2;
    convolve(bas_gemm_of_pairs(), s, y, x, &halves, first, last, N, firstPanel, lastPanel, residual, 1);
}

void bas_convolve_turned(float *dx, const float *dy, const bas_convolution *g, size_t first, size_t last,
                         const float *w, size_t N, size_t firstPanel, size_t lastPanel) {
    size_t taps = g->kernelH * g->kernelW;
    bas_rows_tile s = {.b = w + (taps - 1) * N, .bStride = taps * N, .tapStride = -(ptrdiff_t)N};
    convolve(bas_gemm(), s, dx, dy, g, first, last, N, firstPanel, lastPanel, NULL, 0);
}
