"""``codeorigin export``: what is declared about a repository's commits, in another format of records.

Estimates never go into a record, and nothing is written into the repository: git-ai's notes become the input of
``git fast-import``, which the user runs.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from codeorigin.declared import agent_trace, git_ai
from codeorigin.declared.convertible import LeftOut, convertible
from codeorigin.declared.reader import RecordReader
from codeorigin.declared.records import CommitRecords
from codeorigin.git.objects import LARGEST
from codeorigin.git.repository import Commit
from codeorigin.history.request import repository_of
from codeorigin.provenance.options import ExportFormat, ExportOptions
from codeorigin.shell.days import since_seconds, until_seconds
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.output import open_reports
from codeorigin.shell.terminal import to_stderr
from codeorigin.wording.provenance import export_notes, large_export


@dataclass(slots=True)
class _Conversion:
    """The text of one format. ``records`` and ``bytes`` are what there is of it so far."""

    format: ExportFormat
    head: str
    records: int = 0
    bytes: int = 0
    left_out: Counter[LeftOut] = field(default_factory=Counter)

    def of(self, commit: Commit, records: CommitRecords) -> Iterator[str]:
        """The text about one commit."""
        for text in self._of(commit, records):
            self.records += 1
            self.bytes += len(text)
            yield text

    def _of(self, commit: Commit, records: CommitRecords) -> Iterator[str]:
        if self.format is ExportFormat.AGENT_TRACE:
            said, left_out = convertible(records, agent_trace.holds, mixed=True)
            if said.has_any:
                for trace in agent_trace.write_agent_traces(commit.id, commit.seconds, said):
                    yield f"{trace}\n"
        else:
            said, left_out = convertible(records, git_ai.holds, mixed=False)
            if said.lines or said.whole:
                if not self.records:
                    yield git_ai.import_head(f"Records about {self.head[:10]}, converted by codeorigin")
                yield git_ai.import_note(commit.id, git_ai.write_git_ai(commit.id, said))
        self.left_out.update(left_out)

    def end(self) -> str:
        """The text behind that of the last commit."""
        return git_ai.IMPORT_END if self.format is ExportFormat.GIT_AI and self.records else ""


def run_export(options: ExportOptions) -> int:
    """Write the records, and return the exit code."""
    targets = options.targets
    since, until = since_seconds(options.since) or 0, until_seconds(options.until) or math.inf
    repository, _ = repository_of(options.path)
    head = repository.resolve("HEAD")
    with open_reports(targets) as reports, RecordReader(repository, head, branches=False) as records:
        made = [(report, _Conversion(report.format, head)) for report in reports]
        for commit in repository.log(head):
            if since <= commit.seconds < until:
                found = records.of_commit(commit.id)
                for report, conversion in made:
                    with report.writing():
                        report.stream.writelines(conversion.of(commit, found))
        for report, conversion in made:
            report.finish(partial(report.stream.writelines, [conversion.end()]))
    for problem in records.problems:
        to_stderr(problem)
    for _, conversion in made:
        for line in export_notes(conversion.format, conversion.records, conversion.left_out):
            to_stderr(line)
        if conversion.format is ExportFormat.AGENT_TRACE and conversion.bytes > LARGEST:
            to_stderr(large_export(LARGEST))
    return ExitCode.OK
