// Run-time dispatch, and vectorizable mathematics that the kernels share.
#pragma once
#include "CKernels.h"
#include <math.h>
#include <string.h>

// `arch=x86-64-v3` and not "avx2", which does not include FMA.
#if defined(__x86_64__)
#define BAS_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BAS_KERNEL
#endif
/// The target of products of bfloat16, which no level includes.
#define BAS_BFLOAT16_TARGET target("arch=x86-64-v4,avx512bf16")
#define BAS_INLINE static inline __attribute__((always_inline))
// Lets reductions be reordered, and products and sums be fused: loops over `+=` vectorize only then.
#define BAS_FAST _Pragma("clang fp reassociate(on) contract(fast)")

/// The nearest whole number of |x| < 2^22: adding 1.5 * 2^23 leaves no fractional bits. (roundevenf would be a call below
/// SSE4.1.) It is meaningless where sums are reordered, so it must not be used under BAS_FAST.
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

/// e^x with about 2 ulp, for x clamped to -87...88. Loops over it vectorize, which loops over libm's do not.
BAS_INLINE float bas_exp(float x) {
    x = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
    float n = bas_nearest(x * 1.44269504088896341f);
    return bas_exp_reduced(x, n) * bas_power_of_two((int32_t)n);
}

/// e^x over the whole range, from subnormal numbers to infinity.
BAS_INLINE float bas_exp_full(float x) {
    x = x < -104.0f ? -104.0f : (x > 89.0f ? 89.0f : x);
    float n = bas_nearest(x * 1.44269504088896341f);
    int32_t half = (int32_t)n / 2;
    return bas_exp_reduced(x, n) * bas_power_of_two(half) * bas_power_of_two((int32_t)n - half);
}

/// The square root without libm's errno, which would keep loops from vectorizing.
BAS_INLINE float bas_sqrt(float x) { return __builtin_elementwise_sqrt(x); }

// The largest (smallest) of x[0..<n] and `start`, ignoring NaN; in sixteen lanes, since a loop over one comparison does not
// vectorize.
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

/// Φ(x), the cumulative distribution function of the standard normal distribution; gelu(x) = x Φ(x).
BAS_INLINE float bas_normal_cdf(float x) { return 0.5f * (1.0f + bas_erf(x * 0.70710678f)); }
/// φ(x), its density.
BAS_INLINE float bas_normal_pdf(float x) { return 0.39894228f * bas_exp(-0.5f * x * x); }
