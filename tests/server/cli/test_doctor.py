"""The self test must fail when it should."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import FileReport
from codeorigin.cli.doctor import RECORDED_LOGIT, SNIPPET, self_test
from codeorigin.core.errors import CodeOriginError
from codeorigin.model.verdict import Reason, Verdict
from support.command import complaints, run


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer.load()


@pytest.mark.parametrize("other", [RECORDED_LOGIT + 0.01, float("nan")])
def test_other_score_is_detected(analyzer: Analyzer, other: float) -> None:
    assert self_test(analyzer, RECORDED_LOGIT).endswith(", as recorded")
    with pytest.raises(CodeOriginError, match="has the logit"):
        self_test(analyzer, other)


def test_missing_verdict_is_detected(analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = analyzer.analyze

    def silent(*given: object, **options: object) -> FileReport:
        report = usual(*given, **options)  # type: ignore[arg-type]
        quiet = (replace(each, verdict=Verdict.without(Reason.TOO_SHORT)) for each in report.functions)
        return replace(report, functions=tuple(quiet))

    def blind(*given: object, **options: object) -> FileReport:
        return replace(usual(*given, **options), functions=())  # type: ignore[arg-type]

    for changed in (silent, blind):
        monkeypatch.setattr(analyzer, "analyze", changed)
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


def test_doctor_finds_no_problems_and_says_so_in_eighty_columns() -> None:
    done = run("doctor")
    printed = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    # A path stays whole.
    assert [line for line in printed if len(line) > 80 and " " in line[22:]] == []
    lines = [line for line in printed if line[:22].strip()]
    assert all(line.startswith("ok    ") for line in lines)
    assert [line.removeprefix("ok    ")[:15].strip() for line in lines] == [
        "codeorigin", "python", "PYTHONPATH", "packages", "languages", "language model", "settings",
        "model", "self test", "speed",
    ]  # fmt: skip
    assert lines[-2].endswith(", as recorded")
