"""Code that shows reports must load without the inference runtime and NumPy."""

import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import codeorigin.check.formats
import codeorigin.wording


def _modules_of(package: ModuleType) -> list[str]:
    return [
        package.__name__,
        *(f"{package.__name__}.{each.name}" for each in pkgutil.iter_modules(package.__path__)),
    ]


_HEAVY = {"onnxruntime", "numpy", "tokenizers", "tree_sitter"}


def _said(script: str) -> str:
    """The last line that a new interpreter prints."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def test_reports_and_wording_load_neither_runtime_nor_numpy_nor_parser() -> None:
    reports, wording = _modules_of(codeorigin.check.formats), _modules_of(codeorigin.wording)
    assert "codeorigin.check.formats.json" in reports
    assert "codeorigin.wording.functions" in wording
    modules = ["codeorigin.analysis.report", "codeorigin.check.result", *wording, *reports]
    script = f"import sys, {', '.join(modules)}; print(sorted({_HEAVY!r} & set(sys.modules)))"
    assert _said(script) == "[]"


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version_option_does_not_load_the_command_line(option: str) -> None:
    script = (
        f"import sys; sys.argv[1:] = [{option!r}]; from codeorigin.__main__ import main; code = main(); "
        "print(code, sorted({'typer', 'rich', 'numpy', 'codeorigin.cli.app'} & set(sys.modules)))"
    )
    assert _said(script) == "0 []"


@pytest.mark.parametrize("command", [["--help"], ["check", "--help"], ["history", "--help"]])
def test_help_loads_no_runtime(command: list[str]) -> None:
    script = (
        f"import sys; sys.argv[1:] = {command!r}; from codeorigin.__main__ import main; code = main(); "
        f"print(code, sorted({_HEAVY!r} & set(sys.modules)))"
    )
    assert _said(script) == "0 []"


def test_check_of_files_loads_neither_git_modules_nor_pydantic(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(a):\n    return a\n")
    script = (
        f"import sys; sys.argv[1:] = ['check', {str(tmp_path)!r}]; from codeorigin.__main__ import main; main(); "
        "print(sorted(name for name in sys.modules if name.startswith(('codeorigin.git.process', 'pydantic'))))"
    )
    assert _said(script) == "[]"


def test_a_server_starts_without_a_model_or_git() -> None:
    script = (
        "import sys, codeorigin.lsp.app; "
        "print(sorted(name for name in sys.modules if name in {'numpy', 'typer', 'rich', "
        "'onnxruntime', 'codeorigin.analysis.analyzer'} "
        "or name == 'codeorigin.git.process'))"
    )
    assert _said(script) == "[]"
