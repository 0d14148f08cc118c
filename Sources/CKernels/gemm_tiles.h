// The two micro-kernels of all products, for vectors of WIDTH floats. gemm.c includes this file once for each instruction
// set, with these defined: NAME(x), TARGET, TILE_ROWS; LOAD_PART and STORE_PART of a vector's first n floats; and
// MULTIPLY_ADD(sum, a, column) where operands are not floats. A tile is up to TILE_ROWS rows by three vectors of columns,
// held in registers: twelve or 24 accumulators, enough to hide the latency of a multiply-add, with one load for two of
// them.
#define INLINE static inline __attribute__((always_inline, TARGET))
#ifndef MULTIPLY_ADD
#define MULTIPLY_ADD(sum, a, column) ((sum) + (a) * (column))
#endif
#define FOR_TILE(i, count) _Pragma("clang loop unroll(full)") for (int i = 0; i < (count); i++)

typedef float NAME(vector) __attribute__((ext_vector_type(WIDTH)));
typedef float NAME(unaligned) __attribute__((ext_vector_type(WIDTH), aligned(4)));

INLINE NAME(vector) NAME(load)(const float *p) { return *(const NAME(unaligned) *)p; }

/// Adds bias and the row of `added` (strided like y) to one row of a tile, and stores its first `columns` floats.
INLINE void NAME(store_row)(float *y, const NAME(vector) *row, int vectors, size_t columns, const float *bias,
                            const float *added) {
    FOR_TILE(j, vectors) {
        NAME(vector) sum = row[j];
        size_t at = (size_t)j * WIDTH;
        if (columns >= at + WIDTH) {
            if (bias) sum += NAME(load)(bias + at);
            if (added) sum += NAME(load)(added + at);
            *(NAME(unaligned) *)(y + at) = sum;
        } else if (columns > at) {
            if (bias) sum += LOAD_PART(bias + at, columns - at);
            if (added) sum += LOAD_PART(added + at, columns - at);
            STORE_PART(y + at, sum, columns - at);
        }
    }
}

/// y[i][columns] = sum over taps t and channels c of row(i, t)[c] * b(t, c)[columns], plus bias and `added`.
INLINE void NAME(rows_tile)(const int rows, const int vectors, const bas_rows_tile *s) {
    NAME(vector) sum[TILE_ROWS][3] = {};
    const float *tap = s->b, *ahead = s->ahead;
    for (size_t t = 0; t < s->taps; t++, tap += s->tapStride) {
        const float *a[TILE_ROWS], *b = tap;
        FOR_TILE(i, rows) a[i] = s->rows[(size_t)i * s->allTaps + t];
        for (size_t c = 0; c < s->channels; c++, b += s->bStride, ahead += s->aheadStride) {
            NAME(vector) column[3];
            FOR_TILE(j, vectors) column[j] = NAME(load)(b + j * WIDTH);
            FOR_TILE(j, vectors) if (j * WIDTH % LINE == 0) __builtin_prefetch(ahead + j * WIDTH, 0, 2);
            FOR_TILE(i, rows) FOR_TILE(j, vectors) sum[i][j] = MULTIPLY_ADD(sum[i][j], a[i][c], column[j]);
        }
    }
    FOR_TILE(i, rows)
        NAME(store_row)(s->y + (size_t)i * s->yStride, sum[i], vectors, s->columns, s->bias,
                        s->added ? s->added + (size_t)i * s->yStride : NULL);
}

/// y[i][columns] = or += the sum over pairs (a, b) of rows of a[i] * b[columns].
INLINE void NAME(outer_tile)(const int rows, const int vectors, const bas_outer_tile *s) {
    NAME(vector) sum[TILE_ROWS][3] = {};
    for (size_t r = 0; r < s->count; r++) {
        const float *a = s->pairs[r].a + s->aOffset, *b = s->pairs[r].b + s->bOffset;
        NAME(vector) column[3];
        FOR_TILE(j, vectors) column[j] = NAME(load)(b + j * WIDTH);
        FOR_TILE(i, rows) FOR_TILE(j, vectors) sum[i][j] = MULTIPLY_ADD(sum[i][j], a[i], column[j]);
    }
    FOR_TILE(i, rows) {
        float *y = s->y + (size_t)i * s->yStride;
        NAME(store_row)(y, sum[i], vectors, s->columns, NULL, s->accumulates ? y : NULL);
    }
}

// Tiles of every size that edges can have: the sizes are constants, so that each tile's sums are in registers.
#define FOR_VECTORS(tile, rows)                          \
    switch (vectors) {                                   \
    case 1: NAME(tile)(rows, 1, s); return;              \
    case 2: NAME(tile)(rows, 2, s); return;              \
    default: NAME(tile)(rows, 3, s); return;             \
    }
#if TILE_ROWS == 8
#define MORE_ROWS(tile)                                  \
    case 8: FOR_VECTORS(tile, 8)                         \
    case 7: FOR_VECTORS(tile, 7)                         \
    case 6: FOR_VECTORS(tile, 6)                         \
    case 5: FOR_VECTORS(tile, 5)
#else
#define MORE_ROWS(tile)
#endif
#define DISPATCH(tile)                                   \
    switch (rows) {                                      \
    MORE_ROWS(tile)                                      \
    case 4: FOR_VECTORS(tile, 4)                         \
    case 3: FOR_VECTORS(tile, 3)                         \
    case 2: FOR_VECTORS(tile, 2)                         \
    default: FOR_VECTORS(tile, 1)                        \
    }

__attribute__((TARGET)) static void NAME(rows)(int rows, int vectors, const bas_rows_tile *s) {
    DISPATCH(rows_tile)
}
__attribute__((TARGET)) static void NAME(outer)(int rows, int vectors, const bas_outer_tile *s) {
    DISPATCH(outer_tile)
}

#undef INLINE
#undef FOR_TILE
#undef FOR_VECTORS
#undef MORE_ROWS
#undef DISPATCH
#undef NAME
#undef TARGET
#undef WIDTH
#undef LOAD_PART
#undef STORE_PART
#undef TILE_ROWS
#undef MULTIPLY_ADD
