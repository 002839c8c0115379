"""Writes the report of the action as one comment on the pull request, and updates that comment in later runs.

It needs nothing but Python, and the job's token with the permission ``pull-requests: write``. Whatever GitHub answers,
the step passes: a comment that could not be written is a warning.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

DEFAULT_NAME = "codeorigin"
TITLE = "## CodeOrigin"
"""The first line of the report."""
AUTHOR = "github-actions[bot]"
"""Who a job's token writes as. A comment of anybody else is never changed, whatever it begins with."""
_LONGEST = 60_000
"""Characters. GitHub takes 65,536."""
_MOST_PAGES = 30
_SECONDS = 20
_FORBIDDEN = " (the token may not write; a pull request from a fork never gets a comment)"


def _call(environment: Mapping[str, str], method: str, path: str, body: str | None = None) -> Any:
    data = None if body is None else json.dumps({"body": body}).encode("utf-8")
    asked = Request(
        f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}/issues/{path}",
        data,
        {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {environment['TOKEN']}",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
        method=method,
    )
    with urlopen(asked, timeout=_SECONDS) as answer:
        return json.load(answer)


def _comments(environment: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for page in range(1, _MOST_PAGES + 1):
        found = _call(environment, "GET", f"{environment['NUMBER']}/comments?per_page=100&page={page}")
        yield from found
        if len(found) < 100:
            return


def write_comment(environment: Mapping[str, str]) -> str:
    """Write, update or leave out the comment, and return what was done. Raises OSError, ValueError and LookupError."""
    report = Path(environment["SUMMARY"]).read_text("utf-8")
    if len(report) > _LONGEST:
        report = report[:_LONGEST].rpartition("\n")[0] + "\n\nThe rest is in the summary of the run."
    # It begins with the name of this use of the action, so that it is found again.
    name = environment["NAME"]
    mark = f"<!-- {name} -->"
    title = TITLE if name == DEFAULT_NAME else f"{TITLE}: {name}"
    body = f"{mark}\n{title}{report.removeprefix(TITLE)}"
    written = (
        comment["id"]
        for comment in _comments(environment)
        if comment["user"]["login"] == AUTHOR and str(comment["body"]).startswith(mark)
    )
    known = next(written, None)
    if known is not None:
        _call(environment, "PATCH", f"comments/{int(known)}", body)
        return "updated"
    if environment["FINDINGS"] != "true":
        return "not needed: there are no findings"
    _call(environment, "POST", f"{environment['NUMBER']}/comments", body)
    return "written"


def main() -> None:
    """Write the comment; what goes wrong is shown as a warning."""
    try:
        done = write_comment(os.environ)
    except HTTPError as error:
        why = _FORBIDDEN if error.code in (401, 403) else ""
        sys.stdout.write(f"::warning::CodeOrigin wrote no comment: GitHub answered {error.code}{why}\n")
    except (URLError, OSError, ValueError, LookupError, TypeError) as error:
        sys.stdout.write(f"::warning::CodeOrigin wrote no comment: {type(error).__name__}\n")
    else:
        sys.stdout.write(f"The comment was {done}.\n")


if __name__ == "__main__":
    main()
