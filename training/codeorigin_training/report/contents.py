"""The structure of a report: what report.json holds besides the figures of the bundle's manifest.

A figure is ``None`` if it cannot be measured (too few functions, no threshold).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin_training.metrics.figures import Estimate, Figures


@dataclass(frozen=True, slots=True)
class PerturbedFigures:
    """A row of the matrix under one perturbation.

    ``loss`` is the AUROC on the raw text of the same functions minus this one, ``changed`` the share of functions
    whose text the perturbation changed.
    """

    perturbation: str
    figures: Figures
    loss: Estimate
    changed: float


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One kind of code; ``model`` names the model that is measured.

    ``in_order`` is the share of pairs whose LLM-written side scores higher.
    """

    name: str
    title: str
    model: str
    raw: Figures
    perturbed: tuple[PerturbedFigures, ...] = ()
    in_order: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Figures for one value (such as ``go``) of one property (such as ``language``)."""

    property: str
    value: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Mean probability, share of LLM functions and number of functions in one bin of probabilities."""

    probability: float
    share: float
    functions: int


@dataclass(frozen=True, slots=True)
class RocCurve:
    """True-positive rates at increasing false-positive rates."""

    title: str
    false_positive_rates: tuple[float, ...]
    true_positive_rates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Curves, reliability and breakdowns of ``drawn`` functions, with matched classes.

    They are drawn from ``functions`` of ``units`` held-out repositories.
    """

    functions: int
    units: int
    drawn: int
    curves: tuple[RocCurve, ...]
    reliability: tuple[ReliabilityBin, ...]
    breakdowns: tuple[Breakdown, ...]


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A linear model retrained without one agent or language, compared with the same model trained on all code.

    Both are measured on the same functions; ``auroc_with`` is that of the model trained on all code.
    """

    kind: str
    value: str
    without: MatrixRow
    auroc_with: float | None


@dataclass(frozen=True, slots=True)
class LearningPoint:
    """AUROC of the word view trained on a number of repositories, one value per seed."""

    repositories: int
    functions: int
    old: tuple[float | None, ...]
    modern: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """A model that must not work.

    ``bound`` is the maximum allowed distance of its AUROC from 0.5; None if there is no such demand, because
    CodeOrigin does not read what this model reads.
    """

    name: str
    title: str
    old: Estimate
    modern: Estimate
    bound: float | None
    exceeded: bool


@dataclass(frozen=True, slots=True)
class BaselineFigures:
    """A textbook detector trained on ``functions`` functions of the same training repositories."""

    name: str
    title: str
    functions: int
    old: Figures
    modern: Figures
    pairs: float | None


@dataclass(frozen=True, slots=True)
class MethodFaithfulness:
    """How well a ranking of lines reflects what the model's logit depends on.

    All figures are losses in logits towards the side that the model takes. ``comprehensiveness`` is lost without the
    strongest lines (higher is better), ``sufficiency`` with only these lines (lower is better). ``deletion`` is lost
    when each of :attr:`Faithfulness.shares` of the lines is removed, strongest first; ``deletion_area`` is its mean
    (higher is better).
    """

    method: str
    comprehensiveness: Estimate
    sufficiency: Estimate
    deletion_area: Estimate
    deletion: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The shipped explanation's comprehensiveness minus another's, on the same functions."""

    against: str
    removal: str
    difference: Estimate
    demand: str
    holds: bool


@dataclass(frozen=True, slots=True)
class RemovalFaithfulness:
    """All methods under one way of removing lines."""

    removal: str
    title: str
    methods: tuple[MethodFaithfulness, ...]


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """How well explanations match the model's behaviour when lines are removed."""

    functions: int
    units: int
    shares: tuple[float, ...]
    removals: tuple[RemovalFaithfulness, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Neutral:
    """Maximum distance, over several lengths, of the logit of only MASK and no n-grams from the bias."""

    distance: float
    bound: float
    holds: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """The model that was measured, and the data.

    ``build`` is the hash of what the model was made from (:func:`build_of`), which it shares with its twin. ``seen`` is
    how many of the held-out repositories it was fitted or calibrated on; None if its manifest does not say.
    """

    model: str
    digest: str
    data: str
    training_repositories: int
    held_out_repositories: int
    settings: str
    build: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All sections; those that were not requested are None or empty."""

    subject: Subject
    held_out: HeldOut | None = None
    matrix: tuple[MatrixRow, ...] = ()
    transfer: tuple[TransferRow, ...] = ()
    learning_curve: tuple[LearningPoint, ...] = ()
    controls: tuple[Control, ...] = ()
    baselines: tuple[BaselineFigures, ...] = ()
    faithfulness: Faithfulness | None = None
    neutral: Neutral | None = None


def build_of(manifest: Mapping[str, Any]) -> str:
    """Hash of the corpus, logits and calibration that a bundle was made from; empty if its manifest does not say."""
    inputs = manifest.get("data", {}).get("inputs")
    return "" if inputs is None else hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
