// Attention of one head without its probabilities in memory (Dao and others 2022, arXiv 2205.14135): queries in tiles,
// keys in blocks whose scores stay in the second cache, the softmax's sums corrected from block to block.
#include "gemm.h"

#define TILE BAS_ATTENTION_TILE
/// Keys of a block, about.
#define BLOCK_KEYS 480

// In place is elementwise: without this, the loop would take the scalar path that its overlap check keeps.
#define IN_PLACE _Pragma("clang loop vectorize(assume_safety)")

/// s[r] = exp(scale * (s[r] - top[r])) with the largest score so far, whose old value `top` held; `sum` [rows] follows,
/// and `fade` is what earlier blocks' sums are multiplied by.
BAS_KERNEL static void exponentials(float *s, size_t rows, size_t columns, float scale, float *top, float *sum, float *fade) {
    BAS_FAST
    for (size_t r = 0; r < rows; r++, s += columns) {
        float best = bas_largest(s, columns, top[r]), total = 0;
        fade[r] = bas_exp(scale * (top[r] - best));
        float shift = scale * best;
        IN_PLACE
        for (size_t i = 0; i < columns; i++) { float e = bas_exp(scale * s[i] - shift); s[i] = e; total += e; }
        sum[r] = sum[r] * fade[r] + total;
        top[r] = best;
    }
}

BAS_KERNEL static void scale_rows(float *y, size_t yStride, const float *x, size_t rows, size_t d, const float *factor) {
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < d; i++) y[r * yStride + i] = x[r * d + i] * factor[r];
}

size_t bas_attention_workspace(size_t d) { return TILE * (BLOCK_KEYS + 3 * bas_panel_columns() + d); }

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
            bas_product(s - first, count, q + start * qStride, qStride, rows, d, packedKeys, 0, keys, firstPanel, lastPanel,
                        NULL, NULL);
            exponentials(s, rows, count, scale, top, sum, fade);
            if (block) scale_rows(o, d, o, rows, d, fade);
            bas_product(o, d, s, count, rows, count, v + first * vStride, vStride, d, 0, bas_panels(d), NULL, block ? o : NULL);
        }
        for (size_t r = 0; r < rows; r++) {
            if (logSums) logSums[start + r] = scale * top[r] + logf(sum[r]);
            sum[r] = 1.0f / sum[r];
        }
        scale_rows(y + start * yStride, yStride, o, rows, d, sum);
    }
}

/// p = exp(scale * s - logSums), the probabilities of scores; ds = scale * p * (dp - dot(dy, y)) into dp.
BAS_KERNEL static void probabilities_backward(float *p, float *dp, const float *logSums, const float *dots, size_t rows,
                                              size_t columns, float scale) {
    BAS_FAST
    for (size_t r = 0; r < rows; r++, p += columns, dp += columns) {
        float shift = logSums[r], dot = dots[r];
        IN_PLACE
        for (size_t i = 0; i < columns; i++) {
            float e = bas_exp(scale * p[i] - shift);
            p[i] = e;
            dp[i] = scale * e * (dp[i] - dot);
        }
    }
}

/// dots[r] = dy[r] * y[r].
BAS_KERNEL static void row_dots(float *dots, const float *dy, const float *y, size_t stride, size_t rows, size_t d) {
    BAS_FAST
    for (size_t r = 0; r < rows; r++, dy += stride, y += stride) {
        float dot = 0;
        for (size_t i = 0; i < d; i++) dot += dy[i] * y[i];
        dots[r] = dot;
    }
}

size_t bas_attention_backward_workspace(size_t keys, size_t d) { return 2 * TILE * keys + 2 * (keys + 64) * d; }

void bas_attention_backward(float *dq, float *dk, float *dv, const float *dy, const float *y, const float *logSums,
                            const float *q, const float *k, size_t stride, size_t queries, size_t keys, size_t d,
                            float scale, const float *packedKeys, const float *packedValues, float *workspace) {
    size_t panels = bas_panels(keys), columns = bas_panels(d);
    float *p = workspace, *dp = p + TILE * keys, *ownK = dp + TILE * keys, *ownV = ownK + (keys + 64) * d;
    for (size_t start = 0; start < queries; start += TILE) {
        size_t rows = queries - start < TILE ? queries - start : TILE;
        const float *ownQ = q + start * stride, *ownDy = dy + start * stride;
        float dots[TILE];
        row_dots(dots, ownDy, y + start * stride, stride, rows, d);
        bas_product(p, keys, ownQ, stride, rows, d, packedKeys, 0, keys, 0, panels, NULL, NULL);
        bas_product(dp, keys, ownDy, stride, rows, d, packedValues, 0, keys, 0, panels, NULL, NULL);
        probabilities_backward(p, dp, logSums + start, dots, rows, keys, scale);
        if (dq) bas_product(dq + start * stride, stride, dp, keys, rows, keys, k, stride, d, 0, columns, NULL, NULL);
        if (dk) bas_outer_product_added(ownK, d, dp, keys, ownQ, stride, rows, 0, keys, d, start > 0);
        if (dv) bas_outer_product_added(ownV, d, p, keys, ownDy, stride, rows, 0, keys, d, start > 0);
    }
    for (size_t i = 0; i < keys; i++) {
        if (dk) memcpy(dk + i * stride, ownK + i * d, d * sizeof(float));
        if (dv) memcpy(dv + i * stride, ownV + i * d, d * sizeof(float));
    }
}
