"""A history as JSON, written commit by commit, as described by ``history.schema.json`` next to this file."""

from dataclasses import asdict
from typing import Any, TextIO

import codeorigin
from codeorigin.history.formats import HistoryWriter
from codeorigin.history.open_history import History
from codeorigin.history.results import VERDICT, CommitResult, Share, Totals, date_of
from codeorigin.report.values import encoded, past_values, verdict_values
from codeorigin.shell.terminal import display_path


def _commit_values(result: CommitResult) -> dict[str, Any]:
    """A commit as plain values."""
    return {
        "commit": result.commit,
        "date": date_of(result.seconds),
        "functions": result.functions,
        "written": result.written,
        "moved": result.moved,
        "lines": result.lines,
        "band_lines": result.band_lines,
        **verdict_values(result, VERDICT),
        "skipped": result.skipped,
        "declared": list(result.declared),
        "parts": [asdict(part) for part in result.parts],
    }


def _details(result: CommitResult) -> dict[str, Any]:
    # Code is left out: this says what was judged and where it is.
    functions = [
        {
            "name": function.name,
            "path": display_path(function.path),
            "first": function.first,
            "last": function.last,
            "written": function.written,
            **verdict_values(function, ("probability", "band")),
        }
        for function in result.shown
    ]
    return {"commit": result.commit, "functions": functions, "more": result.functions - len(functions)}


def _row(name: str, share: Share) -> dict[str, Any]:
    return {
        "name": name,
        "commits": share.commits,
        "functions": share.functions,
        "lines": share.lines,
        "band_lines": share.bands,
    }


class JsonWriter(HistoryWriter):
    """Writes one ASCII JSON document: one line per commit, as they arrive, then the totals."""

    def __init__(self, history: History, stream: TextIO) -> None:
        super().__init__(history, stream)
        head = {
            "version": codeorigin.__version__,
            "model": history.job.model_id,
            "repository": history.name,
            "since": history.options.since,
            "until": history.options.until,
            "past": past_values(history.job.how.past),
        }
        stream.write(f'{encoded(head)[:-1]}, "commits": [')
        self._separator = "\n"

    def add(self, result: CommitResult) -> None:
        """Write a commit."""
        self.stream.write(f"{self._separator}{encoded(_commit_values(result))}")
        self._separator = ",\n"

    def finish(self, totals: Totals) -> None:
        """Write the totals and the commits that stand out."""
        plan = self.history.plan
        summary = {
            "commits": totals.commits,
            "judged": totals.judged,
            "commit_bands": totals.commit_bands,
            "merges": plan.merges,
            "cut_off": plan.cut_off,
            "moved": totals.moved,
            "skipped": totals.skipped,
            "functions": totals.all.functions,
            "lines": totals.all.lines,
            "band_lines": totals.all.bands,
            "declared": dict(sorted(totals.declared.items())),
        }
        tail = {
            "months": [_row(*item) for item in sorted(totals.months.items())],
            "folders": [_row(*item) for item in sorted(totals.folders.items())],
            "languages": [_row(*item) for item in sorted(totals.languages.items())],
            "standing_out": [_details(commit) for commit in totals.standing_out()],
            "summary": summary,
        }
        self.stream.write(f"\n], {encoded(tail)[1:]}\n")
