"""Agent Trace 0.1 (agent-trace.dev): JSON records of who wrote which lines, kept in files of the repository.

The specification leaves open where they are kept: its reference implementation writes ``.agent-trace/traces.jsonl``.
By the specification ``vcs.revision`` is the commit in which the lines are counted; the reference implementation writes
the commit on top of which the lines were edited. So a record counts for both, and for the latter's children.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
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

FOLDER = ".agent-trace"
_BY = {"ai": WrittenBy.AGENT, "human": WrittenBy.PERSON, "mixed": WrittenBy.MIXED}
_DIGEST = re.compile(r"sha256:([0-9a-f]{16,64})")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class AgentTrace:
    """A record: the commit that it names, and what it says."""

    revision: str
    records: CommitRecords


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
    except (ValueError, RecursionError):
        raise WrongRecordError("no JSON") from None
    except (KeyError, TypeError, AttributeError):
        raise WrongRecordError("no vcs.revision and files with ranges") from None
    if not isinstance(revision, str) or not _COMMIT.fullmatch(revision):
        raise WrongRecordError("a vcs.revision that is no commit")
    return AgentTrace(revision, CommitRecords(lines=found))


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
