// JPEG in memory, in and out, over libjpeg-turbo's TurboJPEG, whose calls return error codes.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum {
    CJPEG_OK = 0,
    CJPEG_DAMAGED,      // wrong, missing or too little data
    CJPEG_TOO_LARGE,    // a side or the decoded size is over the limit
    CJPEG_UNSUPPORTED,  // a kind of JPEG that libjpeg-turbo does not read (12 bits, lossless, arithmetic, …)
    CJPEG_NO_MEMORY,
    CJPEG_FAILED,       // writing failed
} cjpeg_status;

enum { CJPEG_MESSAGE = 220 };

// Rows of RGB bytes, no padding. Release with cjpeg_release.
typedef struct {
    uint8_t *pixels;
    int width, height;
    char message[CJPEG_MESSAGE];
} cjpeg_picture;

typedef struct {
    uint8_t *data;
    size_t size;
    char message[CJPEG_MESSAGE];
} cjpeg_bytes;

// Decodes to RGB: grey is spread, CMYK and YCCK are taken as Adobe writes them (inverted), as Pillow does.
// The sides and width * height * channels are checked before anything is allocated. Whatever libjpeg only warns
// about (data that ends early, corrupt blocks) is an error here. `out` is always initialised.
cjpeg_status cjpeg_decode(const uint8_t *data, size_t size, int max_side, size_t max_bytes,
                           cjpeg_picture *out);

// Encodes RGB rows; quality 1…100, no chroma subsampling from 90 up. The same input always gives the same
// bytes.
cjpeg_status cjpeg_encode(const uint8_t *pixels, int width, int height, int quality, cjpeg_bytes *out);

void cjpeg_release(cjpeg_picture *picture);
void cjpeg_release_bytes(cjpeg_bytes *bytes);
