"""A project's own functions as a reference: is a function nearer to what its commits declare, or to its people's code?

The evidence of a function is the product of its n-gram vector with a difference of means: the mean vector of the
project's functions that are declared as an agent's, minus that of its people's functions. It is a sum over n-grams,
so an explanation divides it exactly.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codeorigin.core.errors import ModelError
from codeorigin.model.folder import ManifestEntry
from codeorigin.model.ngrams.hashed_views import NgramViews, View, ViewKind
from codeorigin.model.ngrams.weights import UNREADABLE

Floats = npt.NDArray[np.float32]
ReferenceWeights = tuple[NgramViews, Floats]
"""The view of a reference, and what each of its n-grams adds to the logit of a function."""


@dataclass(frozen=True, slots=True)
class ReferenceRule(ManifestEntry):
    """How a project's own functions count in the verdicts on others of the same language.

    A vector holds n-grams of characters, of the orders ``characters`` (first and last), hashed to ``width`` rows; it has
    norm 1. The mean of declared functions is shrunk to that of LLM-written functions of the language in general as if
    ``prior_functions`` of these were declared too. ``scale`` turns products into logits. ``fewest_declared`` and
    ``fewest_human`` functions must be left without the function's own file and commits.
    """

    characters: tuple[int, ...]
    width: int
    prior_functions: float
    scale: float
    fewest_declared: int
    fewest_human: int

    def __post_init__(self) -> None:
        if len(self.characters) != 2 or not 0 < self.width <= 1 << 16:
            raise ValueError("characters must be the first and the last order, and width at most 65,536")
        if not (self.prior_functions >= 0 and self.scale > 0):
            raise ValueError("prior_functions must not be negative, and scale must be positive")
        if self.fewest_declared < 0 or self.fewest_human < 1:
            raise ValueError(
                "fewest_declared must not be negative, and a reference has at least one human function"
            )

    @property
    def view(self) -> View:
        first, last = self.characters
        return View(ViewKind.CHARACTERS, first, last, self.width)


@dataclass(frozen=True, slots=True)
class KnownFunctions:
    """Functions of one language whose author is known: their vectors, and which of them count together.

    ``ids`` and ``values`` ``(N,)`` are the n-grams of one function after another, ``borders`` ``(functions + 1,)`` where
    each begins. ``groups`` are left out as a whole: the commits of declared functions, the files of people's.
    """

    ids: npt.NDArray[np.integer]
    values: npt.NDArray[np.floating]
    borders: npt.NDArray[np.integer]
    groups: Sequence[str]


_NOTHING = KnownFunctions(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(1, dtype=np.int64), ())


class _Side:
    """One of the two means of a language, which can leave out groups."""

    def __init__(self, examples: KnownFunctions, size: int) -> None:
        self._examples = examples
        self._sum = np.bincount(examples.ids, examples.values, size).astype(np.float64)
        self._of_group: dict[str, list[int]] = {}
        for number, group in enumerate(examples.groups):
            self._of_group.setdefault(group, []).append(number)

    def without(self, groups: Iterable[str]) -> tuple[npt.NDArray[np.float64], int]:
        """The sum of the vectors that are in none of ``groups``, and how many these are."""
        examples, total, count = self._examples, self._sum.copy(), len(self._examples.groups)
        for number in (number for group in groups for number in self._of_group.get(group, ())):
            inside = slice(examples.borders[number], examples.borders[number + 1])
            total[examples.ids[inside]] -= examples.values[inside]  # the rows of a function are distinct
            count -= 1
        return total, count


class Reference:
    """The two populations of a project, and what they say about its other functions.

    What a function's own file declares never counts for it, nor the other functions of the commits that wrote there,
    nor people's code in that file: a function must not be near to one side because it is part of it.
    """

    def __init__(
        self,
        rule: ReferenceRule,
        general: Mapping[str, Floats],
        declared: Mapping[str, KnownFunctions],
        human: Mapping[str, KnownFunctions],
        commits_of: Mapping[str, Collection[str]],
    ) -> None:
        """For every model language with enough functions on both sides: ``declared`` as an agent's, and ``human``.

        ``general`` is the mean vector ``(rule.width,)`` of LLM-written functions by language. ``commits_of`` are the
        commits of declared functions that wrote to a file, by its path, or a function with the same text, by its id.
        """
        self.rule, self._general, self._commits_of = rule, general, commits_of
        self._sides = {
            language: (_Side(declared.get(language, _NOTHING), rule.width), _Side(people, rule.width))
            for language, people in human.items()
            if language in general
            and len(declared.get(language, _NOTHING).groups) >= rule.fewest_declared
            and len(people.groups) >= rule.fewest_human
        }
        self.declared = sum(
            len(declared[language].groups) for language in self._sides if language in declared
        )
        """How many functions are declared, in the languages that it is for."""
        self._last: tuple[tuple[str, str, frozenset[str]], Floats | None] | None = None

    def __bool__(self) -> bool:
        """Whether it is for any language."""
        return bool(self._sides)

    def weights(self, language: str, path: str, function_id: str = "") -> Floats | None:
        """What every n-gram adds to the logit, ``(rule.width,)``; None if too few functions are left for this one.

        ``path`` is the function's file, as git names it, and ``function_id`` its id, as the file may have had another
        name.
        """
        commits = {*self._commits_of.get(path, ()), *self._commits_of.get(function_id, ())}
        key = language, path, frozenset(commits)
        if self._last is None or self._last[0] != key:
            self._last = key, self._weights(*key)
        return self._last[1]

    def evidence(
        self,
        language: str,
        path: str,
        ids: npt.NDArray[np.integer],
        values: npt.NDArray[np.floating],
        function_id: str = "",
    ) -> float | None:
        """What the n-grams of one function add to its logit; None as for :meth:`weights`."""
        weights = self.weights(language, path, function_id)
        return None if weights is None else float(weights[ids] @ values.astype(np.float64))

    def _weights(self, language: str, path: str, commits: frozenset[str]) -> Floats | None:
        if language not in self._sides:
            return None
        llm, people = self._sides[language]
        (of_llm, declared), (of_people, human) = llm.without(commits), people.without([path])
        rule = self.rule
        if declared < rule.fewest_declared or human < rule.fewest_human:
            return None
        shrunk = (of_llm + rule.prior_functions * self._general[language]) / (declared + rule.prior_functions)
        return (rule.scale * (shrunk - of_people / human)).astype(np.float32)


def general_means(path: Path, largest: Mapping[str, float], languages: Collection[str]) -> dict[str, Floats]:
    """The means ``(size,)`` in a file of a bundle, of those ``languages`` that it has. Raises ModelError.

    It has a row for each language: square roots in 8 bits, relative to the ``largest`` value.
    """
    try:
        rows = np.load(path, mmap_mode="r", allow_pickle=False)
        return {
            language: (np.square(row.astype(np.float32) / 255) * np.float32(most))
            for row, (language, most) in zip(rows, sorted(largest.items()), strict=True)
            if language in languages
        }
    except UNREADABLE as error:
        raise ModelError(f"{path}: not readable; reinstall the model") from error
