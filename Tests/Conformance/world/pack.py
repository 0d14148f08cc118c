"""The things of the pack that ships, from the cache that objects.py drew: fewer poses, smaller cells, the same layout.

    pack.py CACHE PACK

Only held-out things go into it. `make world-pack` runs this, then draws the scenes with pack.bas."""
import json, os, sys
import numpy as np
from PIL import Image, ImageFilter

SIDE, QUALITY = 184, 77
AZIMUTHS = (0, 45, 315)     # front, half to either side: people name things by these
MODELS = '''K51 Z139 S37 Y28 S65 Z51 S147 S239 Y103 Z142 Y96 S112 K87 S44 S111 Z77 Y108 Y72 Y26 Y71 S162 S161 Y97 R1 R4 K69 S250 S212
S189'''.split()
PACKS = dict(Z='BlendSwap-CC-0', Y='BlendSwap-CC-BY', K='KatorLegaz', R='Reallusion', S='Scopia')
STAMPS = '''animals/birds/penguin.png animals/mammals/elephant.png animals/mammals/bovines/cow.png animals/mammals/bovines/yak.png
animals/mammals/bears/european-bear.png animals/mammals/aquatic/orca.png animals/mammals/rabbit_little.png food/fruit/Strawberry2.png
plants/flowers/rose.png food/vegetables/corn.png vehicles/auto/sedan.png plants/flowers/anemone_red.png plants/flowers/daffodil.png
clothes/hats/sombrero.png clothes/hats/tophat.png hobbies/music/string/guitar_electric_bass.png'''.split()


def plain_beyond(colours, cover):
    """The mean colour where a cell shows nothing of its thing, but for a seam: less for JPEG to keep."""
    pixels = np.asarray(colours, np.float32)
    near = cover.filter(ImageFilter.MaxFilter(9)).point(lambda v: 255 if v > 8 else 0)
    share = np.maximum(np.asarray(near.filter(ImageFilter.GaussianBlur(5)), np.float32), np.asarray(near, np.float32))[..., None] / 255
    mean = pixels[np.asarray(cover) > 128].mean(0)
    return Image.fromarray(np.uint8(pixels * share + mean * (1 - share)))


def main():
    cache, pack = sys.argv[1:3]
    wanted = [PACKS[m[0]] + '_' + m[1:] for m in MODELS] + STAMPS
    index = {entry['id']: entry for entry in json.load(open(cache + '/index.json'))['objects']}
    missing = [name for name in wanted if name not in index or not index[name]['held']]
    if missing:
        sys.exit('not in the cache, or not held out: ' + ', '.join(missing))
    os.makedirs(pack + '/objects', exist_ok=True)
    for name in os.listdir(pack + '/objects'):
        os.remove(pack + '/objects/' + name)
    entries = []
    for name in wanted:
        entry = dict(index[name])
        colours = Image.open(f"{cache}/objects/{entry['file']}.jpg").convert('RGB')
        covers = Image.open(f"{cache}/objects/{entry['file']}.png").convert('L')
        columns, rows = max(1, len(entry['poses'])), max(1, len(entry['lights']))
        width, height = colours.width // columns, colours.height // rows
        kept = [i for i, pose in enumerate(entry['poses']) if pose[0] in AZIMUTHS] or [0]
        shrink = min(1, SIDE / max(width, height))
        size = (round(width * shrink), round(height * shrink))
        cell = lambda picture, column, row: picture.crop((column * width, row * height, (column + 1) * width, (row + 1) * height)).resize(size, Image.LANCZOS)
        small = Image.new('RGB', (size[0] * len(kept), size[1] * rows))
        cover = Image.new('L', (size[0] * len(kept), size[1]))
        for place, column in enumerate(kept):
            outline = cell(covers, column, 0)
            for row in range(rows):
                small.paste(plain_beyond(cell(colours, column, row), outline), (place * size[0], row * size[1]))
            cover.paste(outline, (place * size[0], 0))
        small.save(f"{pack}/objects/{entry['file']}.jpg", quality=QUALITY, optimize=True)
        # 32 steps of coverage are enough for edges, and half as large.
        steps = np.asarray(cover, np.float32) / 255
        Image.fromarray((np.round(np.round(steps * 31) / 31 * 255)).astype(np.uint8)).save(f"{pack}/objects/{entry['file']}.png", optimize=True)
        entry['poses'] = [entry['poses'][i] for i in kept] if entry['poses'] else []
        entries.append(entry)
    with open(pack + '/index.json', 'w') as out:
        out.write('{"version": 1, "objects": [\n' + ',\n'.join(json.dumps(entry, ensure_ascii=False) for entry in entries) + '\n]}\n')
    print(f'{len(entries)} things')


if __name__ == '__main__':
    main()
