"""The report in GitLab's code quality format, with one entry per finding."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from codeorigin.check.formats.listed import Listed, listed_findings
from codeorigin.check.result import CheckResult
from codeorigin.report.values import indented_pieces
from codeorigin.text.literal_text import plain_message

CHECK_NAME = "codeorigin/likely-llm"


def parts(result: CheckResult) -> Iterator[str]:
    """One ASCII JSON array with a final newline. A fingerprint is stable while the function's text and path are."""
    return indented_pieces([_entry(finding) for finding in listed_findings(result)], 1)


def _entry(finding: Listed) -> dict[str, Any]:
    key = f"{finding.path}\0{finding.function.function_id}\0{finding.number}"
    return {
        "type": "issue",
        "description": plain_message(finding.message),
        "check_name": CHECK_NAME,
        "fingerprint": sha256(key.encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": "info",
        "categories": ["Style"],
        "location": {"path": finding.path, "lines": {"begin": finding.first, "end": finding.last}},
    }
