"""What the model card and the quality page say about commits, whole files and code of both classes."""

import copy
import json
from typing import Any

import pytest

from codeorigin.model.bundle import default_model_dir
from codeorigin_training.report.commits import commit_sections, mixed_note
from codeorigin_training.report.document import markdown
from codeorigin_training.report.human_code import WAYS
from codeorigin_training.report.separation import quality_table


@pytest.fixture
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((default_model_dir() / "manifest.json").read_text(encoding="utf-8"))
    return found


def test_quality_table_has_rows_for_commits(manifest: dict[str, Any]) -> None:
    found = manifest["metrics"]["commits"]["commits"]["old_human"]
    found |= {"auroc": 0.9871, "auroc_interval_90": [0.9762, 0.9913]}
    table = markdown([quality_table(manifest["metrics"])])
    assert "| commits, AUROC against human code before mid-2021 | 0.987 (0.976-0.991) |" in table
    assert "| commits, found at 1 % false positives, against human code of 2021-07 to 2022-11 |" in table
    manifest["metrics"]["commits"] = None
    assert "commits" not in markdown([quality_table(manifest["metrics"])])


def test_page_shows_verdicts_on_whole_files_and_commits(manifest: dict[str, Any]) -> None:
    manifest["metrics"]["files"]["verdicts"]["true_positive_rate"] = {"share": 0.5125}
    manifest["metrics"]["commits"]["commits"]["verdicts"] |= {
        "true_positive_rate": {"share": 0.602},
        "files": 1872,
    }
    page = markdown(commit_sections(manifest))
    assert "Files with at least 4 functions and commits with at least 4 functions get a verdict" in page
    assert "| LLM called `llm` | 51.2 % | 60.2 % |" in page
    assert "| 1,872 |" in page
    manifest["metrics"]["commits"]["commits"] = manifest["metrics"]["files"] = None
    assert "Whole files" not in markdown(commit_sections(manifest))


def test_page_shows_figures_by_number_of_functions(manifest: dict[str, Any]) -> None:
    commits = manifest["metrics"]["commits"]
    share = {"share": 0.0012, "interval_90": None, "repositories": 61, "affected": 2, "functions": 900}
    commits["called"] = [
        {
            "code": "modern_human",
            "within": "commit",
            "functions": "4-9",
            "contexts": dict.fromkeys(WAYS, share),
        }
    ]
    commits["whole"] = {"file": {}, "commit": {"10 or more": copy.deepcopy(commits["commits"])}}
    commits["whole"]["commit"]["10 or more"]["verdicts"] |= {
        "true_positive_rate": {"share": 0.712},
        "files": 931,
    }
    found = {"auroc": 0.985, "auroc_interval_90": [0.976, 0.991]}
    commits["whole"]["commit"]["10 or more"]["old_human"] |= found
    page = markdown(commit_sections(manifest))
    cell = "0.12 % (2 of 61)"
    assert f"| human, 2021-07 to 2022-11; commit of 4-9 | {' | '.join([cell] * 4)} |" in page
    assert "| by number of functions | commits of 10 or more |" in page
    assert "| LLM called `llm` | 71.2 % |" in page
    assert "| number | 931 |" in page
    assert "| AUROC, against human code before mid-2021 | 0.985 (0.976-0.991) |" in page
    commits["whole"]["commit"]["10 or more"]["old_human"]["files"] = 39
    assert "| AUROC, against human code before mid-2021 | - |" in markdown(commit_sections(manifest))
    del commits["called"], commits["whole"]
    assert "by the number of functions" not in markdown(commit_sections(manifest))


def ways(*values: float | None) -> dict[str, Any]:
    """Figures with AUROC ``values`` for own text, file, commit and both, each plus or minus 0.05."""
    names = ("by_text", "in_file", "in_commit", "in_file_and_commit")
    contexts = {
        name: {
            "auroc": value,
            "auroc_interval_90": None if value is None else [value - 0.05, value + 0.05],
            "human_called_llm": {"share": 0.0},
            "llm_called_llm": None,
        }
        for name, value in zip(names, values, strict=True)
    }
    return {"functions": 1200, "contexts": contexts}


def test_note_names_the_best_rule_for_mixed_code() -> None:
    apart = ways(0.7, 0.8, 0.9, 0.95)
    note = mixed_note(
        {"mixed_files": ways(0.8, 0.7, 0.82, 0.79), "mixed_commits": apart, "as_they_are": apart}
    )
    assert (
        "In the 1,200 functions of files that really hold both classes, the best rule is *in its commit*, AUROC "
        "0.820 (own text 0.800, their intervals overlap; below own text: *in its file and commit* 0.790, *in its file* "
        "0.700)."
    ) in note
    assert (
        "There the best rule is *in its file and commit*, AUROC 0.950 (own text 0.700; no rule is worse"
        in note
    )
    alone = ways(0.8, 0.7, 0.75, 0.72)
    note = mixed_note({"mixed_files": alone, "mixed_commits": ways(*[None] * 4), "as_they_are": apart})
    assert "a function's own text holds best (AUROC 0.800): neither file nor commit helps." in note
    assert "too few functions to say which rule holds best" in note


def test_table_has_rates_for_mixed_files(manifest: dict[str, Any]) -> None:
    changed = copy.deepcopy(manifest)
    changed["metrics"]["commits"]["mixed_files"] = ways(0.8, 0.7, 0.82, 0.79)
    page = markdown(commit_sections(changed))
    assert "| files that hold both classes; AUROC | 0.800 (0.750-0.850) | 0.700 (0.650-0.750) |" in page
    assert "| files that hold both classes; human called `llm` | 0 % | 0 % | 0 % | 0 % |" in page
    assert "| files that hold both classes; LLM called `llm` | - | - | - | - |" in page
    changed["metrics"]["commits"] = None
    assert commit_sections(changed) == []
