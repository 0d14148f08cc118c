#include "CReadline.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios remembered;
static volatile sig_atomic_t has_modes, cursor_hidden, editing, computing;
static int takes_escapes;

// Ctrl-\ (SIGQUIT) ends the process as abruptly as a crash.
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSYS, SIGQUIT};
enum { crash_count = sizeof crashes / sizeof crashes[0] };
static struct sigaction before[crash_count];

// Puts the terminal right, then lets the earlier handler have the crash: the faulting instruction runs again, a signal
// that some process sent is sent again.
static void crashed(int number, siginfo_t *info, void *context) {
    (void)context;
    bas_screen_restore();
    for (int i = 0; i < crash_count; i++)
        if (crashes[i] == number) sigaction(number, &before[i], NULL);
    if (number == SIGABRT || number == SIGQUIT || info->si_code <= 0) raise(number);
}

void bas_screen_remember(void) {
    static int done;
    if (done) return;
    done = 1;
    const char *kind = getenv("TERM");
    takes_escapes = kind && *kind && strcmp(kind, "dumb") != 0;
    has_modes = tcgetattr(STDIN_FILENO, &remembered) == 0;
    atexit(bas_screen_restore);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = crashed;
    action.sa_flags = SA_ONSTACK | SA_SIGINFO;
    // Parents with worker threads hand down a mask that blocks everything.
    sigset_t wanted;
    sigemptyset(&wanted);
    for (int i = 0; i < crash_count; i++) {
        sigaddset(&wanted, crashes[i]);
        // Signals that the parent ignores (for a job in the background) stay ignored.
        if (sigaction(crashes[i], NULL, &before[i]) == 0 && before[i].sa_handler == SIG_IGN) continue;
        sigaction(crashes[i], &action, &before[i]);
    }
    pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
}

static void put(const char *text) {
    int descriptor = isatty(STDERR_FILENO) ? STDERR_FILENO : STDOUT_FILENO;
    if (takes_escapes && isatty(descriptor)) {
        ssize_t ignored = write(descriptor, text, strlen(text));
        (void)ignored;
    }
}

void bas_screen_restore(void) {
    if (cursor_hidden) put("\033[?25h");
    cursor_hidden = 0;
    bas_screen_computing(0);
    if (!editing) return;
    put("\033[?2004l\r");
    if (has_modes) tcsetattr(STDIN_FILENO, TCSANOW, &remembered);
    editing = 0;
}

void bas_screen_cursor_hidden(int hidden) { cursor_hidden = hidden; }
void bas_screen_editing(int now) { editing = now; }

static void echo(int on) {
    struct termios modes;
    if (tcgetattr(STDIN_FILENO, &modes) != 0 || tcgetpgrp(STDIN_FILENO) != getpgrp()) return;
    modes.c_lflag = on ? modes.c_lflag | ECHO : modes.c_lflag & ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSANOW, &modes);
}

int bas_screen_computing_now(void) { return computing; }

void bas_screen_computing(int now) {
    if (now && !computing && has_modes && (remembered.c_lflag & ECHO)) {
        computing = 1;
        echo(0);
    } else if (!now && computing) {
        computing = 0;
        echo(1);
    }
}

int bas_screen_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int bas_screen_rows(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

void bas_screen_cell(int descriptor, int *width, int *height) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || !size.ws_col || !size.ws_row) return;
    if (!size.ws_xpixel || !size.ws_ypixel) return;
    *width = size.ws_xpixel / size.ws_col;
    *height = size.ws_ypixel / size.ws_row;
}
