from pathlib import Path

import pytest

from codeorigin_training.report.parts import MeasuredParts
from codeorigin_training.report.section import Section


def keep(folder: Path, made: list[int], *, bundle: str = "a", rounds: int = 1) -> Section:
    def measure() -> Section:
        made.append(len(made))
        return Section("Title", f"made {len(made)} times")

    return MeasuredParts(folder, {"bundle": bundle}, lambda line: None).get(
        "part", {"rounds": rounds}, measure
    )


def test_part_is_measured_once_for_same_inputs(tmp_path: Path) -> None:
    made: list[int] = []
    first = keep(tmp_path, made)
    assert keep(tmp_path, made) == first
    assert len(made) == 1


def test_other_bundle_or_setting_measures_part_again(tmp_path: Path) -> None:
    made: list[int] = []
    keep(tmp_path, made)
    keep(tmp_path, made, bundle="b")
    keep(tmp_path, made, bundle="b", rounds=2)
    assert len(made) == 3


@pytest.mark.filterwarnings("ignore:Exception while loading results")
def test_truncated_part_is_measured_again(tmp_path: Path) -> None:
    made: list[int] = []
    keep(tmp_path, made)
    (file,) = tmp_path.rglob("output.pkl")
    file.write_bytes(file.read_bytes()[:40])
    keep(tmp_path, made)
    assert len(made) == 2
