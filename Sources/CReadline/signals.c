#define _GNU_SOURCE  // pipe2
#include "CReadline.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int ends[2] = {-1, -1};

// Writes one byte into the pipe, which is safe in a handler. A full pipe loses the byte, and has enough others to be
// noticed.
static void caught(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(ends[1], &byte, 1);
    (void)ignored;
    errno = saved;
}

int bas_pipe(int both[2], int nonblocking) { return pipe2(both, O_CLOEXEC | (nonblocking ? O_NONBLOCK : 0)); }

int bas_signals_start(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH};
    if (ends[0] >= 0) return ends[0];
    signal(SIGPIPE, SIG_IGN);
    if (bas_pipe(ends, 0) != 0) return -1;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    struct sigaction action, old;
    // Parents with worker threads hand down a mask that blocks everything.
    sigset_t wanted;
    sigemptyset(&wanted);
    memset(&action, 0, sizeof action);
    action.sa_handler = caught;
    action.sa_flags = SA_RESTART;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        // Signals that the parent ignores (nohup, a job in the background) stay ignored.
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
        sigaction(numbers[i], &action, NULL);
        sigaddset(&wanted, numbers[i]);
    }
    sigprocmask(SIG_UNBLOCK, &wanted, NULL);
    return ends[0];
}

void bas_signals_stop_here(void) { raise(SIGSTOP); }
