"""Distil a large encoder into a small one, on code that needs no labels."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats, Integers32
from codeorigin_training.corpus.rows import Row
from codeorigin_training.encoder.data import encode_rows
from codeorigin_training.encoder.decoder import DecoderEncoder, spread_layers
from codeorigin_training.encoder.interface import Encoder, EncoderError
from codeorigin_training.finetune.config import FinetuneConfig, LossSettings
from codeorigin_training.finetune.examples import Examples, Groups, validation_split
from codeorigin_training.finetune.inference import centre, deep_logits
from codeorigin_training.finetune.objective import Objective, Output, Validation
from codeorigin_training.finetune.sampling import Draw
from codeorigin_training.finetune.training import Outlets, device_of, finetune


@dataclass(frozen=True, slots=True)
class DistilConfig:
    """The student and its training.

    It starts with ``layers`` evenly spaced layers of the teacher. Logits are divided by ``temperature`` before they are
    compared (Hinton et al., 2015). On ``validation_share`` of the repositories, it is measured how closely the student
    follows the teacher.
    """

    layers: int = 6
    temperature: float = 2.0
    validation_share: float = 0.03
    overlap: int = 128
    processes: int = 2
    finetune: FinetuneConfig = field(
        default_factory=lambda: FinetuneConfig(learning_rate=2e-4, type_dropout=0.2)
    )

    def __post_init__(self) -> None:
        if (
            min(self.layers, self.processes) < 1
            or self.temperature <= 0
            or not 0 <= self.validation_share < 1
        ):
            raise ValueError(
                "layers, processes and temperature must be positive, validation_share must lie in [0, 1)"
            )
        if self.finetune.losses != LossSettings():
            raise ValueError("distillation knows no labels: finetune.losses must stay as they are")


class TeacherObjective(Objective):
    """Cross-entropy against the teacher's probabilities, both at one temperature."""

    def __init__(self, examples: Examples, logits: Floats, temperature: float, device: torch.device) -> None:
        super().__init__(examples, device)
        self._teacher = torch.from_numpy(logits.astype(np.float32)).to(device) / temperature
        self._temperature = temperature

    def loss(self, output: Output, draw: Draw, settings: LossSettings) -> tuple[Tensor, dict[str, Tensor]]:
        targets = self._teacher[torch.from_numpy(draw.rows).to(self._teacher.device)].sigmoid()
        targets = torch.where(output.neutral, 0.5, targets).expand_as(output.logits)
        loss = F.binary_cross_entropy_with_logits(output.logits.float() / self._temperature, targets)
        # Gradients shrink with the square of the temperature; this keeps the learning rate's scale.
        return loss * self._temperature**2, {"teacher": loss.detach()}

    def validation(self, logits: Floats, examples: Examples) -> Validation:
        targets = self._teacher.cpu()[torch.from_numpy(examples.validation)].sigmoid().double()
        losses = F.binary_cross_entropy_with_logits(
            torch.from_numpy(logits) / self._temperature, targets, reduction="none"
        )
        agreed = (logits > 0) == (targets.numpy() > 0.5)
        weights = examples.validation_weights
        return Validation(
            float(np.average(losses.numpy(), weights=weights)), float(np.average(agreed, weights=weights))
        )


def make_student(teacher: Encoder, layers: int) -> DecoderEncoder:
    """A copy of ``teacher`` with ``layers`` of its layers.

    Raises:
        EncoderError: the teacher is not a decoder, or has fewer layers.
    """
    if not isinstance(teacher, DecoderEncoder):
        raise EncoderError(
            "only an adopted body can be distilled; run `python -m codeorigin_training adopt` first"
        )
    student = copy.deepcopy(teacher)
    student.keep_layers(spread_layers(len(student.body.layers), layers))
    return student


def distil(
    teacher: Encoder, rows: Sequence[Row], tokenizer: Tokenizer, config: DistilConfig, outlets: Outlets
) -> tuple[DecoderEncoder, dict[str, float]]:
    """Train a student of ``teacher`` on ``rows``, whose labels are not used.

    Returns:
        The student, with its logit of a masked text moved to 0, and figures: the number of ``functions``, and its
        ``correlation`` with the teacher on the validation rows before and after training.

    Raises:
        EncoderError: the teacher is not a decoder, or has fewer layers.
        TrainingError: the loss became NaN or infinite.
    """
    torch.manual_seed(config.finetune.seed)
    student = make_student(teacher, config.layers)
    tokens = encode_rows(rows, tokenizer, processes=config.processes)
    # Both read the same first tokens.
    read = min(config.finetune.train_context, teacher.context)
    tokens = [ids[:read] for ids in tokens]
    taught = _judged(teacher, tokens, tokenizer, config)
    outlets.log(f"the teacher has judged {len(rows)} functions")
    weights, validation, validation_weights = validation_split(
        rows, _root_of_repositories(rows), config.validation_share
    )
    examples = Examples(
        tokens=tokens,
        labels=(taught > 0).astype(np.int64),
        weights=weights,
        offsets=np.zeros(len(rows)),
        groups=Groups.of(rows),
        validation=validation,
        validation_weights=validation_weights,
    )
    shown = [tokens[row] for row in validation]
    before = _judged(student, shown, tokenizer, config)
    objective = TeacherObjective(examples, taught, config.temperature, device_of(config.finetune))
    finetune(student, examples, tokenizer, config.finetune, outlets, objective=objective)
    centre(student, tokenizer)
    after = _judged(student, shown, tokenizer, config)
    return student, {
        "functions": float(len(rows)),
        "correlation_before": _correlation(before, taught[validation]),
        "correlation": _correlation(after, taught[validation]),
    }


def _judged(
    model: Encoder, tokens: Sequence[Integers32], tokenizer: Tokenizer, config: DistilConfig
) -> Floats:
    model.to(device_of(config.finetune)).eval()
    overlap = min(config.overlap, model.context - 1)
    found = deep_logits(model, tokens, tokenizer, overlap=overlap)
    model.cpu()
    return found


def _root_of_repositories(rows: Sequence[Row]) -> Floats:
    codes = np.unique([row.repo for row in rows], return_inverse=True)[1]
    weights: Floats = 1.0 / np.sqrt(np.bincount(codes)[codes])
    weights /= weights.mean()
    return weights


def _correlation(left: Floats, right: Floats) -> float:
    if len(left) < 2 or not left.std() or not right.std():
        return float("nan")
    return float(np.corrcoef(left, right)[0, 1])
