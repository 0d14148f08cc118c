// Elementwise arithmetic, activations and the fused two-array passes.
#include "dispatch.h"

#define BINARY_LOOP(expression)                                                                  \
    if (sa && sb) { for (size_t i = 0; i < n; i++) { float p = a[i], q = b[i]; y[i] = expression; } }  \
    else if (sa) { float q = *b; for (size_t i = 0; i < n; i++) { float p = a[i]; y[i] = expression; } } \
    else if (sb) { float p = *a; for (size_t i = 0; i < n; i++) { float q = b[i]; y[i] = expression; } } \
    else { float p = *a, q = *b, r = expression; for (size_t i = 0; i < n; i++) y[i] = r; }

BAS_KERNEL void bas_binary(int op, float *y, const float *a, size_t sa, const float *b, size_t sb, size_t n) {
    switch (op) {
        case BAS_ADD: BINARY_LOOP(p + q) break;
        case BAS_SUBTRACT: BINARY_LOOP(p - q) break;
        case BAS_MULTIPLY: BINARY_LOOP(p * q) break;
        case BAS_DIVIDE: BINARY_LOOP(p / q) break;
        case BAS_MINIMUM: BINARY_LOOP(p < q ? p : q) break;
        case BAS_MAXIMUM: BINARY_LOOP(p > q ? p : q) break;
        case BAS_POWER: BINARY_LOOP(powf(p, q)) break;
        case BAS_LESS: BINARY_LOOP(p < q ? 1.0f : 0.0f) break;
        case BAS_LESS_EQUAL: BINARY_LOOP(p <= q ? 1.0f : 0.0f) break;
        case BAS_EQUAL: BINARY_LOOP(p == q ? 1.0f : 0.0f) break;
    }
}

#define UNARY_LOOP(expression) for (size_t i = 0; i < n; i++) { float v = x[i]; y[i] = expression; }

BAS_KERNEL void bas_unary(int op, float *y, const float *x, size_t n) {
    switch (op) {
        case BAS_NEGATE: UNARY_LOOP(-v) break;
        case BAS_EXP: UNARY_LOOP(bas_exp_full(v)) break;
        case BAS_LOG: UNARY_LOOP(logf(v)) break;
        case BAS_SQRT: UNARY_LOOP(bas_sqrt(v)) break;
        case BAS_ABS: UNARY_LOOP(__builtin_fabsf(v)) break;
        case BAS_SQUARE: UNARY_LOOP(v * v) break;
        case BAS_RECIPROCAL: UNARY_LOOP(1.0f / v) break;
        case BAS_SIGN: UNARY_LOOP((float)((v > 0) - (v < 0))) break;
        case BAS_SIN: UNARY_LOOP(sinf(v)) break;
        case BAS_COS: UNARY_LOOP(cosf(v)) break;
        case BAS_TANH: UNARY_LOOP(tanhf(v)) break;
        case BAS_SIGMOID: UNARY_LOOP(bas_sigmoid(v)) break;
        case BAS_SILU: UNARY_LOOP(v * bas_sigmoid(v)) break;
        case BAS_GELU: UNARY_LOOP(v * bas_normal_cdf(v)) break;
        case BAS_QUICK_GELU: UNARY_LOOP(v * bas_sigmoid(1.702f * v)) break;
        case BAS_FLOOR: UNARY_LOOP(__builtin_floorf(v)) break;
        case BAS_ROUND: UNARY_LOOP(__builtin_roundevenf(v)) break;
    }
}

BAS_INLINE float silu_derivative(float x) { float s = bas_sigmoid(x); return s * (1.0f + x * (1.0f - s)); }
BAS_INLINE float quick_gelu_derivative(float x) {
    float s = bas_sigmoid(1.702f * x);
    return s * (1.0f + 1.702f * x * (1.0f - s));
}
BAS_INLINE float sigmoid_derivative(float x) { float s = bas_sigmoid(x); return s * (1.0f - s); }
BAS_INLINE float tanh_derivative(float x) { float t = tanhf(x); return 1.0f - t * t; }

#define BACKWARD_LOOP(derivative) for (size_t i = 0; i < n; i++) { float v = x[i]; dx[i] = dy[i] * (derivative); }

BAS_KERNEL void bas_activation_backward(int op, float *dx, const float *dy, const float *x, size_t n) {
    switch (op) {
        case BAS_SILU: BACKWARD_LOOP(silu_derivative(v)) break;
        case BAS_GELU: BACKWARD_LOOP(bas_normal_cdf(v) + v * bas_normal_pdf(v)) break;
        case BAS_QUICK_GELU: BACKWARD_LOOP(quick_gelu_derivative(v)) break;
        case BAS_SIGMOID: BACKWARD_LOOP(sigmoid_derivative(v)) break;
        case BAS_TANH: BACKWARD_LOOP(tanh_derivative(v)) break;
    }
}

BAS_KERNEL void bas_scale(float *y, const float *x, float scale, float offset, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = scale * x[i] + offset;
}

BAS_KERNEL void bas_axpy(float *y, const float *x, float scale, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += scale * x[i];
}

BAS_KERNEL void bas_combine(float *y, const float *x, float a, const float *z, float b, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = a * x[i] + b * z[i];
}

BAS_KERNEL void bas_fill_rows(float *y, const float *bias, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, y += columns) memcpy(y, bias, columns * sizeof(float));
}

BAS_KERNEL void bas_add_rows(float *y, const float *x, const float *bias, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, y += columns, x += columns)
        for (size_t c = 0; c < columns; c++) y[c] = x[c] + bias[c];
}
