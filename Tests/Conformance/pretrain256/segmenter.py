"""Trains a network that finds in a picture the thing that another picture shows, on the world's scenes with their exact masks:

    python segmenter.py DATA IDENTITY OUT [--seconds 2700] [--threads 1] [--base FOLDER] [--measure]

IDENTITY is the folder of the identity encoder (evaluators.py), whose tokens of the reference it reads and which is not trained. It sees
nothing that a generator drew, but pictures that are blurred, bent and tinted, since it is to judge generated ones. OUT/segmenter gets
config.json and model.safetensors in half precision; how good it is on objects that were held out is printed and lies in OUT/segmenter.json.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from transformers import ViTModel

from common import DEVICE, Scenes, Schedule, floats, say
from layouts import SLOTS
from portraits import drawn
from segmenting import Segmenter

SIDE, REFERENCE = 96, 96
SCENES, OF_SCENE, REUSE, POOL = 8, 3, 8, 4000
VIEWS = 6


class References:
    """Portraits of every object, with their tokens of the identity encoder; the oldest are drawn anew as time goes by."""

    def __init__(self, compositor, encoder, views: int = VIEWS):
        self.compositor, self.encoder, self.views, self.at = compositor, encoder, views, 0
        self.laws, count = compositor.laws, len(compositor.laws.objects)
        self.number = {name: k for k, name in enumerate(self.laws.objects)}
        self.classes = np.array([self.laws.sprites[self.laws.views[name][0]]["cls"] for name in self.laws.objects])
        self.pictures = torch.zeros(count * views, 3, SIDE // 2, SIDE // 2, dtype=torch.uint8)
        self.tokens = torch.zeros(count * views, (REFERENCE // 12) ** 2 + 1, encoder.config.hidden_size, dtype=torch.bfloat16)
        while self.at < count * views:
            self.renew(48)

    @torch.no_grad()
    def renew(self, count: int) -> None:
        """Draws the next `count` rows: row k · views + j is the j-th portrait of object k."""
        rows = (self.at + np.arange(count)) % len(self.pictures)
        sprites = np.array([np.random.choice(self.laws.views[self.laws.objects[row // self.views]]) for row in rows])
        pictures = drawn(self.compositor, sprites, REFERENCE, plain=False)
        self.compositor.size = SIDE
        self.tokens[rows] = reference_tokens(self.encoder, pictures).bfloat16()
        self.pictures[rows] = bytes_of(F.interpolate(pictures, (SIDE // 2, SIDE // 2), mode="bilinear", antialias=True))
        self.at += count

    def of(self, objects: np.ndarray):
        rows = torch.as_tensor(objects * self.views + np.random.randint(self.views, size=len(objects)))
        return floats(self.pictures[rows]), self.tokens[rows].float()

    def other(self, present: set, like: int) -> int:
        """An object that is not in the scene: one of the class of `like` half of the time."""
        for _ in range(20):
            same = np.flatnonzero(self.classes == self.classes[like])
            pick = int(np.random.choice(same)) if np.random.random() < 0.5 else int(np.random.randint(len(self.classes)))
            if pick not in present:
                return pick
        return next(k for k in range(len(self.classes)) if k not in present)


def bytes_of(x: torch.Tensor) -> torch.Tensor:
    return (x + 1).mul(127.5).round().clamp(0, 255).byte()


def reference_tokens(encoder, pictures: torch.Tensor) -> torch.Tensor:
    """The tokens [N, 1 + cells, E] that the encoder's last layer reads: no more than the class token is trained after it."""
    with torch.no_grad():
        return encoder(pixel_values=pictures, output_hidden_states=True).hidden_states[-2]


class Pictures:
    """Scenes with the objects in them and where each shows, the oldest replaced by new ones, so that each serves REUSE times on average."""

    def __init__(self, scenes, references):
        self.scenes, self.references, self.owed, self.at, self.filled = scenes, references, 0.0, 0, 0
        self.pictures = torch.zeros(POOL, 3, SIDE, SIDE, dtype=torch.uint8)
        self.masks = torch.zeros(POOL, SLOTS, SIDE // 2, SIDE // 2, dtype=torch.uint8)
        self.objects = np.full((POOL, SLOTS), -1)

    def renew(self) -> None:
        pictures, masks, objects = scene_batch(self.scenes, self.references.number)
        rows = (self.at + np.arange(len(pictures))) % POOL
        self.pictures[rows], self.masks[rows], self.objects[rows] = pictures, masks, objects
        self.at, self.filled, self.owed = self.at + len(rows), min(POOL, max(self.filled, self.at + len(rows))), self.owed - len(rows)

    def batch(self, count: int):
        self.owed += count / REUSE
        while self.owed > 0 or self.filled < 10 * count:
            self.renew()
        rows = np.random.randint(self.filled, size=count)
        return floats(self.pictures[rows]), self.masks[rows].float() / 255, self.objects[rows]


@torch.no_grad()
def scene_batch(scenes, number: dict, doubles: float = 0.12):
    """Pictures as bytes [N, 3, S, S], what shows of each slot as bytes [N, SLOTS, S/2, S/2], the slots' objects [N, SLOTS] with −1 for none."""
    layout, _ = scenes.queue.get()
    laws, compositor = scenes.compositor.laws, scenes.compositor
    for k in np.flatnonzero((layout.sprite[:, 1] >= 0) & (np.random.random(len(layout.sprite)) < doubles)):
        layout.sprite[k, 1] = np.random.choice(laws.views[laws.sprites[layout.sprite[k, 0]]["object"]])
    compositor.size = SIDE
    pictures, masks = compositor.compose(layout, masks=True)
    objects = np.array([[number[laws.sprites[s]["object"]] if s >= 0 else -1 for s in row] for row in layout.sprite])
    return pictures, (F.avg_pool2d(masks, 2) * 255).round().byte(), objects


def targets(pictures, references, count: int):
    """A batch: pictures, references with tokens, the picture of each reference, the mask to find, whether there is one. Of three targets in
    a scene one is an object that is not there."""
    x, masks, objects = pictures.batch(count)
    which, asked, wanted, there = [], [], [], []
    for k in range(count):
        present = [o for o in dict.fromkeys(objects[k].tolist()) if o >= 0]
        for slot in range(OF_SCENE):
            absent = not present or slot == OF_SCENE - 1
            one = references.other(set(present), np.random.choice(present) if present else 0) if absent else present[np.random.randint(len(present))]
            mask = torch.zeros(SIDE // 2, SIDE // 2) if absent else masks[k][torch.as_tensor(objects[k] == one)].sum(0).clamp(max=1)
            shows = mask.mean().item()
            if not absent and shows < 0.004:
                continue
            which.append(k), asked.append(one), wanted.append(mask), there.append(float(not absent))
    picture, own = references.of(np.array(asked))
    return x, torch.tensor(which), torch.stack(wanted), torch.tensor(there), picture, own


def changed(x: torch.Tensor, which: torch.Tensor, masks: torch.Tensor):
    """Scenes as a generator might draw them: some bent, some blurred, all a little tinted, half mirrored; the masks follow."""
    n = len(x)
    grid = F.affine_grid(torch.eye(2, 3).repeat(n, 1, 1), [n, 1, SIDE, SIDE], align_corners=False)
    bend = F.interpolate(torch.randn(n, 2, 5, 5) * 0.07 * (torch.rand(n, 1, 1, 1) < 0.4), (SIDE, SIDE), mode="bicubic", align_corners=True)
    grid = grid + bend.permute(0, 2, 3, 1)
    grid[..., 0] *= torch.where(torch.rand(n) < 0.5, -1.0, 1.0).view(-1, 1, 1)
    x = F.grid_sample(x, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    small = F.interpolate(grid.permute(0, 3, 1, 2), (SIDE // 2, SIDE // 2), mode="bilinear", align_corners=False).permute(0, 2, 3, 1)
    masks = F.grid_sample(masks[:, None], small[which], mode="bilinear", padding_mode="reflection", align_corners=False)[:, 0]
    blurred = torch.rand(n) < 0.5
    if blurred.any():
        side = int(np.random.choice([24, 32, 40, 48, 64]))
        x[blurred] = F.interpolate(F.interpolate(x[blurred], (side, side), mode="bilinear", antialias=True), (SIDE, SIDE), mode="bicubic")
    gain = 1 + 0.15 * torch.randn(n, 1, 1, 1) + 0.05 * torch.randn(n, 3, 1, 1)
    return ((x + 1) * gain - 1 + 0.06 * torch.randn(n, 1, 1, 1) + 0.02 * torch.randn_like(x)).clamp(-1, 1), masks


def loss_of(logits, there_logit, masks, there):
    """Cross-entropy and Dice of the mask where the thing is, cross-entropy alone where it is not, and that of presence."""
    entropy = F.binary_cross_entropy_with_logits(logits, masks, reduction="none").mean((1, 2))
    guess = logits.sigmoid()
    dice = 1 - (2 * (guess * masks).sum((1, 2)) + 1) / (guess.sum((1, 2)) + masks.sum((1, 2)) + 1)
    return (3 * entropy + dice * there).mean() + 0.3 * F.binary_cross_entropy_with_logits(there_logit, there)


def learn(network, scenes, encoder, options) -> None:
    references = References(scenes.compositor, encoder)
    say(f"{len(references.pictures)} references of {len(references.number)} objects")
    pictures, end = Pictures(scenes, references), time.time() + options.seconds
    matrices = [p for p in network.parameters() if p.ndim > 1]
    optimiser = torch.optim.AdamW([dict(params=matrices, weight_decay=0.02), dict(params=[p for p in network.parameters() if p.ndim <= 1], weight_decay=0)], 1.2e-3, betas=(0.9, 0.98))
    schedule, step, saved, running = Schedule(end, warm=100, constant=0.35), 0, time.time(), None
    average = {name: value.clone() for name, value in network.state_dict().items()}
    while time.time() < end:
        x, which, masks, there, reference, tokens = targets(pictures, references, SCENES)
        x, masks = changed(x, which, masks)
        logits, present = network(x, reference, tokens, which)
        loss = loss_of(logits, present, masks, there)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1)
        for group in optimiser.param_groups:
            group["lr"] = 1.2e-3 * schedule.scale() if group is optimiser.param_groups[0] else optimiser.param_groups[0]["lr"]
        optimiser.step()
        step += 1
        decay = min(0.998, step / (step + 10))
        for name, value in network.state_dict().items():
            average[name].lerp_(value, 1 - decay)
        running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
        if step % 4 == 0:
            references.renew(8)
        if step % 100 == 0 or step == 5:
            say(f"{step}: {schedule.way:.0%} of the time, loss {running:.3f} of {len(which)} targets")
        if time.time() - saved > 180:
            saved = time.time()
            write(average, network, options)
    write(average, network, options)


def write(state: dict, network, options) -> None:
    folder = f"{options.out}/segmenter"
    os.makedirs(folder, exist_ok=True)
    save_file({name: value.half().contiguous() for name, value in state.items()}, folder + "/model.safetensors", {"format": "pt"})
    json.dump(dict(network.config, reference_encoder="../identity"), open(folder + "/config.json", "w"), indent=2)


@torch.no_grad()
def measured(network, scenes, encoder, count: int = 600) -> dict:
    """Pictures as they are drawn, of other objects than trained with: intersection over union at the logit 0 by how large the thing shows, of
    references in other poses and lights; how often the presence of what is there and what is not (half of it of the same class) is told right."""
    network.eval()
    references, parts = References(scenes.compositor, encoder, views=4), []
    pictures = Pictures(scenes, references)
    rows: dict[str, list] = dict(small=[], middle=[], large=[])
    presence, beside = [], []
    while len(presence) < count:
        x, which, masks, there, reference, tokens = targets(pictures, references, SCENES)
        logits, present = network(x, reference, tokens, which)
        for k in range(len(which)):
            presence.append((there[k].item(), present[k].item()))
            guess, truth = logits[k] > 0, masks[k] > 0.5
            if there[k] and truth.any():
                share = truth.float().mean().item()
                rows["small" if share < 0.03 else "middle" if share < 0.1 else "large"].append(((guess & truth).sum() / (guess | truth).sum()).item())
            elif not there[k]:
                beside.append(guess.float().mean().item())
    yes, no = (np.array([score for truth, score in presence if truth == want]) for want in (1, 0))
    area = float((yes[:, None] > no[None]).mean())
    everything = [value for part in rows.values() for value in part]
    return dict(
        iou=round(float(np.mean(everything)), 4), things=len(everything), **{f"iou_{name}": round(float(np.mean(part)), 4) for name, part in rows.items() if part},
        counts={name: len(part) for name, part in rows.items()}, half_found=round(float(np.mean(np.array(everything) > 0.5)), 4),
        presence_area=round(area, 4), presence_right=round(float(((yes > 0).mean() + (no <= 0).mean()) / 2), 4), covered_where_absent=round(float(np.mean(beside)), 4))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("identity")
    parser.add_argument("out")
    parser.add_argument("--seconds", type=float, default=2700)
    parser.add_argument("--width", type=int, default=96)
    parser.add_argument("--blocks", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--base", help="a folder like OUT to go on from")
    parser.add_argument("--measure", action="store_true", help="only measures what lies in OUT")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    network = Segmenter(options.width, options.blocks).to(DEVICE)
    encoder = ViTModel.from_pretrained(options.identity, add_pooling_layer=False).float().to(DEVICE).eval()
    start = options.out if options.measure else options.base
    if start:
        network.load_state_dict({name: value.float() for name, value in load_file(f"{start}/segmenter/model.safetensors").items()})
    say(f"{sum(p.numel() for p in network.parameters()) / 1e3:.0f} thousand parameters")
    scenes = Scenes(options.data, None, SIDE, seed=int(time.time()) % 100_000)
    held = Scenes(options.data, None, SIDE, seed=78, held=True, like=scenes)
    try:
        if not options.measure:
            learn(network, scenes, encoder, options)
            network.load_state_dict({name: value.float() for name, value in load_file(f"{options.out}/segmenter/model.safetensors").items()})
        found = dict(held=measured(network, held, encoder), seen=measured(network, scenes, encoder, 300))
        say(json.dumps(found))
        json.dump(found, open(f"{options.out}/segmenter.json", "w"), indent=1)
    finally:
        scenes.close()
        held.close()


if __name__ == "__main__":
    main()
