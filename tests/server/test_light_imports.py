"""What shows reports must start without the inference runtime and NumPy."""

import pkgutil
import subprocess
import sys

import pytest

import codeorigin.cli.reports

_REPORTS = [
    f"codeorigin.cli.reports.{module.name}"
    for module in pkgutil.iter_modules(codeorigin.cli.reports.__path__)
]


@pytest.mark.parametrize("module", ["codeorigin.report", "codeorigin.cli.check_result", *_REPORTS])
def test_loads_neither_the_runtime_nor_numpy_nor_a_parser(module: str) -> None:
    script = (
        f"import sys, {module}; "
        "print(sorted({'onnxruntime', 'numpy', 'tokenizers', 'tree_sitter'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_all_report_modules_are_looked_at() -> None:
    assert "codeorigin.cli.reports.json" in _REPORTS
