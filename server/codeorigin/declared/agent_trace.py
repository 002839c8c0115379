"""Agent Trace 0.1 (agent-trace.dev): JSON records of who wrote which lines, kept in files of the repository.

The specification leaves open where they are kept: its reference implementation writes ``.agent-trace/traces.jsonl``.
By the specification ``vcs.revision`` is the commit in which the lines are counted; the reference implementation writes
the commit on top of which the lines were edited. So a record counts for both, and for the latter's children, unless
it was written here: then its metadata says under ``codeorigin`` that the revision is ``exact``, and whether the commit
was ``tracked``.
"""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from codeorigin.declared.records import (
    CommitRecords,
    Record,
    RecordedLines,
    RecordSource,
    Strength,
    WrittenBy,
    WrongRecordError,
    counted,
    inside,
    label,
    line_numbers,
)
from codeorigin.text.literal_text import literal_json

FOLDER = ".agent-trace"
_VENDOR = "codeorigin"
_BY = {"ai": WrittenBy.AGENT, "human": WrittenBy.PERSON, "mixed": WrittenBy.MIXED}
_DIGEST = re.compile(r"sha256:([0-9a-f]{16,64})")
_CONTRIBUTOR = {by: name for name, by in _BY.items()}
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LATEST = 253_402_300_799
"""The last second of the year 9999, since 1970."""


@dataclass(frozen=True, slots=True)
class AgentTrace:
    """A record: the commit that it names, and what it says.

    ``is_exact``: lines are counted in that commit, not in one on top of it.
    """

    revision: str
    records: CommitRecords
    is_exact: bool


def read_agent_trace(line: bytes) -> AgentTrace:
    """A line of a file of records.

    Raises:
        WrongRecordError: ``line`` is no such record.
    """
    try:
        trace = json.loads(line.decode("utf-8", "replace"))
        revision = trace["vcs"]["revision"]
        tool = label((trace.get("tool") or {}).get("name"))
        found: dict[str, list[RecordedLines]] = {}
        count = 0
        for file in trace["files"]:
            ranges = counted(_ranges(file["conversations"], tool), count)
            # Tools on Windows write its separator.
            found.setdefault(inside(str(file["path"]).replace("\\", "/")), []).extend(ranges)
            count += len(ranges)
        details = (trace.get("metadata") or {}).get(_VENDOR) or {}
        is_exact, is_tracked = details.get("exact") is True, details.get("tracked") is True
    except (ValueError, RecursionError):
        raise WrongRecordError("no JSON") from None
    except (KeyError, TypeError, AttributeError):
        raise WrongRecordError("no vcs.revision and files with ranges") from None
    if not isinstance(revision, str) or not _COMMIT.fullmatch(revision):
        raise WrongRecordError("a vcs.revision that is no commit")
    return AgentTrace(revision, CommitRecords(lines=found, is_tracked=is_tracked), is_exact)


def _ranges(conversations: list[dict[str, Any]], tool: str | None) -> Iterator[RecordedLines]:
    for conversation in conversations:
        for written in conversation["ranges"]:
            contributor = written.get("contributor") or conversation.get("contributor") or {}
            by = _BY.get(str(contributor.get("type")))
            first, last = line_numbers(written["start_line"], written["end_line"])
            if by is not None:
                named = by is not WrittenBy.PERSON
                model = label(contributor.get("model_id")) if named else None
                digest = _DIGEST.fullmatch(str(written.get("content_hash")))
                record = Record(RecordSource.AGENT_TRACE, by, Strength.LINES, tool if named else None, model)
                yield RecordedLines(first, last, record, None if digest is None else digest[1])


def holds(path: str) -> bool:
    """Whether a record can hold ``path``: a backslash is read as the separator of Windows."""
    return "\\" not in path


def write_agent_traces(commit: str, seconds: int, records: CommitRecords) -> Iterator[str]:
    """Yield the lines of a file that says of a commit what ``records`` say: one for each tool.

    An agent of the commit as a whole has one without files, because ranges would say more than is known. The same
    records give the same text. ``seconds`` is the commit's time.
    """
    files: dict[str | None, dict[str, dict[Record, list[RecordedLines]]]] = {}
    for path, ranges in records.lines.items():
        for lines in ranges:
            by_record = files.setdefault(lines.record.tool, {}).setdefault(path, {})
            by_record.setdefault(lines.record, []).append(lines)
    models = {record.tool: record.model for record in records.whole}
    for tool in dict.fromkeys([*files, *models]) or [None]:
        details: dict[str, Any] = {"exact": True, "tracked": records.is_tracked}
        if tool not in files and models.get(tool) is not None:
            details["model_id"] = models[tool]
        yield _written(commit, seconds, tool, files.get(tool, {}), details)


def _written(
    commit: str,
    seconds: int,
    tool: str | None,
    files: dict[str, dict[Record, list[RecordedLines]]],
    details: dict[str, Any],
) -> str:
    time = datetime.fromtimestamp(min(max(seconds, 0), _LATEST), UTC)
    listed = [
        {"path": path, "conversations": [_conversation(*item) for item in by_record.items()]}
        for path, by_record in files.items()
    ]
    values = {
        "version": "0.1.0",
        "timestamp": f"{time:%Y-%m-%dT%H:%M:%SZ}",
        "vcs": {"type": "git", "revision": commit},
        **({} if tool is None else {"tool": {"name": tool}}),
        "files": listed,
        "metadata": {_VENDOR: details},
    }
    values["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(values)))
    return literal_json(json.dumps(values))


def _conversation(record: Record, ranges: list[RecordedLines]) -> dict[str, Any]:
    contributor = {"type": _CONTRIBUTOR[record.by]}
    if record.model is not None:
        contributor["model_id"] = record.model
    places = [{"start_line": lines.first, "end_line": lines.last} for lines in ranges]
    return {"contributor": contributor, "ranges": places}
