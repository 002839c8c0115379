import json
from pathlib import Path
from typing import Any

import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.bundle import default_model_dir
from codeorigin_training.experiments.trials import read_trials
from codeorigin_training.report.pages import with_agents, with_metrics

ROOT = Path(__file__).resolve().parents[3]
BEGIN, END = "<!-- metrics:begin -->", "<!-- metrics:end -->"


@pytest.fixture
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((default_model_dir() / "manifest.json").read_text(encoding="utf-8"))
    return found


def test_project_readme_states_the_shipped_models_figures(manifest: dict[str, Any]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert with_metrics(readme, manifest) == readme, "run: python -m codeorigin_training card --help"


def test_quality_page_states_the_figures_of_the_trials_about_agents() -> None:
    page = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    trials = read_trials(ROOT / "training" / "experiments")
    assert with_agents(page, trials) == page, "run: python -m codeorigin_training card --help"
    newest = max(name for name in trials if name.startswith("lockbox-"))
    assert f"experiments/{newest}.json" in page
    rows = trials[newest].figures["by_tool"]
    assert all(f"| {row['name']} | {row['functions']:,} | {row['commits']} (" in page for row in rows)


def test_text_around_the_markers_is_kept(manifest: dict[str, Any]) -> None:
    text = with_metrics(f"before\n{BEGIN}\nstale\n{END}\nafter\n", manifest)
    assert text.startswith(f"before\n{BEGIN}\nOf 1,000 human-written functions ")
    assert text.endswith(f"{END}\nafter\n")
    assert "stale" not in text


def test_readme_says_what_is_flagged_found_and_open_and_what_the_bands_mean(manifest: dict[str, Any]) -> None:
    manifest["calibration"]["alone"] |= {"llm_rate": 0.015, "human_rate": 0.05}
    text = with_metrics(f"{BEGIN}\n{END}\n", manifest)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + 2
    assert all(line.count("|") == 6 for line in rows)
    assert "`llm`: at most 1.5 % of human-written functions score as high." in text
    verdicts = manifest["metrics"]["in_files"]["as_they_are"]["verdicts"]
    found, missed = (100 * verdicts[name]["share"] for name in ("true_positive_rate", "llm_called_human"))
    assert f"of 100 LLM-written ones {found:.0f} are found and {100 - found - missed:.0f} stay open" in text
    assert rows[-1].endswith(f"| {found:.0f} % | {100 - found - missed:.0f} % | {missed:.0f} % |")
    assert "`human`: at most 5 % of LLM-written ones score as low." in text


def test_missing_markers_are_named(manifest: dict[str, Any]) -> None:
    with pytest.raises(CodeOriginError, match="metrics:begin"):
        with_metrics("no markers", manifest)


def test_docs_state_the_evasion_figures_of_the_correctness_study() -> None:
    study = read_trials(ROOT / "training" / "experiments")["study-correctness"].figures
    value = {name: figure["value"] for name, figure in study.items()}
    quality = " ".join((ROOT / "docs" / "quality.md").read_text(encoding="utf-8").split())

    def shown(name: str, unit: float, digits: int) -> str:
        # Rounded once, as in the experiments table, where 0.9925 becomes 0.993.
        return f"{unit * float(f'{value[name]:.3f}'):.{digits}f}"

    for name in ("pass@1", "evade@1, not called llm", "evade@1, called human"):
        assert f"{shown(name, 100, 1)} % (" in quality
    for name in ("AUROC of pairs", "AUROC of pairs with comments exchanged"):
        assert f"{shown(name, 1, 3)} (" in quality
    assert "can be evaded" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "it can be evaded" in (default_model_dir() / "README.md").read_text(encoding="utf-8")
