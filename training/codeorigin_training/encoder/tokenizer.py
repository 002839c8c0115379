"""The command ``tokenizer``: trains the vocabulary of a run."""

import dataclasses
import json

from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin.model.folder import sha256_of
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import FUNCTIONS
from codeorigin_training.data.sides import read_training_texts
from codeorigin_training.encoder.vocabulary import own_tokenizer, train_tokenizer
from codeorigin_training.files import write_whole, written_whole
from codeorigin_training.run import Log, Run, RunError
from codeorigin_training.tracking import tracked


@dataclass(frozen=True, config=STRICT)
class TokenizerConfig:
    """A byte-level BPE of ``vocab_size`` entries, trained on ``sample`` functions drawn with ``seed``.

    If ``encoder`` names a transformers encoder, by its folder or its name in the local cache, its own vocabulary is
    used instead of training one.
    """

    encoder: str = ""
    # PAD, MASK and the 256 bytes, without which some text has no tokens.
    vocab_size: int = Field(default=8192, ge=258)
    sample: int = Field(default=60_000, ge=1)
    seed: int = 0


def tokenizer(config: TokenizerConfig, run: Run, log: Log) -> None:
    """Write ``run.tokenizer``, trained on the functions of the run's corpus that are not held out.

    Raises:
        RunError: the run has no corpus, or all of its functions are held out.
        EncoderError: the named encoder has no vocabulary that can be used.
    """
    run.needs(run.corpus, "corpus")
    inputs = dataclasses.asdict(config) | {"corpus": sha256_of(run.corpus / FUNCTIONS)}
    description = run.tokenizer.with_suffix(".inputs.json")
    known = json.loads(description.read_text(encoding="utf-8")) if description.is_file() else None
    if run.tokenizer.is_file() and known == inputs:
        log(f"{run.tokenizer} is there")
        return
    with tracked(run, "tokenizer", config) as tracker:
        made, source = _made(config, run)
        with written_whole(run.tokenizer) as partial:
            made.save(partial)
        write_whole(description, json.dumps(inputs, indent=1) + "\n")
        tracker.metrics({"vocab_size": made.vocab_size}, 0)
        tracker.artifact(run.tokenizer)
        log(f"{made.vocab_size} tokens from {source}")


def _made(config: TokenizerConfig, run: Run) -> tuple[Tokenizer, str]:
    if config.encoder:
        return Tokenizer(own_tokenizer(config.encoder)[0]), config.encoder
    rows = read_training_texts(run.corpus)
    if not rows:
        raise RunError(f"{run.corpus}: no function that is not held out; add repositories to the corpus")
    trained = train_tokenizer(rows, vocab_size=config.vocab_size, sample=config.sample, seed=config.seed)
    return Tokenizer(trained), f"{min(config.sample, len(rows))} of {len(rows)} functions"
