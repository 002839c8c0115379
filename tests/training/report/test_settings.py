"""Tables by setting from the figures of a manifest."""

from typing import Any

from codeorigin_training.report.document import markdown
from codeorigin_training.report.settings import setting_sections

SHARE = {"share": 0.25, "interval_90": (0.2, 0.3), "repositories": 12, "affected": 9, "functions": 80}


WAY = {
    "auroc": 0.8251,
    "auroc_interval_90": (0.8, 0.85),
    "tpr_at_1_fpr": 0.3,
    "tpr_at_1_fpr_interval_90": (0.2, 0.4),
    "called": SHARE,
    "missed": SHARE,
    "human_called": SHARE,
}


def settings() -> dict[str, Any]:
    each = {"functions": 1234, "repositories": 12, "by_text": WAY}
    return {
        "in_projects": each | {"in_file_and_past": WAY},
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


def test_figures_out_of_fold_follow_those_held_out() -> None:
    text = markdown(setting_sections({"settings": settings(), "out_of_fold": {"settings": settings()}}))
    assert text.count("| agents in people's projects |") == 2


def test_agents_left_out_of_training_stand_beside_those_in_it() -> None:
    with_it, without = ({"functions": 50, "repositories": 3, **WAY} for _ in range(2))
    found = {
        "settings": settings(),
        "unseen_agents": {"robot": {"with": with_it, "without": without | {"auroc": 0.7}}},
    }
    assert "| robot | 50 (3) | 0.825 (0.800-0.850) / 0.30 (0.20-0.40) | 0.700 (" in markdown(
        setting_sections(found)
    )


def test_a_bundle_without_such_figures_has_no_section() -> None:
    assert setting_sections({"held_out": {}}) == []
