"""The data card: what a corpus contains, what was left out, and how it was made."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

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
    digests = []
    for row in rows:
        told = (
            row.code,
            row.language,
            str(row.label),
            row.repo,
            row.path,
            row.commit,
            row.pair or "",
            row.group,
        )
        digests.append(hashlib.sha256("\0".join(told).encode("utf-8", "surrogatepass")).digest())
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()


def data_card(
    rows: Sequence[Row],
    *,
    configuration: Mapping[str, Any],
    rejected: Mapping[str, int] | None = None,
    copies: int | None = None,
) -> str:
    """The card as Markdown.

    Args:
        rows: rows of the corpus as written, including pairs.
        configuration: the settings that it was made with, as JSON values or anything that ``str`` accepts.
        rejected: number of rows that the filters left out, for each reason.
        copies: number of training rows left out as near duplicates of held-out code, or with such a half of a pair.
    """
    functions = _frame([row for row in rows if row.pair is None])
    llm = functions[functions["label"] == 1]
    pairs = {row.pair for row in rows if row.pair is not None}
    parts = [
        "# Data card",
        _INTRODUCTION,
        (
            f"{len(functions):,} functions ({len(llm):,} llm, {len(functions) - len(llm):,} human) of "
            f"{functions['repo'].nunique():,} repositories, {len(pairs):,} same-task pairs."
        ),
        f"Hash: `{rows_hash(rows)}`",
        "## Languages",
        _by_label(functions, "language"),
        "## Repositories",
        _repositories(functions),
        "## Era",
        _counts(functions, "era"),
        "## Agents",
        _counts(llm, "agent"),
        "## Generators",
        _counts(llm, "generator"),
        "## Sources",
        _by_label(functions, "source"),
        "## Length and tests",
        _by_label(functions, "lines"),
        _by_label(functions, "kind"),
        "## Splits",
        _by_label(functions, "side"),
        "## What leaks",
        _LEAKS,
        "## Left out",
        _left_out(rejected, copies),
        "## Configuration",
        "```json\n" + json.dumps(dict(configuration), indent=2, sort_keys=True, default=str) + "\n```",
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _frame(functions: Sequence[Row]) -> pd.DataFrame:
    """What the card counts of every function, in words."""
    columns = ("repo", "label", "language", "era", "agent", "generator", "source", "lines", "kind", "side")
    values = [
        (
            *(row.repo, row.label, row.language, _era(row)),
            *(told or "not named" for told in (row.agent, row.generator, row.source)),
            _length(row.lines),
            "test" if row.is_test else "not a test",
            "held out" if is_held_out(row.repo) else "training",
        )
        for row in functions
    ]
    return pd.DataFrame(values, columns=columns)


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


def _repositories(functions: pd.DataFrame) -> str:
    sides = functions.groupby("repo")["label"].agg(["min", "max"])
    counted = [
        ("llm alone", (sides["min"] == 1).sum()),
        ("human alone", (sides["max"] == 0).sum()),
        ("both", (sides["min"] < sides["max"]).sum()),
    ]
    loudest = max(functions.groupby(["repo", "label"]).size(), default=0)
    return (
        _table(["labels", "repositories"], counted)
        + f"\n\nAt most {loudest:,} functions of one repository have the same label."
    )


def _left_out(rejected: Mapping[str, int] | None, copies: int | None) -> str:
    lines = [(f"filter: {reason}", count) for reason, count in sorted((rejected or {}).items())]
    if copies is not None:
        lines.append(("near duplicate of held-out code", copies))
    return _table(["why", "functions"], lines) if lines else "Nothing was left out."


def _by_label(functions: pd.DataFrame, column: str) -> str:
    counts = functions.groupby([column, "label"]).size().unstack("label", fill_value=0)
    counts = counts.reindex(columns=range(len(_LABELS)), fill_value=0).sort_index()
    return _table([column, *_LABELS], counts.itertuples())


def _counts(functions: pd.DataFrame, column: str) -> str:
    counts = functions[column].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    shown, rest = counts[:_LONGEST_TABLE], counts[_LONGEST_TABLE:]
    others = [(f"{len(rest)} others", rest.sum())] if len(rest) else []
    return _table([column, "functions"], [*shown.items(), *others])


def _table(header: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    rule = ["---", *["---:"] * (len(header) - 1)]
    cells = [[_escaped(str(name)), *(f"{count:,}" for count in counts)] for name, *counts in lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *cells))


def _escaped(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
