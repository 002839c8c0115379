"""The functions of a commit's files, with what is recorded about their lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeorigin.declared.reader import RecordReader
from codeorigin.declared.records import Record, Strength, WrittenBy
from codeorigin.errors import RepositoryError, SourceError
from codeorigin.functions.function_lines import FunctionLines
from codeorigin.git.blame import LineOrigin, origins_of_files
from codeorigin.git.process import Git
from codeorigin.git.repository import Repository
from codeorigin.past.commit import HUMAN_UNTIL
from codeorigin.provenance.rates import Provenance

if TYPE_CHECKING:
    from codeorigin.history.blob_functions import BlobFunction, BlobReader

MODERN_FROM = 1_609_459_200
"""2021-01-01 in seconds since 1970: people's code from then until December 2022 is most like today's."""
_STRENGTHS = list(Strength)


@dataclass(frozen=True, slots=True)
class FunctionOrigin:
    """Who wrote all lines of a function, by records, or by dates from before LLMs wrote code.

    ``commit`` wrote most of the lines. ``tool``, ``model`` and ``source`` are None where the lines differ;
    ``strength`` is that of the weakest record.
    """

    kind: Provenance
    commit: str
    source: str | None = None
    tool: str | None = None
    model: str | None = None
    strength: Strength | None = None


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file with the functions of which something is known; ``origins`` has an entry for each of ``functions``."""

    path: str
    language: str
    functions: tuple[BlobFunction, ...]
    origins: tuple[FunctionOrigin | None, ...]


def function_origin(
    lines: FunctionLines,
    origins: Sequence[LineOrigin],
    records: Sequence[Record | None],
    seconds: Callable[[str], int | None],
) -> FunctionOrigin | None:
    """Who wrote a function; None if its lines differ in that, or if nothing is known of one of them.

    Args:
        lines: the lines of the function in its file.
        origins: the origin of each line of the file.
        records: what is recorded about each of them.
        seconds: the time of a commit; None if it is not known.
    """
    own = lines.telling()
    if not own or own[-1] > len(origins):
        return None
    commits = Counter(origins[line - 1].commit for line in own)
    commit = commits.most_common(1)[0][0]
    known = [each for line in own if (each := records[line - 1]) is not None and not each.is_stale]
    if len(known) < len(own):
        # A person's code from before LLMs has no record at all.
        if any(records[line - 1] is not None for line in own):
            return None
        times = [seconds(each) for each in commits]
        last = max((time for time in times if time is not None), default=None)
        if last is None or None in times or last >= HUMAN_UNTIL:
            return None
        return FunctionOrigin(Provenance.MODERN if last >= MODERN_FROM else Provenance.OLD, commit)
    by = {each.by for each in known}
    if by not in ({WrittenBy.AGENT}, {WrittenBy.PERSON}):
        return None
    return FunctionOrigin(
        Provenance.AGENT if by == {WrittenBy.AGENT} else Provenance.PERSON,
        commit,
        _common([each.source.value for each in known]),
        _common([each.tool for each in known]),
        _common([each.model for each in known]),
        max((each.strength for each in known), key=_STRENGTHS.index),
    )


def _common(values: Sequence[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


def commit_times(repository: Repository, head: str) -> dict[str, int]:
    """The committer times of the commits below ``head``, in seconds since 1970, but not of those where a clone ends."""
    boundary = repository.boundary()
    return {each.id: each.seconds for each in repository.log(head) if each.id not in boundary}


def recorded_files(
    git: Git,
    head: str,
    files: Sequence[tuple[str, str]],
    reader: BlobReader,
    records: RecordReader,
    times: Callable[[str], int | None],
    jobs: int,
) -> Iterator[RecordedFile | None]:
    """Yield each of ``files`` (path and blob) that can be read, and None for the others.

    ``git`` runs ``jobs`` blames side by side, while the functions of earlier files are judged.
    """
    blames = origins_of_files(git, ((head, path) for path, _ in files), jobs)
    for (path, blob), origins in zip(files, blames, strict=True):
        if origins is None:
            yield None
            continue
        try:
            pieces = reader.functions(blob, path)
        except (RepositoryError, SourceError):
            yield None
            continue
        for piece in pieces:
            found = [records.of_line(each) for each in origins]
            known = tuple(function_origin(each.lines, origins, found, times) for each in piece.functions)
            yield RecordedFile(path, piece.language, piece.functions, known)
