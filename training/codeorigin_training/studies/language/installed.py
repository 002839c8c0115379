"""Files installed on the training machine: real prose, data and markup, and real file heads."""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from codeorigin.languages import LANGUAGES, language_for_path
from codeorigin_training.data.splits import unit_hash

Item = TypeVar("Item")

_NONE = """
    md rst txt json yml yaml toml ini cfg conf sh html css sql xml pl pm cmake tcl lua svg ps1 bat mk
    tex el vim po awk m4 csv service desktop
"""
NONE_SUFFIXES = frozenset(_NONE.split())
"""File name extensions of texts in none of the supported languages."""

_CODE_SUFFIXES = frozenset(suffix[1:] for each in LANGUAGES.values() for suffix in each.extensions)
_MAX_BYTES = 200_000


def installed_files(
    folders: Sequence[Path], per_kind: int, random_: random.Random
) -> list[tuple[str, str, str]]:
    """(kind, package, text) of at most ``per_kind`` files of each kind below ``folders``, from many packages.

    A kind is the id of a language, or an extension in :data:`NONE_SUFFIXES`. A package is a folder up to two levels
    below one of ``folders``. Missing folders and files that are not UTF-8 are skipped.
    """
    found: dict[str, list[tuple[str, Path]]] = defaultdict(list)
    for folder in folders:
        for place, inside, names in os.walk(folder) if per_kind else ():
            inside.sort()
            package = "/".join((folder.name, *Path(place).relative_to(folder).parts[:2]))
            for name in sorted(names):
                kind = _kind(name)
                if kind is not None:
                    found[kind].append((package, Path(place, name)))
    chosen: list[tuple[str, str, str]] = []
    for kind, places in sorted(found.items()):
        random_.shuffle(places)
        readable = (
            (kind, package, text)
            for package, path in one_of_each_first(places, itemgetter(0))
            if (text := _read(path)) is not None
        )
        chosen += islice(readable, per_kind)
    return chosen


def one_of_each_first(items: Sequence[Item], unit_of: Callable[[Item], str]) -> list[Item]:
    """``items`` with the first of every unit before the second of any, and so on, otherwise in their order."""
    met: Counter[str] = Counter()
    rounds: list[tuple[int, Item]] = []
    for item in items:
        rounds.append((met[unit_of(item)], item))
        met[unit_of(item)] += 1
    return [item for _, item in sorted(rounds, key=itemgetter(0))]


def _kind(name: str) -> str | None:
    suffix = name.rpartition(".")[2].lower()
    if suffix in NONE_SUFFIXES:
        return suffix
    known = language_for_path(name) if suffix in _CODE_SUFFIXES else None
    return None if known is None or known.id == "tsx" else known.id


def _read(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return None
        text = path.read_text("utf-8")
    except (OSError, ValueError):
        return None
    return text if len(text.strip()) >= 40 and "\0" not in text else None


def side_of(package: str) -> str:
    """The side of the split that all files of ``package`` belong to: ``train``, ``calibration`` or ``test``."""
    place = unit_hash(package, "language-files")
    return "test" if place < 0.2 else "calibration" if place < 0.35 else "train"
