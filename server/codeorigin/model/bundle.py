"""The model bundle: a folder of weights and configuration whose manifest lists the hash of every file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from codeorigin.core.errors import ModelError
from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.folder import (
    BROKEN,
    CHECKSUM,
    MANIFEST,
    broken,
    check_file,
    read_manifest,
    shipped_model_dir,
)
from codeorigin.model.ngrams.hashed_views import NgramViews, View
from codeorigin.model.reference import general_means
from codeorigin.model.scoring.deep_settings import DeepSettings

FORMAT = 3
_LONGEST_NAME = 100
NGRAM_WEIGHTS = "ngrams.npz"
SCORE_GRAPH, GRADIENT_GRAPH, TOKENIZER = "score.onnx", "gradient.onnx", "tokenizer.json"
GENERAL_MEANS = "general.npy"
BUNDLED_NAME = "codeorigin-small"


def default_model_dir() -> Path:
    """Folder of the model that ships with CodeOrigin; raises ModelError if there is none."""
    return shipped_model_dir(BUNDLED_NAME, "model", "reinstall codeorigin or pass a model folder")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A model folder whose files were checked against its manifest.

    ``views`` is None without a wide part, ``deep`` without a deep part; at least one of them is set.
    ``language_bias`` is what is added to logits, by model language. ``baseline_logit`` is the logit of an all-MASK
    input without n-grams, before ``language_bias`` is added.
    """

    directory: Path
    name: str
    version: str
    digest: str
    views: NgramViews | None
    deep: DeepSettings | None
    language_bias: Mapping[str, float]
    baseline_logit: float
    calibration: Calibration
    manifest: Mapping[str, Any]

    @property
    def model_id(self) -> str:
        """Name, version and the first digits of the manifest's checksum."""
        return f"{self.name} {self.version} ({self.digest[:8]})"

    @property
    def gradient_path(self) -> Path | None:
        """The gradient graph, None for a bundle without a deep part."""
        return self.directory / GRADIENT_GRAPH if self.deep else None

    def general_means(self, languages: Collection[str]) -> dict[str, npt.NDArray[np.float32]]:
        """The mean vectors of LLM-written functions in ``languages``, for a project's reference; none if it lacks them.

        Raises ModelError if their file is not readable.
        """
        largest = self.manifest.get("general")
        return general_means(self.directory / GENERAL_MEANS, largest, languages) if largest else {}

    @classmethod
    def load(cls, directory: Path | None = None) -> "Bundle":
        """Load a model folder, by default that which ships; raises ModelError if a file is not as the manifest says."""
        directory = default_model_dir() if directory is None else directory
        path = directory / MANIFEST
        manifest = read_manifest(directory, FORMAT, "model")
        try:
            _check_files(directory, manifest)
            wide, deep = manifest["wide"], manifest["deep"]
            if wide is None and deep is None:
                raise ModelError(f"{path}: the model has neither a wide nor a deep part; reinstall it")
            return cls(
                directory=directory,
                name=_name(manifest["name"]),
                version=_name(manifest["version"]),
                digest=manifest[CHECKSUM],
                views=None if wide is None else NgramViews(list(map(View.from_manifest, wide["views"]))),
                deep=None if deep is None else DeepSettings.from_manifest(deep),
                language_bias={name: float(value) for name, value in dict(manifest["language_bias"]).items()},
                baseline_logit=float(manifest["baseline_logit"]),
                calibration=Calibration.from_manifest(manifest["calibration"]),
                manifest=manifest,
            )
        except BROKEN as error:
            raise broken(path, error, "model") from error


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > _LONGEST_NAME:
        raise ValueError("name and version must be one short line each")
    return value


def _check_files(directory: Path, manifest: Mapping[str, Any]) -> None:
    """Reject files that do not match the manifest, whose figures would not be valid for them."""
    files: Mapping[str, str] = manifest["files"]
    needed = set[str]()
    if manifest["wide"] is not None:
        needed |= {NGRAM_WEIGHTS}
    if manifest["deep"] is not None:
        needed |= {SCORE_GRAPH, GRADIENT_GRAPH, TOKENIZER}
    if manifest.get("general"):
        needed.add(GENERAL_MEANS)
    if missing := sorted(needed - set(files)):
        raise ModelError(f"{directory}: the manifest does not list {', '.join(missing)}; reinstall it")
    for name, expected in files.items():
        path = directory / name
        if Path(name).name != name:
            raise ModelError(f"{directory}: the manifest names {name!r}, which is not a file of the folder")
        check_file(path, expected, "model")
