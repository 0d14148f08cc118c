// A pool of threads for pieces of work of some ten microseconds, which is too short for waking a sleeping thread for each.
// Workers look for the next job for a moment and then sleep on a futex, so that an idle or crowded machine is not kept
// busy. A job never waits for a worker that comes late, only for those that have begun.
#include "CKernels.h"
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#define pause_briefly() _mm_pause()
#else
#define pause_briefly() ((void)0)
#endif

/// How long a worker looks for work before it sleeps: longer than the gaps within a training step.
#define SPIN_NANOSECONDS 60000

static struct {
    pthread_mutex_t owner;             // one job at a time; a second caller works alone
    _Atomic uint32_t generation;       // of jobs; what workers watch and sleep on
    _Atomic uint32_t isOpen;           // the present job takes workers
    _Atomic int active;                // workers inside the job
    _Atomic int sleepers;
    _Atomic int next;                  // the next task
    int tasks, started;
    void (*body)(void *, int);
    void *context;
} pool = {.owner = PTHREAD_MUTEX_INITIALIZER};

static void futex(_Atomic uint32_t *address, int operation, uint32_t value) {
    syscall(SYS_futex, address, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void take_tasks(void) {
    unsigned before = bas_flush_denormals();
    for (int task; (task = atomic_fetch_add(&pool.next, 1)) < pool.tasks;) pool.body(pool.context, task);
    bas_restore_denormals(before);
}

/// Waits for a job; returns the first generation after `seen`.
static uint32_t wait_for_job(uint32_t seen) {
    uint64_t end = now() + SPIN_NANOSECONDS;
    for (;;) {
        for (int i = 0; i < 64; i++) {
            uint32_t generation = atomic_load(&pool.generation);
            if (generation != seen) return generation;
            pause_briefly();
        }
        if (now() < end) continue;
        atomic_fetch_add(&pool.sleepers, 1);
        futex(&pool.generation, FUTEX_WAIT, seen);
        atomic_fetch_sub(&pool.sleepers, 1);
        end = now() + SPIN_NANOSECONDS;
    }
}

static void *work(void *unused) {
    (void)unused;
    for (uint32_t seen = 0;;) {
        seen = wait_for_job(seen);
        // A worker enters before it looks at the job; the caller closes the job before it looks at who is inside.
        atomic_fetch_add(&pool.active, 1);
        if (atomic_load(&pool.isOpen)) take_tasks();
        atomic_fetch_sub(&pool.active, 1);
    }
    return NULL;
}

static void start_workers(int count) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 2 << 20);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    while (pool.started < count) {
        pthread_t thread;
        if (pthread_create(&thread, &attributes, work, NULL) != 0) break;
        pool.started++;
    }
    pthread_attr_destroy(&attributes);
}

void bas_pool_run(int tasks, int threads, void (*body)(void *, int), void *context) {
    // Within a task, or on a second thread, all tasks run here.
    if (tasks <= 1 || threads <= 1 || pthread_mutex_trylock(&pool.owner) != 0) {
        for (int task = 0; task < tasks; task++) body(context, task);
        return;
    }
    if (pool.started < threads - 1) start_workers(threads - 1);
    pool.tasks = tasks;
    pool.body = body;
    pool.context = context;
    atomic_store(&pool.next, 0);
    atomic_store(&pool.isOpen, 1);
    atomic_fetch_add(&pool.generation, 1);
    if (atomic_load(&pool.sleepers)) futex(&pool.generation, FUTEX_WAKE, (uint32_t)(threads - 1));
    take_tasks();
    atomic_store(&pool.isOpen, 0);
    for (int spins = 0; atomic_load(&pool.active); spins++) {
        if (spins < 20000) pause_briefly();
        else usleep(20);
    }
    pthread_mutex_unlock(&pool.owner);
}
