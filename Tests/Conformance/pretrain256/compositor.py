"""Draws layouts (layouts.py) as pictures on one device: cut-outs lie in its memory, background, shadow, light, colour, style and noise are
tensors. A batch of a few hundred scenes at a time.
"""
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import backgrounds
from layouts import SLOTS, Laws, Layout

LUMINANCE = (0.299, 0.587, 0.114)


def unpacked(folder: str, name: str, mode: str) -> list[np.ndarray]:
    """The pictures of NAME.bin that the rows of NAME.json describe."""
    table = json.load(open(os.path.join(folder, name + ".json")))[name]
    blob = open(os.path.join(folder, name + ".bin"), "rb").read()

    def read(row):
        return np.asarray(Image.open(io.BytesIO(blob[row["at"] : row["at"] + row["bytes"]])).convert(mode))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(read, table))


def box(x: torch.Tensor, radius: int) -> torch.Tensor:
    return F.avg_pool2d(x, 2 * radius + 1, 1, radius, count_include_pad=False)


class Compositor:
    """The cut-outs and photos of a data folder on `device`; `compose` draws."""

    def __init__(self, folder: str, laws: Laws, device, size: int = 256):
        self.laws, self.device, self.size = laws, device, size
        atlas = torch.from_numpy(np.stack(unpacked(folder, "sprites", "RGBA"))).permute(0, 3, 1, 2).contiguous()
        # Reduced copies, so that a thing that is drawn small shows no aliasing. Colours weigh by coverage.
        self.atlas = [atlas.to(device)]
        for _ in range(2):
            self.atlas.append(torch.cat([self.halved(part) for part in self.atlas[-1].split(512)]))
        self.photos = []
        if laws.photos:
            # Uncropped photos differ in size: each is kept as it is.
            self.photos = [torch.from_numpy(photo.copy()).permute(2, 0, 1).to(device) for photo in unpacked(folder, "photos", "RGB")]

    @staticmethod
    def halved(rgba: torch.Tensor) -> torch.Tensor:
        x = rgba.float()
        cover = F.avg_pool2d(x[:, 3:], 2)
        colours = F.avg_pool2d(x[:, :3] * x[:, 3:], 2) / cover.clamp(min=1)
        return torch.cat([colours, cover], 1).round_().clamp_(0, 255).byte()

    def tensor(self, array) -> torch.Tensor:
        return torch.as_tensor(np.asarray(array, np.float32), device=self.device)

    # MARK: background

    def background(self, layout: Layout) -> torch.Tensor:
        """[B, 3, S, S] in 0…1."""
        names = [kind["name"] for kind in self.laws.recipe["backgrounds"]]
        out = torch.empty(len(layout.kind), 3, self.size, self.size, device=self.device)
        for number in np.unique(layout.kind):
            where = np.flatnonzero(layout.kind == number)
            at = torch.as_tensor(where, device=self.device)
            if number < len(names):
                out[at] = backgrounds.draw(names[number], self.tensor(layout.horizon[where]), self.size)
            else:
                out[at] = torch.stack([self.crop(int(layout.photo[k]), layout.crop[k]) for k in where])
        return out

    def crop(self, number: int, crop) -> torch.Tensor:
        """A square of a photo, [3, S, S]: place and side as shares of what is possible."""
        photo = self.photos[number]
        height, width = photo.shape[1:]
        side = int(min(height, width) * (0.55 + 0.45 * float(crop[2])))
        x, y = int((width - side) * float(crop[0])), int((height - side) * float(crop[1]))
        part = photo[None, :, y : y + side, x : x + side].float() / 255
        return F.interpolate(part, (self.size, self.size), mode="bilinear", antialias=True)[0]

    # MARK: things

    def theta(self, place: torch.Tensor, extent: torch.Tensor, squash: float = 1.0, shear: torch.Tensor | None = None) -> torch.Tensor:
        """The maps from the picture to the cut-outs' squares, [n, 2, 3]; `extent` [n]: the cut-out's height as a share of its square.
        With `squash` and `shear`, those of the shadow: it lies on the ground behind the foot."""
        x, foot, side, turn, flip = place.unbind(1)
        angle = turn * torch.pi / 180
        # The picture's coordinates run from −1 to 1; a square of side s covers 2 s of them.
        cx, cy = 2 * x - 1, 2 * (foot - side * extent / 2) - 1
        fy = 2 * foot - 1
        zero, one = torch.zeros_like(x), torch.ones_like(x)
        shear = zero if shear is None else shear
        # Picture → upright picture (the shadow stands up), → centre, → turn, → scale and flip.
        upright = torch.stack([torch.stack([one, shear, -shear * fy]), torch.stack([zero, one / squash, fy - fy / squash]), torch.stack([zero, zero, one])]).permute(2, 0, 1)
        centred = torch.stack([torch.stack([one, zero, -cx]), torch.stack([zero, one, -cy]), torch.stack([zero, zero, one])]).permute(2, 0, 1)
        c, s = torch.cos(angle), torch.sin(angle)
        turned = torch.stack([torch.stack([flip * c / side, flip * s / side, zero]), torch.stack([-s / side, c / side, zero])]).permute(2, 0, 1)
        return turned @ centred @ upright

    def sampled(self, layout: Layout, slot: int, where: np.ndarray, **shadow) -> torch.Tensor:
        """The cut-outs of one slot of the scenes `where` in their places, RGBA in 0…1, [n, 4, S, S]; colours are not premultiplied."""
        place, sprite = self.tensor(layout.place[where, slot]), layout.sprite[where, slot]
        rows = [self.laws.sprites[number] for number in sprite]
        extent = self.tensor([row["height"] / self.laws.size for row in rows])
        theta = self.theta(place, extent, **shadow)
        out = torch.empty(len(where), 4, self.size, self.size, device=self.device)
        pixels = layout.place[where, slot, 2] * self.size
        level = np.where(pixels > 0.7 * self.laws.size, 0, np.where(pixels > 0.35 * self.laws.size, 1, 2))
        for k in np.unique(level):
            at = np.flatnonzero(level == k)
            index = torch.as_tensor(at, device=self.device)
            source = self.atlas[k][torch.as_tensor(sprite[at], device=self.device)].float() / 255
            source[:, :3] *= source[:, 3:]
            grid = F.affine_grid(theta[index], [len(at), 4, self.size, self.size], align_corners=False)
            out[index] = F.grid_sample(source, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
        out[:, :3] /= out[:, 3:].clamp(min=1 / 255)
        return out

    def shadow(self, layout: Layout, slot: int, where: np.ndarray) -> torch.Tensor:
        """How dark the ground is, [n, 1, S, S]: the shadow that the thing casts, and the darkness under its foot."""
        light = self.tensor(layout.light[where])
        shear = torch.tan(light[:, 0].clamp(-62, 62) * torch.pi / 180) * 0.9
        cast = self.sampled(layout, slot, where, squash=0.3, shear=shear)[:, 3:]
        place = self.tensor(layout.place[where, slot])
        wide = self.tensor([self.laws.sprites[number]["width"] / self.laws.size for number in layout.sprite[where, slot]])
        y = torch.linspace(0, 1, self.size, device=self.device).view(1, 1, -1, 1)
        x = torch.linspace(0, 1, self.size, device=self.device).view(1, 1, 1, -1)
        column = [place[:, k].view(-1, 1, 1, 1) for k in range(3)]
        half = (column[2] * wide.view(-1, 1, 1, 1) * 0.46).clamp(min=0.02)
        away = ((x - column[0]) / half) ** 2 + ((y - column[1] + 0.008) / (half * 0.22 + 0.012)) ** 2
        contact = (1 - away).clamp(0, 1)
        quarter = F.avg_pool2d(cast, 4)
        soft = F.interpolate(box(box(quarter, 1), 2), (self.size, self.size), mode="bilinear")
        return (0.75 * soft + 0.8 * contact).clamp(0, 1) * light[:, 1].view(-1, 1, 1, 1)

    def lit(self, colours: torch.Tensor, layout: Layout, slot: int, where: np.ndarray) -> torch.Tensor:
        """A thing's colours with the scene's tint, its own gain and contrast, and a slope of light over stamps, which have no side of their own."""
        look, tint = self.tensor(layout.look[where, slot]), self.tensor(layout.tint[where])
        x = torch.linspace(-1, 1, self.size, device=self.device).view(1, 1, 1, -1) - (2 * self.tensor(layout.place[where, slot, 0]) - 1).view(-1, 1, 1, 1)
        stamps = self.tensor([self.laws.sprites[number]["kind"] != "model" for number in layout.sprite[where, slot]])
        side = torch.sign(self.tensor(layout.light[where, 0])) * (self.tensor(layout.light[where, 1]) > 0)
        slope = 1 + 0.25 * (stamps * side).view(-1, 1, 1, 1) * x.clamp(-0.7, 0.7)
        contrasted = (colours - 0.5) * look[:, 1].view(-1, 1, 1, 1) + 0.5
        return (contrasted * look[:, 0].view(-1, 1, 1, 1) * slope * tint.view(-1, 3, 1, 1)).clamp(0, 1)

    # MARK: styles

    def styled(self, x: torch.Tensor, layout: Layout) -> torch.Tensor:
        for number, style in enumerate(self.laws.recipe["styles"]):
            where = np.flatnonzero(layout.style == number)
            if len(where) and style["name"] not in ("photo", "cartoon"):
                at = torch.as_tensor(where, device=self.device)
                x[at] = getattr(self, style["name"])(x[at])
        return x

    def grey(self, x: torch.Tensor) -> torch.Tensor:
        return (x * torch.tensor(LUMINANCE, device=self.device).view(1, 3, 1, 1)).sum(1, keepdim=True)

    def bw(self, x: torch.Tensor) -> torch.Tensor:
        return self.grey(x).expand(-1, 3, -1, -1)

    def sketch(self, x: torch.Tensor) -> torch.Tensor:
        grey = self.grey(x)
        inverted = box(box(1 - grey, 3), 3)
        lines = (grey / (1 - inverted).clamp(min=1 / 255)).clamp(0, 1)
        return (1 - 2.5 * (1 - lines)).clamp(0, 1).lerp(grey, 0.15).expand(-1, 3, -1, -1)

    def pixel(self, x: torch.Tensor) -> torch.Tensor:
        small = F.avg_pool2d(x, self.size // 32)
        levels = torch.randint(6, 25, (len(x), 1, 1, 1), device=self.device)
        return F.interpolate((small * levels).round() / levels, scale_factor=self.size // 32, mode="nearest")

    def oil(self, x: torch.Tensor) -> torch.Tensor:
        """Kuwahara's filter: of four neighbouring squares the mean of the one that varies least."""
        radius = (2, 4, 6)[torch.randint(3, ()).item()]
        grey = self.grey(x)
        mean, low, squares = box(x, radius // 2), box(grey, radius // 2), box(grey * grey, radius // 2)
        far, side = radius // 2, self.size
        padded = F.pad(torch.cat([mean, squares - low * low], 1), (far, far, far, far), mode="replicate")
        corners = [padded[:, :, y : y + side, x : x + side] for y in (0, 2 * far) for x in (0, 2 * far)]
        means, spreads = torch.stack([corner[:, :3] for corner in corners]), torch.stack([corner[:, 3:] for corner in corners])
        best = spreads.argmin(0, keepdim=True).expand(1, -1, 3, -1, -1)
        return means.gather(0, best)[0]

    # MARK: scenes

    @torch.no_grad()
    def compose(self, layout: Layout, masks: bool = False):
        """Pictures [B, 3, S, S] as bytes; with `masks` also the visible coverage of each slot, [B, SLOTS, S, S] in 0…1."""
        x = self.background(layout)
        seen = torch.zeros(len(layout.kind), SLOTS, self.size, self.size, device=self.device) if masks else None
        for slot in range(SLOTS):
            where = np.flatnonzero(layout.sprite[:, slot] >= 0)
            if len(where) == 0:
                continue
            at = torch.as_tensor(where, device=self.device)
            under = x[at]
            shaded = np.flatnonzero(layout.light[where, 1] > 0)
            if len(shaded):
                dark = torch.as_tensor(shaded, device=self.device)
                under[dark] *= 1 - self.shadow(layout, slot, where[shaded])
            thing = self.sampled(layout, slot, where)
            cover = thing[:, 3:]
            x[at] = torch.lerp(under, self.lit(thing[:, :3], layout, slot, where), cover)
            if masks:
                seen[at] *= 1 - cover
                seen[at, slot] = cover[:, 0]
        x = self.styled(x, layout)
        grain = 0.012 * torch.rand(len(x), 1, 1, 1, device=self.device) * torch.randn_like(x)
        pictures = ((x + grain).clamp(0, 1) * 255).round().byte()
        return (pictures, seen) if masks else pictures
