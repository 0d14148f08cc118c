// AdamW with both moments in 8 bits: block-wise dynamic quantisation (Dettmers et al. 2022, "8-bit optimizers via
// block-wise quantization"). A moment is code[byte] times its block's largest magnitude.
#include "dispatch.h"

/// The place of the entry of `code` (256 rising numbers) that is nearest to x.
BAS_INLINE uint8_t bas_nearest_code(const float *code, float x) {
    uint32_t low = 0;  // the last entry that is not above x
    for (uint32_t half = 128; half > 0; half /= 2) low += code[low + half] <= x ? half : 0;
    uint32_t high = low < 255 ? low + 1 : 255;
    return (uint8_t)(x - code[low] <= code[high] - x ? low : high);
}

BAS_KERNEL void bas_adamw8(
    float *p, uint8_t *m, uint8_t *v, float *mScale, float *vScale, const float *g, const float *signedCode,
    const float *unsignedCode, const bas_adamw_options *o, size_t n
) {
    float decay = 1.0f - o->lr * o->weightDecay, step = o->lr / o->correction1;
    float root = 1.0f / sqrtf(o->correction2), beta1 = o->beta1, beta2 = o->beta2, eps = o->eps;
    float first[BAS_ADAMW8_BLOCK], second[BAS_ADAMW8_BLOCK];
    for (size_t start = 0, block = 0; start < n; start += BAS_ADAMW8_BLOCK, block++) {
        size_t count = n - start < BAS_ADAMW8_BLOCK ? n - start : BAS_ADAMW8_BLOCK;
        float ms = mScale[block], vs = vScale[block], mTop = 0, vTop = 0;
        for (size_t i = 0; i < count; i++) {
            float d = g[start + i] * o->gradientScale;
            first[i] = beta1 * signedCode[m[start + i]] * ms + (1.0f - beta1) * d;
            second[i] = beta2 * unsignedCode[v[start + i]] * vs + (1.0f - beta2) * d * d;
            float magnitude = __builtin_fabsf(first[i]);
            mTop = magnitude > mTop ? magnitude : mTop;
            vTop = second[i] > vTop ? second[i] : vTop;
            p[start + i] = p[start + i] * decay - step * first[i] / (bas_sqrt(second[i]) * root + eps);
        }
        mScale[block] = mTop;
        vScale[block] = vTop;
        float mInverse = mTop > 0 ? 1.0f / mTop : 0, vInverse = vTop > 0 ? 1.0f / vTop : 0;
        for (size_t i = 0; i < count; i++) {
            m[start + i] = bas_nearest_code(signedCode, first[i] * mInverse);
            v[start + i] = bas_nearest_code(unsignedCode, second[i] * vInverse);
        }
    }
}
