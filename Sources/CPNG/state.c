#include "state.h"

// Copies a message, printable ASCII only: it may quote bytes of a hostile file.
void cpng_say(char *message, const char *text) {
    size_t n = 0;
    for (; text && text[n] && n + 1 < CPNG_MESSAGE; n++)
        message[n] = text[n] >= 32 && text[n] < 127 ? text[n] : '?';
    message[n] = 0;
}

void cpng_on_error(png_structp png, png_const_charp text) {
    cpng_state *state = png_get_error_ptr(png);
    cpng_say(state->message, text);
    if (state->status == CPNG_OK) state->status = CPNG_DAMAGED;
    png_longjmp(png, 1);
}

// Warnings are about data that are not used, or too many of them; missing and wrong data are errors.
void cpng_on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

void cpng_ask(cpng_state *state) {
    if (!state->is_cancelled || !state->is_cancelled()) return;
    state->status = CPNG_CANCELLED;
    png_error(state->png, "cancelled");
}

void cpng_release(cpng_picture *picture) {
    for (size_t i = 0; i < picture->text_count; i++) {
        free(picture->texts[i].key);
        free(picture->texts[i].text);
    }
    free(picture->texts);
    free(picture->pixels);
    picture->texts = NULL;
    picture->pixels = NULL;
    picture->text_count = 0;
}

void cpng_release_bytes(cpng_bytes *bytes) {
    free(bytes->data);
    bytes->data = NULL;
    bytes->size = 0;
}
