// Counter-based random numbers: Philox4x32-10 (Salmon et al., SC 2011). Nothing here has state, so results depend
// neither on the order of draws nor on threads.
#include "dispatch.h"

void bas_philox(uint32_t out[4], uint64_t seed, uint64_t stream, uint32_t step, uint32_t index) {
    uint32_t c0 = index, c1 = step, c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1; c3 = (uint32_t)p0; c0 = n0; c2 = n2;
        k0 += 0x9E3779B9u; k1 += 0xBB67AE85u;
    }
    out[0] = c0; out[1] = c1; out[2] = c2; out[3] = c3;
}

void bas_normal(float *y, size_t first, size_t n, uint64_t seed, uint64_t stream, uint32_t step) {
    for (size_t i = 0; i < n; i += 4) {
        uint32_t w[4];
        float z[4];
        bas_philox(w, seed, stream, step, (uint32_t)((first + i) / 4));
        for (int pair = 0; pair < 2; pair++) {
            // (0, 1] under the logarithm; both in double, so that libm versions differ by less than a float's ulp.
            double u = ((double)w[2 * pair] + 1.0) * 0x1p-32, angle = 6.283185307179586 * (w[2 * pair + 1] * 0x1p-32);
            double radius = sqrt(-2.0 * log(u));
            z[2 * pair] = (float)(radius * cos(angle));
            z[2 * pair + 1] = (float)(radius * sin(angle));
        }
        for (size_t j = 0; j < 4 && i + j < n; j++) y[i + j] = z[j];
    }
}

void bas_uniform(float *y, size_t first, size_t n, uint64_t seed, uint64_t stream, uint32_t step) {
    for (size_t i = 0; i < n; i += 4) {
        uint32_t w[4];
        bas_philox(w, seed, stream, step, (uint32_t)((first + i) / 4));
        for (size_t j = 0; j < 4 && i + j < n; j++) y[i + j] = (float)(w[j] >> 8) * 0x1p-24f;
    }
}
