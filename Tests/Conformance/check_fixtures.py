"""Are the stored fixtures what PyTorch answers on this machine? Writes them anew into a temporary copy of the folder and compares.

  python check_fixtures.py [--embedded FOLDER] [--scenes FOLDER]

Weights, tokens and everything random must be equal, computed values close: a stale fixture (weights replaced, script changed) is named.
"""
import argparse, os, shutil, subprocess, sys, tempfile
import numpy as np
from safetensors.numpy import load_file

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, ROOT + "/Tests/Fixtures/method")
from make_method_fixtures import load
TOLERANCE = 2e-3  # of a tensor's largest magnitude: two float32 machines differ by this after ten steps, a stale file by far more
METHOD = ["sd15_prior", "sd21_no_prior"]  # two of the thirteen: the others differ only in options


def gap(have, want):
    if have.shape != want.shape: return float("inf")
    if want.dtype.kind != "f": return 0. if np.array_equal(have, want) else float("inf")
    difference = np.abs(have.astype(np.float64) - want).max(initial=0.)
    return difference / max(np.abs(want.astype(np.float64)).max(initial=0.), 1e-9)


def compare(a, b, name):
    """The worst key of stored tensors and fresh ones, and whether the file stands."""
    if set(a) != set(b): print(f"✗ {name}: keys differ: {sorted(set(a) ^ set(b))[:5]}"); return False
    # Exactly zero in theory: whatever rounding left there is no message.
    gaps = {k: gap(a[k], b[k]) for k in b if not k.endswith("k_proj.bias") or ".gradient" not in "." + k}
    worst = max(gaps, key=gaps.get); good = gaps[worst] <= TOLERANCE
    print(f"{'✓' if good else '✗'} {name}: at most {gaps[worst]:.1e} ({worst})"); return good


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--embedded", default=ROOT + "/stdlib/models/collage"); p.add_argument("--scenes", default=ROOT + "/stdlib/scenes"); a = p.parse_args(); good = True
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(f"{ROOT}/Tests/Fixtures", f"{folder}/Tests/Fixtures"); shutil.copytree(f"{ROOT}/Tests/Conformance", f"{folder}/Tests/Conformance")
        options = ["--embedded", a.embedded]; quiet = dict(check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run([sys.executable, f"{folder}/Tests/Fixtures/models/make_model_fixtures.py", *options], **quiet)
        subprocess.run([sys.executable, f"{folder}/Tests/Fixtures/method/make_method_fixtures.py", *options, "--scenes", a.scenes, *METHOD], **quiet)
        models = f"{ROOT}/Tests/Fixtures/models"
        names = sorted(os.path.relpath(os.path.join(d, f), f"{ROOT}/Tests/Fixtures") for d, _, files in os.walk(models) for f in files if f.endswith(".safetensors"))
        for name in METHOD: good &= compare(load(f"{ROOT}/Tests/Fixtures/method", name), load(f"{folder}/Tests/Fixtures/method", name), f"method/{name}")
        for name in names:
            if "tiny-sd21/unet" in name:  # bfloat16, which numpy lacks: byte for byte
                same = open(f"{ROOT}/Tests/Fixtures/{name}", "rb").read() == open(f"{folder}/Tests/Fixtures/{name}", "rb").read()
                print(f"{'✓' if same else '✗'} {name}: {'equal' if same else 'differs'}"); good &= same; continue
            good &= compare(load_file(f"{ROOT}/Tests/Fixtures/{name}"), load_file(f"{folder}/Tests/Fixtures/{name}"), name)
    sys.exit(0 if good else 1)

if __name__ == "__main__": main()
