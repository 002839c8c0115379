"""The lower layers of a decoder of the Llama family as an encoder, with pooled states and a smaller vocabulary."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoModel, PreTrainedConfig

from codeorigin_training.encoder.hugging_face import HuggingFaceEncoder
from codeorigin_training.encoder.interface import EncoderError, attention_bias
from codeorigin_training.encoder.pooling import Pooling


class DecoderEncoder(HuggingFaceEncoder):
    """A decoder's body with this project's pooling and head.

    Every sequence is preceded by ``begin`` ``(D,)``, the embedding of the token that starts a document. Decoders put
    attention that they do not need on their first token, so its state is not pooled. With ``causal`` false every
    token sees every other one, which the body has to be trained for.
    """

    def __init__(
        self,
        body: nn.Module,
        head_dim: int = 256,
        pooling: Pooling = Pooling.MEAN,
        *,
        causal: bool = True,
    ) -> None:
        super().__init__(body, head_dim, pooling)
        self.causal = causal
        self.begin = nn.Parameter(torch.zeros(self.width))
        self.context -= 1

    @classmethod
    def from_decoder_config(
        cls, config: PreTrainedConfig, head_dim: int, pooling: Pooling, *, causal: bool
    ) -> "DecoderEncoder":
        """Make an encoder of the shape given by ``config``, with random weights."""
        body = AutoModel.from_config(config, attn_implementation="eager")  # type: ignore[no-untyped-call]
        return cls(body, head_dim, pooling, causal=causal)

    def hidden(self, embeddings: Tensor, mask: Tensor, positions: Tensor | None = None) -> Tensor:
        begun = torch.cat(
            [self.begin.to(embeddings.dtype).expand(embeddings.shape[0], 1, -1), embeddings], dim=1
        )
        length = begun.shape[1]
        # The first token sees only itself, and every other token sees the first.
        seen = F.pad(mask, (1, 0), value=True)
        seen = seen[:, None, :] if mask.ndim == 2 else F.pad(seen, (0, 0, 1, 0), value=True)
        place = torch.arange(length, device=mask.device)
        before = place[None, :] <= place[:, None]
        seen = seen & (before if self.causal else before | (place[:, None] > 0))
        if positions is None:
            begun_positions = torch.arange(length, device=embeddings.device)[None, :]
        else:
            begun_positions = F.pad(positions + 1, (1, 0))
        states: Tensor = self.body(
            inputs_embeds=begun,
            attention_mask=attention_bias(seen, begun),
            position_ids=begun_positions,
            use_cache=False,
        ).last_hidden_state
        return states[:, 1:]

    def layer_groups(self) -> list[list[nn.Parameter]]:
        bottom, *rest = super().layer_groups()
        return [[*bottom, self.begin], *rest]

    def keep_layers(self, kept: list[int]) -> None:
        """Keep only the layers with these numbers, counted from the bottom; the rest of the model must be retrained.

        Raises:
            EncoderError: there is no such layer, or the numbers are not in ascending order.
        """
        layers = self._layers()
        if not kept or kept != sorted(set(kept)) or not 0 <= kept[0] <= kept[-1] < len(layers):
            raise EncoderError(f"layers {kept} cannot be kept of {len(layers)}")
        chosen = nn.ModuleList(layers[number] for number in kept)
        for place, layer in enumerate(chosen):
            _renumber(layer, place)
        self.body.layers = chosen
        self.body.config.num_hidden_layers = len(kept)


def spread_layers(count: int, kept: int) -> list[int]:
    """The numbers of ``kept`` evenly spaced layers out of ``count``, with the highest (Sanh et al., 2019: DistilBERT).

    Raises:
        EncoderError: ``kept`` is not between 1 and ``count``.
    """
    if not 1 <= kept <= count:
        raise EncoderError(f"{kept} of {count} layers cannot be kept")
    return [count * (number + 1) // kept - 1 for number in range(kept)]


def _renumber(layer: Any, place: int) -> None:
    """Set the layer's index, which caches use to find its states."""
    attention = getattr(layer, "self_attn", None)
    if attention is not None and hasattr(attention, "layer_idx"):
        attention.layer_idx = place
