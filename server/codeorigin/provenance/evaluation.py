"""How the model judges functions of which records or dates say who wrote them, without and with the project's past."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from codeorigin.core.errors import RepositoryError, SourceError
from codeorigin.git.blame import origins_of_files
from codeorigin.git.process import Git
from codeorigin.history.blob_functions import BlobReader, PieceFunctions
from codeorigin.languages import get_language
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.verdict import Band, Verdict
from codeorigin.provenance.recorded import FunctionOrigin, function_origin
from codeorigin.records.rates import Provenance, Rate, RateGroup, rate
from codeorigin.records.reader import RecordReader
from codeorigin.records.record import WROTE, Strength

VIEWS = ("own", "in_file", "own_with_past", "in_file_with_past")
"""A function is judged by its own text or in its file, without and with the past of its project."""


@dataclass(frozen=True, slots=True)
class EvaluatedFunction:
    """A function with its origin and its verdicts by view; without a past, two of :data:`VIEWS` are missing.

    ``lines`` are those of its code that are not blank.
    """

    path: str
    language: str
    lines: int
    origin: FunctionOrigin
    verdicts: Mapping[str, Verdict]


def evaluated_files(
    git: Git,
    head: str,
    files: Sequence[tuple[str, str]],
    reader: BlobReader,
    records: RecordReader,
    times: Callable[[str], int | None],
    judges: Sequence[Judge],
    jobs: int,
) -> Iterator[list[EvaluatedFunction] | None]:
    """Yield the functions of each of ``files`` (path and blob) that have an origin and a verdict; None if unreadable.

    ``judges`` are one without the past and, if there is a past, one with it. ``git`` runs ``jobs`` blames side by side,
    while the functions of earlier files are judged.
    """
    blames = origins_of_files(git, ((head, path) for path, _ in files), jobs)
    for (path, blob), origins in zip(files, blames, strict=True):
        try:
            pieces = None if origins is None else reader.functions(blob, path)
        except (RepositoryError, SourceError):
            pieces = None
        if origins is None or pieces is None:
            yield None
            continue
        found = [records.of_line(origin) for origin in origins]
        yield [
            evaluated
            for piece in pieces
            for evaluated in _evaluated(
                path,
                piece,
                [function_origin(function.lines, origins, found, times) for function in piece.functions],
                judges,
            )
        ]


def _evaluated(
    path: str, piece: PieceFunctions, origins: Sequence[FunctionOrigin | None], judges: Sequence[Judge]
) -> Iterator[EvaluatedFunction]:
    language = get_language(piece.language).model_language
    scores = {
        number: function.score
        for number, function in enumerate(piece.functions)
        if function.score is not None
    }
    views = [
        verdicts
        for judge in judges
        for verdicts in (
            {number: judge.alone(score, language) for number, score in scores.items()},
            judge.in_file(scores, language),
        )
    ]
    for number, origin in enumerate(origins):
        if origin is not None and number in scores:
            verdicts = {name: view[number] for name, view in zip(VIEWS, views, strict=False)}
            yield EvaluatedFunction(path, language, piece.functions[number].weight, origin, verdicts)


def groups(functions: Sequence[EvaluatedFunction]) -> Iterator[RateGroup]:
    """All functions of a kind, then those of agents by strength of the record and by tool and model.

    A mention is no record of who wrote the lines, so that those stand apart.
    """
    agents = [function for function in functions if function.origin.kind is Provenance.AGENT]
    written = [function for function in agents if function.origin.strength in WROTE]
    yield from _group(Provenance.AGENT, "all", written)
    for strength in Strength:
        yield from _group(
            Provenance.AGENT,
            strength.value,
            [function for function in agents if function.origin.strength is strength],
        )
    by_model: dict[str, list[EvaluatedFunction]] = {}
    for function in written:
        by = f"{function.origin.tool or 'no or several tools'}, {function.origin.model or 'no or several models'}"
        by_model.setdefault(by, []).append(function)
    for by, some in sorted(by_model.items()):
        yield from _group(Provenance.AGENT, by, some)
    for kind in (Provenance.PERSON, Provenance.MODERN, Provenance.OLD):
        yield from _group(kind, "all", [function for function in functions if function.origin.kind is kind])


def _group(kind: Provenance, by: str, functions: Sequence[EvaluatedFunction]) -> Iterator[RateGroup]:
    if functions:
        views = [name for name in VIEWS if name in functions[0].verdicts]
        called = {
            name: rate(
                (function.origin.commit, function.verdicts[name].band is Band.LLM) for function in functions
            )
            for name in views
        }
        yield RateGroup(kind, by, called)


def function_values(evaluated_function: EvaluatedFunction) -> dict[str, Any]:
    """A function as plain values, without its name and path, which tell what a project is about."""
    path = hashlib.sha256(evaluated_function.path.encode("utf-8", "surrogatepass")).hexdigest()
    origin = asdict(evaluated_function.origin) | {"commit": evaluated_function.origin.commit[:10]}
    verdicts = {name: _verdict_values(evaluated_function.verdicts.get(name)) for name in VIEWS}
    return (
        origin
        | {"language": evaluated_function.language, "lines": evaluated_function.lines, "path": path[:12]}
        | verdicts
    )


def _verdict_values(verdict: Verdict | None) -> dict[str, Any] | None:
    """``logit`` includes what the file and the past add."""
    if verdict is None:
        return None
    share = verdict.human_share
    return {
        "logit": round((verdict.logit or 0.0) + (verdict.file_evidence or 0.0), 4),
        "probability": None if verdict.probability is None else round(verdict.probability, 6),
        "human_share": None if share is None else float(f"{share:.4g}"),
        "band": None if verdict.band is None else verdict.band.value,
    }


def group_values(group: RateGroup) -> dict[str, Any]:
    """A group as plain values."""
    rates = {name: group.called.get(name) for name in VIEWS}
    return {
        "kind": group.kind.value,
        "by": group.by,
        "functions": group.called["own"].functions,
        "commits": group.called["own"].commits,
        "called": {
            name: None if called_rate is None else _rate_values(called_rate)
            for name, called_rate in rates.items()
        },
    }


def _rate_values(called_rate: Rate) -> dict[str, Any]:
    return {
        "functions": called_rate.called,
        "share": round(called_rate.share, 6),
        "low": round(called_rate.low, 6),
        "high": round(called_rate.high, 6),
    }
