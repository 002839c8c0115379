"""The command ``finetune``: computes the encoder's out-of-fold logits, then trains it for the bundle."""

from dataclasses import asdict, replace
from functools import partial

import numpy as np
import pydantic
import torch
from pydantic import Field
from scipy.special import expit

from codeorigin.model.folder import sha256_of
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Booleans, Floats, Floats32, Integers, Tokens
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import corpus_hash
from codeorigin_training.data.sides import read_sides
from codeorigin_training.data.weights import PAIR_WEIGHT
from codeorigin_training.encoder.files import load_encoder, make_encoder, save_encoder
from codeorigin_training.encoder.inference import centre, deep_logits, encode_rows, neutral_logit
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.encoder.settings import Strategy, TrainingConfig
from codeorigin_training.encoder.train import Examples, frozen_states, train, validation_split
from codeorigin_training.metrics.classification import keep_test_set
from codeorigin_training.metrics.rankings import Bootstrap, headline, ranking_figures, tracked_numbers
from codeorigin_training.run import Run, atomic_path, digest_of
from codeorigin_training.tracking import Tracker, tracked


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class FinetuneConfig(TrainingConfig):
    """How the encoder of a run is trained.

    If the run has no pretrained encoder, training starts from ``encoder``. It is cross-fitted in ``folds`` folds of
    repositories. ``pair_weight`` is the weight of a row of a same-task pair, in mean rows; ``overlap`` is that of
    adjacent windows, in tokens.
    """

    folds: int = Field(default=2, ge=2)
    pair_weight: float = Field(default=PAIR_WEIGHT, ge=0)
    overlap: int = Field(default=128, ge=0)
    processes: int = Field(default=2, ge=1)

    def __post_init__(self) -> None:
        if self.overlap >= self.encoder.context:
            raise ValueError("overlap must be less than encoder.context")


def finetune(config: FinetuneConfig, run: Run) -> None:
    """Write ``run.deep`` (out-of-fold logits ``(n,)``) and ``run.finetuned``; finished folds are cached.

    Raises:
        RunError: an earlier stage is missing.
        TrainingError: training diverged.
    """
    data = corpus_hash(run.needs(run.corpus, "corpus"))
    inputs = {
        "corpus": data,
        "tokenizer": sha256_of(run.needs(run.tokenizer, "tokenizer")),
        "pretrained": sha256_of(run.pretrained) if run.pretrained.exists() else "",
        "config": asdict(replace(config, processes=1)),
    }
    with tracked(run, "finetune", config, data=data) as tracker:
        work = _Work(config, run, digest_of(inputs), tracker)
        logits = np.zeros(len(work.rows))
        for fold, fit in enumerate(work.side.fitting):
            inside = np.flatnonzero(work.side.folds == fold)
            logits[inside] = run.cached(
                f"finetune, fold-{fold}", inputs, partial(work.fold, f"fold-{fold}", inside, fit)
            )
        with atomic_path(run.deep) as partial_file:
            np.savez(partial_file, out_of_fold=logits)
        work.figures("out of fold", tracker, np.arange(len(logits)), logits)
        run.cached("finetune", inputs, work.final, [run.finetuned])
        tracker.artifact(run.finetuned)


class _Work:
    """Trains one encoder after another on the rows of training repositories.

    ``rows`` ``(n,)`` are in the order of all out-of-fold logits, with their ``tokens``.
    """

    def __init__(self, config: FinetuneConfig, run: Run, key: str, tracker: Tracker) -> None:
        """Read the rows of ``run``.

        Raises:
            CorpusError: the corpus cannot be read.
        """
        self.config, self.run, self.key, self.tracker, self.log = config, run, key, tracker, run.log
        self.side, self.held_out = read_sides(run.corpus, pair_weight=config.pair_weight, folds=config.folds)
        self.rows = self.side.rows
        self.tokenizer = Tokenizer.load(run.tokenizer)
        self.tokens = encode_rows(self.rows, self.tokenizer, processes=config.processes)
        self.log(f"{len(self.rows)} rows, {sum(map(len, self.tokens)) / 1e6:.2f} M tokens")
        self._states: Floats32 | None = None

    def trained(self, name: str, keep: Booleans, phase: Tracker) -> Encoder:
        """An encoder trained on the rows that ``keep`` selects."""
        config = self.config
        torch.manual_seed(config.seed)
        model = (
            load_encoder(self.run.pretrained, config.encoder)
            if self.run.pretrained.exists()
            else make_encoder(config.encoder, self.run.tokenizer)
        )
        weights, validation, validation_weights = validation_split(
            self.rows, np.where(keep, self.side.weights, 0.0), config.validation_share
        )
        examples = Examples(
            tokens=self.tokens,
            labels=self.side.labels,
            weights=weights,
            validation=validation,
            validation_weights=validation_weights,
        )
        if config.phases[0].strategy is Strategy.FROZEN and self._states is None:
            self._states = frozen_states(model, examples, self.tokenizer, config)
        train(
            model,
            examples,
            self.tokenizer,
            config,
            self.run.folder / "finetune" / f"{name}-{self.key}",
            lambda line: self.log(f"{name}: {line}"),
            phase.metrics,
            self._states,
        )
        return model

    def figures(self, name: str, tracker: Tracker, inside: Integers, logits: Floats) -> None:
        """Log and track how ``logits`` ``(k,)`` rank the rows ``inside`` ``(k,)``."""
        figures = ranking_figures([self.rows[at] for at in inside], logits, "by_text", Bootstrap(rounds=0))
        self.log(f"{name}: {headline(figures)}")
        tracker.metrics(tracked_numbers(figures), 0)

    def fold(self, name: str, inside: Integers, fit: Booleans) -> Floats:
        """The logits of the rows ``inside`` from an encoder trained on the rows to ``fit``, less a masked text's.

        Figures at a given probability use the logits as the encoder learned them, because the calibration, which makes
        up for the shift, comes later.
        """
        with self.tracker.phase(name) as phase:
            model = self.trained(name, fit, phase)
            logits = self._logits(model, [self.tokens[number] for number in inside.tolist()])
            self.figures(name, phase, inside, logits)
            phase.pictures(self.side.labels[inside], expit(logits))
        return logits - neutral_logit(model, self.tokenizer)

    def final(self) -> None:
        """Train on all rows, test on unseen repositories, and write the encoder, for which masked text is undecided."""
        with self.tracker.phase("final") as phase:
            model = self.trained("final", np.ones(len(self.rows), dtype=bool), phase)
        if self.run.track:
            tokens = encode_rows(self.held_out, self.tokenizer, processes=self.config.processes)
            figures = keep_test_set(self.tracker, self.held_out, expit(self._logits(model, tokens)))
            self.log("test: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
        moved = centre(model, self.tokenizer)
        self.log(f"final: logit of a masked text was {moved:+.3f}, now 0")
        save_encoder(self.run.finetuned, model)

    def _logits(self, model: Encoder, tokens: Tokens) -> Floats:
        return deep_logits(model, tokens, self.tokenizer, overlap=self.config.overlap)
