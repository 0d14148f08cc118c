#include "CReadline.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

// MARK: completion

struct candidate {
    char *text, *detail;
};

static bas_line_completer completer;
static void *completer_context;
static struct candidate *candidates;
static size_t candidate_count, candidate_room, next_candidate;
// The byte of the line at which the word begins that readline replaces.
static size_t word_start;

enum { most_candidates = 2000, most_detailed = 12 };

static void forget_candidates(void) {
    for (size_t i = 0; i < candidate_count; i++) {
        free(candidates[i].text);
        free(candidates[i].detail);
    }
    candidate_count = next_candidate = 0;
}

// readline replaces from `word_start` on, whatever the candidate's own range: what lies between is added or
// cut off.
void bas_line_add_candidate(const char *text, const char *detail, size_t start, size_t end) {
    if (candidate_count == most_candidates || start > end || end > (size_t)rl_end) return;
    if (candidate_count == candidate_room) {
        size_t room = candidate_room ? candidate_room * 2 : 64;
        struct candidate *grown = realloc(candidates, room * sizeof *grown);
        if (!grown) return;
        candidates = grown;
        candidate_room = room;
    }
    size_t missing = start > word_start ? start - word_start : 0;
    size_t surplus = start < word_start ? word_start - start : 0;
    size_t length = strlen(text);
    if (surplus > length || strncmp(text, rl_line_buffer + start, surplus) != 0) return;
    char *whole = malloc(missing + length - surplus + 1);
    char *copy = strdup(detail);
    if (!whole || !copy) {
        free(whole);
        free(copy);
        return;
    }
    memcpy(whole, rl_line_buffer + word_start, missing);
    memcpy(whole + missing, text + surplus, length - surplus + 1);
    candidates[candidate_count++] = (struct candidate){whole, copy};
}

static char *next_match(const char *text, int state) {
    (void)text;
    if (state == 0) next_candidate = 0;
    return next_candidate < candidate_count ? strdup(candidates[next_candidate++].text) : NULL;
}

static char **complete(const char *text, int start, int end) {
    (void)end;
    rl_attempted_completion_over = 1;
    rl_completion_suppress_append = 1;
    rl_completion_suppress_quote = 1;
    rl_sort_completion_matches = 0;
    forget_candidates();
    if (!completer) return NULL;
    word_start = (size_t)start;
    completer(completer_context, rl_line_buffer, (size_t)rl_point);
    return candidate_count ? rl_completion_matches(text, next_match) : NULL;
}

// Many matches in readline's columns, no more than the screen takes.
static void display_columns(char **matches, int count, int longest) {
    int rows, columns;
    rl_get_screen_size(&rows, &columns);
    int across = columns / (longest + 2);
    int room = (across > 0 ? across : 1) * (rows > 8 ? rows - 4 : 4);
    rl_display_match_list(matches, count < room ? count : room, longest);
    if (count > room) fprintf(rl_outstream, "... and %d more: type a letter or two, then Tab\n", count - room);
    rl_forced_update_display();
}

// A few matches are listed one a line with what they mean.
static void display_matches(char **matches, int count, int longest) {
    int detailed = 0;
    if (count <= most_detailed)
        for (size_t i = 0; i < candidate_count; i++) detailed |= *candidates[i].detail != 0;
    if (!detailed) {
        display_columns(matches, count, longest);
        return;
    }
    int rows, columns;
    rl_get_screen_size(&rows, &columns);
    fputc('\n', rl_outstream);
    for (size_t i = 0; i < candidate_count; i++) {
        int room = columns - longest - 4, length = (int)strlen(candidates[i].detail);
        if (room < 8) length = 0;
        // Cut before a byte that continues a character.
        if (length > room) length = room;
        while (length > 0 && (candidates[i].detail[length] & 0xC0) == 0x80) length--;
        fprintf(rl_outstream, "%-*s  %.*s\n", longest, candidates[i].text, length, candidates[i].detail);
    }
    rl_on_new_line();
    rl_forced_update_display();
}

// MARK: reading

static char *finished_line;
static int finished;

static void line_finished(char *line) {
    finished_line = line;
    finished = 1;
    // The handler is removed at once, so that readline does not begin the next line, and the terminal returns to its
    // ordinary mode.
    rl_callback_handler_remove();
}

// A string that completion has closed is not closed again by who types on.
static int insert_quote(int count, int key) {
    int is_closed = rl_last_func == rl_complete && rl_point > 0 && rl_line_buffer[rl_point - 1] == key;
    return is_closed ? 0 : rl_insert(count, key);
}

// The beginnings of a slow terminal's late answers to `bas_screen_ask`, which are not input.
static const char *const answers[] = {"\033[?", "\033[6;"};

static int swallow_answer(int count, int key) {
    (void)count;
    do key = rl_read_key();
    while (key == ';' || (key >= '0' && key <= '9'));
    return 0;
}

void bas_line_start(bas_line_completer function, void *context) {
    static const char *up[] = {"\033[A", "\033OA"}, *down[] = {"\033[B", "\033OB"};
    completer = function;
    completer_context = context;
    rl_readline_name = "bas";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    if (!isatty(STDOUT_FILENO)) rl_outstream = stderr;
    rl_initialize();
    for (int i = 0; i < 2; i++) {
        rl_bind_keyseq(up[i], rl_history_search_backward);
        rl_bind_keyseq(down[i], rl_history_search_forward);
    }
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) rl_bind_keyseq(answers[i], swallow_answer);
    rl_bind_key('"', insert_quote);
    rl_variable_bind("history-size", "-1");
    rl_attempted_completion_function = complete;
    rl_completion_display_matches_hook = display_matches;
    rl_completer_word_break_characters = " \t\n\"'()[]{},.:;=+-*/%<>|&!?";
    rl_basic_word_break_characters = rl_completer_word_break_characters;
    using_history();
}

static void drop_line(void) {
    rl_point = rl_end;
    rl_redisplay();
    fputs("^C", rl_outstream);
    rl_free_line_state();
    rl_callback_sigcleanup();
    rl_callback_handler_remove();
    fputc('\n', rl_outstream);
    fflush(rl_outstream);
}

// At the end of input readline ends its line itself where it turns bracketed paste off.
static void end_open_line(void) {
    const char *pasting = rl_variable_value("enable-bracketed-paste");
    if (pasting && strcmp(pasting, "on") == 0) return;
    fputc('\n', rl_outstream);
    fflush(rl_outstream);
}

static void suspend(void) {
    rl_deprep_terminal();
    bas_screen_editing(0);
    bas_signals_stop_here();
    bas_screen_editing(1);
    rl_prep_terminal(1);
    rl_resize_terminal();
    rl_forced_update_display();
}

enum bas_line_status bas_line_read(const char *prompt, int wake, char **line) {
    enum bas_line_status status = bas_line_read_one;
    struct pollfd sources[2] = {{STDIN_FILENO, POLLIN, 0}, {wake, POLLIN, 0}};
    finished = 0;
    finished_line = NULL;
    bas_screen_editing(1);
    rl_callback_handler_install(prompt, line_finished);
    for (int key; !finished && (key = bas_screen_early_key()) >= 0;)
        if (rl_stuff_char(key)) rl_callback_read_char();
    while (!finished) {
        if (poll(sources, 2, -1) < 0) {
            if (errno == EINTR) continue;
            rl_callback_handler_remove();
            break;
        }
        unsigned char byte;
        while (!finished && (sources[1].revents & POLLIN) && read(wake, &byte, 1) == 1) {
            if (byte == bas_wake_interrupt) {
                drop_line();
                finished = 1;
                status = bas_line_interrupted;
            }
            if (byte == bas_wake_resize) rl_resize_terminal();
            if (byte == bas_wake_suspend) suspend();
        }
        // A terminal that has gone away reads as the end.
        if (!finished && sources[0].revents) rl_callback_read_char();
    }
    bas_screen_editing(0);
    *line = finished_line;
    if (status == bas_line_read_one && !finished_line) {
        end_open_line();
        return bas_line_end_of_input;
    }
    return status;
}

// MARK: history

void bas_line_history_add(const char *entry) { add_history(entry); }
void bas_line_history_limit(int entries) { stifle_history(entries); }
