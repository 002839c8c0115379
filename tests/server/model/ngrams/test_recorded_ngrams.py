"""The rows and values that shipped weight tables were fitted to; a model is useless if they change."""

import json

import numpy as np
import pytest

from codeorigin.model.ngrams.hashed_views import NgramViews
from codeorigin.model.reading.normalize import normalize
from support.recorded_code import RECORDED, VIEWS, pieces, read, weights_of

# Recorded with float32 norms, whose sums depend on the processor; today's norms are exact.
TOLERANCE = {"rel": 1e-6, "abs": 1e-6}

EXPECTED = json.loads(RECORDED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("views", VIEWS)
def test_rows_logits_and_lines_match_the_recording(views: str) -> None:
    sources = list(pieces())
    assert len(sources) == len(EXPECTED[views]) > 500
    for (code, language), (rows, logit, lines) in zip(sources, EXPECTED[views], strict=True):
        found = read(code, language, VIEWS[views])
        assert found[0] == rows, (language, code)
        assert found[1:] == pytest.approx((logit, lines), **TOLERANCE), (language, code)


@pytest.mark.parametrize("views", VIEWS)
@pytest.mark.parametrize("batch", [300, 1 << 30])
def test_functions_read_in_batches_match_the_recording(
    views: str, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codeorigin.model.ngrams.hashed_views.BATCH_CHARACTERS", batch)
    by_language: dict[str, list[tuple[str, float]]] = {}
    for (code, language), (_, logit, _) in zip(pieces(), EXPECTED[views], strict=True):
        by_language.setdefault(language, []).append((normalize(code, language).text, logit))
    for language, each in by_language.items():
        found = list(NgramViews(VIEWS[views]).extract_many([text for text, _ in each], language))
        logits = [float(weights_of(f.ids).astype(np.float64) @ f.values.astype(np.float64)) for f in found]
        assert logits == pytest.approx([logit for _, logit in each], **TOLERANCE), language
        assert all(len(features.occurrences.feature) == 0 for features in found)
