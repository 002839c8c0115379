"""The compact encoder: pre-norm transformer, rotary or learned positions, GeGLU, hashed n-gram embeddings.

Attention is written out, because the gradient of a fused kernel does not export to ONNX.
Sources: RoFormer (Su et al., 2021), GLU Variants (Shazeer, 2020), Byte Latent Transformer (Pagnoni et al., 2024).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from codeorigin_training.encoder.config import EncoderConfig, PositionScheme
from codeorigin_training.encoder.interface import Encoder, attention_bias, make_head
from codeorigin_training.encoder.pooling import make_pool

Rotation = tuple[Tensor, Tensor]
"""Cosine and sine, of shape ``(T, width)`` or ``(B, 1, T, width)``."""


def rotary_tables(context: int, width: int) -> Rotation:
    """Cosine and sine tables of shape ``(context, width)`` for heads of ``width``."""
    frequency = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float32) / width)
    angle = torch.arange(context, dtype=torch.float32)[:, None] * frequency[None, :]
    angle = torch.cat([angle, angle], dim=-1)
    return angle.cos(), angle.sin()


def rotate(x: Tensor, rotation: Rotation) -> Tensor:
    """Rotate ``x`` of shape ``(B, heads, T, width)`` by its position."""
    cosine, sine = rotation
    left, right = x.chunk(2, dim=-1)
    return x * cosine + torch.cat([-right, left], dim=-1) * sine


class Attention(nn.Module):
    """Multi-head self-attention, with a bias that masks tokens."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.width = config.dim // config.heads
        self.qkv = nn.Linear(config.dim, 3 * config.dim, bias=False)
        self.out = nn.Linear(config.dim, config.dim, bias=False)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, bias: Tensor, rotation: Rotation | None) -> Tensor:
        """``x`` is ``(B, T, D)``; ``bias`` ``(B, 1, 1 or T, T)`` is very negative where a token must not attend."""
        batch, length, _ = x.shape
        query, key, value = (
            part.view(batch, length, self.heads, self.width).transpose(1, 2)
            for part in self.qkv(x).chunk(3, dim=-1)
        )
        if rotation is not None:
            query, key = rotate(query, rotation), rotate(key, rotation)
        scores = query @ key.transpose(-1, -2) / math.sqrt(self.width) + bias
        mixed = self.dropout(scores.softmax(dim=-1)) @ value
        joined: Tensor = self.out(mixed.transpose(1, 2).reshape(batch, length, self.heads * self.width))
        return joined


class TransformerBlock(nn.Module):
    """Attention and GeGLU feed-forward, each after a LayerNorm and added to the residual stream."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.dim)
        self.attention = Attention(config)
        self.feedforward_norm = nn.LayerNorm(config.dim)
        self.gate_up = nn.Linear(config.dim, 2 * config.feedforward, bias=False)
        self.down = nn.Linear(config.feedforward, config.dim, bias=False)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, bias: Tensor, rotation: Rotation | None) -> Tensor:
        """Map ``(B, T, D)`` to ``(B, T, D)``."""
        x = x + self.dropout(self.attention(self.attention_norm(x), bias, rotation))
        gate, up = self.gate_up(self.feedforward_norm(x)).chunk(2, dim=-1)
        fed: Tensor = x + self.dropout(self.down(F.gelu(gate) * up))
        return fed


class CompactEncoder(Encoder):
    """The encoder of the shipped bundle, of at most a few million parameters."""

    cosine: Tensor
    sine: Tensor
    embedding_prefixes = ("tokens.", "ngrams.", "ngram_projection.")

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.width, self.context = config.dim, config.context
        self.ngram_buckets = config.ngram_buckets
        self.layers, self.heads = config.layers, config.heads
        self.tokens = nn.Embedding(config.vocab_size, config.dim)
        nn.init.normal_(self.tokens.weight, std=0.02)
        if config.ngram_buckets:
            self.ngrams = nn.Embedding(config.ngram_buckets, config.ngram_dim, padding_idx=0)
            nn.init.normal_(self.ngrams.weight, std=0.02)
            with torch.no_grad():
                self.ngrams.weight[0].zero_()
            self.ngram_projection = nn.Linear(config.ngram_dim, config.dim, bias=False)
        self.blocks = nn.ModuleList(TransformerBlock(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.dim)
        self.head = make_head(config.dim, config.head_dim)
        self.pool = make_pool(config.pooling, config.dim)
        if config.positions is PositionScheme.LEARNED:
            self.positions = nn.Parameter(0.02 * torch.randn(config.context, config.dim))
        else:
            cosine, sine = rotary_tables(config.context, config.dim // config.heads)
            self.register_buffer("cosine", cosine, persistent=False)
            self.register_buffer("sine", sine, persistent=False)

    @property
    def token_embedding(self) -> nn.Embedding:
        return self.tokens

    def embed(self, ids: Tensor, ngrams: Tensor) -> Tensor:
        embedded: Tensor = self.tokens(ids)
        if self.config.ngram_buckets:
            embedded = embedded + self.ngram_projection(self.ngrams(ngrams).sum(dim=-2))
        return embedded

    def hidden(self, embeddings: Tensor, mask: Tensor, positions: Tensor | None = None) -> Tensor:
        bias = attention_bias(mask, embeddings)
        length = embeddings.shape[1]
        x, rotation = embeddings, None
        if self.config.positions is PositionScheme.LEARNED:
            x = x + (self.positions[:length] if positions is None else self.positions[positions])
        elif positions is None:
            rotation = self.cosine[:length], self.sine[:length]
        else:
            rotation = self.cosine[positions][:, None], self.sine[positions][:, None]
        for block in self.blocks:
            x = block(x, bias, rotation)
        normed: Tensor = self.norm(x)
        return normed

    def layer_groups(self) -> list[list[nn.Parameter]]:
        bottom: list[nn.Parameter] = list(self.tokens.parameters())
        if self.config.ngram_buckets:
            bottom += [*self.ngrams.parameters(), *self.ngram_projection.parameters()]
        if self.config.positions is PositionScheme.LEARNED:
            bottom.append(self.positions)
        groups = [bottom, *(list(block.parameters()) for block in self.blocks)]
        # The last norm belongs to the encoder, not to the head, so it is frozen with the encoder.
        groups[-1] += self.norm.parameters()
        return [*groups, [*self.pool.parameters(), *self.head.parameters()]]
