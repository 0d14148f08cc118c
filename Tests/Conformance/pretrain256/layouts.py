"""Draws what scenes show, before a pixel is drawn: which things stand where and how large, on which background, in which light and style, and
a caption that says so. Laws, words and names come from the world's recipe (stdlib/world/recipe.json) and from the table of cut-outs
(sprites.json, see pack.py). Plain numbers, made by processes on the CPU; compositor.py makes pictures of them.
"""
import json
import os
from dataclasses import dataclass, fields

import numpy as np

from colours import NAMES, RECIPE

SLOTS = 4
# Where training departs from the recipe's laws, which are those of pictures for evaluation: more things, small things, photos behind them.
FOURTH, SMALL, PHOTO = 0.06, 0.22, 0.14
# In degrees, where the front of a model looks at the camera.
SIDES = [(0, "from the front"), (90, "from the side"), (180, "from behind"), (270, "from the side")]
# Classes that no one says of a single thing.
COLLECTIVE = {"furniture", "clothing", "food", "outdoors", "bathroom", "sport", "device", "appliance"}
# The shares of the light's tint on things, by background.
TINTS = {"sunset": (1.08, 0.9, 0.76), "night": (0.5, 0.54, 0.78), "water": (0.72, 0.94, 1.06), "forest": (0.88, 0.96, 0.84), "snow": (0.98, 1.0, 1.05)}


@dataclass
class Layout:
    """B scenes. Places and sides are shares of the picture's side; unused slots have the sprite −1."""

    kind: np.ndarray  # [B] the recipe's background; after the last, a photo
    photo: np.ndarray  # [B] the photo's number, or 0
    crop: np.ndarray  # [B, 3] x, y, side of the photo's crop, shares of what is possible
    horizon: np.ndarray  # [B]
    style: np.ndarray  # [B]
    light: np.ndarray  # [B, 2] azimuth in degrees from the camera, strength of the shadow (0: none)
    tint: np.ndarray  # [B, 3]
    sprite: np.ndarray  # [B, SLOTS], painted in this order: the last is in front
    place: np.ndarray  # [B, SLOTS, 5] centre x, foot y, side of the cut-out's square, turn in degrees, −1 if flipped else 1
    look: np.ndarray  # [B, SLOTS, 2] gain, contrast
    ids: np.ndarray  # [B, L] tokens of the caption

    def part(self, chosen) -> "Layout":
        return Layout(*(getattr(self, field.name)[chosen] for field in fields(self)))


class Laws:
    """The world as lists that drawing needs. `held` takes the held-out objects in place of the others."""

    def __init__(self, data: str, tokenize=None, held: bool = False):
        self.recipe = json.load(open(RECIPE))
        table = json.load(open(os.path.join(data, "sprites.json")))
        self.size, self.sprites, self.tokenize = table["size"], table["sprites"], tokenize
        photos = os.path.join(data, "photos.json")
        self.photos = json.load(open(photos))["photos"] if os.path.exists(photos) else []
        self.behind = [k for k, photo in enumerate(self.photos) if photo["phrase"]]
        self.views: dict[str, list[int]] = {}
        for number, row in enumerate(self.sprites):
            if row["held"] == held:
                self.views.setdefault(row["object"], []).append(number)
        self.objects = list(self.views)
        common, weight = set(self.recipe["common"]), self.recipe["common_weight"]
        # Models have many sides to learn, and their names are the words that people use.
        first = [self.sprites[self.views[name][0]] for name in self.objects]
        odds = np.array([weight if row["name"] in common else 3.0 if row["kind"] == "model" else 1.0 for row in first])
        self.odds = odds / odds.sum()
        self.by_target: dict[str, list[str]] = {}
        for word, target in self.recipe["synonyms"].items():
            self.by_target.setdefault(target, []).append(word)
        self.style_odds = np.array([style["share"] for style in self.recipe["styles"]])
        self.style_odds /= self.style_odds.sum()

    # MARK: words

    def noun(self, row: dict, rng) -> str:
        """What a caption calls a cut-out: its name, its class, another word for it, sometimes with a colour."""
        words, roll = self.recipe["captions"], rng.random()
        noun = row["name"]
        if row["cls"] not in COLLECTIVE and roll < words["class"] * (0.25 if row["kind"] == "model" else 1):
            noun = row["cls"]
        elif roll > 0.85 and (others := self.by_target.get(row["name"])):
            noun = others[rng.integers(len(others))]
        colour = row["colour"]
        if colour and not {*NAMES} & {*noun.split()} and rng.random() < words["color"]:
            noun = f"{colour} {noun}"
        return noun

    @staticmethod
    def article(noun: str) -> str:
        """The noun with its article; a plural has none."""
        if noun.endswith("s") and not noun.endswith(("ss", "us", "is", "cactus", "bus")):
            return noun
        return ("an " if noun[0] in "aeiou" and not noun.startswith(("eu", "uni")) else "a ") + noun

    def caption(self, style, phrase, nouns, places, sides, rows, rng) -> str:
        """nouns in the order of painting; places: centres; sides: sizes."""
        words, said = self.recipe["captions"], []
        order = rng.permutation(len(nouns))
        for k in order:
            noun = nouns[k]
            if len(nouns) > 1 and rng.random() < words["size"]:
                others = [sides[j] for j in range(len(nouns)) if j != k]
                if sides[k] > words["size_ratio"] * max(others):
                    noun = "large " + noun
                elif sides[k] * words["size_ratio"] < min(others):
                    noun = "small " + noun
            said.append(self.article(noun))
            azimuth = rows[k].get("azimuth")
            if azimuth is not None and rng.random() < 0.15:
                near = [word for centre, word in SIDES if abs((azimuth - centre + 180) % 360 - 180) < 12]
                said[-1] += " " + near[0] if near else ""
        if len(nouns) == 2 and rng.random() < words["place"]:
            left = places[order[0]] < places[order[1]]
            text = f"{said[0]} to the {'left' if left else 'right'} of {said[1]}"
        elif len(nouns) == 1 and abs(places[0] - 0.5) > 0.17 and rng.random() < words["place"]:
            text = f"{said[0]} on the {'left' if places[0] < 0.5 else 'right'}"
        else:
            text = " and ".join(said)
        return " ".join(f"{style['phrase']} {text} {phrase}".split())

    # MARK: scenes

    def sample(self, count: int, rng) -> tuple[Layout, list[str]]:
        """`count` scenes, and their captions."""
        kinds = self.recipe["backgrounds"]
        things = np.array([*self.recipe["things"]["counts"], FOURTH])
        numbers = rng.choice(len(things), count, p=things / things.sum())
        layout = Layout(
            kind=rng.integers(len(kinds), size=count), photo=np.zeros(count, np.int64), crop=rng.random((count, 3)), horizon=rng.uniform(0.32, 0.6, count),
            style=rng.choice(len(self.style_odds), count, p=self.style_odds), light=np.zeros((count, 2)), tint=np.ones((count, 3)),
            sprite=np.full((count, SLOTS), -1), place=np.zeros((count, SLOTS, 5)), look=np.zeros((count, SLOTS, 2)), ids=np.zeros((count, 1), np.int64))
        if self.behind:
            is_photo = rng.random(count) < PHOTO
            layout.kind[is_photo] = len(kinds)
            layout.photo[is_photo] = rng.choice(self.behind, is_photo.sum())
        captions = [self.scene(layout, k, int(numbers[k]), rng) for k in range(count)]
        if self.tokenize:
            layout.ids = self.tokenize(captions)
        return layout, captions

    def scene(self, layout: Layout, k: int, number: int, rng) -> str:
        """Fills scene `k` with `number` things and returns its caption."""
        kinds = self.recipe["backgrounds"]
        is_photo = layout.kind[k] == len(kinds)
        background = None if is_photo else kinds[layout.kind[k]]
        lit = [light["azimuth"] for light in self.recipe["lights"]]
        azimuth = float(rng.choice(lit))
        shadow = rng.uniform(0.25, 0.6) if (is_photo or background["shadow"]) and rng.random() < 0.85 else 0
        layout.light[k] = azimuth, shadow
        if background and background["name"] in TINTS:
            layout.tint[k] = 1 + rng.uniform(0.3, 0.9) * (np.array(TINTS[background["name"]]) - 1)
        phrases = [self.photos[layout.photo[k]]["phrase"]] if is_photo else background["phrases"]
        phrase = phrases[rng.integers(len(phrases))]
        if number and rng.random() < self.recipe["captions"]["background_dropped"]:
            phrase = ""
        style = self.recipe["styles"][layout.style[k]]
        if number == 0:
            if is_photo:
                return f"{style['phrase'].removesuffix(' of')} {phrase}"
            noun = self.article(background["name"]) if background["article"] else background["name"]
            return " ".join(f"{style['phrase']} {noun} {phrase}".split())
        return self.caption(style, phrase, *self.stand(layout, k, number, azimuth, rng), rng)

    def stand(self, layout: Layout, k: int, number: int, azimuth: float, rng):
        """Puts `number` things into scene `k`, the ones further back first; returns nouns, centres, sides and rows."""
        law = self.recipe["things"]
        low, high = law["longest_side"][number - 1]
        chosen = rng.choice(len(self.objects), number, replace=False, p=self.odds)
        columns = rng.permutation(number)
        stood = []
        for thing, column in zip(chosen, columns):
            views, flip = self.views[self.objects[thing]], -1 if rng.random() < law["flip"] else 1
            # A flip turns a thing's light to the other side.
            fit = [view for view in views if abs(self.sprites[view].get("light", azimuth) * flip - azimuth) < 40]
            sprite = (fit or views)[rng.integers(len(fit or views))]
            side = rng.uniform(0.16, low) if rng.random() < SMALL else rng.uniform(low, high)
            row = self.sprites[sprite]
            x = (column + 0.5) / number + law["x_deviation"] * rng.standard_normal() * (2.2 if number == 1 else 1)
            low_foot, high_foot = law["base_alone"] if number == 1 else law["base_row"]
            # Small things may stand anywhere on the ground, large ones must fit.
            foot = rng.uniform(max(0.6, low_foot - 0.15) if side < low else low_foot, high_foot)
            foot = float(np.clip(foot, min(0.98, side * row["height"] / self.size * 0.92), 0.99))
            turn = rng.uniform(-law["turn"], law["turn"]) if row["kind"] != "model" and rng.random() < law["turned"] else rng.uniform(-2, 2)
            look = (rng.uniform(0.86, 1.12), rng.uniform(0.9, 1.1))
            stood.append((foot, sprite, (x, foot, side, turn, flip), look, self.noun(row, rng)))
        stood.sort(key=lambda one: one[0])
        for slot, (_, sprite, place, look, _) in enumerate(stood):
            layout.sprite[k, slot], layout.place[k, slot], layout.look[k, slot] = sprite, place, look
        return [one[4] for one in stood], [one[2][0] for one in stood], [one[2][2] for one in stood], [self.sprites[one[1]] for one in stood]
