"""The network of segmenter.py: finds in a picture the thing that another picture shows. Its numbers are those of Sources/Evaluators/Segmenter."""
import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    """Attention of x [N, L, D] to a context [N, M, D], itself where there is none; its parameters have diffusers' names."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.to_q, self.to_k, self.to_v = (nn.Linear(width, width) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x: torch.Tensor, context: torch.Tensor | None = None) -> torch.Tensor:
        context = x if context is None else context
        q, k, v = (y.unflatten(2, (self.heads, -1)).transpose(1, 2) for y in (self.to_q(x), self.to_k(context), self.to_v(context)))
        weights = (q @ k.transpose(2, 3) * q.shape[-1] ** -0.5).softmax(-1)
        return self.to_out[0]((weights @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    """Self-attention, cross-attention to the reference, feed-forward, each with layer norm before it and its input added."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))
        self.attn1, self.attn2 = Attention(width, heads), Attention(width, heads)
        self.fc1, self.fc2 = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        x = x + self.attn1(self.norm1(x))
        x = x + self.attn2(self.norm2(x), context)
        return x + self.fc2(F.gelu(self.fc1(self.norm3(x))))


class Segmenter(nn.Module):
    """Picture [N, 3, S, S] and a thing alone on black [M, 3, S/2, S/2], both in −1…1, with that thing's tokens of the identity encoder [M, T, E]."""

    def __init__(self, width: int = 96, blocks: int = 3, heads: int = 4, side: int = 96, reference_width: int = 96):
        super().__init__()
        self.config = dict(model_type="segmenter", hidden_size=width, num_hidden_layers=blocks, num_attention_heads=heads, image_size=side, reference_hidden_size=reference_width)
        quarter, half = width // 4, width // 2
        self.conv1, self.conv2, self.conv3 = nn.Conv2d(3, quarter, 3, 2, 1), nn.Conv2d(quarter, half, 3, 2, 1), nn.Conv2d(half, width, 3, 2, 1)
        self.norm1, self.norm2 = nn.GroupNorm(4, quarter), nn.GroupNorm(4, half)
        self.rows, self.columns = (nn.Parameter(0.02 * torch.randn(side // 8, width)) for _ in range(2))
        self.reference_embedding = nn.Parameter(0.02 * torch.randn(width))
        self.reference_projection = nn.Linear(reference_width, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(blocks))
        self.norm_out = nn.LayerNorm(width)
        self.up1, self.up2, self.up3 = nn.Conv2d(width, half, 1), nn.Conv2d(2 * half, width // 3, 3, 1, 1), nn.Conv2d(width // 3 + quarter, width // 6, 3, 1, 1)
        self.mask = nn.Conv2d(width // 6, 1, 3, 1, 1)
        self.presence = nn.Linear(2 * width, 1)

    def stem(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Features at a half, a quarter and an eighth of the side."""
        a = F.silu(self.norm1(self.conv1(x)))
        b = F.silu(self.norm2(self.conv2(a)))
        return [a, b, self.conv3(b)]

    def context(self, reference: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """What a reference is to the cross-attentions, [M, cells + T, D]."""
        seen = self.stem(reference)[2].flatten(2).transpose(1, 2) + self.reference_embedding
        return torch.cat([seen, self.reference_projection(tokens)], 1)

    def forward(self, picture: torch.Tensor, reference: torch.Tensor, tokens: torch.Tensor, which: torch.Tensor | None = None):
        """Logits of the mask at half the side [M, S/2, S/2], and of whether the thing is there [M]. `which` [M]: the picture of each reference."""
        a, b, c = self.stem(picture)
        context = self.context(reference, tokens)
        cells = c.shape[-1]
        x = c.flatten(2).transpose(1, 2) + (self.rows[:, None] + self.columns[None]).flatten(0, 1)
        if which is not None:
            a, b, x = a[which], b[which], x[which]
        for block in self.blocks:
            x = block(x, context)
        x = self.norm_out(x)
        there = self.presence(torch.cat([x.mean(1), x.amax(1)], 1))[:, 0]
        y = self.up1(x.transpose(1, 2).unflatten(2, (cells, cells)))
        y = F.silu(self.up2(torch.cat([F.interpolate(y, scale_factor=2, mode="nearest"), b], 1)))
        y = F.silu(self.up3(torch.cat([F.interpolate(y, scale_factor=2, mode="nearest"), a], 1)))
        return self.mask(y)[:, 0], there
