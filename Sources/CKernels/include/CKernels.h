// Hot loops of the engine. A kernel works on one contiguous piece of work and never starts a thread: work is split in Swift
// (`Tensors/Parallel.swift`). All arrays are float32 and NHWC, and do not overlap unless a comment allows it. The
// instructions are chosen at run time: AVX-512 (x86-64-v4), AVX2 with FMA (x86-64-v3), or baseline. Legend: N batch, H W
// height and width, C channels, G groups, L tokens, D width.
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
/// The sum of all numbers; blocks of 256 are summed in float32, the blocks in double.
double bas_sum(const float *x, size_t n);
/// The sum of all squares, in the same way.
double bas_sum_of_squares(const float *x, size_t n);
/// The inner product, in the same way.
double bas_dot(const float *x, const float *y, size_t n);
/// A 64-bit hash of every bit of x. Not cryptographic.
uint64_t bas_fingerprint(const float *x, size_t n);
/// The largest number; NaN is ignored, and of none it is -infinity.
float bas_maximum(const float *x, size_t n);
/// The smallest number; NaN is ignored, and of none it is infinity.
float bas_minimum(const float *x, size_t n);
/// y[c] += sum over rows of x[r][c].
void bas_sum_rows(float *y, const float *x, size_t rows, size_t columns);
/// The sum over i of (mask * (a - b))^2. mask may be NULL; each of its values serves `maskRepeat` numbers.
double bas_squared_difference(const float *a, const float *b, const float *mask, size_t maskRepeat, size_t n);

// --- normalization.c -------------------------------------------------------------------------------------------
/// Group norm of one sample x [HW, C] for the groups g0..<g1, optionally followed by SiLU; mean and rstd are [G].
void bas_group_norm(float *y, const float *x, const float *gamma, const float *beta, float *mean, float *rstd,
                    size_t HW, size_t C, size_t G, size_t g0, size_t g1, float eps, int silu);
/// Its gradients for the same groups: dx [HW, C], which may not be dy; dgamma and dbeta [C] of this sample, overwritten for
/// these groups' channels.
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
/// The floats of its `workspace`.
size_t bas_attention_workspace(size_t d);
/// The probabilities p [queries, keys] of one head; where `isCausal`, query i sees keys 0...i.
void bas_attention_probabilities(float *p, const float *q, size_t qStride, size_t queries, const float *packedKeys,
                                 size_t keys, size_t d, float scale, int isCausal, float *workspace);
/// The floats of its `workspace`.
size_t bas_attention_probabilities_workspace(size_t keys);
/// The gradients dq, dk and dv (NULL where not wanted), given dy; the probabilities are computed again, tile by tile. All
/// rows are `stride` floats apart.
void bas_attention_backward(float *dq, float *dk, float *dv, const float *dy, const float *y, const float *logSums,
                            const float *q, const float *k, size_t stride, size_t queries, size_t keys, size_t d,
                            float scale, const float *packedKeys, const float *packedValues, float *workspace);
/// The floats of its `workspace`.
size_t bas_attention_backward_workspace(size_t keys, size_t d);

// --- geglu.c ---------------------------------------------------------------------------------------------------
/// y[r][i] = x[r][i] * gelu(x[r][D + i]); x is [rows, 2D], value first, gate second (diffusers' GEGLU).
void bas_geglu(float *y, const float *x, size_t rows, size_t D);
/// Its gradient dx [rows, 2D], given dy [rows, D].
void bas_geglu_backward(float *dx, const float *dy, const float *x, size_t rows, size_t D);

// --- patches.c -------------------------------------------------------------------------------------------------
/// The geometry of a convolution. Padding at the bottom and right follows from the output's size (the autoencoder's encoder
/// has none at the top and left).
typedef struct {
    size_t H, W, C;                 // input
    size_t OH, OW;                  // output
    size_t kernelH, kernelW, stride;
    size_t padTop, padLeft;
} bas_convolution;
/// im2col of output pixels first..<first+count (flat over OH*OW) of one sample x [H, W, C]:
/// patches [count, kernelH * kernelW * C].
void bas_patches(float *patches, const float *x, const bas_convolution *g, size_t first, size_t count);
/// The transpose of `bas_patches`: adds patches of the output pixels first..<first+count to dx [H, W, C].
void bas_patches_add(float *dx, const float *patches, const bas_convolution *g, size_t first, size_t count);
/// Nearest-neighbour upsampling by two: x [H, W, C] to y [2H, 2W, C].
void bas_upsample2(float *y, const float *x, size_t H, size_t W, size_t C);
/// Its gradient: dx [H, W, C], each the sum of four numbers of dy [2H, 2W, C].
void bas_upsample2_backward(float *dx, const float *dy, size_t H, size_t W, size_t C);

// --- packing.c -------------------------------------------------------------------------------------------------
/// The floats of a packed [K, N], as the products read it: panels of columns, each panel's rows one after another.
size_t bas_packed_count(size_t K, size_t N);
/// The number of panels of N columns. It depends on the processor's vectors.
size_t bas_panels(size_t N);
/// The most columns of a panel. It depends on the processor's vectors.
size_t bas_panel_columns(void);
/// Packs the panels firstPanel..<lastPanel of B [K, N], the transpose of w [N, K], whose rows are `stride` floats apart.
void bas_pack_transposed(float *packed, const float *w, size_t stride, size_t K, size_t N, size_t firstPanel,
                         size_t lastPanel);
/// Packs these panels of B [outer * inner, N], whose row (o, i) lies at b + o * outerStride + i * innerStride.
void bas_pack_rows(float *packed, const float *b, size_t outer, ptrdiff_t outerStride, size_t inner,
                   ptrdiff_t innerStride, size_t N, size_t firstPanel, size_t lastPanel);

/// `bas_pack_transposed` of numbers of 16 bits, which are widened on the way; `format` is a `bas_half_format`.
void bas_pack_transposed_half(float *packed, const uint16_t *w, int format, size_t stride, size_t K, size_t N,
                              size_t firstPanel, size_t lastPanel);
/// `bas_pack_rows` of numbers of 16 bits.
void bas_pack_rows_half(float *packed, const uint16_t *b, int format, size_t outer, ptrdiff_t outerStride, size_t inner,
                        ptrdiff_t innerStride, size_t N, size_t firstPanel, size_t lastPanel);

/// y [rows, columns] = transpose(t) + bias [columns] + residual [rows, columns]. t [columns, rows] is contiguous, rows of y
/// and residual are `stride` floats apart. bias and residual may be NULL.
void bas_transpose(float *y, const float *t, size_t rows, size_t columns, size_t stride, const float *bias,
                   const float *residual);

// --- half.c ----------------------------------------------------------------------------------------------------
enum bas_half_format { BAS_FLOAT16, BAS_BFLOAT16 };
/// y[i] = x[i], exactly; `format` is a `bas_half_format`.
void bas_widen(float *y, const uint16_t *x, int format, size_t n);
/// y [columns, rows] = transpose of x [rows, columns].
void bas_transpose_half(uint16_t *y, const uint16_t *x, size_t rows, size_t columns);

// --- gemm.c ----------------------------------------------------------------------------------------------------
// Rows of an operand on the right (b, x) that are not packed are read in whole vectors: up to 15 floats behind a row's end
// must be readable, whatever they hold; storage from the pool has this much room.

/// y [rows, N] = x [rows, K] * B + bias [N] + residual [rows, N], in the columns of the panels firstPanel..<lastPanel. bias
/// and residual may be NULL; residual has y's stride and may be y. B is packed where bStride is 0, else it is [K, N] with
/// that stride.
void bas_product(float *y, size_t yStride, const float *x, size_t xStride, size_t rows, size_t K, const float *b,
                 size_t bStride, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                 const float *residual);
/// The most channels that bas_convolve takes.
#define BAS_MAXIMUM_CHANNELS 4096
/// The most taps that bas_convolve takes.
#define BAS_MAXIMUM_TAPS 16
/// A convolution without patches: the output pixels first..<last (flat over samples and places) of y [.., N] from x
/// [samples, H, W, C] by a packed [taps * C, N].
void bas_convolve(float *y, const float *x, const bas_convolution *g, size_t first, size_t last, const float *packed,
                  size_t N, size_t firstPanel, size_t lastPanel, const float *bias, const float *residual);
/// The gradient of the input of a convolution by w [g->C, taps, N], as it lies in memory: the pixels first..<last of dx
/// [.., N], given dy [samples, H, W, C], under the turned geometry `g`.
void bas_convolve_turned(float *dx, const float *dy, const bas_convolution *g, size_t first, size_t last,
                         const float *w, size_t N, size_t firstPanel, size_t lastPanel);

// --- outer.c ---------------------------------------------------------------------------------------------------
/// The rows first..<last of y = transpose(a) * b, [.., N]: sums over `rows` rows of a and b.
void bas_outer_product(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                       size_t rows, size_t first, size_t last, size_t N);
/// The same added to what y holds, where `isAdded`.
void bas_outer_product_added(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                             size_t rows, size_t first, size_t last, size_t N, int isAdded);
/// The gradient dw [O, taps, C] of a convolution's weights under one tap, for the outputs first..<last, given dy [.., O]
/// and the input x.
void bas_convolve_weights(float *dw, const float *dy, const float *x, const bas_convolution *g, size_t samples,
                          size_t O, size_t tap, size_t first, size_t last);

// --- bfloat16.c, gemm.c, outer.c: products of operands rounded to bfloat16, summed in float32 ------------------------
// Only where `bas_has_bfloat16`. Numbers that follow each other in a sum lie side by side as a pair, in the place of one
// float32; where they are odd in number, the last pair is filled up with 0. Counts and strides of pairs are those of the
// floats in their place.
/// Whether the processor has products of bfloat16 (AVX512_BF16), and AVX-512.
int bas_has_bfloat16(void);
/// Rounds rows of K numbers, `stride` floats apart, to rows of (K + 1) / 2 pairs, one after another.
void bas_round_rows(float *pairs, const float *x, size_t stride, size_t rows, size_t K);
/// N pairs of the numbers of two rows, `one` and `other` (NULL is zeros); they are written in whole vectors of 16.
void bas_pair_rows(float *pairs, const float *one, const float *other, size_t N);
/// The panels firstPanel..<lastPanel of a packed [outer * inner, N] with each `inner` rows paired: [outer * ((inner + 1) /
/// 2), N].
void bas_pair_packed(float *pairs, const float *packed, size_t outer, size_t inner, size_t N, size_t firstPanel,
                     size_t lastPanel);
/// `bas_product` by a matrix that is packed in pairs; x is rounded on the way.
void bas_product_bfloat16(float *y, size_t yStride, const float *x, size_t xStride, size_t rows, size_t K,
                          const float *packed, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                          const float *residual, float *workspace);
/// The same for an x [rows, K pairs] that is rounded already.
void bas_product_of_pairs(float *y, size_t yStride, const float *x, size_t xStride, size_t rows, size_t K,
                          const float *packed, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                          const float *residual);
/// The floats of the `workspace` of `bas_product_bfloat16`.
size_t bas_product_bfloat16_workspace(size_t K);
/// `bas_convolve` of x [samples, H, W, (C + 1) / 2 pairs] by a matrix that is packed in pairs, C numbers for each tap.
void bas_convolve_bfloat16(float *y, const float *x, const bas_convolution *g, size_t first, size_t last,
                           const float *packed, size_t N, size_t firstPanel, size_t lastPanel, const float *bias,
                           const float *residual);
/// `bas_outer_product` with both operands rounded on the way.
void bas_outer_product_bfloat16(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                                size_t rows, size_t first, size_t last, size_t N, float *workspace);
/// `bas_convolve_weights` with both operands rounded on the way.
void bas_convolve_weights_bfloat16(float *dw, const float *dy, const float *x, const bas_convolution *g, size_t samples,
                                   size_t O, size_t tap, size_t first, size_t last, float *workspace);
/// The floats of their `workspace`, for `outputs` = last - first.
size_t bas_outer_bfloat16_workspace(size_t outputs, size_t N);
/// y [outputs, N] = transpose(a) * b for `rows` rows of pairs, at least one; a pair holds the numbers of two rows.
void bas_outer_product_of_pairs(float *y, size_t yStride, const float *a, size_t aStride, const float *b, size_t bStride,
                                size_t rows, size_t outputs, size_t N);

// --- winograd.c ------------------------------------------------------------------------------------------------
// 3x3 convolutions of stride 1 by tiles of 4x4 outputs, which are counted over samples, rows and columns of tiles. Input
// and output channels are multiples of BAS_WINOGRAD_LANES.
#define BAS_WINOGRAD_LANES 16
/// The number of tiles of one sample.
size_t bas_winograd_tiles(const bas_convolution *g);
/// The transformed kernel U, 36 packed matrices [C, O], from the packed [9 * C, O]; panels firstPanel..<lastPanel.
void bas_winograd_pack(float *u, const float *packed, size_t C, size_t O, size_t firstPanel, size_t lastPanel);
/// The floats of `workspace` in `bas_winograd_convolve`.
size_t bas_winograd_workspace(size_t C, size_t O);
/// The tiles first..<last of y [samples, OH, OW, O] from x [samples, H, W, C].
void bas_winograd_convolve(float *y, const float *x, const bas_convolution *g, size_t first, size_t last,
                           const float *u, size_t O, const float *bias, const float *residual, float *workspace);
/// The same by a kernel that is transformed now, part by part. V [36, tiles, C] is `bas_winograd_input` of `tiles` tiles
/// from `first` on; w is the kernel [O, 3, 3, C] as it lies in memory or, where `isTurned`, [C, 3, 3, O]. Computes the
/// outputs firstOutput..<lastOutput, both multiples of BAS_WINOGRAD_LANES.
void bas_winograd_multiply(float *y, const float *v, size_t tiles, const bas_convolution *g, size_t first, const float *w,
                           size_t O, int isTurned, size_t firstOutput, size_t lastOutput, const float *bias,
                           const float *residual, float *workspace);
/// The floats of its `workspace`.
size_t bas_winograd_multiply_workspace(size_t tiles);
/// The outputs that it takes at once.
#define BAS_WINOGRAD_OUTPUTS 48
/// The operands of a gradient of weights for the tiles first..<last: V [36, tiles, C] of x, and Z [36, tiles, O] of dy. v
/// and z point to the row of the tile `first` in the first of 36 planes of `tiles` rows.
void bas_winograd_input(float *v, size_t tiles, const float *x, const bas_convolution *g, size_t first, size_t last);
void bas_winograd_output_gradient(float *z, size_t tiles, const float *dy, const bas_convolution *g, size_t O,
                                  size_t first, size_t last);
/// dw [O, 3, 3, C] for the outputs first..<last, from both operands; `workspace` has 36 * (last - first) * C floats.
void bas_winograd_weights(float *dw, const float *z, const float *v, size_t tiles, size_t C, size_t O, size_t first,
                          size_t last, float *workspace);

// --- winograd_bfloat16.c -----------------------------------------------------------------------------------------
// The same with products of bfloat16. Here V and Z lie in pairs of tiles, 2i and 2i + 1, and U in pairs of channels.
/// U, 36 matrices of C / 2 rows of pairs, as `bas_winograd_pack`.
void bas_winograd_pack_bfloat16(float *u, const float *packed, size_t C, size_t O, size_t firstPanel, size_t lastPanel,
                                float *workspace);
/// The floats of its `workspace`.
size_t bas_winograd_pack_bfloat16_workspace(void);
/// `bas_winograd_convolve` by such a U, with the same workspace.
void bas_winograd_convolve_bfloat16(float *y, const float *x, const bas_convolution *g, size_t first, size_t last,
                                    const float *u, size_t O, const float *bias, const float *residual, float *workspace);
/// The pairs first..<last of V [36, pairs, C] and of Z [36, pairs, O], of `tiles` tiles in all; v and z point to the first
/// of these pairs.
void bas_winograd_input_pairs(float *v, size_t pairs, const float *x, const bas_convolution *g, size_t tiles, size_t first,
                              size_t last);
void bas_winograd_output_gradient_pairs(float *z, size_t pairs, const float *dy, const bas_convolution *g, size_t O,
                                        size_t tiles, size_t first, size_t last);
/// `bas_winograd_weights` from such operands.
void bas_winograd_weights_bfloat16(float *dw, const float *z, const float *v, size_t pairs, size_t C, size_t O, size_t first,
                                   size_t last, float *workspace);

// --- optimizer.c -----------------------------------------------------------------------------------------------
/// The settings of a step of AdamW.
typedef struct {
    float lr, beta1, beta2, eps, weightDecay;
    float correction1, correction2;  // 1 - beta^t
    float gradientScale;             // clipping, folded in
} bas_adamw_options;
/// One step of PyTorch's AdamW (decoupled weight decay) in one pass. p, m and v are updated in place.
void bas_adamw(float *p, float *m, float *v, const float *g, const bas_adamw_options *o, size_t n);

// --- optimizer8.c ----------------------------------------------------------------------------------------------
/// The elements that share a scale.
#define BAS_ADAMW8_BLOCK 256
/// The same with moments in 8 bits: m and v are places in tables of 256 rising numbers, which are multiplied by the scale
/// of their block (ceil(n / 256) of each). All are updated in place.
void bas_adamw8(float *p, uint8_t *m, uint8_t *v, float *mScale, float *vScale, const float *g, const float *signedCode,
                const float *unsignedCode, const bas_adamw_options *o, size_t n);

// --- random.c --------------------------------------------------------------------------------------------------
/// Block `index` of Philox4x32-10 for (seed, stream, step): four 32-bit words.
void bas_philox(uint32_t out[4], uint64_t seed, uint64_t stream, uint32_t step, uint32_t index);
/// Standard normal numbers by Box-Muller from Philox words; the i-th depends only on (seed, stream, step, i). y[0] is
/// number `first`, a multiple of 4.
void bas_normal(float *y, size_t first, size_t n, uint64_t seed, uint64_t stream, uint32_t step);
/// Uniform numbers in [0, 1) with 24 random bits, addressed in the same way.
void bas_uniform(float *y, size_t first, size_t n, uint64_t seed, uint64_t stream, uint32_t step);

// --- pool.c ----------------------------------------------------------------------------------------------------
/// Calls body(context, task) for every task in 0..<tasks, each once, on up to `threads` threads, the calling one included;
/// returns when all are done. Within a task, or while another thread runs a job, all tasks run on the calling thread.
void bas_pool_run(int tasks, int threads, void (*body)(void *context, int task), void *context);

// --- processor.c -----------------------------------------------------------------------------------------------
/// The processor's vector instructions: 2 is AVX-512 (x86-64-v4), 1 is AVX2 with FMA (x86-64-v3), 0 is baseline.
int bas_processor_level(void);
/// Writes the processor's own name ("AMD EPYC 9654 …") into `name`, with a zero byte at its end; empty where it is not
/// known.
void bas_processor_name(char *name, size_t capacity);
/// The number of cores that this process may run on.
int bas_processor_count(void);
/// The core that OpenBLAS uses now; "" where the library does not say.
const char *bas_blas_core(void);
/// Makes OpenBLAS use `core`, by running its constructor again with OPENBLAS_CORETYPE set; only before the first product.
/// Returns 0 where the library cannot, or uses another core then.
int bas_blas_select(const char *core);
/// Makes OpenBLAS single-threaded: the engine splits work itself.
void bas_blas_single_threaded(void);
/// Makes subnormal numbers count as zero on the calling thread; returns the former mode, for `bas_restore_denormals`.
unsigned bas_flush_denormals(void);
/// Restores the mode that `bas_flush_denormals` returned.
void bas_restore_denormals(unsigned before);
