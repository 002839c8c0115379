"""Masked language modelling, replaced-token detection and their figures."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.data import encode_rows
from codeorigin_training.pretrain.batches import Batcher, split_validation
from codeorigin_training.pretrain.config import PretrainConfig
from codeorigin_training.pretrain.masking import MaskingVocabulary
from codeorigin_training.pretrain.objective import PretrainBatch, PretrainObjective, replace
from codeorigin_training.pretrain.packing import PackedPiece
from support.tiny_training import tiny_rows, tiny_shape, tiny_tokenizer

CONFIG = PretrainConfig(rows=4, row_length=64, detection_share=0.5)


def objective_and_examples(*, only_mask: bool = False) -> tuple[PretrainObjective, PretrainBatch]:
    torch.manual_seed(0)
    tokens = encode_rows(tiny_rows(8), tiny_tokenizer())
    vocabulary = MaskingVocabulary.of(tiny_tokenizer())
    objective = PretrainObjective(CompactEncoder(tiny_shape(1)), vocabulary, CONFIG)
    pieces = [
        [PackedPiece(number, 0, min(30, len(tokens[number]))), PackedPiece(number + 4, 0, 30)]
        for number in range(4)
    ]
    batcher = Batcher(tokens, vocabulary, 64, CONFIG, None)
    return objective.eval(), batcher.examples(pieces, np.random.default_rng(0), only_mask=only_mask)


def test_untrained_model_guesses_uniformly_over_the_vocabulary() -> None:
    objective, examples = objective_and_examples()
    outcome = objective(examples, False)
    assert float(outcome.loss) == pytest.approx(math.log(tiny_tokenizer().vocab_size), rel=0.15)
    torch.testing.assert_close(outcome.figures["mlm_loss"], outcome.loss.detach())


def test_only_masked_tokens_are_predicted() -> None:
    objective, examples = objective_and_examples()
    changed = torch.where(examples.chosen, examples.ids, (examples.ids + 1) % 300)
    other = dataclasses.replace(examples, ids=changed)
    torch.testing.assert_close(objective(other, False).loss, objective(examples, False).loss)
    none = dataclasses.replace(examples, chosen=torch.zeros_like(examples.chosen))
    assert float(objective(none, False).loss) == 0.0


def test_correctly_drawn_tokens_are_not_replacements() -> None:
    _, examples = objective_and_examples(only_mask=True)
    truth = examples.ids[examples.chosen]
    wanted = torch.where(torch.arange(len(truth)) % 2 == 0, truth, (truth + 1) % 300)
    logits = torch.full((len(truth), 320), -1e4)
    logits[torch.arange(len(truth)), wanted] = 0.0
    ids, replaced = replace(examples, logits)
    assert (ids[examples.chosen] == wanted).all()
    assert torch.equal(ids[~examples.chosen], examples.ids[~examples.chosen])
    assert torch.equal(replaced[examples.chosen], torch.arange(len(truth)) % 2 == 1)
    assert not replaced[~examples.chosen].any()


def test_detection_trains_generator_encoder_and_shared_embeddings() -> None:
    objective, examples = objective_and_examples(only_mask=True)
    outcome = objective(examples, True)
    outcome.loss.backward()
    figures = outcome.figures
    assert float(outcome.loss) == pytest.approx(
        float(figures["generator_loss"] + CONFIG.detection_weight * figures["detection_loss"]), rel=1e-5
    )
    for module in (
        objective.generator,
        objective.detector,
        objective.encoder.blocks,
        objective.encoder.tokens,
    ):
        assert all(
            parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in module.parameters()
        )
    assert objective.tokens.bias.grad is None


def test_generator_is_a_quarter_of_the_encoders_width() -> None:
    shape = dataclasses.replace(tiny_shape(1), dim=256, heads=4)
    objective = PretrainObjective(CompactEncoder(shape), MaskingVocabulary.of(tiny_tokenizer()), CONFIG)
    assert objective.generator.down.out_features == 64


def test_ngrams_do_not_reveal_masked_tokens_to_the_detector() -> None:
    objective, examples = objective_and_examples(only_mask=True)
    seen: list[torch.Tensor] = []
    embed = objective.encoder.embed
    objective.encoder.embed = lambda ids, ngrams: seen.append(ngrams) or embed(ids, ngrams)  # type: ignore[assignment, func-returns-value, method-assign]
    objective(examples, True)
    with_context = (examples.positions >= 1) & examples.real
    assert (seen[0][..., 0][with_context] == 0).any()
    assert (seen[1][..., 0][with_context] > 0).all()


def test_documents_in_a_row_do_not_see_each_other() -> None:
    objective, examples = objective_and_examples()
    first = examples.document == 0
    shown = torch.where(first, examples.shown, (examples.shown + 7) % 300)
    states = [
        objective.encoder.hidden(
            objective.encoder.embed(ids, torch.zeros_like(examples.ngrams)),
            examples.sight,
            examples.positions,
        )
        for ids in (examples.shown, shown)
    ]
    torch.testing.assert_close(states[0][first], states[1][first], rtol=0, atol=0)


def test_validation_gets_its_share_but_never_everything() -> None:
    tokens = [np.arange(5, dtype=np.int32)] * 200
    training, validation = split_validation(tokens, PretrainConfig(validation_share=0.1))
    assert len(validation) == 20
    assert sorted(training + validation) == list(range(200))
    assert split_validation(tokens[:1], PretrainConfig(validation_share=0.9)) == ([0], [])
