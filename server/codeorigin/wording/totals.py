"""The totals of a check in words."""

from codeorigin.analysis.report import Summary
from codeorigin.model.limits import Limits
from codeorigin.wording.figures import counted, percent, percent_as_given


def threshold_phrase(limits: Limits) -> str:
    """The threshold that determines what is a finding."""
    if limits.threshold is not None:
        return f"threshold {limits.threshold:g}"
    if limits.false_positive_rate is not None:
        return f"false-positive rate {limits.false_positive_rate:g}"
    return "the model's threshold"


def memory_phrase(peak_memory_bytes: int | None) -> str | None:
    """Peak memory in MiB, or None if it is not known."""
    return None if peak_memory_bytes is None else f"peak memory {peak_memory_bytes / 2**20:,.0f} MiB"


def summary_phrases(summary: Summary, limits: Limits) -> list[str]:
    """How much was read, what was found, how fast."""
    bands = ", ".join(f"{count:,} {band.value}" for band, count in summary.bands.items())
    phrases = [
        _read(summary),
        f"{summary.scored:,} with a verdict ({bands})",
        f"{counted(summary.findings, 'finding')} at {threshold_phrase(limits)}",
    ]
    if summary.accepted:
        phrases.append(f"{summary.accepted:,} accepted")
    if judged := sum(summary.file_bands.values()):
        file_bands = ", ".join(f"{count:,} {band.value}" for band, count in summary.file_bands.items())
        phrases.append(f"{counted(judged, 'file')} judged as a whole ({file_bands})")
    if summary.errors:
        phrases.append(counted(summary.errors, "error"))
    if summary.skipped:
        phrases.append(f"{summary.skipped:,} skipped")
    rate = summary.functions_per_second
    if rate is not None:
        phrases.append(f"{rate:,.0f} functions/s" if rate >= 10 else f"{rate:.1f} functions/s")
    memory = memory_phrase(summary.peak_memory_bytes)
    if memory is not None:
        phrases.append(memory)
    return phrases


def _read(summary: Summary) -> str:
    if summary.without_functions and summary.without_functions == summary.files:
        return f"no function found in {counted(summary.files, 'file')}"
    without = f" ({summary.without_functions:,} without)" if summary.without_functions else ""
    return f"{counted(summary.functions, 'function')} in {counted(summary.files, 'file')}{without}"


def accepted_sentence(added: int, dropped: int) -> str:
    """What an update of the accepted findings did: ``2 findings accepted, 1 entry dropped``."""
    gone = f"{dropped:,} entry" if dropped == 1 else f"{dropped:,} entries"
    return f"{counted(added, 'finding')} accepted, {gone} dropped"


def share_sentence(summary: Summary, limit: float) -> str:
    """How the share of lines in findings compares with the allowed share."""
    how = "more than" if summary.finding_share > limit else "not more than"
    lines = counted(summary.lines, "line")
    return (
        f"{summary.finding_lines:,} of {lines} with a verdict are in findings: {_share(summary)}, "
        f"{how} the {percent_as_given(limit)} of --fail-on-share"
    )


def share_phrase(summary: Summary) -> str:
    """How much of the judged code is in findings: ``12 % of 340 lines with a verdict are in findings``."""
    return f"{_share(summary)} of {counted(summary.lines, 'line')} with a verdict are in findings"


def badge_message(summary: Summary) -> str:
    """The share on a badge: ``12 % of lines``."""
    return f"{_share(summary)} of lines" if summary.lines else "no verdict"


def _share(summary: Summary) -> str:
    return percent(summary.finding_share) if summary.finding_lines else "0 %"
