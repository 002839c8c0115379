"""What a project's own code adds to a logit: its past, and its declared functions and its people's as a reference."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codeorigin.core.errors import ModelError
from codeorigin.model.ngrams.hashed_views import NgramViews
from codeorigin.model.past import Past, PastRule, PastShare
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.reference import KnownFunctions, Reference, ReferenceRule, general_means
from codeorigin_training.bundle.quantization import general_entry

OF_THE_PAST = PastRule(
    quantile=0.5, weight=0.75, prior_functions=4.0, typical=-1.0, fewest_functions=4, farthest=100.0
)


def test_project_whose_old_code_scores_high_loses_the_shrunk_distance() -> None:
    # The median is 1.5, 2.5 above a typical project; four functions count half beside four typical ones.
    past = OF_THE_PAST.past([3.0, 1.0, 2.0, 0.0])
    assert past == Past((0.0, 1.0, 2.0, 3.0), pytest.approx(-0.75 * 2.5 / 2))
    limited = replace(OF_THE_PAST, farthest=1.0).past([3.0, 1.0, 2.0, 0.0])
    assert limited == Past((0.0, 1.0, 2.0, 3.0), -0.75)


def test_quantile_between_two_functions_is_interpolated() -> None:
    past = replace(OF_THE_PAST, quantile=0.9, prior_functions=0.0).past([4.0, 0.0, 1.0, 2.0, 3.0])
    assert past is not None
    assert past.evidence == pytest.approx(-0.75 * (3.6 + 1.0))


def test_project_whose_old_code_scores_low_gains_nothing() -> None:
    # The model may have been fitted on that code, and not on the project's new functions.
    past = OF_THE_PAST.past([-3.0] * 12)
    assert past == Past((-3.0,) * 12, 0.0)


def test_too_few_functions_are_no_past() -> None:
    assert OF_THE_PAST.past([0.0, 1.0, 2.0]) is None


def test_functions_that_score_as_high_are_counted_by_own_text() -> None:
    past = Past((0.0, 1.0, 1.0, 2.0), -0.5)
    assert past.share(1.0) == PastShare(4, 3, -0.5)
    assert past.share(2.5) == PastShare(4, 0, -0.5)
    assert past.share(-1.0) == PastShare(4, 4, -0.5)


RULE = ReferenceRule(
    characters=(1, 1),
    width=8,
    prior_functions=2.0,
    scale=10.0,
    fewest_declared=1,
    fewest_human=1,
)
GENERAL = {"python": np.array([1, 0, 0, 0, 0, 0, 0, 0], dtype=np.float32)}


def examples(rows: Sequence[int], groups: Sequence[str]) -> KnownFunctions:
    """Functions with one n-gram of value 1 each."""
    return KnownFunctions(np.array(rows), np.ones(len(rows)), np.arange(len(rows) + 1), groups)


HUMAN = {"python": examples([4, 4, 5, 5], ["a.py", "a.py", "b.py", "b.py"])}
DECLARED = {"python": examples([1, 1, 2], ["one", "one", "two"])}
COMMITS_OF = {"x.py": ["one"], "y.py": ["one"], "z.py": ["two"], "0123456789abcdef": ["two"]}


def reference(rule: ReferenceRule = RULE) -> Reference:
    return Reference(rule, GENERAL, DECLARED, HUMAN, COMMITS_OF)


def weights(path: str, function_id: str = "", rule: ReferenceRule = RULE) -> list[float] | None:
    found = reference(rule).weights("python", path, function_id)
    return None if found is None else found.tolist()


def test_weights_are_the_scaled_difference_of_the_shrunk_declared_mean_and_the_human_mean() -> None:
    # Two general functions beside three declared ones: 2, 2 and 1 fifths.
    assert weights("new.py") == [4.0, 4.0, 2.0, 0.0, -5.0, -5.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("path", "function_id", "expected"),
    [
        # The commit that wrote to x.py also wrote to y.py.
        ("x.py", "", [6.6667, 0.0, 3.3333, 0.0, -5.0, -5.0, 0.0, 0.0]),
        ("z.py", "", [5.0, 5.0, 0.0, 0.0, -5.0, -5.0, 0.0, 0.0]),
        ("renamed.py", "0123456789abcdef", [5.0, 5.0, 0.0, 0.0, -5.0, -5.0, 0.0, 0.0]),
        ("a.py", "", [4.0, 4.0, 2.0, 0.0, 0.0, -10.0, 0.0, 0.0]),
    ],
)
def test_own_file_and_commits_never_count(path: str, function_id: str, expected: list[float]) -> None:
    assert weights(path, function_id) == pytest.approx(expected, abs=1e-4)


def test_file_without_enough_other_functions_has_no_reference() -> None:
    strict = replace(RULE, fewest_declared=2)
    assert weights("z.py", rule=strict) is not None
    assert weights("x.py", rule=strict) is None
    assert weights("a.py", rule=replace(RULE, fewest_human=3)) is None


def test_language_needs_both_populations_and_a_general_mean() -> None:
    assert reference()
    assert not reference(replace(RULE, fewest_declared=4))
    assert not reference(replace(RULE, fewest_human=5))
    assert not Reference(RULE, {}, DECLARED, HUMAN, COMMITS_OF)
    assert not Reference(RULE, GENERAL, DECLARED, {}, COMMITS_OF)
    assert not Reference(RULE, GENERAL, {}, HUMAN, {})
    assert reference().weights("go", "new.go") is None


def test_without_declared_functions_the_general_mean_stands_for_them() -> None:
    bare = Reference(replace(RULE, fewest_declared=0), GENERAL, {}, HUMAN, {})
    assert bare
    assert bare.declared == 0
    found = bare.weights("python", "new.py")
    assert found is not None
    assert found.tolist() == [10.0, 0.0, 0.0, 0.0, -5.0, -5.0, 0.0, 0.0]


def test_general_means_are_kept_in_eight_bits(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    means = {name: chance.random(64).astype(np.float32) ** 8 for name in ("rust", "go")}
    rows, largest = general_entry(means)
    np.save(tmp_path / "general.npy", rows)
    (found,) = general_means(tmp_path / "general.npy", largest, {"rust"}).items()
    assert found[0] == "rust"
    assert found[1] == pytest.approx(means["rust"], abs=float(means["rust"].max()) / 255)
    (tmp_path / "general.npy").write_bytes(b"x")
    with pytest.raises(ModelError, match="reinstall"):
        general_means(tmp_path / "general.npy", largest, {"rust"})


def test_vector_has_norm_1() -> None:
    code = "def area(width, height):\n    return width * height\n"
    view = replace(RULE, characters=(3, 4), width=1 << 12).view
    (counted,) = NgramViews([view]).count_many([normalize(code, "python").text], "python")
    assert np.linalg.norm(counted.values) == pytest.approx(1.0)
