"""Authorship logs of git-ai: notes that say which lines of a commit an agent wrote, and which a known person.

Format: the Git AI Standard 3.0.0 (github.com/git-ai-project/git-ai, ``specs``). Lines that a note does not list are
untracked, which is not the same as written by a person.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from codeorigin.records.record import (
    MOST_RANGES,
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

REF = "refs/notes/ai"
_SCHEMA = "authorship/3."
_ENTRY = re.compile(r"  (\S{1,100}) ([0-9,-]+)")


def read_git_ai(content: bytes) -> CommitRecords:
    """What a note says of its commit. Keys without metadata are left out, as git-ai does.

    An agent without a line of its own took part, which is a mention.

    Raises:
        WrongRecordError: the note is not in the format.
    """
    text = content.decode("utf-8", "replace")
    attested, divider, metadata = (
        ("", "---\n", text[4:]) if text.startswith("---\n") else text.partition("\n---\n")
    )
    if not divider:
        raise WrongRecordError("no line --- between lines and metadata")
    known = _metadata(metadata)
    found: dict[str, list[RecordedLines]] = {}
    ranges: list[RecordedLines] | None = None
    count = 0
    for line in attested.split("\n"):
        if not line.strip():
            continue
        if not line.startswith(" "):
            quoted = len(line) > 2 and line[0] == line[-1] == '"'
            ranges = found.setdefault(inside(line[1:-1] if quoted else line), [])
            continue
        entry = _ENTRY.fullmatch(line)
        if entry is None or ranges is None:
            raise WrongRecordError("a line that is neither a path nor a range of lines")
        record = known.get(entry[1].partition("::")[0])
        count += entry[2].count(",") + 1
        if count > MOST_RANGES:
            raise WrongRecordError(f"more than {MOST_RANGES:,} ranges of lines")
        if record is not None:
            ranges.extend(_ranges(entry[2], record))
    wrote = {lines.record for said in found.values() for lines in said}
    helped = (record for record in known.values() if record.by is WrittenBy.AGENT and record not in wrote)
    mentions = dict.fromkeys(replace(record, strength=Strength.MENTION) for record in helped)
    return CommitRecords(tuple(mentions), found, is_tracked=bool(found))


def _ranges(listed: str, record: Record) -> Iterator[RecordedLines]:
    for part in listed.split(","):
        first, _, last = part.partition("-")
        if not first.isdigit() or not (last or first).isdigit() or len(part) > 25:
            raise WrongRecordError("a range of lines that is none")
        yield RecordedLines(*line_numbers(int(first), int(last or first)), record)


def _metadata(text: str) -> dict[str, Record]:
    """What the keys of a note stand for: sessions and prompts for agents, humans for a person."""
    try:
        metadata = json.loads(text)
    except (ValueError, RecursionError):
        raise WrongRecordError("metadata that is no JSON") from None
    if not isinstance(metadata, dict) or not str(metadata.get("schema_version")).startswith(_SCHEMA):
        raise WrongRecordError(f"another schema than {_SCHEMA}x")
    known = {
        key: _agent(entry) for name in ("prompts", "sessions") for key, entry in _entries(metadata, name)
    }
    person = Record(RecordSource.GIT_AI, WrittenBy.PERSON, Strength.LINES)
    return known | {key: person for key, _ in _entries(metadata, "humans")}


def _entries(metadata: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    entries = metadata.get(name) or {}
    if not isinstance(entries, dict):
        raise WrongRecordError(f"{name} that are no object")
    return list(entries.items())


def _agent(entry: object) -> Record:
    agent = entry.get("agent_id") if isinstance(entry, dict) else None
    if not isinstance(agent, dict):
        raise WrongRecordError("a session without agent_id")
    tool, model = label(agent.get("tool")), label(agent.get("model"))
    return Record(RecordSource.GIT_AI, WrittenBy.AGENT, Strength.LINES, tool, model)
