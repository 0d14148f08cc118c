"""Trains the embedded model of 256 pixels from nothing, in calls of ten minutes on one machine with a GPU.

    python run.py DATA TOKENIZER WORK OUT --seconds 570 [--stage first|go-on|last]

DATA is what pack.py writes, TOKENIZER what vocabulary.py writes; WORK stays on the machine between calls, OUT gets what comes back.
`first` learns features and autoencoder, and begins the U-Net; `go-on` goes on with it, `last` lets its learning rate fall and exports. With
--base a second loan goes on from the model that the first brought back (export.py unpack): its stages are `go-on` and `last`.
"""
import argparse
import os
import shutil
import time

import torch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("tokenizer")
    parser.add_argument("work")
    parser.add_argument("out")
    parser.add_argument("--seconds", type=float, default=570)
    parser.add_argument("--stage", choices=["first", "go-on", "last", "all"], default="all")
    parser.add_argument("--base", help="a model folder to go on from")
    parser.add_argument("--latents", type=int, default=16)
    parser.add_argument("--features", type=float, default=60, help="seconds for the features")
    parser.add_argument("--autoencoder", type=float, default=420, help="seconds for the autoencoder")
    parser.add_argument("--size", type=int, default=256)
    options = parser.parse_args()
    end = time.time() + options.seconds
    os.makedirs(options.work, exist_ok=True)
    os.makedirs(options.out, exist_ok=True)

    import common

    if options.base and not os.path.exists(options.work + "/vae"):
        for part in ("vae", "unet", "text_encoder"):
            shutil.copytree(os.path.join(options.base, part), os.path.join(options.work, part))
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    if not common.GPU:
        torch.set_num_threads(max(1, (os.cpu_count() or 2) - 1))
    scenes = common.Scenes(options.data, options.tokenizer, options.size, seed=int(time.time()) % 100_000)
    common.say("scenes come from", len(scenes.processes), "processes;", len(scenes.compositor.laws.sprites), "cut-outs,", len(scenes.compositor.photos), "photos")
    try:
        stages(options, scenes, end)
    finally:
        scenes.close()


def stages(options, scenes, end: float) -> None:
    import autoencoder
    import diffusion
    import export

    finishing = options.stage in ("last", "all")
    begins = options.stage in ("first", "all")
    if begins:
        autoencoder.run(scenes, options.work, options.latents, options.features, options.autoencoder)
        torch.cuda.empty_cache()
    # Export and samples take about a minute of the last call.
    left = end - time.time() - (60 if finishing and torch.cuda.is_available() else 10)
    diffusion.run(scenes, options.work, options.tokenizer, left, first=begins, final=finishing)
    if finishing:
        model = os.path.join(options.work, "model")
        export.save(options.work, options.tokenizer, model)
        export.pack(model, options.out)
        export.samples(model, options.out + "/samples.png", size=options.size, seeds=4 if torch.cuda.is_available() else 1)


if __name__ == "__main__":
    main()
