"""Writes the names and shapes of every tensor of Stable Diffusion 1 and 2 checkpoints, and diffusers' names for them.

Run: python make_names.py   (diffusers 0.42, transformers 5.23, torch 2.13). v1.json, v2.json: original name -> [diffusers' name, shape].
The original names come from `to_original` here; diffusers' own converter must turn every one of them into the model's key again.
Tests/Conformance/full_size.py writes whole checkpoints with the same function.
"""
import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint, convert_ldm_vae_checkpoint
from transformers import CLIPTextConfig, CLIPTextModel

UNET = dict(sample_size=64, block_out_channels=(320, 640, 1280, 1280), cross_attention_dim=768, attention_head_dim=8)
UNET2 = dict(UNET, cross_attention_dim=1024, attention_head_dim=(5, 10, 20, 20), use_linear_projection=True)
VAE = dict(sample_size=512, block_out_channels=(128, 256, 512, 512), layers_per_block=2, latent_channels=4,
           down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4)
TEXT = dict(vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, projection_dim=768)
TEXT2 = dict(vocab_size=49408, hidden_size=1024, intermediate_size=4096, num_hidden_layers=23, num_attention_heads=16, hidden_act="gelu", projection_dim=512)
RESNET = [("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("time_emb_proj", "emb_layers.1"), ("norm2", "out_layers.0"), ("conv2", "out_layers.3"),
          ("conv_shortcut", "skip_connection")]
AROUND = {"time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2", "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0",
          "conv_out": "out.2"}


def unet_key(key):
    words = key.split(".")
    for name, original in AROUND.items():
        if key.startswith(name + "."):
            return original + key[len(name):]
    if words[0] == "mid_block":
        place, rest = {("resnets", "0"): 0, ("attentions", "0"): 1, ("resnets", "1"): 2}[words[1], words[2]], words[3:]
        head = f"middle_block.{place}"
    else:
        level, kind, index, rest = int(words[1]), words[2], int(words[3]), words[4:]
        if words[0] == "down_blocks":
            if kind == "downsamplers":
                return f"input_blocks.{3 * level + 3}.0.op." + rest[-1]
            head = f"input_blocks.{3 * level + 1 + index}.{int(kind == 'attentions')}"
        else:
            if kind == "upsamplers":
                return f"output_blocks.{3 * level + 2}.{1 if level == 0 else 2}.conv." + rest[-1]
            head = f"output_blocks.{3 * level + index}.{int(kind == 'attentions')}"
    if "resnets" in words[1:3]:
        rest[0] = dict(RESNET)[rest[0]]
    return head + "." + ".".join(rest)


def vae_key(key):
    key = key.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut").replace("mid_block.resnets.0", "mid.block_1").replace("mid_block.resnets.1", "mid.block_2")
    for a, b in [("group_norm", "norm"), ("to_q", "q"), ("to_k", "k"), ("to_v", "v"), ("to_out.0", "proj_out")]:
        key = key.replace("mid_block.attentions.0." + a, "mid.attn_1." + b)
    for i in range(4):
        key = key.replace(f"down_blocks.{i}.resnets", f"down.{i}.block").replace(f"down_blocks.{i}.downsamplers.0", f"down.{i}.downsample")
        key = key.replace(f"up_blocks.{i}.resnets", f"up.{3 - i}.block").replace(f"up_blocks.{i}.upsamplers.0", f"up.{3 - i}.upsample")
    return key


def text2(state):
    """OpenCLIP's names: in_proj fused, a last layer more, which nobody reads."""
    out, state = {}, {k.removeprefix("text_model."): v for k, v in state.items()}
    names = {"embeddings.token_embedding.weight": "token_embedding.weight", "embeddings.position_embedding.weight": "positional_embedding",
             "final_layer_norm.weight": "ln_final.weight", "final_layer_norm.bias": "ln_final.bias"}
    for key, value in state.items():
        if key in names:
            out[names[key]] = value
        elif ".q_proj." in key:
            parts = [state[key.replace("q_proj", p)] for p in ("q_proj", "k_proj", "v_proj")]
            out["transformer.resblocks." + key.removeprefix("encoder.layers.").replace("self_attn.q_proj.", "attn.in_proj_")] = torch.cat(parts)
        elif not any(p in key for p in (".k_proj.", ".v_proj.", "position_ids")):
            name = key.removeprefix("encoder.layers.")
            for a, b in [("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"), ("self_attn.", "attn.")]:
                name = name.replace(a, b)
            out["transformer.resblocks." + name] = value
    last = 1 + max(int(k.split(".")[2]) for k in out if "resblocks" in k)
    out.update({k.replace(f".{last - 1}.", f".{last}."): v for k, v in out.items() if f"resblocks.{last - 1}." in k})
    return out


def to_original(version, unet, vae, text):
    """State dicts of the three parts as one checkpoint."""
    def old_vae(key, value):
        return value[:, :, None, None] if "mid_block.attentions" in key and value.ndim == 2 and version == "v1" else value
    out = {"model.diffusion_model." + unet_key(k): v for k, v in unet.items()}
    out |= {"first_stage_model." + vae_key(k): old_vae(k, v) for k, v in vae.items()}
    if version == "v1":
        return out | {"cond_stage_model.transformer.text_model." + k.removeprefix("text_model."): v for k, v in text.items()}
    return out | {"cond_stage_model.model." + k: v for k, v in text2(text).items()}


def build(version):
    return (UNet2DConditionModel(**(UNET if version == "v1" else UNET2)), AutoencoderKL(**VAE),
            CLIPTextModel(CLIPTextConfig(**(TEXT if version == "v1" else TEXT2))))


if __name__ == "__main__":
    for version in ("v1", "v2"):
        with torch.device("meta"):
            parts = build(version)
        checkpoint = to_original(version, *(p.state_dict() for p in parts))
        back = {"unet": convert_ldm_unet_checkpoint(dict(checkpoint), parts[0].config), "vae": convert_ldm_vae_checkpoint(dict(checkpoint), parts[1].config)}
        names = {id(v): f"{part}.{k}" for part, state in back.items() for k, v in state.items()}
        own = {"unet": parts[0].state_dict(), "vae": parts[1].state_dict()}
        for part in own:
            assert set(own[part]) == set(back[part]), (version, part, set(own[part]) ^ set(back[part]))
        forward = {"unet": unet_key, "vae": vae_key}
        rows = {}
        for key, value in checkpoint.items():
            name = ""
            for prefix, part in (("model.diffusion_model.", "unet"), ("first_stage_model.", "vae")):
                if key.startswith(prefix):
                    name = next(f"{part}.{k}" for k in back[part] if forward[part](k) == key.removeprefix(prefix))
                    found = back[part][name.removeprefix(part + ".")]  # the very tensor, where the converter does not reshape it
                    assert found is value or (found.numel() == value.numel() and "mid_block.attentions" in name), (key, name)
            rows[key] = [name, list(value.shape)]
        (Path(__file__).parent / f"{version}.json").write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in rows.items()) + "\n}\n")
