"""Agent Trace 0.1 (agent-trace.dev): JSON records of who wrote which lines, in files of the repository or in notes.

The specification leaves open where they are kept: its reference implementation writes ``.agent-trace/traces.jsonl``,
other tools notes in ``refs/notes/agent-trace``. The lines of a note are counted in the commit that it is on.
By the specification ``vcs.revision`` is the commit in which the lines are counted; the reference implementation writes
the commit on top of which the lines were edited. So a record counts for both, and for the latter's children.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from codeorigin.records.record import (
    CommitRecords,
    Record,
    RecordedLines,
    RecordSource,
    Strength,
    WrittenBy,
    WrongRecordError,
    inside,
    label,
    line_numbers,
)

FOLDER = ".agent-trace"
REF = "refs/notes/agent-trace"
_BY = {"ai": WrittenBy.AGENT, "human": WrittenBy.PERSON, "mixed": WrittenBy.MIXED}
_DIGEST = re.compile(r"sha256:([0-9a-f]{16,64})")
_NOBODY = frozenset({"unknown", "none", ""})
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class AgentTrace:
    """A record: the commit that it names, and what it says."""

    revision: str
    records: CommitRecords


def split_records(content: bytes) -> list[bytes]:
    """The records of a file or a note: its lines, or all of it if that is one record on several lines."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # PowerShell writes UTF-16
        content = content.decode("utf-16", "replace").encode("utf-8", "replace")
    content = content.removeprefix(b"\xef\xbb\xbf")
    lines = content.split(b"\n")
    is_one = lines[0].strip() == b"{" and content.rstrip().endswith(b"\n}")
    return [content] if is_one else lines


def read_agent_trace(line: bytes, root: Path | None = None, *, noted: str | None = None) -> AgentTrace:
    """A record of a file; or of the note on the commit ``noted``, which it need not name.

    ``root`` is the top of the working tree, which a ``file://`` address may lead to.

    Raises:
        WrongRecordError: ``line`` is no such record.
    """
    try:
        trace = json.loads(line.decode("utf-8", "replace"))
        revision = noted or trace["vcs"]["revision"]
        tool = label((trace.get("tool") or {}).get("name"))
        found: dict[str, list[RecordedLines]] = {}
        for file in trace["files"]:
            found.setdefault(_path(str(file["path"]), root), []).extend(_ranges(file["conversations"], tool))
    except (ValueError, RecursionError):
        raise WrongRecordError("no JSON") from None
    except (KeyError, TypeError, AttributeError):
        raise WrongRecordError("no vcs.revision and files with ranges") from None
    if not isinstance(revision, str) or not _COMMIT.fullmatch(revision.lower()):
        raise WrongRecordError("a vcs.revision that is no commit")
    return AgentTrace(revision.lower(), CommitRecords(lines=found))


def read_agent_trace_note(content: bytes) -> CommitRecords:
    """What a note says of its commit, in one record or several.

    Raises:
        WrongRecordError: one of them is no such record.
    """
    found: dict[str, list[RecordedLines]] = {}
    for record in filter(bytes.strip, split_records(content)):
        for path, ranges in read_agent_trace(record, noted="0" * 40).records.lines.items():
            found.setdefault(path, []).extend(ranges)
    return CommitRecords(lines=found)


def _path(written: str, root: Path | None) -> str:
    """A path as git writes it."""
    if written.lower().startswith("file:"):
        host, slash, rest = unquote(written[5:]).removeprefix("//").partition("/")
        place = PurePosixPath(slash + rest)
        top = None if root is None else PurePosixPath("/" + root.as_posix().lstrip("/"))
        if host not in {"", "localhost"} or top is None or not place.is_relative_to(top):
            raise WrongRecordError("a path that leads outside of the repository")
        written = place.relative_to(top).as_posix()
    elif "://" in written:
        raise WrongRecordError("a path that is the address of no file")
    # Tools on Windows write its separator.
    path = inside(written.replace("\\", "/"))
    return PurePosixPath(path).as_posix()


def _ranges(conversations: list[dict[str, Any]], tool: str | None) -> Iterator[RecordedLines]:
    for conversation in conversations:
        for written in conversation["ranges"]:
            contributor = written.get("contributor") or conversation.get("contributor") or {}
            kind = str(contributor.get("type") or "").strip().lower()
            by = _BY.get(kind)
            if by is None and kind not in _NOBODY:
                raise WrongRecordError("a contributor of no known type")
            first, last = line_numbers(written["start_line"], written["end_line"])
            if by is not None:
                named = by is not WrittenBy.PERSON
                model = label(contributor.get("model_id")) if named else None
                digest = _DIGEST.fullmatch(str(written.get("content_hash")))
                record = Record(RecordSource.AGENT_TRACE, by, Strength.LINES, tool if named else None, model)
                yield RecordedLines(first, last, record, None if digest is None else digest[1])
