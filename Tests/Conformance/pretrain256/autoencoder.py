"""The first stage: features that judge likeness, then the autoencoder.

The autoencoder learns on crops of 128 pixels, half of them of photos: absolute and squared error, edges, features (networks.Features), a
little KL, and a quarter of the loss on latents at half size, which must decode to the picture at half size (EQ-VAE, arXiv 2502.09509). In the
last third a discriminator of patches asks the decoder for sharp pictures; the encoder stands still then, so that latents stay what they are.
"""
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import networks
from common import DEVICE, GPU, Schedule, autocast, compiled, decibel, floats, last, say
from optimiser import Optimiser

CROP, BATCH = 128, 192 if GPU else 4
POOL = 24_000 if GPU else 24


class Crops:
    """Crops of 128 pixels: scenes from a pool that is renewed all the time, photos at all scales from memory."""

    def __init__(self, scenes, seed: int = 0):
        self.scenes, size = scenes, scenes.compositor.size
        self.pool = torch.empty(POOL, 3, size, size, dtype=torch.uint8, device=DEVICE)
        self.filled, self.at = 0, 0
        self.photos = self.photo_crops(16_000 if GPU else 60, np.random.default_rng(seed))

    def photo_crops(self, count: int, rng) -> torch.Tensor:
        """Crops of a square of 20 % to 100 % of a photo's short side, flipped half of the time."""
        photos, out = self.scenes.compositor.photos, torch.empty(count, 3, CROP, CROP, dtype=torch.uint8, device=DEVICE)
        for k in range(count):
            photo = photos[k % len(photos)]
            height, width = photo.shape[1:]
            side = int(min(height, width) * rng.uniform(0.2, 1))
            x, y = int(rng.integers(0, width - side + 1)), int(rng.integers(0, height - side + 1))
            part = F.interpolate(photo[None, :, y : y + side, x : x + side].float(), (CROP, CROP), mode="bilinear", antialias=True)
            out[k] = (part.flip(3) if rng.random() < 0.5 else part)[0].round().clamp(0, 255)
        return out[torch.randperm(count, device=DEVICE)]

    def renew(self) -> None:
        """Replaces the oldest scenes of the pool by new ones."""
        pictures = self.scenes.next()[0]
        count = min(len(pictures), POOL - self.at)
        self.pool[self.at : self.at + count] = pictures[:count]
        self.at, self.filled = (self.at + count) % POOL, max(self.filled, self.at + count)

    def batch(self, count: int) -> torch.Tensor:
        half, span = count // 2, self.pool.shape[-1] - CROP + 1
        index = torch.randint(self.filled, (count - half, 1, 1, 1), device=DEVICE)
        steps, channels = torch.arange(CROP, device=DEVICE), torch.arange(3, device=DEVICE).view(1, 3, 1, 1)
        y = torch.randint(span, (count - half, 1, 1, 1), device=DEVICE) + steps.view(1, 1, -1, 1)
        x = torch.randint(span, (count - half, 1, 1, 1), device=DEVICE) + steps.view(1, 1, 1, -1)
        photos = self.photos[torch.randint(len(self.photos), (half,), device=DEVICE)]
        return floats(torch.cat([self.pool[index, channels, y, x], photos]))


# MARK: features


def learn_features(scenes, end: float, work: str) -> networks.Features:
    """Teaches the network of features until `end` which things are in scenes, on which background, in which style."""
    laws = scenes.compositor.laws
    names = sorted({row["cls"] for row in laws.sprites})
    number = torch.tensor([names.index(row["cls"]) for row in laws.sprites] + [0], device=DEVICE)
    network = networks.Features(len(names), len(laws.recipe["backgrounds"]) + 1, len(laws.recipe["styles"])).to(DEVICE, memory_format=torch.channels_last)
    schedule, optimiser, right = Schedule(end), Optimiser([network], 1e-3, 0.01, log=say), []
    while time.time() < end:
        pictures, _, layout = scenes.next()
        sprite = torch.as_tensor(layout.sprite, device=DEVICE)
        things = torch.zeros(len(pictures), len(names) + 1, device=DEVICE)
        things.scatter_(1, torch.where(sprite >= 0, number[sprite], len(names)), 1)
        kind, style = (torch.as_tensor(x, device=DEVICE) for x in (layout.kind, layout.style))
        with autocast():
            a, b, c = network(F.avg_pool2d(floats(pictures), 2))
        loss = 20 * F.binary_cross_entropy_with_logits(a.float(), things[:, :-1]) + F.cross_entropy(b.float(), kind) + F.cross_entropy(c.float(), style)
        loss.backward()
        optimiser.step(schedule.scale())
        right.append(torch.stack([(b.argmax(1) == kind).float().mean(), (c.argmax(1) == style).float().mean(), ((a > 0) == (things[:, :-1] > 0.5)).all(1).float().mean()]))
        if len(right) % (200 if GPU else 5) == 0:
            say(f"features {len(right)}: loss {loss.item():.2f}; right: background, style, all things", [round(v, 3) for v in torch.stack(right[-50:]).mean(0).tolist()])
    torch.save(network.state_dict(), work + "/features.pt")
    return network.eval().requires_grad_(False)


# MARK: autoencoder


class Coder(torch.nn.Module):
    """Picture, noise → reconstruction, mean and log variance, and the picture at half size decoded from latents at half size."""

    def __init__(self, vae):
        super().__init__()
        self.encoder, self.quant_conv, self.post_quant_conv, self.decoder = vae.encoder, vae.quant_conv, vae.post_quant_conv, vae.decoder

    def forward(self, x, noise):
        mean, spread = self.quant_conv(self.encoder(x)).chunk(2, 1)
        spread = spread.clamp(-20, 10)
        z = mean + noise * (0.5 * spread).exp()
        half = F.avg_pool2d(z[::4], 2)
        return self.decoder(self.post_quant_conv(z)), mean, spread, self.decoder(self.post_quant_conv(half))


def edges(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (x.diff(dim=2) - y.diff(dim=2)).abs().mean() + (x.diff(dim=3) - y.diff(dim=3)).abs().mean()


class Lesson:
    """The losses of the autoencoder."""

    def __init__(self, vae, features, latents: int):
        self.coder, self.features, self.latents = Coder(vae), features, latents
        self.patches = networks.Patches().to(DEVICE, memory_format=torch.channels_last)

    def noise(self, x):
        return last(torch.randn(len(x), self.latents, x.shape[2] // 8, x.shape[3] // 8, device=DEVICE))

    def loss(self, forward, x, sharp: float = 0.0):
        """The loss of a batch, its reconstruction and mean squared error; `sharp` is the weight of the discriminator's wish."""
        with autocast():
            y, mean, spread, small = forward(x, self.noise(x))
            likeness = self.features.distance(x, y)
            wish = -self.patches(y).mean() if sharp else 0
        y, mean, spread, small = y.float(), mean.float(), spread.float(), small.float()
        half = F.avg_pool2d(x[::4], 2)
        error = F.mse_loss(x, y)
        total = (x - y).abs().mean() + error + 0.5 * edges(x, y) + 0.1 * likeness + 1e-5 * (mean**2 + spread.exp() - 1 - spread).mean()
        total = total + 0.25 * ((half - small).abs().mean() + F.mse_loss(half, small))
        return total + sharp * wish, y.detach(), error.detach()

    def judge(self, x, y):
        """The hinge loss of the discriminator."""
        with autocast():
            real, drawn = self.patches(x), self.patches(y)
        return F.relu(1 - real.float()).mean() + F.relu(1 + drawn.float()).mean()


@torch.no_grad()
def quality(vae, probes) -> list[float]:
    """PSNR of scenes and photos, in dB, from the latents' means."""
    vae.eval()
    found = []
    for probe in probes:
        with autocast():
            found.append(round(decibel(probe, vae.decode(vae.encode(probe).latent_dist.mode()).sample.float().clamp(-1, 1)), 2))
    vae.train()
    return found


def run(scenes, work: str, latents: int, feature_seconds: float, seconds: float, sharp_share: float = 0.3) -> None:
    """Both parts of the stage; writes WORK/features.pt and WORK/vae in diffusers' layout."""
    features = learn_features(scenes, time.time() + feature_seconds, work)
    torch.manual_seed(0)
    vae = networks.autoencoder(latents).to(DEVICE, memory_format=torch.channels_last)
    crops, lesson = Crops(scenes), Lesson(vae, features, latents)
    for _ in range(12 if GPU else 1):
        crops.renew()
    probes = [crops.batch(64 if GPU else 4)[:32 if GPU else 2], crops.batch(64 if GPU else 4)[32 if GPU else 2:]]
    sample = crops.batch(BATCH)
    forward = compiled(lesson.coder, torch.compile(lesson.coder), lambda f: lesson.loss(f, sample)[0], "the autoencoder")
    learn(crops, lesson, vae, forward, time.time() + seconds * (1 - sharp_share), 2e-3, probes)
    vae.encoder.requires_grad_(False)
    vae.quant_conv.requires_grad_(False)
    learn(crops, lesson, vae, lesson.coder, time.time() + seconds * sharp_share, 5e-4, probes, sharp=0.02)
    vae.eval().requires_grad_(False)
    with torch.no_grad(), autocast():
        spread = torch.cat([vae.encode(crops.batch(BATCH)).latent_dist.mode().float() for _ in range(8)]).std().item()
    vae.register_to_config(scaling_factor=1 / spread)
    vae.save_pretrained(work + "/vae")
    say("autoencoder done: PSNR of scenes, photos", quality(vae, probes), "scaling_factor", round(1 / spread, 4))


def learn(crops, lesson, vae, forward, end: float, rate: float, probes, sharp: float = 0.0) -> None:
    trained = [vae] if not sharp else [vae.decoder, vae.post_quant_conv]
    schedule, optimiser, errors, began = Schedule(end, constant=0.5, floor=0.02), Optimiser(trained, rate, 5 * rate, weights=0.0, log=say), [], time.time()
    lesson.patches.requires_grad_(True)
    judge = Optimiser([lesson.patches], 2e-4, 1e-3, log=say) if sharp else None
    while time.time() < end:
        if len(errors) % 4 == 0:
            crops.renew()
        x = crops.batch(BATCH)
        lesson.patches.requires_grad_(False)
        loss, drawn, error = lesson.loss(forward, x, sharp if schedule.way > 0.1 else 0.0)
        loss.backward()
        optimiser.step(schedule.scale())
        if judge:
            lesson.patches.requires_grad_(True)
            lesson.judge(x, drawn).backward()
            judge.step(1.0)
        errors.append(error)
        if len(errors) % (250 if GPU else 5) == 0:
            mean = torch.stack(errors[-250:]).mean().item()
            say(f"autoencoder{' with patches' if sharp else ''} {len(errors)}: {len(errors) * BATCH / (time.time() - began):.0f} crops/s, {10 * np.log10(4 / mean):.2f} dB; scenes, photos {quality(vae, probes)}")
    say(f"{len(errors) * BATCH} crops")
