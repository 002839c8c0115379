"""Which commit holds people's code alone."""

from pathlib import Path

import pytest

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.git.repository import Repository as Opened
from codeorigin.past import commit
from codeorigin.past.commit import last_human_commit
from support.repositories import DECLARED, Repository, plain_functions


def last(repository: Repository) -> str | None:
    return last_human_commit(Opened.of(repository.folder))


HISTORIES: dict[str, tuple[list[str], int | None]] = {
    "the last before December 2022": (["2021-01-01", "2022-11-29", "2024-05-01"], 1),
    "a young repository has none": (["2023-01-01"], None),
    "without commits there is none": ([], None),
    "a new one that claims to be old is not believed": (["2021-01-01", "2024-05-01", "2019-01-01"], 0),
    "an old one that claims to be new ends it early": (["2021-01-01", "2033-01-01", "2021-06-01"], 0),
    "it ends before the first that names an agent": (["2021-01-01", "2022-11-29 agent", "2022-11-30"], 0),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_the_last_commit_with_peoples_code_alone_is_found(tmp_path: Path, name: str) -> None:
    dates, expected = HISTORIES[name]
    made = Repository(tmp_path / "made")
    for number, entry in enumerate(dates):
        date, _, agent = entry.partition(" ")
        made.commit({"a.py": f"x = {number}\n"}, date=date, message=DECLARED if agent else "Work")
    commits = made.git("rev-list", "--reverse", "--all").split()
    assert last(made) == (None if expected is None else commits[expected])


def test_merged_branch_is_not_followed(repository: Repository) -> None:
    # Work that was merged later than December 2022 was not in the project before.
    expected = last(repository)
    repository.git("checkout", "--quiet", "--orphan", "side")
    repository.commit({"side.py": "x = 1\n"}, date="2022-11-30")
    repository.git("checkout", "--quiet", "main")
    options = ("--quiet", "--no-gpg-sign", "--allow-unrelated-histories", "-m", "x")
    repository.git("merge", *options, "side", date="2024-06-01")
    assert last(repository) == expected


def test_shallow_clone_has_none(repository: Repository, tmp_path: Path) -> None:
    # Its only commit could claim any date.
    repository.commit({"forged.py": plain_functions("forged")}, date="2019-01-01")
    address = f"file://{repository.folder}"
    repository.git("clone", "--quiet", "--depth", "1", address, str(tmp_path / "shallow"))
    assert last(Repository.at(tmp_path / "shallow")) is None


def test_messages_that_are_more_than_a_run_may_read_leave_no_past(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository of 32 KB held commits with megabytes of trailers."""
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    for day in range(1, 4):
        crowd = "Co-authored-by: Bo <bo@example.org>\n" * 1_000
        repository.commit({"a.py": f"x = {day}\n"}, date=f"2022-06-0{day}", message=f"Work\n\n{crowd}")
    assert last(repository) == repository.git("rev-parse", "HEAD").strip()
    monkeypatch.setattr(commit, "_MOST_BYTES", 80_000)
    assert last(repository) is None


def test_the_walk_can_be_cancelled(repository: Repository) -> None:
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    repository.commit({"a.py": "x = 1\n"}, date="2022-06-01")
    token = CancelToken()
    opened = Opened.of(repository.folder, cancel=token)
    token.cancel()
    with pytest.raises(Cancelled):
        last_human_commit(opened)
