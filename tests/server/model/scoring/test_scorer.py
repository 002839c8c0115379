from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.errors import Cancelled, ModelError
from codeorigin.model.ngrams.hashed_views import NgramViews
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring import batches as batches_module
from codeorigin.model.scoring.features import DeepSettings, Features
from codeorigin.model.scoring.graph import Graph
from codeorigin.model.scoring.scorer import Scorer
from support.snippets import ALL, LEDGER, QUEUE, long_function
from support.tiny_model import BIAS, VIEWS, TinyModel

SOURCES = [*ALL, (long_function(30), "python"), ("x", "python"), (long_function(7), "python")]


def features_of(scorer: Scorer) -> list[Features]:
    return [scorer.features(normalize(code, language), language) for code, language in SOURCES]


def window_logit(model: TinyModel, ids: npt.NDArray[np.int64]) -> float:
    """PyTorch's logit of one window."""
    assert model.encoder is not None
    assert model.tokenizer is not None
    with torch.no_grad():
        logit = model.encoder(torch.from_numpy(ids)[None], torch.ones(1, len(ids), dtype=torch.bool))
    return float(logit[0])


def test_logits_match_pytorch_over_all_windows(tiny_model: TinyModel) -> None:
    """Every window of a long function counts with its weight: leaving one out would move the logit by far more."""
    assert tiny_model.wide_weights is not None
    scorer = tiny_model.scorer(context=40, overlap=10)
    features = features_of(scorer)
    scores = scorer.score(features)
    long, short, middling = (score.windows for score in scores[-3:])
    assert (long > 20, short, middling > 3) == (True, 1, True)
    for item, score in zip(features, scores, strict=True):
        assert item.encoding is not None
        assert item.wide is not None
        wide = float(np.dot(tiny_model.wide_weights[item.wide.ids], item.wide.values))
        windows = [window_logit(tiny_model, item.encoding.ids[w.start : w.stop]) for w in item.windows]
        deep = float(np.mean(windows))
        assert score.wide == pytest.approx(wide, abs=1e-5)
        assert score.deep == pytest.approx(deep, abs=1e-5)
        assert score.logit == pytest.approx(BIAS + wide + deep, abs=2e-5)
        if len(windows) > 1:
            for left_out in range(len(windows)):
                without = (sum(windows) - windows[left_out]) / len(windows)
                assert abs(without - deep) > 1e-4


@pytest.mark.parametrize("batch", [1, 1 << 16])
@pytest.mark.parametrize("wide_alone", [True, False])
def test_scoring_functions_matches_scoring_their_features(
    tiny_model: TinyModel,
    tiny_wide_model: TinyModel,
    monkeypatch: pytest.MonkeyPatch,
    wide_alone: bool,
    batch: int,
) -> None:
    monkeypatch.setattr("codeorigin.model.ngrams.hashed_views.BATCH_CHARACTERS", batch)
    scorer = (tiny_wide_model if wide_alone else tiny_model).scorer()
    functions = [normalize(code, "python") for code, _ in [*SOURCES, ("", "python")]]
    expected = scorer.score(scorer.features_of(functions, "python"))
    assert scorer.score_functions(functions, "python") == expected
    assert len({score.logit for score in expected}) > 3
    assert scorer.score_functions([], "python") == []


@pytest.mark.parametrize(("tokens", "ngrams"), [(1, 1), (90, 1 << 18), (1 << 20, 300), (1 << 20, 1 << 20)])
def test_batching_does_not_change_the_scores(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch, tokens: int, ngrams: int
) -> None:
    scorer = tiny_model.scorer()
    features = features_of(scorer)
    expected = [scorer.score([item])[0] for item in features]
    monkeypatch.setattr(batches_module, "BATCH_TOKENS", tokens)
    monkeypatch.setattr(batches_module, "BATCH_FEATURES", ngrams)
    for found, alone in zip(scorer.score(features), expected, strict=True):
        assert (found.logit, found.wide, found.deep) == pytest.approx(
            (alone.logit, alone.wide, alone.deep), abs=1e-5
        )
        assert found.windows == alone.windows


def test_batches_group_windows_of_similar_length_within_the_limit(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = tiny_model.scorer()
    monkeypatch.setattr(batches_module, "BATCH_TOKENS", 256)
    shapes: list[tuple[int, ...]] = []
    run = scorer.graph.run

    def recorded(outputs: list[str], feed: dict[str, npt.NDArray[np.generic]]) -> object:
        shapes.append(feed["ids"].shape)
        return run(outputs, feed)

    monkeypatch.setattr(scorer.graph, "run", recorded)
    features = features_of(scorer)
    scorer.score(features)
    real = sum(w.stop - w.start for item in features for w in item.windows)
    assert all(rows * length <= 256 for rows, length in shapes)
    assert sum(rows for rows, _ in shapes) == sum(len(item.windows) for item in features)
    assert sum(rows * length for rows, length in shapes) < 1.2 * real


def test_empty_code_is_scored_by_the_bias_alone(tiny_model: TinyModel) -> None:
    scorer = tiny_model.scorer()
    assert scorer.score([]) == []
    (blank,) = scorer.score([scorer.features(normalize("\n", "python"), "python")])
    assert (blank.logit, blank.wide, blank.deep, blank.windows) == (BIAS, 0.0, 0.0, 0)
    between = scorer.score([*features_of(scorer)[:1], Features(None, None, ()), *features_of(scorer)[1:2]])
    assert between[1].logit == BIAS
    assert between[0].windows > 0


def test_ngram_weights_are_the_rows_of_the_table(tiny_model: TinyModel) -> None:
    assert tiny_model.wide_weights is not None
    scorer = tiny_model.scorer()
    ids = np.array([0, 5, 1791, 5, 700], dtype=np.int64)
    assert len(tiny_model.wide_weights) == 1792
    assert scorer.wide_weights(ids).tolist() == tiny_model.wide_weights[ids].tolist()
    assert scorer.wide_weights(ids[:0]).shape == (0,)


def test_embeddings_match_the_encoder(tiny_model: TinyModel) -> None:
    assert tiny_model.encoder is not None
    assert tiny_model.tokenizer is not None
    scorer = tiny_model.scorer()
    ids = np.array([[7, 8, 1, 9, 10, 11], [5, 5, 5, 5, 5, 5]], dtype=np.int64)
    with torch.no_grad():
        expected = tiny_model.encoder.embed(torch.from_numpy(ids)).numpy()
    np.testing.assert_allclose(scorer.embed(ids), expected, atol=1e-6)
    assert scorer.embed(ids[:, :0]).shape == (2, 0, 16)


def test_occurrences_are_kept_only_when_asked_for(tiny_model: TinyModel) -> None:
    scorer = tiny_model.scorer()
    normalized = normalize(LEDGER, "python")
    light = scorer.features(normalized, "python").wide
    full = scorer.features(normalized, "python", with_occurrences=True).wide
    assert light is not None
    assert full is not None
    assert len(light.occurrences.feature) == 0
    assert len(full.occurrences.feature) > len(full.ids)
    assert light.ids.tolist() == full.ids.tolist()


def test_cancel_stops_before_the_next_batch(tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = tiny_model.scorer()
    features = features_of(scorer)
    monkeypatch.setattr(batches_module, "BATCH_TOKENS", 1)
    token = CancelToken()
    calls: list[int] = []
    run = scorer.graph.run

    def cancel_on_third(outputs: list[str], feed: dict[str, npt.NDArray[np.generic]]) -> object:
        calls.append(1)
        if len(calls) == 3:
            token.cancel()
        return run(outputs, feed)

    monkeypatch.setattr(scorer.graph, "run", cancel_on_third)
    with pytest.raises(Cancelled):
        scorer.score(features, token)
    assert len(calls) == 3
    scorer.score(features, NEVER)


def test_bundle_without_deep_part_scores_by_the_wide_part_alone(tiny_wide_model: TinyModel) -> None:
    assert tiny_wide_model.wide_weights is not None
    scorer = tiny_wide_model.scorer()
    sources = [(LEDGER, "python"), ("", "python"), (QUEUE, "go")]
    features = [scorer.features(normalize(code, language), language) for code, language in sources]
    for item, score in zip(features, scorer.score(features), strict=True):
        assert item.wide is not None
        assert (item.encoding, item.windows) == (None, ())
        wide = float(np.dot(tiny_wide_model.wide_weights[item.wide.ids], item.wide.values))
        assert score.logit == pytest.approx(BIAS + wide, abs=1e-5)
        assert (score.deep, score.windows) == (0.0, 0)
    with pytest.raises(ModelError, match="no deep part"):
        scorer.embed(np.zeros((1, 3), dtype=np.int64))


@pytest.mark.parametrize("content", [None, b"", b"not a graph"])
def test_unreadable_graph_gives_a_one_line_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "score.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"^score\.onnx: cannot be loaded \(.*\); reinstall the model$"):
        Graph(path)


def test_a_graph_that_does_not_fit_the_manifest_is_refused(
    tiny_model: TinyModel, tiny_wide_model: TinyModel
) -> None:
    settings = DeepSettings(64, 16, 16)
    for path in (tiny_model.gradient_path, tiny_wide_model.score_path):
        with pytest.raises(ModelError, match="reinstall the model"):
            Scorer(path, wide=NgramViews(VIEWS), tokenizer=tiny_model.tokenizer, deep=settings, bias=BIAS)
    with pytest.raises(ModelError, match="needs a tokenizer"):
        Scorer(tiny_model.score_path, wide=NgramViews(VIEWS), tokenizer=None, deep=settings, bias=BIAS)


def test_failing_graph_gives_a_one_line_error(tiny_model: TinyModel) -> None:
    with pytest.raises(ModelError, match=r"^score\.onnx: [^\n]+$"):
        tiny_model.scorer().embed(np.full((1, 3), 10**6))
