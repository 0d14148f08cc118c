// JPEG in memory, read and written by libjpeg-turbo's TurboJPEG, whose calls return error codes.
#pragma once
#include <stddef.h>
#include <stdint.h>

// The outcome of a call.
typedef enum {
    CJPEG_OK = 0,
    CJPEG_DAMAGED,      // wrong, missing or too little data
    CJPEG_TOO_LARGE,    // a side or the decoded size is over the limit
    CJPEG_UNSUPPORTED,  // a kind of JPEG that libjpeg-turbo does not read (12 bits, lossless, arithmetic, …)
    CJPEG_NO_MEMORY,
    CJPEG_FAILED,       // writing failed
} cjpeg_status;

enum { CJPEG_MESSAGE = 220 };

// A decoded file: rows of RGB bytes without padding. To be released with cjpeg_release.
typedef struct {
    uint8_t *pixels;
    int width, height;
    char message[CJPEG_MESSAGE];
} cjpeg_picture;

// Encoded bytes, to be released with cjpeg_release_bytes.
typedef struct {
    uint8_t *data;
    size_t size;
    char message[CJPEG_MESSAGE];
} cjpeg_bytes;

// Decodes to RGB: grey becomes three equal channels, CMYK and YCCK are taken as Adobe writes them (inverted), as by Pillow.
// The sides and width * height * channels are checked before anything is allocated. What libjpeg only warns about (data
// that end early, corrupt blocks) is an error here. `out` is always initialized.
cjpeg_status cjpeg_decode(const uint8_t *data, size_t size, int max_side, size_t max_bytes,
                           cjpeg_picture *out);

// Encodes RGB rows; quality is 1…100, without chroma subsampling from 90 on. The same input always gives the same bytes.
cjpeg_status cjpeg_encode(const uint8_t *pixels, int width, int height, int quality, cjpeg_bytes *out);

// Frees the pixels.
void cjpeg_release(cjpeg_picture *picture);
// Frees the bytes.
void cjpeg_release_bytes(cjpeg_bytes *bytes);
