"""Settings from files and the command line: what is read, and what a wrong one is answered with."""

from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from pydantic.dataclasses import dataclass

from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.configuration import STRICT, ConfigurationError, load_config
from codeorigin_training.data.filters import FilterConfig
from codeorigin_training.encoder.finetune import FinetuneConfig
from codeorigin_training.report.evaluate import EvaluateConfig


class Strategy(StrEnum):
    FROZEN = "frozen"
    FULL = "full"


@dataclass(frozen=True, config=STRICT)
class Inner:
    rate: float = 0.1
    name: str = "inner"


@dataclass(frozen=True, config=STRICT)
class Outer:
    steps: int = 10
    share: float = 0.5
    fast: bool = False
    seconds: float | None = None
    strategy: Strategy = Strategy.FULL
    data: Path = Path("data")
    languages: tuple[str, ...] = ()
    inner: Inner = field(default_factory=Inner)

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError("steps must be positive")


def test_overrides_win_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"steps": 20, "inner": {"rate": 1, "name": "file"}, "languages": ["go"]}')
    config = load_config(Outer, file, ["inner.rate=0.3", "strategy=frozen", "data=elsewhere", "seconds=60"])
    assert config == Outer(
        steps=20,
        seconds=60.0,
        strategy=Strategy.FROZEN,
        data=Path("elsewhere"),
        languages=("go",),
        inner=Inner(0.3, "file"),
    )
    assert isinstance(config.seconds, float)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("stepz=3", "unknown setting stepz; there are steps, share"),
        ("inner.rat=3", "unknown setting inner.rat; there are rate, name"),
        ("steps=many", "steps: Input should be a valid integer"),
        ("steps=true", "steps: Input should be a valid integer"),
        ("steps=0", "steps must be positive"),
        ("fast=1", "fast: Input should be a valid boolean"),
        ("strategy=slow", "strategy: Input should be 'frozen' or 'full'"),
        ("languages=go", "languages: Input should be a valid (array|tuple)"),
        ("inner=3", "inner: Input should be .*object"),
        ("steps", "write it as name=value"),
    ],
)
def test_invalid_settings_get_a_one_line_error(override: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_config(Outer, None, [override])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"config\.json"):
        load_config(Outer, file)


# What our own checks refuse; single ranges are pydantic's.
WRONG: dict[type[Any], tuple[str, object]] = {
    CalibrateConfig: ("max_lines", 2),
    EvaluateConfig: ("sections", ("colours",)),
    FilterConfig: ("average_line", 2000.0),
    FinetuneConfig: ("overlap", 10_000),
}


@pytest.mark.parametrize(
    ("config", "name", "value"),
    [(config, *wrong) for config, wrong in WRONG.items()],
)
def test_settings_out_of_range_are_refused(config: type[Any], name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        config(**{name: value})
