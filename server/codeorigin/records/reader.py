"""All records of one repository, read commit by commit; wrong ones are reported in one line each and skipped."""

import hashlib
import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import NamedTuple

from codeorigin.core.budget import Budget, BudgetError
from codeorigin.core.errors import RepositoryError
from codeorigin.git.blame import LineOrigin
from codeorigin.git.objects import LARGEST, Objects
from codeorigin.git.repository import Repository
from codeorigin.records import agent_trace, git_ai
from codeorigin.records.agent_trace import AgentTrace
from codeorigin.records.commit_messages import MAX_COMMIT, message_records
from codeorigin.records.record import (
    MOST_RANGES,
    CommitRecords,
    Record,
    RecordedLines,
    WrongRecordError,
    disjoint,
    strongest_first,
)

_MOST_BYTES = 2**31
_MOST_PROBLEMS = 20
_MOST_KEPT = 2_000_000
_MOST_TRACE_FILES = 100
_MOST_TRACE_BYTES = 16 * 2**20
_MOST_TEXTS = 2_000
"""Files of commits that are compared with the digests of records; each takes a git command."""
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

    ``state`` is the repository's at that commit, if it is known. ``problems`` has one line for each record that was
    skipped, at most :data:`_MOST_PROBLEMS`.
    """

    def __init__(self, repository: Repository, head: str, state: RecordsState | None = None) -> None:
        state = state or RecordsState.of(repository, head)
        self._repository = repository
        self._stack = ExitStack()
        self._objects = self._stack.enter_context(Objects(repository.git))
        self.problems: list[str] = []
        self._left = _MOST_BYTES
        self._known: dict[str, CommitRecords] = {}
        self._weight = 0
        self._boundary = repository.boundary()
        self._tips = {ref: tree for (ref, _), tree in zip(_NOTES, state.notes, strict=True)}
        self._notes = {ref: self._listed(ref, tree) for ref, tree in self._tips.items() if tree is not None}
        self._texts = Budget(items=_MOST_TEXTS)
        self._traces: dict[str, list[AgentTrace]] = {}
        self._trace_tree = state.traces
        if self._trace_tree is not None:
            self._read_traces(self._trace_tree)

    def __enter__(self) -> "RecordReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def evidence(self) -> str:
        """A key of all records outside of the commits themselves; empty without any."""
        parts = [f"{ref}={tree}" for ref, tree in self._tips.items() if tree is not None]
        if self._trace_tree is not None:
            parts.append(f"{agent_trace.FOLDER}={self._trace_tree}")
        return " ".join(parts)

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
            self._weight += 1 + sum(map(len, known.lines.values()))
            if self._weight > _MOST_KEPT:
                self._known.clear()
                self._weight = 0
            self._known[name] = known
        return known

    def of_line(self, origin: LineOrigin) -> Record | None:
        """The strongest record about a line; None without any."""
        return self.of_commit(origin.commit).of_line(origin.path, origin.line)

    def _read(self, name: str) -> CommitRecords:
        whole: list[Record] = []
        content = self._content(name, MAX_COMMIT)
        if content is not None and name not in self._boundary:
            whole += message_records(content)
        lines: dict[str, list[RecordedLines]] = {}
        is_tracked = False
        for note in [*self._noted(name), *self._traced(name, content)]:
            is_tracked = is_tracked or note.is_tracked
            whole += note.whole
            for path, ranges in note.lines.items():
                lines.setdefault(path, []).extend(self._checked(name, path, ranges))
        return CommitRecords(
            strongest_first(whole),
            {path: disjoint(ranges_of_file) for path, ranges_of_file in lines.items()},
            is_tracked,
        )

    def _noted(self, name: str) -> Iterable[CommitRecords]:
        for ref, read in _NOTES:
            blob = self._notes.get(ref, {}).get(name)
            what = f"the note on {name[:10]} in {ref}"
            content = None if blob is None else self._content(blob, LARGEST, what)
            if content is not None:
                try:
                    yield read(content)
                except WrongRecordError as error:
                    self._problem(f"{what} is skipped: {error}")

    def _traced(self, name: str, content: bytes | None) -> Iterable[CommitRecords]:
        if not self._traces:
            return
        head = (content or b"").partition(b"\n\n")[0].split(b"\n")
        parents = [line[7:].decode("ascii", "replace") for line in head if line.startswith(b"parent ")]
        for commit in (*parents[:1], name):
            for trace in self._traces.get(commit, ()):
                yield trace.records

    def _checked(self, commit: str, path: str, ranges: Iterable[RecordedLines]) -> list[RecordedLines]:
        """``ranges``, those with the digest of another text as stale."""
        found = list(ranges)
        if not any(lines.digest for lines in found):
            return found
        try:
            self._texts.spend(items=1)
        except BudgetError:
            self._problem(f"records with digests of more than {_MOST_TEXTS:,} files are skipped")
            return []
        text = self._text(commit, path)
        return [
            replace(lines, record=replace(lines.record, is_stale=True))
            if lines.digest is not None and not _fits(text, lines.first, lines.last, lines.digest)
            else lines
            for lines in found
        ]

    def _text(self, commit: str, path: str) -> list[bytes]:
        """The lines of a file of a commit; none if there is no such file."""
        blob = self._repository.named(f"{commit}:{path}") if "\0" not in path else None
        content = self._content(blob, LARGEST, f"{path} in {commit[:10]}") if blob is not None else None
        return [] if content is None else content.split(b"\n")

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
        budget = Budget(size=_MOST_TRACE_BYTES, items=MOST_RANGES)
        read: set[str] = set()
        for entry in entries[:_MOST_TRACE_FILES]:
            head, _, name = entry.partition(b"\t")
            shown = f"{agent_trace.FOLDER}/{name.decode('utf-8', 'replace')}"
            blob = head.rpartition(b" ")[2].decode("ascii")
            # The same file under another name says nothing more.
            if head.startswith(b"100") and name.endswith((b".jsonl", b".json")) and blob not in read:
                read.add(blob)
                content = self._content(blob, LARGEST, shown) or b""
                try:
                    budget.spend(size=len(content))
                    self._read_trace_file(shown, agent_trace.split_records(content), budget)
                except BudgetError:
                    self._problem(
                        f"records in {agent_trace.FOLDER} after the first {MOST_RANGES:,} ranges of lines or "
                        f"{_MOST_TRACE_BYTES:,} bytes are skipped"
                    )
                    return

    def _read_trace_file(self, shown: str, lines: list[bytes], budget: Budget) -> None:
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
                    budget.spend(items=sum(map(len, trace.records.lines.values())))
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

    def _content(self, name: str, max_bytes: int, what: str | None = None) -> bytes | None:
        """The content of an object; None if it is missing, unreadable or too large, which is reported of ``what``."""
        if self._left <= 0:
            return None
        try:
            content = self._objects.read(name, max_bytes)
        except RepositoryError as error:
            self._repository.git.cancel.raise_if_cancelled()
            self._problem(f"{what or name[:10]} is skipped: {error}")
            return None
        if content is None and what is not None:
            self._problem(f"{what} is skipped: it is not in this clone, or is damaged")
        self._left -= len(content or b"")
        if self._left <= 0:
            self._problem(f"records after the first {_MOST_BYTES:,} bytes are skipped")
        return content

    def _problem(self, text: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS and text not in self.problems:
            self.problems.append(text)


def _fits(lines: list[bytes], first: int, last: int, digest: str) -> bool:
    """Whether lines ``first`` to ``last`` have this digest, with or without the end of the last one."""
    if last > len(lines):
        return False
    text = b"\n".join(lines[first - 1 : last])
    return any(hashlib.sha256(data).hexdigest().startswith(digest) for data in (text, text + b"\n"))
