"""The report in GitLab's code quality format, with one entry per finding."""

from collections import Counter
from hashlib import sha256
from typing import Any

from codeorigin.check.inputs import path_in_repository
from codeorigin.check.result import CheckResult
from codeorigin.report.functions import finding_sentence
from codeorigin.report.values import indented
from codeorigin.text.literal_text import plain_message

CHECK_NAME = "codeorigin/likely-llm"


def render(result: CheckResult) -> str:
    """One ASCII JSON array with a final newline. A fingerprint is stable while the function's text and path are."""
    entries: list[dict[str, Any]] = []
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
                "fingerprint": sha256(f"{key}\0{met[key]}".encode("utf-8", "surrogatepass")).hexdigest(),
                "severity": "info",
                "categories": ["Style"],
                "location": {"path": path, "lines": {"begin": first, "end": last}},
            }
        )
    return indented(entries, 1)
