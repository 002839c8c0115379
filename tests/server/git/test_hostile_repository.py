"""A repository that asks git to run a program in every known way: nothing may run."""

import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from codeorigin.core.errors import RepositoryError
from codeorigin.git import process
from codeorigin.git.blame import line_origins
from codeorigin.git.change import ChangeRequest, open_change, working_files
from codeorigin.git.diff import commit_changes
from codeorigin.git.process import Git, environment
from codeorigin.git.repository import Repository as Opened
from support.changes import INDEX, WORKING_TREE, changed, commit, content, everything, since
from support.git_traps import Trap, plant
from support.repositories import Repository

LACKING = (
    r"^object [0-9a-f]{10} is not in this clone or is damaged, .*; git fetch --refetch --no-filter gets what"
)
CODE = "def f():\n    return 1\n"
REQUESTS = [WORKING_TREE, INDEX, since("HEAD~1"), commit()]


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path / "trap")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Two commits, the second with attributes and a signature, a submodule, and changes in index and working tree."""
    folder = tmp_path_factory.mktemp("hostile")
    made = Repository(folder / "work")
    made.commit({"a.py": CODE, "-b.py": CODE, "old.py": CODE}, date="2020-01-01")
    inner = Repository(folder / "inner")
    inner.commit({"c.py": CODE}, date="2020-01-01")
    made.git("-c", "protocol.file.allow=always", "submodule", "-q", "add", str(inner.folder), "lib")
    attributes = "* filter=trap diff=trap merge=trap text=auto\n"
    made.commit({"a.py": CODE * 2, "two\nlines.py": CODE, ".gitattributes": attributes}, date="2020-01-02")
    # A commit that claims to be signed: showing signatures would verify it.
    top, _, message = made.git("cat-file", "commit", "HEAD").partition("\n\n")
    signature = "-----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----"
    signed = f"{top}\ngpgsig {signature}\n\n{message}\n".encode()
    made.git("update-ref", "HEAD", made.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=signed))
    made.write("a.py", CODE * 3)
    made.git("add", "a.py")
    made.write("a.py", CODE * 4)
    made.write("lib/c.py", CODE * 2)
    return made


@pytest.fixture
def repository(made: Repository, tmp_path: Path, trap: Trap) -> Repository:
    """A copy of it, full of traps."""
    shutil.copytree(made.folder, tmp_path / "work", symlinks=True)
    copy = Repository.at(tmp_path / "work")
    plant(copy, trap)
    plant_in_module(copy, trap)
    return copy


def plant_in_module(repository: Repository, trap: Trap) -> None:
    module = repository.folder / ".git" / "modules" / "lib"
    with (module / "config").open("a") as stream:
        stream.write(f"[core]\n\tfsmonitor = {trap.program}\n\thooksPath = {trap.program.parent}\n")


@pytest.fixture(params=["plain", "racy"])
def stamped(request: pytest.FixtureRequest, repository: Repository) -> Repository:
    """The repository as is, and with every file as old as the index, so that git itself would have to read them."""
    if request.param == "racy":
        for path in repository.folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                os.utime(path, (1_600_000_000, 1_600_000_000))
    return repository


def test_traps_work(repository: Repository, trap: Trap) -> None:
    subprocess.run(["git", "-C", repository.folder, "diff", "HEAD"], capture_output=True, check=False)
    subprocess.run(["git", "-C", repository.folder, "log", "-1", "-p"], capture_output=True, check=False)
    assert trap.ran()


@pytest.mark.parametrize("request_", REQUESTS, ids=[each.kind.value for each in REQUESTS])
def test_opening_a_change_runs_and_writes_nothing(
    stamped: Repository, trap: Trap, request_: ChangeRequest
) -> None:
    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in stamped.folder.rglob("*") if path.is_file()}

    before = files()
    assert "a.py" in changed(stamped, request_)
    opened = Opened.of(stamped.folder)
    assert line_origins(opened.git, opened.resolve("HEAD"), "a.py")
    assert files() == before
    assert trap.ran() == ""


def test_log_and_blame_run_nothing(repository: Repository, trap: Trap) -> None:
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    assert [len(each.parents) for each in opened.log(head)] == [1, 0]
    assert len(list(opened.log(head, first_parents=True))) == 2
    assert [path for path, _ in opened.files(head)][-1] == "two\nlines.py"
    assert len(line_origins(opened.git, head, "a.py")) == 4
    assert len(line_origins(opened.git, head, "-b.py")) == 2
    assert len(line_origins(opened.git, head, "two\nlines.py")) == 2
    working_files(opened, repository.folder, everything, head=None, max_bytes=1000)
    assert trap.ran() == ""


def test_changes_of_many_commits_run_nothing(stamped: Repository, trap: Trap) -> None:
    opened = Opened.of(stamped.folder)
    commits = [each.id for each in opened.log(opened.resolve("HEAD"))]
    found = dict(commit_changes(opened, commits, everything))
    assert list(found) == commits
    assert [file.path for file in found[commits[0]].files] == [
        ".gitattributes",
        ".gitmodules",
        "a.py",
        "two\nlines.py",
    ]
    assert [file.path for file in found[commits[1]].files] == ["-b.py", "a.py", "old.py"]
    assert trap.ran() == ""


@pytest.mark.parametrize("url", ["ext::{program} %S", "ssh://example.invalid/x", "file://{program}"])
def test_missing_objects_are_not_fetched(tmp_path: Path, trap: Trap, url: str) -> None:
    made = Repository(tmp_path / "partial")
    made.commit({"a.py": CODE}, date="2020-01-01")
    made.commit({"a.py": CODE * 2}, date="2020-01-02")
    blob = made.git("rev-parse", "HEAD:a.py")
    plant(made, trap)
    made.git("config", "remote.origin.url", url.format(program=trap.program))
    made.git("config", "remote.origin.promisor", "true")
    made.git("config", "remote.origin.vcs", "ext")
    made.git("config", "extensions.partialClone", "origin")
    made.git("config", "core.repositoryFormatVersion", "1")
    (made.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for request in (commit(), since("HEAD~1")):
        with pytest.raises(RepositoryError, match=LACKING):
            content(made, request, "a.py")
    opened = Opened.of(made.folder)
    commits = [each.id for each in opened.log(opened.resolve("HEAD"))]
    with pytest.raises(RepositoryError, match=LACKING):
        list(commit_changes(opened, commits, everything))
    assert trap.ran() == ""
    if url.startswith("ext:"):
        command = ["git", "-C", str(made.folder), "cat-file", "-p", blob]
        subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False, timeout=60)
        assert trap.ran()


def test_programs_named_in_the_environment_do_not_run(
    repository: Repository, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_TRACE"):
        monkeypatch.setenv(name, str(trap.program))
    monkeypatch.setenv("GIT_TRACE", str(trap.marker))
    assert changed(repository, commit())
    assert trap.ran() == ""


def test_environment_keeps_only_variables_for_locations() -> None:
    given = {
        "PATH": "/bin",
        "GIT_DIR": "/x",
        "GIT_TRACE": "1",
        "GIT_CONFIG_PARAMETERS": "'a.b=c'",
        "LC_ALL": "de_DE",
    }
    kept = environment(given)
    assert (kept["PATH"], kept["GIT_DIR"], kept["LC_ALL"]) == ("/bin", "/x", "C")
    assert {"GIT_TRACE", "GIT_CONFIG_PARAMETERS"}.isdisjoint(kept)


def test_program_in_the_folder_is_not_taken_for_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = Trap(tmp_path / "trap")
    (tmp_path / "git").symlink_to(trap.program)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", os.environ["PATH"]]))
    with pytest.raises(RepositoryError, match="is not in a git repository"):
        Opened.of(tmp_path)
    monkeypatch.setenv("PATH", ".")
    with pytest.raises(RepositoryError, match="git is not installed"):
        Opened.of(tmp_path)
    assert trap.ran() == ""


def test_repository_of_another_user_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Repository(tmp_path / "theirs")
    real = process._program(os.environ["PATH"])
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    # git has a switch for its own tests that makes every repository belong to somebody else.
    fake.write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    with pytest.raises(
        RepositoryError, match=r"belongs to another user; if you do, run: git config --global --add"
    ):
        Opened.of(made.folder)


def test_working_tree_elsewhere_is_rejected(tmp_path: Path) -> None:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": CODE}, date="2020-01-01")
    made.git("config", "core.worktree", "/etc")
    with pytest.raises(RepositoryError, match="has no working tree; name a commit"):
        changed(made, WORKING_TREE)


def test_paths_that_leave_the_repository_are_not_read_from_disk(
    repository: Repository, tmp_path: Path
) -> None:
    (tmp_path / "secret.py").write_text(CODE)
    blob = repository.git("rev-parse", "HEAD:a.py")
    # git itself rejects such entries, so the tree is written by hand.
    entry = b"100644 ../secret.py\0" + bytes.fromhex(blob)
    tree = repository.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=entry)
    made = repository.git("commit-tree", "-m", "out", tree)
    assert content(repository, commit(made), "../secret.py") == CODE.encode() * 2


def test_too_long_and_too_slow_answers_are_cut_off(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = Git(repository.folder)
    with pytest.raises(RepositoryError, match="more than 10 bytes"):
        git.run("ls-files", max_output=10)
    slow = tmp_path / "slow" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 1000\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(RepositoryError, match=r"^git ls-files took longer than 0\.1 seconds; stopped$"):
        git.run("ls-files", seconds=0.1)


@pytest.mark.parametrize("place", [".gitattributes", ".git/info/attributes"])
def test_settings_and_attributes_that_break_diffs_are_not_read(repository: Repository, place: str) -> None:
    head = repository.git("rev-parse", "HEAD")
    (repository.folder / place).parent.mkdir(exist_ok=True)
    (repository.folder / place).write_text("*.py diff=odd\n")
    broken = ("diff.algorithm", "diff.renames", "diff.context", "diff.wsErrorHighlight", "blame.coloring")
    odd = {"diff.odd.xfuncname": "[", "diff.odd.wordRegex": "[", "diff.odd.binary": "true"}
    repository.configure({**odd, **dict.fromkeys(broken, "none such")})
    assert changed(repository, commit(head))["a.py"] == ((3, 4),)
    assert len(line_origins(Opened.of(repository.folder).git, head, "a.py")) == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIT_TRACE2_EVENT", "{folder}/trace"),
        ("GIT_TRACE_PACKET", "{folder}/trace"),
        ("GIT_EXEC_PATH", "{folder}"),
        ("GIT_TEMPLATE_DIR", "{folder}"),
        ("GIT_REPLACE_REF_BASE", "refs/heads/"),
        ("GIT_NAMESPACE", "other"),
        ("GIT_ATTR_SOURCE", "HEAD"),
        ("GIT_GRAFT_FILE", "/dev/zero"),
        ("GIT_SHALLOW_FILE", "/dev/zero"),
        ("GIT_DEFAULT_HASH", "sha256"),
        ("GIT_ICASE_PATHSPECS", "1"),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", "/dev/zero"),
        ("GIT_INDEX_FILE", "/dev/null"),
    ],
)
def test_variables_change_nothing_and_write_nothing(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    def lines() -> dict[str, object]:
        opened = Opened.of(repository.folder)
        with open_change(opened, commit(), everything, max_bytes=1000) as change:
            return {file.path: (file.lines, change.objects.content(file.blob, 1000)) for file in change.files}

    before = lines()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.setenv(name, value.format(folder=folder))
    assert lines() == before
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIT_DIR", "/dev/null/none"),
        ("GIT_COMMON_DIR", "/dev/null/none"),
        ("GIT_OBJECT_DIRECTORY", "/dev/null/none"),
        ("GIT_CONFIG_GLOBAL", "/dev/zero"),
        ("GIT_CONFIG_COUNT", "many"),
    ],
)
def test_variables_that_name_nothing_are_one_line(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(RepositoryError, match=r"\A[^\n]+\Z"):
        Opened.of(repository.folder)


def test_repository_of_a_format_that_git_does_not_know_is_one_line(repository: Repository) -> None:
    repository.git("config", "core.repositoryFormatVersion", "1")
    repository.git("config", "extensions.refStorage", "none such")
    with pytest.raises(
        RepositoryError, match=r"does not know the repository's format \(.*\); a newer git may$"
    ):
        Opened.of(repository.folder)


@pytest.mark.parametrize("target", ["/dev/zero", "/nonexistent", "/etc/passwd", "../../../outside", "."])
def test_alternates_that_lead_elsewhere_change_nothing(repository: Repository, target: str) -> None:
    (repository.folder / ".git/objects/info/alternates").write_text(f"{target}\n")
    assert "a.py" in changed(repository, commit())


def test_no_place_for_temporary_files_is_one_line(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    said = r"^no temporary file can be written: [^\n]*; TMPDIR names another folder$"
    with pytest.raises(RepositoryError, match=said):
        changed(repository, WORKING_TREE)


def test_full_disk_is_one_line(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened.of(repository.folder)
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: io.FileIO("/dev/full", "r+"))
    with pytest.raises(RepositoryError, match=r"No space left on device; TMPDIR"):
        opened.git.run("cat-file", "--batch-check", stdin=b"HEAD\n")


BLAMED = {
    "empty.py": b"",
    "binary.py": b"\0\xff" * 5000,
    "one line.py": b"x = 1; " * 100_000,
    "no newline.py": b"a\nb",
    "returns.py": b"a\r\nb\rc\n",
    "old style.py": b"0123456789012345678901234567890123456789 1 1 1\nfilename other\n",
    ":(exclude)odd.py": b"a\n",
    "-C": b"a\n",
}


@pytest.mark.parametrize("name", BLAMED)
def test_blame_of_hostile_content(tmp_path: Path, trap: Trap, name: str) -> None:
    made = Repository(tmp_path / "blamed")
    content = BLAMED[name]
    made.write(".gitattributes", "* diff=trap\n")
    made.write(name, content)
    made.git("--literal-pathspecs", "add", "--", ".gitattributes", name)
    made.git("commit", "--quiet", "--no-gpg-sign", "-m", "Odd")
    head = made.git("rev-parse", "HEAD")
    plant(made, trap)
    found = line_origins(Opened.of(made.folder).git, head, name)
    lines = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
    assert [line.commit for line in found] == [head] * lines
    assert trap.ran() == ""
