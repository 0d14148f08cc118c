#include "CTurboJPEG.h"
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

// Copies a message, printable ASCII only: it may quote bytes of a hostile file.
static void say(char *message, const char *text) {
    size_t n = 0;
    for (; text && text[n] && n + 1 < CJPEG_MESSAGE; n++)
        message[n] = text[n] >= 32 && text[n] < 127 ? text[n] : '?';
    message[n] = 0;
}

static cjpeg_status failure(const char *text) {
    return strstr(text, "nsupported") || strstr(text, "not supported") || strstr(text, "not implemented")
        ? CJPEG_UNSUPPORTED : CJPEG_DAMAGED;
}

// Turns inverted CMYK (4 bytes per pixel) into RGB (3 bytes) in place: R = K' (1 - C) with K' = 1 - K, in 8 bits.
static void rgb_from_inverted_cmyk(uint8_t *pixels, size_t count) {
    for (size_t i = 0; i < count; i++) {
        unsigned k = pixels[4 * i + 3];
        for (int c = 0; c < 3; c++) {
            unsigned product = (255u - pixels[4 * i + c]) * k + 128u;
            unsigned rounded = (product + (product >> 8)) >> 8;
            pixels[3 * i + c] = (uint8_t)(k - rounded);
        }
    }
}

static cjpeg_status decode(tjhandle turbo, const uint8_t *data, size_t size, int max_side, size_t max_bytes,
                           cjpeg_picture *out) {
    int subsampling, colours;
    if (tjDecompressHeader3(turbo, data, size, &out->width, &out->height, &subsampling, &colours)) {
        say(out->message, tjGetErrorStr2(turbo));
        return failure(out->message);
    }
    if (out->width < 1 || out->height < 1) return CJPEG_DAMAGED;
    size_t channels = colours == TJCS_CMYK || colours == TJCS_YCCK ? 4 : 3;
    size_t count = (size_t)out->width * (size_t)out->height;
    if (out->width > max_side || out->height > max_side) return CJPEG_TOO_LARGE;
    if (count * channels > max_bytes) return CJPEG_TOO_LARGE;
    out->pixels = malloc(count * channels);
    if (!out->pixels) return CJPEG_NO_MEMORY;
    int flags = TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS;
    int format = channels == 4 ? TJPF_CMYK : TJPF_RGB;
    if (tjDecompress2(turbo, data, size, out->pixels, out->width, 0, out->height, format, flags)) {
        say(out->message, tjGetErrorStr2(turbo));
        return failure(out->message);
    }
    if (channels == 4) rgb_from_inverted_cmyk(out->pixels, count);
    return CJPEG_OK;
}

cjpeg_status cjpeg_decode(const uint8_t *data, size_t size, int max_side, size_t max_bytes,
                           cjpeg_picture *out) {
    memset(out, 0, sizeof *out);
    tjhandle turbo = tjInitDecompress();
    if (!turbo) return CJPEG_NO_MEMORY;
    cjpeg_status status = decode(turbo, data, size, max_side, max_bytes, out);
    tjDestroy(turbo);
    if (status != CJPEG_OK) cjpeg_release(out);
    return status;
}

cjpeg_status cjpeg_encode(const uint8_t *pixels, int width, int height, int quality, cjpeg_bytes *out) {
    memset(out, 0, sizeof *out);
    tjhandle turbo = tjInitCompress();
    if (!turbo) return CJPEG_NO_MEMORY;
    unsigned char *data = NULL;
    unsigned long size = 0;
    int subsampling = quality >= 90 ? TJSAMP_444 : TJSAMP_420;
    int failed = tjCompress2(turbo, pixels, width, 0, height, TJPF_RGB, &data, &size, subsampling, quality,
                             TJFLAG_ACCURATEDCT);
    if (failed) {
        say(out->message, tjGetErrorStr2(turbo));
        tjFree(data);
    } else {
        out->data = data;
        out->size = size;
    }
    tjDestroy(turbo);
    return failed ? CJPEG_FAILED : CJPEG_OK;
}

void cjpeg_release(cjpeg_picture *picture) {
    free(picture->pixels);
    picture->pixels = NULL;
}

void cjpeg_release_bytes(cjpeg_bytes *bytes) {
    tjFree(bytes->data);
    bytes->data = NULL;
    bytes->size = 0;
}
