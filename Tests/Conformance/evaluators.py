"""CLIP, DINO and DINOv2 as bas reads them, beside transformers: cosines of pictures and texts, at the published sizes with random weights.

  python evaluators.py [--bas .build/release/bas] [--layers N]

Models have the widths, heads, patches and picture sizes of openai/clip-vit-base-patch32, openai/clip-vit-large-patch14, facebook/dino-vits16,
facebook/dino-vitb16 and facebook/dinov2-small, with N layers (3) a tower, so that a run takes a minute and 2 GB.
"""
import argparse, os, shutil, subprocess, sys, tempfile
import numpy as np
import torch
from PIL import Image
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer, Dinov2Config, Dinov2Model, ViTConfig, ViTModel
from transformers import logging as transformers_logging
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCENES = ["toys", "mug_rose", "sheep"]; TEXTS = ["a photo of a duck", "two red cups at the beach", "a sheep"]
VOCABULARY = ROOT + "/stdlib/models/collage/tokenizer"
TOLERANCE = 1e-5


def randomize(model, seed):
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            p.copy_(torch.randn(p.shape, generator=g) * (0.6 / max(1, p.shape[-1]) ** 0.5 if p.dim() > 1 else 0.1) + (1 if p.dim() == 1 and name.endswith("weight") else 0))
    return model.eval()


def clip(folder, layers, patch, vision, text, projection):
    for f in os.listdir(VOCABULARY): shutil.copy(f"{VOCABULARY}/{f}", folder)
    tokenizer = CLIPTokenizer.from_pretrained(folder); length = tokenizer.model_max_length
    model = randomize(CLIPModel(CLIPConfig(
        text_config=dict(vocab_size=len(tokenizer), hidden_size=text, intermediate_size=4 * text, num_hidden_layers=layers, num_attention_heads=text // 64, max_position_embeddings=length,
                         bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id),
        vision_config=dict(hidden_size=vision, intermediate_size=4 * vision, num_hidden_layers=layers, num_attention_heads=vision // 64, image_size=224, patch_size=patch), projection_dim=projection)), patch)
    model.save_pretrained(folder); processor = CLIPImageProcessorPil(); processor.save_pretrained(folder)
    def answers(pictures):
        ids = tokenizer(TEXTS, padding="max_length", return_tensors="pt")
        with torch.no_grad(): out = model.double()(pixel_values=processor(pictures, return_tensors="pt")["pixel_values"].double(), **ids)
        return out.image_embeds, out.text_embeds
    return answers


def vision(folder, model, processor, seed):
    randomize(model, seed).save_pretrained(folder); processor.save_pretrained(folder)
    def answers(pictures):
        with torch.no_grad(): first = model.double()(processor(pictures, return_tensors="pt")["pixel_values"].double()).last_hidden_state[:, 0]
        return first / first.norm(dim=1, keepdim=True), None
    return answers


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bas", default=ROOT + "/.build/release/bas"); p.add_argument("--layers", type=int, default=3); a = p.parse_args(); a.bas = os.path.abspath(a.bas)
    transformers_logging.set_verbosity_error(); transformers_logging.disable_progress_bar(); good = True
    half = dict(image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
    models = {
        "clip-vit-base-patch32": lambda f: clip(f, a.layers, 32, 768, 512, 512), "clip-vit-large-patch14": lambda f: clip(f, a.layers, 14, 1024, 768, 768),
        "dino-vits16": lambda f: vision(f, ViTModel(ViTConfig(hidden_size=384, intermediate_size=1536, num_attention_heads=6, num_hidden_layers=a.layers)), ViTImageProcessorPil(resample=3, **half), 1),
        "dino-vitb16": lambda f: vision(f, ViTModel(ViTConfig(num_hidden_layers=a.layers)), ViTImageProcessorPil(resample=3, **half), 2),
        "dinov2-small": lambda f: vision(f, Dinov2Model(Dinov2Config(hidden_size=384, num_attention_heads=6, num_hidden_layers=a.layers, image_size=518, patch_size=14)), BitImageProcessorPil(size={"shortest_edge": 256}, **half), 3)}
    paths = [next(f"{ROOT}/stdlib/scenes/{s}/img.{e}" for e in ("jpg", "png") if os.path.exists(f"{ROOT}/stdlib/scenes/{s}/img.{e}")) for s in SCENES]
    pictures = [Image.open(path).convert("RGB") for path in paths]; pictures[1] = pictures[1].crop((0, 40, pictures[1].width, pictures[1].height - 61))
    for name, build in models.items():
        with tempfile.TemporaryDirectory() as where:
            os.mkdir(f"{where}/{name}"); answers = build(f"{where}/{name}")
            for i, picture in enumerate(pictures): picture.save(f"{where}/{i}.png")
            program = f'e = load_evaluator("{name}"); p = [load_image("0.png"), load_image("1.png"), load_image("2.png")]\nprint(identity_similarity(p, p[0], e).similarity)'
            images, texts = answers(pictures); want = [float(images[i] @ images[0]) for i in range(3)]
            if texts is not None:
                program += "\n" + f"print(prompt_similarity(p, {TEXTS!r}, e).similarity)".replace("'", '"'); want += [float(images[i] @ texts[i]) for i in range(3)]
            done = subprocess.run([a.bas, "-e", program], cwd=where, capture_output=True, text=True)
            if done.returncode: sys.exit(f"bas ended with {done.returncode}:\n{done.stdout}{done.stderr}")
            have = [float(x) for x in done.stdout.replace("[", " ").replace("]", " ").replace(",", " ").split()]
            gap = max(abs(h - w) for h, w in zip(have, want)) if len(have) == len(want) else float("inf"); spread = max(want) - min(want)
            fine = gap < TOLERANCE and spread > 1e-3; good &= fine
            print(f"{'✓' if fine else '✗'} {name}: {len(want)} cosines, off by at most {gap:.1e} (they differ by {spread:.2g})", flush=True)
    sys.exit(0 if good else 1)

if __name__ == "__main__": main()
