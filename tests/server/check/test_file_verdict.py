"""The report and the exit code with a model that has a rule for files."""

from dataclasses import replace
from pathlib import Path

import pytest

from support.command import check
from support.repositories import plain_functions
from support.scales import scale
from support.tiny_model import FILE_RULE, with_file_rule


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a.py").write_text(plain_functions("orders", "users", "prices"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("llm", "band"), [(-100.0, "llm"), (100.0, "unsure")])
def test_file_verdict_is_reported_without_changing_the_exit_code(
    llm: float, band: str, tiny_model_dir: Path, folder: Path
) -> None:
    rule = replace(FILE_RULE, scale=scale(llm, -101.0))
    model = with_file_rule(folder / "model", tiny_model_dir, rule)
    code, report, _ = check("a.py", "--threshold", "1", "--model", model)
    (file,) = report["files"]
    verdict = file["verdict"]
    logits = [function["logit"] for function in file["functions"]]
    assert (code, verdict["function_count"], verdict["band"]) == (0, len(logits), band)
    pooled = 6 * sum(logits) / (3 * 6 + rule.prior_lines)
    assert verdict["logit"] == pytest.approx(pooled)
    assert verdict["probability"] == pytest.approx(rule.scale.probability(pooled))
    assert report["summary"]["file_bands"][band] == 1
    assert report["summary"]["findings"] == 0


def test_model_without_a_file_rule_gives_no_file_verdict(tiny_model_dir: Path) -> None:
    _, report, _ = check("a.py", "--model", tiny_model_dir)
    assert report["files"][0]["verdict"] is None
    assert report["summary"]["file_bands"] == {"human": 0, "unsure": 0, "llm": 0}
