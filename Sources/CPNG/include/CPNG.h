// PNG in memory, read and written by libpng. libpng reports errors by longjmp: every call of it is made inside of this
// shim, below its own setjmp, so that no Swift frame is ever jumped over. Results are a status and a message; nothing is
// printed.
#pragma once
#include <stddef.h>
#include <stdint.h>

// The outcome of a call.
typedef enum {
    CPNG_OK = 0,
    CPNG_NOT_PNG,       // no PNG signature
    CPNG_TRUNCATED,     // the file ends before its IEND
    CPNG_DAMAGED,       // checksums, zlib or structure are wrong
    CPNG_TOO_LARGE,     // a side or the decoded size is over the limit
    CPNG_NO_MEMORY,
    CPNG_BAD_ARGUMENT,  // writing: what was asked cannot be a PNG
    CPNG_CANCELLED,      // is_cancelled said so
} cpng_status;

enum { CPNG_MESSAGE = 160 };

// A function that is called before every row, on the calling thread; the work is cancelled where it returns other than 0.
// May be NULL.
typedef int (*cpng_question)(void);

// One tEXt, zTXt or iTXt chunk. `text` is UTF-8 where `utf8` is set, else Latin-1; the key is always Latin-1.
typedef struct {
    char *key;
    char *text;
    size_t length;
    int utf8;
} cpng_text;

// A decoded file: rows of `channels` bytes per pixel, without padding. To be released with cpng_release.
typedef struct {
    uint8_t *pixels;
    uint32_t width, height;
    int channels;  // 1 grey, 3 RGB, 4 RGBA
    cpng_text *texts;
    size_t text_count;
    char message[CPNG_MESSAGE];
} cpng_picture;

// Encoded bytes, to be released with cpng_release_bytes.
typedef struct {
    uint8_t *data;
    size_t size;
    char message[CPNG_MESSAGE];
} cpng_bytes;

// Decodes any PNG to 8 bits per channel: palettes and low bit depths are expanded, and of 16 bits the high byte is kept (as
// by Pillow). With keep_alpha = 0 transparency is dropped, not blended. The sides and width * height * channels are checked
// against max_side and max_bytes before anything is allocated. `out` is always initialized.
cpng_status cpng_decode(const uint8_t *data, size_t size, int keep_alpha, uint32_t max_side, size_t max_bytes,
                        cpng_question is_cancelled, cpng_picture *out);

// Reads only the header and the text chunks before and after the pixels, which are checked but not kept. `out` is always
// initialized.
cpng_status cpng_read_texts(const uint8_t *data, size_t size, uint32_t max_side, cpng_question is_cancelled,
                            cpng_picture *out);

// Encodes rows of `channels` (1, 3 or 4) bytes per pixel with zlib's `level`. The same input always gives the same bytes:
// no time is written. Texts with utf8 set become iTXt chunks, the others tEXt. `out` is always initialized.
cpng_status cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                        const cpng_text *texts, size_t text_count, int level, cpng_question is_cancelled,
                        cpng_bytes *out);

// Frees what the picture holds.
void cpng_release(cpng_picture *picture);
// Frees the bytes.
void cpng_release_bytes(cpng_bytes *bytes);
