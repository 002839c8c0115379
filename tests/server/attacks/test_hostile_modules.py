"""A repository full of modules with the names of others: whatever runs there imports none of them."""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.server.lsp.raw import serving

from codeorigin.check.workers import BYTES_FOR_A_WORKER
from support.command import PLAIN, TERSE
from support.repositories import Repository

# Every module of the standard library, and what CodeOrigin and its workers import.
OTHERS = (
    "codeorigin lsprotocol numpy onnxruntime pip pygls pyarrow ray rich sitecustomize tokenizers "
    "tree_sitter tree_sitter_python typer usercustomize venv"
)
NAMES = sorted({*(name for name in sys.stdlib_module_names if not name.startswith("_")), *OTHERS.split()})
CODE = TERSE.read_text()
COMMAND = (str(Path(sys.executable).with_name("codeorigin")),)
MODULE = (sys.executable, "-P", "-m", "codeorigin")
UNSAFE_MODULE = (sys.executable, "-m", "codeorigin")


@pytest.fixture(scope="module")
def commits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits, and by their size enough for two processes."""
    made = Repository(tmp_path_factory.mktemp("modules") / "work")
    large = CODE + "\n" * BYTES_FOR_A_WORKER
    made.commit({f"src/{name}.py": CODE if name > 1 else large for name in range(20)}, date="2023-01-01")
    made.commit({f"src/{name}.py": CODE + "\n\n" + CODE for name in range(10, 20)}, date="2023-01-02")
    return made.folder


@pytest.fixture
def hostile(commits: Path, tmp_path: Path) -> Repository:
    """These, and a module or package of every name, each of which leaves a file when it is imported."""
    folder = tmp_path / "work"
    shutil.copytree(commits, folder)
    for place, name in enumerate(NAMES):
        path = folder / (f"{name}.py" if place % 2 else f"{name}/__init__.py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"open({str(tmp_path / f'ran-{name}')!r}, 'w').close()\n")
    (tmp_path / "repositories.txt").write_text(f"{folder}\n")
    return Repository.at(folder)


def run(program: Sequence[str], arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run in ``folder`` with one environment for all: nothing that the user of the machine has set."""
    environment = {name: value for name, value in PLAIN.items() if name != "PYTHONSAFEPATH"}
    environment |= {"XDG_CACHE_HOME": str(folder.parent / "cache"), "HOME": str(folder.parent)}
    return subprocess.run(
        [*program, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        input=CODE,
    )


def imported(hostile: Repository) -> list[str]:
    return sorted(path.name for path in hostile.folder.parent.glob("ran-*"))


CHECK = ("check", "src", "--jobs", "2", "--format", "json")
CHECK_TEXT = ("check", "-", "--language", "python", "--format", "json")


@pytest.mark.parametrize(
    ("program", "arguments", "part"),
    [
        (MODULE, CHECK, '"files"'),
        (COMMAND, ("check", "--commit", "HEAD", "--format", "json"), '"change"'),
        (COMMAND, ("check", "-", "--language", "python"), "function"),
        (COMMAND, ("explain", f"src/0.py:{1 + CODE[: CODE.index('def rpn')].count(chr(10))}"), "rpn"),
        (COMMAND, ("history", "--jobs", "2", "--format", "json"), '"commits"'),
        (COMMAND, ("language", "src/0.py"), "python"),
        (COMMAND, ("doctor",), "codeorigin"),
        (COMMAND, ("scan", "../repositories.txt", "--jobs", "2", "--out", "../scan"), "../scan"),
    ],
)
def test_no_command_imports_from_the_current_folder(
    hostile: Repository, program: Sequence[str], arguments: Sequence[str], part: str
) -> None:
    """A harmless ``pickle.py`` made the workers crash."""
    done = run(program, arguments, hostile.folder)
    assert imported(hostile) == []
    assert done.returncode in {0, 1}, done.stderr
    assert part in done.stdout + done.stderr


def let_python_start(hostile: Repository, *more: str, hooks: Sequence[str] = ()) -> set[str]:
    """Remove the modules that ``python -m`` imports before the first line of any: only -P or -I keeps those safe."""
    clean = hostile.folder.parent / "clean"
    clean.mkdir()
    (clean / "empty_module.py").write_text(f"import {', '.join(['sys', *more])}\nprint(*sys.modules)\n")
    done = run((sys.executable, "-m", "empty_module"), (), clean)
    early = {"codeorigin", *(name.partition(".")[0] for name in done.stdout.split())}
    for name in (*early, *hooks):
        shutil.rmtree(hostile.folder / name, ignore_errors=True)
        (hostile.folder / f"{name}.py").unlink(missing_ok=True)
    return early


@pytest.mark.parametrize("arguments", [("check", "src", "--jobs", "2", "-v"), ("doctor",)])
def test_a_module_run_without_a_safe_path_drops_the_current_folder_first(
    hostile: Repository, arguments: Sequence[str]
) -> None:
    early = let_python_start(hostile)
    assert not early & {"multiprocessing", "signal", "threading", "pickle", "socket", "json"}
    done = run(UNSAFE_MODULE, arguments, hostile.folder)
    assert imported(hostile) == []
    assert done.returncode in {0, 1}, done.stderr
    assert "codeorigin" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("program", "arguments", "searched"),
    [
        (MODULE, CHECK, ":/nowhere"),
        (COMMAND, CHECK, ":/nowhere"),
        *((COMMAND, CHECK_TEXT, path) for path in ("/nowhere:", ".", "src/..")),
    ],
)
def test_search_path_that_leads_to_the_current_folder_is_not_followed(
    hostile: Repository,
    monkeypatch: pytest.MonkeyPatch,
    program: Sequence[str],
    arguments: Sequence[str],
    searched: str,
) -> None:
    """``PYTHONPATH=$PYTHONPATH:/tools`` begins with an empty entry, which is the current folder."""
    # The script that starts the command imports re; no program of ours can prevent what Python itself does with hooks.
    let_python_start(hostile, "re", hooks=("sitecustomize", "usercustomize"))
    monkeypatch.setitem(PLAIN, "PYTHONPATH", searched)
    done = run(program, arguments, hostile.folder)
    assert imported(hostile) == []
    assert done.returncode in {0, 1}, done.stderr
    assert '"files"' in done.stdout


@pytest.mark.parametrize(
    ("isolated", "searched"), [((), "."), ((), ":/nowhere"), ((), "src/.."), (("-I",), ".")]
)
def test_a_search_path_that_python_follows_before_us_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isolated: Sequence[str], searched: str
) -> None:
    """Python runs ``sitecustomize`` before any line of ours: only ``-I``, as in the hooks, prevents that."""
    folder = tmp_path / "work"
    (folder / "src").mkdir(parents=True)
    trap = tmp_path / "ran-sitecustomize"
    (folder / "sitecustomize.py").write_text(f"open({str(trap)!r}, 'w').close()\n")
    monkeypatch.setitem(PLAIN, "PYTHONPATH", searched)
    program = (sys.executable, *isolated, "-m", "codeorigin")
    done = run(program, ("check", "-", "--language", "python"), folder)
    assert done.returncode in {0, 1}, done.stderr
    assert trap.exists() == (not isolated)
    told = " ".join(run(program, ("doctor",), folder).stdout.split("\n"))
    for said in (done.stderr, told.partition("PYTHONPATH      ")[2]):
        assert ("PYTHONPATH names the current folder" in said) == (not isolated)


@pytest.mark.parametrize("program", [COMMAND, UNSAFE_MODULE])
def test_folders_of_python_itself_can_be_checked(program: Sequence[str]) -> None:
    for name in ("stdlib", "purelib"):
        done = run(program, ("check", "-", "--language", "python"), Path(sysconfig.get_path(name)))
        assert done.returncode in {0, 1}, done.stderr


def test_the_server_imports_nothing_from_the_folder_it_is_started_in(
    hostile: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(hostile.folder)
    with serving(command=(*COMMAND, "serve")) as server:
        server.open("file:///sample.py", CODE)
        assert server.status()
    assert imported(hostile) == []


@pytest.mark.parametrize("name", ["json", "signal"])
def test_the_traps_work(hostile: Repository, name: str) -> None:
    run((sys.executable,), ("-c", f"import {name}"), hostile.folder)
    assert f"ran-{name}" in imported(hostile)
