"""The functions at HEAD of a repository whose author is known: agents' by its records, people's by their age."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codeorigin.core.errors import CodeOriginError
from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.functions.outline import find_functions
from codeorigin.functions.spans import code_text
from codeorigin.git.blame import LineOrigin, origins_of_files
from codeorigin.git.diff import commit_changes
from codeorigin.git.moved_lines import MovedLines
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects
from codeorigin.languages import Language
from codeorigin.languages.kinds import kind_for_path
from codeorigin.past.commit import HUMAN_UNTIL, last_human_commit
from codeorigin.records.function_records import DeclaredBy, declared_by
from codeorigin.records.reader import FOR_ALL_COMMITS, RecordReader
from codeorigin.records.record import Record
from codeorigin.shell.options import cores
from codeorigin.text.generated import is_generated
from codeorigin.text.sources import decode_source, is_minified

AGENT, OLD, MODERN = "agent", "old", "modern"
"""Who wrote a function: an agent, or people before mid-2021, or from then to November 2022."""

ASSISTED_FROM = 1_624_924_800
"""2021-06-29, when the first code assistant for everyone came out."""
MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class KnownFunction:
    """A function of a file, where it starts (code points), and who wrote it: ``by`` is one of the three above.

    ``commit`` wrote most of its lines. Records name ``tool`` and ``model``, the same for all of its lines, or None.
    """

    path: str
    start: int
    lines: int
    by: str
    commit: str
    tool: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class KnownAuthors:
    """Those of the files that were read at ``head``."""

    head: str
    functions: Sequence[KnownFunction]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "KnownAuthors":
        """Those of which ``values`` is the dictionary."""
        return cls(values["head"], [KnownFunction(**function) for function in values["functions"]])


def known_functions(repository: Repository, most_files: int) -> KnownAuthors:
    """The functions of at most ``most_files`` files, half of them files to which agents' commits wrote.

    An agent's are those of whose lines all have records that name one; people's those without any record, all of whose
    lines were last changed before mid-2021, or all from then to November 2022. What an agent's commit only moved, it
    did not write.

    Raises:
        RepositoryError: the repository cannot be read.
    """
    head = repository.resolve("HEAD")
    seconds = {commit.id: commit.seconds for commit in repository.log(head)}
    with (
        RecordReader(repository, head, share=FOR_ALL_COMMITS) as records,
        ScratchObjects(repository) as scratch,
        Objects(repository.git) as objects,
    ):
        files = _chosen(repository, head, _agents_files(repository, head, records), most_files)
        blames = origins_of_files(scratch.git, ((head, path) for path, _ in files), cores())
        found: list[tuple[KnownFunction, list[LineOrigin]]] = []
        for (path, blob), origins in zip(files, blames, strict=True):
            try:
                found += _of_file(
                    objects.read(blob, MOST_BYTES) or b"", path, origins or (), records, seconds
                )
            except CodeOriginError:
                continue  # such as a file that is no text
        moved = _moved(repository, {function.commit for function, _ in found if function.by == AGENT})
    functions = [
        function for function, origins in found if function.by != AGENT or not _is_moved(origins, moved)
    ]
    return KnownAuthors(head, functions)


def _agents_files(repository: Repository, head: str, records: RecordReader) -> set[str]:
    """The paths to which commits wrote of which records name an agent."""
    people = last_human_commit(repository, head)
    names = [
        commit.id
        for commit in repository.log(head, without=people)
        if len(commit.parents) < 2 and records.of_commit(commit.id).by_agents()
    ]
    options = ("-r", "--root", "--no-renames", "--no-commit-id", "--name-only", "-z", "--stdin")
    listed = repository.git.run("diff-tree", *options, stdin="".join(f"{name}\n" for name in names).encode())
    return {os.fsdecode(path) for path in listed.split(b"\0") if path}


def _chosen(repository: Repository, head: str, agents: set[str], most: int) -> list[tuple[str, str]]:
    """Path and blob of the files to read, chosen by a hash of their paths."""

    def wanted(path: str) -> bool:
        return isinstance(kind_for_path(path), Language)

    of_agents = repository.chosen_files(head, lambda path: path in agents and wanted(path), most // 2)
    others = repository.chosen_files(
        head, lambda path: path not in agents and wanted(path), most - len(of_agents)
    )
    return [*of_agents, *others]


def _of_file(
    content: bytes,
    path: str,
    origins: Sequence[LineOrigin],
    records: RecordReader,
    seconds: Mapping[str, int],
) -> Iterator[tuple[KnownFunction, list[LineOrigin]]]:
    kind = kind_for_path(path)
    assert isinstance(kind, Language)
    text = decode_source(content, path, MOST_BYTES, kind.id)
    if is_generated(text) or is_minified(text):
        return
    spans = find_functions(text, kind)
    for span, place in zip(spans, function_lines(text, spans), strict=True):
        lines = _lines(place, origins)
        if lines:
            ((commit, name), _) = Counter((line.commit, line.path) for line in lines).most_common(1)[0]
            written = [records.of_line(line) for line in lines]
            by = _by(written, [seconds.get(line.commit, HUMAN_UNTIL) for line in lines])
            if by is not None:
                size = code_text(text, span).count("\n") + 1
                tool = _common(record.tool if record else None for record in written)
                model = _common(record.model if record else None for record in written)
                function = KnownFunction(path, span.range.start, size, by, commit, tool, model)
                yield function, [line for line in lines if (line.commit, line.path) == (commit, name)]


def _lines(place: FunctionLines, origins: Sequence[LineOrigin]) -> list[LineOrigin]:
    numbers = place.lines_with_text()
    return [origins[number - 1] for number in numbers] if max(numbers, default=0) <= len(origins) else []


def _by(records: Sequence[Record | None], seconds: Sequence[int]) -> str | None:
    if declared_by(records) is DeclaredBy.AGENT:
        return AGENT
    if any(records) or max(seconds) >= HUMAN_UNTIL:
        return None
    if max(seconds) < ASSISTED_FROM:
        return OLD
    return MODERN if min(seconds) >= ASSISTED_FROM else None


def _common(values: Iterable[str | None]) -> str | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _moved(repository: Repository, commits: Iterable[str]) -> dict[tuple[str, str], MovedLines]:
    """What each of ``commits`` only moved in each file; nothing of a merge."""
    single = [name for name in sorted(commits) if len(repository.parents(name)) < 2]
    return {
        (name, file.path): file.moved
        for name, change in commit_changes(repository, single, lambda path: True)
        for file in change.files
    }


def _is_moved(origins: Sequence[LineOrigin], moved: Mapping[tuple[str, str], MovedLines]) -> bool:
    lines = [origin.line for origin in origins]
    file = moved.get((origins[0].commit, origins[0].path))
    return file is not None and file.holds(min(lines), max(lines))
