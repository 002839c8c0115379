"""Folders of both models: what is read of them, and files and manifests that are missing, damaged or hostile."""

import json
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from codeorigin.core.errors import ModelError
from codeorigin.language_id.model import LanguageModel
from codeorigin.language_id.model import default_model_dir as language_model_dir
from codeorigin.model.bundle import Bundle
from codeorigin.model.folder import sealed
from support.tiny_model import TinyModel


class ModelFolder:
    """A copy of a model's folder that a test may damage."""

    def __init__(self, source: Path, target: Path, load: Callable[[Path], Bundle | LanguageModel]) -> None:
        self.path = Path(shutil.copytree(source, target))
        self._load = load
        self.listed: list[str] = sorted(self.manifest["files"])

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.path / "manifest.json").read_text("utf-8"))
        return found

    def write_manifest(self, text: str) -> None:
        (self.path / "manifest.json").write_text(text, "latin-1")

    def loaded(self) -> Bundle | LanguageModel | str:
        """The model, or why it is refused, on one line; any other error fails the test."""
        try:
            return self._load(self.path)
        except ModelError as error:
            return self._one_line(str(error))

    def refusal(self) -> str:
        with pytest.raises(ModelError) as raised:
            self._load(self.path)
        return self._one_line(str(raised.value))

    @staticmethod
    def _one_line(said: str) -> str:
        assert "\n" not in said
        return said


@pytest.fixture(params=["model", "language model"])
def folder(request: pytest.FixtureRequest, tiny_model_dir: Path, tmp_path: Path) -> ModelFolder:
    if request.param == "model":
        return ModelFolder(tiny_model_dir, tmp_path / "folder", Bundle.load)
    return ModelFolder(language_model_dir(), tmp_path / "folder", LanguageModel.load)


def test_complete_bundle_loads(tiny_model_dir: Path) -> None:
    bundle = Bundle.load(tiny_model_dir)
    assert bundle.model_id.startswith("tiny 0.0.1 (")
    assert bundle.gradient_path == tiny_model_dir / "gradient.onnx"
    assert bundle.views is not None
    assert bundle.deep is not None


def test_bundle_without_a_deep_part_needs_neither_tokenizer_nor_gradient(tiny_wide_model: TinyModel) -> None:
    bundle = Bundle.load(tiny_wide_model.directory)
    assert (bundle.deep, bundle.gradient_path) == (None, None)


def test_changed_byte_is_refused_and_the_file_named(folder: ModelFolder) -> None:
    for name in folder.listed:
        path = folder.path / name
        whole = path.read_bytes()
        content = bytearray(whole)
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        assert f"{path}: SHA-256 differs from the manifest; reinstall the " in folder.refusal()
        path.write_bytes(whole)
    assert not isinstance(folder.loaded(), str)


def test_missing_files_are_refused_and_named(folder: ModelFolder) -> None:
    for name in [*folder.listed, "manifest.json"]:
        (folder.path / name).rename(folder.path / "other")
        said = folder.refusal()
        assert name in said
        assert "reinstall" in said
        (folder.path / "other").rename(folder.path / name)


@pytest.mark.parametrize("content", ["", "[]", "{", "\x00\xff"])
def test_manifest_that_is_not_a_json_object_is_refused(folder: ModelFolder, content: str) -> None:
    folder.write_manifest(content)
    assert "manifest.json" in folder.refusal()


def test_changed_manifest_is_refused(folder: ModelFolder) -> None:
    """A figure in it would change every logit, and no file's hash covers it."""
    manifest = folder.manifest
    folder.write_manifest(json.dumps(manifest | {"version": "0.0.2"}))
    assert "was changed after it was written; reinstall the " in folder.refusal()
    del manifest["checksum"]
    folder.write_manifest(json.dumps(manifest))
    assert "broken manifest (KeyError('checksum'))" in folder.refusal()


def test_flipped_bit_gives_a_one_line_error_or_is_harmless(folder: ModelFolder) -> None:
    random_numbers = random.Random("bits")
    for path in sorted(folder.path.iterdir()):
        whole = path.read_bytes()
        # Each bit of the manifest may mean something; the others are checked by their digest, or not read.
        for _ in range(300 if path.name == "manifest.json" else 8):
            content = bytearray(whole)
            content[random_numbers.randrange(len(content))] ^= 1 << random_numbers.randrange(8)
            path.write_bytes(content)
            model = folder.loaded()
            assert isinstance(model, str) or path.name not in folder.listed
            if isinstance(model, LanguageModel):
                assert model.probabilities("def f(a):\n    return a\n").sum() == pytest.approx(1)
        path.write_bytes(whole)


@pytest.mark.parametrize(
    ("folder", "change", "message"),
    [
        *(
            ("model", change, message)
            for change, message in (
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
            )
        ),
        *(
            ("model", lambda m, name=name: m["files"].update({name: "00"}), r"not a file|not readable")
            for name in ("../score.onnx", "/etc/passwd", "sub/score.onnx", "..", ".", "", "a\0b")
        ),
        ("language model", lambda m: m.update(format=9), "not of format 2"),
        *(
            ("language model", change, "broken manifest")
            for change in (
                lambda m: m.pop("labels"),
                lambda m: m.update(labels=["python"]),
                lambda m: m.update(width=7),
                lambda m: m.update(files={}),
                lambda m: m["temperatures"].update(values=[1.0]),
                lambda m: m.update(threshold="high"),
                *(
                    lambda m, place=place, label=label: m["labels"].__setitem__(place, label)
                    for place, label in ((0, "qython"), (5, "cpp"), (11, "tsx"), (0, 7))
                ),
            )
        ),
    ],
    indirect=["folder"],
)
def test_wrong_manifest_is_refused(
    folder: ModelFolder, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    manifest = folder.manifest
    change(manifest)
    folder.write_manifest(sealed(manifest))
    assert re.search(message, folder.refusal())


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a manifest: the keys that lead to it. Of a list, whose items are alike, the first."""
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    )
    for key, each in inner:
        yield (*place, key)
        yield from places(each, (*place, key))


def with_value(manifest: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = deepcopy(manifest)
    holder: Any = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return changed


STRANGE: list[Any] = [None, True, "", "x\ny", -1, 10**400, 1e308, [], {"": None}, ["../x"]]
UNREAD = {"metrics", "settings", "build", "data"}


def test_any_value_anywhere_loads_or_gives_one_line(folder: ModelFolder) -> None:
    manifest = folder.manifest
    refused = 0
    for place in places({key: value for key, value in manifest.items() if key not in UNREAD}):
        for value in STRANGE:
            folder.write_manifest(sealed(with_value(manifest, place, value)))
            refused += isinstance(folder.loaded(), str)
    assert refused > 100


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "[" * 100_000 + "]" * 100_000, "1" * 5000])
def test_no_number_or_depth_gets_past_the_checksum(folder: ModelFolder, value: str) -> None:
    manifest = folder.manifest

    def written(changed: dict[str, Any]) -> str:
        return json.dumps(changed).replace('"<here>"', value)

    for name in manifest.keys() - {"checksum"}:
        folder.write_manifest(sealed(manifest | {name: "<here>"}, written))
        folder.refusal()


def test_files_that_never_end_are_refused(folder: ModelFolder) -> None:
    for name in (folder.listed[0], "manifest.json"):
        (folder.path / name).unlink()
        os.mkfifo(folder.path / name)
        assert name in folder.refusal()
