#include "state.h"

enum {
    TEXT_CHUNKS = 160,         // fewer text chunks are kept (Images writes at most 128)
    TEXT_BYTES = 1024 * 1024,  // and none longer, compressed or not (a zTXt of 50 kB can hold 60 MB)
};

static void pull(png_structp png, png_bytep into, size_t count) {
    cpng_state *state = png_get_io_ptr(png);
    if (count > state->size - state->at) {
        state->status = CPNG_TRUNCATED;
        png_error(png, "the file ends too early");
    }
    memcpy(into, state->data + state->at, count);
    state->at += count;
}

static uint32_t big_endian(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// Checks the header before libpng does, for a message that names the limit.
static cpng_status check_header(const uint8_t *data, size_t size, uint32_t max_side, cpng_picture *out) {
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    size_t common = size < 8 ? size : 8;
    if (size == 0 || memcmp(data, signature, common) != 0) return CPNG_NOT_PNG;
    if (size < 33) return CPNG_TRUNCATED;
    if (memcmp(data + 12, "IHDR", 4) != 0) return CPNG_DAMAGED;
    out->width = big_endian(data + 16);
    out->height = big_endian(data + 20);
    return out->width > max_side || out->height > max_side ? CPNG_TOO_LARGE : CPNG_OK;
}

// Whether a chunk is longer than the rest of the file. libpng allocates and clears as many bytes as a text claims to have,
// up to 2 GB, before it looks at what is there; its own limit for chunks is only a warning.
static cpng_status check_chunks(const uint8_t *data, size_t size) {
    size_t at = 8;
    while (size - at >= 12) {
        size_t length = big_endian(data + at);
        if (length > PNG_UINT_31_MAX) break;  // libpng says what is wrong
        if (length > size - at - 12) return CPNG_TRUNCATED;
        if (memcmp(data + at + 4, "IEND", 4) == 0) break;
        at += 12 + length;
    }
    return CPNG_OK;
}

// Ignores chunks that are never used: profiles, gamma, physical size, time, previews. So fewer parsers read hostile bytes.
static void ignore_unused_chunks(png_structp png) {
    static const png_byte unused[] =
        "iCCP\0sRGB\0gAMA\0cHRM\0sBIT\0bKGD\0hIST\0pHYs\0sPLT\0tIME\0oFFs\0pCAL\0sCAL\0eXIf\0sTER";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, unused, (int)(sizeof unused / 5));
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
}

static void keep_texts(cpng_state *state, cpng_picture *out) {
    png_textp texts = NULL;
    int count = 0;
    png_get_text(state->png, state->info, &texts, &count);
    if (count <= 0) return;
    out->texts = calloc((size_t)count, sizeof *out->texts);
    if (!out->texts) return;
    for (int i = 0; i < count; i++) {
        int utf8 = texts[i].compression >= PNG_ITXT_COMPRESSION_NONE;
        size_t length = utf8 ? texts[i].itxt_length : texts[i].text_length;
        cpng_text *t = &out->texts[out->text_count];
        t->key = strdup(texts[i].key);
        t->text = malloc(length + 1);
        out->text_count++;
        if (!t->key || !t->text) {
            state->status = CPNG_NO_MEMORY;
            png_error(state->png, "not enough memory");
        }
        memcpy(t->text, texts[i].text ? texts[i].text : "", length);
        t->text[length] = 0;
        t->length = length;
        t->utf8 = utf8;
    }
}

static void ask_for_8_bits(cpng_state *state, int keep_alpha) {
    png_structp png = state->png;
    int grey = !(png_get_color_type(png, state->info) & PNG_COLOR_MASK_COLOR);
    int clear = png_get_color_type(png, state->info) & PNG_COLOR_MASK_ALPHA
        || png_get_valid(png, state->info, PNG_INFO_tRNS);
    png_set_expand(png);
    png_set_strip_16(png);
    if (clear && !keep_alpha) png_set_strip_alpha(png);
    if (clear && keep_alpha && grey) png_set_gray_to_rgb(png);
    state->passes = png_set_interlace_handling(png);
    png_read_update_info(png, state->info);
}

static void read_pixels(cpng_state *state, int keep_alpha, size_t max_bytes, cpng_picture *out) {
    png_structp png = state->png;
    ask_for_8_bits(state, keep_alpha);
    size_t width = png_get_image_width(png, state->info), height = png_get_image_height(png, state->info);
    out->channels = png_get_channels(png, state->info);
    size_t stride = width * (size_t)out->channels;
    if (stride * height > max_bytes) {
        state->status = CPNG_TOO_LARGE;
        png_error(png, "the decoded picture is over the limit");
    }
    if (png_get_rowbytes(png, state->info) != stride || png_get_bit_depth(png, state->info) != 8)
        png_error(png, "unexpected row size");
    out->pixels = malloc(stride * height);
    state->rows = malloc(height * sizeof *state->rows);
    if (!out->pixels || !state->rows) {
        state->status = CPNG_NO_MEMORY;
        png_error(png, "not enough memory");
    }
    for (size_t y = 0; y < height; y++) state->rows[y] = out->pixels + y * stride;
    for (int pass = 0; pass < state->passes; pass++)
        for (size_t y = 0; y < height; y++) {
            cpng_ask(state);
            png_read_row(png, state->rows[y], NULL);
        }
}

static void skip_pixels(cpng_state *state) {
    int passes = png_set_interlace_handling(state->png);
    png_read_update_info(state->png, state->info);
    uint32_t height = png_get_image_height(state->png, state->info);
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < height; y++) {
            cpng_ask(state);
            png_read_row(state->png, NULL, NULL);
        }
}

static void start(cpng_state *state, uint32_t max_side) {
    png_set_read_fn(state->png, state, pull);
    png_set_user_limits(state->png, max_side, max_side);
    png_set_chunk_cache_max(state->png, TEXT_CHUNKS);
    png_set_chunk_malloc_max(state->png, TEXT_BYTES);
    png_set_crc_action(state->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    ignore_unused_chunks(state->png);
    png_read_info(state->png, state->info);
}

static void finish(cpng_state *state, cpng_picture *out) {
    png_read_end(state->png, state->info);
    keep_texts(state, out);
}

typedef struct {
    int keep_alpha, texts_only;
    uint32_t max_side;
    size_t max_bytes;
    cpng_question is_cancelled;
} request;

// The only frame that is jumped to. What it changes after setjmp is in `state` and `out`.
static cpng_status guarded(cpng_state *state, const request *r, cpng_picture *out) {
    if (setjmp(png_jmpbuf(state->png))) return state->status;
    start(state, r->max_side);
    if (r->texts_only) skip_pixels(state);
    else read_pixels(state, r->keep_alpha, r->max_bytes, out);
    finish(state, out);
    return CPNG_OK;
}

static cpng_status decode(const uint8_t *data, size_t size, const request *r, cpng_picture *out) {
    memset(out, 0, sizeof *out);
    cpng_status status = check_header(data, size, r->max_side, out);
    if (status == CPNG_OK) status = check_chunks(data, size);
    if (status != CPNG_OK) return status;
    cpng_state state = {.data = data, .size = size, .message = out->message, .is_cancelled = r->is_cancelled};
    state.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state, cpng_on_error, cpng_on_warning);
    if (state.png) state.info = png_create_info_struct(state.png);
    status = state.info ? guarded(&state, r, out) : CPNG_NO_MEMORY;
    png_destroy_read_struct(&state.png, &state.info, NULL);
    free(state.rows);
    if (status != CPNG_OK) cpng_release(out);
    return status;
}

cpng_status cpng_decode(const uint8_t *data, size_t size, int keep_alpha, uint32_t max_side, size_t max_bytes,
                        cpng_question is_cancelled, cpng_picture *out) {
    request r = {.keep_alpha = keep_alpha, .max_side = max_side, .max_bytes = max_bytes, .is_cancelled = is_cancelled};
    return decode(data, size, &r, out);
}

cpng_status cpng_read_texts(const uint8_t *data, size_t size, uint32_t max_side, cpng_question is_cancelled,
                            cpng_picture *out) {
    request r = {.texts_only = 1, .max_side = max_side, .is_cancelled = is_cancelled};
    return decode(data, size, &r, out);
}
