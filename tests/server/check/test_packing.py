import pickle
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FileReport, FunctionReport, walk
from codeorigin.check.packing import packed
from codeorigin.check.result import CheckedFile, FileError
from codeorigin.model.verdict import Band, Verdict
from support.snippets import ALL


@pytest.mark.parametrize("module", [False, True])
def test_results_survive_packing_unchanged(tiny_model_dir: Path, module: bool) -> None:
    analyzer = Analyzer.load(tiny_model_dir)
    reports: list[FileReport] = [
        analyzer.analyze(code, language, path="a", module=module) for code, language in ALL
    ]
    nested = analyzer.analyze("def f(a):\n    def g(b):\n        return b\n    return g\n", "python")
    results = [
        *((CheckedFile("a", report, "text", (1,)),) for report in (*reports, nested)),
        FileError("b", "is not there"),
    ]
    found = pickle.loads(packed(results))
    assert found == results
    functions = [function for (file,) in found[:-1] for _, function in walk(file.report.functions)]
    assert {type(function) for function in functions} == {FunctionReport}
    assert len(functions) > len(ALL)


def test_packing_keeps_every_field_of_a_verdict() -> None:
    values: dict[str, Any] = {field.name: number for number, field in enumerate(fields(Verdict))}
    verdict = Verdict(**values)
    assert pickle.loads(packed(verdict)) == verdict
    assert pickle.loads(packed([verdict, verdict]))[1] == verdict
    assert pickle.loads(packed(Verdict(0.5, 0.25, Band.LLM))).band is Band.LLM
