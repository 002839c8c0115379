"""The integrator against closed forms, and with the real graph against Captum on PyTorch."""

import numpy as np
import numpy.typing as npt
import pytest
import torch
from captum.attr import LayerIntegratedGradients
from torch import Tensor, nn

from codeorigin.core.errors import ModelError
from codeorigin.explain.integrated_gradients import GradientGraph, gauss_legendre, integrate
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.encoder.model import Encoder
from support.snippets import ALL
from support.tiny_model import TinyModel

Floats = npt.NDArray[np.float32]
GENERATOR = np.random.default_rng(3)
X, BASELINE, WEIGHT = (GENERATOR.normal(size=(6, 4)).astype(np.float32) for _ in range(3))


def cubic(embeddings: Floats) -> tuple[Floats, Floats]:
    score = (embeddings * WEIGHT).sum(axis=(1, 2))
    return score**3, 3 * score[:, None, None] ** 2 * WEIGHT


def test_nodes_and_weights_match_the_tables() -> None:
    """Abramowitz and Stegun, table 25.4, mapped from [-1, 1] to [0, 1]."""
    nodes, weights = gauss_legendre(3)
    assert nodes == pytest.approx([0.5 - 0.774596669241483 / 2, 0.5, 0.5 + 0.774596669241483 / 2])
    assert weights == pytest.approx([5 / 18, 8 / 18, 5 / 18])


@pytest.mark.parametrize("count", [1, 2, 8, 32])
def test_polynomials_below_degree_two_n_are_exact(count: int) -> None:
    nodes, weights = gauss_legendre(count)
    for degree in range(2 * count):
        assert weights @ nodes**degree == pytest.approx(1 / (degree + 1))


def test_attributions_of_a_cubic_model_match_the_closed_form() -> None:
    """For F = s^3 on a straight path, the mean of 3 s^2 is s1^2 + s1 s0 + s0^2; two nodes are exact."""
    end, start = float((X * WEIGHT).sum()), float((BASELINE * WEIGHT).sum())
    expected = (X - BASELINE) * WEIGHT * (end**2 + end * start + start**2)
    np.testing.assert_allclose(integrate(cubic, X, BASELINE, 2), expected, rtol=1e-4)
    assert integrate(cubic, X, BASELINE, 2).sum() == pytest.approx(end**3 - start**3, rel=1e-4)


def test_batch_size_does_not_change_the_result() -> None:
    sizes: list[int] = []

    def recorded(embeddings: Floats) -> tuple[Floats, Floats]:
        sizes.append(len(embeddings))
        return cubic(embeddings)

    together = integrate(cubic, X, BASELINE, 8)
    for batch_tokens, expected in ((1, [1] * 8), (6 * 3, [3, 3, 2]), (6 * 8, [8])):
        sizes.clear()
        apart = integrate(recorded, X, BASELINE, 8, batch_tokens=batch_tokens)
        np.testing.assert_allclose(apart, together, rtol=1e-6)
        assert sizes == expected


class EmbeddedEncoder(nn.Module):
    """The encoder as a function of ids, with a layer for Captum to attribute to."""

    class Embedding(nn.Module):
        def __init__(self, encoder: Encoder) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, ids: Tensor) -> Tensor:
            return self.encoder.embed(ids)

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.embedding = self.Embedding(encoder)
        self.encoder = encoder

    def forward(self, ids: Tensor) -> Tensor:
        embeddings = self.embedding(ids)
        return self.encoder.forward_embeddings(embeddings, torch.ones(ids.shape, dtype=torch.bool))


@pytest.mark.parametrize(("code", "language"), ALL)
@pytest.mark.parametrize("nodes", [8, 32])
def test_attributions_match_captum(tiny_model: TinyModel, code: str, language: str, nodes: int) -> None:
    mask_id = tiny_model.tokenizer.mask_id
    ids = tiny_model.tokenizer.encode(normalize(code, language)).ids[None]
    masked = np.full_like(ids, mask_id)
    inputs, baselines = torch.from_numpy(ids), torch.from_numpy(masked)
    model = EmbeddedEncoder(tiny_model.encoder)
    captum = LayerIntegratedGradients(model, model.embedding).attribute(
        inputs, baselines=baselines, n_steps=nodes, method="gausslegendre"
    )
    expected = captum.detach().numpy()[0]

    scorer = tiny_model.scorer()
    embeddings, baseline = scorer.embed(ids)[0], scorer.embed(masked)[0]
    found = integrate(GradientGraph(tiny_model.gradient_path), embeddings, baseline, nodes)
    assert np.abs(expected).max() > 1e-3
    error = np.linalg.norm(found - expected) / np.linalg.norm(expected)
    assert error < 1e-4


def test_graph_without_gradients_is_refused(tiny_model: TinyModel) -> None:
    with pytest.raises(ModelError, match="not a gradient graph"):
        GradientGraph(tiny_model.score_path)
