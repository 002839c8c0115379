"""The data card: what a corpus contains, what was left out, and how it was made."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from codeorigin_training.data.rows import Row
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.data.weights import length_class

_LONGEST_TABLE = 30
_LABELS = ("human", "llm")
_INTRODUCTION = """\
Functions with their origin. `llm` means that the version history names a code assistant as the author; `human` means
that the code was committed before such assistants were common. A label says where a function comes from, not how it
reads, and a few in a hundred are wrong: moved, vendored and generated code, edits by people inside an assistant's
commits.

Third-party code under the licences of its repositories: it may be learnt from, and is no part of this project."""
_LEAKS = """\
Repository, language, test or not, length and era go with the label, and a model will use them if it is let: split by
repository and task, weight the classes alike within language, test and length, and calibrate on modern human code."""


def data_card(
    rows: Sequence[Row], *, digest: str, configuration: Mapping[str, Any], left_out: Mapping[str, int]
) -> str:
    """The card as Markdown.

    Args:
        rows: rows of the corpus as written, including pairs.
        digest: hash of the corpus.
        configuration: the settings that it was made with, as JSON values or anything that ``str`` accepts.
        left_out: number of rows that were left out, for each reason.
    """
    functions = _frame([row for row in rows if row.pair is None])
    llm = functions[functions["label"] == 1]
    pairs = {row.pair for row in rows if row.pair is not None}
    sides = functions.groupby("repo")["label"].agg(["min", "max"])
    loudest = max(functions.groupby(["repo", "label"]).size(), default=0)
    sections = {
        "Languages": _by_label(functions, "language"),
        "Repositories": _table(
            ["labels", "repositories"],
            [
                ("llm alone", (sides["min"] == 1).sum()),
                ("human alone", (sides["max"] == 0).sum()),
                ("both", (sides["min"] < sides["max"]).sum()),
            ],
        )
        + f"\n\nAt most {loudest:,} functions of one repository have the same label.",
        "Era": _counts(functions, "era"),
        "Agents": _counts(llm, "agent"),
        "Generators": _counts(llm, "generator"),
        "Sources": _by_label(functions, "source"),
        "Length and tests": _by_label(functions, "length") + "\n\n" + _by_label(functions, "kind"),
        "Splits": _by_label(functions, "side"),
        "What leaks": _LEAKS,
        "Left out": _table(["why", "functions"], left_out.items()) if left_out else "Nothing was left out.",
        "Configuration": "```json\n"
        + json.dumps(dict(configuration), indent=2, sort_keys=True, default=str)
        + "\n```",
    }
    head = (
        f"# Data card\n\n{_INTRODUCTION}\n\n{len(functions):,} functions ({len(llm):,} llm, "
        f"{len(functions) - len(llm):,} human) of {functions['repo'].nunique():,} repositories, {len(pairs):,} "
        f"same-task pairs.\n\nHash: `{digest}`\n"
    )
    return head + "".join(f"\n## {title}\n\n{text}\n" for title, text in sections.items())


def _frame(functions: Sequence[Row]) -> pd.DataFrame:
    """What the card counts of every function, in words."""
    columns = ("repo", "label", "language", "era", "agent", "generator", "source", "length", "kind", "side")
    values = [
        (
            *(row.repo, row.label, row.language, _era(row)),
            *(told or "not named" for told in (row.agent, row.generator, row.source)),
            length_class(row.lines),
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


def _by_label(functions: pd.DataFrame, column: str) -> str:
    counts = functions.groupby([column, "label"]).size().unstack("label", fill_value=0)
    return _table([column, *_LABELS], counts.reindex(columns=range(2), fill_value=0).itertuples())


def _counts(functions: pd.DataFrame, column: str) -> str:
    counts = functions[column].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    shown, rest = counts[:_LONGEST_TABLE], counts[_LONGEST_TABLE:]
    others = [(f"{len(rest)} others", rest.sum())] if len(rest) else []
    return _table([column, "functions"], [*shown.items(), *others])


def _table(header: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    rule = ["---", *["---:"] * (len(header) - 1)]
    cells = [
        [" ".join(str(name).replace("|", "\\|").split()), *(f"{count:,}" for count in counts)]
        for name, *counts in lines
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *cells))
