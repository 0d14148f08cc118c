// Pictures as text that a terminal shows, by libchafa, as a few plain functions: no type of chafa or glib leaves this
// target.
#pragma once
#include <stddef.h>
#include <stdint.h>

// The ways in which a terminal can show pictures, the worst first.
enum bas_graphics {
    bas_graphics_symbols,
    bas_graphics_sixel,
    bas_graphics_iterm,
    bas_graphics_kitty,
};

// The best that the terminal of an environment can show: `environment` has "NAME=value" strings and ends with NULL. Only
// variables are looked at; the terminal is not asked.
enum bas_graphics bas_chafa_detect(const char *const *environment);

// The characters that a picture is made of.
enum bas_characters {
    bas_characters_blocks,  // half and quarter blocks
    bas_characters_ascii,
    bas_characters_sixel,  // pixels, in one control sequence
};

// The colours of blocks and ASCII.
enum bas_picture_colors {
    bas_picture_colors_none,
    bas_picture_colors_16,
    bas_picture_colors_256,
    bas_picture_colors_all,  // 24 bits
};

// A picture to draw.
struct bas_picture {
    const uint8_t *rgba;  // rows of width * 4 bytes: libchafa's scaler wants rows that begin on four
    int width, height;    // above 0
};

// The way and the size in which it is drawn.
struct bas_canvas {
    enum bas_characters characters;
    enum bas_picture_colors colors;  // of blocks and ASCII
    int columns, rows;               // that the picture fills, above 0
    int cell_width, cell_height;     // pixels of a character, above 0
};

// Draws the picture. Returns its text, NUL-terminated, to be given to `free`; NULL where memory is short. Blocks and ASCII
// are `rows` lines, without a newline at the end.
char *bas_chafa_draw(const struct bas_canvas *canvas, const struct bas_picture *picture, size_t *length);
