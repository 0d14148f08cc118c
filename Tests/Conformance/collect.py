"""Gathers the reference's results, one small file from many: what our demo is compared with over five fixed seeds.

  python collect.py FOLDER        FOLDER holds SCENE_SEED.json as break_a_scene.py writes them; writes reference_results.json beside this script
"""
import glob, json, os, re, sys
import numpy as np

def main():
    results, settings = {}, None
    for path in sorted(glob.glob(sys.argv[1] + "/*_[0-9]*.json")):
        scene, seed = re.fullmatch(r"(.+)_(\d+)\.json", os.path.basename(path)).groups(); run = json.load(open(path)); losses = np.array(run["losses"]); split = run["settings"]["phase1"]
        mean = lambda part: dict(zip(("reconstruction", "prior", "attention"), (round(float(v), 5) for v in part[-100:].mean(0))))
        settings = {k: v for k, v in run["settings"].items() if k not in ("model", "scene", "out", "seed", "init", "fixture", "time", "compile")}
        row = dict(init=run["settings"]["init"], soft_iou=np.round(run["soft_iou"], 4).tolist(), leakage=np.round(run["leakage"], 4).tolist(), phase1=mean(losses[:split]), phase2=mean(losses[split:]))
        results.setdefault(scene, {})[seed] = row
    with open(os.path.dirname(os.path.abspath(__file__)) + "/reference_results.json", "w") as f:
        f.write('{"settings": ' + json.dumps(settings) + ',\n "losses": "means of the last 100 steps of each phase",\n "leakage": "row = handle, columns = share of its attention in each mask, then background",\n "results": {\n')
        f.write(",\n".join(f'  {json.dumps(s)}: {{\n' + ",\n".join(f"   {json.dumps(k)}: {json.dumps(v)}" for k, v in runs.items()) + "\n  }" for s, runs in results.items()) + "\n }\n}\n")
    for scene, runs in results.items():
        iou = np.array([r["soft_iou"] for r in runs.values()]); own = np.array([[r["leakage"][i][i] for i in range(len(r["soft_iou"]))] for r in runs.values()])
        other = [max(v for i in range(len(r["soft_iou"])) for j, v in enumerate(r["leakage"][i][:-1]) if i != j) for r in runs.values()]
        print(scene, len(runs), "seeds: soft IoU", iou.mean(0).round(3), "lowest", iou.min(0).round(3), "own mask", own.mean(0).round(3), "worst other", round(max(other), 3))

if __name__ == "__main__": main()
