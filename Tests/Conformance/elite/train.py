"""Trains ELITE's mapping networks for the embedded model on pools that scenes.py made:

    train.py MODEL POOL HELD OUT --stage warm|global|local --seconds N [--base OUT]

warm    image encoder and words without the U-Net: pictures of one thing near to each other, and the primary word near to the thing's name
global  the same parts by the diffusion loss and an L1 penalty of the words (equation 3 of the paper)
local   the local mapping network, keys and values by the diffusion loss inside the things, the rest frozen
sheet   pictures of held-out things only: OUT/sheet.png
Each stage goes on from --base, writes OUT and prints the loss on held-out things. One thread; the time is the clock's.
"""
import argparse
import json
import math
import os
import re
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from networks import Elite, Local

LENGTH, MARK = 32, re.compile(r"a %(\d+)%")
# The base model's squared error of the noise (../pretrain/README.md): every timestep counts the same.
ERROR = ([20, 60, 120, 200, 280, 360, 440, 520, 600, 700, 800], [.365, .231, .158, .110, .0816, .0618, .0466, .0350, .0263, .0172, .0105])
OUTSIDE, L1_WORDS, L1_VALUES = 0.1, 0.01, 1e-4
START = time.time()


def say(*what) -> None:
    print(f"[{time.time() - START:6.1f}]", *what, flush=True)


class Base:
    """The frozen model; words are put into its prompts."""

    def __init__(self, folder: str):
        from diffusers import DDIMScheduler, UNet2DConditionModel
        from transformers import CLIPTextModel, CLIPTokenizer

        self.folder = folder
        self.unet = UNet2DConditionModel.from_pretrained(folder + "/unet", torch_dtype=torch.float32).requires_grad_(False).eval()
        self.text = CLIPTextModel.from_pretrained(folder + "/text_encoder", torch_dtype=torch.float32).requires_grad_(False).eval()
        self.tokenizer = CLIPTokenizer.from_pretrained(folder + "/tokenizer")
        self.scheduler = DDIMScheduler.from_pretrained(folder + "/scheduler")
        self.local, self.known, self.injected = Local(self.unet), {}, None
        self.table = self.text.get_input_embeddings()
        self.table.register_forward_hook(self.inject)
        self.begin, self.end = self.tokenizer.bos_token_id, self.tokenizer.eos_token_id

    def inject(self, _, __, out):
        if self.injected is None:
            return out
        rows, at, words = self.injected
        return out.index_put((rows, at), words.to(out.dtype))

    def tokens(self, text: str) -> list[int]:
        if text not in self.known:
            self.known[text] = self.tokenizer(text, add_special_tokens=False).input_ids
        return self.known[text]

    def prompt(self, caption: str, words: dict[str, str], count: int):
        """Token ids [32] of a caption in which `a %K%` is the name `words[K]`, or `count` places for words; (place, K, word) of each of these."""
        ids, spots, last = [self.begin], [], 0
        for found in MARK.finditer(caption):
            ids += self.tokens(caption[last : found.start()])
            name, last = words.get(found[1]), found.end()
            if name is None:
                spots += [(len(ids) + k, int(found[1]), k) for k in range(count)]
                ids += [self.end] * count
            else:
                ids += self.tokens(("an " if name[0] in "aeiou" else "a ") + name)
        ids += self.tokens(caption[last:])
        if len(ids) >= LENGTH and count > 1:
            return self.prompt(caption, words, 1)
        return ids[: LENGTH - 1] + [self.end] * (LENGTH - len(ids[: LENGTH - 1])), [spot for spot in spots if spot[0] < LENGTH - 1]

    def states(self, ids, rows=None, at=None, words=None):
        """The text encoder's output [N, 32, D]."""
        self.injected = None if rows is None else (rows, at, words)
        out = self.text(input_ids=ids)[0]
        self.injected = None
        return out


class Batch:
    """Scenes of a pool with the pictures of the things whose words are replaced."""

    def __init__(self, base: Base, pool: dict, index, r, count: int, replaced: float):
        ids, places = [], []
        self.mask = torch.zeros(len(index), 16, 16)
        for row, k in enumerate(index):
            shown = pool["shown"][k]
            keep = [one for one in shown if pool["words"][one] is not None and r.random() > replaced]
            keep = keep[:-1] if len(keep) == len(shown) else keep
            line, spots = base.prompt(pool["captions"][k], {str(one): pool["words"][one] for one in keep}, count)
            ids.append(line)
            places += [(row, at, shown.index(thing), word) for at, thing, word in spots]
            for slot, one in enumerate(shown):
                if one not in keep:
                    self.mask[row] = torch.maximum(self.mask[row], pool["masks"][k, slot].float())
        self.ids, self.latents = torch.tensor(ids), pool["latents"][torch.as_tensor(index)].float()
        self.things = sorted({(row, slot) for row, _, slot, _ in places})
        number = {thing: k for k, thing in enumerate(self.things)}
        self.rows, self.at = (torch.tensor([place[k] for place in places]) for k in (0, 1))
        self.thing, self.word = torch.tensor([number[row, slot] for row, _, slot, _ in places]), torch.tensor([place[3] for place in places])
        per = len(pool["views"]) // len(pool["words"])
        view = torch.tensor([pool["shown"][index[row]][slot] * per + int(r.integers(per)) for row, slot in self.things])
        self.pictures, self.cover = pool["views"][view].permute(0, 3, 1, 2).float() / 127.5 - 1, pool["cover"][view].float()
        self.first = self.word == 0


def timestep_weight(t):
    return 1 / torch.from_numpy(np.exp(np.interp(t.numpy(), ERROR[0], np.log(ERROR[1])))).float()


def diffusion_loss(base: Base, batch: Batch, text, t, noise, outside: float):
    """The squared error inside the things, a tenth as much outside, each sample and timestep in equal parts."""
    alpha = base.scheduler.alphas_cumprod[t].view(-1, 1, 1, 1)
    error = (base.unet(alpha.sqrt() * batch.latents + (1 - alpha).sqrt() * noise, t, text)[0] - noise).square().mean(1)
    weight = batch.mask + outside * (1 - batch.mask)
    return (error * weight).sum((1, 2)) / weight.sum((1, 2)) * timestep_weight(t)


def rate(way: float, step: int) -> float:
    return min(1, step / 50) * (1 if way < 0.4 else max(0.02, (1 - way) / 0.6))


# MARK: stages


def warm(elite: Elite, base: Base, pool: dict, options, r) -> None:
    groups = [dict(params=[*elite.encoder.parameters(), *elite.words.parameters()], lr=1e-3)]
    optimiser, step, end, per = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98)), 0, time.time() + options.seconds, len(pool["views"]) // len(pool["words"])
    table = base.table.weight
    names = torch.stack([table[base.tokens(name)].mean(0) if name else torch.zeros(table.shape[1]) for name in pool["words"]])
    named, spread = torch.tensor([name is not None for name in pool["words"]]), table.std()
    for word in elite.words:
        word.fc2.weight.data.mul_(0.1)
        word.fc2.bias.data.copy_(names[named].mean(0) if word is elite.words[0] else 0)
    while time.time() < end:
        one = r.choice(len(named), 32, replace=False)
        view = torch.as_tensor(np.concatenate([one * per + r.integers(per, size=len(one)) for _ in range(3)]))
        thing = torch.as_tensor(np.tile(one, 3))
        states = elite.states(pool["views"][view].permute(0, 3, 1, 2).float() / 127.5 - 1)
        cover = pool["cover"][view]
        z = F.normalize(elite.pooled(states[-1], cover), dim=1)
        itself = torch.eye(len(z), dtype=torch.bool)
        log = F.log_softmax((z @ z.T / 0.1).masked_fill(itself, -1e4), 1)
        same = (thing[:, None] == thing) & ~itself
        contrast = -((log * same).sum(1) / same.sum(1)).mean()
        near = ((elite.words[0](elite.pooled(states[4], cover)) - names[thing]) / spread).square().mean(1)[named[thing]].mean()
        (contrast + near).backward()
        step += 1
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * rate(1 - (end - time.time()) / options.seconds, step)
        optimiser.step()
        optimiser.zero_grad()
        if step % 100 == 0:
            say(f"warm {step}: contrast {contrast.item():.3f} of {len(z)}, name {near.item():.3f}")


def learn(elite: Elite, base: Base, pool: dict, held: dict, options, r) -> None:
    is_local = options.stage == "local"
    for part in (elite.encoder, elite.words):
        part.requires_grad_(not is_local)
    groups = [dict(params=[*elite.local.parameters(), *elite.to_k.parameters(), *elite.to_v.parameters()], top=2e-3)] if is_local else [
        dict(params=[*elite.encoder.parameters()], top=4e-4), dict(params=[*elite.words.parameters()], top=1e-3)]
    optimiser, step, recent = torch.optim.AdamW(groups, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.98)), 0, []
    parameters = [p for group in groups for p in group["params"]]
    say("held-out:", json.dumps(measured(elite, base, held)))
    end = time.time() + options.seconds
    while time.time() < end:
        # The primary word is used alone when pictures are drawn, so in half of the batches it learns to do without the others.
        count = 1 if is_local or step % 2 else 4
        batch = Batch(base, pool, r.integers(len(pool["captions"]), size=options.batch), r, count, 0.75)
        with torch.set_grad_enabled(not is_local):
            states = elite.states(batch.pictures)
            words = elite.all_words(states, batch.cover)
            chosen = words[batch.thing, batch.word]
            text = base.states(batch.ids, batch.rows, batch.at, chosen)
        if is_local:
            base.local.elite, base.local.features = elite, elite.features(states, batch.cover)
            base.local.rows, base.local.at = batch.rows[batch.first], batch.at[batch.first]
        t = torch.from_numpy(r.integers(20, 1000, size=options.batch))
        loss = diffusion_loss(base, batch, text, t, torch.randn_like(batch.latents), 0 if is_local else OUTSIDE).mean()
        if is_local:
            penalty = L1_VALUES * torch.stack([value(base.local.features).abs().mean() for value in elite.to_v]).mean()
            base.local.features = None
        else:
            penalty = L1_WORDS * chosen.abs().mean()
        (loss + penalty).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1)
        step += 1
        for group in optimiser.param_groups:
            group["lr"] = group["top"] * rate(1 - (end - time.time()) / options.seconds, step)
        optimiser.step()
        optimiser.zero_grad()
        recent.append(loss.item())
        if step % 100 == 0:
            say(f"{options.stage} {step}: loss {np.mean(recent[-100:]):.4f}")
        if step % 500 == 0:
            save(elite, options)
            say("held-out:", json.dumps(measured(elite, base, held)))
    say(f"{step} steps of {options.batch}")


@torch.no_grad()
def measured(elite: Elite, base: Base, held: dict, count: int = 96) -> dict:
    """The masked loss on held-out things with their own words, those of others, with local features, and with the things' names."""
    found: dict[str, list] = {}
    for at in range(0, count, 32):
        r = np.random.default_rng(at)
        batch = Batch(base, held, np.arange(at, at + 32), r, 1, 1.0)
        named = torch.tensor([base.prompt(held["captions"][k], {str(one): held["words"][one] for one in held["shown"][k]}, 1)[0] for k in range(at, at + 32)])
        t, noise = torch.from_numpy(r.integers(20, 1000, size=32)), torch.randn(batch.latents.shape, generator=torch.Generator().manual_seed(at))
        states = elite.states(batch.pictures)
        words, features = elite.all_words(states, batch.cover)[:, 0], elite.features(states, batch.cover)
        other = torch.roll(torch.arange(len(words)), 5)
        own = base.states(batch.ids, batch.rows, batch.at, words[batch.thing])
        base.local.elite, base.local.rows, base.local.at = elite, batch.rows, batch.at
        for name, text, local in (
            ("named", base.states(named), None), ("own", own, None), ("others", base.states(batch.ids, batch.rows, batch.at, words[other][batch.thing]), None),
            ("local", own, features[batch.thing]), ("local_others", own, features[other][batch.thing])):
            base.local.features = local
            found.setdefault(name, []).append(diffusion_loss(base, batch, text, t, noise, 0).mean().item())
        base.local.features = None
    return {name: round(float(np.mean(values)), 4) for name, values in found.items()}


@torch.no_grad()
def sheet(elite: Elite, base: Base, held: dict, options, guidance: float = 3, steps: int = 25) -> None:
    """A row for each of eight held-out things: its picture, then without and with local features alone, at the beach and on a wooden table."""
    from diffusers import AutoencoderKL

    vae = AutoencoderKL.from_pretrained(base.folder + "/vae", torch_dtype=torch.float32).eval()
    per, prompts = len(held["views"]) // len(held["words"]), ["a photo of a %0%", "a photo of a %0% at the beach", "a photo of a %0% on a wooden table"]
    base.scheduler.set_timesteps(steps)
    lines = []
    for thing in options.things:
        view = torch.tensor([thing * per])
        states = elite.states(held["views"][view].permute(0, 3, 1, 2).float() / 127.5 - 1)
        cover = held["cover"][view]
        word, features = elite.all_words(states, cover)[:, 0], elite.features(states, cover)
        parts = [base.prompt(prompt, {}, 1) for prompt in prompts]
        rows, n = torch.arange(len(parts)), len(parts)
        ids, at = torch.tensor([part[0] for part in parts]), torch.tensor([part[1][0][0] for part in parts])
        empty = torch.tensor([[base.begin] + [base.end] * (LENGTH - 1)])
        text = torch.cat([base.states(empty).expand(n, -1, -1), base.states(ids, rows, at, word.expand(n, -1))])
        line = [torch.from_numpy(np.asarray(Image.fromarray(held["views"][view[0]].numpy()).resize((128, 128))).copy())]
        for scale in options.scales:
            base.local.elite, base.local.scale = elite, scale
            base.local.features, base.local.rows, base.local.at = (features.expand(n, -1, -1) if scale else None), rows + n, at
            z = torch.randn(n, 8, 16, 16, generator=torch.Generator().manual_seed(3))
            for t in base.scheduler.timesteps:
                u, c = base.unet(torch.cat([z, z]), t, text)[0].chunk(2)
                z = base.scheduler.step(u + guidance * (c - u), t, z).prev_sample
            x = vae.decode(z / vae.config.scaling_factor).sample.clamp(-1, 1)
            line += list(((x + 1) * 127.5).byte().permute(0, 2, 3, 1))
        base.local.features, base.local.scale = None, 1.0
        lines.append(torch.cat(line, 1))
    Image.fromarray(torch.cat(lines).numpy()).save(options.out + "/sheet.png")


def save(elite: Elite, options) -> None:
    torch.save(elite.state_dict(), options.out + "/state.pt")
    elite.write(options.out, os.path.basename(os.path.abspath(options.model)), options.scale)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "pool", "held", "out"):
        parser.add_argument(name)
    parser.add_argument("--stage", choices=["warm", "global", "local", "sheet"], required=True)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--base")
    parser.add_argument("--scale", type=float, default=0.6, help="the weight of the local features that is written as the default")
    parser.add_argument("--scales", type=float, nargs="+", default=[0, 0.6], help="those of the sheet")
    parser.add_argument("--things", type=int, nargs="+", default=[0, 2, 4, 8, 13, 20, 27, 35])
    options = parser.parse_args()
    torch.set_num_threads(1)
    os.makedirs(options.out, exist_ok=True)
    torch.manual_seed(int(time.time()))
    r, base = np.random.default_rng(int(time.time())), Base(options.model)
    elite = Elite(base.table.weight.shape[1], base.local.widths)
    if options.base:
        elite.load_state_dict(torch.load(options.base + "/state.pt"))
    held = torch.load(options.held, weights_only=False)
    pool = None if options.stage == "sheet" else torch.load(options.pool, weights_only=False)
    say(f"{sum(v.numel() for v in elite.tensors().values()):,} parameters are shipped")
    if options.stage == "sheet":
        return sheet(elite, base, held, options)
    if options.stage == "warm":
        warm(elite, base, pool, options, r)
    else:
        learn(elite, base, pool, held, options, r)
    save(elite, options)
    say("held-out:", json.dumps(measured(elite, base, held)))


if __name__ == "__main__":
    main()
