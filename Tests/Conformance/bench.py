"""`make bench`: the same work by PyTorch + diffusers (the best of its own ways) and by our engine, in one run on this machine.

  python bench.py [--bas .build/release/bas] [--rounds 2] [--json FILE]

The work, on the embedded model: phase-one and phase-two step (prior and instance in one batch, attention loss on) on mug_rose, a 30-step picture with
guidance, training everything at batch 48, and the whole job from process start to four pictures (50 + 50 steps, two prior pictures). PyTorch's is
break_a_scene.py --time --compile, ours `bas bench --json`. Each is run --rounds times, alternating, best kept of both; beside each ratio its aim.
"""
import argparse, json, os, subprocess, sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STEPS = 50
JOB = f"""photo = load_scene("mug_rose")
base = load_model("collage")
first = phase1(base, photo, init=["dish", "flower"], steps={STEPS}, prior=2, seed=1, contexts=[], zoom=0)
model = phase2(first, photo, steps={STEPS}, prior=2, seed=1, contexts=[], zoom=0)
a, b = model.handles
save_image(grid(generate(model, "a photo of {{a}} and {{b}}", n=4, seed=1)), "OUT.png")
"""
# what both give in seconds (or in samples a second), under the same key; aim of the ratio
ROWS = dict(phase1=("phase-one step", "ms", 3), phase2=("phase-two step", "ms", 2.5), picture30=("30-step picture", "ms", 2.5),
            samples_per_second=("training, batch 48", "samples/s", 2), job=(f"whole job, 2 × {STEPS} steps", "s", 4))
THREADS = dict(phase1=1.8, phase2=1.8, picture30=1.8, samples_per_second=1.8)


BEGUN = time.time()

def say(text):
    """What is being done, on standard error: a round takes minutes."""
    elapsed = int(time.time() - BEGUN); print(f"bench, {elapsed // 60}:{elapsed % 60:02} min: {text}", file=sys.stderr, flush=True)

def run(command, **environment):
    """What a command prints. What it says on standard error is passed on at once, and told again where it fails."""
    errors = []
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
    def pass_on():
        for line in child.stderr:
            errors.append(line)
            if line.startswith(("bas bench,", "PyTorch bench,")): print("   " + line, end="", file=sys.stderr, flush=True)
    reader = threading.Thread(target=pass_on); reader.start(); output = child.stdout.read(); reader.join()
    if child.wait() != 0: sys.exit(f"{' '.join(command)} ended with {child.returncode}:\n{''.join(errors)[-2000:]}{output[-500:]}")
    return output

def last_json(command, **environment):
    """The last line of the output that is a JSON object (or the whole output, if that is one)."""
    output = run(command, **environment)
    for text in [output, *reversed(output.splitlines())]:
        try: value = json.loads(text)
        except ValueError: continue
        if isinstance(value, dict): return value
    sys.exit(f"{' '.join(command)} printed no JSON:\n{output[-2000:]}")

def seconds(command, **environment):
    start = time.time(); run(command, **environment); return time.time() - start

def written(unit, value): return f"{value * 1000:.1f} ms" if unit == "ms" else f"{value:.1f} {unit}"
def speedup(key, ours, theirs): return ours / theirs if key == "samples_per_second" else theirs / ours
def best(key, runs): return (max if key.startswith("samples_per_second") else min)(r[key] for r in runs if key in r)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("--bas", default=ROOT + "/.build/release/bas")
    p.add_argument("--rounds", type=int, default=2); p.add_argument("--threads", type=int, default=os.cpu_count()); p.add_argument("--json", help="also write everything measured here"); a = p.parse_args()
    peer = [sys.executable, ROOT + "/Tests/Conformance/break_a_scene.py", ROOT + "/stdlib/models/collage", ROOT + "/stdlib/scenes/mug_rose"]
    a.bas = os.path.abspath(a.bas); theirs, ours, alone = [], [], []; threads = str(a.threads)
    rounded = [] if subprocess.run([a.bas, "-e", 'with products("bf16") { 1 }'], capture_output=True).returncode else ["--products", "bf16"]      # where the processor can
    with tempfile.TemporaryDirectory() as folder:
        script = folder + "/job.bas"; open(script, "w").write(JOB.replace("OUT.png", folder + "/ours.png"))
        job = [*peer, folder + "/theirs", "--phase1", str(STEPS), "--phase2", str(STEPS), "--prior", "2", "--pictures", "4", "--init", "dish,flower", "--lr1", "5e-3", "--lr2", "3e-4", "--attention-weight", "0.1", "--guidance", "3"]
        for number in range(1, a.rounds + 1):
            round_ = f"round {number} of {a.rounds}"; say(f"{round_}: PyTorch on {threads} threads, steps, pictures and training, eager and compiled (minutes)")
            measured = last_json([*peer, "unused", "--time", "--compile"], THREADS=threads); say(f"{round_}: PyTorch, the whole job")
            theirs.append(dict(measured, job=seconds(job, THREADS=threads))); print("PyTorch", json.dumps(theirs[-1]), flush=True)
            say(f"{round_}: bas on {threads} threads")
            measured = last_json([a.bas, "bench", "--json", *rounded], BAS_THREADS=threads); say(f"{round_}: bas, the whole job")
            ours.append(dict(measured, job=seconds([a.bas, "run", "-q", script], BAS_THREADS=threads))); print("bas    ", json.dumps(ours[-1]), flush=True)
            say(f"{round_}: bas on one thread")
            alone.append(last_json([a.bas, "bench", "--json"], BAS_THREADS="1")); print("bas, one thread", json.dumps(alone[-1]), flush=True)
    if missing := [k for k in ROWS if k not in ours[0]]: sys.exit(f"`bas bench --json` gives no {', '.join(missing)}: its object needs {', '.join(ROWS)}")
    print(f"\n| {'work':<26} | {'bas':>14} | {'PyTorch':>14} | faster | aim |\n|---|---|---|---|---|"); result = {}
    for k, (name, unit, aim) in ROWS.items():
        mine, peer_ = best(k, ours), best(k, theirs); result[k] = dict(bas=mine, pytorch=peer_, ratio=speedup(k, mine, peer_), aim=aim)
        print(f"| {name:<26} | {written(unit, mine):>14} | {written(unit, peer_):>14} | {result[k]['ratio']:.2f}× | {aim}× |")
        if rounded and k == "samples_per_second":
            mine = best("samples_per_second_bf16", ours); result["samples_per_second_bf16"] = dict(bas=mine, ratio=mine / peer_)
            print(f"| {'the same, bf16 products':<26} | {written(unit, mine):>14} | {'(float32)':>14} | {mine / peer_:.2f}× |  |")
    if a.threads > 1:
        print(f"\n| {'bas, ' + threads + ' threads over one':<26} | one thread | faster | aim for two |\n|---|---|---|---|")
        for k, aim in THREADS.items(): print(f"| {ROWS[k][0]:<26} | {written(ROWS[k][1], best(k, alone)):>14} | {speedup(k, best(k, ours), best(k, alone)):.2f}× | {aim}× |")
    print(f"\nPyTorch {theirs[0]['torch']}, {theirs[0]['threads']} threads, the best of its two memory formats, eager and compiled; best of {a.rounds} rounds each.")
    for note in dict.fromkeys(n for r in theirs for n in r.get("notes", [])): print("PyTorch,", note)
    print("\nOf the machine's limit: work (direct equivalent, GFLOP) / time / rate of products that stay in cache:")
    for k, gflop in dict(phase1=3.0, phase2=4.5, picture30=52).items(): rate = gflop / result[k]["bas"]; print(f"  {ROWS[k][0]:<18} {rate:6.0f} of {best_peak(ours):.0f} GFLOP/s: {100 * rate / best_peak(ours):.0f} %")
    for k in ("processor", "vectors", "blas_core", "threads", "load", "startup", "peak_memory"):
        if k in ours[-1]: print(f"bas {k}: {ours[-1][k]}")
    if a.json: json.dump(dict(bas=ours, one_thread=alone, pytorch=theirs, best=result), open(a.json, "w"), indent=1)

def best_peak(runs): return max(r.get("peak_gflops", 0) for r in runs)

if __name__ == "__main__": main()
