// Rounding to bfloat16, to nearest, ties to even. Two numbers that a product sums one after the other lie side by side as a
// pair, in the place of one float32, the first in its lower half. A number that the last pair lacks is 0.
#include "bfloat16.h"

#if defined(__x86_64__)

int bas_has_bfloat16(void) {
    static int known;  // 1: no, 2: yes; the same whoever writes it
    int has = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (has == 0) {
        __builtin_cpu_init();
        has = bas_processor_level() == 2 && __builtin_cpu_supports("avx512bf16") ? 2 : 1;
        __atomic_store_n(&known, has, __ATOMIC_RELAXED);
    }
    return has == 2;
}

static inline __mmask16 first_of(size_t n) { return (__mmask16)(n < 16 ? (1u << n) - 1 : 0xFFFF); }

/// Rounds `count` contiguous numbers to (count + 1) / 2 pairs.
ROUNDING static void round_row(float *pairs, const float *x, size_t count) {
    size_t i = 0;
    for (; i + 32 <= count; i += 32)
        _mm512_storeu_ps(pairs + i / 2, (__m512)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + i + 16), _mm512_loadu_ps(x + i)));
    if (i == count) return;
    size_t left = count - i;
    __m512 low = _mm512_maskz_loadu_ps(first_of(left), x + i);
    __m512 high = left > 16 ? _mm512_maskz_loadu_ps(first_of(left - 16), x + i + 16) : _mm512_setzero_ps();
    _mm512_mask_storeu_ps(pairs + i / 2, first_of((left + 1) / 2), (__m512)_mm512_cvtne2ps_pbh(high, low));
}

ROUNDING void bas_round_rows(float *pairs, const float *x, size_t stride, size_t rows, size_t K) {
    if (stride == K && K % 2 == 0) {
        round_row(pairs, x, rows * K);
        return;
    }
    for (size_t row = 0; row < rows; row++) round_row(pairs + row * ((K + 1) / 2), x + row * stride, K);
}

ROUNDING void bas_pair_rows(float *pairs, const float *one, const float *other, size_t N) {
    for (size_t i = 0; i < N; i += 16) {
        __mmask16 mask = first_of(N - i);
        __m512 second = other ? _mm512_maskz_loadu_ps(mask, other + i) : _mm512_setzero_ps();
        _mm512_storeu_ps(pairs + i, interleaved(_mm512_maskz_loadu_ps(mask, one + i), second));
    }
}
#else
int bas_has_bfloat16(void) { return 0; }
void bas_round_rows(float *pairs, const float *x, size_t stride, size_t rows, size_t K) {}
void bas_pair_rows(float *pairs, const float *one, const float *other, size_t N) {}
#endif

void bas_pair_packed(float *pairs, const float *packed, size_t outer, size_t inner, size_t N, size_t firstPanel,
                     size_t lastPanel) {
    size_t unit = bas_panel_columns() / 3;
    for (size_t p = firstPanel; p < lastPanel; p++) {
        bas_panel panel = bas_panel_at(p, N, unit);
        size_t width = panel.vectors * unit;
        const float *row = packed + outer * inner * panel.first;
        float *target = pairs + outer * ((inner + 1) / 2) * panel.first;
        for (size_t o = 0; o < outer; o++, row += inner * width)
            for (size_t i = 0; i < inner; i += 2, target += width)
                bas_pair_rows(target, row + i * width, i + 1 < inner ? row + (i + 1) * width : NULL, width);
    }
}
