"""What all rooms build on: errors, the folder for caches, a process that a signal ends, and what an import loads."""

import os
import pickle
import pkgutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.test_packaging import NETWORK

import codeorigin.check.formats
import codeorigin.report
from codeorigin.core.cache_folder import cache_folder
from codeorigin.core.errors import CodeOriginError, SourceError
from codeorigin.core.termination import handle_termination, termination_handled
from codeorigin.text.sources import read_source
from support.command import PLAIN, TERSE
from support.repositories import Repository
from support.waiting import wait_for

SIGNALS = [signal.SIGTERM, signal.SIGHUP]
# What a shell script starts in the background may inherit these as ignored.
_USUAL = "import signal; [signal.signal(each, signal.SIG_DFL) for each in (signal.SIGTERM, signal.SIGHUP)]\n"


def ended(script: str, number: signal.Signals, *arguments: str | Path, folder: Path) -> None:
    """Run a script that ends itself with the signal."""
    done = subprocess.run(
        [sys.executable, "-c", _USUAL + script, str(int(number)), *map(str, arguments)],
        capture_output=True,
        env={**os.environ, "TMPDIR": str(folder)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (-number, b"")


@pytest.mark.parametrize("number", SIGNALS)
def test_terminated_command_leaves_no_partial_report(tmp_path: Path, number: signal.Signals) -> None:
    report = tmp_path / "report.json"
    report.write_text("the last one")
    start = f"{_USUAL}import sys; from codeorigin.__main__ import main; sys.exit(main())"
    options = ["check", "-", "--language", "python", "--format", f"text={report}"]
    with subprocess.Popen(
        [sys.executable, "-c", start, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=PLAIN,
    ) as process:
        # It is waiting for the text on stdin.
        wait_for(lambda: any(tmp_path.glob(".codeorigin-*.tmp")), what="the report is begun")
        process.send_signal(number)
        assert process.wait(60) == -number
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"report.json": "the last one"}


def test_terminated_worker_process_leaves_nothing(tmp_path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from codeorigin.text.regular_files import replacing_file
from codeorigin.core.processes import begin_worker
begin_worker()
with replacing_file(Path(sys.argv[2])) as stream:
    os.kill(os.getpid(), int(sys.argv[1]))
"""
    ended(script, signal.SIGTERM, tmp_path / "result", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


_WITH_WORKERS = """
import os, sys, time
if __name__ == "__main__":
    from codeorigin.core.processes import WorkerPool
    from codeorigin.core.termination import handle_termination

    handle_termination()
    pool = WorkerPool(1, os.getpid)
    pool.submit(os.getpid).result()
    pool.submit(time.sleep, 60)
    os.kill(os.getpid(), int(sys.argv[1]))
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_a_process_with_workers_ends_without_a_warning(tmp_path: Path, number: signal.Signals) -> None:
    """The resource tracker warned of semaphores that nobody would release."""
    script = tmp_path / "with_workers.py"
    script.write_text(_USUAL + _WITH_WORKERS)
    done = subprocess.run(
        [sys.executable, str(script), str(int(number))], capture_output=True, env=PLAIN, check=False
    )
    assert (done.returncode, done.stderr) == (-number, b"")


def test_copies_of_code_are_not_left_behind(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    script = """
import os, sys
from pathlib import Path
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects
from codeorigin.core.termination import termination_handled
with termination_handled(), ScratchObjects(Repository.of(Path(sys.argv[2]))) as scratch:
    scratch.write(b"def f(): pass")
    os.kill(os.getpid(), int(sys.argv[1]))
"""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    ended(script, signal.SIGTERM, repository.folder, folder=temporary)
    assert list(temporary.iterdir()) == []


def test_everything_is_undone_even_if_one_step_fails(tmp_path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from codeorigin.core.termination import handle_termination, undone_at_termination
handle_termination()
def undo():
    Path(sys.argv[2], "missing").unlink()
with undone_at_termination(undo), undone_at_termination(Path(sys.argv[2], "there").unlink):
    os.kill(os.getpid(), int(sys.argv[1]))
"""
    (tmp_path / "there").write_text("")
    ended(script, signal.SIGHUP, tmp_path, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_signals_already_ignored_or_handled_stay_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    usual = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with termination_handled():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert callable(signal.getsignal(signal.SIGTERM))
            assert handle_termination() == {}
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
        signal.signal(signal.SIGTERM, usual)


@pytest.mark.parametrize(
    "error",
    [
        SourceError("is a binary file", "a: b.py"),
        CodeOriginError("nothing to do"),
        SourceError("x", Path("a")),
    ],
)
def test_errors_are_the_same_in_another_process(error: CodeOriginError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.reason, again.path) == (
        type(error), str(error), error.reason, error.path,
    )  # fmt: skip


def test_reason_does_not_contain_the_path(tmp_path: Path) -> None:
    path = tmp_path / "is a folder: x.py"
    with pytest.raises(SourceError) as caught:
        read_source(path, 1000)
    assert (caught.value.reason, caught.value.path) == ("no such file", path)
    assert str(caught.value) == f"{path}: no such file"


on_linux = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the variables are those of Linux")


@on_linux
@pytest.mark.parametrize("value", ["", ".", "cache", "../cache"])
def test_a_relative_folder_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """It would be written into the repository. The XDG specification has it ignored."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    assert cache_folder() == tmp_path / "home" / ".cache" / "codeorigin"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    assert cache_folder() == tmp_path / "other" / "codeorigin"


@on_linux
@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("TMPDIR", "tempfile.gettempdir()"),
        ("HOME", "pathlib.Path.home()"),
        ("HOME", "subprocess.run(['git', 'config', '--global', 'user.name'], capture_output=True).stdout"),
        ("XDG_CONFIG_HOME", "os.environ.get('XDG_CONFIG_HOME')"),
    ],
)
@pytest.mark.parametrize("value", [".", "", "inside"])
def test_no_folder_of_the_user_is_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, asked: str, value: str
) -> None:
    for folder in (tmp_path, tmp_path / "inside"):
        folder.mkdir(exist_ok=True)
        (folder / ".gitconfig").write_text("[user]\nname = theirs\n")
    start = "from codeorigin.core.safe_path import trust_no_folder; trust_no_folder()"
    program = f"{start}; import os, pathlib, subprocess, tempfile; print({asked})"
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    monkeypatch.setenv(name, value)
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True)
    said = done.stdout.decode().strip()
    assert "theirs" not in said
    assert said == "None" or said.startswith(("b'", "/"))
    assert not Path(said).is_relative_to(tmp_path)


_HEAVY = {"onnxruntime", "numpy", "tokenizers", "tree_sitter"}


def _said(script: str) -> str:
    """The last line that a new interpreter prints."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def _after(*commands: list[str]) -> str:
    """A script that runs ``commands``, one after the other."""
    runs = [f"sys.argv[1:] = {command!r}; print(main())" for command in commands]
    return "\n".join(["import sys; from codeorigin.__main__ import main", *runs, ""])


def test_reports_and_wording_load_neither_runtime_nor_numpy_nor_parser() -> None:
    modules = ["codeorigin.analysis.judged", "codeorigin.check.result"]
    for package in (codeorigin.check.formats, codeorigin.report):
        inside = [f"{package.__name__}.{each.name}" for each in pkgutil.iter_modules(package.__path__)]
        assert inside
        modules += [package.__name__, *inside]
    assert _said(f"import sys, {', '.join(modules)}; print(sorted({_HEAVY!r} & set(sys.modules)))") == "[]"


def test_version_option_does_not_load_the_command_line() -> None:
    loaded = "print(sorted({'typer', 'rich', 'numpy', 'codeorigin.cli.app'} & set(sys.modules)))"
    assert _said(_after(["--version"], ["-V"]) + loaded) == "[]"


def test_help_loads_no_runtime() -> None:
    helps = _after(["--help"], ["check", "--help"], ["history", "--help"])
    assert _said(f"{helps}print(sorted({_HEAVY!r} & set(sys.modules)))") == "[]"


def test_check_of_files_loads_neither_git_modules_nor_pydantic_nor_what_uses_a_network(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.py").write_bytes(TERSE.read_bytes())
    unwanted = ("codeorigin.git.process", "pydantic", *NETWORK)
    loaded = f"print(sorted(name for name in sys.modules if name.startswith({unwanted!r})))"
    assert _said(_after(["check", str(tmp_path)]) + loaded) == "[]"


def test_a_server_starts_without_a_model_or_git() -> None:
    unwanted = {
        "numpy", "typer", "rich", "onnxruntime", "codeorigin.analysis.analyzer", "codeorigin.git.process"
    }  # fmt: skip
    assert _said(f"import sys, codeorigin.lsp.server; print(sorted({unwanted!r} & set(sys.modules)))") == "[]"
