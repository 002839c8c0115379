"""The studies' page: every kind of chart and table, no text as markup, and sections of several studies."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from codeorigin_training import studies
from codeorigin_training.cli import STUDIES, app
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.run import Run, RunError
from codeorigin_training.studies.frame import read_sections, render, write_study

STUDY_ROOMS = Path(studies.__file__).parent
POINTS = Series("one", (0.0, 1.0, 2.0), (0.5, 0.25, 1.0), (0.4, 0.2, 0.9), (0.6, 0.3, 1.1))


def section(title: str, kind: ChartKind = ChartKind.LINE) -> Section:
    return Section(
        title=title,
        note="What is <asked>?",
        findings=("a < b & c",),
        tables=(TitledTable("A table", "", ("name", "value"), (("<b>x</b>", "1"),)),),
        charts=(
            Chart(f"as {kind}", kind, "x", "y", (POINTS, Series("two", POINTS.x, POINTS.y)), ("p", "q", "r")),
        ),
        figures=(Figure("f", 0.5), Figure("none", None)),
    )


@pytest.mark.parametrize("kind", ChartKind)
def test_every_kind_of_chart_is_drawn(kind: ChartKind) -> None:
    page = render([section("S", kind)])
    assert page.count("<svg") == 1
    for text in ("as " + kind, ">one<", ">two<", ">p<", ">q<"):
        assert text in page


def test_text_is_escaped_and_nothing_is_loaded() -> None:
    page = render([section("<script>")])
    assert "<script" not in page
    assert "<b>x" not in page
    assert "What is &lt;asked&gt;?" in page
    assert "a &lt; b &amp; c" in page
    assert "src=" not in page


def test_page_has_all_studies_of_the_run_and_repeating_one_replaces_it(tmp_path: Path) -> None:
    run = Run(tmp_path)
    write_study(run, "heads", [section("Second"), section("Third")])
    page = write_study(run, "correctness", [section("First")])
    assert [each.title for each in read_sections(run)] == ["First", "Second", "Third"]
    write_study(run, "heads", [section("Anew")])
    assert [each.title for each in read_sections(run)] == ["First", "Anew"]
    text = page.read_text(encoding="utf-8")
    assert text.index("First") < text.index("Anew")
    assert "Second" not in text
    assert read_sections(run)[0] == section("First"), "what is written is what is read"


def test_error_names_an_invalid_study_file(tmp_path: Path) -> None:
    run = Run(tmp_path)
    path = tmp_path / "studies" / "heads" / "study.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"sections": [1]}', encoding="utf-8")
    with pytest.raises(RunError, match=r"study\.json: is no study"):
        read_sections(run)


def test_every_study_has_its_room_and_an_unknown_name_is_refused(tmp_path: Path) -> None:
    assert {path.parent.name for path in STUDY_ROOMS.glob("*/study.py")} == set(STUDIES)
    done = CliRunner().invoke(app, ["study", "nothing", "--data", str(tmp_path), "--run", str(tmp_path)])
    assert done.exit_code == 2
    assert "choose one of correctness, heads, language, representations" in done.output
