"""A project's own records as a reference: is a function nearer to what its commits declare, or to its people's code?

The evidence of a function is the product of its n-gram vector with a difference of means: the mean vector of the
project's functions that are declared as an agent's, minus that of its people's functions. It is a sum over n-grams,
so an explanation divides it exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin.model.folder import ManifestEntry
from codeorigin.model.ngrams.hashed_views import View, ViewKind
from codeorigin.model.ngrams.hashing import Counted

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReferenceRule(ManifestEntry):
    """How a project's own functions count in the verdicts on others of the same language.

    A vector holds n-grams of words and of characters, of the orders ``words`` and ``characters`` (first and last),
    hashed to ``width`` rows each; either view has norm 1. The mean of declared functions is shrunk to that of
    LLM-written functions of the language in general as if ``prior_functions`` of them were declared too. ``scale``
    turns products into logits. Both ``fewest_declared`` and ``fewest_human`` functions must be left without the
    function's own file and commit.
    """

    words: tuple[int, ...]
    characters: tuple[int, ...]
    width: int
    prior_functions: float
    scale: float
    fewest_declared: int
    fewest_human: int

    def __post_init__(self) -> None:
        if not len(self.words) == len(self.characters) == 2:
            raise ValueError("words and characters must be two orders each")
        if not (self.prior_functions >= 0 and self.scale > 0):
            raise ValueError("prior_functions must not be negative, and scale must be positive")
        if self.fewest_declared < 1 or self.fewest_human < 1:
            raise ValueError("a reference has at least one declared and one human function")

    @property
    def views(self) -> tuple[View, View]:
        """The views of a vector."""
        return (
            View(ViewKind.WORDS, self.words[0], self.words[1], self.width),
            View(ViewKind.CHARACTERS, self.characters[0], self.characters[1], self.width),
        )

    @property
    def size(self) -> int:
        """The number of rows of a vector."""
        return 2 * self.width


@dataclass(frozen=True, slots=True)
class Examples:
    """Functions of one language whose author is known: their vectors, and the file and the commit of each.

    ``ids`` and ``values`` ``(N,)`` are the n-grams of one function after another, ``borders`` ``(functions + 1,)`` where
    each begins. Human functions have no ``commits``.
    """

    ids: npt.NDArray[np.integer]
    values: npt.NDArray[np.floating]
    borders: npt.NDArray[np.integer]
    paths: Sequence[str]
    commits: Sequence[str] = ()

    def sum(self, size: int, chosen: Sequence[int] | None = None) -> npt.NDArray[np.float64]:
        """The sum ``(size,)`` of the vectors, or of the ``chosen`` ones alone."""
        if chosen is None:
            return np.bincount(self.ids, self.values, size).astype(np.float64)
        total = np.zeros(size)
        for number in chosen:
            inside = slice(self.borders[number], self.borders[number + 1])
            total[self.ids[inside]] += self.values[inside]  # the rows of a function are distinct
        return total


class _Side:
    """One of the two means of a language, which can leave out files and commits."""

    def __init__(self, examples: Examples, size: int) -> None:
        self._examples, self._size = examples, size
        self._sum = examples.sum(size)
        self._of_path: dict[str, list[int]] = {}
        self._of_commit: dict[str, list[int]] = {}
        for number, path in enumerate(examples.paths):
            self._of_path.setdefault(path, []).append(number)
        for number, commit in enumerate(examples.commits):
            self._of_commit.setdefault(commit, []).append(number)

    def left(self, path: str, commit: str | None) -> tuple[npt.NDArray[np.float64], int]:
        """Sum and number of the functions not of ``path``, nor of a commit that wrote there, nor of ``commit``."""
        out = set(self._of_path.get(path, ()))
        if self._of_commit:
            commits = {self._examples.commits[number] for number in out} | {commit or ""}
            out.update(number for name in commits for number in self._of_commit.get(name, ()))
        count = len(self._examples.paths) - len(out)
        return (self._sum - self._examples.sum(self._size, sorted(out)) if out else self._sum), count


class Reference:
    """The two populations of a project, and what they say about its other functions.

    What a function's own file declares never counts for it, nor what the commits declare that wrote to this file, nor
    people's code in it: a function must not be near to one side because it is part of it.
    """

    def __init__(
        self,
        rule: ReferenceRule,
        general: Mapping[str, Floats],
        declared: Mapping[str, Examples],
        human: Mapping[str, Examples],
    ) -> None:
        """For every language with enough functions on both sides.

        Args:
            rule: how they count.
            general: the mean vector ``(rule.size,)`` of LLM-written functions, by model language.
            declared: functions that records declare as an agent's, with their commits, by model language.
            human: the project's people's functions, by model language.
        """
        self.rule = rule
        self._general = general
        self._sides = {
            language: (_Side(examples, rule.size), _Side(human[language], rule.size))
            for language, examples in declared.items()
            if language in general
            and len(examples.paths) >= rule.fewest_declared
            and len(human[language].paths if language in human else ()) >= rule.fewest_human
        }
        self.declared = sum(len(declared[language].paths) for language in self._sides)
        """How many functions are declared, in the languages that it is for."""
        self._last: tuple[tuple[str, str, str | None], Floats | None] | None = None

    def __bool__(self) -> bool:
        """Whether it is for any language."""
        return bool(self._sides)

    def weights(self, language: str, path: str, commit: str | None = None) -> Floats | None:
        """What every n-gram adds to the logit, ``(rule.size,)``; None if too few functions are left for this file.

        Args:
            language: a model language.
            path: the function's file, as git names it.
            commit: the commit that is being judged, if it is one.
        """
        key = language, path, commit
        if self._last is None or self._last[0] != key:
            self._last = key, self._weights(*key)
        return self._last[1]

    def _weights(self, language: str, path: str, commit: str | None) -> Floats | None:
        if language not in self._sides:
            return None
        (llm, declared), (people, human) = (side.left(path, commit) for side in self._sides[language])
        rule = self.rule
        if declared < rule.fewest_declared or human < rule.fewest_human:
            return None
        shrunk = (llm + rule.prior_functions * self._general[language]) / (declared + rule.prior_functions)
        return (rule.scale * (shrunk - people / human)).astype(np.float32)


def evidence(vectors: Counted, weights: Floats) -> npt.NDArray[np.float64]:
    """What the reference adds to the logit of every function of ``vectors``, ``(functions,)``."""
    shares = np.append(weights[vectors.ids].astype(np.float64) * vectors.values, 0.0)
    sums = np.add.reduceat(shares, vectors.borders[:-1])
    return np.where(np.diff(vectors.borders) > 0, sums, 0.0)
