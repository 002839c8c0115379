"""Any encoder of the *transformers* library behind the project's interface.

Attention is the library's eager one, because the gradient of the fused kernels does not export to ONNX.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedConfig

from codeorigin_training.encoder.interface import Encoder, EncoderError, attention_bias, make_head
from codeorigin_training.encoder.pooling import MASKED, Pooling, make_pool

Frame = tuple[int, int]
"""Ids of the tokens that an encoder expects before and after every sequence."""

_DROPOUTS = (
    "hidden_dropout_prob",
    "attention_probs_dropout_prob",
    "attention_dropout",
    "embedding_dropout",
    "mlp_dropout",
    "dropout",
)
_SLIDING = "sliding_attention"
_UNREADABLE = "\ufffd"


class SubwordTokenizer(Protocol):
    """The part of a transformers tokenizer that is needed to initialise a new vocabulary."""

    mask_token_id: int | None

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Token ids of ``text``."""
        ...


class HuggingFaceEncoder(Encoder):
    """A transformers encoder with this project's pooling and head.

    Tested with the RoBERTa family (CodeBERT, CodeBERTa) and ModernBERT; another family works if its model takes
    ``inputs_embeds``, ``position_ids`` and a 4-D attention bias, and keeps its layers in one ``ModuleList``.

    With a ``frame`` it reads every sequence between two tokens of its own vocabulary, as in pretraining, and
    ``context`` is smaller by two. Several documents in one row (:meth:`hidden` with positions) get no frame.
    """

    def __init__(
        self,
        body: nn.Module,
        head_dim: int = 256,
        pooling: Pooling = Pooling.MEAN,
        frame: Frame | None = None,
    ) -> None:
        super().__init__()
        # The project pools by itself, so nothing would train the body's pooler.
        if getattr(body, "pooler", None) is not None:
            body.pooler = None  # type: ignore[assignment]
        self.body: Any = body
        config: Any = body.config
        self.width = int(config.hidden_size)
        # The RoBERTa family numbers positions from the padding id + 1.
        embeddings = getattr(body, "embeddings", None)
        shifted = hasattr(embeddings, "create_position_ids_from_input_ids")
        self.first_position = int(embeddings.padding_idx) + 1 if shifted else 0  # type: ignore[union-attr]
        self.context = int(config.max_position_embeddings) - self.first_position - (2 if frame else 0)
        self.frame_ids = frame
        self.layers, self.heads = int(config.num_hidden_layers), int(config.num_attention_heads)
        self.ngram_buckets = 0
        self.checkpointing = False
        self.vocabulary: tuple[int, int, int] | None = None
        self.pooling = pooling
        self.pool = make_pool(pooling, self.width)
        self.head_dim = head_dim
        self.head = make_head(self.width, head_dim)
        name = next(name for name, module in body.named_modules() if module is self.token_embedding)
        self.embedding_prefixes = (f"body.{name}.",)

    @classmethod
    def from_config(
        cls,
        config: PreTrainedConfig,
        head_dim: int = 256,
        pooling: Pooling = Pooling.MEAN,
        frame: Frame | None = None,
    ) -> "HuggingFaceEncoder":
        """Make an encoder from ``config``, with the library's random weights."""
        body = AutoModel.from_config(config, attn_implementation="eager")  # type: ignore[no-untyped-call]
        return cls(body, head_dim, pooling, frame)

    @classmethod
    def from_pretrained(
        cls,
        name_or_folder: str,
        head_dim: int = 256,
        pooling: Pooling = Pooling.MEAN,
        *,
        frame: Frame | None = None,
        dropout: float | None = None,
        download: bool = True,
    ) -> "HuggingFaceEncoder":
        """Load a pretrained encoder from a folder, the local cache, or (with ``download``) the Hugging Face Hub.

        ``dropout`` replaces all the rates in its configuration; None leaves them.

        Raises:
            EncoderError: it is in none of these, transformers does not know it, or it has no dropout to set.
        """
        problem: Exception | None = None
        for local in (True, False) if download and not Path(name_or_folder).is_dir() else (True,):
            try:
                config = AutoConfig.from_pretrained(name_or_folder, local_files_only=local)
                set_dropout(config, dropout)
                body = AutoModel.from_pretrained(
                    name_or_folder,
                    config=config,
                    attn_implementation="eager",
                    dtype=torch.float32,
                    local_files_only=local,
                )
                return cls(body, head_dim, pooling, frame)
            # OSError: not found; ValueError: not a transformers model; RuntimeError: weights of another shape.
            except (OSError, ValueError, RuntimeError) as error:
                problem = error
        where = "a folder, the local cache or the Hub" if download else "a folder or the local cache"
        reason = str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__
        raise EncoderError(
            f"{name_or_folder}: no encoder could be loaded from {where} ({reason}); "
            "give a folder written by save_pretrained, or download the model first"
        ) from problem

    @property
    def packed_context(self) -> int:
        return self.context + (2 if self.frame_ids else 0)

    @property
    def token_embedding(self) -> nn.Embedding:
        table: nn.Embedding = self.body.get_input_embeddings()
        return table

    def embed(self, ids: Tensor, ngrams: Tensor) -> Tensor:
        embedded: Tensor = self.token_embedding(ids)
        return embedded

    def frame(self) -> Tensor | None:
        if self.frame_ids is None:
            return None
        ids = torch.tensor(self.frame_ids, device=self.token_embedding.weight.device)
        embedded: Tensor = self.token_embedding(ids)
        return embedded

    def hidden(self, embeddings: Tensor, mask: Tensor, positions: Tensor | None = None) -> Tensor:
        if positions is None and mask.ndim == 2 and (frame := self.frame()) is not None:
            return self._framed(embeddings, mask, frame)[:, 1:-1]
        if positions is None:
            positions = torch.arange(embeddings.shape[1], device=embeddings.device)[None, :]
        return self._states(embeddings, mask, positions)

    def summary(self, embeddings: Tensor, mask: Tensor, frame: Tensor | None = None) -> Tensor:
        frame = self.frame() if frame is None else frame
        if frame is None:
            return super().summary(embeddings, mask)
        states = self._framed(embeddings, mask, frame)
        return states[:, 0] if self.pooling is Pooling.CLS else self.pooled(states[:, 1:-1], mask)

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
        bias = attention_bias(mask, embeddings)
        given: Tensor | dict[str, Tensor] = bias
        if _SLIDING in (getattr(self.body.config, "layer_types", None) or ()):
            distance = (positions[:, :, None] - positions[:, None, :]).abs()
            far = (distance > self.body.config.sliding_window).to(bias.dtype)[:, None] * MASKED
            given = {"full_attention": bias, _SLIDING: bias + far}
        states: Tensor = self.body(
            inputs_embeds=embeddings, attention_mask=given, position_ids=positions + self.first_position
        ).last_hidden_state
        return states

    def checkpoint_activations(self, wanted: bool) -> None:
        if wanted != self.checkpointing:
            self.checkpointing = wanted
            if wanted:
                self.body.activation_checkpointing_enable()
            else:
                self.body.activation_checkpointing_disable()

    def layer_groups(self) -> list[list[nn.Parameter]]:
        layers = self._layers()
        inside = {id(parameter) for parameter in layers.parameters()}
        names = [name for name, parameter in self.body.named_parameters() if id(parameter) in inside]
        everything = list(self.body.named_parameters())
        first = next(number for number, (name, _) in enumerate(everything) if name == names[0])
        bottom = [parameter for _, parameter in everything[:first]]
        above = [parameter for _, parameter in everything[first:] if id(parameter) not in inside]
        groups = [bottom, *(list(layer.parameters()) for layer in layers)]
        # A last norm belongs to the encoder, not to the head, so it is frozen with the encoder.
        groups[-1] += above
        return [*groups, [*self.pool.parameters(), *self.head.parameters()]]

    def replace_vocabulary(
        self,
        vocab_size: int,
        mask_id: int,
        pad_id: int,
        *,
        texts: Sequence[str] | None = None,
        old_tokenizer: SubwordTokenizer | None = None,
    ) -> None:
        """Give the pretrained layers a new embedding table ``(vocab_size, D)``.

        Rows are drawn from a normal distribution with the old table's mean and standard deviation by channel. With
        ``old_tokenizer`` and the ``texts`` ``(vocab_size,)`` of the new tokens, a token starts at the mean of the old
        embeddings of its text (Gee et al., 2022, "Fast Vocabulary Transfer"), and MASK at the old MASK.

        Raises:
            ValueError: an id is outside of the vocabulary, the two ids are equal, or there are not ``vocab_size``
                texts.
        """
        if not (0 <= mask_id < vocab_size and 0 <= pad_id < vocab_size) or mask_id == pad_id:
            raise ValueError(f"mask_id {mask_id} and pad_id {pad_id} must be two ids below {vocab_size}")
        if texts is not None and len(texts) != vocab_size:
            raise ValueError(f"{len(texts)} texts for {vocab_size} tokens")
        old = self.token_embedding.weight.detach()
        table = nn.Embedding(vocab_size, self.width, padding_idx=pad_id, device=old.device, dtype=old.dtype)
        with torch.no_grad():
            table.weight.copy_(torch.randn_like(table.weight) * old.std(dim=0) + old.mean(dim=0))
            if old_tokenizer is not None and texts is not None:
                for token, text in enumerate(texts):
                    ids = [] if _UNREADABLE in text else old_tokenizer.encode(text, add_special_tokens=False)
                    if ids:
                        table.weight[token] = old[ids].mean(dim=0)
            if old_tokenizer is not None and old_tokenizer.mask_token_id is not None:
                table.weight[mask_id] = old[old_tokenizer.mask_token_id]
            table.weight[pad_id].zero_()
        self.body.set_input_embeddings(table)
        self.body.config.vocab_size = vocab_size
        if self.frame_ids is not None:
            # The new vocabulary does not have the frame's tokens.
            self.frame_ids, self.context = None, self.context + 2
        self.vocabulary = (vocab_size, mask_id, pad_id)

    def _layers(self) -> nn.ModuleList:
        count = self.body.config.num_hidden_layers
        for module in self.body.modules():
            if isinstance(module, nn.ModuleList) and len(module) == count:
                return module
        raise EncoderError(f"{type(self.body).__name__}: its {count} layers are not in one ModuleList")


def set_dropout(config: Any, dropout: float | None) -> None:
    """Replace all dropout rates in the configuration of a body by ``dropout``; None leaves them.

    Raises:
        EncoderError: the configuration has no dropout rates.
    """
    if dropout is None:
        return
    known = [name for name in _DROPOUTS if hasattr(config, name)]
    if not known:
        raise EncoderError(
            f"{type(config).__name__}: has no dropout that could be set; leave body_dropout out"
        )
    for name in known:
        setattr(config, name, dropout)


def load_old_tokenizer(name_or_folder: str, *, download: bool = True) -> SubwordTokenizer | None:
    """The tokenizer that a pretrained encoder came with, or None if there is none."""
    for local in (True, False) if download and not Path(name_or_folder).is_dir() else (True,):
        try:
            loaded: SubwordTokenizer = AutoTokenizer.from_pretrained(name_or_folder, local_files_only=local)
        except (OSError, ValueError):
            continue
        return loaded
    return None


def config_from_json(values: dict[str, Any]) -> PreTrainedConfig:
    """The configuration whose ``to_dict`` returned ``values``."""
    rest = dict(values)
    config: PreTrainedConfig = AutoConfig.for_model(rest.pop("model_type"), **rest)
    return config
