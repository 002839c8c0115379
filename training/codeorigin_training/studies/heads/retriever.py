"""Tells a specification's code from another's: one transformer that reads both, so that attention goes between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer as BpeTokenizer
from tokenizers import decoders, models, pre_tokenizers, trainers
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerFast, RobertaConfig

from codeorigin.languages.constructs import character_constructs
from codeorigin.languages.parsing import ParseBudgetError
from codeorigin.source.construct import CONSTRUCTS, Construct
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.corpus.readers.specifications import Specification
from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.studies.heads.config import HeadsConfig

Codes = npt.NDArray[np.int8]
_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


@dataclass(frozen=True, slots=True)
class Example:
    """A specification and a function as one sequence: ``<s> specification </s> code </s>``.

    ``ids`` is int64 ``(T,)``; ``specification`` and ``code`` are where their tokens stand, ``constructs`` the
    code of the construct of each token of the code.
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
        """Logit ``(B,)`` that code and specification belong together, of token ids ``(B, T)``."""
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        logit: Tensor = self.head(states[:, 0]).squeeze(-1)
        return logit

    def attention(self, example: Example) -> Floats:
        """Attention of every head, ``(layers, heads, T, T)``: each row adds up to 1."""
        ids = torch.from_numpy(example.ids)[None]
        found = self.body(input_ids=ids, attention_mask=torch.ones_like(ids), output_attentions=True)
        return np.stack([layer[0].double().numpy() for layer in found.attentions])

    def example(self, text: str, code: str, language: str, config: HeadsConfig) -> Example:
        """``text`` and ``code`` as one sequence, each cut to its share."""
        tokenizer = self.tokenizer
        words = tokenizer(text, add_special_tokens=False)["input_ids"][: config.specification_tokens]
        encoded = tokenizer(code, add_special_tokens=False, return_offsets_mapping=True)
        body = encoded["input_ids"][: config.code_tokens]
        starts = [_first_ink(code, low, high) for low, high in encoded["offset_mapping"][: len(body)]]
        first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
        begin = len(words) + 2
        return Example(
            ids=np.array([first, *words, last, *body, last], dtype=np.int64),
            specification=slice(1, 1 + len(words)),
            code=slice(begin, begin + len(body)),
            constructs=_constructs(code, language)[starts] if starts else np.zeros(0, dtype=np.int8),
        )


def _first_ink(code: str, low: int, high: int) -> int:
    """The first character of a token that is no blank: tokens begin with the blank before them."""
    return next((place for place in range(low, high) if not code[place].isspace()), min(low, len(code) - 1))


def _constructs(code: str, language: str) -> Codes:
    try:
        found = character_constructs(code, language)
    except ParseBudgetError:
        return np.full(len(code), CONSTRUCTS.index(Construct.NAME), dtype=np.int8)
    blanks = np.array([character.isspace() for character in code], dtype=bool)
    return np.where(blanks, CONSTRUCTS.index(Construct.LAYOUT), found).astype(np.int8)


def make_retriever(texts: Sequence[str], config: HeadsConfig) -> Retriever:
    """The retriever of ``config.encoder``, or a small new one with a vocabulary from ``texts``.

    Raises:
        EncoderError: the folder holds no RoBERTa-like encoder with a tokenizer.
    """
    torch.manual_seed(config.seed)
    if config.encoder is not None:
        return _load(config.encoder)
    bpe = BpeTokenizer(models.BPE(unk_token="<unk>"))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=config.vocabulary,
        special_tokens=_SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=bpe, bos_token="<s>", cls_token="<s>", eos_token="</s>", sep_token="</s>",
        pad_token="<pad>", unk_token="<unk>", mask_token="<mask>",
    )  # fmt: skip
    shape = RobertaConfig(
        vocab_size=bpe.get_vocab_size(),
        hidden_size=config.dim,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=2 * config.dim,
        max_position_embeddings=config.specification_tokens + config.code_tokens + 8,
        pad_token_id=1,
    )
    # Other implementations of attention do not say where it goes.
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
    """Teach ``model`` which function belongs to which specification; what does not is of the same language."""
    examples = [_pair_examples(model, pairs, place, config) for place in range(len(pairs))]
    others = _others(pairs, np.random.default_rng(config.seed))
    wrong = [
        model.example(pair.text, pairs[other].human_code, pair.language, config)
        for pair, other in zip(pairs, others, strict=True)
    ]
    more = [
        model.example(pair.text, pairs[other].llm_code, pair.language, config)
        for pair, other in zip(pairs, others, strict=True)
    ]
    everything = [(each, 1.0) for both in examples for each in both] + [
        (each, 0.0) for each in (*wrong, *more)
    ]
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.learning_rate)
    steps = config.epochs * -(-len(everything) // config.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=config.learning_rate, total_steps=steps, pct_start=0.2
    )
    generator = np.random.default_rng(config.seed)
    model.train()
    for epoch in range(config.epochs):
        order = generator.permutation(len(everything))
        losses = []
        for first in range(0, len(order), config.batch):
            chosen = [everything[place] for place in order[first : first + config.batch]]
            ids, mask = padded([each for each, _ in chosen], model.tokenizer.pad_token_id)
            targets = torch.tensor([target for _, target in chosen])
            loss = nn.functional.binary_cross_entropy_with_logits(model(ids, mask), targets)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        log(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}")
    model.eval()


def asked_examples(
    model: Retriever, pairs: Sequence[Specification], config: HeadsConfig
) -> tuple[list[Example], Integers, list[str]]:
    """Both functions of each pair with its own specification and another's; labels ``(n,)`` and repositories."""
    others = _others(pairs, np.random.default_rng(config.seed + 1))
    examples: list[Example] = []
    labels: list[int] = []
    repos: list[str] = []
    for place, pair in enumerate(pairs):
        examples += _pair_examples(model, pairs, place, config)
        other = pairs[others[place]]
        examples += [
            model.example(pair.text, code, pair.language, config)
            for code in (other.human_code, other.llm_code)
        ]
        labels += [1, 1, 0, 0]
        repos += [pair.repo] * 4
    return examples, np.array(labels, dtype=np.int64), repos


def padded(examples: Sequence[Example], pad: int) -> tuple[Tensor, Tensor]:
    """Token ids ``(B, T)``, padded with ``pad``, and their mask ``(B, T)``."""
    longest = max(len(each.ids) for each in examples)
    ids = torch.full((len(examples), longest), pad, dtype=torch.int64)
    mask = torch.zeros((len(examples), longest), dtype=torch.int64)
    for number, each in enumerate(examples):
        ids[number, : len(each.ids)] = torch.from_numpy(each.ids)
        mask[number, : len(each.ids)] = 1
    return ids, mask


def _pair_examples(
    model: Retriever, pairs: Sequence[Specification], place: int, config: HeadsConfig
) -> tuple[Example, Example]:
    pair = pairs[place]
    human, llm = (
        model.example(pair.text, code, pair.language, config) for code in (pair.human_code, pair.llm_code)
    )
    return human, llm


def _others(pairs: Sequence[Specification], generator: np.random.Generator) -> list[int]:
    """For each pair another one, of the same language where there is one."""
    found = []
    for place, pair in enumerate(pairs):
        same = [
            other for other, each in enumerate(pairs) if other != place and each.language == pair.language
        ]
        known = same or [other for other in range(len(pairs)) if other != place] or [place]
        found.append(int(generator.choice(known)))
    return found
