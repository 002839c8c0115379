"""Whole explanations, with graphs that were really exported."""

import math

import numpy as np
import pytest

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.explain import integrated_gradients
from codeorigin.explain.explainer import Explainer
from codeorigin.explain.explanation import ExplainOptions, Explanation, Method
from codeorigin.explain.integrated_gradients import GradientGraph, integrate
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.deep_settings import Aggregation, Baseline
from support.snippets import ALL, LEDGER, long_function
from support.tiny_model import BIAS, TinyModel

SOURCES = [*ALL, (long_function(12), "python")]
# Blank lines, CRLF, tabs beside blanks, an emoji, a trailing blank line; lines 0, 3, 4 and 7 are read.
SNIPPET = "def f(né):\r\n\r\n \t\r\n\tif né:  \r\n\t\tprint('😀', né)\r\n\r\n\r\n\treturn  né\r\n\r\n"
READ = [0, 3, 4, 7]
PRECISE = ExplainOptions(max_nodes=64, tolerance=1e-3)


def gap_of(explanation: Explanation) -> float:
    difference = explanation.logit - explanation.baseline_logit
    return abs(sum(line.value for line in explanation.lines) - difference) / max(abs(difference), 1.0)


@pytest.mark.parametrize(("code", "language"), SOURCES)
def test_lines_add_up_to_the_distance_from_the_baseline_in_each_part(
    tiny_model: TinyModel, code: str, language: str
) -> None:
    """In each part, because a missing window or n-gram of one could hide behind the other."""
    scorer = tiny_model.scorer()
    score = scorer.score(scorer.features(normalize(code, language), language))
    found = tiny_model.explainer().explain(code, language, options=PRECISE)
    assert found.logit == pytest.approx(score.logit, abs=1e-6)
    assert all(line.value == line.wide + line.deep for line in found.lines)
    assert sum(line.wide for line in found.lines) == pytest.approx(score.wide, abs=2e-5)
    baseline_deep = found.baseline_logit - BIAS
    deep = sum(line.deep for line in found.lines)
    assert deep == pytest.approx(score.deep - baseline_deep, abs=2e-3)
    assert abs(score.deep - baseline_deep) > 0.2
    assert found.completeness_gap == pytest.approx(gap_of(found), abs=1e-12)
    assert not found.approximate
    assert (found.method, found.baseline) == (Method.INTEGRATED_GRADIENTS, Baseline.MASK)


def test_baseline_is_the_bias_plus_a_masked_function(tiny_model: TinyModel) -> None:
    scorer = tiny_model.scorer()
    ids = tiny_model.tokenizer.encode(normalize(LEDGER, "python")).ids
    explainer = tiny_model.explainer(context=512)
    expected = {
        Baseline.MASK: scorer.deep_logits([np.full_like(ids, tiny_model.tokenizer.mask_id)])[0],
        Baseline.PAD: scorer.deep_logits([np.full_like(ids, tiny_model.tokenizer.pad_id)])[0],
        Baseline.ZERO: GradientGraph(tiny_model.gradient_path)(np.zeros((1, len(ids), 16), np.float32))[0][0],
    }
    for baseline, deep in expected.items():
        found = explainer.explain(LEDGER, "python", options=ExplainOptions(baseline=baseline, max_nodes=128))
        assert found.baseline is baseline
        assert found.baseline_logit == pytest.approx(BIAS + deep, abs=1e-5)
        assert found.completeness_gap == pytest.approx(gap_of(found), abs=1e-12)
    assert len({round(float(deep), 4) for deep in expected.values()}) == 3


def test_every_token_counts_for_its_own_line(tiny_model: TinyModel) -> None:
    """The deep evidence of a line is that of the tokens up to and including its line feed, and no others."""
    scorer, options = tiny_model.scorer(context=512), ExplainOptions(nodes=16, max_nodes=16)
    normalized = normalize(SNIPPET, "python")
    encoding = tiny_model.tokenizer.encode(normalized)
    masked = np.full_like(encoding.ids, tiny_model.tokenizer.mask_id)
    tokens = integrate(
        GradientGraph(tiny_model.gradient_path),
        scorer.embed(encoding.ids[None])[0],
        scorer.embed(masked[None])[0],
        16,
    ).sum(axis=1)
    expected = dict.fromkeys(READ, 0.0)
    for value, start in zip(tokens, encoding.starts, strict=True):
        # Line feeds belong to the line that they end; a run of them is one line end.
        rank = len([part for part in normalized.text[:start].split("\n") if part]) - 1
        starts_line = start == 0 or normalized.text[start - 1] == "\n" != normalized.text[start]
        expected[READ[rank + int(starts_line)]] += value
    found = tiny_model.explainer(context=512).explain(SNIPPET, "python", options=options)
    assert {line.line: line.deep for line in found.lines} == pytest.approx(expected, abs=1e-6)
    assert min(abs(value) for value in expected.values()) > 1e-4


def test_words_have_their_positions_in_the_code(tiny_model: TinyModel) -> None:
    lines = [line.rstrip("\r") for line in SNIPPET.split("\n")]
    found = tiny_model.explainer().explain(SNIPPET, "python", ExplainOptions(top_tokens=99))
    texts = [lines[token.line][token.start_column : token.end_column] for token in found.top_tokens]
    assert texts == [token.text for token in found.top_tokens]
    assert {"f", "né", "print", "('😀',", "return"} <= set(texts)
    strength = [abs(token.value) for token in found.top_tokens]
    assert strength == sorted(strength, reverse=True)


def test_words_of_code_without_blanks_add_up_to_the_wide_logit(tiny_wide_model: TinyModel) -> None:
    """Without blanks the words are the whole text, so they add up to the wide logit."""
    found = tiny_wide_model.explainer().explain("f(a,b)+c", "python", options=ExplainOptions(top_tokens=99))
    assert sum(token.value for token in found.top_tokens) == pytest.approx(found.logit - BIAS, abs=1e-5)


def test_l2_norm_gives_unsigned_words_and_does_not_change_lines(tiny_model: TinyModel) -> None:
    explainer = tiny_model.explainer(context=512)
    summed = explainer.explain(LEDGER, "python")
    normed = explainer.explain(
        LEDGER, "python", options=ExplainOptions(aggregation=Aggregation.L2_NORM, top_tokens=99)
    )
    assert [line.value for line in normed.lines] == pytest.approx([line.value for line in summed.lines])
    assert all(token.value > 0 for token in normed.top_tokens)
    # "==" is a word by itself and one token, including its blank, so its vector is that of the token.
    scorer = tiny_model.scorer(context=512)
    normalized = normalize(LEDGER, "python")
    encoding = tiny_model.tokenizer.encode(normalized)
    masked = np.full_like(encoding.ids, tiny_model.tokenizer.mask_id)
    graph = GradientGraph(tiny_model.gradient_path)
    ends = scorer.embed(encoding.ids[None])[0], scorer.embed(masked[None])[0]
    vectors = integrate(graph, *ends, normed.nodes)
    place = normalized.text.index("==")
    mine = [number for number, end in enumerate(encoding.ends) if place < end <= place + 2]
    vector = vectors[mine].sum(axis=0)
    wide_only = {
        (token.text, token.start_column): token.value
        for token in explainer.explain(LEDGER, "python", options=ExplainOptions(top_tokens=99)).top_tokens
    }
    token = next(token for token in normed.top_tokens if token.text == "==")
    wide = wide_only["==", token.start_column] - vector.sum()
    assert token.value == pytest.approx(math.sqrt(float(vector @ vector) + wide**2), abs=1e-4)


def test_encoder_reads_a_one_window_function_once(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large encoder takes a quarter of a second to do it again; only the baseline is needed besides."""
    scorer = tiny_model.scorer()
    asked: list[int] = []
    deep_logits = scorer.deep_logits

    def noted(windows: list[np.ndarray], cancel: CancelToken) -> np.ndarray:
        asked.extend(int((window != tiny_model.tokenizer.mask_id).sum()) for window in windows)
        return deep_logits(windows, cancel)

    monkeypatch.setattr(scorer, "deep_logits", noted)
    explainer = Explainer(scorer, tiny_model.directory / "gradient.onnx")
    code = "def f(x):\n    return x"
    features = scorer.features(normalize(code, "python"), "python")
    assert len(features.windows) == 1
    assert features.encoding is not None
    found = explainer.explain(code, "python", options=PRECISE)
    assert asked == [len(features.encoding.ids), 0]
    assert found.completeness_gap < 1e-3


def test_nodes_double_until_the_gap_is_small(tiny_model: TinyModel) -> None:
    explainer = tiny_model.explainer(context=512)
    coarse = explainer.explain(LEDGER, "python", options=ExplainOptions(nodes=1, max_nodes=1, tolerance=1e-5))
    assert (coarse.nodes, coarse.approximate) == (1, True)
    assert coarse.completeness_gap > 1e-3
    enough = coarse.completeness_gap / 3
    fine = explainer.explain(
        LEDGER, "python", options=ExplainOptions(nodes=1, max_nodes=64, tolerance=enough)
    )
    assert 1 < fine.nodes <= 64
    assert fine.completeness_gap <= enough
    assert not fine.approximate
    capped = explainer.explain(LEDGER, "python", options=ExplainOptions(nodes=64, max_nodes=8, tolerance=0.0))
    assert (capped.nodes, capped.approximate) == (8, True)


def test_without_a_deep_part_everything_is_exact(tiny_wide_model: TinyModel) -> None:
    for code, language in ALL:
        found = tiny_wide_model.explainer().explain(code, language)
        assert found.baseline_logit == BIAS
        assert found.completeness_gap < 1e-5
        assert (found.method, found.baseline, found.nodes) == (Method.LINEAR, None, None)
        assert not found.approximate
        assert sum(line.wide for line in found.lines) == pytest.approx(found.logit - BIAS, abs=1e-5)
        assert all(line.deep == 0.0 for line in found.lines)


@pytest.mark.parametrize("code", ["", "\r\n \r\n"])
def test_blank_code_has_no_lines(tiny_model: TinyModel, code: str) -> None:
    found = tiny_model.explainer().explain(code, "python")
    assert (found.lines, found.top_tokens) == ((), ())
    assert found.logit == found.baseline_logit == BIAS
    assert (found.completeness_gap, found.approximate) == (0.0, False)


def test_lone_surrogates_are_explained(tiny_model: TinyModel) -> None:
    code = "x = '\ud83d'\ny = '\ude00😀'"
    found = tiny_model.explainer().explain(code, "python")
    assert [line.line for line in found.lines] == [0, 1]


def test_cancel_stops_between_two_batches(tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    token = CancelToken()
    calls: list[int] = []
    run = GradientGraph.__call__

    def cancel_on_third(graph: GradientGraph, embeddings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        calls.append(len(embeddings))
        if len(calls) == 3:
            token.cancel()
        return run(graph, embeddings)

    monkeypatch.setattr(GradientGraph, "__call__", cancel_on_third)
    with pytest.raises(Cancelled):
        tiny_model.explainer().explain(long_function(60), "python", cancel=token)
    assert len(calls) == 3
    assert all(size * 64 <= integrated_gradients.BATCH_TOKENS for size in calls)
    with pytest.raises(Cancelled):
        tiny_model.explainer().explain(LEDGER, "python", cancel=token)
    assert len(calls) == 3
