"""ELITE's mapping networks (arXiv 2302.13848) at the size of the embedded model: from the picture of a thing alone on black to words and to
local features. bas has the same in Sources/BreakAScene/ELITE; names and shapes are those of its files.
"""
import json
import os

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from transformers import ViTConfig, ViTModel

SIDE, PATCH, WIDTH, LAYERS, INNER, LOCAL = 96, 12, 64, 4, 128, 64
CELLS = SIDE // PATCH
# What files call the encoder's parts (as `stdlib/evaluators/identity` and DINO's files do), and what this version of transformers calls them.
ON_DISK = [("encoder.encoder.layer.", "encoder.layers."), (".attention.attention.query.", ".attention.q_proj."), (".attention.attention.key.", ".attention.k_proj."),
           (".attention.attention.value.", ".attention.v_proj."), (".attention.output.dense.", ".attention.o_proj."), (".intermediate.dense.", ".mlp.fc1."),
           (".output.dense.", ".mlp.fc2.")]
# The layers whose patches the local features are made of, and those of the words, the primary word first. 0: before the first layer.
LOCAL_LAYERS, WORD_LAYERS = (1, 2, 4), (4, 1, 2, 3)


def renamed(name: str, table) -> str:
    for before, after in table:
        name = name.replace(before, after)
    return name


class GlobalMapper(nn.Module):
    """The class token and the mean of the thing's patches [N, 2 W] to one word [N, D]."""

    def __init__(self, width: int, text: int):
        super().__init__()
        self.fc1, self.norm, self.fc2 = nn.Linear(2 * width, 2 * width), nn.LayerNorm(2 * width), nn.Linear(2 * width, text)

    def forward(self, x):
        return self.fc2(F.gelu(self.norm(self.fc1(x))))


class LocalMapper(nn.Module):
    """Patches of several layers, side by side [N, P, 3 W], to features [N, P, E]."""

    def __init__(self, width: int, local: int):
        super().__init__()
        self.fc1, self.norm, self.fc2 = nn.Linear(len(LOCAL_LAYERS) * width, local), nn.LayerNorm(local), nn.Linear(local, local)

    def forward(self, x):
        return self.fc2(F.gelu(self.norm(self.fc1(x))))


class Elite(nn.Module):
    """Image encoder, mapping networks and the keys and values of the local features in each cross-attention."""

    def __init__(self, text: int, layers: dict[str, int]):
        """`text`: the width of words; `layers`: the width of each cross-attention, by its name."""
        super().__init__()
        self.encoder = ViTModel(ViTConfig(
            hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=LAYERS, num_attention_heads=4, image_size=SIDE, patch_size=PATCH,
            hidden_dropout_prob=0, attention_probs_dropout_prob=0), add_pooling_layer=False)
        self.encoder.set_attn_implementation("eager")  # several times as fast backwards on a CPU as the fused one
        self.words = nn.ModuleList(GlobalMapper(WIDTH, text) for _ in WORD_LAYERS)
        self.local = LocalMapper(WIDTH, LOCAL)
        self.names = list(layers)
        self.to_k = nn.ModuleList(nn.Linear(LOCAL, width, bias=False) for width in layers.values())
        self.to_v = nn.ModuleList(nn.Linear(LOCAL, width, bias=False) for width in layers.values())
        for layer in self.to_v:
            nn.init.zeros_(layer.weight)

    def states(self, pictures):
        """Tokens [N, 1 + P, W] after each layer, the last one after the final layer norm too, of pictures in −1…1."""
        out = self.encoder(pixel_values=pictures, output_hidden_states=True)
        return [*out.hidden_states[:-1], out.last_hidden_state]

    @staticmethod
    def pooled(states, cover):
        """[N, 2 W]: the class token and the mean of the patches, weighted by how much of each the thing covers, [N, P]."""
        share = cover / cover.sum(1, keepdim=True).clamp(min=1e-6)
        return torch.cat([states[:, 0], (states[:, 1:] * share[:, :, None]).sum(1)], 1)

    def all_words(self, states, cover):
        """[N, 4, D]: the primary word and the auxiliary ones."""
        return torch.stack([word(self.pooled(states[k], cover)) for word, k in zip(self.words, WORD_LAYERS)], 1)

    def features(self, states, cover):
        """[N, P, E]: the local features; zeros where the thing is not."""
        return self.local(torch.cat([states[k][:, 1:] for k in LOCAL_LAYERS], 2)) * cover[:, :, None]

    # MARK: files

    def tensors(self) -> dict[str, torch.Tensor]:
        """What is shipped: the primary word's mapping network alone."""
        state = {renamed(k, [(here, disk) for disk, here in ON_DISK]): v for k, v in self.state_dict().items() if not k.startswith(("words.", "to_k.", "to_v."))}
        state |= {"word." + k: v for k, v in self.words[0].state_dict().items()}
        for index, name in enumerate(self.names):
            state |= {f"{name}.to_k.weight": self.to_k[index].weight, f"{name}.to_v.weight": self.to_v[index].weight}
        return {k: v.detach().half().contiguous() for k, v in state.items()}

    def write(self, folder: str, model: str, scale: float) -> None:
        os.makedirs(folder, exist_ok=True)
        save_file(self.tensors(), folder + "/model.safetensors", metadata=dict(format="pt"))
        json.dump(dict(
            model_type="elite", model=model, text_width=self.words[0].fc2.out_features, local_size=LOCAL, local_layers=LOCAL_LAYERS, scale=scale,
            encoder=dict(model_type="vit", hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=LAYERS, num_attention_heads=4, image_size=SIDE,
                         patch_size=PATCH, num_channels=3, hidden_act="gelu", qkv_bias=True, layer_norm_eps=1e-12)),
            open(folder + "/config.json", "w"), indent=2)
        json.dump(dict(
            image_processor_type="ViTImageProcessor", do_resize=True, size=dict(height=SIDE, width=SIDE), resample=2, do_rescale=True,
            rescale_factor=1 / 255, do_normalize=True, image_mean=[0.5] * 3, image_std=[0.5] * 3), open(folder + "/preprocessor_config.json", "w"), indent=2)

    def read(self, folder: str) -> None:
        """Takes what `write` wrote; the auxiliary words stay as they are."""
        state = {renamed(k, ON_DISK): v.float() for k, v in load_file(folder + "/model.safetensors").items()}
        for index, name in enumerate(self.names):
            self.to_k[index].weight.data.copy_(state.pop(f"{name}.to_k.weight"))
            self.to_v[index].weight.data.copy_(state.pop(f"{name}.to_v.weight"))
        self.words[0].load_state_dict({k.removeprefix("word."): state.pop(k) for k in list(state) if k.startswith("word.")})
        self.load_state_dict(state, strict=False)


class Attend:
    """diffusers' attention with ELITE's local cross-attention: out = Attn(Q, K, V) + scale · Σ gate · Attn(Q, K_local, V_local), a term for each
    thing of the prompt. The gate, after the authors' code, is the attention that the thing's word gets, divided by its maximum over heads and
    places; it is a constant for the gradient."""

    def __init__(self, place: "Local | None" = None, index: int = 0):
        self.place, self.index = place, index

    def __call__(self, attn, x, encoder_hidden_states=None, attention_mask=None, temb=None, **_):
        n, length, heads = x.shape[0], x.shape[1], attn.heads
        split = lambda y: y.view(len(y), -1, heads, y.shape[2] // heads).transpose(1, 2)
        text = x if encoder_hidden_states is None else encoder_hidden_states
        q, k, v = split(attn.to_q(x)), split(attn.to_k(text)), split(attn.to_v(text))
        p = (q @ k.mT * q.shape[3] ** -0.5).softmax(-1)
        out = p @ v
        if self.place is not None and self.place.features is not None:
            rows, at, features = self.place.rows, self.place.at, self.place.features
            gate = p.detach()[rows, :, :, at]
            gate = gate / gate.amax((1, 2), keepdim=True)
            local_k, local_v = split(self.place.elite.to_k[self.index](features)), split(self.place.elite.to_v[self.index](features))
            near = (q[rows] @ local_k.mT * q.shape[3] ** -0.5).softmax(-1) @ local_v
            out = out.index_add(0, rows, (self.place.scale * gate[..., None] * near).to(out.dtype))
        return attn.to_out[0](out.transpose(1, 2).reshape(n, length, -1))


class Local:
    """What the cross-attentions look at besides the text: T things with features [T, P, E], the batch's rows [T] and the word's places [T]."""

    def __init__(self, unet):
        self.elite, self.scale, self.features, self.rows, self.at = None, 1.0, None, None, None
        names = [name for name in unet.attn_processors if ".attn2." in name]
        order = {name: k for k, name in enumerate(names)}
        unet.set_attn_processor({name: Attend(self, order[name]) if name in order else Attend() for name in unet.attn_processors})
        self.widths = {name.removesuffix(".processor"): unet.get_submodule(name.removesuffix(".processor")).to_q.out_features for name in names}
