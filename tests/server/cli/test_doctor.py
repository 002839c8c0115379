"""The self test must fail when it should."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FileReport
from codeorigin.cli.doctor import RECORDED_LOGIT, SNIPPET, self_test
from codeorigin.errors import CodeOriginError
from codeorigin.functions.documents import Document
from codeorigin.model.verdict import Reason, Verdict
from support.command import complaints, run


class Tampered(Analyzer):
    """The real analyzer with its answers changed on the way out."""

    change_report: Callable[[FileReport], FileReport] = staticmethod(lambda report: report)

    def analyze(self, document: Document, **options: object) -> FileReport:
        return self.change_report(super().analyze(document))


@pytest.fixture(scope="module")
def analyzer() -> Tampered:
    return Tampered.load()  # type: ignore[return-value]


def test_shipped_model_gives_the_recorded_score(analyzer: Tampered) -> None:
    assert self_test(analyzer, RECORDED_LOGIT).endswith(", as recorded")


@pytest.mark.parametrize("other", [RECORDED_LOGIT + 0.01, float("nan")])
def test_other_score_is_detected(analyzer: Tampered, other: float) -> None:
    with pytest.raises(CodeOriginError, match="has the logit"):
        self_test(analyzer, other)


def test_missing_verdict_is_detected(analyzer: Tampered, monkeypatch: pytest.MonkeyPatch) -> None:
    def silence(report: FileReport) -> FileReport:
        quiet = tuple(replace(f, verdict=Verdict.without(Reason.TOO_SHORT)) for f in report.functions)
        return replace(report, functions=quiet)

    for change in (silence, lambda report: replace(report, functions=())):
        monkeypatch.setattr(analyzer, "change_report", change)
        with pytest.raises(CodeOriginError, match="no verdict"):
            self_test(analyzer, None)


def test_another_model_has_no_recorded_score(tiny_model_dir: Path) -> None:
    done = run("doctor", "--model", tiny_model_dir)
    assert done.returncode == 0
    assert b"as recorded" not in done.stdout


def test_settings_that_apply_are_named_and_their_problems_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    settings = tmp_path / "codeorigin.toml"
    settings.write_text("threshold = 0.5\n")
    done = run("doctor", cwd=tmp_path / "inner")
    assert done.returncode == 0
    assert f"settings        {settings}\n" in done.stdout.decode()
    settings.write_text("threshold = 7\n")
    done = run("doctor", cwd=tmp_path / "inner")
    assert done.returncode == 2
    (said,) = complaints(done)
    assert said.startswith(
        "codeorigin: settings: codeorigin.toml: threshold must be a number from 0.0 to 1.0; "
    )
    assert said.endswith("; correct that file")


def test_snippet_is_a_working_function() -> None:
    namespace: dict[str, Callable[[list[float], int], list[float]]] = {}
    exec(SNIPPET, namespace)
    assert namespace["moving_average"]([1, 2, 3, 4], 2) == [1.5, 2.5, 3.5]


def test_doctor_finds_no_problems() -> None:
    done = run("doctor")
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert all(line.startswith("ok    ") for line in lines)
    assert [line.removeprefix("ok    ")[:15].strip() for line in lines] == [
        "codeorigin", "python", "packages", "languages", "language model", "settings", "model", "self test", "speed",
    ]  # fmt: skip
    assert lines[-2].endswith(", as recorded")


def test_doctor_says_what_is_wrong(broken_model: Path) -> None:
    done = run("doctor", "--model", broken_model)
    assert b"WRONG model" in done.stdout
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert b"SHA-256 differs from the manifest" in line
