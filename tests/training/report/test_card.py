"""Model card and README table from a bundle's manifest."""

import json
import shutil
from pathlib import Path

import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.bundle import default_model_dir
from codeorigin_training.report.card import model_card
from codeorigin_training.report.pages import CardConfig, card
from codeorigin_training.run import Run, RunError

BEGIN, END = "<!-- metrics:begin -->", "<!-- metrics:end -->"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run that holds the shipped bundle's manifest."""
    made = Run(tmp_path)
    made.bundle.mkdir()
    shutil.copy(default_model_dir() / "manifest.json", made.bundle)
    return made


def test_shipped_card_matches_its_manifest() -> None:
    manifest = json.loads((default_model_dir() / "manifest.json").read_text("utf-8"))
    card = (default_model_dir() / "README.md").read_text("utf-8")
    assert card == model_card(manifest), "write it with the command `card`, as the manual of training says"


def test_card_is_written(run: Run) -> None:
    lines: list[str] = []
    card(CardConfig(), run, lines.append)
    name = json.loads((run.bundle / "manifest.json").read_text("utf-8"))["name"]
    assert (run.bundle / "README.md").read_text("utf-8").startswith(f"# {name} ")
    assert lines == [f"wrote {run.bundle / 'README.md'}"]


def test_project_readme_gets_table(run: Run, tmp_path: Path) -> None:
    readme = tmp_path / "project.md"
    readme.write_text(f"before\n{BEGIN}\n{END}\nafter\n")
    card(CardConfig(readme=readme), run, lambda line: None)
    assert "| in its file, as in an editor |" in readme.read_text("utf-8")
    assert readme.read_text("utf-8").endswith("after\n")


def test_other_bundle_than_the_runs_can_be_used(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.move(run.bundle, other)
    card(CardConfig(bundle=other), run, lambda line: None)
    assert (other / "README.md").is_file()
    with pytest.raises(RunError, match="codeorigin_training export"):
        card(CardConfig(), run, lambda line: None)


def test_missing_and_broken_files_are_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CodeOriginError, match=r"nowhere\.md: not found"):
        card(CardConfig(readme=tmp_path / "nowhere.md"), run, lambda line: None)
    for text in ("{", "{}"):
        (run.bundle / "manifest.json").write_text(text)
        with pytest.raises(CodeOriginError, match="broken manifest"):
            card(CardConfig(), run, lambda line: None)
    (run.bundle / "manifest.json").unlink()
    with pytest.raises(CodeOriginError, match=r"holds no manifest\.json"):
        card(CardConfig(), run, lambda line: None)
