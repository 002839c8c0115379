"""The kinds of code in the evaluation matrix, each a seeded sample with matched classes."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from codeorigin.model.calibration.pooled_rule import counted_lines
from codeorigin_training.arrays import Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.data.specifications import WRITTEN
from codeorigin_training.data.weights import is_documented, matched_sample
from codeorigin_training.metrics.data import EvaluationData, unit_numbers
from codeorigin_training.report.config import EvaluateConfig

_FEWEST_OF_EACH_CLASS = 20
_FEWEST_IN_FILE = 4
_FEWEST_LINES = 3
_FEWEST_FOR_RATE = 100
_FUNCTIONS_OF_FILE = 5


@dataclass(frozen=True, slots=True)
class Slice:
    """Items of one kind of code. An item is one function, or the functions of a file, whose logits are pooled."""

    name: str
    title: str
    items: tuple[tuple[Row, ...], ...]
    within: bool = False
    pairs: bool = False

    @property
    def is_files(self) -> bool:
        """Whether any item has several functions."""
        return any(len(item) > 1 for item in self.items)

    @property
    def rows(self) -> list[Row]:
        """The first function of every item, which has the item's label, language and repository."""
        return [item[0] for item in self.items]

    @property
    def labels(self) -> Integers:
        """Label of every item, int64 ``(n,)``."""
        return np.array([row.label for row in self.rows], dtype=np.int64)

    @property
    def groups(self) -> Integers:
        """Repository (or task) of every item, int64 ``(n,)``."""
        return unit_numbers(self.rows)


def matrix_slices(data: EvaluationData, config: EvaluateConfig) -> list[Slice]:
    """All slices that the bundle is measured on, without those that lack a class."""
    most, seed = config.slice_functions, config.seed
    found = [
        matched("seen", "seen repositories (training), all human code", data.train, most, seed),
        *era_slices(data.held_out, most, seed),
        inside_slice(data.held_out, most, seed),
        _pairs("pairs", "same-task pairs of the corpus", data.pairs, lambda pair: not _is_written(pair)),
        _pairs("written_pairs", "same-task pairs written for the project", data.pairs, _is_written),
        *_pairs_by_comments(data.pairs),
        *_files_by_era(data.held_out, config),
        *snippet_slices(data.snippets, config),
    ]
    return [subset for subset in found if len(set(subset.labels.tolist())) == 2]


def era_slices(rows: Sequence[Row], most: int, seed: int) -> list[Slice]:
    """LLM code against old and against modern human code."""
    return [
        matched(name, f"held-out repositories, human code {title}", _of_era(rows, modern), most, seed)
        for name, title, modern in (
            ("old", "before mid-2021", False),
            ("modern", "of 2021-07 to 2022-11", True),
        )
    ]


def _of_era(rows: Sequence[Row], modern: bool) -> list[Row]:
    return [row for row in rows if row.label or row.modern is modern]


def matched(name: str, title: str, rows: Sequence[Row], most: int, seed: int) -> Slice:
    """At most ``most`` functions, classes matched within language x test x length."""
    return Slice(name, title, tuple((rows[number],) for number in matched_draw(rows, most, seed)))


def matched_draw(rows: Sequence[Row], most: int, seed: int) -> Integers:
    """Indices ``(k,)`` of a matched sample of at most ``most`` rows, in random order, so any prefix is a sample too."""
    if not rows:
        return np.zeros(0, dtype=np.int64)
    generator = np.random.default_rng(seed)
    chosen = matched_sample(rows, np.ones(len(rows), dtype=bool), seed)
    labels = np.array([rows[number].label for number in chosen], dtype=np.int64)
    sides = [generator.permutation(chosen[labels == label])[: most // 2] for label in (0, 1)]
    # Alternate between the classes.
    return np.stack(sides, axis=1).reshape(-1) if len(chosen) else chosen


def snippet_slices(snippets: Sequence[Row], config: EvaluateConfig) -> list[Slice]:
    """Snippets of all generators against human ones, then of each generator that has enough."""
    human = [row for row in snippets if row.label == 0]
    llm = [row for row in snippets if row.label == 1]
    generator = np.random.default_rng(config.seed)
    shuffled = [
        [side[number] for number in generator.permutation(len(side))[: config.slice_functions // 2]]
        for side in (human, llm)
    ]
    people = shuffled[0]
    found = [_side_by_side("snippets", "snippets, all generators", people, shuffled[1])]
    names = sorted({row.generator for row in llm})
    for name in names:
        by_generator = [row for row in llm if row.generator == name]
        if len(by_generator) >= config.fewest_of_generator:
            order = generator.permutation(len(by_generator))[: config.generator_functions]
            beside = people[: max(len(order), _FEWEST_FOR_RATE)]
            title = f"snippets by {name or 'unknown'}"
            found.append(
                _side_by_side(f"snippets: {name}", title, beside, [by_generator[number] for number in order])
            )
    return found


def _side_by_side(name: str, title: str, human: list[Row], llm: list[Row]) -> Slice:
    """A slice that alternates between the classes until one runs out, and then has the rest of the other."""
    items: list[tuple[Row, ...]] = []
    for number in range(max(len(human), len(llm))):
        items += [(side[number],) for side in (human, llm) if number < len(side)]
    return Slice(name, title, tuple(items))


def inside_slice(rows: Sequence[Row], most: int, seed: int) -> Slice:
    """Functions of repositories that have enough of both classes, with the same limit on each class."""
    by_repository: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_repository[row.unit].append(row)
    mixed = {
        name: inside
        for name, inside in sorted(by_repository.items())
        if min(sum(row.label for row in inside), sum(1 - row.label for row in inside))
        >= _FEWEST_OF_EACH_CLASS
    }
    items: list[tuple[Row, ...]] = []
    generator = np.random.default_rng(seed)
    for inside in mixed.values():
        for label in (0, 1):
            side = [row for row in inside if row.label == label]
            count = max(_FEWEST_OF_EACH_CLASS, most // (2 * len(mixed)))
            items += [(side[number],) for number in generator.permutation(len(side))[:count]]
    shuffled = tuple(items[number] for number in generator.permutation(len(items)))
    title = "inside one repository that holds both classes (mean over repositories)"
    return Slice("inside", title, shuffled, within=True)


def _pairs(name: str, title: str, rows: Sequence[Row], wanted: Callable[[list[Row]], bool]) -> Slice:
    """The pairs that ``wanted`` accepts, given the human and the LLM side."""
    sides: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.pair is not None:
            sides[row.pair].append(row)
    whole = [sorted(pair, key=_label) for _, pair in sorted(sides.items()) if len(pair) == 2]
    items = tuple((row,) for pair in whole if wanted(pair) for row in pair)
    return Slice(name, title, items, pairs=True)


def _pairs_by_comments(rows: Sequence[Row]) -> list[Slice]:
    """All pairs, by which sides have a comment or docstring, where an LLM's style shows."""
    ways = {
        (True, True): "both sides commented",
        (False, True): "only the LLM's side commented",
        (True, False): "only the person's side commented",
        (False, False): "no comments on either side",
    }
    return [
        _pairs(f"pairs: {way}", f"same-task pairs, {way}", rows, partial(_is_commented, sides))
        for sides, way in ways.items()
    ]


def _is_commented(sides: tuple[bool, bool], pair: list[Row]) -> bool:
    return tuple(is_documented(row.code, row.language) for row in pair) == sides


def _is_written(pair: list[Row]) -> bool:
    return pair[0].pair is not None and pair[0].pair.startswith(WRITTEN)


def _label(row: Row) -> int:
    return row.label


def _files_by_era(rows: Sequence[Row], config: EvaluateConfig) -> list[Slice]:
    """Files of LLM code against those of old and modern human code."""
    return [
        _files(name, f"files of 4 or more functions, human code {title}", _of_era(rows, modern), config)
        for name, title, modern in (
            ("files_old", "before mid-2021", False),
            ("files_modern", "of 2021-07 to 2022-11", True),
        )
    ]


def _files(name: str, title: str, rows: Sequence[Row], config: EvaluateConfig) -> Slice:
    """Files with enough functions of one origin, matched by language, test and mean length."""
    by_file: dict[tuple[str, str, int, bool], list[Row]] = defaultdict(list)
    for row in rows:
        # Functions too short for a verdict do not count in a file either.
        if row.path and counted_lines(row.code) >= _FEWEST_LINES:
            by_file[row.repo, row.path, row.label, row.modern].append(row)
    generator = np.random.default_rng(config.seed)
    items: list[tuple[Row, ...]] = []
    for _, inside in sorted(by_file.items()):
        if len(inside) >= _FEWEST_IN_FILE:
            chosen = generator.permutation(len(inside))[: max(config.file_functions, _FEWEST_IN_FILE)]
            items.append(tuple(inside[number] for number in np.sort(chosen)))
    means = [replace(item[0], lines=round(sum(row.lines for row in item) / len(item))) for item in items]
    most = max(2, config.slice_functions // _FUNCTIONS_OF_FILE)
    chosen_items = matched_draw(means, most, config.seed)
    return Slice(name, title, tuple(items[number] for number in chosen_items))
