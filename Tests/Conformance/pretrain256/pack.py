"""Packs what the world is made of into two pairs of files that travel to the machine with the GPU.

    python pack.py sprites OUT --world CACHE [--lights 2] [--size 224]
    python pack.py photos OUT --root FOLDER [--size 448]
    python pack.py sheet OUT SHEET.png

`sprites` writes OUT/sprites.bin (pictures one after the other, AVIF with alpha) and OUT/sprites.json (a row for each: where it lies, object,
name, class, held, pose, light, colour). CACHE is what `make setup-world` draws from two Debian packages. `photos` packs the photos of the
Debian packages that photos.py lists, unpacked in FOLDER, each with the phrase that photos.json gives it.
"""
import argparse
import io
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

import colours

HERE = os.path.dirname(os.path.abspath(__file__))


def fitted(picture: Image.Image, size: int) -> Image.Image:
    """The cut-out's own rectangle, its longer side at most `size`, in the middle of a square with a border of two pixels."""
    picture = picture.convert("RGBA")
    box = picture.getchannel("A").point(lambda value: 255 if value > 8 else 0).getbbox()
    if box is None:
        raise ValueError("nothing to see")
    picture = picture.crop(box)
    scale = (size - 4) / max(picture.size)
    new = [max(1, round(side * scale)) for side in picture.size]
    # Colours are averaged where there is something; else the fringe is that of the transparent background.
    picture = picture.convert("RGBa").resize(new, Image.LANCZOS).convert("RGBA")
    square = Image.new("RGBA", (size, size))
    square.paste(picture, ((size - new[0]) // 2, (size - new[1]) // 2))
    return square


def encoded(picture: Image.Image, kind: str, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, quality=quality, **({"speed": 7} if kind == "AVIF" else {}))
    return buffer.getvalue()


def cells(cache: str, lights: int):
    """Every cut-out of the world's cache as a row and its picture: a stamp as it is, a model in all poses, each in `lights` of its lights,
    which change from pose to pose so that all of them occur."""
    recipe = json.load(open(colours.RECIPE))
    for thing in json.load(open(os.path.join(cache, "index.json")))["objects"]:
        row = dict(object=thing["id"], name=thing["name"], cls=thing["class"] or thing["name"], held=thing["held"], kind=thing["kind"])
        path = os.path.join(cache, "objects", thing["file"])
        rgb, cover = np.asarray(Image.open(path + ".jpg").convert("RGB")), np.asarray(Image.open(path + ".png").convert("L"))
        if not thing["poses"]:
            yield row, Image.fromarray(np.dstack([rgb, cover]))
            continue
        side = cover.shape[0]
        for pose, (azimuth, elevation) in enumerate(thing["poses"]):
            for k in range(min(lights, len(recipe["lights"]))):
                light = (pose + k) % len(recipe["lights"])
                x, y = pose * side, light * side
                cell = np.dstack([rgb[y : y + side, x : x + side], cover[:, x : x + side]])
                yield dict(row, azimuth=azimuth, elevation=elevation, light=recipe["lights"][light]["azimuth"]), Image.fromarray(cell)


def write_sprites(options) -> None:
    sources = cells(options.world, options.lights)

    def make(source):
        row, picture = source
        try:
            square = fitted(picture, options.size)
        except (ValueError, OSError) as error:
            return row, None, str(error)
        left, top, right, bottom = square.getchannel("A").point(lambda value: 255 if value > 8 else 0).getbbox()
        row.update(colour=colours.name(np.asarray(square)), width=right - left, height=bottom - top)
        return row, encoded(square, options.kind, options.quality), None

    rows, at = [], 0
    with ThreadPoolExecutor(os.cpu_count()) as pool, open(options.out + "/sprites.bin", "wb") as file:
        for row, data, fault in pool.map(make, sources):
            if data is None:
                print("left out:", row["object"], fault, file=sys.stderr)
                continue
            rows.append({**row, "at": at, "bytes": len(data)})
            file.write(data)
            at += len(data)
    json.dump(dict(size=options.size, sprites=rows), open(options.out + "/sprites.json", "w"))
    print(len(rows), "cut-outs of", len({row["object"] for row in rows}), "objects,", at >> 10, "KiB")


def write_photos(options) -> None:
    import photos as source

    phrases = json.load(open(HERE + "/photos.json")) if os.path.exists(HERE + "/photos.json") else {}
    rows, at = [], 0
    with open(options.out + "/photos.bin", "wb") as file:
        for path in source.files(options.root):
            key = source.key(path)
            try:
                picture = Image.open(path).convert("RGB")
            except OSError as error:
                print("left out:", path, error, file=sys.stderr)
                continue
            if phrases.get(key) == "":
                continue
            scale = min(1, options.size / min(picture.size))
            picture = picture.resize([round(side * scale) for side in picture.size], Image.LANCZOS)
            picture = picture.crop((0, 0, min(picture.width, 2 * options.size), picture.height))
            data = encoded(picture, options.kind, options.quality + 8)
            rows.append(dict(name=key, phrase=phrases.get(key), at=at, bytes=len(data), width=picture.width, height=picture.height))
            file.write(data)
            at += len(data)
    json.dump(dict(size=options.size, photos=rows), open(options.out + "/photos.json", "w"))
    print(len(rows), "photos,", at >> 10, "KiB")


def sheet(folder: str, out: str) -> None:
    """A contact sheet of the photos with their numbers, to write phrases by."""
    from PIL import ImageDraw

    rows, blob = json.load(open(folder + "/photos.json"))["photos"], open(folder + "/photos.bin", "rb").read()
    columns, width, height = 12, 160, 112
    page = Image.new("RGB", (columns * width, -(-len(rows) // columns) * height), "white")
    for number, row in enumerate(rows):
        picture = Image.open(io.BytesIO(blob[row["at"] : row["at"] + row["bytes"]]))
        picture.thumbnail((width - 4, height - 14))
        at = (number % columns * width, number // columns * height)
        page.paste(picture, (at[0] + 2, at[1] + 12))
        ImageDraw.Draw(page).text((at[0] + 2, at[1]), f"{number} {row['name'][:22]}", fill="black")
    page.save(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["sprites", "photos", "sheet"])
    parser.add_argument("out")
    parser.add_argument("sheet", nargs="?")
    parser.add_argument("--world")
    parser.add_argument("--lights", type=int, default=2)
    parser.add_argument("--root")
    parser.add_argument("--size", type=int)
    parser.add_argument("--kind", choices=["AVIF", "WEBP"], default="AVIF")
    parser.add_argument("--quality", type=int, default=68)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    if options.what == "sprites":
        if not options.world:
            parser.error("sprites needs --world CACHE")
        options.size = options.size or 224
        write_sprites(options)
    elif options.what == "photos":
        if not options.root:
            parser.error("photos needs --root FOLDER")
        options.size = options.size or 448
        write_photos(options)
    else:
        sheet(options.out, options.sheet)


if __name__ == "__main__":
    main()
