"""Occlusion against its definition: scoring the function again with the range really hidden."""

from dataclasses import replace

import numpy as np
import pytest

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.explain.evidence import occurrence_shares
from codeorigin.model.ngrams.hashed_views import NgramViews, WideFeatures
from codeorigin.model.reading.normalize import Normalized, normalize
from codeorigin.model.scoring.inputs import Features
from codeorigin.model.scoring.scorer import Scorer
from codeorigin_training.report.occlusion import hidden_logit, occlude, touching_shares
from support.snippets import ALL, long_function
from support.tiny_model import VIEWS, TinyModel


def line_ranges(normalized: Normalized) -> tuple[np.ndarray, np.ndarray]:
    _, starts = np.unique(normalized.lines, return_index=True)
    return starts, np.append(starts, len(normalized.text))[1:]


def without(scorer: Scorer, features: Features, start: int, end: int) -> Features:
    """The function with its tokens in the range masked and without the n-gram occurrences that touch it."""
    assert features.encoding is not None
    assert features.wide is not None
    assert scorer.tokenizer is not None
    encoding, places = features.encoding, features.wide.occurrences
    hidden = (encoding.starts < end) & (encoding.ends > start)
    ids = np.where(hidden, scorer.tokenizer.mask_id, encoding.ids)
    keeps = ~((places.start < end) & (places.end > start))
    count = np.bincount(places.feature)
    kept = np.bincount(places.feature, weights=keeps)
    values = (features.wide.values * kept / count).astype(np.float32)
    return Features(
        WideFeatures(features.wide.ids, values, places), replace(encoding, ids=ids), features.windows
    )


@pytest.mark.parametrize(("code", "language"), [*ALL, (long_function(12), "python")])
def test_value_of_a_line_is_what_the_logit_loses_without_it(
    tiny_model: TinyModel, code: str, language: str
) -> None:
    scorer = tiny_model.scorer(context=40, overlap=10)
    normalized = normalize(code, language)
    features = scorer.features(normalized, language)
    starts, ends = line_ranges(normalized)
    wide, deep = occlude(scorer, features, starts, ends)
    whole = scorer.score(features)
    hidden = [without(scorer, features, start, end) for start, end in zip(starts, ends, strict=True)]
    for number, score in enumerate(map(scorer.score, hidden)):
        assert wide[number] == pytest.approx(whole.wide - score.wide, abs=2e-5)
        assert deep[number] == pytest.approx(whole.deep - score.deep, abs=2e-5)
    assert np.abs(deep).max() > 1e-3


def test_hiding_everything_leaves_the_baseline(tiny_model: TinyModel) -> None:
    scorer = tiny_model.scorer()
    normalized = normalize(long_function(12), "python")
    features = scorer.features(normalized, "python")
    wide, deep = occlude(scorer, features, np.array([0]), np.array([len(normalized.text)]))
    whole = scorer.score(features)
    assert len(features.windows) > 1
    assert wide[0] == pytest.approx(whole.wide, abs=1e-5)
    assert deep[0] == pytest.approx(whole.deep - hidden_logit(scorer, features), abs=1e-5)


def test_without_a_deep_part_only_ngrams_count(tiny_wide_model: TinyModel) -> None:
    scorer = tiny_wide_model.scorer()
    normalized = normalize(long_function(3), "python")
    features = scorer.features(normalized, "python")
    wide, deep = occlude(scorer, features, *line_ranges(normalized))
    assert np.abs(wide).max() > 0.01
    assert deep.tolist() == [0.0] * 5
    assert hidden_logit(scorer, features) == 0.0


def test_cancel_stops_between_two_batches(tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = tiny_model.scorer()
    normalized = normalize(long_function(12), "python")
    features = scorer.features(normalized, "python")
    monkeypatch.setattr("codeorigin.model.scoring.scorer.RUN_TOKENS", 1)
    token = CancelToken()
    calls: list[object] = []
    run = scorer.graph.run

    def cancel_on_fourth(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 4:
            token.cancel()
        return run(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(scorer.graph, "run", cancel_on_fourth)
    with pytest.raises(Cancelled):
        occlude(scorer, features, *line_ranges(normalized), token)
    assert len(calls) == 4


@pytest.mark.parametrize(("code", "language"), ALL)
def test_touching_shares_match_brute_force(code: str, language: str) -> None:
    normalized = normalize(code, language)
    features = NgramViews(VIEWS).extract(normalized, language)
    weights = np.random.default_rng(2).normal(size=len(features.ids)).astype(np.float32)
    shares = occurrence_shares(features, weights)
    # Ranges with gaps between them, so that some n-grams touch none and others several.
    starts = np.arange(0, len(normalized.text) - 6, 9, dtype=np.int32)
    ends = starts + 4
    expected = [
        shares[(features.occurrences.start < end) & (features.occurrences.end > start)].sum()
        for start, end in zip(starts, ends, strict=True)
    ]
    np.testing.assert_allclose(touching_shares(features, weights, starts, ends), expected, atol=1e-9)
