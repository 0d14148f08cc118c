"""Trains two encoders that judge pictures and know nothing of the generator, on the world's scenes:

    python evaluators.py DATA TOKENIZER OUT [--seconds 120] [--which text|identity|both] [--threads 1]

OUT/image_text is a small CLIP (contrastive, arXiv 2103.00020): pictures with their captions, and with the words of one thing, place or style
alone. OUT/identity is a small vision transformer for which two poses of one object, in other light, style and size, are near and two objects
far (supervised contrastive, arXiv 2004.11362). Both have the layout of transformers' CLIPModel and ViTModel, so that whatever reads CLIP and
DINO reads them; they are written every two minutes. Their accuracy (judging.py) is printed, and lies in OUT/accuracy-WHICH.json; --measure only
measures what lies in OUT.
"""
import argparse
import copy
import json
import os
import time

import torch
import torch.nn.functional as F

import judging
from common import DEVICE, GPU, Scenes, Schedule, say, tokenize_with
from judging import embeddings, identity_embedding, reduced
from optimiser import Optimiser
from portraits import portraits

MEAN = STD = [0.5, 0.5, 0.5]
TEMPERATURE = 0.07
# Scenes are drawn at several sizes, so that grain and strokes differ, and serve several times where drawing is what takes time.
DRAWN, REUSE, POOL = ((96, 128, 96, 192), 8, 24_000) if not GPU else ((128, 192, 256), 1.5, 60_000)


def augmented(x: torch.Tensor) -> torch.Tensor:
    """Half of them moved by up to a tenth, a little lighter or darker: no encoder shall count pixels, but strokes and blocks shall stay."""
    n, still = len(x), torch.rand(len(x), device=x.device) < 0.5
    theta = torch.eye(2, 3, device=x.device).repeat(n, 1, 1) * (1 + 0.15 * (torch.rand(n, 1, 1, device=x.device) - 0.5))
    theta[:, :, 2] = 0.2 * (torch.rand(n, 2, device=x.device) - 0.5)
    theta[still] = torch.eye(2, 3, device=x.device)
    moved = F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), padding_mode="border", align_corners=False)
    return (moved * (1 + 0.2 * (torch.rand(n, 1, 1, 1, device=x.device) - 0.5))).clamp(-1, 1)


def image_text_model(options, words: dict):
    from transformers import CLIPConfig, CLIPModel

    from networks import LENGTH

    def tower(width, layers):
        return dict(hidden_act="gelu", num_attention_heads=4, projection_dim=options.embedding, hidden_size=width, intermediate_size=3 * width, num_hidden_layers=layers)

    begin, end = words["<|startoftext|>"], words["<|endoftext|>"]
    return CLIPModel(CLIPConfig(
        projection_dim=options.embedding,
        text_config=dict(tower(options.text_width, 3), vocab_size=len(words), max_position_embeddings=LENGTH, bos_token_id=begin, eos_token_id=end, pad_token_id=end),
        vision_config=dict(tower(options.width, options.layers), image_size=options.side, patch_size=options.patch)))


def identity_model(options):
    from transformers import ViTConfig, ViTModel

    return ViTModel(ViTConfig(
        hidden_size=options.width, intermediate_size=3 * options.width, num_hidden_layers=options.layers, num_attention_heads=4, image_size=options.side,
        patch_size=options.patch, hidden_dropout_prob=0, attention_probs_dropout_prob=0), add_pooling_layer=False)


# MARK: image and text


class Pool:
    """Scenes on the device, the oldest replaced by new ones, so that each serves REUSE times on average."""

    def __init__(self, scenes, side: int):
        self.scenes, self.side, self.rows, self.filled, self.at, self.owed, self.step = scenes, side, None, 0, 0, 0.0, 0

    def renew(self) -> None:
        self.step += 1
        self.scenes.compositor.size = DRAWN[self.step % len(DRAWN)]
        pictures, ids, layout = self.scenes.next()
        pictures = F.interpolate(pictures.float(), (self.side, self.side), mode="bilinear", antialias=True).round().byte()
        new = [pictures, ids, *(torch.as_tensor(part, device=DEVICE) for part in (layout.kind, layout.style, layout.sprite))]
        if self.rows is None:
            self.rows = [torch.empty(POOL, *part.shape[1:], dtype=part.dtype, device=DEVICE) for part in new]
        count = min(len(pictures), POOL - self.at)
        for row, part in zip(self.rows, new):
            row[self.at : self.at + count] = part[:count]
        self.at, self.filled, self.owed = (self.at + count) % POOL, max(self.filled, self.at + count), self.owed - count

    def batch(self, count: int) -> list[torch.Tensor]:
        """Pictures as bytes, tokens, backgrounds, styles and sprites of `count` scenes."""
        self.owed += count / REUSE
        while self.owed > 0 or self.filled < 6 * count:
            self.renew()
        index = torch.randint(self.filled, (count,), device=DEVICE)
        return [row[index] for row in self.rows]


class Words:
    """The words of one place, style or thing alone, as tokens."""

    def __init__(self, laws, tokenize):
        tokens = lambda texts: torch.from_numpy(tokenize(texts)).to(DEVICE)
        self.places = [tokens([text for phrase in kind["phrases"] if phrase for text in (phrase, "a photo " + phrase)]) for kind in laws.recipe["backgrounds"]]
        self.styles = [tokens([style["phrase"], style["phrase"].removesuffix(" of")]) for style in laws.recipe["styles"]]
        names = sorted({row["name"] for row in laws.sprites})
        self.number = torch.tensor([names.index(row["name"]) for row in laws.sprites] + [-1], device=DEVICE)
        self.things = [tokens([text for word in (name, *laws.by_target.get(name, ())) for text in (laws.article(word), "a photo of " + laws.article(word))]) for name in names]

    @staticmethod
    def one_each(rows) -> torch.Tensor:
        return torch.stack([row[torch.randint(len(row), ()).item()] for row in rows])

    def loss(self, image: torch.Tensor, network, kind, style, sprite) -> torch.Tensor:
        """Cross-entropy of each picture's place, style and one of its things, among all places, all styles and the batch's things."""
        numbers = self.number[sprite]
        slot = torch.multinomial((sprite >= 0).float() + 1e-9, 1)[:, 0]
        own = numbers.gather(1, slot[:, None])[:, 0]
        asked = own[own >= 0].unique()
        texts = [self.one_each(rows) for rows in (self.places, self.styles, [self.things[k] for k in asked.tolist()])]
        logits = scale(network) * image @ embeddings(network, None, torch.cat(texts))[1].T
        place, manner, thing = logits.split([len(text) for text in texts], 1)
        there = (numbers[:, :, None] == asked).any(1)
        target = (own[:, None] == asked).float().argmax(1)
        thing = thing.masked_fill(there & (torch.arange(len(asked), device=DEVICE) != target[:, None]), -1e4)
        known = kind < len(self.places)
        return F.cross_entropy(place[known], kind[known]) + F.cross_entropy(manner, style) + F.cross_entropy(thing[own >= 0], target[own >= 0])


def scale(network) -> torch.Tensor:
    return network.logit_scale.exp().clamp(max=100)


def learn_image_text(network, scenes, options) -> None:
    pool, words, end, saved = Pool(scenes, options.side), Words(scenes.compositor.laws, tokenize_with(options.tokenizer)), time.time() + options.seconds, time.time()
    schedule, optimiser, step = Schedule(end, warm=20 if options.base else 100, constant=0.4), Optimiser([network], 1e-3, 0.008, log=say), 0
    while time.time() < end:
        pictures, ids, *truth = pool.batch(options.batch)
        image, text = embeddings(network, augmented(reduced(pictures, options.side)), ids)
        loss, more = pairs_loss(scale(network) * image @ text.T, ids), words.loss(image, network, *truth)
        (loss + 0.5 * more).backward()
        optimiser.step(schedule.scale())
        step += 1
        if step % 100 == 0 or step == 5:
            say(f"image and text {step}: {schedule.way:.0%} of the time, loss {loss.item():.3f} of {len(ids)} pairs, {more.item():.3f} of words")
        if time.time() - saved > 120:
            saved = time.time()
            write(network, options, "image_text")
    write(network, options, "image_text")


def pairs_loss(logits: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Symmetric cross-entropy; pairs whose captions say the same are no negatives of each other."""
    same = (ids[:, None] == ids[None]).all(2) & ~torch.eye(len(ids), dtype=torch.bool, device=ids.device)
    logits = logits.masked_fill(same, -1e4)
    target = torch.arange(len(ids), device=ids.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


# MARK: identity


def learn_identity(network, scenes, options) -> None:
    end, saved = time.time() + options.seconds, time.time()
    schedule, optimiser, step = Schedule(end, warm=20 if options.base else 100, constant=0.4), Optimiser([network], 1e-3, 0.008, log=say), 0
    views = 4
    while time.time() < end:
        x, number = portraits(scenes.compositor, options.batch // views, views, options.side)
        z = identity_embedding(network, x)
        logits = z @ z.T / TEMPERATURE
        itself = torch.eye(len(z), dtype=torch.bool, device=DEVICE)
        log = F.log_softmax(logits.masked_fill(itself, -1e4), 1)
        same = (number[:, None] == number[None]) & ~itself
        loss = -((log * same).sum(1) / same.sum(1)).mean()
        loss.backward()
        optimiser.step(schedule.scale())
        step += 1
        if step % 100 == 0 or step == 5:
            say(f"identity {step}: {schedule.way:.0%} of the time, loss {loss.item():.3f} of {len(z)} things")
        if time.time() - saved > 120:
            saved = time.time()
            write(network, options, "identity")
    write(network, options, "identity")


# MARK: files


def write(network, options, name: str) -> None:
    """Writes the network in half precision with its processor and, for texts, the tokenizer."""
    folder, side, square = f"{options.out}/{name}", options.side, name == "identity"
    copy.deepcopy(network).half().cpu().save_pretrained(folder)
    json.dump(dict(
        image_processor_type="ViTImageProcessor" if square else "CLIPImageProcessor", do_resize=True, size=dict(height=side, width=side) if square else dict(shortest_edge=side),
        resample=2, do_center_crop=not square, crop_size=dict(height=side, width=side), do_rescale=True, rescale_factor=1 / 255, do_normalize=True, do_convert_rgb=True,
        image_mean=MEAN, image_std=STD), open(folder + "/preprocessor_config.json", "w"), indent=2)
    for file in () if square else os.listdir(options.tokenizer):
        open(os.path.join(folder, file), "wb").write(open(os.path.join(options.tokenizer, file), "rb").read())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("tokenizer")
    parser.add_argument("out")
    parser.add_argument("--seconds", type=float, default=120, help="for each")
    parser.add_argument("--which", choices=["text", "identity", "both"], default="both")
    parser.add_argument("--side", type=int, default=96, help="of the pictures that the encoders look at")
    parser.add_argument("--patch", type=int, default=12)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--text-width", type=int, default=96)
    parser.add_argument("--embedding", type=int, default=96)
    parser.add_argument("--batch", type=int, default=1024 if GPU else 192)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--base", help="a folder like OUT to go on from")
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    os.makedirs(options.out, exist_ok=True)
    scenes = Scenes(options.data, options.tokenizer, options.side, seed=int(time.time()) % 100_000)
    held = Scenes(options.data, options.tokenizer, options.side, seed=78, held=True, like=scenes)
    words, found = json.load(open(options.tokenizer + "/vocab.json")), {}
    try:
        for name, model, learn in (("image_text", lambda: image_text_model(options, words), learn_image_text), ("identity", lambda: identity_model(options), learn_identity)):
            if options.which not in ("both", "text" if name == "image_text" else "identity"):
                continue
            if not options.measure:
                network = model().to(DEVICE)
                if options.base:
                    network.load_state_dict(type(network).from_pretrained(f"{options.base}/{name}").float().state_dict(), strict=False)
                if not GPU:
                    network.set_attn_implementation("eager")  # several times as fast backwards as the fused one
                say(f"{name}: {sum(p.numel() for p in network.parameters()) / 1e6:.2f} million parameters")
                learn(network, scenes, options)
            found[name] = judging.measured(name, f"{options.out}/{name}", scenes, held)
            say(name, json.dumps(found[name]))
    finally:
        scenes.close()
        held.close()
    json.dump(found, open(f"{options.out}/accuracy-{options.which}.json", "w"), indent=1)


if __name__ == "__main__":
    main()
