"""The totals of a check, and what is said of them."""

from dataclasses import dataclass, field

from codeorigin.model.verdict import Band, Reason
from codeorigin.report.figures import counted
from codeorigin.report.verdicts import BAND_NAMES, LIKELY_LLM, short_reason


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals of one run. ``functions`` counts outermost functions, ``scored`` those with a verdict; neither counts
    those that the analysed change ``moved``.

    ``accepted`` counts functions that are not findings because they were accepted. ``reasons`` counts those without a
    verdict.
    ``without_functions`` counts the files in which no function was found, ``file_bands`` those that have a verdict as a
    whole. ``lines`` counts the non-blank lines of functions with a verdict, only the changed ones if a change was
    analysed; ``finding_lines`` counts those of findings.
    ``errors`` does not include ``skipped``. ``seconds`` is the time spent reading and analysing, without loading the
    model. ``peak_memory_bytes`` is None where the system does not report it.
    """

    files: int = 0
    without_functions: int = 0
    functions: int = 0
    moved: int = 0
    scored: int = 0
    findings: int = 0
    accepted: int = 0
    errors: int = 0
    skipped: int = 0
    bands: dict[Band, int] = field(default_factory=lambda: dict.fromkeys(Band, 0))
    reasons: dict[Reason, int] = field(default_factory=dict)
    file_bands: dict[Band, int] = field(default_factory=lambda: dict.fromkeys(Band, 0))
    lines: int = 0
    finding_lines: int = 0
    seconds: float = 0.0
    peak_memory_bytes: int | None = None

    @property
    def functions_per_second(self) -> float | None:
        """Functions per second; None if there was nothing to measure."""
        return self.functions / self.seconds if self.functions and self.seconds > 0 else None

    @property
    def finding_share(self) -> float:
        """Share of ``lines`` that are in findings; 0 if there are no lines."""
        return self.finding_lines / self.lines if self.lines else 0.0


def summary_sentences(summary: Summary) -> list[str]:
    """What was found among the functions, and why the others were not judged; one sentence if nothing was found.

    ``3,346 of 5,963 functions are likely LLM; 2,611 unsure, 6 human.`` ``766 not judged (600 too short, 166 nested).``
    """
    llm, unsure, human = (summary.bands[band] for band in (Band.LLM, Band.UNSURE, Band.HUMAN))
    moved = [f"{summary.moved:,} moved."] if summary.moved else []
    left = [*_not_judged(summary), *moved, *_not_checked(summary)]
    if not summary.scored:
        return [" ".join([*_nothing_judged(summary), *left]) or "Nothing to check."]
    functions = counted(summary.scored, "function")
    others = f"{unsure:,} {BAND_NAMES[Band.UNSURE]}, {human:,} {BAND_NAMES[Band.HUMAN]}."
    if not llm:
        return [" ".join([f"None of {functions} is {LIKELY_LLM}; {others}", *left])]
    found = f"{llm:,} of {functions} {'is' if llm == 1 else 'are'} {LIKELY_LLM}"
    if not summary.findings:
        return [" ".join([f"{found}, accepted; {others}", *left])]
    if summary.accepted:
        found += f", {summary.accepted:,} accepted"
    return [f"{found}; {others}", *([" ".join(left)] if left else [])]


def _nothing_judged(summary: Summary) -> list[str]:
    if summary.functions or summary.moved:
        return [f"No function to judge in {counted(summary.files, 'file')}."]
    return [f"No function found in {counted(summary.files, 'file')}."] if summary.files else []


def _not_judged(summary: Summary) -> list[str]:
    if not summary.reasons:
        return []
    several = len(summary.reasons) > 1
    why = ", ".join(
        f"{count:,} {short_reason(reason)}" if several else short_reason(reason)
        for reason, count in summary.reasons.items()
    )
    return [f"{sum(summary.reasons.values()):,} not judged ({why})."]


def _not_checked(summary: Summary) -> list[str]:
    failed = summary.errors + summary.skipped
    return [f"{counted(failed, 'file')} not checked."] if failed else []
