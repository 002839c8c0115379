"""The report for GitHub Actions: one workflow command per finding, shown as an annotation on its lines."""

from collections.abc import Iterator

from codeorigin.check.formats.listed import listed_findings, path_in_repository
from codeorigin.check.result import CheckResult, change_sentences, declared_line, disagreements
from codeorigin.report.declared import disagreement_sentence
from codeorigin.report.figures import capitalized
from codeorigin.report.totals import summary_sentences
from codeorigin.report.verdicts import LIKELY_LLM
from codeorigin.text.literal_text import one_line


def _data(text: str) -> str:
    """A message for the runner: percent signs are encoded, and control characters, like line endings, are escaped."""
    return one_line(text, starts_line=False).replace("%", "%25")


def _property(text: str) -> str:
    """A property value, where the characters that would end it are escaped too."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _command(kind: str, message: str, **properties: str | int) -> str:
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{kind} {listed}::{_data(message)}"


def parts(result: CheckResult) -> Iterator[str]:
    """Workflow commands, then the summary as plain text.

    There are ``::notice`` lines for findings, ``::error`` lines for errors, and ``::warning`` lines for skipped files.
    """
    return (f"{line}\n" for line in _lines(result))


def _lines(result: CheckResult) -> Iterator[str]:
    for finding in listed_findings(result):
        yield _command(
            "notice",
            finding.message,
            file=finding.path,
            line=finding.first,
            endLine=finding.last,
            title=capitalized(LIKELY_LLM),
        )
    for error in result.errors:
        kind, title = ("warning", "Not checked") if error.skipped else ("error", "Problem")
        yield _command(kind, error.message, file=path_in_repository(error.path), title=title)
    for sentence in change_sentences(result):
        yield f"CodeOrigin: {one_line(sentence.text)}"
    yield f"CodeOrigin: {' '.join(summary_sentences(result.summary))}"
    if (said := declared_line(result)) is not None:
        yield f"CodeOrigin: {one_line(said)}"
    for kind, found in disagreements(result).items():
        yield f"CodeOrigin: {disagreement_sentence(kind, len(found))}"
