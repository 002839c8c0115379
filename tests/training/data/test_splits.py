"""What is held out, what is left out, and how much a row weighs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.reading.comments import find_comments
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.data.filters import FilterConfig, filtered, rejection
from codeorigin_training.data.reserved import digest, is_reserved, read_reserved, without_reserved
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, CorpusError, Row
from codeorigin_training.data.splits import fold_of, is_held_out, project_of
from codeorigin_training.data.weights import balanced_weights, cells, is_documented, matched_sample
from support.corpus_rows import row
from support.snippets import ALL

REPOSITORIES = [f"owner{number}/project" for number in range(4000)]
HELD_OUT = [0, 8, 16, 17, 36, 42, 43, 48]
"""Places of the first ones in the test split: another share or salt would mix code that was kept apart."""


def test_split_ignores_case() -> None:
    assert all(is_held_out(repo) == is_held_out(repo.upper()) for repo in REPOSITORIES)


def test_repositories_stay_on_their_side() -> None:
    held_out = [number for number in range(60) if is_held_out(REPOSITORIES[number])]
    assert held_out == HELD_OUT


def test_folds_are_of_similar_size_and_independent_of_test_split() -> None:
    folds = [fold_of(repo, 4) for repo in REPOSITORIES if not is_held_out(repo)]
    assert set(folds) == {0, 1, 2, 3}
    assert max(folds.count(fold) for fold in range(4)) < 1.2 * min(folds.count(fold) for fold in range(4))


@pytest.mark.parametrize(
    ("repo", "project"),
    [
        ("debian/php-tally-date", "debian/tally"),
        ("debian/php-tally", "debian/tally"),
        ("debian/librust-tally-macros-dev", "debian/tally"),
        ("debian/python3-tally", "debian/tally"),
        ("debian/golang-github-someone-else", "debian/someone"),
        ("debian/golang-tally", "debian/tally"),
        ("debian/libtally-java", "debian/tally"),
        ("debian/Tally", "debian/tally"),
        ("debian/lib", "debian/lib"),
        ("debian/tally", "debian/tally"),
        ("someone/php-tally-date", "someone/php-tally-date"),
        ("Someone/Tally", "Someone/Tally"),
        ("snippets/shelf", "snippets/shelf"),
    ],
)
def test_packages_are_mapped_to_their_project(repo: str, project: str) -> None:
    assert project_of(repo) == project


def test_packages_of_one_project_stay_together() -> None:
    packages = [f"debian/php-tally-{number}" for number in range(200)]
    assert len({is_held_out(name) for name in packages}) == 1
    assert len({fold_of(name, 4) for name in packages}) == 1
    others = [f"debian/php-other{number}" for number in range(200)]
    assert len({is_held_out(name) for name in others}) == 2
    assert len({fold_of(name, 4) for name in others}) == 4


def test_digest_is_of_lower_case_name() -> None:
    assert digest("Tally") == digest("tally") == "b01e26d3f5a5130b9d8d"


@pytest.mark.parametrize(
    "repo",
    [
        "someone/Tally",
        "debian/tally",
        "debian/librust-tally-dev",
        "debian/librust-tally-0.7-dev",
        "debian/python3-tally",
        "debian/golang-github-someone-tally",
        "debian/golang-github-someone-tally-dev",
        "debian/ruby-tally",
        "debian/libtally-java",
        "debian/libtally2",
        "pypi:tally",
        "npm:@someone/tally",
    ],
)
def test_reserved_project_is_recognized_under_every_package_name(repo: str) -> None:
    assert is_reserved(repo, frozenset({digest("tally")}))


@pytest.mark.parametrize("repo", ["someone/tallies", "tally/other", "debian/python3-total"])
def test_other_projects_are_not_reserved(repo: str) -> None:
    assert not is_reserved(repo, frozenset({digest("tally")}))


def test_rows_of_reserved_projects_are_left_out() -> None:
    rows = [row(repo="debian/python3-tally"), row(repo="a/b"), row(repo="x/tally")]
    assert without_reserved(rows, frozenset({digest("tally")})) == [rows[1]]
    assert without_reserved(rows, frozenset()) == rows


def test_list_with_anything_but_digests_is_rejected(tmp_path: Path) -> None:
    listed = tmp_path / "reserved.txt"
    listed.write_text(f"{digest('tally')}\n{digest('total')}\n", encoding="ascii")
    assert read_reserved(listed) == {digest("tally"), digest("total")}
    listed.write_text("tally\n", encoding="ascii")
    with pytest.raises(CorpusError, match="'tally' is not 20"):
        read_reserved(listed)
    with pytest.raises(CorpusError, match="cannot be read"):
        read_reserved(tmp_path / "missing.txt")


CONFIG = FilterConfig()
ROW = Row("def f(): return 1", "python", 0, "a/b", "", False, False, 1)


@pytest.mark.parametrize(("code", "language"), ALL)
def test_handwritten_code_is_kept(code: str, language: str) -> None:
    assert rejection(code, CONFIG, f"src/module.{language}") is None


@pytest.mark.parametrize(
    ("code", "path", "reason"),
    [
        ("", "", "empty"),
        (" \n\t\n", "", "empty"),
        ("x = 1\n" * 400 + "y = " + "a" * 997, "", "longest line"),
        ("a" * 101, "", "average line"),
        ("x = [" + "!, " * 20 + "]", "", "alphanumeric"),
        ("# Code generated by protoc. DO NOT EDIT.\ndef f():\n    return 1", "", "generated"),
        ("def f():\n    return 1", "api/service_pb2.py", "generated"),
        ("def f():\n    return 1", "vendor/lib/code.py", "generated"),
        ("void F() { }", "Forms\\Main.Designer.cs", "generated"),
    ],
)
def test_code_that_nobody_wrote_is_rejected(code: str, path: str, reason: str) -> None:
    assert rejection(code, CONFIG, path) == reason


def test_limits_are_inclusive() -> None:
    assert rejection("a" * 100, CONFIG) is None
    assert rejection("a" * 40 + "\n\n\n" + "a" * 160, CONFIG) is None
    assert rejection("a" * 161 + "\n" + "a" * 40, CONFIG) == "average line"
    assert rejection("ab" + "=" * 6, CONFIG) is None
    assert rejection("ab" + "=" * 7, CONFIG) == "alphanumeric"


def test_thresholds_come_from_configuration() -> None:
    strict = FilterConfig(average_line=10, longest_line=12, alphanumeric_share=0.9, generated=False)
    assert rejection("abcdefghijklm", strict) == "longest line"
    assert rejection("abcdefghijk", strict) == "average line"
    assert rejection("a = b", strict) == "alphanumeric"
    assert rejection("ab", strict, "vendor/x.py") is None


@given(st.text(max_size=200), st.text(max_size=20))
def test_rejection_never_raises(code: str, path: str) -> None:
    assert rejection(code, CONFIG, path) in {
        None,
        "empty",
        "longest line",
        "average line",
        "alphanumeric",
        "generated",
    }


def test_reasons_are_counted_and_pairs_are_dropped_together() -> None:
    rows = [
        ROW,
        replace(ROW, code=""),
        replace(ROW, code="a" * 101, pair="p"),
        replace(ROW, label=1, pair="p"),
        replace(ROW, label=1, pair="q"),
    ]
    kept, counts = filtered(rows, CONFIG)
    assert kept == [rows[0], rows[4]]
    assert counts == {"empty": 1, "average line": 1, "other half of a pair": 1}


def cell_row(
    label: int, *, repo: str = "a/a", language: str = "python", lines: int = 5, is_test: bool = False
) -> Row:
    return Row("x", language, label, repo, "", False, is_test, lines)


def test_length_classes_have_documented_edges() -> None:
    cell = cells([cell_row(0, lines=lines) for lines in (1, 4, 5, 8, 9, 15, 16, 29, 30, 500)])
    first, last = cell[::2], cell[1::2]
    assert first.tolist() == last.tolist()
    assert len(set(first.tolist())) == 5


def test_classes_have_equal_weight_in_every_cell() -> None:
    rows = [cell_row(0, repo=f"r{n}") for n in range(30)] + [cell_row(1, repo=f"s{n}") for n in range(12)]
    rows += [cell_row(0, language="go", repo="g")] * 4 + [cell_row(1, language="go", repo="h")] * 9
    weights = balanced_weights(rows)
    labels, cell = np.array([each.label for each in rows]), cells(rows)
    for name in np.unique(cell):
        inside = cell == name
        human, llm = (weights[inside & (labels == label)].sum() for label in (0, 1))
        assert human == pytest.approx(llm)
    assert weights.mean() == pytest.approx(1.0)


def test_class_gets_at_most_three_times_the_weight_of_the_rarer_one() -> None:
    even = [cell_row(label, repo=f"{label}/{n}", language="go") for n in range(9) for label in (0, 1)]
    uneven = [cell_row(0, repo=f"2/{n}") for n in range(99)] + [cell_row(1, repo="3/1")]
    weights = balanced_weights([*even, *uneven])
    assert weights[-1] == pytest.approx(3 * weights[0])
    assert weights[len(even) : -1].sum() == pytest.approx(weights[-1])


def test_cell_with_one_class_has_no_weight() -> None:
    weights = balanced_weights([cell_row(0), cell_row(1), cell_row(0, language="go")])
    assert weights[2] == 0.0
    assert weights[0] == pytest.approx(weights[1]) == pytest.approx(1.5)


def test_repository_weight_grows_with_square_root_of_its_rows() -> None:
    rows = [cell_row(0, repo="big")] * 100 + [cell_row(0, repo="small")] + [cell_row(1, repo="x")] * 20
    weights = balanced_weights(rows)
    assert weights[:100].sum() == pytest.approx(10 * weights[100])


def test_matched_sample_is_balanced_and_drawn_from_kept_rows() -> None:
    rows = [cell_row(n % 2, lines=5 if n % 3 else 40) for n in range(90)]
    keep = np.arange(90) >= 20
    sample = matched_sample(rows, keep, seed=1)
    assert len(sample)
    assert keep[sample].all()
    assert len(set(sample.tolist())) == len(sample)
    labels, cell = np.array([each.label for each in rows])[sample], cells(rows)[sample]
    for name in np.unique(cell):
        assert (labels[cell == name] == 0).sum() == (labels[cell == name] == 1).sum()


def test_distribution_takes_share_of_human_weight_without_adding_any() -> None:
    repositories = [cell_row(0, repo=f"r{n}") for n in range(4)] + [
        cell_row(1, repo=f"s{n}") for n in range(4)
    ]
    repositories += [cell_row(0, language="go", repo="g"), cell_row(1, language="go", repo="h")]
    packages = [replace(cell_row(0, repo=f"debian/p{n}"), source=DISTRIBUTION_SOURCE) for n in range(8)]
    weights = balanced_weights([*repositories, *packages])
    of_packages, of_people, of_models = weights[10:].sum(), weights[:4].sum(), weights[4:8].sum()
    assert of_packages == pytest.approx(of_people)
    assert of_packages + of_people == pytest.approx(of_models)
    assert of_models == pytest.approx(4 * weights[9])


def test_documented_human_and_llm_code_have_equal_weight() -> None:
    plain, commented = "def f():\n    return 1\n", "def f():\n    # one\n    return 1\n"
    rows = [replace(cell_row(0, repo=f"r{n}"), code=plain if n else commented) for n in range(10)]
    rows += [replace(cell_row(1, repo=f"s{n}"), code=commented if n else plain) for n in range(10)]
    weights = balanced_weights(rows)
    labels = np.array([each.label for each in rows])
    with_comment = np.array([is_documented(each.code, each.language) for each in rows])
    for inside in (with_comment, ~with_comment):
        human, llm = (weights[inside & (labels == label)].sum() for label in (0, 1))
        assert human == pytest.approx(llm)


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", 'def f(x):\n        """Twice."""\n        return 2 * x\n', True),
        ("python", "def f(x):\n    return 2 * x  # twice\n", True),
        ("python", 'def f(x):\n    return """not a docstring"""\n', False),
        ("go", 'func f() string {\n\treturn "http://"\n}\n', False),
        ("rust", "fn f() {\n    // why\n    g()\n}\n", True),
        ("ruby", "def f\n  1\nend\n", False),
    ],
)
def test_code_with_comment_or_docstring_is_documented(language: str, code: str, expected: bool) -> None:
    assert is_documented(code, language) is expected
    assert bool(find_comments(normalize(code, language).text, language)) is expected
