import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled, ModelError
from codeorigin.model.ngrams.hashed_views import NgramViews
from codeorigin.model.ngrams.weights import NgramWeights
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.graph import Graph
from codeorigin.model.scoring.inputs import RawScore, Window, split
from codeorigin.model.scoring.scorer import Scorer
from codeorigin.model.scoring.tokenizer import Tokenizer
from support.snippets import ALL, LEDGER, QUEUE, long_function
from support.tiny_model import BIAS, VIEWS, TinyModel

SOURCES = [*ALL, (long_function(30), "python"), ("x", "python"), (long_function(7), "python")]


def scores_of(scorer: Scorer, sources: Sequence[tuple[str, str]] = SOURCES) -> list[RawScore]:
    """The scores of functions in several languages, one after the other."""
    return [next(scorer.score_functions([normalize(*each)], each[1])) for each in sources]


def window_logit(model: TinyModel, ids: npt.NDArray[np.int64]) -> float:
    """PyTorch's logit of one window."""
    with torch.no_grad():
        logit = model.encoder(torch.from_numpy(ids)[None], torch.ones(1, len(ids), dtype=torch.bool))
    return float(logit[0])


def test_logits_match_pytorch_over_all_windows(tiny_model: TinyModel) -> None:
    """Every window of a long function counts with its weight: leaving one out would move the logit by far more."""
    scorer = tiny_model.scorer(context=40, overlap=10)
    features = [scorer.features(normalize(code, language), language) for code, language in SOURCES]
    scores = scores_of(scorer)
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
def test_functions_score_the_same_alone_and_together(
    tiny_model: TinyModel,
    tiny_wide_model: TinyModel,
    monkeypatch: pytest.MonkeyPatch,
    wide_alone: bool,
    batch: int,
) -> None:
    monkeypatch.setattr("codeorigin.model.ngrams.hashed_views.BATCH_CHARACTERS", batch)
    scorer = (tiny_wide_model if wide_alone else tiny_model).scorer()
    functions = [normalize(code, "python") for code, _ in [*SOURCES, ("", "python")]]
    expected = [scorer.score(scorer.features(each, "python")) for each in functions]
    assert list(scorer.score_functions(functions, "python")) == expected
    assert len({score.logit for score in expected}) > 3
    assert list(scorer.score_functions([], "python")) == []


def test_windows_are_read_in_runs_of_limited_size(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = tiny_model.scorer()
    assert scorer.graph is not None
    expected = scores_of(scorer)
    monkeypatch.setattr("codeorigin.model.scoring.scorer.RUN_TOKENS", 256)
    shapes: list[tuple[int, ...]] = []
    run = scorer.graph.run

    def recorded(outputs: list[str], feed: dict[str, npt.NDArray[np.generic]]) -> object:
        shapes.extend([feed["ids"].shape] if outputs == ["logit"] else [])
        return run(outputs, feed)

    monkeypatch.setattr(scorer.graph, "run", recorded)
    found = scores_of(scorer)
    for one, other in zip(found, expected, strict=True):
        assert one.logit == pytest.approx(other.logit, abs=1e-5)
    assert max(rows * length for rows, length in shapes) <= 256
    assert sum(rows for rows, _ in shapes) == sum(score.windows for score in found)
    assert len(shapes) < sum(score.windows for score in found)


def test_empty_code_is_scored_by_the_bias_alone(tiny_model: TinyModel) -> None:
    (blank,) = scores_of(tiny_model.scorer(), [("\n", "python")])
    assert blank == RawScore(BIAS, 0.0, 0.0, 0)


def test_ngram_weights_are_the_rows_of_the_table(tiny_model: TinyModel) -> None:
    scorer = tiny_model.scorer()
    ids = np.array([0, 5, 1791, 5, 700], dtype=np.int64)
    assert len(tiny_model.wide_weights) == 1792
    assert scorer.wide_weights(ids).tolist() == tiny_model.wide_weights[ids].tolist()
    assert scorer.wide_weights(ids[:0]).shape == (0,)


def test_embeddings_match_the_encoder(tiny_model: TinyModel) -> None:
    scorer = tiny_model.scorer()
    ids = np.array([[7, 8, 1, 9, 10, 11], [5, 5, 5, 5, 5, 5]], dtype=np.int64)
    with torch.no_grad():
        expected = tiny_model.encoder.embed(torch.from_numpy(ids)).numpy()
    np.testing.assert_allclose(scorer.embed(ids), expected, atol=1e-6)
    assert scorer.embed(ids[:, :0]).shape == (2, 0, 16)


def test_functions_scored_before_a_cancellation_are_known(tiny_model: TinyModel) -> None:
    scorer = tiny_model.scorer()
    functions = [normalize(code, "python") for code, language in SOURCES if language == "python"]
    token = CancelToken()
    scores = scorer.score_functions(functions, "python", token)
    assert [next(scores).windows > 0 for _ in range(2)] == [True, True]
    token.cancel()
    with pytest.raises(Cancelled):
        next(scores)


def test_cancel_stops_between_the_windows_of_a_function(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = tiny_model.scorer()
    assert scorer.graph is not None
    monkeypatch.setattr("codeorigin.model.scoring.scorer.RUN_TOKENS", 1)
    token = CancelToken()
    calls: list[list[str]] = []
    run = scorer.graph.run

    def cancel_on_second(outputs: list[str], feed: dict[str, npt.NDArray[np.generic]]) -> object:
        calls.append(outputs)
        if len(calls) == 2:
            token.cancel()
        return run(outputs, feed)

    monkeypatch.setattr(scorer.graph, "run", cancel_on_second)
    with pytest.raises(Cancelled):
        list(scorer.score_functions([normalize(long_function(30), "python")], "python", token))
    assert calls == [["logit"], ["logit"]]


def test_bundle_without_deep_part_scores_by_the_wide_part_alone(tiny_wide_model: TinyModel) -> None:
    scorer = tiny_wide_model.scorer()
    sources = [(LEDGER, "python"), ("", "python"), (QUEUE, "go")]
    features = [scorer.features(normalize(code, language), language) for code, language in sources]
    for item, score in zip(features, scores_of(scorer, sources), strict=True):
        assert item.wide is not None
        assert (item.encoding, item.windows) == (None, ())
        # Added up one by one, on every processor.
        shares = tiny_wide_model.wide_weights[item.wide.ids] * item.wide.values
        wide = float(np.add.accumulate(shares, dtype=np.float64)[-1]) if len(shares) else 0.0
        assert score == RawScore(BIAS + wide, wide, 0.0, 0)
    with pytest.raises(ModelError, match="no deep part"):
        scorer.embed(np.zeros((1, 3), dtype=np.int64))


LOADERS = {"score.onnx": Graph, "ngrams.npz": NgramWeights.load, "tokenizer.json": Tokenizer.load}


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("content", [None, b"", b"not of the kind", b"{}", b"\xff\xfe", b"PK\x03\x04"])
def test_unreadable_file_gives_a_one_line_error(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=rf"^[^\n]*{name}: [^\n]*; reinstall the model$"):
        LOADERS[name](tmp_path / name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda parts, model: parts.update(graph=Graph(model.gradient_path)), "gradient.onnx: not the graph"),
        (lambda parts, _: parts.update(tokenizer=None), "settings, a tokenizer and a graph"),
        (lambda parts, _: parts.update(graph=None), "settings, a tokenizer and a graph"),
        (lambda parts, _: parts.update(weights=None), "different numbers of n-grams"),
        (lambda parts, _: parts.update(views=NgramViews(VIEWS[:2])), "different numbers of n-grams"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(
    tiny_model: TinyModel, change: Callable[[dict[str, Any], TinyModel], None], message: str
) -> None:
    whole = tiny_model.scorer()
    names = ("views", "weights", "tokenizer", "deep", "graph")
    parts = {name: getattr(whole, name) for name in names}
    change(parts, tiny_model)
    with pytest.raises(ModelError, match=f"{message}.*; reinstall the model$"):
        Scorer(**parts)


@pytest.mark.parametrize(
    "arrays",
    [
        {"codes": np.zeros(1792, dtype=np.int8), "levels": np.zeros(256, dtype=np.float32)},
        {"codes": np.zeros((2, 896), dtype=np.uint8), "levels": np.zeros(256, dtype=np.float32)},
        {"codes": np.zeros(1792, dtype=np.uint8), "levels": np.zeros(255, dtype=np.float32)},
        {"codes": np.zeros(1792, dtype=np.uint8), "levels": np.full(256, np.nan, dtype=np.float32)},
        {"codes": np.zeros(1792, dtype=np.uint8)},
        {"codes": np.array([object()]), "levels": np.zeros(256, dtype=np.float32)},
    ],
)
def test_weights_of_another_kind_are_refused(arrays: dict[str, npt.NDArray[Any]], tmp_path: Path) -> None:
    path = tmp_path / "ngrams.npz"
    np.savez(path, **arrays)
    with pytest.raises(ModelError, match=r"ngrams\.npz: [^\n]*; reinstall the model$"):
        NgramWeights.load(path)


def test_failing_graph_gives_a_one_line_error(tiny_model: TinyModel) -> None:
    with pytest.raises(ModelError, match=r"^score\.onnx: [^\n]+$"):
        tiny_model.scorer().embed(np.full((1, 3), 10**6))


@pytest.mark.parametrize(
    ("length", "context", "overlap", "expected"),
    [
        (0, 512, 64, []),
        (1, 512, 64, [(0, 1)]),
        (512, 512, 64, [(0, 512)]),
        (513, 512, 64, [(0, 512), (1, 513)]),
        (250, 100, 25, [(0, 100), (75, 175), (150, 250)]),
    ],
)
def test_windows_are_as_few_as_possible_and_spread_evenly(
    length: int, context: int, overlap: int, expected: list[tuple[int, int]]
) -> None:
    weight = 1 / max(1, len(expected))
    assert split(length, context, overlap) == [Window(start, stop, weight) for start, stop in expected]


@pytest.mark.parametrize(("context", "overlap"), [(64, 64), (64, 65), (64, -1), (0, 0)])
def test_an_impossible_overlap_is_refused(context: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="overlap"):
        split(100, context, overlap)


@given(st.integers(1, 5000), st.integers(1, 600), st.data())
def test_every_token_is_covered_with_the_overlap_and_weights_add_up(
    length: int, context: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(0, context - 1))
    windows = split(length, context, overlap)
    assert windows[0].start == 0
    assert windows[-1].stop == length
    assert all(0 < window.stop - window.start <= context for window in windows)
    for left, right in itertools.pairwise(windows):
        assert left.start < right.start
        assert left.stop - right.start >= overlap
    assert sum(window.weight for window in windows) == pytest.approx(1.0)
