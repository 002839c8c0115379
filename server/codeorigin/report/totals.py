"""What the report on a check says besides single findings: columns, the rule for scanning services, and the totals."""

from codeorigin.analysis.report import Summary
from codeorigin.model.verdict import Band, Limits
from codeorigin.report import CAVEAT
from codeorigin.report.figures import counted, percent
from codeorigin.report.functions import short_reason

TEXT_COLUMNS = ("prob.", "verdict", "file and lines", "function")
HTML_COLUMNS = ("Function", "Lines", "Verdict")
PAGE_NOTE = (
    "Files with the most findings first. The strongest findings open their code; the colour of a line is its evidence, "
    "towards an LLM or towards a person. For any other function: codeorigin explain FILE:LINE."
)

RULE = "A function that reads like LLM-written code"
RULE_DESCRIPTION = (
    f"The model estimates how likely a function was written by a large language model. {CAVEAT}"
)
RULE_HELP = (
    "Run 'codeorigin explain FILE:LINE' to see which lines made the model think so. Human-written code can be reported, "
    "and much LLM-written code is not. Use a finding to decide where to look twice, never to judge anybody. A comment "
    "'codeorigin: ignore' above the function hides it; 'codeorigin check --baseline FILE --update-baseline' accepts all."
)
RULE_HELP_MARKDOWN = RULE_HELP.replace("'", "`")

PROJECT_PAGE = "https://github.com/OWNER/codeorigin"
RULE_PAGE = f"{PROJECT_PAGE}/blob/main/docs/quality.md"


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


def run_phrases(summary: Summary, limits: Limits) -> list[str]:
    """What was read, by which threshold, how fast, and with how much memory."""
    without = f" ({summary.without_functions:,} without)" if summary.without_functions else ""
    phrases = [
        f"{counted(summary.functions, 'function')} in {counted(summary.files, 'file')}{without}",
        f"{counted(summary.findings, 'finding')} at {_threshold(limits)}",
    ]
    rate = summary.functions_per_second
    if rate is not None:
        phrases.append(f"{rate:,.0f} functions/s" if rate >= 10 else f"{rate:.1f} functions/s")
    if summary.peak_memory_bytes is not None:
        phrases.append(f"peak memory {summary.peak_memory_bytes / 2**20:,.0f} MiB")
    return phrases


def _threshold(limits: Limits) -> str:
    """The threshold that determines what is a finding."""
    if limits.threshold is not None:
        return f"threshold {limits.threshold:g}"
    if limits.false_positive_rate is not None:
        return f"false-positive rate {limits.false_positive_rate:g}"
    return "the model's threshold"


def accepted_sentence(added: int, dropped: int) -> str:
    """What an update of the accepted findings did: ``2 findings accepted, 1 entry dropped``."""
    gone = f"{dropped:,} entry" if dropped == 1 else f"{dropped:,} entries"
    return f"{counted(added, 'finding')} accepted, {gone} dropped"


def share_phrase(summary: Summary) -> str:
    """How much of the judged code is in findings: ``12 % of 340 lines with a verdict are in findings``."""
    share = percent(summary.finding_share) if summary.finding_lines else "0 %"
    return f"{share} of {counted(summary.lines, 'line')} with a verdict are in findings"
