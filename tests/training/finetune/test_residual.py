import numpy as np
import pytest
import torch

from codeorigin.model.scoring.windows import split
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.data import collate, encode_rows
from codeorigin_training.finetune.config import FinetuneConfig
from codeorigin_training.finetune.examples import Examples, Groups
from codeorigin_training.finetune.inference import deep_logits, neutral_logit
from codeorigin_training.finetune.training import Outlets, finetune
from support.tiny_training import tiny_rows, tiny_shape, tiny_tokenizer

CONFIG = FinetuneConfig(
    steps=60,
    tokens_per_batch=2048,
    learning_rate=5e-3,
    type_dropout=0.1,
    train_context=64,
    neutral_share=0.15,
)


def trained(offset_scale: float) -> tuple[CompactEncoder, np.ndarray, np.ndarray]:
    rows, tokenizer = tiny_rows(80), tiny_tokenizer()
    labels = np.array([row.label for row in rows])
    tokens = encode_rows(rows, tokenizer)
    offsets = (labels * 2.0 - 1.0) * offset_scale
    torch.manual_seed(CONFIG.seed)
    model = CompactEncoder(tiny_shape())
    examples = Examples(tokens, labels, np.ones(80), offsets, Groups.none(80))
    finetune(model, examples, tokenizer, CONFIG, Outlets(lambda _: None))
    return model, deep_logits(model, tokens, tokenizer, overlap=16), labels


def test_training_learns_the_labels_and_keeps_the_baseline_neutral() -> None:
    model, logits, labels = trained(0.0)
    assert logits[labels == 1].min() > logits[labels == 0].max()
    assert abs(neutral_logit(model, tiny_tokenizer())) < 0.5


def test_what_the_offset_already_explains_is_not_learnt() -> None:
    """A confident and correct offset leaves nothing to learn."""
    _, alone, labels = trained(0.0)
    _, residual, _ = trained(8.0)
    gap = alone[labels == 1].mean() - alone[labels == 0].mean()
    assert residual[labels == 1].mean() - residual[labels == 0].mean() < gap / 3


def test_long_functions_are_pooled_over_windows_by_weight() -> None:
    tokenizer = tiny_tokenizer()
    torch.manual_seed(0)
    model = CompactEncoder(tiny_shape()).eval()
    ids = np.random.default_rng(0).integers(5, 300, 150).astype(np.int32)
    expected = 0.0
    for window in split(150, 64, 16):
        batch = collate([ids[window.start : window.stop].astype(np.int64)], np.array([0]), tokenizer, 64)
        with torch.inference_mode():
            expected += window.weight * float(model(batch.ids, batch.ngrams, batch.mask))
    assert deep_logits(model, [ids], tokenizer, overlap=16)[0] == pytest.approx(expected, abs=1e-5)


def test_padding_does_not_change_a_logit() -> None:
    tokenizer = tiny_tokenizer()
    torch.manual_seed(1)
    model = CompactEncoder(tiny_shape(layers=2)).eval()
    short, long = np.arange(5, 20), np.arange(5, 60)
    alone = collate([short], np.array([0]), tokenizer, 64)
    together = collate([short, long], np.array([0, 1]), tokenizer, 64)
    with torch.inference_mode():
        left = model(alone.ids, alone.ngrams, alone.mask)[0]
        right = model(together.ids, together.ngrams, together.mask)[0]
    assert float(left) == pytest.approx(float(right), abs=1e-5)


@pytest.mark.parametrize("broken", [{"steps": 0}, {"type_dropout": 1.0}, {"neutral_share": -0.1}])
def test_invalid_settings_are_refused(broken: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        FinetuneConfig(**broken)  # type: ignore[arg-type]
