from pathlib import Path

import pytest

from codeorigin.errors import CodeOriginError
from codeorigin.model.bundle import default_model_dir
from codeorigin_training.export.readme import BEGIN, END, with_metrics

ROOT = Path(__file__).resolve().parents[3]


def test_the_projects_readme_states_the_shipped_models_figures() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    manifest = (default_model_dir() / "manifest.json").read_text(encoding="utf-8")
    assert with_metrics(readme, manifest) == readme, "run: python -m codeorigin_training card --help"


def test_text_around_the_markers_stays() -> None:
    manifest = (default_model_dir() / "manifest.json").read_text(encoding="utf-8")
    text = with_metrics(f"before\n{BEGIN}\nstale\n{END}\nafter\n", manifest)
    assert text.startswith(f"before\n{BEGIN}\n| |")
    assert text.endswith(f"{END}\nafter\n")
    assert "stale" not in text


def test_missing_markers_are_named() -> None:
    with pytest.raises(CodeOriginError, match="metrics:begin"):
        with_metrics("no markers", "{}")
