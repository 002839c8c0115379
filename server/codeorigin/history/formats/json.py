"""A history as JSON, written commit by commit, as described by ``history.schema.json`` next to this file."""

from dataclasses import asdict
from typing import Any, TextIO

import codeorigin
from codeorigin.check.formats.json import past_values
from codeorigin.check.formats.json_text import encoded
from codeorigin.history.formats.writer import HistoryWriter
from codeorigin.history.history_run import HistoryRun
from codeorigin.history.options import HistoryOptions
from codeorigin.history.results import NOTHING, CommitDetails, CommitResult, DeclaredCounts
from codeorigin.history.totals import Share, Totals, date_of
from codeorigin.model.verdict import Band
from codeorigin.records.function_records import Disagreement
from codeorigin.shell.terminal import display_path


def _declared(lines: DeclaredCounts) -> dict[str, int] | None:
    return asdict(lines) if lines else None


def commit_values(result: CommitResult) -> dict[str, Any]:
    """A commit as plain values."""
    bands = {
        "human": sum(part.human for part in result.parts),
        "unsure": sum(part.unsure for part in result.parts),
        "llm": sum(part.llm for part in result.parts),
    }
    return {
        "commit": result.commit,
        "date": date_of(result.seconds),
        "functions": result.functions,
        "written": result.written,
        "lines": result.lines,
        "moved": result.moved,
        "moved_names": list(result.moved_names),
        "band_lines": bands,
        "logit": result.logit,
        "probability": result.probability,
        "band": None if result.band is None else result.band.value,
        "reason": result.reason,
        "human_share": result.human_share,
        "unread": result.unread,
        "declared": list(result.declared),
        "declared_lines": _declared(
            sum(filter(None, (part.declared_lines for part in result.parts)), NOTHING)
        ),
        "parts": [asdict(part) for part in result.parts],
    }


def _details(details: CommitDetails) -> dict[str, Any]:
    # Code is left out: this says what was judged and where it is.
    functions = [
        {
            "name": function.name,
            "path": display_path(function.path),
            "first": function.first,
            "last": function.last,
            "written": function.written,
            "probability": function.verdict.probability,
            "band": None if function.verdict.band is None else function.verdict.band.value,
        }
        for function in details.functions
    ]
    return {"commit": details.result.commit, "functions": functions, "more": details.more}


def _row(name: str, share: Share) -> dict[str, Any]:
    return {
        "name": name,
        "commits": share.commits,
        "functions": share.functions,
        "lines": share.lines,
        "band_lines": {band.value: lines for band, lines in share.bands.items()},
        "declared_lines": _declared(share.declared_lines),
    }


class JsonWriter(HistoryWriter):
    """Writes one ASCII JSON document: one line per commit, as they arrive, then the totals."""

    def __init__(self, run: HistoryRun, options: HistoryOptions, stream: TextIO) -> None:
        super().__init__(run, options, stream)
        head = {
            "version": codeorigin.__version__,
            "model": run.model,
            "repository": run.name,
            "since": options.since,
            "until": options.until,
            "past": past_values(run.past),
        }
        stream.write(f'{encoded(head)[:-1]}, "commits": [')
        self._separator = "\n"

    def add(self, result: CommitResult) -> None:
        """Write a commit."""
        self.stream.write(f"{self._separator}{encoded(commit_values(result))}")
        self._separator = ",\n"

    def finish(self, totals: Totals) -> None:
        """Write the totals and the commits that stand out."""
        plan = self.run.plan
        summary = {
            "commits": totals.commits,
            "judged": totals.judged,
            "commit_bands": {band.value: totals.commit_bands[band] for band in Band},
            "merges": plan.merges,
            "cut_off": plan.cut_off,
            "unread": totals.unread,
            "functions": totals.all.functions,
            "moved": totals.moved,
            "lines": totals.all.lines,
            "band_lines": {band.value: totals.all.bands[band] for band in Band},
            "declared": dict(sorted(totals.declared.items())),
            "declared_lines": _declared(totals.all.declared_lines),
            "disagreements": {
                kind.value: totals.disagree[kind] if totals.declares else 0 for kind in Disagreement
            },
        }
        details = self.run.details(totals.standing_out(), with_lines=False)
        tail = {
            "months": [_row(*item) for item in sorted(totals.months.items())],
            "folders": [_row(*item) for item in sorted(totals.folders.items())],
            "languages": [_row(*item) for item in sorted(totals.languages.items())],
            "disagreements": [
                {
                    "kind": kind.value,
                    "question": kind.question,
                    "commits": [_details(commit) for commit in commits],
                }
                for kind, commits in self.run.disagreements(totals, with_lines=False)
            ],
            "standing_out": [_details(commit) for commit in details],
            "summary": summary,
        }
        self.stream.write(f"\n], {encoded(tail)[1:]}\n")
