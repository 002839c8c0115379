"""Figures by tool and model from the reports of ``evaluate-declared``."""

import json
from pathlib import Path
from typing import Any

from codeorigin_training.experiments.declared import (
    agent_functions,
    by_key,
    declared_figures,
)


def function(tool: str, commit: str, band: str, **more: Any) -> dict[str, Any]:
    verdict = {"band": band}
    values = {"kind": "agent", "strength": "lines", "tool": tool, "model": "m", "commit": commit}
    return values | {"own": {"band": "unsure"}, "in_file": verdict} | more


def write(folder: Path, name: str, *functions: dict[str, Any]) -> None:
    (folder / f"{name}.json").write_text(json.dumps({"functions": functions}))


def test_only_what_records_of_lines_and_commits_say_counts(tmp_path: Path) -> None:
    write(tmp_path, "a+b", function("x", "1", "llm"), function("x", "2", "llm", strength="mention"))
    write(
        tmp_path,
        "c+d-e",
        function("x", "1", "llm", kind="old"),
        function("y", "1", "human", strength="commit"),
    )
    write(tmp_path, "no-repository", function("x", "1", "llm"))
    assert [(each["repository"], each["tool"]) for each in agent_functions(tmp_path)] == [
        ("a/b", "x"),
        ("c/d-e", "y"),
    ]
    figures = declared_figures(tmp_path)
    assert (figures["functions"], figures["repositories"], figures["by_tool"]) == (2, ["a/b", "c/d-e"], [])


def test_rows_have_shares_with_intervals_over_commits() -> None:
    ones = [function("x", "1", "llm", repository="a") for _ in range(3)]
    others = [function("x", "1", "human", repository="b"), function("x", "2", "unsure", repository="b")]
    (row,) = by_key([*ones, *others, function("y", "1", "llm", repository="a")], "tool", 2)
    assert (row["name"], row["functions"], row["commits"], row["repositories"]) == ("x", 5, 3, 2)
    assert (row["called_in_file"]["value"], row["called_human_in_file"]["value"]) == (0.6, 0.2)
    assert row["called_own"] == {"value": 0.0, "interval_90": [0.0, 0.0]}
    # All of one commit are drawn together: more than a twentieth of the samples lack it.
    low, high = row["called_in_file"]["interval_90"]
    assert (low, high > row["called_in_file"]["value"]) == (0.0, True)
    # A name that no record tells has no row.
    assert by_key([function("x", "1", "llm", repository="a", model=None)] * 9, "model", 2) == []
