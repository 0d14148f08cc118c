"""Writes the oracle of the method: Tests/Conformance/break_a_scene.py --fixture 10 on the tiny models of ../models and on the embedded model.

  python make_method_fixtures.py [--embedded FOLDER] [--scenes FOLDER] [--check] [NAME …]

--check also runs each fixture in double precision with the same random numbers and prints how far plain float32 PyTorch is from it:
what no float32 engine can be blamed for. README.md lists the keys.
"""
import argparse, hashlib, json, os, subprocess, sys
import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

HERE = os.path.dirname(os.path.abspath(__file__)); ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, ROOT + "/Tests/Conformance")

# name: (model, scene, options). lr2 1e-3 moves far enough in ten steps for a wrong optimizer to show; 2e-6 is the paper's.
COLLAGE = "--attention-weight 0.1 --no-flip --guidance 3 --init dish,flower --prior-prompts".split() + ["a photo at the beach|a photo in the snow|a photo of a bird"]
FIXTURES = {
    "collage_prior": ("tiny-collage", "mug_rose", ["--lr2", "1e-3"]),
    "collage_small_rate": ("tiny-collage", "mug_rose", ["--init", "dish,flower"]),
    "collage_three_things": ("tiny-collage", "mug_cow_sombrero", ["--lr2", "1e-3", "--prior", "0", "--seed", "3"]),
    "sd15_prior": ("tiny-sd15", "mug_rose", ["--lr2", "1e-3", "--seed", "1"]),
    "sd15_no_prior": ("tiny-sd15", "mug_cow_sombrero", ["--lr2", "1e-3", "--prior", "0"]),
    "sd15_clipped": ("tiny-sd15", "mug_rose", ["--lr2", "1e-3", "--attention-weight", "8", "--prior-weight", "0.5"]),  # phase one's gradient exceeds the norm 1
    "sd15_no_mask": ("tiny-sd15", "mug_rose", ["--lr2", "1e-3", "--no-mask", "--no-flip"]),
    "sd15_single_no_attention": ("tiny-sd15", "mug_rose", ["--lr2", "1e-3", "--single", "--no-attention"]),
    "sd15_per_layer": ("tiny-sd15", "mug_rose", ["--lr1", "5e-3", "--lr2", "1e-3", "--seed", "1", "--per-layer"]),
    "sd21_prior": ("tiny-sd21", "mug_rose", ["--lr2", "1e-3", "--seed", "4"]),
    "sd21_no_prior": ("tiny-sd21", "mug_cow_sombrero", ["--lr2", "1e-3", "--prior", "0"]),
    "sd21_small_rate": ("tiny-sd21", "mug_rose", ["--prior", "0", "--seed", "2"]),
    "embedded_collage": ("embedded", "mug_rose", ["--lr1", "5e-3", "--lr2", "3e-4", *COLLAGE]),
    "embedded_defaults": ("embedded", "mug_rose", []),
}


def arguments(name, a):
    model, scene, options = FIXTURES[name]
    return [a.embedded if model == "embedded" else f"{HERE}/../models/{model}", f"{a.scenes}/{scene}", f"{HERE}/{name}", "--fixture", "10", *options]


def metadata(path):
    with safe_open(path, "numpy") as f: return f.metadata()


def load(folder, name):
    """The tensors of a fixture, those that lie in shared.safetensors too."""
    path = f"{folder}/{name}.safetensors"; places = json.loads(metadata(path).get("shared", "{}"))
    shared = load_file(f"{folder}/shared.safetensors") if places else {}
    return {**load_file(path), **{key: shared[place] for key, place in places.items()}}


def share(folder):
    """Puts what several fixtures hold in common (photo, masks, prior pictures, noise of the same seed) once into shared.safetensors."""
    names = [name for name in FIXTURES if os.path.exists(f"{folder}/{name}.safetensors")]
    tensors, about, owners = {name: load(folder, name) for name in names}, {name: metadata(f"{folder}/{name}.safetensors") for name in names}, {}
    digest = lambda v: (v.dtype.str, v.shape, hashlib.sha256(v.tobytes()).digest())
    for name in names:
        for key, value in tensors[name].items():
            if value.nbytes >= 512: owners.setdefault(digest(value), []).append((name, key))
    shared, places = {}, {name: {} for name in names}
    for first, *others in owners.values():
        if not others: continue
        place = "/".join(first); shared[place] = tensors[first[0]][first[1]]
        for name, key in (first, *others): places[name][key] = place; del tensors[name][key]
    save_file(shared, f"{folder}/shared.safetensors")
    for name in names: save_file(tensors[name], f"{folder}/{name}.safetensors", {**about[name], "shared": json.dumps(places[name], sort_keys=True)})


def write(name, a):
    """Runs the script; then shortens the settings' folders to names, so that the file does not depend on where it was made."""
    subprocess.run([sys.executable, ROOT + "/Tests/Conformance/break_a_scene.py", *arguments(name, a)], check=True, stderr=subprocess.DEVNULL, cwd=HERE)
    path = f"{HERE}/{name}.safetensors"; tensors = {k: np.ascontiguousarray(v) for k, v in load_file(path).items()}
    settings = metadata(path)["settings"]
    model, scene, _ = FIXTURES[name]
    for given, short in zip(arguments(name, a), (model, scene, name)): settings = settings.replace(given, short)
    narrow = {k: v.astype(np.int32) if v.dtype == np.int64 else v for k, v in tensors.items()}
    save_file(narrow, path, {"settings": settings, "model": model, "scene": scene})
    size = os.path.getsize(path); norms = [v.item() for k, v in sorted(tensors.items()) if k.endswith("gradient_norm")]
    print(f"{name}: {size / 1e6:.2f} MB, gradient norms {min(norms[:10]):.3g}…{max(norms[:10]):.3g} → {min(norms[10:]):.3g}…{max(norms[10:]):.3g}", flush=True); assert size < 1.5e6


def double_precision(name, a):
    """The same ten steps in float64, all random numbers drawn in float32 as before."""
    import torch
    import break_a_scene as b
    randn, read = torch.randn, b.read_scene
    torch.nn.Module.float = torch.nn.Module.double; single = lambda *s, **k: randn(*s, **k, dtype=torch.float32)
    torch.randn = lambda *s, **k: single(*s, **k).double(); torch.randn_like = lambda z: single(*z.shape).double()
    normal = torch.Tensor.normal_; torch.Tensor.normal_ = lambda t, mean=0, std=1, generator=None: t.copy_(normal(torch.empty(t.shape), mean, std, generator=generator))
    b.read_scene = lambda *x: [t.double() for t in read(*x)]
    stored = {}; b.save_file = lambda tensors, path, metadata: stored.update(tensors)
    sys.argv = ["break_a_scene.py", *arguments(name, a)]; b.main()
    have, worst = load(HERE, name), {}
    for k, v in stored.items():
        kind = k.split(".", 1)[-1].split(".")[0]; x, y = have[k].astype(float), np.asarray(v, float)
        if kind in ("losses", "gradient_norm", "handles", "change", "prior_mean", "prior_std"):
            gap = np.abs(x - y) / (np.abs(y) if kind == "losses" else np.abs(y).max()).clip(1e-12); label = f"{kind} of phase {1 + (int(k[:2]) > 10)}" if k[:2] != "00" else kind
            worst[label] = max(worst.get(label, (0, "")), (float(gap.max()), k))
    for label, (gap, k) in sorted(worst.items()): print(f"    {label}: {gap:.1e} ({k})", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("names", nargs="*")
    p.add_argument("--embedded", default=ROOT + "/stdlib/models/collage"); p.add_argument("--scenes", default=ROOT + "/stdlib/scenes"); p.add_argument("--check", action="store_true"); p.add_argument("--keep", action="store_true", help="write nothing, only check"); p.add_argument("--only-check", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.only_check: print(a.only_check); return double_precision(a.only_check, a)
    for name in a.names or FIXTURES:
        if not a.keep: write(name, a)
    share(HERE)
    for name in a.names or FIXTURES:
        if a.check or a.keep: subprocess.run([sys.executable, __file__, "--embedded", a.embedded, "--scenes", a.scenes, "--only-check", name], check=True, stderr=subprocess.DEVNULL)

if __name__ == "__main__": main()
