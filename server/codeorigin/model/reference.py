"""A project's own records as a reference: is a function nearer to what its commits declare, or to its people's code?

The evidence of a function is the product of its n-gram vector with a difference of means: the mean vector of the
project's functions that are declared as an agent's, minus that of its people's functions. It is a sum over n-grams,
so an explanation divides it exactly.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    """Functions of one language whose author is known: their vectors, and which of them count together.

    ``ids`` and ``values`` ``(N,)`` are the n-grams of one function after another, ``borders`` ``(functions + 1,)`` where
    each begins. ``groups`` are left out as a whole: the commits of declared functions, the files of people's.
    """

    ids: npt.NDArray[np.integer]
    values: npt.NDArray[np.floating]
    borders: npt.NDArray[np.integer]
    groups: Sequence[str]


class _Side:
    """One of the two means of a language, which can leave out groups."""

    def __init__(self, examples: Examples, size: int) -> None:
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
        declared: Mapping[str, Examples],
        human: Mapping[str, Examples],
        commits_of: Mapping[str, Collection[str]],
    ) -> None:
        """For every language with enough functions on both sides.

        Args:
            rule: how they count.
            general: the mean vector ``(rule.size,)`` of LLM-written functions, by model language.
            declared: functions that records declare as an agent's, by model language.
            human: the project's people's functions, by model language.
            commits_of: the commits of declared functions that wrote to a file, by its path, or a function with the same
                text, by its id.
        """
        self.rule, self._general, self._commits_of = rule, general, commits_of
        self._sides = {
            language: (_Side(examples, rule.size), _Side(human[language], rule.size))
            for language, examples in declared.items()
            if language in general
            and len(examples.groups) >= rule.fewest_declared
            and len(human[language].groups if language in human else ()) >= rule.fewest_human
        }
        self.declared = sum(len(declared[language].groups) for language in self._sides)
        """How many functions are declared, in the languages that it is for."""
        self._last: tuple[tuple[str, str, frozenset[str]], Floats | None] | None = None

    def __bool__(self) -> bool:
        """Whether it is for any language."""
        return bool(self._sides)

    def weights(self, language: str, path: str, function_id: str = "") -> Floats | None:
        """What every n-gram adds to the logit, ``(rule.size,)``; None if too few functions are left for this one.

        Args:
            language: a model language.
            path: the function's file, as git names it.
            function_id: the function's id, as its file may have had another name.
        """
        commits = {*self._commits_of.get(path, ()), *self._commits_of.get(function_id, ())}
        key = language, path, frozenset(commits)
        if self._last is None or self._last[0] != key:
            self._last = key, self._weights(*key)
        return self._last[1]

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


def evidence(vectors: Counted, weights: Floats) -> npt.NDArray[np.float64]:
    """What the reference adds to the logit of every function of ``vectors``, ``(functions,)``."""
    shares = np.append(weights[vectors.ids].astype(np.float64) * vectors.values, 0.0)
    sums = np.add.reduceat(shares, vectors.borders[:-1])
    return np.where(np.diff(vectors.borders) > 0, sums, 0.0)
