#include "state.h"

static void push(png_structp png, png_bytep from, size_t count) {
    cpng_state *state = png_get_io_ptr(png);
    cpng_bytes *bytes = state->bytes;
    if (count > state->capacity - bytes->size) {
        size_t needed = bytes->size + count;
        size_t capacity = state->capacity * 2 > needed ? state->capacity * 2 : needed;
        uint8_t *data = realloc(bytes->data, capacity);
        if (!data) {
            state->status = CPNG_NO_MEMORY;
            png_error(png, "not enough memory");
        }
        bytes->data = data;
        state->capacity = capacity;
    }
    memcpy(bytes->data + bytes->size, from, count);
    bytes->size += count;
}

static void flush(png_structp png) { (void)png; }

typedef struct {
    const uint8_t *pixels;
    uint32_t width, height;
    int channels, level;
    const cpng_text *texts;
    size_t text_count;
} request;

static void set_texts(cpng_state *state, const request *r) {
    if (!r->text_count) return;
    state->texts = calloc(r->text_count, sizeof *state->texts);
    if (!state->texts) {
        state->status = CPNG_NO_MEMORY;
        png_error(state->png, "not enough memory");
    }
    for (size_t i = 0; i < r->text_count; i++) {
        png_textp t = &state->texts[i];
        t->compression = r->texts[i].utf8 ? PNG_ITXT_COMPRESSION_NONE : PNG_TEXT_COMPRESSION_NONE;
        t->key = r->texts[i].key;
        t->text = r->texts[i].text;
        t->text_length = r->texts[i].utf8 ? 0 : r->texts[i].length;
        t->itxt_length = r->texts[i].utf8 ? r->texts[i].length : 0;
        t->lang = t->lang_key = NULL;
    }
    png_set_text(state->png, state->info, state->texts, (int)r->text_count);
}

static cpng_status guarded(cpng_state *state, const request *r) {
    if (setjmp(png_jmpbuf(state->png)))
        return state->status == CPNG_DAMAGED ? CPNG_BAD_ARGUMENT : state->status;
    static const int colours[5] = {0, PNG_COLOR_TYPE_GRAY, 0, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    png_structp png = state->png;
    png_set_write_fn(png, state, push, flush);
    png_set_compression_level(png, r->level);
    png_set_IHDR(png, state->info, r->width, r->height, 8, colours[r->channels], PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    set_texts(state, r);
    png_write_info(png, state->info);
    size_t stride = (size_t)r->width * (size_t)r->channels;
    for (uint32_t y = 0; y < r->height; y++) {
        cpng_ask(state);
        png_write_row(png, r->pixels + y * stride);
    }
    png_write_end(png, NULL);
    return CPNG_OK;
}

cpng_status cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                        const cpng_text *texts, size_t text_count, int level, cpng_question is_cancelled,
                        cpng_bytes *out) {
    memset(out, 0, sizeof *out);
    if (channels != 1 && channels != 3 && channels != 4) {
        cpng_say(out->message, "a PNG has 1, 3 or 4 channels");
        return CPNG_BAD_ARGUMENT;
    }
    request r = {pixels, width, height, channels, level, texts, text_count};
    cpng_state state = {.bytes = out, .message = out->message, .is_cancelled = is_cancelled};
    state.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, cpng_on_error, cpng_on_warning);
    if (state.png) state.info = png_create_info_struct(state.png);
    cpng_status status = state.info ? guarded(&state, &r) : CPNG_NO_MEMORY;
    png_destroy_write_struct(&state.png, &state.info);
    free(state.texts);
    if (status != CPNG_OK) cpng_release_bytes(out);
    return status;
}
