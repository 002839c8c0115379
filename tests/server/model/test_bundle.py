import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from codeorigin.errors import ModelError
from codeorigin.model.bundle import Bundle
from codeorigin.model.folder import sealed
from support.tiny_model import with_commit_rules

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def copy(tiny_model_dir: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_model_dir, tmp_path / "model")


def edit(folder: Path, change: Edit) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(sealed(manifest)))


def test_complete_bundle_loads(copy: Path) -> None:
    bundle = Bundle.load(copy)
    assert bundle.model_id.startswith("tiny 0.0.1 (")
    assert bundle.gradient_path == copy / "gradient.onnx"
    assert bundle.views is not None
    assert bundle.deep is not None


@pytest.mark.parametrize("name", ["score.onnx", "gradient.onnx", "tokenizer.json"])
def test_changed_byte_is_refused_and_the_file_named(copy: Path, name: str) -> None:
    path = copy / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match=f"{name}: SHA-256 differs"):
        Bundle.load(copy)


def test_missing_file_is_refused_and_named(copy: Path) -> None:
    (copy / "gradient.onnx").unlink()
    with pytest.raises(ModelError, match=r"gradient\.onnx"):
        Bundle.load(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["files"].pop("score.onnx"), "does not list score.onnx"),
        (lambda m: m["files"].pop("tokenizer.json"), "does not list tokenizer.json"),
        (lambda m: m["files"].update({"../evil": "00"}), "not a file of the folder"),
        (lambda m: m.update(format=99), "not of format"),
        (lambda m: m.update(wide=None, deep=None), "neither a wide nor a deep"),
        (lambda m: m["calibration"]["alone"].update(temperature=0), "temperature"),
        (lambda m: m["calibration"]["alone"]["everywhere"].update(human=[9.0]), "between 0 and 1"),
        (lambda m: m["calibration"]["alone"].update(logits=[1.0]), "needs its shares"),
        (lambda m: m.pop("bias"), "broken manifest"),
        (lambda m: m.update(language_bias={"python": "much"}), "broken manifest"),
        (lambda m: m.update(language_bias=[0.5]), "broken manifest"),
        (lambda m: m["wide"]["views"][0].update(kind="runes"), "broken manifest"),
    ],
)
def test_invalid_manifest_is_refused_with_a_one_line_error(copy: Path, change: Edit, message: str) -> None:
    edit(copy, change)
    with pytest.raises(ModelError, match=message) as raised:
        Bundle.load(copy)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", ["", "[]", "{", "\x00\xff"])
def test_a_manifest_that_is_not_a_json_object_is_refused(copy: Path, content: str) -> None:
    (copy / "manifest.json").write_text(content, encoding="latin-1")
    with pytest.raises(ModelError, match=r"manifest\.json"):
        Bundle.load(copy)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="pass the folder"):
        Bundle.load(tmp_path)


def test_a_bundle_without_a_deep_part_needs_neither_tokenizer_nor_gradient(tiny_wide_model: Any) -> None:
    bundle = Bundle.load(tiny_wide_model.directory)
    assert bundle.deep is None
    assert bundle.gradient_path is None
    assert bundle.tokenizer_path is None


def test_flipped_bit_gives_a_one_line_error_or_is_harmless(tiny_model_dir: Path, tmp_path: Path) -> None:
    random_numbers = random.Random("bits")
    for path in sorted(tiny_model_dir.iterdir()):
        listed = path.name in json.loads((tiny_model_dir / "manifest.json").read_text())["files"]
        folder = shutil.copytree(tiny_model_dir, tmp_path / path.name)
        whole = path.read_bytes()
        for _ in range(8 if listed else 300):
            content = bytearray(whole)
            content[random_numbers.randrange(len(content))] ^= 1 << random_numbers.randrange(8)
            (folder / path.name).write_bytes(content)
            said = refusal(folder)
            assert said is None or "\n" not in said
            assert said is not None or not listed, f"{path.name} was changed, and nobody noticed"


def refusal(folder: Path) -> str | None:
    """Why the model in ``folder`` is refused, or None; any other error fails the test."""
    try:
        Bundle.load(folder)
    except ModelError as error:
        return str(error)
    return None


def test_a_changed_figure_is_refused(copy: Path) -> None:
    """It would change every logit, and no file's hash covers it."""
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["language_bias"] = {"python": 5.0}
    path.write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="was changed after it was written; reinstall the model"):
        Bundle.load(copy)
    del manifest["checksum"]
    path.write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match=r"broken manifest .*checksum"):
        Bundle.load(copy)


def test_the_checksum_depends_on_the_figures_alone(copy: Path) -> None:
    path = copy / "manifest.json"
    before = Bundle.load(copy).digest
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(dict(reversed(manifest.items())), indent=3))
    assert Bundle.load(copy).digest == before


def entries(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a manifest: the keys and indices that lead to it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*place, key)
        yield from entries(each, (*place, key))


def with_value(manifest: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = deepcopy(manifest)
    holder: Any = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return changed


STRANGE: list[Any] = [
    None,
    True,
    "",
    "x\ny",
    -1,
    0,
    1.5,
    10**400,
    2**63,
    [],
    [[]],
    {},
    {"": None},
    ["../x"],
    1e308,
    -1e308,
]


def test_any_value_anywhere_loads_or_gives_one_line(copy: Path) -> None:
    with_commit_rules(copy, copy)
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["checksum"]
    refused = 0
    for place in entries(manifest):
        for value in STRANGE:
            path.write_text(json.dumps(sealed(with_value(manifest, place, value))))
            said = refusal(copy)
            assert said is None or "\n" not in said, (place, value)
            refused += said is not None
    assert refused > 1000


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "[" * 100_000 + "]" * 100_000, "1" * 5000])
@pytest.mark.parametrize("name", ["bias", "calibration", "files", "name", "format", "checksum", "metrics"])
def test_no_number_or_depth_gets_past_the_checksum(copy: Path, name: str, value: str) -> None:
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {name: "<here>"}).replace('"<here>"', value))
    said = refusal(copy)
    assert said is not None
    assert "\n" not in said


@pytest.mark.parametrize("name", ["../score.onnx", "/etc/passwd", "sub/score.onnx", "..", ".", "", "a\0b"])
def test_names_outside_the_folder_are_refused(copy: Path, name: str) -> None:
    edit(copy, lambda manifest: manifest["files"].update({name: "00"}))
    said = refusal(copy)
    assert said is not None
    assert "\n" not in said


def test_files_that_never_end_are_refused(copy: Path) -> None:
    for name in ("score.onnx", "manifest.json"):
        (copy / name).unlink()
        os.mkfifo(copy / name)
        said = refusal(copy)
        assert said is not None
        assert name in said
