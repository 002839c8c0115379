"""The file that keeps the vectors of a project's declared and of its people's functions, for one reference."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codeorigin.model.reference import Floats, KnownFunctions, Reference, ReferenceRule
from codeorigin.text.regular_files import read_regular_file, replacing_binary_file

_MOST_BYTES = 64 * 2**20
_DIGEST, _LENGTH = 32, 8


@dataclass(frozen=True, slots=True)
class Vector:
    """The n-grams of a function in a model ``language``, as kept: uint16 ``ids`` and float16 ``values``, ``(N,)``."""

    language: str
    ids: npt.NDArray[np.uint16]
    values: npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class DeclaredCommit:
    """A commit and the functions that it wrote and that are declared as an agent's.

    ``names`` are the paths of all files that it changed, and the ids of those functions.
    """

    name: str
    names: Sequence[str]
    functions: Sequence[Vector]


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file of the project's past in a model ``language``: its functions' logits by their own text, and their vectors.

    There are no vectors unless they are asked for.
    """

    language: str
    path: str
    logits: Sequence[float]
    functions: Sequence[Vector] = ()


@dataclass(frozen=True, slots=True)
class Populations:
    """What a reference is made of. ``key`` tells what it was read from, ``headers`` which files declare themselves.

    With it, if they are enough, ``flagged`` of the old functions would be called ``llm``; ``declared`` ones count.
    """

    key: str
    commits: Sequence[DeclaredCommit]
    files: Sequence[OldFile] = ()
    enough: bool = False
    declared: int = 0
    flagged: int = 0
    headers: str = ""

    @property
    def languages(self) -> set[str]:
        """The model languages of the old files."""
        return {file.language for file in self.files}

    def reference(self, rule: ReferenceRule, general: Mapping[str, Floats]) -> Reference:
        """The reference, with the ``general`` means by language."""
        commits_of: dict[str, list[str]] = {}
        for commit in self.commits:
            for name in commit.names:
                commits_of.setdefault(name, []).append(commit.name)
        return Reference(
            rule,
            general,
            _by_language((commit.name, commit.functions) for commit in self.commits),
            _by_language((file.path, file.functions) for file in self.files),
            commits_of,
        )

    def write(self, path: Path) -> None:
        """Write them to a file of the cache, replacing what is there. Raises OSError."""
        groups = [*(commit.functions for commit in self.commits), *(file.functions for file in self.files)]
        index = {
            "state": [self.key, self.enough, self.declared, self.flagged, self.headers],
            "commits": [[commit.name, *commit.names] for commit in self.commits],
            "files": [[file.language, file.path, *file.logits] for file in self.files],
            "functions": [[[function.language, len(function.ids)] for function in group] for group in groups],
        }
        functions = list(chain.from_iterable(groups))
        written = json.dumps(index).encode("ascii")
        content = b"".join(
            [
                len(written).to_bytes(_LENGTH, "little"),
                written,
                *(function.ids.tobytes() for function in functions),
                *(function.values.tobytes() for function in functions),
            ]
        )
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing_binary_file(path) as stream:
            stream.write(hashlib.sha256(content).digest())
            stream.write(content)

    @classmethod
    def read(cls, path: Path) -> "Populations | None":
        """What :meth:`write` wrote; None if there is none, or if it is damaged."""
        try:
            content = read_regular_file(path, _MOST_BYTES)
            if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
                return None
        except OSError:
            return None
        start = _DIGEST + _LENGTH
        end = start + int.from_bytes(content[_DIGEST:start], "little")
        index = json.loads(content[start:end])
        count = sum(size for group in index["functions"] for _, size in group)
        ids = np.frombuffer(content, np.uint16, count, end)
        values = np.frombuffer(content, np.float16, count, end + ids.nbytes)
        groups: list[list[Vector]] = []
        place = 0
        for group in index["functions"]:
            groups.append([])
            for language, size in group:
                inside = slice(place, place + size)
                groups[-1].append(Vector(language, ids[inside], values[inside]))
                place += size
        of_commits, of_files = groups[: len(index["commits"])], groups[len(index["commits"]) :]
        key, *counts = index["state"]
        return cls(
            key,
            [
                DeclaredCommit(name, names, functions)
                for (name, *names), functions in zip(index["commits"], of_commits, strict=True)
            ],
            [
                OldFile(language, name, logits, functions)
                for (language, name, *logits), functions in zip(index["files"], of_files, strict=True)
            ],
            *counts,
        )


def _by_language(groups: Iterable[tuple[str, Sequence[Vector]]]) -> dict[str, KnownFunctions]:
    found: dict[str, list[tuple[str, Vector]]] = {}
    for name, functions in groups:
        for function in functions:
            found.setdefault(function.language, []).append((name, function))
    return {
        language: KnownFunctions(
            np.concatenate([vector.ids for _, vector in vectors]).astype(np.int64),
            np.concatenate([vector.values for _, vector in vectors]).astype(np.float64),
            np.cumsum([0, *(len(vector.ids) for _, vector in vectors)]),
            [name for name, _ in vectors],
        )
        for language, vectors in found.items()
    }
