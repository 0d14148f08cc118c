"""Draws a contact sheet of scenes with their captions: python look.py DATA OUT.png [--count 24] [--size 256] [--seed 0] [--held]"""
import argparse
import textwrap

import numpy as np
import torch
from PIL import Image, ImageDraw

from compositor import Compositor
from layouts import Laws

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("data")
parser.add_argument("out")
parser.add_argument("--count", type=int, default=24)
parser.add_argument("--size", type=int, default=256)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--held", action="store_true")
options = parser.parse_args()
torch.manual_seed(options.seed)
laws = Laws(options.data, held=options.held)
layout, captions = laws.sample(options.count, np.random.default_rng(options.seed))
pictures = Compositor(options.data, laws, torch.device("cpu"), options.size).compose(layout)
columns, tall = 6, options.size + 46
page = Image.new("RGB", (columns * (options.size + 4), -(-options.count // columns) * tall), "white")
for k, (picture, caption) in enumerate(zip(pictures, captions)):
    x, y = k % columns * (options.size + 4), k // columns * tall
    page.paste(Image.fromarray(picture.permute(1, 2, 0).numpy()), (x, y))
    ImageDraw.Draw(page).text((x + 2, y + options.size + 2), "\n".join(textwrap.wrap(caption, options.size // 6)), fill="black")
page.save(options.out)
