"""The study ``language``: trains and measures the model that tells languages apart."""

import json
from pathlib import Path

from joblib import Memory

from codeorigin.language_id.model import LanguageModel
from codeorigin_training.arrays import Floats32
from codeorigin_training.files import write_whole
from codeorigin_training.report.section import Section
from codeorigin_training.run import Log
from codeorigin_training.studies.frame import Frame
from codeorigin_training.studies.language.config import LanguageConfig
from codeorigin_training.studies.language.data import read_examples
from codeorigin_training.studies.language.folder import made_with, write_folder
from codeorigin_training.studies.language.measure import (
    Peer,
    compared,
    figures,
    language_section,
    magika_labels,
    peer_sample,
    pygments_labels,
)
from codeorigin_training.studies.language.softmax import fitted, train


def study(config: LanguageConfig, frame: Frame) -> list[Section]:
    """Train and measure the language model; write ``studies/language/model`` and ``figures.json`` next to it.

    Raises:
        CodeOriginError: the corpus is missing or lacks a column, or the model to measure is broken.
    """
    folder, data, log = frame.folder, frame.corpus, frame.log
    folder.mkdir(parents=True, exist_ok=True)
    others = ["test_functions", "peer_texts"]
    if config.model is not None:
        model, settings = LanguageModel.load(config.model), made_with(config.model)
        log(f"measuring {config.model}")
    else:
        # Measuring again does not train again.
        trained = Memory(folder / "trained", verbose=0).cache(_trained, ignore=["config", "data", "log"])
        weights, bias = trained(json.dumps([config.training, frame.digests()]), config, data, log)
        model = fitted(weights, bias, read_examples(data, config, ("calibration",))["calibration"], config)
        log(f"temperatures {model.temperatures.values}, silent below {model.threshold:.2f}")
        settings = config.training
        others += ["calibration_functions", "right"]
    examples = read_examples(data, config, ("test",))["test"]
    log(f"{len(examples)} texts to measure on")
    measured = figures(model, examples)
    peers: dict[str, Peer] = {"pygments": pygments_labels, "magika": magika_labels}
    measured |= compared(model, peer_sample(examples, config.peer_texts, config.seed), peers)
    for name, each in measured["views"].items():
        log(
            f"{name}: accuracy {each['accuracy']:.3f}, named {each['named']:.3f},"
            f" right {each['right']:.3f}, ECE {each['ece']:.3f}"
        )
    write_whole(folder / "figures.json", json.dumps(measured, indent=1) + "\n")
    settings = settings | {name: getattr(config, name) for name in others}
    write_folder(model, measured, settings, folder / "model")
    log(f"wrote {folder / 'model'}")
    return [language_section(measured)]


def _trained(key: str, config: LanguageConfig, data: Path, log: Log) -> tuple[Floats32, Floats32]:
    """Weights and bias; ``key`` is what they depend on."""
    return train(read_examples(data, config, ("train",))["train"], config, log)
