"""The compact encoder: pre-norm transformer, rotary positions, GeGLU, hashed n-gram embeddings.

Attention is written out (no fused kernel), because the gradient of the fused one does not export to ONNX.
Sources: RoFormer (Su et al., 2021), GLU Variants (Shazeer, 2020), Byte Latent Transformer (Pagnoni et al., 2024).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from codeorigin_training.encoder.config import EncoderConfig


def rotary_tables(context: int, width: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine tables of shape ``(context, width)`` for heads of ``width``."""
    frequency = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float32) / width)
    angle = torch.arange(context, dtype=torch.float32)[:, None] * frequency[None, :]
    angle = torch.cat([angle, angle], dim=-1)
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotate ``x`` of shape ``(B, heads, T, width)`` by its position."""
    left, right = x.chunk(2, dim=-1)
    return x * cosine + torch.cat([-right, left], dim=-1) * sine


class Attention(nn.Module):
    """Multi-head self-attention over the tokens that ``mask`` keeps."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.width = config.dim // config.heads
        self.qkv = nn.Linear(config.dim, 3 * config.dim, bias=False)
        self.out = nn.Linear(config.dim, config.dim, bias=False)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, bias: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        """``x`` is ``(B, T, D)``; ``bias`` ``(B, 1, 1, T)`` is 0 for a token and very negative for padding."""
        batch, length, dim = x.shape
        query, key, value = (
            part.view(batch, length, self.heads, self.width).transpose(1, 2)
            for part in self.qkv(x).chunk(3, dim=-1)
        )
        query, key = rotate(query, cosine, sine), rotate(key, cosine, sine)
        scores = query @ key.transpose(-1, -2) / math.sqrt(self.width) + bias
        mixed = self.dropout(scores.softmax(dim=-1)) @ value
        joined: Tensor = self.out(mixed.transpose(1, 2).reshape(batch, length, dim))
        return joined


class Block(nn.Module):
    """Attention and GeGLU feed-forward, each behind a LayerNorm and added to the stream."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.dim)
        self.attention = Attention(config)
        self.feedforward_norm = nn.LayerNorm(config.dim)
        self.gate_up = nn.Linear(config.dim, 2 * config.feedforward, bias=False)
        self.down = nn.Linear(config.feedforward, config.dim, bias=False)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, bias: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        """Map ``(B, T, D)`` to ``(B, T, D)``."""
        x = x + self.dropout(self.attention(self.attention_norm(x), bias, cosine, sine))
        gate, up = self.gate_up(self.feedforward_norm(x)).chunk(2, dim=-1)
        fed: Tensor = x + self.dropout(self.down(F.gelu(gate) * up))
        return fed


class CompactEncoder(nn.Module):
    """Token ids -> one logit a sequence, with the path split at the embeddings for Integrated Gradients."""

    cosine: Tensor
    sine: Tensor

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocab_size, config.dim)
        nn.init.normal_(self.tokens.weight, std=0.02)
        if config.ngram_buckets:
            self.ngrams = nn.Embedding(config.ngram_buckets, config.ngram_dim, padding_idx=0)
            nn.init.normal_(self.ngrams.weight, std=0.02)
            with torch.no_grad():
                self.ngrams.weight[0].zero_()
            self.ngram_projection = nn.Linear(config.ngram_dim, config.dim, bias=False)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.dim)
        self.head = nn.Sequential(
            nn.Dropout(0.3),
            nn.Linear(config.dim, config.head_dim),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(config.head_dim, 1),
        )
        cosine, sine = rotary_tables(config.context, config.dim // config.heads)
        self.register_buffer("cosine", cosine, persistent=False)
        self.register_buffer("sine", sine, persistent=False)

    def embed(self, ids: Tensor, ngrams: Tensor) -> Tensor:
        """Embeddings ``(B, T, D)`` of token ids ``(B, T)`` and hashed n-gram ids ``(B, T, 2)``."""
        embedded: Tensor = self.tokens(ids)
        if self.config.ngram_buckets:
            embedded = embedded + self.ngram_projection(self.ngrams(ngrams).sum(dim=-2))
        return embedded

    def hidden(self, embeddings: Tensor, mask: Tensor) -> Tensor:
        """Contextual states ``(B, T, D)`` of ``embeddings``; ``mask`` ``(B, T)`` is True for tokens."""
        length = embeddings.shape[1]
        bias = (1.0 - mask.to(embeddings.dtype))[:, None, None, :] * -1e4
        x = embeddings
        for block in self.blocks:
            x = block(x, bias, self.cosine[:length], self.sine[:length])
        normed: Tensor = self.norm(x)
        return normed

    def forward_embeddings(self, embeddings: Tensor, mask: Tensor) -> Tensor:
        """Logit ``(B,)`` of embeddings ``(B, T, D)``: the mean state of the tokens through the head."""
        weights = mask.to(embeddings.dtype)[:, :, None]
        hidden = self.hidden(embeddings, mask)
        pooled = (hidden * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)
        logit: Tensor = self.head(pooled).squeeze(-1)
        return logit

    def forward(self, ids: Tensor, ngrams: Tensor, mask: Tensor) -> Tensor:
        """Logit ``(B,)`` of token ids ``(B, T)``, n-gram ids ``(B, T, 2)`` and mask ``(B, T)``."""
        return self.forward_embeddings(self.embed(ids, ngrams), mask)
