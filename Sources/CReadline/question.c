#include "CReadline.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// "What are you?" (DA1) last: every terminal answers it, so that its answer ends the waiting for the others.
static const char question[] = "\033[16t\033[c";
enum { patience = 400 };  // milliseconds

// Keys that were typed between the answers.
static char early[256];
static size_t early_count, early_next;

static void keep(const char *bytes, size_t count) {
    if (count > sizeof early - early_count) count = sizeof early - early_count;
    memcpy(early + early_count, bytes, count);
    early_count += count;
}

int bas_screen_early_key(void) {
    if (early_next == early_count) {
        early_next = early_count = 0;
        return -1;
    }
    return (unsigned char)early[early_next++];
}

// Reads a whole sequence `ESC [ … letter`: returns 1 where it is the last answer, 0 for another answer, -1 for none.
static int understand(const char *sequence, struct bas_screen_answer *answer) {
    int width, height;
    char end;
    if (sscanf(sequence, "\033[6;%d;%d%c", &height, &width, &end) == 3 && end == 't') {
        if (width > 1 && height > 1) answer->cell_width = width, answer->cell_height = height;
        return 0;
    }
    size_t length = strlen(sequence);
    if (strncmp(sequence, "\033[?", 3) != 0 || sequence[length - 1] != 'c') return -1;
    answer->answered = 1;
    // Attributes between semicolons: 4 is sixel graphics. The first number is the kind of terminal.
    for (const char *at = strchr(sequence, ';'); at; at = strchr(at + 1, ';'))
        if (at[1] == '4' && (at[2] == ';' || at[2] == 'c')) answer->sixels = 1;
    return 1;
}

// Takes bytes in turn; keys that are no answer are kept. 1 after the last answer.
static int take(char byte, char *held, size_t room, size_t *count, struct bas_screen_answer *answer) {
    if (byte == '\033' && *count > 0) {
        keep(held, *count);
        *count = 0;
    }
    held[(*count)++] = byte;
    int begins = held[0] == '\033' && (*count < 2 || held[1] == '[');
    int ends = *count > 2 && byte >= 0x40 && byte <= 0x7E;
    if (begins && !ends && *count < room - 1) return 0;
    held[*count] = 0;
    int meaning = begins && ends ? understand(held, answer) : -1;
    if (meaning < 0) keep(held, *count);
    *count = 0;
    return meaning == 1;
}

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void listen_for_answers(struct bas_screen_answer *answer) {
    char held[64];
    size_t count = 0;
    for (long end = now() + patience, left = patience; left > 0; left = end - now()) {
        struct pollfd source = {STDIN_FILENO, POLLIN, 0};
        int ready = poll(&source, 1, (int)left);
        if (ready < 0 && errno == EINTR) continue;
        char byte;
        if (ready <= 0 || read(STDIN_FILENO, &byte, 1) != 1) break;
        if (take(byte, held, sizeof held, &count, answer)) break;
    }
    keep(held, count);
}

int bas_screen_ask(struct bas_screen_answer *answer) {
    memset(answer, 0, sizeof *answer);
    struct termios before, quiet;
    if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0) return 0;
    // A process in the background must not ask, and keys that wait to be read would be mixed up with the answers.
    struct pollfd source = {STDIN_FILENO, POLLIN, 0};
    if (tcgetpgrp(STDIN_FILENO) != getpgrp() || poll(&source, 1, 0) != 0) return 0;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &quiet) != 0) return 0;
    if (write(STDOUT_FILENO, question, sizeof question - 1) == (ssize_t)sizeof question - 1) listen_for_answers(answer);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    return answer->answered;
}
