#!/usr/bin/env python3
"""coco_scenes beside pycocotools: the masks of scenes from random polygons and run-length codes, compressed and not, and memory on a large file.

coco.py [--bas PROGRAM] [--large MEGABYTES]

Ends with 0 where every pixel is the same, and with 1 where one is not. --large writes a file of annotations of that size and says what reading
it takes.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from pycocotools import mask as coco

ROOT = Path(__file__).resolve().parents[2]
failures = []


def expect(holds, what, found=""):
    print(f"{'ok  ' if holds else 'FAIL'} {what} {found}", flush=True)
    if not holds:
        failures.append(what)


def segment(random, height, width, kind):
    """Returns a segmentation and its pixels by pycocotools."""
    if kind == "polygons":
        polygons = []
        for _ in range(random.integers(1, 4)):
            count = random.integers(3, 12)
            points = np.stack([random.uniform(-3, width + 3, count), random.uniform(-3, height + 3, count)], 1)
            # Fractions, halves and whole numbers: the rule rounds each in its own way.
            points = np.round(points * random.choice([1, 2, 5, 100])) / random.choice([1, 2, 5, 100])
            polygons.append([float(value) for value in np.clip(points, -10, 2 * width).ravel()])
        return polygons, coco.decode(coco.merge(coco.frPyObjects(polygons, height, width)))
    pixels = np.asfortranarray(np.kron(random.random((height // 8 + 1, width // 8 + 1)) < 0.6, np.ones((8, 8)))[:height, :width].astype(np.uint8))
    code = coco.encode(pixels)
    if kind == "compressed":
        return {"size": [height, width], "counts": code["counts"].decode()}, pixels
    flat = pixels.ravel(order="F")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat]))).tolist()
    return {"size": [height, width], "counts": np.diff([0, *edges, len(flat)]).tolist()}, pixels


def check_pixels(program, random, count=120):
    with tempfile.TemporaryDirectory(prefix="bas-coco-") as folder:
        folder = Path(folder)
        images, annotations, masks = [], [], {}
        for image in range(1, count + 1):
            side = int(random.integers(20, 90))
            Image.fromarray(random.integers(0, 255, (side, side, 3), np.uint8)).save(folder / f"{image}.png")
            images.append({"id": image, "file_name": f"{image}.png", "width": side, "height": side})
            for category in (1, 2):
                shape, pixels = segment(random, side, side, ["polygons", "compressed", "uncompressed"][(image + category) % 3])
                annotations.append({"id": len(annotations), "image_id": image, "category_id": category, "iscrowd": 0, "area": int(pixels.sum()),
                                    "segmentation": shape})
                masks[image, category - 1] = pixels
        kept = [k for k in range(1, count + 1) if all(masks[k, c].mean() >= 0.15 for c in (0, 1)) and (masks[k, 0] != masks[k, 1]).any()]
        content = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]}
        (folder / "a.json").write_text(json.dumps(content))
        (folder / "script.bas").write_text(f'coco_scenes("a.json", ".", n={count}, folder="scenes")\n')
        done = subprocess.run([program, "run", "script.bas"], cwd=folder, capture_output=True, text=True)
        expect(done.returncode == 0, "scenes are made", done.stderr[-2000:] if done.returncode else "")
        made = sorted(int(path.name.split("_")[1]) for path in (folder / "scenes").iterdir())
        expect(made == kept, f"{len(kept)} of {count} pictures have two things of 15 %", "" if made == kept else set(made) ^ set(kept))
        wrong = [(image, index) for image in made for index in (0, 1)
                 if (np.array(Image.open(folder / f"scenes/coco_{image}/mask{index}.png").convert("L")) > 127).astype(int).tolist()
                 != masks[image, index].tolist()]
        expect(not wrong, f"{2 * len(made)} masks equal pycocotools', every pixel", wrong[:5])


def check_large(program, random, megabytes):
    """As the instances of COCO's training set: polygons of about 40 points, most of them small."""
    with tempfile.TemporaryDirectory(prefix="bas-coco-") as folder:
        folder = Path(folder)
        Image.fromarray(np.zeros((480, 640, 3), np.uint8)).save(folder / "1.png")
        box = lambda x: [[x, 0, x + 200, 0, x + 200, 480, x, 480]]
        with open(folder / "a.json", "w") as file:
            file.write('{"categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}], "images": [')
            file.write(",".join(f'{{"id": {k}, "file_name": "{k}.png", "width": 640, "height": 480}}' for k in range(1, 118_001)))
            file.write('], "annotations": [')
            for c in (1, 2):
                file.write(json.dumps({"image_id": 1, "category_id": c, "iscrowd": 0, "area": 96000, "segmentation": box(200 * c - 100)}) + ",")
            polygon = json.dumps([np.round(random.uniform(0, 480, 80), 2).tolist()])
            number = 0
            while file.tell() < megabytes * 1e6:
                number += 1
                file.write(f'{{"segmentation": {polygon}, "area": {10000 + number % 30000}, "iscrowd": 0, "image_id": {1 + number % 118_000}, '
                           f'"bbox": [1.5, 2.5, 100.25, 50.0], "category_id": {1 + number % 2}, "id": {number}}},')
            file.seek(file.tell() - 1)
            file.write("]}")
        (folder / "script.bas").write_text('print(coco_scenes("a.json", ".", n=1)[0].names)\n')
        begin = time.monotonic()
        process = subprocess.Popen([program, "run", "script.bas"], cwd=folder, stdout=subprocess.PIPE, text=True)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        size = (folder / "a.json").stat().st_size / 1e6
        expect(status == 0 and "cat" in output, f"{size:.0f} MB, {number} annotations: {time.monotonic() - begin:.1f} s,",
               f"{usage.ru_maxrss / 1024:.0f} MiB")
        expect(usage.ru_maxrss / 1024 < 600, "memory stays below 600 MiB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bas", default=str(ROOT / ".build/release/bas"))
    parser.add_argument("--large", type=int, default=50)
    arguments = parser.parse_args()
    program, random = str(Path(arguments.bas).resolve()), np.random.default_rng(5)
    os.environ.setdefault("BAS_STDLIB", str(ROOT / "stdlib"))
    check_pixels(program, random)
    check_large(program, random, arguments.large)
    print(f"coco: {'all well' if not failures else f'{len(failures)} not as expected'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
