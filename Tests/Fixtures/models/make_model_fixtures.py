"""Writes the oracle of the engine: tiny random models in the diffusers layout, and what PyTorch, diffusers and transformers answer on
them and on the embedded model. One command, no choices:

  python make_model_fixtures.py [--embedded FOLDER] [--tokenizer FOLDER]

Writes beside itself tiny-collage/, tiny-sd15/, tiny-sd21/ (models), */expected.{safetensors,json}, embedded/expected.{safetensors,json} and
schedulers.{safetensors,json}. README.md lists every key. Expected values are computed in double precision from the weights as they are on
disk, so that a deviation is the engine's own; the script prints how far plain float32 PyTorch is from them.
"""
import argparse, json, math, os, shutil
import torch
from diffusers import logging as diffusers_logging
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor2_0
from safetensors.torch import save_file
from transformers import logging as transformers_logging
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
PROMPTS = ["a photo of a dog at the beach", "An OIL painting of two   red cups, the sun's (1907)"]
TOKEN_PROMPTS = PROMPTS + ["", "a photo at the beach", "don't you'll we've 12345 caf\u00e9!", "wow!! really?! _under_score_",
                           "\u65e5\u672c\u8a9e \U0001f642 na\u00efve \u00c5ngstr\u00f6m", "line\nbreak\tand <|endoftext|> inside", "... --- ++ a+b=c #9 $5.00 'quoted' \"double\"",
                           "a very long prompt " + "with rubber ducks and teddy bears " * 12]

# ---- the three tiny models: each keeps the style of its namesake's configuration files, key for key where that matters.

COLLAGE = dict(
    length=32,
    text=dict(vocab_size=1868, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, hidden_act="gelu",
              max_position_embeddings=32, bos_token_id=1866, eos_token_id=1867, pad_token_id=1867),
    unet=dict(in_channels=8, out_channels=8, sample_size=16, block_out_channels=[16, 24, 32], layers_per_block=1, cross_attention_dim=32,
              attention_head_dim=[2, 3, 4], norm_num_groups=8, use_linear_projection=True,
              down_block_types=["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
              up_block_types=["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]),
    vae=dict(block_out_channels=[8, 16, 16], down_block_types=["DownEncoderBlock2D"] * 3, up_block_types=["UpDecoderBlock2D"] * 3,
             latent_channels=8, layers_per_block=1, mid_block_add_attention=False, norm_num_groups=4, sample_size=64, scaling_factor=0.26),
    scheduler=dict(_class_name="DDIMScheduler", beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
                   num_train_timesteps=1000, prediction_type="epsilon", set_alpha_to_one=False, steps_offset=1, timestep_spacing="leading"),
    tokenizer=dict(bos_token="<|startoftext|>", eos_token="<|endoftext|>", pad_token="<|endoftext|>", unk_token="<|endoftext|>",
                   model_max_length=32, tokenizer_class="CLIPTokenizer", backend="tokenizers"))

ADDED = lambda s: dict(__type="AddedToken", content=s, lstrip=False, normalized=True, rstrip=False, single_word=False)

SD15 = dict(  # PNDM scheduler file, heads as an int, short old configs, `text_model.` and position_ids, query/key/value/proj_attn in the VAE
    length=16, old_keys=True,
    text=dict(vocab_size=1868, hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3, hidden_act="quick_gelu",
              max_position_embeddings=16, bos_token_id=0, eos_token_id=2, pad_token_id=1),
    unet=dict(act_fn="silu", attention_head_dim=2, block_out_channels=[16, 32], center_input_sample=False, cross_attention_dim=24,
              down_block_types=["CrossAttnDownBlock2D", "DownBlock2D"], downsample_padding=1, flip_sin_to_cos=True, freq_shift=0,
              in_channels=4, layers_per_block=2, mid_block_scale_factor=1, norm_eps=1e-05, norm_num_groups=8, out_channels=4,
              sample_size=16, up_block_types=["UpBlock2D", "CrossAttnUpBlock2D"]),
    vae=dict(act_fn="silu", block_out_channels=[8, 16], down_block_types=["DownEncoderBlock2D"] * 2, in_channels=3, latent_channels=4,
             layers_per_block=2, norm_num_groups=4, out_channels=3, sample_size=32, up_block_types=["UpDecoderBlock2D"] * 2),
    scheduler=dict(_class_name="PNDMScheduler", beta_end=0.012, beta_schedule="scaled_linear", beta_start=0.00085, num_train_timesteps=1000,
                   set_alpha_to_one=False, skip_prk_steps=True, steps_offset=1, trained_betas=None, clip_sample=False),
    tokenizer=dict(add_prefix_space=False, bos_token=ADDED("<|startoftext|>"), do_lower_case=True, eos_token=ADDED("<|endoftext|>"),
                   errors="replace", model_max_length=16, pad_token="<|endoftext|>", tokenizer_class="CLIPTokenizer",
                   unk_token=ADDED("<|endoftext|>")))

SD21 = dict(  # linear projections, heads per level, gelu, v-prediction, pad token "!", U-Net in bfloat16 and text encoder in float16
    length=24, unet_type=torch.bfloat16, text_type=torch.float16,
    text=dict(vocab_size=1868, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4, hidden_act="gelu",
              max_position_embeddings=24, bos_token_id=0, eos_token_id=2, pad_token_id=1),
    unet=dict(act_fn="silu", attention_head_dim=[1, 2, 4], block_out_channels=[16, 32, 32], center_input_sample=False, class_embed_type=None,
              cross_attention_dim=32, down_block_types=["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"], downsample_padding=1,
              dual_cross_attention=False, flip_sin_to_cos=True, freq_shift=0, in_channels=4, layers_per_block=2, mid_block_scale_factor=1,
              mid_block_type="UNetMidBlock2DCrossAttn", norm_eps=1e-05, norm_num_groups=8, num_class_embeds=None, only_cross_attention=False,
              out_channels=4, resnet_time_scale_shift="default", sample_size=16,
              up_block_types=["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"], upcast_attention=True, use_linear_projection=True),
    vae=dict(act_fn="silu", block_out_channels=[8, 16], down_block_types=["DownEncoderBlock2D"] * 2, in_channels=3, latent_channels=4,
             layers_per_block=2, norm_num_groups=8, out_channels=3, sample_size=32, scaling_factor=0.18215,
             up_block_types=["UpDecoderBlock2D"] * 2),
    scheduler=dict(_class_name="DDIMScheduler", beta_end=0.012, beta_schedule="scaled_linear", beta_start=0.00085, clip_sample=False,
                   num_train_timesteps=1000, prediction_type="v_prediction", set_alpha_to_one=False, skip_prk_steps=True, steps_offset=1,
                   trained_betas=None),
    tokenizer=dict(add_prefix_space=False, bos_token=ADDED("<|startoftext|>"), do_lower_case=True, eos_token=ADDED("<|endoftext|>"),
                   errors="replace", model_max_length=24, pad_token="!", tokenizer_class="CLIPTokenizer",
                   unk_token=ADDED("<|endoftext|>")))

TINY = {"tiny-collage": COLLAGE, "tiny-sd15": SD15, "tiny-sd21": SD21}


def randomise(net, generator):
    """Weights that make every part matter: norms away from one, attention that looks somewhere, nothing starting at zero."""
    for name, p in net.named_parameters():
        r = torch.randn(p.shape, generator=generator)
        if "norm" in name: p.data = 0.3 * r + (1 if name.endswith("weight") else 0)
        elif "token_embedding" in name: p.data = 0.8 * r
        elif "position_embedding" in name: p.data = 0.3 * r
        elif p.ndim == 1: p.data = 0.2 * r
        else: p.data = r * (1.5 if any(s in name for s in ("to_q", "to_k.", "q_proj", "k_proj")) else 0.9) / math.sqrt(p[0].numel())


def write_json(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f: f.write(json.dumps(value, indent=2) + "\n")


def write_weights(path, tensors, dtype=torch.float32):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    save_file({k: (v if v.dtype == torch.int64 else v.to(dtype)).contiguous() for k, v in tensors.items()}, path, {"format": "pt"})


OLD_ATTENTION = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}

def old_name(key):
    for new, old in OLD_ATTENTION.items(): key = key.replace(new, old)
    return key


def write_model(folder, c, tokenizer, seed):
    """A model folder with random weights."""
    shutil.rmtree(folder, ignore_errors=True); g = torch.Generator().manual_seed(seed); old = c.get("old_keys", False)
    unet, vae, text = UNet2DConditionModel(**c["unet"]), AutoencoderKL(**c["vae"]), CLIPTextModel(CLIPTextConfig(**c["text"]))
    for net in (unet, vae, text): randomise(net, g)
    rename = old_name if old else (lambda k: k)
    words = {"text_model." + k.removeprefix("text_model."): v for k, v in text.state_dict().items() if "position_ids" not in k}
    if old: words["text_model.embeddings.position_ids"] = torch.arange(c["length"])[None]
    write_weights(folder + "/unet/diffusion_pytorch_model.safetensors", unet.state_dict(), c.get("unet_type", torch.float32))
    write_weights(folder + "/vae/diffusion_pytorch_model.safetensors", {rename(k): v for k, v in vae.state_dict().items()})
    write_weights(folder + "/text_encoder/model.safetensors", words, c.get("text_type", torch.float32))
    version = {"_diffusers_version": "0.6.0" if old else "0.42.1"}
    write_json(folder + "/unet/config.json", {"_class_name": "UNet2DConditionModel", **version, **c["unet"]})
    write_json(folder + "/vae/config.json", {"_class_name": "AutoencoderKL", **version, **c["vae"]})
    write_json(folder + "/text_encoder/config.json", {"architectures": ["CLIPTextModel"], "model_type": "clip_text_model", "layer_norm_eps": 1e-05, **c["text"]})
    write_json(folder + "/scheduler/scheduler_config.json", {**version, **c["scheduler"]})
    write_json(folder + "/tokenizer/tokenizer_config.json", c["tokenizer"])
    for name in ("vocab.json", "merges.txt"):
        shutil.copyfile(f"{tokenizer}/{name}", f"{folder}/tokenizer/{name}")
    if c is not COLLAGE:
        write_json(folder + "/tokenizer/special_tokens_map.json", {k: dict(content=v["content"], lstrip=False, normalized=True, rstrip=False, single_word=False) if isinstance(v, dict) else v
                                                                   for k, v in c["tokenizer"].items() if k.endswith("_token")})
    index = {"_class_name": "StableDiffusionPipeline", **version, "scheduler": ["diffusers", c["scheduler"]["_class_name"]]}
    index |= {"text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}
    write_json(folder + "/model_index.json", index)


# ---- what the reference answers

class KeepProbabilities:
    """Cross-attention written out, keeping its probabilities [N, heads, pixels, L] under the layer's name."""
    def __init__(self, name, kept): self.name, self.kept = name, kept
    def __call__(self, attn, hidden, encoder_hidden_states=None, attention_mask=None, temb=None, **_):
        q, k, v = (attn.head_to_batch_dim(f(x)) for f, x in ((attn.to_q, hidden), (attn.to_k, encoder_hidden_states), (attn.to_v, encoder_hidden_states)))
        p = torch.softmax(torch.bmm(q, k.transpose(1, 2)) * attn.scale, -1)
        self.kept[self.name] = p.detach().view(len(hidden), -1, *p.shape[1:])
        return attn.to_out[1](attn.to_out[0](attn.batch_to_head_dim(torch.bmm(p, v))))


class Reference:
    def __init__(self, folder, dtype):
        load = lambda kind, part: kind.from_pretrained(f"{folder}/{part}").to(dtype).eval()
        self.unet, self.vae, self.text = load(UNet2DConditionModel, "unet"), load(AutoencoderKL, "vae"), load(CLIPTextModel, "text_encoder")
        self.tokenizer, self.scheduler = CLIPTokenizer.from_pretrained(folder + "/tokenizer"), DDIMScheduler.from_pretrained(folder + "/scheduler")
        self.dtype, self.kept = dtype, {}
        self.unet.set_attn_processor({n: KeepProbabilities(n.removesuffix(".processor"), self.kept) if "attn2" in n else AttnProcessor2_0() for n in self.unet.attn_processors})

    def ids(self, prompts):
        return self.tokenizer(prompts, padding="max_length", max_length=self.tokenizer.model_max_length, truncation=True, return_tensors="pt").input_ids


def projected(gradient):
    """[L2 norm, sum_i g[i] sin(0.37 (i + 1))] over the flattened tensor in disk order, both in double precision."""
    g = gradient.double().flatten(); wave = torch.sin(0.37 * torch.arange(1, len(g) + 1, dtype=torch.float64))
    return torch.stack([g.norm(), g @ wave])


def inputs(r, seed):
    """Everything given: the same values for every precision, since they are float32."""
    g = torch.Generator().manual_seed(seed); u, v = r.unet.config, r.vae.config
    size, pixels = u.sample_size, u.sample_size * 2 ** (len(v.block_out_channels) - 1); shape = (u.in_channels, size, size)
    rough = torch.rand(1, 3, 7, 7, generator=g) * 2 - 1
    picture = torch.nn.functional.interpolate(rough, (pixels, pixels), mode="bicubic").clamp(-1, 1)
    return {"input.latents": torch.randn(2, *shape, generator=g), "input.timesteps": torch.tensor([37., 811.]), "input.weights": torch.randn(2, *shape, generator=g),
            "input.picture": (picture + 0.1 * torch.randn(picture.shape, generator=g)).clamp(-1, 1), "input.decoder_latents": torch.randn(1, *shape, generator=g),
            "generation.initial": torch.randn(1, *shape, generator=torch.Generator().manual_seed(1))}


def answers(r, given, guidance, steps):
    """The keys of README.md that are computed."""
    out, x = {}, {k: v.to(r.dtype) for k, v in given.items()}
    out["tokens.ids"] = r.ids(TOKEN_PROMPTS)
    hidden = r.text(r.ids(PROMPTS)).last_hidden_state; latents = x["input.latents"].requires_grad_(True); hidden.retain_grad()
    prediction = r.unet(latents, x["input.timesteps"], hidden).sample
    out["text.hidden"], out["unet.out"] = hidden.detach(), prediction.detach()
    for name, p in r.kept.items(): out["attention." + name] = p.mean(1)
    mid = next(n for n in r.kept if n.startswith("mid")); out["attention_full." + mid] = r.kept[mid]
    (prediction * x["input.weights"]).sum().backward()
    out["gradient.latents"], out["gradient.hidden"] = latents.grad, hidden.grad
    for part, net in (("unet", r.unet), ("text_encoder", r.text)):
        for name, p in net.named_parameters(): out[f"gradient.{part}.{name.removeprefix('text_model.')}"] = projected(p.grad)
    with torch.no_grad():
        posterior = r.vae.encode(x["input.picture"]).latent_dist
        out["vae.mean"], out["vae.std"], out["vae.decoded"] = posterior.mean, posterior.std, r.vae.decode(x["input.decoder_latents"]).sample
        out["generation.latents"], out["generation.picture"] = generate(r, x["generation.initial"], guidance, steps)
    return out


def generate(r, z, guidance, steps):
    r.scheduler.set_timesteps(steps); h = torch.cat([r.text(r.ids([""])).last_hidden_state, r.text(r.ids(PROMPTS[:1])).last_hidden_state])
    for t in r.scheduler.timesteps:
        unconditional, conditional = r.unet(torch.cat([z, z]), t, h).sample.chunk(2)
        z = r.scheduler.step(unconditional + guidance * (conditional - unconditional), t, z).prev_sample
    return z, r.vae.decode(z / r.vae.config.scaling_factor).sample


def write_expected(model, folder, seed, guidance, steps):
    exact, plain = Reference(model, torch.float64), Reference(model, torch.float32); given = inputs(exact, seed)
    want, have = answers(exact, given, guidance, steps), answers(plain, given, guidance, steps)
    as_stored = {k: (v.to(torch.int32) if v.dtype == torch.int64 else v.to(torch.float32)).contiguous() for k, v in {**given, **want}.items()}
    os.makedirs(folder, exist_ok=True); save_file({k: v.detach() for k, v in as_stored.items()}, folder + "/expected.safetensors", {"format": "pt"})
    write_json(folder + "/expected.json", dict(prompts=PROMPTS, token_prompts=TOKEN_PROMPTS, generation=dict(prompt=PROMPTS[0], guidance=guidance, steps=steps)))
    check(os.path.basename(folder), want, have, os.path.getsize(folder + "/expected.safetensors"))


def check(name, want, have, size):
    """Prints how far float32 PyTorch is from the stored values, and refuses fixtures that could not fail."""
    gap = lambda k: ((have[k].double() - want[k].double()).abs().max() / want[k].double().abs().max()).item()
    tensors = {k: gap(k) for k in want if not k.startswith(("tokens", "gradient.unet", "gradient.text"))}
    biggest = max(v[0].item() for k, v in want.items() if k.startswith(("gradient.unet", "gradient.text"))); small = {}
    for k, v in want.items():
        if k.startswith(("gradient.unet", "gradient.text")):
            if v[0] < 1e-9 * biggest: small[k] = v[0].item()
            else: tensors[k] = (have[k].double() - v).abs().max().item() / v[0].item()
    print(f"{name}: {size / 1e6:.2f} MB, float32 is off by at most " + ", ".join(f"{max(v for k, v in tensors.items() if k.startswith(p)):.1e} ({p})" for p in ("text.", "unet.", "attention", "vae.", "generation.latents", "generation.picture", "gradient.latents", "gradient.unet", "gradient.text")))
    print("  scales: " + ", ".join(f"{k} {want[k].std():.3g}" for k in ("text.hidden", "unet.out", "vae.mean", "vae.std", "vae.decoded", "generation.latents", "generation.picture")), "| gradients that are zero in exact arithmetic:", sorted(small))
    weak = sorted(((v, k) for k, v in tensors.items() if k.startswith(("gradient.unet", "gradient.text")) and v > 1e-4), reverse=True)
    if weak: print("  float32's worst:", ", ".join(f"{k} {v:.1e} (norm {want[k][0]:.1e} of {biggest:.1e})" for v, k in weak[:5]))
    assert all("k_proj.bias" in k for k in small), "a parameter without a gradient tests nothing"
    assert all(torch.isfinite(v).all() for v in want.values() if v.is_floating_point()) and size < 1.5e6


# ---- schedulers

SCHEDULERS = {
    "embedded": dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1, timestep_spacing="leading", prediction_type="epsilon"),
    "v_leading": dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1, prediction_type="v_prediction"),
    "v_trailing_zero_snr": dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1, timestep_spacing="trailing", prediction_type="v_prediction", rescale_betas_zero_snr=True),
    "trailing": dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=True, timestep_spacing="trailing", prediction_type="epsilon"),
    "linspace": dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, timestep_spacing="linspace", prediction_type="epsilon"),
    "sample": dict(beta_start=0.0001, beta_end=0.02, beta_schedule="linear", clip_sample=False, prediction_type="sample"),
    "defaults": dict(),  # every value left to diffusers: linear betas, clip_sample on, set_alpha_to_one on
    "cosine": dict(beta_schedule="squaredcos_cap_v2", clip_sample=True, clip_sample_range=2.0),
}

def write_schedulers():
    """Timesteps, alphas and a trajectory of seven DDIM steps (eta 0) in which the model's outputs are given; noising and the velocity."""
    g, out, steps = torch.Generator().manual_seed(9), {}, 7
    out["input.sample"] = torch.randn(1, 4, 4, 4, generator=g); out["input.outputs"] = torch.randn(steps, 1, 4, 4, 4, generator=g)
    out["input.noise"] = torch.randn(3, 4, 4, 4, generator=g); out["input.clean"] = torch.randn(3, 4, 4, 4, generator=g); out["input.timesteps"] = torch.tensor([0, 500, 999], dtype=torch.int32)
    for name, config in SCHEDULERS.items():
        s = DDIMScheduler(**config); s.set_timesteps(steps); z, trajectory = out["input.sample"].double(), []
        for t, o in zip(s.timesteps, out["input.outputs"].double()): z = s.step(o, t, z).prev_sample; trajectory.append(z)
        out[name + ".timesteps"], out[name + ".alphas_cumprod"], out[name + ".trajectory"] = s.timesteps.to(torch.int32), s.alphas_cumprod, torch.stack(trajectory).float()
        clean, noise, t = (out["input." + k] for k in ("clean", "noise", "timesteps"))
        out[name + ".noised"], out[name + ".velocity"] = s.add_noise(clean, noise, t.long()), s.get_velocity(clean, noise, t.long())
    save_file({k: v.contiguous() for k, v in out.items()}, HERE + "/schedulers.safetensors", {"format": "pt"})
    write_json(HERE + "/schedulers.json", {"steps": steps, "configs": {k: {"_class_name": "DDIMScheduler", **v} for k, v in SCHEDULERS.items()}})


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--embedded", default=ROOT + "/stdlib/models/collage"); p.add_argument("--tokenizer", help="source of vocab.json and merges.txt (default: the embedded model's)")
    transformers_logging.disable_progress_bar(); diffusers_logging.set_verbosity_error()
    a = p.parse_args(); torch.set_num_threads(int(os.environ.get("THREADS", 2)))
    for seed, (name, config) in enumerate(TINY.items()):
        write_model(f"{HERE}/{name}", config, a.tokenizer or a.embedded + "/tokenizer", seed); write_expected(f"{HERE}/{name}", f"{HERE}/{name}", seed, 3., 10)
    write_expected(a.embedded, HERE + "/embedded", 0, 3., 30)
    write_schedulers()

if __name__ == "__main__": main()
