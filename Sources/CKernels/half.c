// Numbers of 16 bits, float16 and bfloat16, widened to float32.
#include "dispatch.h"

#if defined(__x86_64__)
#include <immintrin.h>

/// Widens float16 by the instruction that every processor with AVX2 has.
__attribute__((target("avx,f16c"))) static size_t widen_eights(float *y, const uint16_t *x, size_t n) {
    size_t i = 0;
    for (; i + 8 <= n; i += 8) _mm256_storeu_ps(y + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(x + i))));
    return i;
}
#else
static size_t widen_eights(float *y, const uint16_t *x, size_t n) { return 0; }
#endif

typedef union {
    uint32_t bits;
    float value;
} word;

/// Widens float16 by bits. No result depends on a subnormal float32, so threads that flush these to zero get the same.
static inline float widened(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = (uint32_t)(half & 0x7FFF) << 13;
    // A subnormal half is m * 2^-24: m is put below the exponent of 2^-14, and then 2^-14 is subtracted.
    word tiny = {.bits = magnitude + (113u << 23)}, one = {.bits = 113u << 23}, result;
    tiny.value -= one.value;
    uint32_t finite = magnitude < 0x00800000 ? tiny.bits : magnitude + (112u << 23);
    result.bits = sign | (magnitude >= 0x0F800000 ? magnitude + (224u << 23) : finite);
    return result.value;
}

void bas_widen(float *y, const uint16_t *x, int format, size_t n) {
    size_t i = 0;
    if (format == BAS_BFLOAT16) {
        for (; i < n; i++) {
            word result = {.bits = (uint32_t)x[i] << 16};
            y[i] = result.value;
        }
        return;
    }
    if (bas_processor_level() > 0) i = widen_eights(y, x, n);
    for (; i < n; i++) y[i] = widened(x[i]);
}

void bas_transpose_half(uint16_t *y, const uint16_t *x, size_t rows, size_t columns) {
    for (size_t c = 0; c < columns; c++)
        for (size_t r = 0; r < rows; r++) y[c * rows + r] = x[r * columns + c];
}
