"""The command ``classify``: trains a classifier of any labels on a folder of folders or a parquet file."""

import json
from pathlib import Path

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.configuration import STRICT
from codeorigin_training.encoder.classifier import ClassifyConfig, train_classifier
from codeorigin_training.encoder.labelled import read_labelled, split_units
from codeorigin_training.encoder.settings import COMPACT
from codeorigin_training.encoder.vocabulary import own_tokenizer
from codeorigin_training.files import write_whole, written_whole
from codeorigin_training.pictures import confusion_picture
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import numbers, tracked


@dataclass(frozen=True, config=STRICT)
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
        known = [each for each in test if each.label in classifier.labels]
        report = classifier.report(known)
        write_whole(folder / "report.json", json.dumps(report, indent=1) + "\n")
        with written_whole(folder / "confusion.png") as partial:
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
    with written_whole(path) as partial:
        Tokenizer(own_tokenizer(config.encoder.name)[0]).save(partial)
    return path
