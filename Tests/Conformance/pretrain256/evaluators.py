"""Trains two encoders that judge pictures and know nothing of the generator, on the world's scenes:

    python evaluators.py DATA TOKENIZER OUT [--seconds 120] [--which text|identity|both]

OUT/image_text is a small CLIP (contrastive, arXiv 2103.00020), OUT/identity a small vision transformer for which two poses of one object, in
other light and other places, are near and two objects far (supervised contrastive, arXiv 2004.11362). Both have the layout of transformers'
CLIPModel and ViTModel, so that whatever reads CLIP and DINO reads them. Their accuracy on held-out objects and on scenes that were never drawn
before is printed, and lies in OUT/accuracy.json.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from common import DEVICE, GPU, Scenes, Schedule, autocast, floats, say
from optimiser import Optimiser

SIDE, WIDTH, LAYERS, PATCH, EMBEDDING = 128, 160, 6, 8, 128
MEAN = STD = [0.5, 0.5, 0.5]
TEMPERATURE = 0.07


def reduced(pictures: torch.Tensor) -> torch.Tensor:
    """Bytes [N, 3, S, S] at the encoders' size, in −1…1."""
    return F.interpolate(floats(pictures), (SIDE, SIDE), mode="bilinear", antialias=True)


def augmented(x: torch.Tensor) -> torch.Tensor:
    """Moved by up to a tenth, a little lighter or darker: no encoder shall count pixels."""
    n = len(x)
    theta = torch.eye(2, 3, device=x.device).repeat(n, 1, 1) * (1 + 0.15 * (torch.rand(n, 1, 1, device=x.device) - 0.5))
    theta[:, :, 2] = 0.2 * (torch.rand(n, 2, device=x.device) - 0.5)
    moved = F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), padding_mode="border", align_corners=False)
    return (moved * (1 + 0.2 * (torch.rand(n, 1, 1, 1, device=x.device) - 0.5))).clamp(-1, 1)


def image_text_model(vocabulary: int, begin: int, end: int):
    from transformers import CLIPConfig, CLIPModel

    from networks import LENGTH

    shared = dict(hidden_act="gelu", num_attention_heads=4, projection_dim=EMBEDDING)
    return CLIPModel(CLIPConfig(
        projection_dim=EMBEDDING,
        text_config=dict(shared, vocab_size=vocabulary, hidden_size=WIDTH, intermediate_size=3 * WIDTH, num_hidden_layers=4, max_position_embeddings=LENGTH,
                         bos_token_id=begin, eos_token_id=end, pad_token_id=end),
        vision_config=dict(shared, hidden_size=WIDTH, intermediate_size=3 * WIDTH, num_hidden_layers=LAYERS, image_size=SIDE, patch_size=PATCH)))


def identity_model():
    from transformers import ViTConfig, ViTModel

    return ViTModel(ViTConfig(
        hidden_size=WIDTH, intermediate_size=3 * WIDTH, num_hidden_layers=LAYERS, num_attention_heads=4, image_size=SIDE, patch_size=PATCH), add_pooling_layer=False)


# MARK: image and text


def learn_image_text(scenes, held, folder: str, seconds: float) -> dict:
    words = json.load(open(folder + "/vocab.json"))
    network = image_text_model(len(words), words["<|startoftext|>"], words["<|endoftext|>"]).to(DEVICE)
    end = time.time() + seconds
    schedule, optimiser, step = Schedule(end, constant=0.4), Optimiser([network], 1e-3, 0.006, log=say), 0
    while time.time() < end:
        parts = [scenes.next() for _ in range(4)]
        pictures, ids = torch.cat([part[0] for part in parts]), torch.cat([part[1] for part in parts])
        loss = image_text_loss(network, augmented(reduced(pictures)), ids)
        loss.backward()
        optimiser.step(schedule.scale())
        step += 1
        if step % (100 if GPU else 5) == 0:
            say(f"image and text {step}: loss {loss.item():.3f} of {len(pictures)} pairs")
    network.eval()
    return network, dict(seen=retrieval(network, scenes), held=retrieval(network, held), backgrounds_and_styles=zero_shot(network, scenes, folder))


def embeddings(network, x, ids):
    with autocast():
        image = network.visual_projection(network.vision_model(pixel_values=x).pooler_output)
        text = network.text_projection(network.text_model(input_ids=ids).pooler_output)
    return F.normalize(image.float(), dim=1), F.normalize(text.float(), dim=1)


def image_text_loss(network, x, ids) -> torch.Tensor:
    """Symmetric cross-entropy; pairs whose captions say the same are no negatives of each other."""
    image, text = embeddings(network, x, ids)
    logits = network.logit_scale.exp().clamp(max=100) * image @ text.T
    same = (ids[:, None] == ids[None]).all(2) & ~torch.eye(len(ids), dtype=torch.bool, device=ids.device)
    logits = logits.masked_fill(same, -1e4)
    target = torch.arange(len(ids), device=ids.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


@torch.no_grad()
def retrieval(network, scenes, count: int = 256) -> float:
    """How often a picture's own caption is the nearest of `count`."""
    pictures, ids = [], []
    while sum(map(len, pictures)) < count:
        part = scenes.next()
        pictures.append(part[0])
        ids.append(part[1])
    x, ids = reduced(torch.cat(pictures)[:count]), torch.cat(ids)[:count]
    image, text = embeddings(network, x, ids)
    best = (image @ text.T).argmax(1)
    return round((ids[best] == ids).all(1).float().mean().item(), 4)


@torch.no_grad()
def zero_shot(network, scenes, folder: str, count: int = 512) -> dict:
    """How often the phrase of the right background, and of the right style, is the nearest one."""
    from common import tokenize_with

    tokenize, recipe = tokenize_with(folder), scenes.compositor.laws.recipe
    right = {"background": [], "style": []}
    texts = dict(background=["a photo " + kind["phrases"][0] for kind in recipe["backgrounds"]], style=[style["phrase"] + " a thing" for style in recipe["styles"]])
    while len(right["style"]) < count:
        pictures, _, layout = scenes.next()
        for name, truth in (("background", layout.kind), ("style", layout.style)):
            ids = torch.from_numpy(tokenize(texts[name])).to(DEVICE)
            image, text = embeddings(network, reduced(pictures), ids)
            known = truth < len(texts[name])
            right[name] += list(((image @ text.T).argmax(1).cpu().numpy() == truth)[known])
    return {name: round(float(np.mean(found)), 4) for name, found in right.items()}


# MARK: identity


@torch.no_grad()
def things(scenes) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures with one thing left of each scene and black around it, as masked identity wants them, and the objects' numbers."""
    layout, _ = scenes.queue.get()
    pictures, masks = scenes.compositor.compose(layout, masks=True)
    area = masks.mean((2, 3))
    slot = area.argmax(1)
    rows = torch.arange(len(slot), device=DEVICE)
    there = area[rows, slot] > 0.01
    mask = masks[rows, slot][:, None]
    black = (pictures.float() * (mask > 0.5)).byte()
    number = scenes.numbers[torch.as_tensor(layout.sprite, device=DEVICE)[rows, slot].clamp(min=0)]
    return reduced(cut(black, mask)[there]), number[there]


def cut(pictures: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """A square around the thing, so that its size in the picture does not count: [N, 3, SIDE, SIDE] as bytes."""
    size = pictures.shape[-1]
    line = torch.linspace(-1, 1, size, device=pictures.device)
    weight = mask.sum((1, 2, 3)).clamp(min=1)
    x, y = ((mask * axis).sum((1, 2, 3)) / weight for axis in (line.view(1, 1, 1, -1), line.view(1, 1, -1, 1)))
    half = 2.6 * torch.stack([
        ((mask * (line.view(1, 1, 1, -1) - x.view(-1, 1, 1, 1)) ** 2).sum((1, 2, 3)) / weight).sqrt(),
        ((mask * (line.view(1, 1, -1, 1) - y.view(-1, 1, 1, 1)) ** 2).sum((1, 2, 3)) / weight).sqrt()]).amax(0)
    zero = torch.zeros_like(x)
    theta = torch.stack([torch.stack([half, zero, x], 1), torch.stack([zero, half, y], 1)], 1)
    grid = F.affine_grid(theta, [len(pictures), 3, SIDE, SIDE], align_corners=False)
    return F.grid_sample(pictures.float(), grid, mode="bilinear", padding_mode="zeros", align_corners=False).round().clamp(0, 255).byte()


def identity_embedding(network, x) -> torch.Tensor:
    """The class token, as DINO's is used."""
    with autocast():
        token = network(pixel_values=x).last_hidden_state[:, 0]
    return F.normalize(token.float(), dim=1)


def learn_identity(scenes, held, seconds: float) -> tuple:
    for one in (scenes, held):
        rows = one.compositor.laws.sprites
        names = sorted({row["object"] for row in rows})
        one.numbers = torch.tensor([names.index(row["object"]) for row in rows], device=DEVICE)
    network = identity_model().to(DEVICE)
    end = time.time() + seconds
    schedule, optimiser, step = Schedule(end, constant=0.4), Optimiser([network], 1e-3, 0.006, log=say), 0
    while time.time() < end:
        parts = [things(scenes) for _ in range(5)]
        x, number = augmented(torch.cat([part[0] for part in parts])), torch.cat([part[1] for part in parts])
        z = identity_embedding(network, x)
        logits = z @ z.T / TEMPERATURE
        itself = torch.eye(len(z), dtype=torch.bool, device=DEVICE)
        log = F.log_softmax(logits.masked_fill(itself, -1e4), 1)
        same = (number[:, None] == number[None]) & ~itself
        some = same.any(1)
        if not some.any():
            continue
        loss = -((log * same).sum(1)[some] / same.sum(1)[some]).mean()
        loss.backward()
        optimiser.step(schedule.scale())
        step += 1
        if step % (100 if GPU else 5) == 0:
            say(f"identity {step}: loss {loss.item():.3f} of {len(z)} things")
    network.eval()
    return network, dict(seen=nearest(network, scenes), held=nearest(network, held))


@torch.no_grad()
def nearest(network, scenes, batches: int = 8) -> dict:
    """How often the nearest other picture of a thing shows the same object, and the area under the curve of same against other pairs."""
    parts = [things(scenes) for _ in range(batches)]
    z, number = torch.cat([identity_embedding(network, part[0]) for part in parts]), torch.cat([part[1] for part in parts])
    likeness = (z @ z.T).fill_diagonal_(-2)
    same = number[:, None] == number[None]
    has = (same.sum(1) > 1)
    first = (number[likeness.argmax(1)] == number)[has].float().mean().item()
    above = torch.triu(torch.ones_like(same), 1)
    a, b = likeness[same & above], likeness[~same & above]
    pick = torch.randint(len(b), (20_000,), device=DEVICE)
    area = (a[torch.randint(len(a), (20_000,), device=DEVICE)] > b[pick]).float().mean().item()
    return dict(nearest=round(first, 4), area=round(area, 4), objects=int(number.unique().numel()))


# MARK: files


def processor(folder: str, kind: str) -> None:
    json.dump(dict(
        image_processor_type=kind, do_resize=True, size=dict(height=SIDE, width=SIDE) if kind.startswith("ViT") else dict(shortest_edge=SIDE), resample=2,
        do_center_crop=kind.startswith("CLIP"), crop_size=dict(height=SIDE, width=SIDE), do_rescale=True, rescale_factor=1 / 255, do_normalize=True,
        do_convert_rgb=True, image_mean=MEAN, image_std=STD), open(folder + "/preprocessor_config.json", "w"), indent=2)


def write(network, folder: str, kind: str, tokenizer: str | None = None) -> None:
    network.half().cpu().save_pretrained(folder)
    processor(folder, kind)
    for name in os.listdir(tokenizer) if tokenizer else ():
        open(os.path.join(folder, name), "wb").write(open(os.path.join(tokenizer, name), "rb").read())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("tokenizer")
    parser.add_argument("out")
    parser.add_argument("--seconds", type=float, default=120, help="for each")
    parser.add_argument("--which", choices=["text", "identity", "both"], default="both")
    parser.add_argument("--size", type=int, default=128)
    options = parser.parse_args()
    if not GPU:
        torch.set_num_threads(os.cpu_count() or 1)
    scenes = Scenes(options.data, options.tokenizer, options.size, seed=77)
    held = Scenes(options.data, options.tokenizer, options.size, seed=78, held=True)
    os.makedirs(options.out, exist_ok=True)
    found = {}
    try:
        if options.which != "identity":
            network, found["image_text"] = learn_image_text(scenes, held, options.tokenizer, options.seconds)
            write(network, options.out + "/image_text", "CLIPImageProcessor", options.tokenizer)
        if options.which != "text":
            network, found["identity"] = learn_identity(scenes, held, options.seconds)
            write(network, options.out + "/identity", "ViTImageProcessor")
    finally:
        scenes.close()
        held.close()
    json.dump(found, open(options.out + "/accuracy.json", "w"), indent=1)
    say(json.dumps(found))


if __name__ == "__main__":
    main()
