"""`make bench`: the same work by PyTorch + diffusers (the best of its own ways) and by our engine, one after the other on this machine.

  python bench.py [--bas .build/release/bas] [--rounds 2] [--json FILE]

The work: phase-one step and phase-two step (prior and instance in one batch, attention loss on) on mug_rose, and a 30-step picture with guidance,
on the embedded model. PyTorch's is break_a_scene.py --time, ours `bas bench --json`. Each is run --rounds times, alternating, best kept of both.
"""
import argparse, json, os, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROWS = dict(phase1="phase-one step", phase2="phase-two step", picture30="30-step picture")  # seconds, under these keys in both


def last_json(command, **environment):
    """The last line of the output that is a JSON object (or the whole output, if that is one)."""
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0: sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    for text in [done.stdout, *reversed(done.stdout.splitlines())]:
        try: value = json.loads(text)
        except ValueError: continue
        if isinstance(value, dict): return value
    sys.exit(f"{' '.join(command)} printed no JSON:\n{done.stdout[-2000:]}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("--bas", default=ROOT + "/.build/release/bas")
    p.add_argument("--rounds", type=int, default=2); p.add_argument("--threads", type=int, default=os.cpu_count()); p.add_argument("--json", help="also write everything measured here"); a = p.parse_args()
    peer = [sys.executable, ROOT + "/Tests/Conformance/break_a_scene.py", ROOT + "/stdlib/models/collage", ROOT + "/stdlib/scenes/mug_rose", "unused", "--time"]
    theirs, ours = [], []
    for _ in range(a.rounds):
        theirs.append(last_json(peer, THREADS=str(a.threads))); print("PyTorch", json.dumps(theirs[-1]), flush=True)
        ours.append(last_json([a.bas, "bench", "--json"])); print("bas    ", json.dumps(ours[-1]), flush=True)
    if missing := [k for k in ROWS if k not in ours[0]]: sys.exit(f"`bas bench --json` gives no {', '.join(missing)}: its object needs {', '.join(ROWS)} in seconds")
    best = {k: (min(r[k] for r in ours), min(r[k] for r in theirs)) for k in ROWS}
    print(f"\n| {'work':<16} | {'bas':>9} | {'PyTorch':>9} | bas / PyTorch |\n|---|---|---|---|")
    for k, (mine, peer_) in best.items(): print(f"| {ROWS[k]:<16} | {mine * 1000:>6.1f} ms | {peer_ * 1000:>6.1f} ms | {mine / peer_:>13.2f} |")
    print(f"\nPyTorch {theirs[0]['torch']}, {theirs[0]['threads']} threads, the faster of its two memory formats; best of {a.rounds} rounds each.")
    for k in ("machine", "cpu", "blas_core", "threads", "startup", "start_up", "peak_memory"):
        if k in ours[-1]: print(f"bas {k}: {ours[-1][k]}")
    if a.json: json.dump(dict(bas=ours, pytorch=theirs, best={k: dict(bas=m, pytorch=t, ratio=m / t) for k, (m, t) in best.items()}), open(a.json, "w"), indent=1)

if __name__ == "__main__": main()
