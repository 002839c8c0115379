"""From raw logits to answers: rules for functions, alone or with their file and commit, and for files and commits.

Functions that belong together count in each other's verdicts, since most files and commits have one author.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from codeorigin.model.calibration.scale import Scale
from codeorigin.model.folder import FLAT, ManifestEntry
from codeorigin.model.past import PastRule
from codeorigin.model.reference import ReferenceRule
from codeorigin.model.verdict import PooledReason, PooledVerdict


@dataclass(frozen=True, slots=True)
class NeighbourRule(ManifestEntry):
    """How much the other functions of a file, or of a commit, count in the verdict on each.

    ``weight`` times the mean evidence of the other functions is added to a function's own logit. The evidence of a
    function is the distance of its logit from ``neutral``, where both classes are equally likely, and all functions
    count equally. The mean is shrunk towards zero as if there were ``prior_functions`` more functions without evidence,
    so that one neighbour counts less than ten. A function is not its own neighbour.
    """

    weight: float
    prior_functions: float
    neutral: float

    def __post_init__(self) -> None:
        if not self.weight > 0 or not self.prior_functions >= 0:
            raise ValueError("weight must be positive and prior_functions not negative")

    def evidence(self, logits: Sequence[float]) -> list[float]:
        """What the others add to the logit of each of these functions, given the own ``logits`` of all of them.

        In logits too; empty unless there are at least two functions. The order does not affect the sums.
        """
        if len(logits) < 2:
            return []
        evidence = [logit - self.neutral for logit in logits]
        total = math.fsum(evidence)
        share = self.weight / (len(evidence) - 1 + self.prior_functions)
        return [share * (total - logit) for logit in evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(ManifestEntry):
    """What neighbours add to a function's logit, and the ``scale`` that reads the sum.

    ``file`` is the rule for the other functions of its file, ``commit`` the one for those of its commit; the scale is
    for functions that have neighbours by every rule that is set. A neighbour in both the same commit and the same file
    counts twice, as in calibration. A function's commit is the one that wrote all its lines; a commit that merely
    touched it does not count here.
    """

    file: NeighbourRule | None = None
    commit: NeighbourRule | None = None
    scale: Scale = field(metadata=FLAT)

    def __post_init__(self) -> None:
        if self.file is None and self.commit is None:
            raise ValueError("a context needs a rule for the file or the commit")


@dataclass(frozen=True, slots=True)
class PooledRule(ManifestEntry):
    """How the logits of functions that belong together are combined into one verdict.

    A function is weighted by its non-blank lines. The mean is shrunk as if there were ``prior_lines`` more lines with
    logit ``prior_logit``, so that few, short functions remain nearly undecided. ``scale`` reads the pooled logit just
    as other scales read a function's.
    """

    prior_lines: float
    prior_logit: float
    fewest_functions: int
    scale: Scale = field(metadata=FLAT)

    def __post_init__(self) -> None:
        if not self.prior_lines >= 0 or self.fewest_functions < 1:
            raise ValueError("prior_lines must not be negative, and fewest_functions at least 1")

    def pooled(self, functions: Iterable[tuple[float, int]]) -> float:
        """One logit, from each function's logit and :func:`counted_lines`; their order does not matter."""
        return pooled_logit(functions, self.prior_lines, self.prior_logit)

    def verdict(self, functions: Sequence[tuple[float, int, str]]) -> PooledVerdict:
        """The verdict on functions that each have a verdict, or none if they are too few.

        They are given, in any order, as their logit, :func:`counted_lines` and model language. The language with the
        most lines determines the shares.
        """
        if len(functions) < self.fewest_functions:
            return PooledVerdict.without(PooledReason.TOO_FEW_FUNCTIONS, len(functions))
        logit = self.pooled((logit, lines) for logit, lines, _ in functions)
        language = main_language((language, lines) for _, lines, language in functions)
        return PooledVerdict(logit=logit, functions=len(functions), **self.scale.read(logit, language))


def pooled_logit(functions: Iterable[tuple[float, int]], prior_lines: float, prior_logit: float) -> float:
    """Mean logit weighted by lines, shrunk towards ``prior_logit`` as if by ``prior_lines`` more lines.

    Without functions and without prior lines it is ``prior_logit``.
    """
    # Sorted, so that not even the last bit depends on the order.
    known = sorted(functions)
    lines = prior_lines + sum(count for _, count in known)
    if lines <= 0:
        return prior_logit
    return (prior_lines * prior_logit + sum(logit * count for logit, count in known)) / lines


def counted_lines(code: str) -> int:
    """Number of non-blank lines of a function, which is its weight among others."""
    return sum(map(bool, map(str.strip, code.replace("\r", "\n").split("\n"))))


def main_language(functions: Iterable[tuple[str, int]]) -> str:
    """The language with the most lines, from each function's language and :func:`counted_lines`.

    Ties go to the first language by name, so that the order of functions does not matter.
    """
    lines: Counter[str] = Counter()
    for language, count in functions:
        lines[language] += count
    return min(lines, key=lambda language: (-lines[language], language))


@dataclass(frozen=True, slots=True)
class Calibration(ManifestEntry):
    """The result of calibration on repositories that the model had not seen.

    ``alone`` reads the logit of a function's own text. Functions with fewer than ``min_lines`` non-blank lines, fewer
    than ``min_characters`` non-blank characters, or more than ``max_lines`` non-blank lines, of which calibration had
    none, get no verdict. ``file_context`` is the rule for functions with others in their file, ``file`` the one for
    whole files; None in a bundle without such a rule, as for all that follow. ``commit`` is the rule for whole commits,
    ``commit_context`` the one for functions with others in their commit, ``file_and_commit_context`` the one for
    functions with others in both. ``past`` is the rule for functions of a project with old ones, and ``with_past`` the
    calibration of their logits, to which the past has added; a bundle has both or neither. ``reference`` and
    ``with_reference`` are the same for functions of which the project's reference says something, on top of the past.
    """

    alone: Scale
    min_lines: int
    min_characters: int
    max_lines: int
    file_context: Context | None = None
    file: PooledRule | None = None
    commit: PooledRule | None = None
    commit_context: Context | None = None
    file_and_commit_context: Context | None = None
    past: PastRule | None = None
    with_past: "Calibration | None" = None
    reference: ReferenceRule | None = None
    with_reference: "Calibration | None" = None

    def __post_init__(self) -> None:
        contexts = (self.file_context, self.commit_context, self.file_and_commit_context)
        for context, expected in zip(contexts, ((True, False), (False, True), (True, True)), strict=True):
            if context is not None and (context.file is not None, context.commit is not None) != expected:
                raise ValueError("a context has rules for something else than its name says")
        if (self.past is None) != (self.with_past is None):
            raise ValueError("a rule for the past needs a calibration with it, and the other way round")
        if (self.reference is None) != (self.with_reference is None) or (self.reference and not self.past):
            raise ValueError(
                "a rule for a reference needs a calibration with it and a past, and the other way round"
            )
