// Matrices laid out as the micro-kernels read them: panels of up to three vectors of columns, each panel's rows one after
// another; columns that fill the last vector up are 0.
#include "gemm.h"

size_t bas_panels(size_t N) { return bas_panel_count(N, bas_gemm()->width); }

size_t bas_panel_columns(void) { return 3 * bas_gemm()->width; }

size_t bas_packed_count(size_t K, size_t N) {
    size_t width = bas_gemm()->width;
    return K * ((N + width - 1) / width * width);
}

typedef float bas_four __attribute__((ext_vector_type(4), aligned(4)));

/// The transpose of a 4 x 4 block, from rows `stride` floats apart to rows `width` floats apart.
BAS_INLINE void transpose_block(float *out, size_t width, const float *in, size_t stride) {
    bas_four a = *(const bas_four *)in, b = *(const bas_four *)(in + stride);
    bas_four c = *(const bas_four *)(in + 2 * stride), d = *(const bas_four *)(in + 3 * stride);
    bas_four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), AB = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    bas_four cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(bas_four *)out = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    *(bas_four *)(out + width) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    *(bas_four *)(out + 2 * width) = __builtin_shufflevector(AB, CD, 0, 1, 4, 5);
    *(bas_four *)(out + 3 * width) = __builtin_shufflevector(AB, CD, 2, 3, 6, 7);
}


/// The rows k..<k + count of a panel: the transpose of `filled` rows of `source`, and zeros up to `width`. Rows are read
/// one cache line at a time, and the next lines are prefetched: 48 streams are too many for the processor's own
/// prefetching.
BAS_INLINE void pack_lines(float *target, size_t width, const float *source, size_t stride, size_t K, size_t filled) {
    for (size_t k = 0; k < K; k += LINE) {
        size_t count = K - k < LINE ? K - k : LINE, n = 0;
        for (; n + 4 <= filled; n += 4) {
            size_t i = 0;
            for (size_t j = n; j < n + 4; j++) __builtin_prefetch(source + j * stride + k + LINE);
            for (; i + 4 <= count; i += 4)
                transpose_block(target + (k + i) * width + n, width, source + n * stride + k + i, stride);
            for (; i < count; i++)
                for (size_t j = n; j < n + 4; j++) target[(k + i) * width + j] = source[j * stride + k + i];
        }
        for (; n < filled; n++)
            for (size_t i = 0; i < count; i++) target[(k + i) * width + n] = source[n * stride + k + i];
        for (size_t i = 0; i < count && filled < width; i++)
            memset(target + (k + i) * width + filled, 0, (width - filled) * sizeof(float));
    }
}

/// The columns of a panel that are not padding.
static inline size_t filled_columns(bas_panel panel, size_t N, size_t width) {
    return N - panel.first < width ? N - panel.first : width;
}

BAS_KERNEL void bas_pack_transposed(float *packed, const float *w, size_t stride, size_t K, size_t N,
                                    size_t firstPanel, size_t lastPanel) {
    size_t unit = bas_panel_columns() / 3;
    for (size_t p = firstPanel; p < lastPanel; p++) {
        bas_panel panel = bas_panel_at(p, N, unit);
        size_t width = panel.vectors * unit;
        pack_lines(packed + panel.first * K, width, w + panel.first * stride, stride, K, filled_columns(panel, N, width));
    }
}

/// The columns of a panel that are widened at once, into at most 48 rows: these stay in the first cache.
#define WIDENED 128

BAS_KERNEL void bas_pack_transposed_half(float *packed, const uint16_t *w, int format, size_t stride, size_t K, size_t N,
                                         size_t firstPanel, size_t lastPanel) {
    size_t unit = bas_panel_columns() / 3;
    float rows[48 * WIDENED];
    for (size_t p = firstPanel; p < lastPanel; p++) {
        bas_panel panel = bas_panel_at(p, N, unit);
        size_t width = panel.vectors * unit, filled = filled_columns(panel, N, width);
        const uint16_t *source = w + panel.first * stride;
        float *target = packed + panel.first * K;
        for (size_t k = 0; k < K; k += WIDENED) {
            size_t count = K - k < WIDENED ? K - k : WIDENED;
            for (size_t n = 0; n < filled; n++) bas_widen(rows + n * WIDENED, source + n * stride + k, format, count);
            pack_lines(target + k * width, width, rows, WIDENED, count, filled);
        }
    }
}

/// Rows of float32 or, with their format, of 16 bits.
BAS_INLINE void pack_rows(float *packed, const float *b, const uint16_t *half, int format, size_t outer,
                          ptrdiff_t outerStride, size_t inner, ptrdiff_t innerStride, size_t N, size_t firstPanel,
                          size_t lastPanel) {
    size_t unit = bas_panel_columns() / 3, K = outer * inner;
    for (size_t p = firstPanel; p < lastPanel; p++) {
        bas_panel panel = bas_panel_at(p, N, unit);
        size_t width = panel.vectors * unit, filled = filled_columns(panel, N, width);
        float *target = packed + panel.first * K;
        for (size_t o = 0; o < outer; o++)
            for (size_t i = 0; i < inner; i++, target += width) {
                ptrdiff_t at = (ptrdiff_t)o * outerStride + (ptrdiff_t)i * innerStride + (ptrdiff_t)panel.first;
                if (half) bas_widen(target, half + at, format, filled);
                else memcpy(target, b + at, filled * sizeof(float));
                if (filled < width) memset(target + filled, 0, (width - filled) * sizeof(float));
            }
    }
}

BAS_KERNEL void bas_pack_rows(float *packed, const float *b, size_t outer, ptrdiff_t outerStride, size_t inner,
                              ptrdiff_t innerStride, size_t N, size_t firstPanel, size_t lastPanel) {
    pack_rows(packed, b, NULL, 0, outer, outerStride, inner, innerStride, N, firstPanel, lastPanel);
}

void bas_pack_rows_half(float *packed, const uint16_t *b, int format, size_t outer, ptrdiff_t outerStride, size_t inner,
                        ptrdiff_t innerStride, size_t N, size_t firstPanel, size_t lastPanel) {
    pack_rows(packed, NULL, b, format, outer, outerStride, inner, innerStride, N, firstPanel, lastPanel);
}

BAS_KERNEL void bas_transpose(float *y, const float *t, size_t rows, size_t columns, size_t stride, const float *bias,
                              const float *residual) {
    size_t r = 0;
    for (; r + 4 <= rows; r += 4) {
        size_t c = 0;
        for (; c + 4 <= columns; c += 4) transpose_block(y + r * stride + c, stride, t + c * rows + r, rows);
        for (; c < columns; c++)
            for (size_t i = r; i < r + 4; i++) y[i * stride + c] = t[c * rows + i];
    }
    for (; r < rows; r++)
        for (size_t c = 0; c < columns; c++) y[r * stride + c] = t[c * rows + r];
    for (r = 0; bias && r < rows; r++)
        for (size_t c = 0; c < columns; c++) y[r * stride + c] += bias[c];
    for (r = 0; residual && r < rows; r++)
        for (size_t c = 0; c < columns; c++) y[r * stride + c] += residual[r * stride + c];
}
