"""Stable Diffusion at its real size, with random weights by diffusers' own classes: our engine beside diffusers, in 256 px and one U-Net pass at 512 px.

  python full_size.py [--bas .build/release/bas] [--version v1|v2] [--dtype float16|float32|bfloat16] [--keep FOLDER] [--skip-speed] [--skip-single]

Writes a folder (structure, names, dtypes, shards as in the real ones; the tokenizer is the smallest that has 49,408 tokens), then compares one text
encoding, one U-Net pass, one VAE encoding and decoding; a single-file checkpoint of the same weights, ours and diffusers' from_single_file; reports peak
memory and time. Needs about 12 GB of memory and 10 GB of disk. Exits with 1 where something differs.
"""
import argparse, importlib.util, json, os, resource, shutil, subprocess, sys, tempfile, time
import numpy as np, torch
from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextModel, CLIPTokenizer

HERE = os.path.dirname(os.path.abspath(__file__)); ROOT = os.path.dirname(os.path.dirname(HERE))
spec = importlib.util.spec_from_file_location("names", ROOT + "/Tests/Fixtures/single_file/make_names.py"); names = importlib.util.module_from_spec(spec); spec.loader.exec_module(names)
PROMPT = "a photo of a dog"


def tokenizer(folder):
    """49,406 pieces of bytes and the two ends: the ids reach the end of the real table."""
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256)); rest = [b for b in range(256) if b not in printable]
    letters = [chr(b) for b in printable] + [chr(256 + i) for i in range(len(rest))]
    pieces = letters + [c + "</w>" for c in letters]
    merges, pairs = [], [(a, b) for a in letters[64:] for b in [c + "</w>" for c in letters] + letters]
    for a, b in pairs:
        if len(pieces) == 49406: break
        merges.append(f"{a} {b}"); pieces.append(a + b)
    assert len(pieces) == 49406
    os.makedirs(folder); json.dump({p: i for i, p in enumerate(pieces + ["<|startoftext|>", "<|endoftext|>"])}, open(folder + "/vocab.json", "w"))
    open(folder + "/merges.txt", "w").write("#version: 0.2\n" + "\n".join(merges) + "\n")
    json.dump({"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}, open(folder + "/special_tokens_map.json", "w"))
    json.dump({"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
               "do_lower_case": True, "add_prefix_space": False, "errors": "replace"}, open(folder + "/tokenizer_config.json", "w"))


def write_folder(folder, version, dtype):
    torch.manual_seed(0); parts = names.build(version)
    counts = [sum(p.numel() for p in part.parameters()) for part in parts]
    expected = [859_520_964, 83_653_863, 123_060_480] if version == "v1" else [865_910_724, 83_653_863, 340_387_840]
    assert counts == expected, counts
    for part, name in zip(parts, ("unet", "vae", "text_encoder")):
        part.to(dtype).save_pretrained(f"{folder}/{name}", max_shard_size="1GB", **({"variant": "fp16"} if name == "unet" and dtype == torch.float16 else {}))
    PNDMScheduler(beta_start=.00085, beta_end=.012, beta_schedule="scaled_linear", skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1).save_pretrained(folder + "/scheduler")
    tokenizer(folder + "/tokenizer")
    json.dump({"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.6.0", "feature_extractor": ["transformers", "CLIPImageProcessor"],
               "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"], "scheduler": ["diffusers", "PNDMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
               "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}, open(folder + "/model_index.json", "w"))
    return parts


def run(bas, program, where):
    """Seconds and peak memory in GiB of a program."""
    start = time.time(); before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    child = subprocess.Popen([bas, "-e", program], cwd=where, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True); text, _ = child.communicate()
    if child.returncode: sys.exit(f"bas ended with {child.returncode}:\n{program}\n{text[-3000:]}")
    return time.time() - start, max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 2 ** 20, text


def compare(ours, theirs, what, tolerance=1e-3):
    gap = (ours.double() - theirs.double()).abs().max().item() / theirs.double().abs().max().item(); good = gap < tolerance
    print(f"{'✓' if good else '✗'} {what}: {gap:.1e} of the range", flush=True); return good


def nchw(x): return x.permute(0, 3, 1, 2)


@torch.no_grad()
def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("--bas", default=ROOT + "/.build/release/bas")
    p.add_argument("--version", default="v1", choices=["v1", "v2"]); p.add_argument("--dtype", default="float16", choices=["float16", "float32", "bfloat16"])
    p.add_argument("--keep"); p.add_argument("--skip-speed", action="store_true"); p.add_argument("--skip-single", action="store_true"); a = p.parse_args()
    a.bas = os.path.abspath(a.bas); torch.set_num_threads(os.cpu_count()); good = True
    where = a.keep or tempfile.mkdtemp(prefix="full-size-"); folder = where + "/sd"; os.makedirs(folder, exist_ok=True)
    try:
        parts = write_folder(folder, a.version, getattr(torch, a.dtype)); unet, vae, text = parts
        print(f"{a.version}, {a.dtype}: parameter counts as published; {sorted(os.listdir(folder + '/unet'))}", flush=True)
        seed = torch.Generator().manual_seed(1); x, picture = torch.randn(1, 32, 32, 4, generator=seed), torch.rand(1, 256, 256, 3, generator=seed) * 2 - 1
        big = torch.randn(1, 64, 64, 4, generator=seed); save_file({"x": x, "picture": picture, "big": big}, where + "/in.safetensors")
        if not a.skip_single:
            save_file({k: v.contiguous().clone() for k, v in names.to_original(a.version, *(m.state_dict() for m in parts)).items()}, where + "/single.safetensors")
            if not os.path.exists(where + "/tokenizer"): shutil.copytree(folder + "/tokenizer", where + "/tokenizer")
        for part in parts: part.float().eval()
        words = CLIPTokenizer.from_pretrained(folder + "/tokenizer")
        ids = words([PROMPT], padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
        hidden = text(ids).last_hidden_state
        expected = {"text": hidden, "noise": unet(nchw(x), 500, hidden).sample, "latents": vae.encode(nchw(picture)).latent_dist.mean * .18215, "picture": vae.decode(nchw(x)).sample}
        seconds = []
        if not a.skip_speed:
            for _ in range(3): start = time.time(); unet(nchw(big), 500, hidden); seconds.append(time.time() - start)
        torch_seconds = min(seconds) if seconds else None
        del unet, vae, text, parts
        outputs = ('save_tensors("{0}.safetensors", {{text: encode_prompts(m, "%s"), noise: predict_noise(m, i.x, 500, "%s").noise, latents: encode(m, i.picture, sampled=false), '
                   'picture: tensor(decode(m, i.x * 0.18215))}})' % (PROMPT, PROMPT))
        for name, load in [("folder", '"sd"')] + ([] if a.skip_single else [("single", '"single.safetensors", prediction="epsilon"')]):
            wall, peak, _ = run(a.bas, f'm = load_model({load}); i = load_tensors("in.safetensors"); ' + outputs.format(name), where)
            mine = load_file(f"{where}/{name}.safetensors"); print(f"{name}: {wall:.1f} s in all, peak {peak:.2f} GiB", flush=True)
            good &= compare(mine["text"], expected["text"], f"{name}: text encoding") & compare(nchw(mine["noise"]), expected["noise"], f"{name}: U-Net at 256 px")
            good &= compare(nchw(mine["latents"]), expected["latents"], f"{name}: VAE encoding")
            good &= compare(nchw(mine["picture"]), expected["picture"].clamp(-1, 1), f"{name}: VAE decoding (a picture of 8 bits)", 1e-2)
        if torch_seconds:
            program = ('m = load_model("sd"); i = load_tensors("in.safetensors"); a = predict_noise(m, i.big, 500, "%s"); ' % PROMPT
                       + "; ".join('t = time(); a = predict_noise(m, i.big, 500, "%s"); print(time() - t)' % PROMPT for _ in range(3)))
            wall, peak, output = run(a.bas, program, where)
            ours = min(float(line) for line in output.split() if line.replace(".", "", 1).isdigit())
            print(f"U-Net at 512 px: ours {ours:.2f} s, PyTorch float32 {torch_seconds:.2f} s, ratio {torch_seconds / ours:.2f}; peak {peak:.2f} GiB", flush=True)
    finally:
        if not a.keep: shutil.rmtree(where)
    sys.exit(0 if good else 1)


if __name__ == "__main__": main()
