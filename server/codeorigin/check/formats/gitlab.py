"""The report in GitLab's code quality format, with one entry per finding."""

import hashlib
from collections import Counter
from typing import Any

from codeorigin.check.inputs import path_in_repository
from codeorigin.check.result import CheckResult
from codeorigin.report.functions import finding_sentence
from codeorigin.report.values import indented
from codeorigin.text.literal_text import plain_message

CHECK_NAME = "codeorigin/llm-written"


def to_list(result: CheckResult) -> list[dict[str, Any]]:
    """The findings in GitLab's format. A fingerprint is stable while the function's text and path are."""
    entries = []
    met: Counter[str] = Counter()
    for file, function in result.findings():
        path = path_in_repository(file.path)
        key = f"{path}\0{function.function_id}"
        met[key] += 1
        first, last = file.place(function)
        entries.append(
            {
                "type": "issue",
                "description": plain_message(finding_sentence(function, file.cell_number)),
                "check_name": CHECK_NAME,
                "fingerprint": hashlib.sha256(
                    f"{key}\0{met[key]}".encode("utf-8", "surrogatepass")
                ).hexdigest(),
                "severity": "info",
                "categories": ["Style"],
                "location": {"path": path, "lines": {"begin": first, "end": last}},
            }
        )
    return entries


def render(result: CheckResult) -> str:
    """One ASCII JSON array with a final newline."""
    return indented(to_list(result), 1)
