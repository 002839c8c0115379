"""All records of one repository, read commit by commit; wrong ones are reported in one line each and skipped."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from codeorigin.core.budget import Budget, BudgetError
from codeorigin.core.errors import RepositoryError
from codeorigin.git.blame import LineOrigin
from codeorigin.git.objects import LARGEST, Objects
from codeorigin.git.repository import Repository
from codeorigin.records import agent_trace, git_ai
from codeorigin.records.agent_trace import AgentTrace
from codeorigin.records.commit_messages import MAX_COMMIT, message_records
from codeorigin.records.headers import header_record, headers_of
from codeorigin.records.record import (
    MOST_RANGES,
    CommitRecords,
    Record,
    RecordedLines,
    WrongRecordError,
    disjoint,
    strongest_first,
)

_MOST_BYTES = 64 * 2**20
"""Of commits, files, notes and traces. Those of notes and traces count four times, because they are parsed."""
_PARSED = 4
_MOST_WORK = 10 * MOST_RANGES
"""In parts of a range of lines, which takes :data:`_NEW` to parse and one for each commit that it is worked through
for; a file that is compared with a digest takes a git command, :data:`_COMPARED`."""
_NEW, _COMPARED = 10, 500
_MOST_PROBLEMS = 20
_MOST_KEPT = 500_000
_MOST_TRACE_FILES = 100
FOR_ALL_COMMITS = 64
"""The share of a history, which reads the records of all commits, not only of those that wrote some files."""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NOTES: tuple[tuple[str, Callable[[bytes], CommitRecords]], ...] = (
    (git_ai.REF, git_ai.read_git_ai),
    (agent_trace.REF, agent_trace.read_agent_trace_note),
)


class RecordsState(NamedTuple):
    """HEAD, and the trees of the notes and of the traces: while they are the same, so are the records about a text."""

    head: str | None
    notes: tuple[str | None, ...]
    traces: str | None

    @classmethod
    def of(cls, repository: Repository, revision: str = "HEAD") -> "RecordsState":
        """The state as it is now, from one git process. Raises RepositoryError if git fails."""
        notes = (f"{ref}^{{tree}}" for ref, _ in _NOTES)
        head, *trees, traces = repository.all_named(
            f"{revision}^{{commit}}", *notes, f"{revision}:{agent_trace.FOLDER}"
        )
        return cls(repository.head() if head is None and revision == "HEAD" else head, tuple(trees), traces)


class RecordReader:
    """Reads the records about the commits below ``head``, which is a full name. Use it in a ``with`` block.

    ``state`` is the repository's at that commit, if it is known. All that is read together may be ``share`` times what
    is enough for some files, but not the traces, which stay in memory. ``problems`` has one line for each record that
    was skipped, at most :data:`_MOST_PROBLEMS`.
    """

    def __init__(
        self, repository: Repository, head: str, state: RecordsState | None = None, share: int = 1
    ) -> None:
        self.state = state = state or RecordsState.of(repository, head)
        self.head = head
        self._repository = repository
        self._objects = Objects(repository.git)
        self.problems: list[str] = []
        self._budget = Budget(size=_MOST_BYTES, items=_MOST_WORK)
        self._known: dict[str, CommitRecords] = {}
        self._parsed: dict[str, CommitRecords] = {}
        self._weight = 0
        self._boundary = repository.boundary()
        trees = zip((ref for ref, _ in _NOTES), state.notes, strict=True)
        self._notes = {ref: self._listed(ref, tree) for ref, tree in trees if tree is not None}
        self._traces: dict[str, list[AgentTrace]] = {}
        if state.traces is not None:
            self._read_traces(state.traces)
        self._budget.size += (share - 1) * _MOST_BYTES
        self._budget.items += (share - 1) * _MOST_WORK

    def __enter__(self) -> "RecordReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._objects.close()

    @property
    def has_lines(self) -> bool:
        """Whether there is any record about lines."""
        return any(self._notes.values()) or bool(self._traces)

    def of_commit(self, name: str) -> CommitRecords:
        """The records about a commit; none if it is not in this clone.

        What a commit at the boundary of a shallow clone says of itself is left out: git takes all lines for its.

        Raises:
            RepositoryError: git cannot be started.
        """
        known = self._known.get(name)
        if known is None:
            known = self._read(name)
            self._weight += known.count
            if self._weight > _MOST_KEPT:
                self._known.clear()
                self._parsed.clear()
                self._weight = 0
            self._known[name] = known
        return known

    def content(self, blob: str) -> bytes | None:
        """The content of a file; None if it is missing, damaged or too large."""
        return self._content(blob)

    def headers(self) -> dict[str, Record]:
        """What the headers of the files of ``head`` say, by path; none if git cannot search them."""
        try:
            return headers_of(self._repository, self.head)
        except RepositoryError as error:
            self._repository.git.cancel.raise_if_cancelled()
            self._problem(f"headers of files are skipped: {error}")
            return {}

    def header(self, content: bytes) -> Record | None:
        """What the header of a file says of all its lines; None without one."""
        return header_record(content)

    def of_line(self, origin: LineOrigin) -> Record | None:
        """The strongest record about a line; None without any."""
        return self.of_commit(origin.commit).of_line(origin.path, origin.line)

    def _read(self, name: str) -> CommitRecords:
        self._repository.git.cancel.raise_if_cancelled()
        content = self._content(name, MAX_COMMIT)
        whole = list(message_records(content)) if content is not None and name not in self._boundary else []
        lines: dict[str, list[RecordedLines]] = {}
        is_tracked = False
        for note in (*self._noted(name), *self._traced(name, content)):
            # What many commits share is read once, but worked through for each.
            if not self._lasts(items=note.count):
                break
            is_tracked = is_tracked or note.is_tracked
            whole += note.whole
            for path, ranges in note.lines.items():
                lines.setdefault(path, []).extend(self._checked(name, path, ranges))
        return CommitRecords(
            strongest_first(whole),
            {path: disjoint(ranges_of_file) for path, ranges_of_file in lines.items()},
            is_tracked,
        )

    def _noted(self, name: str) -> Iterator[CommitRecords]:
        for ref, read in _NOTES:
            blob = self._notes.get(ref, {}).get(name)
            if blob is not None:
                if blob not in self._parsed:
                    self._parsed[blob] = self._parsed_note(blob, read, f"the note on {name[:10]} in {ref}")
                yield self._parsed[blob]

    def _parsed_note(self, blob: str, read: Callable[[bytes], CommitRecords], what: str) -> CommitRecords:
        content = self._content(blob, what=what, weight=_PARSED)
        try:
            note = CommitRecords() if content is None else read(content)
        except WrongRecordError as error:
            self._problem(f"{what} is skipped: {error}")
            return CommitRecords()
        return note if self._lasts(items=_NEW * note.count) else CommitRecords()

    def _traced(self, name: str, content: bytes | None) -> Iterable[CommitRecords]:
        if not self._traces:
            return
        head = (content or b"").partition(b"\n\n")[0].split(b"\n")
        parents = [line[7:].decode("ascii", "replace") for line in head if line.startswith(b"parent ")]
        for commit in (*parents[:1], name):
            for trace in self._traces.get(commit, ()):
                yield trace.records

    def _checked(self, commit: str, path: str, ranges: Sequence[RecordedLines]) -> Sequence[RecordedLines]:
        """``ranges``, those with the digest of another text as stale."""
        if not any(lines.digest for lines in ranges):
            return ranges
        if not self._lasts(items=_COMPARED):
            return ()
        blob = self._repository.named(f"{commit}:{path}") if "\0" not in path else None
        what = f"{path} in {commit[:10]}"
        text = self._content(blob, what=what) if blob is not None else None
        written = [] if text is None else text.split(b"\n")
        return [
            replace(lines, record=replace(lines.record, is_stale=True))
            if lines.digest is not None and not _fits(written, lines.first, lines.last, lines.digest)
            else lines
            for lines in ranges
        ]

    def _read_traces(self, tree: str) -> None:
        try:
            entries = self._repository.git.run("ls-tree", "-z", tree, max_output=1 << 20).split(b"\0")
        except RepositoryError as error:
            self._problem(f"records in {agent_trace.FOLDER} are skipped: {error}")
            return
        if len(entries) > _MOST_TRACE_FILES + 1:
            self._problem(
                f"records in {agent_trace.FOLDER} after the first {_MOST_TRACE_FILES} files are skipped"
            )
        read: set[str] = set()
        for entry in entries[:_MOST_TRACE_FILES]:
            head, _, name = entry.partition(b"\t")
            shown = f"{agent_trace.FOLDER}/{name.decode('utf-8', 'replace')}"
            blob = head.rpartition(b" ")[2].decode("ascii")
            # The same file under another name says nothing more.
            if head.startswith(b"100") and name.endswith((b".jsonl", b".json")) and blob not in read:
                read.add(blob)
                content = self._content(blob, what=shown, weight=_PARSED)
                self._read_trace_file(shown, agent_trace.split_records(content or b""))

    def _read_trace_file(self, shown: str, lines: list[bytes]) -> None:
        wrong: list[str] = []
        for number, line in enumerate(lines, 1):
            # Tools keep other things beside the records.
            if b'"files"' not in line and not shown.endswith("/traces.jsonl"):
                continue
            self._repository.git.cancel.raise_if_cancelled()
            if line.strip():
                try:
                    trace = agent_trace.read_agent_trace(line, self._repository.root)
                except WrongRecordError as error:
                    wrong.append(f"line {number}: {error}")
                else:
                    if not self._lasts(items=_NEW * trace.records.count):
                        break
                    self._traces.setdefault(trace.revision, []).append(trace)
        if wrong:
            more = f", and {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
            self._problem(f"records in {shown} are skipped: {wrong[0]}{more}")

    def _listed(self, ref: str, tree: str) -> dict[str, str]:
        """The blob of each commit's note; git spreads many over folders, by the digits of the commits."""
        try:
            listed = ((path.replace("/", ""), blob) for path, blob in self._repository.files(tree))
            return {commit: blob for commit, blob in listed if _COMMIT.fullmatch(commit)}
        except RepositoryError as error:
            self._problem(f"the notes in {ref} are skipped: {error}")
            return {}

    def _content(
        self, name: str, max_bytes: int = LARGEST, *, what: str | None = None, weight: int = 1
    ) -> bytes | None:
        """The content of an object; None if it is missing, unreadable or too large, which is reported of ``what``."""
        if not self._lasts():
            return None
        try:
            content = self._objects.read(name, max_bytes)
        except RepositoryError as error:
            self._repository.git.cancel.raise_if_cancelled()
            self._problem(f"{what or name[:10]} is skipped: {error}")
            return None
        if content is None and what is not None:
            self._problem(f"{what} is skipped: it is not in this clone, or is damaged")
        return content if self._lasts(size=weight * len(content or b"")) else None

    def _lasts(self, *, size: int = 0, items: int = 0) -> bool:
        """Take from the budget; False if nothing is left, which is reported."""
        try:
            self._budget.spend(size=size, items=items)
        except BudgetError:
            self._problem("the other records are skipped: there are more than one run may read")
            return False
        return True

    def _problem(self, text: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS and text not in self.problems:
            self.problems.append(text)


def _fits(lines: list[bytes], first: int, last: int, digest: str) -> bool:
    """Whether lines ``first`` to ``last`` have this digest, with or without the end of the last one."""
    if last > len(lines):
        return False
    text = b"\n".join(lines[first - 1 : last])
    return any(hashlib.sha256(data).hexdigest().startswith(digest) for data in (text, text + b"\n"))
