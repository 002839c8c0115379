"""Tables by setting from the figures of a manifest."""

from typing import Any

from codeorigin_training.report.document import markdown
from codeorigin_training.report.settings import setting_sections

SHARE = {"share": 0.25, "interval_90": (0.2, 0.3), "repositories": 12, "affected": 9, "functions": 80}


def way(*, interval: bool = True) -> dict[str, Any]:
    figures = {"auroc": 0.8251, "tpr_at_1_fpr": 0.3, "called": SHARE, "missed": SHARE, "human_called": SHARE}
    bounds = {"auroc_interval_90": (0.8, 0.85), "tpr_at_1_fpr_interval_90": (0.2, 0.4)}
    return figures | (bounds if interval else {})


def settings(*, interval: bool = True) -> dict[str, Any]:
    each = {"functions": 1234, "repositories": 12, "by_text": way(interval=interval)}
    return {
        "in_projects": each | {"in_file_and_past": way(interval=interval)},
        "built": None,
        "agents": {"robot": each},
        "evidence": {"A-author": each},
        "lengths": {"1 to 8 lines": each},
        "past": {"by_text": {"human_called": SHARE, "over_5_percent": 2}},
    }


def test_every_setting_has_a_row_for_every_way_to_judge() -> None:
    text = markdown(setting_sections({"settings": settings()}))
    figures = "0.825 (0.800-0.850) / 0.30 (0.20-0.40) | 25 % (20 %-30 %; 12)"
    assert f"| agents in people's projects | 1,234 (12) | by its own text | {figures}" in text
    assert f"| | | in its file, with the project's past | {figures}" in text
    for title in ("by robot", "known by the commit's author", "1 to 8 lines"):
        assert f"| {title} | 1,234 (12) |" in text
    assert "| by its own text | 25 % (20 %-30 %; 12) | 2 of 12 |" in text
    assert "agents built |" not in text


def test_figures_without_intervals_stand_alone() -> None:
    found = {"settings": settings(), "out_of_fold": {"settings": settings(interval=False)}}
    assert "| 0.825 / 0.30 |" in markdown(setting_sections(found))


def test_agents_left_out_of_training_stand_beside_those_in_it() -> None:
    with_it, without = ({"functions": 50, "repositories": 3, **way()} for _ in range(2))
    found = {
        "settings": settings(),
        "unseen_agents": {"robot": {"with": with_it, "without": without | {"auroc": 0.7}}},
    }
    assert "| robot | 50 (3) | 0.825 (0.800-0.850) / 0.30 (0.20-0.40) | 0.700 (" in markdown(
        setting_sections(found)
    )


def test_a_bundle_without_such_figures_has_no_section() -> None:
    assert setting_sections({"held_out": {}}) == []
