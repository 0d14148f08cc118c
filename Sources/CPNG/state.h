// What one reading or writing owns while libpng may jump: everything lives here, so a jump leaks nothing.
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
    cpng_question is_unwanted;
    int passes;             // reading: over an interlaced picture
} cpng_state;

void cpng_say(char *message, const char *text);
void cpng_on_error(png_structp png, png_const_charp text);
void cpng_on_warning(png_structp png, png_const_charp text);
// Jumps where the work is not wanted any more.
void cpng_ask(cpng_state *state);
