"""The command ``classify``, and its text classifier with K labels: training, saving, prediction and figures."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydantic
import torch
from pydantic import Field
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.metrics import classification_report, confusion_matrix

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats, Integers, Integers32
from codeorigin_training.configuration import STRICT
from codeorigin_training.encoder.examples import Examples
from codeorigin_training.encoder.files import load_encoder, make_encoder, save_encoder
from codeorigin_training.encoder.inference import sequence_logits
from codeorigin_training.encoder.labelled import ClassifyError, Labelled, read_labelled, split_units
from codeorigin_training.encoder.model import Encoder, EncoderError
from codeorigin_training.encoder.settings import COMPACT, Phase, TrainingConfig
from codeorigin_training.encoder.tokenizer import own_tokenizer
from codeorigin_training.encoder.trainer import Metrics, device_named
from codeorigin_training.encoder.training import train
from codeorigin_training.files import atomic_path, write_atomically
from codeorigin_training.pictures import confusion_picture
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import numbers, tracked


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class ClassifyConfig(TrainingConfig):
    """A K-class classifier: an encoder and a head, trained by cross-entropy.

    A text is read unchanged from its beginning.
    """

    phases: tuple[Phase, ...] = (Phase(warm_up=0.1, weight_decay=0.01),)
    context: int = Field(default=512, ge=1)
    type_dropout: float = Field(default=0.0, ge=0, le=0)
    neutral_share: float = Field(default=0.0, ge=0, le=0)
    each_row_once: bool = True


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class ClassifyCommandConfig:
    """The ``data`` and the ``classifier`` to train; ``test_share`` of the units are set apart for the figures."""

    data: Path
    classifier: ClassifyConfig = ClassifyConfig()
    test_share: float = Field(default=0.2, gt=0, lt=1)


def classify(config: ClassifyCommandConfig, run: Run, log: Log) -> None:
    """Write ``classifier/``: the classifier, and ``report.json`` and ``confusion.png`` for units that it has not seen.

    Raises:
        ClassifyError: the data cannot be read, or there are too few texts.
        EncoderError: the encoder cannot be loaded.
        RunError: the encoder needs the run's vocabulary, and there is none.
    """
    examples, test = split_units(read_labelled(config.data), config.test_share)
    folder = run.folder / "classifier"
    folder.mkdir(parents=True, exist_ok=True)
    with tracked(run, "classify", config) as tracker:
        classifier = train_classifier(
            examples,
            _vocabulary(config.classifier, run),
            config.classifier,
            folder / "training",
            log,
            tracker.metrics,
        )
        classifier.save(folder)
        known = [example for example in test if example.label in classifier.labels]
        report = classifier.report(known)
        write_atomically(folder / "report.json", json.dumps(report, indent=1) + "\n")
        with atomic_path(folder / "confusion.png") as partial:
            confusion_picture(partial, np.array(report["confusion"]), report["labels"])
        tracker.metrics(numbers({"test": report}), 0)
        for name in ("report.json", "confusion.png", "classifier.pt"):
            tracker.artifact(folder / name)
    log(
        f"accuracy {report['accuracy']:.4f}, macro F1 {report['macro_f1']:.4f} on {len(known)} texts; wrote {folder}"
    )


def _vocabulary(config: ClassifyConfig, run: Run) -> Path:
    """The run's ``tokenizer.json``, or the encoder's own, written to the classifier's folder."""
    if config.encoder.name == COMPACT:
        return run.needs(run.tokenizer, "tokenizer")
    path = run.folder / "classifier" / "tokenizer.json"
    with atomic_path(path) as partial:
        Tokenizer(own_tokenizer(config.encoder.name)[0]).save(partial)
    return path


@dataclass(frozen=True)
class Classifier:
    """An encoder with a head of one logit per label; ``temperature`` is fitted on the validation texts."""

    labels: tuple[str, ...]
    encoder: Encoder
    tokenizer: Tokenizer
    context: int
    temperature: float = 1.0

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Probabilities ``(n, K)`` of the labels; uniform for a text without tokens."""
        tokens = encoded(texts, self.tokenizer, self.context)
        found: Floats = softmax(
            sequence_logits(self.encoder, tokens, self.tokenizer) / self.temperature, axis=1
        )
        return found

    def predict(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The most likely label of every text, and its probability."""
        return [(self.labels[int(row.argmax())], float(row.max())) for row in self.probabilities(texts)]

    def report(self, examples: Sequence[Labelled]) -> dict[str, Any]:
        """Figures on ``examples``: accuracy, macro F1, those of each label, and the confusion matrix ``(K, K)``.

        Its rows are the true labels, its columns the answers; ``macro_f1`` is the mean over labels that have texts.
        """
        truth = [example.label for example in examples]
        said = [label for label, _ in self.predict([example.text for example in examples])]
        names = list(self.labels)
        by_label = classification_report(truth, said, labels=names, output_dict=True, zero_division=0)
        present = [by_label[name]["f1-score"] for name in names if by_label[name]["support"]]
        return {
            "labels": names,
            "confusion": confusion_matrix(truth, said, labels=names).tolist(),
            "accuracy": float(np.mean([left == right for left, right in zip(truth, said, strict=True)])),
            "macro_f1": float(np.mean(present)) if present else 0.0,
            "by_label": {name: by_label[name] for name in names},
        }

    def save(self, folder: Path) -> None:
        """Write ``classifier.json``, ``classifier.pt`` and ``tokenizer.json`` into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_path(folder / "tokenizer.json") as partial:
            self.tokenizer.save(partial)
        save_encoder(folder / "classifier.pt", self.encoder)
        described = {"labels": self.labels, "context": self.context, "temperature": self.temperature}
        write_atomically(folder / "classifier.json", json.dumps(described, indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        """Load a classifier written by :meth:`save`, on the CPU.

        Raises:
            ClassifyError: there is no classifier in ``folder``.
            ModelError: its vocabulary is missing or broken.
        """
        try:
            described = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            encoder = load_encoder(folder / "classifier.pt")
        except (OSError, ValueError, EncoderError) as error:
            raise ClassifyError(f"{folder}: holds no classifier; train one first") from error
        return cls(
            labels=tuple(described["labels"]),
            encoder=encoder,
            tokenizer=Tokenizer.load(folder / "tokenizer.json"),
            context=described["context"],
            temperature=described["temperature"],
        )


def train_classifier(
    examples: Sequence[Labelled],
    vocabulary: Path,
    config: ClassifyConfig,
    folder: Path,
    log: Log,
    metrics: Metrics = lambda figures, step: None,
) -> Classifier:
    """Train a classifier and return it on the CPU.

    Args:
        examples: texts with at least two labels; some whole units are set apart to choose the best epoch.
        vocabulary: ``tokenizer.json`` of the run, or the encoder's own (``own_tokenizer``).
        config: encoder and training.
        folder: for checkpoints, from which an interrupted training resumes.
        log: receives one line per epoch.
        metrics: receives loss and accuracy of every epoch.

    Raises:
        ClassifyError: there are too few labels or units.
        EncoderError: the encoder cannot be loaded.
        TrainingError: the loss is not a number.
    """
    labels = tuple(sorted({example.label for example in examples}))
    to_learn, apart = split_units(examples, config.validation_share)
    if len({example.label for example in to_learn}) < max(2, len(labels)) or not apart:
        raise ClassifyError("too few units to set some apart and still learn every label; give more texts")
    torch.manual_seed(config.seed)
    tokenizer = Tokenizer.load(vocabulary)
    encoder = make_encoder(config.encoder, vocabulary, outputs=len(labels))
    context = min(config.context, encoder.context)
    rows = [*to_learn, *apart]
    learnt = Examples(
        tokens=encoded([example.text for example in rows], tokenizer, context),
        labels=np.array([labels.index(example.label) for example in rows], dtype=np.int64),
        weights=np.repeat([1.0, 0.0], [len(to_learn), len(apart)]),
        offsets=np.zeros(len(rows)),
        validation=np.arange(len(to_learn), len(rows)),
        validation_weights=np.ones(len(apart)),
    )
    train(encoder, learnt, tokenizer, config, folder / _key(examples, vocabulary, config), log, metrics)
    logits = sequence_logits(
        encoder.to(device_named(config.device)), learnt.tokens[len(to_learn) :], tokenizer
    )
    return Classifier(
        labels=labels,
        encoder=encoder.cpu(),
        tokenizer=tokenizer,
        context=context,
        temperature=fit_temperature(logits, learnt.labels[len(to_learn) :]),
    )


def encoded(texts: Sequence[str], tokenizer: Tokenizer, context: int) -> list[Integers32]:
    """The first ``context`` token ids of every text, int32 ``(T,)``; not normalised, because layout is a signal."""
    return [tokenizer.ids(text)[:context].astype(np.int32) for text in texts]


def fit_temperature(logits: Floats, targets: Integers) -> float:
    """The temperature for logits ``(n, K)`` that minimises their cross-entropy against codes ``targets`` ``(n,)``.

    Source: Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017), section 4.2.
    """

    def loss(log_temperature: float) -> float:
        likelihoods = log_softmax(logits / np.exp(log_temperature), axis=1)
        return -float(likelihoods[np.arange(len(targets)), targets].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def _key(examples: Sequence[Labelled], vocabulary: Path, config: ClassifyConfig) -> str:
    """A key for everything that a training depends on."""
    digest = hashlib.sha256(vocabulary.read_bytes())
    digest.update(
        json.dumps([asdict(config), [asdict(example) for example in examples]], default=str).encode()
    )
    return digest.hexdigest()[:16]
