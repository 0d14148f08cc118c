// Line editing by GNU readline, signals as bytes in a pipe, and the terminal left as it was found.
// readline's own globals are not safe to touch from Swift 6; these functions are all that Swift sees of it.
#pragma once
#include <stddef.h>

// MARK: lines (lines.c)

/// The outcome of reading a line.
enum bas_line_status {
    bas_line_read_one,
    bas_line_end_of_input,
    bas_line_interrupted,
};

/// The bytes that another thread writes to the wake pipe of a line that is being read.
enum bas_line_wake {
    bas_wake_interrupt = 'I',
    bas_wake_resize = 'W',
    bas_wake_suspend = 'Z',
};

/// A function that is asked for candidates for `line` (NUL-terminated) at byte `cursor`; it answers by
/// `bas_line_add_candidate`.
typedef void (*bas_line_completer)(void *context, const char *line, size_t cursor);

/// Prepares readline: it installs no signal handlers of its own, and Up and Down search the history by what is before the
/// cursor.
void bas_line_start(bas_line_completer completer, void *context);

/// Reads one line with editing. `wake` is the read end of a non-blocking pipe of `bas_line_wake` bytes. `prompt` may hold
/// escape sequences between \001 and \002. On `bas_line_read_one` `*line` is the text, to be given to `free`. The terminal
/// is in its ordinary mode again whenever this returns.
enum bas_line_status bas_line_read(const char *prompt, int wake, char **line);

/// Called by a completer: the bytes `start..<end` of the line may be replaced by `text`. `detail` explains it in a list.
void bas_line_add_candidate(const char *text, const char *detail, size_t start, size_t end);

/// Adds a line to the history.
void bas_line_history_add(const char *entry);
/// Limits the history to so many lines, the newest.
void bas_line_history_limit(int entries);

// MARK: signals (signals.c)

/// Turns SIGINT, SIGTERM, SIGHUP, SIGTSTP and SIGWINCH into bytes (their numbers) in a pipe, and ignores SIGPIPE. Returns
/// the pipe's read end, or -1. Later calls return the same.
int bas_signals_start(void);

/// Stops this process as SIGTSTP does by default; returns when it continues.
void bas_signals_stop_here(void);

/// Makes a pipe that child processes do not inherit: ends[0] is read, ends[1] written. Returns 0, or -1 with `errno`.
int bas_pipe(int ends[2], int nonblocking);

// MARK: the terminal (screen.c)

/// Remembers the modes of the terminal at standard input, and arranges for `bas_screen_restore` at exit and in a crash.
void bas_screen_remember(void);

/// Restores the remembered modes, a visible cursor, and no bracketed paste: only what was changed. Safe in a signal
/// handler.
void bas_screen_restore(void);

/// Says that the cursor was hidden, or shown again.
void bas_screen_cursor_hidden(int hidden);
/// Says that a line is being edited, or no longer.
void bas_screen_editing(int editing);

/// Keeps keys that are typed while something is computed from being echoed, since that would run into bars and pictures;
/// `computing` 0 ends it. Does nothing where standard input is no terminal, or another program's.
void bas_screen_computing(int computing);
/// Whether keys are kept from being echoed now.
int bas_screen_computing_now(void);

/// The columns of the terminal at this descriptor; 0 where it is none.
int bas_screen_columns(int descriptor);
/// The rows of the terminal at this descriptor; 0 where it is none.
int bas_screen_rows(int descriptor);
/// Sets the pixels of a character of the terminal at this descriptor; leaves them where the terminal does not tell.
void bas_screen_cell(int descriptor, int *width, int *height);

// MARK: questions to the terminal (question.c)

/// The terminal's answer.
struct bas_screen_answer {
    int answered;
    int sixels;                   // it shows sixel graphics
    int cell_width, cell_height;  // pixels of a character; 0 where it does not tell
};

/// Asks the terminal at standard input and output what it can show; waits 0.4 s at most. Returns 0 where it did not answer,
/// or cannot be asked now: it is another program's too, or keys wait to be read. Keys that come in between are kept.
int bas_screen_ask(struct bas_screen_answer *answer);

/// The next key that was kept, or -1. `bas_line_read` reads them first.
int bas_screen_early_key(void);
