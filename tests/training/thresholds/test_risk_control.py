"""Both bounds against brute force, for each population separately."""

import dataclasses

import numpy as np
import pytest

from codeorigin_training.thresholds.risk_control import HumanScores, PromiseSettings, mean_bound, tail_bound

TERMS = PromiseSettings(rate=0.1, tail_share=0.2, tail_rate=0.15, tail_fewest=5, fewest_evidence=4)


def scores(seed: int, sizes: dict[str, int], shift: float = 0.0) -> HumanScores:
    """Repositories with 1 to 12 functions each; ``sizes`` gives the number of repositories per population."""
    generator = np.random.default_rng(seed)
    logits, repositories, populations = [], [], []
    number = 0
    for name, count in sizes.items():
        for _ in range(count):
            level = generator.normal() + (shift if name == "modern" else 0.0)
            for _ in range(int(generator.integers(1, 13))):
                # Rounded, so that there are ties.
                logits.append(round(level + generator.normal(), 1))
                repositories.append(number)
                populations.append(name)
            number += 1
    return HumanScores(np.array(logits), np.array(repositories, dtype=np.int64), np.array(populations))


def shares(human: HumanScores, threshold: float) -> list[tuple[float, int]]:
    found = []
    for repository in np.unique(human.repositories):
        inside = human.repositories == repository
        found.append((float((human.logits[inside] >= threshold).mean()), int(inside.sum())))
    return found


def mean_by_hand(human: HumanScores) -> float | None:
    """The lowest candidate that keeps the promise, as every higher one does."""
    count = len(np.unique(human.repositories))
    return lowest(human, lambda each: (sum(s for s, _ in each) + 1) / (count + 1) <= TERMS.rate + 1e-12)


def tail_by_hand(human: HumanScores) -> float | None:
    def kept(each: list[tuple[float, int]]) -> bool:
        large = [share for share, size in each if size >= TERMS.tail_fewest]
        accused = sum(share > TERMS.tail_share + 1e-9 for share in large)
        return (accused + 1) / (len(large) + 1) <= TERMS.tail_rate + 1e-12

    return lowest(human, kept)


def lowest(human: HumanScores, kept) -> float | None:  # type: ignore[no-untyped-def]
    candidates = np.append(np.unique(human.logits), np.inf)
    fits = [float(each) for each in candidates if kept(shares(human, each))]
    return min(fits) if fits else None


def called_alike(human: HumanScores, left: float, right: float) -> bool:
    return bool(((human.logits >= left) == (human.logits >= right)).all())


@pytest.mark.parametrize("seed", range(12))
def test_bounds_equal_brute_force(seed: int) -> None:
    human = scores(seed, {"old": 45})
    for bound, by_hand in ((mean_bound, mean_by_hand), (tail_bound, tail_by_hand)):
        found, expected = bound(human, TERMS).promised, by_hand(human)
        assert expected is not None
        assert found is not None
        if bound is mean_bound:
            assert called_alike(human, found, expected)
        else:
            # The accused repositories are the same; between two logits, either threshold is fine.
            accused = [
                [share > TERMS.tail_share + 1e-9 for share, size in shares(human, each) if size >= 5]
                for each in (found, expected)
            ]
            assert accused[0] == accused[1]


def test_strictest_population_decides() -> None:
    human = scores(3, {"old": 60, "modern": 60}, shift=1.5)
    modern = human.take(human.populations == "modern")
    for bound in (mean_bound, tail_bound):
        both, alone = bound(human, TERMS), bound(modern, TERMS)
        assert both.promised == alone.promised
        assert both.repositories > alone.repositories


def test_population_too_small_for_promise_still_counts_as_evidence() -> None:
    human = scores(4, {"old": 60, "modern": 8}, shift=3.0)
    old = human.take(human.populations == "old")
    for bound in (mean_bound, tail_bound):
        found = bound(human, TERMS)
        assert found.promised == bound(old, TERMS).promised
        assert found.repositories == bound(old, TERMS).repositories
        assert found.evidence > (found.promised or 0.0)
        assert found.lowest == found.evidence
    few = mean_bound(scores(4, {"old": 60, "modern": 3}, shift=3.0), TERMS)
    assert few.evidence == -np.inf


def test_populations_too_small_alone_promise_together() -> None:
    human = scores(5, {"old": 6, "modern": 6})
    found = mean_bound(human, TERMS)
    assert found.promised is not None
    assert found.repositories == 12
    assert mean_bound(human.take(human.populations == "old"), TERMS).promised is None


def test_no_repositories_give_no_promise() -> None:
    nothing = scores(0, {})
    assert mean_bound(nothing, TERMS).promised is None
    assert tail_bound(nothing, TERMS).lowest == -np.inf


def test_tail_bound_protects_new_repositories_that_mean_bound_accuses() -> None:
    """One repository in twelve is careful: all of its functions score high."""

    def drawn(seed: int, count: int) -> HumanScores:
        generator = np.random.default_rng(seed)
        careful = generator.random(count) < 1 / 12
        logits = generator.normal(size=(count, 20)) + 2.0 * careful[:, None]
        return HumanScores(logits.ravel(), np.repeat(np.arange(count), 20), np.full(count * 20, "old"))

    new = drawn(99, 4000)
    accused = {"mean": [], "tail": []}
    settings = dataclasses.replace(TERMS, tail_rate=0.03)
    for seed in range(20):
        human = drawn(seed, 120)
        mean, tail = mean_bound(human, settings), tail_bound(human, settings)
        for name, threshold in (("mean", mean.lowest), ("tail", max(mean.lowest, tail.lowest))):
            called = (new.logits.reshape(-1, 20) >= threshold).mean(axis=1)
            accused[name].append((called > 0.2).mean())
    assert np.mean(accused["mean"]) > 0.06
    assert np.mean(accused["tail"]) <= 0.03
