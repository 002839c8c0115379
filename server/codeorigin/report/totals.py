"""The totals of a check in sentences."""

from codeorigin.analysis.report import Summary
from codeorigin.model.verdict import Band
from codeorigin.report.figures import counted
from codeorigin.report.functions import short_reason


def summary_sentences(summary: Summary) -> list[str]:
    """What was found among the functions, and why the others were not judged; one sentence if nothing was found.

    ``3,346 of 5,963 functions look LLM-written; 2,611 unsure, 6 human.`` ``766 not judged (600 too short, 166 nested).``
    """
    llm, unsure, human = (summary.bands[band] for band in (Band.LLM, Band.UNSURE, Band.HUMAN))
    moved = [f"{summary.moved:,} moved."] if summary.moved else []
    left = [*_not_judged(summary), *moved, *_not_checked(summary)]
    if not summary.scored:
        return [" ".join([*_nothing_judged(summary), *left]) or "Nothing to check."]
    functions = counted(summary.scored, "function")
    others = f"{unsure:,} unsure, {human:,} human."
    if not llm:
        return [" ".join([f"None of {functions} looks LLM-written; {others}", *left])]
    looks = "looks" if llm == 1 else "look"
    found = f"{llm:,} of {functions} {looks} LLM-written"
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
