"""How good the encoders of evaluators.py are, on objects that were held out and on scenes that were never drawn before."""
import numpy as np
import torch
import torch.nn.functional as F

from common import DEVICE, autocast, floats, tokenize_with
from portraits import drawn, numbers, things


def reduced(pictures: torch.Tensor, side: int) -> torch.Tensor:
    """Bytes [N, 3, S, S] at the encoders' size, in −1…1."""
    return F.interpolate(floats(pictures), (side, side), mode="bilinear", antialias=True)


def embeddings(network, x: torch.Tensor | None, ids: torch.Tensor | None):
    """Unit features of pictures and of texts; None for None. Texts are computed up to the end of the longest."""
    image = text = None
    with autocast():
        if x is not None:
            image = F.normalize(network.visual_projection(network.vision_model(pixel_values=x).pooler_output).float(), dim=1)
        if ids is not None:
            end = network.config.text_config.eos_token_id
            longest = int((ids == end).int().argmax(1).max()) + 1
            text = F.normalize(network.text_projection(network.text_model(input_ids=ids[:, :longest]).pooler_output).float(), dim=1)
    return image, text


def identity_embedding(network, x: torch.Tensor) -> torch.Tensor:
    """The class token, as DINO's is used."""
    with autocast():
        token = network(pixel_values=x).last_hidden_state[:, 0]
    return F.normalize(token.float(), dim=1)


@torch.no_grad()
def measured(name: str, folder: str, scenes, held) -> dict:
    """The accuracy of what lies in `folder`, in half precision as it ships, computed in float."""
    from transformers import CLIPModel, ViTModel

    if name == "identity":
        network = ViTModel.from_pretrained(folder, add_pooling_layer=False).float().to(DEVICE).eval()
        return dict(held_renders=renders(network, held), seen_renders=renders(network, scenes), held_in_scenes=in_scenes(network, held))
    network = CLIPModel.from_pretrained(folder).float().to(DEVICE).eval()
    tokenize = tokenize_with(folder)
    return dict(
        retrieval_of_256=retrieval(network, scenes), held_retrieval_of_256=retrieval(network, held), held=zero_shot(network, held, tokenize),
        seen=zero_shot(network, scenes, tokenize))


def some(scenes, count: int, size: int = 192):
    """Pictures at the encoders' size for at least `count` new scenes, tokens, backgrounds, styles and sprites."""
    scenes.compositor.size, parts = size, []
    while sum(len(part[0]) for part in parts) < count:
        pictures, ids, layout = scenes.next()
        parts.append((pictures, ids, *(torch.as_tensor(x, device=DEVICE) for x in (layout.kind, layout.style, layout.sprite))))
    return [torch.cat(rows)[:count] for rows in zip(*parts)]


def retrieval(network, scenes, count: int = 256, rounds: int = 4) -> float:
    """How often a picture's own caption is the nearest of `count`."""
    right = []
    for _ in range(rounds):
        pictures, ids, *_ = some(scenes, count)
        image, text = embeddings(network, reduced(pictures, network.config.vision_config.image_size), ids)
        right.append((ids[(image @ text.T).argmax(1)] == ids).all(1).float().mean().item())
    return round(float(np.mean(right)), 4)


def zero_shot(network, scenes, tokenize, count: int = 768) -> dict:
    """How often the right words are the nearest ones: the place's phrase alone among all; the same in a prompt that names a thing of the
    picture; the style in such a prompt; in scenes of one thing its name among 16."""
    laws = scenes.compositor.laws
    recipe, names = laws.recipe, sorted({row["name"] for row in laws.sprites})
    places, styles = [kind["phrases"][0] for kind in recipe["backgrounds"]], [style["phrase"] for style in recipe["styles"] if style["share"]]
    pictures, _, kind, style, sprite = some(scenes, count)
    images = embeddings(network, reduced(pictures, network.config.vision_config.image_size), None)[0]
    asked: dict[str, list] = dict(place=[], place_in_prompt=[], style=[], thing_of_16=[])
    for image, k, manner, slots in zip(images, kind.tolist(), style.tolist(), sprite.tolist()):
        there = [laws.sprites[one]["name"] for one in slots if one >= 0]
        if not there:
            continue
        noun, place = laws.article(there[0]), places[k] if k < len(places) else ""
        if place:
            asked["place"].append((image, places, k))
            asked["place_in_prompt"].append((image, [f"{styles[manner]} {noun} {other}" for other in places], k))
        asked["style"].append((image, [f"{other} {noun} {place}".strip() for other in styles], manner))
        if len(there) == 1:
            others = [name for name in np.random.choice(names, 20, replace=False) if name != there[0]][:15]
            asked["thing_of_16"].append((image, ["a photo of " + laws.article(name) for name in [there[0], *others]], 0))
    return {name: right(network, tokenize, rows) for name, rows in asked.items()}


def right(network, tokenize, rows: list) -> float:
    """How often, of rows of a picture's features, texts and a number, the text of that number is the nearest."""
    found = []
    for at in range(0, len(rows), 64):
        part = rows[at : at + 64]
        texts = embeddings(network, None, torch.from_numpy(tokenize([text for row in part for text in row[1]])).to(DEVICE))[1]
        near = (texts.view(len(part), len(part[0][1]), -1) @ torch.stack([row[0] for row in part])[:, :, None])[..., 0].argmax(1)
        found += [k == row[2] for k, row in zip(near.tolist(), part)]
    return round(float(np.mean(found)), 4)


def renders(network, scenes) -> dict:
    """Renders of the models of `scenes`' objects on black: how often the nearest of one render of every model, in another pose and another light,
    is of the same model; chance is one in `objects`."""
    laws = scenes.compositor.laws
    sprite = np.array([k for views in laws.views.values() for k in views if laws.sprites[k]["kind"] == "model"])
    z = torch.cat([identity_embedding(network, drawn(scenes.compositor, part, network.config.image_size, plain=True)) for part in np.array_split(sprite, -(-len(sprite) // 128))])
    names = sorted({laws.sprites[k]["object"] for k in sprite})
    number = np.array([names.index(laws.sprites[k]["object"]) for k in sprite])
    azimuth, light = (np.array([laws.sprites[k][key] for k in sprite]) for key in ("azimuth", "light"))
    likeness, rng, right, near = (z @ z.T).cpu().numpy(), np.random.default_rng(0), [], []
    for k in range(len(sprite)):
        allowed = [np.flatnonzero((number == one) & (azimuth != azimuth[k]) & (light != light[k])) for one in range(len(names))]
        gallery = np.array([rng.choice(one) for one in allowed])
        right.append(likeness[k, gallery].argmax() == number[k])
        same = allowed[number[k]]
        close = same[np.isin((azimuth[same] - azimuth[k]) % 360, (45, 315))]
        if len(close):
            gallery[number[k]] = rng.choice(close)
            near.append(likeness[k, gallery].argmax() == number[k])
    return dict(nearest=round(float(np.mean(right)), 4), nearest_at_45_degrees=round(float(np.mean(near)), 4), objects=len(names))


def in_scenes(network, scenes, count: int = 400) -> dict:
    """Things cut out of new scenes, with all styles and what hides them: how often a thing is nearer to another picture of its object than to a
    picture of another object; chance is a half."""
    scenes.compositor.size, parts = 192, []
    while sum(len(part[0]) for part in parts) < count:
        parts.append(things(scenes, network.config.image_size))
    x, number = (torch.cat(rows) for rows in zip(*parts))
    z = identity_embedding(network, x)
    likeness, above = z @ z.T, torch.triu(torch.ones(len(z), len(z), dtype=torch.bool, device=DEVICE), 1)
    same = number[:, None] == number[None]
    a, b = likeness[same & above], likeness[~same & above]
    picks = [part[torch.randint(len(part), (20_000,), device=DEVICE)] for part in (a, b)]
    return dict(area=round((picks[0] > picks[1]).float().mean().item(), 4), things=len(z))
