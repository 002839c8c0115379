"""``SPDX-AI-Disclosure``: a comment at the top of a file that says how much of it an agent wrote."""

import re

from codeorigin.records.record import Record, RecordSource, Strength, WrittenBy

_MOST_LINES = 20
_LONGEST_LINE = 1_000
_BY = {
    b"none": WrittenBy.PERSON,
    b"ai-assisted": WrittenBy.MIXED,
    b"ai-generated": WrittenBy.AGENT,
    b"autonomous": WrittenBy.AGENT,
}
# Before it stand only the marks of a comment, whatever the language's are; after it, the end of one.
_LINE = re.compile(rb"[^\w\"'`]{0,40}(?:rem |dnl )?spdx-ai-disclosure:[ \t]*([\w-]+)\W*", re.IGNORECASE)


def header_record(content: bytes) -> Record | None:
    """The record in the first lines of a file; None if there is none that is known."""
    for line in content[: _MOST_LINES * _LONGEST_LINE].split(b"\n", _MOST_LINES)[:_MOST_LINES]:
        found = _LINE.fullmatch(line[:_LONGEST_LINE])
        by = None if found is None else _BY.get(found[1].lower())
        if by is not None:
            return Record(RecordSource.HEADER, by, Strength.FILE)
    return None
