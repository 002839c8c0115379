"""A scan of many repositories: what it writes, what it leaves out, and how it goes on."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.git.process import lacking
from codeorigin.history.judge_commits import ChangedCommit, JudgeCommits
from codeorigin.history.results import Share, Totals
from codeorigin.model.verdict import Band
from codeorigin.scan import command, page
from codeorigin.scan.command import read_repositories
from codeorigin.scan.options import ScanOptions
from codeorigin.scan.page import write_report
from codeorigin.scan.work import Judged, judge_repository
from support.command import complaints, run
from support.repositories import Repository


def judged(folder: Path, out: Path, model: Path) -> Judged:
    """What a process of a scan makes of a repository."""
    options = ScanOptions(out, out, model=model)
    return judge_repository(command._work(folder, out, options))


def rows_of(out: Path) -> list[dict[str, Any]]:
    return [row for path in sorted(out.glob("commits/*.parquet")) for row in pq.read_table(path).to_pylist()]


def list_of(tmp_path: Path, folders: list[Path]) -> Path:
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(map(str, folders)))
    return listed


def test_list_of_repositories_is_read(tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_bytes(b"\xef\xbb\xbf# ours\r\none\r\n\n  /two  \none\n")
    assert read_repositories(listed) == [tmp_path / "one", Path("/two")]
    listed.write_text("# none\n")
    with pytest.raises(CodeOriginError, match="names no repository"):
        read_repositories(listed)
    with pytest.raises(CodeOriginError, match="cannot be read"):
        read_repositories(tmp_path / "gone")


def test_commits_are_judged_as_by_history_with_the_past(
    folders: list[Path], model: Path, tmp_path: Path
) -> None:
    history = ("history", folders[0], "--model", model, "--jobs", "1", "--format", "json")
    done = run(*history, "--state", tmp_path / "a")
    assert done.stderr == b""
    report = json.loads(done.stdout)
    without = json.loads(run(*history, "--state", tmp_path / "b", "--no-past").stdout)
    assert judged(folders[0], tmp_path / "out", model).error is None
    names = ("commit", "functions", "written", "lines", "logit", "probability", "band", "reason", "declared")
    assert [[row[name] for name in names] for row in rows_of(tmp_path / "out")] == [
        [commit[name] for name in names] for commit in report["commits"]
    ]
    assert report["commits"][0]["logit"] < without["commits"][0]["logit"]


def test_killed_process_loses_nothing_and_a_bad_repository_is_one_line(
    folders: list[Path], model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git, killed, once = (tmp_path / name for name in ("bin/git", "killed", "once"))
    once.mkdir()
    git.parent.mkdir()
    # Kills the first process that reads objects: of all that try to remove a folder, one succeeds.
    git.write_text(f"""#!/bin/sh
case " $* " in *" cat-file --batch"*)
    if [ "$PPID" != {os.getpid()} ] && rmdir {once} 2>/dev/null; then
        echo "$PPID" > {killed}
        kill -9 "$PPID"
        exit 1
    fi
esac
exec {shutil.which("git")} "$@"
""")
    git.chmod(0o755)
    (tmp_path / "empty").mkdir()
    subprocess.run(["git", "init", "-q", tmp_path / "empty"], check=True)
    broken = Repository(tmp_path / "work")
    broken.commit({"a.py": "def a():\n    return 1\n"}, date="2020-01-01")
    name = broken.git("rev-parse", "HEAD:a.py")
    (broken.folder / ".git" / "objects" / name[:2] / name[2:]).unlink()
    listed = list_of(tmp_path, [*folders, tmp_path / "##[x]<i>gone", tmp_path / "empty", broken.folder])
    out = tmp_path / "out"
    given = ("scan", listed, "--out", out, "--model", model, "--jobs", "2")
    environment = dict(os.environ) | {"PATH": f"{git.parent}{os.pathsep}{os.environ['PATH']}"}
    done = run(*given, environment=environment)
    assert killed.read_text().strip() != str(os.getpid())
    # On a busy machine it also says how far it is.
    said = [line for line in complaints(done) if " a minute" not in line]
    assert sorted(line.rpartition(": ")[2] for line in said[:-1]) == [
        "no such folder", lacking(name), "the repository has no commits yet",
    ]  # fmt: skip
    assert said[-1].startswith("codeorigin: 3 repositories judged, 3 failed; report in ")
    assert done.returncode == 2
    rows = rows_of(out)
    assert sorted({row["repository"] for row in rows}) == sorted(map(str, folders))
    assert len(rows) == 18
    (tmp_path / "alone").mkdir()
    assert judged(folders[0], tmp_path / "alone", model).error is None
    assert rows_of(tmp_path / "alone") == [row for row in rows if row["repository"] == str(folders[0])]
    text = (out / "report.html").read_text("utf-8")
    assert "<h1>3 repositories judged, 3 failed</h1>" in text
    assert "&lt;i&gt;gone" in text
    assert "<b>18</b><span>commits</span>" in text
    assert "##[" not in text + done.stderr.decode()
    assert "ann@example.org" not in text.lower()
    table = pq.read_table(out / "repositories.parquet").to_pylist()
    assert [row["functions"] for row in table if row["error"] is None] == [18, 18, 18]
    assert [row["error"] for row in table if row["error"]] == [
        "no such folder",
        "the repository has no commits yet",
        lacking(name),
    ]


def test_what_is_judged_is_kept_and_new_commits_are_added(
    folders: list[Path], model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(folders[0], tmp_path / "work")
    judged(tmp_path / "work", tmp_path, model)
    before = rows_of(tmp_path)
    Repository.at(tmp_path / "work").commit({"new.py": "def new():\n    return 1\n"}, date="2024-07-01")
    met: list[str] = []
    result = JudgeCommits._result

    def noted(self: JudgeCommits, commit: ChangedCommit, *rest: Any) -> Any:
        met.append(commit.name)
        return result(self, commit, *rest)

    monkeypatch.setattr(JudgeCommits, "_result", noted)
    assert judged(tmp_path / "work", tmp_path, model).error is None
    after = rows_of(tmp_path)
    assert (met, after[1:]) == ([after[0]["commit"]], before)


# On a busy machine Ray's own processes can be late, which it says with a bare exception.
LATE = """\
import os, signal, sys
import ray

init = ray.init
starts = []

def late(**options):
    starts.append(options)
    if len(starts) <= int(os.environ["LATE"]):
        raise Exception("The current node timed out\\nduring startup.")
    return init(**options)

ray.init = late
"""
# A terminal sends Ctrl-C to all processes of the command at once.
INTERRUPTED = """\
from codeorigin.cli import app
from codeorigin.history.judge_commits import ChangedCommit, JudgeCommits
from codeorigin.scan import command

signal.signal(signal.SIGINT, signal.default_int_handler)
usual = ray.wait

def interrupting(*given, **options):
    result = usual(*given, **options)
    os.killpg(0, signal.SIGINT)
    return result

ray.wait = interrupting
sys.exit(app.main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("late", "code", "said"),
    [
        (1, 130, "stopped; what is done is kept, and the same command goes on from there"),
        (9, 2, "Ray does not start: The current node timed out during startup."),
    ],
)
def test_interrupted_scan_and_one_that_cannot_start_say_so_in_one_line(
    folders: list[Path], model: Path, tmp_path: Path, late: int, code: int, said: str
) -> None:
    listed, out = list_of(tmp_path, folders), tmp_path / "out"
    given = ["scan", str(listed), "--out", str(out), "--model", str(model), "--jobs", "1"]
    done = subprocess.run(
        [sys.executable, "-c", LATE + INTERRUPTED, *given],
        check=False,
        capture_output=True,
        text=True,
        start_new_session=True,
        env=os.environ | {"LATE": str(late)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "", f"codeorigin: {said}\n")
    assert not (out / "report.html").exists()


def test_unexpected_error_fails_only_its_repository(
    folders: list[Path], model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(*given: object, **options: object) -> None:
        raise ValueError("odd\nthings")

    monkeypatch.setattr("codeorigin.git.repository.Repository.log", odd)
    assert judged(folders[0], tmp_path, model).error == "unexpected ValueError: odd things"


def test_page_on_many_repositories_lists_only_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_LISTED", 2)
    write_report(tmp_path, [Judged(f"/{name}", error="odd") for name in "abcde"], "m")
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "Failed: 5" in text
    assert text.count("<li>") == 2
    assert "And 3 more; repositories.parquet has all." in text


def test_page_has_the_shortest_names_that_differ_and_bars_in_the_order_of_the_table(tmp_path: Path) -> None:
    lines = {"/x/app.git": 1, "/y/app.git": 9, "/x/deep/lib": 4, "/app.git": 0}
    made = [Judged(f"/{'long' * 2_000}", error="odd")]
    for path, count in lines.items():
        share = Share(1, 1, {Band.LLM: count, Band.UNSURE: 0, Band.HUMAN: 0})
        totals = Totals(share)
        totals.months["2024-01"] = share
        made.append(Judged(path, totals))
    write_report(tmp_path, made, "m")
    text = (tmp_path / "report.html").read_text("utf-8")
    named = re.findall(r'<span title="([^"]*)">([^<]*)</span>', text.partition("By repository")[2])
    drawn = [("/y/app.git", "y/app"), ("/x/deep/lib", "lib"), ("/x/app.git", "x/app")]
    assert named == [*drawn, *drawn, ("/app.git", "/app.git")]
    empty = text.partition('title="/app.git"')[2].partition("</tr>")[0]
    assert re.findall("<td>(.*?)</td>", empty) == ["1", "1", "0", "-", "-", "-"]
    assert max(map(len, re.findall("<code>(.*?)</code>", text))) < 300
