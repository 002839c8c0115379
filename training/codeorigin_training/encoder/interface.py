"""The interface of an encoder for fine-tuning, pretraining, explanation and export."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from torch import Tensor, nn

from codeorigin.errors import CodeOriginError
from codeorigin_training.encoder.pooling import MASKED


class EncoderError(CodeOriginError):
    """An encoder cannot be made, or does not support an operation."""


def make_head(
    width: int, head_dim: int, outputs: int = 1, dropout: tuple[float, float] = (0.3, 0.2)
) -> nn.Sequential:
    """The classifier on a pooled state ``(B, width)``: logits ``(B, outputs)``, ``dropout`` before each layer."""
    return nn.Sequential(
        nn.Dropout(dropout[0]),
        nn.Linear(width, head_dim),
        nn.ReLU(),
        nn.Dropout(dropout[1]),
        nn.Linear(head_dim, outputs),
    )


def set_head_dropout(head: nn.Module, dropout: Sequence[float]) -> None:
    """Set the dropout before each layer of a head made by :func:`make_head`."""
    drops = [module for module in head.modules() if isinstance(module, nn.Dropout)]
    for module, rate in zip(drops, dropout, strict=True):
        module.p = rate


def attention_bias(mask: Tensor, like: Tensor) -> Tensor:
    """The bias to add to attention scores ``(B, heads, T, T)``, with the dtype of ``like``.

    ``mask`` ``(B, T)`` is True for tokens; ``(B, T, T)`` is True where the row's token may see the column's. The
    result is ``(B, 1, 1, T)`` or ``(B, 1, T, T)``.
    """
    hidden = (1.0 - mask.to(like.dtype)) * MASKED
    return hidden[:, None, None, :] if mask.ndim == 2 else hidden[:, None, :, :]


class Encoder(nn.Module, ABC):
    """Maps token ids to one logit per sequence; split at the embeddings for Integrated Gradients.

    ``width`` is the size D of embeddings and states, ``context`` the maximum number of tokens, ``ngram_buckets`` the
    number of rows of the n-gram table (0: none, n-gram ids are ignored). ``head`` maps ``(B, D)`` to ``(B, 1)``. The
    names of parameters that only :meth:`embed` uses start with one of ``embedding_prefixes``. ``layers`` and ``heads``
    are for a manifest.
    """

    width: int
    context: int
    ngram_buckets: int
    layers: int
    heads: int
    head: nn.Module
    pool: nn.Module
    embedding_prefixes: tuple[str, ...]

    @property
    def packed_context(self) -> int:
        """The maximum number of tokens of a row with several documents: ``context``, plus two if there is a frame."""
        return self.context

    @property
    @abstractmethod
    def token_embedding(self) -> nn.Embedding:
        """The table ``(vocabulary, D)`` of token embeddings; pretraining ties its output layer to it."""

    @abstractmethod
    def embed(self, ids: Tensor, ngrams: Tensor) -> Tensor:
        """Embeddings ``(B, T, D)`` of token ids ``(B, T)`` and hashed n-gram ids ``(B, T, 2)``, without positions."""

    @abstractmethod
    def hidden(self, embeddings: Tensor, mask: Tensor, positions: Tensor | None = None) -> Tensor:
        """Contextual states ``(B, T, D)`` of ``embeddings``.

        Args:
            embeddings: ``(B, T, D)`` from :meth:`embed`, or an interpolation between two of its results.
            mask: bool ``(B, T)``, True for tokens; or ``(B, T, T)``, True where the row's token may see the column's,
                for several documents in one row.
            positions: int64 ``(B, T)``, the position of each token in its document; None counts from the row's start.
        """

    @abstractmethod
    def layer_groups(self) -> list[list[nn.Parameter]]:
        """Every parameter once, grouped: the embeddings, each layer from the lowest up, then pooling and head."""

    def checkpoint_activations(self, wanted: bool) -> None:
        """Turn on or off recomputing activations in the backward pass, which saves memory.

        Raises:
            EncoderError: it is to be turned on, and this encoder does not support it.
        """
        if wanted:
            raise EncoderError(f"{type(self).__name__} has no gradient checkpointing; turn it off")

    def pooled(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Pool states ``(B, T, D)`` with ``mask`` ``(B, T)`` into one state per sequence, ``(B, D)``."""
        state: Tensor = self.pool(hidden, mask)
        return state

    def frame(self) -> Tensor | None:
        """Embeddings ``(2, D)`` of the tokens before and after every sequence; None if there are none.

        They belong to the model, not to its input: they have no id there, and no evidence is attributed to them.
        """
        return None

    def summary(self, embeddings: Tensor, mask: Tensor, frame: Tensor | None = None) -> Tensor:
        """The pooled state ``(B, D)`` of sequences of embeddings ``(B, T, D)`` and mask ``(B, T)``.

        ``frame`` ``(2, D)`` is the result of :meth:`frame`, for a graph without the embedding table; None looks it up.
        """
        return self.pooled(self.hidden(embeddings, mask), mask)

    def forward_embeddings(self, embeddings: Tensor, mask: Tensor, frame: Tensor | None = None) -> Tensor:
        """Logit ``(B,)`` of embeddings ``(B, T, D)`` and mask ``(B, T)``; ``frame`` as in :meth:`summary`."""
        logit: Tensor = self.head(self.summary(embeddings, mask, frame)).squeeze(-1)
        return logit

    def forward(self, ids: Tensor, ngrams: Tensor, mask: Tensor) -> Tensor:
        """Logit ``(B,)`` of token ids ``(B, T)``, n-gram ids ``(B, T, 2)`` and mask ``(B, T)``."""
        return self.forward_embeddings(self.embed(ids, ngrams), mask)
