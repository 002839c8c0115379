"""The study of language identification on a small made-up corpus."""

import json
import random
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from codeorigin.language_id import guess_language
from codeorigin.language_id.grammars import Legality
from codeorigin.language_id.model import LanguageModel, default_model_dir
from codeorigin_training.cli import app
from codeorigin_training.metrics.table import Estimate, Figure, Table
from codeorigin_training.report.section import Study, read_json
from codeorigin_training.studies.language.data import (
    LABELS,
    LanguageConfig,
    read_examples,
    side_of_repo,
)
from codeorigin_training.studies.language.measure import OWN, compared, of_view
from codeorigin_training.studies.language.softmax import (
    fit_softmax_temperature,
    grammar_shifts,
    threshold_for,
)
from codeorigin_training.studies.language.study import card
from codeorigin_training.studies.language.texts import (
    HEADS,
    Example,
    TextPart,
    fill,
    lines_for,
    none_texts,
    part,
    template_digests,
)
from support.language_texts import CODE, write_functions_of_languages

SMALL = {"functions": 12, "calibration_functions": 4, "test_functions": 4, "generated": 8,
         "width": 4096, "peer_texts": 3, "epochs": 6}  # fmt: skip


TIMES = {"median": 0.51, "95th percentile": 1.44}


def config(**changes: object) -> LanguageConfig:
    return LanguageConfig(**{**SMALL, **changes})  # type: ignore[arg-type]


def study(data: Path, run: Path, *more: str) -> str:
    """What the study prints, with the small settings."""
    small = [f"--set={name}={value}" for name, value in SMALL.items()]
    call = ["study", "language", "--data", str(data), "--run", str(run), *small, *more]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_functions_of_languages(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a study that has trained a model."""
    folder = tmp_path_factory.mktemp("run")
    assert "epoch 1" in study(data, folder)
    return folder


def test_command_makes_a_model_the_server_can_read(run: Path) -> None:
    folder = run / "studies" / "language"
    model = LanguageModel.load(folder / "model")
    assert model.labels == LABELS
    assert guess_language(CODE["go"] + CODE["go"], model).likeliest == "go"
    (section,) = read_json(Study, folder / "study.json", "no study").sections
    manifest = json.loads((folder / "model" / "manifest.json").read_text("utf-8"))
    assert [figure.to_row() for figure in section.figures] == manifest["metrics"]
    figures = Table(manifest["metrics"])
    assert (figures.get("whole functions", OWN, "accuracy").value or 0.0) > 0.8
    for tool in (OWN, "pygments"):
        assert figures.get("whole functions", tool, "accuracy on the sample").n == 3 * len(CODE)
    card = (folder / "model" / "README.md").read_text("utf-8")
    assert "| whole functions |" in card
    assert f"if the confidence is below {model.threshold:.2f}" in card


def test_measuring_again_does_not_train_again(data: Path, run: Path, tmp_path: Path) -> None:
    again = shutil.copytree(run, tmp_path / "run")
    # The other tools, which are asked again each time, take longer than everything else.
    said = study(data, again, "--set=peer_texts=1", "--set=right=0.9", "--set=version=0.9.9")
    assert "epoch 1" not in said
    old, new = (LanguageModel.load(each / "studies" / "language" / "model") for each in (run, again))
    assert new.version == "0.9.9"
    assert np.array_equal(new.weights, old.weights)
    assert "epoch 1" in study(data, again, "--set=peer_texts=1", "--set=epochs=2")


def test_existing_model_is_measured_again_and_otherwise_unchanged(data: Path, tmp_path: Path) -> None:
    ships, run = default_model_dir(), tmp_path / "run"
    assert "epoch" not in study(data, run, f"--set=model={ships}")
    made = run / "studies" / "language" / "model"
    ours, theirs = (json.loads((each / "manifest.json").read_text("utf-8")) for each in (made, ships))
    median, p95 = (row["value"] for row in ours.pop("metrics") if row["context"] == "milliseconds")
    assert 0 < median <= p95
    theirs.pop("metrics")
    for manifest in (ours, theirs):
        manifest.pop("files")
    settings = theirs["settings"] | {"test_functions": 4, "peer_texts": 3}
    assert ours == theirs | {"settings": settings, "checksum": ours["checksum"]}
    assert np.array_equal(LanguageModel.load(made).weights, LanguageModel.load(ships).weights)
    call = ["study", "language", "--data", str(data), "--run", str(run), f"--set=model={tmp_path}"]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 2
    assert "not readable" in result.output


def values(figures: Iterable[Figure]) -> dict[str, float | None]:
    return {figure.statistic: figure.value for figure in figures}


def every_label() -> list[Example]:
    return [Example(CODE.get(label, "words"), label, "unit", TextPart.WHOLE) for label in LABELS]


def test_other_language_of_a_pair_counts_if_both_grammars_accept_the_text() -> None:
    both, one = "int f(int x) {\n    return x;\n}\n", "int A::f() const {\n    return x_;\n}\n"
    examples = [Example(text, "cpp", "unit", TextPart.WHOLE) for text in (both, one)]
    table = np.zeros((2, len(LABELS)))
    table[:, LABELS.index("c")] = 1
    found = values(of_view(table, examples, TextPart.WHOLE, 0.5))
    assert (found["accuracy"], found["either"]) == (0.0, 0.5)


def test_shifts_are_learnt_only_from_undecided_texts() -> None:
    model = LanguageModel.load()
    both, one = "int f(int x) {\n    return x;\n}\n", "int A::f() const {\n    return x_;\n}\n"
    examples = [Example(both, "c", "u", TextPart.WHOLE)] * 3 + [Example(both, "cpp", "u", TextPart.WHOLE)] * 3
    examples += [Example(one, "cpp", "u", TextPart.WHOLE)] * 20
    table = np.zeros((len(examples), len(LABELS)))
    table[:, LABELS.index("c")] = table[:, LABELS.index("cpp")] = 0.5
    shifts = grammar_shifts(model, examples, table)
    assert shifts["c/cpp"][Legality.BOTH] == pytest.approx(0, abs=0.01)
    assert shifts["c/cpp"][Legality.SECOND] < -2
    assert shifts["c/cpp"][Legality.NEITHER] == 0
    sure = np.zeros_like(table)
    sure[:, LABELS.index("c")] = 1.0
    assert set(grammar_shifts(model, examples, sure)["c/cpp"].values()) == {0.0}


def test_examples_are_reproducible_and_no_repository_is_on_two_sides(data: Path) -> None:
    examples = read_examples(data, config())
    assert examples == read_examples(data, config())
    for side, found in examples.items():
        repos = {each.unit for each in found if not each.unit.startswith("generated/")}
        assert repos
        assert {side_of_repo(repo) for repo in repos} == {side}
    assert {each.label for each in examples["train"]} == set(LABELS)


def test_parts_of_a_function_have_the_requested_lines() -> None:
    text = "\n".join(f"line number {index}" for index in range(12))
    random_ = random.Random(1)
    assert part(text, TextPart.FIRST_TWO, random_) == "line number 0\nline number 1"
    assert part(text, TextPart.WHOLE, random_) == part(text, TextPart.LONG, random_) == text
    for view, count in ((TextPart.MIDDLE_TWO, 2), (TextPart.FIVE, 5), (TextPart.TEN, 10)):
        found = part(text, view, random_)
        assert found is not None
        assert found in text
        assert found.count("\n") == count - 1
    assert part("one line", TextPart.FIVE, random_) is None
    assert part("}\n}\n", TextPart.FIRST_TWO, random_) is None


def test_templates_are_filled() -> None:
    random_ = random.Random(1)
    assert fill("§w §W §U {x} $§w §x", lambda: "cart", random_) == "cart Cart CART {x} $cart §x"
    assert set(HEADS) == set(CODE)
    made = none_texts(3, lambda: "cart", [CODE["go"]], random_, "train")
    assert len({kind for kind, _ in made}) == 15
    assert not [text for _, text in made if "§" in text or not text]


def test_no_line_of_texts_in_no_language_is_on_two_sides() -> None:
    lines = list("abcdefghi")
    sides = {side: lines_for(side, lines) for side in ("train", "calibration", "test")}
    assert sides == {"train": list("abefi"), "calibration": list("cg"), "test": list("dh")}


def test_examples_depend_on_the_corpus_and_the_seed_alone(tmp_path: Path) -> None:
    write_functions_of_languages(tmp_path)
    assert set(template_digests()) == {"heads.toml", "none_lines.toml"}
    units = {example.unit for example in read_examples(tmp_path, config())["test"] if example.label == "none"}
    assert units
    assert all(unit.startswith("generated/") for unit in units)


def _probabilities(rows: Sequence[tuple[str, float]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    table = np.zeros((len(rows), len(LABELS)))
    for row, (label, confidence) in enumerate(rows):
        table[row] = (1 - confidence) / (len(LABELS) - 1)
        table[row, LABELS.index(label)] = confidence
    return table


def test_the_threshold_is_the_lowest_that_keeps_the_promise() -> None:
    table = _probabilities([("go", 0.9), ("go", 0.8), ("c", 0.7), ("go", 0.6), ("none", 0.99)])
    target = np.array([LABELS.index(label) for label in ("go", "go", "c", "rust", "go")])
    assert threshold_for(table, target, 0.97) == pytest.approx(0.7)
    assert threshold_for(table, target, 0.75) == pytest.approx(0.6)
    assert threshold_for(table, np.full(5, LABELS.index("php")), 0.75) == 0.99


def test_figures_match_values_by_hand() -> None:
    examples = [Example("x", label, "r", TextPart.FIVE) for label in ("go", "go", "c", "none")]
    table = _probabilities([("go", 0.9), ("c", 0.6), ("c", 0.8), ("none", 0.7)])
    figures = list(of_view(table, examples, TextPart.FIVE, threshold=0.7))
    found = values(figures)
    assert found["accuracy"] == pytest.approx(0.75)
    assert (found["named"], found["right"], found["silent on none"]) == (pytest.approx(2 / 3), 1.0, 1.0)
    assert found["go taken for c"] == 1
    counts = {figure.statistic: figure.n for figure in figures}
    assert [counts[name] for name in ("accuracy", "silent on none", "ECE")] == [3, 1, 4]
    f1 = {figure.language: figure.value for figure in figures if figure.statistic == "F1"}
    assert f1 == {"go": pytest.approx(2 / 3), "c": pytest.approx(2 / 3)}


def test_card_says_how_long_it_takes_and_what_the_comparison_is_based_on() -> None:
    examples = [Example(CODE["go"], "go", "r", TextPart.WHOLE)] * 3 + [
        Example(CODE["c"], "c", "r", TextPart.WHOLE)
    ]
    model = LanguageModel.load()
    measured = [
        *of_view(np.eye(len(LABELS)), every_label(), TextPart.WHOLE, 0.5),
        *(
            Estimate(value, n=1234).named("10 to 40 lines", "milliseconds", name)
            for name, value in TIMES.items()
        ),
        Estimate(0.6, n=1300).named("all", "milliseconds", "median"),
        *compared(
            model, examples, {"other": lambda asked: ["go"] * len(asked), "absent": lambda asked: None}
        ),
    ]
    page = card(model, measured, 1000)
    # All three are asked about the same four texts, and languages are weighted equally.
    assert "| text (texts) | this model | other |" in page
    assert "| whole functions (4) | 1.000 | 0.500 |" in page
    assert "One text takes 0.6 ms" in page
    assert "| 10 to 40 lines (1,234) | 0.5 | 1.4 |" in page
    shipped = (default_model_dir() / "README.md").read_text("utf-8")
    manifest = json.loads((default_model_dir() / "manifest.json").read_text("utf-8"))
    size = (default_model_dir() / "weights.npz").stat().st_size
    figures = Table(manifest["metrics"]).figures
    assert card(model, figures, size) == shipped
    assert min(figure.n or 0 for figure in figures if figure.statistic == "accuracy on the sample") >= 500


def test_softmax_temperature_grows_with_the_logits() -> None:
    generator = np.random.default_rng(4)
    logits = 2 * generator.normal(size=(20_000, 3))
    drawn = logits + generator.gumbel(size=logits.shape)
    targets = drawn.argmax(axis=1).astype(np.int64)
    assert fit_softmax_temperature(logits, targets) == pytest.approx(1.0, rel=0.05)
    assert fit_softmax_temperature(3 * logits, targets) == pytest.approx(3.0, rel=0.05)
