"""What commits wrote, on real repositories with everything that histories hold."""

import io
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from codeorigin.errors import CodeOriginError, RepositoryError
from codeorigin.git.line_changes import read_changes
from codeorigin.git.repository import Repository as Opened
from codeorigin.history.results import CommitResult
from codeorigin.history.run import HistoryRun, open_history
from support.repositories import Repository
from support.tiny_model import COMMIT_RULE, with_commit_rules

PLAIN = """\
def {name}(values, limit):
    kept = []
    for value in values:
        if value < limit + {number}:
            kept.append(value)
    return kept
"""
Judge = Callable[..., list[CommitResult]]


def code(*names: str, number: int = 1) -> str:
    return "\n\n".join(PLAIN.format(name=name, number=number) for name in names)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"src/a.py": code("one", "two"), "notes.txt": "x\n"}, date="2020-01-01")
    made.commit({"src/a.py": code("one", "two").replace("[]", "list()", 1)}, date="2020-02-01")
    made.commit(
        {"lib/b.py": code("three", "four", "five")},
        date="2020-02-03",
        message="Add\n\nCo-authored-by: Claude <noreply@anthropic.com>",
    )
    return made


@pytest.fixture
def model(tmp_path: Path, tiny_model_dir: Path) -> Path:
    return with_commit_rules(tmp_path / "model", tiny_model_dir)


@pytest.fixture
def judge(tmp_path: Path, model: Path) -> Judge:
    """``judge(folder, ...)``: the results of a repository, with a state of their own."""

    def run(folder: Path, **options: object) -> list[CommitResult]:
        state = options.pop("state", tmp_path / "state.sqlite")
        wanted = options.pop("wanted", lambda path: True)
        with open_history(
            Opened.of(folder),
            wanted,
            settings="",
            state=state,
            model=model,
            **options,  # type: ignore[arg-type]
        ) as opened:
            return list(opened.results())

    return run


def test_every_commit_by_what_it_wrote(repository: Repository, judge: Judge) -> None:
    third, second, first = judge(repository.folder)
    assert [each.seconds for each in (first, third)] == [1577880000, 1580731200]
    assert (first.functions, first.written, first.lines, first.reason) == (2, 2, 12, None)
    assert (second.functions, second.written, second.lines, second.reason) == (1, 0, 1, "too_few_functions")
    assert (second.logit, second.probability, second.band) == (None, None, None)
    assert (third.functions, third.written, third.lines) == (3, 3, 18)
    assert third.probability == pytest.approx(COMMIT_RULE.scale.probability(third.logit or 0.0))
    (part,) = third.parts
    assert (part.folder, part.language, part.functions) == ("lib", "python", 3)
    assert part.human + part.unsure + part.llm == 18
    assert [each.declared for each in (first, second, third)] == [(), (), ("claude",)]


def test_the_verdict_is_that_of_check(
    repository: Repository,
    judge: Judge,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import json  # noqa: PLC0415

    from codeorigin.cli.app import main  # noqa: PLC0415

    monkeypatch.chdir(repository.folder)
    results = judge(repository.folder)
    for result in results:
        main(["check", "--format", "json", "--model", str(model), "--commit", result.commit])
        report = json.loads(capsys.readouterr().out)
        verdict = report["change"]["verdict"]
        assert (verdict["probability"], verdict["function_count"]) == (result.probability, result.written)
        bands = [each["band"] for file in report["files"] for each in file["functions"]]
        assert result.functions == len(bands)
        lines = sum(each["counted_lines"] for file in report["files"] for each in file["functions"])
        assert lines == result.lines


def test_several_processes_say_the_same(repository: Repository, judge: Judge, tmp_path: Path) -> None:
    assert judge(repository.folder, jobs=2, state=tmp_path / "other.sqlite") == judge(repository.folder)


def test_what_is_known_is_not_read_again(
    repository: Repository, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = judge(repository.folder)
    repository.commit({"src/c.py": code("six", "seven", number=4)}, date="2020-03-01")
    asked = []
    from codeorigin.history import walk  # noqa: PLC0415

    kept = walk.commit_changes
    monkeypatch.setattr(
        walk,
        "commit_changes",
        lambda git, commits, wanted: asked.extend(commits) or kept(git, commits, wanted),
    )
    after = judge(repository.folder)
    assert asked == [repository.git("rev-parse", "HEAD")]
    assert after[1:] == before


def test_a_run_that_was_stopped_goes_on(
    repository: Repository, judge: Judge, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from codeorigin.history import walk  # noqa: PLC0415

    monkeypatch.setattr(walk, "COMMITS_AT_ONCE", 1)
    whole = judge(repository.folder, state=tmp_path / "whole.sqlite")

    def stop() -> None:
        with open_history(
            Opened.of(repository.folder),
            lambda path: True,
            settings="",
            state=tmp_path / "state.sqlite",
            model=model,
        ) as opened:
            next(iter(opened.results()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert judge(repository.folder) == whole


def test_other_settings_have_results_of_their_own(
    repository: Repository, model: Path, tmp_path: Path
) -> None:
    def functions(settings: str, wanted: Callable[[str], bool]) -> int:
        with open_history(
            Opened.of(repository.folder),
            wanted,
            settings=settings,
            state=tmp_path / "state.sqlite",
            model=model,
        ) as opened:
            return sum(each.functions for each in opened.results())

    assert functions("all", lambda path: True) == 6
    assert functions("lib", lambda path: path.startswith("lib/")) == 3
    assert functions("all", lambda path: False) == 6


def test_another_model_starts_anew(repository: Repository, judge: Judge, tmp_path: Path) -> None:
    assert judge(repository.folder)[0].probability is not None
    with open_history(
        Opened.of(repository.folder), lambda path: True, settings="", state=tmp_path / "state.sqlite"
    ) as opened:
        # Three functions are too few for the rule of the model that ships.
        assert next(iter(opened.results())).reason == "too_few_functions"


def test_a_span_of_time_and_a_folder(repository: Repository, judge: Judge) -> None:
    assert len(judge(repository.folder, since=1580558400)) == 2
    assert len(judge(repository.folder, until=1580558400)) == 1
    assert [each.functions for each in judge(repository.folder, paths=("lib",))] == [3]


def test_merges_are_left_out_and_counted(
    repository: Repository, judge: Judge, model: Path, tmp_path: Path
) -> None:
    repository.git("checkout", "-q", "-b", "side", "HEAD~1")
    repository.commit({"src/d.py": code("eight")}, date="2020-03-01")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "--no-gpg-sign", "-m", "Merge", "side")
    assert [each.functions for each in judge(repository.folder)] == [1, 3, 1, 2]
    with open_history(
        Opened.of(repository.folder), lambda path: True, settings="", state=tmp_path / "s", model=model
    ) as opened:
        assert (opened.plan.merges, opened.plan.cut_off) == (1, 0)


def test_renames_modes_and_removals_write_nothing(repository: Repository, judge: Judge) -> None:
    repository.git("mv", "lib/b.py", "lib/c.py")
    repository.git("commit", "-qm", "rename", date="2020-03-01")
    repository.git("update-index", "--chmod=+x", "lib/c.py")
    repository.git("commit", "-qm", "mode", date="2020-03-02")
    repository.git("rm", "-q", "src/a.py")
    repository.git("commit", "-qm", "remove", date="2020-03-03")
    repository.git("commit", "-q", "--allow-empty", "-m", "nothing", date="2020-03-04")
    assert [each.functions for each in judge(repository.folder)] == [0, 0, 0, 0, 3, 1, 2]


def test_a_shallow_clone_leaves_out_what_it_cannot_compare(
    repository: Repository, judge: Judge, model: Path, tmp_path: Path
) -> None:
    repository.git("clone", "-q", "--depth", "2", f"file://{repository.folder}", str(tmp_path / "shallow"))
    assert [each.functions for each in judge(tmp_path / "shallow")] == [3]
    with open_history(
        Opened.of(tmp_path / "shallow"), lambda path: True, settings="", state=tmp_path / "s", model=model
    ) as opened:
        assert opened.plan.cut_off == 1


def test_bare_repositories_worktrees_and_detached_heads(
    repository: Repository, judge: Judge, tmp_path: Path
) -> None:
    whole = judge(repository.folder)
    repository.git("clone", "-q", "--bare", str(repository.folder), str(tmp_path / "bare.git"))
    assert judge(tmp_path / "bare.git", state=tmp_path / "bare.sqlite") == whole
    repository.git("worktree", "add", "-q", str(tmp_path / "side"), "HEAD~1")
    assert judge(tmp_path / "side") == whole[1:]
    repository.git("checkout", "-q", "--detach", "HEAD~1")
    assert judge(repository.folder) == whole[1:]


def test_no_commits_at_all(tmp_path: Path, judge: Judge) -> None:
    made = Repository(tmp_path / "none")
    with pytest.raises(RepositoryError, match="the repository has no commits yet"):
        judge(made.folder)


def test_submodules_and_links_are_nothing(repository: Repository, judge: Judge, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit({"c.py": code("nine")}, date="2020-01-01")
    repository.git("-c", "protocol.file.allow=always", "submodule", "-q", "add", str(inner.folder), "sub")
    (repository.folder / "link.py").symlink_to("src/a.py")
    repository.git("add", "link.py")
    repository.git("commit", "-qm", "with a submodule and a link", date="2020-03-01")
    assert judge(repository.folder)[0].functions == 0


def test_line_ends_of_windows(repository: Repository, judge: Judge) -> None:
    repository.commit({"w.py": code("ten", "eleven").replace("\n", "\r\n")}, date="2020-03-01")
    result = judge(repository.folder)[0]
    assert (result.functions, result.written, result.lines) == (2, 2, 12)


def test_what_is_no_text_is_counted(repository: Repository, judge: Judge) -> None:
    repository.write("bad.py", b"def f():\n    return '\xff\xfe'\n")
    repository.git("add", "bad.py")
    repository.git("commit", "-qm", "bad", date="2020-03-01")
    assert [each.unread for each in judge(repository.folder)] == [1, 0, 0, 0]
    # And once more, from the state.
    assert [each.unread for each in judge(repository.folder)] == [1, 0, 0, 0]


@pytest.mark.parametrize("name", ["-x.py", "new\nline.py", "with space.py", "ümlaut.py", 'quo"te.py'])
def test_odd_names(repository: Repository, judge: Judge, name: str) -> None:
    repository.commit({name: code("twelve"), "z.py": code("last", number=8)}, date="2020-03-01")
    assert [each.functions for each in judge(repository.folder)] == [2, 3, 1, 2]


def test_content_that_looks_like_what_git_says(repository: Repository, judge: Judge) -> None:
    head = repository.git("rev-parse", "HEAD~1")
    text = f'"""\n{"0" * 32}{head}\n:100644 100644 {"a" * 40}\nindex {"a" * 40}..{"b" * 40}\n@@ -1 +1,99 @@\n"""\n'
    repository.commit({"fake.py": text + code("thirteen")}, date="2020-03-01")
    assert [each.functions for each in judge(repository.folder)] == [1, 3, 1, 2]


def test_a_commit_of_no_time_that_is_one(repository: Repository, judge: Judge) -> None:
    tree = repository.git("rev-parse", "HEAD^{tree}")
    raw = f"tree {tree}\nauthor A <a> 99999999999999 +0000\ncommitter A <a> 99999999999999 +0000\n\nx\n"
    name = repository.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw.encode())
    repository.git("update-ref", "refs/heads/main", name)
    assert [each.commit for each in judge(repository.folder)] == [name]


@pytest.mark.parametrize("time", ["", "5x", str(2**64 - 1), "9" * 40])
def test_commits_of_broken_times(repository: Repository, judge: Judge, time: str) -> None:
    tree, parent = repository.git("rev-parse", "HEAD^{tree}", "HEAD").split()
    for parents in ("", f"parent {parent}\n"):
        raw = f"tree {tree}\n{parents}author A <a> 5 +0000\ncommitter A <a> {time} +0000\n\nx\n"
        made = repository.git(
            "hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw.encode()
        )
        repository.git("update-ref", "refs/heads/main", made)
        names = [each.commit for each in judge(repository.folder)]
        assert names[0] == made
    assert Opened.of(repository.folder).commit(made).parents == (parent,)


def test_a_state_that_cannot_be_kept_says_where(repository: Repository, judge: Judge, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CodeOriginError, match=r"--state names another file"):
        judge(repository.folder, state=tmp_path / "file" / "state")
    (tmp_path / "text").write_text("no database at all, and long enough to be read as one " * 9)
    with pytest.raises(CodeOriginError, match=r"--state names another file"):
        judge(repository.folder, state=tmp_path / "text")


def test_a_database_of_another_program_stays_as_it_is(
    repository: Repository, judge: Judge, tmp_path: Path
) -> None:
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("CREATE TABLE commits (settings TEXT, id TEXT, result TEXT)")
        theirs.execute("INSERT INTO commits VALUES ('a', 'b', 'c')")
        theirs.commit()
    before = path.read_bytes()
    with pytest.raises(CodeOriginError, match="is a database of another program"):
        judge(repository.folder, state=path)
    assert path.read_bytes() == before


def test_two_runs_with_one_state(repository: Repository, judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    judge(repository.folder, state=path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CodeOriginError, match="another run is at it; --state names another file"):
            judge(repository.folder, state=path)


def test_a_missing_object_says_what_to_do(repository: Repository, judge: Judge) -> None:
    name = repository.git("rev-parse", "HEAD:lib/b.py")
    (repository.folder / ".git" / "objects" / name[:2] / name[2:]).unlink()
    (repository.folder / "lib" / "b.py").unlink()
    with pytest.raises(
        RepositoryError, match=f"object {name[:10]} is not in this clone .* git fetch --refetch"
    ):
        judge(repository.folder)


def test_a_listing_that_is_cut_off_ends_there() -> None:
    # As when git is killed in the middle of a name.
    head = f":000000 100644 {'0' * 40} {'1' * 40} A".encode()
    for given in (head + b"\0src/a", head[:-1] + b"R100\0old.py\0new"):
        assert read_changes(io.BytesIO(given), lambda path: True) == ([], b"")


def test_nobody_is_named_in_the_state(repository: Repository, judge: Judge, tmp_path: Path) -> None:
    judge(repository.folder)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("state.sqlite*"))
    assert b"claude" in kept
    for name in (b"Ann", b"ann@example.org", b"noreply@"):
        assert name not in kept


def test_nothing_is_written_to_the_repository(repository: Repository, judge: Judge) -> None:
    def listing() -> list[tuple[str, int]]:
        return sorted((str(path), path.lstat().st_mtime_ns) for path in repository.folder.rglob("*"))

    before = listing()
    judge(repository.folder)
    assert listing() == before


def test_details_show_the_lines_of_what_was_written(
    repository: Repository, model: Path, tmp_path: Path
) -> None:
    with open_history(
        Opened.of(repository.folder), lambda path: True, settings="", state=tmp_path / "s", model=model
    ) as opened:
        _check_details(opened)


def _check_details(opened: HistoryRun) -> None:
    third, second, _ = list(opened.results())
    whole, one = list(opened.details([third, second]))
    assert {each.judged.function.name for each in whole.functions} == {"three", "four", "five"}
    assert all(each.judged.written for each in whole.functions)
    for function in whole.functions:
        assert len(function.lines) == 6
        assert all(line.changed for line in function.lines)
        assert function.lines[0].text == f"def {function.judged.function.name}(values, limit):"
        assert any(line.value for line in function.lines)
    (touched,) = one.functions
    assert [line.changed for line in touched.lines] == [False, True, False, False, False, False]
    assert touched.judged.verdict.commit_evidence is None


def test_a_hostile_repository_runs_nothing(repository: Repository, judge: Judge, tmp_path: Path) -> None:
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
    assert [each.functions for each in judge(repository.folder)] == [0, 3, 1, 2]
    assert not (tmp_path / "ran").exists()
    # It is a trap.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(
        ["git", "log", "-p", "--ext-diff"],
        cwd=repository.folder,
        env=environment,
        check=False,
        capture_output=True,
    )
    assert (tmp_path / "ran").exists()
