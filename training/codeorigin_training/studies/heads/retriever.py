"""Tells a specification's code from another's: one transformer reads both, so that attention goes between them.

Of a specification, it reads only the behaviour, in words. The signature is left out, because the code begins with it,
so comparing two lines would be enough to be right every time.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer, RobertaConfig

from codeorigin.languages.constructs import character_constructs
from codeorigin.languages.parsing import ParseBudgetError
from codeorigin.text.construct import CONSTRUCTS, Construct
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.readers.specifications import Specification
from codeorigin_training.encoder.inference import padded
from codeorigin_training.encoder.model import EncoderError
from codeorigin_training.encoder.trainer import fit_batches
from codeorigin_training.studies.heads.config import HeadsConfig
from codeorigin_training.studies.heads.start import both_ways
from codeorigin_training.studies.heads.tokens import word_tokenizer

Codes = npt.NDArray[np.int8]


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

    def __init__(self, body: Any, tokenizer: Any) -> None:
        super().__init__()
        self.body = body
        self.tokenizer = tokenizer
        self.head = nn.Linear(int(body.config.hidden_size), 1)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logit ``(B,)`` that code and specification belong together, from token ids ``(B, T)``."""
        found = self.body(input_ids=ids, attention_mask=mask, token_type_ids=self._sides(ids))
        states = found.last_hidden_state
        logit: Tensor = self.head(states[:, 0]).squeeze(-1)
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

    def example(self, text: str, code: str, language: str, config: HeadsConfig) -> RetrievalExample:
        """``text`` and ``code`` as one sequence, each truncated to its maximum length."""
        words = self.tokens(text, config.specification_tokens)
        encoded = self.tokenizer(code, add_special_tokens=False, return_offsets_mapping=True)
        body = encoded["input_ids"][: config.code_tokens]
        starts = [_first_ink(code, low, high) for low, high in encoded["offset_mapping"][: len(body)]]
        begin = len(words) + 2
        return RetrievalExample(
            ids=self.joined(words, body),
            specification=slice(1, 1 + len(words)),
            code=slice(begin, begin + len(body)),
            constructs=_constructs(code, language)[starts] if starts else np.zeros(0, dtype=np.int8),
        )

    def tokens(self, text: str, most: int) -> list[int]:
        """The first ``most`` token ids of ``text``."""
        found: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"][:most]
        return found

    def joined(self, words: Sequence[int], code: Sequence[int]) -> Integers:
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
        return _load(config.encoder)
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
    # Other attention implementations do not return attention weights.
    body: Any = AutoModel.from_config(shape, attn_implementation="eager", add_pooling_layer=False)  # type: ignore[no-untyped-call]
    return Retriever(body, tokenizer)


def _load(folder: Path) -> Retriever:
    try:
        body = AutoModel.from_pretrained(
            str(folder), local_files_only=True, attn_implementation="eager", dtype=torch.float32
        )
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EncoderError(
            f"{folder}: no encoder with a tokenizer ({reason}); give a folder written by save_pretrained"
        ) from error
    return Retriever(body, tokenizer)


def train_retriever(
    model: Retriever, pairs: Sequence[Specification], config: HeadsConfig, log: Callable[[str], None]
) -> None:
    """Train ``model`` to tell which function belongs to which specification, among functions of the same language.

    It is trained on ``config.train_pairs`` of ``pairs``: each specification of a batch is combined with all functions
    of the batch, choosing the human or the LLM function of each pair at random.
    """
    generator = np.random.default_rng(config.seed)
    learnt = [pairs[place] for place in generator.permutation(len(pairs))[: config.train_pairs]]
    words = [model.tokens(each.behaviour, config.specification_tokens) for each in learnt]
    codes = [
        [model.tokens(code, config.code_tokens) for code in (each.human_code, each.llm_code)]
        for each in learnt
    ]
    languages = np.array([each.language for each in learnt])
    alike = [torch.from_numpy(np.flatnonzero(languages == own)) for own in languages]

    def batch(_: int) -> dict[str, Tensor]:
        pool = alike[int(torch.randint(len(alike), ()))]
        pool = pool if len(pool) > 1 else torch.arange(len(alike))
        chosen = pool[torch.randperm(len(pool))[: config.batch]].tolist()
        drawn = [codes[each][int(torch.randint(2, ()))] for each in chosen]
        sequences = [model.joined(words[each], code) for each in chosen for code in drawn]
        ids, mask = padded(sequences, model.tokenizer.pad_token_id)
        return {"ids": ids, "mask": mask}

    def loss(ids: Tensor, mask: Tensor) -> Tensor:
        size = math.isqrt(len(ids))
        logits = model(ids, mask).view(size, size)
        # For each matching function, the batch has as many that do not match as it has other functions.
        whether = nn.functional.binary_cross_entropy_with_logits(
            logits, torch.eye(size), pos_weight=torch.tensor(float(max(size - 1, 1)))
        )
        return both_ways(logits) + whether

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


def asked_examples(
    model: Retriever, pairs: Sequence[Specification], config: HeadsConfig
) -> tuple[list[RetrievalExample], Integers, list[str]]:
    """Each pair's specification with its own and another pair's functions; labels ``(n,)`` and repositories."""
    others = _others(pairs, np.random.default_rng(config.seed + 1))
    examples: list[RetrievalExample] = []
    labels: list[int] = []
    repos: list[str] = []
    for place, pair in enumerate(pairs):
        examples += _pair_examples(model, pair, config)
        other = pairs[others[place]]
        examples += [
            model.example(pair.behaviour, code, pair.language, config)
            for code in (other.human_code, other.llm_code)
        ]
        labels += [1, 1, 0, 0]
        repos += [pair.repo] * 4
    return examples, np.array(labels, dtype=np.int64), repos


def _pair_examples(
    model: Retriever, pair: Specification, config: HeadsConfig
) -> tuple[RetrievalExample, RetrievalExample]:
    human, llm = (
        model.example(pair.behaviour, code, pair.language, config)
        for code in (pair.human_code, pair.llm_code)
    )
    return human, llm


def others_of(pairs: Sequence[Specification], place: int) -> tuple[list[int], list[int]]:
    """The indices of all other pairs: those of the same language, and the rest."""
    others = [other for other in range(len(pairs)) if other != place]
    same = [other for other in others if pairs[other].language == pairs[place].language]
    return same, [other for other in others if pairs[other].language != pairs[place].language]


def _others(pairs: Sequence[Specification], generator: np.random.Generator) -> list[int]:
    """For each pair another one, of the same language if there is one."""
    found = []
    for place in range(len(pairs)):
        same, rest = others_of(pairs, place)
        found.append(int(generator.choice(same or rest or [place])))
    return found
