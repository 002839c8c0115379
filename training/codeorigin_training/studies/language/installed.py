"""Files installed on the training machine: real prose, data and markup, and real file heads."""

import os
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from codeorigin.languages import LANGUAGES, language_for_path
from codeorigin_training.data.splits import unit_hash

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
    chosen = []
    for kind in sorted(found):
        places = found[kind]
        random_.shuffle(places)
        met: dict[str, int] = defaultdict(int)
        ranked = []
        for package, path in places:
            ranked.append((met[package], package, path))
            met[package] += 1
        ranked.sort(key=lambda each: each[0])
        taken = 0
        for _, package, path in ranked:
            text = _read(path) if taken < per_kind else None
            if text is not None:
                chosen.append((kind, package, text))
                taken += 1
    return chosen


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
