"""The data card: what a corpus contains, what was left out, and how it was made."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from codeorigin_training.data.near_duplicates import Deduplication
from codeorigin_training.data.rows import Row
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.data.weights import LENGTH_EDGES

_LONGEST_TABLE = 30
_LABELS = ("human", "llm")
_INTRODUCTION = """\
Functions with their origin. `llm` means that the version history names a code assistant as the author; `human` means
that the code was committed before such assistants were common. A label says where a function comes from, not how it
reads, and a few in a hundred are wrong: moved, vendored and generated code, edits by people inside an assistant's
commits.

Third-party code under the licences of its repositories: it may be learnt from, and is no part of this project.
"""
_LEAKS = """\
Repository, language, test or not, length and era go with the label, and a model will use them if it is let: split by
repository and task, weight the classes alike within language, test and length, and calibrate on modern human code.
"""


def rows_hash(rows: Sequence[Row]) -> str:
    """The hex SHA-256 over every row's text, language, label and location, independent of the order of the rows."""
    digests = sorted(
        hashlib.sha256(
            "\0".join(
                [
                    row.code,
                    row.language,
                    str(row.label),
                    row.repo,
                    row.path,
                    row.commit,
                    row.pair or "",
                    row.group,
                ]
            ).encode("utf-8", "surrogatepass")
        ).digest()
        for row in rows
    )
    return hashlib.sha256(b"".join(digests)).hexdigest()


def data_card(
    rows: Sequence[Row],
    *,
    configuration: Mapping[str, Any],
    rejected: Mapping[str, int] | None = None,
    duplicates: Deduplication | None = None,
) -> str:
    """The card as Markdown.

    Args:
        rows: rows of the corpus as written, including pairs.
        configuration: the settings that it was made with, as JSON values or anything that ``str`` accepts.
        rejected: number of rows that the filters left out, for each reason.
        duplicates: result of the search for near duplicates.
    """
    functions = [row for row in rows if row.pair is None]
    pairs = {row.pair for row in rows if row.pair is not None}
    llm = sum(row.label for row in functions)
    parts = [
        "# Data card",
        _INTRODUCTION,
        (
            f"{len(functions):,} functions ({llm:,} llm, {len(functions) - llm:,} human) of "
            f"{len({row.repo for row in functions}):,} repositories, {len(pairs):,} same-task pairs."
        ),
        f"Hash: `{rows_hash(rows)}`",
        "## Languages",
        _by_label("language", functions, lambda row: row.language),
        "## Repositories",
        _repositories(functions),
        "## Era",
        _counts("era", (_era(row) for row in functions)),
        "## Agents",
        _counts("agent", (row.agent or "not named" for row in functions if row.label)),
        "## Generators",
        _counts("generator", (row.generator or "not named" for row in functions if row.label)),
        "## Sources",
        _by_label("source", functions, lambda row: row.source or "not named"),
        "## Length and tests",
        _by_label("lines", functions, lambda row: _length(row.lines)),
        _by_label("kind", functions, lambda row: "test" if row.is_test else "not a test"),
        "## Splits",
        _by_label("side", functions, lambda row: "held out" if is_held_out(row.repo) else "training"),
        "## What leaks",
        _LEAKS,
        "## Left out",
        _left_out(rejected, duplicates),
    ]
    parts += [
        "## Configuration",
        "```json\n" + json.dumps(dict(configuration), indent=2, sort_keys=True, default=str) + "\n```",
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _era(row: Row) -> str:
    if row.label:
        return f"llm, {row.date[:4]}" if row.date else "llm"
    return "human, July 2021 to November 2022" if row.modern else "human, before July 2021"


def _length(lines: int) -> str:
    # Padded, so that the classes sort by length.
    for low, edge in zip((1, *LENGTH_EDGES), LENGTH_EDGES, strict=False):
        if lines < edge:
            return f"{low:>2}-{edge - 1}"
    return f"{LENGTH_EDGES[-1]}+"


def _repositories(rows: Sequence[Row]) -> str:
    labels: dict[str, set[int]] = {}
    for row in rows:
        labels.setdefault(row.repo, set()).add(row.label)
    held = {"llm alone": {1}, "human alone": {0}, "both": {0, 1}}
    counted = [(name, sum(found == wanted for found in labels.values())) for name, wanted in held.items()]
    loudest = max(Counter((row.repo, row.label) for row in rows).values(), default=0)
    return (
        _table(["labels", "repositories"], counted)
        + f"\n\nAt most {loudest:,} functions of one repository have the same label."
    )


def _left_out(rejected: Mapping[str, int] | None, duplicates: Deduplication | None) -> str:
    lines: list[tuple[str, int]] = [
        (f"filter: {reason}", count) for reason, count in sorted((rejected or {}).items())
    ]
    if duplicates is not None:
        lines += [
            ("near duplicate of held-out code", duplicates.across),
            ("other half of a dropped pair", duplicates.partners),
        ]
    return _table(["why", "functions"], lines) if lines else "Nothing was left out."


def _by_label(title: str, rows: Sequence[Row], key: Callable[[Row], str]) -> str:
    counts = Counter((key(row), row.label) for row in rows)
    names = sorted({name for name, _ in counts})
    return _table([title, *_LABELS], [(name, *(counts[name, label] for label in (0, 1))) for name in names])


def _counts(title: str, names: Iterable[str]) -> str:
    counts = Counter(names)
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    shown = ranked[:_LONGEST_TABLE]
    if rest := ranked[_LONGEST_TABLE:]:
        shown.append((f"{len(rest)} others", sum(count for _, count in rest)))
    return _table([title, "functions"], shown)


def _table(header: Sequence[str], lines: Sequence[tuple[str | int, ...]]) -> str:
    rule = ["---", *["---:"] * (len(header) - 1)]
    cells = [[f"{cell:,}" if isinstance(cell, int) else _escaped(cell) for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *cells))


def _escaped(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
