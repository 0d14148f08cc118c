"""Writes everything in this folder but itself and README.md: random ELITE encoders for ../models/tiny-collage, what they say of two pictures, and
what diffusers' U-Net answers with the local features. Expected values are computed in float64 from the weights as they are on disk.

    python make_elite_fixtures.py
"""
import os
import sys

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextModel, CLIPTokenizer, logging

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "Conformance", "elite"))
import networks

MODEL = os.path.join(HERE, "..", "models", "tiny-collage")
PROMPTS = ["a photo at the beach", "a photo of <a> and <b> at night", "<b> under water"]
SCALE = 0.7


def noise(*shape):
    return torch.randn(*shape, dtype=torch.float32)


def main() -> None:
    logging.set_verbosity_error()
    torch.manual_seed(5)
    networks.SIDE, networks.WIDTH, networks.LAYERS, networks.INNER, networks.LOCAL = 24, 16, 2, 24, 8
    networks.LOCAL_LAYERS, networks.WORD_LAYERS = (0, 1, 2), (2,)
    unet = UNet2DConditionModel.from_pretrained(MODEL + "/unet", torch_dtype=torch.float32).double().requires_grad_(False)
    local = networks.Local(unet)
    elite = networks.Elite(unet.config.cross_attention_dim, local.widths)
    with torch.no_grad():
        for value in elite.parameters():
            value.copy_(0.3 * noise(*value.shape))
    elite.write(HERE, "tiny-collage", SCALE)
    # Full precision, so that the fixture does not depend on rounding.
    save_file({name: value.float() for name, value in load_file(HERE + "/model.safetensors").items()}, HERE + "/model.safetensors")
    elite.read(HERE)
    elite.double()

    found = dict(pixels=noise(2, 3, 24, 24).clamp(-1, 1), cover=torch.tensor([[1, 0.5, 0.25, 0], [0, 0.75, 1, 1]], dtype=torch.float32))
    states = elite.states(found["pixels"].double())
    cover = found["cover"].double()
    found["words"], found["features"] = elite.all_words(states, cover)[:, 0], elite.features(states, cover)

    tokenizer = CLIPTokenizer.from_pretrained(MODEL + "/tokenizer")
    text = CLIPTextModel.from_pretrained(MODEL + "/text_encoder", torch_dtype=torch.float32).double().requires_grad_(False)
    tokenizer.add_tokens(["<a>", "<b>"])
    size = text.config.vocab_size
    text.resize_token_embeddings(size + 2)
    text.get_input_embeddings().weight.data[size:] = found["words"]
    ids = tokenizer(PROMPTS, padding="max_length", return_tensors="pt").input_ids
    rows, at = (ids >= size).nonzero(as_tuple=True)
    local.elite, local.scale, local.rows, local.at, local.features = elite, SCALE, rows, at, found["features"][ids[rows, at] - size]
    found |= {"latents": noise(3, 8, 16, 16), "timesteps": torch.tensor([37.0, 811.0, 400.0]), "weights": noise(3, 8, 16, 16)}
    latents = found["latents"].double().requires_grad_()
    hidden = text(input_ids=ids)[0]
    out = unet(latents, found["timesteps"].double(), hidden)[0]
    found["out"] = out
    found["gradient.latents"] = torch.autograd.grad((out * found["weights"]).sum(), latents)[0]
    local.features = None
    found["out.words"] = unet(latents, found["timesteps"].double(), hidden)[0]
    found = {name: value.detach().float().contiguous() for name, value in found.items()} | {"ids": ids.int()}
    print("local features change the output by", ((found["out"] - found["out.words"]).norm() / found["out"].norm()).item())
    save_file(found, HERE + "/expected.safetensors")


if __name__ == "__main__":
    main()
