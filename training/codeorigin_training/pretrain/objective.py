"""Pretraining objectives: masked tokens, replaced tokens, and positions in the syntax tree."""

import dataclasses
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from codeorigin_training.encoder.compact import TransformerBlock, rotary_tables
from codeorigin_training.encoder.config import EncoderConfig
from codeorigin_training.encoder.interface import Encoder, attention_bias
from codeorigin_training.pretrain.config import PretrainConfig
from codeorigin_training.pretrain.masking import MaskingVocabulary
from codeorigin_training.pretrain.packing import document_ngrams

IGNORED = -100
"""Target of padding, which losses ignore."""


@dataclass(frozen=True, slots=True)
class PretrainBatch:
    """Packed rows on a device, ``(B, T)`` each: the original ``ids``, and ``shown``, with the ``chosen`` masked.

    ``ngrams`` ``(B, T, 2)`` are those of ``shown``. ``parents`` and ``depths`` are None without syntax targets.
    """

    ids: Tensor
    shown: Tensor
    ngrams: Tensor
    chosen: Tensor
    document: Tensor
    positions: Tensor
    parents: Tensor | None = None
    depths: Tensor | None = None

    def to(self, device: torch.device) -> "PretrainBatch":
        """A copy on ``device``."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return PretrainBatch(**{name: each.to(device) for name, each in values.items() if each is not None})

    @property
    def real(self) -> Tensor:
        """Which tokens are not padding, bool ``(B, T)``."""
        return self.document >= 0

    @property
    def sight(self) -> Tensor:
        """Attention mask, bool ``(B, T, T)``: a token attends only to tokens of its own document."""
        return self.document[:, :, None] == self.document[:, None, :]


@dataclass(frozen=True, slots=True)
class PretrainLoss:
    """``loss`` to minimise, and ``figures``, which are means over the tokens concerned."""

    loss: Tensor
    figures: dict[str, Tensor]


class TokenHead(nn.Module):
    """Computes logits over the vocabulary from states, using the embedding table of the input."""

    def __init__(self, width: int, table_width: int, vocabulary: int) -> None:
        super().__init__()
        self.dense = nn.Linear(width, table_width)
        self.norm = nn.LayerNorm(table_width)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, states: Tensor, table: Tensor) -> Tensor:
        """Logits ``(N, V)`` of states ``(N, width)``; ``table`` is ``(V, table_width)``."""
        logits: Tensor = F.linear(self.norm(F.gelu(self.dense(states))), table, self.bias)
        return logits


class Generator(nn.Module):
    """A small encoder on the large one's embeddings, which fills in masked tokens."""

    def __init__(self, width: int, context: int, vocabulary: int, config: PretrainConfig) -> None:
        super().__init__()
        heads = max(1, round(width * config.generator_share) // 32)
        # Rotary positions need an even head width.
        small = math.ceil(width * config.generator_share / (2 * heads)) * 2 * heads
        shape = EncoderConfig(
            vocab_size=vocabulary, dim=small, heads=heads, feedforward=2 * small, dropout=0.0, context=context
        )
        self.down = nn.Linear(width, small, bias=False)
        self.blocks = nn.ModuleList(TransformerBlock(shape) for _ in range(config.generator_layers))
        self.norm = nn.LayerNorm(small)
        self.head = TokenHead(small, width, vocabulary)
        cosine, sine = rotary_tables(context, small // heads)
        self.register_buffer("cosine", cosine, persistent=False)
        self.register_buffer("sine", sine, persistent=False)

    def forward(self, embeddings: Tensor, sight: Tensor, positions: Tensor) -> Tensor:
        """States ``(B, T, small)`` of the encoder's embeddings ``(B, T, D)``."""
        cosine, sine = self.get_buffer("cosine"), self.get_buffer("sine")
        x = self.down(embeddings)
        bias = attention_bias(sight, x)
        rotation = cosine[positions][:, None], sine[positions][:, None]
        for block in self.blocks:
            x = block(x, bias, rotation)
        normed: Tensor = self.norm(x)
        return normed


class PretrainObjective(nn.Module):
    """The encoder with the heads used only for pretraining."""

    def __init__(
        self, encoder: Encoder, vocabulary: MaskingVocabulary, config: PretrainConfig, syntax_names: int = 0
    ) -> None:
        super().__init__()
        self.encoder, self.vocabulary, self.config = encoder, vocabulary, config
        self.tokens = TokenHead(encoder.width, encoder.width, vocabulary.size)
        if config.detection_share:
            self.generator = Generator(encoder.width, config.row_length, vocabulary.size, config)
            self.detector = nn.Sequential(
                nn.Linear(encoder.width, encoder.width), nn.GELU(), nn.Linear(encoder.width, 1)
            )
        self.parents = nn.Linear(encoder.width, syntax_names) if syntax_names else None
        self.depths = nn.Linear(encoder.width, config.syntax_depths) if syntax_names else None

    def forward(self, examples: PretrainBatch, detect: bool) -> PretrainLoss:
        """Loss and figures of one batch, by replaced-token detection or by masked language modelling."""
        return self.detection(examples) if detect else self.masked(examples)

    def masked(self, examples: PretrainBatch) -> PretrainLoss:
        """Masked language modelling, with the syntax targets if there are any."""
        states = self._states(examples.shown, examples.ngrams, examples)
        logits = self.tokens(states[examples.chosen], self.encoder.token_embedding.weight)
        targets = examples.ids[examples.chosen]
        loss = _mean_cross_entropy(logits, targets)
        figures = {"mlm_loss": loss.detach(), "mlm_accuracy": _accuracy(logits, targets)}
        for name, head, codes in (
            ("parent", self.parents, examples.parents),
            ("depth", self.depths, examples.depths),
        ):
            if head is not None and codes is not None:
                known = codes != IGNORED
                placed = head(states[known])
                syntax_loss = _mean_cross_entropy(placed, codes[known])
                loss = loss + self.config.syntax_weight * syntax_loss
                figures |= {
                    f"{name}_loss": syntax_loss.detach(),
                    f"{name}_accuracy": _accuracy(placed, codes[known]),
                }
        return PretrainLoss(loss, figures)

    def detection(self, examples: PretrainBatch) -> PretrainLoss:
        """The generator's masked language modelling and the encoder's detection of the tokens it got wrong."""
        embeddings = self.encoder.embed(examples.shown, examples.ngrams)
        filled = self.generator(embeddings, examples.sight, examples.positions)
        logits = self.generator.head(filled[examples.chosen], self.encoder.token_embedding.weight)
        generator_loss = _mean_cross_entropy(logits, examples.ids[examples.chosen])
        replaced_ids, replaced = replace(examples, logits.detach())
        # The n-grams of the masked text would reveal where the masked tokens were.
        ngrams = document_ngrams(
            replaced_ids.cpu().numpy(),
            examples.positions.cpu().numpy(),
            self.vocabulary.mask_id,
            self.encoder.ngram_buckets,
        )
        states = self._states(replaced_ids, torch.from_numpy(ngrams).to(replaced_ids.device), examples)
        suspicion = self.detector(states[examples.real]).squeeze(-1).float()
        truth = replaced[examples.real]
        detection_loss = F.binary_cross_entropy_with_logits(suspicion, truth.float())
        return PretrainLoss(
            generator_loss + self.config.detection_weight * detection_loss,
            {
                "generator_loss": generator_loss.detach(),
                "detection_loss": detection_loss.detach(),
                "detection_accuracy": ((suspicion > 0) == truth).float().mean(),
                "replaced": truth.float().mean(),
            },
        )

    def _states(self, ids: Tensor, ngrams: Tensor, examples: PretrainBatch) -> Tensor:
        embeddings = self.encoder.embed(ids, ngrams)
        return self.encoder.hidden(embeddings, examples.sight, examples.positions)


def replace(examples: PretrainBatch, logits: Tensor) -> tuple[Tensor, Tensor]:
    """Ids ``(B, T)`` with the chosen tokens drawn from ``logits`` ``(N, V)``, and where they differ from the code.

    A correctly drawn token does not count as a replacement.
    """
    ids = examples.ids.clone()
    if len(logits):
        ids[examples.chosen] = torch.multinomial(logits.float().softmax(dim=-1), 1).squeeze(-1)
    return ids, ids != examples.ids


def _mean_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    # A mean over no tokens would be NaN.
    total = F.cross_entropy(logits.float(), targets, reduction="sum")
    return total / max(1, len(targets))


def _accuracy(logits: Tensor, targets: Tensor) -> Tensor:
    return (logits.argmax(dim=-1) == targets).float().sum() / max(1, len(targets))
