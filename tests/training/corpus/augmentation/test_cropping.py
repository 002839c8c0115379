"""Cropping to a part of a function."""

import numpy as np
import pytest

from codeorigin_training.corpus.augmentation import cropped
from codeorigin_training.corpus.augmentation.cropping import LEAST_LINES
from support.standalone import FUNCTIONS


@pytest.mark.parametrize("language", FUNCTIONS)
def test_cropped_part_is_contiguous_lines_of_function(language: str) -> None:
    code = FUNCTIONS[language]
    for seed in range(20):
        part = cropped(code, language, np.random.default_rng(seed))
        assert f"\n{part}\n" in f"\n{code}\n"
        assert part != code
        lines = part.split("\n")
        assert sum(bool(line.strip()) for line in lines) >= LEAST_LINES
        assert lines[0].strip()
        assert lines[-1].strip()


def test_function_of_three_lines_is_not_cropped() -> None:
    code = "def f(a):\n\n    a += 1\n    return a"
    assert cropped(code, "python", np.random.default_rng(0)) == code


def test_cropped_part_begins_and_ends_outside_strings() -> None:
    text = "\n".join(f"    line {number}" for number in range(6))
    code = f'def f(a):\n    b = """\n{text}\n    """\n' + "\n".join(
        f"    a += {number}" for number in range(8)
    )
    for seed in range(30):
        part = cropped(code, "python", np.random.default_rng(seed))
        assert part.count('"""') in {0, 2}


def test_cropped_parts_differ_by_seed() -> None:
    parts = {cropped(FUNCTIONS["java"], "java", np.random.default_rng(seed)) for seed in range(20)}
    assert len(parts) > 8
