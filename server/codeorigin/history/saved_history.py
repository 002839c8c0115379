"""Read back a history that was saved as JSON, to render it again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from codeorigin.cli.terminal import printable
from codeorigin.history.formats.report import HistoryReport, LeftOut
from codeorigin.history.results import (
    UNREADABLE,
    CommitDetails,
    CommitResult,
    DetailedFunction,
    Part,
)
from codeorigin.model.verdict import Band, Verdict

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_LARGEST = 2**53
"""Maximum value of a count, because drawings convert counts to floating-point numbers."""


def is_history(data: Any) -> bool:
    """Whether the values of a JSON file look like a history."""
    return isinstance(data, dict) and {"commits", "months"} <= data.keys()


def history_report(data: Mapping[str, Any]) -> HistoryReport:
    """The history in values that follow ``history.schema.json``; its functions have no lines.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, OverflowError: the values are something else.
    """
    results = [_commit(each) for each in data["commits"]]
    by_name = {each.commit: each for each in results}
    details = {
        found.result.commit: found for found in (_details(each, by_name) for each in data["standing_out"])
    }
    summary = data["summary"]
    unreadable = sum(each.reason == UNREADABLE for each in results)

    def of(some: Sequence[CommitResult], *, with_lines: bool) -> Iterator[CommitDetails]:
        return (details.get(each.commit) or CommitDetails(each, (), 0) for each in some)

    return HistoryReport(
        version=str(data["version"]),
        model=str(data["model"]),
        results=iter(results),
        left_out=LeftOut(
            _count(summary["merges"]),
            _count(summary["cut_off"]),
            _count(int(summary["unreadable"]) - unreadable),
        ),
        details=of,
        name=str(data["repository"]),
        since=_text(data["since"]),
        until=_text(data["until"]),
        by="month",
    )


def _commit(data: Mapping[str, Any]) -> CommitResult:
    return CommitResult(
        commit=_commit_id(data["commit"]),
        seconds=int(datetime.fromisoformat(data["date"]).timestamp()),
        functions=_count(data["functions"]),
        written=_count(data["written"]),
        lines=_count(data["lines"]),
        logit=_number(data["logit"]),
        probability=_number(data["probability"]),
        band=_band(data["band"]),
        reason=_text(data["reason"]),
        human_share=_number(data["human_share"]),
        parts=tuple(_part(each) for each in data["parts"]),
        unread=_count(data["unread"]),
        missing=_count(data["missing"]),
        declared=tuple(printable(str(each)) for each in data["declared"]),
    )


def _part(data: Mapping[str, Any]) -> Part:
    return Part(
        str(data["folder"]),
        printable(str(data["language"])),
        *(_count(data[name]) for name in ("functions", "human", "unsure", "llm")),
    )


def _details(data: Mapping[str, Any], commits: Mapping[str, CommitResult]) -> CommitDetails:
    functions = tuple(
        DetailedFunction(
            name=str(each["name"]),
            path=str(each["path"]),
            first=_count(each["first"]),
            last=_count(each["last"]),
            written=bool(each["written"]),
            verdict=Verdict(_number(each["probability"]), None, _band(each["band"])),
        )
        for each in data["functions"]
    )
    return CommitDetails(commits[data["commit"]], functions, _count(data["more"]))


def _commit_id(value: str) -> str:
    if not _COMMIT.fullmatch(value):
        raise ValueError("no commit")
    return value


def _count(value: float) -> int:
    count = int(value)
    if not 0 <= count <= _LARGEST:
        raise ValueError("no count")
    return count


def _band(value: str | None) -> Band | None:
    return None if value is None else Band(value)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)
