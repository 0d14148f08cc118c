#!/usr/bin/env python3
"""The statistics of bas beside scipy and the package `krippendorff`, on random ratings with ties, gaps and groups of unequal sizes.

significance.py [--bas PROGRAM]

Ends with 0 where all numbers agree, and with 1 where one does not.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import krippendorff
import numpy as np
from scipy import stats

ROOT = Path(__file__).resolve().parents[2]
failures = []


def expect(name, found, wanted, tolerance):
    found, wanted = np.asarray(found, float), np.asarray(wanted, float)
    error = float(np.max(np.abs(found - wanted)))
    holds = error <= tolerance
    print(f"{'ok  ' if holds else 'FAIL'} {name}: largest difference {error:.2g}" + ("" if holds else f": {found} for {wanted}"), flush=True)
    if not holds:
        failures.append(name)


def run(program, code, tables):
    """Returns the rows of the table that an expression gives; it reads the tables by their names."""
    with tempfile.TemporaryDirectory(prefix="bas-statistics-") as folder:
        for name, rows in tables.items():
            (Path(folder) / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        source = "".join(f'{name} = load_table("{name}.jsonl")\n' for name in tables) + f'save_table({code}, "out.jsonl")\n'
        (Path(folder) / "script.bas").write_text(source)
        done = subprocess.run([program, "run", "script.bas"], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        return [json.loads(line) for line in (Path(folder) / "out.jsonl").read_text().splitlines()]


def check_groups(program, random):
    for case, sizes in enumerate([(8, 8, 8), (3, 17, 40, 9, 2), (200,) * 5, (2, 2)]):
        groups = [random.integers(1, 6, n) + 0.25 * place for place, n in enumerate(sizes)]
        rows = [{"g": place, "x": float(value)} for place, group in enumerate(groups) for value in group]
        found = run(program, 'kruskal(t, "x", by="g")', {"t": rows})[0]
        wanted = stats.kruskal(*groups)
        expect(f"kruskal {sizes}, H", found["h"], wanted.statistic, 1e-9)
        expect(f"kruskal {sizes}, p", found["p"], wanted.pvalue, 1e-12)
        found = run(program, 'tukey_hsd(t, "x", by="g", level=0.9)', {"t": rows})
        wanted = stats.tukey_hsd(*groups)
        ends = wanted.confidence_interval(0.9)
        pairs = [(a, b) for a in range(len(sizes)) for b in range(a + 1, len(sizes))]
        expect(f"tukey_hsd {sizes}, p", [row["p"] for row in found], [wanted.pvalue[p] for p in pairs], 1e-6)
        expect(f"tukey_hsd {sizes}, low", [row["difference_low"] for row in found], [ends.low[p] for p in pairs], 1e-6)
        expect(f"tukey_hsd {sizes}, high", [row["difference_high"] for row in found], [ends.high[p] for p in pairs], 1e-6)


def check_agreement(program, random):
    truth = random.integers(1, 6, 30)
    ratings = np.clip(truth + random.integers(-1, 2, (4, 30)), 1, 5).astype(float)
    rows = [{"rater": f"r{r}", "item": i, "x": ratings[r, i]} for r in range(4) for i in range(30)]
    found = run(program, 'agreement(t, "x")', {"t": rows})[0]
    friedman = stats.friedmanchisquare(*ratings.T)
    expect("agreement, W", found["kendall_w"], friedman.statistic / (4 * 29), 1e-12)
    expect("agreement, p of W", found["p_w"], friedman.pvalue, 1e-12)
    # Two-way random effects by their definition, from the table of an analysis of variance.
    rows_mean, columns_mean, mean = ratings.mean(0), ratings.mean(1), ratings.mean()
    units = 4 * ((rows_mean - mean) ** 2).sum() / 29
    raters = 30 * ((columns_mean - mean) ** 2).sum() / 3
    error = ((ratings - rows_mean - columns_mean[:, None] + mean) ** 2).sum() / (29 * 3)
    expect("agreement, ICC(2,1)", found["icc_single"], (units - error) / (units + 3 * error + 4 * (raters - error) / 30), 1e-12)
    expect("agreement, ICC(2,k)", found["icc_average"], (units - error) / (units + (raters - error) / 30), 1e-12)
    gaps = ratings.copy()
    gaps[random.random(gaps.shape) < 0.3] = np.nan
    rows = [{"rater": f"r{r}", "item": i, "x": gaps[r, i]} for r in range(4) for i in range(30) if not np.isnan(gaps[r, i])]
    for data, name, table in ((ratings, "whole", None), (gaps, "with gaps", rows)):
        if table:
            found = run(program, 'agreement(t, "x")', {"t": table})[0]
        for level in ("interval", "ordinal"):
            wanted = krippendorff.alpha(reliability_data=data, level_of_measurement=level)
            expect(f"alpha {level}, {name}", found[f"alpha_{level}"], wanted, 1e-10)


def check_bootstrap(program, random):
    values = random.lognormal(size=40)
    rows = [{"x": float(value)} for value in values]
    for method, name in (("percentile", "percentile"), ("bca", "BCa")):
        found = run(program, f'bootstrap(t, columns=["x"], by=[], method="{method}", resamples=100000)', {"t": rows})[0]
        wanted = stats.bootstrap((values,), np.mean, n_resamples=100_000, method=name, rng=random).confidence_interval
        # Both are random: with so many resamples an end is known to about 1 % of the interval.
        expect(f"bootstrap {method}", [found["x_low"], found["x_high"]], [wanted.low, wanted.high], 0.02 * (wanted.high - wanted.low))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bas", default=str(ROOT / ".build/release/bas"))
    program = str(Path(parser.parse_args().bas).resolve())
    random = np.random.default_rng(23)
    for check in (check_groups, check_agreement, check_bootstrap):
        check(program, random)
    print(f"statistics: {'all well' if not failures else f'{len(failures)} not as expected'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
