"""The generated data card."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from codeorigin_training.data.card import data_card
from codeorigin_training.data.rows import Row, read_functions, read_pairs
from support.corpus_maker import write_corpus


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    folder: Path = write_corpus(tmp_path_factory.mktemp("corpus"), repositories=8, functions=6)
    return [*read_functions(folder), *read_pairs(folder)]


def card_of(rows: list[Row], left_out: dict[str, int] | None = None) -> str:
    configuration = {"seed": 4, "folder": Path("data")}
    return data_card(rows, digest="c0ffee", configuration=configuration, left_out=left_out or {})


def section(card: str, title: str) -> str:
    found = re.search(rf"^## {title}\n\n(.*?)(?=^## |\Z)", card, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def counts(table: str) -> dict[str, list[int]]:
    lines = re.findall(r"^\| ([^|]+?) \| ([\d,]+(?: \| [\d,]+)*) \|$", table, re.MULTILINE)
    return {name: [int(cell.replace(",", "")) for cell in cells.split(" | ")] for name, cells in lines}


def test_figures_match_rows(rows: list[Row]) -> None:
    card = card_of(rows)
    functions = [row for row in rows if row.pair is None]
    llm = sum(row.label for row in functions)
    assert f"48 functions ({llm} llm, {48 - llm} human) of 8 repositories, 4 same-task pairs" in card
    by_language = counts(section(card, "Languages"))
    assert by_language == {
        language: [
            sum(row.language == language and row.label == label for row in functions) for label in (0, 1)
        ]
        for language in ("python", "ruby")
    }
    assert sum(map(sum, counts(section(card, "Splits")).values())) == 48
    assert sum(counts(section(card, "Agents"))["helper"]) == sum(
        row.agent == "helper" and row.label for row in functions
    )
    assert counts(section(card, "Sources")) == {"git-mined": [48 - llm, llm]}
    labels = [
        {row.label for row in functions if row.repo == repo} for repo in {row.repo for row in functions}
    ]
    kinds = {"llm alone": {1}, "human alone": {0}, "both": {0, 1}}
    expected = {name: [labels.count(found)] for name, found in kinds.items()}
    assert counts(section(card, "Repositories")) == expected
    assert expected["both"] == [8]
    assert sum(map(sum, counts(section(card, "Era")).values())) == 48
    lengths = counts(section(card, "Length and tests"))
    assert lengths.pop("not a test") == [48 - llm, llm]
    assert sum(map(sum, lengths.values())) == 48


def test_left_out_rows_are_reported(rows: list[Row]) -> None:
    assert "Nothing was left out." in card_of(rows)
    card = card_of(rows, {"filter: longest line": 3, "near duplicate of held-out code": 1234})
    assert counts(section(card, "Left out")) == {
        "filter: longest line": [3],
        "near duplicate of held-out code": [1234],
    }


def test_long_tail_is_summed_up(rows: list[Row]) -> None:
    many = [replace(rows[0], label=1, generator=f"model-{number:02}") for number in range(40)]
    table = counts(section(card_of(many), "Generators"))
    assert len(table) == 31
    assert table["10 others"] == [10]


def test_names_cannot_break_tables(rows: list[Row]) -> None:
    card = card_of([replace(rows[0], label=1, generator="a|b\nc")])
    assert r"| a\|b c | 1 |" in card


def test_empty_corpus_has_card() -> None:
    assert "0 functions (0 llm, 0 human) of 0 repositories" in card_of([])
