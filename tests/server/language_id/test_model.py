"""The language model: what it reads from its manifest (folders in general: ``model/test_folder``), and its parts."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codeorigin.core.errors import ModelError
from codeorigin.language_id.model import LanguageModel, Temperatures, default_model_dir
from codeorigin.model.folder import sealed


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda manifest: manifest.update(format=9), "not of format 2"),
        (lambda manifest: manifest.pop("labels"), "broken manifest"),
        (lambda manifest: manifest.update(labels=["python"]), "broken manifest"),
        (lambda manifest: manifest.update(width=7), "broken manifest"),
        (lambda manifest: manifest.update(files={}), "broken manifest"),
        (lambda manifest: manifest["temperatures"].update(values=[1.0]), "broken manifest"),
        (lambda manifest: manifest.update(threshold="high"), "broken manifest"),
        (lambda manifest: manifest["labels"].__setitem__(0, "qython"), "broken manifest"),
        (lambda manifest: manifest["labels"].__setitem__(5, "cpp"), "broken manifest"),
        (lambda manifest: manifest["labels"].__setitem__(11, "tsx"), "broken manifest"),
        (lambda manifest: manifest["labels"].__setitem__(0, 7), "broken manifest"),
    ],
)
def test_wrong_manifest_is_refused(tmp_path: Path, change: Callable[[Any], object], part: str) -> None:
    folder = Path(shutil.copytree(default_model_dir(), tmp_path / "model"))
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(sealed(manifest), "utf-8")
    with pytest.raises(ModelError, match=f"^[^\n]*{part}[^\n]*$"):
        LanguageModel.load(folder)


def test_shipped_model_is_small() -> None:
    assert sum(path.stat().st_size for path in default_model_dir().iterdir()) < 2_000_000


def test_temperature_depends_on_length() -> None:
    temperatures = Temperatures((10, 20), (3.0, 2.0, 1.0))
    assert [temperatures.of(count) for count in (0, 9, 10, 19, 20, 999)] == [3, 3, 2, 2, 1, 1]


@pytest.mark.parametrize(("bounds", "values"), [((10,), (1.0,)), ((20, 10), (1.0, 1.0, 1.0)), ((), (0.0,))])
def test_wrong_temperatures_are_refused(bounds: tuple[int, ...], values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="temperature"):
        Temperatures(bounds, values)


def test_guess_loads_neither_runtime_nor_parser() -> None:
    script = (
        "import sys; from codeorigin.language_id import guess_language\n"
        "guess_language('def f(x):\\n    return x\\n')\n"
        "print(sorted({'onnxruntime', 'tokenizers', 'tree_sitter', 'torch', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
