"""One verdict on functions that belong together, such as those of a file or commit, by a rule with few parameters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from codeorigin.model.calibration.scale import Scale
from codeorigin.model.verdict import Band


@dataclass(frozen=True, slots=True)
class PooledVerdict:
    """A calibrated estimate about functions taken together.

    ``functions`` is the number of functions with individual verdicts that were, or would have been, taken together.
    ``logit`` is the pooled logit (:meth:`PooledRule.pooled`), ``probability`` the sigmoid of the temperature-scaled
    logit. The other figures are those of a function's :class:`~codeorigin.model.verdict.Verdict`, for files or commits.
    Figures are None if there is no verdict.
    """

    probability: float | None
    logit: float | None
    band: Band | None
    functions: int
    human_share: float | None = None
    llm_share: float | None = None
    llm_threshold: float | None = None
    human_threshold: float | None = None
    language: str | None = None


Kind = TypeVar("Kind", bound=PooledVerdict)


@dataclass(frozen=True, slots=True)
class PooledRule:
    """How the logits of functions that belong together are combined into one verdict.

    A function is weighted by its non-blank lines. The mean is shrunk as if there were ``prior_lines`` more lines with
    logit ``prior_logit``, so that few, short functions remain nearly undecided. ``scale`` reads the pooled logit just
    as other scales read a function's.
    """

    prior_lines: float
    prior_logit: float
    fewest_functions: int
    scale: Scale

    def __post_init__(self) -> None:
        if not self.prior_lines >= 0 or self.fewest_functions < 1:
            raise ValueError("prior_lines must not be negative, and fewest_functions at least 1")

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_manifest` writes; KeyError, TypeError or ValueError if it is broken."""
        return cls(
            prior_lines=float(entry["prior_lines"]),
            prior_logit=float(entry["prior_logit"]),
            fewest_functions=int(entry["fewest_functions"]),
            scale=Scale.from_manifest(entry),
        )

    def to_manifest(self) -> dict[str, Any]:
        """The entry that :meth:`from_manifest` reads."""
        return {
            "prior_lines": self.prior_lines,
            "prior_logit": self.prior_logit,
            "fewest_functions": self.fewest_functions,
            **self.scale.to_manifest(),
        }

    def pooled(self, functions: Iterable[tuple[float, int]]) -> float:
        """One logit, from each function's logit and :func:`counted_lines`; their order does not matter."""
        return pooled_logit(functions, self.prior_lines, self.prior_logit)

    def judge_as(self, kind: type[Kind], functions: Sequence[tuple[float, int]], language: str) -> Kind:
        """The verdict of type ``kind`` on functions that each have a verdict, however few.

        Args:
            kind: the class of the verdict.
            functions: logit and :func:`counted_lines` of each, in any order.
            language: the language whose shares apply; :func:`main_language` if there are several.
        """
        logit = self.pooled(functions)
        return kind(logit=logit, functions=len(functions), **self.scale.read(logit, language))


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

    Raises:
        ValueError: there are no functions.
    """
    lines: dict[str, int] = {}
    for language, count in functions:
        lines[language] = lines.get(language, 0) + count
    if not lines:
        raise ValueError("no functions, no language")
    return min(lines, key=lambda language: (-lines[language], language))
