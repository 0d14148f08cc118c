// The processor's abilities, and making OpenBLAS use them. OpenBLAS 0.3.21 (Debian 12) takes its SSE3 core on processors
// that it does not know (OpenMathLib/OpenBLAS#4267), which is three to five times slower.

#include "CKernels.h"
#include <dlfcn.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

int bas_processor_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return 2;
    if (__builtin_cpu_supports("x86-64-v3")) return 1;
#endif
    return 0;
}

void bas_processor_name(char *name, size_t capacity) {
    if (!capacity) return;
    name[0] = 0;
#if defined(__x86_64__)
    unsigned words[13] = {0};
    if (__get_cpuid_max(0x80000000, NULL) < 0x80000004) return;
    for (unsigned i = 0; i < 3; i++)
        __get_cpuid(0x80000002 + i, words + 4 * i, words + 4 * i + 1, words + 4 * i + 2, words + 4 * i + 3);
    const char *text = (const char *)words;
    while (*text == ' ') text++;
    snprintf(name, capacity, "%s", text);
#endif
}

int bas_processor_count(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
}

// Symbols are looked up by name: OpenMP builds, and builds for one core only, do not have all of these.
static void *symbol(const char *name) { return dlsym(RTLD_DEFAULT, name); }

const char *bas_blas_core(void) {
    char *(*corename)(void) = (char *(*)(void))symbol("openblas_get_corename");
    return corename ? corename() : "";
}

int bas_blas_select(const char *core) {
    void (*quit)(void) = (void (*)(void))symbol("gotoblas_dynamic_quit");
    void (*init)(void) = (void (*)(void))symbol("gotoblas_dynamic_init");
    if (!quit || !init) return 0;
    setenv("OPENBLAS_CORETYPE", core, 1);
    quit();
    init();
    unsetenv("OPENBLAS_CORETYPE");
    return strcasecmp(bas_blas_core(), core) == 0;
}

void bas_blas_single_threaded(void) {
    void (*set)(int) = (void (*)(int))symbol("openblas_set_num_threads");
    if (set) set(1);
}

unsigned bas_flush_denormals(void) {
#if defined(__x86_64__)
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040);
    return before;
#else
    return 0;
#endif
}

void bas_restore_denormals(unsigned before) {
#if defined(__x86_64__)
    _mm_setcsr(before);
#else
    (void)before;
#endif
}
