"""What commits wrote, and how it is judged, in repositories with everything that histories may contain."""

import json
from pathlib import Path

import pytest

from codeorigin.git import moved_lines
from codeorigin.git.repository import Repository as Opened
from support.command import run
from support.histories import Judge, OpenRun
from support.repositories import DECLARED, Repository, plain_functions
from support.tiny_model import COMMIT_RULE, PAST_RULE, with_past_rule, with_reference_rule


def test_every_commit_is_judged_by_what_it_wrote(repository: Repository, judge: Judge) -> None:
    third, second, first = judge(repository.folder)
    assert [found.seconds for found in (first, third)] == [1577880000, 1580731200]
    assert (first.functions, first.written, first.lines, first.reason) == (2, 2, 12, None)
    assert (second.functions, second.written, second.lines, second.reason) == (1, 0, 1, "too_few_functions")
    assert (second.logit, second.probability, second.band) == (None, None, None)
    assert (third.functions, third.written, third.lines) == (3, 3, 18)
    assert third.probability == pytest.approx(COMMIT_RULE.scale.probability(third.logit or 0.0))
    (part,) = third.parts
    assert (part.folder, part.language, part.functions) == ("lib", "python", 3)
    assert part.human + part.unsure + part.llm == 18
    assert [found.declared for found in (first, second, third)] == [(), (), ("claude",)]


def test_several_processes_give_the_same_results(
    repository: Repository, judge: Judge, tmp_path: Path
) -> None:
    for number in range(20):
        repository.commit({"src/a.py": plain_functions("one", "two", number=number)}, date="2020-03-01")
    assert judge(repository.folder, jobs=3, state=tmp_path / "other.sqlite") == judge(repository.folder)


def test_moved_functions_are_counted_apart(
    repository: Repository, judge: Judge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    new = plain_functions("one", "two", "new")
    repository.commit(
        {"src/a.py": "# Empty.\n", "lib/c.py": new.replace("[]", "list()", 1)}, date="2020-03-01"
    )
    newest, again = (judge(repository.folder)[0] for _ in range(2))
    # Of the three functions, two stood in a.py; the lines of each count once.
    assert (newest.moved, newest.functions, newest.lines) == (2, 1, 6)
    assert again == newest
    monkeypatch.setattr(moved_lines, "MAX_BYTES", 10)
    too_large = judge(repository.folder, state=tmp_path / "other.sqlite")[0]
    assert (too_large.moved, too_large.functions) == (None, 3)


def test_merges_are_left_out_and_counted(repository: Repository, judge: Judge, open_run: OpenRun) -> None:
    repository.git("checkout", "-q", "-b", "side", "HEAD~1")
    repository.commit({"src/d.py": plain_functions("eight")}, date="2020-03-01")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "--no-gpg-sign", "-m", "Merge", "side")
    assert [found.functions for found in judge(repository.folder)] == [1, 3, 1, 2]
    with open_run(repository.folder) as opened:
        assert (opened.plan.merges, opened.plan.cut_off) == (1, 0)


def test_shallow_clone_leaves_out_commits_it_cannot_compare(
    repository: Repository, judge: Judge, open_run: OpenRun, tmp_path: Path
) -> None:
    repository.git("clone", "-q", "--depth", "2", f"file://{repository.folder}", str(tmp_path / "shallow"))
    assert [found.functions for found in judge(tmp_path / "shallow")] == [3]
    with open_run(tmp_path / "shallow") as opened:
        assert opened.plan.cut_off == 1


def test_bare_repositories_worktrees_and_detached_heads_are_judged(
    repository: Repository, judge: Judge, tmp_path: Path
) -> None:
    whole = judge(repository.folder)
    repository.git("clone", "-q", "--bare", str(repository.folder), str(tmp_path / "bare.git"))
    assert judge(tmp_path / "bare.git", state=tmp_path / "bare.sqlite") == whole
    repository.git("worktree", "add", "-q", str(tmp_path / "side"), "HEAD~1")
    assert judge(tmp_path / "side") == whole[1:]
    repository.git("checkout", "-q", "--detach", "HEAD~1")
    assert judge(repository.folder) == whole[1:]


def test_undecodable_files_are_counted(repository: Repository, judge: Judge) -> None:
    repository.write("bad.py", b"def f():\n    return '\xff\xfe'\n")
    repository.git("add", "bad.py")
    repository.git("commit", "-qm", "bad", date="2020-03-01")
    assert [found.skipped for found in judge(repository.folder)] == [1, 0, 0, 0]
    # And once more, from the state.
    assert [found.skipped for found in judge(repository.folder)] == [1, 0, 0, 0]


@pytest.mark.parametrize("time", ["", "5x", "99999999999999", str(2**64 - 1), "9" * 40])
def test_commits_with_broken_times_are_listed(repository: Repository, judge: Judge, time: str) -> None:
    tree, parent = repository.git("rev-parse", "HEAD^{tree}", "HEAD").split()
    for parents in ("", f"parent {parent}\n"):
        raw = f"tree {tree}\n{parents}author A <a> 5 +0000\ncommitter A <a> {time} +0000\n\nx\n"
        made = repository.git(
            "hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw.encode()
        )
        repository.git("update-ref", "refs/heads/main", made)
        names = [found.commit for found in judge(repository.folder)]
        assert names[0] == made
    assert next(Opened.of(repository.folder).log("HEAD")).parents == (parent,)


@pytest.fixture
def grown(tmp_path: Path) -> Repository:
    """A repository with old functions and new ones."""
    made = Repository(tmp_path / "grown")
    made.commit({"old.py": plain_functions("one", "two", "three", "four", "five")}, date="2021-01-01")
    made.commit({"new.py": plain_functions("six", "seven", number=7)}, date="2024-05-01")
    return made


def test_text_says_what_was_compared(grown: Repository, model: Path) -> None:
    with_past_rule(model, model, PAST_RULE)

    def history(*options: str) -> str:
        return run("history", grown.folder, "--jobs", "1", "--model", model, *options).stdout.decode()

    assert "Compared with this project's own 5 functions from before December 2022" in history()
    assert "December 2022" not in history("--no-past")


def test_commit_has_the_verdict_of_a_check_until_records_declare_functions(
    grown: Repository, tmp_path: Path, model: Path
) -> None:
    with_reference_rule(model, model)
    commit = grown.git("rev-parse", "HEAD")
    given = ("--model", model, "--format", "json", "--jobs", "1")

    def of_history(*options: str | Path) -> float:
        found = json.loads(run("history", grown.folder, *given, *options).stdout)["commits"]
        return next(float(each["logit"]) for each in found if each["commit"] == commit)

    def of_check() -> float:
        done = run("check", "--commit", commit, *given, cwd=grown.folder)
        return float(json.loads(done.stdout)["change"]["verdict"]["logit"])

    before = of_history()
    assert before == pytest.approx(of_check(), abs=1e-9)
    assert before != pytest.approx(of_history("--no-past"), abs=1e-3)
    grown.commit(
        {"agent.py": plain_functions("eight", "nine", number=9)}, date="2024-06-01", message=DECLARED
    )
    # What is declared later changes a check, and nothing that a history has judged.
    assert of_check() != pytest.approx(before, abs=1e-6)
    assert of_history() == before
    assert of_history("--state", tmp_path / "another") == before
