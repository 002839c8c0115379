"""An untrusted repository runs nothing and is left as it is."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from codeorigin.history.formats import html
from codeorigin.history.results import CommitResult, HeatLine
from support.repositories import Repository

Judge = Callable[..., list[CommitResult]]


@pytest.mark.parametrize("is_damaged", [False, True])
def test_hostile_repository_runs_nothing(
    repository: Repository, judge: Judge, tmp_path: Path, is_damaged: bool
) -> None:
    repository.commit({".gitattributes": "* diff=trap filter=none\n"}, date="2020-03-01")
    program = tmp_path / "trap.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{tmp_path}/ran"\n')
    program.chmod(0o755)
    names = (
        "core.fsmonitor", "diff.external", "diff.trap.command", "diff.trap.textconv", "filter.trap.clean",
        "filter.trap.smudge", "filter.trap.process", "gpg.program", "core.pager", "pager.log", "pager.diff-tree",
        "core.sshCommand", "credential.helper", "alias.diff-tree", "alias.log", "core.alternateRefsCommand",
    )  # fmt: skip
    for name in names:
        repository.git("config", name, f"!{program}" if name.startswith("alias.") else str(program))
    for name, value in {
        "log.showSignature": "true", "format.pretty": "fuller", "color.ui": "always",
        "diff.noprefix": "true", "i18n.logOutputEncoding": "UTF-16", "diff.renames": "false",
    }.items():  # fmt: skip
        repository.git("config", name, value)
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"):
        path = repository.folder / ".git" / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.symlink_to(program)
    (tmp_path / "ran").unlink(missing_ok=True)
    if is_damaged:
        # Other git commands are used in this case.
        for revision in ("HEAD:lib/b.py", "HEAD~3"):
            name = repository.git("rev-parse", revision)
            (repository.folder / ".git" / "objects" / name[:2] / name[2:]).unlink()
    found = [each.functions for each in judge(repository.folder)]
    assert found == ([0, 0, 0] if is_damaged else [0, 3, 1, 2])
    assert not (tmp_path / "ran").exists()
    # The trap does work.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(
        ["git", "log", "-p", "--ext-diff"],
        cwd=repository.folder,
        env=environment,
        check=False,
        capture_output=True,
    )
    assert (tmp_path / "ran").exists()


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
    assert f"<i> {1:>5}</i> {shown}</span>" in html._line(HeatLine(1, text, 0.0, changed=False))


@pytest.mark.parametrize(
    "text", ["a" * 300_000, "a@" * 150_000, "a@b." + "c" * 300_000 + "@", "a." * 150_000]
)
def test_long_line_takes_as_long_as_it_is_long(text: str) -> None:
    # With time that grows with the square, this would take minutes to hours.
    assert "…" in html._line(HeatLine(1, f"{text} a@b.c", 0.0, changed=False))
