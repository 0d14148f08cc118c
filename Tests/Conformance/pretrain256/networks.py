"""The networks of the embedded model in diffusers' classes, their sizes, and two that only help: features for a perceptual loss, and a
discriminator of patches."""
import torch
import torch.nn.functional as F
from torch import nn

# Tokens of a prompt.
LENGTH = 40


def autoencoder(latents: int):
    from diffusers import AutoencoderKL

    widths = (32, 64, 128, 160)
    return AutoencoderKL(
        block_out_channels=widths, down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4, layers_per_block=1,
        latent_channels=latents, norm_num_groups=8, sample_size=256, mid_block_add_attention=False)


def denoiser(latents: int, text: int = 224, widths=(72, 144, 192)):
    """On 32×32 latents. Cross-attention from the second level on: its maps of 16×16 cells are the paper's."""
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=32, in_channels=latents, out_channels=latents, block_out_channels=widths, layers_per_block=1, norm_num_groups=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"), mid_block_type="UNetMidBlock2DCrossAttn",
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=text, attention_head_dim=(2, 4, 6),
        use_linear_projection=True)


def text_encoder(vocabulary: int, begin: int, end: int, width: int = 224):
    from transformers import CLIPTextConfig, CLIPTextModel

    return CLIPTextModel(CLIPTextConfig(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=768, num_hidden_layers=4, num_attention_heads=4, hidden_act="gelu",
        max_position_embeddings=LENGTH, bos_token_id=begin, eos_token_id=end, pad_token_id=end))


def size(network) -> str:
    return f"{sum(parameter.numel() for parameter in network.parameters()) / 1e6:.2f} M"


class Features(nn.Module):
    """Features of a picture at four sizes, learned by telling the world's scenes apart: which things, background, style."""

    def __init__(self, things: int, backgrounds: int, styles: int, widths=(32, 64, 128, 192)):
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], 3, padding=1)
        self.stages = nn.ModuleList()
        for k, width in enumerate(widths):
            before = widths[max(0, k - 1)]
            self.stages.append(nn.Sequential(
                nn.GroupNorm(8, before), nn.SiLU(), nn.Conv2d(before, width, 3, stride=2, padding=1), nn.GroupNorm(8, width), nn.SiLU(), nn.Conv2d(width, width, 3, padding=1)))
        self.head = nn.Linear(2 * widths[-1], things + backgrounds + styles)
        self.parts = (things, backgrounds, styles)

    def levels(self, x: torch.Tensor) -> list[torch.Tensor]:
        x, out = self.stem(x), []
        for stage in self.stages:
            x = stage(x)
            out.append(x)
        return out

    def forward(self, x: torch.Tensor):
        """Logits of things (several may be there), background (one), style (one)."""
        last = F.silu(self.levels(x)[-1])
        return self.head(torch.cat([last.mean((2, 3)), last.amax((2, 3))], 1)).split(self.parts, 1)

    def distance(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The mean squared difference of features of unit length, as LPIPS (arXiv 1801.03924) has it, without learned weights."""
        total = 0
        for a, b in zip(self.levels(x)[:3], self.levels(y)[:3]):
            a, b = (v.float() / (v.float().square().sum(1, keepdim=True) + 1e-6).sqrt() for v in (a, b))
            total = total + (a - b).square().sum(1).mean()
        return total


class Patches(nn.Module):
    """A discriminator: one number for each patch of about 40 pixels (arXiv 1611.07004)."""

    def __init__(self, width: int = 48):
        super().__init__()
        layers, before = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)], width
        for factor in (2, 4):
            layers += [nn.Conv2d(before, factor * width, 4, 2, 1), nn.GroupNorm(8, factor * width), nn.LeakyReLU(0.2)]
            before = factor * width
        self.body, self.head = nn.Sequential(*layers), nn.Conv2d(before, 1, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x))
