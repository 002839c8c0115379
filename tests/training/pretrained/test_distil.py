"""A student learns from its teacher without labels."""

from dataclasses import replace

import pytest
import torch

from codeorigin_training.encoder.interface import EncoderError
from codeorigin_training.finetune.config import LossSettings
from codeorigin_training.finetune.inference import neutral_logit
from codeorigin_training.finetune.training import Outlets, finetune
from codeorigin_training.pretrained.distil import DistilConfig, distil, make_student
from support.finetuning import QUICK, examples_of, fresh_model
from support.tiny_body import tiny_decoder
from support.tiny_training import tiny_rows, tiny_tokenizer

SILENT = Outlets(log=lambda _: None)
CONFIG = DistilConfig(
    layers=1, validation_share=0.3, overlap=8, finetune=replace(QUICK, steps=60, tokens_per_batch=1024)
)


def test_student_agrees_with_its_teacher() -> None:
    rows = tiny_rows(60)
    teacher = tiny_decoder(tiny_tokenizer())
    finetune(
        teacher, examples_of(rows), tiny_tokenizer(), replace(QUICK, steps=40, tokens_per_batch=1024), SILENT
    )
    # Inverted labels: the student must not look at them.
    wrong = [replace(row, label=1 - row.label) for row in rows]
    student, figures = distil(teacher, wrong, tiny_tokenizer(), CONFIG, SILENT)
    assert len(student.body.layers) == 1
    assert figures["correlation"] > 0.8
    assert figures["correlation"] > figures["correlation_before"]
    assert neutral_logit(student, tiny_tokenizer(), 30) == pytest.approx(0.0, abs=0.5)
    assert len(teacher.body.layers) == 3


def test_student_starts_with_layers_of_its_teacher() -> None:
    teacher = tiny_decoder(tiny_tokenizer())
    student = make_student(teacher, 2)
    for layer, number in zip(student.body.layers, (0, 2), strict=True):
        own = teacher.body.layers[number].mlp.up_proj.weight
        torch.testing.assert_close(layer.mlp.up_proj.weight, own)
        assert layer.mlp.up_proj.weight is not own


def test_other_encoders_are_refused() -> None:
    with pytest.raises(EncoderError, match="only an adopted body can be distilled"):
        make_student(fresh_model(), 1)
    with pytest.raises(EncoderError, match="4 of 3 layers"):
        make_student(tiny_decoder(tiny_tokenizer()), 4)


def test_losses_that_need_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="knows no labels"):
        DistilConfig(finetune=replace(QUICK, losses=LossSettings(contrastive=0.1)))
