"""The encoder: a transformers body of the RoBERTa family and a head, split at the embeddings for explanations.

Attention is the library's eager one, because the gradient of the fused kernels does not export to ONNX.
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedConfig, RobertaConfig

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.encoder.settings import EncoderConfig, Pooling

Frame = tuple[int, int]
"""Ids of the tokens that an encoder expects before and after every sequence."""

_MASKED = -1e4
"""Added to masked scores: its exponential is 0 in float32 and bfloat16, and it is finite in float16."""


class EncoderError(CodeOriginError):
    """An encoder cannot be made, or does not support an operation."""


class Encoder(nn.Module):
    """Maps token ids to one logit per sequence.

    ``width`` is the size D of embeddings and states, ``context`` the maximum number of tokens. ``head`` maps ``(B, D)``
    to ``(B, 1)``. The names of parameters that only :meth:`embed` uses start with one of ``embedding_prefixes``.
    ``layers`` and ``heads`` are for a manifest.

    With a ``frame`` it reads every sequence between two tokens of its own vocabulary, as in pretraining, and
    ``context`` is smaller by two.
    """

    embedding_prefixes = ("body.embeddings.word_embeddings.",)

    def __init__(self, body: Any, settings: EncoderConfig, *, frame: Frame | None = None) -> None:
        super().__init__()
        # The project pools by itself, so nothing would train the body's pooler.
        body.pooler = None
        self.body = body
        self.settings, self.frame_ids = settings, frame
        config = body.config
        self.width = int(config.hidden_size)
        # The RoBERTa family numbers positions from the padding id + 1.
        self.first_position = int(config.pad_token_id) + 1
        self.context = int(config.max_position_embeddings) - self.first_position - (2 if frame else 0)
        self.layers, self.heads = int(config.num_hidden_layers), int(config.num_attention_heads)
        first, second = settings.head_dropout
        self.head = nn.Sequential(
            nn.Dropout(first),
            nn.Linear(self.width, settings.head_dim),
            nn.ReLU(),
            nn.Dropout(second),
            nn.Linear(settings.head_dim, 1),
        )

    @property
    def token_embedding(self) -> nn.Embedding:
        """The table ``(vocabulary, D)`` of token embeddings."""
        table: nn.Embedding = self.body.get_input_embeddings()
        return table

    @property
    def last_layer(self) -> nn.Linear:
        """The last layer of the head."""
        last = self.head[-1]
        assert isinstance(last, nn.Linear)
        return last

    def embed(self, ids: Tensor) -> Tensor:
        """Embeddings ``(B, T, D)`` of token ids ``(B, T)``, without positions."""
        embedded: Tensor = self.token_embedding(ids)
        return embedded

    def frame(self) -> Tensor | None:
        """Embeddings ``(2, D)`` of the tokens before and after every sequence; None if there are none.

        They belong to the model, not to its input: they have no id there, and no evidence is attributed to them.
        """
        if self.frame_ids is None:
            return None
        return self.embed(torch.tensor(self.frame_ids, device=self.token_embedding.weight.device))

    def summary(self, embeddings: Tensor, mask: Tensor, frame: Tensor | None = None) -> Tensor:
        """The pooled state ``(B, D)`` of sequences of embeddings ``(B, T, D)`` and mask ``(B, T)``, True for tokens.

        ``frame`` ``(2, D)`` is the result of :meth:`frame`, for a graph without the embedding table; None looks it up.
        """
        frame = self.frame() if frame is None else frame
        if frame is None:
            places = torch.arange(embeddings.shape[1], device=embeddings.device)[None, :]
            states = self._states(embeddings, mask, places)
            return states[:, 0] if self.settings.pooling is Pooling.CLS else _mean(states, mask)
        states = self._framed(embeddings, mask, frame)
        return states[:, 0] if self.settings.pooling is Pooling.CLS else _mean(states[:, 1:-1], mask)

    def forward_embeddings(self, embeddings: Tensor, mask: Tensor, frame: Tensor | None = None) -> Tensor:
        """Logit ``(B,)`` of embeddings ``(B, T, D)``; ``mask`` and ``frame`` as in :meth:`summary`."""
        logit: Tensor = self.head(self.summary(embeddings, mask, frame)).squeeze(-1)
        return logit

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logit ``(B,)`` of token ids ``(B, T)`` and mask ``(B, T)``."""
        return self.forward_embeddings(self.embed(ids), mask)

    def layer_groups(self) -> list[list[nn.Parameter]]:
        """Every parameter once, grouped: the embeddings, each layer from the lowest up, then the head."""
        return [
            list(self.body.embeddings.parameters()),
            *(list(layer.parameters()) for layer in self.body.encoder.layer),
            list(self.head.parameters()),
        ]

    def _framed(self, embeddings: Tensor, mask: Tensor, frame: Tensor) -> Tensor:
        """States ``(B, T + 2, D)``; the last one has the position after the last token, not after the padding."""
        count, length, width = embeddings.shape
        first, last = (row.to(embeddings.dtype).expand(count, 1, width) for row in frame)
        both = torch.ones(count, 1, dtype=mask.dtype, device=mask.device)
        places = torch.arange(length + 1, device=mask.device).expand(count, length + 1)
        positions = torch.cat([places, mask.sum(dim=1, keepdim=True) + 1], dim=1)
        return self._states(
            torch.cat([first, embeddings, last], dim=1), torch.cat([both, mask, both], dim=1), positions
        )

    def _states(self, embeddings: Tensor, mask: Tensor, positions: Tensor) -> Tensor:
        states: Tensor = self.body(
            inputs_embeds=embeddings,
            attention_mask=((1.0 - mask.to(embeddings.dtype)) * _MASKED)[:, None, None, :],
            position_ids=positions + self.first_position,
        ).last_hidden_state
        return states


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    """Mean ``(B, D)`` over the tokens that ``mask`` keeps; zeros if it keeps none."""
    weights = mask.to(states.dtype)[:, :, None]
    mean: Tensor = (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)
    return mean


def compact_body(settings: EncoderConfig, vocab_size: int, pad_id: int) -> Any:
    """A small RoBERTa with random weights, of the sizes in ``settings``."""
    dropout = 0.1 if settings.body_dropout is None else settings.body_dropout
    return new_body(
        RobertaConfig(
            vocab_size=vocab_size,
            hidden_size=settings.dim,
            num_hidden_layers=settings.layers,
            num_attention_heads=settings.heads,
            intermediate_size=settings.feedforward,
            max_position_embeddings=settings.context + pad_id + 1,
            type_vocab_size=1,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=dropout,
            pad_token_id=pad_id,
            bos_token_id=None,
            eos_token_id=None,
        )
    )


def new_body(config: PreTrainedConfig) -> Any:
    """A body with random weights."""
    return AutoModel.from_config(config, attn_implementation="eager", add_pooling_layer=False)  # type: ignore[no-untyped-call]


def pretrained_body(name_or_folder: str, dropout: float | None = None) -> Any:
    """The body in a folder or in the local cache; ``dropout`` replaces its own rates.

    Raises:
        EncoderError: there is none, or it is not of the RoBERTa family.
    """
    try:
        config = AutoConfig.from_pretrained(name_or_folder, local_files_only=True)
        set_dropout(config, dropout)
        body: Any = AutoModel.from_pretrained(
            name_or_folder,
            config=config,
            attn_implementation="eager",
            dtype=torch.float32,
            local_files_only=True,
        )
    # OSError: not found; ValueError: not a transformers model; RuntimeError: weights of another shape.
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EncoderError(
            f"{name_or_folder}: no encoder could be loaded from a folder or the local cache ({reason}); "
            "give a folder written by save_pretrained, or download the model first"
        ) from error
    if not hasattr(getattr(body, "embeddings", None), "create_position_ids_from_input_ids"):
        raise EncoderError(f"{name_or_folder}: {type(body).__name__} is not of the RoBERTa family")
    return body


def set_dropout(config: Any, dropout: float | None) -> None:
    """Replace both dropout rates in the configuration of a body; None leaves them."""
    if dropout is not None:
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
