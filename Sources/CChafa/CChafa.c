#include "CChafa.h"

#include <chafa.h>
#include <stdlib.h>
#include <string.h>

enum bas_graphics bas_chafa_detect(const char *const *environment) {
    static const struct {
        ChafaTermSeq begin;
        enum bas_graphics graphics;
    } best[] = {
        {CHAFA_TERM_SEQ_BEGIN_KITTY_IMMEDIATE_IMAGE_V1, bas_graphics_kitty},
        {CHAFA_TERM_SEQ_BEGIN_ITERM2_IMAGE, bas_graphics_iterm},
        {CHAFA_TERM_SEQ_BEGIN_SIXELS, bas_graphics_sixel},
    };
    ChafaTermInfo *terminal = chafa_term_db_detect(chafa_term_db_get_default(), (gchar **)environment);
    enum bas_graphics found = bas_graphics_symbols;
    for (size_t i = 0; i < sizeof best / sizeof best[0] && found == bas_graphics_symbols; i++)
        if (chafa_term_info_have_seq(terminal, best[i].begin)) found = best[i].graphics;
    chafa_term_info_unref(terminal);
    return found;
}

static ChafaCanvasMode canvas_mode(const struct bas_canvas *canvas) {
    if (canvas->characters == bas_characters_sixel) return CHAFA_CANVAS_MODE_TRUECOLOR;
    switch (canvas->colors) {
        case bas_picture_colors_all: return CHAFA_CANVAS_MODE_TRUECOLOR;
        case bas_picture_colors_256: return CHAFA_CANVAS_MODE_INDEXED_240;
        case bas_picture_colors_16: return CHAFA_CANVAS_MODE_INDEXED_16;
        default: return CHAFA_CANVAS_MODE_FGBG;
    }
}

static ChafaCanvasConfig *configuration(const struct bas_canvas *canvas) {
    ChafaCanvasConfig *config = chafa_canvas_config_new();
    chafa_canvas_config_set_geometry(config, canvas->columns, canvas->rows);
    chafa_canvas_config_set_cell_geometry(config, canvas->cell_width, canvas->cell_height);
    chafa_canvas_config_set_pixel_mode(config, canvas->characters == bas_characters_sixel ? CHAFA_PIXEL_MODE_SIXELS
                                                                                          : CHAFA_PIXEL_MODE_SYMBOLS);
    chafa_canvas_config_set_canvas_mode(config, canvas_mode(canvas));
    // Few colours carry the rest by patterns.
    if (canvas->characters != bas_characters_sixel && canvas->colors < bas_picture_colors_256)
        chafa_canvas_config_set_dither_mode(config, CHAFA_DITHER_MODE_ORDERED);
    // Repetitions and skipped cells are not understood everywhere.
    chafa_canvas_config_set_optimizations(config, CHAFA_OPTIMIZATION_REUSE_ATTRIBUTES);
    ChafaSymbolMap *symbols = chafa_symbol_map_new();
    ChafaSymbolTags blocks =
        CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_SOLID | CHAFA_SYMBOL_TAG_HALF | CHAFA_SYMBOL_TAG_QUAD;
    chafa_symbol_map_add_by_tags(symbols,
                                 canvas->characters == bas_characters_ascii ? CHAFA_SYMBOL_TAG_ASCII : blocks);
    chafa_canvas_config_set_symbol_map(config, symbols);
    chafa_symbol_map_unref(symbols);
    return config;
}

char *bas_chafa_draw(const struct bas_canvas *canvas, const struct bas_picture *picture, size_t *length) {
    ChafaCanvasConfig *config = configuration(canvas);
    ChafaCanvas *drawing = chafa_canvas_new(config);
    chafa_canvas_draw_all_pixels(drawing, CHAFA_PIXEL_RGBA8_UNASSOCIATED, picture->rgba, picture->width,
                                 picture->height, picture->width * 4);
    // The fallback knows every sequence; which may be used was decided before.
    ChafaTermInfo *terminal = chafa_term_db_get_fallback_info(chafa_term_db_get_default());
    GString *text = chafa_canvas_print(drawing, terminal);
    char *result = malloc(text->len + 1);
    if (result) memcpy(result, text->str, text->len + 1);
    *length = result ? text->len : 0;
    g_string_free(text, TRUE);
    chafa_term_info_unref(terminal);
    chafa_canvas_unref(drawing);
    chafa_canvas_config_unref(config);
    return result;
}
