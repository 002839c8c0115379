"""Score a finished bundle and rewrite it with the same graphs; only the interpretation of its logits changes."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin.model.bundle import Bundle
from codeorigin.model.folder import MANIFEST
from codeorigin_training.arrays import Floats
from codeorigin_training.bundle.writing import finite, manifest_text
from codeorigin_training.data.rows import Row
from codeorigin_training.files import write_whole, written_whole
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.card import model_card
from codeorigin_training.run import Log


def kept_logits(
    path: Path, detector: Detector, rows: Sequence[Row], inputs: Mapping[str, str], log: Log
) -> Floats:
    """The detector's logits ``(len(rows),)``, read from ``path`` if those saved there have the same ``inputs``."""
    known = json.dumps(inputs, sort_keys=True)
    if path.is_file():
        with np.load(path) as kept:
            if str(kept["inputs"]) == known and kept["logits"].shape == (len(rows),):
                log("the logits are there")
                return np.asarray(kept["logits"], dtype=np.float64)
    log(f"scoring {len(rows):,} pieces of code that the model was not trained on")
    logits = detector.logits(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as partial:
        np.savez(partial, logits=logits, inputs=known)
    return logits


def write_again(out: Path, bundle: Bundle, manifest: Mapping[str, Any]) -> None:
    """Write ``bundle`` with another ``manifest`` and the model card generated from it into the folder ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    for name in manifest["files"]:
        if out.resolve() != bundle.directory.resolve():
            shutil.copyfile(bundle.directory / name, out / name)
    write_whole(out / MANIFEST, manifest_text(manifest))
    write_whole(out / "README.md", model_card(finite(dict(manifest))))
    Bundle.load(out)
