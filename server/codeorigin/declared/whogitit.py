"""Notes of whogitit: for each line of the files of a commit, whether an AI, a person or both wrote it.

Format: versions 2 and 3 of its note (github.com/dotsetlabs/whogitit, ``docs/src/reference/data-formats.md``). Each line
has its text, so that a note about another text is found out.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
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

REF = "refs/notes/whogitit"
_BY = {"AI": WrittenBy.AGENT, "AIModified": WrittenBy.MIXED, "Human": WrittenBy.PERSON}


def read_whogitit(content: bytes) -> CommitRecords:
    """The lines that a note attributes, by path; original and unknown lines are left out.

    Raises:
        WrongRecordError: the note is not in the format.
    """
    try:
        note = json.loads(content.decode("utf-8", "replace"))
        model = label(note["session"]["model"]["id"])
        record = Record(RecordSource.WHOGITIT, WrittenBy.AGENT, Strength.LINES, None, model)
        found: dict[str, list[RecordedLines]] = {}
        count = 0
        for file in note["files"]:
            ranges = counted(_lines(file["lines"], record), count)
            found.setdefault(inside(file["path"]), []).extend(ranges)
            count += len(ranges)
    except (ValueError, RecursionError):
        raise WrongRecordError("no JSON") from None
    except (KeyError, TypeError, AttributeError):
        raise WrongRecordError("no session, model, files and lines") from None
    return CommitRecords(lines=found)


def _lines(lines: list[dict[str, Any]], agent: Record) -> Iterator[RecordedLines]:
    for line in lines:
        by = _BY.get(line["source"]["type"])
        if by is None:
            continue
        number, text = line["line_number"], line["content"]
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        record = replace(agent, by=by, model=None if by is WrittenBy.PERSON else agent.model)
        yield RecordedLines(*line_numbers(number, number), record, digest)
