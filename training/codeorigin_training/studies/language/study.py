"""The study ``language``: trains and measures the model that tells languages apart."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from codeorigin.language_id.model import BUNDLED_NAME, FORMAT, NONE, WEIGHTS, LanguageModel
from codeorigin.model.folder import MANIFEST, sha256_of
from codeorigin_training.bundle.writing import sealed_text
from codeorigin_training.metrics.table import Figure
from codeorigin_training.report.pages import rendered
from codeorigin_training.report.section import Section
from codeorigin_training.run import atomic_path, write_atomically
from codeorigin_training.studies.frame import Frame
from codeorigin_training.studies.language.data import LanguageConfig, read_examples
from codeorigin_training.studies.language.measure import (
    Peer,
    compared,
    figures,
    language_section,
    language_tables,
    log_lines,
    magika_labels,
    median_time,
    peer_sample,
    pygments_labels,
)
from codeorigin_training.studies.language.softmax import fitted, train
from codeorigin_training.studies.language.texts import template_digests

CARD = "README.md"


def study(config: LanguageConfig, frame: Frame) -> list[Section]:
    """Train and measure the language model, and write it to ``studies/language/model``.

    Raises:
        CodeOriginError: the corpus is missing or lacks a column, or the model to measure is broken.
    """
    folder, data, log = frame.folder, frame.corpus, frame.log
    folder.mkdir(parents=True, exist_ok=True)
    others = ["test_functions", "peer_texts"]
    if config.model is not None:
        model, settings = LanguageModel.load(config.model), _made_with(config.model)
        log(f"measuring {config.model}")
    else:
        # Measuring again does not train again.
        weights, bias = frame.run.cached(
            "language",
            [config.training, frame.digests(), template_digests()],
            lambda: train(read_examples(data, config, ("train",))["train"], config, log),
        )
        model = fitted(weights, bias, read_examples(data, config, ("calibration",))["calibration"], config)
        log(f"temperatures {model.temperatures.values}, silent below {model.threshold:.2f}")
        settings = config.training
        others += ["calibration_functions", "right"]
    examples = read_examples(data, config, ("test",))["test"]
    log(f"{len(examples)} texts to measure on")
    measured = figures(model, examples)
    peers: dict[str, Peer] = {"pygments": pygments_labels, "magika": magika_labels}
    measured += compared(model, peer_sample(examples, config.peer_texts, config.seed), peers)
    for line in log_lines(measured):
        log(line)
    settings = settings | {name: getattr(config, name) for name in others}
    write_folder(model, measured, settings, folder / "model")
    log(f"wrote {folder / 'model'}")
    return [language_section(measured)]


def write_folder(
    model: LanguageModel, measured: Sequence[Figure], settings: Mapping[str, object], folder: Path
) -> None:
    """Write ``model`` to ``folder``, with ``settings`` in the manifest, and figures in both manifest and card."""
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_path(folder / WEIGHTS) as partial:
        np.savez_compressed(partial, weights=model.weights, scale=model.scale, bias=model.bias)
    manifest = {
        "format": FORMAT,
        "name": BUNDLED_NAME,
        "version": model.version,
        "labels": list(model.labels),
        "width": len(model.weights),
        "temperatures": {
            "bounds": list(model.temperatures.bounds),
            "values": list(model.temperatures.values),
        },
        "grammar_shifts": {name: dict(shifts) for name, shifts in model.shifts.items()},
        "threshold": model.threshold,
        "settings": dict(settings),
        "files": {WEIGHTS: sha256_of(folder / WEIGHTS)},
        "metrics": [figure.to_row() for figure in measured],
    }
    write_atomically(folder / MANIFEST, sealed_text(manifest))
    size = (folder / WEIGHTS).stat().st_size
    write_atomically(folder / CARD, card(model, measured, size))


def _made_with(folder: Path) -> dict[str, object]:
    """The settings of the model in ``folder``, which :meth:`LanguageModel.load` can read."""
    settings: dict[str, object] = json.loads((folder / MANIFEST).read_bytes())["settings"]
    return settings


def card(model: LanguageModel, measured: Sequence[Figure], size: int) -> str:
    """The model card, in Markdown; ``size`` is the size of the weights in bytes."""
    return rendered(
        "language.md.j2",
        title=BUNDLED_NAME,
        model=model,
        named=", ".join(label for label in model.labels if label != NONE),
        megabytes=size / 1e6,
        milliseconds=median_time(measured),
        tables=language_tables(measured),
    )
