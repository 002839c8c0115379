"""``codeorigin.analyze``, and its page of the manual, run as it is written."""

import doctest
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import codeorigin
from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import LanguageError, ModelError
from codeorigin.functions.documents import Document
from support.command import ROOT, TERSE


def test_examples_on_the_manual_page_are_correct() -> None:
    failed, tried = doctest.testfile(str(ROOT / "docs/api.md"), module_relative=False)
    assert (failed, tried > 8) == (0, True)


def test_check_gives_the_analyzers_report(tiny_model_dir: Path) -> None:
    text = TERSE.read_text()
    expected = Analyzer.load(tiny_model_dir).analyze(Document(text, "python", "a.py"))
    assert codeorigin.analyze(text, "python", path="a.py", model=tiny_model_dir) == expected
    alone = Analyzer.load(tiny_model_dir).analyze(Document(text, "python"), file_context=False)
    assert codeorigin.analyze(text, "python", model=tiny_model_dir, file_context=False) == alone


def test_calls_from_several_threads_give_the_same_functions(tiny_model_dir: Path) -> None:
    texts = [f"{TERSE.read_text()}\n# {number}\n" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda text: codeorigin.analyze(text, "python", model=tiny_model_dir), texts))
    assert len({report.functions for report in reports}) == 1


def test_errors_have_the_projects_own_types(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        codeorigin.analyze("x", "python", model=tmp_path)
    with pytest.raises(LanguageError):
        codeorigin.analyze("x", "klingon")


def test_importing_the_package_loads_no_runtime() -> None:
    script = "import sys, codeorigin; print(codeorigin.__version__, sorted({'numpy', 'onnxruntime'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"{codeorigin.__version__} []\n"
