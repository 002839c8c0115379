"""The command ``study NAME``: studies with measurements of their own, some of which end up in the product."""

import json
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from codeorigin.language_id.model import LanguageModel
from codeorigin_training.arrays import Floats32
from codeorigin_training.data.corpus import RECORD, CorpusConfig, corpus
from codeorigin_training.data.readers.specifications import read_specifications
from codeorigin_training.data.rows import CorpusError, limited, read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.files import write_whole, written_whole
from codeorigin_training.report.json_values import to_json_value
from codeorigin_training.report.section_cache import Sections
from codeorigin_training.run import Log, Run
from codeorigin_training.studies.correctness.config import CorrectnessConfig
from codeorigin_training.studies.correctness.measure import answers_section
from codeorigin_training.studies.correctness.product import (
    false_positives_section,
    first_years,
    pairs_section,
)
from codeorigin_training.studies.heads.config import HeadsConfig
from codeorigin_training.studies.heads.measure import heads_section
from codeorigin_training.studies.language.config import LanguageConfig
from codeorigin_training.studies.language.data import read_examples
from codeorigin_training.studies.language.encoder import encoder_labels
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
from codeorigin_training.studies.page import write_study
from codeorigin_training.studies.representations.config import RepresentationsConfig
from codeorigin_training.studies.representations.measure import (
    constructs_section,
    detectors_section,
    relations_section,
)
from codeorigin_training.studies.sample import data_digests, open_detector, read_sides, seen_warning
from codeorigin_training.studies.section import Section


def language(config: LanguageConfig, data: Path, run: Run, log: Log) -> None:
    """Train and measure the language model; write ``studies/language/model`` and ``figures.json`` next to it.

    Raises:
        CodeOriginError: the corpus is missing or lacks a column, or the model to measure is broken.
    """
    folder = run.folder / "studies" / "language"
    folder.mkdir(parents=True, exist_ok=True)
    data = _deduplicated(data, run, log)
    others = ["test_functions", "peer_texts"]
    if config.model is not None:
        model, settings = LanguageModel.load(config.model), made_with(config.model)
        log(f"measuring {config.model}")
    else:
        weights, bias = _trained(config, data, folder, log)
        model = fitted(weights, bias, read_examples(data, config, ("calibration",))["calibration"], config)
        log(f"temperatures {model.temperatures.values}, silent below {model.threshold:.2f}")
        settings = config.training
        others += ["calibration_functions", "right"]
    examples = read_examples(data, config, ("test",))["test"]
    log(f"{len(examples)} texts to measure on")
    measured = figures(model, examples)
    peers: dict[str, Peer] = {"pygments": pygments_labels, "magika": magika_labels}
    if config.encoder is not None:
        learnt = read_examples(data, config, ("train",))["train"]
        peers["encoder"] = encoder_labels(learnt, config.encoder, folder / "encoder", log)
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
    log(f"wrote {write_study(run, 'language', [language_section(measured)])}")


def representations(config: RepresentationsConfig, data: Path, run: Run, log: Log) -> None:
    """Measure relations of source, tree and flow, detectors on each, and the shipped model's evidence by construct.

    Parts already measured with the same settings and data are read from ``studies/representations/parts``.

    Raises:
        CodeOriginError: the corpus or the bundle is missing or broken.
    """
    detector = open_detector(config.bundle, run)
    data = _deduplicated(data, run, log)
    kept = _kept(run, "representations", config, data, log)
    sides = partial(read_sides, data, per_repository=config.per_repository, seed=config.seed)
    small = sides(train=config.functions, test=config.test_functions)
    large = sides(train=config.detector_functions, test=config.detector_test_functions)
    explained = large.test[: config.explained_functions]
    warning = seen_warning(detector)
    sections = [
        kept("relations", lambda: relations_section(small.train, small.test, config, log)),
        kept("detectors", lambda: detectors_section(large.train, large.test, config, log)),
        kept(
            "constructs",
            lambda: constructs_section(explained, detector, warning, config, log),
            detector.bundle.model_id,
        ),
    ]
    log(f"wrote {write_study(run, 'representations', sections)}")


def correctness(config: CorrectnessConfig, data: Path, run: Run, log: Log) -> None:
    """Measure the detector on answers that pass their tests or not, on same-task pairs, and its false positives.

    Raises:
        CodeOriginError: the corpus or the bundle is missing or broken, or this system cannot isolate programs.
    """
    detector = open_detector(config.bundle, run)
    kept = _kept(run, "correctness", config, data, log)
    model, warning = detector.bundle.model_id, seen_warning(detector)
    sections = []
    if config.run:
        sections.append(kept("answers", lambda: answers_section(data, detector, config, log), model))
    cleaned = _deduplicated(data, run, log)
    everything = read_functions(cleaned)
    pairs = [each for each in read_specifications(cleaned, everything) if is_held_out(each.repo)]
    people = [row for row in everything if not row.label and is_held_out(row.repo)]
    rows = limited(people, config.per_repository)
    chosen = [rows[place] for place in np.random.default_rng(config.seed).permutation(len(rows))]
    chosen = chosen[: config.functions]
    sections += [
        kept("pairs", lambda: pairs_section(pairs, detector, warning, config), model),
        kept(
            "false-positives",
            lambda: false_positives_section(chosen, detector, warning, config, first_years(everything)),
            model,
        ),
    ]
    log(f"wrote {write_study(run, 'correctness', sections)}")


def heads(config: HeadsConfig, data: Path, run: Run, log: Log) -> None:
    """Measure attention between specifications and their code for every head.

    Raises:
        CodeOriginError: the corpus is missing or broken, or the encoder's folder holds no encoder.
    """
    data = _deduplicated(data, run, log)
    pairs = read_specifications(data, read_functions(data))
    train, test = ([each for each in pairs if is_held_out(each.repo) is side] for side in (False, True))
    if len(train) < 2 or len(test) < 2:
        raise CorpusError(f"{data}: too few specifications on one side of the split; add pairs")
    kept = _kept(run, "heads", config, data, log)
    section = kept("heads", lambda: heads_section(train, test, config, log))
    log(f"wrote {write_study(run, 'heads', [section])}")


def _deduplicated(data: Path, run: Run, log: Log) -> Path:
    """The run's corpus, made from ``data`` if there is none.

    In the raw rows, what a study measures on may have near duplicates among what it, or the detector, was trained on.
    """
    if not (run.corpus / RECORD).is_file():
        corpus(CorpusConfig(data=data), run, log)
    return run.corpus


class _Kept(Protocol):
    def __call__(self, part: str, make: Callable[[], Section], model: str = "") -> Section: ...


def _kept(run: Run, name: str, config: object, data: Path, log: Log) -> _Kept:
    """A cache for the sections of a study, with a hash of settings, data and model as the key of each."""
    inputs = {"settings": to_json_value(config), "data": data_digests(data)}
    sections = Sections(run.studies / name / "parts", inputs, log)

    def kept(part: str, make: Callable[[], Section], model: str = "") -> Section:
        return sections.get(part, Section, {"model": model}, make)

    return kept


def _trained(config: LanguageConfig, data: Path, folder: Path, log: Log) -> tuple[Floats32, Floats32]:
    """The trained weights; cached with what they depend on, so that measuring again does not train again."""
    path, made_with = folder / "trained.npz", json.dumps([config.training, data_digests(data)])
    if (kept := _kept_weights(path)) is not None and str(kept["made_with"]) == made_with:
        log(f"weights of {path}")
        return kept["weights"], kept["bias"]
    weights, bias = train(read_examples(data, config, ("train",))["train"], config, log)
    with written_whole(path) as partial_file:
        np.savez_compressed(partial_file, weights=weights, bias=bias, made_with=made_with)
    return weights, bias


def _kept_weights(path: Path) -> dict[str, npt.NDArray[Any]] | None:
    """The weights cached by an earlier call; None if they are missing or broken."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in ("weights", "bias", "made_with")}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error):
        return None
