"""The report for GitHub Actions: one workflow command per finding, shown as an annotation on its lines."""

from codeorigin.check.formats.listed import listed_findings, path_in_repository
from codeorigin.check.result import CheckResult, change_sentences, declared_line, disagreements
from codeorigin.report.declared import disagreement_sentence
from codeorigin.report.totals import summary_sentences
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


def render(result: CheckResult) -> str:
    """Workflow commands, then the summary as plain text.

    There are ``::notice`` lines for findings, ``::error`` lines for errors, and ``::warning`` lines for skipped files.
    """
    lines = [
        _command(
            "notice",
            finding.message,
            file=finding.path,
            line=finding.first,
            endLine=finding.last,
            title="Likely LLM",
        )
        for finding in listed_findings(result)
    ]
    lines += [
        _command("warning", error.message, file=path_in_repository(error.path), title="Not checked")
        if error.skipped
        else _command("error", error.message, file=path_in_repository(error.path), title="Problem")
        for error in result.errors
    ]
    lines += (f"CodeOrigin: {one_line(sentence.text)}" for sentence in change_sentences(result))
    lines.append(f"CodeOrigin: {' '.join(summary_sentences(result.summary))}")
    if (said := declared_line(result)) is not None:
        lines.append(f"CodeOrigin: {one_line(said)}")
    for kind, found in disagreements(result).items():
        lines.append(f"CodeOrigin: {disagreement_sentence(kind, len(found))}")
    return "\n".join(lines) + "\n"
