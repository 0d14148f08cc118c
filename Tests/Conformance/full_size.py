"""Stable Diffusion at its real size, with random weights by diffusers' own classes: our engine beside diffusers, in 256 px and one U-Net pass at 512 px.

  python full_size.py [--bas .build/release/bas] [--version v1|v2] [--dtype float16|float32|bfloat16] [--keep FOLDER] [--skip-speed] [--skip-single] [--skip-training] [--skip-memory]

Writes a folder (structure, names, dtypes, shards as in the real ones; the tokenizer is the smallest that has 49,408 tokens), then compares one text
encoding, one U-Net pass, one VAE encoding and decoding; a single-file checkpoint of the same weights, ours and diffusers' from_single_file; one training step
of each phase (losses, gradients, handles); then measures what we aim at in 512 px, memory of drawing and training and the U-Net's speed, beside the aim.
Needs about 21 GB of memory and 10 GB of disk. Exits with 1 where something differs; an aim that is missed is no difference.
"""
import argparse, gc, importlib.util, json, os, resource, shutil, subprocess, sys, tempfile, time, traceback
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
    """Seconds, peak memory in GiB and output of a program. Started by a small process: what a child of this one is said to have used at most begins with all of PyTorch."""
    start = time.time()
    child = subprocess.run([sys.executable, "-c", "import resource, subprocess, sys; r = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True); "
                            "print(r.stdout[-3000:]); print(r.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2 ** 20)", bas, "-e", program], cwd=where, capture_output=True, text=True)
    status, peak = child.stdout.split("\n")[-2].split()
    if status != "0": sys.exit(f"bas ended with {status}:\n{program}\n{child.stdout[-3000:]}")
    return time.time() - start, float(peak), child.stdout


def compare(ours, theirs, what, tolerance=1e-3):
    gap = (ours.double() - theirs.double()).abs().max().item() / theirs.double().abs().max().item(); good = gap < tolerance
    print(f"{'✓' if good else '✗'} {what}: {gap:.1e} of the range", flush=True); return good


STEP_PROMPT = "a photo of <asset0> and <asset1>"
# The language's own primitives: what is random comes from the file.
STEP = """
fn losses(m) {
    out = predict_noise(m, i.noisy, 500, "%s")
    maps = [attention_map(out.attention, h) for h in m.handles]
    { rec: mean(((i.noise - out.noise) * i.mask) ** 2), att: apart(maps[0], i.goal[0]) + apart(maps[1], i.goal[1]) }
}
fn apart(map, goal) { mean((map / max(map) - goal) ** 2) }
fn numbers(l, g) { tensor([float(l.rec), float(l.att), g.norm]) }
# With eps = 1 a first step of AdamW is nearly the gradient itself.
fn moved(m, g) { stack([h.embedding for h in update(m, adamw(m.handles, lr=1, eps=1, weight_decay=0), g)[0].handles]) }
m = add_handles(load_model("sd"), {"<asset0>": i.handles[0], "<asset1>": i.handles[1]})
l = losses(m); g = grad(l.rec + 0.01 * l.att, m.handles)
one = { numbers: numbers(l, g), gradient: moved(m, g), step: stack([h.embedding for h in update(m, adamw(m.handles, lr=5e-3), clip(g))[0].handles]) }
g = none; l = none
whole = require_grad(m, "all"); l = losses(whole); g = grad(l.rec + 0.01 * l.att, whole.parameters)
save_tensors({ numbers1: one.numbers, gradient1: one.gradient, step1: one.step, numbers2: numbers(l, g) }, "step.safetensors")
""" % STEP_PROMPT


def training_step(parts, words, where, given):
    """What a step of each phase gives in PyTorch: losses and gradient norm, the handles' gradient, the handles after a step of AdamW (phase one)."""
    spec = importlib.util.spec_from_file_location("reference", HERE + "/break_a_scene.py"); reference = importlib.util.module_from_spec(spec); spec.loader.exec_module(reference)
    unet, text = parts; recorder = reference.Recorder()
    unet.set_attn_processor({n: reference.RecordingAttention(recorder) if "attn2" in n and not n.startswith("mid") else reference.AttnProcessor2_0() for n in unet.attn_processors})
    names = ["<asset0>", "<asset1>"]; words.add_tokens(names); text.resize_token_embeddings(len(words), mean_resizing=False); table = text.get_input_embeddings().weight
    tokens = words.convert_tokens_to_ids(names); ids = words([STEP_PROMPT], padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    with torch.no_grad(): table[tokens] = given["handles"]
    out = {}
    for phase in (1, 2):
        for p in [*unet.parameters(), *text.parameters()]: p.requires_grad_(phase == 2); p.grad = None
        table.requires_grad_(True); recorder.on, recorder.maps = True, []
        noise = unet(nchw(given["noisy"]), 500, text(ids).last_hidden_state).sample; A = torch.cat([m[-1] for m in recorder.maps]).mean(0)
        rec = torch.nn.functional.mse_loss(noise * nchw(given["mask"]), nchw(given["noise"]) * nchw(given["mask"]))
        maps = [A[..., (ids[0] == t).nonzero().item()] for t in tokens]; att = sum(((w / w.max() - g) ** 2).mean() for w, g in zip(maps, given["goal"]))
        (rec + .01 * att).backward(); g = table.grad[tokens].clone()
        norm = g.norm() if phase == 1 else torch.stack([p.grad.norm() for p in [*unet.parameters(), *text.parameters()] if p.grad is not None]).norm()
        out[f"numbers{phase}"] = torch.stack([rec.detach(), att.detach(), norm])
        if phase == 1:
            out["gradient1"] = given["handles"] - g / (g.abs() + 1)
            handles = torch.nn.Parameter(given["handles"].clone()); handles.grad = g * min(1., 1 / (norm.item() + 1e-6)); torch.optim.AdamW([handles], lr=5e-3).step(); out["step1"] = handles.detach()
    return out


def aims(a, where, forward):
    """The table of aims. A batch of two photos takes what a photo with a prior picture does."""
    train = 'm = add_handles(load_model("sd"), 2); s = load_scene("mug_rose"); r = %s(m, s, steps=2, batch=2, prior_weight=0, seed=1%s)'
    rows = [("drawing a picture, 512 px", 6, 'p = generate(load_model("sd"), "a photo of a dog", steps=2, seed=1)'),
            ("phase one", 9, train % ("phase1", "")), ("phase two, lora", 10, train % ("phase2", ', train="lora", gradient_checkpointing=true')),
            ("phase two, all" + (", optimizer_bits=8" if a.version == "v2" else ""), 20, train % ("phase2", ", gradient_checkpointing=true" + (", optimizer_bits=8" if a.version == "v2" else "")))]
    print(f"\n{'at 512 px, batch of two samples':40} {'aim':>12} {'measured':>12} {'planned':>12}")
    for name, aim, program in rows:
        wall, peak, text = run(a.bas, program, where)
        planned = [float(w[0]) * (1e9 if w[1] == "GB" else 1e6) / 2 ** 30 for w in ([line.split("about ")[1].split()[:2] for line in text.split("\n") if "about " in line and "of memory" in line])[:1]]
        print(f"{name:40} {'< %.0f GiB' % aim:>12} {'%.2f GiB' % peak:>12} {'%.2f GiB' % planned[0] if planned else '':>12}   {wall:.0f} s in all", flush=True)
    if forward: print(f"{'U-Net forward beside PyTorch float32':40} {'>= 1.3x':>12} {'%.2fx' % forward:>12}")


def nchw(x): return x.permute(0, 3, 1, 2)


def apart(work):
    """What `work` returns, from a process of its own: its memory is free again for what is measured afterwards."""
    reader, writer = os.pipe(); child = os.fork()
    if child == 0:
        try: os.write(writer, json.dumps(work()).encode()); sys.stdout.flush(); os._exit(0)
        except BaseException: traceback.print_exc(); sys.stderr.flush()
        os._exit(1)
    os.close(writer); text = b"".join(iter(lambda: os.read(reader, 65536), b"")); os.waitpid(child, 0)
    if not text: sys.exit(1)
    return json.loads(text)


@torch.no_grad()
def compared(a, where, folder):
    """Whether everything is equal, and how much faster our U-Net is than PyTorch's (None where that was not asked for)."""
    torch.set_num_threads(os.cpu_count()); good = True
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
    torch_seconds = min(seconds) if seconds else None; step = None
    if not a.skip_training:
        given = {"handles": torch.randn(2, text.config.hidden_size, generator=seed) * .02, "noisy": x, "noise": torch.randn(1, 32, 32, 4, generator=seed),
                 "mask": (torch.rand(1, 32, 32, 1, generator=seed) > .5).float(), "goal": (torch.rand(2, 16, 16, generator=seed) > .7).float()}
        save_file(given, where + "/given.safetensors")
        with torch.enable_grad(): step = training_step((unet, text), words, where, given)
    del unet, vae, text, parts; gc.collect()
    outputs = ('save_tensors({{text: encode_prompts(m, "%s"), noise: predict_noise(m, i.x, 500, "%s").noise, latents: encode(m, i.picture, sampled=false), '
               'picture: tensor(decode(m, i.x * 0.18215))}}, "{0}.safetensors")' % (PROMPT, PROMPT))
    for name, load in [("folder", '"sd"')] + ([] if a.skip_single else [("single", '"single.safetensors", prediction="epsilon"')]):
        wall, peak, _ = run(a.bas, f'm = load_model({load}); i = load_tensors("in.safetensors"); ' + outputs.format(name), where)
        mine = load_file(f"{where}/{name}.safetensors"); print(f"{name}: {wall:.1f} s in all, peak {peak:.2f} GiB", flush=True)
        good &= compare(mine["text"], expected["text"], f"{name}: text encoding") & compare(nchw(mine["noise"]), expected["noise"], f"{name}: U-Net at 256 px")
        good &= compare(nchw(mine["latents"]), expected["latents"], f"{name}: VAE encoding")
        good &= compare(nchw(mine["picture"]), expected["picture"].clamp(-1, 1), f"{name}: VAE decoding (a picture of 8 bits)", 1e-2)
    if step:
        _, peak, _ = run(a.bas, 'i = load_tensors("given.safetensors")' + STEP, where); mine = load_file(where + "/step.safetensors")
        print(f"training steps at 256 px: peak {peak:.2f} GiB", flush=True)
        for phase in (1, 2):
            for index, what in enumerate(("reconstruction loss", "attention loss", "gradient norm")):
                good &= compare(mine[f"numbers{phase}"][index:index + 1], step[f"numbers{phase}"][index:index + 1], f"phase {phase}: {what}")
        good &= compare(mine["gradient1"] - given["handles"], step["gradient1"] - given["handles"], "phase 1: the handles' gradient")
        good &= compare(mine["step1"], step["step1"], "phase 1: handles after a step of AdamW")
    ratio = None
    if torch_seconds:
        program = ('m = load_model("sd"); i = load_tensors("in.safetensors"); a = predict_noise(m, i.big, 500, "%s"); ' % PROMPT
                   + "; ".join('t = time(); a = predict_noise(m, i.big, 500, "%s"); print(time() - t)' % PROMPT for _ in range(3)))
        wall, peak, output = run(a.bas, program, where)
        ours = min(float(line) for line in output.split("\n")[:-2] if line.strip().replace(".", "", 1).isdigit())
        print(f"U-Net at 512 px: ours {ours:.2f} s, PyTorch float32 {torch_seconds:.2f} s, ratio {torch_seconds / ours:.2f}; peak {peak:.2f} GiB", flush=True); ratio = torch_seconds / ours
    return bool(good), ratio


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("--bas", default=ROOT + "/.build/release/bas")
    p.add_argument("--version", default="v1", choices=["v1", "v2"]); p.add_argument("--dtype", default="float16", choices=["float16", "float32", "bfloat16"])
    p.add_argument("--keep"); p.add_argument("--skip-speed", action="store_true"); p.add_argument("--skip-single", action="store_true")
    p.add_argument("--skip-training", action="store_true"); p.add_argument("--skip-memory", action="store_true"); a = p.parse_args(); began = time.time()
    a.bas = os.path.abspath(a.bas)
    where = a.keep or tempfile.mkdtemp(prefix="full-size-"); folder = where + "/sd"; os.makedirs(folder, exist_ok=True)
    try:
        good, ratio = apart(lambda: compared(a, where, folder))
        if not a.skip_memory: aims(a, where, ratio)
        print(f"{a.version}: {time.time() - began:.0f} s in all", flush=True)
    finally:
        if not a.keep: shutil.rmtree(where)
    sys.exit(0 if good else 1)


if __name__ == "__main__": main()
