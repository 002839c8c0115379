from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from codeorigin.model.ngrams.counting import Counted
from codeorigin.model.ngrams.hashed_views import NgramViews, WideFeatures
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.graph import Graph
from codeorigin.model.scoring.wide_part import WidePart
from support.snippets import ALL, long_function
from support.tiny_model import BIAS, VIEWS, TinyModel

ROWS = sum(view.width for view in VIEWS)


def counted_of(functions: Sequence[WideFeatures]) -> Counted:
    ids, values = ([getattr(each, name) for each in functions] for name in ("ids", "values"))
    return Counted(np.concatenate(ids), np.concatenate(values), np.cumsum([0, *map(len, ids)]))


def test_logits_are_bit_identical_to_the_graph(tiny_wide_model: TinyModel) -> None:
    part = WidePart.read(tiny_wide_model.score_path, ROWS, BIAS)
    assert part is not None
    code = [*ALL, (long_function(40), "python"), ("", "python")]
    views = NgramViews(VIEWS)
    functions = [views.extract(normalize(text, language), language) for text, language in code]
    feed = {
        "wide_ids": np.concatenate([each.ids for each in functions]),
        "wide_values": np.concatenate([each.values for each in functions]),
        "wide_function": np.repeat(np.arange(len(functions)), [len(each.ids) for each in functions]),
        "prior": np.zeros(len(functions), dtype=np.float32),
    }
    expected = Graph(tiny_wide_model.score_path).run(["logit", "wide"], feed)
    logits, wide = part.logits(counted_of(functions))
    assert logits.tolist() == expected["logit"].tolist()
    assert wide.tolist() == expected["wide"].tolist()
    assert wide[-1] == 0
    assert len(set(logits.tolist())) > 3


def test_weights_match_the_model(tiny_wide_model: TinyModel) -> None:
    part = WidePart.read(tiny_wide_model.score_path, ROWS, BIAS)
    assert part is not None
    assert tiny_wide_model.wide_weights is not None
    np.testing.assert_array_equal(part.weights(np.arange(ROWS)), tiny_wide_model.wide_weights)


@pytest.mark.parametrize("content", [None, b"", b"not a graph", b"\x3a\xff"])
def test_unreadable_graph_is_left_to_the_runtime(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "score.onnx"
    if content is not None:
        path.write_bytes(content)
    assert WidePart.read(path, ROWS, BIAS) is None


def test_a_graph_that_computes_something_else_is_left_to_the_runtime(
    tiny_model: TinyModel, tiny_wide_model: TinyModel
) -> None:
    assert WidePart.read(tiny_model.score_path, ROWS, BIAS) is None
    assert WidePart.read(tiny_model.gradient_path, ROWS, BIAS) is None
    assert WidePart.read(tiny_wide_model.score_path, ROWS + 1, BIAS) is None
