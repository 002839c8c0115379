"""Sentences about records that are converted into another format."""

from collections.abc import Iterator, Mapping

from codeorigin.declared.convertible import LeftOut
from codeorigin.wording.figures import counted


def export_notes(name: str, records: int, left_out: Mapping[LeftOut, int]) -> Iterator[str]:
    """What the user should know of an export with ``records`` records in the format called ``name``, line by line."""
    if not records:
        yield (
            f"{name}: there is nothing to convert; notes are not part of a clone, and "
            "git fetch origin 'refs/notes/*:refs/notes/*' gets them"
        )
    parts = [f"{counted(left_out[each], 'record')} {each}" for each in LeftOut if left_out.get(each)]
    if parts:
        yield f"{name}: left out: {', '.join(parts)}"


def large_export(limit: int) -> str:
    """A file of records is larger than is read again."""
    return (
        f"agent-trace: more than {limit // 2**20} MiB, and CodeOrigin reads no larger file of records; "
        "write it in parts with --since and --until"
    )
