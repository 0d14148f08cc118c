// Hot loops of the engine. Every kernel works on one contiguous piece of work: threads are split above, in Swift
// (`Tensors/Parallel.swift`), so a kernel never starts one. All arrays are float32, NHWC, and do not overlap unless
// a comment allows it. Run-time dispatch: AVX-512 (x86-64-v4), AVX2 + FMA (x86-64-v3), baseline.
// Legend: N batch, H W height and width, C channels, G groups, L tokens, D width.
#pragma once
#include <stddef.h>
#include <stdint.h>

// --- elementwise.c ---------------------------------------------------------------------------------------------
enum bas_binary_operator {
    BAS_ADD, BAS_SUBTRACT, BAS_MULTIPLY, BAS_DIVIDE, BAS_MINIMUM, BAS_MAXIMUM, BAS_POWER,
    BAS_LESS, BAS_LESS_EQUAL, BAS_EQUAL,
};
/// y[i] = a[i * strideA] op b[i * strideB], strides 0 or 1; y may be a or b. Comparisons give 0 or 1.
void bas_binary(int op, float *y, const float *a, size_t strideA, const float *b, size_t strideB, size_t n);

enum bas_unary_operator {
    BAS_NEGATE, BAS_EXP, BAS_LOG, BAS_SQRT, BAS_ABS, BAS_SQUARE, BAS_RECIPROCAL, BAS_SIGN, BAS_SIN, BAS_COS,
    BAS_TANH, BAS_SIGMOID, BAS_SILU, BAS_GELU, BAS_QUICK_GELU, BAS_FLOOR, BAS_ROUND,
};
/// y[i] = op(x[i]); y may be x.
void bas_unary(int op, float *y, const float *x, size_t n);
/// dx[i] = dy[i] * op'(x[i]) for the activations SILU, GELU, QUICK_GELU, SIGMOID, TANH.
void bas_activation_backward(int op, float *dx, const float *dy, const float *x, size_t n);

/// y[i] = scale * x[i] + offset; y may be x.
void bas_scale(float *y, const float *x, float scale, float offset, size_t n);
/// y[i] += scale * x[i].
void bas_axpy(float *y, const float *x, float scale, size_t n);
/// y[i] = a * x[i] + b * z[i]; y may be x or z. (add_noise, guidance and sampling steps in one pass.)
void bas_combine(float *y, const float *x, float a, const float *z, float b, size_t n);
/// y[r][c] = bias[c] for every row: what a GEMM with beta = 1 then adds to.
void bas_fill_rows(float *y, const float *bias, size_t rows, size_t columns);
/// y[r][c] = x[r][c] + bias[c]; y may be x.
void bas_add_rows(float *y, const float *x, const float *bias, size_t rows, size_t columns);

// --- reduction.c -----------------------------------------------------------------------------------------------
double bas_sum(const float *x, size_t n);
double bas_sum_of_squares(const float *x, size_t n);
double bas_dot(const float *x, const float *y, size_t n);
/// A 64-bit number that depends on every bit of x. Not cryptographic.
uint64_t bas_fingerprint(const float *x, size_t n);
float bas_maximum(const float *x, size_t n);
float bas_minimum(const float *x, size_t n);
/// y[c] += sum over rows of x[r][c].
void bas_sum_rows(float *y, const float *x, size_t rows, size_t columns);
/// sum over i of (mask * (a - b))^2; mask may be NULL; with maskStride 0 < C each mask value serves C entries.
double bas_squared_difference(const float *a, const float *b, const float *mask, size_t maskRepeat, size_t n);

// --- normalization.c -------------------------------------------------------------------------------------------
/// Group norm of one sample x [HW, C] for the groups g0..<g1, optionally followed by SiLU; mean and rstd are [G].
void bas_group_norm(float *y, const float *x, const float *gamma, const float *beta, float *mean, float *rstd,
                    size_t HW, size_t C, size_t G, size_t g0, size_t g1, float eps, int silu);
/// Its backward for the same groups: dx [HW, C]; dgamma and dbeta are [C], overwritten for these groups' channels
/// (one row a sample). dx may not be dy.
void bas_group_norm_backward(float *dx, float *dgamma, float *dbeta, const float *dy, const float *x,
                             const float *gamma, const float *beta, const float *mean, const float *rstd,
                             size_t HW, size_t C, size_t G, size_t g0, size_t g1, int silu);
/// Layer norm of rows [rows, D]; mean and rstd are [rows].
void bas_layer_norm(float *y, const float *x, const float *gamma, const float *beta, float *mean, float *rstd,
                    size_t rows, size_t D, float eps);
/// dx [rows, D]; dgamma, dbeta [D] are added to (pass NULL for both where the weights are frozen).
void bas_layer_norm_backward(float *dx, float *dgamma, float *dbeta, const float *dy, const float *x,
                             const float *gamma, const float *mean, const float *rstd, size_t rows, size_t D);

// --- softmax.c -------------------------------------------------------------------------------------------------
/// p[r] = softmax(scale * s[r]) over columns; p may be s.
void bas_softmax(float *p, const float *s, size_t rows, size_t columns, float scale);
/// ds = scale * p * (dp - sum(dp * p)) row by row; ds may be dp.
void bas_softmax_backward(float *ds, const float *dp, const float *p, size_t rows, size_t columns, float scale);

// --- attention.c -----------------------------------------------------------------------------------------------
/// Queries that are taken at once.
#define BAS_ATTENTION_TILE 32
/// y [queries, d] = softmax(scale * q transpose(k)) v of one head, rows `stride`s apart; packedKeys is
/// `bas_pack_transposed` of all keys. logSums [queries], or NULL, is what the backward needs of the softmax.
void bas_attention(float *y, size_t yStride, float *logSums, const float *q, size_t qStride, size_t queries,
                   const float *packedKeys, const float *v, size_t vStride, size_t keys, size_t d, float scale,
                   float *workspace);
/// Floats of its `workspace`.
size_t bas_attention_workspace(size_t d);
/// The probabilities p [queries, keys] of one head; where `isCausal`, query i sees keys 0...i.
void bas_attention_probabilities(float *p, const float *q, size_t qStride, size_t queries, const float *packedKeys,
                                 size_t keys, size_t d, float scale, int isCausal, float *workspace);
/// Floats of its `workspace`.
size_t bas_attention_probabilities_workspace(size_t keys);
/// dq, dk and dv (NULL where not wanted) of dy, probabilities computed again tile by tile; all rows are `stride` apart.
void bas_attention_backward(float *dq, float *dk, float *dv, const float *dy, const float *y, const float *logSums,
                            const float *q, const float *k, size_t stride, size_t queries, size_t keys, size_t d,
                            float scale, const float *packedKeys, const float *packedValues, float *workspace);
/// Floats of its `workspace`.
size_t bas_attention_backward_workspace(size_t keys, size_t d);

// --- geglu.c ---------------------------------------------------------------------------------------------------
/// y[r][i] = x[r][i] * gelu(x[r][D + i]); x is [rows, 2D], value first, gate second (diffusers' GEGLU).
void bas_geglu(float *y, const float *x, size_t rows, size_t D);
void bas_geglu_backward(float *dx, const float *dy, const float *x, size_t rows, size_t D);

// --- patches.c -------------------------------------------------------------------------------------------------
/// A convolution's geometry. Padding is on each side separately (the VAE's encoder pads right and bottom only).
typedef struct {
    size_t H, W, C;                 // input
    size_t OH, OW;                  // output
    size_t kernelH, kernelW, stride;
    size_t padTop, padLeft;
} bas_convolution;
/// im2col of output pixels first..<first+count (flat over OH*OW) of one sample x [H, W, C]:
/// patches [count, kernelH * kernelW * C].
void bas_patches(float *patches, const float *x, const bas_convolution *g, size_t first, size_t count);
/// The transpose: adds patches of the pixels first..<first+count onto dx [H, W, C].
void bas_patches_add(float *dx, const float *patches, const bas_convolution *g, size_t first, size_t count);
/// Nearest-neighbour upsampling by two: x [H, W, C] to y [2H, 2W, C], and its backward (sum of four).
void bas_upsample2(float *y, const float *x, size_t H, size_t W, size_t C);
void bas_upsample2_backward(float *dx, const float *dy, size_t H, size_t W, size_t C);

// --- packing.c -------------------------------------------------------------------------------------------------
/// Floats of a [K, N] matrix as the products read it: panels of columns, each panel's rows one behind another.
size_t bas_packed_count(size_t K, size_t N);
/// Panels of N columns, and the most columns of one. Both depend on the processor's vectors.
size_t bas_panels(size_t N);
size_t bas_panel_columns(void);
/// Packs the panels firstPanel..<lastPanel of B [K, N] = transpose of w [N, K], rows `stride` apart.
void bas_pack_transposed(float *packed, const float *w, size_t stride, size_t K, size_t N, size_t firstPanel,
                         size_t lastPanel);
/// Packs those of B [outer * inner, N] whose row (o, i) lies at b + o * outerStride + i * innerStride.
void bas_pack_rows(float *packed, const float *b, size_t outer, ptrdiff_t outerStride, size_t inner,
                   ptrdiff_t innerStride, size_t N, size_t firstPanel, size_t lastPanel);

/// Both from numbers of 16 bits, which are widened on the way.
void bas_pack_transposed_half(float *packed, const uint16_t *w, int format, size_t stride, size_t K, size_t N,
                              size_t firstPanel, size_t lastPanel);
void bas_pack_rows_half(float *packed, const uint16_t *b, int format, size_t outer, ptrdiff_t outerStride, size_t inner,
                        ptrdiff_t innerStride, size_t N, size_t firstPanel, size_t lastPanel);

/// y [rows, columns] = transpose(t) + bias [columns] + residual [rows, columns]; t [columns, rows], its rows one behind
/// another, those of y and residual `stride` apart. Either of the last two may be NULL.
void bas_transpose(float *y, const float *t, size_t rows, size_t columns, size_t stride, const float *bias,
                   const float *residual);

// --- half.c ----------------------------------------------------------------------------------------------------
enum bas_half_format { BAS_FLOAT16, BAS_BFLOAT16 };
/// y[i] = x[i], exactly.
void bas_widen(float *y, const uint16_t *x, int format, size_t n);
/// y [columns, rows] = transpose of x [rows, columns].
void bas_transpose_half(uint16_t *y, const uint16_t *x, size_t rows, size_t columns);

// --- gemm.c ----------------------------------------------------------------------------------------------------
// Right-hand rows (b, x) that are not packed are read in whole vectors: up to 15 floats behind a row's end must be
// readable (what is there does not matter); storage from the pool has this much room.

/// y [rows, N] = x [rows, K] * B + bias [N] + residual [rows, N] (either may be NULL; residual has y's stride and may
/// be y), columns of the panels firstPanel..<lastPanel. B is packed where bStride is 0, else [K, N] with that stride.
void bas_product(float *y, size_t yStride, const float *x, size_t xStride, size_t rows, size_t K, const float *b,
                 size_t bStride, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                 const float *residual);
/// The most channels and taps that bas_convolve takes.
#define BAS_MAXIMUM_CHANNELS 4096
#define BAS_MAXIMUM_TAPS 16
/// A convolution without patches: output pixels first..<last (flat over samples and places) of y [.., N] from x
/// [samples, H, W, C]; packed [taps * C, N].
void bas_convolve(float *y, const float *x, const bas_convolution *g, size_t first, size_t last, const float *packed,
                  size_t N, size_t firstPanel, size_t lastPanel, const float *bias, const float *residual);
/// The gradient of the input of a convolution by w [g->C, taps, N] as it lies in memory: pixels first..<last of dx
/// [.., N] from dy [samples, H, W, C] under the turned geometry `g`.
void bas_convolve_turned(float *dx, const float *dy, const bas_convolution *g, size_t first, size_t last,
                         const float *w, size_t N, size_t firstPanel, size_t lastPanel);

// --- outer.c ---------------------------------------------------------------------------------------------------
/// y [first..<last, N] = sum over rows r of a[r][first..<last] b[r][N]: transpose(a) * b.
void bas_outer_product(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                       size_t rows, size_t first, size_t last, size_t N);
/// The same added to what lies in y, where `isAdded`.
void bas_outer_product_added(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                             size_t rows, size_t first, size_t last, size_t N, int isAdded);
/// A convolution's gradient of weights dw [O, taps, C] under one tap, outputs first..<last, from dy [.., O] and x.
void bas_convolve_weights(float *dw, const float *dy, const float *x, const bas_convolution *g, size_t samples,
                          size_t O, size_t tap, size_t first, size_t last);

// --- bfloat16.c, gemm.c, outer.c: products of operands rounded to bfloat16, summed in float32 ------------------------
// Only where `bas_has_bfloat16`. Numbers that follow each other in a sum lie side by side as a pair, in the place of one
// float32; of an odd number the last pair is filled with 0. Pairs are counted and strided as the floats in their place.
/// Has the processor products of bfloat16 (AVX512_BF16), and AVX-512?
int bas_has_bfloat16(void);
/// Rows of K numbers, `stride` apart, as rows of (K + 1) / 2 pairs one behind another.
void bas_round_rows(float *pairs, const float *x, size_t stride, size_t rows, size_t K);
/// N pairs of two rows' numbers, each of `one` and `other` (zeros where NULL), written in whole vectors of 16.
void bas_pair_rows(float *pairs, const float *one, const float *other, size_t N);
/// The panels of a packed [outer * inner, N] with each `inner` rows paired: [outer * ((inner + 1) / 2), N].
void bas_pair_packed(float *pairs, const float *packed, size_t outer, size_t inner, size_t N, size_t firstPanel,
                     size_t lastPanel);
/// `bas_product` by such a matrix, x rounded on the way; and of an x [rows, K pairs] that is rounded already.
void bas_product_bfloat16(float *y, size_t yStride, const float *x, size_t xStride, size_t rows, size_t K,
                          const float *packed, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                          const float *residual, float *workspace);
void bas_product_of_pairs(float *y, size_t yStride, const float *x, size_t xStride, size_t rows, size_t K,
                          const float *packed, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                          const float *residual);
/// Floats of the `workspace` of the former.
size_t bas_product_bfloat16_workspace(size_t K);
/// `bas_convolve` of an x [samples, H, W, (C + 1) / 2 pairs] by packed pairs, `inner` being C.
void bas_convolve_bfloat16(float *y, const float *x, const bas_convolution *g, size_t first, size_t last,
                           const float *packed, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                           const float *residual);
/// `bas_outer_product` and `bas_convolve_weights`, all operands rounded on the way.
void bas_outer_product_bfloat16(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                                size_t rows, size_t first, size_t last, size_t N, float *workspace);
void bas_convolve_weights_bfloat16(float *dw, const float *dy, const float *x, const bas_convolution *g, size_t samples,
                                   size_t O, size_t tap, size_t first, size_t last, float *workspace);
/// Floats of their `workspace`, for last - first outputs.
size_t bas_outer_bfloat16_workspace(size_t outputs, size_t N);
/// y [outputs, N] of rows a and b of pairs (pairs of rows, therefore), at least one.
void bas_outer_product_of_pairs(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                                size_t rows, size_t outputs, size_t N);

// --- winograd.c ------------------------------------------------------------------------------------------------
// Convolutions 3x3 of stride 1 by tiles of 4x4 outputs, counted over samples, rows and columns of tiles; channels in
// and out are multiples of BAS_WINOGRAD_LANES.
#define BAS_WINOGRAD_LANES 16
/// Tiles of one sample.
size_t bas_winograd_tiles(const bas_convolution *g);
/// The transformed kernel U, 36 packed matrices [C, O], of the packed [9 * C, O], panels firstPanel..<lastPanel.
void bas_winograd_pack(float *u, const float *packed, size_t C, size_t O, size_t firstPanel, size_t lastPanel);
/// Floats of `workspace` in `bas_winograd_convolve`.
size_t bas_winograd_workspace(size_t C, size_t O);
/// Outputs of the tiles first..<last of y [samples, OH, OW, O] from x [samples, H, W, C].
void bas_winograd_convolve(float *y, const float *x, const bas_convolution *g, size_t first, size_t last,
                           const float *u, size_t O, const float *bias, const float *residual, float *workspace);
/// The same without a transformed kernel, which is made anew a part at a time: V [36, tiles, C] is `bas_winograd_input`
/// of as many tiles from `first`; w is the kernel [O, 3, 3, C] as it lies in memory or, turned, [C, 3, 3, O]. Outputs
/// firstOutput..<lastOutput, both multiples of BAS_WINOGRAD_LANES.
void bas_winograd_multiply(float *y, const float *v, size_t tiles, const bas_convolution *g, size_t first, const float *w,
                           size_t O, int isTurned, size_t firstOutput, size_t lastOutput, const float *bias,
                           const float *residual, float *workspace);
/// Floats of its `workspace`.
size_t bas_winograd_multiply_workspace(size_t tiles);
/// Outputs that it takes at once.
#define BAS_WINOGRAD_OUTPUTS 48
/// The two sides of a gradient of weights: V [36, tiles, C] of x, Z [36, tiles, O] of dy; v and z point to the row of
/// the tile `first` in the first of 36 planes of `tiles` rows.
void bas_winograd_input(float *v, size_t tiles, const float *x, const bas_convolution *g, size_t first, size_t last);
void bas_winograd_output_gradient(float *z, size_t tiles, const float *dy, const bas_convolution *g, size_t O,
                                  size_t first, size_t last);
/// dw [O, 3, 3, C] of the outputs first..<last from both; workspace [36 * (last - first) * C].
void bas_winograd_weights(float *dw, const float *z, const float *v, size_t tiles, size_t C, size_t O, size_t first,
                          size_t last, float *workspace);

// --- winograd_bfloat16.c -----------------------------------------------------------------------------------------
// The same with products of bfloat16. V and Z lie in pairs of tiles here, tile 2i and 2i + 1, and U in pairs of channels.
/// U, 36 matrices of C / 2 rows of pairs.
void bas_winograd_pack_bfloat16(float *u, const float *packed, size_t C, size_t O, size_t firstPanel, size_t lastPanel,
                                float *workspace);
size_t bas_winograd_pack_bfloat16_workspace(void);
/// With the workspace of `bas_winograd_convolve`.
void bas_winograd_convolve_bfloat16(float *y, const float *x, const bas_convolution *g, size_t first, size_t last,
                                    const float *u, size_t O, const float *bias, const float *residual, float *workspace);
/// The pairs first..<last of V [36, pairs, C] and Z [36, pairs, O] of `tiles` tiles in all; v and z point to the first.
void bas_winograd_input_pairs(float *v, size_t pairs, const float *x, const bas_convolution *g, size_t tiles, size_t first,
                              size_t last);
void bas_winograd_output_gradient_pairs(float *z, size_t pairs, const float *dy, const bas_convolution *g, size_t O,
                                        size_t tiles, size_t first, size_t last);
void bas_winograd_weights_bfloat16(float *dw, const float *z, const float *v, size_t pairs, size_t C, size_t O, size_t first,
                                   size_t last, float *workspace);

// --- optimizer.c -----------------------------------------------------------------------------------------------
typedef struct {
    float lr, beta1, beta2, eps, weightDecay;
    float correction1, correction2;  // 1 - beta^t
    float gradientScale;             // clipping, folded in
} bas_adamw_options;
/// PyTorch's AdamW (decoupled weight decay) in one pass. p, m and v are updated in place.
void bas_adamw(float *p, float *m, float *v, const float *g, const bas_adamw_options *o, size_t n);

// --- optimizer8.c ----------------------------------------------------------------------------------------------
/// Elements that share a scale.
#define BAS_ADAMW8_BLOCK 256
/// The same with moments in 8 bits: m and v are places in the tables of 256 rising numbers, times their block's scale
/// (ceil(n / 256) of each). All are updated in place.
void bas_adamw8(float *p, uint8_t *m, uint8_t *v, float *mScale, float *vScale, const float *g, const float *signedCode,
                const float *unsignedCode, const bas_adamw_options *o, size_t n);

// --- random.c --------------------------------------------------------------------------------------------------
/// Philox4x32-10 block `index` of (seed, stream, step): four 32-bit words.
void bas_philox(uint32_t out[4], uint64_t seed, uint64_t stream, uint32_t step, uint32_t index);
/// Standard normal numbers, Box-Muller over Philox words; the i-th depends only on (seed, stream, step, i).
/// y[0] is number `first`, a multiple of 4.
void bas_normal(float *y, size_t first, size_t n, uint64_t seed, uint64_t stream, uint32_t step);
/// Uniform numbers in [0, 1) with 24 random bits.
void bas_uniform(float *y, size_t first, size_t n, uint64_t seed, uint64_t stream, uint32_t step);

// --- pool.c ----------------------------------------------------------------------------------------------------
/// Calls body(context, task) for every task 0..<tasks, each once, on up to `threads` threads, this one included;
/// returns when all are done. From within a task, or while another thread runs a job, all on this thread.
void bas_pool_run(int tasks, int threads, void (*body)(void *context, int task), void *context);

// --- processor.c -----------------------------------------------------------------------------------------------
/// 2: AVX-512 (x86-64-v4), 1: AVX2 and FMA (x86-64-v3), 0: baseline.
int bas_processor_level(void);
/// The processor's own name ("AMD EPYC 9654 …") into `name`.
void bas_processor_name(char *name, size_t capacity);
/// Cores that this process may run on.
int bas_processor_count(void);
/// The core that OpenBLAS uses now, or "" where the library does not say.
const char *bas_blas_core(void);
/// Makes OpenBLAS use `core` (its own constructor run again with OPENBLAS_CORETYPE set). Before the first product
/// only. Returns 0 where the library cannot.
int bas_blas_select(const char *core);
/// OpenBLAS single-threaded: the engine splits work itself.
void bas_blas_single_threaded(void);
/// Flushes subnormal numbers to zero on this thread; returns what `bas_restore_denormals` takes back.
unsigned bas_flush_denormals(void);
void bas_restore_denormals(unsigned before);
