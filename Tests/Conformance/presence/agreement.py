"""How often inspect_pictures and the eye agree (Python's standard library only).

    python agreement.py                    from the evidence stored in labels.csv
    python agreement.py labels.csv FOLDER  from FOLDER/swift_TRAINING.csv as measure.bas writes them; stores the evidence

labels.csv: a row a picture and handle. label: copies that were seen; doubtful: 1 where the eye was not sure; half: "tune",
whose labels the rule and its threshold were chosen on, or "held" (out). Present is evidence >= 0.33 (PresenceRule.present).
The labels were written before the measure saw a picture, from sheets with the photo beside, by this rule: a distinct object
that somebody who has the photo would call that thing, by its main colours and rough outline, in the embedded model's quality.
"""

import csv
import os
import sys

PRESENT = 0.33


def agreement(rows):
    seen = [int(r["label"]) > 0 for r in rows]
    said = [float(r["evidence"]) >= PRESENT for r in rows]
    n = len(rows)
    same = sum(a == b for a, b in zip(seen, said)) / n
    chance = sum(seen) / n * (sum(said) / n) + (1 - sum(seen) / n) * (1 - sum(said) / n)
    return same, (same - chance) / (1 - chance) if chance < 1 else float("nan")


def report(name, rows):
    if rows:
        same, kappa = agreement(rows)
        there = sum(int(r["label"]) > 0 for r in rows)
        print(f"{name:44s} {len(rows):4d} decisions, {there:3d} there   agreement {100 * same:5.1f} %   kappa {kappa:.2f}")


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "labels.csv")
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    if len(sys.argv) > 2:
        for training in dict.fromkeys(r["training"] for r in rows):
            with open(os.path.join(sys.argv[2], f"swift_{training}.csv"), newline="") as file:
                found = {}
                for r in csv.DictReader(file):
                    found[int(r["picture"]), len([k for k in found if k[0] == int(r["picture"])])] = r
            for r in rows:
                if r["training"] == training:
                    measured = found[int(r["picture"]), int(r["handle"])]
                    r["evidence"], r["copies"] = f"{float(measured['evidence']):.4f}", measured["copies"]
        with open(path, "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    print(f"{len({(r['training'], r['picture']) for r in rows})} pictures")
    without = [r for r in rows if r["training"].endswith("_na")]
    for half in ("tune", "held"):
        part = [r for r in rows if r["half"] == half]
        report(half, part)
        report(f"{half}, with attention loss", [r for r in part if r not in without])
        report(f"{half}, without attention loss", [r for r in part if r in without])
        report(f"{half}, where the eye was sure", [r for r in part if r["doubtful"] == "0"])
        report(f"{half}, asked for", [r for r in part if r["asked"] == "1"])
        report(f"{half}, not asked for", [r for r in part if r["asked"] == "0"])
    twice = [r for r in rows if int(r["label"]) > 1]
    single = [r for r in rows if int(r["label"]) == 1 and int(r["copies"]) > 0]
    print(f"seen twice or more: {len(twice)}, counted so: {sum(int(r['copies']) > 1 for r in twice)}; "
          f"seen once and found: {len(single)}, counted as several: {sum(int(r['copies']) > 1 for r in single)}")
    for training in dict.fromkeys(r["training"] for r in rows):
        report("  " + training, [r for r in rows if r["training"] == training])


main()
