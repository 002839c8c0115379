"""Finds a specification's code among others: one transformer reads both, so that attention goes between them.

Of a specification, it reads only the behaviour, in words. The signature is left out, because the code begins with it,
so comparing two lines would be enough to be right every time.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydantic
import torch
from tokenizers import Regex, normalizers
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast, RobertaConfig

from codeorigin.languages.constructs import CONSTRUCTS, Construct
from codeorigin.languages.find_constructs import character_constructs
from codeorigin.languages.parse_budget import ParseBudgetError
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.configuration import STRICT, Count, Positive, Several
from codeorigin_training.data.specifications import Specification
from codeorigin_training.encoder.inference import padded
from codeorigin_training.encoder.model import new_body, pretrained_body
from codeorigin_training.encoder.tokenizer import pretrained_tokenizer, train_bpe
from codeorigin_training.encoder.trainer import fit_batches
from codeorigin_training.run import Log

Codes = npt.NDArray[np.int8]

_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_BATCH = 32


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class HeadsConfig:
    """The retriever and the analysis of its heads.

    ``encoder`` is the folder of a RoBERTa-like encoder with its tokenizer (CodeBERT). Without it, a small one of
    ``layers`` x ``heads`` and width ``dim`` is created with a vocabulary of ``vocabulary``. Either is trained for
    ``epochs`` to tell a specification's code from another's, on at most ``train_pairs`` pairs, ``batch`` at a time. It
    reads ``specification_tokens`` and ``code_tokens``, and has to find a specification's function among ``candidates``.
    Attention is measured on at most ``pairs`` held-out specifications, each with the human and the LLM function.
    """

    encoder: Path | None = None
    layers: Count = 2
    heads: Count = 4
    dim: Count = 64
    vocabulary: Count = 4096
    specification_tokens: Count = 40
    code_tokens: Count = 64
    epochs: Count = 12
    batch: Several = 6
    learning_rate: Positive = 1e-3
    train_pairs: Count = 1500
    candidates: Several = 10
    pairs: Count = 200
    rounds: Count = 200
    seed: int = 17

    def __post_init__(self) -> None:
        if self.dim % self.heads:
            raise ValueError("dim must split into the heads")


@dataclass(frozen=True, slots=True)
class RetrievalExample:
    """A specification and a function as one sequence: ``<s> specification </s> code </s>``.

    ``ids`` is int64 ``(T,)``; ``specification`` and ``code`` are the ranges of their tokens, and ``constructs`` has the
    index of the construct of each code token.
    """

    ids: Integers
    specification: slice
    code: slice
    constructs: Codes


class Retriever(nn.Module):
    """A RoBERTa-like ``body``, its ``tokenizer``, and a head on the first token."""

    def __init__(self, body: Any, tokenizer: Any, config: HeadsConfig) -> None:
        super().__init__()
        self.body, self.tokenizer, self.config = body, tokenizer, config
        self.head = nn.Linear(int(body.config.hidden_size), 1)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logit ``(B,)`` that code and specification belong together, from token ids ``(B, T)``."""
        found = self.body(input_ids=ids, attention_mask=mask, token_type_ids=self._sides(ids))
        logit: Tensor = self.head(found.last_hidden_state[:, 0]).squeeze(-1)
        return logit

    def attention(self, example: RetrievalExample) -> Floats:
        """Attention of every head, ``(layers, heads, T, T)``: each row adds up to 1."""
        ids = torch.from_numpy(example.ids)[None]
        found = self.body(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            token_type_ids=self._sides(ids),
            output_attentions=True,
        )
        return np.stack([layer[0].double().numpy() for layer in found.attentions])

    def _sides(self, ids: Tensor) -> Tensor:
        """Token types: 0 up to the end of the specification, then 1; all 0 for bodies with a single token type."""
        if self.body.config.type_vocab_size < 2:
            return torch.zeros_like(ids)
        ends = (ids == self.tokenizer.sep_token_id).long()
        sides: Tensor = (ends.cumsum(dim=1) - ends).clamp(max=1)
        return sides

    def example(self, text: str, code: str, language: str) -> RetrievalExample:
        """``text`` and ``code`` as one sequence, each truncated to its maximum length."""
        words = self.tokens(text, self.config.specification_tokens)
        encoded = self.tokenizer(code, add_special_tokens=False, return_offsets_mapping=True)
        body = np.array(encoded["input_ids"][: self.config.code_tokens], dtype=np.int64)
        starts = [_first_ink(code, low, high) for low, high in encoded["offset_mapping"][: len(body)]]
        begin = len(words) + 2
        return RetrievalExample(
            ids=self.joined(words, body),
            specification=slice(1, 1 + len(words)),
            code=slice(begin, begin + len(body)),
            constructs=_constructs(code, language)[starts] if starts else np.zeros(0, dtype=np.int8),
        )

    def tokens(self, text: str, most: int) -> Integers:
        """The first ``most`` token ids of ``text``, int64 ``(T,)``."""
        return np.array(self.tokenizer(text, add_special_tokens=False)["input_ids"][:most], dtype=np.int64)

    def joined(self, words: Integers, code: Integers) -> Integers:
        """A specification's and a function's token ids as one sequence ``(T,)``."""
        first, last = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        return np.array([first, *words, last, *code, last], dtype=np.int64)


def _first_ink(code: str, low: int, high: int) -> int:
    """The first non-blank character of a token, since tokens include the blank before them."""
    return next((place for place in range(low, high) if not code[place].isspace()), min(low, len(code) - 1))


def _constructs(code: str, language: str) -> Codes:
    try:
        found = character_constructs(code, language)
    except ParseBudgetError:
        return np.full(len(code), CONSTRUCTS.index(Construct.NAME), dtype=np.int8)
    blanks = np.array([character.isspace() for character in code], dtype=bool)
    return np.where(blanks, CONSTRUCTS.index(Construct.LAYOUT), found).astype(np.int8)


def make_retriever(texts: Sequence[str], config: HeadsConfig) -> Retriever:
    """The retriever with ``config.encoder``, or a small new one with a vocabulary from ``texts``.

    Raises:
        EncoderError: the folder has no RoBERTa-like encoder with a tokenizer.
    """
    torch.manual_seed(config.seed)
    if config.encoder is not None:
        folder = str(config.encoder)
        return Retriever(pretrained_body(folder), pretrained_tokenizer(folder), config)
    tokenizer = word_tokenizer(texts, config.vocabulary)
    shape = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=config.dim,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=2 * config.dim,
        max_position_embeddings=config.specification_tokens + config.code_tokens + 8,
        pad_token_id=1,
        type_vocab_size=2,
        # With dropout, heads do not learn to match equal words in so few steps.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    body = new_body(shape)
    with torch.no_grad():
        # Heads that attend to equal words at first find sooner that a specification and its code share some.
        for layer in attention_layers(body):
            layer.self.key.weight.copy_(layer.self.query.weight)
    return Retriever(body, tokenizer, config)


def word_tokenizer(texts: Sequence[str], size: int) -> PreTrainedTokenizerFast:
    """A vocabulary of at most ``size`` tokens from ``texts``, all in lower case: ``userName`` is ``user`` and ``name``.

    A word of a specification and the same word inside an identifier are one token, which the model would otherwise
    have to learn word by word.
    """
    words = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"), " "),
            normalizers.Lowercase(),
        ]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=train_bpe(texts, size, _SPECIAL, words), bos_token="<s>", cls_token="<s>",
        eos_token="</s>", sep_token="</s>", pad_token="<pad>", unk_token="<unk>", mask_token="<mask>",
    )  # fmt: skip


def train_retriever(model: Retriever, pairs: Sequence[Specification], config: HeadsConfig, log: Log) -> None:
    """Train ``model`` to tell which function belongs to which specification, among functions of the same language.

    It is trained on ``config.train_pairs`` of ``pairs``: each specification of a batch is combined with all functions
    of the batch, choosing the human or the LLM function of each pair at random.
    """
    generator = np.random.default_rng(config.seed)
    learnt = [pairs[place] for place in generator.permutation(len(pairs))[: config.train_pairs]]
    words = [model.tokens(pair.behaviour, config.specification_tokens) for pair in learnt]
    codes = [
        [model.tokens(code, config.code_tokens) for code in (pair.human_code, pair.llm_code)]
        for pair in learnt
    ]
    languages = np.array([pair.language for pair in learnt])
    alike = [torch.from_numpy(np.flatnonzero(languages == language)) for language in languages]

    def batch(_: int) -> dict[str, Tensor]:
        pool = alike[int(torch.randint(len(alike), ()))]
        pool = pool if len(pool) > 1 else torch.arange(len(alike))
        chosen = pool[torch.randperm(len(pool))[: config.batch]].tolist()
        drawn = [codes[place][int(torch.randint(2, ()))] for place in chosen]
        sequences = [model.joined(words[place], code) for place in chosen for code in drawn]
        ids, mask = padded(sequences, model.tokenizer.pad_token_id)
        return {"ids": ids, "mask": mask}

    def loss(ids: Tensor, mask: Tensor) -> Tensor:
        size = math.isqrt(len(ids))
        logits = model(ids, mask).view(size, size)
        # For each matching function, the batch has as many that do not match as it has other functions.
        whether = nn.functional.binary_cross_entropy_with_logits(
            logits, torch.eye(size), pos_weight=torch.tensor(float(max(size - 1, 1)))
        )
        matches = torch.arange(size)
        rows, columns = (nn.functional.cross_entropy(scores, matches) for scores in (logits, logits.T))
        return (rows + columns) / 2 + whether

    fit_batches(
        model,
        batch,
        loss,
        batches=math.ceil(len(learnt) / config.batch),
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        seed=config.seed,
        log=log,
    )


@dataclass(frozen=True, slots=True)
class Queries:
    """Every specification with ``candidates`` functions, its own first: a flat list of ``n x candidates`` examples."""

    examples: list[RetrievalExample]
    candidates: int
    repos: list[str]

    @property
    def labels(self) -> Integers:
        """1 for each specification's own function, ``(n x candidates,)``."""
        return np.tile(np.arange(self.candidates) == 0, len(self.repos)).astype(np.int64)

    @property
    def chance(self) -> float:
        """The mean reciprocal rank of a random order."""
        return float((1.0 / np.arange(1, self.candidates + 1)).mean())


def with_candidates(model: Retriever, pairs: Sequence[Specification], candidates: int, seed: int) -> Queries:
    """The human function of each of ``pairs`` among those of others, preferably of the same language."""
    generator = np.random.default_rng(seed)
    candidates = min(candidates, len(pairs))
    examples = []
    for place, pair in enumerate(pairs):
        others = [other for other in generator.permutation(len(pairs)).tolist() if other != place]
        others.sort(key=lambda other: pairs[other].language != pair.language)
        examples += [
            model.example(pair.behaviour, pairs[other].human_code, pair.language)
            for other in (place, *others[: candidates - 1])
        ]
    return Queries(examples, candidates, [pair.repo for pair in pairs])


@torch.no_grad()
def retriever_logits(model: Retriever, queries: Queries, gates: Floats | None = None) -> Floats:
    """Logits ``(n x candidates,)``, with the heads' outputs multiplied by ``gates`` ``(layers, heads)`` if given."""
    open_gates = np.ones(all_heads(model)) if gates is None else gates
    found: list[float] = []
    with gated(model.body, torch.from_numpy(open_gates).float()):
        for first in range(0, len(queries.examples), _BATCH):
            some = [example.ids for example in queries.examples[first : first + _BATCH]]
            found += model(*padded(some, model.tokenizer.pad_token_id)).tolist()
    return np.array(found)


def attention_layers(body: Any) -> list[Any]:
    """The attention modules of a RoBERTa-like body, from the lowest layer up."""
    return [layer.attention for layer in body.encoder.layer]


@contextmanager
def gated(body: Any, gates: Tensor) -> Iterator[None]:
    """Context manager that multiplies the output of every head by its gate in ``gates`` ``(layers, heads)``.

    Source: Michel, Levy and Neubig, "Are Sixteen Heads Really Better than One?" (NeurIPS 2019), sections 2 and 3.
    """
    handles = []
    for attention, row in zip(attention_layers(body), gates, strict=True):
        width = int(attention.self.attention_head_size)

        def scale(_: nn.Module, inputs: tuple[Tensor, ...], row: Tensor = row, width: int = width) -> Any:
            return (inputs[0] * row.repeat_interleave(width), *inputs[1:])

        handles.append(attention.output.dense.register_forward_pre_hook(scale))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def all_heads(model: Retriever) -> tuple[int, int]:
    """The number of layers, and of heads per layer."""
    layers = attention_layers(model.body)
    return len(layers), int(layers[0].self.num_attention_heads)


def ranks(logits: Floats, candidates: int) -> Integers:
    """The rank of each specification's own function, int64 ``(n,)``, from 1; in a tie it ranks last."""
    table = logits.reshape(-1, candidates)
    return np.asarray(1 + (table[:, 1:] >= table[:, :1]).sum(axis=1), dtype=np.int64)
