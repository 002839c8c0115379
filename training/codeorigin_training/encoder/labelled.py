"""Reads labelled texts from a folder of folders or a parquet file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.data.splits import unit_hash


class ClassifyError(CodeOriginError):
    """The labelled texts or the classifier are missing or unusable."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A ``text`` of class ``label``; a split must not divide its ``unit``, such as a repository or a file."""

    text: str
    label: str
    unit: str


def read_labelled(path: Path) -> list[Labelled]:
    """The texts of a folder or a parquet file.

    A folder holds one folder for each label, with UTF-8 files at any depth; every file is a unit. A parquet file
    has the columns ``text`` and ``label``, and ``unit`` if rows belong together; without it every row is a unit.

    Raises:
        ClassifyError: it is neither, a file is not UTF-8, or there are fewer than two labels.
    """
    found = _folder(path) if path.is_dir() else _parquet(path)
    labels = sorted({example.label for example in found})
    if len(labels) < 2:
        raise ClassifyError(f"{path}: holds {len(labels)} labels; at least two are needed to tell apart")
    return found


def split_units(examples: Sequence[Labelled], share: float) -> tuple[list[Labelled], list[Labelled]]:
    """Split off about ``share`` of the units, chosen by a hash of their names; returns the rest, then these."""
    ranked = sorted({example.unit for example in examples}, key=lambda unit: unit_hash(unit, "classify"))
    apart = set(ranked[: max(1, round(share * len(ranked)))])
    learnt = [example for example in examples if example.unit not in apart]
    return learnt, [example for example in examples if example.unit in apart]


def _folder(path: Path) -> list[Labelled]:
    found = []
    for label in sorted(folder for folder in path.iterdir() if folder.is_dir()):
        for file in sorted(path for path in label.rglob("*") if path.is_file()):
            try:
                text = file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ClassifyError(f"{file}: cannot be read as UTF-8 text ({error})") from error
            found.append(Labelled(text, label.name, file.relative_to(path).as_posix()))
    return found


def _parquet(path: Path) -> list[Labelled]:
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise ClassifyError(f"{path}: is neither a folder of folders nor a parquet file") from error
    if missing := sorted({"text", "label"} - set(table.column_names)):
        raise ClassifyError(f"{path}: lacks the columns {', '.join(missing)}")
    texts, labels = table["text"].to_pylist(), table["label"].to_pylist()
    units = table["unit"].to_pylist() if "unit" in table.column_names else range(len(texts))
    return [
        Labelled(text, str(label), str(unit)) for text, label, unit in zip(texts, labels, units, strict=True)
    ]
