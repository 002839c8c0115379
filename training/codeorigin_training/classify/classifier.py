"""A classifier of texts into K labels, trained, kept in a file, and asked."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize_scalar

from codeorigin.model.tokenizer import Tokenizer
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
    """An encoder with a head of as many logits as ``labels``; their ``temperature`` is fitted on validation texts."""

    labels: tuple[str, ...]
    encoder: Encoder
    tokenizer: Tokenizer
    context: int
    temperature: float = 1.0

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Probabilities ``(n, K)`` of the labels; even ones for a text without a token."""
        tokens = encoded(texts, self.tokenizer, self.context)
        logits = sequence_logits(self.encoder.eval(), tokens, self.tokenizer) / self.temperature
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: Floats = exponentials / exponentials.sum(axis=1, keepdims=True)
        return found

    def predict(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The likeliest label of every text, and its probability."""
        return [(self.labels[int(row.argmax())], float(row.max())) for row in self.probabilities(texts)]

    def report(self, examples: Sequence[Labelled]) -> ClassificationReport:
        """Figures on ``examples``.

        Raises:
            ValueError: one has a label that the classifier does not know.
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
        """The classifier that :meth:`save` wrote, on the CPU.

        Raises:
            ClassifyError: there is none.
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
    """Train a classifier of the labels of ``examples``, on the CPU or a GPU; it ends on the CPU.

    Args:
        examples: of two labels or more; whole units of them choose the best epoch.
        vocabulary: ``tokenizer.json``: the run's, or the encoder's own (``own_tokenizer``).
        config: encoder, budget and rates.
        log: takes a line an epoch.
        metrics: takes loss and accuracy of every epoch.
        checkpoint: file with weights, optimiser and rates that an interrupted training goes on from; it goes at the end.

    Raises:
        ClassifyError: there are too few labels or units.
        EncoderError: the encoder cannot be loaded.
        TrainingError: the loss stopped being a number.
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
    """The first ``context`` token ids of every text, int32 ``(T,)``, as it stands: layout too tells what a text is."""
    return [tokenizer.ids(text)[:context].astype(np.int32) for text in texts]


def fit_temperature(logits: Floats, targets: Integers) -> float:
    """What divides logits ``(n, K)`` so that their cross-entropy against codes ``targets`` ``(n,)`` is least.

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
    """What is learnt from; the ones ``apart`` stand last and choose the best epoch."""
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
    """Names all that a training depends on."""
    digest = hashlib.sha256(vocabulary.read_bytes())
    digest.update(json.dumps([asdict(config), [asdict(each) for each in examples]], default=str).encode())
    return digest.hexdigest()[:16]
