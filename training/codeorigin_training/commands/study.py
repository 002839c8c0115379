"""The command ``study NAME``: one question, its measurement, and what the product gets of it."""

import json
import random
from pathlib import Path

from codeorigin_training.run import Log, Run
from codeorigin_training.studies.language.config import LanguageConfig
from codeorigin_training.studies.language.data import read_examples
from codeorigin_training.studies.language.folder import write_folder
from codeorigin_training.studies.language.measure import (
    figures,
    magika_labels,
    peer_figures,
    pygments_labels,
)
from codeorigin_training.studies.language.softmax import fitted, train


def language(config: LanguageConfig, data: Path, run: Run, log: Log) -> None:
    """Train and measure the language model: writes the folder ``studies/language/model`` and ``figures.json`` beside it.

    Raises:
        CodeOriginError: the corpus is missing or lacks a column.
    """
    folder = run.folder / "studies" / "language"
    folder.mkdir(parents=True, exist_ok=True)
    examples = read_examples(data, config)
    log(", ".join(f"{side}: {len(each)} texts" for side, each in examples.items()))
    weights, bias = train(examples["train"], config, log)
    model = fitted(weights, bias, examples["calibration"], config)
    log(f"temperatures {model.temperatures.values}, silent below {model.threshold:.2f}")
    measured = figures(model, examples["test"])
    few = random.Random(config.seed).sample(examples["test"], min(len(examples["test"]), config.peer_texts))
    peers = {"pygments": pygments_labels, "magika": magika_labels}
    measured["peers"] = peer_figures(few, peers)
    for name, each in measured["views"].items():
        log(
            f"{name}: accuracy {each['accuracy']:.3f}, named {each['named']:.3f},"
            f" right {each['right']:.3f}, ECE {each['ece']:.3f}"
        )
    (folder / "figures.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    write_folder(model, measured, folder / "model")
    log(f"wrote {folder / 'model'}")
