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
#define BAS_INLINE static inline __attribute__((always_inline))
// Reductions may be reordered, products and sums fused: what makes loops over `+=` vectorise.
#define BAS_FAST _Pragma("clang fp reassociate(on) contract(fast)")

/// e^x with about 2 ulp; loops over it vectorise, which loops over libm's do not. (Cephes' polynomial.)
BAS_INLINE float bas_exp(float x) {
    x = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
    float n = __builtin_roundevenf(x * 1.44269504088896341f);
    float r = __builtin_fmaf(n, -0.693359375f, x);
    r = __builtin_fmaf(n, 2.12194440e-4f, r);
    float p = 1.9875691500e-4f;
    p = __builtin_fmaf(p, r, 1.3981999507e-3f);
    p = __builtin_fmaf(p, r, 8.3334519073e-3f);
    p = __builtin_fmaf(p, r, 4.1665795894e-2f);
    p = __builtin_fmaf(p, r, 1.6666665459e-1f);
    p = __builtin_fmaf(p, r, 5.0000001201e-1f);
    p = __builtin_fmaf(p, r * r, r + 1.0f);
    union { int32_t i; float f; } scale = {.i = ((int32_t)n + 127) << 23};
    return p * scale.f;
}

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
