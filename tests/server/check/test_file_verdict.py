"""The report and the exit code with a model that has a rule for files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from codeorigin.check.formats import ReportFormat
from codeorigin.check.listing import Show
from codeorigin.check.options import CheckOptions
from codeorigin.check.run import run_check
from codeorigin.cli.exit_codes import ExitCode
from codeorigin.model.calibration.calibration import Calibration
from support.scales import scale
from support.tiny_model import FILE_RULE, with_file_rule

SOURCE = "\n\n".join(
    f"def total_{name}(values, limit):\n"
    "    total = 0\n"
    "    for value in values:\n"
    f"        if value < limit and value != {number}:\n"
    "            total += value\n"
    f"    return total - {number}\n"
    for number, name in enumerate(("orders", "users", "prices"))
)


def checked(
    model: Path, folder: Path, capsys: pytest.CaptureFixture[str], report: ReportFormat
) -> tuple[int, str]:
    options = CheckOptions(
        paths=[str(folder / "a.py")], formats=[report.value], threshold=1.0, model=model, show=Show.ALL
    )
    code = run_check(options)
    return code, capsys.readouterr().out


@pytest.mark.parametrize(("llm", "band"), [(-100.0, "llm"), (100.0, "unsure")])
def test_file_verdict_is_reported_without_changing_the_exit_code(
    llm: float, band: str, tiny_model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = replace(FILE_RULE, scale=scale(llm, -101.0))
    model = with_file_rule(tmp_path / "model", tiny_model_dir, rule)
    (tmp_path / "a.py").write_text(SOURCE)
    code, out = checked(model, tmp_path, capsys, ReportFormat.JSON)
    assert code == ExitCode.OK
    report = json.loads(out)
    (file,) = report["files"]
    verdict = file["verdict"]
    lines = 6
    logits = [function["logit"] for function in file["functions"]]
    assert len(logits) == verdict["function_count"] == 3
    pooled = sum(logits) * lines / (3 * lines + rule.prior_lines)
    assert verdict["logit"] == pytest.approx(pooled)
    assert verdict["probability"] == pytest.approx(rule.scale.probability(pooled))
    assert verdict["band"] == band
    assert report["summary"]["file_bands"][band] == 1
    assert report["summary"]["findings"] == 0
    code, out = checked(model, tmp_path, capsys, ReportFormat.TEXT)
    assert code == ExitCode.OK
    assert "(the file as a whole, 3 functions)" in out
    assert f"{verdict['probability']:.2f}  {band} " in out


def test_model_without_a_file_rule_gives_no_file_verdict(
    tiny_model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = json.loads((tiny_model_dir / "manifest.json").read_text())
    assert Calibration.from_manifest(manifest["calibration"]).file is None
    (tmp_path / "a.py").write_text(SOURCE)
    _, out = checked(tiny_model_dir, tmp_path, capsys, ReportFormat.JSON)
    report = json.loads(out)
    assert report["files"][0]["verdict"] is None
    assert report["summary"]["file_bands"] == {"human": 0, "unsure": 0, "llm": 0}
    _, out = checked(tiny_model_dir, tmp_path, capsys, ReportFormat.TEXT)
    assert "as a whole" not in out
