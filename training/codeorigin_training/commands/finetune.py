"""The command ``finetune``: computes the deep part's out-of-fold logits, then trains the encoder for the bundle."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from codeorigin.model.folder import sha256_of
from codeorigin_training.arrays import Booleans, Floats, Integers, Tokens
from codeorigin_training.checkpoint import Checkpoints
from codeorigin_training.corpus.augmentation import AUGMENTATIONS
from codeorigin_training.corpus.rows import corpus_hash
from codeorigin_training.corpus.sides import read_sides
from codeorigin_training.corpus.weights import PAIR_WEIGHT
from codeorigin_training.encoder.config import EncoderConfig, VocabularySource
from codeorigin_training.encoder.data import encode_rows
from codeorigin_training.encoder.interface import Encoder, set_head_dropout
from codeorigin_training.encoder.registry import COMPACT, load_encoder, make_encoder, save_encoder
from codeorigin_training.files import written_whole
from codeorigin_training.finetune.config import FinetuneConfig, Strategy
from codeorigin_training.finetune.inference import States, centre, deep_logits
from codeorigin_training.finetune.material import Material, read_material
from codeorigin_training.finetune.training import Outlets, device_of, frozen_states
from codeorigin_training.finetune.training import finetune as train
from codeorigin_training.finetune.views import augmented_tokens, packed, unpacked
from codeorigin_training.measure.held_out import detector_metrics
from codeorigin_training.measure.test_set import keep_test_set, sigmoid
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import Tracker, numbers, tracked


@dataclass(frozen=True, slots=True)
class FinetuneCommandConfig:
    """How the deep part of a run is trained.

    If the run has no pretrained encoder, ``encoder`` names one: ``compact``, sized by ``shape``, or a transformers
    encoder's folder. ``vocabulary`` says whether a transformers encoder keeps its own tokens or gets the run's. The
    dropout of its body is its own or ``body_dropout``; ``head_dropout`` is that before each of the head's two layers.
    ``deep_folds`` unions of the wide part's ``folds`` are cross-fitted. With ``offsets`` the encoder learns what the
    wide part's out-of-fold logits leave unexplained, otherwise the labels alone. ``augmentations`` are the views that
    ``finetune.view_share`` draws from. If the strategy validates, ``validation_share`` of the repositories (or tasks)
    choose the best checkpoint. ``pair_weight`` is the weight of a row of a same-task pair, in mean rows.
    """

    finetune: FinetuneConfig = field(default_factory=FinetuneConfig)
    encoder: str = COMPACT
    vocabulary: VocabularySource = VocabularySource.OWN
    body_dropout: float | None = None
    head_dropout: tuple[float, ...] = (0.3, 0.2)
    shape: EncoderConfig = field(default_factory=EncoderConfig)
    folds: int = 4
    deep_folds: int = 2
    offsets: bool = True
    augmentations: tuple[str, ...] = ()
    validation_share: float = 0.05
    pair_weight: float = PAIR_WEIGHT
    overlap: int = 128
    processes: int = 2

    def __post_init__(self) -> None:
        if not 2 <= self.deep_folds <= self.folds:
            raise ValueError("deep_folds must be at least 2, folds no fewer")
        if not 0 <= self.validation_share < 1 or self.pair_weight < 0 or self.processes < 1:
            raise ValueError(
                "validation_share must lie in [0, 1), pair_weight not be negative, processes positive"
            )
        if not 0 <= self.overlap < self.shape.context:
            raise ValueError("overlap must be at least 0 and less than shape.context")
        if unknown := sorted(set(self.augmentations) - set(AUGMENTATIONS)):
            raise ValueError(f"there is no augmentation {unknown[0]}; there are {', '.join(AUGMENTATIONS)}")
        if self.finetune.view_share and not self.augmentations:
            raise ValueError("finetune.view_share needs augmentations to draw from")
        if self.body_dropout is not None and not 0 <= self.body_dropout < 1:
            raise ValueError("body_dropout must lie in [0, 1)")
        if len(self.head_dropout) != 2 or not all(0 <= each < 1 for each in self.head_dropout):
            raise ValueError("head_dropout must be two shares in [0, 1), one for each layer of the head")
        if self.validates and not self.validation_share:
            raise ValueError("this strategy chooses by validation: validation_share must be positive")

    @property
    def validates(self) -> bool:
        """Whether training uses validation rows."""
        return self.finetune.validates


def finetune(config: FinetuneCommandConfig, run: Run, log: Log) -> None:
    """Write ``run.deep`` (out-of-fold logits ``(n,)``) and ``run.finetuned``; finished folds are cached.

    Raises:
        RunError: an earlier stage is missing, or was made from another corpus.
        TrainingError: training diverged.
    """
    for path, command in ((run.corpus, "corpus"), (run.tokenizer, "tokenizer"), (run.wide, "wide")):
        run.needs(path, command)
    inputs = _inputs(config, run)
    key = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]
    material = _material(config, run, inputs, log)
    with tracked(run, "finetune", config, key=key, tags={"data_sha256": inputs["corpus"]}) as tracker:
        trainer = _Trainer(config, run, material, key, log)
        logits, moved = np.zeros(len(material.rows)), np.zeros(len(material.rows))
        folds = material.folds % config.deep_folds
        for fold in range(config.deep_folds):
            inside = np.flatnonzero(folds == fold)
            logits[inside], moved[inside] = trainer.fold(fold, folds != fold, inside, tracker)
        with written_whole(run.deep) as partial:
            np.savez(partial, out_of_fold=logits)
        everything = np.arange(len(logits))
        figures = _figures(config, material, logits, everything)
        log(f"out of fold: {_headline(figures)}")
        tracker.metrics(numbers(figures), 0)
        _pictures(config, tracker, material, logits + moved, everything)
        moved_at_last = trainer.final(tracker)
        tracker.artifact(run.finetuned)
        if run.track:
            _test(config, run, material, tracker, log, moved_at_last)


class _Trainer:
    """Trains one encoder after another on the same material."""

    def __init__(
        self, config: FinetuneCommandConfig, run: Run, material: Material, key: str, log: Log
    ) -> None:
        self._config, self._run, self._material = config, run, material
        self._kept, self._key, self._log = Checkpoints(run.folder / "finetune", {"key": key}), key, log
        self._states: States | None = None

    def fold(self, fold: int, keep: Booleans, inside: Integers, tracker: Tracker) -> tuple[Floats, float]:
        """Logits of the rows ``inside`` from an encoder trained on the rows that ``keep`` selects, and their shift.

        Figures at a given probability use the logits without the shift, as the encoder learned them, because the
        calibration, which makes up for the shift, comes later.
        """
        name = f"fold-{fold}"
        if (found := self._kept.arrays(name)) is not None:
            self._log(f"{name} taken from its checkpoint")
            return found["logits"], _moved(found)
        material = self._material
        with tracker.phase(name, self._key) as phase:
            model, moved = self._trained(name, keep, phase)
            tokens = [material.tokens[number] for number in inside]
            model.to(device_of(self._config.finetune))
            logits = deep_logits(model, tokens, material.tokenizer, overlap=self._config.overlap)
            full = np.zeros(len(material.rows))
            full[inside] = logits
            figures = _figures(self._config, material, full, inside)
            self._log(f"{name}: {_headline(figures)}")
            phase.metrics(numbers(figures), 0)
            _pictures(self._config, phase, material, full + moved, inside)
        self._kept.keep_arrays(name, logits=logits, moved=np.array(moved))
        self._checkpoint(name).unlink(missing_ok=True)
        return logits, moved

    def final(self, tracker: Tracker) -> float:
        """Train on all rows and write the run's encoder; returns the shift of its logits."""
        if self._run.finetuned.exists() and (found := self._kept.arrays("final")) is not None:
            self._log("the final encoder is there")
            return _moved(found)
        with tracker.phase("final", self._key) as phase:
            model, moved = self._trained("final", np.ones(len(self._material.rows), dtype=bool), phase)
            save_encoder(self._run.finetuned, model)
        self._kept.keep_arrays("final", moved=np.array(moved))
        self._checkpoint("final").unlink(missing_ok=True)
        return moved

    def _trained(self, name: str, keep: Booleans, phase: Tracker) -> tuple[Encoder, float]:
        config, material = self._config, self._material
        model = self._fresh()
        examples = material.examples(
            keep,
            offsets=config.offsets,
            validation_share=config.validation_share if config.validates else 0.0,
        )
        if config.finetune.strategy is Strategy.FROZEN and self._states is None:
            self._states = frozen_states(model, examples, material.tokenizer, config.finetune)
        outlets = Outlets(
            log=lambda line: self._log(f"{name}: {line}"),
            metrics=phase.metrics,
            checkpoint=self._checkpoint(name),
            key=f"{self._key}-{name}",
        )
        train(model, examples, material.tokenizer, config.finetune, outlets, self._states)
        moved = centre(model, material.tokenizer)
        self._log(f"{name}: logit of a masked text was {moved:+.3f}, now 0")
        return model, moved

    def _fresh(self) -> Encoder:
        torch.manual_seed(self._config.finetune.seed)
        encoder = self._start()
        set_head_dropout(encoder.head, self._config.head_dropout)
        return encoder

    def _start(self) -> Encoder:
        if self._run.pretrained.exists():
            return load_encoder(self._run.pretrained, dropout=self._config.body_dropout)
        return make_encoder(
            self._config.encoder,
            self._run.tokenizer,
            self._config.shape,
            kind=self._config.vocabulary,
            dropout=self._config.body_dropout,
        )

    def _checkpoint(self, name: str) -> Path:
        return self._run.folder / "finetune" / f"{name}-training.pt"


def _moved(kept: Mapping[str, npt.NDArray[Any]]) -> float:
    """The shift of the logits stored in a checkpoint; 0 for old checkpoints without it."""
    return float(kept["moved"]) if "moved" in kept else 0.0


def _material(config: FinetuneCommandConfig, run: Run, inputs: Mapping[str, str], log: Log) -> Material:
    material = read_material(
        run, folds=config.folds, pair_weight=config.pair_weight, processes=config.processes
    )
    log(f"{len(material.rows)} rows, {sum(len(ids) for ids in material.tokens) / 1e6:.2f} M tokens")
    # Views stay valid if any other setting changes.
    source = {name: inputs[name] for name in ("corpus", "tokenizer")} | {"seed": config.finetune.seed}
    kept = Checkpoints(run.folder / "finetune", source)
    views: list[Tokens] = []
    for name in config.augmentations:
        if (found := kept.arrays(f"view-{name}")) is None:
            found = packed(
                augmented_tokens(
                    material.rows,
                    name,
                    material.tokenizer,
                    seed=config.finetune.seed,
                    processes=config.processes,
                )
            )
            kept.keep_arrays(f"view-{name}", **found)
            log(f"view {name} made")
        views.append(unpacked(found))
    return replace(material, views=tuple(views))


def _inputs(config: FinetuneCommandConfig, run: Run) -> dict[str, str]:
    """Everything that the result depends on, without settings that do not affect it."""
    quiet = replace(config, processes=1)
    return {
        "corpus": corpus_hash(run.corpus),
        "tokenizer": sha256_of(run.tokenizer),
        "wide": sha256_of(run.wide),
        "pretrained": sha256_of(run.pretrained) if run.pretrained.exists() else "",
        "config": str(asdict(quiet)),
    }


def _figures(
    config: FinetuneCommandConfig, material: Material, deep: Floats, inside: Integers
) -> dict[str, Mapping[str, Any]]:
    """Figures for each part, and for their sum unless the encoder learned the labels alone."""
    rows = [material.rows[number] for number in inside]
    wide = material.wide[inside]
    figures: dict[str, Mapping[str, Any]] = {
        "wide": detector_metrics(rows, wide),
        "deep": detector_metrics(rows, deep[inside]),
    }
    if config.offsets:
        figures["wide_deep"] = detector_metrics(rows, wide + deep[inside])
    return figures


def _pictures(
    config: FinetuneCommandConfig,
    tracker: Tracker,
    material: Material,
    deep: Floats,
    inside: Integers,
) -> None:
    logits = deep[inside] + (material.wide[inside] if config.offsets else 0.0)
    tracker.pictures(material.labels[inside], sigmoid(logits))


def _test(
    config: FinetuneCommandConfig, run: Run, material: Material, tracker: Tracker, log: Log, moved: float
) -> None:
    """Test the run's encoder on unseen repositories, with its logits before they were ``moved``.

    The wide part's logits are added if the encoder was trained with offsets.
    """
    _, held_out = read_sides(run.corpus, pair_weight=config.pair_weight, folds=config.folds)
    encoder = load_encoder(run.finetuned).to(device_of(config.finetune))
    tokens = encode_rows(held_out, material.tokenizer, processes=config.processes)
    logits = deep_logits(encoder, tokens, material.tokenizer, overlap=config.overlap) + moved
    if config.offsets:
        with np.load(run.wide) as kept:
            logits = logits + kept["held_out"]
    figures = keep_test_set(tracker, held_out, sigmoid(logits))
    log("test: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))


def _headline(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """AUROC against old and modern human code and on pairs, for every part that has figures."""
    shown = []
    for part, found in figures.items():
        values = [found[name]["auroc"] for name in ("old_human", "modern_human", "pairs")]
        shown.append(f"{part} " + "/".join("-" if value is None else f"{value:.4f}" for value in values))
    return ", ".join(shown)
