"""Writes the oracle of Sources/Evaluators and of the metrics: tiny random models as transformers saves them, what transformers answers on
them, and what scikit-learn and numpy answer about maps and matrices. One command, no choices:

  python make_evaluator_fixtures.py [--into FOLDER]

Writes clip/, clip-old/, vit/, dinov2/, segmenter/ (models with expected.safetensors) and metrics.json into FOLDER (without: beside itself). README.md
lists every key. Expected features are computed in double precision from the weights as they are on disk.
"""
import argparse, json, os, sys
import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer, Dinov2Config, Dinov2Model, ViTConfig, ViTModel
from transformers import logging as transformers_logging
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../../Conformance/pretrain256")
from segmenting import Segmenter
IMAGES = ["photo.jpg", "pattern.png", "expected_photo_40.png"]  # wider than high, small, of another shape
TEXTS = ["a photo of a dog at the beach", "two red cups", ""]
BYTES = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))


def write_tokenizer(folder, length):
    """A vocabulary of every byte, some words, and the two special tokens, as CLIP's files have it."""
    alphabet = [chr(b) for b in BYTES] + [chr(256 + n) for n in range(256 - len(BYTES))]
    merges = [("p", "h"), ("ph", "o"), ("t", "o</w>"), ("pho", "to</w>"), ("d", "o"), ("do", "g</w>"), ("r", "e"), ("re", "d</w>"), ("t", "h"), ("th", "e</w>")]
    tokens = alphabet + [a + "</w>" for a in alphabet] + [a + b for a, b in merges] + ["<|startoftext|>", "<|endoftext|>"]
    with open(folder + "/vocab.json", "w") as f: json.dump({t: i for i, t in enumerate(tokens)}, f, ensure_ascii=False)
    with open(folder + "/merges.txt", "w") as f: f.write("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    special = dict(bos_token="<|startoftext|>", eos_token="<|endoftext|>", unk_token="<|endoftext|>", pad_token="<|endoftext|>")
    with open(folder + "/tokenizer_config.json", "w") as f: json.dump({**special, "model_max_length": length, "tokenizer_class": "CLIPTokenizer"}, f, indent=1)
    with open(folder + "/special_tokens_map.json", "w") as f: json.dump(special, f, indent=1)
    return len(tokens)


def pictures(): return [Image.open(f"{HERE}/../images/{n}").convert("RGB") for n in IMAGES]


def randomize(model, seed):
    """Weights at which every part matters: norms off one, biases off zero."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            spread = 0.15 if p.dim() > 1 else 0.2
            p.copy_(torch.randn(p.shape, generator=g) * spread + (1 if p.dim() == 1 and name.endswith("weight") or "lambda" in name else 0))
    return model.eval()


def clip_model(folder, seed, old=False):
    length = 40; vocabulary = write_tokenizer(folder, length)
    # Old files say that texts end with token 2, and repeat settings in text_config_dict; the largest id of a text ends it there.
    text = dict(vocab_size=vocabulary, hidden_size=8, intermediate_size=12, num_hidden_layers=2, num_attention_heads=2, max_position_embeddings=length,
                bos_token_id=0 if old else vocabulary - 2, eos_token_id=2 if old else vocabulary - 1, pad_token_id=1, hidden_act="gelu" if old else "quick_gelu")
    vision = dict(hidden_size=12, intermediate_size=20, num_hidden_layers=2, num_attention_heads=3, image_size=28 if old else 32, patch_size=7 if old else 8, hidden_act="gelu" if old else "quick_gelu")
    model = randomize(CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=10)), seed); model.save_pretrained(folder)
    side = vision["image_size"]
    processor = CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side}); processor.save_pretrained(folder)
    if old:  # as the first releases were written
        config = json.load(open(folder + "/config.json")); config["text_config_dict"] = {"hidden_size": 8, "intermediate_size": 12}; config["text_config"]["intermediate_size"] = 99
        json.dump(config, open(folder + "/config.json", "w"), indent=1)
        weights = load_file(folder + "/model.safetensors")
        weights["text_model.embeddings.position_ids"] = torch.arange(length)[None]; weights["vision_model.embeddings.position_ids"] = torch.arange(17)[None]
        save_file(weights, folder + "/model.safetensors", {"format": "pt"})
        save = dict(crop_size=side, do_center_crop=True, do_normalize=True, do_resize=True, feature_extractor_type="CLIPFeatureExtractor",
                    image_mean=[0.48145466, 0.4578275, 0.40821073], image_std=[0.26862954, 0.26130258, 0.27577711], resample=3, size=side)
        json.dump(save, open(folder + "/preprocessor_config.json", "w"), indent=1)
    tokenizer = CLIPTokenizer.from_pretrained(folder); ids = tokenizer(TEXTS, padding="max_length", return_tensors="pt")
    pixels = processor(pictures(), return_tensors="pt")["pixel_values"]; model = model.double()
    with torch.no_grad(): out = model(input_ids=ids["input_ids"], attention_mask=ids["attention_mask"], pixel_values=pixels.double())
    return dict(pixels=pixels[:2], ids=ids["input_ids"].int(), image_features=out.image_embeds, text_features=out.text_embeds)


def vision_model(folder, model, processor, seed):
    randomize(model, seed).save_pretrained(folder); processor.save_pretrained(folder)
    pixels = processor(pictures(), return_tensors="pt")["pixel_values"]; model = model.double()
    with torch.no_grad(): first = model(pixels.double()).last_hidden_state[:, 0]
    return dict(pixels=pixels[:2], image_features=first / first.norm(dim=1, keepdim=True))


def segmenter(folder):
    """A tiny segmenter that reads references with the fixture `vit`: where two things show in three pictures."""
    model = randomize(Segmenter(width=48, blocks=1, heads=2, side=32, reference_width=12), 6)
    save_file({k: v.half().contiguous() for k, v in model.state_dict().items()}, folder + "/model.safetensors", {"format": "pt"})
    with open(folder + "/config.json", "w") as f: json.dump(dict(model.config, reference_encoder="../vit"), f, indent=2); f.write("\n")
    model.load_state_dict({k: v.float() for k, v in load_file(folder + "/model.safetensors").items()}); model = model.double()
    encoder = ViTModel.from_pretrained(folder + "/../vit").double().eval(); processor = ViTImageProcessorPil.from_pretrained(folder + "/../vit")
    sized = lambda images, side: torch.stack([torch.from_numpy(np.asarray(i.resize((side, side), Image.BILINEAR)).astype(np.float64)).permute(2, 0, 1) / 127.5 - 1 for i in images])
    images, things = pictures(), pictures()[:2]
    with torch.no_grad():
        tokens = encoder(processor(things, return_tensors="pt")["pixel_values"].double(), output_hidden_states=True).hidden_states[-2]
        out = [model(sized([image], 32), sized(things, 16), tokens, torch.zeros(2, dtype=torch.long)) for image in images]
    return dict(masks=torch.stack([mask.sigmoid() for mask, _ in out]), presence=torch.stack([there.sigmoid() for _, there in out]))


def maps():
    """Average precision with and without ties by scikit-learn; spectral norms by numpy."""
    from sklearn.metrics import average_precision_score
    g = np.random.default_rng(5); cases = []
    for n, levels in ((12, 0), (40, 0), (40, 5), (64, 3), (30, 1)):
        score = g.random(n); mask = (g.random(n) < 0.3 + 0.3 * score).astype(int); mask[0] = 1
        if levels: score = np.ceil(score * levels) / levels
        score = score.astype(np.float32)
        cases.append(dict(scores=[float(s) for s in score], mask=mask.tolist(), average_precision=float(average_precision_score(mask, score))))
    norms = []
    for n in (1, 2, 3, 5):
        m = g.normal(size=(n, n)); norms.append(dict(matrix=m.tolist(), norm=float(np.linalg.norm(m, 2))))
    return dict(average_precision=cases, spectral_norm=norms)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("--into", default=HERE); a = p.parse_args()
    transformers_logging.set_verbosity_error(); transformers_logging.disable_progress_bar(); torch.set_num_threads(2)
    small = dict(hidden_size=12, num_hidden_layers=2, num_attention_heads=3)
    builders = {
        "clip": lambda f: clip_model(f, 1), "clip-old": lambda f: clip_model(f, 2, old=True),
        "vit": lambda f: vision_model(f, ViTModel(ViTConfig(**small, intermediate_size=20, image_size=32, patch_size=8)),
                                      ViTImageProcessorPil(size={"height": 32, "width": 32}, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225]), 3),
        # Trained at 56 pixels, shown 35: positions are interpolated.
        "dinov2": lambda f: vision_model(f, Dinov2Model(Dinov2Config(**small, mlp_ratio=2, image_size=56, patch_size=7)),
                                         BitImageProcessorPil(size={"shortest_edge": 40}, crop_size={"height": 35, "width": 35}), 4)}
    total = 0
    for name, build in builders.items():
        folder = f"{a.into}/{name}"; os.makedirs(folder, exist_ok=True); out = build(folder)
        assert all(torch.isfinite(v).all() for v in out.values() if v.is_floating_point())
        spread = (out["image_features"][0] - out["image_features"][1]).norm().item(); assert spread > 0.02, "pictures that look the same test nothing"
        save_file({k: (v if v.dtype == torch.int32 else v.float()).contiguous() for k, v in out.items()}, folder + "/expected.safetensors", {"format": "pt"}); [os.chmod(f"{folder}/{n}", 0o644) for n in os.listdir(folder)]
        print(f"{name}: two pictures are {spread:.2f} apart")
    os.makedirs(a.into + "/segmenter", exist_ok=True); out = segmenter(a.into + "/segmenter")
    assert (out["masks"][:, 0] - out["masks"][:, 1]).abs().max() > 0.05, "things that look the same test nothing"
    save_file({k: v.float().contiguous() for k, v in out.items()}, a.into + "/segmenter/expected.safetensors", {"format": "pt"}); [os.chmod(f"{a.into}/segmenter/{n}", 0o644) for n in os.listdir(a.into + "/segmenter")]
    with open(a.into + "/metrics.json", "w") as f: json.dump(maps(), f); f.write("\n")
    for d, _, files in os.walk(a.into): total += sum(os.path.getsize(os.path.join(d, f)) for f in files)
    print(f"{total / 1000:.0f} kB in all"); assert total < 500_000

if __name__ == "__main__": main()
