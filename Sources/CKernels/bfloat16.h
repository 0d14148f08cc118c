// The rounding that bfloat16.c and winograd_bfloat16.c share.
#pragma once
#include "gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define ROUNDING __attribute__((BAS_BFLOAT16_TARGET))

/// Sixteen pairs: pair i has number i of the one vector, then number i of the other.
ROUNDING static inline __m512 interleaved(__m512 one, __m512 other) {
    static const uint16_t turns[32] = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23,
                                       8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    return (__m512)_mm512_permutexvar_epi16(_mm512_loadu_si512(turns), (__m512i)_mm512_cvtne2ps_pbh(other, one));
}
#endif
