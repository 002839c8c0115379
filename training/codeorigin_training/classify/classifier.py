"""A text classifier with K labels: training, saving, loading and prediction."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize_scalar

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats, Integers, Integers32
from codeorigin_training.classify.config import ClassifyConfig
from codeorigin_training.classify.data import ClassifyError, Labelled, split_units
from codeorigin_training.classify.objective import LabelObjective
from codeorigin_training.classify.report import ClassificationReport, classification_report
from codeorigin_training.encoder.interface import Encoder, make_head
from codeorigin_training.encoder.registry import describe, make_described, make_encoder
from codeorigin_training.files import written_whole
from codeorigin_training.finetune.examples import Examples, Groups
from codeorigin_training.finetune.inference import last_layer, sequence_logits
from codeorigin_training.finetune.loop import Metrics
from codeorigin_training.finetune.training import Outlets, device_of, finetune
from codeorigin_training.loops.state import read_state, write_state
from codeorigin_training.run import Log

_KIND = "classifier"


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
        logits = sequence_logits(self.encoder.eval(), tokens, self.tokenizer) / self.temperature
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: Floats = exponentials / exponentials.sum(axis=1, keepdims=True)
        return found

    def predict(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The most likely label of every text, and its probability."""
        return [(self.labels[int(row.argmax())], float(row.max())) for row in self.probabilities(texts)]

    def report(self, examples: Sequence[Labelled]) -> ClassificationReport:
        """Evaluate the classifier on ``examples``.

        Raises:
            ValueError: an example has a label that the classifier does not know.
        """
        answers = [label for label, _ in self.predict([each.text for each in examples])]
        return classification_report([each.label for each in examples], answers, self.labels)

    def save(self, folder: Path) -> None:
        """Write ``classifier.pt`` and ``tokenizer.json`` into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        with written_whole(folder / "tokenizer.json") as partial:
            self.tokenizer.save(partial)
        described = {
            "labels": self.labels,
            "context": self.context,
            "head_dim": last_layer(self.encoder).in_features,
            "temperature": self.temperature,
            "encoder": describe(self.encoder),
        }
        state = {"key": _KIND, "described": json.dumps(described), "weights": self.encoder.state_dict()}
        write_state(folder / "classifier.pt", state)

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        """Load a classifier written by :meth:`save`, on the CPU.

        Raises:
            ClassifyError: there is no classifier in ``folder``.
            ModelError: its vocabulary is missing or broken.
        """
        state = read_state(folder / "classifier.pt", _KIND)
        if state is None:
            raise ClassifyError(f"{folder}: holds no classifier; train one first")
        described: dict[str, Any] = json.loads(state["described"])
        encoder = make_described(described["encoder"])
        encoder.head = make_head(encoder.width, described["head_dim"], len(described["labels"]))
        encoder.load_state_dict(state["weights"])
        return cls(
            labels=tuple(described["labels"]),
            encoder=encoder.eval(),
            tokenizer=Tokenizer.load(folder / "tokenizer.json"),
            context=described["context"],
            temperature=described["temperature"],
        )


def train_classifier(
    examples: Sequence[Labelled],
    vocabulary: Path,
    config: ClassifyConfig,
    log: Log,
    *,
    metrics: Metrics = lambda figures, step: None,
    checkpoint: Path | None = None,
) -> Classifier:
    """Train a classifier on the CPU or a GPU and return it on the CPU.

    Args:
        examples: texts with at least two labels; some whole units are set apart to choose the best epoch.
        vocabulary: ``tokenizer.json`` of the run, or the encoder's own (``own_tokenizer``).
        config: encoder, budget and rates.
        log: receives one line per epoch.
        metrics: receives loss and accuracy of every epoch.
        checkpoint: file with weights, optimiser and rates to resume an interrupted training from; removed at the end.

    Raises:
        ClassifyError: there are too few labels or units.
        EncoderError: the encoder cannot be loaded.
        TrainingError: the loss is not a number.
    """
    labels = tuple(sorted({each.label for each in examples}))
    kept, apart = split_units(examples, config.validation_share)
    if len({each.label for each in kept}) < max(2, len(labels)) or not apart:
        raise ClassifyError("too few units to set some apart and still learn every label; give more texts")
    torch.manual_seed(config.seed)
    tokenizer = Tokenizer.load(vocabulary)
    encoder = make_encoder(
        config.name, vocabulary, config.shape, kind=config.vocabulary, dropout=config.body_dropout
    )
    first, second = config.dropout
    encoder.head = make_head(encoder.width, config.shape.head_dim, len(labels), (first, second))
    context = min(config.context, encoder.context)
    training = config.training()
    learnt = _examples(kept, apart, labels, tokenizer, context)
    device = device_of(training)
    outlets = Outlets(log, metrics, checkpoint, _key(examples, vocabulary, config))
    finetune(encoder, learnt, tokenizer, training, outlets, objective=LabelObjective(learnt, device))
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    logits = sequence_logits(encoder.to(device), learnt.tokens[len(kept) :], tokenizer)
    return Classifier(
        labels=labels,
        encoder=encoder.cpu(),
        tokenizer=tokenizer,
        context=context,
        temperature=fit_temperature(logits, learnt.labels[len(kept) :]),
    )


def encoded(texts: Sequence[str], tokenizer: Tokenizer, context: int) -> list[Integers32]:
    """The first ``context`` token ids of every text, int32 ``(T,)``; not normalised, because layout is a signal."""
    return [tokenizer.ids(text)[:context].astype(np.int32) for text in texts]


def fit_temperature(logits: Floats, targets: Integers) -> float:
    """The temperature for logits ``(n, K)`` that minimises their cross-entropy against codes ``targets`` ``(n,)``.

    Source: Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017), section 4.2.
    """

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        normal = np.logaddexp.reduce(scaled, axis=1)
        return float((normal - scaled[np.arange(len(targets)), targets]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def _examples(
    kept: Sequence[Labelled],
    apart: Sequence[Labelled],
    labels: Sequence[str],
    tokenizer: Tokenizer,
    context: int,
) -> Examples:
    """The training examples, followed by the validation examples ``apart``, which choose the best epoch."""
    rows = [*kept, *apart]
    return Examples(
        tokens=encoded([each.text for each in rows], tokenizer, context),
        labels=np.array([labels.index(each.label) for each in rows], dtype=np.int64),
        weights=np.repeat([1.0, 0.0], [len(kept), len(apart)]),
        offsets=np.zeros(len(rows)),
        groups=Groups.none(len(rows)),
        validation=np.arange(len(kept), len(rows)),
        validation_weights=np.ones(len(apart)),
    )


def _key(examples: Sequence[Labelled], vocabulary: Path, config: ClassifyConfig) -> str:
    """A key for everything that a training depends on."""
    digest = hashlib.sha256(vocabulary.read_bytes())
    digest.update(json.dumps([asdict(config), [asdict(each) for each in examples]], default=str).encode())
    return digest.hexdigest()[:16]
