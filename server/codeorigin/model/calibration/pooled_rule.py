"""One verdict on functions that belong together, such as those of a file or commit, by a rule with few parameters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from codeorigin.model.calibration.manifest_entry import FLAT, ManifestEntry
from codeorigin.model.calibration.scale import Scale
from codeorigin.model.verdict import PooledReason, PooledVerdict


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

        Args:
            functions: logit, :func:`counted_lines` and model language of each, in any order. The language with the most
                lines determines the shares.
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

    Raises:
        ValueError: there are no functions.
    """
    lines: dict[str, int] = {}
    for language, count in functions:
        lines[language] = lines.get(language, 0) + count
    if not lines:
        raise ValueError("no functions, no language")
    return min(lines, key=lambda language: (-lines[language], language))
