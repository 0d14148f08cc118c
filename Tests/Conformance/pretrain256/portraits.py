"""Things alone on black, as encoders of identity are shown them: drawn one to a picture (`portraits`), or cut out of scenes (`things`)."""
import numpy as np
import torch
import torch.nn.functional as F

from common import DEVICE, floats
from layouts import SLOTS, TINTS, Layout

RANDOM = np.random.default_rng()


def numbers(laws) -> torch.Tensor:
    """The number of each sprite's object."""
    names = {name: k for k, name in enumerate(sorted({row["object"] for row in laws.sprites}))}
    return torch.tensor([names[row["object"]] for row in laws.sprites], device=DEVICE)


@torch.no_grad()
def portraits(compositor, objects: int, views: int, side: int):
    """`views` pictures each of `objects` objects as [N, 3, side, side] in −1…1, and the objects' numbers [N]: other poses, lights, sizes, places,
    styles, some of them partly hidden."""
    laws = compositor.laws
    chosen = RANDOM.choice(len(laws.objects), min(objects, len(laws.objects)), replace=False)
    sprite = np.concatenate([RANDOM.choice(of, views, replace=len(of) < views) for of in (laws.views[laws.objects[one]] for one in chosen)])
    return drawn(compositor, sprite, side), torch.as_tensor(np.repeat(chosen, views), device=DEVICE)


@torch.no_grad()
def drawn(compositor, sprite: np.ndarray, side: int, plain: bool = False) -> torch.Tensor:
    """One picture of each sprite, [N, 3, side, side] in −1…1; `plain` as it is, in the middle."""
    laws, count, compositor.size = compositor.laws, len(sprite), side
    rows = [laws.sprites[k] for k in sprite]
    wide = np.full(count, 0.95) if plain else np.where(RANDOM.random(count) < 0.7, RANDOM.uniform(0.75, 1.1, count), RANDOM.uniform(0.4, 0.75, count))
    free = 0 if plain else np.maximum(0.04, 0.45 * (1 - wide))
    turn = 0 if plain else np.where([row["kind"] == "model" for row in rows], RANDOM.normal(0, 3, count), RANDOM.normal(0, 10, count))
    x, y = 0.5 + free * RANDOM.uniform(-1, 1, count), 0.5 + free * RANDOM.uniform(-1, 1, count)
    foot = y + wide * np.array([row["height"] for row in rows]) / laws.size / 2
    layout = Layout(
        kind=np.zeros(count, int), photo=np.zeros(count, int), crop=np.zeros((count, 3)), horizon=np.zeros(count),
        style=np.zeros(count, int) if plain else RANDOM.choice(len(laws.style_odds), count, p=laws.style_odds),
        light=np.zeros((count, 2)), tint=np.ones((count, 3)), sprite=np.full((count, SLOTS), -1), place=np.zeros((count, SLOTS, 5)),
        look=np.ones((count, SLOTS, 2)), ids=np.zeros((count, 1), int))
    layout.sprite[:, 0] = sprite
    layout.place[:, 0] = np.stack([x, foot, wide, turn + 0 * x, np.ones(count) if plain else RANDOM.choice([-1, 1], count)], 1)
    behind = torch.zeros(count, 3, 1, 1, device=DEVICE)
    if not plain:
        layout.light[:, 0], layout.light[:, 1] = RANDOM.choice([-60, 10, 60], count), RANDOM.random(count) < 0.5
        tints = np.array(list(TINTS.values()))[RANDOM.integers(len(TINTS), size=count)]
        layout.tint = 1 + RANDOM.uniform(0.3, 1, (count, 1)) * (RANDOM.random((count, 1)) < 0.3) * (tints - 1)
        layout.look[:, 0] = RANDOM.uniform(0.8, 1.2, (count, 2))
        behind = torch.rand(count, 3, 1, 1, device=DEVICE)
    where = np.arange(count)
    thing = compositor.sampled(layout, 0, where)
    cover = thing[:, 3:]
    picture = compositor.styled(torch.lerp(behind.expand(-1, -1, side, side), compositor.lit(thing[:, :3], layout, 0, where), cover).contiguous(), layout)
    seen = (cover > 0.5).float()
    if not plain:
        # What stands before a thing: another one's outline, moved away from the middle.
        hidden = torch.roll(seen, (1, int(RANDOM.integers(side // 3, side - side // 3)), int(RANDOM.integers(side // 3, side - side // 3))), (0, 2, 3))
        seen = seen * (1 - hidden * (torch.rand(count, 1, 1, 1, device=DEVICE) < 0.25))
    return picture.clamp(0, 1).mul(2).sub(1).lerp(torch.full_like(picture, -1), 1 - seen)


@torch.no_grad()
def things(scenes, side: int):
    """Of each scene the thing that shows most, with black around it, cut so that its size does not count: pictures in −1…1, objects' numbers."""
    layout, _ = scenes.queue.get()
    pictures, masks = scenes.compositor.compose(layout, masks=True)
    slot = masks.mean((2, 3)).argmax(1)
    rows = torch.arange(len(slot), device=DEVICE)
    mask = (masks[rows, slot][:, None] > 0.5).float()
    there = mask.mean((1, 2, 3)) > 0.01
    number = numbers(scenes.compositor.laws)[torch.as_tensor(layout.sprite, device=DEVICE)[rows, slot].clamp(min=0)]
    return floats(cut(pictures.float() * mask, mask, side))[there], number[there]


def cut(pictures: torch.Tensor, mask: torch.Tensor, side: int) -> torch.Tensor:
    """The square around each thing's box, [N, 3, side, side] as bytes."""
    size = pictures.shape[-1]
    out = torch.empty(len(pictures), 3, side, side, dtype=torch.uint8, device=pictures.device)
    for k in range(len(pictures)):
        rows, columns = mask[k, 0].any(1).nonzero()[:, 0], mask[k, 0].any(0).nonzero()[:, 0]
        if len(rows) == 0:
            out[k] = 0
            continue
        (top, bottom), (left, right) = ((line[0].item(), line[-1].item() + 1) for line in (rows, columns))
        extent = max(bottom - top, right - left)
        y, x = top - (extent - bottom + top) // 2, left - (extent - right + left) // 2
        padded = F.pad(pictures[k : k + 1], (size, size, size, size))
        square = padded[:, :, y + size : y + size + extent, x + size : x + size + extent]
        out[k] = F.interpolate(square, (side, side), mode="bilinear", antialias=True)[0].round().clamp(0, 255).byte()
    return out
