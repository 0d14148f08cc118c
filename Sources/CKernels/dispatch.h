// Run-time dispatch and the vectorisable mathematics that the kernels share.
#pragma once
#include "CKernels.h"
#include <math.h>
#include <string.h>

// `arch=x86-64-v3` and not "avx2": only the level brings FMA with it.
#if defined(__x86_64__)
#define BAS_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BAS_KERNEL
#endif
/// Products of bfloat16, which no level brings with it.
#define BAS_BFLOAT16_TARGET target("arch=x86-64-v4,avx512bf16")
#define BAS_INLINE static inline __attribute__((always_inline))
// Reductions may be reordered, products and sums fused: what makes loops over `+=` vectorise.
#define BAS_FAST _Pragma("clang fp reassociate(on) contract(fast)")

/// The nearest whole number of |x| < 2^22: adding 1.5 * 2^23 leaves no bits behind the point. (roundevenf would be a
/// call below SSE4.1.) Loses its meaning where sums are reordered, so never under BAS_FAST.
BAS_INLINE float bas_nearest(float x) { return (x + 12582912.0f) - 12582912.0f; }

/// e^(x - n ln 2) for the whole number n nearest to x / ln 2. (Cephes' polynomial.)
BAS_INLINE float bas_exp_reduced(float x, float n) {
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return p * (r * r) + (r + 1.0f);
}

/// 2^n for -127 < n < 128.
BAS_INLINE float bas_power_of_two(int32_t n) {
    union { int32_t i; float f; } scale = {.i = (n + 127) << 23};
    return scale.f;
}

/// e^x with about 2 ulp, for -87 <= x <= 88 and clamped there; loops over it vectorise, which loops over libm's do
/// not.
BAS_INLINE float bas_exp(float x) {
    x = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
    float n = bas_nearest(x * 1.44269504088896341f);
    return bas_exp_reduced(x, n) * bas_power_of_two((int32_t)n);
}

/// The same over the whole range, down to subnormal numbers and up to infinity.
BAS_INLINE float bas_exp_full(float x) {
    x = x < -104.0f ? -104.0f : (x > 89.0f ? 89.0f : x);
    float n = bas_nearest(x * 1.44269504088896341f);
    int32_t half = (int32_t)n / 2;
    return bas_exp_reduced(x, n) * bas_power_of_two(half) * bas_power_of_two((int32_t)n - half);
}

/// The root without libm's errno, which would keep loops from vectorising.
BAS_INLINE float bas_sqrt(float x) { return __builtin_elementwise_sqrt(x); }

// The largest (smallest) of x[0..<n] and `start`; sixteen lanes by hand, since a loop over one comparison does not
// vectorise.
#define BAS_EXTREME(name, better)                                                         \
    BAS_INLINE float name(const float *x, size_t n, float start) {                        \
        float lanes[16], best = start;                                                    \
        size_t i = 0;                                                                     \
        for (size_t j = 0; j < 16; j++) lanes[j] = start;                                 \
        for (; i + 16 <= n; i += 16)                                                      \
            for (size_t j = 0; j < 16; j++) lanes[j] = x[i + j] better lanes[j] ? x[i + j] : lanes[j]; \
        for (size_t half = 8; half > 0; half /= 2)                                        \
            for (size_t j = 0; j < half; j++)                                             \
                lanes[j] = lanes[j + half] better lanes[j] ? lanes[j + half] : lanes[j];  \
        best = lanes[0];                                                                  \
        for (; i < n; i++) best = x[i] better best ? x[i] : best;                         \
        return best;                                                                      \
    }
BAS_EXTREME(bas_largest, >)
BAS_EXTREME(bas_smallest, <)

BAS_INLINE float bas_sigmoid(float x) { return 1.0f / (1.0f + bas_exp(-x)); }

/// erf with absolute error below 2e-7 (Abramowitz and Stegun 7.1.26).
BAS_INLINE float bas_erf(float x) {
    float a = __builtin_fabsf(x);
    float t = 1.0f / (1.0f + 0.3275911f * a);
    float p = 1.061405429f;
    p = p * t - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - 0.284496736f;
    p = p * t + 0.254829592f;
    return __builtin_copysignf(1.0f - p * t * bas_exp(-a * a), x);
}

/// Φ(x), the normal distribution's cumulative function, and φ(x), its density: gelu(x) = x Φ(x).
BAS_INLINE float bas_normal_cdf(float x) { return 0.5f * (1.0f + bas_erf(x * 0.70710678f)); }
BAS_INLINE float bas_normal_pdf(float x) { return 0.39894228f * bas_exp(-0.5f * x * x); }
