"""The command ``classify``: trains a classifier of any labels on a folder of folders or a parquet file."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.classify.classifier import train_classifier
from codeorigin_training.classify.config import ClassifyConfig
from codeorigin_training.classify.data import read_labelled, split_units
from codeorigin_training.encoder.config import VocabularySource
from codeorigin_training.encoder.own_vocabulary import own_tokenizer
from codeorigin_training.encoder.registry import COMPACT
from codeorigin_training.files import write_whole, written_whole
from codeorigin_training.pictures import confusion_picture
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import tracked


@dataclass(frozen=True, slots=True)
class ClassifyCommandConfig:
    """The ``data`` and the ``classifier`` to train; ``test_share`` of the units are set apart for the figures."""

    data: Path
    classifier: ClassifyConfig = field(default_factory=ClassifyConfig)
    test_share: float = 0.2

    def __post_init__(self) -> None:
        if not 0 < self.test_share < 1:
            raise ValueError("test_share must lie in (0, 1)")


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
            log,
            metrics=tracker.metrics,
            checkpoint=folder / "training.pt",
        )
        classifier.save(folder)
        known = [each for each in test if each.label in classifier.labels]
        report = classifier.report(known)
        values = {"labels": report.labels, "confusion": report.confusion.tolist()} | report.numbers()
        write_whole(folder / "report.json", json.dumps(values, indent=1) + "\n")
        with written_whole(folder / "confusion.png") as partial:
            confusion_picture(partial, report.confusion, report.labels)
        tracker.metrics({f"test/{name}": value for name, value in report.numbers().items()}, 0)
        for name in ("report.json", "confusion.png", "classifier.pt"):
            tracker.artifact(folder / name)
    log(
        f"accuracy {report.accuracy:.4f}, macro F1 {report.macro_f1:.4f} on {len(known)} texts; wrote {folder}"
    )


def _vocabulary(config: ClassifyConfig, run: Run) -> Path:
    """The run's ``tokenizer.json``, or the encoder's own, written to the classifier's folder."""
    if config.name == COMPACT or config.vocabulary is VocabularySource.TRANSFER:
        return run.needs(run.tokenizer, "tokenizer")
    path = run.folder / "classifier" / "tokenizer.json"
    with written_whole(path) as partial:
        Tokenizer(own_tokenizer(config.name)[0]).save(partial)
    return path
