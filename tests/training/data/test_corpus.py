import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin_training.data.card import data_card
from codeorigin_training.data.corpus import CorpusConfig, corpus
from codeorigin_training.data.reserved import digest
from codeorigin_training.data.rows import (
    DISTRIBUTION_SOURCE,
    SNIPPET_SOURCE,
    CorpusError,
    Row,
    corpus_hash,
    read_functions,
    read_pairs,
    read_published,
)
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.run import Run
from support.corpus_maker import write_corpus, write_distribution

PYTHON = (
    "def {0}(values):\n    {0}_total = 0\n    for each in values:\n"
    "        {0}_total += each\n    return {0}_total\n"
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "data", repositories=12)


def add(data: Path, *functions: tuple[str, str, str]) -> None:
    """Add functions to the folder's functions.parquet, each a repository, a label and a text."""
    path = data / "functions.parquet"
    rows = pq.read_table(path).to_pylist() if path.is_file() else []
    plain = {"language": "python", "generator": "", "agent": "", "commit": "", "path": "a.py", "date": ""}
    plain |= {"evidence": "", "source": ""}
    data.mkdir(parents=True, exist_ok=True)
    added = [
        {**plain, "repo": repo, "label": label, "code": code, "is_test": False, "lines": code.count("\n") + 1}
        for repo, label, code in functions
    ]
    pq.write_table(pa.Table.from_pylist([*rows, *added]), path)


def repositories(config: CorpusConfig, run: Run) -> set[str]:
    """The repositories of the corpus's functions and pairs."""
    corpus(config, run)
    return {row.repo for row in [*read_functions(run.corpus), *read_pairs(run.corpus)]}


def test_corpus_contains_every_source_and_has_card(tmp_path: Path, data: Path) -> None:
    write_distribution(data, packages=2, functions=3)
    run = Run(tmp_path / "run")
    # Made-up functions may be similar by chance.
    corpus(CorpusConfig(data=data, near_duplicates=False), run)
    rows = {row.repo: row for row in read_functions(run.corpus)}
    assert {row.repo for row in read_functions(data)} < set(rows)
    entries = pq.read_table(run.corpus / "functions.parquet").to_pylist()
    assert {entry["repo"]: entry["evidence"] for entry in entries if entry["source"] == "debian"} == {
        "debian/python3-project0": "H-dist",
        "debian/python3-project1": "H-dist-12",
    }
    assert len(read_pairs(run.corpus)) == len(read_pairs(data))
    card = (run.corpus / "card.md").read_text(encoding="utf-8")
    assert f"{len(read_functions(run.corpus))} functions" in card
    assert "6 same-task pairs" in card
    assert f"`{corpus_hash(run.corpus)}`" in card


def test_distribution_packages_are_limited_and_optional(tmp_path: Path, data: Path) -> None:
    write_distribution(data, packages=5, functions=6)
    config = CorpusConfig(data=data, distribution_limit=4, near_duplicates=False)
    for wanted, expected in ((True, 20), (False, 0)):
        run = Run(tmp_path / f"run{wanted}")
        corpus(replace(config, distribution=wanted), run)
        rows = [row for row in read_functions(run.corpus) if row.source == DISTRIBUTION_SOURCE]
        assert len(rows) == expected
        assert {row.modern for row in rows} == ({True, False} if wanted else set())


def test_code_of_reserved_projects_is_excluded_from_every_source(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_distribution(data, packages=3)
    add(data, ("mine/listed", "llm", PYTHON.format("listed")))
    paired = read_pairs(data)[0].repo
    names = ["listed", "project1", paired.partition("/")[2]]
    config = CorpusConfig(data=data, near_duplicates=False)
    without = {"mine/listed", "debian/python3-project1", paired}
    before = repositories(config, Run(tmp_path / "before"))
    assert without < before
    (data / "reserved.txt").write_text("".join(f"{digest(name)}\n" for name in names), encoding="ascii")
    assert repositories(config, Run(tmp_path / "after")) == before - without
    elsewhere = tmp_path / "elsewhere.txt"
    (data / "reserved.txt").rename(elsewhere)
    named = replace(config, reserved=elsewhere)
    assert repositories(named, Run(tmp_path / "named")) == before - without
    monkeypatch.setattr("codeorigin_training.data.corpus.LOCKBOX", elsewhere)
    assert repositories(config, Run(tmp_path / "locked")) == before - without
    assert repositories(replace(config, lockbox=False), Run(tmp_path / "unlocked")) == before


def test_filters_can_be_turned_off(tmp_path: Path, data: Path) -> None:
    add(data, ("mine/wide", "human", "def wide():\n    return [\n" + "        " + "1, " * 500 + "\n    ]"))
    config = CorpusConfig(data=data, near_duplicates=False)
    for filters, there in ((True, False), (False, True)):
        found = repositories(replace(config, filters=filters), Run(tmp_path / f"run{filters}"))
        assert ("mine/wide" in found) is there


def test_copies_of_held_out_code_are_removed_from_training_side(tmp_path: Path, data: Path) -> None:
    assert is_held_out("mine/3") > is_held_out("mine/1")
    add(data, *((repo, "human", PYTHON.format("copied")) for repo in ("mine/3", "mine/1")))
    for removal, left in ((False, {"mine/1", "mine/3"}), (True, {"mine/3"})):
        config = CorpusConfig(data=data, near_duplicates=removal)
        assert repositories(config, Run(tmp_path / f"run{removal}")) & {"mine/1", "mine/3"} == left


def test_labels_that_say_nothing_about_the_writer_are_left_out(tmp_path: Path) -> None:
    """Of agents' code, what other owners have too and what is four lines or fewer; people's code stays."""
    data, short = tmp_path / "data", "def short(a):\n    a += 1\n    return a\n"
    copied = (("mine/1", "llm"), ("yours/1", "llm"), ("theirs/1", "human"))
    add(data, *((repo, label, PYTHON.format("copied")) for repo, label in copied))
    twice = PYTHON.format("twice").replace("+=", "-=").replace("for each in values", "while values")
    add(data, ("mine/2", "llm", twice), ("mine/5", "llm", twice))
    add(data, ("yours/2", "llm", short), ("yours/3", "human", short))
    left = {"theirs/1", "mine/2", "mine/5", "yours/3"}
    assert repositories(CorpusConfig(data=data), Run(tmp_path / "run")) == left


def test_nothing_is_left_out_if_no_repository_is_held_out(tmp_path: Path) -> None:
    data = tmp_path / "data"
    add(data, ("mine/1", "human", PYTHON.format("copied")), ("mine/2", "llm", PYTHON.format("copied")))
    assert not is_held_out("mine/1") | is_held_out("mine/2")
    assert repositories(CorpusConfig(data=data), Run(tmp_path / "run")) == {"mine/1", "mine/2"}


def test_corpus_with_one_label_is_rejected(tmp_path: Path) -> None:
    add(tmp_path / "alone", ("a/b", "llm", PYTHON.format("alone")))
    with pytest.raises(CorpusError, match="rows of one label alone"):
        corpus(CorpusConfig(data=tmp_path / "alone"), Run(tmp_path / "run"))


def test_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"gone.functions\.parquet: not found"):
        corpus(CorpusConfig(data=tmp_path / "gone"), Run(tmp_path / "run"))


def test_published_answers_of_every_llm_are_limited(tmp_path: Path, data: Path) -> None:
    answer = {"language": "python", "source": "set", "licence": "", "group": "task"}
    answers = [
        answer | {"code": f"x = {number}", "label": label, "generator": generator}
        for generator, label, count in (("a", "llm", 5), ("b", "llm", 2), ("", "human", 3))
        for number in range(count)
    ]
    pq.write_table(pa.Table.from_pylist(answers), data / "snippets.parquet")
    run = Run(tmp_path / "run")
    assert read_published(run.corpus) == []
    corpus(CorpusConfig(data=data, published_limit=3), run)
    found = read_published(run.corpus)
    assert sorted(row.generator for row in found) == ["a", "a", "a", "b", "b"]
    assert {(row.label, row.source, row.group) for row in found} == {(1, SNIPPET_SOURCE, "task")}


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
