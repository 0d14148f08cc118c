// The state of one reading or writing. Everything that is allocated is in it, so nothing leaks where libpng jumps.
#pragma once
#include "CPNG.h"
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    png_structp png;
    png_infop info;
    png_bytepp rows;
    png_textp texts;        // writing
    const uint8_t *data;    // reading
    size_t size, at;
    cpng_bytes *bytes;      // writing
    size_t capacity;
    cpng_status status;     // why, when libpng jumps
    char *message;
    cpng_question is_cancelled;
    int passes;             // reading: over an interlaced picture
} cpng_state;

// Copies a message, reduced to printable ASCII.
void cpng_say(char *message, const char *text);
// libpng's error handler: keeps the message and jumps.
void cpng_on_error(png_structp png, png_const_charp text);
// libpng's warning handler.
void cpng_on_warning(png_structp png, png_const_charp text);
// Jumps where the work is no longer wanted.
void cpng_ask(cpng_state *state);
