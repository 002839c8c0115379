"""From the logits of functions to the rule that judges a whole file, fitted on files of repositories not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin.model.file_verdict import FileRule
from codeorigin.model.pooled_rule import counted_lines, pooled_logit
from codeorigin_training.calibrate.eligibility import has_verdict
from codeorigin_training.calibrate.levels import fit_levels, no_levels
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.weights import balanced_or_equal_weights

Floats = npt.NDArray[np.float64]

_CURVE_POINTS = 60


@dataclass(frozen=True, slots=True)
class FileRuleConfig:
    """How files are made of rows and pooled.

    ``prior_lines`` lines without evidence are added to every file: 20 ranked best by repository folds, as did
    weighting by lines rather than alike, while no rule with more to it (quantiles, spread, number of functions,
    gradient boosting over all of them) ranked better. Files of fewer than ``fewest_functions`` functions get no
    verdict. ``rate`` is the false-positive rate to guarantee, ``human_rate`` the share of LLM files that band
    ``human`` may hold; the promise about single repositories is that of functions, of repositories of ``tail_fewest``
    files or more. Functions of fewer than ``min_lines`` lines or ``min_characters`` characters that are not
    blank have no verdict, so they are not pooled.
    """

    prior_lines: float = 20.0
    fewest_functions: int = 4
    rate: float = 0.01
    human_rate: float = 0.05
    tail_share: float = 0.05
    tail_rate: float = 0.03
    tail_fewest: int = 20
    fewest_evidence: int = 20
    min_lines: int = 3
    min_characters: int = 60

    def __post_init__(self) -> None:
        if self.prior_lines < 0 or self.fewest_functions < 1:
            raise ValueError("prior_lines must not be negative, and fewest_functions at least 1")
        if not 0 < self.rate < 1 or not 0 < self.human_rate < 1:
            raise ValueError("rate and human_rate must lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class FileSample:
    """The functions of one origin in one file.

    ``functions`` holds the out-of-sample logit of each and its lines that are not blank. ``label`` is 1 for ``llm``;
    ``modern`` marks human code of July 2021 to November 2022, ``source`` says how it was collected. A file that holds
    code of both classes, or human code of both eras, is one sample for each.
    """

    functions: tuple[tuple[float, int], ...]
    label: int
    repository: str
    language: str
    modern: bool = False
    is_test: bool = False
    source: str = ""

    def as_row(self) -> Row:
        """A row for weighing and matching files as functions are; their number stands where lines do."""
        return Row(
            code="",
            language=self.language,
            label=self.label,
            repo=self.repository,
            agent="",
            modern=self.modern,
            is_test=self.is_test,
            lines=len(self.functions),
            source=self.source,
        )


def file_samples(rows: Sequence[Row], logits: Floats, config: FileRuleConfig) -> list[FileSample]:
    """Corpus ``rows`` of one repository, path, class and era together, with their ``logits`` ``(n,)``.

    The commit does not tell samples apart: who opens a file sees what all its commits left. Pairs, rows without
    a path and functions too short for a verdict are left out, and so are files with too few functions.
    """
    groups: dict[tuple[str, str, int, bool], list[int]] = {}
    for number, row in enumerate(rows):
        if row.pair is None and row.path and has_verdict(row.code, config):
            groups.setdefault((row.repo, row.path, row.label, row.modern), []).append(number)
    return [
        FileSample(
            functions=tuple((float(logits[number]), counted_lines(rows[number].code)) for number in members),
            label=label,
            repository=repo,
            language=rows[members[0]].language,
            modern=modern,
            is_test=rows[members[0]].is_test,
            source=rows[members[0]].source,
        )
        for (repo, _, label, modern), members in groups.items()
        if len(members) >= config.fewest_functions
    ]


def fit_file_rule(
    files: Sequence[FileSample], config: FileRuleConfig | None = None, *, prior_logit: float = 0.0
) -> FileRule | None:
    """The rule for files, from samples whose logits are out of sample.

    As for functions, thresholds hold in every language and on every population of human files that has repositories
    enough. Where all together have too few for the guarantee, the rule has no threshold for ``llm``, and never says
    it, rather than one that promises nothing.

    Args:
        files: of :func:`file_samples`, or made otherwise; those with too few functions are left out.
        config: None takes the defaults.
        prior_logit: the logit at which both classes are equally likely, a function calibration's ``shift``.

    Returns:
        None when one of the classes has no file to fit on.
    """
    config = config or FileRuleConfig()
    files = [file for file in files if len(file.functions) >= config.fewest_functions]
    labels = np.array([file.label for file in files], dtype=np.int64)
    if len(np.unique(labels)) < 2:
        return None
    logits = np.array([pooled_logit(file.functions, config.prior_lines, prior_logit) for file in files])
    rows = [file.as_row() for file in files]
    levels = fit_levels(rows, logits, config)
    if levels is None:
        repositories = np.unique([file.repository for file in files], return_inverse=True)[1].astype(np.int64)
        levels = no_levels(logits, labels, repositories, config.human_rate)
    scale = levels.scale(rows, logits, balanced_or_equal_weights(rows), config.rate, points=_CURVE_POINTS)
    return FileRule(config.prior_lines, prior_logit, config.fewest_functions, scale)
