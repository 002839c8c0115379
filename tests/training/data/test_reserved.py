from pathlib import Path

import pytest

from codeorigin_training.data.reserved import digest, is_reserved, read_reserved, without_reserved
from codeorigin_training.data.rows import CorpusError
from support.corpus_rows import row


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
