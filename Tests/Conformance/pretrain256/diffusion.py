"""The second stage: U-Net and text encoder, on latents of scenes that are drawn and encoded beside the training.

Epsilon prediction. Timesteps lie mostly in the middle, and every timestep's error is divided by its running mean (EDM2, arXiv 2312.02696), so
that none rules. One caption in ten is empty. One step in five is at half the size. An exponential average of the weights is what counts.
"""
import copy
import json
import os
import time

import numpy as np
import torch

import networks
from common import DEVICE, GPU, Schedule, autocast, compiled, floats, last, say, synchronize, tokenize_with
from optimiser import Optimiser

BATCH = 768 if GPU else 8
POOL = 160_000 if GPU else 64
HELD = 512 if GPU else 8
BUCKETS = 40
PROBED = (20, 60, 120, 200, 280, 360, 440, 520, 600, 700, 800)
PHOTO_SHARE, SMALL_EVERY = 0.04, 5


class Latents:
    """Scaled latents of scenes at full and half size with their captions' tokens, the oldest replaced all the time; and of photos."""

    def __init__(self, vae, scenes, tokenize, latents: int):
        self.vae, self.scenes, self.at, self.filled = vae, scenes, 0, 0
        side = scenes.compositor.size // 8
        self.full = torch.empty(POOL, latents, side, side, dtype=torch.float16, device=DEVICE)
        self.small = torch.empty(POOL // 4, latents, side // 2, side // 2, dtype=torch.float16, device=DEVICE)
        self.ids = torch.empty(POOL, networks.LENGTH, dtype=torch.long, device=DEVICE)
        self.null, said = (torch.from_numpy(tokenize([text])).to(DEVICE) for text in ("", "a photo"))
        self.said, self.photos = said, self.encode(self.photo_pixels(4000 if GPU else 8))

    @torch.no_grad()
    def encode(self, pixels: torch.Tensor) -> torch.Tensor:
        out = []
        for part in pixels.split(256 if GPU else 8):
            with autocast():
                out.append((self.vae.encode(floats(part)).latent_dist.mode() * self.vae.config.scaling_factor).half())
        return torch.cat(out)

    def photo_pixels(self, count: int) -> torch.Tensor:
        rng, compositor = np.random.default_rng(3), self.scenes.compositor
        return torch.stack([(compositor.crop(k % len(compositor.photos), rng.random(3)) * 255).byte() for k in range(count)])

    def renew(self) -> None:
        pictures, ids, _ = self.scenes.next()
        count = min(len(pictures), POOL - self.at)
        self.full[self.at : self.at + count] = self.encode(pictures[:count])
        self.ids[self.at : self.at + count] = ids[:count]
        if self.at < POOL // 4:
            few = min(count, POOL // 4 - self.at)
            halved = torch.nn.functional.avg_pool2d(pictures[:few].float(), 2).round().byte()
            self.small[self.at : self.at + few] = self.encode(halved)
        self.at, self.filled = (self.at + count) % POOL, max(self.filled, self.at + count)

    def batch(self, small: bool):
        """Latents and tokens; at full size a few photos among them, called just that. The first HELD scenes are never taken."""
        pool = self.small if small else self.full
        index = torch.randint(HELD, min(self.filled, len(pool)), (BATCH,), device=DEVICE)
        z, ids = pool[index].float(), self.ids[index]
        if not small:
            count = int(BATCH * PHOTO_SHARE)
            z[:count] = self.photos[torch.randint(len(self.photos), (count,), device=DEVICE)].float()
            ids[:count] = self.said
        empty = torch.rand(BATCH, 1, device=DEVICE) < 0.1
        return z, torch.where(empty, self.null, ids)


class Denoiser(torch.nn.Module):
    """Noisy latents, timesteps, tokens → noise. With `fast` the U-Net is compiled; the parameters are the same."""

    def __init__(self, unet, text, fast: bool = False):
        super().__init__()
        self.unet, self.text = unet, text
        # Not a submodule of its own, so that no parameter comes twice.
        self.__dict__["call"] = torch.compile(unet) if fast else unet

    def forward(self, z, timesteps, ids):
        return self.__dict__["call"](z, timesteps, self.text(ids)[0], return_dict=False)[0]


def schedule_of() -> "DDIMScheduler":
    from diffusers import DDIMScheduler

    return DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1)


class Noising:
    """Noised batches, and the error of each timestep so far."""

    def __init__(self):
        self.alphas = schedule_of().alphas_cumprod.to(DEVICE)
        self.level = torch.full((BUCKETS,), -1.0, device=DEVICE)

    def timesteps(self, count: int) -> torch.Tensor:
        even, middle = torch.rand(count, device=DEVICE), torch.sigmoid(torch.randn(count, device=DEVICE) - 0.2)
        return (torch.where(torch.rand(count, device=DEVICE) < 0.3, even, middle) * 1000).long().clamp(0, 999)

    def noised(self, z, timesteps, noise):
        alpha = self.alphas[timesteps].view(-1, 1, 1, 1)
        return last(alpha.sqrt() * z + (1 - alpha).sqrt() * noise)

    def weighted(self, errors: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
        """The mean of errors divided by their timestep's running mean, which follows."""
        bucket, found = timesteps * BUCKETS // 1000, errors.detach()
        count = torch.zeros(BUCKETS, device=DEVICE).index_add_(0, bucket, torch.ones_like(found))
        mean = torch.zeros(BUCKETS, device=DEVICE).index_add_(0, bucket, found) / count.clamp(min=1)
        moved = torch.where(self.level < 0, mean, self.level + (1 - 0.98**count) * (mean - self.level))
        self.level = torch.where(count == 0, self.level, moved)
        return (errors / self.level[bucket].clamp(min=1e-6)).mean()


@torch.no_grad()
def validate(network, noising: Noising, latents: Latents, small: bool = False) -> list[float]:
    """The mean squared error of the noise at eleven timesteps on scenes that are never trained on."""
    z, ids, out = (latents.small if small else latents.full)[:HELD].float(), latents.ids[:HELD], []
    for k in PROBED:
        noise = torch.randn(z.shape, generator=torch.Generator(DEVICE).manual_seed(k), device=DEVICE)
        timesteps, total = torch.full((HELD,), k, device=DEVICE), 0.0
        for part in range(0, HELD, 128):
            rows = slice(part, part + 128)
            with autocast():
                guess = network(noising.noised(z[rows], timesteps[rows], noise[rows]), timesteps[rows], ids[rows])
            total += (guess.float() - noise[rows]).square().mean((1, 2, 3)).sum().item()
        out.append(round(total / HELD, 4))
    return out


def run(scenes, work: str, tokenizer: str, seconds: float, rate: float = 1e-3, first: bool = True, final: bool = True, trial: bool = False) -> None:
    """Trains until `seconds` from now. Unless it is the `first` call it goes on from WORK/state.pt, or without one from the networks in WORK;
    `final` lets the learning rate fall, `trial` keeps nothing."""
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextModel

    end = time.time() + seconds
    vae = AutoencoderKL.from_pretrained(work + "/vae", torch_dtype=torch.float32).to(DEVICE, memory_format=torch.channels_last).eval().requires_grad_(False)
    tokenize, count = tokenize_with(tokenizer), vae.config.latent_channels
    torch.manual_seed(0)
    state = work + "/state.pt"
    if first or os.path.exists(state):
        words = json.load(open(tokenizer + "/vocab.json"))
        unet, text = networks.denoiser(count), networks.text_encoder(len(words), words["<|startoftext|>"], words["<|endoftext|>"])
    else:
        unet = UNet2DConditionModel.from_pretrained(work + "/unet", torch_dtype=torch.float32)
        text = CLIPTextModel.from_pretrained(work + "/text_encoder", torch_dtype=torch.float32)
    network = Denoiser(unet, text).to(DEVICE, memory_format=torch.channels_last)
    average = Denoiser(copy.deepcopy(network.unet), copy.deepcopy(network.text)).requires_grad_(False)
    noising = Noising()
    if not first and os.path.exists(state):
        kept = torch.load(state, map_location=DEVICE)
        network.load_state_dict(kept["network"])
        average.load_state_dict(kept["average"])
        noising.level = kept["level"]
    latents = Latents(vae, scenes, tokenize, count)
    while latents.filled < min(POOL, 12_000):
        latents.renew()
    say("latents", latents.filled, "U-Net", networks.size(network.unet), "text encoder", networks.size(text))
    errors = train(network, average, latents, noising, end, rate, final)
    if not trial:
        torch.save(dict(network=network.state_dict(), average=average.state_dict(), level=noising.level), state)
        average.unet.save_pretrained(work + "/unet")
        average.text.save_pretrained(work + "/text_encoder")
    say(f"{errors * BATCH} samples; error of the average at {PROBED}: {validate(average, noising, latents)}, at half size {validate(average, noising, latents, True)}")


def train(network, average, latents, noising, end, rate, final) -> int:
    def loss(forward, z, ids, timesteps, noise):
        with autocast():
            guess = forward(noising.noised(z, timesteps, noise), timesteps, ids)
        return (guess.float() - noise).square().mean((1, 2, 3))

    def draws(z):
        return noising.timesteps(len(z)), torch.randn_like(z)

    z, ids = latents.batch(False)
    fixed = draws(z)
    forward = compiled(network, Denoiser(network.unet, network.text, fast=True), lambda f: loss(f, z, ids, *fixed).mean(), "the U-Net")
    optimiser = Optimiser([network], rate, 10 * rate, average=list(average.parameters()), decay=0.9995 if GPU else 0.9, log=say)
    schedule = Schedule(end, warm=300, constant=0.55 if final else 2.0)
    step, began, shown = 0, time.time(), None
    while time.time() < end:
        # One new scene for nine samples: drawing and encoding it costs a tenth of what they cost.
        if step % 3 == 0:
            latents.renew()
        small = step % SMALL_EVERY == SMALL_EVERY - 1
        z, ids = latents.batch(small)
        timesteps, noise = draws(z)
        errors = loss(forward, z, ids, timesteps, noise)
        (noising.weighted(errors, timesteps) * 0.1).backward()
        optimiser.step(schedule.scale())
        step += 1
        mean = errors.detach().mean()
        shown = mean if shown is None else shown.lerp(mean, 0.01)
        if step % (250 if GPU else 4) == 0:
            say(f"diffusion {step}: {step * BATCH / (time.time() - began):.0f} samples/s, error {shown.item():.4f}, {schedule.way:.2f} of the way")
    synchronize()
    return step
