"""What we write, diffusers reads, and the other way round: whole folders, handles, LoRA in both namings.

  python adapters.py [--bas .build/release/bas]

`bas` moves the embedded model a little (every matrix of the cross-attention's keys and values), gives it a handle, and writes everything; diffusers
with peft reads it and must predict the same noise. Then peft makes a LoRA of its own, and `bas` reads that; and each reads adapters' folders.
"""
import argparse, os, subprocess, sys, tempfile, warnings
import torch
from diffusers import StableDiffusionPipeline
from diffusers.utils import convert_state_dict_to_diffusers
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from safetensors.torch import load_file, save_file

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))); BASE = ROOT + "/stdlib/models/collage"
PROMPT = "a photo of <asset0> at the beach"; warnings.filterwarnings("ignore")
WRITE = '''
b = load_model("collage"); h = add_handles(b, 1, init=["ball"]); k = require_grad(h, "kv"); i = load_tensors("in.safetensors")
m, o = update(k, adamw(k.parameters, lr=0.02), grad(mean(predict_noise(k, i.x, 500, "{0}").noise ** 2), k.parameters))
save_model(m, "model", dtype="float32"); save_model(m, "half"); save_model(m, "bfloat", dtype="bfloat16"); save_handles(add_handles(b, 3), "three"); save_handles(m, "handles.safetensors"); low = save_lora(m, "peft.safetensors", h, rank=64)
save_lora(m, "kohya.safetensors", h, rank=64, format="kohya"); save_result(m, "result.safetensors", b, rank=64)
r = load_result("result.safetensors", b); g = load_handles("handles.safetensors", b); l = load_lora("peft.safetensors", g)
save_tensors({{whole: predict_noise(m, i.x, 500, "{0}").noise, low: predict_noise(l, i.x, 500, "{0}").noise, result: predict_noise(r, i.x, 500, "{0}").noise,
    plain: predict_noise(h, i.x, 500, "{0}").noise}}, "out.safetensors")
print(low.error)
'''
READ = '''
h = load_handles("handles.safetensors", load_model("collage")); i = load_tensors("in.safetensors")
save_tensors({{both: predict_noise(load_lora("theirs.safetensors", h), i.x, 500, "{0}").noise, half: predict_noise(load_lora("theirs.safetensors", h, scale=0.5), i.x, 500, "{0}").noise}}, "back.safetensors")
'''
FOLDERS = '''
h = add_handles(load_model("./tuned"), 1, init=["ball"]); i = load_tensors("in.safetensors"); j = load_tensors("large.safetensors")
save_tensors({{tuned: predict_noise(h, i.x, 500, "{0}").noise,
    ships: predict_noise(add_handles(load_model("collage256"), 1, init=["ball"]), j.x, 500, "{0}").noise}}, "folders.safetensors")
save_handles(h, "ball.safetensors")
'''


def bas(a, program, where):
    done = subprocess.run([a.bas, "-e", program.format(PROMPT)], cwd=where, capture_output=True, text=True)
    if done.returncode: sys.exit(f"bas ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def pipeline(folder=BASE): return StableDiffusionPipeline.from_pretrained(folder, safety_checker=None, torch_dtype=torch.float32, local_files_only=True)


@torch.no_grad()
def noise(pipe, x):
    ids = pipe.tokenizer([PROMPT], padding="max_length", max_length=pipe.tokenizer.model_max_length, truncation=True, return_tensors="pt").input_ids
    return pipe.unet(x.permute(0, 3, 1, 2), 500, pipe.text_encoder(ids).last_hidden_state).sample.permute(0, 2, 3, 1)


def compare(mine, theirs, what, tolerance=1e-4):
    gap = (mine - theirs).abs().max().item() / theirs.abs().max().item(); good = gap < tolerance
    print(f"{'✓' if good else '✗'} {what}: {gap:.1e} of the range", flush=True); return good


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("--bas", default=ROOT + "/.build/release/bas")
    a = p.parse_args(); a.bas = os.path.abspath(a.bas); good = True
    with tempfile.TemporaryDirectory() as where:
        x = torch.randn(1, 16, 16, 8, generator=torch.Generator().manual_seed(2)); save_file({"x": x}, where + "/in.safetensors")
        error = float(bas(a, WRITE, where).split()[-1]); ours = load_file(where + "/out.safetensors")
        moved = ((ours["whole"] - ours["plain"]).abs().max() / ours["plain"].abs().max()).item()
        print(f"the change moves the prediction by {moved:.1e} of its range; rank 64 leaves out {error:.1e} of it", flush=True); good &= moved > 1e-2
        good &= compare(ours["whole"], noise(pipeline(where + "/model"), x), "save_model, read by diffusers")
        # As a user does it, without any option: whatever type the files have, all parts come in one.
        for folder in ("half", "bfloat", "model"):
            pipe = StableDiffusionPipeline.from_pretrained(f"{where}/{folder}"); pipe.set_progress_bar_config(disable=True)
            types = {part.dtype for part in (pipe.unet, pipe.text_encoder, pipe.vae)}; picture = pipe(PROMPT, num_inference_steps=2).images[0]
            fine = types == {torch.float32} and picture.size == (128, 128); good &= fine
            print(f"{'✓' if fine else '✗'} {folder}, loaded without options: {', '.join(map(str, types))}", flush=True)
        pipe = pipeline(); pipe.load_textual_inversion([f"{where}/three/asset{i}.safetensors" for i in range(3)]); known = load_file(f"{where}/three/asset2.safetensors")["<asset2>"]
        row = pipe.text_encoder.get_input_embeddings().weight[pipe.tokenizer.convert_tokens_to_ids("<asset2>")]; fine = torch.equal(row, known); good &= fine
        print(f"{'✓' if fine else '✗'} three handles of save_handles, by load_textual_inversion", flush=True)
        good &= compare(ours["result"], ours["low"], "save_result and load_result, as the LoRA with the handle")
        for name in ("peft", "kohya"):
            pipe = pipeline(); pipe.load_textual_inversion(where + "/handles.safetensors"); pipe.load_lora_weights(where, weight_name=name + ".safetensors")
            good &= compare(ours["low"], noise(pipe, x), f"save_handles and save_lora ({name}), read by diffusers")
        pipe = pipeline(); pipe.load_textual_inversion(where + "/handles.safetensors"); torch.manual_seed(3)
        pipe.unet.add_adapter(LoraConfig(r=4, lora_alpha=4, init_lora_weights="gaussian", target_modules=["to_k", "to_q", "to_v", "to_out.0", "proj_in", "conv1"]))
        for key, value in pipe.unet.named_parameters():
            if "lora_B" in key: torch.nn.init.normal_(value, std=.02)
        StableDiffusionPipeline.save_lora_weights(where, unet_lora_layers=convert_state_dict_to_diffusers(get_peft_model_state_dict(pipe.unet)), weight_name="theirs.safetensors")
        bas(a, READ, where); back = load_file(where + "/back.safetensors")
        good &= compare(back["both"], noise(pipe, x), "peft's LoRA, read by load_lora")
        pipe.unet.set_adapters(["default"], [.5]); good &= compare(back["half"], noise(pipe, x), "the same at scale 0.5")
        good &= folders(a, where, x)
    sys.exit(0 if good else 1)


def folders(a, where, x):
    """peft's own folder with alpha other than the rank, read by load_model; collage256, read by peft."""
    torch.manual_seed(4); tuned = pipeline(); large = torch.randn(1, 32, 32, 8); save_file({"x": large}, where + "/large.safetensors")
    tuned.unet = get_peft_model(tuned.unet, LoraConfig(r=4, lora_alpha=6, init_lora_weights="gaussian", target_modules=["to_k", "to_out.0", "conv1", "conv_in"]))
    for key, value in tuned.unet.named_parameters():
        if "lora_B" in key: torch.nn.init.normal_(value, std=.02)
    tuned.unet.peft_config["default"].base_model_name_or_path = BASE; tuned.unet.save_pretrained(where + "/tuned")
    bas(a, FOLDERS, where); ours = load_file(where + "/folders.safetensors")
    tuned.load_textual_inversion(where + "/ball.safetensors"); good = compare(ours["tuned"], noise(tuned, x), "an adapter's folder of peft, read by load_model")
    ships = pipeline(); ships.load_textual_inversion(where + "/ball.safetensors"); ships.unet = PeftModel.from_pretrained(ships.unet, BASE + "256")
    return compare(ours["ships"], noise(ships, large), "collage256, read by peft") and good


if __name__ == "__main__": main()
