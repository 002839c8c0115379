"""What a bundle reads from its manifest; what holds for the folders of both models is in ``test_folder``."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codeorigin.core.errors import ModelError
from codeorigin.model.bundle import Bundle
from codeorigin.model.folder import sealed
from support.tiny_model import TinyModel

Edit = Callable[[dict[str, Any]], object]


def test_complete_bundle_loads(tiny_model_dir: Path) -> None:
    bundle = Bundle.load(tiny_model_dir)
    assert bundle.model_id.startswith("tiny 0.0.1 (")
    assert bundle.gradient_path == tiny_model_dir / "gradient.onnx"
    assert bundle.views is not None
    assert bundle.deep is not None


def test_bundle_without_a_deep_part_needs_neither_tokenizer_nor_gradient(tiny_wide_model: TinyModel) -> None:
    bundle = Bundle.load(tiny_wide_model.directory)
    assert (bundle.deep, bundle.gradient_path) == (None, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["files"].pop("ngrams.npz"), "does not list ngrams.npz"),
        (lambda m: m["files"].pop("score.onnx"), "does not list score.onnx"),
        (lambda m: m["files"].pop("tokenizer.json"), "does not list tokenizer.json"),
        (lambda m: m.update(format=99), "not of format"),
        (lambda m: m.update(wide=None, deep=None), "neither a wide nor a deep"),
        (lambda m: m["calibration"]["alone"].update(temperature=0), "temperature"),
        (lambda m: m.pop("baseline_logit"), "broken manifest"),
        (lambda m: m.update(language_bias={"python": "much"}), "broken manifest"),
        (lambda m: m.update(language_bias=[0.5]), "broken manifest"),
        (lambda m: m["wide"]["views"][0].update(kind="runes"), "broken manifest"),
        *(
            (lambda m, name=name: m["files"].update({name: "00"}), r"not a file|not readable")
            for name in ("../score.onnx", "/etc/passwd", "sub/score.onnx", "..", ".", "", "a\0b")
        ),
    ],
)
def test_invalid_manifest_is_refused_with_a_one_line_error(
    tiny_model_dir: Path, tmp_path: Path, change: Edit, message: str
) -> None:
    folder = shutil.copytree(tiny_model_dir, tmp_path / "model")
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(sealed(manifest))
    with pytest.raises(ModelError, match=message) as raised:
        Bundle.load(folder)
    assert "\n" not in str(raised.value)
