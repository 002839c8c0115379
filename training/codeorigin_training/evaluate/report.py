"""The report's structure: what report.json holds and report.html is made of.

``None`` in place of a figure says that it cannot be measured there (too few functions, no threshold).
"""

from dataclasses import dataclass

from codeorigin_training.evaluate.manifest_rows import (
    CalledRow,
    CommitRow,
    FalsePositives,
    MixedRow,
    WholeRow,
    WholeVerdicts,
)
from codeorigin_training.measure.figures import Estimate, Figures


@dataclass(frozen=True, slots=True)
class PerturbedFigures:
    """A row of the matrix under one perturbation; ``loss`` is the AUROC of the same functions' raw text minus this
    one, ``changed`` the share of functions whose text the perturbation changed."""

    perturbation: str
    figures: Figures
    loss: Estimate
    changed: float


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One kind of code; ``model`` says which model is measured. ``in_order`` is the share of pairs whose
    model-written side scores higher."""

    name: str
    title: str
    model: str
    raw: Figures
    perturbed: tuple[PerturbedFigures, ...] = ()
    in_order: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Figures of one value (``go``) of one property (``language``)."""

    property: str
    value: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Mean probability, share of LLM functions and number of functions of one bin of probabilities."""

    probability: float
    share: float
    functions: int


@dataclass(frozen=True, slots=True)
class RocCurve:
    """True-positive rates at rising false-positive rates."""

    title: str
    false_positive_rates: tuple[float, ...]
    true_positive_rates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The bundle at its shipped thresholds on repositories never seen.

    The six rates are of all ``functions`` of ``units`` repositories, these weighing alike; curves, reliability and
    breakdowns of ``drawn`` of them, classes matched.
    """

    old_rate: Estimate
    modern_rate: Estimate
    found: Estimate
    llm_called_human: Estimate
    human_called_human: Estimate
    unsure: Estimate
    promised_rate: float
    functions: int
    units: int
    drawn: int
    curves: tuple[RocCurve, ...]
    reliability: tuple[ReliabilityBin, ...]
    breakdowns: tuple[Breakdown, ...]


@dataclass(frozen=True, slots=True)
class InFileRow:
    """Functions of one kind of code by their own text and in their files; ``files`` says how those are made up.

    ``gain`` is the AUROC in the file minus that of the text alone, on the same functions.
    """

    files: str
    name: str
    title: str
    alone: Figures
    in_file: Figures
    gain: Estimate


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares at the shipped thresholds, repositories weighing alike: of old and of modern human functions called
    ``llm``, of LLM functions called so, and of all functions ``unsure``."""

    old: Estimate
    modern: Estimate
    found: Estimate
    unsure: Estimate


@dataclass(frozen=True, slots=True)
class InFileRates:
    """The same functions at the thresholds for their own text and at those for functions in their files."""

    files: str
    functions: int
    alone: Rates
    in_file: Rates


@dataclass(frozen=True, slots=True)
class InFilesReport:
    """What a function's neighbours are worth; ``heard`` is the share of functions that have any."""

    functions: int
    heard: float
    rows: tuple[InFileRow, ...]
    rates: tuple[InFileRates, ...]


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A retrained linear model without one agent or language, beside the same model trained with it, on the
    same functions."""

    kind: str
    value: str
    without: MatrixRow
    auroc_with: float | None


@dataclass(frozen=True, slots=True)
class LearningPoint:
    """AUROC of the word view trained on so many repositories, one number a seed."""

    repositories: int
    functions: int
    old: tuple[float | None, ...]
    modern: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """A model that must not work: ``bound`` is the greatest allowed distance of its AUROC from 0.5; None
    says that nothing is demanded of it, since CodeOrigin does not read what it reads."""

    name: str
    title: str
    old: Estimate
    modern: Estimate
    bound: float | None
    exceeded: bool


@dataclass(frozen=True, slots=True)
class BaselineFigures:
    """A textbook detector trained on ``functions`` functions of the same training repositories; 0 for all of them."""

    name: str
    title: str
    functions: int
    old: Figures
    modern: Figures
    pairs: float | None


@dataclass(frozen=True, slots=True)
class MethodFaithfulness:
    """How well an order of lines says what the model's logit rests on.

    All in logits towards the side that the model takes: ``comprehensiveness`` is lost without the strongest lines
    (higher is better), ``sufficiency`` with them alone (lower), ``deletion_area`` is the mean of ``deletion``,
    what is lost when so much of the code (:attr:`Faithfulness.shares`) is taken out, strongest first (higher).
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
    """All methods under one way of taking lines out."""

    removal: str
    title: str
    methods: tuple[MethodFaithfulness, ...]


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Explanations against what the model does when lines are taken out."""

    functions: int
    units: int
    shares: tuple[float, ...]
    removals: tuple[RemovalFaithfulness, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Neutral:
    """Greatest distance, over several lengths, of the logit of nothing but MASK and no n-grams from the bias."""

    distance: float
    bound: float
    holds: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """What was measured, and on what."""

    model: str
    digest: str
    data: str
    training_repositories: int
    held_out_repositories: int
    settings: str


@dataclass(frozen=True, slots=True)
class Report:
    """All sections; those that were not asked for are None or empty."""

    subject: Subject
    held_out: HeldOut | None = None
    in_files: InFilesReport | None = None
    matrix: tuple[MatrixRow, ...] = ()
    transfer: tuple[TransferRow, ...] = ()
    learning_curve: tuple[LearningPoint, ...] = ()
    controls: tuple[Control, ...] = ()
    baselines: tuple[BaselineFigures, ...] = ()
    faithfulness: Faithfulness | None = None
    neutral: Neutral | None = None
    false_positives: tuple[FalsePositives, ...] = ()
    commits: tuple[CommitRow, ...] = ()
    called: tuple[CalledRow, ...] = ()
    whole: tuple[WholeRow, ...] = ()
    whole_verdicts: tuple[WholeVerdicts, ...] = ()
    mixed: tuple[MixedRow, ...] = ()
