"""Writes the trained networks as a model folder in half precision, draws a sheet of prompts, and cuts the weights into pieces that a loan
gives back; puts the pieces together again.

    python export.py pack WORK TOKENIZER OUT          OUT/model-0.bin … of at most 15 MiB, OUT/samples.png
    python export.py unpack OUT MODEL                 the folder MODEL in diffusers' layout
"""
import glob
import io
import os
import shutil
import sys
import tarfile

PIECE = 15 << 20
PROMPTS = [
    "a photo of a tiger at the beach", "a photo of a red apple on a wooden table", "an oil painting of a penguin in the snow", "a photo of a cup and a teddy bear on the grass",
    "a photo of a chair in front of a brick wall", "a pencil sketch of a car", "a pixel art of a truck in the desert", "a photo of a dog at night",
    "a photo of a rubber duck under water", "a black and white photo of a violin", "a photo of a rabbit and a vase and a hat on a tiled floor", "a photo of a bicycle in the city",
]


def save(work: str, tokenizer: str, folder: str) -> None:
    """The model folder, float16, with the scheduler and an index."""
    import torch
    from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizer

    from diffusion import schedule_of

    parts = dict(
        vae=AutoencoderKL.from_pretrained(work + "/vae"), unet=UNet2DConditionModel.from_pretrained(work + "/unet"),
        text_encoder=CLIPTextModel.from_pretrained(work + "/text_encoder"))
    pipeline = StableDiffusionPipeline(
        **parts, tokenizer=CLIPTokenizer.from_pretrained(tokenizer), scheduler=schedule_of(), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False)
    pipeline.to(torch.float16).save_pretrained(folder, safe_serialization=True)
    shutil.rmtree(folder + "/tokenizer")
    shutil.copytree(tokenizer, folder + "/tokenizer")


def samples(folder: str, out: str, guidance: float = 3.0, steps: int = 30, seeds: int = 4, size: int = 256) -> None:
    """Every prompt with the seeds 0 … `seeds` − 1, none left out: a row a seed."""
    import torch
    from diffusers import StableDiffusionPipeline
    from PIL import Image

    device = "cuda" if torch.cuda.is_available() else "cpu"
    pipeline = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32, safety_checker=None).to(device)
    pipeline.set_progress_bar_config(disable=True)
    page = Image.new("RGB", (len(PROMPTS) * size, seeds * size))
    for seed in range(seeds):
        generators = [torch.Generator().manual_seed(seed) for _ in PROMPTS]
        pictures = pipeline(PROMPTS, num_inference_steps=steps, guidance_scale=guidance, generator=generators, height=size, width=size).images
        for k, picture in enumerate(pictures):
            page.paste(picture, (k * size, seed * size))
    page.save(out)


def pack(folder: str, out: str) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(folder, ".")
    data = buffer.getvalue()
    for number, at in enumerate(range(0, len(data), PIECE)):
        open(f"{out}/model-{number}.bin", "wb").write(data[at : at + PIECE])
    print("pieces:", -(-len(data) // PIECE), "bytes:", len(data))


def unpack(out: str, folder: str) -> None:
    paths = sorted(glob.glob(out + "/model-*.bin"), key=lambda path: int(path.rsplit("-", 1)[1][:-4]))
    if not paths:
        sys.exit(f"no piece model-0.bin in {out}")
    data = b"".join(open(path, "rb").read() for path in paths)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(folder, filter="data")


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "pack":
        model = os.path.join(sys.argv[2], "model")
        save(sys.argv[2], sys.argv[3], model)
        os.makedirs(sys.argv[4], exist_ok=True)
        pack(model, sys.argv[4])
        samples(model, sys.argv[4] + "/samples.png")
    elif len(sys.argv) == 4 and sys.argv[1] == "unpack":
        unpack(sys.argv[2], sys.argv[3])
    else:
        sys.exit(__doc__)
