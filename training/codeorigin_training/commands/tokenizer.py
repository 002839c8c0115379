"""Trains the vocabulary of a run."""

import dataclasses
import json
from dataclasses import dataclass

from codeorigin.model.bundle import sha256_of
from codeorigin.model.tokenizer import Tokenizer
from codeorigin_training.encoder.tokenizer import train_tokenizer
from codeorigin_training.pretrain.texts import read_training_texts, text_files
from codeorigin_training.run import Log, Run, RunError


@dataclass(frozen=True, slots=True)
class TokenizerConfig:
    """A byte-level BPE of ``vocab_size`` entries, from ``sample`` functions drawn with ``seed``."""

    vocab_size: int = 8192
    sample: int = 60_000
    seed: int = 0

    def __post_init__(self) -> None:
        # PAD, MASK and the 256 bytes, without which some text has no tokens.
        if self.vocab_size < 258 or self.sample < 1:
            raise ValueError("vocab_size must be at least 258 (every byte, PAD and MASK), sample positive")


def tokenizer(config: TokenizerConfig, run: Run, log: Log) -> None:
    """Write ``run.tokenizer`` from the functions of the run's corpus that are not held out.

    Raises:
        RunError: the run has no corpus, or none of its functions may be trained on.
    """
    run.needs(run.corpus, "corpus")
    inputs = dataclasses.asdict(config) | {"corpus": [sha256_of(path) for path in text_files(run.corpus)]}
    description = run.tokenizer.with_suffix(".inputs.json")
    known = json.loads(description.read_text(encoding="utf-8")) if description.is_file() else None
    if run.tokenizer.is_file() and known == inputs:
        log(f"{run.tokenizer} is there")
        return
    rows = read_training_texts(run.corpus)
    if not rows:
        raise RunError(f"{run.corpus}: no function that is not held out; add repositories to the corpus")
    trained = Tokenizer(
        train_tokenizer(rows, vocab_size=config.vocab_size, sample=config.sample, seed=config.seed)
    )
    trained.save(run.tokenizer)
    description.write_text(json.dumps(inputs, indent=1) + "\n", encoding="utf-8")
    log(f"{trained.vocab_size} tokens from {min(config.sample, len(rows))} of {len(rows)} functions")
