"""Writes attention_losses.safetensors: maps and masks with the value of every measure of `AttentionLoss`, by NumPy and SciPy in double precision.

  python make_attention_losses.py      (numpy, scipy, safetensors)

`map.I`, `mask.I` [h, w]; `value.I` in the order of VALUES below. README.md says more.
"""
import os
import numpy as np
from safetensors.numpy import save_file
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

VALUES = ["mse max", "mse minmax", "mse max balanced", "iou max", "iou minmax", "bce max", "bce minmax balanced", "jsd", "emd"]


def normalised(a, how): return a / a.max() if how == "max" else (a - a.min()) / (a.max() - a.min())


def mean(cells, m, reduction):
    """The mean over cells; balanced: half of it inside of the mask, half outside."""
    return cells.mean() if reduction == "mean" else 0.5 * np.average(cells, weights=m) + 0.5 * np.average(cells, weights=1 - m)


def value(name, A, M):
    kind, *how = name.split(); a = normalised(A, how[0]) if how else A; reduction = how[1] if len(how) > 1 else "mean"
    if kind == "mse": return mean((a - M) ** 2, M, reduction)
    if kind == "iou": return 1 - ((a * M).sum() + 1) / (a.sum() + M.sum() - (a * M).sum() + 1)
    if kind == "bce": b = 1e-4 + (1 - 2e-4) * a; return mean(-(M * np.log(b) + (1 - M) * np.log(1 - b)), M, reduction)
    if kind == "jsd": return jensenshannon(A.ravel(), M.ravel(), base=2) ** 2
    y, x = np.mgrid[:A.shape[0], :A.shape[1]] / max(A.shape)
    along = [x * np.cos(k * np.pi / 8) + y * np.sin(k * np.pi / 8) for k in range(8)]
    return np.mean([wasserstein_distance(t.ravel(), t.ravel(), A.ravel(), M.ravel()) for t in along])


def main():
    random, tensors = np.random.default_rng(5), {}
    for i, (h, w, top, left, height, width, soft) in enumerate(
            [(16, 16, 4, 5, 6, 4, 0), (16, 16, 0, 9, 3, 7, 0), (12, 20, 2, 1, 8, 9, .5), (8, 8, 7, 7, 1, 1, 0), (16, 16, 1, 1, 12, 12, 1)]):
        M = np.zeros((h, w)); M[top:top + height, left:left + width] = 1
        if soft: M[top, left:left + width] = .5; M[0, 0] = .25 * soft
        A = np.exp(random.normal(size=(h, w)) + 2 * M); A /= A.sum() * 7       # as probabilities of one token among many
        A, M = A.astype(np.float32), M.astype(np.float32); tensors[f"map.{i}"], tensors[f"mask.{i}"] = A, M
        tensors[f"value.{i}"] = np.array([value(name, A.astype(float), M.astype(float)) for name in VALUES], np.float32)
        print(i, dict(zip(VALUES, tensors[f"value.{i}"].round(4).tolist())))
    save_file(tensors, os.path.dirname(os.path.abspath(__file__)) + "/attention_losses.safetensors", {"values": ", ".join(VALUES)})


if __name__ == "__main__": main()
