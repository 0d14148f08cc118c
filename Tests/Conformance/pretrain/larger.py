"""Teaches `collage` to draw larger pictures: a low-rank adapter for every weight of its U-Net, by scenes of world.py at that size.

  python larger.py draw  WORK --side S --count N --seed K      latents and captions of N scenes as WORK/scenes_K.npz (things of `make setup-world`)
  python larger.py train WORK --side S --seconds T             the folder --out in peft's form, half precision; a log of errors on scenes kept apart
  python larger.py shrink FOLDER --side S --rank R             the adapter of FOLDER at a lower rank, in --out

`--base` is an adapter's folder to go on from, such as that of a smaller side.

Autoencoder, text encoder, norms and biases stay as they are, so an adapter goes with every handle that was learned without it.
"""
import argparse
import glob
import json
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
MODEL = os.path.join(HERE, "../../../stdlib/models/collage")
HELD, BUCKETS = 96, 20
PROBED = (20, 60, 120, 200, 280, 360, 440, 520, 600, 700, 800)


def draw(work: str, side: int, count: int, seed: int, photos: str | None) -> None:
    """Scenes, and one crop of a photo for every twenty of them with the caption that `train.py` gives such crops."""
    from diffusers import AutoencoderKL
    import world

    torch.set_num_threads(1)
    world.S, world.vgrad.__defaults__ = side, (side,)
    things = world.load_cache(os.path.expanduser("~/.cache/bas/world"), side=side)
    vae = AutoencoderKL.from_pretrained(MODEL + "/vae", torch_dtype=torch.float32).eval()
    crops = iter(photo_crops(photos, side, count // 20, seed)) if photos else iter(())
    latents, captions, pixels = [], [], []
    for k in range(count):
        picture, caption = world.scene(np.random.default_rng(seed * 10**7 + k), things)
        if k % 20 == 19 and (crop := next(crops, None)) is not None:
            picture, caption = crop, "a photo"
        pixels.append(np.asarray(picture))
        captions.append(caption)
        if len(pixels) == 8 or k == count - 1:
            x = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1
            with torch.no_grad():
                latents.append((vae.encode(x).latent_dist.mean * vae.config.scaling_factor).half().numpy())
            pixels = []
    os.makedirs(work, exist_ok=True)
    np.savez(f"{work}/scenes_{seed}.npz", z=np.concatenate(latents), captions=np.array(captions))


def photo_crops(folder: str, size: int, count: int, seed: int):
    """Squares of photos.bin (pretrain256/pack.py) at `size`."""
    import io

    from PIL import Image

    rows, blob = json.load(open(folder + "/photos.json"))["photos"], open(folder + "/photos.bin", "rb").read()
    rng = np.random.default_rng(seed)
    for _ in range(count):
        row = rows[rng.integers(len(rows))]
        photo = Image.open(io.BytesIO(blob[row["at"] : row["at"] + row["bytes"]])).convert("RGB")
        side = int(min(photo.size) * rng.uniform(0.4, 1))
        x, y = (int(rng.integers(0, d - side + 1)) for d in photo.size)
        yield photo.resize((size, size), Image.LANCZOS, (x, y, x + side, y + side))


class LowRank(torch.nn.Module):
    """W → W + up · down. `up` starts at zero, so that nothing changes yet."""

    def __init__(self, weight: torch.Tensor, rank: int):
        super().__init__()
        self.kernel = tuple(weight.shape[2:])
        outputs, inputs = weight.shape[0], weight[0].numel()
        rank = min(rank, outputs, inputs)
        self.down = torch.nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)
        self.up = torch.nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return weight + (self.up @ self.down).view_as(weight)


def adapt(unet, rank: int) -> dict[str, LowRank]:
    """Registers an adapter on every matrix and kernel of the U-Net, and freezes the rest."""
    from torch.nn.utils import parametrize

    unet.requires_grad_(False)
    adapters = {}
    for name, module in list(unet.named_modules()):
        if isinstance(module, (torch.nn.Linear, torch.nn.Conv2d)):
            adapters[name] = LowRank(module.weight, rank)
            parametrize.register_parametrization(module, "weight", adapters[name])
    return adapters


def restore(adapters: dict[str, LowRank], folder: str) -> None:
    """Takes the factors of an adapter's folder of the same rank."""
    from safetensors.torch import load_file

    factors = load_file(folder + "/adapter_model.safetensors")
    with torch.no_grad():
        for name, adapter in adapters.items():
            down, up = (factors[f"base_model.model.{name}.{factor}.weight"].float().flatten(1) for factor in ("lora_A", "lora_B"))
            adapter.down.copy_(down[: len(adapter.down)])
            adapter.up.copy_(up[:, : len(adapter.down)])


def save(adapters: dict[str, LowRank], average, rank: int, side: int, folder: str) -> None:
    values = iter(average)
    write({name: (next(values), next(values), adapter.kernel) for name, adapter in adapters.items()}, rank, side, folder)


def write(factors: dict, rank: int, side: int, folder: str) -> None:
    """An adapter's folder as peft's `save_pretrained` of the U-Net writes it; `factors` are down [r, inputs], up [outputs, r] and the size
    of the kernel by layer, all filled up with zeros to one rank."""
    from safetensors.torch import save_file

    os.makedirs(folder, exist_ok=True)
    tensors = {}
    for name, (down, up, kernel) in factors.items():
        missing = rank - len(down)
        down, up = F.pad(down, (0, 0, 0, missing)), F.pad(up, (0, missing))
        if kernel:
            down, up = down.view(rank, -1, *kernel), up[:, :, None, None]
        for factor, value in (("lora_A", down), ("lora_B", up)):
            tensors[f"base_model.model.{name}.{factor}.weight"] = value.detach().half().contiguous()
    path = folder + "/adapter_model.safetensors"
    save_file(tensors, path + ".tmp", metadata={"format": "pt"})
    os.rename(path + ".tmp", path)
    settings = dict(peft_type="LORA", base_model_name_or_path="../collage", r=rank, lora_alpha=rank, bias="none", target_modules=sorted(factors))
    json.dump(settings, open(folder + "/adapter_config.json", "w"), indent=1)
    json.dump(dict(sample_size=side // 8), open(folder + "/bas.json", "w"))


def shrink(source: str, rank: int, side: int, out: str) -> None:
    """An adapter with every change in its best approximation of a lower rank."""
    from safetensors.torch import load_file

    tensors, factors = load_file(source + "/adapter_model.safetensors"), {}
    for key in [key for key in tensors if ".lora_A." in key]:
        down, up = tensors[key].float(), tensors[key.replace(".lora_A.", ".lora_B.")].float().flatten(1)
        right, r = torch.linalg.qr(down.flatten(1).T)
        left, l = torch.linalg.qr(up)
        u, values, v = torch.linalg.svd(l @ r.T)
        k = min(rank, len(values))
        root = values[:k].sqrt()
        name = key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
        factors[name] = (root[:, None] * v[:k]) @ right.T, left @ u[:, :k] * root, tuple(down.shape[2:])
    write(factors, rank, side, out)


class Data:
    """Latents [N, 8, h, w] and tokens of the captions of all parts that were drawn. The first HELD are kept apart."""

    def __init__(self, work: str):
        from transformers import CLIPTextModel, CLIPTokenizer

        self.tokenizer = CLIPTokenizer.from_pretrained(MODEL + "/tokenizer")
        self.text = CLIPTextModel.from_pretrained(MODEL + "/text_encoder", torch_dtype=torch.float32).eval().requires_grad_(False)
        self.null = self.tokens([""])[0]
        parts = [np.load(path) for path in sorted(glob.glob(work + "/scenes_*.npz"))]
        self.z = torch.cat([torch.from_numpy(part["z"]) for part in parts])
        self.ids = torch.cat([self.tokens([str(caption) for caption in part["captions"]]) for part in parts])

    def tokens(self, texts: list[str]) -> torch.Tensor:
        length = self.text.config.max_position_embeddings
        return self.tokenizer(texts, padding="max_length", max_length=length, truncation=True, return_tensors="pt").input_ids

    def batch(self, count: int):
        index = torch.randint(HELD, len(self.z), (count,))
        ids = torch.where(torch.rand(count, 1) < 0.1, self.null, self.ids[index])
        return self.z[index].float(), self.states(ids)

    @torch.no_grad()
    def states(self, ids: torch.Tensor) -> torch.Tensor:
        return self.text(ids)[0]


def noised(alphas, z, timesteps, noise):
    alpha = alphas[timesteps].view(-1, 1, 1, 1)
    return (alpha.sqrt() * z + (1 - alpha).sqrt() * noise).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def validate(unet, alphas, data: Data) -> list[float]:
    """The mean squared error of the noise at eleven timesteps, on scenes that are never trained on."""
    z, states, out = data.z[:HELD].float(), data.states(data.ids[:HELD]), []
    for k in PROBED:
        noise = torch.randn(z.shape, generator=torch.Generator().manual_seed(k))
        timesteps = torch.full((HELD,), k)
        total = sum(
            (unet(noised(alphas, z[r], timesteps[r], noise[r]), timesteps[r], states[r]).sample - noise[r]).square().sum().item()
            for r in (slice(i, i + 16) for i in range(0, HELD, 16)))
        out.append(round(total / z.numel(), 4))
    return out


def train(work: str, side: int, batch: int, seconds: float, rank: int, rate: float, base: str | None, out: str) -> None:
    from diffusers import DDIMScheduler, UNet2DConditionModel

    began, end = time.time(), time.time() + seconds

    def say(*what):
        print(f"[{time.time() - began:6.1f}]", *what, flush=True)

    torch.manual_seed(0)
    unet = UNet2DConditionModel.from_pretrained(MODEL + "/unet", torch_dtype=torch.float32).to(memory_format=torch.channels_last)
    adapters = adapt(unet, rank)
    if base:
        restore(adapters, base)
    parameters = [p for adapter in adapters.values() for p in (adapter.down, adapter.up)]
    average = [p.detach().clone() for p in parameters]
    optimiser = torch.optim.AdamW(parameters, rate, betas=(0.9, 0.98), weight_decay=0.0, foreach=True)
    alphas, data = DDIMScheduler.from_pretrained(MODEL + "/scheduler").alphas_cumprod, Data(work)
    level, step, shown, checked = torch.full((BUCKETS,), -1.0), 0, None, began
    say("adapter", sum(p.numel() for p in parameters), "scenes", len(data.z), "before", validate(unet, alphas, data))
    start = time.time()

    def on_average(action):
        kept = [p.detach().clone() for p in parameters]
        with torch.no_grad():
            torch._foreach_copy_(parameters, average)
            result = action()
            torch._foreach_copy_(parameters, kept)
        return result

    while (now := time.time()) < end:
        way = (now - start) / (end - start)
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 100) * (1 if way < 0.5 else max(0.01, (1 - way) / 0.5))
        z, states = data.batch(batch)
        even, middle = torch.rand(batch), torch.sigmoid(torch.randn(batch) - 0.1)
        timesteps = (torch.where(torch.rand(batch) < 0.3, even, middle) * 1000).long().clamp(0, 999)
        noise = torch.randn_like(z)
        errors = (unet(noised(alphas, z, timesteps, noise), timesteps, states).sample - noise).square().mean((1, 2, 3))
        # Every timestep is weighed by the inverse of its running error.
        bucket, found = timesteps * BUCKETS // 1000, errors.detach()
        count = torch.zeros(BUCKETS).index_add_(0, bucket, torch.ones_like(found))
        mean = torch.zeros(BUCKETS).index_add_(0, bucket, found) / count.clamp(min=1)
        moved = torch.where(level < 0, mean, level + (1 - 0.98**count) * (mean - level))
        level = torch.where(count == 0, level, moved)
        (errors / level[bucket]).mean().backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        torch._foreach_lerp_(average, [p.detach() for p in parameters], max(0.002, 1 / (step + 1) if step < 100 else 0))
        shown = errors.detach().mean() if shown is None else shown.lerp(errors.detach().mean(), 0.02)
        if step % 50 == 0:
            say(f"step {step}: {step * batch / (time.time() - start):.1f} samples/s, error {shown.item():.4f}")
        if now - checked > 420:
            say("average", on_average(lambda: validate(unet, alphas, data)))
            save(adapters, average, rank, side, out)
            checked = now
    say("steps", step, "samples", step * batch, "after", on_average(lambda: validate(unet, alphas, data)))
    save(adapters, average, rank, side, out)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("stage", choices=["draw", "train", "shrink"])
parser.add_argument("work")
parser.add_argument("--side", type=int, default=256)
parser.add_argument("--base")
parser.add_argument("--count", type=int, default=1000)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--photos")
parser.add_argument("--batch", type=int, default=16)
parser.add_argument("--seconds", type=float, default=3600)
parser.add_argument("--rank", type=int, default=16)
parser.add_argument("--rate", type=float, default=1e-3)
parser.add_argument("--out", default="collage256")
if __name__ == "__main__":
    a = parser.parse_args()
    if a.stage == "draw":
        draw(a.work, a.side, a.count, a.seed, a.photos)
    elif a.stage == "shrink":
        shrink(a.work, a.rank, a.side, a.out)
    else:
        train(a.work, a.side, a.batch, a.seconds, a.rank, a.rate, a.base, a.out)
