"""Names of colours, for captions: the recipe's names by the rule of Sources/World/Captions.swift (ColorName), so that the captions of both
worlds say the same."""
import json
import os

import numpy as np

RECIPE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "stdlib", "world", "recipe.json")
TO_CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]])
TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]])


def uniform(rgb: np.ndarray) -> np.ndarray:
    """Oklab of colours [N, 3] in 0…1."""
    return np.cbrt(rgb * rgb * (0.7 * rgb + 0.3) @ TO_CONES.T) @ TO_LAB.T


NAMES, PLACES = zip(*json.load(open(RECIPE))["colors"])
PLACES = uniform(np.array(PLACES) / 255)


def name(rgba: np.ndarray) -> str | None:
    """The name of an RGBA cut-out [H, W, 4] in 0…255, or None where none holds for more than half of it."""
    pixels = rgba.reshape(-1, 4)[:: max(1, rgba[..., 0].size // 2000)]
    inside = pixels[pixels[:, 3] >= 128, :3] / 255
    if len(inside) == 0:
        return None
    places = uniform(inside)
    chroma, other = (np.hypot(lab[:, 1], lab[:, 2]) for lab in (places, PLACES))
    # Lightness counts half: shading changes it most. What has a hue is not grey, as long as a name with a hue is near.
    distance = (((places[:, None] - PLACES) * (0.5, 1, 1)) ** 2).sum(2) + 0.006 * ((other < 0.012) & (chroma[:, None] > 0.028))
    votes = np.bincount(distance.argmin(1), minlength=len(NAMES))
    return NAMES[votes.argmax()] if 2 * votes.max() > len(inside) else None
