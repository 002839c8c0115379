"""An untrusted repository runs nothing and is left as it is."""

import re
import subprocess
from pathlib import Path

import pytest

from codeorigin.core.errors import RepositoryError
from codeorigin.report.code import HeatLine, code_line
from support.git_traps import Trap, plant
from support.histories import Judge
from support.repositories import Repository


@pytest.mark.parametrize("is_damaged", [False, True])
def test_hostile_repository_runs_nothing(
    repository: Repository, judge: Judge, tmp_path: Path, is_damaged: bool
) -> None:
    repository.commit({".gitattributes": "* diff=trap filter=none\n"}, date="2020-03-01")
    if is_damaged:
        name = repository.git("rev-parse", "HEAD~1:lib/b.py")
        (repository.folder / ".git" / "objects" / name[:2] / name[2:]).unlink()
    trap = Trap(tmp_path / "trap")
    plant(repository, trap)
    if is_damaged:
        with pytest.raises(RepositoryError, match="is damaged"):
            judge(repository.folder)
    else:
        assert [result.functions for result in judge(repository.folder)] == [0, 3, 1, 2]
    assert trap.ran() == ""
    # The trap does work.
    subprocess.run(["git", "-C", repository.folder, "status"], check=False, capture_output=True)
    assert trap.ran()


def test_nothing_is_written_to_the_repository(repository: Repository, judge: Judge) -> None:
    def listing() -> list[tuple[str, int]]:
        return sorted((str(path), path.lstat().st_mtime_ns) for path in repository.folder.rglob("*"))

    before = listing()
    judge(repository.folder)
    assert listing() == before


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# by ann.b+c@mail.example.org, bob@example.org", "# by …, …"),
        ("a@b c@d. a@b.c.+d@e.f x@y@z.example", "a@b c@d. …… x@…"),
        ("@decorator(user@host) # 1@2.3", "@decorator(user@host) # …"),
    ],
)
def test_addresses_in_code_are_not_shown(text: str, shown: str) -> None:
    line = code_line(HeatLine(1, text, 0.0, syntax=bytes(len(text))))
    assert re.sub("<.*?>", "", line.partition("</i> ")[2]) == shown


@pytest.mark.parametrize(
    "text", ["a" * 300_000, "a@" * 150_000, "a@b." + "c" * 300_000 + "@", "a." * 150_000]
)
def test_long_line_takes_as_long_as_it_is_long_and_is_cut(text: str) -> None:
    # With time that grows with the square, this would take minutes to hours.
    assert code_line(HeatLine(1, f"{text} a@b.c", 0.0)).endswith("…</span>")
