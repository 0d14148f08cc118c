"""Names of colours, for captions: which one word a person would use for a cut-out, and where it lands when its hue is turned."""
import colorsys

import numpy as np

NAMES = ["red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "brown", "black", "grey", "white"]
# Hue borders in degrees for saturated colours.
HUES = [(14, "red"), (40, "orange"), (68, "yellow"), (165, "green"), (195, "turquoise"), (255, "blue"), (290, "purple"), (345, "pink"), (361, "red")]


def name(red: float, green: float, blue: float) -> str:
    """The word for one colour, components in 0…1."""
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    degrees = hue * 360
    if value < 0.2:
        return "black"
    if saturation < 0.14:
        return "white" if value > 0.85 else "grey" if value > 0.25 else "black"
    if degrees < 48 and (value < 0.62 or (saturation < 0.5 and value < 0.8)):
        return "brown" if saturation > 0.25 else "grey"
    word = next(word for border, word in HUES if degrees < border)
    return "pink" if word == "red" and saturation < 0.55 and value > 0.7 else word


def describe(rgba: np.ndarray) -> tuple[str | None, float]:
    """The word for an RGBA cut-out [H, W, 4] in 0…255, or None where no word holds for more than half of it; and the share of its
    pixels that are saturated, which tells whether turning its hue changes it."""
    inside = rgba[rgba[..., 3] > 128][::7, :3] / 255
    if len(inside) == 0:
        return None, 0.0
    words = [name(*pixel) for pixel in inside[:600]]
    best = max(set(words), key=words.count)
    vivid = float(np.mean(inside.max(1) - inside.min(1) > 0.18))
    return (best if words.count(best) > 0.5 * len(words) else None), vivid
