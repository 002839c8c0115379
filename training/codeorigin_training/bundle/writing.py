"""Write a bundle: graphs, tokenizer, and the manifest with the hash of every file."""

import json
import math
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.bundle import (
    FORMAT,
    GENERAL_MEANS,
    GRADIENT_GRAPH,
    NGRAM_WEIGHTS,
    SCORE_GRAPH,
    TOKENIZER,
    Bundle,
)
from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.folder import MANIFEST, sealed, sha256_of
from codeorigin.model.ngrams.hashed_views import View
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats32
from codeorigin_training.bundle.parity import export_graphs
from codeorigin_training.bundle.quantization import general_entry, quantize
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.wide import WideModel

_INNERMOST = re.compile(r"([\[{])\n\s*([^\[\]{}]+?)\n\s*([\]}])")
_FILES = (NGRAM_WEIGHTS, GENERAL_MEANS, SCORE_GRAPH, GRADIENT_GRAPH, TOKENIZER)


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a bundle is made of: ``wide``, or ``encoder`` with its ``tokenizer``.

    ``baseline_logit`` is the logit of a text without evidence. ``general`` are the mean vectors of LLM-written functions
    by language, if the calibration has a rule for a reference.
    """

    views: tuple[View, ...]
    overlap: int
    calibration: Calibration
    data: dict[str, Any]
    wide: WideModel | None = None
    encoder: Encoder | None = None
    tokenizer: Tokenizer | None = None
    baseline_logit: float = 0.0
    metrics: dict[str, Any] = field(default_factory=dict)
    general: Mapping[str, Floats32] = field(default_factory=dict)


class ExportError(CodeOriginError):
    """A bundle cannot be made from these parts."""


def write_bundle(
    out: Path, parts: Parts, build: Mapping[str, Any], *, limit_bytes: int | None = None
) -> dict[str, Any]:
    """Write the bundle to a temporary folder next to ``out``, check it, then move it to ``out``.

    ``build`` are the settings that it was made with, ``name`` and ``version`` among them.

    Returns:
        the manifest.

    Raises:
        ExportError: the bundle is larger than ``limit_bytes``.
        ParityError: a graph does not compute what PyTorch computes.
        ModelError: the written bundle does not load.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        folder = Path(name)
        if parts.wide is None and parts.encoder is None:
            raise ValueError("a bundle needs a wide part, an encoder, or both")
        if parts.wide is not None:
            quantize(parts.wide.table).save(folder / NGRAM_WEIGHTS)
        parity = None if parts.encoder is None else export_graphs(folder, parts.encoder)
        if parts.tokenizer is not None:
            parts.tokenizer.save(folder / TOKENIZER)
        largest: dict[str, float] = {}
        if parts.general:
            means, largest = general_entry(parts.general)
            np.save(folder / GENERAL_MEANS, means)
        files = [path for path in _FILES if (folder / path).is_file()]
        manifest = {
            "format": FORMAT,
            "name": build["name"],
            "version": build["version"],
            "files": {path: sha256_of(folder / path) for path in files},
            "wide": None if parts.wide is None else {"views": [view.to_manifest() for view in parts.views]},
            "deep": _deep_entry(parts),
            "language_bias": {} if parts.wide is None else dict(parts.wide.languages),
            "baseline_logit": parts.baseline_logit,
            "calibration": parts.calibration.to_manifest(),
            "general": largest,
            "data": parts.data,
            "parity": parity,
            "build": dict(build),
            "metrics": parts.metrics,
        }
        (folder / MANIFEST).write_text(manifest_text(manifest), encoding="utf-8")
        Bundle.load(folder)
        size = sum(path.stat().st_size for path in folder.iterdir())
        if limit_bytes is not None and size > limit_bytes:
            raise ExportError(f"the bundle has {size:,} bytes, more than limit_bytes, {limit_bytes:,}")
        for stale in _FILES:
            (out / stale).unlink(missing_ok=True)
        for path in [*files, MANIFEST]:
            shutil.move(folder / path, out / path)
    return manifest


def _deep_entry(parts: Parts) -> dict[str, Any] | None:
    if parts.encoder is None:
        return None
    encoder = parts.encoder
    return {
        "context": encoder.context,
        "overlap": parts.overlap,
        "vocab_size": encoder.token_embedding.num_embeddings,
        "dim": encoder.width,
        "layers": encoder.layers,
        "heads": encoder.heads,
    }


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """The manifest as it is written, with its checksum: floats of seven significant digits, null for NaN."""
    return sealed_text(finite(dict(manifest)))


def sealed_text(manifest: dict[str, Any]) -> str:
    """The manifest with its checksum as JSON; a row of numbers or of figures is on one line, without blanks between."""
    return sealed(manifest, _written)


def _written(manifest: dict[str, Any]) -> str:
    text = json.dumps(manifest, indent=1, allow_nan=False)
    return _INNERMOST.sub(lambda found: found[1] + re.sub(r"\n\s*", "", found[2]) + found[3], text) + "\n"


def finite(value: Any) -> Any:
    """``value`` as valid JSON: NaN and infinity become null, and floats are rounded to seven significant digits."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else None
    return value
