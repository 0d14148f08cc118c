"""What the mapping networks learn from: pictures of things alone on black, and scenes that show them, with captions in which a thing's words can be
replaced. Scenes follow the laws of ../pretrain/world.py. Things are recoloured in three of four cases, so that the networks have to look at a
thing and cannot know it by heart: there are few things, and many colours.

    scenes.py CUTOUTS MODEL POOL [--world CACHE] [--scenes 4000] [--held]

writes POOL: latents, masks, captions, and pictures of the things. With the cache of `make setup-world` 3-D models are among them, which the base
model does not know by any word, so that their words are replaced always; the thing alone may then show another side than the scene does.
"""
import argparse
import os
import sys
import time

import numpy as np
import torch
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "pretrain"))
import world

from networks import CELLS, SIDE

VARIANTS, VIEWS = 4, 4


def colouring(r) -> tuple:
    """A change of hue, saturation (factor, offset) and brightness."""
    return r.integers(256), r.uniform(0.6, 1.4), r.uniform(0, 30), r.uniform(0.75, 1.2)


def recoloured(im: Image.Image, hue, factor, offset, gain) -> Image.Image:
    h, s, v = (np.asarray(x, np.float32) for x in im.convert("RGB").convert("HSV").split())
    h, s, v = (h + hue) % 256, np.clip(s * factor + offset, 0, 255), np.clip(v * gain, 0, 255)
    out = Image.merge("HSV", [Image.fromarray(x.astype(np.uint8)) for x in (h, s, v)]).convert("RGB")
    out.putalpha(im.getchannel("A"))
    return out


def portrait(im: Image.Image, r) -> tuple[np.ndarray, np.ndarray]:
    """The thing alone on black as a mask's box cuts it out of a photo, [SIDE, SIDE, 3] bytes, and how much of each patch it covers, [P]."""
    if r.random() < 0.5:
        im = im.transpose(Image.FLIP_LEFT_RIGHT)
    if r.random() < 0.5:
        im = im.rotate(r.uniform(-15, 15), Image.BICUBIC, expand=True)
    alpha = im.getchannel("A")
    box = alpha.getbbox() or (0, 0, *im.size)
    im = im.crop(box)
    if r.random() < 0.15:  # a part of it is hidden or out of the picture
        width, height = im.size
        cut = r.uniform(0.1, 0.35)
        im = im.crop([(int(width * cut), 0, width, height), (0, int(height * cut), width, height), (0, 0, int(width * (1 - cut)) + 1, height)][r.integers(3)])
    small = int(r.uniform(36, 150))  # as large as a thing of a small picture is
    k = small / max(im.size)
    im = im.resize((max(2, int(im.width * k)), max(2, int(im.height * k))), Image.BILINEAR)
    side = max(im.size)
    square = Image.new("RGBA", (side, side))
    square.paste(im, ((side - im.width) // 2, (side - im.height) // 2))
    square = square.resize((SIDE, SIDE), Image.BILINEAR)
    a = (np.asarray(square.getchannel("A"), np.float32) / 255 > 0.5).astype(np.float32)
    pixels = np.clip(np.asarray(square.convert("RGB"), np.float32) * r.uniform(0.88, 1.12), 0, 255) * a[..., None]
    cover = a.reshape(CELLS, SIDE // CELLS, CELLS, SIDE // CELLS).mean((1, 3))
    return pixels.astype(np.uint8), cover.reshape(-1).astype(np.float32)


def things(path: str, cache: str | None, held: bool, r) -> list[dict]:
    """Each thing as it is and recoloured: dicts of `views` (cut-outs from several sides), `name` (its place in the list between percent signs),
    `words` (None where the base model knows no word for it)."""
    rows = []
    stamps = [dict(one, views=[one["im"]], words=one["name"]) for one in world.load_objects(path)]
    models = [dict(one, words=None) for one in world.load_cache(cache, side=150, held=True) if "views" in one] if cache else []
    for one in stamps + models:
        if one["held"] != held:
            continue
        for variant in range(1 if held else VARIANTS):
            views = [one["views"][k] for k in r.permutation(len(one["views"]))[:VIEWS]]
            colours = colouring(r)
            rows.append(dict(
                views=views if variant == 0 else [recoloured(view, *colours) for view in views], cls=None, cartoon=one["cartoon"], file=one["file"],
                words=one["words"] if variant == 0 else None, name=f"%{len(rows)}%"))
    return rows


def pool(options) -> dict:
    from diffusers import AutoencoderKL

    r = np.random.default_rng(2 if options.held else 1)
    rows = things(options.cutouts, options.world, options.held, r)
    views = [portrait(row["views"][k % len(row["views"])], r) for row in rows for k in range(VIEWS)]
    pictures, captions, shown, masks = [], [], [], np.zeros((options.scenes, 3, 16, 16), np.float32)
    law = world.LAW["counts"][1:]
    began = time.time()
    for k in range(options.scenes):
        count = 1 + int(r.choice(len(law), p=np.array(law) / sum(law)))
        numbers = r.choice(len(rows), count, replace=False)
        chosen = [rows[i] for i in numbers]
        im, caption, parts, *_ = world.scene(r, rows, n=chosen, return_masks=True)
        pictures.append(np.asarray(im))
        captions.append(caption)
        shown.append([int(number) for number in numbers])
        for slot, part in enumerate(parts):
            masks[k, slot] = np.asarray(part.resize((16, 16), Image.BOX), np.float32) / 255
    print(f"{options.scenes} scenes of {len(rows)} things drawn in {time.time() - began:.0f} s", flush=True)
    vae = AutoencoderKL.from_pretrained(options.model + "/vae", torch_dtype=torch.float32).eval()
    latents = []
    with torch.no_grad():
        for at in range(0, len(pictures), 16):
            x = torch.from_numpy(np.stack(pictures[at : at + 16])).permute(0, 3, 1, 2).float() / 127.5 - 1
            latents.append((vae.encode(x).latent_dist.mean * vae.config.scaling_factor).half())
    print(f"encoded after {time.time() - began:.0f} s", flush=True)
    return dict(
        latents=torch.cat(latents), masks=torch.from_numpy(masks).half(), captions=captions, shown=shown, words=[row["words"] for row in rows],
        views=torch.from_numpy(np.stack([v[0] for v in views])), cover=torch.from_numpy(np.stack([v[1] for v in views])),
        examples=torch.from_numpy(np.stack(pictures[:48])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cutouts", help="cutouts.npz (../pretrain/README.md)")
    parser.add_argument("model")
    parser.add_argument("pool")
    parser.add_argument("--world")
    parser.add_argument("--scenes", type=int, default=4000)
    parser.add_argument("--held", action="store_true", help="of the things that are never trained on")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.save(pool(options), options.pool)


if __name__ == "__main__":
    main()
