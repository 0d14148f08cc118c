// Attention of one head without its probabilities in memory (Dao and others 2022, arXiv 2205.14135): queries in tiles, keys
// in blocks whose scores stay in the second cache; the softmax's sums are corrected from block to block.
#include "gemm.h"

#define TILE BAS_ATTENTION_TILE
/// The approximate number of keys of a block.
#define BLOCK_KEYS 480
/// Fills rows of scores up to whole `lanes` with numbers whose softmax is 0.
#define LANES 16
#define NOTHING -3.4e38f
typedef float lanes __attribute__((ext_vector_type(LANES), aligned(4)));
typedef int32_t whole_lanes __attribute__((ext_vector_type(LANES)));

static inline size_t filled(size_t columns) { return (columns + LANES - 1) / LANES * LANES; }

/// e^x in place for x = scale * (s - top) - shift, clamped to -87...0; NaN stays NaN.
BAS_INLINE void exponential(lanes *s, float scale, float top, float shift) {
    lanes x = (*s - top) * scale - shift, least = -87.0f, most = 0.0f;
    x = x < least ? least : x;
    x = x > most ? most : x;
    lanes n = x * 1.44269504088896341f + 12582912.0f;
    n -= 12582912.0f;
    lanes r = x - n * 0.693359375f;
    r += n * 2.12194440e-4f;
    lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    union { whole_lanes i; lanes f; } power = {.i = (__builtin_convertvector(n, whole_lanes) + 127) << 23};
    *s = (p * (r * r) + (r + 1.0f)) * power.f;
}

BAS_INLINE void fill_up(float *row, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) row[i] = NOTHING;
}

/// Replaces a row of `columns` scores by exp(scale * (s - top)), where `top` becomes the largest score so far; returns
/// their sum.
BAS_INLINE float row_exponentials(float *s, size_t columns, float scale, float *top) {
    size_t stride = filled(columns);
    fill_up(s, columns, stride);
    lanes largest = *(const lanes *)s, total = 0.0f;
    for (size_t i = LANES; i < stride; i += LANES) largest = __builtin_elementwise_max(largest, *(const lanes *)(s + i));
    float best = __builtin_reduce_max(largest), sum = 0;
    if (best < *top) best = *top;
    for (size_t i = 0; i < stride; i += LANES) {
        exponential((lanes *)(s + i), scale, best, 0);
        total += *(const lanes *)(s + i);
    }
    for (size_t i = 0; i < LANES; i++) sum += total[i];
    *top = best;
    return sum;
}

/// The same for all rows [rows, stride]. top and sum [rows] are updated from block to block; `fade` receives the factors of
/// what earlier blocks summed.
BAS_KERNEL static void exponentials(float *s, size_t rows, size_t columns, float scale, float *top, float *sum, float *fade) {
    for (size_t r = 0; r < rows; r++, s += filled(columns)) {
        float before = top[r], all = row_exponentials(s, columns, scale, top + r);
        fade[r] = bas_exp(scale * (before - top[r]));
        sum[r] = sum[r] * fade[r] + all;
    }
}

BAS_KERNEL static void scale_rows(float *y, size_t yStride, const float *x, size_t rows, size_t d, const float *factor) {
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < d; i++) y[r * yStride + i] = x[r * d + i] * factor[r];
}

size_t bas_attention_workspace(size_t d) { return TILE * (BLOCK_KEYS + 3 * bas_panel_columns() + d + LANES); }

void bas_attention(float *y, size_t yStride, float *logSums, const float *q, size_t qStride, size_t queries,
                   const float *packedKeys, const float *v, size_t vStride, size_t keys, size_t d, float scale,
                   float *workspace) {
    size_t width = bas_panel_columns() / 3, panels = bas_panels(keys), blocks = (keys + BLOCK_KEYS - 1) / BLOCK_KEYS;
    float *o = workspace, *s = o + TILE * d;
    for (size_t start = 0; start < queries; start += TILE) {
        size_t rows = queries - start < TILE ? queries - start : TILE;
        float top[TILE], sum[TILE], fade[TILE];
        for (size_t r = 0; r < rows; r++) { top[r] = -3.4e38f; sum[r] = 0; }
        for (size_t block = 0; block < blocks; block++) {
            size_t firstPanel = panels * block / blocks, lastPanel = panels * (block + 1) / blocks;
            size_t first = bas_panel_at(firstPanel, keys, width).first;
            size_t last = lastPanel == panels ? keys : bas_panel_at(lastPanel, keys, width).first, count = last - first;
            // Whole vectors are stored: the rows have room for them.
            bas_product(s - first, filled(count), q + start * qStride, qStride, rows, d, packedKeys, 0,
                        (keys + width - 1) / width * width, firstPanel, lastPanel, NULL, NULL);
            exponentials(s, rows, count, scale, top, sum, fade);
            if (block) scale_rows(o, d, o, rows, d, fade);
            bas_product(o, d, s, filled(count), rows, count, v + first * vStride, vStride, d, 0, bas_panels(d), NULL,
                        block ? o : NULL);
        }
        for (size_t r = 0; r < rows; r++) {
            if (logSums) logSums[start + r] = scale * top[r] + logf(sum[r]);
            sum[r] = 1.0f / sum[r];
        }
        scale_rows(y + start * yStride, yStride, o, rows, d, sum);
    }
}

/// Turns scores s [rows, stride] into probabilities p [rows, columns]. Row r sees the keys up to `causal` + r, or all where
/// `causal` is negative.
BAS_KERNEL static void softmax(float *p, float *s, size_t rows, size_t columns, float scale, ptrdiff_t causal) {
    for (size_t r = 0; r < rows; r++, s += filled(columns), p += columns) {
        size_t seen = causal >= 0 && (size_t)causal + r + 1 < columns ? (size_t)causal + r + 1 : columns;
        float top = NOTHING, inverse = 1.0f / row_exponentials(s, seen, scale, &top);
        for (size_t i = 0; i < seen; i++) p[i] = s[i] * inverse;
        for (size_t i = seen; i < columns; i++) p[i] = 0;
    }
}

size_t bas_attention_probabilities_workspace(size_t keys) { return TILE * filled(keys); }

void bas_attention_probabilities(float *p, const float *q, size_t qStride, size_t queries, const float *packedKeys,
                                 size_t keys, size_t d, float scale, int isCausal, float *workspace) {
    size_t width = bas_panel_columns() / 3, panels = bas_panels(keys);
    for (size_t start = 0; start < queries; start += TILE) {
        size_t rows = queries - start < TILE ? queries - start : TILE;
        bas_product(workspace, filled(keys), q + start * qStride, qStride, rows, d, packedKeys, 0,
                    (keys + width - 1) / width * width, 0, panels, NULL, NULL);
        softmax(p + start * keys, workspace, rows, keys, scale, isCausal ? (ptrdiff_t)start : -1);
    }
}

/// Turns scores into probabilities p = exp(scale * s - logSums), and dp into ds = scale * p * (dp - dot(dy, y)).
BAS_KERNEL static void probabilities_backward(float *p, float *dp, const float *logSums, const float *dots, size_t rows,
                                              size_t columns, float scale) {
    size_t stride = filled(columns);
    for (size_t r = 0; r < rows; r++, p += stride, dp += stride) {
        float shift = logSums[r], dot = dots[r];
        fill_up(p, columns, stride);
        for (size_t i = 0; i < stride; i += LANES) {
            exponential((lanes *)(p + i), scale, 0, shift);
            *(lanes *)(dp + i) = scale * *(const lanes *)(p + i) * (*(const lanes *)(dp + i) - dot);
        }
    }
}

/// dots[r] is the inner product of dy[r] and y[r].
BAS_KERNEL static void row_dots(float *dots, const float *dy, const float *y, size_t stride, size_t rows, size_t d) {
    BAS_FAST
    for (size_t r = 0; r < rows; r++, dy += stride, y += stride) {
        float dot = 0;
        for (size_t i = 0; i < d; i++) dot += dy[i] * y[i];
        dots[r] = dot;
    }
}

size_t bas_attention_backward_workspace(size_t keys, size_t d) { return 2 * TILE * filled(keys) + 2 * (keys + 64) * d; }

void bas_attention_backward(float *dq, float *dk, float *dv, const float *dy, const float *y, const float *logSums,
                            const float *q, const float *k, size_t stride, size_t queries, size_t keys, size_t d,
                            float scale, const float *packedKeys, const float *packedValues, float *workspace) {
    size_t panels = bas_panels(keys), columns = bas_panels(d), width = bas_panel_columns() / 3, row = filled(keys);
    size_t all = (keys + width - 1) / width * width;
    float *p = workspace, *dp = p + TILE * row, *ownK = dp + TILE * row, *ownV = ownK + (keys + 64) * d;
    for (size_t start = 0; start < queries; start += TILE) {
        size_t rows = queries - start < TILE ? queries - start : TILE;
        const float *ownQ = q + start * stride, *ownDy = dy + start * stride;
        float dots[TILE];
        row_dots(dots, ownDy, y + start * stride, stride, rows, d);
        bas_product(p, row, ownQ, stride, rows, d, packedKeys, 0, all, 0, panels, NULL, NULL);
        bas_product(dp, row, ownDy, stride, rows, d, packedValues, 0, all, 0, panels, NULL, NULL);
        probabilities_backward(p, dp, logSums + start, dots, rows, keys, scale);
        if (dq) bas_product(dq + start * stride, stride, dp, row, rows, keys, k, stride, d, 0, columns, NULL, NULL);
        if (dk) bas_outer_product_added(ownK, d, dp, row, ownQ, stride, rows, 0, keys, d, start > 0);
        if (dv) bas_outer_product_added(ownV, d, p, row, ownDy, stride, rows, 0, keys, d, start > 0);
    }
    for (size_t i = 0; i < keys; i++) {
        if (dk) memcpy(dk + i * stride, ownK + i * d, d * sizeof(float));
        if (dv) memcpy(dv + i * stride, ownV + i * d, d * sizeof(float));
    }
}
