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


def test_last_commit_before_december_2022_is_found(repository: Repository) -> None:
    assert last(repository) == repository.git("rev-parse", "HEAD~1").strip()


def test_young_repository_has_none(tmp_path: Path) -> None:
    made = Repository(tmp_path / "young")
    made.commit({"a.py": "x = 1\n"}, date="2023-01-01")
    assert last(made) is None


def test_repository_without_commits_has_none(tmp_path: Path) -> None:
    assert last(Repository(tmp_path / "empty")) is None


def test_new_commit_that_claims_to_be_old_is_not_believed(repository: Repository) -> None:
    expected = last(repository)
    repository.commit({"forged.py": plain_functions("forged")}, date="2019-01-01")
    assert last(repository) == expected


def test_old_commit_that_claims_to_be_new_ends_the_past_early(repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD~2").strip()
    repository.git("checkout", "--quiet", first)
    repository.commit({"a.py": "x = 1\n"}, date="2033-01-01")
    repository.commit({"a.py": "x = 2\n"}, date="2021-06-01")
    assert last(repository) == first


def test_past_ends_before_the_first_commit_that_names_an_agent(repository: Repository) -> None:
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    expected = repository.git("rev-parse", "HEAD").strip()
    repository.commit({"a.py": "x = 1\n"}, date="2022-11-29", message=DECLARED)
    repository.commit({"a.py": "x = 2\n"}, date="2022-11-30")
    assert last(repository) == expected


def test_merged_branch_is_not_followed(repository: Repository) -> None:
    # Work that was merged later than December 2022 was not in the project before.
    expected = last(repository)
    repository.git("checkout", "--quiet", "--orphan", "side")
    repository.commit({"side.py": "x = 1\n"}, date="2022-11-30")
    repository.git("checkout", "--quiet", "main")
    repository.git(
        "merge",
        "--quiet",
        "--no-gpg-sign",
        "--allow-unrelated-histories",
        "-m",
        "x",
        "side",
        date="2024-06-01",
    )
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
