"""How the model does on code of which records say that an agent wrote it: figures by tool and model.

``python -m codeorigin_training.experiments.declared FOLDER`` judges the functions of HEAD in each repository of the
folder, whose name is that of the repository with ``+`` in place of the slash. The past of a project is left out, so
that the figures are the model's; so are its settings.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import CodeOriginError
from codeorigin.functions.documents import Document
from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.git.blame import LineOrigin, origins_of_files
from codeorigin.git.diff import commit_changes
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository, read_commit
from codeorigin.git.scratch_objects import ScratchObjects
from codeorigin.languages import Language
from codeorigin.languages.kinds import kind_for_path
from codeorigin.records.reader import RecordReader
from codeorigin.records.record import WROTE, Record, WrittenBy
from codeorigin.shell.options import cores
from codeorigin.text.sources import decode_source
from codeorigin_training.data.rows import numbered
from codeorigin_training.metrics.estimates import mean
from codeorigin_training.metrics.rankings import Bootstrap
from codeorigin_training.metrics.table import BANDS, Estimate, Figure

_FEWEST_BY_TOOL, _FEWEST_BY_MODEL = 20, 30
_DRAWS = Bootstrap(rounds=1_000)
_MOST_FILES = 2_000
_MOST_BYTES = 2_000_000


def agent_functions(folder: Path, analyzer: Analyzer) -> Iterator[dict[str, Any]]:
    """The judged functions by agents of the repositories in ``folder``; one that cannot be read is said on stderr."""
    for path in sorted(folder.glob("*+*")):
        name = path.name.removesuffix(".git").replace("+", "/", 1)
        try:
            for function in _of_repository(Repository.of(path), analyzer):
                yield function | {"repository": name}
        except CodeOriginError as error:
            sys.stderr.write(f"{name}: is left out: {error}\n")


def _of_repository(repository: Repository, analyzer: Analyzer) -> Iterator[dict[str, Any]]:
    head = repository.resolve("HEAD")
    files = repository.chosen_files(head, lambda path: isinstance(kind_for_path(path), Language), _MOST_FILES)
    with (
        RecordReader(repository, head) as records,
        ScratchObjects(repository) as scratch,
        Objects(repository.git) as objects,
    ):
        blames = origins_of_files(scratch.git, ((head, path) for path, _ in files), cores())
        functions: list[_AgentFunction] = []
        for (path, blob), origins in zip(files, blames, strict=True):
            found = [records.of_line(origin) for origin in origins or ()]
            if any(found):
                try:
                    content = objects.read(blob, _MOST_BYTES) or b""
                    functions += _of_file(content, path, origins or (), found, analyzer)
                except CodeOriginError:
                    continue
        # What a commit only moved, it did not write: the rule of the server for a change.
        commits = {function.origins[0].commit for function in functions}
        single = [name for name in commits if len(read_commit(objects, name).parents) < 2]
        moved = {
            (name, file.path): file.moved
            for name, change in commit_changes(repository, single, lambda path: True)
            for file in change.files
        }
    for function in functions:
        lines = [origin.line for origin in function.origins]
        key = function.origins[0].commit, function.origins[0].path
        if key not in moved or not moved[key].holds(min(lines), max(lines)):
            yield function.row


@dataclass(frozen=True, slots=True)
class _AgentFunction:
    """The row of a function, and where its lines stand in the commit and file that most of them come from."""

    row: dict[str, Any]
    origins: Sequence[LineOrigin]


def _of_file(
    content: bytes,
    path: str,
    origins: Sequence[LineOrigin],
    records: Sequence[Record | None],
    analyzer: Analyzer,
) -> Iterator[_AgentFunction]:
    kind = kind_for_path(path)
    assert kind is not None
    document = Document(decode_source(content, path, _MOST_BYTES, kind.id), kind.id, path)
    by_text, in_file = (
        analyzer.analyze(document, file_context=context).functions for context in (False, True)
    )
    places = function_lines(document.text, [function.span for function in by_text])
    for alone, among, place in zip(by_text, in_file, places, strict=True):
        wrote = _wrote(place, records)
        if wrote is not None and alone.verdict.band is not None:
            lines = [origins[line - 1] for line in place.lines_with_text()]
            ((commit, path), _) = Counter((line.commit, line.path) for line in lines).most_common(1)[0]
            row = {
                "tool": _common([record.tool for record in wrote]),
                "model": _common([record.model for record in wrote]),
                "commit": commit,
                "by_text": alone.verdict.band,
                "in_file": among.verdict.band,
            }
            yield _AgentFunction(row, [line for line in lines if (line.commit, line.path) == (commit, path)])


def _wrote(lines: FunctionLines, records: Sequence[Record | None]) -> list[Record] | None:
    """The records about all lines of a function, if they all say that an agent wrote it."""
    found = [records[line - 1] if line <= len(records) else None for line in lines.lines_with_text()]
    known = [record for record in found if record is not None and record.by is WrittenBy.AGENT]
    written = [record for record in known if record.strength in WROTE and not record.is_stale]
    return written if written and len(written) == len(found) else None


def _common(values: Sequence[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


def by_key(functions: Sequence[Mapping[str, Any]], key: str, fewest: int) -> Iterator[Figure]:
    """For each value of ``key`` with ``fewest`` functions, the most first: commits, and the share in each band.

    The intervals are by bootstrap over commits.
    """
    for name, count in Counter(function[key] for function in functions).most_common():
        if name is not None and count >= fewest:
            some = [function for function in functions if function[key] == name]
            commits = numbered([f"{function['repository']} {function['commit']}" for function in some])
            repositories = len({function["repository"] for function in some})
            of_commits = Estimate(float(commits.max() + 1), n=count, repositories=repositories)
            yield of_commits.named(f"by {name}", "", "commits")
            for context in ("by_text", "in_file"):
                for statistic, band in zip(BANDS, ("llm", "unsure", "human"), strict=True):
                    called = np.array([function[context] == band for function in some])
                    found = replace(mean(commits, called, _DRAWS), repositories=repositories)
                    yield found.named(f"by {name}", context, statistic)


def declared_figures(functions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The table of figures by tool and by model."""
    figures = [
        *by_key(functions, "tool", _FEWEST_BY_TOOL),
        *by_key(functions, "model", _FEWEST_BY_MODEL),
    ]
    return {
        "functions": len(functions),
        "repositories": sorted({function["repository"] for function in functions}),
        "table": [figure.to_row(digits=4) for figure in figures],
    }


if __name__ == "__main__":
    figures = declared_figures(list(agent_functions(Path(sys.argv[1]), Analyzer.load())))
    sys.stdout.write(f"{json.dumps(figures, indent=1)}\n")
