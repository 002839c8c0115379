"""Code that shows reports must load without the inference runtime and NumPy."""

import pkgutil
import subprocess
import sys
from pathlib import Path

from tests.test_packaging import NETWORK

import codeorigin.check.formats
import codeorigin.report
from support.command import TERSE

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
    assert _said(f"import sys, codeorigin.lsp.app; print(sorted({unwanted!r} & set(sys.modules)))") == "[]"
