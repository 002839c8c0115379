"""The words and figures that all reports share."""

from codeorigin.cli.check_result import CheckResult
from codeorigin.model.file_verdict import FileReason, FileVerdict
from codeorigin.model.verdict import Reason, Verdict
from codeorigin.phrases import own_text
from codeorigin.report import FunctionReport

REASONS: dict[Reason, str] = {
    Reason.TOO_SHORT: "too short",
    Reason.NESTED: "nested",
    Reason.GENERATED: "generated file",
    Reason.MINIFIED: "minified",
    Reason.UNSUPPORTED_LANGUAGE: "language not supported",
    Reason.IGNORED: "ignored",
}

FILE_REASONS: dict[FileReason, str] = {
    FileReason.TOO_FEW_FUNCTIONS: "too few functions",
    FileReason.GENERATED: "generated file",
    FileReason.MINIFIED: "minified",
    FileReason.IGNORED: "ignored",
}

CAVEAT = "A probability is an estimate from style, not proof of who wrote the code."


def verdict_word(verdict: Verdict | FileVerdict) -> str:
    """The band, or in its place why there is none."""
    if verdict.band is not None:
        return verdict.band.value
    if isinstance(verdict, FileVerdict):
        return FILE_REASONS[verdict.reason] if verdict.reason is not None else "no verdict"
    return REASONS[verdict.reason] if verdict.reason is not None else "no verdict"


def probability_word(verdict: Verdict | FileVerdict) -> str:
    """The probability with two decimals, or a dash. 0.995 and more is ``>0.99``: never a certain 1.00."""
    probability = verdict.probability
    if probability is None:
        return "-"
    if probability >= 0.995:
        return ">0.99"
    return "<0.01" if probability < 0.005 else f"{probability:.2f}"


def percent(share: float) -> str:
    """A share as a percentage with as many digits as say something: ``<0.01 %``, ``0.4 %``, ``12 %``."""
    if share < 0.0001:
        return "<0.01 %"
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.0f} %"


def plural(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def threshold_phrase(result: CheckResult) -> str:
    """Which threshold made the findings."""
    return "the model's threshold" if result.threshold is None else f"threshold {result.threshold:g}"


def finding_sentence(function: FunctionReport) -> str:
    """One sentence on a finding, for reports that carry a message: no line ends, not escaped."""
    verdict = function.verdict
    name = function.span.qualified_name
    by_itself = own_text(verdict)
    # Its own text may read like a person's, and only its file make it a finding.
    reads = "reads" if by_itself is None else "reads in its file"
    sentence = f"'{name}' {reads} like LLM-written code: probability {probability_word(verdict)}"
    if verdict.human_share is not None:
        sentence += f"; {percent(verdict.human_share)} of people's functions score as high"
    return f"{sentence}. {CAVEAT}" if by_itself is None else f"{sentence}. {by_itself} {CAVEAT}"


def file_phrase(verdict: FileVerdict) -> str:
    """What was taken together: ``the file as a whole, 7 functions``."""
    return f"the file as a whole, {plural(verdict.functions, 'function')}"


def file_sentence(verdict: FileVerdict) -> str:
    """One sentence on a file in band ``llm``, for reports that carry a message: no line ends, not escaped."""
    sentence = (
        f"Taken together, {plural(verdict.functions, 'function')} of this file read like LLM-written code: "
        f"probability {probability_word(verdict)}"
    )
    if verdict.human_share is not None:
        sentence += f"; {percent(verdict.human_share)} of people's files score as high"
    return f"{sentence}. {CAVEAT}"


def memory_phrase(peak_memory_bytes: int | None) -> str | None:
    """Peak memory in MiB, or None where it is not known."""
    return None if peak_memory_bytes is None else f"peak memory {peak_memory_bytes / 2**20:,.0f} MiB"


def summary_phrases(result: CheckResult) -> list[str]:
    """The summary's parts: how much was read, what was found, how fast."""
    summary = result.summary
    bands = ", ".join(f"{count:,} {band.value}" for band, count in summary.bands.items())
    phrases = [
        f"{plural(summary.functions, 'function')} in {plural(summary.files, 'file')}",
        f"{summary.scored:,} with a verdict ({bands})",
        f"{plural(summary.findings, 'finding')} at {threshold_phrase(result)}",
    ]
    if judged := sum(summary.file_bands.values()):
        file_bands = ", ".join(f"{count:,} {band.value}" for band, count in summary.file_bands.items())
        phrases.append(f"{plural(judged, 'file')} judged as a whole ({file_bands})")
    if summary.errors:
        phrases.append(plural(summary.errors, "error"))
    if summary.skipped:
        phrases.append(f"{summary.skipped:,} skipped")
    rate = summary.functions_per_second
    if rate is not None:
        phrases.append(f"{rate:,.0f} functions/s" if rate >= 10 else f"{rate:.1f} functions/s")
    memory = memory_phrase(summary.peak_memory_bytes)
    if memory is not None:
        phrases.append(memory)
    return phrases
