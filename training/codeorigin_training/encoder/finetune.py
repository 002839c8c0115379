"""The command ``finetune``: computes the encoder's out-of-fold logits, then trains it for the bundle."""

import hashlib
import json
from dataclasses import asdict, replace

import numpy as np
import pydantic
import torch
from joblib import Memory
from pydantic import Field

from codeorigin.model.folder import sha256_of
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Booleans, Floats, Floats32, Integers
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import corpus_hash
from codeorigin_training.data.sides import read_sides
from codeorigin_training.data.weights import PAIR_WEIGHT
from codeorigin_training.encoder.files import load_encoder, make_encoder, save_encoder
from codeorigin_training.encoder.inference import centre, deep_logits, encode_rows
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.encoder.settings import Strategy, TrainingConfig
from codeorigin_training.encoder.train import Examples, frozen_states, train, validation_split
from codeorigin_training.encoder.trainer import device_named
from codeorigin_training.files import atomic_path
from codeorigin_training.metrics.classification import keep_test_set, sigmoid
from codeorigin_training.metrics.rankings import Bootstrap, headline, ranking_figures, tracked_numbers
from codeorigin_training.metrics.table import Figure
from codeorigin_training.run import Log, Run
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


def finetune(config: FinetuneConfig, run: Run, log: Log) -> None:
    """Write ``run.deep`` (out-of-fold logits ``(n,)``) and ``run.finetuned``; finished folds are cached.

    Raises:
        RunError: an earlier stage is missing.
        TrainingError: training diverged.
    """
    for path, command in ((run.corpus, "corpus"), (run.tokenizer, "tokenizer")):
        run.needs(path, command)
    inputs = _inputs(config, run)
    key = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]
    memory = Memory(run.folder / "finetune", verbose=0)
    # What the key stands for is not hashed again.
    fold_of, final_of = (memory.cache(stage, ignore=["work"]) for stage in (_fold, _final))
    with tracked(run, "finetune", config, tags={"data_sha256": inputs["corpus"]}) as tracker:
        work = _Work(config, run, key, tracker, log)
        logits, moved = np.zeros(len(work.rows)), np.zeros(len(work.rows))
        for fold in range(len(work.side.fitting)):
            if fold_of.check_call_in_cache(key, fold, work):
                log(f"fold-{fold} taken from its cache")
            inside, found, shift = fold_of(key, fold, work)
            logits[inside], moved[inside] = found, shift
        with atomic_path(run.deep) as partial:
            np.savez(partial, out_of_fold=logits)
        everything = np.arange(len(logits))
        figures = work.figures(logits, everything)
        log(f"out of fold: {headline(figures)}")
        tracker.metrics(tracked_numbers(figures), 0)
        work.pictures(tracker, logits + moved, everything)
        if not run.finetuned.exists():
            final_of.clear(warn=False)
        elif final_of.check_call_in_cache(key, work):
            log("the final encoder is there")
        moved_at_last = final_of(key, work)
        tracker.artifact(run.finetuned)
        if run.track:
            _test(work, tracker, moved_at_last)


class _Work:
    """Trains one encoder after another on the rows of training repositories.

    ``rows`` ``(n,)`` are in the order of all out-of-fold logits, with their ``tokens``.
    """

    def __init__(self, config: FinetuneConfig, run: Run, key: str, tracker: Tracker, log: Log) -> None:
        """Read the rows of ``run``.

        Raises:
            CorpusError: the corpus cannot be read.
        """
        self.config, self.run, self.key, self.tracker, self.log = config, run, key, tracker, log
        self.side, self.held_out = read_sides(run.corpus, pair_weight=config.pair_weight, folds=config.folds)
        self.rows = self.side.rows
        self.tokenizer = Tokenizer.load(run.tokenizer)
        self.tokens = encode_rows(self.rows, self.tokenizer, processes=config.processes)
        self.log(f"{len(self.rows)} rows, {sum(map(len, self.tokens)) / 1e6:.2f} M tokens")
        self._states: Floats32 | None = None

    def trained(self, name: str, keep: Booleans, phase: Tracker) -> tuple[Encoder, float]:
        """An encoder trained on the rows that ``keep`` selects, and the shift that makes a masked text undecided."""
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
        moved = centre(model, self.tokenizer)
        self.log(f"{name}: logit of a masked text was {moved:+.3f}, now 0")
        return model, moved

    def figures(self, logits: Floats, inside: Integers) -> list[Figure]:
        """Figures of the rows ``inside`` by ``logits`` ``(n,)`` of all rows."""
        rows = [self.rows[number] for number in inside]
        return ranking_figures(rows, logits[inside], "by_text", Bootstrap(rounds=0))

    def pictures(self, tracker: Tracker, logits: Floats, inside: Integers) -> None:
        """Store pictures of the probabilities of the rows ``inside``."""
        tracker.pictures(self.side.labels[inside], sigmoid(logits[inside]))


def _fold(key: str, fold: int, work: _Work) -> tuple[Integers, Floats, float]:
    """The rows of a fold, their logits from an encoder trained on the others, and its shift.

    Figures at a given probability use the logits without the shift, as the encoder learned them, because the
    calibration, which makes up for the shift, comes later.
    """
    config, name = work.config, f"fold-{fold}"
    folds = work.side.folds
    inside = np.flatnonzero(folds == fold)
    with work.tracker.phase(name) as phase:
        model, moved = work.trained(name, work.side.fitting[fold], phase)
        model.to(device_named(config.device))
        full = np.zeros(len(work.rows))
        tokens = [work.tokens[int(number)] for number in inside]
        full[inside] = deep_logits(model, tokens, work.tokenizer, overlap=config.overlap)
        figures = work.figures(full, inside)
        work.log(f"{name}: {headline(figures)}")
        phase.metrics(tracked_numbers(figures), 0)
        work.pictures(phase, full + moved, inside)
    return inside, full[inside], moved


def _final(key: str, work: _Work) -> float:
    """Train on all rows and write the run's encoder; returns the shift of its logits."""
    with work.tracker.phase("final") as phase:
        model, moved = work.trained("final", np.ones(len(work.rows), dtype=bool), phase)
        save_encoder(work.run.finetuned, model)
    return moved


def _inputs(config: FinetuneConfig, run: Run) -> dict[str, str]:
    """Everything that the result depends on, without settings that do not affect it."""
    return {
        "corpus": corpus_hash(run.corpus),
        "tokenizer": sha256_of(run.tokenizer),
        "pretrained": sha256_of(run.pretrained) if run.pretrained.exists() else "",
        "config": str(asdict(replace(config, processes=1))),
    }


def _test(work: _Work, tracker: Tracker, moved: float) -> None:
    """Test the run's encoder on unseen repositories, with its logits before they were ``moved``."""
    config, run, tokenizer = work.config, work.run, work.tokenizer
    encoder = load_encoder(run.finetuned).to(device_named(config.device))
    tokens = encode_rows(work.held_out, tokenizer, processes=config.processes)
    logits = deep_logits(encoder, tokens, tokenizer, overlap=config.overlap) + moved
    figures = keep_test_set(tracker, work.held_out, sigmoid(logits))
    work.log("test: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
