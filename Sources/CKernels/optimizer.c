// AdamW in one pass over parameter, moments and gradient (clipping folded in), as torch.optim.AdamW computes it.
#include "dispatch.h"

BAS_KERNEL void bas_adamw(float *p, float *m, float *v, const float *g, const bas_adamw_options *o, size_t n) {
    float decay = 1.0f - o->lr * o->weightDecay, step = o->lr / o->correction1;
    float root = 1.0f / sqrtf(o->correction2), beta1 = o->beta1, beta2 = o->beta2, eps = o->eps;
    float scale = o->gradientScale;
    for (size_t i = 0; i < n; i++) {
        float d = g[i] * scale;
        float first = beta1 * m[i] + (1.0f - beta1) * d;
        float second = beta2 * v[i] + (1.0f - beta2) * d * d;
        m[i] = first; v[i] = second;
        p[i] = p[i] * decay - step * first / (bas_sqrt(second) * root + eps);
    }
}
