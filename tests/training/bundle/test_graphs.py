"""The graphs of an encoder and the weights of n-grams: what they compute, and how they are written."""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
import torch

from codeorigin.model.folder import CHECKSUM
from codeorigin.model.ngrams.weights import NgramWeights
from codeorigin_training.bundle.parity import LOGIT_TOLERANCE, ParityError, check_graphs
from codeorigin_training.bundle.quantization import quantize
from codeorigin_training.bundle.writing import manifest_text
from codeorigin_training.encoder.model import Encoder
from support.tiny_model import TinyModel, tiny_encoder

LENGTHS, BATCHES = (5, 64, 333, 512), (1, 8)
BETWEEN_GRAPHS = 1e-5
"""Largest difference allowed between the two graphs' logits, which are around 1 here."""


def session(path: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def padded_windows(
    encoder: Encoder, batch: int, length: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Token ids and mask ``(batch, length)``, the first of full length."""
    generator = np.random.default_rng(batch * 1000 + length)
    mask = np.arange(length) < generator.integers(1, length + 1, (batch, 1))
    mask[0] = True
    return generator.integers(0, encoder.token_embedding.num_embeddings, (batch, length)), mask


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("batch", BATCHES)
def test_graphs_agree_on_the_logit_and_match_pytorchs_gradient(
    tiny_model: TinyModel, batch: int, length: int
) -> None:
    ids, mask = padded_windows(tiny_model.encoder, batch, length)
    logit, embeddings = session(tiny_model.score_path).run(
        ["logit", "embeddings"], {"ids": ids, "mask": mask}
    )
    feed = {"embeddings": embeddings, "mask": mask}
    other_logit, gradient = session(tiny_model.gradient_path).run(["logit", "gradient"], feed)

    assert np.abs(other_logit - logit).max() < BETWEEN_GRAPHS
    leaf = torch.from_numpy(embeddings).requires_grad_(True)
    expected = tiny_model.encoder.forward_embeddings(leaf, torch.from_numpy(mask))
    (expected_gradient,) = torch.autograd.grad(expected.sum(), leaf)
    np.testing.assert_allclose(logit, expected.detach().numpy(), atol=BETWEEN_GRAPHS)
    scale = float(expected_gradient.abs().max())
    assert np.abs(gradient - expected_gradient.numpy()).max() < 1e-4 * scale
    assert np.all(gradient[~mask] == 0.0)


def test_graphs_with_other_weights_fail_the_parity_check(tiny_model: TinyModel) -> None:
    paths = tiny_model.score_path, tiny_model.gradient_path
    report = check_graphs(*paths, tiny_model.encoder)
    assert 0.0 < max(report.values()) < BETWEEN_GRAPHS

    other = tiny_encoder(tiny_model.encoder.token_embedding.num_embeddings)
    with torch.no_grad():
        other.last_layer.weight.add_(100 * LOGIT_TOLERANCE)
    with pytest.raises(ParityError, match="differ from the model"):
        check_graphs(*paths, other)


def test_weights_are_stored_in_one_byte_each_and_read_back(
    tiny_wide_model: TinyModel, tmp_path: Path
) -> None:
    stored = NgramWeights.load(tiny_wide_model.weights_path)
    assert stored.codes.nbytes == len(tiny_wide_model.wide_weights)
    assert stored.weights.tolist() == tiny_wide_model.wide_weights.tolist()
    stored.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == tiny_wide_model.weights_path.read_bytes()
    assert not tiny_wide_model.gradient_path.exists()


def test_graphs_do_not_reveal_where_they_were_built(tiny_model: TinyModel) -> None:
    here = str(Path(__file__).resolve().parents[3]).encode()
    for path in (tiny_model.score_path, tiny_model.gradient_path):
        content = path.read_bytes()
        assert here not in content
        assert b"stack_trace" not in content
        assert b".py" not in content


def test_weights_are_within_half_a_step_of_their_level() -> None:
    weights = np.random.default_rng(0).normal(size=5_000) ** 3
    stored = quantize(weights)
    assert stored.codes.dtype == np.uint8
    assert stored.levels.shape == (256,)
    # Half a step between cube roots, with a little room for float32.
    step = 1 / 127
    roots = np.cbrt(weights / np.abs(weights).max())
    assert np.abs(np.cbrt(stored.weights / np.abs(weights).max()) - roots).max() <= step / 2 + 1e-6


def test_signs_zeros_and_largest_weights_are_kept() -> None:
    weights = np.array([-4.0, 4.0, 0.0, 1e-9, 0.5])
    stored = quantize(weights).weights
    assert stored[:4].tolist() == [-4.0, 4.0, 0.0, 0.0]
    assert stored[4] > 0


def test_quantizing_twice_changes_nothing() -> None:
    once = quantize(np.random.default_rng(1).normal(size=2_000)).weights
    assert quantize(once).weights.tolist() == once.tolist()


@pytest.mark.parametrize("weights", [np.zeros(0), np.zeros(3)])
def test_empty_and_all_zero_weights_are_kept(weights: np.ndarray) -> None:
    assert quantize(weights).weights.tolist() == weights.tolist()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_must_be_finite(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        quantize(np.array([1.0, value]))


def test_lists_of_numbers_are_one_line_and_nothing_else_changes() -> None:
    manifest = {
        "shares": [1.0, -2.5e-05, 3],
        "none": [],
        "mixed": [1, "2"],
        "text": "[1,  2]",
        "nan": [float("nan")],
    }
    text = manifest_text(manifest)
    assert '"shares": [1.0,-2.5e-05,3],\n' in text
    read = json.loads(text)
    assert len(read.pop(CHECKSUM)) == 64
    assert read == manifest | {"nan": [None]}
