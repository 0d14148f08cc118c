"""Writes what Pillow (and PyTorch, for nearest.json) make of small pictures; ImagesTests compares with it bit for bit.

  python make_image_fixtures.py [PHOTO.jpg]     writes beside itself; PHOTO is one of the scenes' photos (bear)
Made with Pillow 13.0.0 and torch; run again only to add cases.
"""
import json, os, random, struct, sys, zlib
from PIL import Image, ImageOps, PngImagePlugin

HERE = os.path.dirname(os.path.abspath(__file__))
FILTERS = dict(nearest=Image.NEAREST, box=Image.BOX, bilinear=Image.BILINEAR, bicubic=Image.BICUBIC, lanczos=Image.LANCZOS)
SIZES = [(16, 16), (64, 48), (37, 10), (12, 29), (5, 7), (100, 3), (1, 1)]
rng = random.Random(1)

def at(name): return os.path.join(HERE, name)

def pattern(w, h):
    """Gradients, hard edges and noise."""
    def pixel(x, y):
        noise = rng.randrange(60)
        edge = 255 if (x // 5 + y // 4) % 2 else 0
        return ((x * 7 + noise) % 256, (edge + y * 3) % 256, min(255, noise * 4 + x))
    image = Image.new('RGB', (w, h)); image.putdata([pixel(x, y) for y in range(h) for x in range(w)]); return image

def smooth(w, h):
    image = Image.new('RGB', (w, h))
    image.putdata([(x * 255 // w, y * 255 // h, 255 - (x + y) * 255 // (w + h)) for y in range(h) for x in range(w)])
    return image

def strip(images):
    """All pixels of all pictures in one row."""
    data = b''.join(i.tobytes() for i in images); mode = images[0].mode
    return Image.frombytes(mode, (len(data) // len(mode), 1), data)

def resizes():
    picture = pattern(37, 29); picture.save(at('pattern.png'))
    mask = picture.convert('L').crop((0, 0, 31, 23)); mask.save(at('pattern_mask.png'))
    for name, f in FILTERS.items():
        strip([picture.resize(s, f) for s in SIZES]).save(at(f'resize_{name}.png'))
    strip([mask.resize(s, Image.BOX) for s in SIZES]).save(at('resize_mask_box.png'))

def chunk(kind, data): return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

def raw_png(w, h, depth, colour, passes, interlace):
    """Each pass: rows of bytes."""
    data = b''.join(b'\0' + row for rows in passes for row in rows)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, depth, colour, 0, 0, interlace))
            + chunk(b'IDAT', zlib.compress(data)) + chunk(b'IEND', b''))

def adam7(image):
    w, h = image.size; passes = []
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        rows = [b''.join(bytes(image.getpixel((x, y))) for x in range(x0, w, dx)) for y in range(y0, h, dy)]
        passes.append([r for r in rows if r])
    return raw_png(w, h, 8, 2, passes, 1)

def formats():
    picture = pattern(11, 7); alpha = Image.linear_gradient('L').resize(picture.size); clear = picture.copy(); clear.putalpha(alpha)
    grey = picture.convert('L')
    palette = picture.quantize(9)
    made = dict(rgb=picture, rgba=clear, grey=grey, grey_alpha=clear.convert('LA'), bits1=grey.convert('1'), palette=palette)
    for name, image in made.items(): image.save(at(f'format_{name}.png'))
    palette.save(at('format_palette_clear.png'), transparency=2)
    w, h = picture.size
    deep = [[bytes(rng.randrange(256) for _ in range(6 * w)) for _ in range(h)]]
    grey2 = [[bytes(rng.randrange(256) for _ in range(3)) for _ in range(h)]]
    grey4 = [[bytes(rng.randrange(256) for _ in range(6)) for _ in range(h)]]
    for name, data in dict(deep=raw_png(w, h, 16, 2, deep, 0), interlaced=adam7(picture), bits2=raw_png(w, h, 2, 0, grey2, 0),
                           bits4=raw_png(w, h, 4, 0, grey4, 0)).items():
        open(at(f'format_{name}.png'), 'wb').write(data)
    for name in [*made, 'palette_clear', 'deep', 'interlaced', 'bits2', 'bits4']:
        Image.open(at(f'format_{name}.png')).convert('RGB').save(at(f'expected_{name}.png'))

def texts():
    info = PngImagePlugin.PngInfo()
    info.add_text('prompt', 'a photo of <asset0>'); info.add_text('latin', 'caf\u00e9'); info.add_text('packed', 'seed 7 ' * 40, zip=True)
    info.add_itxt('unicode', '\u732b on the \U0001f3d6, \u03bb=0.01'); info.add_itxt('packed unicode', '\u03c3 ' * 50, zip=True)
    smooth(4, 3).save(at('texts.png'), pnginfo=info)

def jpegs(photo):
    picture = smooth(23, 17)
    made = dict(full=(picture, dict(subsampling=0)), half=(picture, dict(subsampling=2)), progressive=(picture, dict(progressive=True)),
                grey=(picture.convert('L'), {}), cmyk=(picture.convert('CMYK'), {}))
    for name, (image, options) in made.items():
        image.save(at(f'jpeg_{name}.jpg'), quality=90, **options)
        Image.open(at(f'jpeg_{name}.jpg')).convert('RGB').save(at(f'expected_jpeg_{name}.png'))
    for orientation in range(1, 9):
        exif = Image.Exif(); exif[0x0112] = orientation; name = at(f'oriented_{orientation}.jpg')
        picture.save(name, quality=95, subsampling=0, exif=exif)
        ImageOps.exif_transpose(Image.open(name)).save(at(f'expected_oriented_{orientation}.png'))
    if photo:
        Image.open(photo).convert('RGB').resize((96, 96), Image.LANCZOS).save(at('photo.jpg'), quality=90)
    small = Image.open(at('photo.jpg')).convert('RGB')
    small.save(at('expected_photo.png')); small.resize((40, 40), Image.LANCZOS).save(at('expected_photo_40.png'))

def nearest():
    import torch, torch.nn.functional as F
    pairs = [(512, 16), (128, 16), (37, 16), (10, 3), (3, 10), (511, 64), (100, 77), (7, 7), (30, 29), (1, 5)]
    rows = [dict(from_=i, to=o, picks=F.interpolate(torch.arange(i).float()[None, None], size=o)[0, 0].int().tolist()) for i, o in pairs]
    json.dump([{k.rstrip('_'): v for k, v in r.items()} for r in rows], open(at('nearest.json'), 'w'))

if __name__ == '__main__':
    resizes(); formats(); texts(); jpegs(sys.argv[1] if len(sys.argv) > 1 else None); nearest()
