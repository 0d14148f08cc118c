// Group norm (optionally with SiLU, in the same pass) and layer norm, forward and backward.
#include "dispatch.h"

#define MAX_CHANNELS 4096
#define ROW_BLOCK 64

/// sums[c] = sum over rows of (x - shift[c])^power for the channels c0..<c1; blocks of rows are summed in float32, the
/// blocks in double.
BAS_INLINE void channel_sums(double *sums, const float *x, const float *shift, size_t HW, size_t C, size_t width,
                             int square) {
    BAS_FAST
    float partial[MAX_CHANNELS];
    for (size_t c = 0; c < width; c++) sums[c] = 0;
    for (size_t start = 0; start < HW; start += ROW_BLOCK) {
        size_t end = start + ROW_BLOCK < HW ? start + ROW_BLOCK : HW;
        for (size_t c = 0; c < width; c++) partial[c] = 0;
        for (size_t r = start; r < end; r++) {
            const float *row = x + r * C;
            if (square) for (size_t c = 0; c < width; c++) { float d = row[c] - shift[c]; partial[c] += d * d; }
            else for (size_t c = 0; c < width; c++) partial[c] += row[c];
        }
        for (size_t c = 0; c < width; c++) sums[c] += partial[c];
    }
}

BAS_KERNEL void bas_group_norm(float *y, const float *x, const float *gamma, const float *beta, float *mean,
                               float *rstd, size_t HW, size_t C, size_t G, size_t g0, size_t g1, float eps, int silu) {
    BAS_FAST
    size_t per = C / G, c0 = g0 * per, width = (g1 - g0) * per;
    double sums[MAX_CHANNELS];
    float shift[MAX_CHANNELS], scale[MAX_CHANNELS];
    x += c0; y += c0; gamma += c0; beta += c0;
    channel_sums(sums, x, shift, HW, C, width, 0);
    for (size_t g = 0; g < g1 - g0; g++) {
        double total = 0;
        for (size_t c = g * per; c < (g + 1) * per; c++) total += sums[c];
        mean[g0 + g] = (float)(total / (double)(HW * per));
        for (size_t c = g * per; c < (g + 1) * per; c++) shift[c] = mean[g0 + g];
    }
    channel_sums(sums, x, shift, HW, C, width, 1);
    for (size_t g = 0; g < g1 - g0; g++) {
        double total = 0;
        for (size_t c = g * per; c < (g + 1) * per; c++) total += sums[c];
        float r = (float)(1.0 / sqrt(total / (double)(HW * per) + eps));
        rstd[g0 + g] = r;
        for (size_t c = g * per; c < (g + 1) * per; c++) {
            scale[c] = r * gamma[c];
            shift[c] = beta[c] - shift[c] * scale[c];
        }
    }
    for (size_t r = 0; r < HW; r++, x += C, y += C) {
        if (silu) for (size_t c = 0; c < width; c++) { float z = x[c] * scale[c] + shift[c]; y[c] = z * bas_sigmoid(z); }
        else for (size_t c = 0; c < width; c++) y[c] = x[c] * scale[c] + shift[c];
    }
}

BAS_KERNEL void bas_group_norm_backward(float *dx, float *dgamma, float *dbeta, const float *dy, const float *x,
                                        const float *gamma, const float *beta, const float *mean, const float *rstd,
                                        size_t HW, size_t C, size_t G, size_t g0, size_t g1, int silu) {
    BAS_FAST
    size_t per = C / G, c0 = g0 * per, width = (g1 - g0) * per;
    float mu[MAX_CHANNELS], rs[MAX_CHANNELS], s1[MAX_CHANNELS], s2[MAX_CHANNELS];
    x += c0; dx += c0; dy += c0; gamma += c0; beta += c0; dgamma += c0; dbeta += c0;
    for (size_t c = 0; c < width; c++) {
        mu[c] = mean[g0 + c / per]; rs[c] = rstd[g0 + c / per];
        s1[c] = s2[c] = 0;
    }
    // First pass: dz (through SiLU) into dx, and per channel the sums of dz and of dz * xhat.
    for (size_t r = 0; r < HW; r++) {
        const float *xr = x + r * C, *dyr = dy + r * C;
        float *dxr = dx + r * C;
        for (size_t c = 0; c < width; c++) {
            float xhat = (xr[c] - mu[c]) * rs[c], dz = dyr[c];
            if (silu) {
                float z = xhat * gamma[c] + beta[c], s = bas_sigmoid(z);
                dz *= s * (1.0f + z * (1.0f - s));
            }
            dxr[c] = dz;
            s1[c] += dz;
            s2[c] += dz * xhat;
        }
    }
    for (size_t c = 0; c < width; c++) { dbeta[c] = s1[c]; dgamma[c] = s2[c]; }
    // dx = rstd * (gamma dz - mean(gamma dz) - xhat mean(gamma dz xhat)) = a dz + b x + k, per channel.
    float a[MAX_CHANNELS], b[MAX_CHANNELS], k[MAX_CHANNELS];
    for (size_t g = 0; g < g1 - g0; g++) {
        double m1 = 0, m2 = 0;
        for (size_t c = g * per; c < (g + 1) * per; c++) { m1 += gamma[c] * s1[c]; m2 += gamma[c] * s2[c]; }
        m1 /= (double)(HW * per); m2 /= (double)(HW * per);
        for (size_t c = g * per; c < (g + 1) * per; c++) {
            a[c] = rs[c] * gamma[c];
            b[c] = (float)(-rs[c] * rs[c] * m2);
            k[c] = (float)(rs[c] * (rs[c] * mu[c] * m2 - m1));
        }
    }
    for (size_t r = 0; r < HW; r++, x += C, dx += C)
        for (size_t c = 0; c < width; c++) dx[c] = a[c] * dx[c] + b[c] * x[c] + k[c];
}

BAS_KERNEL void bas_layer_norm(float *y, const float *x, const float *gamma, const float *beta, float *mean,
                               float *rstd, size_t rows, size_t D, float eps) {
    BAS_FAST
    for (size_t r = 0; r < rows; r++, x += D, y += D) {
        float sum = 0, square = 0;
        for (size_t i = 0; i < D; i++) sum += x[i];
        float m = sum / (float)D;
        for (size_t i = 0; i < D; i++) { float d = x[i] - m; square += d * d; }
        float s = 1.0f / sqrtf(square / (float)D + eps);
        for (size_t i = 0; i < D; i++) y[i] = (x[i] - m) * s * gamma[i] + beta[i];
        mean[r] = m; rstd[r] = s;
    }
}

BAS_KERNEL void bas_layer_norm_backward(float *dx, float *dgamma, float *dbeta, const float *dy, const float *x,
                                        const float *gamma, const float *mean, const float *rstd, size_t rows,
                                        size_t D) {
    BAS_FAST
    for (size_t r = 0; r < rows; r++, x += D, dy += D, dx += D) {
        float m = mean[r], s = rstd[r], m1 = 0, m2 = 0;
        for (size_t i = 0; i < D; i++) {
            float g = dy[i] * gamma[i];
            m1 += g; m2 += g * (x[i] - m) * s;
        }
        m1 /= (float)D; m2 /= (float)D;
        for (size_t i = 0; i < D; i++) dx[i] = s * (dy[i] * gamma[i] - m1 - (x[i] - m) * s * m2);
        if (dgamma) for (size_t i = 0; i < D; i++) { dgamma[i] += dy[i] * (x[i] - m) * s; dbeta[i] += dy[i]; }
    }
}
