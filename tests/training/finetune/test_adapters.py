"""Low-rank adapters: they alone are trained, and what they leave is an ordinary encoder."""

import pytest
import torch

from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.finetune.adapters import low_rank_adapters
from codeorigin_training.finetune.config import FinetuneConfig, Strategy
from codeorigin_training.finetune.training import Outlets, finetune
from support.finetuning import QUICK, examples_of, fresh_model, of_strategy
from support.tiny_body import tiny_decoder
from support.tiny_training import tiny_rows, tiny_tokenizer

SILENT = Outlets(log=lambda _: None)


def test_adapters_start_without_effect_and_freeze_the_body() -> None:
    model = tiny_decoder(tiny_tokenizer())
    weight = model.body.layers[0].mlp.up_proj.weight.detach().clone()
    with low_rank_adapters(model, 2):
        torch.testing.assert_close(model.body.layers[0].mlp.up_proj.weight, weight)
        learning = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert learning
    assert all("parametrizations" in name or name.startswith(("head.", "pool.")) for name in learning)


def test_training_changes_layers_by_low_rank_and_keeps_embeddings() -> None:
    model = tiny_decoder(tiny_tokenizer())
    names = set(model.state_dict())
    before = {name: value.detach().clone() for name, value in model.state_dict().items()}
    config = of_strategy(Strategy.FULL, low_rank=2, steps=8)
    finetune(model, examples_of(tiny_rows(12)), tiny_tokenizer(), config, SILENT)
    assert set(model.state_dict()) == names
    name = "body.layers.1.mlp.up_proj.weight"
    change = model.state_dict()[name] - before[name]
    assert torch.linalg.matrix_rank(change, rtol=1e-4) == 2
    torch.testing.assert_close(
        model.state_dict()["body.embed_tokens.weight"], before["body.embed_tokens.weight"]
    )
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_gradient_checkpointing_gives_the_same_encoder() -> None:
    plain, saving = tiny_decoder(tiny_tokenizer()), tiny_decoder(tiny_tokenizer())
    examples = examples_of(tiny_rows(12))
    finetune(plain, examples, tiny_tokenizer(), QUICK, SILENT)
    finetune(
        saving, examples, tiny_tokenizer(), of_strategy(Strategy.FULL, gradient_checkpointing=True), SILENT
    )
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(saving.state_dict()[name], value, rtol=1e-4, atol=1e-5)
    assert not saving.body.is_activation_checkpointing


def test_encoder_without_gradient_checkpointing_is_refused() -> None:
    config = of_strategy(Strategy.FULL, gradient_checkpointing=True)
    with pytest.raises(EncoderError, match="CompactEncoder has no gradient checkpointing"):
        finetune(fresh_model(), examples_of(tiny_rows(12)), tiny_tokenizer(), config, SILENT)


def test_adapters_need_the_strategy_that_trains_all_layers() -> None:
    for wrong in ({"strategy": Strategy.GRADUAL}, {"unfreeze": 2}):
        with pytest.raises(ValueError, match="low_rank"):
            FinetuneConfig(low_rank=2, **wrong)
