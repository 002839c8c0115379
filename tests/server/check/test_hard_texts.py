"""Texts that are hard to parse share the time of a check, and those given up are tried once more."""

from pathlib import Path

import pytest

from codeorigin.check.options import CheckOptions
from codeorigin.check.run import check
from codeorigin.core.budget import Budget
from codeorigin.languages import parse_budget, parser_pool
from codeorigin.languages.parse import parse_all
from codeorigin.languages.parse_budget import ParseBudgetError, ParserInput
from support.command import TERSE

HARD = "%private]<a>(" * 9
"""TypeScript of 117 characters that the parser never ends."""


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_hard_files_cost_what_a_few_do(
    tmp_path: Path, tiny_model_dir: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    names = [f"{number:02}" for number in range(6)]
    for name in names:
        (tmp_path / f"a{name}.ts").write_text(HARD)
        (tmp_path / f"b{name}.py").write_text(TERSE.read_text())
    budgets: list[Budget] = []

    def budget(*, shared: bool = False) -> Budget:
        budgets.append(Budget(seconds=1.0, shared=shared))
        return budgets[0]

    monkeypatch.setattr(parse_budget, "run_budget", budget)
    monkeypatch.setattr("codeorigin.check.workers.BYTES_FOR_A_WORKER", 1)
    result = check(CheckOptions([str(tmp_path)], model=tiny_model_dir, jobs=jobs))
    assert [Path(file.path).name for file in result.files] == [f"b{name}.py" for name in names]
    assert all(file.functions for file in result.files)
    assert sorted(Path(error.path).name for error in result.errors) == [f"a{name}.ts" for name in names]
    # Each is tried twice, a tenth of a second; without the budget, each try would take three seconds.
    assert -12 * (parser_pool._RESTART + 0.11) < budgets[0].seconds < 0.0


def test_file_given_up_is_tried_once_more(
    tmp_path: Path, tiny_model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(f"# {name}\n" + TERSE.read_text())
    given_up: list[str] = []

    def under_load(texts: list[ParserInput], *rest: object) -> list[object]:
        found = list(parse_all(texts, *rest))  # type: ignore[arg-type]
        late = [number for number, text in enumerate(texts) if "b.py" in text.text and not given_up]
        for number in late:
            given_up.append(texts[number].text)
            found[number] = ParseBudgetError("busy")
        return list(found)

    monkeypatch.setattr("codeorigin.analysis.judging.parse_all", under_load)
    result = check(CheckOptions([str(tmp_path)], model=tiny_model_dir))
    assert len(given_up) == 1
    assert result.errors == ()
    assert [Path(file.path).name for file in result.files] == ["a.py", "b.py", "c.py"]
    assert all(file.functions for file in result.files)
