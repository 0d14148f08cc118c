"""One picture of the embedded model by our engine and by diffusers, from the same initial noise: the pixels may
differ by at most 2 of 255, and by less than 0.05 on average.

  python compare_generation.py [--bas .build/release/bas]          runs `bas -e` and compares the PNG that it writes
  python compare_generation.py --picture FILE [--latents FILE]     compares what is there already

The initial noise is our own counted one (Philox4x32-10, Box-Muller; Sources/CKernels/random.c), computed again here from the seed, so that
nothing but the PNG has to cross. --latents: a safetensors file with `initial` and/or `final` [1, C, S, S] takes its place, or is compared too.
"""
import argparse, math, os, subprocess, sys, tempfile
import numpy as np, torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from PIL import Image
from safetensors.torch import load_file
from transformers import CLIPTextModel, CLIPTokenizer

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROMPT, SEED, STEPS, GUIDANCE = "a photo of a dog at the beach", 1, 30, 3.
STREAM, LAYOUT = "generate", "NHWC"  # the stream that generate draws its noise from, and the order of the numbers
# What is run, in the language. Change it here if the language's names change.
PROGRAM = 'save_image(generate(load_model("{model}"), "{prompt}", seed={seed}, steps={steps}, guidance={guidance:g}), "{picture}")'


def fnv1a(name):
    h = 0xcbf29ce484222325
    for byte in name.encode(): h = ((h ^ byte) * 0x100000001b3) % 2 ** 64
    return h


def philox(seed, stream, step, count):
    """[count, 4] random words: Philox4x32-10 with counter (index, step, stream) and key (seed)."""
    c = [np.arange(count, dtype=np.uint64), *(np.full(count, v, np.uint64) for v in (step, stream & 0xffffffff, stream >> 32))]
    key, low = [seed & 0xffffffff, seed >> 32], np.uint64(0xffffffff)
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(key[0]), p1 & low, (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(key[1]), p0 & low]
        key = [(key[0] + 0x9E3779B9) % 2 ** 32, (key[1] + 0xBB67AE85) % 2 ** 32]
    return np.stack(c, 1)


def normal(count, seed, stream, step=0):
    w = philox(seed, fnv1a(stream), step, (count + 3) // 4).astype(np.float64).reshape(-1, 2)
    radius, angle = np.sqrt(-2 * np.log((w[:, 0] + 1) * 2. ** -32)), 2 * math.pi * w[:, 1] * 2. ** -32
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(-1)[:count].astype(np.float32)


def initial_latents(channels, size, a):
    z = torch.from_numpy(normal(channels * size * size, SEED, a.stream))
    return z.view(1, channels, size, size) if a.layout == "NCHW" else z.view(1, size, size, channels).permute(0, 3, 1, 2).contiguous()


@torch.no_grad()
def diffusers_picture(folder, z_given, a):
    """Final latents [1, C, S, S] and picture [1, 3, P, P] in [-1, 1]."""
    unet, vae, text = UNet2DConditionModel.from_pretrained(folder + "/unet").float(), AutoencoderKL.from_pretrained(folder + "/vae").float(), CLIPTextModel.from_pretrained(folder + "/text_encoder").float()
    tokenizer, scheduler = CLIPTokenizer.from_pretrained(folder + "/tokenizer"), DDIMScheduler.from_pretrained(folder + "/scheduler")
    ids = lambda p: tokenizer([p], padding="max_length", max_length=tokenizer.model_max_length, truncation=True, return_tensors="pt").input_ids
    h = torch.cat([text(ids("")).last_hidden_state, text(ids(PROMPT)).last_hidden_state])
    z = initial_latents(unet.config.in_channels, unet.config.sample_size, a) if z_given is None else z_given; scheduler.set_timesteps(STEPS)
    for t in scheduler.timesteps:
        u, c = unet(torch.cat([z, z]), t, h).sample.chunk(2); z = scheduler.step(u + GUIDANCE * (c - u), t, z).prev_sample
    return z, vae.decode(z / vae.config.scaling_factor).sample.clamp(-1, 1)


def run_bas(bas, model, picture):
    program = PROGRAM.format(picture=picture, model=model, prompt=PROMPT, seed=SEED, steps=STEPS, guidance=GUIDANCE)
    done = subprocess.run([bas, "-e", program], capture_output=True, text=True)
    if done.returncode != 0 or not os.path.exists(picture): sys.exit(f"bas -e '{program}' ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("--bas", default=ROOT + "/.build/release/bas")
    p.add_argument("--model", default="collage", help="what load_model is given"); p.add_argument("--folder", default=ROOT + "/stdlib/models/collage"); p.add_argument("--picture"); p.add_argument("--latents")
    p.add_argument("--stream", default=STREAM); p.add_argument("--layout", default=LAYOUT, choices=["NHWC", "NCHW"]); p.add_argument("--keep", help="write diffusers' picture here")
    a = p.parse_args(); ours = load_file(a.latents) if a.latents else {}
    z, picture = diffusers_picture(a.folder, ours.get("initial"), a)
    theirs = ((picture[0].permute(1, 2, 0) + 1) * 127.5).round().numpy().astype(np.uint8)
    if a.keep: Image.fromarray(theirs).save(a.keep)
    with tempfile.TemporaryDirectory() as folder:
        path = a.picture or folder + "/ours.png"
        if not a.picture: run_bas(a.bas, a.model, path)
        mine = np.array(Image.open(path).convert("RGB"))
    if mine.shape != theirs.shape: sys.exit(f"✗ our picture is {mine.shape}, diffusers' {theirs.shape}")
    gap = np.abs(mine.astype(int) - theirs); good = gap.max() <= 2 and gap.mean() < 0.05  # of 255: rounding may fall either way
    print(f"{'✓' if good else '✗'} '{PROMPT}', seed {SEED}, {STEPS} steps: our picture differs from diffusers' by at most {gap.max()} of 255, {gap.mean():.4f} on average")
    if "final" in ours:
        d = ((ours["final"] - z).abs().max() / z.abs().max()).item(); good &= d < 1e-3; print(f"{'✓' if d < 1e-3 else '✗'} final latents within {d:.1e} of their range")
    sys.exit(0 if good else 1)

if __name__ == "__main__": main()
