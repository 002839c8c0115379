"""The language model's folder: it is read only if it matches its manifest."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codeorigin.errors import ModelError
from codeorigin.language_id.model import KNOWN, NONE, LanguageModel, Temperatures, default_model_dir
from codeorigin.model.folder import sealed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_model_dir(), tmp_path / "model"))


def edit(folder: Path, change: Callable[[Any], object]) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_text(json.dumps(sealed(manifest)), "utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(ModelError) as raised:
        LanguageModel.load(folder)
    message = str(raised.value)
    assert "\n" not in message
    return message


def test_a_changed_file_is_refused(folder: Path) -> None:
    weights = folder / "weights.npz"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    assert refusal(folder) == f"{weights}: SHA-256 differs from the manifest; reinstall the language model"


def test_a_missing_file_is_refused(folder: Path) -> None:
    (folder / "weights.npz").unlink()
    assert "not readable; reinstall" in refusal(folder)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert "not readable; reinstall" in refusal(tmp_path / "nothing")


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
    ],
)
def test_a_wrong_manifest_is_refused(folder: Path, change: Callable[[Any], object], part: str) -> None:
    edit(folder, change)
    assert part in refusal(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda labels: labels.__setitem__(0, "qython"),
        lambda labels: labels.__setitem__(5, "cpp"),
        lambda labels: labels.__setitem__(11, "tsx"),
        lambda labels: labels.__setitem__(0, 7),
    ],
)
def test_invalid_labels_are_refused(folder: Path, change: Callable[[list[Any]], None]) -> None:
    edit(folder, lambda manifest: change(manifest["labels"]))
    assert "broken manifest" in refusal(folder)


def test_flipped_bit_gives_a_one_line_error_or_is_harmless(folder: Path) -> None:
    random_numbers = random.Random("bits")
    listed = set(json.loads((folder / "manifest.json").read_text("utf-8"))["files"])
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        # Each bit of the manifest may mean something; the others are checked by their digest, or not read.
        for _ in range(300 if path.name == "manifest.json" else 8):
            content = bytearray(whole)
            content[random_numbers.randrange(len(content))] ^= 1 << random_numbers.randrange(8)
            path.write_bytes(content)
            model = loaded(folder)
            if isinstance(model, str):
                assert "\n" not in model
                continue
            assert path.name not in listed, f"{path.name} was changed, and nobody noticed"
            for text in (
                "int f(void) { return 1; }\n",
                "const f = (a) => a + 1;\n",
                "def f(a):\n    return a\n",
            ):
                likeliest = model.labels[int(model.probabilities(text).argmax())]
                assert likeliest in KNOWN | {NONE}
        path.write_bytes(whole)


def loaded(folder: Path) -> LanguageModel | str:
    """The model, or why it is refused; any other error fails the test."""
    try:
        return LanguageModel.load(folder)
    except ModelError as error:
        return str(error)


def test_manifest_that_is_not_json_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("{", "utf-8")
    assert "broken manifest" in refusal(folder)


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
