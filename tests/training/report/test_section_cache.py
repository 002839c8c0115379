from pathlib import Path

from codeorigin_training.report.contents import Neutral
from codeorigin_training.report.section_cache import Sections


def keep(folder: Path, made: list[int], *, bundle: str = "a", rounds: int = 1) -> Neutral:
    def make() -> Neutral:
        made.append(len(made))
        return Neutral(distance=0.5 + len(made), bound=0.1, holds=False)

    return Sections(folder, {"bundle": bundle}, lambda line: None).get(
        "neutral", Neutral, {"rounds": rounds}, make
    )


def test_section_is_made_once_for_same_inputs(tmp_path: Path) -> None:
    made: list[int] = []
    first = keep(tmp_path, made)
    assert keep(tmp_path, made) == first
    assert len(made) == 1


def test_other_bundle_or_setting_makes_section_again(tmp_path: Path) -> None:
    made: list[int] = []
    keep(tmp_path, made)
    keep(tmp_path, made, bundle="b")
    keep(tmp_path, made, bundle="b", rounds=2)
    assert len(made) == 3


def test_truncated_section_is_made_again(tmp_path: Path) -> None:
    made: list[int] = []
    keep(tmp_path, made)
    file = tmp_path / "neutral.json"
    file.write_text(file.read_text(encoding="utf-8")[:40], encoding="utf-8")
    keep(tmp_path, made)
    assert len(made) == 2


def test_section_of_other_structure_is_made_again(tmp_path: Path) -> None:
    made: list[int] = []
    keep(tmp_path, made)
    file = tmp_path / "neutral.json"
    file.write_text(file.read_text(encoding="utf-8").replace("distance", "length"), encoding="utf-8")
    assert keep(tmp_path, made).distance == 2.5
