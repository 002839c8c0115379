"""How a model does on code whose author is known, in whole repositories, judged as a user would meet it.

``python -m codeorigin_training.experiments.declared known REPOSITORIES RESULTS`` finds the functions at HEAD that
records say an agent wrote, and those that people wrote before December 2022. Nothing is scored, so that repositories
can be chosen by what they hold. ``... declared judge REPOSITORIES RESULTS`` judges them, and prints the long table of
figures as JSON. A repository's folder is called by its name, with ``+`` in place of the slash; it is a clone with a
working tree, which may be empty. What is in RESULTS already is not read again.
"""

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import CodeOriginError
from codeorigin.functions.documents import Document
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.languages.kinds import kind_for_path
from codeorigin.model.past import Past
from codeorigin.past.old_functions import repository_past
from codeorigin.text.sources import decode_source
from codeorigin_training.data.filters import FilterConfig
from codeorigin_training.experiments.declared_figures import JudgedProject, declared_figures
from codeorigin_training.experiments.known_functions import AGENT, MOST_BYTES, KnownAuthors, known_functions
from codeorigin_training.run import write_atomically

_MOST_FILES = 120
_AT_ONCE = 20


class Fewest(NamedTuple):
    """Functions of a repository, by agents and by people, below which it is not counted."""

    agents: int = 5
    people: int = 20


_FEWEST = Fewest()


def repositories(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and folder of every repository in ``folder``."""
    for path in sorted(folder.glob("*+*")):
        yield path.name.removesuffix(".git").replace("+", "/", 1), path


def keep_known(folder: Path, results: Path) -> None:
    """Write the functions whose author is known of every repository; one that cannot be read is said on stderr."""
    for name, path in repositories(folder):
        kept = _kept(results, name, "known")
        if kept.exists():
            continue
        try:
            found = known_functions(Repository.of(path), _MOST_FILES)
        except CodeOriginError as error:
            sys.stderr.write(f"{name}: is left out: {error}\n")
        else:
            write_atomically(kept, json.dumps(asdict(found)) + "\n")


def keep_judged(
    folder: Path, results: Path, analyzer: Analyzer, fewest: Fewest = _FEWEST
) -> list[JudgedProject]:
    """The judged functions of every repository of which enough functions are known; they are kept as well."""
    found = []
    for name, path in repositories(folder):
        known, kept = (_kept(results, name, what) for what in ("known", "judged"))
        if known.exists() and not kept.exists():
            functions = KnownAuthors.of(json.loads(known.read_text(encoding="utf-8")))
            if not has_enough(functions, fewest):
                continue
            try:
                project = judged_project(name, Repository.of(path), functions, analyzer)
            except CodeOriginError as error:
                sys.stderr.write(f"{name}: is left out: {error}\n")
                continue
            write_atomically(kept, json.dumps(project) + "\n")
        if kept.exists():
            found.append(json.loads(kept.read_text(encoding="utf-8")))
    return found


def has_enough(known: KnownAuthors, fewest: Fewest) -> bool:
    """Whether a repository has the functions of both kinds without which it is not counted."""
    shortest = FilterConfig().shortest_llm
    by_agents = sum(function.by == AGENT and function.lines >= shortest for function in known.functions)
    by_people = sum(function.by != AGENT for function in known.functions)
    return by_agents >= fewest.agents and by_people >= fewest.people


def judged_project(
    name: str, repository: Repository, known: KnownAuthors, analyzer: Analyzer
) -> JudgedProject:
    """The known functions of a repository with the band and the log-odds of each way to judge them.

    Functions without a verdict, such as short ones, are left out.

    Raises:
        CodeOriginError: the repository cannot be read, or the model failed.
    """
    by_path: dict[str, dict[int, dict[str, Any]]] = {}
    for written in known.functions:
        by_path.setdefault(written.path, {})[written.start] = asdict(written) | {"readings": {}}
    ways = _ways(repository, known.head, analyzer)
    paths = sorted(by_path)
    for start in range(0, len(paths), _AT_ONCE):
        documents = list(_documents(repository, known.head, paths[start : start + _AT_ONCE]))
        for context, (past, in_file) in ways.items():
            reports = analyzer.analyze_many(documents, file_context=in_file, past=past)
            for document, report in zip(documents, reports, strict=True):
                if isinstance(report, Exception):
                    continue
                of_file = by_path[document.path or ""]
                for judged in report.functions:
                    function = of_file.get(judged.span.range.start)
                    if function is not None and judged.verdict.probability is not None:
                        function["language"] = report.language
                        band = judged.verdict.band
                        function["readings"][context] = [band, _log_odds(judged.verdict.probability)]
    functions = [
        function for found in by_path.values() for function in found.values() if function["readings"]
    ]
    declared = ways["in_file_and_records"][0]
    return {
        "repository": name,
        "head": known.head,
        "declared": declared.reference.declared if declared and declared.reference else 0,
        "functions": functions,
    }


def _ways(repository: Repository, head: str, analyzer: Analyzer) -> Mapping[str, tuple[Past | None, bool]]:
    """How functions are judged: by which past of the project, and whether in their file."""
    records, people = (
        repository_past(repository, analyzer.bundle, lambda: analyzer, head=head, declared=declared)
        for declared in (True, False)
    )
    past = None if records is None else replace(records, reference=None)
    return {
        "by_text": (None, False),
        "in_file": (None, True),
        "by_text_and_past": (past, False),
        "in_file_and_past": (past, True),
        "in_file_and_people": (people, True),
        "in_file_and_records": (records, True),
    }


def _documents(repository: Repository, head: str, paths: Sequence[str]) -> Iterator[Document]:
    with Objects(repository.git) as objects:
        for path, blob in zip(
            paths, repository.all_named(*(f"{head}:{path}" for path in paths)), strict=True
        ):
            kind = kind_for_path(path)
            if kind is not None and blob is not None:
                content = objects.read(blob, MOST_BYTES) or b""
                yield Document(decode_source(content, path, MOST_BYTES, kind.id), kind.id, path, inside=path)


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log(inside / (1 - inside))


def _kept(results: Path, name: str, what: str) -> Path:
    return results / f"{name.replace('/', '+')}.{what}.json"


if __name__ == "__main__":
    step, checkouts, kept_in = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    kept_in.mkdir(parents=True, exist_ok=True)
    if step == "known":
        keep_known(checkouts, kept_in)
    else:
        figures = declared_figures(keep_judged(checkouts, kept_in, Analyzer.load()))
        sys.stdout.write(f"{json.dumps(figures, indent=1)}\n")
