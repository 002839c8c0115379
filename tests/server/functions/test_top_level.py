"""The code outside functions and classes: what is read of it, and the verdict on it."""

import json
import math
import shutil
from pathlib import Path

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.finding import find_functions
from codeorigin.functions.spans import FunctionSpan, SpanKind, code_text
from codeorigin.functions.top_level import top_level
from codeorigin.languages import get_language
from codeorigin.model.calibration.scale import Scale, Thresholds
from codeorigin.model.calibration.top_level import TopLevelRule
from codeorigin.model.folder import MANIFEST
from codeorigin.model.limits import Limits
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.verdict import Band, Reason, Verdict
from codeorigin.text.positions import LineIndex

TEXTS = {
    "python": (
        (
            '#!/usr/bin/env python\n# Licence.\n"""What it does."""\nimport os\nfrom sys import argv\n\n'
            "# Settings.\nSIZE = 1\n\n\n# About f.\ndef f():\n    return 1\n\n\ntwice = lambda x: 2 * x\n\n\n"
            "class Shelf:\n    size = 1\n\n    def put(self):\n        return 1\n\n\n"
            'for name in argv:\n    print(name)  # é\n\nif __name__ == "__main__":\n    f()\n'
        ),
        '# Settings.\nSIZE = 1\n\nfor name in argv:\n\tprint(name)  # é\n\nif __name__ == "__main__":\n\tf()',
    ),
    "javascript": (
        (
            "'use strict';\nconst fs = require('fs');\nimport a from 'a';\n\nconst size = 1;\n"
            "function f() {\n  return 1;\n}\n"
            "export class Shelf { put() { return 1; } }\nexport const other = 2;\nexport { size };\n"
            "describe('shelf', () => {\n  it('holds', () => size);\n});\n"
        ),
        "const size = 1;\n\nexport const other = 2;\n\ndescribe('shelf', () => {\n\tit('holds', () => size);\n});",
    ),
    "typescript": (
        (
            "import type { A } from 'a';\ninterface B { a: A }\ntype C = B;\nenum D { one }\nconst size: number = 1;\n"
            "export default { size };\n"
        ),
        "const size: number = 1;\nexport default { size };",
    ),
    "ruby": (
        (
            "# frozen_string_literal: true\n\nrequire 'set'\n\nclass Shelf\n  def put; end\nend\n\ndef f\n  1\nend\n\n"
            "[1].each do |x|\n  puts x\nend\n"
        ),
        "[1].each do |x|\n\tputs x\nend",
    ),
    "php": (
        (
            "<?php\n// Licence.\nnamespace Shelf;\nuse Other\\Thing;\nrequire_once 'a.php';\n\n$size = 1;\n"
            "function f() { return 1; }\nclass C {}\nforeach ($argv as $name) {\n    echo $name;\n}\n?>\n<b>no</b>\n"
        ),
        "$size = 1;\n\nforeach ($argv as $name) {\n\techo $name;\n}",
    ),
}


def found(text: str, language: str, path: str | None = None) -> FunctionSpan | None:
    known = get_language(language)
    return top_level(text, known, find_functions(text, known), LineIndex(text), path=path)


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_model_reads_only_statements(language: str, ends: str) -> None:
    text, expected = TEXTS[language]
    text = text.replace("\n", ends)
    span = found(text, language)
    assert span is not None
    assert (span.kind, span.name) == (SpanKind.MODULE, "<module>")
    code = code_text(text, span)
    assert list(normalize(code, language).layout.contents) == [
        line.strip() for line in expected.split("\n") if line
    ]
    # What is kept stays where it was.
    whole = text[span.code.start : span.code.end]
    assert all(a in (b, " ") for a, b in zip(code, whole, strict=True))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import os\n\n\ndef f():\n    return 1\n"),
        ("python", '"""A docstring."""\n'),
        ("python", "# A comment.\n"),
        ("python", ""),
        ("java", "class A { int a = 1; }\n"),
        ("go", "package a\n\nvar a = 1\n"),
        ("c", "int a = 1;\n"),
    ],
)
def test_files_of_definitions_have_no_top_level_code(language: str, text: str) -> None:
    assert found(text, language) is None


def test_lines_before_the_first_statement_do_not_shift_the_range() -> None:
    text = "\n\n  \n# codeorigin: ignore\nx = 1\n"
    span = found(text, "python", "tests/test_x.py")
    assert span is not None
    assert (span.range.start_line, span.ignored, span.is_test) == (4, True, True)
    other = found(text.replace("codeorigin: ignore", "codeorigin"), "python", "x.py")
    assert other is not None
    assert (other.ignored, other.is_test) == (False, False)


@pytest.mark.parametrize(("code", "ignored"), [("function g() {}", False), ("y = 2;", True)])
def test_comment_before_a_function_on_the_first_line_is_for_that_function(code: str, ignored: bool) -> None:
    span = found(f"x = 1; /* codeorigin: ignore */ {code}\nz = 3;\n", "javascript", "x.js")
    assert span is not None
    assert span.ignored is ignored


SCRIPT = "".join(
    f"row{number} = [value * {number} for value in range({number}) if value % 2]\nprint(row{number})\n"
    for number in range(6)
)
FUNCTION = "def shelf(items):\n    kept = []\n    for item in items:\n        kept.append(item + 1)\n    return kept\n"


@pytest.fixture(scope="module")
def analyzer(tiny_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Analyzer:
    """The tiny model with a rule of its own for top-level code, which promises nothing."""
    folder = tmp_path_factory.mktemp("model") / "with_rule"
    shutil.copytree(tiny_model_dir, folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    calibration = manifest["calibration"]
    scale = Scale(1.0, 0.25, 0.01, Thresholds(math.inf, -20.0), {}, (-1.0, 1.0), (0.9, 0.1))
    calibration["top_level"] = TopLevelRule(10, 250, scale).to_manifest()
    (folder / MANIFEST).write_text(json.dumps(manifest))
    return Analyzer.load(folder)


def test_top_level_code_is_reported_only_on_request(analyzer: Analyzer) -> None:
    text = f"{FUNCTION}\n\n{SCRIPT}"
    assert [each.span.name for each in analyzer.analyze(text, "python").functions] == ["shelf"]
    report = analyzer.analyze(text, "python", module=True)
    assert [each.span.kind.value for each in report.functions] == ["function", "module"]
    assert report.functions[0] == analyzer.analyze(text, "python").functions[0]
    assert report.verdict == analyzer.analyze(text, "python").verdict


def test_surrounding_functions_do_not_change_its_verdict(analyzer: Analyzer) -> None:
    (alone,) = analyzer.analyze(SCRIPT, "python", module=True).functions
    *_, among = analyzer.analyze(f"{FUNCTION}\n\n{SCRIPT}\n\n{FUNCTION}", "python", module=True).functions
    assert alone.verdict.logit is not None
    assert alone.verdict == among.verdict
    assert alone.verdict.neighbours == 0


def test_top_level_code_is_judged_on_its_own_scale(analyzer: Analyzer) -> None:
    (module,) = analyzer.analyze(SCRIPT, "python", module=True).functions
    verdict = module.verdict
    assert verdict.logit is not None
    assert verdict.probability == pytest.approx(1 / (1 + math.exp(0.25 - verdict.logit)))
    assert (verdict.band, verdict.promise, verdict.llm_threshold) == (Band.UNSURE, None, None)
    assert Limits(threshold=0.0).band(verdict) is Band.LLM


def test_model_without_a_top_level_rule_says_uncalibrated(tiny_model_dir: Path) -> None:
    (module,) = Analyzer.load(tiny_model_dir).analyze(SCRIPT, "python", module=True).functions
    assert module.verdict == Verdict.without(Reason.UNCALIBRATED)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\n", Reason.TOO_SHORT),
        ("x = 1\n" * 30, Reason.TOO_SHORT),
        (f"# codeorigin: ignore\n{SCRIPT}", Reason.IGNORED),
        (f"# codeorigin: ignore-file\n{SCRIPT}", Reason.IGNORED),
        (f"# Code generated by a tool, do not edit.\n{SCRIPT}", Reason.GENERATED),
    ],
)
def test_top_level_code_has_its_own_minimum_and_reasons(
    analyzer: Analyzer, text: str, reason: Reason
) -> None:
    (module,) = analyzer.analyze(text, "python", module=True).functions
    assert module.verdict.reason is reason


def test_its_evidence_is_on_its_own_lines(analyzer: Analyzer) -> None:
    text = SCRIPT.replace("print(row2)\n", f"print(row2)\n\n\n{FUNCTION}\n\n")
    _, module = analyzer.analyze(text, "python", module=True).functions
    explanation = analyzer.explain(text, module.span)
    lines = text.splitlines()
    strong = [each.line for each in explanation.lines if each.value]
    assert strong
    assert all(lines[line] in SCRIPT for line in strong)
    assert explanation.logit == pytest.approx(module.verdict.logit, abs=1e-4)


def test_document_blocks_have_their_own_top_level_code(analyzer: Analyzer) -> None:
    text = f"# Title\n\n```python\n{SCRIPT}\n{FUNCTION}```\n"
    function, module = analyzer.analyze(text, "markdown", module=True).functions
    assert (function.span.kind, module.span.kind) == (SpanKind.FUNCTION, SpanKind.MODULE)
    assert module.span.range.start_line == 3
    assert module.verdict == analyzer.analyze(SCRIPT, "python", module=True).functions[0].verdict
